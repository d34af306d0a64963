"""Declaration text (графа 31) as evidence on facts, with the words it rests on."""
from .facts import EMPTY, FactReader, reader_of
from .folding import Folded, fold
from .reading import IMPLIED, STATED, Finding, Reading
from .together import GroupsReader

__all__ = ["EMPTY", "FactReader", "GroupsReader", "Finding", "Reading", "Folded", "fold", "STATED",
           "IMPLIED", "reader_of"]
