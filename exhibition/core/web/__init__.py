"""What every page and JSON call shares: headers, forms, caches, live streams, problems, static files."""
