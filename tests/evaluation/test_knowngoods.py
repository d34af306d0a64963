"""The calibration table: what is written is read, and what can't be used says why."""
import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table

from orangecontrib.customs.columns import MassColumn
from orangecontrib.customs.evaluation.conformal import Calibration, Known
from orangecontrib.customs.evaluation.errors import Scored
from orangecontrib.customs.evaluation.knowngoods import (
    COLUMNS,
    CalibrationError,
    calibration_of,
    cells_of,
    read_calibration,
)
from orangecontrib.customs.evaluation.knowngoods.table import (
    calibration_from_table,
    calibration_table,
    known_from_scored,
    known_from_table,
)
from orangecontrib.customs.i18n import say, speaking
from orangecontrib.customs.nomenclature import LEVELS

GOOD = {"good_id": "a", "code": "640391", "p_2": ".99", "p_4": "0,9", "p_6": "0.7", "p_8": "",
        "p_10": "", "true_code": "6403 99", "by": "r1", "made_with": "program=1; groups=footwear"}


def read(*rows, columns=COLUMNS):
    return calibration_of(columns, [(f"t, line {n}", {**GOOD, **row})
                                    for n, row in enumerate(rows, start=2)])


def ways(code, p):
    return tuple(zip((code[:level] for level in LEVELS), sorted(p, reverse=True)))


ROWS = st.lists(st.builds(
    Known, st.builds(ways, st.just("6403911600"), st.lists(st.floats(0, 1), max_size=5)),
    st.sampled_from(["64", "6403", "6404199000", "none"]),
    st.sampled_from(["", "ruling № 1"]), st.just("A#2")), min_size=1).filter(
        lambda rows: any(row.way for row in rows))


@given(ROWS)
@settings(deadline=None)  # the first of them imports
def test_what_is_written_is_read_to_the_last_bit(rows):
    table = Calibration(tuple(rows), {"program": "1", "groups": "a 1, b 2"})
    again = calibration_of(COLUMNS, [("x", cells) for cells in cells_of(table)])
    assert (again.rows, again.made_with) == (table.rows, table.made_with)
    through_orange = calibration_from_table(calibration_table(table))
    assert (through_orange.rows, through_orange.made_with) == (table.rows, table.made_with)


def test_cells_are_read_as_people_and_spreadsheets_write_them():
    row, = read({}).rows
    assert row == Known((("64", .99), ("6403", .9), ("640391", .7)), "640399", "r1", "a")


@pytest.mark.parametrize("cells, why", [
    ({"code": "64039"}, "“64039” is not the 2, 4, 6, 8 or 10 digits of a code"),
    ({"code": "6403;6404"}, "not the 2, 4, 6, 8 or 10 digits"),
    ({"true_code": ""}, "no true code: 2 to 10 digits are needed, or none"),
    ({"true_code": "boots"}, "“boots” is not a code"),
    ({"p_4": "much"}, "“much” in the column p_4 is not a probability"),
    ({"p_4": "1.5"}, "is not a probability"), ({"p_6": ".95"}, "p_6 is greater than that of fewer"),
    ({"p_8": ".1"}, "the column p_8 holds a probability, and the code 640391 has fewer digits"),
    ({"p_2": "", "p_4": "", "p_6": ""}, "is not a probability")])
def test_a_row_that_can_not_be_used_is_named_with_the_reason_and_the_rest_counts(cells, why):
    table = read({}, cells, {})
    assert len(table.rows) == 2 and len(table.problems) == 1
    said = say(table.problems[0], "en").replace("«", "“").replace("»", "”")
    assert said.startswith("t, line 3: ") and why in said
    with speaking("ru"):
        assert "строка не учтена" in say(table.problems[0])


def test_a_good_of_which_no_code_was_said_is_kept():
    table = read({}, {"code": "", "p_2": "", "p_4": "", "p_6": ""})
    assert [bool(row.way) for row in table.rows] == [True, False] and not table.problems


@pytest.mark.parametrize("rows, columns, why", [
    ([{}], [name for name in COLUMNS if name != "p_8"], "no column p_8; good_id, code, p_2"),
    ([], COLUMNS, "no good with a code and with a true code"),
    ([{"true_code": "x"}], COLUMNS, "t, line 2"),
    ([{}, {"made_with": "program=2"}], COLUMNS, "decided in different ways")])
def test_a_table_that_can_not_be_used_says_why(rows, columns, why):
    with pytest.raises(CalibrationError, match=why):
        read(*rows, columns=columns)


def test_many_bad_rows_are_counted():
    table = read({}, *[{"true_code": "x"}] * 30)
    assert len(table.problems) == 21 and "10" in say(table.problems[-1])


def test_a_file_names_the_line_of_a_row_that_is_shifted(tmp_path):
    path = tmp_path / "c.csv"
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([COLUMNS, GOOD.values(), [*GOOD.values(), "one more"]])
    table = read_calibration(path)
    assert len(table.rows) == 1 and "line 3: 11 fields" in say(table.problems[0], "en")


# -- from tables and from models

def test_what_hs_code_fusion_sends_is_read_by_what_columns_are_marked_as():
    masses = [MassColumn(level, "program=1").mark(ContinuousVariable(f"x{level}"))
              for level in (4, 2, 6)]
    code, true, by = (StringVariable(name) for name in ("code", "right", "ruling"))
    table = Table.from_numpy(
        Domain(masses, metas=[code, true, by]),
        np.array([[.8, .9, .7], [.8, .9, np.nan], [.8, .9, .7]]),
        metas=np.array([["6403911600", "640391", "A"], ["6403511500; 6403511900", "6404", "B"],
                        ["6403911600", "see the invoice", "C"]], dtype=object))
    known = known_from_table(table, code, true, by)
    assert known.made_with == {"program": "1"}
    assert known.rows == (Known((("64", .9), ("6403", .8), ("640391", .7)), "640391", "A", "1"),
                          Known((("64", .9), ("6403", .8)), "6404", "B", "2"))


def test_a_table_without_such_columns_has_none():
    table = Table.from_list(Domain([], metas=[StringVariable("code")]), [["6403"]])
    assert known_from_table(table, table.domain["code"], table.domain["code"]) is None


def test_of_a_model_the_probabilities_of_codes_below_a_node_add_up():
    scored = Scored(("850440", "853630", "850440"), np.array([.6, .5, .4]),
                    ("850490", "8536", ""), np.array([7, 8, 9]), ("850440", "850490", "853630"),
                    np.array([[.6, .3, .1], [.2, .3, .5], [.4, .3, .3]]))
    first, second = known_from_scored(scored, "LR").rows
    assert [node for node, _ in first.way] == ["85", "8504", "850440"]
    assert [p for _, p in first.way] == pytest.approx([1, .9, .6])
    assert (first.true, first.by, second.true) == ("850490", "1", "8536")
    assert known_from_scored(scored, "LR").made_with == {"model": "LR"}


def test_documents_are_told_by_their_order_whatever_numbers_orange_gives_them():
    first, again = ([(row.by, row.good_id) for row in known_from_scored(
        Scored(("850440",) * 3, np.array([.6, .5, .4]), ("850490",) * 3, np.array(numbers)),
        "LR").rows] for numbers in ([7, 8, 7], [107, 108, 107]))
    assert first == again == [("1", "1"), ("2", "2"), ("1", "3")]


def test_a_model_that_states_only_p_of_its_code_says_nothing_of_fewer_digits():
    scored = Scored(("850440",), np.array([.6]), ("850490",), np.array([7]))
    assert known_from_scored(scored, "LR").rows[0].way == (("850440", .6),)


def test_classes_that_are_no_codes_have_no_way():
    scored = Scored(("other",), np.array([.6]), ("850490",), np.array([7]))
    assert known_from_scored(scored, "LR").rows[0].way == ()


def test_a_discrete_column_of_true_codes_is_read():
    masses = [MassColumn(level).mark(ContinuousVariable(f"x{level}")) for level in (2, 4)]
    code, true = StringVariable("code"), DiscreteVariable("true", ("6403", "6404"))
    table = Table.from_numpy(Domain(masses, true, [code]), np.array([[.9, .8]]), np.array([1.]),
                             metas=np.array([["6403"]], dtype=object))
    assert known_from_table(table, code, true).rows[0].true == "6404"


@pytest.mark.parametrize("wrong", [1.4, -.4])
def test_a_number_that_is_no_probability_is_told_of_a_table_too(wrong):
    rows = [Known((("64", .9),), "64"), Known((("64", .8),), "64")]
    table = calibration_table(Calibration(tuple(rows))).copy()
    with table.unlocked():
        table[0, "p_2"] = wrong
    read = calibration_from_table(table)
    assert len(read.rows) == 1 and len(read.problems) == 1
