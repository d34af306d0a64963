"""Door to Orange: a Learner and a Model for texts or bags of words, and a table of candidates."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from Orange.base import Learner, Model
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table
from Orange.data.table import DomainTransformationError
from scipy import sparse

from orangecontrib.customs.columns import BagColumn
from orangecontrib.customs.declarations.lemmas import family
from orangecontrib.customs.declarations.table import default_text, strings_of
from orangecontrib.customs.i18n import Message
from orangecontrib.customs.nomenclature import Line, Tariff, bundled_tariff, parse_code

from .branches import Branches, designations_of
from .labels import Labels, read_labels
from .linear import LinearLearner
from .model import (
    BLOCK,
    Answers,
    CodeTree,
    Likeness,
    NodeLearner,
    Rows,
    candidates_of,
    safe_of,
)
from .training import TextTree, Trained, likeness_of, printed_in, train, train_texts
from .validation import part_of
from .words import scaled, words_of

__all__ = ["BUNDLED", "Coded", "CodesLearner", "Found", "TariffTreeLearner", "TariffTreeModel",
           "candidates_table", "levels_table", "tariff_of_table"]

#: The tariff that comes with the package.
BUNDLED = "bundled"
#: Candidates of a level that a table shows.
TOP = 3


def key_of(word: str) -> str:
    """What a word of a bag, raw, stemmed or a lemma, and one of a designation have in common."""
    found = words_of(word)
    return family(found[0]) if len(found) == 1 else word.casefold()


class _Bag:
    """Words of a bag, as likeness weighs them: there or not, rare ones more."""

    def __init__(self, names: Sequence[str], columns: np.ndarray, X: sparse.csr_matrix):
        self.columns = columns
        self.keys: dict[str, list[int]] = {}
        for place, name in enumerate(names):
            self.keys.setdefault(key_of(name), []).append(place)
        df = np.asarray((X[:, columns] != 0).sum(axis=0)).ravel()
        self.idf = np.log((1 + X.shape[0]) / (1 + df)) + 1

    def __call__(self, X: sparse.csr_matrix) -> sparse.csr_matrix:
        there = sparse.csr_matrix(X[:, self.columns] != 0, dtype=float)
        there.sort_indices()
        return scaled(sparse.csr_matrix(there @ sparse.diags(self.idf)))

    def weigh(self, texts: Sequence[Sequence[str]]) -> sparse.csr_matrix:
        """Lists of words of designations."""
        rows, columns = [], []
        for row, text in enumerate(texts):
            for key in sorted(set(map(key_of, text))):
                for place in self.keys.get(key, ()):
                    rows.append(row)
                    columns.append(place)
        X = sparse.csr_matrix((self.idf[columns], (rows, columns)),
                              shape=(len(texts), len(self.columns)))
        return scaled(X)


@dataclass(frozen=True)
class _NodeLearner:
    """Any Orange learner for the children of a node."""

    learner: Learner
    features: tuple

    def __call__(self, X: sparse.csr_matrix, y: np.ndarray, k: int) -> _NodeModel:
        domain = Domain(self.features, DiscreteVariable("child", tuple(map(str, range(k)))))
        return _NodeModel(self.learner(Table.from_numpy(domain, X, y.astype(float))), domain)


@dataclass(frozen=True)
class _NodeModel:
    model: Model
    domain: Domain

    def __call__(self, X: sparse.csr_matrix) -> np.ndarray:
        table = Table.from_numpy(self.domain, X, np.full(X.shape[0], np.nan))
        return np.asarray(self.model(table, Model.Probs), dtype=float)


@dataclass(frozen=True)
class Coded:
    """Rows whose class is a code.

    Attributes
    ----------
    rows : list of int
        Of the table.
    codes : list of str
        Their digits.
    values : list of int
        Their values of the class.
    labels : Labels
        Of all values of the class.
    """

    rows: list[int]
    codes: list[str]
    values: list[int]
    labels: Labels


class CodesLearner(Learner):
    """A learner whose class is codes, and which tells how far its text model is."""

    def __init__(self, preprocessors: object = None):
        super().__init__(preprocessors)
        self._progress: Callable[[float], object] | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_progress": None}

    def __call__(self, data: Table, progress_callback: Callable[..., object] | None = None
                 ) -> Model:
        self._progress = progress_callback
        try:
            return super().__call__(data, progress_callback)
        finally:
            self._progress = None

    def incompatibility_reason(self, domain: Domain) -> str | None:
        if len(domain.class_vars) != 1 or not domain.class_var.is_discrete:
            return "a class of codes is needed: Code as Class makes one"
        return None

    def coded(self, data: Table) -> Coded:
        """The rows of training."""
        labels = read_labels(data.domain.class_var.values)
        Y = np.asarray(data.Y, dtype=float).ravel()
        rows = [row for row, y in enumerate(Y) if y == y and labels.digits[int(y)]]
        values = [int(Y[row]) for row in rows]
        return Coded(rows, [labels.digits[value] for value in values], values, labels)


class TariffTreeLearner(CodesLearner):
    """Codes of any depth, level by level, with the tariff's designations as a prior.

    Parameters
    ----------
    tariff : Tariff, "bundled" or None
        Its designations speak for codes that were declared seldom or never; None does without.
    learner : Learner, optional
        Of each node; by default a linear one on sparse words.
    text : str
        The column of texts to be read; "" reads a bag of words, where there is none the column
        that looks like a description, and without one the attributes.
    C : float
        Inverse strength of the linear learner's penalty.
    penalty : {"l2", "l1"}
    """

    name = "tariff tree"

    def __init__(self, tariff: Tariff | str | None = BUNDLED, learner: Learner | None = None,
                 text: str = "", C: float = 30., penalty: str = "l2", preprocessors=None):
        super().__init__(preprocessors)
        self.tariff, self.learner, self.text = tariff, learner, text
        self.C, self.penalty = C, penalty

    def fit_storage(self, data: Table) -> TariffTreeModel:
        """Train on rows whose class is a code.

        Raises
        ------
        ValueError
            There is nothing to be read, or fewer than two codes.
        """
        target = data.domain.class_var
        coded = self.coded(data)
        rows, codes = np.array(coded.rows, dtype=int), coded.codes
        if len(set(codes)) < 2:
            raise ValueError("at least two different codes are needed, of 2 to 10 digits")
        tariff = bundled_tariff() if isinstance(self.tariff, str) else self.tariff
        text = _text_of(data, self.text)
        found: TextTree | None = None
        bag = None
        if text is not None:
            texts = strings_of(data, data.domain[text])
            found = train_texts([texts[row] for row in rows], codes, tariff,
                                self._of_texts(), part_of(self._progress, .1, 1.))
            trained = found.trained
        else:
            X = _matrix(data)[rows]
            bag = _bag_of(data, X)
            designations = None if tariff is None or bag is None else \
                designations_of(tariff, max(map(len, codes)))
            branches = Branches.of(codes, printed_in(designations))
            likeness = Likeness() if bag is None else \
                likeness_of(branches, designations, bag.weigh)
            trained = train(_rows(X, bag, self.learner is not None), codes, branches,
                            self._of_attributes(data.domain), likeness,
                            {} if designations is None else designations.titles, None,
                            part_of(self._progress, .1, 1.))
        names: dict[str, str] = {}
        for code, value in zip(codes, coded.values):
            names.setdefault(code, target.values[value])
        model = TariffTreeModel(trained, found, bag, text, names, data.domain,
                                coded.labels.remarks, self.learner is not None)
        model.rows = rows
        return model

    def _linear(self) -> LinearLearner:
        return LinearLearner(self.C, self.penalty)

    def _of_texts(self) -> NodeLearner:
        return self._linear() if self.learner is None else _OfWords(self.learner)

    def _of_attributes(self, domain: Domain) -> NodeLearner:
        return self._linear() if self.learner is None else \
            _NodeLearner(self.learner, tuple(map(_plain, domain.attributes)))


@dataclass(frozen=True)
class _OfWords:
    """An Orange learner for the children of a node, on the words that its rows have."""

    learner: Learner

    def __call__(self, X: sparse.csr_matrix, y: np.ndarray, k: int) -> _OnColumns:
        columns = np.unique(X.indices)
        attributes = tuple(ContinuousVariable(f"w{column}") for column in columns)
        return _OnColumns(columns, _NodeLearner(self.learner, attributes)(X[:, columns], y, k))


@dataclass(frozen=True)
class _OnColumns:
    columns: np.ndarray
    model: _NodeModel

    def __call__(self, X: sparse.csr_matrix) -> np.ndarray:
        return self.model(X[:, self.columns])


def _plain(variable):
    """An attribute that is computed from nothing: its column is given."""
    return ContinuousVariable(variable.name) if variable.is_continuous else \
        DiscreteVariable(variable.name, variable.values)


def _text_of(data: Table, name: str) -> str | None:
    """The column of texts to be read; None for the attributes."""
    if name:
        if name not in data.domain:
            raise ValueError(f"there is no column “{name}” to be read")
        return name
    if any(map(BagColumn.of, data.domain.attributes)):
        return None
    found = default_text(data)
    if found is not None and not found.is_continuous and found is not data.domain.class_var:
        return found.name
    if not data.domain.attributes:
        raise ValueError("there is nothing to be read: a column of texts, or a bag of words, is "
                         "needed")
    return None


def _matrix(data: Table) -> sparse.csr_matrix:
    """The attributes as sparse rows; what is not known is nothing."""
    X = data.X.tocsr().astype(float) if sparse.issparse(data.X) else \
        sparse.csr_matrix(np.nan_to_num(np.asarray(data.X, dtype=float), nan=0.))
    X.data = np.nan_to_num(X.data, nan=0.)
    X.sum_duplicates()
    X.sort_indices()
    return X


def _bag_of(data: Table, X: sparse.csr_matrix) -> _Bag | None:
    """The words among the attributes: those of a bag, or else all that are numbers."""
    attributes = data.domain.attributes
    columns = [place for place, v in enumerate(attributes) if BagColumn.of(v)] or \
        [place for place, v in enumerate(attributes) if v.is_continuous]
    return _Bag([attributes[place].name for place in columns], np.array(columns, int), X) \
        if columns else None


def _rows(X: sparse.csr_matrix, bag: _Bag | None, as_it_is: bool) -> Rows:
    words = scaled(X) if bag is None else bag(X)
    return Rows(X if as_it_is else scaled(X), words, np.ones(X.shape[0]))


@dataclass(frozen=True)
class Found:
    """What a model says of rows.

    Attributes
    ----------
    answers : Answers
    outside : ndarray of bool
        Rows that are unlike all that was trained.
    """

    answers: Answers
    outside: np.ndarray


def tariff_of_table(table: Table) -> Tariff | None:
    """The designations of a table as Tariff Nomenclature sends it; None where it has none.

    Codes are in the column "code", designations in "text", or else in "full text".
    """
    names = {v.name: v for v in (*table.domain.metas, *table.domain.variables)}
    said = names.get("text", names.get("full text"))
    if "code" not in names or said is None:
        return None
    language = getattr(table, "language", None) or "ru"
    own: dict[str, str] = {}
    for typed, text in zip(strings_of(table, names["code"]), strings_of(table, said)):
        if code := parse_code(typed).digits:
            own.setdefault(code, text)
    codes = sorted(own)
    place = {code: number for number, code in enumerate(codes)}
    lines = [Line(code, *((own[code], "") if language == "ru" else ("", own[code])),
                  parent=next((place[code[:n]] for n in range(len(code) - 1, 1, -1)
                               if code[:n] in place), None)) for code in codes]
    return Tariff(lines, language=language if language in ("ru", "en") else "ru") if lines else None


class TariffTreeModel(Model):
    """A trained tree of codes; its class has the codes that only the tariff knows, too.

    Attributes
    ----------
    trained : Trained
    reader : TextTree or None
        Where texts are read; None for a bag of words.
    text : str or None
        The column of texts.
    remarks : tuple of Message
        What is doubtful in the class that was trained on.
    """

    def __init__(self, trained: Trained, reader: TextTree | None, bag: _Bag | None,
                 text: str | None, names: dict[str, str], domain: Domain,
                 remarks: tuple[Message, ...] = (), as_it_is: bool = False):
        self.trained, self.reader, self.text, self.remarks = trained, reader, text, remarks
        self._bag, self._as_it_is = bag, as_it_is
        self.names = names
        #: Rows of the data that it was trained on; not kept in a file.
        self.rows: np.ndarray | None = None
        target = DiscreteVariable(domain.class_var.name,
                                  tuple(names.get(code, code) for code in trained.classes))
        metas = [StringVariable(text)] if text is not None else []
        super().__init__(Domain(domain.attributes if text is None else [], target, metas), domain)

    def __repr__(self) -> str:
        return f"<tariff tree of {len(self.trained.classes)} codes>"

    def data_to_model_domain(self, data: Table, progress_callback=lambda *_: None) -> Table:
        """Texts are read from the data as it is, bags of words as ever."""
        if self.text is None:
            return super().data_to_model_domain(data, progress_callback)
        if self.text not in data.domain:
            raise DomainTransformationError(f"the model reads the column “{self.text}”, and the "
                                            "data has none")
        return data

    def read(self, data: Table) -> Rows:
        """Rows of the model's domain as the tree reads them."""
        if self.reader is not None:
            return self.reader.read(strings_of(data, data.domain[self.text]))
        return _rows(_matrix(data), self._bag, self._as_it_is)

    def predict_storage(self, data: Table) -> tuple[np.ndarray, np.ndarray]:
        tree = self.trained.tree
        rows = self.read(data)
        P = [tree.class_probabilities(tree.block(rows[start:start + BLOCK]))
             for start in range(0, len(rows), BLOCK)]
        whole = np.concatenate(P) if P else np.zeros((0, len(self.trained.classes)))
        return whole.argmax(axis=1).astype(float), whole

    def find(self, data: Table) -> Found:
        """P of all nodes for the rows of a table."""
        rows = self.read(self.data_to_model_domain(data))
        return Found(self.trained.tree(rows), self.trained.outside(rows))

    def find_own(self, data: Table, some: slice) -> Found:
        """The same for rows of the data that the model was trained on.

        As far as they were held out, the answers are those of trees that had not seen them.
        """
        found, trained = self.find(data[some]), self.trained
        if trained.held_out is None or trained.rows is None or self.rows is None:
            return found
        _, here, there = np.intersect1d(np.arange(len(data))[some], self.rows[trained.rows],
                                        assume_unique=True, return_indices=True)
        for mass, held in zip(found.answers.masses, trained.held_out.masses):
            mass[here] = held[there]
        return found


def candidates_table(model: TariffTreeModel, data: Table, error: float, own: bool = False,
                     progress: Callable[[float], object] | None = None) -> Table:
    """The rows with what the model says of them at each level.

    Parameters
    ----------
    own : bool
        The model was trained on these very rows (:meth:`TariffTreeModel.find_own`).
    progress : callable, optional
        Gets the share that is done; may raise to stop.

    Returns
    -------
    Table
        As the data (a corpus stays one), with metas "safe code" and "P(safe code)" (as many
        digits as reach 1 − `error`), "P(error)" of the deepest code on the likeliest way,
        "outside", and for each level the likeliest codes with their P.
    """
    tree, levels = model.trained.tree, model.trained.tree.branches.levels
    variables = [StringVariable("safe code"), ContinuousVariable("P(safe code)"),
                 StringVariable("likeliest code"), ContinuousVariable("P(error)"),
                 DiscreteVariable("outside", ("no", "yes"))]
    for digits in levels:
        for place in range(1, TOP + 1):
            variables += [StringVariable(f"{digits} digits, {place}"),
                          ContinuousVariable(f"P, {digits} digits, {place}")]
    taken = {v.name for v in (*data.domain.variables, *data.domain.metas)}
    renamed = [v.renamed(_free(v.name, taken)) for v in variables]
    metas = np.empty((len(data), len(variables)), dtype=object)
    for start in range(0, len(data), BLOCK):
        some = slice(start, start + BLOCK)
        found = model.find_own(data, some) if own else model.find(data[some])
        for row in range(len(found.outside)):
            metas[start + row] = _said(tree, found, row, error)
        if progress is not None:
            progress(min(1., (start + BLOCK) / len(data)))
    domain = data.domain
    result = data.transform(Domain(domain.attributes, domain.class_vars,
                                   [*domain.metas, *renamed]))
    with result.unlocked(result.metas):
        result.metas[:, len(domain.metas):] = metas
    result.name = "Candidates"
    return result


def _said(tree: CodeTree, found: Found, row: int, error: float) -> list:
    """The cells of a row."""
    whole = safe_of(tree, found.answers, row, 1.)
    safe = safe_of(tree, found.answers, row, error) if not found.outside[row] else ()
    cells: list = [safe[-1].code if safe else "", safe[-1].p if safe else np.nan,
                   whole[-1].code, 1 - whole[-1].p, float(found.outside[row])]
    for candidates in candidates_of(tree, found.answers, row, TOP):
        cells += [cell for candidate in candidates for cell in (candidate.code, candidate.p)]
        cells += ["", np.nan] * (TOP - len(candidates))
    return cells


def _free(name: str, taken: set[str]) -> str:
    number = 1
    free = name
    while free in taken:
        number += 1
        free = f"{name} ({number})"
    return free


def levels_table(model: TariffTreeModel) -> Table:
    """What held-out rows say of each level: a row per level."""
    domain = Domain([ContinuousVariable("digits", number_of_decimals=0),
                     ContinuousVariable("rows", number_of_decimals=0),
                     ContinuousVariable("codes", number_of_decimals=0),
                     ContinuousVariable("proposed", number_of_decimals=0),
                     ContinuousVariable("top-1", number_of_decimals=3),
                     ContinuousVariable("top-3", number_of_decimals=3),
                     ContinuousVariable("log-loss", number_of_decimals=3),
                     ContinuousVariable("designations", number_of_decimals=0)])
    table = Table.from_numpy(domain, np.array([
        [level.digits, level.n, level.codes, level.proposed, level.top1, level.top3,
         level.log_loss, level.tempers.designation] for level in model.trained.levels]))
    table.name = "Levels"
    return table
