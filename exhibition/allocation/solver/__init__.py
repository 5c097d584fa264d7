"""The proposal, computed from plain values: no database, no Flask, no clock."""
