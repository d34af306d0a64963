"""Declaration text (графа 31) as evidence on facts, with the words it rests on."""
from .facts import FactReader
from .folding import Folded, fold
from .reading import IMPLIED, STATED, Finding, Reading

__all__ = ["FactReader", "Finding", "Reading", "Folded", "fold", "STATED", "IMPLIED"]
