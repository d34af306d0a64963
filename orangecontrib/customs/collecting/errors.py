"""What goes wrong while collecting, said in both languages."""
from __future__ import annotations

from importlib.util import find_spec

from orangecontrib.customs.i18n import Message

__all__ = ["CollectError", "Stopped", "needed"]

#: What the extra `collect` installs.
_PACKAGES = ("requests", "bs4", "lxml", "extruct", "scrapy", "protego")


class CollectError(ValueError):
    """Something that can't be collected, or not now; the rest goes on.

    Parameters
    ----------
    wording : str
        Id of the reason among the messages of collecting.
    transient : bool
        The next run may have more luck, and shall try again.
    **args
        What is put into the wording.

    Attributes
    ----------
    reason : Message
        ``str`` of the error is in English, as all errors are.
    """

    def __init__(self, wording: str, /, transient: bool = False, **args):
        self.reason = Message.of(f"collecting.{wording}", **args)
        self.transient = transient
        super().__init__(self.reason)

    @classmethod
    def of(cls, reason: Message, transient: bool = False) -> CollectError:
        """The error of a message that there is."""
        error = cls("", transient)
        error.reason = reason
        return error

    def __str__(self):
        return self.reason.text("en")


class Stopped(Exception):
    """The user ended the run; what was collected stays."""


def needed() -> None:
    """CollectError where the packages of the extra are not installed."""
    missing = [name for name in _PACKAGES if find_spec(name) is None]
    if missing:
        raise CollectError("no_extra", names=", ".join(missing))
