"""Photos for the training set: catalogues, searches and generators → labelled, licensed rows.

Nothing here reaches the network before it is told to, nor imports what can.
"""
from .balance import balance, missing, needs, own_photos, plan
from .client import Client, Limits
from .crawling import crawl
from .errors import CollectError, Stopped
from .labels import labelled, settle
from .manifest import Entry, Manifest, read_manifest
from .pages import preview
from .recipe import Recipe
from .searching import search
from .store import Done

__all__ = ["Client", "CollectError", "Done", "Entry", "Limits", "Manifest", "Recipe", "Stopped",
           "balance", "crawl", "labelled", "missing", "needs", "own_photos", "plan", "preview",
           "read_manifest", "search", "settle"]
