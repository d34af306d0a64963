"""Texts, codes and the tariff."""
