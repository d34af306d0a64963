"""Photos, their features, and models of them."""
