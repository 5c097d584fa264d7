"""Devices that decide without the server: what they take along, and what they bring back."""
