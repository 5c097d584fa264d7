"""Attacks that once went through, or might: each is tried again, on real servers where the network matters."""
