"""Customs tariff classification of goods from photos and declaration text."""

__version__ = "0.1.0"  # setup.py reads it here
