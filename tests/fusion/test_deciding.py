"""Which fact decides at a branching."""
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orangecontrib.customs.fusion.deciding import deciders, needs
from orangecontrib.customs.fusion.engine import Engine
from orangecontrib.customs.fusion.trace import NO, YES
from orangecontrib.customs.groups import find_group
from orangecontrib.customs.i18n import say

ENGINE = Engine(find_group("footwear"))
HEADINGS = [["6401"], ["6402"], ["6403"], ["6404"], ["6405"]]


def known(**values):
    """The priors, with some facts known."""
    facts = {fact: np.array(ENGINE.priors[fact]) for fact in ENGINE.table.vocabulary}
    for fact, value in values.items():
        spec = ENGINE.table.vocabulary[fact]
        facts[fact] = np.eye(len(spec.value_ids))[spec.index(value)]
    return facts


def names(found):
    return [one.fact.id for one in found]


def test_the_heading_of_footwear_depends_on_the_upper_first():
    found = deciders(ENGINE, HEADINGS, None, known(is_footwear="footwear"))
    assert found[0].fact.id == "upper"
    assert found[0].open


def test_a_fact_that_is_established_is_told_with_its_value():
    found = deciders(ENGINE, HEADINGS, None,
                     known(is_footwear="footwear", upper="leather", sole="rubber"))
    assert found[0].fact.id == "upper"
    assert found[0].established and not found[0].open
    assert say(found[0].condition, "en") == "upper: leather"
    assert found[0].p == pytest.approx(1.)


def test_open_facts_come_before_those_that_are_established():
    found = deciders(ENGINE, [["640391"], ["640399"], ["640351"], ["640359"]], None,
                     known(is_footwear="footwear", upper="leather", sole="rubber"))
    assert found[0].fact.id == "height" and found[0].open
    assert not found[-1].open


def test_values_among_which_the_branches_make_no_difference_are_told_together():
    found = deciders(ENGINE, [["6402919000"], ["640299"]], None,
                     known(is_footwear="footwear", upper="plastic", sole="rubber", height="calf"))
    told = next(one for one in found if one.fact.id == "height")
    assert say(told.condition, "en").count(" or ") == 2  # ankle, calf, over the knee


def test_a_value_is_that_of_a_good_in_the_branch():
    """Leather is out of the question under 6402 99, whatever the good seems to be."""
    found = deciders(ENGINE, [["6402991000"], ["6402999600"]], None,
                     known(is_footwear="footwear", upper="leather", sex="men"))
    told = next(one for one in found if one.fact.id == "upper")
    assert "leather" not in say(told.condition, "en")
    assert not told.established


def test_a_fact_that_tells_no_branches_apart_does_not_decide():
    found = deciders(ENGINE, [["6404191000"], ["6404199000"]], None, known())
    assert "house" in names(found)
    assert "sex" not in names(found)


def test_without_a_good_only_the_facts_are_named():
    found = deciders(ENGINE, HEADINGS)
    assert all(one.condition is None and one.open for one in found)
    assert [one.worth for one in found] == sorted((one.worth for one in found), reverse=True)


@pytest.mark.parametrize("branches", [[], [["6403"]], [["6403"], ["9999"]], [["9999"], ["1111"]]])
def test_where_the_table_knows_no_two_branches_nothing_decides(branches):
    assert deciders(ENGINE, branches, None, known()) == ()


def test_a_branch_that_the_facts_exclude_breaks_nothing():
    facts = known(is_footwear="footwear", upper="leather", sole="rubber", waterproof="no")
    found = deciders(ENGINE, HEADINGS, [.1, .2, .5, .1, .1], facts)
    assert all(np.isfinite(one.bits) and 0 <= one.p <= 1 for one in found)


@given(st.lists(st.floats(.001, 1), min_size=5, max_size=5))
def test_a_fact_tells_no_more_than_there_is_to_tell(masses):
    shares = np.array(masses) / sum(masses)
    entropy = -(shares * np.log2(shares)).sum()
    for one in deciders(ENGINE, HEADINGS, masses, known(is_footwear="footwear")):
        assert 0 <= one.bits <= entropy + 1e-9


def test_a_code_needs_what_its_likeliest_rule_asks():
    facts = known(is_footwear="footwear", upper="textile", sole="rubber", house="no", sport="none")
    assert all(need.answer == YES for need in needs(ENGINE, "6404199000", facts))
    first = needs(ENGINE, "6404191000", facts)[0]
    assert first.answer == NO
    assert first.p == 0.
    assert "house" in say(first.condition, "en")


def test_of_a_node_that_the_table_lacks_nothing_is_needed():
    assert needs(ENGINE, "", known()) == needs(ENGINE, "9999", known()) == ()
