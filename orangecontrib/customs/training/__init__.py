"""Labels 0 / 0.5 / 1, head training, and the script that trains our own models."""
