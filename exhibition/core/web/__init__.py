"""Shared by every page and JSON call: headers, forms, caches, live streams, problems, static files."""
