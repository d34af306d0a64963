"""Conclusions as HTML: whatever stands in users' files is text there, and nothing is fetched."""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from orangecontrib.customs import __version__
from orangecontrib.customs.i18n import Message, language, say

from .content import Conclusion, Exhibit, conclusion_of
from .pictures import Picture

__all__ = ["document", "fragment", "page", "style", "title_of_all"]

FOLDER = Path(__file__).parent / "templates"
#: The row of photos: its height, and how wide it may get, in CSS pixels.
HIGH, WIDE, GAP = 118, 650, 6


@lru_cache(maxsize=1)
def _templates() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup, escape
    templates = Environment(loader=FileSystemLoader(FOLDER), autoescape=True,
                            undefined=StrictUndefined, trim_blocks=True)
    templates.filters["lines"] = lambda text: Markup("<br>").join(
        escape(line) for line in text.splitlines()) if text.strip("\r\n") else " "
    templates.globals["w"] = lambda id_, **args: say(Message.of(f"conclusion.{id_}", **args))
    return templates


def title_of_all() -> str:
    """What a file with conclusions is called inside."""
    return say(Message("conclusion.titles"))


def style() -> str:
    """The style sheet of a page."""
    return (FOLDER / "style.css").read_text(encoding="utf-8")


def fragment(conclusion: Conclusion) -> str:
    """The page of a good as a part of an HTML document, without its style sheet."""
    return _templates().get_template("good.html").render(
        c=conclusion, photos=_strip(conclusion.photos), version=__version__)


def page(conclusion: Conclusion) -> str:
    """The page of a good with its style sheet, as Qt's text documents and reports take it."""
    return f"<style>{style()}</style>{fragment(conclusion)}"


def document(exhibits: Iterable[Exhibit], day: date | None = None) -> Iterator[str]:
    """An HTML document with a page per good, in parts that are made as they are asked for."""
    from markupsafe import Markup
    yield _templates().get_template("document.html").render(
        language=language(), title=title_of_all(), style=Markup(style())) + "\n"
    for exhibit in exhibits:
        yield fragment(conclusion_of(exhibit, day)) + "\n"
    yield "</body>\n</html>\n"


def _strip(photos: Sequence[Picture]) -> list[tuple[Picture, int, int]]:
    """Photos in a row of one height, no wider than the page."""
    widths = [HIGH * photo.width / photo.height if photo.data else HIGH for photo in photos]
    scale = min(1., (WIDE - GAP * len(photos)) / (sum(widths) or 1))
    return [(photo, max(1, round(width * scale)), round(HIGH * scale))
            for photo, width in zip(photos, widths)]
