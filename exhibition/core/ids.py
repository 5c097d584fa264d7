"""The numbers that name rows: how large they may be before a database refuses to look for them."""

LARGEST_ID = 2**31 - 1
"""What the integer keys of the tables hold."""
