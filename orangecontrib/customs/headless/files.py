"""The names of :mod:`orangecontrib.customs.cases` that used to live here."""
from orangecontrib.customs.cases.files import InputError, read_goods, write_rows
from orangecontrib.customs.cases.goods import Good

__all__ = ["InputError", "Good", "read_goods", "write_rows"]
