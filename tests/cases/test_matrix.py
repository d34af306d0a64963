"""Declared codes against found ones, with money."""
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from Orange.data import ContinuousVariable, Domain, StringVariable, Table

from orangecontrib.customs.cases.matrix import (
    ALL,
    AT_RISK,
    DIFFERENCE,
    Money,
    Pairs,
    matrix_of,
)
from orangecontrib.customs.cases.matrix.table import matrix_table, pairs_in

EUR = Money(DIFFERENCE, "EUR")
CODES = st.sampled_from(["", "6403", "6403911600", "6403991100", "6404110000", "none",
                         "6402993100; 6402995000"])
AMOUNTS = st.one_of(st.just((np.nan, np.nan)),
                    st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)))
GOODS = st.lists(st.tuples(CODES, CODES, AMOUNTS), max_size=40)


def pairs(goods):
    return Pairs(tuple(one for one, _, _ in goods), tuple(other for _, other, _ in goods),
                 {EUR: np.array([amount for *_, amount in goods], float).reshape(-1, 2)})


@given(GOODS, st.sampled_from([4, 6, 10]))
def test_margins_are_the_sums_of_their_cells(goods, level):
    matrix = matrix_of(pairs(goods), level, EUR)
    inside = {place: cell for place, cell in matrix.cells.items() if ALL not in place}
    assert matrix.total.n == len(goods) == sum(cell.n for cell in inside.values())
    for code in matrix.declared:
        own = [cell for (one, _), cell in inside.items() if one == code]
        assert matrix.cells[code, ALL].n == sum(cell.n for cell in own)
        known = [cell.low for cell in own if cell.priced]
        if known:
            assert matrix.cells[code, ALL].low == pytest.approx(sum(known), abs=1e-3)
    assert sum(matrix.cells[ALL, code].n for code in matrix.found) == len(goods)


@given(GOODS, st.sampled_from([4, 6, 10]))
def test_each_good_lies_in_one_cell(goods, level):
    matrix = matrix_of(pairs(goods), level, EUR)
    rows = sorted(row for place, cell in matrix.cells.items() if ALL not in place
                  for row in cell.rows)
    assert rows == list(range(len(goods)))


def test_codes_are_compared_at_a_level_and_those_with_most_money_come_first():
    matrix = matrix_of(pairs([
        ("6403911600", "6403911800", (1., 2.)), ("6403911600", "6404110000", (-50., -40.)),
        ("6404110000", "6404110000", (0., 0.)), ("", "6404110000", (np.nan, np.nan))]), 4, EUR)
    assert matrix.declared == ("6403", "6404", "")
    assert matrix.found == ("6404", "6403")
    cell = matrix.cells["6403", "6404"]
    assert (cell.n, cell.priced, cell.low, cell.high) == (1, 1, -50., -40.)
    assert matrix.agreeing == 2
    assert matrix.total.priced == 3
    assert matrix.rows_of("6403", ALL) == (0, 1)
    assert matrix.rows_of("9999", ALL) == ()


def test_candidates_of_a_gap_stand_together_where_they_differ():
    goods = [("6402", "6402993100; 6402995000", (0., 1.))]
    assert matrix_of(pairs(goods), 6, EUR).found == ("640299",)
    assert matrix_of(pairs(goods), 10, EUR).found == ("6402993100; 6402995000",)
    assert matrix_of(pairs(goods), 10, EUR).declared == ("6402",)


def test_without_money_goods_are_counted():
    matrix = matrix_of(pairs([("6403911600", "", (1., 2.))]), 6)
    assert matrix.total.n == 1
    assert matrix.total.priced == 0
    assert matrix.total.most == 0


def table(rows, texts=("code", "declared code", "duty currency"),
          numbers=("P(excluded)", "duty low", "duty high", "duty at declared code",
                   "duty low (EUR)", "duty high (EUR)", "duty at declared code (EUR)",
                   "duty at risk (EUR)")):
    domain = Domain([ContinuousVariable(name) for name in numbers],
                    metas=[StringVariable(name) for name in texts])
    return Table.from_numpy(domain, np.array([number for number, _ in rows], float),
                            metas=np.array([text for _, text in rows], dtype=object))


NAN = np.nan


def test_the_duty_in_its_currency_counts_before_the_specific_one_in_euro():
    found = pairs_in(table([
        ([NAN, 100, 120, 90, 1, 2, 3, .5], ["6403911600", "6403911800", "RUB"]),
        ([NAN, NAN, NAN, NAN, 5, 7, 4, .25], ["6403911600", "6403 91 180 0", ""]),
        ([.98, NAN, NAN, NAN, NAN, NAN, NAN, NAN], ["", "6403", ""])]))
    assert found.declared == ("6403911800", "6403911800", "6403")
    assert found.found == ("6403911600", "6403911600", "none")
    assert list(found.amounts) == [EUR, Money(DIFFERENCE, "RUB"), Money(AT_RISK, "EUR")]
    np.testing.assert_array_equal(found.amounts[EUR], [[NAN, NAN], [1, 3], [NAN, NAN]])
    np.testing.assert_array_equal(found.amounts[Money(DIFFERENCE, "RUB")],
                                  [[10, 30], [NAN, NAN], [NAN, NAN]])


def test_a_table_without_both_codes_holds_no_pairs():
    assert pairs_in(Table("iris")) is None
    assert pairs_in(table([([NAN] * 8, ["6403911600", "", ""])])) is None


def test_names_of_the_command_line_are_known_too():
    found = pairs_in(table([([3.], ["6403911600", "6403"])], ("code", "declared_code"),
                           ("duty_eur_at_risk",)))
    assert list(found.amounts) == [Money(AT_RISK, "EUR")]


def test_a_row_per_pair_comes_out():
    out = matrix_table(matrix_of(pairs([("6403911600", "6404110000", (1., 2.))] * 2), 6, EUR))
    assert len(out) == 1
    assert list(out.X[0]) == [2, 2, 2., 4.]
    assert list(out.metas[0]) == ["640391", "640411", DIFFERENCE, "EUR"]
    assert len(matrix_table(matrix_of(pairs([]), 6, EUR))) == 0
