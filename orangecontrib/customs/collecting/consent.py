"""What leaves the computer, said before anything does."""
from __future__ import annotations

from urllib.parse import urlsplit

from orangecontrib.customs.i18n import Joined, Message

from .adapters import Adapter
from .recipe import Recipe

__all__ = ["notice_of_catalogue", "notice_of_endpoint", "notice_of_local", "notice_of_search"]

_NEVER = Message("collecting.never")


def notice_of_catalogue(recipe: Recipe) -> Joined:
    """Of a crawl."""
    limits = recipe.limits
    return Joined((Message.of("collecting.notice_catalogue", hosts=", ".join(recipe.hosts),
                              pages=limits.pages, photos=limits.photos, delay=limits.delay),
                   Message("collecting.notice_rights"), _NEVER), " ")


def notice_of_search(adapter: Adapter, query: str) -> Joined:
    """Of a search."""
    return Joined((Message.of("collecting.notice_search", name=adapter.name, query=query,
                              host=urlsplit(adapter.url).hostname, terms=adapter.terms),
                   _NEVER), " ")


def notice_of_endpoint(url: str, model: str, photos: int) -> Joined:
    """Of photos that a server makes."""
    return Joined((Message.of("collecting.notice_endpoint", host=urlsplit(url).hostname or url,
                              model=model, photos=photos), _NEVER), " ")


def notice_of_local(model: str, gigabytes: str, licence: str, url: str, download: bool) -> Joined:
    """Of photos that this computer makes."""
    first = Message.of("collecting.notice_download", name=model, gigabytes=gigabytes,
                       licence=licence, url=url) if download \
        else Message.of("collecting.notice_local", name=model)
    return Joined((first, _NEVER), " ")
