"""What goes wrong while collecting, said in both languages."""
from __future__ import annotations

from importlib.util import find_spec

from orangecontrib.customs.i18n import Message, WordedError

__all__ = ["CollectError", "Stopped", "needed"]

#: What the extra `collect` installs.
_PACKAGES = ("requests", "bs4", "lxml", "extruct", "scrapy", "protego")


class CollectError(WordedError):
    """Something that can't be collected, or not now; the rest goes on.

    Parameters
    ----------
    wording : str
        Id of the reason among the messages of collecting.
    transient : bool
        The next run may have more luck, and shall try again.
    **args
        What is put into the wording.
    """

    table = "collecting"

    def __init__(self, wording: str, /, transient: bool = False, **args: object):
        super().__init__(wording, **args)
        self.transient = transient

    @classmethod
    def of(cls, reason: Message, transient: bool = False) -> CollectError:
        """The error of a message that there is."""
        error = cls("", transient)
        error.reason = reason
        return error


class Stopped(Exception):
    """The user ended the run; what was collected stays."""


def needed() -> None:
    """CollectError where the packages of the extra are not installed."""
    missing = [name for name in _PACKAGES if find_spec(name) is None]
    if missing:
        raise CollectError("no_extra", names=", ".join(missing))
