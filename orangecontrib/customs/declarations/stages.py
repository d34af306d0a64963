"""What each stage of reading made of one description, for people who want to see it.

text → languages → goods of the text → parts and their materials → statements, of which
:func:`.reading.evidence_of` makes evidence
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from orangecontrib.customs.facts import Vocabulary
from orangecontrib.customs.i18n import Joined, Message, Words

from .folding import Folded
from .goods import TextGoods
from .language import Languages
from .materials import PartOf
from .reading import STATED, Reading

__all__ = ["GoodRead", "Stages"]


@dataclass(frozen=True)
class GoodRead:
    """One good of a text: its parts with their materials, and what was read of it."""

    parts: tuple[PartOf, ...]
    reading: Reading


@dataclass(frozen=True)
class Stages:
    """A description on its way into evidence; made by :meth:`FactReader.stages`.

    Attributes
    ----------
    languages : Languages
    folded : Folded
        What is read, in lower case and one alphabet.
    goods : TextGoods or None
        None where no noun of the group's goods is in the text.
    read : tuple of GoodRead
        By good of the text.
    reading : Reading
        What is said of all goods of the text.
    """

    languages: Languages
    folded: Folded
    goods: TextGoods | None
    read: tuple[GoodRead, ...]
    reading: Reading

    def lines(self, vocabulary: Vocabulary) -> Iterator[Message]:
        """A line for each thing that a stage found, in the order of the stages."""
        names = self.languages.read + self.languages.unread
        yield Message.of("stages.languages", languages=Joined(tuple(
            Message.of(f"language.{name}") for name in names)) if names
            else Message.of("stages.none"))
        if self.goods is not None:
            yield from self._goods_lines()
        for number, good in enumerate(self.read, start=1):
            several = len(self.read) > 1
            if several:
                yield Message.of("stages.good", number=number, words=_words(self._own(number - 1)))
            yield from _part_lines(self.folded, good.parts, vocabulary)
            yield from _finding_lines(good.reading, vocabulary)
            yield from _open_lines(good.reading, vocabulary)
            yield from _doubt_lines(good.reading, vocabulary)
            for problem in good.reading.problems:
                yield Message.of("stages.problem", problem=problem)
        if len(self.read) != 1:
            for problem in self.reading.problems:
                yield Message.of("stages.problem", problem=problem)

    def _own(self, number: int) -> str:
        start, end = self.goods.goods[number].spans[0]
        return self.folded.original[slice(*self.folded.span(start, end))]

    def _goods_lines(self) -> Iterator[Message]:
        if len(self.goods.goods) > 1:
            yield Message.of("stages.goods", count=len(self.goods.goods),
                             by=Message.of(f"stages.by.{self.goods.by}"))
            shared = " … ".join(_words(self.folded.original[slice(*self.folded.span(*span))])
                                for span in self.goods.shared)
            if shared:
                yield Message.of("stages.shared", words=shared)
        elif not self.goods.apart:
            yield Message.of("stages.not_apart")
        else:
            yield Message.of("stages.one_good")


def _words(text: str) -> str:
    return " ".join(text.split())


def _part_lines(folded, parts, vocabulary) -> Iterator[Message]:
    for part in parts:
        fact = "upper" if part.role == "good" else part.role
        values = Joined(tuple(v for v in vocabulary[fact].values if v.id in part.values[fact]))
        words = _words(folded.original[slice(*folded.span(part.start, part.end))])
        yield Message.of("stages.part", part=Message.of("stages.of_good") if part.role == "good"
                         else vocabulary[fact], values=values, words=words,
                         area=Message.of(f"stages.area.{part.area}") if part.area else "",
                         denied=Message.of("stages.denied") if part.negated else "")


def _finding_lines(reading, vocabulary) -> Iterator[Message]:
    for finding in reading.findings:
        yield Message.of(
            f"stages.{'stated' if finding.kind == STATED else 'implied'}",
            fact=vocabulary[finding.fact], words=_words(finding.text), start=finding.start,
            end=finding.end, rule=finding.rule, values=Joined(tuple(
                v for v in vocabulary[finding.fact].values if v.id in finding.values)),
            note=finding.note or Words("–"))


def _open_lines(reading, vocabulary) -> Iterator[Message]:
    """What is open of several goods, a line for each choice between them."""
    for choice in reading.several.choices:
        options = Joined(tuple(Joined(tuple(filter(None, (option.which, Joined(tuple(
            Joined((vocabulary[fact], Joined(tuple(
                v for v in vocabulary[fact].values if v.id in values), " / ")), " – ")
            for fact, values in option.facts)))))) for option in choice.options), " | ")
        if choice.words:
            yield Message.of("stages.range", words=choice.words, options=options)
        else:
            yield Message.of("stages.open", options=options)
        if choice.unsure:
            yield Message.of("stages.unsure", sizes=choice.unsure)


def _doubt_lines(reading, vocabulary) -> Iterator[Message]:
    """What weighs less, for words that are not understood."""
    for doubt in reading.doubts:
        yield Message.of("stages.doubt", fact=vocabulary[doubt.fact], share=f"{doubt.share:.0%}",
                         words=", ".join(doubt.words))
