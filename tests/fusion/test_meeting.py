"""Ids of two inputs that hardly meet."""
from hypothesis import given
from hypothesis import strategies as st

from orangecontrib.customs.fusion.meeting import strangers
from orangecontrib.customs.i18n import say


def test_both_counts_and_examples_are_named():
    found, = strangers({"Text Facts": ["G-1", "G-2", "G-3", "G-3"],
                        "Photo Features": ["g1", "g2", "G-3", "g4"]})
    assert found.sizes == (3, 4) and found.both == 1
    assert found.examples == (("G-1", "G-2"), ("g1", "g2"))
    assert "общих номеров 1: Text Facts – 3, Photo Features – 4" in say(found.said, "ru")
    assert "1 of 3 ids of Text Facts and 4 of Photo Features" in str(found)
    assert "“G-1”, “G-2”" in str(found) and "“g1”, “g2”" in str(found)


def test_photos_of_a_part_of_the_goods_are_no_mistake():
    assert strangers({"text": list("abcdefgh"), "photos": ["a", "b"]}) == []
    assert strangers({"text": ["a", "b"], "photos": ["b", "c"]}) == []


def test_each_pair_is_looked_at_and_one_input_has_no_pair():
    assert len(strangers({"a": ["1"], "b": ["2"], "c": ["1"]})) == 2
    assert strangers({"a": ["1"]}) == [] and strangers({"a": [], "b": ["1"]}) == []


@given(st.lists(st.text(max_size=3)), st.lists(st.text(max_size=3)))
def test_the_order_of_the_inputs_does_not_matter(first, second):
    there, back = strangers({"a": first, "b": second}), strangers({"b": second, "a": first})
    assert [m.both for m in there] == [m.both for m in back]
