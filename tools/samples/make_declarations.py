"""Write the bundled corpus of declarations: графа 31 as declarants word it, all of it made.

    python -m tools.samples.make_declarations OUT_DIR

The goods, clauses and causes of difficulty are the CSV tables in ``declarations/``; no text was
taken from a customs file, makers and marks are invented. Formulas that declarants share word by
word («не содержит радиоэлектронных средств», «для технического обслуживания») are in both.
Sizes follow the second paper (§ "Подготовка данных"): 405, 397 and 202 documents of 8504 40,
8536 30 and 9032 89, and 300 more for validation, from a later period with other makers and newer
goods.

The shape is that of real texts, 5 640 different public ones of 2022 (1 422 of chapters 84, 85
and 90, 133 of the headings 8504, 8536 and 9032; a text under several headings counts for the
first): a name, then clauses of the slots in ``slots.csv``, of which a declarant fills few or
many. Those texts end at 250 characters, and a fifth of them in the middle of a sentence: an
extract keeps one line of them. Longer texts exist, and the paper had them: its tables 4 and 5
still change between 60 and 100 words, where first lines of the three headings have 49 words in
5-60 % of the documents. So a share of ours, the cause ``first_line``, is such an extract, and
the others are whole, up to 1 000 characters with maker, mark, model and pieces: longer than the
extract on purpose. One in seven stays hardly more than a noun and a model.

Shares of the causes come from those texts or from the reason beside them, never from scores.
"""
from __future__ import annotations

import argparse
import csv
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from orangecontrib.customs.files import Output, strict_rows
from orangecontrib.customs.nomenclature import bundled_tariff
from tools.samples.slips import SLIPS, Dice, transliterated

__all__ = ["Declaration", "TRAINING", "VALIDATION", "FIRST_LINE", "MAX_CHARACTERS", "shares",
           "generate", "write"]

#: Documents per code (paper, "Материалы и методы": 1004 of them) and of the separate sample,
#: in proportion.
TRAINING = {"850440": 405, "853630": 397, "903289": 202}
VALIDATION = {"850440": 121, "853630": 119, "903289": 60}

#: Where the texts of the public extracts end, in the middle of a word; and where all do.
FIRST_LINE, MAX_CHARACTERS = 250, 1000

_TABLES = files(__package__) / "declarations"
_CUT = "cut"


@dataclass(frozen=True)
class Declaration:
    """A made declaration.

    Parameters
    ----------
    identifier : str
        Begins with ``made-``.
    code : str
        The declared code, 6 digits.
    description : str
        Графа 31, at most :data:`MAX_CHARACTERS` capitals.
    causes : tuple of str
        What makes it hard: names from ``declarations/causes.csv``, and ``cut``.
    """

    identifier: str
    code: str
    description: str
    causes: tuple[str, ...]


def shares() -> dict[str, float]:
    """Share of the documents that each cause of difficulty touches (``causes.csv``)."""
    return {row["cause"]: float(row["share"]) for row in _rows("causes")}


def generate(sizes: Mapping[str, int], period: int, seed: int,
             causes: Mapping[str, float] | None = None) -> list[Declaration]:
    """Declarations without repetition, in random order; the same for the same seed.

    Parameters
    ----------
    sizes : mapping of str to int
        Documents per code.
    period : int
        1, or 2: newer goods appear beside the old ones, makers are others.
    seed : int
    causes : mapping of str to float, optional
        Shares that replace those of :func:`shares`; 0 switches a cause off.

    Raises
    ------
    ValueError
        For a code without goods or a cause that the tables lack.
    """
    chances = shares()
    if unknown := set(causes or ()) - set(chances):
        raise ValueError(f"no such cause: {', '.join(sorted(unknown))}")
    chances.update(causes or {})
    codes = sorted({row["code"] for row in _rows("goods")})
    if unknown := set(sizes) - set(codes):
        raise ValueError(f"no goods of {', '.join(sorted(unknown))} in goods.csv")
    writer = _Writer(Dice(seed), period, chances, codes)
    seen: set[str] = set()
    texts = []
    for code, wanted in sizes.items():
        made = 0
        while made < wanted:
            text, told = writer.declaration(code)
            if text not in seen:
                seen.add(text)
                texts.append((code, text, told))
                made += 1
    writer.dice.shuffle(texts)
    return [Declaration(f"made-{period}-{number:04}", code, text, told)
            for number, (code, text, told) in enumerate(texts, 1)]


class _Writer:
    """Words one declaration after another."""

    def __init__(self, dice: Dice, period: int, chances: Mapping[str, float],
                 codes: Sequence[str]):
        self.dice = dice
        self.period = str(period)
        self.chances = chances
        self.codes = codes

    def declaration(self, code: str) -> tuple[str, tuple[str, ...]]:
        """Text and causes of one document declared under `code`."""
        told = self._causes(code)
        rival = self.dice.pick([other for other in self.codes if other != code])
        if "nameless" in told:
            words = [self._fill(self._phrase("nameless"))]
        else:
            goods = self._goods(rival if "wrong_code" in told else code, told)
            words = self._named(goods, told) + self._particulars(goods[0]["code"], told)
        if "wrong_tariff_wording" in told:
            words.insert(0, self._tariff(rival))
        elif "tariff_wording" in told:
            words.insert(0, self._tariff(code))
        text = ", ".join(words).replace(":,", ":").upper()
        for cause, slip in SLIPS.items():
            if cause in told:
                clean, text = text, slip(text, self.dice)
                if text == clean:
                    told.discard(cause)
        end = FIRST_LINE if "first_line" in told else MAX_CHARACTERS
        if len(text) > end:
            text = text[:end].rstrip()
            told.add(_CUT)
        return text, tuple(sorted(told))

    def _causes(self, code: str) -> set[str]:
        """What makes a document hard; a cause is left out where an earlier one takes its place."""
        told: set[str] = set()
        for row in _rows("causes"):
            if self.dice.chance(self.chances[row["cause"]]) and row["code"] in ("", code) \
                    and not told & set(row["not_with"].split()):
                told.add(row["cause"])
        return told

    def _goods(self, code: str, told: set[str]) -> list[Mapping[str, str]]:
        """The good, and the one that came with it."""
        rows = [row for row in _rows("goods") if row["period"] <= self.period]
        own = [row for row in rows
               if row["practice" if "disputed" in told else "code"] == code]
        newer = [row for row in own if row["period"] == self.period]
        if self.period != "1" and newer and self.dice.chance(.4):
            own = newer
        goods = [self.dice.weighted(own)]
        if "several_goods" in told:
            beside = goods[0]["code"] if self.dice.chance(.5) else self.dice.pick(self.codes)
            goods.append(self.dice.weighted(
                [row for row in rows if row["code"] == beside and row is not goods[0]]))
        return goods

    def _named(self, goods: Sequence[Mapping[str, str]], told: set[str]) -> list[str]:
        """Names of the goods; purpose and details of the first."""
        row, *others = goods
        name = self.dice.pick(row["name"].split("|"))
        details = []
        if "bare" not in told:
            if self.dice.chance(.75):
                name = f"{name} {self.dice.pick(row['purpose'].split('|'))}"
            details = [self._fill(detail)
                       for detail in self.dice.some(row["detail"].split("|"), 3)]
        for cause in ("foreign_words", "two_functions", "mixed_wording"):
            if cause in told:
                name = f"{name} {self._phrase_beside(cause, row['code'])}"
        if "spare_part" in told:
            name = f"{self._phrase('spare')} {self._phrase('use')}: {name}"
        return [name, *details, *(self.dice.pick(other["name"].split("|")) for other in others)]

    def _phrase_beside(self, cause: str, good: str) -> str:
        return self.dice.pick([row["phrase"] for row in _rows("wording")
                               if row["cause"] == cause and row["rival"] != good
                               and row["code"] in ("", good)])

    def _particulars(self, good: str, told: set[str]) -> list[str]:
        """What графа 31 asks for besides the name: few slots or many, as declarants differ."""
        if "bare" in told:
            return [self._model()]
        diligence = 2 * self.dice.share()
        pieces = []
        for row in _rows("slots"):
            share = float(row["share"]) * diligence
            if row["whole"] and "first_line" in told:
                share = 0
            if row["slot"] == "maker" and "transliterated" in told:
                share = 1
            if self.dice.chance(share):
                pieces.append(self._clause(row, good, told))
        if "quantity_list" in told:
            pieces.append(self._pieces())
        return pieces

    def _clause(self, slot: Mapping[str, str], good: str, told: set[str]) -> str:
        match slot["slot"]:
            case "maker":
                if "transliterated" in told:
                    foreign = [maker for maker in self._phrases("maker") if maker.isascii()]
                    return f"изготовитель {transliterated(self.dice.pick(foreign))}"
                return f"изготовитель {self._phrase('maker')}"
            case "mark":
                return f"товарный знак {self._phrase('mark')}"
            case "model":
                return f"{self.dice.pick(('модель', 'мод.', 'артикул', 'арт.'))} {self._model()}"
            case "quantity":
                return f"кол-во {1 + self.dice.below(400)} шт"
        clauses = [text for row in _rows("clauses")
                   if row["slot"] == slot["slot"] and row["code"] in ("", good)
                   and row["period"] in ("", self.period) for text in row["text"].split("|")]
        first = self.dice.pick(clauses)
        chosen = [first]
        if self.dice.chance(float(slot["second"])):
            chosen.append(self.dice.pick([clause for clause in clauses if clause != first]))
        return ", ".join(map(self._fill, chosen))

    def _pieces(self) -> str:
        counts = [1 + self.dice.below(60) for _ in range(2 + self.dice.below(3))]
        total = f", {self.dice.pick(('всего', 'итого'))} - {sum(counts)} шт"
        return ", ".join(f"арт. {self._model()} - {count} шт" for count in counts) + total

    def _phrases(self, kind: str) -> list[str]:
        return [text for row in _rows("phrases")
                if row["kind"] == kind and row["period"] in ("", self.period)
                for text in row["text"].split("|")]

    def _phrase(self, kind: str) -> str:
        return self.dice.pick(self._phrases(kind))

    def _model(self) -> str:
        letters = "".join(self.dice.pick("BCDFGHKLMNPRSTVXZ")
                          for _ in range(1 + self.dice.below(4)))
        return f"{letters}{self.dice.pick(('-', ' ', ''))}{10 + self.dice.below(9990)}" + \
            self.dice.pick(("", "", f"-{self.dice.pick('ABCDEF')}", f"/{self.dice.below(60)}"))

    def _tariff(self, code: str) -> str:
        """The tariff's own text for a code, at one of its levels, and a colon."""
        tariff = bundled_tariff()
        level = self.dice.pick(("heading", "subheading", "line"))
        if level == "heading":
            return f"{tariff[code[:4]].ru}:"
        if level == "subheading":
            return f"{tariff[code].ru}:"
        return f"{tariff[self.dice.pick(tariff.leaves(code))].ru}:"

    def _fill(self, template: str) -> str:
        """The template with one of the values in ``fillers.csv`` for each of its keys."""
        values = {row["key"]: row["values"].split("|") for row in _rows("fillers")}
        return re.sub(r"\{(\w+)\}", lambda key: self.dice.pick(values[key[1]]), template)


@cache
def _rows(name: str) -> list[dict[str, str]]:
    return [row for _, row in strict_rows(_TABLES / f"{name}.csv")[1]]


def write(folder: str | Path) -> list[Path]:
    """Write ``declarations.csv``, ``validation.csv`` and ``causes.csv``.

    The causes stand in a file of their own: beside the texts they would be a feature.

    Returns
    -------
    list of Path
        The files written.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    samples = {"declarations": generate(TRAINING, 1, 2020),
               "validation": generate(VALIDATION, 2, 2025)}
    # The text first: Orange's Corpus widget reads the first column of texts.
    tables = {name: (("description", "code", "id"),
                     [(d.description, d.code, d.identifier) for d in sample])
              for name, sample in samples.items()}
    tables["causes"] = (("id", "causes"), [(d.identifier, " ".join(d.causes))
                                           for sample in samples.values() for d in sample])
    paths = []
    for name, (header, rows) in tables.items():
        paths.append(folder / f"{name}.csv")
        with Output(paths[-1]) as place:
            table = csv.writer(place, lineterminator="\n")
            table.writerow(header)
            table.writerows(rows)
    return paths


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", metavar="OUT_DIR", type=Path)
    try:
        paths = write(parser.parse_args(arguments).folder)
    except OSError as error:
        print(f"cannot write the declarations: {error}", file=sys.stderr)
        return 2
    print("\n".join(map(str, paths)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
