"""Row ids: the largest number for which a database can look."""

LARGEST_ID = 2**31 - 1
"""The largest value of the tables' integer keys."""
