"""A recipe says how a catalogue is read; it is a small file that one can share."""
from __future__ import annotations

import csv
import io
import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from urllib.parse import urlsplit

from orangecontrib.customs.files import EncodingError, decode, replacing

from .client import check_url
from .errors import CollectError

__all__ = ["Bounds", "Recipe", "Selectors"]


@dataclass(frozen=True)
class Selectors:
    """CSS selectors; without `product` the data that pages hold for machines are read.

    Attributes
    ----------
    product : str
        What surrounds one product, once or several times on a page.
    name, text, materials, category, id : str
        Within it; of several elements the texts are joined.
    photos : str
        Images, or links to them.
    follow : str
        Links that lead on; all of the catalogue's own by default.
    """

    product: str = ""
    name: str = ""
    text: str = ""
    materials: str = ""
    category: str = ""
    id: str = ""
    photos: str = "img"
    follow: str = "a[href]"


@dataclass(frozen=True)
class Bounds:
    """Where a crawl ends.

    Attributes
    ----------
    pages, photos, photos_per_product, depth : int
    megabytes : float
    minutes : float
    delay : float
        Seconds between two requests, at least.
    tries : int
        Of each request, where the server is busy or the line fails.
    smallest : int
        Pixels of a photo's shorter side.
    barren : int
        After so many pages without a product whose addresses differ in numbers only (a calendar)
        no more of them are asked for.
    """

    pages: int = 1000
    photos: int = 5000
    photos_per_product: int = 12
    depth: int = 6
    megabytes: float = 2000.
    minutes: float = 240.
    delay: float = 1.
    tries: int = 3
    smallest: int = 128
    barren: int = 30


@dataclass(frozen=True)
class Recipe:
    """How a catalogue is read.

    Attributes
    ----------
    start : tuple of str
        Pages to begin with.
    name : str
        Of the source, in the manifest; its host by default.
    hosts : tuple of str
        That are crawled; those of `start` by default.  Photos may lie elsewhere.
    follow, skip : tuple of str
        Regular expressions: only addresses with one of the first, none with one of the second.
    licence : str
        What the owner of the photos allows, as you know it; kept with every photo.
    selectors : Selectors
    limits : Bounds
    """

    start: tuple[str, ...] = ()
    name: str = ""
    hosts: tuple[str, ...] = ()
    follow: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    licence: str = ""
    selectors: Selectors = field(default_factory=Selectors)
    limits: Bounds = field(default_factory=Bounds)

    def __post_init__(self):
        if not self.start:
            raise CollectError("recipe", name=self.name or "?", error="start: no address")
        for url in self.start:
            check_url(url)
        hosts = tuple(dict.fromkeys(urlsplit(url).hostname for url in self.start))
        object.__setattr__(self, "hosts", self.hosts or hosts)
        object.__setattr__(self, "name", self.name or hosts[0])
        for pattern in (*self.follow, *self.skip):
            try:
                re.compile(pattern)
            except re.error as error:
                raise CollectError("recipe", name=self.name, error=f"{pattern}: {error}") from None
        for name, selector in asdict(self.selectors).items():
            _check_selector(self.name, name, selector)

    @classmethod
    def of(cls, described: Mapping, name: str = "") -> Recipe:
        """A recipe from what a file says; an unknown name in it is named."""
        described = dict(described)
        try:
            parts = {part: _typed(kind, described.pop(part, {}), part)
                     for part, kind in (("selectors", Selectors), ("limits", Bounds))}
            return _typed(cls, described, "", **parts)
        except CollectError:
            raise
        except (TypeError, ValueError) as error:
            raise CollectError("recipe", name=name or "?", error=str(error)) from None

    @classmethod
    def load(cls, path: str | os.PathLike) -> Recipe:
        """Read TOML, JSON, or a CSV ``setting,value`` (``limits.pages,200``).

        Raises
        ------
        CollectError
            The file can't be read, or what it says can't be done; names file and setting.
        """
        path = Path(path)
        try:
            content = path.read_bytes()[:1_000_000]
            text = decode(content)[0]
            ending = path.suffix.lower()
            described = json.loads(text) if ending == ".json" else _of_csv(text) \
                if ending == ".csv" else tomllib.loads(text)
            if not isinstance(described, dict):
                raise ValueError("not a table of settings")
        except OSError as error:
            raise CollectError("recipe", name=str(path), error=error.strerror or str(error)
                               ) from None
        except (ValueError, EncodingError, RecursionError) as error:
            raise CollectError("recipe", name=str(path), error=str(error)) from None
        return cls.of(described, str(path))

    def described(self) -> dict:
        """As :meth:`of` takes it."""
        return asdict(self)

    def said(self) -> dict:
        """Only what is not as it is by default: what a person need write."""
        plain = Recipe(self.start)
        result = {name: value for name, value in vars(self).items()
                  if name in ("start", "name", "hosts", "follow", "skip", "licence")
                  and (name == "start" or value != getattr(plain, name))}
        for part in ("selectors", "limits"):
            usual, mine = asdict(getattr(plain, part)), asdict(getattr(self, part))
            if changed := {name: value for name, value in mine.items() if value != usual[name]}:
                result[part] = changed
        return {name: list(value) if isinstance(value, tuple) else value
                for name, value in result.items()}

    def save(self, path: str | os.PathLike) -> None:
        """Write it as TOML, to be shared.

        Raises
        ------
        CollectError
            It can't be written.
        """
        said = self.said()
        tables = [(part, said.pop(part)) for part in ("selectors", "limits") if part in said]
        lines = _lines(said)
        for part, settings in tables:
            lines += ["", f"[{part}]", *_lines(settings)]
        try:
            with replacing(path) as new:
                new.write_text("\n".join(lines) + "\n", encoding="utf-8")
        except OSError as error:
            raise CollectError("recipe", name=str(path), error=error.strerror or str(error)
                               ) from None

    def wanted(self, url: str) -> bool:
        """Whether a link leads to a page of the catalogue."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        return (parts.scheme in ("http", "https") and parts.hostname in self.hosts
                and (not self.follow or any(re.search(p, url) for p in self.follow))
                and not any(re.search(p, url) for p in self.skip)
                and not _NO_PAGE.search(parts.path))


#: What is not a page by its ending.
_NO_PAGE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|css|js|pdf|zip|xml|json|mp4|docx?|"
                      r"xlsx?)$", re.I)


def _typed(kind, described: Mapping, part: str, **more):
    if not isinstance(described, Mapping):
        raise ValueError(f"{part} is not a table of settings")
    known = {f.name: f for f in fields(kind)}
    values = dict(more)
    for name, value in described.items():
        full = f"{part}.{name}" if part else name
        if name not in known or name in more:
            names = ", ".join(sorted(set(known) - set(more)))
            raise ValueError(f"{full}: no such setting (there are {names})")
        values[name] = _value(full, known[name].type, value)
    return kind(**values)


def _value(name: str, kind: str, value):
    if kind.startswith("tuple"):
        items = value.split() if isinstance(value, str) else value
        if not isinstance(items, (list, tuple)) or not all(isinstance(i, str) for i in items):
            raise ValueError(f"{name}: a list of texts is needed")
        return tuple(items)
    if kind == "str":
        if not isinstance(value, str):
            raise ValueError(f"{name}: a text is needed")
        return value
    try:
        number = (int if kind == "int" else float)(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name}: a number is needed, not '{value}'") from None
    if not 0 <= number < float("inf"):
        raise ValueError(f"{name}: a number of 0 or more is needed, not {value}")
    return number


def _lines(settings: Mapping) -> list[str]:
    """Lines of TOML; its texts, lists and numbers are written as those of JSON."""
    return [f"{name} = {json.dumps(value, ensure_ascii=False)}".replace("\x7f", "\\u007f")
            for name, value in settings.items()]


def _of_csv(text: str) -> dict:
    described: dict = {}
    for row in csv.reader(io.StringIO(text)):
        if not row or not row[0].strip() or row[0].strip() == "setting":
            continue
        part, _, name = row[0].strip().rpartition(".")
        target = described.setdefault(part, {}) if part else described
        value = " ".join(cell.strip() for cell in row[1:] if cell.strip())
        target[name] = f"{target[name]} {value}" if name in target else value
    return described


def _check_selector(recipe: str, name: str, selector: str) -> None:
    if not selector:
        return
    import soupsieve
    try:
        soupsieve.compile(selector)
    except (soupsieve.SelectorSyntaxError, ValueError) as error:
        raise CollectError("recipe", name=recipe, error=f"selectors.{name}: "
                           f"{str(error).splitlines()[0]}") from None
