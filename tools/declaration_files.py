"""The same goods in a file of each format and encoding that is read: for tests, and to try.

    python tools/declaration_files.py FOLDER
"""
from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from xml.sax.saxutils import escape

#: Names of columns as people write them, and the goods.
COLUMNS = ("Номер товара", "Описание товара", "Код ТН ВЭД", "Количество, пар",
           "Таможенная стоимость", "Валюта", "Вес нетто, кг")
GOODS = (
    ("1", "Ботинки мужские, верх из натуральной кожи, подошва из резины, закрывающие лодыжку, "
          "длина стельки 27 см", "6403911600", "120", "4800.5", "EUR", "96"),
    ("2", "Туфли женские; верх из текстиля, подошва из пластмассы", "6404199000", "60", "900",
     "USD", "30.25"),
    ("17-А", "Сапоги \"Снег\" детские\nводонепроницаемые, верх и подошва из резины, литые",
     "6401929000", "40", "", "", "44"),
    ("4", "Тапочки домашние | верх из текстиля, подошва из войлока", "6405209100", "1000", "2500",
     "RUB", "100"),
)
NUMBERS = (0, 3, 4, 6)      #: places of columns that people type as numbers
TITLES = (("Спецификация № 5 от 01.02.2026",), (), ("Поставщик: ООО \"Обувь\"",))

ENCODINGS = ("utf-8", "utf-8-sig", "cp1251", "cp866", "koi8-r", "mac-cyrillic", "iso8859-5",
             "utf-16", "utf-16-le", "utf-16-be")

_NAMESPACES = {
    "5.11": "urn:customs.ru:Information:CustomsDocuments:ESADout_CU:5.11.0",
    "5.24": "urn:customs.ru:Information:CustomsDocuments:ESADout_CU:5.24.0"}


def typed(place: int, text: str) -> object:
    """A cell as Excel holds it: numbers are numbers, codes too."""
    if place in NUMBERS or place == 2:
        try:
            return float(text) if "." in text else int(text)
        except ValueError:
            return text or None
    return text or None


def text_table(delimiter: str = ",", titles=()) -> str:
    """The goods as CSV."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerows([*titles, COLUMNS, *GOODS])
    return file.getvalue()


def xlsx(path: Path) -> None:
    """A sheet, as simple as can be."""
    import openpyxl
    book = openpyxl.Workbook()
    book.active.append(COLUMNS)
    for good in GOODS:
        book.active.append([typed(*cell) for cell in enumerate(good)])
    book.save(path)


def sheets(path: Path) -> None:
    """A form: a title sheet, a hidden one, titles over a header of two rows, numbers, a total."""
    import openpyxl
    book = openpyxl.Workbook()
    book.active.title = "Титульный лист"
    book.active["A1"] = "Спецификация"
    book.create_sheet("Справочник").sheet_state = "hidden"
    sheet = book.create_sheet("Товары")
    for row in TITLES:
        sheet.append(row)
    sheet.append(["Номер\nтовара", "Описание товара", "Код ТН ВЭД", "Количество", None,
                  "Таможенная стоимость", "Валюта", "Вес"])
    sheet.append([None, None, None, "мест", "пар", None, None, "нетто, кг"])
    for area in ("A4:A5", "B4:B5", "C4:C5", "D4:E4", "F4:F5", "G4:G5", "A1:H1"):
        sheet.merge_cells(area)
    sheet.append(list(range(1, 9)))
    for good in GOODS:
        cells = [typed(*cell) for cell in enumerate(good)]
        sheet.append([*cells[:3], 1, *cells[3:]])
    sheet.append(["Итого", None, None, 4, 1220, None, None, 270.25])
    book.save(path)


def xls(path: Path) -> None:
    """The old format of Excel."""
    import xlwt
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Лист1")
    for row, good in enumerate([COLUMNS, *GOODS]):
        for place, text in enumerate(good):
            sheet.write(row, place, typed(place, text) if row else text)
    book.save(str(path))


def orange(path: Path) -> None:
    """As Orange saves a table: kinds and roles of the columns in two rows below their names."""
    import numpy as np
    from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table
    currencies = tuple(sorted({good[5] for good in GOODS} - {""}))
    domain = Domain(
        [ContinuousVariable(COLUMNS[place]) for place in (3, 4, 6)],
        DiscreteVariable(COLUMNS[5], currencies),
        [StringVariable(COLUMNS[place]) for place in (0, 1, 2)])
    numbers = [[float(good[place] or "nan") for place in (3, 4, 6)] for good in GOODS]
    classes = [currencies.index(good[5]) if good[5] else np.nan for good in GOODS]
    texts = np.array([good[:3] for good in GOODS], dtype=object)
    Table.from_numpy(domain, np.array(numbers), np.array(classes), texts).save(str(path))


def parquet(path: Path) -> None:
    """Columns of texts and numbers."""
    import pyarrow
    import pyarrow.parquet
    columns = {name: [typed(place, good[place]) for good in GOODS] for place, name in
               enumerate(COLUMNS)}
    columns[COLUMNS[0]] = [good[0] for good in GOODS]
    pyarrow.parquet.write_table(pyarrow.table(columns), path)


def records() -> list[dict[str, object]]:
    """The goods by column."""
    return [{name: typed(place, text) for place, (name, text) in enumerate(zip(COLUMNS, good))}
            for good in GOODS]


def declaration(version: str = "5.11", prefix: str = "cat") -> str:
    """A declaration on goods; descriptions lie in two elements, the currency above the goods."""
    def element(name: str, text: str) -> str:
        return f"<{prefix}:{name}>{escape(text)}</{prefix}:{name}>" if text else ""
    goods = []
    for good in GOODS:
        id_, text, code, quantity, value, currency, weight = good
        middle = text.index(" ")
        goods.append("<ESADout_CUGoods>" + element("GoodsNumeric", id_)
                     + element("GoodsDescription", text[:middle])
                     + element("GoodsDescription", text[middle + 1:])
                     + element("GrossWeightQuantity", "999") + element("NetWeightQuantity", weight)
                     + element("GoodsTNVEDCode", code) + element("InvoicedCost", value)
                     + element("ContractCurrencyCode", currency)
                     + f"<{prefix}:SupplementaryGoodsQuantity>" + element("GoodsQuantity", quantity)
                     + element("MeasureUnitQualifierName", "ПАР")
                     + f"</{prefix}:SupplementaryGoodsQuantity></ESADout_CUGoods>")
    return ('<?xml version="1.0" encoding="utf-8"?>\n'
            f'<ESADout_CU xmlns="{_NAMESPACES[version]}" '
            f'xmlns:{prefix}="urn:customs.ru:CommonAggregateTypes:{version}.0">'
            f"<ESADout_CUGoodsShipment>{''.join(goods)}</ESADout_CUGoodsShipment></ESADout_CU>")


#: What is peculiar about each file.
NAMES = (*(f"csv {encoding}" for encoding in ENCODINGS), "csv comma", "csv tab", "csv bar",
         "csv said", "csv titles", "xlsx", "xlsx form", "xlsx called csv", "xls", "orange tab",
         "orange xlsx", "parquet", "json", "json object", "json cp1251", "json lines",
         "declaration", "declaration 5.24")


def make(folder: Path) -> dict[str, Path]:
    """Write all files; what is peculiar about each → its path."""
    folder = Path(folder)
    made: dict[str, Path] = {}

    def put(name: str, ending: str, content: bytes | str | None = None, by=None) -> None:
        path = made[name] = folder / f"{name}{ending}"
        if by is not None:
            by(path)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    for encoding in ENCODINGS:
        put(f"csv {encoding}", ".csv", text_table(";").encode(encoding))
    for name, delimiter in (("comma", ","), ("tab", "\t"), ("bar", "|")):
        put(f"csv {name}", ".csv", text_table(delimiter))
    put("csv said", ".csv", f"sep=;\r\n{text_table(';')}".encode("cp1251"))
    put("csv titles", ".csv", text_table(";", TITLES).encode("cp1251"))
    put("xlsx", ".xlsx", by=xlsx)
    put("xlsx form", ".xlsx", by=sheets)
    put("xlsx called csv", ".csv", made["xlsx"].read_bytes())
    put("xls", ".xls", by=xls)
    put("orange tab", ".tab", by=orange)
    put("orange xlsx", ".xlsx", by=orange)
    put("parquet", ".parquet", by=parquet)
    put("json", ".json", json.dumps(records(), ensure_ascii=False))
    put("json object", ".json", json.dumps({"doc": {"n": 1, "goods": records()}}))
    put("json cp1251", ".json", json.dumps(records(), ensure_ascii=False).encode("cp1251"))
    put("json lines", ".jsonl", "\n".join(json.dumps(r, ensure_ascii=False) for r in records()))
    put("declaration", ".xml", declaration())
    put("declaration 5.24", ".xml", declaration("5.24", "catESAD_cu").replace(
        'encoding="utf-8"', 'encoding="windows-1251"').encode("cp1251"))
    return made


if __name__ == "__main__":
    place = Path(sys.argv[1])
    place.mkdir(parents=True, exist_ok=True)
    for path in make(place).values():
        print(path)
