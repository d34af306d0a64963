from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orangecontrib.customs.declarations.quantities import read_interval


@pytest.mark.parametrize("text, low, high", [
    ("24 см и более", 24, inf), ("24 см или более", 24, inf), ("более 24 см", 24, inf),
    ("менее 24 см", 0, 24), ("до 24 см", 0, 24), ("не менее 24 см", 24, inf),
    ("не более 3 см", 0, 3), (": 235 мм", 23.5, 23.5), (" - 25,5 см", 25.5, 25.5),
    ("от 19 до 22 см", 19, 22), ("от 24.0 см до 27.0 см", 24, 27), ("22.5-23 см", 22.5, 23),
    ("(23-23,5 см)", 23, 23.5), ("10 дюймов", 25.4, 25.4), ("6-дюймовые", 15.24, 15.24),
    (" высот. менее 3 см", 0, 3), ("от 24 см", 24, inf), ("245", 24.5, 24.5),
    (" составляет 26 см", 26, 26), ("24 см и менее", 0, 24),
])
def test_intervals(text, low, high):
    interval = read_interval(text, 0)
    assert (interval.low, interval.high) == pytest.approx((low, high))


@pytest.mark.parametrize("text", ["", " кожа", " и каблук", " из резины 3 см"])
def test_no_number_no_interval(text):
    assert read_interval(text, 0) is None


@pytest.mark.parametrize("text, below, at_least", [
    ("24 см", False, True), ("менее 24 см", True, False), ("до 24 см", True, False),
    ("не более 24 см", True, False), ("более 24 см", False, True), ("24-27 см", False, True),
    ("19-24 см", True, True), ("до 24 см включительно", True, True), ("23,5 см", True, False),
])
def test_the_threshold_of_the_insole(text, below, at_least):
    interval = read_interval(text, 0)
    assert interval.meets(0, 24, "left") is below
    assert interval.meets(24, inf, "left") is at_least


@pytest.mark.parametrize("text, low, high", [
    ("3 см", True, False), ("более 3 см", False, True), ("не более 3 см", True, False),
    ("3,5 см", False, True), ("2-5 см", True, True),
])
def test_the_threshold_of_the_heel(text, low, high):
    interval = read_interval(text, 0)
    assert interval.meets(0, 3, "right") is low
    assert interval.meets(3, inf, "right") is high


@given(st.integers(1, 99), st.sampled_from(["", "более ", "менее ", "не более ", "до ", "от "]))
def test_a_length_meets_some_bin(length, comparison):
    interval = read_interval(f"{comparison}{length} см", 0)
    assert interval.meets(0, 24, "left") or interval.meets(24, inf, "left")
