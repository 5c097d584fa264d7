"""Import runs: a shop is read, held against the listings that are there, looked at, and published."""
