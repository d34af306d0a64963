"""Sizes and lengths over a limit of the tariff, and goods of one text that can't be told apart."""
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orangecontrib.customs.declarations import FactReader
from orangecontrib.customs.declarations.several import Choice, Option, Several, joined, told
from orangecontrib.customs.groups import find_group


@pytest.fixture(scope="module")
def reader():
    return FactReader(find_group("footwear"))


def sizes(reader, text):
    """Short, doubtful and long sizes of the only range of a text."""
    choice, = (choice for choice in reader.read(text).several.choices if choice.words)
    short, long = choice.options
    assert (short.facts, long.facts) == ((("insole", ("lt24",)),), (("insole", ("ge24",)),))
    return short.which, choice.unsure, long.which


@pytest.mark.parametrize("text, short, unsure, long", [
    ("Туфли женские, размеры 35-40", "35–36", "37", "38–40"),
    ("Туфли, размеры: 35, 36, 38, 40", "35–36", "", "38, 40"),
    ("Туфли, р-р 33/39", "33–36", "37", "38–39"),
    ("Туфли для мальчиков, размеры 30-40", "30–36", "37", "38–40"),
    ("Туфли, размеры 36,5; 37,5; 38", "36.5", "", "37.5–38"),
    ("Туфли, размеры 36,37,38", "36", "37", "38"),
    ("Туфли, размеры с 40 по 35", "35–36", "37", "38–40"),
    ("Туфли женские, размеры US 5-9", "5–6", "6.5", "7–9"),
    ("Туфли женские US 5, 8, 9", "5", "", "8, 9"),
    ("Ботинки мужские, размер UK 3-8", "3–4", "4.5", "5–8"),
    ("Кроссовки детские, размеры US 3-8", "3–5", "5.5", "6–8"),
    ("Туфли, размеры 225-260 мм", "225–230", "235", "240–260"),
    ("Туфли, размеры 22-26 см", "22–23", "23.5", "24–26"),
    ("Туфли женские, EU 35-40, US 5-9", "EU 35–36; US 5–6", "EU 37; US 6.5", "EU 38–40; US 7–9"),
    ("Туфли мужские, размеры 37-45", "", "37", "38–45"),
    ("Туфли женские, размеры 33-37", "33–36", "37", ""),
    ("Туфли, размер 37", "", "37", ""),
    ("Туфли женские, размеры 35-36, размеры 38-39", "35–36", "", "38–39")])
def test_sizes_are_told_apart_by_the_limit(reader, text, short, unsure, long):
    assert sizes(reader, text) == (short, unsure, long)


@pytest.mark.parametrize("text", [
    "Туфли мужские, размеры 40-45", "Туфли, размеры 27-32", "Туфли, EU 36 / US 6.5",
    "Туфли, размеры 35-40, длина стельки 24 см и более", "Туфли, стелька 25-27 см",
    "Коробки, размеры 35-40", "Туфли, каблук 4-6 см"])
def test_what_lies_on_one_side_leaves_nothing_open(reader, text):
    assert not reader.read(text).several


@pytest.mark.parametrize("text, fact, words", [
    ("Сапоги женские, стелька 22-26 см, размеры 35-41", "insole", "стелька 22-26 см"),
    ("Туфли, длина стельки от 220 до 260 мм", "insole", "длина стельки от 220 до 260 мм"),
    ("Ботинки, длина стопы 22-25 см", "insole", "длина стопы 22-25 см"),
    ("Босоножки, высота каблука 2-6 см", "heel", "высота каблука 2-6 см"),
    ("Сандалии, каблук с подошвой 2,5–4 см", "heel", "каблук с подошвой 2,5–4 см")])
def test_lengths_over_a_limit_make_two_goods(reader, text, fact, words):
    choice, = reader.read(text).several.choices
    assert choice.words == words and choice.certain
    assert [option.facts[0][0] for option in choice.options] == [fact, fact]


def test_doubtful_sizes_alone_make_no_second_good():
    sides = Option((("insole", ("lt24",)),)), Option((("insole", ("ge24",)),), "38–45")
    assert not Choice(sides, "размеры 37-45", "37").certain
    assert Choice(sides, "стелька 22-26 см").certain


@pytest.mark.parametrize("text", [
    "Тапочки и сапоги, верх из текстиля, подошва из резины",
    "Сапоги, верх из кожи; туфли, подошва из резины",
    "Сапоги женские. Туфли женские. Верх - кожа, подошва - резина",
    "Сапоги и туфли, верх из кожи и из текстиля, подошва из резины и из кожи",
    "Ботинки, полуботинки, верх – кожа", "Сандалии, верх из кожи; сапоги; подошва из резины"])
def test_kinds_that_exclude_each_other_cannot_be_told_apart(reader, text):
    several = reader.read(text).several
    assert not several.apart
    assert any(len(choice.options) > 1 for choice in several.choices)


def test_kinds_that_are_settled_by_words_are_told_apart(reader):
    assert reader.read("Ботинки, полуботинки, не закрывающие лодыжку").several.apart
    assert not reader.read("Кеды и кроссовки, верх из текстиля, подошва из резины").several


def test_of_goods_of_one_text_each_is_a_choice(reader):
    read = reader.read("1) Сапоги, верх – кожа, размеры 35-40; 2) Туфли, верх – текстиль")
    choice, = read.several.choices
    assert [dict(option.facts)["upper"] for option in choice.options] == [
        ("leather",), ("textile",)]
    assert [bool(good.several) for good in read.goods] == [True, False]


texts = st.text(max_size=9)
OPTIONS = st.builds(Option, st.lists(st.tuples(texts, st.lists(texts, max_size=3).map(tuple)),
                                     max_size=3, unique_by=lambda said: said[0]).map(tuple), texts)
SEVERAL = st.builds(Several, st.lists(st.builds(
    Choice, st.lists(OPTIONS, max_size=3).map(tuple), texts, texts), max_size=3).map(tuple),
    st.booleans())


@given(SEVERAL)
def test_what_is_open_travels_in_a_cell(several):
    assert told(several.text) == (several if several else Several())


@given(texts)
def test_a_cell_that_says_nothing_opens_nothing(text):
    assert told(text) == Several()


def test_what_somebody_has_settled_is_not_open(reader):
    several = reader.read("Босоножки, каблук 2-6 см, размеры 35-40").several
    assert [c.words for c in several.without(["heel"]).choices] == ["размеры 35-40"]
    assert several.without(["sex"]) is several
    assert joined([several, several]) == several and not joined([])
