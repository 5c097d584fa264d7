"""The edition: its dates, zones, booths and layouts."""
