"""Photos of services that are searched."""
from __future__ import annotations

from collections.abc import Callable

from .adapters import Adapter, Found
from .client import Client, check_url
from .errors import CollectError, Stopped
from .keys import find_key
from .manifest import Entry, Manifest
from .pictures import SMALLEST
from .store import Done, keep, refuse

__all__ = ["search"]


def search(manifest: Manifest, adapter: Adapter, query: str, most: int, client: Client, *,
           wanted: str = "", permitted: bool = False, smallest: int = SMALLEST,
           progress: Callable[[Done], None] | None = None) -> Done:
    """Collect photos that a service finds.

    Parameters
    ----------
    most : int
        New photos.
    wanted : str
        Features that they are to show, as in the manifest.
    permitted : bool
        The user has the permission that the conditions of the service ask for.

    Raises
    ------
    CollectError
        Nothing can be asked: no key, no permission.  What happens later is a remark.
    """
    if adapter.permission and not permitted:
        raise CollectError("permission", name=adapter.name, terms=adapter.terms)
    secret = find_key(adapter.key) if adapter.key else ""
    done, looked = Done(), 0
    try:
        private = client.is_private_url(adapter.url)
        for found in adapter.search(client, query, secret):
            looked += 1
            if done.photos >= most or looked > 20 * most + 200:
                done.ended = "photos"
                break
            _take(manifest, _entry(adapter, found, query, wanted), client, private, smallest,
                  done)
            if progress is not None:
                progress(done)
    except Stopped:
        done.ended = "stopped"
    except CollectError as error:
        if error.reason.id == "collecting.unwritable":
            raise
        done.ended = "broken"
        done.remarks.append(error.reason)
    return done


def _entry(adapter: Adapter, found: Found, query: str, wanted: str) -> Entry:
    text = "; ".join(dict.fromkeys(filter(None, (found.name, found.text))))
    return Entry(kind="search", source=adapter.id, url=found.url, page=found.page, query=query,
                 licence=found.licence, licence_url=found.licence_url, author=found.author,
                 product=f"{adapter.id}:{found.id or found.url}", name=found.name,
                 text=text[:4000], category=found.category, wanted=wanted)


def _take(manifest: Manifest, entry: Entry, client: Client, private: bool, smallest: int,
          done: Done) -> None:
    if entry.key in manifest:
        done.known += 1
        return
    try:
        check_url(entry.url)
        answer = client.photo(entry.url, private=private)
    except CollectError as error:
        done.remarks.append(error.reason)
        if error.transient:
            done.failed += 1
        else:
            refuse(manifest, entry, error.reason, done)
        return
    keep(manifest, entry, answer.content, answer.type, smallest, done)
