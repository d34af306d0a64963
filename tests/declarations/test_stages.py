"""Goods of a text, areas of materials, and what each stage of reading shows."""
import csv
import itertools
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orangecontrib.customs.declarations import FactReader
from orangecontrib.customs.declarations.goods import Noun, Said, goods_of_text, ids_of_goods
from orangecontrib.customs.declarations.shares import Place, largest_area
from orangecontrib.customs.groups import find_group
from orangecontrib.customs.i18n import speaking

READER = FactReader(find_group("footwear"))
TWO = "Ботинки, верх кожа, подошва резина - 10 пар; кеды, верх текстиль, подошва резина - 20 пар"
UNCLEAR = "Сапоги женские, верх - кожа, подошва - резина; туфли"

with open(Path(__file__).with_name("examples.csv"), encoding="utf-8", newline="") as file:
    EXAMPLES = [row["description"] for row in csv.DictReader(file)]


# -- goods

def test_of_several_goods_each_has_its_own_facts_and_quantity():
    boots, plimsolls = READER.read(TWO).goods
    assert boots.stated()["upper"] == ("leather",) and boots.quantity == 10
    assert plimsolls.stated()["upper"] == ("textile",) and plimsolls.quantity == 20


def test_words_of_a_good_stay_where_they_are_in_the_description():
    for good in READER.read(TWO).goods:
        assert all(TWO[f.start:f.end] == f.text for f in good.findings)


def test_of_the_whole_text_only_what_its_goods_share_is_said():
    stated = READER.read(TWO).stated()
    assert stated["sole"] == ("rubber",) and set(stated["upper"]) == {"leather", "textile"}


def test_a_heading_speaks_of_all_goods_below_it():
    reading = READER.read("Обувь женская: 1) сапоги, верх - кожа; 2) туфли, верх - текстиль")
    assert [good.stated()["sex"] for good in reading.goods] == [("women",)] * 2


def test_what_stands_behind_the_last_quantity_speaks_of_all_goods():
    reading = READER.read("Сапоги - 5 пар; туфли - 7 пар; верх - кожа, подошва - резина")
    assert [good.stated()["sole"] for good in reading.goods] == [("rubber",)] * 2


def test_where_goods_cannot_be_told_apart_nothing_but_their_kind_is_established():
    reading = READER.read(UNCLEAR)
    assert set(reading.stated()) == {"is_footwear"} and not reading.goods
    assert any(problem.id == "stages.unclear" for problem in reading.problems)


def test_types_that_share_a_description_imply_what_all_of_them_do():
    reading = READER.read("Сапоги и полуботинки, верх - кожа, подошва - резина")
    heights = [f.values for f in reading.findings if f.fact == "height"]
    assert heights == [("calf", "below_ankle")] and not reading.goods


@pytest.mark.parametrize("text", [
    "Сапожки детские, верх: резина, внутр. сапожок: текстиль",
    "Сапоги рабочие | Сапоги \"Север\" имеют верх из кожи. Валенки обладают мягкостью",
    "ОБУВЬ НА ПОДОШВЕ ИЗ ПЛАСТМАСС: ПОЛУСАПОГИ, С ВЕРХОМ ИЗ ТЕКСТИЛЯ, НА ПОДОШВЕ ИЗ ПВХ",
    "Обувь мужская, на подошве из резины, в коробках обувь мужская, полуботинки, верх - ПВХ"])
def test_what_names_one_good_twice_is_one_good(text):
    found = READER.stages(text).goods
    assert len(found.goods) == 1 and found.apart


def test_ids_of_goods_never_meet_that_of_another():
    assert ids_of_goods(["7", "7#1", "7"], [2, 1, 2]) == [["7#2", "7#3"], ["7#1"], ["7#4", "7#5"]]


@given(st.lists(st.tuples(st.sampled_from(["7", "7#1", "7#2", "7#1#1"]), st.integers(1, 3)),
                max_size=6))
def test_ids_that_are_made_are_unique_and_new(rows):
    ids, counts = [id_ for id_, _ in rows], [count for _, count in rows]
    made = [name for names, count in zip(ids_of_goods(ids, counts), counts) if count > 1
            for name in names]
    assert len(set(made)) == len(made) and not set(made) & set(ids)


@given(st.sampled_from(EXAMPLES), st.sampled_from(EXAMPLES))
@settings(deadline=None)  # the first text compiles the patterns
def test_goods_and_what_they_share_cover_the_text_once(one, other):
    stages = READER.stages(f"{one}; {other}")
    if stages.goods is None or len(stages.goods.goods) == 1:
        return
    spans = sorted([*(span for good in stages.goods.goods for span in good.spans),
                    *stages.goods.shared])
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))
    for number in range(len(stages.goods.goods)):
        words = stages.goods.words_of(number, stages.folded.text)
        assert len(words) == len(stages.folded.text)


@given(st.text("ab.,;:/()1 №", max_size=60), st.data())
def test_any_text_has_one_good_at_least(text, data):
    places = data.draw(st.lists(st.integers(0, max(0, len(text) - 2)), max_size=4, unique=True))
    nouns = [Noun(f"n{i % 2}", i, i + 1) for i in sorted(places)]
    said = [Said("upper", ("x",), i, i + 1) for i in sorted(places)[::2]]
    assert len(goods_of_text(text, nouns, said).goods) >= 1


# -- areas

def area(text, *words):
    places = [Place(word, text.index(word), text.index(word) + len(word)) for word in words]
    return largest_area(text, places, 0, len(text))


def test_materials_with_one_key_have_their_shares_together():
    text = "замша 30 %, кожа 30 %, текстиль 40 %"
    places = [Place("leather", 0, 5), Place("leather", 12, 16), Place("textile", 23, 31)]
    assert largest_area(text, places, 0, len(text)).keys == ("leather",)


def test_shares_that_are_said_to_be_of_the_area_are_surer():
    said = area("площадь верха: кожа 35%, текстиль 65%", "кожа", "текстиль")
    assert said.ratio > area("кожа 35%, текстиль 65%", "кожа", "текстиль").ratio


def test_shares_of_the_mass_and_silence_say_nothing_of_areas():
    assert area("кожа 35%, текстиль 65% по массе", "кожа", "текстиль") is None
    assert area("кожа, текстиль", "кожа", "текстиль") is None


@pytest.mark.parametrize("text, upper, problem", [
    ("кожа 35%, текстиль 65%", {"textile"}, ""),
    ("кожа натур. 45%, кожа искусств. 55%", {"plastic"}, ""),
    ("текст. основа с накладками из пластмассы, накладки занимают большую часть", {"plastic"}, ""),
    ("кожа 50%, текстиль 50%", {"leather", "textile"}, "footwear.tie.upper"),
    ("кожа 90%, текстиль 90%", {"leather", "textile"}, "footwear.tie.upper"),
    ("кожа 20%, текстиль 30%", {"leather", "textile"}, "footwear.unclear.upper")])
def test_the_largest_area_is_the_upper(text, upper, problem):
    reading = READER.read(f"Туфли, верх: {text}; подошва - резина")
    assert set(reading.stated()["upper"]) == upper
    assert not problem or problem in {p.id for p in reading.problems}


def test_of_equal_areas_the_first_is_no_likelier():
    evidence = READER.evidence("a", [READER.read("Туфли, верх: кожа 50%, текстиль 50%")])
    values = READER.vocabulary["upper"].value_ids
    row = evidence.loglik["upper"][0]
    assert row[values.index("leather")] == row[values.index("textile")]


# -- stages

def test_the_stages_of_a_text_are_shown_in_both_languages():
    stages = READER.stages(TWO)
    for language, words in (("ru", ("язык: русский", "товаров: 2", "товар 2", "часть: материал")),
                            ("en", ("language: Russian", "goods: 2", "good 2", "part: "))):
        with speaking(language):
            said = "\n".join(map(str, stages.lines(READER.vocabulary)))
        assert all(word in said for word in words), said


def test_of_a_language_that_is_not_read_nothing_is_established():
    reading = READER.read("Черевики жіночі, верх - шкіра, підошва - гума")
    assert not reading.findings and reading.problems[0].id == "language.unread"


def test_of_a_label_in_two_languages_the_russian_part_is_read():
    text = "Взуття чоловіче зі шкіри; Обувь мужская, верх из кожи, подошва из резины"
    reading = READER.read(text)
    assert reading.stated()["upper"] == ("leather",)
    assert reading.problems[0].id == "language.unread_part"
    assert all(text[f.start:f.end] == f.text for f in reading.findings)


# -- parts

@pytest.mark.parametrize("text", [
    "Туфли женские, ткань; подошва резина", "Тапочки без застежек, текстиль, подошва - ПВХ",
    "Сандалии на шнурках, трикотаж; подошва ЭВА", "Мокасины мужские; хлопок; подошва - ТПР",
    "Балетки с бантом, нейлон, подошва резина", "Пинетки, шерсть, подошва - кожа"])
def test_a_clause_of_materials_alone_implies_the_upper(text):
    reading = READER.read(text)
    assert {f.values for f in reading.findings if f.fact == "upper"} == {("textile",)}


@pytest.mark.parametrize("text", [
    "Ботинки; кожа; резина", "Сапоги, подкладка: мех, текстиль", "Туфли, кожа, верх - текстиль"])
def test_such_a_clause_says_nothing_where_it_may_speak_of_something_else(text):
    assert not any(f.fact == "upper" and f.kind == "implied" and f.ratio == 45
                   for f in READER.read(text).findings)


@pytest.mark.parametrize("text, sole", [
    ("подошва кожа с резиновыми вставками, с землей соприкасается резина", "rubber"),
    ("на подошве два куска кожи, соприкасается с землёй 33% кожа и 67% войлок", "other"),
    ("подошва текстиль с рез. точками (контакт с землей: текстиль 56,5%, резина 43,5%)", "other"),
    ("подошва: кожа, резина; с грунтом контактирует в основном резина", "rubber"),
    ("подошва из пробки, соприкосновение с землёй: резина 80%, пробка 20%", "rubber")])
def test_what_touches_the_ground_decides_the_sole(text, sole):
    assert READER.read(f"Туфли, верх - текстиль, {text}").stated()["sole"] == (sole,)


QUOTED = re.compile("«[^»]*»|“[^”]*”")


@pytest.mark.parametrize("text", [
    "Туфли женские, верх из натуральной кожи, подошва из резины, размеры 35-40, каблук 2-5 см",
    "1) Сапоги женские, верх из кожи; 2) Туфли мужские, верх из текстиля; стелька 27 см",
    "Товары: сапоги – 100 пар, верх – кожа; туфли – 20 пар, верх – ткань. Страна – Китай",
    "Тапочки и сапоги, верх из текстиля, подошва из резины",
    "Сапоги, верх из кожи; туфли, низ – ПУ",
    "Кроссовки, верх 60% текстиль 40% кожа, подошва ПУ, с шипами, без подноска, не домашние",
    "Сапоги, верх – кожа и текстиль 50/50, подошва не из кожи, высота голенища 30 см",
    "Стельки для обуви", "Хайтопы из кожи", "Взуття жіноче, верх із шкіри", "衣服", "640399", "",
    "Полуботинки, закрывающие лодыжку, обувь с верхом из кожи. Верх: текстиль"])
def test_stages_are_told_in_english_without_russian_but_what_they_quote(text):
    for line in READER.stages(text).lines(READER.vocabulary):
        assert not re.search("[а-яё]", QUOTED.sub("", line.text("en")), re.I), line.text("en")
        assert re.search("[а-яё]", line.text("ru"), re.I)


@pytest.mark.parametrize("text, sole", [
    ("Тапочки, верх - текстиль, подошва - тоже", "other"),
    ("Туфли, верх - кожа, подошва из того же материала", "leather"),
    ("Тапочки, верх - кожа, подошва тоже из резины", "rubber"),
    ("Slippers, upper of felt, outer sole of the same material", "other"),
    ("Moccasins, leather upper, sole likewise", "leather")])
def test_the_same_material_is_that_of_the_part_before(text, sole):
    assert READER.read(text).stated()["sole"] == (sole,)


@pytest.mark.parametrize("text, sole", [
    ("Тапочки, верх - текстиль, подошва - ткань с точками из ПВХ, с землёй соприкасаются точки",
     "plastic"),
    ("Slippers, textile upper, textile sole with rubber dots which alone touch the ground",
     "rubber"),
    ("Тапочки, верх - текстиль, подошва - ткань с точками из ПВХ", "other")])
def test_dots_are_the_sole_where_nothing_else_touches_the_ground(text, sole):
    assert READER.read(text).stated()["sole"] == (sole,)


@pytest.mark.parametrize("text, sole", [
    ("Сапоги, верх - резина, на резиновую подошву наклеен войлок", "other"),
    ("Сапоги, верх - резина, подошва - войлок, приклеенный к резиновой подошве", "other"),
    ("Boots, rubber upper, a felt sole is glued under the rubber sole", "other"),
    ("Boots, rubber upper cemented to a rubber sole", "rubber")])
def test_what_is_put_under_a_sole_is_the_sole(text, sole):
    assert READER.read(text).stated()["sole"] == (sole,)


@pytest.mark.parametrize("text", [
    "Skating boot Tour 800, leather upper, plastic sole",
    "Men's trekking boot 'New Chasm View', leather upper, rubber sole",
    "Men's trail running shoe Air Trail Wrap, textile upper, rubber sole"])
def test_names_of_models_name_no_other_good(text):
    assert READER.read(text).stated()["is_footwear"] == ("footwear",)


@pytest.mark.parametrize("text", [
    "Boot Polish, black", "Shoe Tree of cedar wood, with a Brass Knob", "BOOT JACK OF WOOD",
    "Men's Boot Socks, cotton"])
def test_capitals_make_no_name_of_a_noun_that_is_another_good(text):
    assert READER.read(text).stated().get("is_footwear") != ("footwear",)


@pytest.mark.parametrize("text, upper", [
    ("Туфли, верх - текстиль с накладками из кожи (преобладает текстиль)", "textile"),
    ("Туфли, верх - текстиль с накладками из кожи (преобладает кожа)", "leather"),
    ("Туфли, верх - ткань, накладки из кожи занимают большую часть верха", "leather"),
    ("Shoes, textile upper with leather overlays (textile predominates)", "textile"),
    ("Ботинки, верх преим. текстильный с кожаным кантом", "textile")])
def test_what_prevails_is_the_upper_whatever_trims_it(text, upper):
    assert READER.read(text).stated()["upper"] == (upper,)


@pytest.mark.parametrize("text, kind", [
    ("Бахилы одноразовые полиэтиленовые", "not_footwear"),
    ("Бахилы одноразовые, верх - нетканый полипропилен, подошва виниловая", "footwear"),
    ("Disposable polyethylene shoe covers", "not_footwear"),
    ("Disposable shoe cover: upper of polypropylene fabric, applied vinyl outer sole",
     "footwear"),
    ("Верх мокасин кожаный, без подошвы", "parts")])
def test_what_has_a_sole_of_its_own_is_footwear(text, kind):
    assert READER.read(text).stated()["is_footwear"] == (kind,)
