"""Shops over HTTP: pages for visitors, exhibitors and organizers, the JSON of booths, feeds and sitemap."""
