"""The ledger: what the program said of goods, and the code that a person stood by.

An entry is appended, never changed: who takes a decision back appends that, too.  :mod:`.store`
keeps entries in a file of SQLite, :mod:`.files` reads and writes tables of them, :mod:`.recording`
makes one of a verdict, :mod:`.summary` tells how often the program is overturned, and
:mod:`.priors` what is usual.
"""
from .entry import CONFIRMED, OPEN, OUTCOMES, OVERTURNED, PARTLY, Entry, digest_of, outcome_of, utc
from .store import Ledger, LedgerError

__all__ = ["CONFIRMED", "OPEN", "OUTCOMES", "OVERTURNED", "PARTLY", "Entry", "Ledger",
           "LedgerError", "digest_of", "outcome_of", "utc"]
