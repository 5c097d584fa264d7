"""What visitors do, counted by the hour without keeping who they are, and what is made of it."""
