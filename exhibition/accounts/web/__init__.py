"""Signing in, who may open which address, and the pages for people who sign in."""
