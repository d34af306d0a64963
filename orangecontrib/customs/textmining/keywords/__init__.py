"""Keywords: which phrases of an expert stand in the declarations of which codes.

Paper 2, § "Классификация по ключевым словам, выполненная человеком" and Table 1.
:mod:`.phrases` finds phrases in any inflection or by word families, :mod:`.counts` weighs what was
found, :mod:`.table` is the door to Orange.
"""
from .counts import CodeKeywords, KeywordCounts, KeywordRow, count_keywords
from .phrases import PhraseFinder, expert_phrases, stems

__all__ = ["CodeKeywords", "KeywordCounts", "KeywordRow", "PhraseFinder", "count_keywords",
           "expert_phrases", "stems"]
