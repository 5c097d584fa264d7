"""Import runs: a shop is read, compared with the present listings, previewed, and published."""
