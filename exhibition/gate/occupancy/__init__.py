"""How many people are inside and may be: caps, counters and their check, counts by hand, who was there when."""
