"""The floor plan of a hall: its versions and pictures, importing it from files and exporting it."""
