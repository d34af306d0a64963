"""What the columns of declarations are called, and what their cells look like."""
from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from orangecontrib.customs.files import Row, TextTable
from orangecontrib.customs.i18n import Message

__all__ = ["DECLARED_CODE_NAMES", "KEY_NAMES", "NAMES", "doubts_of", "find_column", "is_code",
           "is_description", "is_id", "may_be_description", "mostly_ids", "numbers_in",
           "trusted_cells", "trusted_rows"]

#: Names under which the id of a good usually travels; the likeliest first.
KEY_NAMES = ("good_id", "good id", "good", "category", "id", "товар", "номер")

#: Names of the column with the declared code, in lower case with _ for spaces.
DECLARED_CODE_NAMES = ("declared_code", "заявленный_код", "код_тн_вэд")

#: Names of the columns with what is declared, in lower case with _ for spaces.
NAMES = {"declared_code": DECLARED_CODE_NAMES,
         "quantity": ("quantity", "количество", "pairs"),
         "value": ("value", "customs_value", "стоимость", "таможенная_стоимость"),
         "currency": ("currency", "валюта"),
         "weight": ("weight", "net_weight", "масса", "масса_нетто")}

#: Names of the column with the description (graph 31 of the declaration), as :func:`_bare` says.
DESCRIPTION_NAMES = frozenset((
    "description", "описание", "описание товара", "описание товаров", "описание груза",
    "наименование и описание товара", "наименование товара", "описание и наименование товара",
    "description of goods", "goods description", "item description", "product description",
    "декларируемое описание", "declared description"))

_CODE = re.compile(r"код|code|heading|позиц|тн ?вэд|\bht?s\d*\b|\b(?:графа|гр) ?33\b")
_ID = re.compile(r"\b(?:id|ид|номера?|артикула?|арт|инн|sku|article)\b")
#: The most digits that a float keeps; the zero stands alone or before the decimals.
_NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,14}|[1-9][0-9]{0,2}(?:[ \u00a0\u202f][0-9]{3}){1,4})"
                     r"(?:[.,]([0-9]{1,15}))?")

_GRAPH_31 = re.compile(r"\b(?:графа|гр) ?31\b")
_SPACE = re.compile(r"\s")
_TELLING = re.compile(
    r"описани|наименовани|графа\s*31|declaration|description|\btext\b|текст|goods", re.I)
#: Three letters, or one sign of a script that needs no more.
_WORD = re.compile(r"[^\W\d_]{3}|[\u3040-\u9fff]")


def _bare(name: str) -> str:
    """Lower case, ё → е, nothing but letters and digits; the (1) of a repeated name is gone."""
    name = re.sub(r"\s*\(\d\)$", "", name).casefold().replace("ё", "е")
    return re.sub(r"[\W_]+", " ", name).strip()


def find_column(names: Iterable[str], wanted: Sequence[str]) -> str | None:
    """The first of the names that is wanted, whatever its case and spaces."""
    return next((name for name in names
                 if name.strip().lower().replace(" ", "_") in wanted), None)


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


def is_code(name: str) -> bool:
    """Whether a column of this name holds codes, which are no numbers.

    >>> [is_code(n) for n in ("hs_code", "Графа 33", "Код ТН ВЭД", "HS6", "quantity")]
    [True, True, True, True, False]
    """
    return bool(_CODE.search(_bare(name)))


def is_id(name: str) -> bool:
    """Whether a column of this name holds ids, which are no numbers.

    >>> [is_id(n) for n in ("good_id", "№ товара", "Артикул", "width", "Количество товара")]
    [True, True, True, False, False]
    """
    return name.strip().lower() in KEY_NAMES or "№" in name or bool(_ID.search(_bare(name)))


def numbers_in(texts: Sequence[str]) -> tuple[list[float], int] | None:
    """The numbers of a column and their decimals, where every filled cell is a plain number.

    Empty cells are NaN.  None where a cell is anything else, begins with a zero as codes do, or
    has more digits than a float keeps; where commas and points both occur, since then nobody
    knows which of them divides thousands; and where nothing is filled.

    >>> numbers_in(["1 200,5", "", "7"]), numbers_in(["0640", "12"]), numbers_in(["1,5", "1.5"])
    (([1200.5, nan, 7.0], 1), None, None)
    """
    found = [_NUMBER.fullmatch(text.strip()) if text.strip() else "" for text in texts]
    if None in found or not any(found):
        return None
    filled = [match for match in found if match]
    if len({mark for match in filled for mark in ",." if mark in match[0]}) > 1:
        return None
    numbers = [float(_SPACE.sub("", match[0]).replace(",", ".")) if match else math.nan
               for match in found]
    return numbers, max(len(match[1] or "") for match in filled)


def doubts_of(row: Row, table: TextTable) -> list[Message]:
    """Why cells of a row are not to be trusted."""
    if row.surplus:
        return [Message.of("cases.surplus", line=row.line, fields=row.fields, width=table.width)]
    return [Message.of("cases.swallows", line=row.line)] if row.swallows else []


def trusted_cells(row: Row, columns: Sequence[str]) -> dict[str, str]:
    """The cells of a row that can be believed.

    Of a row with more fields than the header has, those left of the description: a
    description that is cut off, or a code that stands in another column, would be taken for
    what was declared.
    """
    if not row.surplus:
        return row.cells
    first = next((number for number, name in enumerate(columns) if is_description(name)), 0)
    return {name: row.cells[name] for name in columns[:first] if name}


def trusted_rows(table: TextTable) -> tuple[list[Row], list[str]]:
    """Rows with the cells that can be believed, and what is doubtful in the others, for people.

    A row of which nothing can be believed is there, too, empty.
    """
    kept, doubts = [], []
    for row in table.rows:
        cells = trusted_cells(row, table.columns)
        kept.append(row if cells is row.cells else replace(
            row, cells={name: cells.get(name, "") for name in row.cells}))
        if row.doubt:
            used = "" if not row.surplus else "; nothing from the description on is used" \
                if any(kept[-1].cells.values()) else "; nothing of the row is used"
            doubts.append(f"line {row.line}: {row.doubt}{used}")
    return kept, doubts


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
