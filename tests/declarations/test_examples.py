"""``examples.csv``: what descriptions of many kinds state, and that they state nothing else.

``facts`` holds ``fact=value|value; ...`` (several values: one of them): all that is
stated outright, besides "it is footwear".  ``~value``: implied only.  ``-``: not stated.
``?``: not even implied.
"""
import csv
import re
from dataclasses import replace
from pathlib import Path

import pytest

from orangecontrib.customs.declarations import STATED, FactReader
from orangecontrib.customs.declarations.patterns import Pattern
from orangecontrib.customs.groups import find_group

with open(Path(__file__).with_name("examples.csv"), encoding="utf-8", newline="") as _file:
    EXAMPLES = [(row["description"], row["facts"]) for row in csv.DictReader(_file)]


@pytest.fixture(scope="module")
def reader():
    return FactReader(find_group("footwear"))


@pytest.mark.parametrize("description, facts", EXAMPLES, ids=[d[:60] for d, _ in EXAMPLES])
def test_a_description_states_this_and_no_more(reader, description, facts):
    reading = reader.read(description)
    stated = reading.stated()
    expected = dict(item.split("=") for item in facts.split("; ") if item)
    expected.setdefault("is_footwear", "footwear")
    for fact, values in expected.items():
        if values == "?":
            assert not [f for f in reading.findings if f.fact == fact]
        elif values == "-":
            assert fact not in stated
        elif values.startswith("~"):
            assert fact not in stated
            implied = [set(f.values) for f in reading.findings if f.fact == fact]
            assert set(values[1:].split("|")) in implied
        else:
            assert set(stated.get(fact, ())) == set(values.split("|")), fact
    assert not set(stated) - set(expected)


def test_every_fact_is_exemplified_by_a_statement(reader):
    shown = {item.split("=")[0] for _, facts in EXAMPLES for item in facts.split("; ")
             if item and not item.endswith(("=-", "=?"))}
    assert shown == set(reader.vocabulary)


def test_spans_of_the_examples_hold_their_words(reader):
    for description, _ in EXAMPLES:
        for finding in reader.read(description).findings:
            assert description[finding.start:finding.end] == finding.text
            assert finding.text or finding.kind != STATED


def test_the_words_that_a_phrase_needs_never_hide_a_match(reader):
    """What is derived from a phrase only spares searches: every description reads the same."""
    def plain(pattern):
        return Pattern(pattern.regex)
    patient = FactReader(find_group("footwear"))
    patient._rules = tuple(replace(rule, pattern=plain(rule.pattern)) for rule in patient._rules)
    patient._measures = tuple(replace(measure, pattern=plain(measure.pattern))
                              for measure in patient._measures)
    kinds = patient._gate._kinds
    kinds["any"] = [replace(kind, pattern=plain(kind.pattern)) for kind in kinds["any"]]
    for description, _ in EXAMPLES:
        assert reader.read(description) == patient.read(description)


#: What may be added to a description, or done to its typography, without changing its facts.
HARMLESS = {
    "packing": lambda text: text + ", упаковка – картонные коробки",
    "lining": lambda text: text + ", подкладка – текстиль",
    "insole": lambda text: text + ", стелька – натуральная кожа",
    "trimming": lambda text: text + ", шнурки – текстиль, отделка – иск. мех",
    "care": lambda text: text + ". Уход: протирать влажной тканью",
    "use": lambda text: text + ", НЕ ВОЕННОГО НАЗНАЧЕНИЯ",
    "count": lambda text: text + ', 120 пар, изготовитель: ООО "РАССВЕТ", КИТАЙ',
    "article": lambda text: text + " АРТ. 35-41/B6 КОЛ-ВО 24 ПАР",
    "commas": lambda text: text.replace(", ", ","),
    "lines": lambda text: text.replace(", ", ",\n"),
    "capitals": str.upper,
    "small letters": str.lower,
    "hyphens": lambda text: text.replace(" – ", "-"),
    "colons": lambda text: text.replace(" – ", ": "),
}


@pytest.mark.parametrize("change", HARMLESS)
def test_harmless_words_and_typography_change_nothing(reader, change):
    for description, _ in EXAMPLES[::4]:
        description = re.sub(r"[\s.:;,]+$", "", description)
        before = reader.read(description).stated()
        if before.get("is_footwear") == ("footwear",):
            after = reader.read(HARMLESS[change](description)).stated()
            assert {f: set(v) for f, v in after.items()} == \
                {f: set(v) for f, v in before.items()}, description
