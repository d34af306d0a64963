"""Codes of goods of published customs rulings: how often, how well, how surely.

Run ``python benchmarks/rulings.py [--half look|last|later] [--shared DIR | --own] [--show]``.
Skipped where the goods are absent.  They are in halves: rules are mended with `look`; `last` is
opened once, and so is `later`, which our own goods have besides.

A good is decided as the command line decides it.  *Answered*: footwear with a code.  *Confidently
wrong*: with P(heading) of .8 and more, footwear under another heading or other goods under a
heading of footwear.  A good for which several rows came is right where all of them are.  The
intervals are Wilson's with Kish's number of rulings in place of n: goods of one ruling are one
witness.  The trivial baseline has one code per upper material, where the text states one.
"""
from __future__ import annotations

import argparse
import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from intervals import grouped_share  # beside this file

from orangecontrib.customs.cases import decide
from orangecontrib.customs.declarations import FactReader
from orangecontrib.customs.groups import find_group

FILE = "rulings_dev.csv"
#: Goods whose descriptions are by people who had not seen the reader; `last` was opened on
#: 2026-11-29 and mended with since, `later` on the same day after that.
OWN = Path(__file__).with_name("rulings_own.csv")
LANGUAGES = {"ru": "Russian", "en": "English"}
FOOTWEAR = ("6401", "6402", "6403", "6404", "6405")
SURE = .8
#: Lower bounds of P(heading) in the table of its reliability.
STEPS = (0., .5, .8, .95)
#: The code of most footwear with such an upper.
BASELINE = {"rubber": "640299", "plastic": "640299", "leather": "640399", "textile": "640419",
            "composition_leather": "640510", "other": "640590"}


@dataclass(frozen=True)
class Answer:
    """What was said of one good, all its rows together."""

    good_id: str
    source: str
    official: str
    codes: tuple[str, ...]      #: of footwear
    p_heading: float = 0.
    excluded: bool = False      #: said to be no footwear, or a part of it
    rows: int = 1

    @property
    def is_footwear(self) -> bool:
        return self.official.startswith(FOOTWEAR)

    def right(self, digits: int) -> bool:
        """Do all codes begin as the official one does?"""
        return bool(self.codes) and all(code[:digits] == self.official[:digits]
                                        for code in self.codes)

    @property
    def confidently_wrong(self) -> bool:
        return bool(self.codes) and self.p_heading >= SURE and not self.right(4)


def read_goods(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def answers_of(goods: Sequence[dict[str, str]]) -> list[Answer]:
    """The program's answers."""
    rows: dict[str, list[dict]] = {}
    # the number of the row is the id, so that no sign in the id of a ruling means anything
    for row in decide([{"good_id": str(number), "description": good["description"]}
                       for number, good in enumerate(goods)]):
        rows.setdefault(row["good_id"].partition("#")[0], []).append(row)
    answers = []
    for number, good in enumerate(goods):
        mine = rows[str(number)]
        codes = [code for row in mine for code in row["code"].split("; ")]
        other = any(code and not code.startswith(FOOTWEAR) for code in codes)  # 6406: its parts
        answers.append(Answer(good["id"], good["source"], good["official_code"],
                              tuple(codes) if all(codes) and not other else (),
                              min(row["p_heading"] or 0. for row in mine),
                              other or any(row["p_excluded"] is not None for row in mine),
                              len(mine)))
    return answers


def baseline_of(goods: Sequence[dict[str, str]], reader: FactReader) -> list[Answer]:
    """The trivial baseline's answers."""
    answers = []
    for good in goods:
        uppers = reader.read(good["description"]).stated().get("upper", ())
        codes = {BASELINE[upper] for upper in uppers}
        answers.append(Answer(good["id"], good["source"], good["official_code"],
                              tuple(codes) if len(codes) == 1 else ()))
    return answers


def shares(name: str, of: Iterable[Answer], hit) -> str:
    of = list(of)
    return f"  {name:34} {grouped_share([hit(a) for a in of], [a.source for a in of])}"


def show_answers(answers: Sequence[Answer]):
    shoes = [a for a in answers if a.is_footwear]
    others = [a for a in answers if not a.is_footwear]
    answered = [a for a in shoes if a.codes]
    print(shares("answered, of footwear", shoes, lambda a: bool(a.codes)))
    print(shares("false \"not footwear\"", shoes, lambda a: a.excluded))
    print(shares("confidently wrong, of all", answers, lambda a: a.confidently_wrong))
    print(shares("heading right, of answered", answered, lambda a: a.right(4)))
    print(shares("six digits right, of answered", answered, lambda a: a.right(6)))
    print(shares("six digits right, of footwear", shoes, lambda a: a.right(6)))
    print(shares("other goods with a code of footwear", others, lambda a: bool(a.codes)))
    print(f"  taken for several goods            {sum(a.rows > 1 for a in answers)}")
    print("  reliability of P(heading):         n, mean P, right")
    for low, high in zip(STEPS, (*STEPS[1:], 1.01)):
        some = [a for a in answers if a.codes and low <= a.p_heading < high]
        if some:
            mean = sum(a.p_heading for a in some) / len(some)
            right = sum(a.right(4) for a in some)
            print(f"    {low:.2f} and more {len(some):19}, {mean:.3f}, {right / len(some):.3f}")


def show_baseline(answers: Sequence[Answer]):
    shoes = [a for a in answers if a.is_footwear]
    answered = [a for a in shoes if a.codes]
    print("  one code per upper:")
    print(shares("  answered, of footwear", shoes, lambda a: bool(a.codes)))
    print(shares("  heading right, of answered", answered, lambda a: a.right(4)))
    print(shares("  six digits right, of answered", answered, lambda a: a.right(6)))
    print(shares("  six digits right, of footwear", shoes, lambda a: a.right(6)))


def list_failures(answers: Iterable[Answer]):
    for a in answers:
        fine = a.right(6) if a.is_footwear else not a.codes
        if not fine or a.rows > 1:
            said = ", ".join(a.codes) or ("not footwear" if a.excluded else "no answer")
            print(f"    {a.good_id:8} official {a.official:10} said {said} "
                  f"P(heading) {a.p_heading:.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = Path(__file__).resolve().parents[1].parent / "shared" / "cases"
    parser.add_argument("--shared", type=Path, default=default, help=f"folder with {FILE}")
    parser.add_argument("--own", action="store_true", help=f"the goods of {OWN.name} instead")
    parser.add_argument("--half", choices=("look", "last", "later"), default="look")
    parser.add_argument("--show", action="store_true",
                        help="list what is not right (of the half that one may look into)")
    arguments = parser.parse_args()
    if arguments.show and arguments.half != "look":
        parser.error("--show is for --half look: the other half stays unseen")
    path = OWN if arguments.own else arguments.shared / FILE
    if not path.exists():
        print(f"skipped: no {path}")
        return
    goods = read_goods(path)
    halves = Counter((g["half"], g["lang"]) for g in goods)
    print("Goods: " + ", ".join(f"{half} {lang} {n}" for (half, lang), n in sorted(halves.items())))
    reader = FactReader(find_group("footwear"))
    for language, name in LANGUAGES.items():
        mine = [g for g in goods if (g["half"], g["lang"]) == (arguments.half, language)]
        rulings = len({g["source"] for g in mine})
        print(f"\n{name}, half '{arguments.half}': {len(mine)} goods of {rulings} rulings")
        answers = answers_of(mine)
        show_answers(answers)
        show_baseline(baseline_of(mine, reader))
        if arguments.show:
            list_failures(answers)


if __name__ == "__main__":
    main()
