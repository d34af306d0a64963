"""Safe digits with a promise: coverage on simulated goods, and on published rulings.

Run ``python benchmarks/conformal.py [--goods N] [--rulings]``.

*Simulated*: a tariff of six headings, goods whose true code is drawn from one distribution while
the program states another: sharper than it ought to be, and wrong about some headings more than
about others.  Calibration tables are drawn again and again; the standard error is that over
tables.  Told is the coverage, nominal − 2 standard errors, mean length and share of the root; of
all goods, of each heading for which there is a promise of its own, of what is pooled; for single
goods, and for rulings of many alike goods, of which one is judged.

*Rulings*: our own goods of published rulings.  Half `look` calibrates, `last` and `later` judge;
all three were opened before, and rules were mended with `look` and `last`, so that the program is
better on `look` than on what it has not seen: the promise is weaker than it seems.  Official codes
have six digits.  Beside the promised digits stand those by the probabilities alone, all digits, and
none.
"""
from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from pathlib import Path

import numpy as np

from orangecontrib.customs.evaluation.conformal import ALL, Known, Promise, promise_of
from orangecontrib.customs.evaluation.coverage import ERRORS, coverages
from orangecontrib.customs.nomenclature import LEVELS

RULINGS = Path(__file__).with_name("rulings_own.csv")
#: How often the six headings are met; the last ones are too rare for a promise of their own.
OFTEN = (.4, .3, .15, .1, .03, .02)
#: Codes under a heading: three subheadings of two branches of two codes each.
BELOW = [f"{sub}0{branch}0{code}" for sub in (11, 19, 90) for branch in (1, 2) for code in (1, 2)]
CODES = [f"64{heading:02}{rest}"[:10] for heading in range(1, len(OFTEN) + 1) for rest in BELOW]
#: How much sharper than the truth the stated probabilities are.
SHARPENED = 2.5
#: By how much the program favours a heading wrongly, in log-odds.
FAVOURED = np.repeat((0., .5, -1., 1., 2., 0.), len(BELOW))


def simulated(rng: np.random.Generator, groups: int, sizes: tuple[int, int] = (1, 1)
              ) -> list[Known]:
    """Goods of so many rulings, each of a number of goods that lies in `sizes`.

    Goods of one ruling have the same true code and nearly the same stated probabilities.
    """
    rows = []
    logits = np.repeat(np.log(OFTEN), len(BELOW)) + rng.normal(0, 3, (groups, len(CODES)))
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    many = rng.integers(sizes[0], sizes[1] + 1, groups)
    for group in range(groups):
        true = CODES[int(rng.choice(len(CODES), p=p[group]))]
        for _ in range(many[group]):
            noise = 0 if many[group] == 1 else rng.normal(0, 1, len(CODES))
            said = SHARPENED * logits[group] + FAVOURED + noise
            stated = np.exp(said - said.max())
            rows.append(Known(way_down(stated / stated.sum()), true, f"ruling {group}"))
    return rows


def way_down(stated: np.ndarray):
    """From the likeliest heading down by the likeliest child."""
    way, node = [], ""
    for level in LEVELS:
        masses: dict[str, float] = defaultdict(float)
        for code, p in zip(CODES, stated):
            if code.startswith(node):
                masses[code[:level]] += p
        node = max(masses, key=lambda code: masses[code])
        way.append((node, min(float(masses[node]), way[-1][1] if way else 1.)))
    return tuple(way)


def tell(name: str, error: float, hits: list[tuple[float, int]], lengths: list[int]) -> bool:
    """A line of coverage over tables: (share, number) of each; whether it is high enough."""
    n = sum(number for _, number in hits)
    shares, weights = np.array([share for share, _ in hits]), np.array([m for _, m in hits])
    covered = float(shares @ weights / n)
    # a ratio over tables, linearised
    se = float(np.sqrt((weights ** 2 * (shares - covered) ** 2).sum()) / n)
    low = 1 - error - 2 * se
    length = np.array(lengths)
    print(f"  {name:38} {error:>5.0%} {n:>7} {covered:>8.4f} {low:>8.4f} "
          f"{length.mean():>6.2f} {(length == 0).mean():>6.3f}"
          f"{'' if covered >= low else '   TOO LOW'}")
    return covered >= low


def simulate(rng: np.random.Generator, goods: int, table: int, sizes: tuple[int, int]) -> bool:
    """Coverage of promises of tables of so many rulings; False where one is broken."""
    print(f"\nSimulated: tables of {table} rulings of {sizes[0]}–{sizes[1]} goods\n"
          f"  {'':38} error       n  covered  nominal length   root\n{'':55}− 2 s.e.")
    hits: dict[tuple, list] = defaultdict(list)
    lengths: dict[tuple, list[int]] = defaultdict(list)
    for _ in range(max(1, goods // 100)):
        known = simulated(rng, table, sizes)
        fresh = simulated(rng, 100, sizes)
        if sizes != (1, 1):  # one good of each other ruling
            fresh = [some[rng.integers(len(some))] for some in by_ruling(fresh)]
        for error in ERRORS:
            promise = promise_of(known, error)
            right: dict[tuple, list[bool]] = defaultdict(list)
            for row in fresh:
                for rule, of, answer in answers(promise, row):
                    right[rule, error, of].append(row.true.startswith(answer))
                    lengths[rule, error, of].append(len(answer))
            for key, some in right.items():
                hits[key].append((float(np.mean(some)), len(some)))
    kept = True
    for (rule, error, of), some in sorted(hits.items(), key=lambda one: one[0]):
        if rule == "by probabilities" and of != "all":
            continue
        fine = tell(f"{rule}: {of}", error, some, lengths[rule, error, of])
        kept &= fine or rule != "promised"
    return kept


def answers(promise: Promise, row: Known):
    """Rule, of which goods, and the answer."""
    answer = promise.safe(row.way)[0]
    threshold = promise.threshold(row.way)
    yield "promised", "all", answer
    if threshold is not None:
        kind = "all headings" if threshold.kind == ALL else threshold.kind
        yield "promised", f"{kind} {threshold.heading}".strip(), answer
    masses = next((node for node, p in reversed(row.way) if p >= 1 - promise.error), "")
    yield "by probabilities", "all", masses


def by_ruling(rows: list[Known]) -> list[list[Known]]:
    found: dict[str, list[Known]] = defaultdict(list)
    for row in rows:
        found[row.by].append(row)
    return list(found.values())


def rulings() -> None:
    """What half `look` promises of the others."""
    from orangecontrib.customs.cases import case_of
    from orangecontrib.customs.cases.assess import known_goods
    from orangecontrib.customs.cases.files import goods_of_rows
    with open(RULINGS, encoding="utf-8-sig", newline="") as file:
        goods = list(csv.DictReader(file))
    halves: dict[str, list[Known]] = {}
    for half in ("look", "last", "later"):
        mine = [good for good in goods if good["half"] == half]
        case = case_of(goods_of_rows([{"good_id": str(number), "description": good["description"]}
                                      for number, good in enumerate(mine)]))
        of = {good.key: mine[int(good.whole or good.good_id)] for good in case.goods}
        halves[half] = list(known_goods(
            case, {key: good["official_code"] for key, good in of.items()},
            {key: good["source"] for key, good in of.items()}).rows)
    print("\nRulings, all opened before: half 'look' calibrates")
    for half, rows in halves.items():
        said = [row for row in rows if row.way]
        print(f"  {half}: {len(rows)} goods, {len(said)} with a code, of "
              f"{len({row.by for row in said})} rulings")
    print(f"  {'half':6} {'rule':14} {'of':8} error rests   goods     n covered       interval "
          "length   root")
    for half in ("last", "later"):
        for error in ERRORS:
            promise = promise_of(halves["look"], error)
            if not promise.digits:
                print(f"  {half:6} error {error:.0%}: {promise.n:.0f} rulings are too few")
            for c in coverages([(promise, halves[half])]):
                if c.heading and (c.rule != "conformal" or c.n < 10):
                    continue
                print(f"  {half:6} {c.rule:14} {c.heading or 'all':8} {error:>5.0%} {c.rests:8}"
                      f"{c.goods:>5} {c.n:>5.1f} {c.covered:>7.3f}  [{c.low:.2f}, {c.high:.2f}] "
                      f"{c.length:>6.2f} {c.root:>6.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--goods", type=int, default=5_000, help="simulated goods to judge")
    parser.add_argument("--rulings", action="store_true", help="only the rulings")
    arguments = parser.parse_args()
    if not arguments.rulings:
        rng = np.random.default_rng(0)
        kept = [simulate(rng, arguments.goods, table, sizes)
                for table, sizes in ((300, (1, 1)), (1000, (1, 1)), (300, (1, 12)))]
        print("\nall promises kept" if all(kept) else "\nA PROMISE IS BROKEN")
    rulings()


if __name__ == "__main__":
    main()
