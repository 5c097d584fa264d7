"""The edition and its hall: dates, zones, booths, floor plan, layouts, disinfection rounds."""
