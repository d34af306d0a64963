"""Readers of several groups as one: of a description, what those make of it that it speaks to."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from orangecontrib.customs.facts import Evidence, Priors, Vocabulary
from orangecontrib.customs.groups import Group, loaded_groups, vocabulary_of

from .facts import FactReader
from .goods import TextGoods, goods_of_groups
from .reading import Reading, evidence_of
from .several import joined
from .stages import Stages

__all__ = ["GroupsReader", "finds", "readings_of", "stages_of"]


def stages_of(readers: Sequence[FactReader], description: str) -> list[Stages]:
    """What readers of several groups make of one description, by reader.

    The one that tells the most goods in it tells them for all.
    """
    read = [reader.stages(description) for reader in readers]
    most = max(read, key=lambda stages: len(stages.read), default=None)
    goods = _of_groups(readers, read)
    if goods is not None:
        return [reader.stages(description, goods) for reader in readers]
    if most is None or len(most.read) < 2:
        return read
    return [stages if stages is most or stages.goods == most.goods
            else reader.stages(description, most.goods)
            for reader, stages in zip(readers, read)]


def _of_groups(readers: Sequence[FactReader], read: Sequence[Stages]) -> TextGoods | None:
    """The goods of a description that names those of several groups in turn."""
    named = [(reader, stages) for reader, stages in zip(readers, read) if stages.goods is not None]
    if len(named) < 2:
        return None
    return goods_of_groups(named[0][1].folded.text,
                           [(reader.nouns(stages), stages.goods) for reader, stages in named],
                           named[0][1].languages.read[0])


def readings_of(stages: Sequence[Stages]) -> list[Reading]:
    """The readings of one description by several groups.

    Where none of them finds anything, those have no problem with it in whose goods nothing is
    named, if something is in another's.
    """
    named = [some.goods is not None for some in stages]
    silent = any(named) and not any(finds(some.reading) for some in stages)
    return [replace(some.reading, problems=()) if silent and not names else some.reading
            for some, names in zip(stages, named)]


def finds(reading: Reading) -> bool:
    """Whether anything is found in a description, or in a good of it."""
    return bool(reading.findings) or any(good.findings for good in reading.goods)


class GroupsReader:
    """Reads facts of several groups from declarations.

    Parameters
    ----------
    groups : iterable of Group, optional
        Those of them take part that read text; all loaded ones by default.

    Raises
    ------
    GroupError
        A table of one of them can't be right.
    """

    def __init__(self, groups: Iterable[Group] = ()):
        self.groups = tuple(g for g in tuple(groups) or loaded_groups() if g.reads_text)
        self.readers = tuple(map(FactReader, self.groups))
        self.vocabulary = vocabulary_of(self.groups)
        self.priors = Priors({fact: group.priors[fact]
                              for group in reversed(self.groups) for fact in group.vocabulary})

    def read(self, description: str) -> Reading:
        """What one description says, with the facts of all groups."""
        return self.reading(self.stages(description))

    def stages(self, description: str) -> list[Stages]:
        """What each stage makes of one description, by group."""
        return stages_of(self.readers, description)

    def reading(self, stages: Sequence[Stages]) -> Reading:
        """What the stages of one description come to, with the facts of all groups."""
        return _together(readings_of(stages))

    def speaking(self, stages: Sequence[Stages]) -> list[tuple[FactReader, Stages]]:
        """Those of the groups that find something in a description; the first, where none does."""
        pairs = list(zip(self.readers, stages))
        return [pair for pair in pairs if finds(pair[1].reading)] or pairs[:1]

    def spoken(self, readings: Sequence[Reading]) -> Vocabulary:
        """The facts of the groups of which readings speak; of all, where they speak of none."""
        said = {f.fact for reading in readings for some in (reading, *reading.goods)
                for f in some.findings}
        return vocabulary_of([g for g in self.groups if said & set(g.vocabulary)] or self.groups)

    def evidence(self, keys: Sequence[str], readings: Sequence[Reading]) -> Evidence:
        """Log-likelihoods (N, k) per fact; the same one by one and in a batch."""
        return evidence_of(keys, readings, self.vocabulary)


def _together(readings: Sequence[Reading]) -> Reading:
    """Problems are those of the groups that find something, or else of all."""
    speaking = [r for r in readings if finds(r)] or readings
    if len(speaking) == 1:
        return speaking[0]
    findings = sorted({f: None for r in speaking for f in r.findings},
                      key=lambda f: (f.start, f.end, f.fact))
    problems = dict.fromkeys(problem for r in speaking for problem in r.problems)
    goods = zip(*(r.goods for r in speaking))
    return replace(speaking[0], findings=tuple(findings), problems=tuple(problems),
                   goods=tuple(_together(some) for some in goods),
                   several=joined([r.several for r in speaking]))
