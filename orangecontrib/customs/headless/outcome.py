"""What came of a run; without Qt and Orange, for whoever only watches."""
from dataclasses import dataclass, field
from typing import Any, NamedTuple

__all__ = ["OK", "FAILED", "NOT_RUN", "RESULTS", "Message", "Outcome", "described"]

#: What a workflow's result is worth
OK, FAILED, NOT_RUN = 0, 1, 2

#: The same in words
RESULTS = {OK: "done", FAILED: "failed", NOT_RUN: "not run to its end"}


class Message(NamedTuple):
    """What a widget says at the end; `widget` is "" where it concerns the whole run."""
    widget: str
    level: str
    text: str


@dataclass
class Outcome:
    """
    What came of a run.

    Attributes
    ----------
    exit_code : int
        0: all went well; 1: a widget shows an error, its code raised (``sys.exit`` too), asked
        in a dialog or ended the process, or what was to be saved didn't appear; 2: the workflow
        or an argument can't be used, time was up, or somebody interrupted.
    messages : list of Message
        Levels are "Error", "Warning" and "Information".
    outputs : dict
        The last value sent on each output that was used, by (widget title, output name).
        Lazy values are computed (None if the run has failed). Of widgets with the same title
        all but the first get a number: "Data Table #2".
    seconds : float
    widgets : list of str
        All titles, in the workflow's order.
    """
    exit_code: int = OK
    messages: list[Message] = field(default_factory=list)
    outputs: dict[tuple[str, str], Any] = field(default_factory=dict)
    seconds: float = 0.0
    widgets: list[str] = field(default_factory=list)

    def add(self, widget, level, text, code=OK):
        """Add a message, and let it worsen the exit code."""
        self.messages.append(Message(widget, level, " ".join(str(text).split())))
        self.exit_code = max(self.exit_code, code)


def described(value):
    """A few words on a value that a widget put out."""
    try:
        domain, rows = value.domain, len(value)
        columns = len(domain.variables) + len(domain.metas)
    except (AttributeError, TypeError):  # no table
        return type(value).__name__
    return f"{rows} row{'s' * (rows != 1)} x {columns} column{'s' * (columns != 1)}"
