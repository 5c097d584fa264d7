"""Keeping an installation well: looking it over."""
