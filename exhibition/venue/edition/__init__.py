"""The edition: changing it, and describing it for search engines."""
