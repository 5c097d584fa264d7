"""Shops towards people: pages of visitors, exhibitors and organizers, the JSON of booths, feeds and sitemap."""
