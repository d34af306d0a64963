"""Vocabulary sweep: quality against vocabulary size × greatest document frequency.

Paper 2, Tables 4 and 5.  :mod:`.grid` splits documents and compares cells,
:mod:`.table` is the door to Orange's learners and scores.
"""
from .grid import Scheme, no_worse, split_documents

__all__ = ["Scheme", "no_worse", "split_documents"]
