"""Whether the links to shops still open, and telling their owners when they don't."""
