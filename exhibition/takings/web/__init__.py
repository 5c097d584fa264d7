"""Pages of takings: the seller's, which works without a network, and the desk's."""
