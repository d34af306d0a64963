"""Labelling photos by hand: the sheet of labels, its files, and what is worth asking next."""
from .doubt import DOUBTFUL, Suggestions, cluster_probabilities, doubt, suggestions
from .files import LABELS, LabelFile, LabelRow, LabelsError, read_labels, write_labels
from .questions import Question, asked, questions
from .sheet import LabelSheet, Merged
from .store import LabelStore

__all__ = ["DOUBTFUL", "LABELS", "LabelFile", "LabelRow", "LabelSheet", "LabelStore", "LabelsError",
           "Merged", "Question", "Suggestions", "asked", "cluster_probabilities", "doubt",
           "questions", "read_labels", "suggestions", "write_labels"]
