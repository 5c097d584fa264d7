"""Decisions about whole editions, as plain functions of values."""
