"""The only place where goods are decided: declarations, witnesses and answers -> rows."""
from orangecontrib.customs.defaults import ERROR, TRUST, WEIGHT

from .api import case_of, decide, rows_of
from .case import Case, join
from .decisions import Decision
from .goods import Good
from .schema import COLUMNS, SCHEMA
from .sources import PhotoEvidence, Source

__all__ = ["COLUMNS", "ERROR", "SCHEMA", "TRUST", "WEIGHT", "Case", "Decision", "Good",
           "PhotoEvidence", "Source", "case_of", "decide", "join", "rows_of"]
