"""Signing in: who is signed in where, passwords and new ones, and tries that were wrong."""
