"""What the people who build the add-on use; no part of it."""
