"""Names of :mod:`orangecontrib.customs.textmining.stopwords` that old pickles look for here."""
from orangecontrib.customs.textmining.stopwords.lexicon import Lexicon

__all__ = ["Lexicon"]
