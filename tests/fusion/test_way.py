"""Nodes on the way to a code that may be safe, with their probabilities."""
from dataclasses import replace

import pytest

from orangecontrib.customs.fusion.verdict import blind

OF = {"6403911600": .5, "6403911800": .2, "6403999800": .1, "6404199000": .15, "none": .05}


def verdict(*codes, of=OF, cap=None):
    return replace(blind("a"), codes=codes, probabilities=of, cap=cap)


def test_probabilities_of_codes_below_a_node_add_up():
    assert dict(verdict("6403911600").way) == pytest.approx(
        {"64": .95, "6403": .8, "640391": .7, "64039116": .5, "6403911600": .5})


def test_it_is_what_p_of_says_of_each_node():
    one = verdict("6403911600")
    assert all(p == pytest.approx(one.p_of(node)) for node, p in one.way)


def test_of_a_gap_it_ends_where_the_candidates_part():
    assert [node for node, _ in verdict("6403911600", "6403911800").way] == ["64", "6403", "640391"]


def test_it_ends_where_digits_can_not_be_safe():
    assert [node for node, _ in verdict("6403911600", cap="6403").way] == ["64", "6403"]
    assert verdict("6403911600", cap="").way == ()


def test_it_goes_no_deeper_than_the_table():
    assert [node for node, _ in verdict("640620", of={"6406": .9, "none": .1}).way] \
        == ["64", "6406"]


def test_a_good_without_a_code_has_none():
    assert verdict().way == blind("a").way == ()
