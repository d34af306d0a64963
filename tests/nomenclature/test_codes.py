"""The one parser of codes as people type them."""
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orangecontrib.customs.nomenclature import leading_code, parse_code

CODES = st.sampled_from([2, 4, 6, 8, 10]).flatmap(
    lambda n: st.text("0123456789", min_size=n, max_size=n))
SEPARATORS = st.sampled_from(["", " ", "\u00a0", "\u202f", ".", ". ", " . "])
FRONTS = st.sampled_from(["", " ", "'", "код ", "Код ТН ВЭД: ", "ТН ВЭД ЕАЭС ", "HS code № "])


def grouped(code, separator):
    return separator.join(filter(None, (code[:4], code[4:6], code[6:9], code[9:])))


@given(CODES, SEPARATORS, FRONTS)
def test_however_a_code_is_typed_it_is_the_same(code, separator, front):
    assert parse_code(front + grouped(code, separator) + " ").digits == code


@given(CODES.filter(lambda code: len(code) > 6), st.sampled_from("-–—‑−"))
def test_dashes_separate_too(code, dash):
    assert parse_code(grouped(code, dash)).digits == code


@given(CODES.filter(lambda code: not code.startswith("0")), st.sampled_from([".0", ",0", ".00"]))
def test_what_spreadsheets_make_of_a_code_is_the_code(code, tail):
    if len(code) > 4 or tail != ".00":  # «6403.00» is a subheading
        assert parse_code(code + tail).digits == code
    for number in (int(code), float(code), np.float64(code), np.int64(code)):
        assert parse_code(number).digits == code


@given(CODES.filter(lambda code: "0" in code[1:] and code.strip("0")), st.sampled_from("OoОо"))
def test_a_letter_in_place_of_a_zero_is_remarked_on(code, letter):
    read = parse_code(code.replace("0", letter))
    assert read.digits == code and "letter" in read.remarks
    assert "буква О" in read.said("ru")[0] and "letter O" in read.said()[0]


@given(st.text() | st.text("0123456789.,-–ОO ekод", max_size=14) | st.floats() | st.integers())
def test_anything_else_is_a_problem_in_words_or_nothing(value):
    read = parse_code(value)
    assert not (read.digits and read.problem)
    if read.digits:
        assert 2 <= len(read.digits) <= 10 and read.digits.isascii() and read.digits.isdigit()
    elif read.typed:
        assert read.problem and all(read.said("ru")) and all(read.said("en"))


@pytest.mark.parametrize("value, problem", [
    ("обувь", "words"), ("64031234567", "long"), ("6", "short"), ("6,40E+09", "power"),
    ("6.4039996E+09", "power"), ("6403, 6404", "words"), ("6401-6405", "range"),
    ("٦٤٠٣", "words"), ("ООО", "words"), (-6403, "words"), (64.5, "words"), (math.inf, "words")])
def test_what_is_no_code_is_named(value, problem):
    read = parse_code(value)
    assert (read.problem, read.digits) == (problem, "")


@pytest.mark.parametrize("value", ["", "  ", None, math.nan, "'", "\u00a0"])
def test_nothing_is_no_problem(value):
    assert parse_code(value).said() == [] and parse_code(value).digits == ""


def test_a_length_that_the_tariff_has_not_is_remarked_on():
    assert parse_code("6403 99 960").remarks == ("length",)
    assert "9 знаков" in parse_code("640399960").said("ru")[0]


@pytest.mark.parametrize("text, code", [
    ("6403.99.960.0 обувь", "6403999600"), ("6403-99-960-0 – обувь", "6403999600"),
    ("850440.0", "850440"), ("850440 - 5 штук", "850440"), ("12В", ""),
    ("код 6403: обувь", "6403")])
def test_the_code_that_a_text_begins_with(text, code):
    assert leading_code(text) == code


@given(CODES, st.sampled_from(["", " ", "\u00a0", "\u2009", "\t", "."]), st.sampled_from("0ОO"))
def test_a_code_without_a_text_is_read_by_both_in_the_same_way(code, separator, zero):
    typed = grouped(code, separator).replace("0", zero)
    assert leading_code(typed) == parse_code(typed).digits


@pytest.mark.parametrize("text", ["6401-6405", "6401 - 6405", "6401 – 6405"])
def test_two_codes_are_none_that_a_text_begins_with(text):
    assert leading_code(text) == ""
