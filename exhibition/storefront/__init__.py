"""Online shops: storefronts, listings, pictures, outbound clicks."""
