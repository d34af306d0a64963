"""No words argue against what they state; the trace names words for what they support."""
import csv
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orangecontrib.customs.cases import decide
from orangecontrib.customs.declarations import IMPLIED, STATED, FactReader, Finding, Reading
from orangecontrib.customs.declarations.reading import evidence_of
from orangecontrib.customs.groups import find_group, loaded_groups, vocabulary_of

TABLES = ("text_patterns", "type_facts", "materials", "kinds", "measures", "sizes")
GROUPS = [group for group in loaded_groups() if group.reads_text]
VOCABULARY = vocabulary_of(GROUPS)
PRIORS = {fact: group.priors[fact] for group in GROUPS for fact in group.vocabulary}


def table(name, group="footwear"):
    path = find_group(group).folder / f"{name}.csv"
    if not path.exists():
        return []
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def statements():
    """What the rows state: id, fact, values and how many times as often it is said if true."""
    for group, name in product(GROUPS, TABLES):
        for row in table(name, group.id):
            said = {"materials": [(fact, row.get(fact)) for fact in ("upper", "sole")],
                    "sizes": [(row.get("fact"), row.get(side)) for side in ("short", "long")],
                    "kinds": [(row.get("fact"), row.get("value"))],
                    "text_patterns": [(row.get("fact"), row.get("values")),
                                      (row.get("fact"), row.get("negated"))]}.get(
                                          name, [(row.get("fact"), row.get("values"))])
            for fact, values in said:
                if values and row["when_true"]:
                    yield pytest.param(fact, tuple(values.split("|")), float(row["when_true"])
                                       / float(row["when_false"]), id=f"{row['id']}-{values}")


@pytest.fixture(scope="module")
def reader():
    return FactReader(find_group("footwear"))


def posterior(finding, prior):
    evidence = evidence_of(["a"], [Reading("x", (finding,))], VOCABULARY)
    return evidence.posterior({finding.fact: prior})[finding.fact][0]


def mass(fact, values, p):
    return sum(p[VOCABULARY[fact].index(value)] for value in values)


@pytest.mark.parametrize("fact, values, ratio", statements())
def test_no_row_argues_against_what_it_states(fact, values, ratio):
    finding = Finding(fact, values, ratio, 0, 1, "x", IMPLIED, "row")
    prior = PRIORS[fact]
    assert mass(fact, values, posterior(finding, prior)) > mass(fact, values, prior) \
        or len(values) == len(prior)


STATEMENTS = list(statements())


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_no_row_argues_against_what_it_states_whatever_the_prior(data):
    fact, values, ratio = data.draw(st.sampled_from(STATEMENTS)).values
    k = len(VOCABULARY[fact].values)
    weights = np.array(data.draw(st.lists(st.floats(1e-6, 1), min_size=k, max_size=k)))
    prior = weights / weights.sum()
    for value in values:  # each of them, as among themselves nothing is said
        p = posterior(Finding(fact, values, ratio, 0, 1, "x", STATED, "row"), prior)
        at = VOCABULARY[fact].index(value)
        assert p[at] >= prior[at] * (1 - 1e-12)
    others = [v for v in VOCABULARY[fact].value_ids if v not in values]
    at = [VOCABULARY[fact].index(v) for v in others]
    assert np.allclose(p[at] * prior[at].sum(), prior[at] * p[at].sum())  # told apart by nothing


def texts():
    with open(Path(__file__).with_name("examples.csv"), encoding="utf-8", newline="") as file:
        return [row["description"] for row in csv.DictReader(file)] + [
            f"{row['example']}, верх - кожа" for row in table("text_patterns")]


def test_no_finding_of_any_text_argues_against_what_it_states(reader):
    for text in texts():
        for finding in reader.read(text).findings:
            prior = reader.group.priors[finding.fact]
            p = posterior(finding, prior)
            assert mass(finding.fact, finding.values, p) >= \
                mass(finding.fact, finding.values, prior) - 1e-12, (text, finding)


@pytest.mark.parametrize("text, fact, value", [
    ("Сланцы, верх ПВХ, подошва ПВХ", "riveted_straps", "yes"),
    ("Тапочки, верх - флис, подошва - ПВХ", "house", "yes"),
    ("Обувь спортивная, верх - текстиль, подошва - резина", "sport", "training"),
    ("Ботфорты, верх - кожа, подошва - резина", "height", "over_knee"),
    ("Сапоги резиновые", "waterproof", "yes"),
    ("Галоши, верх - резина, подошва - резина", "waterproof", "yes"),
    ("Бутсы, верх - кожа, подошва - пластик", "sport", "sport"),
    ("Босоножки, верх - кожа, подошва - резина", "vamp", "open")])
def test_a_word_for_a_rare_value_makes_it_the_likelier_one(reader, text, fact, value):
    evidence = reader.evidence(["a"], [reader.read(text)])
    p = evidence.posterior(reader.group.priors)[fact][0]
    assert p[VOCABULARY[fact].index(value)] > .5


# -- the trace

def trace(text):
    row, = decide([{"good_id": "1", "description": text}])
    return row["trace"]


def test_the_trace_names_a_word_as_against_what_it_speaks_against():
    said = trace("Тапочки для пляжа, верх - ЭВА, подошва - ЭВА")
    assert "не домашняя" in said and "(текст против: «Тапочки»)" in said


@pytest.mark.parametrize("text", [
    "Сланцы, верх ПВХ, подошва ПВХ", "Тапки, верх - флис, подошва - ПВХ",
    "Ботинки мужские, верх - кожа, подошва - резина, с защитным металлическим подноском"])
def test_the_trace_says_of_no_word_that_it_is_against_what_it_supports(text):
    assert "против" not in trace(text)


def test_the_words_for_a_fact_are_those_that_speak_for_its_likeliest_value(reader):
    reading = reader.read("Тапочки пляжные, верх - ЭВА, подошва - ЭВА")
    assert {f.text for f in reading.findings if f.fact == "house"} == {"Тапочки", "пляжные"}
    assert reading.words()["house"] == "«Тапочки»"
