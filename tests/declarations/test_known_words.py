"""Answers of a model that knows no word of the text."""
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from Orange.classification import LogisticRegressionLearner
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table
from orangecontrib.text import Corpus
from orangecontrib.text.preprocess import RegexpTokenizer
from orangecontrib.text.vectorization import BowVectorizer

from orangecontrib.customs.declarations.learning.silence import same_answer
from orangecontrib.customs.declarations.learning.table import (
    answers_in,
    known_words,
    silenced,
    words_read,
)

CODES = ("850440", "853630")
KNOWN = ["реле тока 220", "реле напряжения", "блок питания", "блок питания 220"] * 5
NEW = ["реле тока", "стабилизатор", "voltage stabiliser 220", "稳压器", ""]


def corpus(texts, y=None):
    text = StringVariable("description")
    domain = Domain([], None if y is None else DiscreteVariable("HS code", CODES), [text])
    return Corpus.from_numpy(domain, np.empty((len(texts), 0)), y,
                             np.array([[t] for t in texts], dtype=object).reshape(-1, 1),
                             text_features=[text], language="ru")


@pytest.fixture(scope="module")
def bag():
    y = np.array([1., 1, 0, 0] * 5)
    return BowVectorizer().transform(RegexpTokenizer()(corpus(KNOWN, y)))


@pytest.fixture(scope="module")
def model(bag):
    return LogisticRegressionLearner()(bag)


def predictions(model, data, name="LR"):
    """As Predictions sends them."""
    shares = model(data, model.Probs)
    new = [DiscreteVariable(name, CODES), *(ContinuousVariable(f"{name} ({c})") for c in CODES)]
    out = data.transform(Domain(data.domain.attributes, None, [*data.domain.metas, *new]))
    with out.unlocked(out.metas):
        out.metas[:, -3:] = np.column_stack([shares.argmax(axis=1), shares])
    return out


def test_the_bag_of_the_table_or_of_the_model_tells_how_many_words_are_known(bag, model):
    assert (known_words(bag) >= 2).all()
    raw = corpus(NEW)
    assert known_words(raw) is None
    assert known_words(raw, model.original_domain.attributes).tolist() == [2, 0, 0, 0, 0]


def test_a_number_is_no_word_of_any_language(model):
    assert "220" in [v.name for v in model.original_domain.attributes]
    assert known_words(corpus(["220"]), model.original_domain.attributes)[0] == 0


def test_a_plain_table_says_nothing_about_words(model):
    table = Table.from_list(Domain([], metas=[StringVariable("description")]), [["реле"]])
    assert known_words(table, model.original_domain.attributes) is None


def test_with_the_model_it_is_certain(model):
    words, guessed = words_read(predictions(model, corpus(NEW)), model.original_domain.attributes)
    assert words.tolist() == [2, 0, 0, 0, 0] and not guessed


def test_without_the_model_equal_answers_give_it_away(model):
    data = predictions(model, corpus(["реле тока", "стабилизатор", "voltage stabiliser"]))
    words, guessed = words_read(data)
    assert guessed and np.isnan(words[0]) and words[1:].tolist() == [0, 0]


def test_one_such_text_alone_can_not_be_told(model):
    assert words_read(predictions(model, corpus(["реле тока", "стабилизатор"]))) == (None, False)


def test_a_model_that_learnt_from_no_words_is_not_suspected(model):
    data = predictions(model, corpus(["стабилизатор", "voltage stabiliser"]))
    assert words_read(data, (ContinuousVariable("mass"),)) == (None, False)


def test_equal_answers_to_equal_words_are_no_sign():
    assert not same_answer(["реле тока", "блок реле"], np.full((2, 2), .5)).any()
    assert not same_answer(["реле", "реле"], np.full((2, 2), .5)).any()
    assert same_answer(["реле тока", "блок питания"], np.full((2, 2), .5)).all()


def test_a_model_of_few_answers_is_not_suspected():
    shares = np.array([[.8, .2], [.8, .2], [.4, .6], [.4, .6]])
    assert not same_answer(["реле", "блок", "кабель", "насос"], shares).any()
    assert not same_answer(["реле", "блок"], np.array([[1., 0.], [1., 0.]])).any()


@given(st.lists(st.text(max_size=12), max_size=12), st.integers(0, 3))
def test_any_text_and_any_number_of_codes(texts, k):
    assert len(same_answer(texts, np.full((len(texts), k), 1 / max(k, 1)))) == len(texts)


def test_a_silenced_row_has_no_probabilities_and_the_rest_is_as_it_was(model):
    data = predictions(model, corpus(NEW))
    out = silenced(data, np.array([False, True, False, False, False]))
    assert [v.name for v in answers_in(data)] == ["LR (850440)", "LR (853630)"]
    shares = np.column_stack([out.get_column(v).astype(float) for v in answers_in(out)])
    assert np.isnan(shares).all(axis=1).tolist() == [False, True, False, False, False]
    assert not np.isnan(data.get_column("LR (850440)").astype(float)).any()
