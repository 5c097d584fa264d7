"""The edition: changing it, and telling search engines about it."""
