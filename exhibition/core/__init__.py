"""Ground that every package stands on; it knows none of them."""
