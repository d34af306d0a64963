"""Is it footwear?  The head noun of a description decides (note 1 to group 64).

«Крем для обуви» names footwear and is none: a noun counts only where it heads
the description, that is in the nominative, not governed by a preposition, and
with nothing but adjectives, people and trade words before it.

"Not footwear" needs words that say so: a row of ``kinds.csv``, or
footwear named only as what the goods are for.  A noun that is in no list tells
nothing by itself: where upper and sole are named beside it the good is taken as
footwear, else its kind stays open.
"""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from orangecontrib.customs.i18n import Capital, Joined, Message

from .folding import Folded
from .forms import ANY, NOMINATIVE, OBLIQUE
from .materials import PartOf
from .patterns import Alternatives, Pattern, Tables

__all__ = ["Good", "Implied", "Kind", "Noun", "Verdict", "Gate"]


@dataclass(frozen=True)
class Implied:
    """A row of ``type_facts.csv``: what a type of good implies of one fact."""

    id: str
    fact: str
    values: tuple[str, ...]
    ratio: float


@dataclass(frozen=True)
class Noun:
    """A row of ``types.csv``: nouns that name a type of good, and what it implies."""

    id: str
    name: Message
    facts: tuple[Implied, ...]
    note: Message


@dataclass(frozen=True)
class Good:
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
    value: str
    ratio: float
    kind: str
    pattern: Pattern | None
    note: Message
    problem: Message | None


@dataclass(frozen=True)
class Verdict:
    """What kind of good the text declares, why, and whether its facts matter.

    `kind` is None where no words say what kind of good it is.
    """

    kind: Kind | None = None
    start: int = 0
    end: int = 0
    note: Message | None = None
    problems: tuple[Message, ...] = ()
    read_facts: bool = False
    types: tuple[Good, ...] = ()


#: Where a row of ``kinds.csv`` is looked for: anywhere, at the head of the description, or
#: there where it may name a part of the good instead.
_PLACES = ("any", "head", "part")
#: … or what speaks for a kind without a pattern, a row each: a noun of ``types.csv`` as the
#: head, upper and sole beside an unknown noun, such goods only as what the good is for.
_WITHOUT_PATTERN = ("noun", "described", "purpose")
#: What is given to the wordings of these, and of their problems.
_GIVEN = {"noun": ("words",)}
_GIVEN_TO_PROBLEM = {"described": ("kind",), "purpose": ("words",)}
#: How far back the words that govern a noun, or count it, may stand, in characters.
REACH = 60
#: Characters of the description that a problem quotes.
QUOTED = 50

_WORD = re.compile(r"[а-я]++(?:-[а-я]++)*+")
_LETTER = re.compile(r"[^\W\d_]")
_READABLE = re.compile("[a-zа-я]")
_CYRILLIC = re.compile("[а-я]")
_ASIDE = re.compile(r"\([^()]*+\)|\"[^\"]*+\"")
_ADJECTIVE = re.compile(
    r"(?:ая|яя|ое|ее|ый|ий|ой|ые|ие|ого|его|ых|их|ую|юю|ым|им|ыми|ими|ою)$")
_NOT_ADJECTIVE = re.compile(r"(?:[аеяи]ние|тие|сие|дие|ствие)$")
_PREPOSITION = {"для", "под", "на", "от", "из", "к", "при", "против", "без", "кроме", "через",
                "в", "во", "о", "об", "по", "с", "со", "из-под", "вместо", "за", "ко", "над",
                "между"}
# Prepositions that say what goods are for: «крем для ухода за обувью», «чехлы на обувь».
_PURPOSE = {"для", "под", "на", "к", "ко", "от", "за"}
# A sole is also what goods lie «на» and are put «под», so only these tell what is for a part.
_PURPOSE_OF_PART = {"для", "к", "ко"}
# After these no purpose of the good itself is named: «рюкзак с отделением для обуви».
_OF_A_PART = _PREPOSITION - _PURPOSE - {"из"}
# Who makes, sells or wears footwear, and what is like footwear: «от производителя обуви»,
# «под цвет туфель» say nothing of what the goods are for.
_MAKER_OR_LIKENESS = re.compile(
    r"(?:производител|изготовител|поставщик|продав[ец]|фабрик|завод|магазин|бутик|салон|бренд|"
    r"фирм|компани|любител|ценител|цвет|тон|манер|стил|вид|форм|фасон|образ[ецу]|пример|подоби)"
    r"\w{0,3}")
# Words that may stand before the head noun without being the head.
_ALLOWED = re.compile(
    r"(?:образ\w+|пар[аыу]?|товар\w*|изделие|изделия|комплект|партия|коллекци\w+|модел\w+|мод|арт|"
    r"артикул\w*|торгов\w+|марк[аи]|тм|бренд\w*|фирм\w+|цвет\w*|размер\w*|р|шт|и|или|не|а|но|"
    r"также|см|мм|пара|взросл\w+|дет\w*|мужчин\w*|женщин\w*|мальчик\w*|девоч\w*|подростк\w*|людей|"
    r"муж|жен|малыш\w+|школьник\w*|унисекс|носки|ношения|использования|назначения|улицы|дома|"
    r"лодыжк\w+|щиколотк\w+|част[ьи]|икр\w*|колен\w*|"
    r"сиз|спец|вид|наименование|описание|страна|происхождения|гост|ту|тр|тс|еаэс|сезон\w*|"
    r"средств\w*|защит\w+|ног|стопы|индивидуальн\w+|хб|нов\w+|легк\w+|спорт|отдых\w*|активного|"
    r"весна|лето|зима|осень|работ\w*|труда|сноуборд\w*|лыж|бега|тенниса|баскетбола|футбола)")
_PEOPLE_OR_USE = re.compile(
    r"для (?:взросл|дет|мужчин|женщин|мальчик|девоч|подрост|людей|малыш|школьн|новорожд|"
    r"повседневн|активн|носки|ношения|улицы|дома|отдыха|бега|тенниса|баскетбола|футбола|лыж|"
    r"занятий|сноуборд|катания|работ)\w*")
_AFTER_PART = re.compile(r"[,:;\-–]|\bиз\b")
_OF = re.compile(r"(?<!\w)(?:образ\w+|пар[аы]?|парти[яи]|комплект\w*|коллекци[яи]|модел[ьи]|"
                 r"вид[ы]?|ассортимент|экземпляр\w*|издели[ея])\s"
                 r"(?:\w++(?:(?<=ой|ых|их)|(?<=ого))\s){0,3}$")
_NAME = re.compile(r"[\w\s-]*+")
_DELIMITER = re.compile(r"[,;:.()]")


class _Place:
    """Where in a text the head noun may stand, and what its phrase says the good is for.

    All of it is found in one pass, so that a text with many nouns takes time in
    proportion to its length.
    """

    def __init__(self, text: str, part_word: re.Pattern):
        self.text = text
        self._part_word = part_word
        self._barred = bytearray(len(text) + 1)
        self._aside = bytearray(len(text) + 1)
        self.noun, self.part = self._bar(0, len(text))

    def _bar(self, start: int, end: int) -> tuple[int, int]:
        """Bar what follows a noun that is the head itself, and a part's name up to its comma.

        Returns
        -------
        noun, part : int
            Where the first unknown noun and the first part begin (`end`: there is none).
        """
        clean = self.text[start:end]
        for aside in _ASIDE.finditer(clean):
            inner = start + aside.start() + 1, start + aside.end() - 1
            self._aside[inner[0]:inner[1] + 1] = b"\1" * (inner[1] + 1 - inner[0])
            self._bar(*inner)
        clean = _blank(_PEOPLE_OR_USE, _blank(_ASIDE, clean))
        part = self._part_word.search(clean)
        limit = len(clean) if part is None else part.start()
        noun = next((word for word in _WORD.finditer(clean, 0, limit)
                     if not self._may_precede(word.group())), None)
        if noun is not None:
            self._fill(start + noun.end(), end)
        elif part is not None:  # «верх – кожа, ботинки», but «подошва ботинок»
            after = _AFTER_PART.search(clean, part.end())
            self._fill(start + part.end(), end if after is None else start + after.end() - 1)
        return (end if noun is None else start + noun.start(),
                end if part is None else start + part.start())

    def _fill(self, start: int, end: int):
        self._barred[start:end + 1] = b"\1" * (end + 1 - start)

    @staticmethod
    def _may_precede(word: str) -> bool:
        """May the word stand before the head of a description?"""
        return word in _PREPOSITION or _ALLOWED.fullmatch(word) is not None \
            or _is_adjective(word)

    @cached_property
    def _names_end(self) -> int:
        """Where the one or two words end that may be a name: «Рибок кроссовки»."""
        clean = _blank(_ASIDE, self.text)
        end, strange = _NAME.match(clean).end(), 0
        for word in _WORD.finditer(clean, 0, end):
            strange += _ADJECTIVE.search(word.group()) is None
            if strange > 2 or word.group() in _PREPOSITION or word.group() == "и":
                return word.start()
        return end

    def leads(self, place: int) -> bool:
        """May what comes here be the head, given all the text before it?"""
        return not self._barred[place]

    def heads(self, end: int) -> list[int]:
        """Where words begin, up to `end`, that may be the head."""
        last = min(end, self.noun) + 1
        return [start for start in (word.start() for word in _WORD.finditer(self.text, 0, last))
                if self.leads(start) and not self.governed(start)]

    def follows_a_name(self, place: int) -> bool:
        """Do only a strange word or two come before, as in «Рибок кроссовки»?"""
        return place <= self._names_end and not self._aside[place]

    def governed(self, place: int) -> bool:
        """Does a preposition govern what comes here?"""
        before = self.text[max(0, place - REACH):place]
        words = _WORD.findall(before)
        while words and _is_adjective(words[-1]):
            words.pop()
        return bool(words) and words[-1] in _PREPOSITION \
            and before.rstrip()[-1:] not in tuple(",;:.)")

    def counted(self, place: int) -> int | None:
        """Where «пара», «образцы» … begin that count the oblique noun here."""
        match = _OF.search(self.text, max(0, place - REACH), place)
        return None if match is None else match.start()

    def phrase(self) -> tuple[int, int]:
        """The phrase of the first unknown noun (or of the first word), between delimiters."""
        first = self.noun
        if first == len(self.text):
            letter = _LETTER.search(self.text)
            first = 0 if letter is None else letter.start()
        after = _DELIMITER.search(self.text, first)
        start = max(self.text.rfind(sign, 0, first) for sign in ",;:.()") + 1
        return start, len(self.text) if after is None else after.start()

    def purpose(self, wanted: set[str]) -> tuple[int, int] | None:
        """The part of that phrase that says what the good is for, if it does."""
        start, end = self.phrase()
        found = governing = None
        for word in _WORD.finditer(self.text, start, end):
            if word.group() in wanted:
                governing = word.start()
                found = governing if found is None else found
            elif word.group() in _OF_A_PART:
                end = word.start()
                break
            elif not _is_adjective(word.group()):
                if governing is not None and _MAKER_OR_LIKENESS.fullmatch(word.group()):
                    if found < governing:
                        end = governing
                        break
                    found = None
                governing = None
        return None if found is None else (found, end)


def _blank(regex: re.Pattern, text: str) -> str:
    """The text with matches replaced by as many spaces."""
    return regex.sub(lambda match: " " * len(match.group()), text)


def _is_adjective(word: str) -> bool:
    return _ADJECTIVE.search(word) is not None and _NOT_ADJECTIVE.search(word) is None


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
            name = tables.message(row["id"], where)
            noun = Noun(row["id"], name, tuple(implied.pop(row["id"], ())),
                        Message.of("reader.usual", type=name))
            for case in (NOMINATIVE, OBLIQUE):
                pattern = tables.pattern(row, where, case)
                if pattern is not None:
                    patterns.append(pattern)
                    self._types.append((noun, case == OBLIQUE))
        if implied:
            raise ValueError(f"{tables.group.folder / 'type_facts.csv'}: types.csv has no row "
                             f"'{next(iter(implied))}'")
        self._nouns = Alternatives(patterns, r"(?<![\w-])")
        self._part_word = tables.word("words.part")
        self._own = {role: tables.word(f"words.own.{role}") for role in ("upper", "sole")}
        self._kinds: dict[str, list[Kind]] = {
            where: [] for where in (*_PLACES, *_WITHOUT_PATTERN)}
        rows = list(tables.rows("kinds.csv", ("where", "fact", "value", "when_true", "when_false",
                                              "source", "kind", "phrase")))
        for name in _WITHOUT_PATTERN:
            count = sum(row["where"] == name for _, row in rows)
            if count != 1:
                raise ValueError(f"{tables.group.folder / 'kinds.csv'}: one row is needed where "
                                 f"'{name}', there are {count}")
        for where, row in rows:
            value, = tables.values(row["fact"], row["value"], where)
            if row["where"] not in self._kinds:
                raise ValueError(f"{where}: where must be one of {', '.join(self._kinds)}")
            case = ANY if row["where"] == "any" else NOMINATIVE
            self._kinds[row["where"]].append(Kind(
                row["id"], row["fact"], value, tables.ratio(row, row["fact"], (value,), where),
                row["kind"],
                tables.pattern(row, where, case) if row["where"] in _PLACES else None,
                tables.message(row["id"], where, _GIVEN.get(row["where"], ())),
                tables.problem(row["id"], _GIVEN_TO_PROBLEM.get(row["where"], ()))))
        self._noun, self._described, self._purpose = (
            self._kinds[name][0] for name in _WITHOUT_PATTERN)
        self._open_kind, self._mentioned, self._several_types = (
            tables.message(f"kind.{name}", given=given).id for name, given in (
                ("open", ("kind",)), ("mentioned", ("kind", "words")), ("several", ("types",))))

    @staticmethod
    def _implied(tables: Tables) -> dict[str, list[Implied]]:
        """What ``type_facts.csv`` says, by the type that implies it."""
        implied: dict[str, list[Implied]] = {}
        columns = ("type", "fact", "values", "when_true", "when_false", "source")
        for where, row in tables.rows("type_facts.csv", columns):
            values = tables.values(row["fact"], row["values"], where)
            implied.setdefault(row["type"], []).append(Implied(
                row["id"], row["fact"], values,
                tables.ratio(row, row["fact"], values, where)))
        return implied

    def goods(self, text: str) -> list[Good]:
        """All nouns of footwear in the text, in order, none inside another."""
        found = []
        for place, match in self._nouns.finditer(text):
            noun, oblique = self._types[place]
            found.append(Good(noun, match.start(), match.end(), oblique))
        return found

    def judge(self, folded: Folded, goods: list[Good],
              parts: Sequence[PartOf] = ()) -> Verdict:
        """Footwear, its parts, something else – or nothing, where no words say which."""
        place = _Place(folded.masked, self._part_word)
        described = {"upper", "sole"} <= {part.role for part in parts}
        has_upper = any(part.role == "upper" for part in parts)
        text = folded.masked
        for kind in self._kinds["any"]:
            match = kind.pattern.search(text)
            if match and place.leads(match.start()):
                return self._verdict(kind, *match.span())
        head = next((g for g in goods if self._is_head(place, g)), None) or next(
            (g for g in goods if self._follows_a_name(place, g, described)), None)
        if head is not None:
            types = tuple(g for g in goods if not g.oblique and g.start >= head.start
                          and not place.governed(g.start))
            note = Message.of(self._noun.note.id, words=folded.text[head.start:head.end])
            return Verdict(self._noun, head.start, head.end, note, self._several(types), True,
                           types or (head,))
        places = place.heads(place.part if has_upper else len(text))
        # Beside an upper «подошва: резина» is a part of the good, else it is the good.
        part = self._named_head(text, "part", places)
        other = self._named_head(text, "head", places) or (None if described else part)
        if other is not None:
            return other
        served = self._served(text, place, goods)
        if served is not None and not self._has_parts_of_its_own(place, parts):
            return self._verdict(self._purpose, *served,
                                 words=folded.text[served[0]:served[1]])
        if described and served is None and self._describes_own(folded, place, goods, parts):
            spans = [next(p for p in parts if p.role == role) for role in ("upper", "sole")]
            return replace(
                self._verdict(self._described, min(p.start for p in spans),
                              max(p.end for p in spans),
                              kind=self._not_established(folded, place)), read_facts=True)
        return part or Verdict(problems=(self._open(folded, place, goods),))

    @staticmethod
    def _verdict(row: Kind, start: int, end: int, **said) -> Verdict:
        """By a row of ``kinds.csv``, with what is put into its problem."""
        problem = Message.of("reader.sentence", words=Capital(row.note)) \
            if row.problem is None else Message.of(row.problem.id, **said)
        return Verdict(row, start, end, row.note, (problem,))

    def _named_head(self, text: str, where: str, places: list[int]) -> Verdict | None:
        """The first row of ``kinds.csv`` that the head of the description meets."""
        for kind in self._kinds[where]:
            match = kind.pattern.first(text, places)
            if match:
                return self._verdict(kind, *match.span())
        return None

    def _served(self, text: str, place: _Place, goods: list[Good]) -> tuple[int, int] | None:
        """The words by which footwear, or a part of it, is what the good is for."""
        if goods:
            purpose = place.purpose(_PURPOSE)
            for good in goods if purpose else ():
                if purpose[0] < good.start < purpose[1]:
                    return purpose[0], good.end
        if self._part_word.search(text):
            purpose = place.purpose(_PURPOSE_OF_PART)
            part = purpose and self._part_word.search(text, *purpose)
            return (purpose[0], part.end()) if part else None
        return None

    @staticmethod
    def _has_parts_of_its_own(place: _Place, parts) -> bool:
        """«Чехлы на туфли: верх – неопрен, подошва – резина» may be footwear over footwear."""
        end = place.phrase()[1]
        return {"upper", "sole"} <= {p.role for p in parts if p.start >= end}

    def _describes_own(self, folded: Folded, place: _Place, goods: list[Good], parts) -> bool:
        """Are upper and sole those of the good itself, and does no noun speak against it?"""
        first = self._part_word.search(folded.text)  # «upper», «sole» are masked as brands are
        unnamed = first is not None and place.noun > first.start()
        start, end = place.phrase()
        return (unnamed or not any(start <= g.start < end for g in goods)) and all(
            any(p.role == role and regex.search(folded.text, p.start, p.end) for p in parts)
            for role, regex in self._own.items())

    @staticmethod
    def _not_established(folded: Folded, place: _Place) -> Message:
        """That the name of the good does not tell what it is, with the name."""
        start, end = place.phrase()
        if place.noun == len(folded.text) and place.part < end:
            return Message("reader.no_kind")
        start, end = folded.span(start, end)
        name = " ".join(re.sub("[\"«»“”„]", " ", folded.original[start:end]).split()).strip(" -")
        if len(name) > QUOTED:
            name = f"{name[:QUOTED].rpartition(' ')[0] or name[:QUOTED]} …"
        return Message.of("reader.unknown_kind", name=name)

    def _open(self, folded: Folded, place: _Place, goods: list[Good]) -> Message:
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
        return problem if _CYRILLIC.search(folded.text) else Message.of("reader.partly",
                                                                         problem=problem)

    def _several(self, types) -> tuple[Message, ...]:
        """A line when nouns of different heights stand side by side."""
        heights = [(g.noun.name, set(f.values)) for g in types for f in g.noun.facts
                   if f.fact == "height"]
        if len(heights) > 1 and not set.intersection(*(v for _, v in heights)):
            names = Joined(tuple(dict.fromkeys(name for name, _ in heights)))
            return (Message.of(self._several_types, types=names),)
        return ()

    @staticmethod
    def _is_head(place: _Place, good: Good) -> bool:
        if good.oblique:
            start = place.counted(good.start)
            return start is not None and place.leads(start)
        return place.leads(good.start) and not place.governed(good.start)

    @staticmethod
    def _follows_a_name(place: _Place, good: Good, described: bool) -> bool:
        """«Рибок кроссовки»: a strange word or two right before a plain nominative.

        Where upper and sole are described the strange words may be more.
        """
        return not good.oblique and place.text[good.end - 1] not in "кг" \
            and not place.governed(good.start) \
            and (described or place.follows_a_name(good.start))
