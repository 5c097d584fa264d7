"""Gates, devices, scans, admission and occupancy."""
