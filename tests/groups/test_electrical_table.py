"""Headings 8504, 8536 and 9032: the tables against the law, said a second time in Python."""
import itertools
import re
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import orangecontrib.customs as package
from orangecontrib.customs.cases.files import read_answers
from orangecontrib.customs.cases.sources import analyst_witness
from orangecontrib.customs.facts import Evidence, Priors, Vocabulary
from orangecontrib.customs.files import strict_rows
from orangecontrib.customs.fusion import decide
from orangecontrib.customs.fusion.engine import Engine
from orangecontrib.customs.groups import find_group
from orangecontrib.customs.nomenclature import bundled_tariff

ROOT = Path(next(iter(package.__path__)))
FOLDER = ROOT / "groups" / "electrical"
EXAMPLE = Path(__file__).parents[2] / "workflows" / "electrical"
#: To ten digits; the rest of the three headings to six.
DEEP = ("850440", "853630", "9032")

GROUP = find_group("electrical")
VOCABULARY, TABLE, PRIORS = GROUP.vocabulary, GROUP.table, GROUP.priors
ENGINE = Engine(GROUP)

#: An article of nothing remarkable: each test says what differs.
BASE = dict(article="apparatus", conversion="none", protection="no", regulation="none",
            regulated="electrical", main_function="equal", used_with="other",
            delivered_for="other", power="le1", current="le16", voltage="le1000",
            thermostat="plain", hydraulic="no", dielectric="dry")
STABILISER = dict(conversion="other", regulation="measured", regulated="electrical")


def found(**changed):
    """Codes and gap of a full assignment of facts."""
    outcome = TABLE.find(**{**BASE, **changed}).outcome
    return TABLE.outcomes[outcome], TABLE.gaps[outcome]


def verdict_of(**facts):
    return decide(ENGINE, [analyst_witness({"good": facts}, VOCABULARY)])[0]


# the law once more, in the order of an expert's reasoning and not of the table's rows

NAMED = {"ballast": "850410", "inductor": "850450", "parts_converter": "850490",
         "parts_regulator": "9032900000", "fibre_connector": "853670", "fuse": "853610",
         "breaker": "853620", "switch": "853650", "lampholder": "853661", "plug": "853669",
         "connector": "853690"}
LOW_VOLTAGE = {"fuse", "breaker", "relay", "switch", "lampholder", "plug", "connector"}
KVA = {"le1": 1, "le7_5": 7.5, "le16": 16, "le500": 500, "le650": 650, "le10000": 10000,
       "gt10000": 1e9}


def converter(f):
    if f["used_with"] == "telecom_computers":
        return {"civil_aircraft": "8504403003", "assembly": "8504403004"}.get(
            f["delivered_for"], "8504403008")
    if f["conversion"] == "inverts":
        return "8504408500" if KVA[f["power"]] <= 7.5 else "8504408700"
    return {"charges": "8504405500", "rectifies": "8504408300"}.get(f["conversion"],
                                                                    "8504409100")


def protector(f):
    if f["voltage"] == "gt1000":
        return "8535"
    return {"le16": "8536302000", "le125": "8536304000", "gt125": "8536308000"}[f["current"]]


def regulator(f):
    if f["regulated"] == "temperature":
        return {"electronic": "9032102000", "electrical_trigger": "9032108100"}.get(
            f["thermostat"], "9032108900")
    if f["regulated"] == "pressure":
        return "9032200000"
    return "9032810000" if f["hydraulic"] == "yes" else "9032890000"


def transformer(f):
    limits = {"liquid": {"850421": 650, "850422": 10000, "850423": 1e9},
              "dry": {"850431": 1, "850432": 16, "850433": 500, "850434": 1e9}}
    return next(code for code, most in limits[f["dielectric"]].items()
                if KVA[f["power"]] <= most)


def law(f):
    """Codes and gap that the headings and notes give; what leads to 8535 is "none"."""
    article = f["article"]
    if article == "transformer":
        return (transformer(f),), ""
    if article in LOW_VOLTAGE and f["voltage"] == "gt1000":
        return ("none",), ""
    if article == "relay":
        relay = "853641" if f["voltage"] == "le60" else "853649"
        return ((protector(f), relay), "relay_protection") if f["protection"] == "yes" \
            else ((relay,), "")
    if article != "apparatus":
        return (NAMED.get(article, "none"),), ""
    # note 7 to chapter 90 first: without it there is no 9032
    note7 = f["regulation"] == "measured" and f["regulated"] != "mechanically"
    functions = {"conversion": converter(f) if f["conversion"] != "none" else "",
                 "protection": protector(f) if f["protection"] == "yes" else "",
                 "regulation": regulator(f) if note7 else ""}
    functions = {name: code for name, code in functions.items() if code}
    if f["main_function"] in functions:           # note 3 to section XVI
        codes = [functions[f["main_function"]]]
    elif note7 and (f["regulated"] != "electrical" or f["hydraulic"] == "yes"):
        codes = [functions["regulation"]]         # the other functions serve it: note 4
    else:
        codes = list(functions.values()) or ["none"]
    if "8535" in codes:
        return ("none",), ""
    return tuple(codes), "_".join(functions) if len(codes) > 1 else ""


facts_of_a_good = st.fixed_dictionaries(
    {fact: st.sampled_from(spec.value_ids) for fact, spec in VOCABULARY.items()})


@settings(max_examples=1000, deadline=None)
@given(facts_of_a_good)
def test_any_facts_reach_what_the_law_says_by_exactly_one_rule(facts):
    matching = [rule for rule in TABLE.rules
                if all(facts[fact] in values for fact, values in rule.allowed.items())]
    assert len(matching) == 1
    assert (TABLE.outcomes[matching[0].outcome], TABLE.gaps[matching[0].outcome]) == law(facts)


def test_each_rule_gives_what_the_law_says_of_all_that_it_allows():
    """The rules are disjoint and complete (proved at load), so together these are all goods."""
    other = {fact: spec.value_ids[0] for fact, spec in VOCABULARY.items()}
    for rule in TABLE.rules:
        outcome = TABLE.outcomes[rule.outcome], TABLE.gaps[rule.outcome]
        for values in itertools.product(*rule.allowed.values()):
            tested = dict(zip(rule.allowed, values))
            assert law({**BASE, **tested}) == law({**other, **tested}) == outcome, rule


def test_all_combinations_of_functions_reach_what_the_law_says():
    asked = ("conversion", "protection", "regulation", "regulated", "main_function", "voltage",
             "hydraulic")
    for values in itertools.product(*(VOCABULARY[fact].value_ids for fact in asked)):
        facts = {**BASE, **dict(zip(asked, values))}
        assert found(**facts) == law(facts)


def test_all_articles_reach_what_the_law_says():
    asked = ("article", "dielectric", "power", "voltage", "protection", "current")
    for values in itertools.product(*(VOCABULARY[fact].value_ids for fact in asked)):
        facts = {**BASE, **dict(zip(asked, values))}
        assert found(**facts) == law(facts)


# codes

def test_each_leaf_is_reached_for_sure_and_no_code_is_invented():
    tariff = bundled_tariff(branch="electrical")
    leaves = {code for prefix in DEEP for code in tariff.leaves(prefix)}
    assert len(leaves) == 18
    alone = {codes[0] for codes, gap in zip(TABLE.outcomes, TABLE.gaps) if not gap}
    assert alone == set(TABLE.codes)
    assert {code for code in TABLE.codes if len(code) == 10} == leaves
    assert all(code in tariff for code in TABLE.codes if code != "none")


def test_the_rest_of_the_three_headings_is_covered_to_six_digits():
    six = {code for code in bundled_tariff(branch="electrical") if len(code) == 6}
    assert {code[:6] for code in TABLE.codes if code != "none"} == six
    assert not any(one != other and other.startswith(one)
                   for one in TABLE.codes for other in TABLE.codes)


def test_each_leaf_has_a_rate_and_the_unit_of_its_heading():
    for code in TABLE.codes:
        if len(code) == 10:
            assert bundled_tariff(branch="electrical")[code].rate.complete
            pieces = code[:4] != "8536" and code != "9032900000"
            assert bundled_tariff(branch="electrical")[code].unit == ("шт" if pieces else "")


# the law of single cases

@pytest.mark.parametrize("changed, code", [
    ({"conversion": "charges"}, "8504405500"),
    ({"conversion": "rectifies"}, "8504408300"),
    ({"conversion": "rectifies", "used_with": "telecom_computers"}, "8504403008"),
    ({"conversion": "charges", "used_with": "telecom_computers",
      "delivered_for": "civil_aircraft"}, "8504403003"),
    ({"conversion": "rectifies", "delivered_for": "civil_aircraft"}, "8504408300"),
    ({"conversion": "other", "used_with": "telecom_computers", "delivered_for": "assembly"},
     "8504403004"),
    ({"conversion": "inverts", "power": "le7_5"}, "8504408500"),
    ({"conversion": "inverts", "power": "le16"}, "8504408700"),
    ({"protection": "yes", "current": "le16"}, "8536302000"),
    ({"protection": "yes", "current": "le125", "voltage": "le60"}, "8536304000"),
    ({"protection": "yes", "current": "gt125"}, "8536308000"),
    ({"protection": "yes", "voltage": "gt1000"}, "none"),           # 8535
    ({"regulation": "measured", "regulated": "temperature", "thermostat": "electronic"},
     "9032102000"),
    ({"regulation": "measured", "regulated": "pressure", "hydraulic": "yes"}, "9032200000"),
    ({"regulation": "measured", "regulated": "fluid", "hydraulic": "yes"}, "9032810000"),
    ({"regulation": "measured", "regulated": "fluid"}, "9032890000"),
    ({"regulation": "measured", "regulated": "electrically"}, "9032890000"),
    ({"regulation": "measured", "regulated": "mechanically"}, "none"),   # note 7(б)
    ({"regulation": "unmeasured", "regulated": "temperature"}, "none"),  # note 7
    ({"article": "relay", "voltage": "le60"}, "853641"),
    ({"article": "breaker", "voltage": "gt1000"}, "none"),
    ({"article": "fibre_connector", "voltage": "gt1000"}, "853670"),     # volts don't matter
    ({"article": "transformer", "dielectric": "liquid", "power": "le650"}, "850421"),
    ({"article": "other", "conversion": "rectifies"}, "none"),
    ({}, "none"),
])
def test_the_law_of_single_cases(changed, code):
    assert found(**changed) == ((code,), "")


# the stabiliser of paper 2

def test_a_stabiliser_that_measures_and_mainly_regulates_is_what_the_fcs_decided():
    verdict = verdict_of(article="apparatus", **STABILISER, main_function="regulation")
    assert verdict.codes == ("9032890000",) and verdict.p > .9
    for reason in ("прим. 7(б) к группе 90", "прим. 3 к группе 90", "прим. 1(м) к разделу XVI"):
        assert reason in verdict.trace


def test_a_stabiliser_whose_main_function_is_not_known_asks_for_it():
    verdict = verdict_of(article="apparatus", **STABILISER, protection="no", used_with="other",
                         hydraulic="no")
    assert verdict.questions[0].fact == "main_function"
    assert verdict.p_of("8504409100") == pytest.approx(.5, abs=.01)
    assert verdict.p_of("9032890000") == pytest.approx(.5, abs=.01)


@pytest.mark.parametrize("changed, codes", [
    ({}, ("8504409100", "9032890000")),
    # the three candidates of the paper's § "Объект исследования"
    ({"protection": "yes"}, ("8504409100", "8536302000", "9032890000")),
    ({"protection": "yes", "conversion": "none"}, ("8536302000", "9032890000")),
    # the main function is not known, note 7 is: without measuring there is no 9032
    ({"regulation": "unmeasured"}, ("8504409100",)),
    ({"regulation": "unmeasured", "main_function": "regulation"}, ("8504409100",)),
    ({"main_function": "conversion"}, ("8504409100",)),      # a stabilised power supply
    ({"main_function": "regulation"}, ("9032890000",)),
    ({"conversion": "none"}, ("9032890000",)),
])
def test_note_7_and_the_main_function_decide_what_a_stabiliser_is(changed, codes):
    assert found(**{**STABILISER, **changed})[0] == codes


def test_priors_do_not_touch_what_the_facts_of_a_stabiliser_give():
    uniform = Engine(GROUP, Priors(
        {fact: np.full(len(spec.values), 1 / len(spec.values))
         for fact, spec in VOCABULARY.items()}))
    witness = analyst_witness({"good": {**BASE, **STABILISER, "main_function": "regulation"}},
                              VOCABULARY)
    for engine in (ENGINE, uniform):
        verdict = decide(engine, [witness])[0]
        assert verdict.codes == ("9032890000",) and verdict.p == pytest.approx(1)


def test_nothing_sure_follows_from_priors_alone():
    codes = ENGINE.believe(Evidence(["good"])).codes[0]
    p = dict(zip(ENGINE.codes, codes))
    assert p.pop("none") < .25
    assert max(p.values()) < .12


# names and texts

def test_the_ids_and_names_of_facts_are_those_of_no_other_group():
    owners = defaultdict(set)
    for path in ROOT.glob("**/facts.csv"):
        for fact in Vocabulary.load(path).values():
            for name in (fact.id, fact.en, fact.ru):
                owners[name].add(path.parent.name)
    assert owners["conversion"] == {"electrical"} and "footwear" in set.union(*owners.values())
    assert not {name: groups for name, groups in owners.items() if len(groups) > 1}


def test_all_facts_values_and_questions_are_in_both_languages():
    named = set()
    for number, row in strict_rows(FOLDER / "facts.csv")[1]:
        first = row["fact"] not in named
        named.add(row["fact"])
        for column, text in row.items():
            if column not in ("fact", "value") and (first or column.startswith("value_")):
                assert text, (number, column)
                assert bool(re.search("[а-яё]", text)) == column.endswith("_ru"), (number, column)
    assert all(len({getattr(v, language) for v in fact.values}) == len(fact.values)
               for fact in VOCABULARY.values() for language in ("en", "ru"))


def test_each_gap_and_no_other_has_a_text_in_both_languages():
    columns, rows = strict_rows(FOLDER / "messages.csv")
    assert list(columns) == ["id", "ru", "en"]
    messages = {row["id"]: row for _, row in rows}
    assert len(messages) == len(rows)
    assert {id_[4:] for id_ in messages if id_.startswith("gap.")} == set(TABLE.gaps) - {""}
    assert {id_ for id_ in messages if "." not in id_} == {"name", "outside"}
    for row in messages.values():
        assert re.search("[а-яё]", row["ru"]) and not re.search("[а-яё]", row["en"])
        assert row["ru"] and row["en"]
    assert "прим. 7 к группе 90" in messages["outside"]["ru"]
    assert "ФТС" in messages["gap.conversion_regulation"]["ru"]


def test_each_row_of_the_table_and_each_fact_of_the_priors_says_where_it_comes_from():
    assert all(re.match(r"ОПИ|прим\. ", basis.ru) for basis in TABLE.basis.values())
    assert set(PRIORS.sources) == set(VOCABULARY)


# the goods of the example

def test_the_goods_of_the_example_give_what_stands_beside_them():
    goods = {row["good_id"]: row for _, row in strict_rows(EXAMPLE / "goods.csv")[1]}
    answers = read_answers(EXAMPLE / "facts.csv", VOCABULARY)
    assert list(answers) == list(goods)
    verdicts = {v.key: v for v in decide(ENGINE, [analyst_witness(answers, VOCABULARY)])}
    for key, good in goods.items():
        assert verdicts[key].code == good["expected"], key
        assert verdicts[key].p > .99
    assert verdicts["E-06"].agrees(goods["E-06"]["declared_code"]) == "no"


def test_the_basis_of_every_row_is_said_in_both_languages():
    for words in TABLE.basis.values():
        assert words.ru and not any("а" <= letter <= "я" for letter in words.en.lower()), words
