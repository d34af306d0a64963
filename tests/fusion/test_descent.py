"""The way down the tariff: heading first, a legal gap as one child."""
import numpy as np
import pytest

from orangecontrib.customs.fusion.descent import Descent
from orangecontrib.customs.groups import footwear

OUTCOMES = [("none",), ("6406",), ("6402991000",), ("6403911600",), ("6403911800",),
            ("6403593500", "6403593900"), ("6403593500",)]


def chosen(*p):
    return OUTCOMES[int(Descent(OUTCOMES).choose(np.array([p]))[0])]


@pytest.mark.parametrize("p, code", [
    # the heading that holds most, though one code elsewhere holds more than each of its codes
    ((0, 0, .4, .3, .3, 0, 0), ("6403911600",)),
    # goods of the chapter together outweigh "none", though no code does
    ((.4, 0, .3, .15, .15, 0, 0), ("6402991000",)),
    ((.6, 0, .4, 0, 0, 0, 0), ("none",)),
    ((.1, .5, .4, 0, 0, 0, 0), ("6406",)),
    # a gap stays whole and outweighs a single candidate of its own
    ((0, 0, 0, .1, .1, .5, .3), ("6403593500", "6403593900")),
    ((0, 0, 0, .1, .1, .3, .5), ("6403593500",)),
])
def test_each_step_takes_the_heavier_branch(p, code):
    assert chosen(*p) == code


def test_the_choice_of_a_good_does_not_depend_on_the_batch():
    outcomes = footwear.group().table.outcomes
    p = np.random.default_rng(0).dirichlet(np.full(len(outcomes), .2), size=200)
    descent = Descent(outcomes)
    together = descent.choose(p)
    assert together.tolist() == [int(descent.choose(row[None])[0]) for row in p]


def test_a_gap_hangs_where_its_candidates_part():
    assert Descent(OUTCOMES).paths[5] == ("64", "6403", "640359")
