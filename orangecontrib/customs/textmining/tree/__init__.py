"""Tariff Tree Classifier: codes of any goods from text, level by level (2-4-6-8-10 digits).

:mod:`.words` reads texts, :mod:`.branches` is the tree of codes with the tariff's designations,
:mod:`.model` puts learners and designations together, :mod:`.validation` chooses how much of
each, :mod:`.training` does it all, :mod:`.files` keeps it without anything that could be run,
:mod:`.table` is the door to Orange.
"""
from .files import TextModelError, load_text_tree, packed
from .labels import Labels, read_labels
from .model import Branch
from .training import TextTree, Trained, train_texts

__all__ = ["Branch", "Labels", "TextModelError", "TextTree", "Trained", "load_text_tree", "packed",
           "read_labels", "train_texts"]
