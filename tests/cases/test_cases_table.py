"""Tables of the witnesses in, tables of codes out."""
import numpy as np
import pytest
from Orange.data import ContinuousVariable, Domain, StringVariable, Table

from orangecontrib.customs.cases import SCHEMA, Good, PhotoEvidence
from orangecontrib.customs.cases import case_of as case_of_goods
from orangecontrib.customs.cases.predictions import PredictionsError
from orangecontrib.customs.cases.sources import EMPTY
from orangecontrib.customs.cases.table import (
    case_from_tables,
    codes_table,
    predictions_from_table,
    priors_from_table,
    probabilities_table,
    with_verdicts,
)
from orangecontrib.customs.columns import FeatureColumn, Role
from orangecontrib.customs.declarations import FactReader
from orangecontrib.customs.declarations.table import facts_table
from orangecontrib.customs.fusion import Engine
from orangecontrib.customs.fusion.table import evidence_from_table
from orangecontrib.customs.groups import find_group, footwear

BOOTS = "БОТИНКИ МУЖСКИЕ С ВЕРХОМ ИЗ НАТУРАЛЬНОЙ КОЖИ, НА ПОДОШВЕ ИЗ РЕЗИНЫ, СТЕЛЬКА 27 СМ"
MEN_ANKLE = "6403911600"


@pytest.fixture(scope="module")
def engine():
    return Engine(find_group("footwear"))


def facts(texts, **columns):
    """Facts of {id: description}, with further columns of texts or numbers."""
    numbers = {n: v for n, v in columns.items() if not isinstance(v[0], str)}
    words = {n: v for n, v in columns.items() if n not in numbers}
    domain = Domain([ContinuousVariable(n) for n in numbers],
                    metas=[StringVariable(n) for n in ("good_id", "description", *words)])
    rows = zip(*numbers.values(), *zip(*texts), *words.values())
    return facts_table(Table.from_list(domain, [list(row) for row in rows]), "description",
                       FactReader(find_group("footwear")), "good_id")[0]


def case_of(engine, *texts, **columns):
    return case_from_tables([engine], facts(texts, **columns))


def test_codes_are_the_schema_as_attributes_and_metas(engine):
    case = case_of(engine, ("a", BOOTS), ("b", "КЕДЫ"), declared_code=[MEN_ANKLE, ""])
    table = codes_table(case, case.decide())
    assert [v.name for v in table.domain.attributes] == [
        c.title for c in SCHEMA if c.kind == "number"]
    assert {v.name for v in table.domain.metas} == {c.title for c in SCHEMA if c.kind == "text"}
    row = table[0]
    assert str(row["good_id"]) == "a" and str(row["code"]) == MEN_ANKLE
    assert str(row["declared code"]) == MEN_ANKLE and str(row["agrees"]) == "yes"
    assert 0 < float(row["P(code)"]) <= 1 and "ОПИ 1" in str(row["trace"])
    assert float(row["duty low (EUR per unit)"]) == 1.25 and np.isnan(row["duty low (EUR)"])


def test_rows_of_which_nothing_could_be_read_say_why_as_on_the_command_line(engine):
    """What tables of evidence bring along of empty descriptions and of skipped photos."""
    reasons = ["a/1.jpg: the file is empty (zero bytes)", "b/1.jpg: the file is missing"]
    columns = [FeatureColumn(f.id, f.fact, f.value, .1).mark(ContinuousVariable(f.name_en))
               for f in footwear.group().features]
    problems = Role.PROBLEMS.mark(StringVariable("problems"))
    photos = Table.from_numpy(
        Domain(columns, metas=[Role.KEY.mark(StringVariable("good_id")), problems]),
        np.array([[.2] * len(columns), [np.nan] * len(columns)]),
        metas=np.array([["a", reasons[0]], ["b", reasons[1]]], dtype=object))
    text = facts([("a", BOOTS), ("b", BOOTS)])
    with text.unlocked():
        text.X[1] = np.nan
        text.metas[1] = ["b", "", "", str(EMPTY)] + [""] * (text.metas.shape[1] - 4)
    by_tables = case_from_tables([engine], text, photos)
    seen = evidence_from_table(photos[:1]).evidence
    by_files = case_of_goods(
        [Good("a", "a", BOOTS), Good("b", "b", "")],
        PhotoEvidence(seen, {}, [("a", *reasons[0].split(": ")), ("b", *reasons[1].split(": "))]))
    said = [[case.notes_of(verdict) for verdict in case.decide()]
            for case in (by_tables, by_files)]
    assert said[0] == said[1]
    assert said[0][1][:3] == ("пустое описание", "нет пригодных фотографий", reasons[1])


def test_goods_are_known_by_their_unique_keys(engine):
    case = case_of(engine, ("a", BOOTS), ("a", "КЕДЫ"))
    for table in (codes_table(case, case.decide()), probabilities_table(case, case.decide())):
        assert [v.name for v in table.domain.metas if Role.of(v) is Role.KEY] == ["key"]
        assert list(table.get_column("key")) == ["a", "a#2"]


def test_probabilities_of_all_codes(engine):
    case = case_of(engine, ("a", BOOTS), ("b", "КЕДЫ"))
    p = probabilities_table(case, case.decide())
    assert np.allclose(p.X.sum(axis=1), 1)
    assert [v.name for v in p.domain.attributes] == engine.codes


def test_no_goods_give_empty_tables(engine):
    case = case_from_tables([engine], facts([("a", BOOTS)])[:0])
    assert len(codes_table(case, [])) == len(probabilities_table(case, [])) == 0


def test_rows_decided_anew_take_their_places(engine):
    case = case_of(engine, ("a", BOOTS), ("b", BOOTS))
    verdicts = case.decide()
    tables = codes_table(case, verdicts), probabilities_table(case, verdicts)
    answered = case.decide_one(1, answers={"b": {"sex": "women"}})
    codes, p = with_verdicts(tables, [1], case, [answered])
    assert list(codes.get_column("code")) == [MEN_ANKLE, "6403911800"]
    assert list(tables[0].get_column("code")) == [MEN_ANKLE] * 2
    assert (p.X[0] == tables[1].X[0]).all() and (p.X[1] != tables[1].X[1]).any()


def test_a_good_of_unknown_kind_has_no_code_and_no_probabilities_beside_one_that_is_known(engine):
    case = case_of(engine, ("a", "СТАБИЛИЗАТОР НАПРЯЖЕНИЯ"), ("b", BOOTS),
                   declared_code=[MEN_ANKLE] * 2)
    unknown, known = probabilities_table(case, case.decide()).X
    assert np.isnan(unknown).all() and np.isclose(known.sum(), 1)
    codes = codes_table(case, case.decide())
    assert list(codes.get_column("agrees")) == ["", "yes"]
    assert np.isnan(codes.get_column("P(declared code)")[0])


# -- what is declared

def test_declared_codes_and_quantities_are_read_as_people_type_them(engine):
    typed = ["6403.91.160.0", "см. инвойс", "64О3", "", f"{MEN_ANKLE}.0"]
    case = case_of(engine, *((key, BOOTS) for key in "ABCDE"), **{
        "Declared Code": typed, "Quantity": [5, 0, np.nan, 1, -2]})
    assert [good.declared_code for good in case.goods] == [MEN_ANKLE, "", "6403", "", MEN_ANKLE]
    assert [good.quantity for good in case.goods] == [5, None, None, 1, None]
    said = [" ".join(map(str, good.problems)) for good in case.goods]
    assert "«см. инвойс» – не код ТН ВЭД" in said[1] and "количество «0»" in said[1]
    assert "буква О" in said[2] and "количество «-2»" in said[4]
    assert said[0] == said[3] == ""


def test_codes_that_a_spreadsheet_made_numbers_are_read(engine):
    case = case_of(engine, ("A", BOOTS), ("B", BOOTS), declared_code=[float(MEN_ANKLE), np.nan])
    assert [good.declared_code for good in case.goods] == [MEN_ANKLE, ""]


# -- predictions

def predictions(*rows, names=("LR (6402)", "LR (6403)")):
    domain = Domain([ContinuousVariable(name) for name in names],
                    metas=[StringVariable("good_id")])
    return Table.from_list(domain, [list(row) for row in rows])


def test_predictions_need_no_other_witness(engine):
    case = case_from_tables([engine], predictions=predictions((.1, .9, "A")))
    assert case.keys == ("A",) and case.decide_one(0).heading == "6403"


def test_predictions_are_matched_by_id(engine):
    case = case_from_tables([engine], facts([(key, BOOTS) for key in "abc"]),
                            predictions=predictions((.9, .1, "b"), (.1, .9, "a")))
    at = engine.codes.index(MEN_ANKLE)
    assert case.answer.odds[0, at] > 1 > case.answer.odds[1, at]
    assert (case.answer.odds[2] == 1).all()
    assert "нет ответа модели" in map(str, case.goods[2].problems)


@pytest.mark.parametrize("wanted, other", [
    ("6403", "8536"), ("640391", "853630"), ("64039116", "85363000"),
    ("6403911600", "8536300000")])
def test_predictions_are_read_at_every_level_that_a_class_may_have(engine, wanted, other):
    odds = predictions_from_table(predictions(
        (.9, .1, "a"), names=[f"LR ({wanted})", f"LR ({other})"])).source([engine]).answer.odds
    assert odds[0, engine.codes.index(MEN_ANKLE)] > 1 > odds[0, engine.codes.index("none")]


def test_predictions_without_probabilities_say_what_to_choose(engine):
    with pytest.raises(PredictionsError, match="Classes known to the model"):
        predictions_from_table(Table("iris")).source([engine])


def test_predictions_that_are_no_probabilities_are_refused(engine):
    table = predictions((.9, .1, "a"), (2.5, -1.5, "b"))
    with pytest.raises(PredictionsError, match="good 'b': 2.5 is not a probability"):
        predictions_from_table(table).source([engine])


# -- priors

def test_priors_of_a_table_name_the_row():
    domain = Domain([ContinuousVariable("probability")],
                    metas=[StringVariable("fact"), StringVariable("value")])
    table = Table.from_list(domain, [[.5, "sex", "men"], [.5, "colour", "red"]])
    table.name = "mine"
    with pytest.raises(ValueError, match="mine, row 2: unknown fact 'colour'"):
        priors_from_table(table, footwear.group().vocabulary, footwear.group().priors)


def test_a_table_of_decisions_has_the_word_on_the_goods_it_fits(engine):
    names = ("number", "authority", "code", "words")
    decisions = Table.from_numpy(
        Domain([], metas=[StringVariable(name) for name in names]), np.empty((1, 0)),
        metas=np.array([["7", "ФТС", "6403911800", "ботинок"]], dtype=object))
    case = case_from_tables([engine], facts([("a", BOOTS), ("b", "КЕДЫ")]), decisions=decisions)
    boots, plimsolls = case.decide()
    assert boots.codes == ("6403911800",) and boots.decision.number == "7"
    assert plimsolls.decision is None
