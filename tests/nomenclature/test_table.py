"""Tariff → Corpus; codes of a table → those that the edition lacks."""
import sys

import numpy as np
import pytest
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table

from orangecontrib.customs.nomenclature import bundled_tariff
from orangecontrib.customs.nomenclature.table import (
    codes_of,
    missing_codes_table,
    selected_codes_table,
    tariff_table,
)


@pytest.fixture(scope="module")
def tariff():
    return bundled_tariff()


def column(table, name):
    return list(table.get_column(name))


def test_a_row_per_code_of_the_branch(tariff):
    table = tariff_table(tariff, [tariff.find("853630"), tariff.find("903289")], (6, 10))
    assert column(table, "code") == ["853630", "8536302000", "8536304000", "8536308000",
                                     "903289", "9032890000"]
    assert str(table[1]["level"]) == "10"
    assert table[1]["ad valorem, %"] == 10
    assert str(table[1]["full text"]).startswith("Электрическая аппаратура")
    assert " > " in str(table[1]["full text"])


def test_the_corpus_reads_the_full_text_in_its_language(tariff):
    text = pytest.importorskip("orangecontrib.text")
    table = tariff_table(tariff, levels=(4,))
    assert isinstance(table, text.Corpus)
    assert [v.name for v in table.text_features] == ["full text"]
    assert table.language == "ru"


def test_without_the_text_add_on_a_table(tariff, monkeypatch):
    monkeypatch.setitem(sys.modules, "orangecontrib.text", None)
    table = tariff_table(tariff, [tariff.find("6401")])
    assert type(table) is Table
    boots = column(table, "code").index("6401100000")
    assert table[boots]["specific"] == .75
    assert str(table[boots]["specific per"]) == "EUR / 1 пару"
    assert np.isnan(table[boots]["ad valorem, %"])


def test_levels_that_the_branch_lacks(tariff):
    assert tariff_table(tariff, [tariff.find("850421")], (10,)) is None
    assert tariff_table(tariff, levels=()) is None


def test_whole_edition_has_each_code_once(tariff):
    codes = column(tariff_table(tariff), "code")
    assert len(codes) == len(set(codes))
    assert {len(code) for code in codes} == {4, 6, 8, 10}


def test_selected_codes(tariff):
    table = selected_codes_table(tariff, [tariff.find("903210")])
    assert column(table, "code") == ["903210"] and column(table, "text") == ["термостаты"]
    assert selected_codes_table(tariff, []) is None


def test_codes_in_any_kind_of_column():
    domain = Domain([ContinuousVariable("n"), DiscreteVariable("d", ["6403 99", "?"])],
                    metas=[StringVariable("s")])
    table = Table.from_list(domain, [[101210000, "6403 99", "8504 40 300 0"],
                                     [np.nan, "?", ""]])
    assert codes_of(table, "n") == ["0101210000", ""]
    assert codes_of(table, "d") == ["640399", ""]
    assert codes_of(table, "s") == ["8504403000", ""]


def test_what_is_no_code_is_named_as_it_is_written(tariff):
    data = Table.from_list(Domain([], metas=[StringVariable("s")]), [[" блок питания 5.5 В "]])
    assert codes_of(data, "s") == ["блок питания 5.5 В"]
    assert column(missing_codes_table(codes_of(data, "s"), tariff), "code") == [
        "блок питания 5.5 В"]


def test_missing_codes_with_the_closest_one(tariff):
    missing = missing_codes_table(["8504210000", "0101", "853630", "8504210000", ""], tariff)
    assert column(missing, "code") == ["8504210000", "0101"]
    assert column(missing, "rows") == [2, 1]
    assert column(missing, "closest") == ["850421", ""]
    assert missing_codes_table(["853630", "", "90328900"], tariff) is None
