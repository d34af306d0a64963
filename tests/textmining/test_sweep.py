"""Vocabulary sweep: nothing learnt from test documents, scores as Test & Score prints them."""
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from Orange.base import Learner
from Orange.classification import MajorityLearner
from Orange.data import DiscreteVariable, Domain, StringVariable, Table
from Orange.evaluation import AUC, CA, F1, ShuffleSplit
from orangecontrib.text import Corpus
from orangecontrib.text.preprocess import (
    FrequencyFilter,
    LowercaseTransformer,
    PreprocessorList,
    RegexpTokenizer,
)
from orangecontrib.text.vectorization import BowVectorizer

from orangecontrib.customs.intervals import corrected_error
from orangecontrib.customs.textmining.stopwords.table import CustomsStopwordFilter
from orangecontrib.customs.textmining.sweep import Scheme, no_worse, split_documents
from orangecontrib.customs.textmining.sweep.table import (
    METRICS,
    Sweeper,
    default_learner,
    scores_table,
)
from tools.samples.make_declarations import generate


def corpus(rows=None, tokenised=True):
    if rows is None:
        made = generate({"850440": 60, "853630": 60, "903289": 30}, 1, 5)
        rows = [(d.description, d.code) for d in made]
    values = tuple(sorted({code for _, code in rows}))
    text = StringVariable("description")
    data = Corpus.from_numpy(
        Domain([], DiscreteVariable("code", values), [text]), np.empty((len(rows), 0)),
        np.array([values.index(code) for _, code in rows], dtype=float),
        np.array([[t] for t, _ in rows], dtype=object), text_features=[text], language="ru")
    if tokenised:
        data = PreprocessorList([LowercaseTransformer(), RegexpTokenizer()])(data)
    return data


@pytest.fixture(scope="module")
def made():
    return corpus()


# -- splits

@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(-1, 2), st.integers(0, 15)), min_size=1, max_size=60),
       st.sampled_from([Scheme("shuffle", 3), Scheme("folds", 4)]))
def test_equal_texts_stay_on_one_side_and_unknown_codes_out(rows, scheme):
    labels = np.array([label for label, _ in rows])
    texts = [text for _, text in rows]
    try:
        splits = split_documents(labels, texts, scheme)
    except ValueError as error:
        assert "two" in str(error) or "class" in str(error)
        return
    for train, test in splits:
        assert not set(train) & set(test)
        assert not {texts[i] for i in train} & {texts[i] for i in test}
        assert (labels[np.concatenate([train, test])] >= 0).all()
        assert len(train) and len(test)


def test_the_same_seed_gives_the_same_splits():
    labels = np.arange(40) % 2
    first, again, other = (split_documents(labels, range(40), Scheme("shuffle", 2), seed)
                           for seed in (1, 1, 2))
    assert all((a[1] == b[1]).all() for a, b in zip(first, again))
    assert any((a[1] != b[1]).any() for a, b in zip(first, other))


def test_folds_hold_each_document_once_and_are_no_more_than_a_class_has():
    labels = np.array([0] * 20 + [1] * 3)
    splits = split_documents(labels, range(23), Scheme("folds", 10))
    assert len(splits) == 3
    assert sorted(np.concatenate([test for _, test in splits])) == list(range(23))


def test_too_few_texts():
    with pytest.raises(ValueError, match="two classes with at least two different texts"):
        split_documents(np.array([0, 0, 1, 1]), ["a", "b", "c", "c"], Scheme())


def test_the_error_counts_shared_training_documents():
    values = [.8, .9, .85, np.nan]
    sd = np.std(values[:3], ddof=1)
    assert corrected_error(values, 3 / 7) == pytest.approx(sd * np.sqrt(1 / 3 + 3 / 7))
    assert np.isnan(corrected_error([.8], .3))


def test_which_cells_are_no_worse():
    scores = {"a": .90, "b": .88, "c": .80, "d": np.nan}
    assert no_worse(scores, {"a": .03}) == {"a", "b"}
    assert no_worse(scores, {}) == {"a"}
    assert no_worse({"d": np.nan}, {}) == set()


# -- cells

class Spy(Learner):
    """Remembers what it was trained on."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def fit_storage(self, data):
        self.seen.append(data)
        return MajorityLearner()(data)


def test_the_vocabulary_is_learnt_on_the_training_part_alone():
    # «только» stands in 40 % of all documents, but in fewer of some training parts
    sweeper = Sweeper(corpus([(f"реле {'только' if i % 5 < 2 else ''} слово{i}", "8536" if i % 2
                               else "8504") for i in range(40)]), minimum=.01,
                      scheme=Scheme("shuffle", 8))
    for train, _ in sweeper.splits:
        kept = sweeper.vocabulary(5, .4, train).vocabulary
        share = sum(i % 5 < 2 for i in train) / len(train)
        assert ("только" in kept) == (share <= .4)


def test_bag_equals_filter_and_bag_of_words(made):
    sweeper = Sweeper(made)
    train, test = sweeper.splits[0]
    lexicon = sweeper.vocabulary(30, .3, train)
    columns = sweeper.columns(lexicon)
    assert len(columns) == len(lexicon.vocabulary)
    real = BowVectorizer().transform(CustomsStopwordFilter(lexicon)(sweeper.prepared.corpus[test]))
    names = [variable.name for variable in real.domain.attributes]
    ours = sweeper.data(test, columns).X.toarray()
    words = [sweeper.counts.words[column] for column in columns]
    for number, word in enumerate(words):
        expected = real.X[:, names.index(word)].toarray().ravel() if word in names else 0
        assert (ours[:, number] == expected).all()


def test_scores_equal_those_of_orange_for_the_same_splits(made):
    # one vocabulary for all splits, so that Orange's own evaluation can follow
    sweeper = Sweeper(made, minimum=0, scheme=Scheme("shuffle", 4), together=False, seed=3)
    everything = Sweeper(made, minimum=0, scheme=Scheme("shuffle", 4), together=False, seed=3)
    everything.vocabulary = lambda size, maximum, rows=None: sweeper.vocabulary(size, maximum)
    cell = everything.cell(40, .5)
    data = sweeper.data(np.arange(len(made)), sweeper.columns(sweeper.vocabulary(40, .5)))
    results = ShuffleSplit(n_resamples=4, test_size=.3, stratified=True, random_state=3)(
        data, [default_learner()])
    assert cell.scores["CA"] == pytest.approx(CA(results)[0])
    assert cell.scores["AUC"] == pytest.approx(AUC(results, average="weighted")[0])
    assert cell.scores["F1"] == pytest.approx(F1(results, average="weighted")[0])


def test_the_same_seed_gives_the_same_scores(made):
    cells = [Sweeper(made, scheme=Scheme("shuffle", 2), seed=1).cell(30, .3) for _ in range(2)]
    assert cells[0] == cells[1]
    assert set(cells[0].scores) == set(METRICS)
    assert cells[0].scores["CA"] > .6


def test_no_word_left_is_said_and_answered_by_the_most_frequent_code(made):
    cell = Sweeper(made, minimum=.98, scheme=Scheme("shuffle", 2)).cell(30, .99)
    assert cell.empty == 2 and cell.words == 0
    assert cell.scores["AUC"] == pytest.approx(.5)


def test_a_learner_that_fails_is_the_cells_problem(made):
    class Broken(Learner):
        def fit_storage(self, data):
            raise RuntimeError("no luck")
    cell = Sweeper(made, Broken(), scheme=Scheme("shuffle", 2)).cell(30, .3)
    assert "no luck" in cell.problem and not cell.scores


def test_the_users_learner_gets_sparse_data(made):
    spy = Spy()
    Sweeper(made, spy, scheme=Scheme("shuffle", 2)).cell(30, .3)
    assert [data.is_sparse() for data in spy.seen] == [True, True]
    assert all(len(data.domain.attributes) <= 30 for data in spy.seen)


def test_a_filter_upstream_that_saw_the_test_documents_is_named(made):
    filtered = FrequencyFilter(min_df=.05, max_df=.3)(made)
    assert Sweeper(filtered, scheme=Scheme("shuffle", 2)).seen_upstream
    sweeper = Sweeper(made)
    window = CustomsStopwordFilter(sweeper.vocabulary(30, .3))(made)
    assert Sweeper(window, scheme=Scheme("shuffle", 2)).seen_upstream == ("Customs stop-words",)
    assert not sweeper.seen_upstream


def test_the_filter_of_a_cell_for_the_whole_corpus(made):
    sweeper = Sweeper(made)
    filtered, words = sweeper.filtered(30, .3)
    kept = {str(row["Words"]) for row in words}
    assert {token for tokens in filtered.tokens for token in tokens} == kept
    assert len(kept) == 30 and len(filtered) == len(made)
    assert words[0]["df"] >= words[-1]["df"]


def test_a_corpus_without_tokens_is_tokenised():
    assert Sweeper(corpus(tokenised=False), scheme=Scheme("shuffle", 2)).prepared.tokenised


@pytest.mark.parametrize("data, message", [
    (corpus([("реле", "8536"), ("реле тока", "8536")]), "at least two codes"),
    (corpus([("реле", "8536"), ("блок", "8504")]), "two different texts"),
    (corpus()[:0], "empty")])
def test_what_can_not_be_swept(data, message):
    with pytest.raises(ValueError, match=message):
        Sweeper(data)


def test_progress_may_stop(made):
    class Stop(Exception):
        pass

    def stop(share):
        raise Stop
    with pytest.raises(Stop):
        Sweeper(made, scheme=Scheme("shuffle", 2)).cell(30, .3, stop)


def test_scores_table(made):
    sweeper = Sweeper(made, scheme=Scheme("shuffle", 2))
    table = scores_table([sweeper.cell(30, .3), sweeper.cell(10, .3)])
    assert isinstance(table, Table) and len(table) == 2
    assert table[0]["vocabulary"] == 30 and 0 < table[1]["AUC"] <= 1
    assert len(scores_table([])) == 0
