"""What widgets of all kinds share."""
