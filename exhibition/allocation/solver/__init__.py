"""The solver: a proposal computed from plain values; no database, no Flask."""
