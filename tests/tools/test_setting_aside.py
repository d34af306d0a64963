"""What is set aside follows from names and pictures alone, and no good is on both sides."""
import csv

from hypothesis import given
from hypothesis import strategies as st

from tools.recipes.labels import FOURTH, FOURTH_LIST, LINKED, REAL_SCENES, read_source
from tools.recipes.setting_aside import ASIDE, LARGE, PARTS, TRAIN, parts, side

NAMES = st.text("abcd", min_size=1, max_size=3)


def listed(path=PARTS):
    with open(path, encoding="utf-8", newline="") as file:
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


def test_no_photo_or_good_of_the_fourth_set_has_been_labelled_before_and_what_is_linked_is_told():
    old, fourth = listed(), listed(FOURTH_LIST)
    assert not {row["image"] for row in old} & {row["image"] for row in fourth}
    goods = {row["good"] for row in old}
    assert {row["part"] for row in fourth} == {FOURTH, LINKED}
    judged = [row for row in fourth if row["part"] == FOURTH]
    assert len(judged) > 450 and not goods & {row["good"] for row in judged}


def test_a_model_learns_from_no_photo_that_is_set_aside_and_the_free_one_by_licence_alone(tmp_path):
    known = {row["image"]: row for row in listed()}
    (tmp_path / "amateur_rare_dev.csv").write_text("image\n", encoding="utf-8")
    every, free = (read_source(tmp_path, source) for source in REAL_SCENES)
    for labelled in (every, free):
        assert [known[image]["good"] for image in labelled.image] == list(labelled.product)
    assert {known[image]["part"] for image in every.image} == {TRAIN}
    assert len(every) > 800 and 150 < len(free) < len(every)
    assert {known[image]["licence"][:4] for image in free.image} == {"CC0-", "CC B"}
