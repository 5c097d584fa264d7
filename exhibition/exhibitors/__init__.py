"""Exhibitors, clusters, and the exhibitor's own desk."""
