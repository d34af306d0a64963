"""What a description leaves open of several goods in one: sizes on both sides of a limit of the
tariff, kinds and materials of which it does not say which good has which.
"""
from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

__all__ = ["Choice", "Option", "Several", "joined", "told"]


@dataclass(frozen=True)
class Option:
    """One of the goods: what it would be of some facts, and which of the sizes are its."""

    facts: tuple[tuple[str, tuple[str, ...]], ...]
    which: str = ""


@dataclass(frozen=True)
class Choice:
    """Goods of which the text speaks at once, an option each.

    Attributes
    ----------
    options : tuple of Option
    words : str
        That say so, of a range over a limit; else the text says nothing of which good is which.
    unsure : str
        Sizes that may be of one or of the other.
    """

    options: tuple[Option, ...]
    words: str = ""
    unsure: str = ""

    @property
    def certain(self) -> bool:
        """Whether there is a good for each option, and no doubtful size alone makes the other."""
        return not self.unsure or all(option.which for option in self.options)


@dataclass(frozen=True)
class Several:
    """What is open of the goods of a description; false where nothing is.

    Attributes
    ----------
    choices : tuple of Choice
    apart : bool
        Whether it can be told which words speak of which good.
    understood : bool
        Whether nothing that decides is in doubt (:mod:`.understood`): else a heading is named
        only where it is likelier than all others together.
    """

    choices: tuple[Choice, ...] = ()
    apart: bool = True
    understood: bool = True

    def __bool__(self) -> bool:
        return bool(self.choices) or not self.apart or not self.understood

    @property
    def text(self) -> str:
        """For a cell of a table; empty where nothing is open."""
        return "" if not self else json.dumps({
            "apart": self.apart, "understood": self.understood, "choices": [
                {"words": choice.words, "unsure": choice.unsure, "options": [
                    {"which": option.which, "facts": {f: list(v) for f, v in option.facts}}
                    for option in choice.options]} for choice in self.choices]},
            ensure_ascii=False)

    def without(self, facts: Iterable[str]) -> Several:
        """The same, where somebody else has said which values hold of these facts."""
        settled = set(facts)
        kept = tuple(choice for choice in self.choices if not settled.intersection(
            fact for option in choice.options for fact, _ in option.facts))
        return self if len(kept) == len(self.choices) else replace(
            self, choices=kept)


def told(text: str) -> Several:
    """What :attr:`Several.text` says; nothing where it can't be read."""
    try:
        said = json.loads(text)
        return Several(tuple(Choice(tuple(
            Option(tuple((str(fact), tuple(map(str, values)))
                         for fact, values in option["facts"].items()), str(option["which"]))
            for option in choice["options"]), str(choice["words"]), str(choice["unsure"]))
            for choice in said["choices"]), bool(said["apart"]), bool(said.get("understood", True)))
    except (AttributeError, KeyError, TypeError, ValueError):
        return Several()


def joined(some: Sequence[Several]) -> Several:
    """What several readers found in one description."""
    return Several(tuple(dict.fromkeys(choice for each in some for choice in each.choices)),
                   all(each.apart for each in some), all(each.understood for each in some))
