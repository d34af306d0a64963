"""What was fetched → a row of the manifest, whatever it is."""
from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace

from orangecontrib.customs.i18n import Message, say

from .errors import CollectError
from .manifest import Entry, Manifest
from .pictures import SMALLEST, picture_of

__all__ = ["Done", "keep", "refuse"]


@dataclass
class Done:
    """What came of collecting.

    Attributes
    ----------
    pages, products : int
        That were read.
    photos : int
        New ones to learn from.
    known : int
        That had been collected before.
    refused : int
        No photos to learn from.
    failed : int
        Tried again by the next run.
    bytes : int
    remarks : list of Message
    ended : str
        "finished"; the bound that was reached: "pages", "photos", "megabytes", "minutes";
        "stopped" by the user; "broken": something else, which the last remark says.
    """

    pages: int = 0
    products: int = 0
    photos: int = 0
    known: int = 0
    refused: int = 0
    failed: int = 0
    bytes: int = 0
    remarks: list[Message] = field(default_factory=list)
    ended: str = "finished"

    def count(self, entry: Entry) -> None:
        """Count a photo that was looked at."""
        if entry.state in ("collected", "kept", "doubtful"):
            self.photos += 1
        else:
            self.refused += 1


def keep(manifest: Manifest, entry: Entry, content: bytes, content_type: str = "",
         smallest: int = SMALLEST, done: Done | None = None) -> Entry:
    """Keep a photo; one that can't be used becomes a row that says why.

    Parameters
    ----------
    done : Done, optional
        Where it is counted.

    Returns
    -------
    Entry
        Its state is "collected", "duplicate" or "refused".
    """
    done = Done() if done is None else done
    done.bytes += len(content)
    try:
        picture = picture_of(content, content_type, smallest)
    except CollectError as error:
        done.remarks.append(Message.of("collecting.at", url=entry.url or entry.prompt,
                                       why=error.reason))
        return refuse(manifest, entry, error.reason, done)
    stored = manifest.stored(hashlib.sha256(content).hexdigest())
    if stored is not None:
        entry = replace(entry, state="duplicate",
                        reason=say(Message.of("collecting.same_file", file=stored)))
    kept = manifest.add(entry, content, picture)
    done.count(kept)
    return kept


def refuse(manifest: Manifest, entry: Entry, reason: Message, done: Done) -> Entry:
    """Note that a photo is none, so that it is not fetched again."""
    refused = manifest.add(replace(entry, state="refused", reason=say(reason)))
    done.count(refused)
    return refused
