"""What the columns of declarations are called, and what their cells look like."""
from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["is_description", "may_be_description", "mostly_ids"]

#: Names of the column with the description (graph 31 of the declaration), as :func:`_bare` says.
DESCRIPTION_NAMES = frozenset((
    "description", "описание", "описание товара", "описание товаров", "описание груза",
    "наименование и описание товара", "наименование товара", "описание и наименование товара",
    "description of goods", "goods description", "item description", "product description",
    "декларируемое описание", "declared description"))

_GRAPH_31 = re.compile(r"\b(?:графа|гр) ?31\b")
_TELLING = re.compile(
    r"описани|наименовани|графа\s*31|declaration|description|\btext\b|текст|goods", re.I)
#: Three letters, or one sign of a script that needs no more.
_WORD = re.compile(r"[^\W\d_]{3}|[\u3040-\u9fff]")


def _bare(name: str) -> str:
    """Lower case, ё → е, nothing but letters and digits; the (1) of a repeated name is gone."""
    name = re.sub(r"\s*\(\d\)$", "", name).casefold().replace("ё", "е")
    return re.sub(r"[\W_]+", " ", name).strip()


def is_description(name: str) -> bool:
    """Whether a column of this name is the description, whatever it holds.

    >>> [is_description(n) for n in ("Описание товара (графа 31)", "DESCRIPTION", "good_id")]
    [True, True, False]
    """
    bare = _bare(name)
    rest = _GRAPH_31.sub(" ", bare).strip()
    return bool(bare) and (not rest or " ".join(rest.split()) in DESCRIPTION_NAMES)


def may_be_description(name: str) -> bool:
    """Whether the name hints at a description («goods», «текст декларации»)."""
    return bool(_TELLING.search(name))


def mostly_ids(texts: Iterable[str]) -> bool:
    """Whether most of the filled cells are ids, codes or numbers rather than descriptions.

    An id has no word of three letters, or it is a single token with a digit in it.

    >>> mostly_ids(["G-001", "6403 99 960 0", "made-1-0001"]), mostly_ids(["Обувь", "Реле РТ-40"])
    (True, False)
    """
    filled = [text.strip() for text in texts if text.strip()]
    ids = sum(not _WORD.search(text)
              or (len(text.split()) == 1 and any(map(str.isdigit, text))) for text in filled)
    return 2 * ids > len(filled)
