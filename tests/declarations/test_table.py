import numpy as np
import pytest
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table

from orangecontrib.customs.declarations import FactReader
from orangecontrib.customs.declarations.table import describe, facts_table
from orangecontrib.customs.facts import Evidence, Priors
from orangecontrib.customs.groups import find_group, footwear
from orangecontrib.customs.i18n import speaking

TEXTS = ["Ботинки мужские, верх – кожа, подошва – резина", "", "Тапочки домашние", "  "]


@pytest.fixture(scope="module")
def reader():
    return FactReader(find_group("footwear"))


@pytest.fixture(scope="module")
def priors(reader):
    rising = {f: np.arange(1., 1 + len(fact.values)) for f, fact in reader.vocabulary.items()}
    return Priors({f: weights / weights.sum() for f, weights in rising.items()})


def make_table(texts=TEXTS, extra=()):
    domain = Domain([ContinuousVariable("weight")], DiscreteVariable("code", values=("a", "b")),
                    [StringVariable("good"), StringVariable("description"), *extra])
    metas = np.array([[f"g{i}", t] + ["?"] * len(extra) for i, t in enumerate(texts)], dtype=object)
    return Table.from_numpy(domain, np.arange(len(texts))[:, None].astype(float),
                            np.zeros(len(texts)), metas.reshape(len(texts), 2 + len(extra)))


def test_columns_carry_fact_value_and_prior(reader, priors):
    facts, _ = facts_table(make_table(), "description", reader, "good", priors)
    assert len(facts.domain.attributes) == sum(len(f.values) for f in reader.vocabulary.values())
    variable = facts.domain["upper: leather"]
    assert variable.attributes["fact"] == "upper" and variable.attributes["value"] == "leather"
    assert float(variable.attributes["prior"]) == priors["upper"][2]
    assert facts.domain.class_var.name == "code"
    assert {"good", "description", "weight", "findings", "problems"} <= {
        v.name for v in facts.domain.metas}


def test_probabilities_and_silence(reader, priors):
    facts, _ = facts_table(make_table(), "description", reader, priors=priors)
    names = [f"upper: {v}" for v in reader.vocabulary["upper"].value_ids]
    p = np.column_stack([facts.get_column(n) for n in names])
    assert p[0].sum() == pytest.approx(1) and p[0].argmax() == 2 and p[0].max() > .9
    assert np.isnan(p[1]).all()


def test_the_evidence_comes_back_from_the_table(reader, priors):
    facts, _ = facts_table(make_table(), "description", reader, priors=priors)
    fact = reader.vocabulary["height"]
    p = np.column_stack([facts.get_column(f"height: {v}") for v in fact.value_ids])
    back = Evidence.from_probabilities(["a", "b"], {"height": p[[0, 2]]}, priors)
    straight = reader.evidence(["a", "b"], [reader.read(TEXTS[0]), reader.read(TEXTS[2])])
    difference = back.loglik["height"] - straight.loglik["height"]
    np.testing.assert_allclose(difference - difference[:, :1], 0, atol=1e-9)


def test_empty_descriptions_say_nothing_and_why(reader, priors):
    facts, skipped = facts_table(make_table(), "description", reader, priors=priors)
    assert list(facts.get_column("good")) == ["g0", "g1", "g2", "g3"]
    assert np.isnan(facts.X[[1, 3]]).all() and not np.isnan(facts.X[[0, 2]]).all(axis=1).any()
    assert list(facts.get_column("problems")[[1, 3]]) == ["пустое описание"] * 2
    assert list(skipped.get_column("good")) == ["g1", "g3"]
    assert all("пустое" in reason for reason in skipped.get_column("reason"))
    assert facts_table(make_table(TEXTS[:1]), "description", reader, priors=priors)[1] is None


def test_all_empty(reader, priors):
    facts, skipped = facts_table(make_table(["", ""]), "description", reader, priors=priors)
    assert len(facts) == len(skipped) == 2 and np.isnan(facts.X).all()


def test_findings_are_readable(reader):
    words = describe(reader.read(TEXTS[0]), reader.vocabulary)
    assert "материал верха: натуральная кожа – «верх – кожа»" in words
    assert "(косвенно)" in words


def test_findings_problems_and_reasons_are_told_in_the_language_that_is_spoken(reader, priors):
    with speaking("en"):
        facts, skipped = facts_table(make_table(["Обувь ортопедическая", ""]), "description",
                                     reader, priors=priors)
    assert facts.get_column("findings")[0] == "kind of good: not footwear – “Обувь ортопедическая”"
    assert facts.get_column("problems")[0] == "Orthopaedic footwear: heading 9021 (note 1(e))."
    assert skipped.get_column("reason")[0] == "the description is empty"


def test_the_priors_of_the_readers_group_are_taken_by_default(reader):
    facts, _ = facts_table(make_table(), "description", reader)
    variable = facts.domain["upper: leather"]
    assert float(variable.attributes["prior"]) == reader.group.priors["upper"][2]


def test_taken_names_are_not_overwritten(reader, priors):
    table = make_table(extra=(StringVariable("findings"),))
    facts, _ = facts_table(table, "description", reader, priors=priors)
    assert facts.get_column("findings")[0] == "?"
    assert "findings (1)" in [v.name for v in facts.domain.metas]


def test_a_categorical_description(reader, priors):
    variable = DiscreteVariable("text", values=("Обувь мужская", "Крем для обуви"))
    table = Table.from_numpy(Domain([variable]), np.array([[0.], [1.], [np.nan]]))
    facts, skipped = facts_table(table, "text", reader, priors=priors)
    assert len(facts) == 3 and len(skipped) == 1


def test_a_number_is_no_description(reader, priors):
    with pytest.raises(ValueError, match="'weight' is not a text"):
        facts_table(make_table(), "weight", reader, priors=priors)


def test_a_corpus_stays_a_corpus(reader, priors):
    corpus_module = pytest.importorskip("orangecontrib.text.corpus")
    corpus = corpus_module.Corpus.from_table(make_table().domain, make_table())
    facts, _ = facts_table(corpus, "description", reader, priors=priors)
    assert isinstance(facts, Table) and len(facts) == 4


def test_default_priors(reader):
    facts, _ = facts_table(make_table(), "description", reader)
    assert float(facts.domain["upper: leather"].attributes["prior"]) == pytest.approx(
        footwear.group().priors["upper"][2])
