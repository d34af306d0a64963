"""Masses on the tree of the tariff."""
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orangecontrib.customs.nomenclature import LEVELS
from orangecontrib.customs.nomenclature.massmap import LEAST, MOST, Masses, best_way, mass_map

CODES = st.builds(lambda digits, level: digits[:level],
                  st.text("0123", min_size=10, max_size=10), st.sampled_from(LEVELS))
MASSES = st.dictionaries(st.one_of(CODES, st.just("none")), st.floats(0, 1), max_size=60)


def codes(branch):
    return [one.code for one in branch.branches]


@given(MASSES)
def test_what_is_shown_and_what_is_folded_add_up_at_each_node(masses):
    for branch in mass_map(masses).branches:
        own = masses.get(branch.code, 0.)
        below = sum(child.p for child in branch.children) + branch.p_folded
        assert branch.p == pytest.approx(own + below)


@given(MASSES)
def test_a_node_has_the_mass_of_all_codes_that_begin_with_it(masses):
    root = mass_map(masses)
    for branch in root.branches:
        assert branch.p == pytest.approx(
            sum(p for code, p in masses.items() if code.startswith(branch.code)))
    assert root.p >= sum(masses.values()) - LEAST - 1e-9


@given(MASSES)
def test_thin_branches_and_those_behind_the_heaviest_are_folded(masses):
    root = mass_map(masses)
    for branch in root.branches:
        weights = [child.p for child in branch.children]
        assert len(weights) <= MOST
        assert all(p >= LEAST for p in weights)
        assert weights == sorted(weights, reverse=True)
        assert max((p for _, p in branch.folded), default=0) <= min(weights, default=1) \
            or max(p for _, p in branch.folded) < LEAST


@given(MASSES, st.data())
def test_the_way_to_the_chosen_code_is_shown_however_thin(masses, data):
    if not masses:
        return
    chosen = data.draw(st.sampled_from(sorted(masses)))
    shown = [branch for branch in mass_map(masses, [chosen]).branches if branch.chosen]
    assert shown[-1].code == chosen


def test_a_branch_that_does_not_part_is_passed_over():
    root = mass_map({"6403120000": .2, "6403911100": .3, "6403911300": .5})
    assert codes(root) == ["6403", "640391", "6403911300", "6403911100", "6403120000"]


def test_a_code_may_stand_beside_longer_ones():
    root = mass_map({"6406": .4, "640620": .6})
    assert root.code == "6406"
    assert root.p == pytest.approx(1.)
    assert codes(root) == ["6406", "640620"]


def test_what_is_no_code_is_a_branch_beside_the_chapters():
    root = mass_map({"none": .3, "6403": .5, "8504": .2})
    assert codes(root) == ["", "6403", "none", "8504"]


def test_chapters_of_hardly_any_mass_make_no_root():
    assert mass_map({"none": .001, "6403": .5, "6404": .499}).code == "64"


def test_safe_digits_are_marked_on_their_way():
    root = mass_map({"6403911100": .5, "6403911300": .46, "6404110000": .04},
                    ["6403911100"], "640391")
    assert [branch.code for branch in root.branches if branch.safe] == ["64", "640391"]


def test_nothing_has_an_empty_root():
    root = mass_map({})
    assert (root.code, root.p, root.children, root.folded) == ("", 0., (), ())


@pytest.mark.parametrize("mass", [-.1, float("nan"), float("inf")])
def test_a_mass_that_is_none_is_an_error_that_names_its_code(mass):
    with pytest.raises(ValueError, match="mass of 6403"):
        mass_map({"6403": mass})


NAN = float("nan")
THREE = Masses(("A", "B", "C"), ("6403", "6404"), np.array([[1., 0.], [.5, .5], [NAN, NAN]]))


def test_each_good_counts_the_same_in_the_mean():
    assert THREE.mean() == {"6403": .75, "6404": .25}
    assert THREE.known == 2


def test_a_good_of_which_nothing_is_known_has_no_masses():
    assert THREE.of(0) == {"6403": 1.}
    assert THREE.of(2) == {}
    assert Masses((), ("6403",), np.empty((0, 1))).mean() == {}


def test_the_best_way_goes_to_the_best_heading_first():
    """Its best code need not be the likeliest of all."""
    masses = {"6403911100": .3, "6403911300": .25, "6404110000": .4, "none": .05}
    assert best_way(masses) == "6403911100"
    assert best_way({"6403": .3, "6404": .25, "4202": .45}) == "4202"
    assert best_way({"none": .9, "6403": .1}) == "none"
    assert best_way({}) == ""


@given(MASSES)
def test_the_best_way_ends_at_a_code_that_has_a_mass(masses):
    code = best_way(masses)
    assert masses.get(code, 0) > 0 or not any(p > 0 for p in masses.values())
