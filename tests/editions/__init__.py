"""Whole editions, and what follows when their days or hours change."""
