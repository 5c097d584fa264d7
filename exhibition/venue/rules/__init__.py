"""Decisions about the hall as plain functions of names and metres; no database, no Flask, no clock."""
