"""Columns that hold the answer leave the features; features by right and ids stay."""
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from Orange.classification import TreeLearner
from Orange.data import (
    ContinuousVariable,
    DiscreteVariable,
    Domain,
    StringVariable,
    Table,
    TimeVariable,
)
from Orange.evaluation import CA, CrossValidation
from orangecontrib.text import Corpus
from orangecontrib.text.preprocess import RegexpTokenizer
from orangecontrib.text.vectorization import BowVectorizer

from orangecontrib.customs.declarations.learning import determines, is_the_code, tally
from orangecontrib.customs.declarations.learning.leaks import coincidence
from orangecontrib.customs.declarations.learning.table import (
    code_class,
    codes_as_text,
    leaks,
    to_metas,
)

CODES = ("850440", "853630", "903289")


def category(name, values):
    known = tuple(sorted({v for v in values if v}))
    return DiscreteVariable(name, known), np.array(
        [known.index(v) if v else np.nan for v in values], dtype=float)


def number(name, values):
    return ContinuousVariable(name), np.array(values, dtype=float)


def table(*columns, codes=None, n=90):
    codes = [CODES[i % 3] for i in range(n)] if codes is None else codes
    target, y = category("HS code", codes)
    return Table.from_numpy(Domain([v for v, _ in columns], target),
                            np.column_stack([x for _, x in columns]), y)


def names(found):
    return [variable.name for variable in found]


def codes_of(n=90):
    return [CODES[i % 3] for i in range(n)]


@pytest.mark.parametrize("column", [
    category("as a category", codes_of()),
    number("as a number", [float(code) for code in codes_of()]),
    number("heading", [float(code[:4]) for code in codes_of()]),
    category("ten digits", [f"{code}{i % 5:04}" for i, code in enumerate(codes_of())]),
    category("designation", [{"8": "реле", "9": "регуляторы"}[c[0]] + c[3] for c in codes_of()]),
    category("half of it unknown", [c if i % 3 else "" for i, c in enumerate(codes_of())]),
    number("number of the class", [i % 3 for i in range(90)]),
    category("good", [f"G-{i % 15}" for i in range(90)]),
    number("number of the good", [i % 15 for i in range(90)]),
])
def test_what_determines_the_class_is_found(column):
    assert names(leaks(table(column))) == [column[0].name]


@pytest.mark.parametrize("column", [
    category("a unique id", [f"made-{i:04}" for i in range(90)]),
    number("a row number", range(90)),
    number("one group for all", [85] * 90),
    category("chance", [str(i * 7 % 11) for i in range(90)]),
    number("a measure", [i % 3 + .25 for i in range(90)]),
    number("volts", [(12, 24, 48, 110, 220, 380)[2 * (i % 3) + i // 45] for i in range(90)]),
    number("grams", [1000 * (i % 3) + i // 9 for i in range(90)]),
    (TimeVariable("day of arrival", have_date=1),
     86400. * (np.arange(90) // 3 % 10 + 365 * (np.arange(90) % 3))),
    category("hardly ever filled", [c if i < 20 else "" for i, c in enumerate(codes_of())]),
    category("one slip", ["a" if i in (4, 5) else str(i % 3) for i in range(90)]),
])
def test_what_does_not_is_left_alone(column):
    assert leaks(table(column)) == []


def test_a_code_is_known_in_three_rows_and_with_a_slip():
    assert names(leaks(table(category("code", CODES), codes=CODES))) == ["code"]
    slip = ["853630" if i == 3 else code for i, code in enumerate(codes_of())]
    assert names(leaks(table(category("code", slip)))) == ["code"]


def test_codes_are_compared_however_they_are_written():
    spaced = [f"{code[:4]} {code[4:]}" for code in codes_of(9)]
    assert names(leaks(table(category("code", codes_of(9)), codes=spaced, n=9))) == ["code"]
    assert not is_the_code(tally(["85", "90"], ["relay", "regulator"]), 2)


def test_a_declared_code_that_is_often_wrong_is_a_witness_not_the_answer():
    declared = [CODES[(i + (i % 4 == 0)) % 3] for i in range(90)]
    assert leaks(table(category("declared", declared))) == []


def test_a_feature_that_separates_ten_rows_by_luck_stays():
    codes = [CODES[0]] * 5 + [CODES[1]] * 5
    lucky = category("toe-cap", ["yes"] * 5 + ["no"] * 5)
    assert coincidence([(0, 5), (1, 5)]) == pytest.approx(2 / 252)
    assert leaks(table(lucky, codes=codes)) == []
    assert names(leaks(table(category("toe-cap", ["yes"] * 50 + ["no"] * 50),
                             codes=[CODES[0]] * 50 + [CODES[1]] * 50))) == ["toe-cap"]


def test_what_a_model_saw_in_a_photo_or_a_text_is_a_feature_by_right():
    seen = number("upper: leather", [float(i % 3 == 0) for i in range(90)])
    seen[0].attributes.update(fact="upper", value="leather", prior="0.5")
    codes = [CODES[0] if i % 3 == 0 else CODES[1] for i in range(90)]
    assert leaks(table(seen, codes=codes)) == []
    seen[0].attributes.pop("prior")
    assert names(leaks(table(seen, codes=codes))) == ["upper: leather"]


def test_only_what_a_model_learnt_from_is_looked_at():
    data = table(category("a", codes_of()), category("b", codes_of()))
    assert names(leaks(data, features=[DiscreteVariable("b")])) == ["b"]


def test_without_a_class_nothing_can_leak():
    assert leaks(Table("housing")) == []
    assert leaks(Table("iris")[:, :4]) == []
    assert leaks(Table("iris")[:0]) == [] and leaks(Table("iris")) == []


def test_infinite_numbers_are_no_values():
    assert leaks(table(number("mass", [np.inf, -np.inf, np.nan] * 30))) == []


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 6)), max_size=12))
def test_chance_is_a_probability(groups):
    assert 0 <= coincidence(groups) <= 1 + 1e-9


@given(st.lists(st.sampled_from(CODES), max_size=40))
def test_unique_ids_never_determine_anything(codes):
    counts = tally([f"id {i}" for i in range(len(codes))], codes)
    assert not determines(counts, len(codes))


@given(st.lists(st.text(max_size=8), max_size=20), st.lists(st.sampled_from(CODES), max_size=20))
def test_any_text_may_stand_in_a_column(values, codes):
    counts = tally(values, codes)
    assert is_the_code(counts, len(codes)) in (True, False)
    assert determines(counts, len(codes)) in (True, False)


# -- code as class

def declarations(kind):
    codes = codes_of(60)
    code, x = category("code", codes) if kind == "category" else number(
        "code", [float(c) for c in codes])
    return Table.from_numpy(
        Domain([code], metas=[StringVariable("description")]), x[:, None],
        metas=np.array([["реле"]] * 60, dtype=object))


@pytest.mark.parametrize("kind", ["category", "number"])
@pytest.mark.parametrize("digits", [4, 6])
def test_the_column_of_codes_is_no_feature_of_its_class(kind, digits):
    coded, _ = code_class(declarations(kind), "code", digits)
    assert coded.domain.attributes == ()
    assert "code" in names(coded.domain.metas) and str(coded[0]["code"]) == "850440"
    assert CA(CrossValidation(k=3, random_state=0)(coded, [TreeLearner()]))[0] < .5


def test_a_column_of_codes_that_are_all_equal_goes_too():
    only = Table.from_numpy(Domain([ContinuousVariable("code")]), np.full((3, 1), 850440.))
    assert code_class(only, "code", 6)[0].domain.attributes == ()


def test_a_sparse_corpus_gives_up_the_column_and_keeps_its_words():
    text = StringVariable("description")
    codes = codes_of(60)
    code, x = category("code", codes)
    corpus = Corpus.from_numpy(
        Domain([code], metas=[text]), x[:, None], None,
        np.array([[f"реле тока {i % 7} тип"] for i in range(60)], dtype=object),
        text_features=[text], language="ru")
    bag = BowVectorizer().transform(RegexpTokenizer()(corpus))
    coded, _ = code_class(bag, "code", 6)
    assert leaks(coded) == []
    assert "реле" in names(coded.domain.attributes) and isinstance(coded, Corpus)
    assert [str(row["code"]) for row in coded[:3]] == list(CODES)
    assert coded.get_column("тока").sum() == 60


def test_moved_columns_keep_their_values():
    data = table(category("a", codes_of()), number("b", range(90)))
    moved = to_metas(data, ["a"])
    assert names(moved.domain.attributes) == ["b"] and names(moved.domain.metas) == ["a"]
    assert (moved.get_column("a") == data.get_column("a")).all()


def test_codes_that_a_corpus_reads_as_text_are_named():
    text, code = StringVariable("description"), StringVariable("code")
    target, y = category("HS code", CODES)
    corpus = Corpus.from_numpy(
        Domain([], target, [text, code]), np.empty((3, 0)), y,
        np.array([["реле", c] for c in CODES], dtype=object), text_features=[text, code])
    assert names(codes_as_text(corpus)) == ["code"]
    corpus.set_text_features([text])
    assert codes_as_text(corpus) == []
