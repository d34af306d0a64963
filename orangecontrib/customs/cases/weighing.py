"""How much a classifier counts beside law and facts: fitted on goods whose codes are known."""
from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from orangecontrib.customs.declarations import reader_of
from orangecontrib.customs.defaults import WEIGHT
from orangecontrib.customs.fusion.among import Answer, codes_of, masses_among
from orangecontrib.customs.fusion.classifier import is_outside
from orangecontrib.customs.fusion.engine import Engine
from orangecontrib.customs.groups import Group
from orangecontrib.customs.nomenclature import LEVELS
from orangecontrib.customs.nomenclature.decision_table import OUTSIDE
from orangecontrib.customs.textmining.tree import TextTree

from .case import Case, join
from .goods import Good
from .sources import text_source
from .texts import model_odds

__all__ = ["FEWEST", "UNKNOWN", "WEIGHTS", "WeightError", "WeightFit", "fit_weight", "p_true",
           "weighed", "weigh_texts"]

#: Exponents that are tried, by the step of HS Code Fusion's control.  A reader that is too sure of
#: its words makes way for a surer model, but not without end: the model knows what people declare,
#: and no law.
WEIGHTS = tuple(round(.1 * step, 1) for step in range(31))
#: Of a text model without rows to fit it on: the reader and the model have read the same words.
UNKNOWN = .5
#: Rows of the groups that a text model is weighed on.
MOST = 400
#: Groups of goods, as `by` has them, below which nothing is fitted.
FEWEST = 20
#: P of a known code is no less, so that the loss stays finite where the law excludes it.
FLOOR = 1e-12
#: Samples of the groups by which the interval is found.
DRAWS = 1000


class WeightError(ValueError):
    """There are too few goods with known codes to fit a weight.

    Attributes
    ----------
    goods : int
        Groups of goods that there are.
    """

    def __init__(self, goods: int):
        super().__init__(f"a weight is fitted on {FEWEST} goods or more with a known code and an "
                         f"answer of the classifier; there are {goods}")
        self.goods = goods


#: P of all codes (N, n_codes), these codes, known codes → P of each known one, (N,).
PTrue = Callable[[np.ndarray, Sequence[str], Sequence[str]], np.ndarray]


@dataclass(frozen=True)
class WeightFit:
    """The weight under which known codes are likeliest.

    Attributes
    ----------
    weight : float
    low, high : float
        Its 95 % interval, over groups drawn again (percentile bootstrap).
    n : int
        Goods with a known code of which the classifier says something.
    groups : int
        How many of them are witnesses: goods of one group weigh as one.
    losses : dict of float to float
        By weight: the mean of −ln P(known code), each group alike.
    """

    weight: float
    low: float
    high: float
    n: int
    groups: int
    losses: Mapping[float, float]

    @property
    def loss(self) -> float:
        """At the fitted weight."""
        return self.losses[self.weight]

    def as_dict(self) -> dict[str, object]:
        """For a report."""
        return {"weight": self.weight, "low": self.low, "high": self.high, "n": self.n,
                "groups": self.groups, "log_loss": self.loss,
                "losses": {f"{weight:g}": loss for weight, loss in self.losses.items()}}


def fit_weight(case: Case, true: Mapping[str, str], by: Mapping[str, Hashable] | None = None,
               odds_at: Callable[[float], np.ndarray] | None = None,
               weights: Sequence[float] = WEIGHTS, p_of: PTrue | None = None) -> WeightFit:
    """The exponent of a classifier's likelihood with the lowest log-loss of known codes.

    The loss is that of the code as deep as it is known and the groups' tables go; the code of a
    good of no group counts as "none".  The classifier must not have been trained on these goods:
    a model is too sure of those, and would get too much weight.

    Parameters
    ----------
    case : Case
        With the classifier's answer at a weight of 1.
    true : dict of str to str
        Key of a good → its code, 4 to 10 digits; other goods are left out.
    by : dict of str to object, optional
        Key → what it shares with goods that are no further witnesses: a ruling, a model.
    odds_at : callable, optional
        Weight → odds of the case's goods, (N, n_codes); by default the case's own to the power
        of the weight.
    weights : sequence of float
        Those that are tried.
    p_of : callable, optional
        P of the known codes, :func:`p_true` by default: where only some codes can be, another.

    Raises
    ------
    WeightError
        There are fewer than :data:`FEWEST` groups of goods.
    """
    odds_at = odds_at or _powers(case)
    spoken = odds_at(WEIGHT)
    rows = np.array([row for row, good in enumerate(case.goods) if true.get(good.key)
                     and (spoken[row] != spoken[row, 0]).any()], dtype=int)
    keys = [case.keys[row] for row in rows]
    names = keys if by is None else [by.get(key, key) for key in keys]
    place: dict[Hashable, int] = {}
    of = np.array([place.setdefault(name, len(place)) for name in names], dtype=int)
    if len(place) < FEWEST:
        raise WeightError(len(place))
    codes, digits = codes_of(case.engines), [true[key] for key in keys]
    classes = case.answer.classes if case.answer else ()
    witnesses = [replace(w, evidence=w.evidence.align(keys)) for w in case.witnesses]
    losses = np.empty((len(place), len(weights)))
    for column, weight in enumerate(weights):
        masses = masses_among(case.engines, witnesses, keys,
                              Answer(odds_at(weight)[rows], classes))
        loss = -np.log(np.maximum((p_of or p_true)(masses, codes, digits), FLOOR))
        losses[:, column] = np.bincount(of, loss) / np.bincount(of)
    chosen = _best(losses.mean(axis=0)[None], weights)[0]
    drawn = np.random.default_rng(0).multinomial(len(losses), np.full(len(losses), 1 / len(losses)),
                                                 DRAWS)
    low, high = np.quantile(_best(drawn @ losses / len(losses), weights), (.025, .975))
    return WeightFit(float(chosen), float(low), float(high), len(rows), len(place),
                     dict(zip(weights, map(float, losses.mean(axis=0)))))


def _powers(case: Case) -> Callable[[float], np.ndarray]:
    if case.answer is None:
        raise WeightError(0)
    odds = case.answer.odds
    return lambda weight: odds ** weight


def _best(losses: np.ndarray, weights: Sequence[float]) -> np.ndarray:
    """By row the weight with the lowest loss; of equals the one that is nearest to 1."""
    order = np.argsort(np.abs(np.asarray(weights) - WEIGHT), kind="stable")
    return np.asarray(weights)[order][np.round(losses[:, order], 9).argmin(axis=1)]


def p_true(masses: np.ndarray, codes: Sequence[str], true: Sequence[str]) -> np.ndarray:
    """P of known codes, each as deep as the table goes; (N,).

    Parameters
    ----------
    masses : ndarray, shape (N, n_codes)
        A row of NaN is of a good of which nothing is said: all codes are alike.
    codes : sequence of str
        Of the columns.
    true : sequence of str
        Those whose heading has no code are "none".
    """
    found = np.empty(len(true))
    silent = np.isnan(masses).any(axis=1)
    members: dict[str, list[int]] = {}
    for row, code in enumerate(true):
        mine = members.get(code)
        if mine is None:
            mine = members[code] = _members(code, codes)
        found[row] = len(mine) / len(codes) if silent[row] else masses[row, mine].sum()
    return found


def _members(code: str, codes: Sequence[str]) -> list[int]:
    """The columns of a known code."""
    node = OUTSIDE if is_outside(code[:4], codes) else next(
        code[:digits] for digits in (len(code), *sorted(LEVELS, reverse=True))
        if any(own.startswith(code[:digits]) for own in codes))
    return [column for column, own in enumerate(codes) if own.startswith(node)]


def weighed(model: TextTree, goods: Sequence[Good], codes: Sequence[str],
            groups: Sequence[Group]) -> TextTree:
    """The model with the weight under which true codes of the groups' goods are likeliest.

    Parameters
    ----------
    model : TextTree
        As it comes from training, with its answers to held-out rows.
    goods : sequence of Good
        That it was trained on, in order, with the digits of their codes.
    """
    engines = [Engine(group) for group in groups]
    readers = [reader_of(engine.group) for engine in engines if engine.group.reads_text]

    def case_of(rows: Sequence[int]) -> Case:
        some = [replace(goods[row], key=str(row), good_id=str(row), declared_code="")
                for row in rows]
        return join(engines, [text_source(some, readers, None, None)])
    return weigh_texts(model, [good.description or "" for good in goods], codes, engines,
                       case_of)[0]


def weigh_texts(model: TextTree, texts: Sequence[str], codes: Sequence[str],
                engines: Sequence[Engine], case_of: Callable[[Sequence[int]], Case],
                p_of: PTrue | None = None) -> tuple[TextTree, WeightFit | None]:
    """The model with its weight, and how that was found; None where there were too few rows.

    Parameters
    ----------
    model : TextTree
        As it comes from training: the answers that are weighed are those to rows that were held
        out.
    texts, codes : sequence of str
        Of its training; equal texts are one witness.
    case_of : callable
        What else is said of some rows; the ids of its goods are their numbers.
    p_of : callable, optional
        As in :func:`fit_weight`.
    """
    trained, known = model.trained, codes_of(engines)
    headings = {code[:4] for code in known if code.isdigit()}
    held_out, asked = trained.held_out, trained.rows
    if held_out is None or asked is None:
        return replace(model, weight=UNKNOWN), None
    places = [place for place, row in enumerate(asked) if codes[row][:4] in headings]
    places = sorted(np.random.default_rng(0).permutation(places)[:MOST].tolist())
    if len(places) < FEWEST:
        return replace(model, weight=UNKNOWN), None
    P = trained.tree.class_probabilities(
        replace(held_out, masses=tuple(mass[places] for mass in held_out.masses)))
    rows = [int(asked[place]) for place in places]
    case, answer = case_of(rows), {str(row): place for place, row in enumerate(rows)}
    # of a description with several goods the model speaks as of a whole
    at = np.array([row for row, good in enumerate(case.goods) if not good.whole], dtype=int)
    own = [answer[case.goods[row].good_id] for row in at]
    true = {case.keys[row]: codes[rows[place]] for row, place in zip(at, own)}
    by = {case.keys[row]: texts[rows[place]] for row, place in zip(at, own)}

    def odds_at(weight: float) -> np.ndarray:
        odds = np.ones((len(case), len(known)))
        odds[at] = model_odds(model, P[own], engines, weight)
        return odds
    case = replace(case, answer=Answer(odds_at(WEIGHT), trained.classes))
    try:
        # at 0 the model would not say either what is of no group
        fit = fit_weight(case, true, by, odds_at, WEIGHTS[1:], p_of)
    except WeightError:
        return replace(model, weight=UNKNOWN), None
    return replace(model, weight=fit.weight), fit
