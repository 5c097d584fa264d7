"""One scan, from the text that was read to the verdict that is stored."""
