"""Floor plans from and to files, and what is wrong with one; no database, no Flask, no clock."""
