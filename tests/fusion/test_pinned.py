"""The safe code of a decided good holds the accepted error, however sure the decision is of it."""
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orangecontrib.customs.cases.api import case_of
from orangecontrib.customs.cases.files import goods_of_rows
from orangecontrib.customs.fusion.pinned import pinned
from orangecontrib.customs.i18n import Words
from orangecontrib.customs.nomenclature import LEVELS

SAID = Words("решение", "decision")


@pytest.fixture(scope="module")
def decided():
    case = case_of(goods_of_rows([{"good_id": "A", "description":
                                   "Обувь женская, верх из натуральной кожи"}]),
                   groups=["footwear"])
    verdict, = case.decide()
    return case.engines[0], verdict


@given(p=st.floats(.3, 1), error=st.sampled_from([.01, .05, .1, .2, .3]), code=st.sampled_from(
    ["6404199000", "6403919600", "6403", "640419"]))
@settings(max_examples=60, deadline=None)
def test_safe_digits_are_the_most_that_hold_the_accepted_error(decided, p, error, code):
    engine, verdict = decided
    found = pinned(verdict, engine, code, p, SAID, (), None, error, SAID)
    assert found.codes[0].startswith(code)
    assert sum(found.probabilities.values()) == pytest.approx(1)
    assert found.p_of(code) == pytest.approx(p + (1 - p) * verdict.p_of(code))
    if found.safe_code:
        assert found.p_safe >= 1 - error and found.codes[0].startswith(found.safe_code)
    longer = next((found.codes[0][:level] for level in LEVELS
                   if level > len(found.safe_code)), None)
    if longer and len(found.safe_code) < 10:
        assert found.p_of(longer) < 1 - error
    assert sum(found.probabilities[own] for own in found.held) >= 1 - error - 1e-9


def test_questions_are_worth_what_the_decision_leaves_open(decided):
    engine, verdict = decided
    before = {question.fact: question.gain for question in verdict.questions}
    found = pinned(verdict, engine, "6404199000", .5, SAID, (), None, .1, SAID)
    assert found.questions and all(question.gain == pytest.approx(before[question.fact] / 2)
                                   for question in found.questions)
    assert not pinned(verdict, engine, "6404199000", 1., SAID, (), None, .1, SAID).questions
