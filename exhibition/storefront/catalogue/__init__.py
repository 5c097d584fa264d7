"""What visitors find: booths, clusters, products and favourites. Reads only."""
