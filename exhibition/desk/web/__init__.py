"""The navigation that every page of the desk shows, and the search."""
