"""Devices that decide without the server: the bundle they take along, and the decisions they bring back."""
