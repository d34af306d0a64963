"""The tariff by code: lines, branches, the strict reader, and what is bundled."""
import csv
from pathlib import Path

import pytest

from orangecontrib.customs.nomenclature import (
    Edition,
    Line,
    Tariff,
    bundled_tariff,
    load_tariff,
    parse_rate,
    spaced,
)

GROUP64 = bundled_tariff(branch="64")
ELECTRICAL = bundled_tariff(branch="electrical")

HEADER = "code,designation_ru,designation_en,unit,rate\n"
TNVED = Path(__file__).parents[2].parent / "shared" / "data" / "tnved"
#: Codes, rates and units of the official tariff, as printed; nothing of its wording.
OFFICIAL = Path(__file__).parent / "official_rates.csv"


def official():
    with open(OFFICIAL, encoding="utf-8", newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file)}


def loaded(folder, rows, edition="2022-01-01", header=HEADER):
    path = folder / "tariff.csv"
    path.write_text(header + rows, encoding="utf-8")
    return Tariff.load(path, edition)


def test_the_path_runs_from_the_group_to_the_leaf():
    assert [line.code for line in GROUP64.path("6403911600")] == [
        "64", "6403", "640391", "6403911600"]


def test_a_code_that_is_not_printed_has_the_path_of_the_longest_that_is():
    assert [line.code for line in GROUP64.path("6403919999")] == ["64", "6403", "640391"]
    assert GROUP64.path("85") == []


def test_every_line_has_both_designations():
    for line in bundled_tariff().lines:
        assert line.ru and line.en and line.text == line.ru


def test_duties_only_at_the_leaves():
    for tariff in (GROUP64, ELECTRICAL):
        for code in tariff:
            assert tariff[code].rate.complete == (len(code) == 10), code
    for code in GROUP64:
        assert (GROUP64.duty(code) is not None) == (len(code) == 10)


def test_spaced_like_the_tariff():
    assert spaced("6403999600") == GROUP64.spaced("6403999600") == "6403 99 960 0"
    assert spaced("640399") == "6403 99"


def test_by_code_it_is_read_like_a_dictionary():
    tariff = GROUP64
    assert list(tariff) == tariff.codes and len(tariff) == len(tariff.codes)
    assert "6403" in tariff and "8504" not in tariff
    assert tariff["6403"] is tariff.get("6403") and tariff.get("8504") is None
    assert tariff.leaves("640110") == ["6401100000"]
    assert tariff.duty("6401100000") == .75 and tariff.duty("8504") is None


# -- what is bundled, against the official tariff

def test_the_rates_of_all_leaves_are_the_official_ones():
    rows, tariff = official(), bundled_tariff()
    assert set(tariff.leaves()) == set(rows)
    counts = {"64": 79, "6406": 8, "850440": 8, "853630": 3, "9032": 7}
    assert {prefix: len(tariff.leaves(prefix)) for prefix in counts} == counts
    for code, row in rows.items():
        assert (tariff[code].rate.text, tariff[code].unit) == (row["rate"], row["unit"]), code


@pytest.mark.skipif(not TNVED.is_dir(), reason="the official table is not beside the checkout")
def test_the_small_copy_is_the_official_table():
    tariff = load_tariff(TNVED / "tnved_eaeu_full.csv.gz")
    rows = official()
    for code, row in rows.items():
        line = tariff.lines[tariff.find(code)]
        assert (line.rate.text, line.unit) == (row["rate"], row["unit"]), code
    for prefix in ("64", "850440", "853630", "9032"):
        assert tariff.branch([prefix]).leaves() == sorted(c for c in rows if c.startswith(prefix))


def test_duties_on_bundled_goods():
    boots, fuse = bundled_tariff()["6403911600"], bundled_tariff()["8536302000"]
    assert boots.duty_on(quantity=100).amount == pytest.approx(125)
    assert boots.duty_on(value=5000).missing == ("quantity",)
    assert fuse.duty_on(value=5000, currency="RUB").amount == 500
    assert fuse.duty_on(quantity=100).missing == ("value",)
    assert bundled_tariff()["9032890000"].duty_on().amount == 0


# -- the strict reader

def test_any_goods_bring_a_table(tmp_path):
    tariff = loaded(tmp_path, "2204,вина,wine,,\n2204219801,в бутылках,bottled,л,12%\n"
                              "2204218901,вермут,,л,\"10, но не менее 4 евро за 1 л\"\n"
                              "22,напитки,beverages,–,\n")
    assert [line.code for line in tariff.path("2204219801")] == ["22", "2204", "2204219801"]
    assert tariff["2204218901"].duty_on(value=10, quantity=2).amount == 8
    assert tariff["22"].unit == "" and tariff.edition == "2022-01-01"
    assert tariff.edition_of("2204").name() == "tariff.csv"


@pytest.mark.parametrize("row, complaint", [
    ("64x,а,a,,", "line 3: code '64x' is not a number of 2 to 10 digits"),
    ("64О3,а,a,,", "line 3: code '64О3' is not a number"), ("64²,а,a,,", "not a number"),
    ("6,а,a,,", "code '6' is not"), ("64000000000,а,a,,", "not a number of 2 to 10"),
    ("64,а,a,,", "line 3: code '64' is repeated"),
    ("6403,обувь", "line 3: 2 fields"), ("6403,обувь, кожа,footwear,,", "line 3: 6 fields"),
    ('6403,"а,a,,', "line 3: a quotation mark"),
    ("6403,,,,", "line 3: code '6403' has no designation"),
    ("6403,а,a,,много", "line 3: code '6403' has a rate that is not understood, 'много'; write"),
    ('6403,а,a,,"10, но не менее"', "is not understood"),
    ("6403,а,a,,0.34 евро", "is not understood"),
])
def test_a_row_that_says_something_else_than_it_seems_to_is_refused(tmp_path, row, complaint):
    with pytest.raises(ValueError, match="tariff.csv, .*" * complaint.startswith("line")
                       + complaint):
        loaded(tmp_path, f"64,а,a,,\n{row}\n")


def test_columns_and_codes_are_those_that_are_promised(tmp_path):
    with pytest.raises(ValueError, match="no column rate"):
        loaded(tmp_path, "64,а,a,,\n", header=HEADER.replace("rate", "duty_eur"))
    edition = Edition("e", "обувь", codes=("6403", "6404"))
    with pytest.raises(ValueError, match="line 4: code '6405' is outside .* covers 6403, 6404"):
        loaded(tmp_path, "64,а,a,,\n6403,а,a,,\n6405,а,a,,\n", edition)


# -- branches

def test_a_branch_is_a_tariff_with_the_lines_above_it():
    branch = bundled_tariff().branch(["853630", "9032"])
    assert branch.leaves() == ELECTRICAL.leaves("853630") + ELECTRICAL.leaves("9032")
    assert "8536" in branch and "853620" not in branch and "64" not in branch
    assert [line.code for line in branch.path("8536302000")] == ["8536", "853630", "8536302000"]
    assert branch["8536302000"].rate == parse_rate("10")
    assert [edition.id for edition in branch.editions] == ["eaeu-2022-electrical"]


def test_a_branch_keeps_lines_without_a_code():
    tariff = Tariff([Line("8504", "преобразователи"), Line("", "прочие", parent=0),
                     Line("", "инверторы", parent=1), Line("8504408500", "до 7,5 кВА", parent=2),
                     Line("8504501000", "дроссели", parent=0)], [Edition("e", "ТН ВЭД")])
    branch = tariff.branch(["850440"])
    assert branch.full_text(branch.find("8504408500")) == \
        "преобразователи > прочие > инверторы > до 7,5 кВА"
    assert branch.codes == ["8504", "8504408500"]
    assert tariff.branch("8504").lines == tariff.lines


def test_a_branch_that_the_tariff_lacks_is_named():
    with pytest.raises(ValueError, match=r"ТН ВЭД ЕАЭС.*'6407'"):
        bundled_tariff().branch(["6403", "6407"])
