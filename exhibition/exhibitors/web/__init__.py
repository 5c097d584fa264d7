"""Exhibitors and applications as pages: the form in parts, the organizer's desk, imports of lists."""
