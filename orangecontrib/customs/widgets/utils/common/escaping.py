"""Texts of declarations inside HTML: they appear as they are written, whatever they hold."""
from __future__ import annotations

from html import escape

__all__ = ["as_written"]

#: Plain tooltips are not wrapped.
WIDE = 100


def as_written(text: str) -> str:
    """A tooltip with this very text: Qt takes one that looks like HTML for HTML.

    >>> as_written("sole & heel"), as_written("<b>")
    ('sole & heel', '<p>&lt;b&gt;</p>')
    """
    if "<" not in text and all(len(line) <= WIDE for line in text.splitlines()):
        return text
    return f"<p>{escape(text)}</p>".replace("\n", "<br>")
