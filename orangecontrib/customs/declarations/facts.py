"""Declaration text (графа 31) → findings on the facts of a group of goods.

What is specific to a group is data in its folder: phrases (``text_patterns.csv``),
parts and materials (``parts.csv``, ``materials.csv``), type nouns (``types.csv``) and what
they imply (``type_facts.csv``),
lengths (``measures.csv``), size systems (``sizes.csv``), what the good is, or is not
(``kinds.csv``), and other words that are looked for (``words.csv``).  A row has an id, by
which ``messages.csv`` says what it means, and what is wrong where it is met
(``problem.<id>``).  Only phrases and type nouns are required: what there is no table of, a good
of the group does not have.
The engine knows about spans, negation, parts, and what excludes what.

Readings of footwear that are ours, where the law or the trade leaves room: boys' footwear
is read as men's and girls' as women's; named for both sexes it is "not
identifiable"; thermoplastic elastomers are rubber or plastics (one column of
the tariff for the sole); microfibre and «искусственная замша» are plastics or
textile until the outer layer is known; an EU size 37 may lie on either side of
an insole of 24 cm; toe-caps of a safety class may be metal or composite; a
shaft height in cm or inches is mapped to the leg by ``measures.csv``; a
watertight membrane, lining or zip only suggests that the footwear is watertight.
"""
from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import combinations, pairwise

from orangecontrib.customs.facts import Evidence, Vocabulary
from orangecontrib.customs.groups import Group, GroupError, loaded_groups
from orangecontrib.customs.i18n import Joined, Message, add_wordings

from .folding import Folded, fold
from .gate import Gate, GoodsKind, NamedGoods
from .goods import Noun, Said, TextGoods, apart, goods_of_text, told_together
from .language import languages_of
from .materials import Materials, Mention, PartOf
from .negation import negation_after, negation_before, negation_goes_on
from .patterns import LATIN_WORD, Index, Pattern, Tables, Taken, language_of, number
from .quantities import measured
from .rated import alone, is_rated
from .reading import IMPLIED, STATED, Finding, Reading, _agree, evidence_of
from .several import Choice, Option, Several
from .sizes import Sizes, choice_of_sizes
from .stages import GoodRead, Stages
from .understood import Understanding

__all__ = ["EMPTY", "FactReader", "reader_of"]

#: Of a good with a description in which nothing stands.
EMPTY = Message("cases.empty_description")

#: A statement on the good as a whole («сапоги резиновые») is somewhat weaker
#: than one on its upper; of its sole it speaks only for materials that are moulded.
#: How many times as often it is made where it holds as where it doesn't (judgement).
GOOD_RATIO = 100.
GOOD_SOLE_RATIO = 20.
#: A clause of materials alone («туфли, ткань; …») speaks of the upper, it seems (judgement).
CLAUSE_RATIO = 45.
#: Suppliers tend to name the main material first, so of a mix the first is taken as twice
#: as likely as another to have the largest area (judgement; the problem line asks for areas).
FIRST_OF_MIX_RATIO = 2.
#: What is implied so strongly and excludes what is stated makes a problem.
DISAGREES = 20.
#: Characters of a description that are read; what is beyond them is named as a problem.
MAX_CHARACTERS = 20_000


@dataclass(frozen=True)
class _Rule:
    id: str
    fact: str
    values: tuple[str, ...]
    negated: tuple[str, ...]
    ratio: float
    kind: str
    pattern: Pattern
    note: Message
    problem: Message | None
    general: bool   # gives way to any other statement on its fact
    language: str

    @cached_property
    def denied(self) -> tuple[str, Message]:
        """Id and note of a finding where the words are denied."""
        return f"{self.id}.not", Message.of("reader.not", note=self.note)


@dataclass(frozen=True)
class _Bin:
    id: str
    values: tuple[str, ...]
    above: float
    to: float
    closed: str
    ratio: float


@dataclass(frozen=True)
class _Measure:
    name: Message
    pattern: Pattern
    unit: str
    fact: str
    bins: tuple[_Bin, ...]
    border: bool             # a length that crosses a limit is that of several goods
    yields: bool             # only hints, against the tariff's own words on its fact
    checked: bool            # what is implied of its fact must agree with what is stated
    kind: str = STATED
    language: str = ""   # in which it is named; "": in any


@dataclass(frozen=True)
class _View:
    """A text as one of its languages reads it."""

    language: str
    folded: Folded
    nouns: list[NamedGoods]
    mentions: list[Mention]
    parts: list[PartOf]


def _named(nouns: Sequence[NamedGoods]) -> list[Mention]:
    return [Mention("good", noun.noun.id, "good", noun.start, noun.end) for noun in nouns]


def _nouns(goods: Sequence[NamedGoods]) -> list[Noun]:
    return [Noun(good.noun.id, good.start, good.end, good.oblique, good.noun.general)
            for good in goods]


def _kind_of(verdict: GoodsKind) -> tuple[str, ...]:
    return () if verdict.kind is None else verdict.kind.values


def _said_once(said: Sequence[Finding], more: Sequence[Finding]) -> list[Finding]:
    """Without what another language of the text has implied already: it is not a second witness."""
    known = {f.fact for f in said}
    return [f for f in more if f.kind == STATED or f.fact not in known]


def _cut(description: str) -> str:
    """The first :data:`MAX_CHARACTERS` of a description, without the word that they cut."""
    if len(description) <= MAX_CHARACTERS:
        return description
    end = MAX_CHARACTERS
    while end and _in_word(description[end - 1]) and _in_word(description[end]):
        end -= 1
    return description[:end or MAX_CHARACTERS]


_TOO_LONG = Message.of("reader.too_long", characters=MAX_CHARACTERS)
#: How a text settles what has the largest area.
SETTLED = {"share", "words", "trim"}
#: Messages of a group with which it says what only the engine knows, by the table of which it is.
_SAID = {"materials.csv": {
             "mixed.upper": ("values",), "mixed.sole": ("values",), "tie.upper": ("values",),
             "tie.sole": ("values",), "unclear.upper": ("values",), "unclear.sole": ("values",),
             "of_good.upper": ("values",), "of_good.sole": (), "by_area": ("fact", "values")}}


def _shared(readings: Sequence[Reading], vocabulary) -> tuple[Finding, ...]:
    """What the text says of each of several goods: of a fact, one of the values of any.

    A fact of which one of them says nothing is open.
    """
    shared = []
    for fact in vocabulary:
        found = [[f for f in reading.findings if f.fact == fact] for reading in readings]
        if not all(found):
            continue
        values: dict[str, None] = {}
        kind = STATED
        for findings in found:
            stated = [f for f in findings if f.kind == STATED]
            values |= dict.fromkeys(_agree(stated)[0] if stated else
                                    [v for f in findings for v in f.values])
            kind = kind if stated else IMPLIED
        ratio = min(f.ratio for findings in found for f in findings)
        shared += [replace(f, values=tuple(values), ratio=ratio, kind=kind)
                   for findings in found for f in findings if kind in (f.kind, IMPLIED)]
    return tuple(sorted(dict.fromkeys(shared), key=lambda f: (f.start, f.end, f.fact)))


def _alternatives(kinds: Iterable[tuple[tuple[str, tuple[str, ...]], ...]]) -> list[Choice]:
    """A choice between goods by what is said of each; none where that is the same."""
    different = tuple(dict.fromkeys(kinds))
    return [Choice(tuple(map(Option, different)))] if len(different) > 1 else []


def _exclude(kinds: Iterable[tuple[tuple[str, tuple[str, ...]], ...]]) -> bool:
    """Whether one kind of goods can't be what another is."""
    return any(set(values).isdisjoint(others) for one, other in combinations(kinds, 2)
               for fact, values in one for same, others in other if fact == same)


def _values_of(met: Sequence[_Bin]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for some in met for value in some.values))


def _in_word(character: str) -> bool:
    """Letters, digits, marks on letters and the soft hyphen."""
    return not character.isspace() and unicodedata.category(character)[0] in "LNMC"


def _the_group() -> Group:
    """The one loaded group that reads text."""
    groups = [group for group in loaded_groups() if group.reads_text]
    if len(groups) != 1:
        names = ", ".join(group.id for group in groups) or "none"
        raise ValueError(f"FactReader needs a group, as in FactReader(find_group(...)); those "
                         f"that read text: {names}")
    return groups[0]


class FactReader:
    """Reads facts of one group from declarations; compiled once, picklable.

    Parameters
    ----------
    group : Group, optional
        Whose facts may be stated, and in which words; by default the one loaded group that
        reads text.

    Raises
    ------
    GroupError
        A table is absent, names an unknown fact or value, holds a wrong pattern or lacks its
        words in ``messages.csv``: the message names file and line.
    ValueError
        None is passed, and there is no such group, or more than one.
    """

    def __init__(self, group: Group | None = None):
        self.group = _the_group() if group is None else group
        self.vocabulary, self.priors = self.group.vocabulary, self.group.priors
        try:
            self._load(Tables(self.group))
        except (OSError, ValueError) as error:
            raise GroupError(f"group '{self.group.id}' can't read text: {error}") from None

    def _load(self, tables: Tables):
        self._rules = tuple(self._read_rules(tables))
        self._index = Index([rule.pattern for rule in self._rules])
        self._general = {rule.id for rule in self._rules if rule.general}
        self._problems = {rule.id: rule.problem for rule in self._rules if rule.problem}
        self._measures = tuple(self._read_measures(tables))
        self._yielding = {b.id for m in self._measures if m.yields for b in m.bins}
        self._checked = {m.fact for m in self._measures if m.checked}
        self._sizes = Sizes(tables)
        self._detail = tables.word("words.detail", "materials.csv")
        self._materials = Materials(tables) if tables.has("materials.csv") else None
        self._gate = Gate(tables)
        self._understanding = Understanding(tables, self.priors)
        self._said = {name: tables.message(name, given=given).id
                      for table, said in _SAID.items() if tables.has(table)
                      for name, given in said.items()}
        self._known_names: dict[tuple, Joined] = {}
        tables.check()
        tables.phrases.keep()

    def __setstate__(self, state):
        self.__dict__ = state
        add_wordings(self.group.wordings)  # another process may not have loaded the group

    @staticmethod
    def _read_rules(tables: Tables):
        columns = ("fact", "values", "negated", "when_true", "when_false", "source", "kind",
                   "phrase", "general")
        for where, row in tables.rows("text_patterns.csv", columns):
            if row["kind"] not in (STATED, IMPLIED):
                raise ValueError(f"{where}: kind must be '{STATED}' or '{IMPLIED}'")
            values = tables.values(row["fact"], row["values"], where)
            yield _Rule(row["id"], row["fact"], values,
                        tables.values(row["fact"], row["negated"], where),
                        tables.ratio(row, row["fact"], values, where), row["kind"],
                        tables.pattern(row, where),
                        tables.message(row["id"], where), tables.problem(row["id"]),
                        row["general"] == "yes", language_of(row["id"]))

    @staticmethod
    def _bin(tables: Tables, where: str, row: dict[str, str]) -> _Bin:
        values = tables.values(row["fact"], row["values"], where)
        return _Bin(row["id"], values, number(row["above"], where), number(row["to"], where),
                    row["closed"], tables.ratio(row, row["fact"], values, where))

    def _read_measures(self, tables: Tables):
        grouped: dict[str, list] = {}
        columns = ("measure", "phrase", "unit", "fact", "values", "above", "to",
                   "closed", "when_true", "when_false", "source", "border", "yields", "checked")
        for where, row in tables.rows("measures.csv", columns):
            grouped.setdefault(row["measure"], []).append((where, row))
        for name, rows in grouped.items():
            where, first = rows[0]
            bins = tuple(self._bin(tables, w, r) for w, r in rows)
            # without a phrase any number with such a unit is read
            pattern = tables.pattern(first, where) if first["phrase"] \
                else Pattern(alone(first["unit"]))
            yield _Measure(tables.message(name, where), pattern, first["unit"],
                           first["fact"], bins, first["border"] == "yes",
                           first["yields"] == "yes", first["checked"] == "yes",
                           first.get("kind") or STATED,
                           "" if is_rated(first["unit"]) else language_of(first["id"]))

    # -- reading

    def read(self, description: str) -> Reading:
        """What one description says.

        Never fails on text: what cannot be read becomes a line of `problems`.
        """
        return self.stages(description).reading

    def stages(self, description: str, goods: TextGoods | None = None) -> Stages:
        """What each stage of reading makes of one description.

        `goods`: those of the text, where another group has told them.
        """
        part = _cut(description)
        stages = self._stages(part, goods)
        if len(part) < len(description):
            stages = replace(stages, reading=replace(
                stages.reading, description=description,
                problems=(*stages.reading.problems, _TOO_LONG)))
        return stages

    def _stages(self, description: str, goods: TextGoods | None) -> Stages:
        languages = languages_of(description)
        if languages.unread and not languages.read:
            return Stages(languages, fold(description), None, (), Reading(
                description, (), (languages.problem,)))
        folded = fold(languages.kept(description), languages.english)
        if folded.original != description:
            folded = replace(folded, original=description)
        views = self._views(folded, languages.read)
        if goods is None:
            goods = self._goods(folded, views)
        problems = [languages.problem] if languages.problem is not None else []
        if goods is None or len(goods.goods) == 1:
            one = self._read_good(views, goods)
            if problems:
                one = replace(one, reading=replace(
                    one.reading, problems=(*problems, *one.reading.problems)))
            return Stages(languages, folded, goods, (one,), one.reading)
        read = tuple(self._read_one_of(folded, languages.read, goods, number)
                     for number in range(len(goods.goods)))
        problems.append(Message.of("stages.several", count=len(read)))
        readings = tuple(good.reading for good in read)
        kinds = _alternatives(tuple(reading.stated().items()) for reading in readings)
        reading = Reading(description, _shared(readings, self.vocabulary), tuple(problems),
                          readings, several=Several(tuple(kinds), False))
        return Stages(languages, folded, goods, read, reading)

    def _views(self, folded: Folded, languages: Sequence[str]) -> list[_View]:
        """The text as each of its languages reads it."""
        views = []
        for language, own in folded.views(languages):
            nouns = self._gate.goods(own.text)
            mentions = self._mentions(own, nouns)
            views.append(_View(language, own, nouns, mentions,
                               self._materials.read(own.text, mentions, language)
                               if mentions and self._materials is not None else []))
        return views

    def _mentions(self, folded: Folded, nouns) -> list[Mention]:
        """Parts, materials and goods that are named; none where no word speaks of them."""
        if self._materials is None or not nouns and not self._detail.search(folded.text):
            return []
        return self._materials.mentions(folded.text, _named(nouns))

    def _goods(self, folded: Folded, views: list[_View]) -> TextGoods | None:
        """The goods, as the first language tells them that names any.

        Where another one names as many they are the same.
        """
        told = [self._told(folded.text, view) for view in views if view.nouns]
        if len(told) == 2 and len(told[0].goods) == len(told[1].goods) > 1 \
                and told[0].by != "number":
            return told_together(*told, folded.english)
        return told[0] if told else None

    def _told(self, text: str, view: _View) -> TextGoods:
        said = []
        for part in view.parts:
            fact = "upper" if part.role == "good" else part.role
            if not part.negated:
                said.append(Said(fact, part.values[fact], part.start, part.end,
                                 len(part.values[fact])))
        nouns = view.nouns
        if self._materials is None:
            nouns, said = self._named_apart(text, nouns, view.language)
        return goods_of_text(text, _nouns(nouns), said, view.language)

    def nouns(self, stages: Stages) -> list[Noun]:
        """The nouns of the group's goods in a text, in the first language that names any."""
        return next((_nouns(found) for _, own in stages.folded.views(stages.languages.read)
                     if (found := self._gate.goods(own.text))), [])

    def _named_apart(self, text: str, nouns, language: str) -> tuple[list, list[Said]]:
        """The nouns that may be goods of their own, and the facts of which a good has one.

        «Блок питания, разъем USB» is one good, «реле 5 шт, розетки; трансформаторы» are three.
        """
        lists = [noun for before, noun in pairwise(nouns) if apart(text[before.end:noun.start])]
        named = [nouns[0], *lists] if lists else []
        said = [Said(said.fact, said.values, noun.start, noun.end) for noun in named
                for said in noun.noun.facts if said.kind == STATED]
        said += [Said(measure.fact, _values_of(met), start, interval.end)
                 for measure, met, start, interval in self._measured(text, language)]
        kept, end = nouns[:1], nouns[0].end
        for noun in nouns[1:]:
            if noun in lists or not re.search(r"\d", text[end:noun.start]):
                kept.append(noun)
                end = noun.end
        return kept, said

    def _read_one_of(self, folded: Folded, languages, goods: TextGoods, number: int) -> GoodRead:
        """One of several goods: what speaks of the others is blank."""
        own = replace(folded, text=goods.words_of(number, folded.text),
                      masked=goods.words_of(number, folded.masked))
        read = self._read_good(self._views(own, languages), None)
        place = Message.of("stages.one_of", number=number + 1, count=len(goods.goods))
        return replace(read, reading=replace(
            read.reading, quantity=goods.goods[number].quantity,
            own=goods.part_of(number, folded), problems=(place, *read.reading.problems)))

    def _read_good(self, views: list[_View], goods: TextGoods | None) -> GoodRead:
        """What a text says that speaks of one good, or of kinds that share a description."""
        description = views[0].folded.original
        if not any(view.folded.text.strip() for view in views):
            return GoodRead((), Reading(description, (), (Message("reader.empty"),)))
        verdicts = [self._judge(view) for view in views]
        told = [pair for pair in zip(views, verdicts)
                if pair[1].kind is not None or pair[1].read_facts]
        # the language that names such goods counts («Men's shoes, стелька – кожа»), else the first
        told.sort(key=lambda pair: not pair[1].read_facts)
        told = [pair for pair in told if _kind_of(pair[1]) == _kind_of(told[0][1])] \
            or list(zip(views, verdicts))[:1]
        findings: list[Finding] = []
        problems: list[Message] = []
        for view, verdict in told:
            findings += self._gate_findings(view.folded, verdict)
            problems += verdict.problems
        parts = tuple(part for view in views for part in view.parts)
        if not told[0][1].read_facts:
            return GoodRead(parts, Reading(description, tuple(findings), tuple(problems)))
        apart = goods is None or goods.apart
        if not apart:
            problems.append(Message("stages.unclear"))
        choices: list[Choice] = []
        for view, verdict in zip(views, verdicts):
            more = self._read_view(view, verdict, goods, apart, choices, problems)
            findings += more if view is views[0] else _said_once(findings, more)
        doubts = self._understanding.doubts(
            [(view.language, view.folded, view.mentions) for view in views], findings)
        findings = self._choose(findings, problems)
        types = [good for verdict in verdicts for good in verdict.types]
        several = replace(self._several(findings, choices, types, parts, goods),
                          understood=not doubts)
        problems += [self._problems[f.rule] for f in findings if f.rule in self._problems]
        findings.sort(key=lambda f: (f.start, f.end, f.fact))
        return GoodRead(parts, Reading(description, tuple(findings),
                                       tuple(dict.fromkeys(problems)), several=several,
                                       doubts=doubts))

    def _several(self, findings: Sequence[Finding], choices: Sequence[Choice], types,
                 parts: Sequence[PartOf], goods: TextGoods | None) -> Several:
        """What stays open of several goods: ranges over a limit, and goods not told apart."""
        stated = Reading("", tuple(f for f in findings if f.kind == STATED)).stated()
        settled = {fact for fact, values in stated.items()
                   if len(values) < len(self.vocabulary[fact].values)}
        ranges = {choice.options[0].facts[0][0]: choice for choice in reversed(choices)}
        apart = goods is None or goods.apart
        kinds = {} if goods is None else {
            good.noun.id: tuple((said.fact, said.values) for said in good.noun.facts
                                if said.fact not in settled)
            for good in types if not apart or good.noun.id in goods.kinds}
        apart = apart and not _exclude(kinds.values())
        several = Several(tuple(reversed(ranges.values())), apart).without(settled)
        if apart:
            return several
        return Several((*several.choices, *_alternatives(kinds.values()), *(
            choice for role in ("upper", "sole") for choice in _alternatives(
                ((role, part.values[role]),) for part in parts
                if part.role == role and not part.negated and role not in settled))), False)

    def _judge(self, view: _View):
        named = _named(view.nouns)
        known = () if view.language == "ru" else named if self._materials is None \
            else view.mentions or self._materials.mentions(view.folded.text, named)
        return self._gate.judge(view.folded, view.nouns, view.parts, view.language, known)

    def _read_view(self, view: _View, verdict, goods: TextGoods | None, apart: bool,
                   choices: list[Choice], problems: list[Message]) -> list[Finding]:
        """What one language of the text says."""
        findings: list[Finding] = []
        kinds = goods.kinds if goods is not None else ()
        if apart or len(kinds) > 1:
            # what is named first is the first good's where several can't be told apart
            findings += self._read_materials(view.folded, view.parts if apart else [
                replace(part, first=()) for part in view.parts], problems)
            findings += self._read_types(view.folded, verdict.types, kinds)
        if apart:
            findings += self._read_phrases(view)
            findings += self._read_lengths(view, choices)
            findings += self._read_size_lists(view.folded, findings, choices)
        return findings

    @property
    def groups(self) -> tuple[Group, ...]:
        """The one group whose facts it reads."""
        return (self.group,)

    def spoken(self, readings: Sequence[Reading]) -> Vocabulary:
        """The facts of which readings may speak."""
        return self.vocabulary

    def evidence(self, keys: Sequence[str], readings: Sequence[Reading]) -> Evidence:
        """Log-likelihoods (N, k) per fact; the same one by one and in a batch."""
        return evidence_of(keys, readings, self.vocabulary)

    @staticmethod
    def _finding(folded: Folded, span, fact, values, ratio, kind, rule, note) -> Finding:
        words = folded.text[span[0]:span[1]]
        span = (span[0] + len(words) - len(words.lstrip()), span[0] + len(words.rstrip()))
        start, end = folded.span(*span)
        return Finding(fact, tuple(values), ratio, start, end,
                       folded.original[start:end], kind, rule, note)

    def _gate_findings(self, folded, verdict) -> tuple[Finding, ...]:
        row = verdict.kind
        if row is None:
            return ()
        return (self._finding(folded, (verdict.start, verdict.end), row.fact, row.values,
                              row.ratio, row.kind, row.id, verdict.note),)

    def _names(self, fact: str, values) -> Joined:
        key = fact, tuple(values)
        if key not in self._known_names:
            self._known_names[key] = Joined(tuple(
                v for v in self.vocabulary[fact].values if v.id in values))
        return self._known_names[key]

    def _read_materials(self, folded, parts: list[PartOf], problems) -> list[Finding]:
        findings = []
        uppers = [p for p in parts if p.role == "upper" and not p.negated]
        for part in parts:
            if part.role == "good":
                findings += self._read_good_material(folded, part, bool(uppers))
                continue
            fact, values = part.role, part.values[part.role]
            said = {"fact": self.vocabulary[fact], "values": self._names(fact, values)}
            if part.negated:
                values = [v for v in self.vocabulary[fact].value_ids if v not in values]
                note = Message.of("reader.not_material", **said)
            else:
                note = Message.of(
                    self._said["by_area"] if part.area in SETTLED else "reader.material", **said)
            if part.several and len(values) > 1 and not part.negated:
                if fact == "upper" or not set(values) <= {"rubber", "plastic"}:
                    mixed = f"{part.area}.{fact}" if part.area in ("tie", "unclear") \
                        else f"mixed.{fact}"
                    problems.append(Message.of(self._said[mixed], values=said["values"]))
            findings.append(self._finding(folded, (part.start, part.end), fact, values,
                                          part.ratio, STATED, part.rule, note))
            if fact == "upper" and len(part.first) == 1 < len(values) and not part.negated:
                findings.append(self._finding(
                    folded, (part.start, part.end), fact, part.first,
                    FIRST_OF_MIX_RATIO, IMPLIED, part.rule,
                    Message.of("reader.first", values=self._names(fact, part.first))))
        return findings

    def _read_good_material(self, folded, part: PartOf, upper_known: bool) -> list[Finding]:
        """«сапоги резиновые»: the upper, and the sole of goods moulded in one."""
        findings, span = [], (part.start, part.end)
        if part.negated:
            return findings
        upper = part.values["upper"]
        if not upper_known:
            kind, most = (IMPLIED, CLAUSE_RATIO) if part.implied else (STATED, GOOD_RATIO)
            findings.append(self._finding(
                folded, span, "upper", upper, min(part.ratio, most), kind, part.rule,
                Message.of(self._said["of_good.upper"], values=self._names("upper", upper))))
        moulded = [v for v in part.values["sole"] if v in ("rubber", "plastic")]
        if moulded and set(upper) <= {"rubber", "plastic"}:
            findings.append(self._finding(
                folded, span, "sole", moulded, GOOD_SOLE_RATIO, IMPLIED, part.rule,
                Message(self._said["of_good.sole"])))
        return findings

    def _read_phrases(self, view: _View) -> list[Finding]:
        """Matches of the phrase patterns; of two on one fact that overlap the longer."""
        folded, text = view.folded, view.folded.text
        found: dict[str, list] = {}
        for rule in self._rules_of(view):
            for match in rule.pattern.finditer(text):
                found.setdefault(rule.fact, []).append((match.start(), match.end(), rule))
        findings = []
        for fact, matches in found.items():
            matches.sort(key=lambda m: (m[0] - m[1], m[0]))
            kept: list = []
            taken = Taken(len(text))
            for start, end, rule in matches:
                if not taken.meets(start, end):
                    kept.append((start, end, rule))
                    taken.add(start, end)
            kept.sort(key=lambda m: m[0])
            denied = None  # the span of the last phrase that is negated
            for start, end, rule in kept:
                negation = self._negation(view, start, end, denied)
                negated = negation is not None
                if negated:
                    start, end = denied = negation
                values = rule.negated if negated else rule.values
                if not values:
                    continue
                said = rule.denied if negated else (rule.id, rule.note)
                findings.append(self._finding(folded, (start, end), fact, values,
                                              rule.ratio, rule.kind, *said))
        return findings

    def _rules_of(self, view: _View) -> list[_Rule]:
        """Those whose words the text may hold.

        A Russian text may hold words of English; of an English one the English rows say all.
        """
        text = view.folded.text
        rules = [self._rules[i] for i in self._index.possible(text)]
        if view.language == "ru" and LATIN_WORD.search(text):
            return rules
        return [rule for rule in rules if rule.language == view.language]

    @staticmethod
    def _negation(view: _View, start: int, end: int, denied: tuple[int, int] | None):
        """The span of ``text[start:end]`` with what negates it, or None.

        `denied`: the span of an earlier phrase on the same fact that is negated.
        """
        text, language = view.folded.text, view.language
        if denied is not None and negation_goes_on(text, denied, start, end, language):
            return start, end
        before = negation_before(text, start, end, language)
        if before is not None:
            return before.start, end
        after = negation_after(text, end, language)
        return None if after is None else (start, after)

    def _measured(self, text: str, language: str):
        """Quantities after the words that say of what, with the bins that they meet."""
        taken = Taken(len(text))
        for measure in self._measures:
            if measure.language not in ("", language) or not measure.pattern.may_be_in(text):
                continue
            for start, interval in measured(text, measure, language):
                if taken.meets(start, interval.end):
                    continue
                taken.add(start, interval.end)
                met = [b for b in measure.bins
                       if interval.meets(b.above, b.to, b.closed)]
                if met:
                    yield measure, met, start, interval

    def _read_lengths(self, view: _View, choices: list[Choice]) -> list[Finding]:
        """What quantities say: стелька, каблук, голенище; мощность, ток."""
        folded, result = view.folded, []
        for measure, met, start, interval in self._measured(folded.text, view.language):
            words = folded.text[start:interval.end].strip()
            note = Message.of("reader.measured", measure=measure.name, words=words)
            result.append(self._finding(folded, (start, interval.end), measure.fact,
                                        _values_of(met), min(b.ratio for b in met),
                                        measure.kind, met[0].id, note))
            if len(met) > 1 and measure.border:
                choices.append(Choice(tuple(
                    Option(((measure.fact, b.values),)) for b in met), result[-1].text))
        return result

    def _read_size_lists(self, folded, findings: list[Finding], choices: list[Choice]
                         ) -> list[Finding]:
        """What sizes imply, by the table of size systems."""
        lists, result = list(self._sizes.read(folded.text)), []
        for some in lists:
            words = folded.text[some.start:some.end].strip()
            result.append(self._finding(
                folded, (some.start, some.end), some.system.fact, some.values, some.system.ratio,
                IMPLIED, some.system.id,
                Message.of("reader.sizes", system=some.name.upper(), words=words)))
        stated = {f.fact for f in findings if f.kind == STATED}
        for fact in dict.fromkeys(f.fact for f in result if f.fact not in stated):
            choice = choice_of_sizes([some for some in lists if some.system.fact == fact],
                                     ", ".join(dict.fromkeys(" ".join(f.text.split())
                                                             for f in result if f.fact == fact)))
            if choice is not None:
                choices.append(choice)
        return result

    def _read_types(self, folded, types, kinds: Collection[str] = ()) -> list[Finding]:
        """What the noun of the good implies; of several kinds in one good, what all imply."""
        listed = [good for good in types if good.noun.id in kinds]
        findings = [self._finding(folded, (good.start, good.end), said.fact, said.values,
                                  said.ratio, said.kind, said.id, good.noun.note)
                    for good in types if good.noun.id not in kinds for said in good.noun.facts]
        if not listed:
            return findings
        span = min(good.start for good in listed), max(good.end for good in listed)
        implied = [{said.fact: said for said in good.noun.facts} for good in listed]
        for fact in implied[0]:
            if all(fact in facts for facts in implied):
                values = dict.fromkeys(v for facts in implied for v in facts[fact].values)
                findings.append(self._finding(
                    folded, span, fact, tuple(values),
                    min(facts[fact].ratio for facts in implied),
                    implied[0][fact].kind, implied[0][fact].id, listed[0].noun.note))
        return findings

    def _yield(self, findings: list[Finding]) -> list[Finding]:
        """Against the tariff's own words on ankle and calf, a shaft in cm only hints."""
        hints = {f.fact for f in findings if f.rule in self._yielding}
        for fact in hints:
            words = {value for f in findings for value in f.values if f.fact == fact
                     and f.kind == STATED and f.rule not in self._yielding}
            findings = [replace(f, kind=IMPLIED) if words and f.rule in self._yielding
                        and f.fact == fact and not words & set(f.values) else f
                        for f in findings]
        return findings

    def _choose(self, findings: list[Finding], problems: list[Message]) -> list[Finding]:
        """Drop what a plain statement overrides, and name contradictions."""
        findings = self._yield(findings)
        specific = {f.fact for f in findings if f.kind == STATED and f.rule not in self._general}
        findings = [f for f in findings  # «спортивная обувь: ботинки лыжные»
                    if f.fact not in specific or f.rule not in self._general]
        stated: dict[str, list[Finding]] = {}
        for finding in findings:
            if finding.kind == STATED:
                stated.setdefault(finding.fact, []).append(finding)
        allowed: dict[str, tuple[str, ...]] = {}
        for fact, found in stated.items():
            values, _, agree = _agree(found)
            allowed[fact] = values
            if not agree:
                said = dict.fromkeys(self._names(fact, f.values) for f in found)
                problems.append(Message.of("reader.contradiction", fact=self.vocabulary[fact],
                                           values=Joined(tuple(said), " / ")))
        kept = []
        for finding in findings:
            if finding.kind == IMPLIED and finding.fact in allowed:
                if not set(finding.values) & set(allowed[finding.fact]) \
                        and finding.fact in self._checked \
                        and (finding.ratio >= DISAGREES or finding.rule in self._yielding):
                    problems.append(Message.of(
                        "reader.disagreement", fact=self.vocabulary[finding.fact],
                        stated=self._names(finding.fact, allowed[finding.fact]),
                        note=finding.note, implied=self._names(finding.fact, finding.values)))
                if not set(finding.values) < set(allowed[finding.fact]):
                    continue
            kept.append(finding)
        return kept


@lru_cache(maxsize=8)
def reader_of(group: Group) -> FactReader:
    """The reader of a group, made once in a process."""
    return FactReader(group)
