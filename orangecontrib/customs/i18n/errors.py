"""Errors whose reason is told in every language."""
from __future__ import annotations

from typing import ClassVar

from .messages import Message, Sayable, room, say

__all__ = ["SaidError", "WordedError"]


class SaidError(ValueError):
    """An error that says why in the language that is spoken.

    Attributes
    ----------
    reason : Sayable
        For people; ``str`` of the error is in English, as all errors are.
    """

    reason: Sayable

    def __init__(self, reason: Sayable):
        self.reason = reason
        super().__init__(reason)

    def __str__(self) -> str:
        return say(self.reason, "en")


class WordedError(SaidError):
    """The same, whose reasons stand in one table of wordings.

    Parameters
    ----------
    wording : str
        Id of the reason in the table.
    **args
        What is put into it.
    """

    #: Name of the table.
    table: ClassVar[str]
    reason: Message

    def __init__(self, wording: str, /, **args: object):
        super().__init__(room(self.table)(wording, **args))
