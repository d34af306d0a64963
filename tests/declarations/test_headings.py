"""Which column is the description: its name decides, ids and codes are never it."""
import numpy as np
import pytest
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table
from orangecontrib.text import Corpus

from orangecontrib.customs.declarations import FactReader
from orangecontrib.customs.declarations.headings import is_description, mostly_ids
from orangecontrib.customs.declarations.learning.table import code_class
from orangecontrib.customs.declarations.table import (
    default_text,
    described,
    facts_table,
    misread,
    text_candidates,
    texts_of,
)
from orangecontrib.customs.groups import find_group
from orangecontrib.customs.textmining.keywords.table import texts_of as keyword_texts
from orangecontrib.customs.textmining.stopwords.table import prepare

BOOTS = "Ботинки мужские, верх из натуральной кожи, подошва из резины"
SLIPPERS = "Тапочки домашние, верх из текстиля"


@pytest.mark.parametrize("name", [
    "description", "Description", "DESCRIPTION (1)", "описание", "Описание товара", "графа 31",
    "Графа_31", "гр. 31", "Описание товара (графа 31)", "Goods description", "описание_товара"])
def test_names_of_the_description(name):
    assert is_description(name)


@pytest.mark.parametrize("name", ["good_id", "", "id", "графа 33", "31", "код", "description code",
                                  "номер декларации", "text"])
def test_other_names(name):
    assert not is_description(name)


@pytest.mark.parametrize("texts, ids", [
    (["G-001", "G-002"], True), (["6403 99 960 0"], True), (["made-1-0001", ""], True),
    (["10702010/010122/0000001"], True), (["KS0121"], True), (["Обувь"], False), (["靴子"], False),
    (["Реле РТ-40", "Блок питания 220в"], False), ([], False), (["", " "], False)])
def test_ids_and_codes_are_told_from_descriptions(texts, ids):
    assert mostly_ids(texts) is ids


def repeated(name="description"):
    """Orange's File makes a category of texts that repeat."""
    text = DiscreteVariable(name, (BOOTS, SLIPPERS))
    return Table.from_numpy(
        Domain([text], metas=[StringVariable("good_id")]), np.array([[0.], [1.], [0.], [1.]]),
        metas=np.array([[f"a long name of good {i}"] for i in range(4)], dtype=object))


@pytest.mark.parametrize("name", ["description", "Описание товара", "графа 31"])
def test_a_repeated_description_is_read_and_not_the_id(name):
    data = repeated(name)
    assert default_text(data).name == name
    facts, _ = facts_table(data, default_text(data), FactReader(find_group("footwear")), "good_id")
    assert facts.get_column("upper: leather")[0] > .9


def test_a_description_of_numbers_is_taken_and_refused_with_a_message():
    data = Table.from_numpy(Domain([ContinuousVariable("description")],
                                   metas=[StringVariable("good_id")]), np.ones((2, 1)),
                            metas=np.array([["G-1"], ["G-2"]], dtype=object))
    assert default_text(data).name == "description" and len(text_candidates(data)) == 2
    with pytest.raises(ValueError, match="'description' .* numbers"):
        texts_of(data, default_text(data))


def test_ids_and_codes_are_never_read_by_default():
    metas = [StringVariable(name) for name in ("goods_id", "declaration number", "code")]
    data = Table.from_numpy(Domain([], metas=metas), np.empty((2, 0)), metas=np.array(
        [["G-000000000001", "10702010/010122/0000001", "6403 99"]] * 2, dtype=object))
    assert default_text(data) is None
    assert len(text_candidates(data)) == 3


def corpus(read="good_id"):
    id_, text = StringVariable("good_id"), StringVariable("description")
    domain = Domain([], DiscreteVariable("HS code", ("6403", "6404")), [id_, text])
    made = Corpus.from_numpy(
        domain, np.empty((4, 0)), np.array([0., 1, 0, 1]), np.array(
            [[f"G-{i}", BOOTS if i % 2 == 0 else SLIPPERS] for i in range(4)], dtype=object),
        text_features=[domain[read]], language="ru")
    return made


def test_a_corpus_that_reads_ids_is_read_by_its_description():
    assert misread(corpus()) and not misread(corpus("description"))
    assert keyword_texts(corpus())[0] == BOOTS
    assert "Ботинки".lower() in list(prepare(corpus()).corpus.tokens[0])
    assert described(corpus("description")).text_features == [StringVariable("description")]


def test_a_text_that_was_chosen_stays():
    chosen = corpus()
    metas = chosen.metas.copy()
    metas[:, 0] = "Обувь прочая на каждый день"
    chosen = Corpus.from_numpy(chosen.domain, chosen.X, chosen.Y, metas,
                               text_features=[chosen.domain["good_id"]])
    assert not misread(chosen) and described(chosen) is chosen


def test_code_as_class_makes_a_text_of_a_repeated_description():
    code = StringVariable("code")
    domain = Domain(repeated().domain.attributes, metas=[*repeated().domain.metas, code])
    data = repeated().transform(domain)
    with data.unlocked(data.metas):
        data.metas[:, 1] = ["640399", "640419"] * 2
    coded, _ = code_class(data, "code", 6)
    assert coded.domain.attributes == () and coded.domain["description"].is_string
    behind = Corpus.from_table(coded.domain, coded)
    assert [v.name for v in behind.text_features] == ["description"]
    assert behind.documents == [BOOTS, SLIPPERS] * 2


def test_a_corpus_made_behind_code_as_class_reads_the_description_not_the_id_before_it():
    id_, text, code = (StringVariable(name) for name in ("good_id", "description", "code"))
    data = Table.from_list(Domain([], metas=[id_, text, code]),
                           [["G-1", BOOTS, "640399"], ["G-2", SLIPPERS, "640419"]])
    coded, _ = code_class(data, "code", 6)
    assert Corpus.from_table(coded.domain, coded).documents == [BOOTS, SLIPPERS]
    assert "include" not in text.attributes, "the sender's table is left alone"
