"""Electrical goods from text: real declarations of 8504, 8536 and 9032, and of all other headings.

Run ``python benchmarks/electrical.py [--half look|aside] [--shared DIR] [--show]``.  Skipped where
the declarations are absent.  They are in two halves, by the parity of the SHA-256 of a
description's words: rules are mended with `look`; `aside` is opened once.

A good is decided as the command line decides it, by all groups.  *Answered*: with a code; *heading
right*: all codes that it may have begin with the declared heading, which is a declarant's word and
no ruling.  *Confidently wrong*: with P(heading) of .8 and more under another heading.  The
intervals are Wilson's with Kish's number of descriptions in place of n, for many goods have the
very same.  The trivial baseline says 8536 of every good.
"""
from __future__ import annotations

import argparse
import csv
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from intervals import grouped_share  # beside this file

from orangecontrib.customs.cases import decide
from orangecontrib.customs.groups import find_group

FILE = "declarations/hacksai2022_declarations_ru_hs4.csv"
GROUP = "electrical"
BASELINE = "8536"
SURE = .8


@dataclass(frozen=True)
class Answer:
    """What was said of one good, all its rows together."""

    words: str
    official: str
    codes: tuple[str, ...]
    p_heading: float = 0.
    trace: str = ""

    @property
    def right(self) -> bool:
        return bool(self.codes) and all(code.startswith(self.official) for code in self.codes)

    @property
    def confidently_wrong(self) -> bool:
        return bool(self.codes) and self.p_heading >= SURE and not self.right

    def of(self, headings: Sequence[str]) -> bool:
        """Has it a code of one of these headings?"""
        return any(code.startswith(tuple(headings)) for code in self.codes)


def half_of(description: str) -> str:
    """In which half a description is; the same words are always in one."""
    words = " ".join(description.split()).encode()
    return "aside" if int(hashlib.sha256(words).hexdigest(), 16) % 2 else "look"


def read(path: Path) -> list[tuple[str, str]]:
    """Declared heading and description."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        return [(row["hs4"], row["description"]) for row in csv.DictReader(file)]


def answers_of(goods: Sequence[tuple[str, str]]) -> list[Answer]:
    """The program's answers."""
    rows: dict[str, list[dict]] = {}
    for row in decide([{"good_id": str(number), "description": description}
                       for number, (_, description) in enumerate(goods)]):
        rows.setdefault(row["good_id"].partition("#")[0], []).append(row)
    answers = []
    for number, (heading, description) in enumerate(goods):
        mine = rows[str(number)]
        codes = [code for row in mine for code in row["code"].split("; ")]
        answers.append(Answer(" ".join(description.split()), heading,
                              tuple(codes) if all(codes) else (),
                              min(row["p_heading"] or 0. for row in mine)))
    return answers


def share(name: str, hits: Sequence[bool], words: Sequence[str]) -> str:
    if not hits:
        return f"  {name:42} –"
    return f"  {name:42} {grouped_share(list(hits), list(words))}"


def show(title: str, answers: Sequence[Answer], others: Sequence[str]):
    """Shares of the goods of some headings."""
    answered = [a for a in answers if a.codes]
    words = [a.words for a in answers]
    print(f"{title}: {len(answers)} goods, {len(set(words))} descriptions")
    print(share("answered", [bool(a.codes) for a in answers], words))
    print(share("heading right, of answered", [a.right for a in answered],
                [a.words for a in answered]))
    print(share("heading right, of all", [a.right for a in answers], words))
    print(share(f"… of all, saying {BASELINE}", [a.official == BASELINE for a in answers], words))
    print(share("confidently wrong", [a.confidently_wrong for a in answers], words))
    print(share("with a code of another group", [a.of(others) for a in answers], words))


def show_false_alarms(answers: Sequence[Answer], headings: Sequence[str], print_all: bool):
    """Goods of other headings that got a code of these."""
    alarms = [a for a in answers if a.of(headings)]
    print(share("other goods with an electrical code", [a.of(headings) for a in answers],
                [a.words for a in answers]))
    print(share("… with P(heading) of .8 and more",
                [a.of(headings) and a.p_heading >= SURE for a in answers],
                [a.words for a in answers]))
    print("  their headings:", ", ".join(
        f"{heading} {n}" for heading, n in Counter(a.official for a in alarms).most_common(20)))
    for a in alarms if print_all else ():
        print(f"    {a.official} → {'; '.join(a.codes)} {a.p_heading:.2f} {a.words[:200]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--half", choices=("look", "aside"), default="look")
    parser.add_argument("--shared", type=Path,
                        default=Path(__file__).resolve().parents[1].parent / "shared" / "data")
    parser.add_argument("--show", action="store_true", help="print goods that are not right")
    args = parser.parse_args()
    path = args.shared / FILE
    if not path.exists():
        print(f"skipped: {path} is absent")
        return
    goods = read(path)
    group = find_group(GROUP)
    headings = sorted({code[:4] for code in group.table.codes if code[:4].isdigit()})
    shoes = ("6401", "6402", "6403", "6404", "6405", "6406")
    mine = [good for good in goods if good[0] in headings and half_of(good[1]) == args.half]
    answers = answers_of(mine)
    print(f"half: {args.half}")
    for heading in headings:
        show(heading, [a for a in answers if a.official == heading], shoes)
    show("all three", answers, shoes)
    for a in answers if args.show else ():
        if not a.right:
            codes = "; ".join(a.codes) or "–"
            print(f"    {a.official} → {codes} {a.p_heading:.2f} {a.words[:200]}")
    footwear = [good for good in goods if good[0].startswith(shoes)]
    print(f"footwear declarations, both halves: {len(footwear)}")
    said = answers_of(footwear)
    print(share("with an electrical code", [a.of(headings) for a in said],
                [a.words for a in said]))
    rest = [good for good in goods if good[0] not in headings and good not in footwear
            and half_of(good[1]) == args.half]
    print(f"declarations of other headings: {len(rest)}")
    show_false_alarms(answers_of(rest), headings, args.show)


if __name__ == "__main__":
    main()
