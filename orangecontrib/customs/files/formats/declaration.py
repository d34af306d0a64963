"""The XML of a declaration on goods, in whatever version and namespace."""
from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from ..tables import Row, TableFileError, TextTable, strict_rows

__all__ = ["read"]

#: Of a file; goods are read one after the other.
MOST_BYTES = 2 * 10 ** 9
#: Elements in elements, and characters of one good, that no declaration has.
DEEPEST, MOST_IN_GOOD, MOST_ELEMENTS = 100, 5_000_000, 200_000
#: The currency of the invoice, of a good or of the whole declaration.
CURRENCY = "ContractCurrencyCode"
#: Declarations break long descriptions after so many signs, in the middle of words.
BROKEN_AT = 250


def read(path: Path, *, encoding: str = "", sheet: str = "",
         progress: Callable[[float], None] | None = None, rows: list[Row] | None = None
         ) -> TextTable:
    """A row for each good of a declaration."""
    from defusedxml.common import DefusedXmlException
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise TableFileError(f"{path}: more than {MOST_BYTES:,} bytes; split the file")
    goods: list[Row] = []
    try:
        with open(path, "rb") as file:
            root, common = [""], {}
            for cells in _goods(file, path, root, common):
                goods.append(Row(len(goods) + 1, cells, len(cells)))
                if progress is not None and len(goods) % 100 == 0:
                    progress(min(1., file.tell() / max(1, size)))
    except DefusedXmlException as error:
        raise TableFileError(f"{path} declares entities or a document type of its own, which no "
                             "declaration does; it is not read") from error
    except SyntaxError as error:  # ParseError of ElementTree
        raise TableFileError(f"{path} is not well-formed XML ({error}); export it again") from error
    if not goods:
        raise TableFileError(f"{path} is an XML ({root[0] or 'without elements'}) without goods of "
                             "a declaration (elements GoodsDescription, GoodsTNVEDCode); export "
                             "the declaration as ESADout_CU, or the table as CSV or .xlsx")
    columns = {name: name for name in _columns()
               if common.get(name) or any(row.cells.get(name) for row in goods)}
    if "CustomsCost" in columns and CURRENCY in columns:
        columns[CURRENCY] = "InvoicedCostCurrency"  # customs value is in national currency
    rows = [] if rows is None else rows
    for row in goods:
        rows.append(Row(row.line, {title: row.cells.get(name, "") or common.get(name, "")
                                   for name, title in columns.items()}, len(columns)))
    return TextTable(str(path), tuple(columns.values()), rows, kind="xml", header=0)


@cache
def _columns() -> dict[str, dict[str, str]]:
    rows = strict_rows(Path(__file__).parents[1] / "declaration.csv")[1]
    return {row["column"]: row for _, row in rows}


@cache
def _elements(what: str) -> frozenset[str]:
    return frozenset(path for name in _columns() for path in _columns()[name]["elements"].split("|")
                     if name == what)


def _name(element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _goods(file, path: Path, root: list[str], common: dict[str, str]
           ) -> Iterator[dict[str, str]]:
    """The cells of each good; what holds for all of them is put into `common`."""
    from defusedxml.ElementTree import iterparse
    numbers = _elements("GoodsNumeric") | _elements("GoodsTNVEDCode")
    open_: list = []
    counted = 0
    for event, element in iterparse(file, events=("start", "end"), forbid_dtd=True):
        if event == "start":
            root[0] = root[0] or _name(element)
            open_.append(element)
            counted += 1
            if len(open_) > DEEPEST or counted > MOST_ELEMENTS:
                raise TableFileError(f"{path}: elements are nested, or listed, as in no "
                                     "declaration; it is not read")
            continue
        open_.pop()
        name = _name(element)
        if name == CURRENCY and not any(_name(child) in numbers for parent in open_
                                        for child in parent):
            common.setdefault(name, (element.text or "").strip())
        children = {_name(child) for child in element}
        if children & numbers and children & (_elements("GoodsDescription")
                                              | _elements("GoodsTNVEDCode")):
            counted = 0
            yield _cells(element, path)
            element.clear()


def _cells(good, path: Path) -> dict[str, str]:
    """The cells of one good."""
    if sum(len(text) for text in good.itertext()) > MOST_IN_GOOD:
        raise TableFileError(f"{path}: a good with more than {MOST_IN_GOOD:,} characters")
    cells = {}
    for column, row in _columns().items():
        for place in row["elements"].split("|"):
            texts = _texts(good, place.split("/"), row["within"])
            if texts:
                cells[column] = _joined(texts) if row["join"] else texts[0].strip()
                break
    return cells


def _texts(good, names: list[str], within: str) -> list[str]:
    """The texts of elements with these names below each other, and of those in `within`."""
    found = [good]
    for name in names:
        found = [child for element in found for child in element if _name(child) == name]
    if within:
        found += [element for group in good if _name(group) == within
                  for element in group if _name(element) == names[-1]]
    texts = [element.text or "" for element in found]
    # a line break at the edge lays out the XML, a space may be one between words
    return list(dict.fromkeys(text.strip() if "\n" in text.strip(" \t") else text
                              for text in texts if text.strip()))


def _joined(texts: list[str]) -> str:
    """Parts of a description; one that is full to the brim goes on in the next."""
    whole = texts[0]
    for before, text in itertools.pairwise(texts):
        whole = whole + text if len(before) == BROKEN_AT else f"{whole.rstrip()} {text.lstrip()}"
    return whole.strip()
