"""Generated photos: prompts, endpoints, and what is left of the results."""
