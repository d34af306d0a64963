"""Door to Orange: a learner scored for each vocabulary, learnt on the training part alone."""
from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from Orange.base import Learner
from Orange.classification import LogisticRegressionLearner, MajorityLearner
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table
from Orange.evaluation import Results
from orangecontrib.text import Corpus
from scipy import sparse

from orangecontrib.customs.evaluation.models.table import METRICS, measured
from orangecontrib.customs.intervals import corrected_error
from orangecontrib.customs.textmining.stopwords.lexicon import (
    Choice,
    Lexicon,
    WordCounts,
    count_words,
    explain,
    learn,
)
from orangecontrib.customs.textmining.stopwords.table import (
    CustomsStopwordFilter,
    class_labels,
    prepare,
    words_table,
)

from .grid import Scheme, split_documents

__all__ = ["Cell", "METRICS", "Sweeper", "Trial", "default_learner", "scores_table"]


def default_learner() -> Learner:
    """The paper's choice: logistic regression with L1, C = 1."""
    return LogisticRegressionLearner(penalty="l1", C=1., random_state=0)


@dataclass(frozen=True)
class Cell:
    """Quality for one vocabulary.

    Attributes
    ----------
    size : int
        Greatest number of words.
    maximum : float
        Greatest share of the documents.
    scores : dict of str to float
        Over the test documents of all splits together, as Test & Score reports.
    errors : dict of str to float
        Standard errors (:func:`~orangecontrib.customs.intervals.corrected_error`).
    deviations : dict of str to float
        Standard deviations over the splits.
    words : float
        Mean number of words that were left.
    empty : int
        Splits in which no word was left: the most frequent class answered.
    problem : str
        Why there are no scores; "" where there are.
    """

    size: int
    maximum: float
    scores: dict[str, float] = field(default_factory=dict)
    errors: dict[str, float] = field(default_factory=dict)
    deviations: dict[str, float] = field(default_factory=dict)
    words: float = float("nan")
    empty: int = 0
    problem: str = ""

    @property
    def place(self) -> tuple[int, float]:
        return self.size, self.maximum


@dataclass(frozen=True)
class Trial:
    """What a learner answered on the test documents of all splits.

    Attributes
    ----------
    results : Results or None
        None where the learner failed.
    sizes : list of int
        Words that were left in each split; without any the most frequent class answered.
    problem : str
        Why the learner failed.
    """

    results: Results | None
    sizes: list[int]
    problem: str = ""


class Sweeper:
    """A corpus split once, ready to be scored for any vocabulary.

    Parameters
    ----------
    corpus : Corpus
        Its class is the code. It is tokenised if it comes without tokens.
    learner : Learner, optional
    minimum : float
        Least share of the documents that a word needs.
    scheme : Scheme, optional
    together : bool
        Documents with the same words stay on one side of a split: a repeated text is not a test.
    seed : int
    callback : callable, optional
        Gets the share done of the preparation.

    Attributes
    ----------
    seen_upstream : tuple of str
        Filters upstream that were fitted on all documents, test documents among them.

    Raises
    ------
    ValueError
        If there is no text, no class, or too few texts to split.
    """

    def __init__(self, corpus: Corpus, learner: Learner | None = None, *, minimum: float = .05,
                 scheme: Scheme | None = None, together: bool = True, seed: int = 0,
                 callback: Callable | None = None):
        self.learner = default_learner() if learner is None else learner
        self.minimum = minimum
        self.scheme = Scheme() if scheme is None else scheme
        self.prepared = prepare(corpus, callback=callback)
        labels, classes = class_labels(corpus)
        if labels is None or len(classes) < 2:
            raise ValueError("the corpus needs a class with at least two codes")
        tokens = [list(document) for document in self.prepared.corpus.tokens]
        if not any(tokens):
            raise ValueError("no word is left in any document")
        self.labels, self.classes = labels, classes
        self.counts = count_words(tokens, labels, classes)
        texts = [" ".join(sorted(document)) for document in tokens] if together \
            else range(len(tokens))
        self.splits = split_documents(labels, texts, self.scheme, seed)
        self._bag = _bag(tokens, self.counts.words)
        self._present = (self._bag > 0).astype(np.int64)
        self._domain = Domain([], DiscreteVariable("code", classes))
        self._variables = [ContinuousVariable(f"w{i}") for i in range(len(self.counts.words))]
        self.seen_upstream = tuple(name for name, _ in self.prepared.upstream) + tuple(
            step.name for step in self.prepared.corpus.used_preprocessor.preprocessors
            if isinstance(step, CustomsStopwordFilter) and step.lexicon.vocabulary is not None)

    def vocabulary(self, size: int, maximum: float, rows: np.ndarray | None = None) -> Lexicon:
        """The lexicon that some documents (default: all) teach."""
        counts = self.counts
        if rows is not None:
            df = np.asarray(self._present[rows].sum(axis=0)).ravel()
            none = np.zeros((len(df), 0), dtype=np.int64)
            counts = WordCounts(counts.words, df, none, np.zeros(0, np.int64), (), len(rows))
        return learn(counts, Choice(window=(self.minimum, maximum), limit=size),
                     upstream=self.prepared.upstream)

    def columns(self, lexicon: Lexicon) -> np.ndarray:
        """Numbers of the words that a lexicon keeps."""
        return np.array([number for number, word in enumerate(self.counts.words)
                         if lexicon.keeps(word)], dtype=np.int64)

    def trial(self, size: int, maximum: float,
              progress: Callable[[float], object] | None = None) -> Trial:
        """Train and test on each split with one vocabulary; `progress` may raise to stop."""
        rows: list[np.ndarray] = []
        sizes, folds, predicted, probabilities = [], [], [], []
        for number, (train, test) in enumerate(self.splits):
            if progress is not None:
                progress(number / len(self.splits))
            columns = self.columns(self.vocabulary(size, maximum, train))
            sizes.append(len(columns))
            learner = self.learner if len(columns) else MajorityLearner()
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    model = learner(self.data(train, columns))
                    values, shares = model(self.data(test, columns), model.ValueProbs)
            except Exception as error:  # noqa: BLE001 - any learner of the user's
                return Trial(None, sizes, f"{type(error).__name__}: {error}")
            start = sum(map(len, rows))
            folds.append(slice(start, start + len(test)))
            rows.append(test)
            predicted.append(values)
            probabilities.append(shares)
        tested = np.concatenate(rows)
        return Trial(Results(
            domain=self._domain, row_indices=tested, folds=folds,
            score_by_folds=False,  # over all splits together, as Orange's own validation
            actual=self.labels[tested].astype(float), predicted=np.concatenate(predicted)[None],
            learners=[self.learner], probabilities=np.concatenate(probabilities)[None]), sizes)

    def cell(self, size: int, maximum: float,
             progress: Callable[[float], object] | None = None) -> Cell:
        """Score one vocabulary; `progress` may raise to stop."""
        return self.score(size, maximum, self.trial(size, maximum, progress))

    def score(self, size: int, maximum: float, trial: Trial) -> Cell:
        """The scores of a trial."""
        words = float(np.mean(trial.sizes))
        if trial.results is None:
            return Cell(size, maximum, words=words, problem=trial.problem)
        scores, errors, deviations = {}, {}, {}
        parts = [trial.results.get_fold(number) for number in range(len(trial.results.folds))]
        for part in parts:
            part.domain = self._domain
        for name, metric in METRICS.items():
            scores[name] = measured(metric, trial.results)
            each = [measured(metric, part) for part in parts]
            errors[name] = corrected_error(each, self.scheme.odds)
            deviations[name] = float(np.nanstd(each)) if not np.isnan(each).all() else np.nan
        return Cell(size, maximum, scores, errors, deviations, words, trial.sizes.count(0))

    def data(self, rows: np.ndarray, columns: np.ndarray) -> Table:
        """Bag of words of some documents and words, as a learner gets it."""
        domain = Domain([self._variables[c] for c in columns], self._domain.class_var)
        return Table.from_numpy(domain, self._bag[rows][:, columns],
                                self.labels[rows].astype(float))

    def filtered(self, size: int, maximum: float) -> tuple[Corpus, Table]:
        """The whole corpus behind the filter of a cell, learnt on all documents; its words."""
        lexicon = self.vocabulary(size, maximum)
        corpus = CustomsStopwordFilter(lexicon)(self.prepared.corpus)
        corpus.name = self.prepared.corpus.name
        rows = [row for row in explain(lexicon, self.counts) if row.keep]
        return corpus, words_table(sorted(rows, key=lambda r: (-r.df, r.word)), self.counts,
                                   "Words", reasons=False)


def scores_table(cells: Iterable[Cell]) -> Table:
    """A row per cell: vocabulary, greatest frequency, words left, scores, errors, deviations."""
    cells = list(cells)
    names = ["vocabulary", "max df", "words", "empty splits", *METRICS,
             *(f"{name} error" for name in METRICS), *(f"{name} sd" for name in METRICS)]
    decimals = [0, 2, 1, 0] + [3] * 3 * len(METRICS)
    domain = Domain([ContinuousVariable(n, number_of_decimals=d)
                     for n, d in zip(names, decimals)], metas=[StringVariable("problem")])
    nan = float("nan")
    X = [[c.size, c.maximum, c.words, c.empty,
          *(part.get(name, nan) for part in (c.scores, c.errors, c.deviations)
            for name in METRICS)] for c in cells]
    table = Table.from_numpy(domain, np.array(X, dtype=float).reshape(len(cells), len(names)),
                             metas=np.array([[c.problem] for c in cells],
                                            dtype=object).reshape(len(cells), 1))
    table.name = "Vocabulary Sweep"
    return table


def _bag(tokens: Sequence[Sequence[str]], words: Sequence[str]) -> sparse.csr_matrix:
    number = {word: i for i, word in enumerate(words)}
    ids = np.fromiter((number[word] for document in tokens for word in document), np.int64)
    ends = np.cumsum([0, *(len(document) for document in tokens)])
    bag = sparse.csr_matrix((np.ones(len(ids)), ids, ends), shape=(len(tokens), len(words)))
    bag.sum_duplicates()
    return bag
