"""What the Russian pages say is what the English ones say, figure by figure."""
import os
import re
from collections import Counter
from pathlib import Path

import pytest

DOC = Path(__file__).parents[2] / "doc"
RUSSIAN = DOC / "ru"

#: Pages for developers and administrators.
ENGLISH_ONLY = {"architecture.md", "cluster.md"}
#: Russian pages that are shorter than the English ones, or that are arranged otherwise.
SHORTER = {"index.md", "photo-model.md", "tutorial.md"}

_FENCED, _INDENTED = re.compile(r"```.*?```", re.DOTALL), re.compile(r"^ {4}.*$", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
#: Numbers in what is said: no part of a word, "1s" neither, and no exponent.
_NUMBER = re.compile(r"(?<![\w.])[.,]?\d+(?:[.,]\d+)*(?![a-zA-Z])")


def pairs():
    """(English page, Russian page) of those that are to have the same figures."""
    pages = [(DOC / page.relative_to(RUSSIAN), page) for page in sorted(RUSSIAN.rglob("*.md"))]
    return [(english, russian) for english, russian in pages
            if english.is_file() and russian.relative_to(RUSSIAN).as_posix() not in SHORTER
            and russian.parent.name != "widgets"]


def ids(page):
    return str(page.relative_to(DOC))


def figures(text):
    """How often each number stands in the sentences and tables of a page."""
    for what in (_FENCED, _INDENTED, re.compile(r"`[^`\n]*`"), _LINK):
        text = what.sub(" ", text)
    return Counter(number.replace(",", ".") for number in _NUMBER.findall(text))


def read(page):
    return page.read_text(encoding="utf-8")


def test_a_page_for_analysts_is_in_both_languages():
    english = {page.relative_to(DOC).as_posix() for page in DOC.rglob("*.md")
               if RUSSIAN not in page.parents and "_build" not in page.parts}
    russian = {page.relative_to(RUSSIAN).as_posix() for page in RUSSIAN.rglob("*.md")}
    assert english - russian == ENGLISH_ONLY


@pytest.mark.parametrize(("english", "russian"), pairs(), ids=ids)
def test_the_figures_of_a_page_are_the_same_in_both_languages(english, russian):
    ours, theirs = figures(read(russian)), figures(read(english))
    assert (dict(theirs - ours), dict(ours - theirs)) == ({}, {}), \
        "only in the English page, only in the Russian page"


@pytest.mark.parametrize(("english", "russian"), pairs(), ids=ids)
def test_commands_and_code_of_a_page_are_the_same_in_both_languages(english, russian):
    for block in (_FENCED, _INDENTED):
        assert block.findall(read(russian)) == block.findall(read(english))


def test_the_russian_card_of_the_model_has_only_figures_of_the_english_one():
    card = DOC.parent / "orangecontrib" / "customs" / "datasets" / "MODEL_CARD.md"
    known = set(re.findall(r"\d+", read(card)))
    said = re.findall(r"\d+", read(RUSSIAN / "photo-model.md"))
    assert [number for number in said if number not in known] == []


def test_a_russian_page_leads_to_russian_pages_where_there_are_any():
    for page in RUSSIAN.rglob("*.md"):
        for link in _LINK.findall(read(page)):
            target = Path(os.path.normpath(page.parent / link.partition("#")[0]))
            if target.suffix != ".md" or RUSSIAN in target.parents or target.parent == page.parent:
                continue
            inside = target.is_relative_to(DOC) and RUSSIAN / target.relative_to(DOC)
            if inside and inside.is_file():
                line = next(row for row in read(page).splitlines() if f"]({link})" in row)
                assert "по-английски" in line, f"{page.name}: {link}"
