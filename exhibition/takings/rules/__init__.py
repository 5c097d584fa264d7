"""Decisions about takings, as plain functions of values."""
