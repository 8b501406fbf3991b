"""What tests stand on: a real server in its own process, real pages in a real browser."""
