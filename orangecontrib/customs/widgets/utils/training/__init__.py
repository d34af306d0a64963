"""Labels, training, and photos to learn from."""
