"""Acts upon all that match at once: kept as a row, carried out piece by piece in the background, and undone."""
