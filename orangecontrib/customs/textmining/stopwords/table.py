"""Door to Orange3-Text: preprocessors that replay, tables of words, what a corpus holds.

Orange3-Text has no signal for preprocessors: what a model must do to a raw
declaration travels in ``corpus.used_preprocessor``, which the bag of words
replays.  Everything the filter did is therefore left there, in the order in
which it has to be done again, and nothing in it is ever fitted again.
"""
from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain as chained

import numpy as np
from Orange.data import (
    ContinuousVariable,
    DiscreteVariable,
    Domain,
    StringVariable,
    Table,
)
from Orange.data.util import get_unique_names
from Orange.util import dummy_callback, wrap_callback
from orangecontrib.text import Corpus
from orangecontrib.text.preprocess import (
    BaseNormalizer,
    BaseTokenFilter,
    BaseTokenizer,
    BaseTransformer,
    NGrams,
    PreprocessorList,
    RegexpTokenizer,
    TokenizedPreprocessor,
)
from orangecontrib.text.preprocess.filter import FitDictionaryFilter

from orangecontrib.customs.columns import WordsColumn
from orangecontrib.customs.declarations.codes import CODE_NAME
from orangecontrib.customs.declarations.folding import fold_text
from orangecontrib.customs.declarations.sameness import SameState
from orangecontrib.customs.declarations.table import described, strings_of

from .lexicon import (
    Choice,
    Frozen,
    Lexicon,
    WordCounts,
    WordRow,
    count_words,
    learn,
    readable_forms,
)
from .sources import (
    LEVELS,
    PATTERNS,
    SPARED,
    Designations,
    boilerplate,
    function_words,
    leading_code,
    tariff_words,
    units,
)

__all__ = ["CustomsStopwordFilter", "FoldTransformer", "FrozenVocabulary", "Material", "Options",
           "Prepared", "class_labels", "designations_of", "gather", "latin_share", "normalise",
           "normaliser_of", "prepare", "word_forms", "words_of", "words_table"]


class FoldTransformer(SameState, BaseTransformer):
    """Look-alike Latin letters, ё → е, dashes and quotes, lower case: one way to write a word.

    It has to come before the stemmer, which cuts «HАПРЯЖЕHИЯ» with Latin H in
    another place, and it spares й, which "Remove accents" would take.
    """

    name = "Fold look-alike letters"

    def _preprocess(self, string: str) -> str:
        return fold_text(string)


class _Decisions(dict):
    """Decisions of a function of one word, each taken once."""

    def __init__(self, decide: Callable[[str], bool]):
        super().__init__()
        self.decide = decide

    def __missing__(self, word: str) -> bool:
        keep = self[word] = self.decide(word)
        return keep


class _WordwiseFilter(SameState, BaseTokenFilter):
    """A filter that looks at the word alone: a document's neighbours don't matter."""

    def __init__(self):
        self._decisions = _Decisions(self._check)

    def _preprocess(self, tokens: Sequence[str]) -> list[bool]:
        return [self._decisions[token] for token in tokens]

    def __getstate__(self):
        return {name: value for name, value in self.__dict__.items() if name != "_decisions"}

    def __setstate__(self, state):
        self.__dict__.update(state)
        self._decisions = _Decisions(self._check)


class CustomsStopwordFilter(_WordwiseFilter):
    """Keep the tokens that a frozen lexicon keeps.

    Parameters
    ----------
    lexicon : Lexicon
    """

    name = "Customs stop-words"

    def __init__(self, lexicon: Lexicon):
        self.lexicon = lexicon
        super().__init__()

    def _check(self, token: str) -> bool:
        return self.lexicon.keeps(token)


class FrozenVocabulary(_WordwiseFilter):
    """What a filter that is fitted on every corpus kept on the corpus that was learnt from.

    Parameters
    ----------
    name : str
        Name of the filter whose place this one takes.
    words : iterable of str
    """

    def __init__(self, name: str, words: Iterable[str]):
        self.name = f"{name} (frozen)"
        self.words = frozenset(words)
        super().__init__()

    def _check(self, token: str) -> bool:
        return token in self.words


@dataclass(frozen=True)
class Prepared:
    """A corpus ready for the filter, and what had to be done to it.

    Attributes
    ----------
    corpus : Corpus
        Folded, tokenised, normalised; all in its ``used_preprocessor``.
    upstream : tuple of (str, frozenset of str)
        Filters upstream that would be fitted again: name and frozen outcome.
    unknown_upstream : tuple of str
        Names of such filters that a locked lexicon does not know: left out.
    tokenised : bool
        The corpus came without tokens and was tokenised here.
    normalised : bool
        A stemmer or lemmatiser is in the chain.
    forms : mapping of str to str
        Token → the raw word of this corpus that most often became it; empty where
        nothing normalises.
    """

    corpus: Corpus
    upstream: tuple[Frozen, ...]
    unknown_upstream: tuple[str, ...]
    tokenised: bool
    normalised: bool
    forms: Mapping[str, str] = field(default_factory=dict)


def prepare(corpus: Corpus, upstream: Sequence[Frozen] | None = None,
            callback: Callable | None = None,
            normalisers: Sequence[BaseNormalizer] = ()) -> Prepared:
    """Replay the corpus' own preprocessing behind a fold transformer, with nothing re-fitted.

    A corpus that reads ids beside a column named description is read by the latter.

    Parameters
    ----------
    corpus : Corpus
    upstream : sequence of (str, frozenset of str), optional
        Frozen outcomes of a locked lexicon, in order; None learns them here.
    callback : callable, optional
    normalisers : sequence of BaseNormalizer
        What is to be done besides; a kind that the corpus came with is not done twice.

    Raises
    ------
    ValueError
        If the corpus is empty or has no text to start from.
    """
    if not len(corpus):
        raise ValueError("the corpus is empty")
    corpus = described(corpus)
    if not corpus.text_features:
        raise ValueError("the corpus has no text: choose a text feature in the Corpus widget")
    chain = _in_order(corpus.used_preprocessor.preprocessors)
    tokenised = not any(isinstance(step, BaseTokenizer) for step in chain)
    if tokenised:
        place = next((i for i, step in enumerate(chain)
                      if isinstance(step, TokenizedPreprocessor)), len(chain))
        chain.insert(place, RegexpTokenizer())
    if not chain or not isinstance(chain[0], FoldTransformer):
        chain.insert(0, FoldTransformer())
    chain += [step for step in normalisers if type(step) not in map(type, chain)]

    raw_words: Counter | None = None
    known = list(upstream or ())
    frozen: list[Frozen] = []
    unknown: list[str] = []
    replayed = _raw(corpus)
    for number, step in enumerate(chain):
        part = dummy_callback if callback is None else wrap_callback(
            callback, number / len(chain), (number + 1) / len(chain))
        if isinstance(step, FitDictionaryFilter):
            name = str(step)
            if upstream is None:
                fitted = copy.copy(step)   # its lexicon is set again, never changed in place
                fitted(replayed)
                frozen.append((name, frozenset(fitted._lexicon)))
            elif known and known[0][0] == name:
                frozen.append(known.pop(0))
            else:
                unknown.append(name)
                continue
            step = FrozenVocabulary(*frozen[-1])
        else:
            if raw_words is None and isinstance(step, BaseNormalizer):
                raw_words = Counter(chained.from_iterable(replayed.tokens))
            step = _own(step)
        replayed = step(replayed, part)
    return Prepared(replayed, tuple(frozen), tuple(unknown), tokenised, raw_words is not None,
                    _forms(replayed, raw_words or {}))


def normaliser_of(corpus: Corpus) -> str:
    """Name of the stemmer or lemmatiser that a corpus comes with; "" for none."""
    return next((str(step) for step in corpus.used_preprocessor.preprocessors
                 if isinstance(step, BaseNormalizer)), "")


def _forms(prepared: Corpus, raw: Mapping[str, int]) -> dict[str, str]:
    """Readable forms of the tokens: what became of each raw word is asked once."""
    tokens = normalise(prepared, list(raw))
    # a word that a tokenizer takes apart once more says nothing about its parts
    return readable_forms(raw, (words[0] if len(words) == 1 else "" for words in tokens))


def _in_order(steps: Sequence) -> list:
    """Steps with the tokenizer before what needs tokens.

    Orange3-Text writes a filter that had to tokenise first *before* its
    tokenizer into the chain, and a replay would bring the filtered words back.
    """
    steps = list(steps)
    first = next((i for i, step in enumerate(steps)
                  if isinstance(step, TokenizedPreprocessor)), None)
    tokenizer = next((i for i, step in enumerate(steps) if isinstance(step, BaseTokenizer)), None)
    if first is not None and tokenizer is not None and first < tokenizer:
        steps.insert(first, steps.pop(tokenizer))
    return steps


def _own(step):
    """A step that no other thread runs: some keep a compiled pattern while they work.

    Normalisers don't, and their copies would lose what they have cached.
    """
    return step if isinstance(step, BaseNormalizer) else copy.copy(step)


def _raw(corpus: Corpus) -> Corpus:
    """The corpus before any preprocessing, its row ids kept."""
    ids = corpus.ids
    raw = corpus.copy()
    raw.ids = ids
    raw._tokens = raw._pp_documents = None
    raw.pos_tags = None
    raw.ngram_range = (1, 1)
    raw.used_preprocessor = PreprocessorList([])
    return raw


def normalise(corpus: Corpus, texts: Sequence[str]) -> list[list[str]]:
    """Texts after the preprocessing of a prepared corpus, but for filters and n-grams."""
    if not len(texts):
        return []
    feature = StringVariable("text")
    words = Corpus.from_numpy(
        Domain([], metas=[feature]), np.empty((len(texts), 0)),
        metas=np.array([[text] for text in texts], dtype=object), text_features=[feature],
        language=corpus.language)
    for step in corpus.used_preprocessor.preprocessors:
        if not isinstance(step, (BaseTokenFilter, NGrams)):
            words = _own(step)(words, dummy_callback)
    return [list(tokens) for tokens in words.tokens]


def word_forms(corpus: Corpus, words: Sequence[str]) -> frozenset[str]:
    """Words of a list as they may stand among the tokens: as given, and normalised.

    As given, because lists made from tokens hold stems already.
    """
    forms = {fold_text(word.strip()) for word in words}
    forms.update(token for tokens in normalise(corpus, words) for token in tokens)
    return frozenset(forms - {""})


def class_labels(corpus: Corpus) -> tuple[np.ndarray | None, tuple[str, ...]]:
    """Numbers of the classes (-1 unknown) and their names; (None, ()) without a class."""
    variable = corpus.domain.class_var
    if variable is None:
        return None, ()
    y = np.asarray(corpus.Y, dtype=float).ravel()
    known = ~np.isnan(y)
    if isinstance(variable, DiscreteVariable):
        names = variable.values
        labels = np.where(known, y, -1).astype(np.int64)
        used = sorted(set(labels[known].tolist()))
    else:  # a code read as a number
        if not (y[known] == np.round(y[known])).all():
            return None, ()
        used = sorted(set(y[known].astype(np.int64).tolist()))
        names = {code: str(code) for code in used}
        labels = np.where(known, y, -1).astype(np.int64)
    place = {label: i for i, label in enumerate(used)}
    return (np.array([place.get(label, -1) for label in labels.tolist()], dtype=np.int64),
            tuple(names[label] for label in used))


# -- what can be learnt from a corpus

@dataclass(frozen=True)
class Options:
    """The switches of the filter.

    Attributes
    ----------
    level : int or None
        Designations down to 4, 6, 8 or 10 digits; None: no words of the tariff.
    codes : tuple of str or None
        Codes whose designations are taken; None: all of the nomenclature.
    functions, boilerplate, words : bool
        Function words; what box 31 calls its own fields; the user's list.
    patterns : tuple of str
        Of ``"numbers"``, ``"units"``, ``"latin"``, ``"letters"``.
    window : (float, float) or None
    limit : int or None
    protected : tuple of str
    by_hand : dict of str to bool
    """

    level: int | None = 4
    codes: tuple[str, ...] | None = None
    functions: bool = True
    words: bool = True
    patterns: tuple[str, ...] = ("numbers", "units", "letters")
    window: tuple[float, float] | None = None
    limit: int | None = None
    protected: tuple[str, ...] = ()
    by_hand: Mapping[str, bool] = field(default_factory=dict)
    boilerplate: bool = True


@dataclass(frozen=True)
class Material:
    """A prepared corpus with everything that stop-words are learnt from, normalised alike."""

    prepared: Prepared
    counts: WordCounts
    labels: np.ndarray | None
    designations: Designations
    designation_tokens: Sequence[Sequence[str]]
    functions: frozenset[str]
    units: frozenset[str]
    words: frozenset[str]
    spared: frozenset[str]
    boilerplate: frozenset[str]

    @property
    def forms(self) -> Mapping[str, str]:
        """Token → its readable form in this corpus."""
        return self.prepared.forms

    def tariff(self, codes: Iterable[str] | None, level: int) -> dict[str, str]:
        """Words of the designations → codes; function words and bounds are not among them."""
        return tariff_words(self.designations, self.designation_tokens, codes, level,
                            self.functions | self.spared)

    def choice(self, options: Options) -> Choice:
        """The options with protected words in the corpus' own forms."""
        return Choice(options.patterns, options.window, options.limit,
                      word_forms(self.prepared.corpus, options.protected), options.by_hand)

    def learn(self, options: Options) -> Lexicon:
        """Freeze what the options say about this corpus."""
        listed = []
        if options.level is not None:
            listed.append(("tariff", self.tariff(options.codes, options.level)))
        if options.functions:
            listed.append(("function word", dict.fromkeys(self.functions - self.spared, "")))
        if options.boilerplate:
            listed.append(("boilerplate", dict.fromkeys(self.boilerplate, "")))
        if options.words:
            listed.append(("list", dict.fromkeys(self.words, "")))
        if "units" in options.patterns:
            listed.append(("unit", dict.fromkeys(self.units - self.spared, "")))
        return learn(self.counts, self.choice(options), listed, self.prepared.upstream)

    def audited(self, options: Options) -> tuple[list[list[str]], dict[int, frozenset[str]]]:
        """Tokens and tariff words per level for the audit.

        Everything that the options drop is gone, but for the tariff's words, and but
        for the frequency window, which would have seen the test folds.
        """
        lexicon = self.learn(replace(options, level=None, window=None, limit=None))
        keep = _Decisions(lexicon.keeps)
        tokens = [[word for word in document if keep[word]]
                  for document in self.prepared.corpus.tokens]
        return tokens, {level: frozenset(self.tariff(options.codes, level)) for level in LEVELS}


def gather(corpus: Corpus, designations: Designations, words: Sequence[str] = (),
           upstream: Sequence[Frozen] | None = None, callback: Callable | None = None,
           normalisers: Sequence[BaseNormalizer] = (), meant: bool = True) -> Material:
    """Prepare a corpus, count its words and send all word lists through its normaliser.

    Parameters
    ----------
    corpus : Corpus
    designations : sequence of (code, text)
    words : sequence of str
        The user's list.
    upstream, normalisers
        See :func:`prepare`.
    callback : callable, optional
        Gets the share done; may raise to stop.
    meant : bool
        Function words and units don't take other words of the same stem along.

    Raises
    ------
    ValueError
        If the corpus is empty or has no text.
    """
    prepared = prepare(corpus, upstream, callback and wrap_callback(callback, 0, .7), normalisers)
    callback = callback or dummy_callback
    labels, classes = class_labels(corpus)
    counts = count_words(prepared.corpus.tokens, labels, classes)
    callback(.8)
    tokens = normalise(prepared.corpus, [text for _, text in designations])
    callback(.95)

    def forms(listed):
        return word_forms(prepared.corpus, listed)

    def meanings(listed):
        return _meant(listed, forms(listed), prepared.forms)

    common = meanings if meant else forms
    callback(1.)
    return Material(prepared, counts, labels, designations, tokens, common(function_words()),
                    common(units()), forms(words), forms(SPARED), meanings(boilerplate()))


def _meant(words: Sequence[str], tokens: frozenset[str],
           forms: Mapping[str, str]) -> frozenset[str]:
    """Tokens of listed words without those that in this corpus are another word's stem.

    «ЗАО» is stemmed to «за», «это» and «этил» to «эт», «часы» become the unit «час», and
    «весь» and «вес» are one family.
    """
    listed = {fold_text(word) for word in words}
    return frozenset(token for token in tokens if forms.get(token, token) in listed
                     or token not in forms)


# -- tables that come in

_TEXT_NAME = re.compile(r"text|designation|description|name|текст|описание|наименование", re.I)


def designations_of(table: Table) -> list[tuple[str, str]]:
    """Codes and texts of a nomenclature table, whatever its columns are called.

    Raises
    ------
    ValueError
        If there is no column of codes or no column of texts.
    """
    variables = [*table.domain.metas, *table.domain.variables]
    columns = {variable: strings_of(table, variable) for variable in variables}
    codes = {variable: [leading_code(text) for text in texts]
             for variable, texts in columns.items()}
    good = [v for v in variables if sum(len(c) >= 4 for c in codes[v]) * 2 > sum(
        bool(text.strip()) for text in columns[v]) and any(codes[v])]
    if not good:
        raise ValueError("no column of codes: one needs codes of 4 to 10 digits, "
                         "such as 6403 or 6403 99 960 0")
    code = max(good, key=lambda v: (bool(CODE_NAME.search(v.name)),
                                    sum(map(len, codes[v]))))
    # a bag of words or a duty is not a text
    texts = [v for v in variables if v is not code
             and isinstance(v, (StringVariable, DiscreteVariable))
             and any(re.search(r"[^\W\d_]{3}", text) for text in columns[v])]
    if not texts:
        raise ValueError("no column of texts beside the codes: add one with the designations")
    text = max(texts, key=lambda v: (bool(_TEXT_NAME.search(v.name)),
                                     sum(map(len, columns[v]))))
    return [(c, t) for c, t in zip(codes[code], columns[text]) if c and t.strip()]


def words_of(table: Table) -> list[str]:
    """Words of a Words table: the column marked so, or the text column with the fewest words.

    Raises
    ------
    ValueError
        If no column holds text.
    """
    candidates = [v for v in (*table.domain.metas, *table.domain.variables)
                  if isinstance(v, StringVariable)]
    if not candidates:
        raise ValueError("no column of words: one needs a text column, such as Word List sends")
    marked = [v for v in candidates if WordsColumn.of(v)]
    chosen = marked[0] if marked else min(
        candidates, key=lambda v: sum(len(text.split()) for text in strings_of(table, v)))
    return [text.strip() for text in strings_of(table, chosen) if text.strip()]


# -- tables that go out

def words_table(rows: Sequence[WordRow], counts: WordCounts, name: str,
                reasons: bool = True, forms: Mapping[str, str] | None = None) -> Table:
    """Words in the convention of Orange3-Text, with what was counted and decided.

    Returns
    -------
    Table
        Meta "Words" (a :class:`~orangecontrib.customs.columns.WordsColumn`), with `forms`
        "form" (the word itself where they lack it) and with `reasons` "source" and "code";
        attributes "documents", "df" (share of documents) and "df: <class>" for each class.
    """
    names = ["documents", "df", *(f"df: {value}" for value in counts.classes)]
    variables = [ContinuousVariable(unique, number_of_decimals=0 if number == 0 else 4)
                 for number, unique in enumerate(get_unique_names([], names))]
    word = WordsColumn().mark(StringVariable("Words"))
    cells = [("form", lambda row: forms.get(row.word, row.word))] if forms is not None else []
    if reasons:
        cells += [("source", lambda row: row.source), ("code", lambda row: row.code)]
    metas = [word, *(StringVariable(text) for text, _ in cells)]
    numbers = np.array([row.number for row in rows], dtype=np.int64)
    df = counts.df[numbers]
    sizes = np.maximum(counts.class_sizes, 1)
    X = np.column_stack([df, df / max(counts.documents, 1), counts.class_df[numbers] / sizes])
    texts = np.array([[row.word, *(cell(row) for _, cell in cells)] for row in rows],
                     dtype=object).reshape(len(rows), len(metas))
    table = Table.from_numpy(Domain(variables, metas=metas), X, metas=texts)
    table.name = name
    return table


def latin_share(counts: WordCounts) -> float:
    """Share of Latin words among the words with letters, weighted by document frequency."""
    latin = np.fromiter((PATTERNS["latin"].match(w) is not None for w in counts.words), bool,
                        len(counts.words))
    lettered = np.fromiter((PATTERNS["numbers"].match(w) is None for w in counts.words), bool,
                           len(counts.words))
    total = counts.df[lettered].sum()
    return float(counts.df[latin].sum() / total) if total else 0.
