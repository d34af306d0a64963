"""What a learner of codes gets to see: its class, nothing of the answer, and known words."""
from .leaks import determines, is_the_code, tally

__all__ = ["determines", "is_the_code", "tally"]
