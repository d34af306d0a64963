"""Door to Orange: the fusion as a Learner, and as a Model that gives P of a class of codes."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from functools import lru_cache, partial
from typing import Any

import numpy as np
from Orange.base import Model
from Orange.data import DiscreteVariable, Domain, StringVariable, Table, Variable
from Orange.data.table import DomainTransformationError

from orangecontrib.customs.columns import (
    FactColumn,
    FeatureColumn,
    GradabilityColumn,
    Role,
    marked,
)
from orangecontrib.customs.declarations import Reading, reader_of
from orangecontrib.customs.declarations.learning.table import CLASS_NAME
from orangecontrib.customs.declarations.table import default_text, strings_of
from orangecontrib.customs.defaults import TRUST
from orangecontrib.customs.facts import Priors
from orangecontrib.customs.fusion.among import codes_of, masses_among, vocabulary_of
from orangecontrib.customs.fusion.engine import PHOTOS, TEXT, Engine
from orangecontrib.customs.fusion.statements import chosen_columns, fact_columns
from orangecontrib.customs.fusion.table import evidence_from_table
from orangecontrib.customs.groups import Group, loaded_groups
from orangecontrib.customs.i18n import Message
from orangecontrib.customs.nomenclature import Tariff, bundled_tariff
from orangecontrib.customs.textmining.tree import TextTree, train_texts
from orangecontrib.customs.textmining.tree.table import CodesLearner
from orangecontrib.customs.textmining.tree.validation import part_of

from ..case import Case, join
from ..goods import Good
from ..sources import Source, read_by, text_source
from ..texts import text_model_source
from ..weighing import WeightFit, weigh_texts
from .shares import ClassCodes

__all__ = ["FusionLearner", "FusionModel", "law_model"]

#: Descriptions that are remembered with what was read of them: folds read them again and again.
REMEMBERED = 8192
#: Goods that are answered at once, for memory.
BLOCK = 2048


@lru_cache(maxsize=4)
def _remembering(groups: tuple[Group, ...]) -> Callable[[str], Sequence[Reading]]:
    readers = [reader_of(group) for group in groups if group.reads_text]
    return lru_cache(REMEMBERED)(partial(read_by, readers))


class Columns:
    """What is read of a table: texts, facts, columns named after facts, and features of photos.

    Attributes
    ----------
    text : str
        The column of descriptions; "" without one.
    facts, features : tuple of Variable
        Evidence of text and of photos.
    named : dict of str to str
        Fact → the column that is named after it.
    """

    def __init__(self, data: Table, groups: Sequence[Group], text: str = ""):
        domain = data.domain
        vocabulary = vocabulary_of(groups)
        self.features: tuple[Variable, ...] = ()
        self._look(domain, groups)
        plain = [v for v in (*domain.attributes, *domain.metas)
                 if not marked(v) or Role.of(v) is Role.STATEMENT]
        names = fact_columns([v.name for v in plain], vocabulary)
        self.named = chosen_columns(names, lambda name: strings_of(data, domain[name]),
                                    vocabulary)[0]
        self.text = self._text_of(data, text)
        if not (self.text or self.facts or self.features or self.named):
            raise ValueError("there is nothing to be read: a column of descriptions, of facts or "
                             "of features of photos is needed")

    def _look(self, domain: Domain, groups: Sequence[Group]) -> None:
        """Find the columns of evidence; never in the class."""
        vocabulary = vocabulary_of(groups)
        known = {feature.id for group in groups for feature in group.features}
        variables = [*domain.attributes, *domain.metas]
        self.facts = tuple(v for v in variables if (column := FactColumn.of(v))
                           and column.fact in vocabulary and not FeatureColumn.of(v))
        computed = tuple(v for v in self.features if v.compute_value is not None)
        self.features = tuple(v for v in variables if (seen := FeatureColumn.of(v))
                              and seen.feature in known) or computed
        self.metas = tuple(v for v in domain.metas
                           if GradabilityColumn.of(v) or Role.of(v) is Role.PHOTOS)

    def on(self, data: Table, groups: Sequence[Group]) -> Columns:
        """The same texts and named columns, with the evidence that other data have.

        Declaration Facts has columns for the facts that its rows speak of, others each time;
        where there are none, the texts are read.
        """
        own = copy(self)
        own._look(data.domain, groups)
        return own

    def _text_of(self, data: Table, name: str) -> str:
        if name:
            if name not in data.domain:
                raise ValueError(f"there is no column “{name}” to be read")
            return name
        found = default_text(data)
        if found is None or found.is_continuous or found in data.domain.class_vars:
            return ""
        return found.name

    @property
    def variables(self) -> tuple[Variable, ...]:
        return (*self.facts, *self.features)

    @property
    def names(self) -> list[str]:
        """Of columns that are read as they are."""
        return [*filter(None, [self.text]), *dict.fromkeys(self.named.values())]

    def texts(self, data: Table) -> list[str]:
        """Descriptions; empty ones without a column."""
        return strings_of(data, data.domain[self.text]) if self.text else [""] * len(data)

    def case_of(self, data: Table, engines: Sequence[Engine], trust: float,
                ids: Sequence[str], tree: TextTree | None = None) -> Case:
        """What is said of the rows, whose goods are called by these ids."""
        groups = tuple(engine.group for engine in engines)
        sources = []
        if self.facts:
            sources.append(self._evidence(TEXT, data, self.facts, groups, ids))
        elif self.text or self.named or tree is not None:
            cells = {name: strings_of(data, data.domain[name])
                     for name in dict.fromkeys(self.named.values())}
            goods = [Good(id_, id_, text, row={name: texts[row] for name, texts in cells.items()})
                     for row, (id_, text) in enumerate(zip(ids, self.texts(data)))]
            readers = [reader_of(group) for group in groups if group.reads_text]
            sources.append(text_source(goods, readers, facts=vocabulary_of(groups),
                                       columns=self.named, read=_remembering(groups)))
        if self.features:
            sources.append(self._evidence(PHOTOS, data, self.features, groups, ids))
        if tree is not None:
            told = sources[0].goods if sources[0].id == TEXT and not self.facts else [
                Good(id_, id_, text) for id_, text in zip(ids, self.texts(data))]
            sources.append(text_model_source(told, tree, engines))
        return join(engines, sources, trust)

    def _evidence(self, name: str, data: Table, some: Sequence[Variable],
                  groups: Sequence[Group], ids: Sequence[str]) -> Source:
        """The evidence of columns, by these ids."""
        plain = [data.domain[column] for column in dict.fromkeys(self.named.values())
                 if name == TEXT]
        table = data.transform(Domain(some, None, [*self.metas, *plain]))
        evidence = evidence_from_table(table, None, groups, stated=name == TEXT).evidence
        goods = [Good(id_, id_, None) for id_ in ids]
        return Source(name, goods, type(evidence)(ids, evidence.loglik))


class FusionLearner(CodesLearner):
    """Codes by law and facts, and by a text model that is trained and weighed inside.

    Parameters
    ----------
    groups : sequence of Group
        That decide; all loaded ones by default.
    priors : Priors, optional
        Fact by fact in place of the groups' own.
    trust : float
        P(what the text declares is about this very good).
    texts : bool
        Whether a text model is trained; without it nothing is, but the shares of the class.
    text : str
        The column of descriptions; "": the one that looks like it.
    tariff : Tariff, "bundled" or None
        Its designations speak for codes that were declared seldom or never.
    """

    name = "HS code fusion"

    def __init__(self, groups: Sequence[Group] = (), priors: Priors | None = None,
                 trust: float = TRUST, texts: bool = True, text: str = "",
                 tariff: Tariff | str | None = "bundled", preprocessors: object = None):
        super().__init__(preprocessors)
        self.groups = loaded_groups(groups)
        self.priors, self.trust, self.texts = priors, trust, texts
        self.text, self.tariff = text, tariff

    def fit_storage(self, data: Table) -> FusionModel:
        """Learn from rows whose class is a code.

        Raises
        ------
        ValueError
            There is nothing to be read, or no row has a code.
        """
        target, coded = data.domain.class_var, self.coded(data)
        labels, codes = coded.labels, coded.codes
        if not coded.rows:
            raise ValueError("no row has a code of 2 to 10 digits as its class")
        columns = Columns(data, self.groups, self.text)
        engines = tuple(Engine(group, self.priors) for group in self.groups)
        counts = np.bincount(coded.values, minlength=len(target.values))
        model = FusionModel(
            self.groups, self.priors, self.trust, columns,
            ClassCodes(labels.digits, tuple(map(float, counts)), tuple(codes_of(engines))),
            target, data.domain, labels.remarks)
        model._engines = engines
        if self.texts and columns.text and len(set(codes)) > 1:
            self._teach(model, columns, data[coded.rows], codes, engines)
        return model

    def _teach(self, model: FusionModel, columns: Columns, data: Table, codes: Sequence[str],
               engines: Sequence[Engine]) -> None:
        """Train the text model, and weigh it by its answers to rows that it had not seen."""
        texts = columns.texts(data)
        told = [row for row, text in enumerate(texts) if text.strip()]
        texts, codes = [texts[row] for row in told], [codes[row] for row in told]
        data = data[told]
        if len(set(codes)) < 2:
            return
        tariff = bundled_tariff() if isinstance(self.tariff, str) else self.tariff
        tree = train_texts(texts, codes, tariff, progress=part_of(self._progress, .1, .9))
        model.tree, model.weight_fit = weigh_texts(
            tree, texts, codes, engines, lambda rows: columns.case_of(
                data[list(rows)], engines, self.trust, list(map(str, rows))),
            model.codes.p_true)


class FusionModel(Model):
    """P of the values of a class of codes, by law, facts, and a text model where there is one.

    Attributes
    ----------
    columns : Columns or None
        What is read; None: what the data has.
    codes : ClassCodes
    tree : TextTree or None
    weight_fit : WeightFit or None
        How the weight of the tree was found; None where there were too few goods.
    remarks : tuple of Message
        What is doubtful in the class that was learnt from.
    """

    def __init__(self, groups: Sequence[Group], priors: Priors | None, trust: float,
                 columns: Columns | None, codes: ClassCodes, target: DiscreteVariable,
                 domain: Domain | None = None, remarks: tuple[Message, ...] = ()):
        self.groups, self.priors, self.trust = tuple(groups), priors, trust
        self.columns, self.codes, self.remarks = columns, codes, remarks
        self.tree: TextTree | None = None
        self.weight_fit: WeightFit | None = None
        self._engines: tuple[Engine, ...] | None = None
        read = () if columns is None else columns.variables
        metas = [] if columns is None else [StringVariable(name) for name in columns.names]
        super().__init__(Domain(read, target, metas), domain)

    def __repr__(self) -> str:
        return f"<HS code fusion of {', '.join(group.id for group in self.groups)}>"

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_engines": None}

    @property
    def engines(self) -> tuple[Engine, ...]:
        if self._engines is None:
            self._engines = tuple(Engine(group, self.priors) for group in self.groups)
        return self._engines

    def data_to_model_domain(self, data: Table,
                             progress_callback: Callable[..., object] = lambda *_: None) -> Table:
        """Texts and facts are read from the data as it is; features may be computed."""
        columns = self.columns
        for name in () if columns is None else columns.names:
            if name not in data.domain:
                raise DomainTransformationError(f"the model reads the column “{name}”, and the "
                                                "data has none")
        return data

    def predict_storage(self, data: Table) -> tuple[np.ndarray, np.ndarray]:
        columns = Columns(data, self.groups) if self.columns is None \
            else self.columns.on(data, self.groups)
        parts = [self._answer(columns, data[start:start + BLOCK])
                 for start in range(0, len(data), BLOCK)]
        P = np.concatenate(parts) if parts else np.zeros((0, len(self.codes.values)))
        return P.argmax(axis=1).astype(float), P

    def _answer(self, columns: Columns, data: Table) -> np.ndarray:
        ids = list(map(str, range(len(data))))
        case = columns.case_of(data, self.engines, self.trust, ids, self.tree)
        masses = masses_among(self.engines, case.witnesses, case.keys, case.answer)
        said = [None if own is None else own.codes for own in case.alone] \
            or [None] * len(case)
        P = self.codes.probabilities(masses, said)
        # a description may name several goods: each is as likely to be meant
        of = np.array([int(good.whole or good.good_id) for good in case.goods], dtype=int)
        found = np.zeros((len(data), P.shape[1]))
        np.add.at(found, of, P)
        return found / np.bincount(of, minlength=len(data))[:, None]


def law_model(groups: Sequence[Group] = (), priors: Priors | None = None, trust: float = TRUST
              ) -> FusionModel:
    """The law alone, which needs no training: P of the codes of all groups."""
    groups = loaded_groups(groups)
    codes = codes_of([Engine(group, priors) for group in groups])
    values = tuple(code for code in codes if code.isdigit())
    target = DiscreteVariable(CLASS_NAME, values)
    model = FusionModel(groups, priors, trust, None,
                        ClassCodes(values, (0.,) * len(values), tuple(codes)), target)
    model.name = FusionLearner.name
    return model
