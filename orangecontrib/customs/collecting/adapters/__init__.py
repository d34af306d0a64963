"""Services that are searched, a file each.

An adapter is a module with an object ``adapter`` that has the attributes and the method of
:class:`Adapter`; see ``doc/collecting.md``.
"""
from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ..client import Client
from ..errors import CollectError

__all__ = ["Adapter", "Found", "find_adapter", "names"]


@dataclass(frozen=True)
class Found:
    """A photo that a service offers.

    Attributes
    ----------
    id : str
        Within the service.
    url, page : str
        Of the photo's file, and of the page that shows it.
    licence, licence_url, author : str
        As the service says it.
    name, text, category : str
        What the service says of what it shows.
    """

    id: str
    url: str
    page: str = ""
    licence: str = ""
    licence_url: str = ""
    author: str = ""
    name: str = ""
    text: str = ""
    category: str = ""


class Adapter(Protocol):
    """A service that is searched.

    Attributes
    ----------
    id, name : str
    url : str
        Where it is asked; a test, or a mirror, sets another.
    key : str
        Name of the key that it needs, "" if none (see ``keys``).
    terms : str
        Where its conditions are read.
    permission : bool
        Its conditions forbid to learn from its photos without a permission.
    """

    id: str
    name: str
    url: str
    key: str
    terms: str
    permission: bool

    def search(self, client: Client, query: str, secret: str) -> Iterator[Found]:
        """What is found, best first, until there is no more; asks page by page.

        Raises
        ------
        CollectError
            The service can't be asked; "no_json" or "odd_answer" where it says something else
            than is documented.
        """


def names() -> list[str]:
    """Ids of the adapters that come with the program."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def find_adapter(name: str) -> Adapter:
    """An adapter by its id, or of a Python file of one's own.

    Raises
    ------
    CollectError
        There is none.
    """
    if name in names():
        return importlib.import_module(f"{__name__}.{name}").adapter
    path = Path(name)
    if path.suffix == ".py" and path.is_file():
        spec = importlib.util.spec_from_file_location(f"_adapter_{path.stem}", path)
        module = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
            return module.adapter
        except Exception as error:
            raise CollectError("no_adapter", name=name, error=str(error),
                               names=", ".join(names())) from None
    raise CollectError("no_adapter", name=name, error="?", names=", ".join(names()))


def fields_of(answer, *path) -> list:
    """The list at a place of a JSON answer; CollectError where there is none."""
    value = answer.json()
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    if not isinstance(value, list):
        raise CollectError("odd_answer", url=answer.url, wanted=".".join(path))
    return value


def text_of(value: object) -> str:
    """A text of a JSON answer, without HTML; "" where there is none."""
    if not isinstance(value, (str, int, float)):
        return ""
    text = str(value)
    if "<" in text:
        from bs4 import BeautifulSoup
        text = BeautifulSoup(text, "lxml").get_text(" ")
    return " ".join(text.split())
