"""What is set aside follows from names and pictures alone, and no good is on both sides."""
import csv

from hypothesis import given
from hypothesis import strategies as st

from orangecontrib.customs.training.setting_aside import ASIDE, LARGE, PARTS, TRAIN, parts, side

NAMES = st.text("abcd", min_size=1, max_size=3)


def listed():
    with open(PARTS, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@given(st.lists(st.tuples(NAMES, NAMES), max_size=40))
def test_a_good_is_on_one_side_whatever_sources_show_it(photos):
    sources, goods = [s for s, _ in photos], [g for _, g in photos]
    where = {}
    for good, part in zip(goods, parts(sources, goods)):
        assert where.setdefault(good, part) == part


@given(st.lists(NAMES, min_size=1, max_size=20), NAMES)
def test_a_small_source_is_on_one_side_and_taught_goods_are_not_set_aside(goods, source):
    unique = [f"{good}{number}" for number, good in enumerate(goods)]
    assert set(parts([source] * len(unique), unique)) == {side(source)}
    assert set(parts([source] * len(unique), unique, unique)) == {TRAIN}


def test_a_large_source_is_divided_by_goods():
    goods = [str(number) for number in range(3 * LARGE)]
    found = parts(["one"] * len(goods), goods)
    assert .2 < found.count(ASIDE) / len(goods) < .45


def test_the_kept_list_is_what_the_rule_says_and_no_good_is_on_both_sides():
    rows = listed()
    assert len({row["image"] for row in rows}) == len(rows) > 1200
    found = parts([row["source"].split(":")[0] for row in rows], [row["good"] for row in rows])
    assert found == [row["part"] for row in rows]
    assert .25 < found.count(ASIDE) / len(rows) < .4
