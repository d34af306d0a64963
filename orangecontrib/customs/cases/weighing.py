"""How much a text model counts beside the law: chosen on rows that it has not seen."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from orangecontrib.customs.declarations import reader_of
from orangecontrib.customs.fusion.among import Answer, codes_of, decide_among
from orangecontrib.customs.fusion.engine import Engine
from orangecontrib.customs.groups import Group
from orangecontrib.customs.textmining.tree import TextTree

from .case import join
from .goods import Good
from .sources import text_source
from .texts import model_odds

__all__ = ["weighed"]

#: Exponents that are tried.  A reader that is too sure of its words makes way for a surer model,
#: but not without end: the model knows what people declare, and no law.
WEIGHTS = (.1, .2, .35, .5, .75, 1., 1.5, 2., 3.)
#: Without any row of a group's: the reader and the model have read the same words.
UNKNOWN = .5
#: Rows of the groups that are looked at, and fewer than which nothing is chosen.
MOST, FEWEST = 400, 20
#: Of a heading that has no probability.
TINY = 1e-3


def weighed(model: TextTree, goods: Sequence[Good], codes: Sequence[str],
            groups: Sequence[Group]) -> TextTree:
    """The model with the exponent under which true headings of the groups are likeliest.

    Parameters
    ----------
    model : TextTree
        As it comes from training, with its answers to held-out rows.
    goods : sequence of Good
        That it was trained on, in order, with the digits of their codes.
    """
    engines = [Engine(group) for group in groups]
    known = codes_of(engines)
    headings = {code[:4] for code in known if code.isdigit()}
    held_out, asked = model.trained.held_out, model.trained.rows
    if held_out is None or asked is None:
        return replace(model, weight=UNKNOWN)
    places = [place for place, row in enumerate(asked) if codes[row][:4] in headings]
    places = sorted(np.random.default_rng(0).permutation(places)[:MOST].tolist())
    rows = [int(asked[place]) for place in places]
    if len(rows) < FEWEST:
        return replace(model, weight=UNKNOWN)
    part = replace(held_out, masses=tuple(mass[places] for mass in held_out.masses))
    P = model.trained.tree.class_probabilities(part)
    readers = [reader_of(engine.group) for engine in engines if engine.group.reads_text]
    some = [replace(goods[row], key=str(place), good_id=str(place), declared_code="")
            for place, row in enumerate(rows)]
    case = join(engines, [text_source(some, readers, None, None)])
    at = [place for place, good in enumerate(case.goods) if not good.whole]
    own = [int(case.goods[place].good_id) for place in at]
    truth = [codes[rows[place]][:4] for place in own]
    keys = [case.goods[place].key for place in at]
    losses = []
    for weight in WEIGHTS:
        odds = model_odds(model, P[own], engines, weight)
        witnesses = [replace(witness, evidence=witness.evidence.align(keys))
                     for witness in case.witnesses]
        verdicts = decide_among(engines, witnesses, keys,
                                answer=Answer(odds, model.trained.classes))
        found = [verdict.p_of(heading) for verdict, heading in zip(verdicts, truth)]
        losses.append(-np.mean([np.log(max(p, TINY) if p == p else TINY) for p in found]))
    return replace(model, weight=WEIGHTS[int(np.argmin(losses))])
