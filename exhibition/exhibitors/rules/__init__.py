"""Rules for exhibitors and applications, as plain functions of values; no database, no Flask, no clock."""
