"""Stop-words that know the tariff, frozen so that models serve as they were trained.

:mod:`.sources` says where stop-words come from, :mod:`.lexicon` freezes the
decision, :mod:`.audit` measures how much a model echoes the tariff, and
:mod:`.table` is the door to Orange3-Text: the preprocessors that stay in
``corpus.used_preprocessor``.
"""
from .audit import AuditRow, tautology_audit
from .lexicon import (
    Choice,
    Lexicon,
    WordCounts,
    WordRow,
    count_words,
    explain,
    learn,
    readable_forms,
)
from .sources import LEVELS, SPARED, bundled_designations, codes_in, tariff_words

__all__ = ["AuditRow", "Choice", "LEVELS", "Lexicon", "SPARED", "WordCounts", "WordRow",
           "bundled_designations", "codes_in", "count_words", "explain", "learn",
           "readable_forms", "tariff_words", "tautology_audit"]
