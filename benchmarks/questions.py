"""How many questions settle a good: the proposed one first, against the best fixed order.

Run ``python benchmarks/questions.py [--half look|last] [--shared DIR]``.  Skipped where the goods
of published rulings are absent.

The facts of a good are what its description states and, of what it is silent about, the likeliest
values.  A questioner who knows only that it is footwear, or a half of what is stated, asks fact by
fact until a code has 1 − error of the probability; each answer is the fact of the good.
*Proposed*: what the verdict proposes first.  *Fixed*: one order for all goods, what is known left
out and stopped as early – the order with the fewest questions on the goods of *other* rulings,
found among all orders there are (a shortest way over sets of facts), not by trying some.
*Skipping*: the same, and it leaves out what can't change the code any more, as a checklist with
branches does.  *Form*: the shortest beginning of this order that settles 95 % of the other goods,
asked whole of each.  *Least*: what one needs who knows all the answers and asks for the fewest
that prove the code; no order of questions can do better.
The interval is that of the ratio over rulings drawn again.
"""
from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rulings import FILE, FOOTWEAR, read_goods  # beside this file

from orangecontrib.customs.cases import case_of
from orangecontrib.customs.cases.goods import Good
from orangecontrib.customs.declarations import FactReader
from orangecontrib.customs.defaults import ERROR
from orangecontrib.customs.facts import Evidence, normalise
from orangecontrib.customs.fusion import Engine
from orangecontrib.customs.groups import find_group

GROUP = "footwear"
FOLDS = 5
#: The proposed question first should take no more than this share of the fixed order's questions.
GOAL = .7
#: Accepted errors of the code: the default, and one at which hardly any code is wrong.
ERRORS = (ERROR, .01)
#: The share of other goods that a form settles.
SETTLED = .95
#: The start: what is read of the good before anything is asked.
STARTS = ("it is footwear", "a half of what is stated")


@dataclass(frozen=True)
class Simulated:
    """A good whose facts are known to the one who answers, and a part to the one who asks."""

    source: str
    facts: Mapping[str, str]
    told: frozenset[str]
    code: tuple[str, ...]


def simulated(goods: Sequence[Mapping[str, str]], engine: Engine, half: bool, rng
              ) -> list[Simulated]:
    """Goods of rulings whose own facts lead to the heading of the ruling."""
    reader = FactReader(engine.group)
    readings = [reader.read(good["description"]) for good in goods]
    keys = [str(number) for number in range(len(goods))]
    likeliest = reader.evidence(keys, readings).posterior(engine.priors)
    found = []
    for row, (good, reading) in enumerate(zip(goods, readings)):
        facts = {fact: engine.table.vocabulary[fact].value_ids[int(likeliest[fact][row].argmax())]
                 for fact in engine.priors}
        outcome = engine.table.outcomes[engine.table.find(**facts).outcome]
        if outcome[0][:4] != good["official_code"][:4]:
            continue  # the reader, or the practice of another country, makes other goods of it
        stated = [fact for fact, values in reading.stated().items()
                  if len(values) == 1 and fact not in engine.gate]
        told = {fact for fact in stated if half and rng.random() < .5}
        found.append(Simulated(good["source"], facts, frozenset(told | engine.gate), outcome))
    return found


def asked_by_proposal(goods: Sequence[Simulated], error: float) -> tuple[np.ndarray, np.ndarray]:
    """Questions per good where the proposed one is asked first, and whether the code is right."""
    keys = [str(number) for number in range(len(goods))]
    case = case_of([Good(key, key, None) for key in keys], groups=[GROUP])
    answers = {key: {fact: good.facts[fact] for fact in good.told}
               for key, good in zip(keys, goods)}
    asked, right = np.zeros(len(goods), dtype=int), np.zeros(len(goods), dtype=bool)
    open_ = set(keys)
    while open_:
        for row, verdict in enumerate(case.decide(error=error, answers=answers)):
            key = keys[row]
            if key not in open_:
                continue
            left = [q.fact for q in verdict.questions if q.fact not in answers[key]]
            if verdict.p >= 1 - error or not left:
                open_.discard(key)
                right[row] = verdict.codes == goods[row].code
                continue
            answers[key][left[0]] = goods[row].facts[left[0]]
            asked[row] += 1
    return asked, right


class Sets:
    """Which goods are settled once a set of facts is known; sets are numbers, a bit per fact."""

    def __init__(self, goods: Sequence[Simulated], engine: Engine):
        self.goods, self.engine = goods, engine
        self.facts = [fact for fact in engine.priors if fact not in engine.gate]
        told = np.array([[fact in good.told for fact in self.facts] for good in goods])
        self.told = (told * (1 << np.arange(len(self.facts)))).sum(axis=1)
        kinds = {}
        self.kind = np.array([kinds.setdefault((tuple(good.facts.values()), bits), len(kinds))
                              for good, bits in zip(goods, self.told.tolist())])
        first = [int(np.flatnonzero(self.kind == kind)[0]) for kind in range(len(kinds))]
        self._examples = [goods[row] for row in first]
        self.p = self._probabilities([int(self.told[row]) for row in first])

    def _probabilities(self, told: Sequence[int]) -> np.ndarray:
        """P(code) per kind of good and set, shape (kinds, 2 ** facts)."""
        sets = np.arange(1 << len(self.facts))
        result = np.empty((len(told), len(sets)))
        for number, (good, bits) in enumerate(zip(self._examples, told)):
            known, where = np.unique(sets | bits, return_inverse=True)
            facts = {}
            for fact, prior in self.engine.priors.items():
                truth = np.zeros(len(prior))
                truth[self.engine.table.vocabulary[fact].index(good.facts[fact])] = 1
                at = fact in self.engine.gate or known >> self.facts.index(fact) & 1
                facts[fact] = np.where(np.reshape(at, (-1, 1)), truth, prior) \
                    * np.ones((len(known), 1))
            p = []
            for start in range(0, len(known), 4096):
                some = {fact: values[start:start + 4096] for fact, values in facts.items()}
                belief = self.engine.believe(_as_evidence(some, self.engine.priors))
                p.append(self.engine.p_chosen(belief.codes, belief.chosen))
            result[number] = np.concatenate(p)[where]
        return result

    def settled(self, error: float) -> np.ndarray:
        """Of each good and set, shape (goods, sets)."""
        return (self.p >= 1 - error)[self.kind]

    def least(self, settled: np.ndarray) -> np.ndarray:
        """The fewest questions that settle each good."""
        sets = np.arange(settled.shape[1])
        return np.array([min(number.bit_count() for number in
                             set((sets[row] & ~told).tolist()))
                         for row, told in zip(settled, self.told)])

    def best_order(self, settled: np.ndarray, rows: np.ndarray) -> list[int]:
        """The order of facts with the fewest questions on some goods, of all orders."""
        n, open_ = len(self.facts), ~settled[rows]
        told = self.told[rows]
        # the price of asking a fact at a set: goods that are open there and don't tell it
        price = np.stack([open_[(told >> fact & 1) == 0].sum(axis=0) for fact in range(n)])
        cost, last = np.full(1 << n, np.inf), np.zeros(1 << n, dtype=int)
        cost[0] = 0
        sets = np.arange(1 << n)
        sizes = np.array([number.bit_count() for number in range(1 << n)])
        for size in range(n):
            of_size = sets[sizes == size]
            for fact in range(n):
                before = of_size[(of_size >> fact & 1) == 0]
                after, value = before | 1 << fact, cost[before] + price[fact, before]
                better = value < cost[after]
                cost[after[better]], last[after[better]] = value[better], fact
        order, at = [], (1 << n) - 1
        while at:
            order.append(int(last[at]))
            at ^= 1 << order[-1]
        return order[::-1]

    def asked(self, settled: np.ndarray, order: Sequence[int], row: int,
              skipping: bool = False) -> int:
        """Questions that an order needs for a good."""
        at, questions = 0, 0
        for fact in order:
            if settled[row, at]:
                break
            told = int(self.told[row]) >> fact & 1
            if not told and not (skipping and not self._matters(row, at, fact)):
                questions += 1
            at |= 1 << fact
        return questions

    def form(self, settled: np.ndarray, order: Sequence[int], rows: np.ndarray) -> int:
        """As a set, the beginning of an order that settles most of some goods."""
        at = 0
        for fact in order:
            if settled[rows, at].mean() >= SETTLED:
                break
            at |= 1 << fact
        return at

    def _matters(self, row: int, at: int, fact: int) -> bool:
        """Whether any answer to a fact would change the probability of a code."""
        good = self.goods[row]
        known = at | int(self.told[row])
        base = {f: _point(self.engine, f, good.facts[f]) if f in self.engine.gate
                or known >> self.facts.index(f) & 1 else self.engine.priors[f]
                for f in self.engine.priors}
        name = self.facts[fact]
        values = self.engine.table.vocabulary[name].value_ids
        rows = {f: np.tile(p, (len(values), 1)) for f, p in base.items()}
        rows[name] = np.eye(len(values))
        codes = self.engine.believe(_as_evidence(rows, self.engine.priors)).codes
        return bool(np.ptp(codes, axis=0).max() > 1e-6)


def _point(engine: Engine, fact: str, value: str) -> np.ndarray:
    p = np.zeros(len(engine.priors[fact]))
    p[engine.table.vocabulary[fact].index(value)] = 1
    return p


def _as_evidence(facts: Mapping[str, np.ndarray], priors: Mapping[str, np.ndarray]) -> Evidence:
    """Evidence that makes beliefs of these."""
    keys = [str(number) for number in range(len(next(iter(facts.values()))))]
    return Evidence(keys, {fact: np.log(np.clip(normalise(p), 1e-12, None)) - np.log(priors[fact])
                           for fact, p in facts.items()})


def ratio_interval(one: np.ndarray, other: np.ndarray, sources: Sequence[str], draws: int = 2000
                   ) -> tuple[float, float]:
    """95 % interval of Σ one / Σ other, with rulings drawn again."""
    names, of = np.unique(sources, return_inverse=True)
    sums = np.array([[some[of == n].sum() for n in range(len(names))] for some in (one, other)])
    picks = np.random.default_rng(0).integers(len(names), size=(draws, len(names)))
    a, b = sums[0][picks].sum(axis=1), sums[1][picks].sum(axis=1)
    low, high = np.quantile(a / b, (.025, .975))
    return float(low), float(high)


def show(goods: Sequence[Simulated], sets: Sets, error: float):
    sources = [good.source for good in goods]
    proposed, right = asked_by_proposal(goods, error)
    settled = sets.settled(error)
    names = np.unique(sources)
    fold = dict(zip(np.random.default_rng(0).permutation(names), np.arange(len(names)) % FOLDS))
    of = np.array([fold[source] for source in sources])
    fixed, skipping, form = (np.zeros(len(goods), dtype=int) for _ in range(3))
    for number in range(FOLDS):
        others = np.flatnonzero(of != number)
        order = sets.best_order(settled, others)
        whole = sets.form(settled, order, others)
        for row in np.flatnonzero(of == number):
            fixed[row] = sets.asked(settled, order, row)
            skipping[row] = sets.asked(settled, order, row, skipping=True)
            form[row] = (whole & ~int(sets.told[row])).bit_count()
    print(f"  accepted error {error:g}: the code is right for {right.sum()} of {len(goods)}; a "
          f"fixed order: {', '.join(sets.facts[fact] for fact in order[:6])} …")
    print(f"    {'proposed first':22} {proposed.mean():.2f} questions a good")
    for name, other in (("fixed order", fixed), ("fixed order, skipping", skipping),
                        ("form", form), ("least", sets.least(settled))):
        low, high = ratio_interval(proposed, other, sources)
        ratio = proposed.sum() / other.sum()
        goal = f", goal <= {GOAL:.2f}: {'kept' if ratio <= GOAL else 'MISSED'}" \
            if other is fixed else ""
        print(f"    {name:22} {other.mean():.2f}; proposed / this = {ratio:.2f} "
              f"[{low:.2f}, {high:.2f}]{goal}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = Path(__file__).resolve().parents[1].parent / "shared" / "cases"
    parser.add_argument("--shared", type=Path, default=default, help=f"folder with {FILE}")
    parser.add_argument("--half", choices=("look", "last"), default="look")
    arguments = parser.parse_args()
    path = arguments.shared / FILE
    if not path.exists():
        print(f"skipped: no {path}")
        return
    goods = [good for good in read_goods(path) if good["half"] == arguments.half
             and good["lang"] == "ru" and good["official_code"].startswith(FOOTWEAR)]
    engine = Engine(find_group(GROUP))
    for start in STARTS:
        some = simulated(goods, engine, start != STARTS[0], np.random.default_rng(0))
        print(f"{len(some)} goods of {len({good.source for good in some})} rulings; known before: "
              f"{start}")
        sets = Sets(some, engine)
        for error in ERRORS:
            show(some, sets, error)


if __name__ == "__main__":
    main()
