"""Decisions about shops, searches and links as plain functions of values; no database, no Flask, no clock."""
