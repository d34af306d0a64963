"""Safe digits of a case that rest on known goods: the same by every entrance, and only then."""
import csv

import numpy as np
import pytest

from orangecontrib.customs.cases import case_of, decide, rows_of
from orangecontrib.customs.cases.assess import known_goods
from orangecontrib.customs.cases.card import card_of
from orangecontrib.customs.cases.conclusion import conclusion_of, exhibits_of
from orangecontrib.customs.cases.files import goods_of_rows, read_calibration_file
from orangecontrib.customs.cases.table import case_from_tables, codes_table
from orangecontrib.customs.declarations import FactReader
from orangecontrib.customs.declarations.table import facts_table
from orangecontrib.customs.evaluation.conformal import Calibration, Known
from orangecontrib.customs.evaluation.knowngoods.table import known_from_table
from orangecontrib.customs.fusion import Engine
from orangecontrib.customs.groups import find_group
from orangecontrib.customs.headless.cli import main
from orangecontrib.customs.i18n import say, speaking

BOOTS = "Ботинки мужские, верх из натуральной кожи, подошва из резины, закрывающие лодыжку, 27 см"
SNEAKERS = "Кеды, верх из текстильных материалов, подошва из резины"
CODE = "6403911600"
GOODS = [{"good_id": f"b{n}", "description": BOOTS, "official": CODE if n % 2 else "6403999800",
          "ruling": f"r{n}"} for n in range(12)] \
    + [{"good_id": f"s{n}", "description": SNEAKERS, "official": "6404199000",
        "ruling": f"q{n}"} for n in range(12)]


def case(**more):
    return case_of(goods_of_rows(GOODS), groups=["footwear"], **more)


@pytest.fixture(scope="module")
def known():
    return known_goods(case(), {good["good_id"]: good["official"] for good in GOODS})


def by_id(rows):
    return {row["good_id"]: row for row in rows}


def test_every_second_wrong_subheading_makes_six_digits_unsafe_and_four_safe(known):
    rows = by_id(rows_of(case(calibration=known), .1))
    assert rows["b0"]["safe_code"] == "6403" and rows["b0"]["code"] == CODE
    assert rows["b0"]["p_safe"] == pytest.approx(rows["b0"]["p_4"])
    assert rows["s0"]["safe_code"].startswith("6404")
    with speaking("en"):
        said = {row["safe_by"] for row in rows_of(case(calibration=known), .1)}
    assert said == {f"by known codes (12 where {heading} was said), error at most 10\xa0%"
                    for heading in ("6403", "6404")}


def test_codes_that_are_known_to_six_digits_promise_no_more(known):
    short = Calibration(tuple(Known(row.way, row.true[:6]) for row in known.rows))
    with speaking("en"):
        row = by_id(rows_of(case(calibration=short), .1))["s0"]
    assert row["safe_code"] == "640419" and row["code"] == "6404199000"
    assert row["safe_by"].endswith("no deeper than 6 digits")


def test_without_a_table_digits_are_safe_by_the_probabilities_and_the_row_says_so():
    with speaking("en"):
        assert {row["safe_by"] for row in rows_of(case())} == {"by the probabilities"}
        assert decide([{"description": ""}])[0]["safe_by"] == ""


def test_a_table_of_too_few_goods_promises_nothing_and_the_row_says_so(known):
    plain, few = by_id(rows_of(case(), .01)), by_id(rows_of(case(calibration=known), .01))
    assert few["b0"]["safe_code"] == plain["b0"]["safe_code"]
    assert "100" in few["b0"]["safe_by"] and "24" in few["b0"]["safe_by"]


def test_answers_by_hand_leave_the_promise_of_goods_without_them(known):
    answers = {"b0": {"sex": "women"}}
    answered, plain = (by_id(rows_of(case(calibration=table), answers=answers))["b0"]
                       for table in (known, None))
    assert answered["safe_code"] == plain["safe_code"]
    with speaking("en"):
        row = by_id(rows_of(case(calibration=known), answers=answers))["b0"]
    assert "an analyst has answered" in row["safe_by"]


@pytest.mark.parametrize("more", [{"trust": .5}, {"priors": "own"}])
def test_a_table_that_was_made_another_way_does_not_count_and_the_remark_says_what_differs(
        known, more):
    if "priors" in more:
        priors = find_group("footwear").priors
        more = {"priors": type(priors)({**priors.probabilities, "sex": np.full(
            len(priors["sex"]), 1 / len(priors["sex"]))}, priors.sources)}
    with speaking("en"):
        other = case(calibration=known, **more)
        remark, = other.remarks
        assert other.calibration is None
        assert {row["safe_by"] for row in rows_of(other)} == {"by the probabilities"}
    assert "was made another way: " in remark and "orange-customs calibrate" in remark


def test_a_table_that_does_not_say_how_it_was_made_counts(known):
    assert case(calibration=Calibration(known.rows)).calibration is not None


def test_the_code_and_its_probability_do_not_depend_on_the_table(known):
    for one, other in zip(rows_of(case()), rows_of(case(calibration=known))):
        same = set(one) - {"safe_code", "p_safe", "safe_by"}
        assert {name: one[name] for name in same} == {name: other[name] for name in same}


def test_card_and_conclusion_say_on_what_safe_digits_rest(known):
    some = case(calibration=known)
    verdicts = some.decide()
    with speaking("en"):
        assert "by known codes (12" in say(card_of(some, verdicts[0]).safe_by)
        page = conclusion_of(exhibits_of(some, verdicts, {}, {})[0])
        assert any("by known codes (12" in line for line in page.sure)
    assert card_of(case(), case().decide()[0]).safe_by is None


def test_goods_in_one_description_share_safe_digits_whatever_is_promised():
    several = "Тапочки и сапоги, верх из текстиля, подошва из резины"
    table = Calibration(tuple(Known((("64", .9), ("6404", .9)), "6404199000")
                              for _ in range(50)))
    row, = decide([{"description": several}], calibration=table)
    assert row["code"] and len(row["safe_code"]) < 10 and row["p_10"] is None


# -- entrances

@pytest.fixture
def files(tmp_path):
    with open(tmp_path / "goods.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, GOODS[0])
        writer.writeheader()
        writer.writerows(GOODS)
    return tmp_path


def command(files, *arguments, out="out.csv"):
    assert main([*map(str, arguments), "--declarations", str(files / "goods.csv"), "--group",
                 "footwear", "--lang", "en", "--out", str(files / out)]) == 0
    with open(files / out, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_command_writes_the_table_that_python_makes(files, known, capsys):
    command(files, "calibrate", "--truth", "official", "--by", "ruling", out="c.csv")
    written = read_calibration_file(files / "c.csv")
    assert written.made_with == known.made_with
    assert [(row.way, row.true) for row in written.rows] \
        == [(row.way, row.true) for row in known.rows]
    assert {row.by for row in written.rows} == {good["ruling"] for good in GOODS}
    said = capsys.readouterr().out
    assert "known codes     all         10%     24" in said and "none safe" in said


@pytest.mark.parametrize("engine", ["local", "processes"])
def test_python_batch_and_tables_give_the_same_safe_digits(files, known, engine):
    command(files, "calibrate", "--truth", "official", "--by", "ruling", out="c.csv")
    rows = command(files, "classify", "--calibration", files / "c.csv", "--engine", engine)
    with speaking("en"):
        expected = decide(files / "goods.csv", groups=["footwear"], calibration=files / "c.csv")
    names = ("safe_code", "safe_by", "code")
    assert [[row[name] for name in names] for row in rows] \
        == [[row[name] for name in names] for row in expected]
    assert {row["safe_by"][:14] for row in rows} == {"by known codes"}


def test_another_way_of_deciding_is_said_by_the_command_too(files, capsys):
    command(files, "calibrate", "--truth", "official", out="c.csv")
    for place in ("out.csv", "out.xlsx"):
        assert main(["classify", "--declarations", str(files / "goods.csv"), "--group", "footwear",
                     "--trust", ".9", "--calibration", str(files / "c.csv"), "--lang", "en",
                     "--out", str(files / place)]) == 0
        said = capsys.readouterr().err
        assert "trust in the text: 0.99 there, 0.9 here" in said, place


def test_coverage_is_evaluated_where_a_table_is_given(files, capsys):
    command(files, "calibrate", "--truth", "official", out="c.csv")
    capsys.readouterr()
    arguments = ["evaluate", "--declarations", str(files / "goods.csv"), "--group", "footwear",
                 "--truth", "official", "--out", str(files / "r.json")]
    assert main([*arguments, "--calibration", str(files / "c.csv")]) == 0
    assert "known codes     all          5%" in capsys.readouterr().out
    assert main([*arguments[:-1], str(files / "s.json"), "--against", str(files / "r.json")]) == 0


@pytest.mark.parametrize("text, why", [
    ("a,b\n1,2\n", "no column code"), ("", "no column"),
    ("good_id,code,p_2,p_4,p_6,p_8,p_10,true_code\nx,64,,,,,,64\n", "line 2")])
def test_a_file_that_is_no_such_table_is_refused_with_what_is_needed(files, capsys, text, why):
    (files / "c.csv").write_text(text)
    assert main(["classify", "--declarations", str(files / "goods.csv"), "--calibration",
                 str(files / "c.csv"), "--out", str(files / "o.csv")]) == 2
    assert why in capsys.readouterr().err


def test_a_column_without_true_codes_is_refused(files, capsys):
    for column, why in (("ruling", "holds no code of 2 to 10 digits"), ("x", "no column 'x'")):
        assert main(["calibrate", "--declarations", str(files / "goods.csv"), "--truth", column,
                     "--out", str(files / "c.csv")]) == 2
        assert why in capsys.readouterr().err


def test_codes_that_can_not_be_read_are_named_and_the_others_count(files, capsys):
    text = (files / "goods.csv").read_text(encoding="utf-8").replace(
        "6404199000", "see the invoice", 1)
    (files / "goods.csv").write_text(text, encoding="utf-8")
    rows = command(files, "calibrate", "--truth", "official", out="c.csv")
    assert len(rows) == 23
    said = capsys.readouterr().err
    assert "no code of 2 to 10 digits can be read in 'official'" in said
    assert "they are left out: s0 (“see the invoice”)" in said


def test_the_codes_of_a_workflow_carry_what_the_table_needs(known):
    from Orange.data import Domain, StringVariable, Table
    goods = Table.from_list(
        Domain([], metas=[StringVariable("good_id"), StringVariable("description")]),
        [[good["good_id"], good["description"]] for good in GOODS])
    facts = facts_table(goods, "description", FactReader(find_group("footwear")), "good_id")[0]
    some = case_from_tables([Engine(find_group("footwear"))], facts)
    codes = codes_table(some, some.decide())
    codes = codes.add_column(StringVariable("official"), [g["official"] for g in GOODS], True)
    found = known_from_table(codes, codes.domain["code"], codes.domain["official"])
    assert found.made_with == known.made_with and found.rows == known.rows
    again = case_from_tables([Engine(find_group("footwear"))], facts, calibration=found)
    assert rows_of(again)[0]["safe_code"] == "6403" and not again.remarks
