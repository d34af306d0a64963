"""What a decision assumes where nobody says otherwise: here, and nowhere else."""

__all__ = ["ERROR", "TRUST", "WEIGHT"]

#: Accepted probability that the safe code is wrong.
ERROR = .1
#: P(what the text declares is about this very good): people misdeclare.
TRUST = .99
#: Exponent of a classifier's likelihood.
WEIGHT = 1.
