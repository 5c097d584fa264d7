"""A steward's work besides scanning: walk-ins, lost phones, undoing a scan."""
