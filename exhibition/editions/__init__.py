"""Whole fairs: made from a file or from an earlier one, and what follows in every package when their days change."""
