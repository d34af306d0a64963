"""Write the bundled corpus of declarations: графа 31 as declarants word it, all of it made.

    python -m orangecontrib.customs.training.make_declarations OUT_DIR

The goods, phrases and causes of difficulty are the CSV tables in ``declarations/``; no sentence
was taken from a customs file, makers and marks are invented. Sizes follow the second paper
(§ "Подготовка данных"): 405, 397 and 202 documents of 8504 40, 8536 30 and 9032 89, and 300
more for validation, from a later period with other makers and newer goods.
"""
from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from random import Random

from orangecontrib.customs.files import Output, strict_rows
from orangecontrib.customs.nomenclature import electrical

__all__ = ["Declaration", "TRAINING", "VALIDATION", "MAX_CHARACTERS", "shares", "generate",
           "write"]

#: Documents per code (paper, "Материалы и методы": 1004 of them) and of the separate sample,
#: in proportion.
TRAINING = {"850440": 405, "853630": 397, "903289": 202}
VALIDATION = {"850440": 121, "853630": 119, "903289": 60}

#: Where the texts of the public extracts end, in the middle of a word.
MAX_CHARACTERS = 250

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
    writer = _Writer(_Dice(seed), period, chances, codes)
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


class _Dice:
    """Choices built on ``Random.random`` alone, which Python keeps the same for ever."""

    def __init__(self, seed: int):
        self._random = Random(seed).random

    def chance(self, share: float) -> bool:
        return self._random() < share

    def below(self, end: int) -> int:
        return int(self._random() * end)

    def pick(self, things: Sequence):
        return things[self.below(len(things))]

    def some(self, things: Sequence, most: int) -> list:
        things = list(things)
        self.shuffle(things)
        return things[:self.below(min(most, len(things)) + 1)]

    def shuffle(self, things: list) -> None:
        for last in range(len(things) - 1, 0, -1):
            other = self.below(last + 1)
            things[last], things[other] = things[other], things[last]


class _Writer:
    """Words one declaration after another."""

    def __init__(self, dice: _Dice, period: int, chances: Mapping[str, float],
                 codes: Sequence[str]):
        self.dice = dice
        self.period = str(period)
        self.chances = chances
        self.codes = codes

    def declaration(self, code: str) -> tuple[str, tuple[str, ...]]:
        """Text and causes of one document declared under `code`."""
        told = {cause for cause, share in self.chances.items() if self.dice.chance(share)}
        rival = self.dice.pick([other for other in self.codes if other != code])
        good = rival if "wrong_code" in told else code
        words = [self._good(good, told)]
        for cause in ("two_functions", "mixed_wording"):
            if cause in told:
                phrase = self._phrase_of_rival(cause, good)
                words = [f"{words[0]} {phrase}", *words[1:]]
        if "bare" in told:
            words.append(self._model())
        else:
            words += self._particulars()
        if "spare_part" in told:
            words[0] = f"{self._phrase('spare')} {self._phrase('use')}: {words[0]}"
        # A declaration has one tariff wording: the rival's, where both causes fell on it.
        if "wrong_tariff_wording" in told:
            told.discard("tariff_wording")
            words.insert(0, self._tariff(rival))
        elif "tariff_wording" in told:
            words.insert(0, self._tariff(code))
        text = ", ".join(words).replace(":,", ":").upper()
        if "look_alike" in told:
            text = self._look_alikes(text)
        if len(text) > MAX_CHARACTERS:
            text = text[:MAX_CHARACTERS].rstrip()
            told.add(_CUT)
        return text, tuple(sorted(told))

    def _good(self, code: str, told: set[str]) -> str:
        rows = [row for row in _rows("goods")
                if row["code"] == code and row["period"] <= self.period]
        if self.period != "1" and self.dice.chance(.4):
            rows = [row for row in rows if row["period"] == self.period]
        row = self.dice.pick(rows)
        name = self.dice.pick(row["name"].split("|"))
        if "bare" in told:
            return name
        if self.dice.chance(.75):
            name = f"{name} {self.dice.pick(row['purpose'].split('|'))}"
        details = self.dice.some(row["detail"].split("|"), 3)
        return ", ".join([name, *(self._numbers(detail) for detail in details)])

    def _phrase_of_rival(self, cause: str, good: str) -> str:
        return self.dice.pick([row["phrase"] for row in _rows("wording")
                               if row["cause"] == cause and row["rival"] != good
                               and row["code"] in ("", good)])

    def _particulars(self) -> list[str]:
        """Maker, mark, model, number of pieces: what графа 31 asks for besides the good."""
        pieces = []
        if self.dice.chance(.45):
            pieces.append(f"изготовитель {self._phrase('maker')}")
        if self.dice.chance(.45):
            pieces.append(f"товарный знак {self._phrase('mark')}")
        if self.dice.chance(.5):
            pieces.append(f"{self.dice.pick(('модель', 'мод.', 'артикул', 'арт.'))} "
                          f"{self._model()}")
        if self.dice.chance(.3):
            pieces.append(f"кол-во {1 + self.dice.below(400)} шт")
        if self.dice.chance(.35):
            pieces.append(self._phrase("tail"))
        return pieces

    def _phrase(self, kind: str) -> str:
        return self.dice.pick([text for row in _rows("phrases")
                               if row["kind"] == kind and row["period"] == self.period
                               for text in row["text"].split("|")])

    def _model(self) -> str:
        letters = "".join(self.dice.pick("ABCDEFGHKLMNPRSTVXZ")
                          for _ in range(1 + self.dice.below(4)))
        return f"{letters}{self.dice.pick(('-', ' ', ''))}{10 + self.dice.below(9990)}" + \
            self.dice.pick(("", "", f"-{self.dice.pick('ABCDEF')}", f"/{self.dice.below(60)}"))

    def _tariff(self, code: str) -> str:
        """The tariff's own text for a code, at one of its levels, and a colon."""
        tariff = electrical()
        level = self.dice.pick(("heading", "subheading", "line"))
        if level == "heading":
            return f"{tariff[code[:4]].ru}:"
        if level == "subheading":
            return f"{tariff[code].ru}:"
        return f"{tariff[self.dice.pick(tariff.leaves(code))].ru}:"

    def _numbers(self, template: str) -> str:
        for key, values in _NUMBERS.items():
            if key in template:
                template = template.replace(key, self.dice.pick(values))
        return template

    def _look_alikes(self, text: str) -> str:
        """Some words get Latin letters that look Cyrillic, as a mistyped layout leaves them."""
        return " ".join(
            "".join(_LATIN.get(letter, letter) if self.dice.chance(.5) else letter
                    for letter in word) if self.dice.chance(.4) else word
            for word in text.split(" "))


#: What the templates of goods.csv stand for.
_NUMBERS = {key: values.split() for key, values in {
    "{dc}": "5 9 12 15 19 24 28 36 48 60 110", "{dc2}": "30 36 72 75 150",
    "{w}": "15 30 60 75 90 120 240 300 480 600 1000 1500 3000 5000",
    "{kw}": "0.75 1.5 2.2 4 5.5 7.5 11 22 30 45", "{a}": "0.5 1 2 3 5 6 10 16 20 25 32 40 63",
    "{a2}": "80 100 125", "{ma}": "20 350 500 700 1050", "{ka}": "5 6 10 15 20 40 50 100",
    "{kv}": "0.9 1.2 1.5 2.5 4", "{vac}": "24 60 130 230 275 320 400 440",
    "{n}": "2 3 4 5 6 8 10 12 16 24", "{m}": "1 1.2 1.5 2 3", "{mm}": "60 80 92 120",
    "{ms}": "30 40 100 200", "{pct}": "85 88 90 92 94", "{pct1}": "0.25 0.5 1 1.5 2 5 8",
    "{t}": "0 5 10 60 72 85 90", "{t2}": "100 125 150 400 1200",
    "{v}": "12 24 230", "{cls}": "I II III I+II"}.items()}

_LATIN = dict(zip("АВЕКМНОРСТХ", "ABEKMHOPCTX"))


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
