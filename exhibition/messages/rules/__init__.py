"""What a message may say and whom it concerns, as plain functions of values."""
