"""One scan, from what was read to the verdict that is kept."""
