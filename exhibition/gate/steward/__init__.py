"""What a steward does beside scanning: walk-ins, lost phones, taking a scan back."""
