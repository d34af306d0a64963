"""Materials of upper and sole, each limited to the part that its word speaks of.

A material belongs to the nearest part: to the part right after an adjective
that agrees with it («на резиновой подошве»), else to the last part named
before it («верх: натуральная кожа, подошва – ТЭП»), as long as nothing but
material words, adjectives and punctuation stands in between.  Lining, insole,
trimmings, packing … are parts too, and swallow their materials.  A material
bound to the noun of the good itself («сапоги резиновые») speaks of its upper.
"""
from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

from .languages import part as part_of_language
from .languages.binder import REACH, Binder
from .negation import negation_before
from .patterns import Alternatives, Tables, Taken
from .shares import BY_WORDS, Area, Place, is_main, largest_area, prevails

__all__ = ["Mention", "PartOf", "Materials"]


@dataclass(frozen=True)
class _Material:
    id: str
    upper: tuple[str, ...]
    sole: tuple[str, ...]
    ratio: float
    of_good: str = ""         # beside the noun of the good: "never", or only if "alone"
    gives_way: bool = False   # to another one in brackets: «кожа (ПУ)»


@dataclass(frozen=True)
class Mention:
    """A word of the folded text that names a part, a material or the good."""

    kind: str       # "part", "material", "good"
    name: str       # id of the part, the material or the type of good
    role: str       # of a part: "upper", "sole", "none", "trim", "spare"; "good" of a good
    start: int
    end: int
    material: _Material | None = None
    listed: bool = False   # a part that may stand in a list, «верха, подкладки и подошвы»


@dataclass(frozen=True)
class PartOf:
    """Materials stated for one part in one place."""

    role: str                    # "upper", "sole" or "good"
    values: dict[str, tuple[str, ...]]   # fact -> values, in order of mention
    ratio: float
    start: int
    end: int
    several: bool                # more than one material: a mix or alternatives
    area: str                    # how the largest area is said, see :class:`.shares.Area`
    negated: bool
    rule: str                    # id of the material, of several the first
    first: tuple[str, ...] = ()  # of a mix: values of the upper that is named first
    implied: bool = False        # a clause of materials alone: of the good, it seems


_SHARE_BEFORE = re.compile(r"\d[\d.,]*\s?%\s?$")
_SAME_GAP = re.compile(r"\s?(?:из |of )?")
#: A material that is bound to nothing is the upper's so many times as often as not (judgement).
LOOSE = 15.
NOT_SAID = Area((), math.inf, "")


class Materials:
    """Finds parts and materials in folded text and binds them to each other.

    Parameters
    ----------
    tables : Tables
        With ``parts.csv`` (role, whether it stands in lists, pattern) and ``materials.csv``
        (values for an upper, values for a sole, how often they are named, pattern).
    """

    def __init__(self, tables: Tables):
        self.parts: list[tuple[str, str, bool]] = []
        patterns = []
        for where, row in tables.rows("parts.csv", ("role", "listed", "phrase")):
            if row["role"] not in ("upper", "sole", "contact", "none", "trim", "spare"):
                raise ValueError(f"{where}: unknown role '{row['role']}'")
            self.parts.append((row["id"], row["role"], row["listed"] == "yes"))
            patterns.append(tables.pattern(row, where))
        self._part = Alternatives(patterns)
        self._trims = [(name, pattern) for (name, role, _), pattern in zip(self.parts, patterns)
                       if role == "trim"]
        self.materials: list[_Material] = []
        patterns = []
        for where, row in tables.rows("materials.csv", ("upper", "sole", "when_true", "when_false",
                                                        "source", "of_good", "gives_way",
                                                        "phrase")):
            upper, sole = (tables.values(fact, row[fact], where) for fact in ("upper", "sole"))
            ratio = tables.ratio(row, "upper", upper, where) if upper else 1.
            self.materials.append(_Material(row["id"], upper, sole, ratio, row["of_good"],
                                            row["gives_way"] == "yes"))
            patterns.append(tables.pattern(row, where))
        self._material = Alternatives(patterns)
        self._same = tables.word("words.same", "materials.csv")

    def mentions(self, text: str, goods: list[Mention]) -> list[Mention]:
        """Parts, materials and goods of the text, in order, none inside another."""
        found = [Mention("material", m.id, "", match.start(), match.end(), m)
                 for index, match in self._material.finditer(text)
                 for m in (self.materials[index],)]
        taken, parts = Taken(len(text)), Taken(len(text))
        for mention in found:
            if not mention.material.upper:
                taken.add(mention.start, mention.end)
        for index, match in self._part.finditer(text):
            name, role, listed = self.parts[index]
            if not taken.meets(match.start(), match.start() + 1):
                found.append(Mention("part", name, role, match.start(), match.end(),
                                     listed=listed))
                parts.add(match.start(), match.end())
        found.extend(g for g in goods if not parts.meets(g.start, g.start + 1))
        found.sort(key=lambda m: (m.start, -m.end))
        kept: list[Mention] = []
        for mention in found:
            if kept and mention.start < kept[-1].end and kept[-1].kind == mention.kind:
                continue
            kept.append(mention)
        return self._with_same(text, kept)

    def _with_same(self, text: str, mentions: list[Mention]) -> list[Mention]:
        """With the material of the part before, where it is said to be the same."""
        for match in self._same.finditer(text):
            before = [m for m in mentions if m.end <= match.start()]
            after = next((m for m in mentions if m.start >= match.end()), None)
            if after is not None and after.kind == "material" \
                    and _SAME_GAP.fullmatch(text, match.end(), after.start):
                continue  # «тоже полиэстер»
            part = next((m for m in reversed(before) if m.kind == "part"), None)
            same = part and next((m for m in reversed(before) if m.kind == "material"
                                  and m.end <= part.start and m.material.upper), None)
            if same:
                mentions = sorted([*mentions, replace(same, start=match.start(), end=match.end())],
                                  key=lambda m: (m.start, -m.end))
        return mentions

    def read(self, text: str, mentions: list[Mention], language: str = "ru") -> list[PartOf]:
        """What the text says of uppers, soles and the goods as a whole.

        `mentions`: what is named in it.
        """
        if not any(m.kind == "material" for m in mentions):
            return []
        binder = part_of_language(language, "binding").Binder(text, mentions)
        owners = binder.owners()
        parts = self._collect(binder, owners, language)
        if any(part.role in ("upper", "good") for part in parts):
            return parts
        # «leather straps»: the upper, where nothing else is named as such
        spare = self._collect(binder, owners, language, "spare")
        return parts + (spare or self._alone(binder, owners, language)
                        or self._loose(binder, owners, language))

    def _alone(self, binder: Binder, owners, language) -> list[PartOf]:
        """The good's materials, where they are a clause («туфли женские, ткань; …»), one only.

        It implies the upper: of two such clauses nobody knows which is the sole's.
        """
        mentions = binder.mentions
        clauses: dict[int, list[int]] = {}
        for i, parts in owners.items():
            if any(not binder.passed(mentions[part], mentions[i]) for part in parts):
                continue
            start = binder.clause(i)
            if start is not None:
                clauses.setdefault(start, []).append(i)
        if len(clauses) != 1:
            return []
        found, = clauses.values()
        good = next((j for j in range(found[0] - 1, -1, -1) if mentions[j].kind == "good"
                     and binder.near(mentions[j], mentions[found[0]])), None)
        return [] if good is None else [replace(part, implied=True) for part in self._collect(
            binder, {i: (good,) for i in found}, language)]

    def _loose(self, binder: Binder, owners, language) -> list[PartOf]:
        """The materials that belong to no part that is named: of the good, it seems.

        «Туфли для гольфа, белая кожа + вставка из пластика; подошва ТЭП».
        """
        mentions = binder.mentions
        free = [i for i, parts in owners.items() if not parts]
        good = next((j for j, mention in enumerate(mentions) if mention.kind == "good"), None)
        if good is None or not free or mentions[free[0]].start < mentions[good].start:
            return []
        return [replace(part, implied=True, ratio=min(part.ratio, LOOSE))
                for part in self._collect(binder, {i: (good,) for i in free}, language)]

    @staticmethod
    def _clarified(binder: Binder, found) -> list[_Material]:
        """The materials named, where one in brackets explains the one before it.

        «натуральной кожи (нубук)» and «синтетической кожи (нубук)» name one
        material; of two that exclude each other the first counts, except that
        plain «кожа» gives way («кожа (ПУ)»).
        """
        text, mentions = binder.text, binder.mentions
        named: list[_Material] = []
        inside: list[_Material] = []
        for position, i in enumerate(found):
            material = mentions[i].material
            gap = text[mentions[found[position - 1]].end:mentions[i].start] if position else ""
            if inside and ")" in gap:
                inside = []
            if inside or position and binder.opens.fullmatch(gap):
                inside.append(material)
                main = named[-1]
                upper = tuple(v for v in main.upper if v in material.upper)
                if main.gives_way and not upper:
                    named[-1] = material
                elif upper:
                    sole = tuple(v for v in main.sole if v in material.sole) or material.sole
                    named[-1] = replace(main, upper=upper, sole=sole,
                                        ratio=max(main.ratio, material.ratio))
                continue
            named.append(material)
        return named

    def _area(self, text, mentions, role, owner, found) -> Area | None:
        """What the text says of areas (note 4), where several materials are named of a part.

        It is said between the part and the next one, or a semicolon.
        """
        fact = "upper" if role == "good" else role
        places = [Place(getattr(mentions[i].material, fact), mentions[i].start, mentions[i].end)
                  for i in found]
        first, last = places[0].start, places[-1].end
        start = max(min(owner.start, first), first - REACH)
        start = start if owner.end > first else owner.end
        if start == first:  # «70% leather and 30% nylon upper»
            share = _SHARE_BEFORE.search(text, max(0, first - 8), first)
            start = first if share is None else share.start()
        for k in range(found[0] - 1, -1, -1):
            if mentions[k].kind != "material" or mentions[k].end <= start:
                start = max(start, mentions[k].end)
                break
        end = min(last + REACH, len(text))
        for k in range(found[-1] + 1, len(mentions)):
            if mentions[k].start >= end:
                break
            if mentions[k].kind == "part" and mentions[k].role != "trim":
                end = mentions[k].start
                break
        stop = text.find(";", last, end)
        return largest_area(text, places, start, end if stop < 0 else stop)

    def _largest(self, text: str, mentions) -> dict[str, str]:
        """Trimmings that are said to have the largest area, and of what: by their part's id."""
        largest, role = {}, "upper"
        for mention in mentions:
            if mention.role in ("upper", "sole"):
                role = mention.role
            elif mention.role == "trim" and prevails(text, mention.end):
                largest[mention.name] = role
            elif mention.role == "contact":  # «с землёй соприкасаются точки»
                words = text[mention.start:mention.end]
                largest |= {name: "sole" for name, trim in self._trims if trim.search(words)}
        return largest

    @staticmethod
    def _mainly(text: str, part: PartOf) -> PartOf:
        """A part of one material is what its words say is mostly of it: «верх в основном мех»."""
        if part.area or part.several or part.negated or not is_main(text, part.start, part.end):
            return part
        return replace(part, area="words", ratio=min(part.ratio, BY_WORDS))

    def _collect(self, binder: Binder, owners, language, spare: str = "") -> list[PartOf]:  # noqa: C901 - a grammar
        """Statements: the materials of one part (or group) in one place."""
        text, mentions = binder.text, binder.mentions

        def denied_by(mention):
            return negation_before(text, mention.start, mention.end, language)
        places: dict[int, list[int]] = {}
        for i, parts in owners.items():
            for part in parts:
                places.setdefault(part, []).append(i)
        result = []
        largest = self._largest(text, mentions)
        for part, found in sorted(places.items()):
            owner = mentions[part]
            role = "good" if owner.kind == "good" else owner.role
            if owner.name in largest:  # «накладки занимают большую часть»: they are the upper
                role = largest[owner.name]
            elif role == "contact":
                role = "sole"
            if spare and role == spare:
                role = "upper"
            elif spare or role not in ("upper", "sole", "good"):
                continue
            denied = denied_by(owner)
            if denied is not None and binder.lacks_part(denied) \
                    and not binder.in_a_list(owner):
                continue  # «без верха»
            kept = [i for i in found for denied in (denied_by(mentions[i]),)
                    if denied is None or not binder.denies_material(denied)]
            asked = kept or found
            if role == "good":  # «ботинки: кожа, мех»: fur beside another material lines it
                asked = [i for i in asked if mentions[i].material.of_good != "never"]
                asked = [i for i in asked if mentions[i].material.of_good != "alone"] or asked
                if not asked:
                    continue
            most = [i for i in asked if i in binder.prevailing]
            asked = most or asked
            named = self._clarified(binder, asked)
            area = self._area(text, mentions, role, owner, asked) if len(named) > 1 \
                or len(asked) > 1 and "%" in text[owner.start:mentions[asked[-1]].end + 5] else None
            if area is not None and len(named) == 1:  # «кожа (кожа 55%, резина 45%)»
                area, named = (area, [mentions[i].material for i in asked]) \
                    if area.by == "share" else (None, named)
            if most or owner.name in largest or owner.role == "contact" and area is None:
                area = Area((), BY_WORDS, "words")
            if area is not None and len(area.keys) == 1:
                fact = "upper" if role == "good" else role
                named = [m for m in named if getattr(m, fact) == area.keys[0]] or named
            values: dict[str, tuple[str, ...]] = {}
            for fact in ("upper", "sole"):
                values[fact] = tuple(dict.fromkeys(v for m in named for v in getattr(m, fact)))
            span = [owner, *(mentions[i] for i in asked)]
            start, end = min(m.start for m in span), max(m.end for m in span)
            names = {m.id for m in named}
            mixed = len(named) > 1 and area is None \
                and not binder.either.search(text, start, end)
            result.append(PartOf(
                role, values, min((area or NOT_SAID).ratio, *(m.ratio for m in named)),
                start, end, len(names) > 1, (area or NOT_SAID).by, not kept,
                named[0].id, named[0].upper if mixed else ()))
        if len({p.role for p in result}) < len(result):
            result = [self._mainly(text, part) for part in result]
        decided = {p.role for p in result if p.area in ("share", "words")}
        return [p for p in result if p.area or p.role not in decided]
