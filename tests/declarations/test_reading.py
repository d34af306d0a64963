"""Findings, problems, evidence."""
import csv
import math
import pickle
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orangecontrib.customs.declarations import IMPLIED, STATED, FactReader, Finding, Reading
from orangecontrib.customs.declarations.facts import MAX_CHARACTERS
from orangecontrib.customs.declarations.reading import settle
from orangecontrib.customs.groups import find_group, footwear

TEXTS = [
    "Полуботинки мужские с верхом из натуральной кожи на подошве из резины, не закрывающие лодыжку",
    "САПОГИ ЖЕНСКИЕ, ЗАКРЫВАЮЩИЕ ЛОДЫЖКУ, ВЕРХ ИЗ ИСКУССТВЕННОЙ КОЖИ, ДЛИНА СТЕЛЬКИ 23-25,5 СМ",
    "КРЕМ ДЛЯ ОБУВИ", "", "Кроссовки, верх: кожа/текстиль", "Ботинки с защитным подноском",
    "Тапочки домашние", "Стельки вкладные", "обувь",
]


@pytest.fixture(scope="module")
def reader():
    return FactReader(find_group("footwear"))


def of(reading, fact):
    return [f for f in reading.findings if f.fact == fact]


# -- the data files

with open(footwear.FOLDER / "text_patterns.csv", encoding="utf-8", newline="") as file:
    PATTERNS = list(csv.DictReader(file))


@pytest.mark.parametrize("row", PATTERNS, ids=[
    f"{r['fact']}-{r['values']}-{i}" for i, r in enumerate(PATTERNS, start=2)])
def test_each_pattern_reads_its_example(reader, row):
    found = [set(f.values) for f in of(reader.read(row["example"]), row["fact"])]
    assert set(row["values"].split("|")) in found


def test_a_row_with_too_few_columns_is_refused_with_its_line(changed):
    group = changed("text_patterns.csv",
                    lambda text: text + "sex.x,sex,men,,0.9,0.1,guessed,implied,x*,слово\n")
    with pytest.raises(ValueError, match=r"line \d+: 10 fields, the header has 14"):
        FactReader(group)


@pytest.mark.parametrize("name, old, new, message", [
    ("text_patterns.csv", "height,below_ankle", "heigth,below_ankle", "unknown fact 'heigth'"),
    ("text_patterns.csv", "height,below_ankle", "height,low", "no value 'low'"),
    ("text_patterns.csv", "stated", "sad", "kind must be"),
    ("materials.csv", ",plastic,plastic,", ",plastics,plastic,", "no value 'plastics'"),
    ("parts.csv", "note 4", "x", None),
    ("type_facts.csv", "height,calf", "height,knee", "no value 'knee'"),
    ("type_facts.csv", "house,type.boots", "house,type.sapogi", "types.csv has no row"),
    ("type_facts.csv", "calf,0.5", "calf,0.01", "less than when_true"),
    ("type_facts.csv", "0.0083,judgement: no name of sports footwear", "0.0083,", "source is"),
    ("sizes.csv", "37.5,0.6,", "37.5,1.6,", "at most 1"),
    ("kinds.csv", "0.9,0.05", "0.9,0", "more than 0"),
    ("measures.csv", "measure.insole,", "measure.inseam,", "messages.csv has no"),
    ("sizes.csv", "36.5", "many", "not a number: 'many'"),
    ("kinds.csv", "ролики |", "(ролики |", r"line \d+: phrase .* '\(' is not closed"),
    ("kinds.csv", "kind.named,noun", "kind.named,head", "phrase is empty"),
    ("text_patterns.csv", "height.under_ankle", "height.not_covering_ankle", "too"),
    ("types.csv", "type.boots", "sapogi", "messages.csv has no 'sapogi'"),
    ("words.csv", "words.detail,", "words.details,", "no row 'words.detail'"),
    ("words.csv", "=верх |", "=верх ( |", "line 2: phrase .* something must stand"),
    ("sizes.csv", "size.eu", "Размер", "is not an id"),
    ("parts.csv", "part.sole,", ",", "is not an id"),
    ("materials.csv", "material.leather,", "part.upper,", "too"),
])
def test_a_wrong_data_file_is_named(changed, name, old, new, message):
    group = changed(name, lambda text: text.replace(old, new, 1))
    if message is None:
        FactReader(group)
        return
    with pytest.raises(ValueError, match=message) as error:
        FactReader(group)
    assert name in str(error.value)
    assert "line" in str(error.value) or re.search("is needed|no row", str(error.value))


def test_a_missing_column_is_named(changed):
    group = changed("sizes.csv", lambda text: text.replace("below", "above", 1))
    with pytest.raises(ValueError, match="no column below"):
        FactReader(group)


# -- findings

def test_spans_hold_the_words_of_the_original(reader):
    text = "БОТИНКИ  МУЖСКИЕ, С BEPXOM ИЗ  НАТУРАЛЬНОЙ КОЖИ, БЕЗ ЗАЩИТНОГО МЕТАЛ.ПОДНОСКА"
    reading = reader.read(text)
    for finding in reading.findings:
        assert text[finding.start:finding.end] == finding.text
    assert of(reading, "upper")[0].text == "BEPXOM ИЗ  НАТУРАЛЬНОЙ КОЖИ"
    assert of(reading, "toe_cap")[0].text == "БЕЗ ЗАЩИТНОГО МЕТАЛ.ПОДНОСКА"


def test_the_span_of_a_negated_phrase_holds_the_negation(reader):
    assert of(reader.read("Обувь не является водонепроницаемой"), "waterproof")[0].text == (
        "не является водонепроницаемой")


def test_a_plain_statement_overrides_what_the_noun_implies(reader):
    reading = reader.read("Сапоги, закрывающие лодыжку, но не часть икры")
    assert [f.values for f in of(reading, "height")] == [("ankle",)]


def test_the_noun_chooses_within_an_open_statement(reader):
    reading = reader.read("Сапоги, закрывающие лодыжку")
    assert {(f.kind, f.values) for f in of(reading, "height")} == {
        (STATED, ("ankle", "calf", "over_knee")), (IMPLIED, ("calf",))}


@pytest.mark.parametrize("text, words", [
    ("", "пустое"),
    ("Кроссовки, верх: кожа/текстиль", "площадь"),
    ("Обувь с верхом из кожи. Верх: текстиль", "Противоречие"),
    ("Полуботинки, закрывающие лодыжку", "Не согласуется"),
    ("Обувь ортопедическая", "9021"),
    ("Обувь, бывшая в употреблении", "6309"),
    ("Сапоги и туфли женские", "несколько товаров"),
    ("Крем для обуви", "другой"), ("Кроссовки спортивные", "шипы"),
    ("Ботинки с защитным подноском", "металлический ли"),
])
def test_problems_are_named(reader, text, words):
    assert any(words in str(problem) for problem in reader.read(text).problems)


def test_a_clear_text_has_no_problems(reader):
    assert reader.read("Полуботинки мужские с верхом из натуральной кожи на подошве из резины, "
                       "не закрывающие лодыжку, с длиной стельки 24 см и более").problems == ()


def test_silence_stays_silence(reader):
    reading = reader.read("Обувь")
    assert set(reading.stated()) == {"is_footwear"}
    evidence = reader.evidence(["a"], [reading])
    assert [f for f in reader.vocabulary if evidence.says(f).any()] == ["is_footwear"]


def test_facts_of_other_goods_are_not_read(reader):
    assert set(reader.read("Крем для обуви из натуральной кожи").stated()) <= {"is_footwear"}


def test_repetition_is_no_second_witness(reader):
    once = reader.evidence(["a"], [reader.read("Обувь мужская")])
    twice = reader.evidence(["a"], [reader.read("Обувь мужская, для мужчин")])
    np.testing.assert_array_equal(once.loglik["sex"], twice.loglik["sex"])


def test_contradictions_leave_both_open(reader):
    evidence = reader.evidence(["a"], [reader.read("Обувь с верхом из кожи. Верх: текстиль")])
    row = dict(zip(reader.vocabulary["upper"].value_ids, evidence.loglik["upper"][0]))
    assert row["leather"] == row["textile"] > row["plastic"]


def test_of_a_mix_the_first_material_is_likelier_but_nothing_is_settled(reader):
    reading = reader.read("Кроссовки, верх – текстиль и замша")
    assert set(reading.stated()["upper"]) == {"leather", "textile"}
    row = dict(zip(reader.vocabulary["upper"].value_ids,
                   reader.evidence(["a"], [reading]).loglik["upper"][0]))
    assert row["textile"] - row["leather"] == pytest.approx(math.log(2))
    assert reading.problems


def test_what_is_stated_outright_overcomes_a_small_prior(reader):
    priors = footwear.group().priors
    for text, fact, value in [
            ("Туфли женские с верхом из текстиля, домашние", "house", "yes"),
            ("Ботинки лыжные", "sport", "ski"), ("Ботинки для сноуборда", "sport", "snowboard"),
            ("Ботинки с металлическим подноском", "toe_cap", "metal"),
            ("Сапоги водонепроницаемые", "waterproof", "yes"),
            ("Сабо с основанием из дерева", "wooden_base", "yes"),
            ("Сапоги, закрывающие колено", "height", "over_knee"),
            ("Обувь с верхом из композиционной кожи", "upper", "composition_leather"),
            ("Туфли на подошве из пробки", "sole", "wood_or_cork"),
            ("Сандалии с ремешками, прикрепленными к подошве заклепками", "riveted_straps", "yes")]:
        evidence = reader.evidence(["a"], [reader.read(text)])
        p = evidence.posterior(priors)[fact][0][reader.vocabulary[fact].index(value)]
        assert p > .75, (text, p)


# -- evidence

def test_loglikelihood_of_one_statement(reader):
    finding = Finding("upper", ("leather", "textile"), 30., 0, 1, "x", STATED)
    evidence = reader.evidence(["a"], [Reading("x", (finding,))])
    row = dict(zip(reader.vocabulary["upper"].value_ids, evidence.loglik["upper"][0]))
    assert row["leather"] == row["textile"] == pytest.approx(math.log(30))
    assert row["rubber"] == row["other"] == 0


def test_a_statement_that_allows_everything_says_nothing(reader):
    finding = Finding("insole", ("lt24", "ge24"), 30., 0, 1, "x", STATED)
    assert not reader.evidence(["a"], [Reading("x", (finding,))]).says("insole").any()


def test_implied_is_dropped_beside_stated():
    findings = [Finding("sex", ("men",), 30., 0, 1, "", STATED),
                Finding("sex", ("women",), 4., 0, 1, "", IMPLIED)]
    assert settle(findings) == {"sex": [(("men",), 30.)]}


def test_one_by_one_is_bit_identical_to_the_batch(reader):
    keys = [str(i) for i in range(len(TEXTS))]
    readings = [reader.read(t) for t in TEXTS]
    batch = reader.evidence(keys, readings)
    for i, text in enumerate(TEXTS):
        alone = reader.evidence(["x"], [reader.read(text)])
        for fact in reader.vocabulary:
            assert (alone.loglik[fact][0] == batch.loglik[fact][i]).all()


def test_keys_and_readings_must_match(reader):
    with pytest.raises(ValueError, match="2 keys for 1 readings"):
        reader.evidence(["a", "b"], [reader.read("обувь")])


def test_a_reader_survives_pickling(reader):
    other = pickle.loads(pickle.dumps(reader))
    assert other.read(TEXTS[0]) == reader.read(TEXTS[0])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(
    "обувь сапоги верх подошва из с без не и или , . : ; ( ) / кожи резины текстиля ПВХ 24 см до "
    "более менее стелька каблук лодыжку закрывающая подносок металлический размер 36-41 US "
    "мужская женская домашняя спортивная % 80 площади союзка ремешков X \" -".split(" ")),
    max_size=25).map(" ".join))
def test_any_order_of_words_is_read(reader, text):
    reading = reader.read(text)
    for finding in reading.findings:
        assert text[finding.start:finding.end] == finding.text
        assert finding.ratio >= 1 and finding.values
        assert set(finding.values) <= set(reader.vocabulary[finding.fact].value_ids)
    evidence = reader.evidence(["a"], [reading])
    assert all(np.isfinite(rows).all() for rows in evidence.loglik.values())


TOO_LONG = f"длиннее {MAX_CHARACTERS} знаков"


@pytest.mark.parametrize("filling", ["кожа ", "х", "и\u0306", "й", ", ", "\u00ad"])
def test_a_long_description_is_cut_and_says_so(reader, filling):
    text = "Ботинки с верхом из кожи, " + filling * MAX_CHARACTERS + ", подошва из резины"
    reading = reader.read(text)
    assert reading.description == text
    assert TOO_LONG in str(reading.problems[-1])
    assert "sole" not in reading.stated()
    for finding in reading.findings:
        assert text[finding.start:finding.end] == finding.text


def test_a_word_at_the_cut_is_left_out_whole(reader):
    head = "Ботинки, верх:".ljust(MAX_CHARACTERS - 4) + "кожа"
    assert reader.read(head).problems == ()
    assert reader.read(head + ", замша").stated()["upper"] == ("leather",)
    assert "upper" not in reader.read(head + "ный").stated()


def test_a_long_description_of_another_good_says_so_too(reader):
    assert TOO_LONG in str(reader.read("Крем " * MAX_CHARACTERS).problems[-1])


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=120))
def test_any_text_is_read(reader, text):
    for finding in reader.read(text).findings:
        assert text[finding.start:finding.end] == finding.text


@pytest.mark.parametrize("text", [
    "Полуботинки мужские с верхом из искусственной кожи под нубук",
    "Туфли, верх - искусственная кожа neo leather под замшу, подошва - резина"])
def test_what_a_material_looks_like_is_not_the_material(reader, text):
    assert reader.read(text).stated()["upper"] == ("plastic",)


def test_imitation_suede_alone_leaves_the_upper_unknown(reader):
    assert "upper" not in reader.read("Туфли женские, верх под замшу").stated()


def test_the_tariffs_words_on_height_outweigh_centimetres(reader):
    reading = reader.read("Сапоги, высота голенища 25 см, не закрывающие лодыжку, верх - кожа")
    assert reading.stated()["height"] == ("below_ankle",)
    assert any("Не согласуется" in str(problem) for problem in reading.problems)
