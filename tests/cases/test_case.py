"""A case of goods: the batch, one good at a time, and the analyst's answers."""
from itertools import permutations

import numpy as np
import pytest

from orangecontrib.customs.cases import Case, Good
from orangecontrib.customs.cases.rows import duty_at_risk
from orangecontrib.customs.cases.sources import analyst_witness
from orangecontrib.customs.facts import Evidence
from orangecontrib.customs.fusion import Engine, Witness
from orangecontrib.customs.fusion.among import Answer
from orangecontrib.customs.fusion.classifier import classifier_odds
from orangecontrib.customs.groups import find_group, footwear

VOCABULARY = footwear.group().vocabulary
BOOT = {"is_footwear": "footwear", "upper": "leather", "sole": "rubber", "height": "ankle",
        "insole": "ge24", "sex": "men", "toe_cap": "no_metal"}


def case_of(*goods):
    keys = tuple(f"g{i}" for i in range(len(goods)))
    loglik = {fact: np.zeros((len(goods), len(spec.values)))
              for fact, spec in VOCABULARY.items()}
    for row, good in enumerate(goods):
        for fact, value in good.items():
            loglik[fact][row, VOCABULARY[fact].index(value)] = 5
    return Case((Engine(find_group("footwear")),), tuple(Good(key, key) for key in keys),
                (Witness("text", Evidence(keys, loglik), {}, .99),))


@pytest.fixture(scope="module")
def case():
    return case_of(BOOT, {**BOOT, "sex": "unidentifiable", "sole": "leather"},
                   {"is_footwear": "not_footwear"}, {})


def test_one_good_is_decided_as_in_the_batch(case):
    batch = case.decide(slice(None))
    for row, verdict in enumerate(batch):
        assert case.decide_one(row) == verdict


def test_an_answer_moves_the_code(case):
    before = case.decide_one(0)
    after = case.decide_one(0, answers={"g0": {"sex": "women"}})
    assert before.code == "6403911600" and after.code == "6403911800"
    assert case.decide_one(0) == before


def test_an_answer_against_the_text_is_a_discrepancy(case):
    verdict = case.decide_one(0, answers={"g0": {"upper": "textile"}})
    assert verdict.heading == "6404"
    assert [d.fact for d in verdict.discrepancies] == ["upper"]
    assert "аналитик" in verdict.discrepancies[0].text


def test_answers_of_others_do_not_matter(case):
    assert case.decide_one(0, answers={"g1": {"sex": "women"}}) == case.decide_one(0)


def test_unknown_answers_say_nothing():
    witness = analyst_witness({"a": {"no such fact": "x", "sex": "no such value"}}, VOCABULARY)
    assert not witness.evidence.loglik


def test_beliefs_tell_what_is_said(case):
    held = case.beliefs(0)
    assert held["upper"].value == "leather" and held["upper"].said and held["upper"].p > .9
    assert not held["house"].said
    answered = case.beliefs(0, {"g0": {"house": "yes"}})["house"]
    assert answered.value == "yes" and answered.said and answered.p > .999


def test_silence_is_reported(case):
    notes = [case.notes_of(verdict) for verdict in case.decide(slice(None))]
    assert any("код не определяется" in note for note in notes[3])
    assert not any("код не определяется" in note for note in notes[0])


def test_duty_at_risk(case):
    verdicts = case.decide(slice(None))
    risks = [duty_at_risk(case.engine_of(v), v) for v in verdicts]
    assert risks[0] >= 0
    assert np.isnan(risks[2]) and np.isnan(risks[3])  # not footwear; nothing known


def test_an_answer_outweighs_whatever_text_and_photos_say():
    engine = Engine(find_group("footwear"))
    for fact, spec in VOCABULARY.items():
        for said, answered in permutations(spec.value_ids, 2):
            loud = np.full((1, len(spec.values)), -9.)
            loud[0, spec.index(said)] = 0
            witnesses = tuple(Witness(name, Evidence(("x",), {fact: loud}), {}, trust)
                              for name, trust in (("text", .99), ("photos", 1.)))
            case = Case((engine,), (Good("x", "x"),), witnesses)
            held = case.beliefs(0, {"x": {fact: answered}})[fact]
            assert held.value == answered and held.p > .99, (fact, said, answered)


def test_an_answer_outweighs_a_classifier_too():
    engine = Engine(find_group("footwear"))
    odds = classifier_odds(engine.codes, ["6401", "6402", "6403", "6404", "6405"],
                                  [[0., 0., 0., 1., 0.]], weight=5.)
    case = Case((engine,), (Good("x", "x"),), (), Answer(odds))
    assert case.decide_one(0).heading == "6404"
    said = {"is_footwear": "footwear", "upper": "leather", "sole": "rubber"}
    assert case.decide_one(0, answers={"x": said}).heading == "6403"
