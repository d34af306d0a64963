"""A trained classifier of texts as a witness: codes of any goods, from their descriptions."""
from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from orangecontrib.customs.facts import Evidence
from orangecontrib.customs.fusion.alone import Alone
from orangecontrib.customs.fusion.among import Answer, codes_of
from orangecontrib.customs.fusion.classifier import OTHER, classifier_odds, outside_of
from orangecontrib.customs.fusion.engine import MODEL, Engine
from orangecontrib.customs.fusion.keys import unique_keys
from orangecontrib.customs.i18n import Message
from orangecontrib.customs.nomenclature.decision_table import OUTSIDE

from .goods import Good
from .sources import Source

if TYPE_CHECKING:    # takes scipy, which nothing else here does
    from orangecontrib.customs.textmining.tree import TextTree

__all__ = ["model_odds", "text_model_source"]

_STRANGE = Message("cases.text_strange")
#: Classes of a good that are kept beside its odds.
KEPT = 40


def _class_shares(model: TextTree) -> np.ndarray:
    """Shares of the model's classes in its training, those that it never saw half a row each."""
    tree = model.trained.tree
    counts = dict(zip((c for codes in tree.branches.codes for c in codes),
                      np.concatenate(tree.counts)))
    shares = np.array([counts[code] + .5 for code in model.trained.classes], dtype=float)
    return shares / shares.sum()


def model_odds(model: TextTree, probabilities: np.ndarray, engines: Sequence[Engine],
               weight: float | None = None) -> np.ndarray:
    """The model's term for the codes of all groups, (N, n_codes).

    A group's prior of being inside holds for goods that are sent to it.  A model of all headings
    knows better how likely it is that a good is of the group, so that this prior makes way for
    the model's own; the weight tempers what it says of codes inside.

    Parameters
    ----------
    probabilities : ndarray, shape (N, n_classes)
        NaN rows say nothing.
    """
    weight = model.weight if weight is None else weight
    codes, classes, shares = codes_of(engines), model.trained.classes, _class_shares(model)
    odds = classifier_odds(codes, classes, probabilities, shares, weight)
    speaks = ~np.isnan(probabilities).any(axis=1)
    if not weight:
        return odds
    out = np.array(outside_of(classes, tuple(codes)), dtype=bool)
    for engine in engines:
        mine = ~np.array(outside_of(classes, tuple(engine.codes)), dtype=bool)
        if not mine.any() or not out.any():
            continue
        none = engine.none(engine.weigh(Evidence(("",)).posterior(engine.priors))[0])[0]
        own = [place for place, code in enumerate(codes)
               if code in engine.codes and code != OUTSIDE]
        inside, elsewhere = (np.clip(probabilities[speaks][:, some].sum(axis=1), OTHER, 1 - OTHER)
                             for some in (mine, out))
        base = shares[mine].sum() / shares[out].sum()
        # the gate counts in full, whatever the weight of what it says of codes
        gate = (inside / elsewhere / base) ** (1 - weight) * base * none / (1 - none)
        odds[np.ix_(speaks, own)] *= gate[:, None]
    return odds


def text_model_source(goods: Sequence[Good], model: TextTree, engines: Sequence[Engine],
                      weight: float | None = None) -> Source:
    """What a text model says of declared goods.

    It is silent of texts that are unlike all that it was trained on, and says so.  Of a
    description with several goods it speaks as of a whole.

    Parameters
    ----------
    goods : sequence of Good
        As the text's source names them.
    weight : float, optional
        Exponent of the likelihood; that of the model by default.
    """
    rows: dict[tuple[str, str], Good] = {}
    for good in goods:
        key = (good.whole, "") if good.whole else ("", good.key)
        rows.setdefault(key, good)
    ids = [whole or good.good_id for (whole, _), good in rows.items()]
    texts = [good.description or "" for good in rows.values()]
    answers, strange = model(texts)
    P = model.trained.tree.class_probabilities(answers)
    silent = strange | np.array([not text.strip() for text in texts], dtype=bool)
    classes = model.trained.classes
    odds = model_odds(model, np.where(silent[:, None], np.nan, P), engines, weight)
    told = [Good(key, id_, None, problems=(_STRANGE,) if text.strip() and far else ())
            for key, id_, text, far in zip(unique_keys(ids), ids, texts, strange)]
    alone = tuple(None if quiet else _alone(p, classes, model) for p, quiet in zip(P, silent))
    return Source(MODEL, told, answer=Answer(odds, classes), alone=alone,
                  learnt=learnt_of(model, weight))


def learnt_of(model: TextTree, weight: float | None = None) -> str:
    """In short, what a text model has learnt and how it is weighed."""
    return f"{_digest_of(model)} × {model.weight if weight is None else weight:g}"


@lru_cache(maxsize=4)
def _digest_of(model: TextTree) -> str:
    from orangecontrib.customs.textmining.tree import packed
    return hashlib.sha256(packed(replace(model, weight=1.))).hexdigest()[:8]


def _alone(p: np.ndarray, classes: Sequence[str], model: TextTree) -> Alone:
    best = np.argsort(-p, kind="stable")[:KEPT]
    return Alone({classes[place]: float(p[place]) for place in best}, model.trained.titles)
