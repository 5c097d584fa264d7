"""The edition and its hall as pages at the desk, and as JSON."""
