"""Is it of the group?  The head noun of a description decides.

«Крем для обуви» names footwear and is none: a noun counts only where it heads
the description, that is in the nominative, not governed by a preposition, and
with nothing but adjectives, people and trade words before it.

That a good is none of the group needs words that say so: a row of ``kinds.csv``, or goods of
the group named only as what the goods are for.  A noun that is in no list tells
nothing by itself: where upper and sole are named beside it the good is taken as
footwear, else its kind stays open.

Where a row says what any noun of ``types.csv`` means (`noun`), all of them name one kind of good,
and whichever stands in the text tells more of it.  Without it they name different goods, and only
those count that are named together at the head: the others may be parts of it.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from orangecontrib.customs.i18n import Capital, Joined, Message

from .folding import Folded
from .forms import ANY, NOMINATIVE, OBLIQUE
from .languages import LANGUAGES
from .languages import part as part_of_language
from .languages.place import Place
from .materials import Mention, PartOf
from .negation import negation_before
from .patterns import NEVER, Alternatives, Index, Pattern, Tables, language_of, spoken
from .reading import IMPLIED

__all__ = ["NamedGoods", "Implied", "Kind", "Noun", "GoodsKind", "Gate"]

_CLAUSE = re.compile(r"\s?:?[^.;:]*")
_QUOTES = re.compile("[\"«»“”„]")


@dataclass(frozen=True)
class Implied:
    """A row of ``type_facts.csv``: what a type of good implies of one fact."""

    id: str
    fact: str
    values: tuple[str, ...]
    ratio: float
    kind: str = IMPLIED


@dataclass(frozen=True)
class Noun:
    """A row of ``types.csv``: nouns that name a type of good, and what it implies.

    `general`: they name a whole group of goods, and others may say which.
    """

    id: str
    name: Message
    facts: tuple[Implied, ...]
    note: Message
    general: bool


@dataclass(frozen=True)
class NamedGoods:
    """Such a noun in folded text."""

    noun: Noun
    start: int
    end: int
    oblique: bool


@dataclass(frozen=True)
class Kind:
    """A row of ``kinds.csv``: what kind of good is declared, and by what."""

    id: str
    fact: str
    values: tuple[str, ...]
    ratio: float
    kind: str
    pattern: Pattern | None
    note: Message
    problem: Message | None
    language: str


@dataclass(frozen=True)
class GoodsKind:
    """What kind of good the text declares, why, and whether its facts matter.

    `kind` is None where no words say what kind of good it is.
    """

    kind: Kind | None = None
    start: int = 0
    end: int = 0
    note: Message | None = None
    problems: tuple[Message, ...] = ()
    read_facts: bool = False
    types: tuple[NamedGoods, ...] = ()


#: Where a row of ``kinds.csv`` is looked for: anywhere, the same where no sole is described, at
#: the head of the description, or where it may name a part of the good instead.
_PLACES = ("any", "bare", "head", "part")
#: … or what speaks for a kind without a pattern, a row each: a noun of ``types.csv`` as the
#: head, upper and sole beside an unknown noun, such goods only as what the good is for.
_WITHOUT_PATTERN = ("noun", "described", "purpose")
#: What is given to the wordings of these, and of their problems.
_GIVEN = {"noun": ("words",)}
_GIVEN_TO_PROBLEM = {"described": ("kind",), "purpose": ("words",)}
#: Characters of the description that a problem quotes.
QUOTED = 50

_LETTER = re.compile(r"[^\W\d_]")
_READABLE = re.compile("[a-zа-я]")



def _blank(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with spaces in place of some stretches."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


class Gate:
    """The nouns of ``types.csv`` and the kinds of goods of ``kinds.csv``.

    Parameters
    ----------
    tables : Tables
    """

    def __init__(self, tables: Tables):
        self._types: list[tuple[Noun, bool]] = []   # … and whether it is oblique
        patterns = []
        implied = self._implied(tables)
        for where, row in tables.rows("types.csv", ("phrase",)):
            name, facts = tables.message(row["id"], where), self._of(row["id"], implied)
            noun = Noun(row["id"], name, facts, Message.of("reader.usual", type=name),
                        not facts or row.get("general") == "yes")
            for case in (NOMINATIVE, OBLIQUE):
                pattern = tables.pattern(row, where, case)
                if pattern is not None:
                    patterns.append(pattern)
                    self._types.append((noun, case == OBLIQUE))
        strange = implied.keys() - {noun.id for noun, _ in self._types}
        if strange:
            raise ValueError(f"{tables.group.folder / 'type_facts.csv'}: types.csv has no row "
                             f"'{min(strange)}'")
        self._nouns = Alternatives(patterns, r"(?<![\w-])")
        self._part_word = tables.word("words.part", "parts.csv")
        self._own = {role: tables.word(f"words.own.{role}", "parts.csv")
                     for role in ("upper", "sole")}
        self._heading, self._abbreviated, self._within = (
            tables.words.get(f"words.{name}", NEVER)
            for name in ("heading", "abbreviated", "within"))
        self._kinds: dict[str, list[Kind]] = {
            where: [] for where in (*_PLACES, *_WITHOUT_PATTERN)}
        rows = list(tables.rows("kinds.csv", ("where", "fact", "value", "when_true", "when_false",
                                              "source", "kind", "phrase")))
        for name in _WITHOUT_PATTERN:
            count = sum(row["where"] == name for _, row in rows)
            if count > 1:
                raise ValueError(f"{tables.group.folder / 'kinds.csv'}: one row can be where "
                                 f"'{name}', there are {count}")
        for where, row in rows:
            values = tables.values(row["fact"], row["value"], where)
            if row["where"] not in self._kinds:
                raise ValueError(f"{where}: where must be one of {', '.join(self._kinds)}")
            case = ANY if row["where"] in ("any", "bare") else NOMINATIVE
            self._kinds[row["where"]].append(Kind(
                row["id"], row["fact"], values, tables.ratio(row, row["fact"], values, where),
                row["kind"],
                tables.pattern(row, where, case) if row["where"] in _PLACES else None,
                tables.message(row["id"], where, _GIVEN.get(row["where"], ())),
                tables.problem(row["id"], _GIVEN_TO_PROBLEM.get(row["where"], ())),
                language_of(row["id"])))
        self._by_language = {language: [
            (where, kind) for where in _PLACES for kind in self._kinds[where]
            if kind.language == language] for language in LANGUAGES}
        self._indexes = {language: Index([kind.pattern or NEVER for _, kind in kinds])
                         for language, kinds in self._by_language.items()}
        self._noun, self._described, self._purpose = (
            next(iter(self._kinds[name]), None) for name in _WITHOUT_PATTERN)
        self._open_kind, self._mentioned = (
            tables.message(f"kind.{name}", given=given).id for name, given in (
                ("open", ("kind",)), ("mentioned", ("kind", "words"))))
        self._several_types = tables.message("kind.several", given=("types",)).id \
            if tables.says("kind.several") else ""

    @staticmethod
    def _of(type_: str, implied: dict[str, list[Implied]]) -> tuple[Implied, ...]:
        """What a type implies: what its own rows say, or those of the type it is named after."""
        return tuple(implied.get(type_) or implied.get(spoken(type_), ()))

    @staticmethod
    def _implied(tables: Tables) -> dict[str, list[Implied]]:
        """What ``type_facts.csv`` says, by the type that implies it."""
        implied: dict[str, list[Implied]] = {}
        columns = ("type", "fact", "values", "when_true", "when_false", "source")
        for where, row in tables.rows("type_facts.csv", columns):
            values = tables.values(row["fact"], row["values"], where)
            implied.setdefault(row["type"], []).append(Implied(
                row["id"], row["fact"], values,
                tables.ratio(row, row["fact"], values, where), row.get("kind") or IMPLIED))
        return implied

    def goods(self, text: str) -> list[NamedGoods]:
        """All nouns of the group's goods in the text, in order, none inside another.

        None of what a good is made up of: «в составе: реле, …».
        """
        found = []
        within = [(match.start(), _CLAUSE.match(text, match.end()).end())
                  for match in self._within.finditer(text)]
        for place, match in self._nouns.finditer(text):
            if any(start <= match.start() < end for start, end in within):
                continue
            noun, oblique = self._types[place]
            found.append(NamedGoods(noun, match.start(), match.end(), oblique))
        return found

    def judge(self, folded: Folded, goods: list[NamedGoods], parts: Sequence[PartOf] = (),
              language: str = "ru", known: Sequence[Mention] = ()) -> GoodsKind:
        """Of the group, its parts, something else – or nothing, where no words say which."""
        def place_in(text: str) -> Place:
            return part_of_language(language, "place").Place(text, self._part_word, known)

        place = place_in(self._without_headings(folded.masked, goods))
        described = {"upper", "sole"} <= {part.role for part in parts}
        has_upper = any(part.role == "upper" for part in parts)
        text = folded.masked
        kinds = self._possible(text, language)
        soles = any(part.role == "sole" for part in parts)
        for kind in kinds["any"] if soles else kinds["any"] + kinds["bare"]:
            match = kind.pattern.search(text)
            if match and place.leads(match.start()):
                return self._verdict(kind, *match.span())
        if self._noun is None:
            named = [good for good in goods if negation_before(
                folded.text, good.start, good.end, language) is None]
            types = self._named_together(place, place_in, named)
            if types:
                return GoodsKind(problems=self._several(types), read_facts=True, types=types)
            head = None
        else:
            head = self._head(place, goods, described)
            if head is None and goods and (names := place.names(folded.cased)):
                named = place_in(self._without_headings(_blank(folded.masked, names), goods))
                head = self._head(named, goods, described)
                place = place if head is None else named
        if head is not None:
            types = tuple(g for g in goods if not g.oblique and g.start >= head.start
                          and not place.governed(g.start))
            note = Message.of(self._noun.note.id, words=folded.text[head.start:head.end])
            return GoodsKind(self._noun, head.start, head.end, note, self._several(types), True,
                           types or (head,))
        places = place.heads(place.part if has_upper else len(text))
        # Beside an upper «подошва: резина» is a part of the good, else it is the good.
        part = self._named_head(place, kinds["part"], places)
        other = self._named_head(place, kinds["head"], places) or (None if described else part)
        if other is not None:
            return other
        served = self._served(text, place, goods) if self._purpose is not None else None
        if served is not None and not self._has_parts_of_its_own(place, parts):
            return self._verdict(self._purpose, *served,
                                 words=folded.text[served[0]:served[1]])
        if self._described is not None and described and served is None \
                and self._describes_own(folded, place, goods, parts):
            spans = [next(p for p in parts if p.role == role) for role in ("upper", "sole")]
            return replace(
                self._verdict(self._described, min(p.start for p in spans),
                              max(p.end for p in spans),
                              kind=self._not_established(folded, place)), read_facts=True)
        return part or GoodsKind(problems=(self._open(folded, place, goods),))

    @staticmethod
    def _head(place: Place, goods: list[NamedGoods], described: bool) -> NamedGoods | None:
        """The noun that names the good."""
        return next((g for g in goods if place.is_head(g)), None) or next(
            (g for g in goods if place.follows_a_name(g, described)), None)

    def _without_headings(self, text: str, goods: list[NamedGoods]) -> str:
        """The text without «запасные части к экскаватору:» and «эл.», which name no good."""
        spans = [match.span() for match in self._heading.finditer(text)
                 if not any(match.start() <= g.start < match.end() for g in goods)]
        spans += [(match.start(), match.end() + 1) for match in self._abbreviated.finditer(text)
                  if text.startswith(".", match.end())]
        return _blank(text, spans)

    def _named_together(self, place: Place, place_in: Callable[[str], Place],
                        goods: Sequence[NamedGoods]) -> tuple[NamedGoods, ...]:
        """The nouns that name the good, or goods, together: up to what describes the first."""
        named = place.together(goods)
        ends = [number for number, (one, other) in enumerate(pairwise(named), start=1)
                if any(map(str.isdigit, place.text[one.end:other.start]))]
        named = named[:ends[0]] if ends else named
        if len(named) > 1 or named and named[0].noun.general:
            # the tariff's words before a colon, and the good behind it
            end = place.text.find(":", named[-1].end) + 1
            rest = [good for good in goods if good.start >= end > 0]
            behind = place_in(" " * end + place.text[end:])
            return self._named_together(behind, place_in, rest) or named
        return named

    @staticmethod
    def _verdict(row: Kind, start: int, end: int, **said) -> GoodsKind:
        """By a row of ``kinds.csv``, with what is put into its problem."""
        problem = Message.of("reader.sentence", words=Capital(row.note)) \
            if row.problem is None else Message.of(row.problem.id, **said)
        return GoodsKind(row, start, end, row.note, (problem,))

    def _possible(self, text: str, language: str) -> dict[str, list[Kind]]:
        """By where they are looked for, the kinds whose words the text may hold, parts blank."""
        found: dict[str, list[Kind]] = {where: [] for where in _PLACES}
        for i in self._indexes[language].possible(text):
            where, kind = self._by_language[language][i]
            found[where].append(kind)
        return found

    def _named_head(self, place: Place, kinds: Sequence[Kind], places: list[int]
                    ) -> GoodsKind | None:
        """The first of these rows of ``kinds.csv`` that the head of the description meets."""
        for kind in kinds:
            match = kind.pattern.first(place.text, places, place.ends)
            if match:
                return self._verdict(kind, *match.span())
        return None

    def _served(self, text: str, place: Place, goods: list[NamedGoods]) -> tuple[int, int] | None:
        """The words by which footwear, or a part of it, is what the good is for."""
        if goods:
            purpose = place.purpose()
            for good in goods if purpose else ():
                if purpose[0] < good.start < purpose[1]:
                    return purpose[0], good.end
        if self._part_word.search(text):
            purpose = place.purpose(of_part=True)
            part = purpose and self._part_word.search(text, *purpose)
            return (purpose[0], part.end()) if part else None
        return None

    @staticmethod
    def _has_parts_of_its_own(place: Place, parts) -> bool:
        """«Чехлы на туфли: верх – неопрен, подошва – резина» may be footwear over footwear."""
        end = place.phrase()[1]
        return {"upper", "sole"} <= {p.role for p in parts if p.start >= end}

    def _describes_own(self, folded: Folded, place: Place, goods: list[NamedGoods], parts) -> bool:
        """Are upper and sole those of the good itself, and does no noun speak against it?"""
        first = self._part_word.search(folded.text)  # «upper», «sole» are masked as brands are
        unnamed = first is not None and place.noun > first.start()
        start, end = place.phrase()
        return (unnamed or not any(start <= g.start < end for g in goods)) and all(
            any(p.role == role and regex.search(folded.text, p.start, p.end) for p in parts)
            for role, regex in self._own.items())

    @staticmethod
    def _not_established(folded: Folded, place: Place) -> Message:
        """That the name of the good does not tell what it is, with the name."""
        start, end = place.phrase()
        if place.noun == len(folded.text) and place.part < end:
            return Message("reader.no_kind")
        start, end = folded.span(start, end)
        name = " ".join(_QUOTES.sub(" ", folded.original[start:end]).split()).strip(" -")
        if len(name) > QUOTED:
            name = f"{name[:QUOTED].rpartition(' ')[0] or name[:QUOTED]} …"
        return Message.of("reader.unknown_kind", name=name)

    def _open(self, folded: Folded, place: Place, goods: list[NamedGoods]) -> Message:
        """Why the kind of good stays open."""
        if not _LETTER.search(folded.text):
            return Message("reader.no_words")
        if not _READABLE.search(folded.text):
            return Message("reader.language")
        kind = self._not_established(folded, place)
        if goods:
            return Message.of(self._mentioned, kind=kind,
                              words=folded.text[goods[0].start:goods[0].end])
        problem = Message.of(self._open_kind, kind=kind)
        return problem

    def _several(self, types) -> tuple[Message, ...]:
        """A line when nouns of different heights stand side by side."""
        if not self._several_types:
            return ()
        heights = [(g.noun.name, set(f.values)) for g in types for f in g.noun.facts
                   if f.fact == "height"]
        if len(heights) > 1 and not set.intersection(*(v for _, v in heights)):
            names = Joined(tuple(dict.fromkeys(name for name, _ in heights)))
            return (Message.of(self._several_types, types=names),)
        return ()
