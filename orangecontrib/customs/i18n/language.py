"""Which language is spoken: one for the whole program, set at its entrance."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["LANGUAGES", "language", "set_language", "speaking"]

#: Ids of languages, as ISO 639-1 has them; the first is spoken where nothing else is set, so
#: that what a script writes doesn't depend on the computer that it runs on.
LANGUAGES = ("ru", "en")

_spoken = LANGUAGES[0]


def language() -> str:
    """The language that is spoken now."""
    return _spoken


def set_language(name: str) -> None:
    """Speak a language from now on; ValueError names those that there are."""
    global _spoken
    if name not in LANGUAGES:
        raise ValueError(f"no language '{name}' (there are {', '.join(LANGUAGES)})")
    _spoken = name


@contextmanager
def speaking(name: str) -> Iterator[None]:
    """Speak a language for a while."""
    before = language()
    set_language(name)
    try:
        yield
    finally:
        set_language(before)
