"""Group 64: every combination of facts reaches exactly one code or a named legal gap."""
import csv
import itertools
from pathlib import Path

import numpy as np
import pytest

from orangecontrib.customs.groups import footwear
from orangecontrib.customs.nomenclature import bundled_tariff
from orangecontrib.customs.nomenclature.decision_table import DecisionTable, TableError

SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "tnved"


@pytest.fixture(scope="module")
def table():
    return footwear.group().table


def test_every_combination_of_facts_reaches_exactly_one_outcome(table):
    vocabulary = table.vocabulary
    facts = list(vocabulary)
    # all combinations, as index arrays; the first two facts are looped to bound memory
    rest = facts[2:]
    grids = np.indices([len(vocabulary[f].values) for f in rest], dtype=np.int8)
    columns = dict(zip(rest, (g.ravel() for g in grids)))
    seen = set()
    for a, b in itertools.product(vocabulary[facts[0]].value_ids,
                                  vocabulary[facts[1]].value_ids):
        hits = np.zeros(len(columns[rest[0]]), dtype=np.int16)
        for rule in table.rules:
            if a not in rule.allowed.get(facts[0], {a}) \
                    or b not in rule.allowed.get(facts[1], {b}):
                continue
            match = np.ones(len(hits), dtype=bool)
            for fact, values in rule.allowed.items():
                if fact in columns:
                    chosen = [vocabulary[fact].index(v) for v in values]
                    match &= np.isin(columns[fact], chosen)
            hits += match
            if match.any():
                seen.add(rule.outcome)
        assert (hits == 1).all()
    assert seen == set(range(len(table.outcomes)))


def test_all_71_leaves_are_reached_and_none_is_invented(table):
    leaves = {c for c in bundled_tariff(branch="64").leaves() if not c.startswith("6406")}
    assert len(leaves) == 71
    assert set(table.codes) - {"6406", "none"} == leaves
    alone = {codes[0] for codes, gap in zip(table.outcomes, table.gaps) if not gap}
    assert alone == set(table.codes)


def test_the_legal_gaps_are_named_and_keep_their_candidates(table):
    gaps = {codes: gap for codes, gap in zip(table.outcomes, table.gaps) if gap}
    unisex = {codes for codes, gap in gaps.items() if gap == "unisex_6403_5x"}
    assert unisex == {("6403511500", "6403511900"), ("6403519500", "6403519900"),
                      ("6403593500", "6403593900"), ("6403599500", "6403599900")}
    for codes, gap in gaps.items():
        if "vamp_house" in gap:
            assert any(c.endswith("5000") for c in codes) and len(codes) > 1


BASE = dict(is_footwear="footwear", upper="leather", sole="rubber", waterproof="no",
            assembly="assembled", toe_cap="no_metal", height="below_ankle", vamp="closed",
            heel="low", sport="none", house="no", riveted_straps="no", toe_strap="no",
            wooden_base="no", insole="ge24", sex="men")


@pytest.mark.parametrize("changed, code", [
    ({}, "6403999600"),
    ({"sex": "women"}, "6403999800"),
    ({"insole": "lt24"}, "6403999100"),
    ({"height": "ankle"}, "6403911600"),
    ({"height": "over_knee"}, "6403919600"),
    ({"toe_cap": "metal"}, "6403400000"),
    ({"vamp": "open", "heel": "high"}, "6403991100"),
    ({"vamp": "open"}, "6403993600"),
    ({"house": "yes"}, "6403995000"),
    ({"sole": "leather"}, "6403599500"),
    ({"sole": "leather", "toe_strap": "yes"}, "6403200000"),
    ({"toe_strap": "yes"}, "6403999600"),              # rubber sole: not 6403 20
    ({"sport": "sport"}, "6403190000"),
    ({"sport": "training"}, "6403999600"),             # trainers count in 6404 only
    ({"wooden_base": "yes"}, "6403990500"),
    ({"sole": "wood_or_cork"}, "6405100001"),
    ({"upper": "textile"}, "6404199000"),
    ({"upper": "textile", "sport": "training"}, "6404110000"),
    ({"upper": "textile", "house": "yes"}, "6404191000"),
    ({"upper": "textile", "sole": "leather"}, "6404209000"),
    ({"upper": "textile", "sole": "other", "house": "yes"}, "6405209100"),
    ({"upper": "plastic"}, "6402999600"),
    ({"upper": "rubber"}, "6402991000"),
    ({"upper": "plastic", "riveted_straps": "yes"}, "6402200000"),
    ({"upper": "plastic", "height": "calf", "toe_cap": "metal"}, "6402911000"),
    ({"upper": "plastic", "wooden_base": "yes"}, "6402999600"),  # no such leaf in 6402
    ({"upper": "rubber", "waterproof": "yes"}, "6402991000"),    # stitched: not 6401
    ({"upper": "rubber", "waterproof": "yes", "assembly": "moulded", "height": "calf"},
     "6401921000"),
    ({"upper": "plastic", "waterproof": "yes", "assembly": "moulded",
      "height": "over_knee"}, "6401990000"),
    ({"upper": "plastic", "sport": "snowboard"}, "6402129000"),
    ({"upper": "plastic", "sole": "leather"}, "6405901000"),
    ({"upper": "other", "sole": "other"}, "6405909000"),
    ({"is_footwear": "parts"}, "6406"),
    ({"is_footwear": "not_footwear"}, "none"),
])
def test_the_law_of_single_cases(table, changed, code):
    rule = table.find(**{**BASE, **changed})
    assert table.outcomes[rule.outcome] == (code,)


def test_one_by_one_is_bit_identical_to_the_batch(table):
    rng = np.random.default_rng(7)
    posterior = {f: rng.dirichlet(np.ones(len(s.values)), 40)
                 for f, s in table.vocabulary.items()}
    batch = table.outcome_probabilities(posterior)
    assert np.allclose(batch.sum(axis=1), 1)
    for i in range(40):
        alone = table.outcome_probabilities({f: p[i:i + 1] for f, p in posterior.items()})
        assert (alone[0] == batch[i]).all()


def _table(tmp_path, text):
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    return DecisionTable.load(path, footwear.group().vocabulary)


@pytest.mark.parametrize("text, complaint", [
    ("codes,house,gap,basis\n64,yes,,x\n", "reach no code"),
    ("codes,house,gap,basis\n64,,,x\n65,yes,,x\n", "line 3 .* never reached"),
    ("codes,colour,gap,basis\n1,,,x\n", "unknown fact colour"),
    ("codes,house,gap,basis\n1,maybe,,x\n", "line 2: fact 'house' has no value maybe"),
    ("codes,house,gap,basis\n64|65,,,x\n", "line 2: several codes"),
    # what is silent today: a short row allows everything, a letter is never found in the tariff
    ("codes,house,gap,basis\n64,yes\n", "t.csv, line 2: 2 fields, the header has 4"),
    ("codes,house,gap,basis\n64,yes,,x,y\n", "t.csv, line 2: 5 fields"),
    ("codes,house,gap,basis\n64О3,,,x\n", "t.csv, line 2: '64О3' is not a code"),
    ("codes,house,gap,basis\n6403 99,,,x\n", "t.csv, line 2: '6403 99' is not a code"),
    ("codes,house,gap,basis\n640399,,,\"x\n640399,,,y\n", "t.csv, line 2: a quotation mark"),
    ("codes,house,house,gap,basis\n64,,,,x\n", "the column house stands twice"),
])
def test_a_wrong_table_is_refused_with_its_line(tmp_path, text, complaint):
    with pytest.raises(TableError, match=complaint):
        _table(tmp_path, text)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the official tariff is not beside the checkout")
def test_codes_and_rates_equal_the_official_tariff():
    with open(SHARED / "tnved_ch64_8504_8536_9032.csv", encoding="utf-8") as file:
        official = {row["code"]: row["rate"] for row in csv.DictReader(file)
                    if row["code"].startswith("64") and len(row["code"]) == 10}
    ours = bundled_tariff(branch="64")
    assert set(official) == set(ours.leaves())
    for code, rate in official.items():
        assert ours.duty(code) == float(rate.split()[0].replace(",", "."))
