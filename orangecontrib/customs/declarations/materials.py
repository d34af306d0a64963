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

from .negation import negation_before
from .patterns import Alternatives, Tables, Taken, compile_pattern
from .shares import BY_WORDS, Area, Place, largest_area, prevails

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
    role: str       # of a part: "upper", "sole", "none", "trim"; "good" of a good
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


NOT_SAID = Area((), math.inf, "")
#: How far a material may stand from its part or good, in characters.
REACH = 300

_ADJECTIVE = (r"\w+(?:ая|яя|ое|ее|ый|ий|ой|ые|ие|ого|его|ых|их|ую|юю|ей|ым|им|ыми|ими|ом|ем"
              r"|ою|ею)")


def _only(others: str, words: str) -> re.Pattern:
    """Nothing but these characters, these words, adjectives and abbreviations.

    Word by word: each word is looked at once and what was taken is never given back, so
    that the time grows with the length.
    """
    return re.compile(rf"(?:(?<!\w)\w++\.|{others}|"
                      rf"(?<![^\W\d])(?:{words}|{_ADJECTIVE})(?!\w))*+")


_GAP_WORDS = _only(
    r"[\s:\-/(),+&\"%*=\d.]",  # which points end a sentence _STRONG knows
    r"из|и|или|либо|а|также|(?:на)?полностью|преимуществен\w*|"
    r"частично|комбинац\w+|комбинирован\w*|в сочетании с|сочетани\w+|смес\w+|сочетан\w+|"
    r"материал\w*|матер|обуви|обувь|изделия|изготовлен\w*|выполнен\w*|состо\w+|"
    r"являет\w+|представля\w+|наружн\w+|внешн\w+|слой|слоя|сло[ем]м|типа|в|"
    r"натур\w*|высок\w+|качеств\w*|не|без|разн\w+|различн\w+|"
    r"основн\w+|вид\w*|состав\w*|площад\w*|поверхност\w*")
_STRONG = re.compile(r";|(?<=[аеиоуыэюяь\d)\"])\.(?=\s|$)|(?<=\w\w\w[йхм])\.(?=\s|$)|"
                     r"(?<=\w\w)\.\s(?=верх|подошв|обувь|длина|размер)")
_NOMINATIVE = re.compile(r"(?:верх|низ|подклад|[кв]а|ище)(?!\w)")
_LATIN = re.compile(r"[a-z-]+")
_CHAIN = _only(r"[\s/\-]", "и|или|and")
_GROUP = re.compile(r"\s?(?:,|/|и|или|и/или|\+)?\s?(?:на|с|со|из)?\s?"
                    r"(?:(?:материал\w*|\w+(?:ой|ым|ою))\s)?")
_GOOD_GAP = _only(
    r"[\s():\-,\"/]|100%|[a-z0-9&'.]++",
    r"из|мужск\w*|женск\w*|детск\w*|муж|жен|дет|для|взрослых|мужчин|женщин|детей|мальчик\w+|"
    r"девоч\w+|и|или|кмф?|пен[аы]|оксфорд\w*|дерби|лофер\w*|челси|монк\w*|броги|мокасин\w*|"
    r"изготовлен\w*|выполнен\w*")
_OPENS = re.compile(r"[\s.]*+(?:материал\w*+\s?)?\(\s?(?:из\s)?(?:\w++\s)?")
_CLAUSE_END = re.compile(r"[,;:.](?!\d)")
#: What may stand beside a material that is a clause by itself.
_ALONE = re.compile(r"(?:[\s/+()\d%-]|\b(?:и|или|белая|черная|натуральная|наружн\w+)\b)*+")
_GOVERNED = re.compile(r"(?<!\w)(?:без|на|с|со)\s(?:\w+\s)?$")
_LACKING = {"без", "кроме", "помимо", "исключая", "за исключением"}
_PREPOSED = re.compile(r"(?<!\w)(?:на|с|со)\s$")

# Ending of an adjective → endings of nouns that it may stand before.
_AGREES = (
    ("ыми", "ами|ями|и"), ("ими", "ами|ями|и"), ("ого", "а|я"), ("его", "а|я"),
    ("ая", "а|я|ь"), ("яя", "а|я|ь"), ("ое", "о|е"), ("ее", "о|е"),
    ("ые", "ы|и|а|и"), ("ие", "ы|и|а"), ("ый", ""), ("ий", ""), ("ую", "у|ю|ь"), ("юю", "у|ю|ь"),
    ("ых", "ов|ей|ах|ях|в|к|ев|ок|ек|ш"), ("их", "ов|ей|ах|ях|в|к|ок|ек"),
    ("ой", "ой|ей|е|ы|и|ью|ю|ь"), ("ою", "ой|ю"), ("ей", "ой|ей|е|ы|и"),
    ("ым", "ом|ем|ам|ым"), ("им", "ом|ем|ам|им"), ("ом", "е|у"), ("ем", "е|у"),
)
_CONSONANT = re.compile(r"[бвгджзйклмнпрстфхцчшщ]$")


def _agrees(adjective: str, noun: str) -> bool:
    """Could this adjective form stand before this noun form?  Abbreviations always could."""
    for ending, nouns in _AGREES:
        if adjective.endswith(ending):
            if nouns == "":
                return _CONSONANT.search(noun) is not None
            return noun.endswith(tuple(nouns.split("|")))
    return False


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
        for where, row in tables.rows("parts.csv", ("role", "listed")):
            regex = tables.regex(row, where)
            compile_pattern(regex, where)
            if row["role"] not in ("upper", "sole", "contact", "none", "trim"):
                raise ValueError(f"{where}: unknown role '{row['role']}'")
            self.parts.append((row["id"], row["role"], row["listed"] == "yes"))
            patterns.append(regex)
        self._part = Alternatives(patterns)
        self.materials: list[_Material] = []
        patterns = []
        for where, row in tables.rows("materials.csv", ("upper", "sole", "when_true", "when_false",
                                                        "source", "of_good", "gives_way")):
            regex = tables.regex(row, where)
            compile_pattern(regex, where)
            upper, sole = (tables.values(fact, row[fact], where) for fact in ("upper", "sole"))
            ratio = tables.ratio(row, "upper", upper, where) if upper else 1.
            self.materials.append(_Material(row["id"], upper, sole, ratio, row["of_good"],
                                            row["gives_way"] == "yes"))
            patterns.append(regex)
        self._material = Alternatives(patterns)

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
        return kept

    def read(self, text: str, goods: list[Mention]) -> list[PartOf]:
        """What the text says of uppers, soles and the goods as a whole."""
        mentions = self.mentions(text, goods)
        if not any(m.kind == "material" for m in mentions):
            return []
        owners = self._owners(text, mentions)
        parts = self._collect(text, mentions, owners)
        if any(part.role in ("upper", "good") for part in parts):
            return parts
        return parts + self._alone(text, mentions, owners)

    def _owners(self, text, mentions) -> dict[int, tuple[int, ...]]:
        """Index of a material mention → indices of the parts it belongs to."""
        owners: dict[int, tuple[int, ...]] = {}
        settled: set[int] = set()
        for i, mention in enumerate(mentions):
            if mention.kind == "material" and mention.material.upper:
                owners[i] = self._part_after(text, mentions, i, settled)
                settled.update(owners[i])
        for i, parts in owners.items():
            if not parts:
                owners[i] = self._group_before(text, mentions, i, settled)
        self._distribute(text, mentions, owners)
        return owners

    def _alone(self, text, mentions, owners) -> list[PartOf]:
        """The good's materials, where they are a clause («туфли женские, ткань; …»), one only.

        It implies the upper: of two such clauses nobody knows which is the sole's.
        """
        clauses: dict[int, list[int]] = {}
        for i, parts in owners.items():
            if any(not self._passed(text, mentions[part], mentions[i]) for part in parts):
                continue
            start = self._clause(text, mentions, i)
            if start is not None:
                clauses.setdefault(start, []).append(i)
        if len(clauses) != 1:
            return []
        found, = clauses.values()
        good = next((j for j in range(found[0] - 1, -1, -1) if mentions[j].kind == "good"
                     and self._near(mentions[j], mentions[found[0]])), None)
        return [] if good is None else [replace(part, implied=True) for part in self._collect(
            text, mentions, {i: (good,) for i in found})]

    @staticmethod
    def _passed(text, part, mention) -> bool:
        """Is the part no owner: «без застежек, ткань», «на шнурках, хлопок»?"""
        return part.role in ("none", "trim") \
            and text[part.end:mention.start].strip() == "," \
            and _GOVERNED.search(text, max(0, part.start - 30), part.start) is not None

    @staticmethod
    def _clause(text, mentions, i) -> int | None:
        """Where the clause begins that a material stands in, if it holds but materials."""
        start = max(text.rfind(sign, max(0, mentions[i].start - REACH), mentions[i].start)
                    for sign in ",;:.") + 1
        match = _CLAUSE_END.search(text, mentions[i].end, mentions[i].end + REACH)
        if match is None and mentions[i].end + REACH < len(text):
            return None
        end = len(text) if match is None else match.start()
        first = last = i
        while first and mentions[first - 1].start >= start:
            first -= 1
        while last + 1 < len(mentions) and mentions[last + 1].start < end:
            last += 1
        inside = mentions[first:last + 1]
        if any(m.kind != "material" for m in inside):
            return None
        pieces, at = [], start
        for mention in inside:
            pieces.append(text[at:mention.start])
            at = mention.end
        return start if _ALONE.fullmatch(" ".join([*pieces, text[at:end]])) else None

    @staticmethod
    def _near(one, other) -> bool:
        return other.start - one.end <= REACH and one.start - other.end <= REACH

    def _beside(self, mentions, i, step) -> int | None:
        """The nearest mention before (`step` -1) or after (1) material `i` that is none."""
        j = i + step
        while 0 <= j < len(mentions) and self._near(mentions[i], mentions[j]):
            if mentions[j].kind != "material":
                return j
            j += step
        return None

    def _part_after(self, text, mentions, i, settled) -> tuple[int, ...]:
        """The part right after an adjective, or in brackets after a material."""
        mention = mentions[i]
        j = self._beside(mentions, i, 1)
        if j is None:
            return ()
        part = mentions[j]
        gap = text[mention.end:part.start]
        if j == i + 1 and part.kind == "part" and re.fullmatch(r"\s?\(", gap) \
                and re.match(r"[^),;]{0,12}\)", text[part.end:part.end + 14]):
            return (j,)
        word = text[mention.start:mention.end].split()[-1]
        noun = text[part.start:part.end].split()[0]
        if _STRONG.search(text, mention.end, part.start):
            return ()
        for k in range(i + 1, j):  # a chain of adjectives: «кожаный/текстильный верх»
            if not _CHAIN.fullmatch(text[mentions[k - 1].end:mentions[k].start]):
                return ()
        if not _CHAIN.fullmatch(text[mentions[j - 1].end:part.start]):
            return ()
        if j > i + 1 and re.search(r"\s", text[mention.end:mentions[i + 1].start].strip()):
            return ()
        if j == i + 1 and part.kind == "part" \
                and _PREPOSED.search(text, max(0, mention.start - 3), mention.start) \
                and re.fullmatch(r"[a-zа-я]{2,4}", word) and gap in (" ", "-"):
            return (j,)  # «на ПУ подошве»: an abbreviation does not decline
        if _LATIN.fullmatch(word + noun):  # «leather upper, PU sole», not «upper: leather sole: PU»
            listed = i > 0 and i - 1 not in settled and mentions[i - 1].kind == "part" \
                and re.fullmatch(r"[\s:\-/=]*", text[mentions[i - 1].end:mention.start])
            return () if listed else (j,)
        if not re.search(r"(?:ая|ое|ый|ий|ой|ые|ие|ого|ых|их|ую|ым|им|ыми|ими|ом|ою)$", word):
            return ()
        return (j,) if _agrees(word, noun) else ()

    def _group_before(self, text, mentions, i, settled) -> tuple[int, ...]:
        """The last part, or group of parts, that governs material `i`.

        A part in `settled` has a material of its own and joins no group.
        """
        mention = mentions[i]
        j = self._beside(mentions, i, -1)
        if j is None:
            return ()
        part = mentions[j]
        gap = text[part.end:mention.start]
        if _STRONG.search(gap):
            return ()
        if part.kind == "good":
            return (j,) if _GOOD_GAP.fullmatch(self._without(text, mentions, j, i)) else ()
        word = text[mention.start:mention.end].split()[-1]
        if "," in gap and re.search(r"(?:ые|ие|ая|ый|ий)$", word) and not _agrees(
                word, text[part.start:part.end].split()[-1]):
            # «туфли на каблуке, кожаные»: the adjective goes back to the noun of the good.
            for k in range(j - 1, -1, -1):
                if not self._near(mentions[k], mention):
                    break
                if mentions[k].kind == "good" and _agrees(
                        word, text[mentions[k].start:mentions[k].end].split()[-1]):
                    return (k,)
            return ()
        if ("," in gap or ")" in gap) and not _GAP_WORDS.fullmatch(
                self._without(text, mentions, j, i)):
            return ()
        if len(gap) > 160:
            return ()
        group = [j]
        listed = re.match(r"[\s:\-]*(?:[:\-]|из\b|материал)", gap) is not None
        while j > 0 and mentions[j - 1].listed and mentions[j].listed \
                and j - 1 not in settled and self._near(mentions[j - 1], mention) \
                and _GROUP.fullmatch(text[mentions[j - 1].end:mentions[j].start]):
            joint = text[mentions[j - 1].end:mentions[j].start]
            if "," in joint and (not listed or re.search(r"\b(?:на|с|со)\b", joint)
                                 or self._nominative(text, mentions[j - 1])
                                 != self._nominative(text, mentions[j])):
                break  # «кожа верх, подошва ТЭП», «с мягким верхом, подкладка – …»: one part only
            j -= 1
            group.append(j)
        return tuple(reversed(group))

    @staticmethod
    def _nominative(text, mention) -> bool:
        """Is the part named as in a list, «верх, подошва: …», and not «на голенище, …»?"""
        return _NOMINATIVE.search(text, mention.start, mention.end) is not None \
            and not text.endswith((" на ", " в ", " по "), 0, mention.start)

    @staticmethod
    def _without(text, mentions, j, i) -> str:
        """The text between mentions j and i, without the materials named there."""
        pieces, at = [], mentions[j].end
        for k in range(j + 1, i):
            pieces.append(text[at:mentions[k].start])
            at = max(at, mentions[k].end)
        pieces.append(text[at:mentions[i].start])
        return "".join(pieces)

    @staticmethod
    def _denied(text, mention) -> bool:
        """«не из кожи», «без кожи»; «подносок отсутствует» speaks of what stands before it."""
        denied = negation_before(text, mention.start, mention.end)
        return denied is not None and denied.word in _LACKING | {"не", "ни"}

    def _distribute(self, text, mentions, owners):
        """«верх/подошва: кожа/резина»: one material for each part, in order."""
        groups: dict[tuple[int, ...], list[int]] = {}
        for i, parts in owners.items():
            if len(parts) > 1:
                groups.setdefault(parts, []).append(i)
        for parts, found in groups.items():
            joints = {text[mentions[a].end:mentions[b].start].strip()[:1]
                      for a, b in zip(parts, parts[1:])}
            if not joints & {",", "/"} or len(found) < 2:
                continue
            if len(found) == len(parts):
                for part, i in zip(parts, found):
                    owners[i] = (part,)
            else:
                for i in found:  # who is made of what cannot be told
                    owners[i] = ()

    @staticmethod
    def _clarified(text, mentions, found) -> list[_Material]:
        """The materials named, where one in brackets explains the one before it.

        «натуральной кожи (нубук)» and «синтетической кожи (нубук)» name one
        material; of two that exclude each other the first counts, except that
        plain «кожа» gives way («кожа (ПУ)»).
        """
        named: list[_Material] = []
        inside: list[_Material] = []
        for position, i in enumerate(found):
            material = mentions[i].material
            gap = text[mentions[found[position - 1]].end:mentions[i].start] if position else ""
            if inside and ")" in gap:
                inside = []
            if inside or position and _OPENS.fullmatch(gap):
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

    def _collect(self, text, mentions, owners) -> list[PartOf]:
        """Statements: the materials of one part (or group) in one place."""
        places: dict[int, list[int]] = {}
        for i, parts in owners.items():
            for part in parts:
                places.setdefault(part, []).append(i)
        result = []
        largest = {m.name for m in mentions if m.role == "trim" and prevails(text, m.end)}
        for part, found in sorted(places.items()):
            owner = mentions[part]
            role = "good" if owner.kind == "good" else owner.role
            if owner.name in largest:  # «накладки занимают большую часть»: they are the upper
                role = "upper"
            elif role == "contact":
                role = "sole"
            if role not in ("upper", "sole", "good"):
                continue
            denied = negation_before(text, owner.start, owner.end)
            if denied is not None and denied.word in _LACKING and not denied.joined \
                    and not self._nominative(text, owner):
                continue  # «без верха»
            kept = [i for i in found if not self._denied(text, mentions[i])]
            asked = kept or found
            if role == "good":  # «ботинки: кожа, мех»: fur beside another material lines it
                asked = [i for i in asked if mentions[i].material.of_good != "never"]
                asked = [i for i in asked if mentions[i].material.of_good != "alone"] or asked
                if not asked:
                    continue
            named = self._clarified(text, mentions, asked)
            area = self._area(text, mentions, role, owner, asked) if len(named) > 1 else None
            if owner.name in largest or owner.role == "contact" and area is None:
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
            mixed = len(named) > 1 and area is None and "или" not in text[start:end]
            result.append(PartOf(
                role, values, min((area or NOT_SAID).ratio, *(m.ratio for m in named)),
                start, end, len(names) > 1, (area or NOT_SAID).by, not kept,
                named[0].id, named[0].upper if mixed else ()))
        decided = {p.role for p in result if p.area in ("share", "words")}
        return [p for p in result if p.area or p.role not in decided]
