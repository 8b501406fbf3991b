"""One folder per kind of activity. A kind is found by its entry point; nothing else names it."""
