"""Decisions at the gate as plain functions of values; no database, no Flask, no clock."""
