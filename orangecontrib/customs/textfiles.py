"""CSV files as people send them: their encoding, separator and column names."""
from __future__ import annotations

import codecs
import csv
import io

__all__ = ["decode", "dict_reader"]


def decode(data: bytes, errors: str = "strict") -> str:
    """Text in UTF-8 (with or without BOM), UTF-16 with a BOM ("Unicode Text") or cp1251.

    Parameters
    ----------
    errors : str
        What to do with bytes that cp1251, the last resort, does not know.

    Raises
    ------
    UnicodeDecodeError
        If the text is in none of them.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1251", errors)


def dict_reader(text: str) -> csv.DictReader:
    """Rows of a CSV separated by comma, semicolon or tab; names of columns are stripped."""
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    reader.fieldnames = [(name or "").strip() for name in reader.fieldnames or ()]
    return reader
