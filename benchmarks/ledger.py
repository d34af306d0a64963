"""How soon the ledger's page shows that the error rises, and how often it does so for nothing.

Years of declarations are simulated: a good's facts are drawn from the group's priors, a
declaration states some of them and is right with a probability that the program knows, and the
program decides by the exact engine.  A person finds the true code of each.  From the seventh month
on statements of one fact are wrong more often than the program believes, so that its stated
probabilities no longer hold.  Counted are the years whose page shows an alarm in month seven or
eight, and the years without a drift in which it shows one in any month.

Beside the test stand two simpler rules: the month's error is above that of the months before; and
its 95 % interval lies above it.  All is simulated, so that nothing is said of real declarations
but how the test does.

    python benchmarks/ledger.py [--years 400] [--goods 100] [--wrong 0.1 0.2 0.3]
"""
from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from intervals import share

from orangecontrib.customs.evaluation.drift import ALPHA, drift_of, periods_of
from orangecontrib.customs.facts import Evidence
from orangecontrib.customs.fusion.engine import Engine
from orangecontrib.customs.groups import find_group
from orangecontrib.customs.i18n import say, speaking
from orangecontrib.customs.ledger import Entry, Ledger, utc
from orangecontrib.customs.ledger.summary import sentences, summarise

MONTHS = [f"2026-{month:02d}" for month in range(1, 13)]
#: The month of the drift, and that by which it is to be shown.
DRIFT, BY = 6, 7
#: P(a statement is right) as the program knows it, and P(a fact is stated at all).
RELIABILITY, STATED = .99, .97
#: The fact whose statements become worse.
FACT = "upper"


class Year:
    """Declarations of a year: month, code said, its stated P, true code.

    Parameters
    ----------
    goods : int
        A month.
    wrong : float
        P(a statement of :data:`FACT` is of another good) from the month of the drift on; 0: as
        the program knows.
    """

    def __init__(self, engine: Engine, goods: int, wrong: float, rng: np.random.Generator):
        n = goods * len(MONTHS)
        self.months = np.repeat(MONTHS, goods)
        late = self.months >= MONTHS[DRIFT]
        true, loglik = {}, {}
        for fact, prior in engine.priors.items():
            k = len(prior)
            true[fact] = rng.choice(k, n, p=prior)
            off = np.where(late & (fact == FACT), max(wrong, 1 - RELIABILITY), 1 - RELIABILITY)
            said = np.where(rng.random(n) < off, rng.choice(k, n, p=prior), true[fact])
            likelihood = RELIABILITY * np.eye(k)[said] + (1 - RELIABILITY) * prior[said][:, None]
            loglik[fact] = np.where((rng.random(n) < STATED)[:, None], np.log(likelihood), 0.)
        keys = [str(number) for number in range(n)]
        belief = engine.believe(Evidence(keys, loglik))
        facts = {fact: np.eye(len(prior))[true[fact]] for fact, prior in engine.priors.items()}
        self.true = np.array(engine.codes)[engine.weigh(facts)[1].argmax(axis=1)]
        self.said = [engine.table.outcomes[number] for number in belief.chosen]
        self.p = engine.p_chosen(belief.codes, belief.chosen)
        inside = np.array([codes[0].isdigit() for codes in self.said]) \
            & np.char.isdigit(self.true.astype(str))
        self.rows = np.flatnonzero(inside)
        self.wrong = np.array([true not in said for said, true in zip(self.said, self.true)])

    def of_months(self) -> tuple[list[str], np.ndarray, np.ndarray]:
        """Month, what was wrong, stated P(error), of goods with a code."""
        return (self.months[self.rows].tolist(), self.wrong[self.rows],
                1 - self.p[self.rows])

    def entries(self) -> list[Entry]:
        """As a person would have reviewed them."""
        return [Entry(str(row), "Ann", utc(f"{self.months[row]}-{1 + row % 28:02d}"),
                      ";".join(self.said[row]), self.true[row], float(self.p[row]))
                for row in self.rows]


def tested(months: list[str], wrong: np.ndarray, stated: np.ndarray) -> set[str]:
    """Months of alarms of the ledger."""
    return {alarm.last for alarm in drift_of(months, wrong, stated).alarms}


def higher(months: list[str], wrong: np.ndarray, stated: np.ndarray, sure: bool = False
           ) -> set[str]:
    """Months whose error, or the lower limit of its interval, is above that before."""
    periods, found = periods_of(months, wrong, stated), set()
    for number, period in enumerate(periods[1:], start=1):
        before = periods[:number]
        rate = sum(p.wrong for p in before) / max(1, sum(p.n for p in before))
        if (period.low if sure else period.rate) > rate:
            found.add(period.name)
    return found


RULES: dict[str, Callable[..., set[str]]] = {
    "the ledger's test": tested, "higher than before": higher,
    "95 % interval above": lambda *year: higher(*year, sure=True)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--years", type=int, default=400)
    parser.add_argument("--goods", type=int, default=100, help="a month")
    parser.add_argument("--wrong", type=float, nargs="+", default=[.1, .2, .3],
                        help="P(a statement is of another good) from month seven on")
    options = parser.parse_args()
    engine, rng = Engine(find_group("footwear")), np.random.default_rng(26)

    def years(wrong: float) -> list[Year]:
        return [Year(engine, options.goods, wrong, rng) for _ in range(options.years)]

    def rate(some: list[Year], late: bool) -> float:
        return float(np.mean(np.concatenate([
            year.wrong[year.rows][(year.months[year.rows] >= MONTHS[DRIFT]) == late]
            for year in some])))
    calm = years(0.)
    print(f"{options.years} years of {options.goods} declarations a month, error "
          f"{rate(calm, True):.3f}; years with a false alarm in any month (nominal: at most "
          f"{ALPHA:.0%}):")
    for name, rule in RULES.items():
        print(f"    {name:22} {share([bool(rule(*year.of_months())) for year in calm])}")
    for wrong in options.wrong:
        drifting = years(wrong)
        print(f"statements of {FACT} wrong with {wrong:g} from month seven on: error "
              f"{rate(drifting, False):.3f}, then {rate(drifting, True):.3f}; years in which it "
              "is shown in month seven or eight:")
        for name, rule in RULES.items():
            found = [rule(*year.of_months()) & set(MONTHS[DRIFT:BY + 1]) for year in drifting]
            print(f"    {name:22} {share([bool(months) for months in found])}")
    print("\nWhat the page says of the first year of the last kind, month by month:\n")
    with tempfile.TemporaryDirectory() as folder, speaking("en"):
        ledger = Ledger(Path(folder) / "year.ledger")
        ledger.append(drifting[0].entries())
        for month in MONTHS[DRIFT - 1:BY + 1]:
            some = [entry for entry in ledger.entries() if entry.month <= month]
            print(f"{month}: {say(sentences(summarise(some)))}")


if __name__ == "__main__":
    main()
