"""Time slots, registrations, passes and messages to visitors."""
