"""How many people are and may be inside: caps, counters and their check, counts by hand, and who was there when."""
