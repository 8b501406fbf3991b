"""Owns what is looked at before the doors open: what this computer tells (machine), what came to it (seen), what it means (checks)."""
