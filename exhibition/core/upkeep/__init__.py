"""Keeping an installation well: looking it over, backing it up, bringing a backup back."""
