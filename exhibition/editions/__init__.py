"""Whole fairs: made from a file or from an earlier one, with all that each package below keeps of an edition."""
