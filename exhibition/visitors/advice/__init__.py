"""What visitors are told at a moment, as plain functions: by a pass, and by the fair."""
