"""Example workflows, listed in Help > Examples."""
