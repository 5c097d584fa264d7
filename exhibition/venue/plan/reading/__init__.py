"""Floor plans as values: reading, drawing and checking them; no database, no Flask, no clock."""
