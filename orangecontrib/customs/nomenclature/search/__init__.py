"""Tariff search: a description → ranked headings and codes of the whole tariff, and why."""
from .ranking import Hit, Place, Ranking, TariffSearch, Told

__all__ = ["Hit", "Place", "Ranking", "TariffSearch", "Told"]
