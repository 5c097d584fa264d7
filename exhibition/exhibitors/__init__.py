"""Exhibitors, clusters, the people who act for exhibitors, and applications for booths."""
