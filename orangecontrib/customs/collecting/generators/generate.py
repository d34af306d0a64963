"""Generated photos into the collection, marked as such."""
from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Protocol

from orangecontrib.customs.photos.synthetic import marked

from ..client import Client
from ..errors import CollectError, Stopped
from ..manifest import Entry, Manifest
from ..pictures import SMALLEST
from ..store import Done, keep
from .prompts import Prompt

__all__ = ["Generator", "generate"]

#: Failures one after another that end a run: each may cost money.
MOST_FAILURES = 3


class Generator(Protocol):
    """Something that makes photos.

    Attributes
    ----------
    model, licence : str
    """

    model: str
    licence: str

    def make(self, prompt: str) -> tuple[bytes, str]:
        """One photo, and its content type."""


def generate(manifest: Manifest, generator: Generator, prompts: Sequence[Prompt],
             client: Client | None = None, smallest: int = SMALLEST,
             progress: Callable[[Done], None] | None = None) -> Done:
    """Make a photo for each prompt that has none yet.

    A prompt that stands twice is to have two photos.  Each photo is on the disk before the next
    one is asked for.

    Raises
    ------
    CollectError
        The collection can't be written.
    """
    done, failures = Done(), 0
    have: dict[str, int] = {}
    for entry in manifest:
        if entry.kind == "generated" and entry.source == generator.model and entry.file:
            have[entry.prompt] = have.get(entry.prompt, 0) + 1
    for prompt in prompts:
        if have.get(prompt.text, 0) > 0:
            have[prompt.text] -= 1
            done.known += 1
            continue
        try:
            if client is not None:
                client.pause(0)
            content, kind = generator.make(prompt.text)
        except Stopped:
            done.ended = "stopped"
            break
        except CollectError as error:
            failures += 1
            done.failed += 1
            done.remarks.append(error.reason)
            if failures >= MOST_FAILURES or not error.transient and not done.photos:
                done.ended = "broken"
                break
            continue
        failures = 0
        _keep(manifest, generator, prompt, content, kind, smallest, done)
        if progress is not None:
            progress(done)
    return done


def _keep(manifest: Manifest, generator: Generator, prompt: Prompt, content: bytes, kind: str,
          smallest: int, done: Done) -> None:
    try:
        content = marked(content)
    except ValueError:
        pass  # no photo: keeping it says why
    sha256 = hashlib.sha256(content).hexdigest()
    entry = Entry(sha256=sha256, kind="generated", source=generator.model, prompt=prompt.text,
                  licence=generator.licence, product=f"generated:{sha256[:16]}",
                  view=prompt.view, wanted=prompt.wanted, synthetic="yes")
    if sha256 in manifest:  # the generator repeats itself
        done.known += 1
    else:
        keep(manifest, entry, content, kind, smallest, done)
