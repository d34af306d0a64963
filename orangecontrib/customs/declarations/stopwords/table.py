"""Names of :mod:`orangecontrib.customs.textmining.stopwords` that old pickles look for here."""
from orangecontrib.customs.textmining.stopwords.table import (
    CustomsStopwordFilter,
    FoldTransformer,
    FrozenVocabulary,
)

__all__ = ["CustomsStopwordFilter", "FoldTransformer", "FrozenVocabulary"]
