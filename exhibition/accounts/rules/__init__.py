"""Decisions about people who sign in, as plain functions: passwords and PINs, and how long a sign-in lasts."""
