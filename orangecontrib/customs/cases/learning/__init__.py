"""The fusion as something that learns codes: P of the values of a class, from law and facts.

``table.py`` is its door to Orange, with the Learner and the Model.
"""
from .shares import ClassCodes

__all__ = ["ClassCodes"]
