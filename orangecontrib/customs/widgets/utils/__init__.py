"""Bits that several widgets share."""
