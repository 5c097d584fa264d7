"""The floor plan of a hall: what it is, its versions and pictures, how it comes from files and goes into them."""
