"""Proposals at the desk: what one is made from, its pins, and what becomes of it."""
