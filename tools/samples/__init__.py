"""Makers of the data of the shipped workflows: drawn photos, and a corpus of declarations."""
