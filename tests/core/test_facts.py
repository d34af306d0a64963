"""Evidence adds, silence says nothing, the prior enters once."""
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orangecontrib.customs.facts import Evidence, Feature, Priors, Vocabulary, read_clusters
from orangecontrib.customs.groups import footwear

FACTS = {"height": 4, "sex": 3, "house": 2}
finite = st.floats(-6, 6, allow_nan=False)


@st.composite
def evidence(draw, names=("a", "b", "c", "d")):
    keys = draw(st.lists(st.sampled_from(names), unique=True, max_size=4))
    facts = draw(st.lists(st.sampled_from(sorted(FACTS)), unique=True))
    return Evidence(keys, {
        fact: np.array(draw(st.lists(
            st.lists(finite, min_size=FACTS[fact], max_size=FACTS[fact]),
            min_size=len(keys), max_size=len(keys)))).reshape(len(keys), FACTS[fact])
        for fact in facts})


def as_dict(e):
    return {(key, fact): tuple(np.round(values[i], 9)) for fact, values in e.loglik.items()
            for i, key in enumerate(e.keys) if np.any(values[i])}


@settings(max_examples=60, deadline=None)
@given(evidence(), evidence())
def test_evidence_adds_in_any_order_and_drops_no_good(first, second):
    total, other = first + second, second + first
    assert set(total.keys) == set(first.keys) | set(second.keys)
    assert as_dict(total) == as_dict(other)


@settings(max_examples=60, deadline=None)
@given(evidence())
def test_silence_adds_nothing(e):
    assert as_dict(e + Evidence(("a", "z"))) == as_dict(e)


@settings(max_examples=60, deadline=None)
@given(evidence())
def test_probabilities_and_back_lose_nothing_but_extremes(e):
    priors = footwear.group().priors
    back = Evidence.from_probabilities(
        e.keys, e.probabilities(priors), {f: priors[f] for f in e.loglik})
    for fact in e.loglik:
        # below this, a difference is lost in rounding
        clear = np.ptp(e.loglik[fact], axis=1) > 1e-6
        assert (back.says(fact) | ~clear).all()
        p, q = e.posterior(priors)[fact], back.posterior(priors)[fact]
        # P is kept above a floor so that one witness has no veto
        assert np.allclose(p, q, atol=0.02)


def test_no_evidence_leaves_the_prior():
    priors = footwear.group().priors
    posterior = Evidence(("x",)).posterior(priors)
    for fact, p in posterior.items():
        assert np.allclose(p[0], priors[fact])


@settings(max_examples=40, deadline=None)
@given(evidence())
def test_a_good_alone_and_in_a_batch_is_bit_identical(e):
    posterior = e.posterior(footwear.group().priors)
    for i, key in enumerate(e.keys):
        alone = e.align((key,)).posterior(footwear.group().priors)
        for fact, p in posterior.items():
            assert (alone[fact][0] == p[i]).all()


def test_repeated_ids_are_refused():
    with pytest.raises(ValueError, match="not unique"):
        Evidence(("a", "a"))


def test_the_vocabulary_covers_the_features():
    vocabulary = footwear.group().vocabulary
    assert len(footwear.group().features) == 14
    for feature in footwear.group().features:
        assert feature.value in vocabulary[feature.fact].value_ids


def test_every_fact_has_a_prior_with_a_source():
    priors = footwear.group().priors
    for fact, spec in footwear.group().vocabulary.items():
        assert len(priors[fact]) == len(spec.values)
        assert priors[fact].sum() == pytest.approx(1)
        assert priors.sources[fact]


def test_priors_of_the_user_replace_only_what_they_name(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("fact,value,probability\nhouse,yes,0.5\nhouse,no,0.5\n", encoding="utf-8")
    mine = Priors.load(path, footwear.group().vocabulary, footwear.group().priors)
    assert list(mine["house"]) == [.5, .5]
    assert (mine["sex"] == footwear.group().priors["sex"]).all()


@pytest.mark.parametrize("row, complaint", [
    ("colour,red,0.5", "unknown fact 'colour'"),
    ("house,maybe,0.5", "no value 'maybe'"),
    ("house,yes,2", "above 0 and at most 1"),
    ("house,yes,x", "above 0 and at most 1"),
    ("house,yes,0.5", "lacks no"),
])
def test_wrong_priors_name_the_row(tmp_path, row, complaint):
    path = tmp_path / "p.csv"
    path.write_text(f"fact,value,probability\n{row}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=complaint):
        Priors.load(path, footwear.group().vocabulary)


def test_an_unknown_value_is_named():
    with pytest.raises(KeyError, match="no value 'red'"):
        footwear.group().vocabulary["sex"].index("red")
    assert isinstance(footwear.group().vocabulary, Vocabulary)


def test_clusters_name_only_features_and_each_once(tmp_path):
    path = tmp_path / "clusters.csv"
    head = "cluster,name_ru,name_en,asked,present,absent,examples_ru\n"
    features = (Feature("heel", "", "", "heel", "high"), Feature("sport", "", "", "s", "y"))
    path.write_text(head + "low,Низкая,low,heel,,sport,туфли\n", encoding="utf-8")
    (low,) = read_clusters(path, features)
    assert low.asked == ("heel",) and low.implied == {"sport": 0}
    for row, words in (("low,,,heel,heel,,", "'heel' is named twice"),
                       ("low,,,wings,,,", "'wings' is not a feature")):
        path.write_text(head + row + "\n", encoding="utf-8")
        with pytest.raises(ValueError, match=words):
            read_clusters(path, features)
