"""Priors of a history explain its codes, and are near the group's own where it is short."""
import csv

import numpy as np
import pytest
from ledger_entries import entry

from orangecontrib.customs.cases.files import read_priors, write_rows
from orangecontrib.customs.facts import Priors
from orangecontrib.customs.files import Output
from orangecontrib.customs.fusion.engine import Engine
from orangecontrib.customs.groups import find_group
from orangecontrib.customs.ledger.priors import WEIGHT, history_of, priors_of, rows_of

FOOTWEAR = find_group("footwear")


@pytest.fixture(scope="module")
def engine():
    return Engine(FOOTWEAR)


def codes(engine, priors, n, seed=0):
    """Codes of goods of the group whose facts are so common."""
    p = engine.weigh({fact: np.asarray(p)[None] for fact, p in priors.items()})[1][0]
    p = np.where([code.isdigit() for code in engine.codes], p, 0)
    return np.random.default_rng(seed).choice(engine.codes, n, p=p / p.sum())


def history(found):
    return [entry(str(number), code, at=f"2026-{1 + number % 9:02d}-05")
            for number, code in enumerate(found)]


def moved(engine):
    """Priors of an office that sees other goods: mostly textile uppers."""
    upper = engine.table.vocabulary["upper"].value_ids
    p = np.full(len(upper), .05)
    p[upper.index("textile")] = 1 - .05 * (len(upper) - 1)
    return {**engine.priors, "upper": p}


def test_many_decisions_find_how_common_values_are(engine):
    truth = moved(engine)
    found = history_of(history(codes(engine, truth, 4000)), engine)
    assert np.abs(found.priors["upper"] - truth["upper"]).max() < .03
    assert np.abs(engine.priors["upper"] - truth["upper"]).max() > .3
    assert found.decisions == 4000


def test_a_history_as_the_priors_expect_it_leaves_them(engine):
    found = history_of(history(codes(engine, engine.priors, 4000)), engine)
    for fact, p in found.priors.items():
        n = found.telling[fact]
        assert np.abs(p - engine.priors[fact]).max() < 4 * np.sqrt(.25 / n) + .02, fact


def test_few_decisions_hardly_move_what_the_group_knows(engine):
    truth = moved(engine)
    few = history_of(history(codes(engine, truth, 5)), engine).priors["upper"]
    assert np.abs(few - engine.priors["upper"]).max() \
        < 5 / WEIGHT * np.abs(truth["upper"] - engine.priors["upper"]).max() + .1


def test_as_many_decisions_as_the_prior_weighs_move_it_half_way(engine):
    code = "6404191000"  # textile for sure
    position = engine.codes.index(code)
    found = priors_of(engine, {(position,): WEIGHT})["upper"]
    at = engine.table.vocabulary["upper"].index("textile")
    assert found[at] == pytest.approx((1 + engine.priors["upper"][at]) / 2, abs=.02)


def test_facts_of_which_the_codes_tell_nothing_stay_as_they_are(engine):
    found = history_of(history(["6404191000"] * 30), engine)
    assert "upper" in found.priors and "assembly" not in found.priors
    assert not set(found.priors) & engine.gate


def test_codes_of_other_goods_and_open_ones_are_left_out(engine):
    assert history_of(history(["4202110000"]), engine).decisions == 0
    assert history_of(history(["6404", "640419"]), engine).decisions == 2
    assert history_of([], engine).priors == Priors({})


def test_a_source_says_how_many_decisions_of_when(engine):
    found = history_of(history(codes(engine, engine.priors, 312)), engine)
    source = found.priors.sources["upper"]
    assert "журнал: решений" in source and "2026-01 … 2026-09" in source
    assert str(found.telling["upper"]) in source


def test_what_is_written_is_a_table_of_priors(engine, tmp_path):
    found = history_of(history(codes(engine, engine.priors, 100)), engine)
    with Output(tmp_path / "priors.csv") as place:
        write_rows(place, ("fact", "value", "probability", "source"), rows_of(found, engine))
    read = read_priors(tmp_path / "priors.csv", FOOTWEAR.vocabulary)
    assert read.keys() == found.priors.keys()
    for fact, p in read.items():
        assert p == pytest.approx(found.priors[fact], abs=1e-4)
    with open(tmp_path / "priors.csv", encoding="utf-8") as file:
        assert {row["source"] for row in csv.DictReader(file)} == set(
            found.priors.sources.values())
