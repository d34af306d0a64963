"""What the program says, by id: wordings in Russian and English, looked up when they are read.

A row of ``<room>.csv`` is a message: ``id, ru, en``, with ``{names}`` of what is put in.  A group
of goods brings its own (``groups/<group>/messages.csv``).
"""
from .errors import SaidError, WordedError
from .language import LANGUAGES, language, set_language, speaking
from .messages import (
    Capital,
    Joined,
    Message,
    Sayable,
    Wordings,
    Words,
    add_wordings,
    put_in,
    room,
    say,
    wordings,
)

__all__ = ["LANGUAGES", "language", "set_language", "speaking", "Capital", "Joined", "Message",
           "SaidError", "Sayable", "WordedError", "Wordings", "Words", "add_wordings", "put_in",
           "room", "say", "wordings"]
