"""What a recipe catches on one page, before the crawl."""
from __future__ import annotations

from .client import Client
from .pages import Page, read_page
from .recipe import Recipe

__all__ = ["preview"]


def preview(url: str, recipe: Recipe | None = None, client: Client | None = None) -> Page:
    """Products and links that a recipe finds on a page; robots.txt is obeyed.

    Raises
    ------
    CollectError
        The page can't be had, or is none.
    """
    recipe = recipe or Recipe((url,))
    answer = (client or Client()).page(url)
    return read_page(answer.content, answer.url, recipe, answer.headers.get("content-type", ""))
