"""Codes as a class: cut to a level, unreadable ones out with the reason."""
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table
from orangecontrib.text import Corpus
from orangecontrib.text.preprocess import RegexpTokenizer

from orangecontrib.customs.declarations.codes import cut
from orangecontrib.customs.declarations.learning.table import code_candidates, code_class
from orangecontrib.customs.i18n import say, speaking


@pytest.mark.parametrize("text, digits, code", [
    ("8504 40 300 8", 6, "850440"), ("8504.40", 4, "8504"), (" 850440 ", None, "850440"),
    ("8504\u00a040", 6, "850440"), ("0102291000", 4, "0102"), ("64", 2, "64")])
def test_a_code_is_cut(text, digits, code):
    assert cut(text, digits) == (code, "")


@pytest.mark.parametrize("text, digits, reason", [
    ("", 6, "no code"), ("  ", None, "no code"), ("обувь", 4, "«обувь» is not a code"),
    ("8504", 6, "4 digits, 6 are needed"), ("85044030081", None, "at most 10"),
    ("6", None, "at least two are needed"), ("٦٤٠٣", 4, "is not a code")])
def test_why_a_code_can_not_be_cut(text, digits, reason):
    code, said = cut(text, digits)
    assert code == "" and reason in say(said, "en")
    assert say(said, "ru") != say(said, "en")


@given(st.text(max_size=14), st.sampled_from([None, 2, 4, 6, 8, 10]))
def test_either_a_code_or_a_reason(text, digits):
    code, reason = cut(text, digits)
    assert bool(code) != bool(reason)
    assert not code or (code.isascii() and code.isdigit() and len(code) == (digits or len(code)))


def table(codes, name="ТН ВЭД"):
    old = DiscreteVariable("risk", ("low", "high"))
    domain = Domain([ContinuousVariable("mass")], old, [StringVariable("text"),
                                                        StringVariable(name)])
    return Table.from_numpy(domain, np.arange(len(codes), dtype=float)[:, None],
                            np.zeros(len(codes)),
                            np.array([[f"good {i}", c] for i, c in enumerate(codes)], object))


def test_class_skipped_rows_and_the_old_class():
    with speaking("en"):
        coded, skipped = code_class(table(["8504403008", "8536", "8504 40", None]), "ТН ВЭД", 6)
    assert coded.domain.class_var.name == "HS code"
    assert [str(row.get_class()) for row in coded] == ["850440", "850440"]
    assert [float(row["mass"]) for row in coded] == [0, 2]
    assert str(coded[0]["risk"]) == "low"
    assert [str(row["reason"]) for row in skipped] == ["“8536” has 4 digits, 6 are needed",
                                                      "no code"]
    assert code_class(table(["8504"]), "ТН ВЭД", 4)[1] is None


def test_a_class_of_that_name_is_kept():
    first, _ = code_class(table(["850440", "853630"]), "ТН ВЭД", 6)
    again, _ = code_class(first, "HS code", 4)
    assert again.domain.class_var.values == ("8504", "8536")
    assert [str(row["HS code"]) for row in again] == ["850440", "853630"]


def test_a_number_gets_its_leading_zero_back():
    number = ContinuousVariable("code")
    coded, _ = code_class(Table.from_numpy(Domain([number]), np.array([[102291000.]])), number, 4)
    assert coded.domain.class_var.values == ("0102",)


def test_the_likeliest_column_comes_first():
    assert [v.name for v in code_candidates(table(["850440"]))] == ["ТН ВЭД"]
    assert code_candidates(Table("iris")) == []


def test_a_corpus_stays_one_with_its_words():
    text, code = StringVariable("text"), StringVariable("code")
    corpus = Corpus.from_numpy(
        Domain([], metas=[text, code]), np.empty((2, 0)), None,
        np.array([["реле тока", "853630"], ["блок", "8504"]], object), text_features=[text],
        language="ru")
    coded, skipped = code_class(RegexpTokenizer()(corpus), "code", 6)
    assert isinstance(coded, Corpus) and coded.language == "ru"
    assert [list(tokens) for tokens in coded.tokens] == [["реле", "тока"]]
    assert len(skipped) == 1
