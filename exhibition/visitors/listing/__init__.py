"""The desk's list of registrations: finding, filtering and sorting them, and acting upon many at once."""
