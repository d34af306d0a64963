"""Is it footwear?  The head noun of a description decides (note 1 to group 64).

«Крем для обуви» names footwear and is none: a noun counts only where it heads
the description, that is in the nominative, not governed by a preposition, and
with nothing but adjectives, people and trade words before it.
"""
from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from .folding import Folded
from .patterns import compile_pattern, expand, number, read_rows
from .reading import IMPLIED, STATED

__all__ = ["Good", "Verdict", "Gate"]


@dataclass(frozen=True)
class Good:
    """A noun that names a kind of footwear, in folded text."""

    type: str
    start: int
    end: int
    oblique: bool
    facts: tuple[tuple[str, tuple[str, ...], float], ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What kind of good the text declares, why, and whether its facts matter."""

    value: str
    strength: float
    start: int
    end: int
    kind: str
    note_ru: str
    read_facts: bool
    types: tuple[Good, ...] = ()
    problems: list[str] = field(default_factory=list)


_WORD = re.compile(r"[а-я]+(?:-[а-я]+)*")
_ASIDE = re.compile(r"\([^()]*\)|\"[^\"]*\"")
_ADJECTIVE = re.compile(
    r"(?:ая|яя|ое|ее|ый|ий|ой|ые|ие|ого|его|ых|их|ую|юю|ым|им|ыми|ими|ою)$")
_NOT_ADJECTIVE = re.compile(r"(?:[аеяи]ние|тие|сие|дие|ствие)$")
_PREPOSITION = {"для", "под", "на", "от", "из", "к", "при", "против", "без", "кроме", "через",
                "в", "о", "по", "с", "со", "из-под", "вместо"}
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
_PART_WORD = re.compile(r"(?<!\w)(?:верх(?:ом|а)?|подошв\w+|стельк\w+|лодыжк\w+|каблук\w*|"
                        r"uppers?|(?:out)?soles?)(?!\w)")
_OF = re.compile(r"(?:образ\w+|пар[аы]?|парти[яи]|комплект\w*|коллекци[яи]|модел[ьи]|вид[ы]?|"
                 r"ассортимент|экземпляр\w*|издели[ея])\s(?:\w+(?:ой|ых|их|ого)\s){0,3}$")


class Gate:
    """The nouns of ``types.csv`` and the exclusions of ``not_footwear.csv``."""

    def __init__(self, folder: Path, vocabulary):
        self._facts: list[tuple[str, tuple]] = []
        patterns = []
        for where, row in read_rows(folder / "types.csv",
                                    ("type", "pattern", "oblique", "facts")):
            for column in ("pattern", "oblique"):
                compile_pattern(row[column], where)
            self._facts.append((row["type"], self._parse(row["facts"], vocabulary, where)))
            patterns += [row["pattern"], row["oblique"] or r"(?!)"]
        self._nouns = self._join(patterns)
        self._anywhere, self._heads = [], []
        for where, row in read_rows(folder / "not_footwear.csv",
                                    ("where", "value", "strength", "pattern", "reason_ru")):
            if row["value"] not in vocabulary["is_footwear"].value_ids:
                raise ValueError(f"{where}: fact 'is_footwear' has no value '{row['value']}'")
            entry = (row["value"], number(row["strength"], where),
                     compile_pattern(row["pattern"], where), row["reason_ru"])
            (self._heads if row["where"] == "head" else self._anywhere).append(entry)

    @staticmethod
    def _join(patterns) -> re.Pattern:
        return re.compile(r"(?<![\w-])(?:" + "|".join(
            rf"((?:{expand(p)})(?!\w))" for p in patterns) + ")")

    @staticmethod
    def _parse(text: str, vocabulary, where: str):
        """``height=ankle|calf@0.95; vamp=closed@0.9`` → facts of a type noun."""
        facts = []
        for item in filter(None, (part.strip() for part in text.split(";"))):
            match = re.fullmatch(r"(\w+)=([\w|]+)@([\d.]+)", item)
            if match is None:
                raise ValueError(f"{where}: '{item}' is not fact=value|value@strength")
            fact, values = match[1], tuple(match[2].split("|"))
            if fact not in vocabulary:
                raise ValueError(f"{where}: unknown fact '{fact}'")
            unknown = [v for v in values if v not in vocabulary[fact].value_ids]
            if unknown:
                raise ValueError(f"{where}: fact '{fact}' has no value '{unknown[0]}'")
            facts.append((fact, values, number(match[3], where)))
        return tuple(facts)

    def goods(self, text: str) -> list[Good]:
        """All nouns of footwear in the text, in order, none inside another."""
        found = []
        for match in self._nouns.finditer(text):
            index, oblique = divmod(match.lastindex - 1, 2)  # nominative and oblique in turn
            name, facts = self._facts[index]
            found.append(Good(name, match.start(), match.end(), bool(oblique), facts))
        return found

    def judge(self, folded: Folded, goods: list[Good], has_upper: bool,
              has_sole: bool) -> Verdict:
        """Footwear, its parts, or something else."""
        text = folded.masked
        for value, strength, regex, reason in self._anywhere:
            match = regex.search(text)
            if match and self._leads(text[:match.start()]):
                return Verdict(value, strength, match.start(), match.end(), STATED, reason,
                               False, (), [f"{reason[0].upper()}{reason[1:]}."])
        heads = [g for g in goods if self._is_head(text, g)] or [
            g for g in goods if self._follows_a_name(text, g, has_upper and has_sole)]
        if heads:
            head = heads[0]
            types = tuple(g for g in goods if not g.oblique and g.start >= head.start
                          and not self._governed(text[:g.start]))
            return Verdict("footwear", .99, head.start, head.end, STATED,
                           f"товар назван: «{folded.text[head.start:head.end]}»", True,
                           types or (head,), self._several(types))
        if has_upper and has_sole and not self._other_head(folded):
            return Verdict("footwear", .95, 0, min(len(text), 60), IMPLIED,
                           "названы верх и подошва", True, tuple(g for g in goods if not g.oblique))
        for value, strength, regex, reason in self._heads:
            match = regex.search(text)
            if match and self._leads(text[:match.start()]) \
                    and not (has_upper and _PART_WORD.search(text[:match.start()])):
                return Verdict(value, strength, match.start(), match.end(), STATED, reason,
                               False, (), [f"{reason[0].upper()}{reason[1:]}."])
        if goods:
            good = goods[0]
            return Verdict("not_footwear", .995, good.start, good.end, IMPLIED,
                           "обувь упомянута, но товар – другой", False, (),
                           ["Обувь упомянута, но, судя по главному слову, товар – другой."])
        return Verdict("not_footwear", .997, 0, min(len(text), 60), IMPLIED,
                       "обувь не названа", False, (), ["В описании обувь не названа."])

    @staticmethod
    def _several(types) -> list[str]:
        """A line when nouns of different heights stand side by side."""
        heights = [(g.type, set(v)) for g in types for f, v, _ in g.facts if f == "height"]
        if len(heights) > 1 and not set.intersection(*(v for _, v in heights)):
            names = ", ".join(dict.fromkeys(name for name, _ in heights))
            return [f"Названы разные виды обуви ({names}): возможно, в описании несколько товаров."]
        return []

    def _is_head(self, text: str, good: Good) -> bool:
        before = text[:good.start]
        if good.oblique:
            match = _OF.search(before)
            return match is not None and self._leads(before[:match.start()])
        return not self._governed(before) and self._leads(before)

    @staticmethod
    def _follows_a_name(text: str, good: Good, described: bool) -> bool:
        """«Рибок кроссовки»: a strange word or two right before a plain nominative.

        Where upper and sole are described the strange words may be more.
        """
        if good.oblique or text[good.end - 1] in "кг" or Gate._governed(text[:good.start]):
            return False
        if described:
            return True
        before = _ASIDE.sub(" ", text[:good.start])
        return re.fullmatch(r"[\w\s-]*", before) is not None and len(
            [w for w in _WORD.findall(before) if not _ADJECTIVE.search(w)]) <= 2 \
            and not set(_WORD.findall(before)) & _PREPOSITION | {"и"} & set(_WORD.findall(before))

    @staticmethod
    def _governed(before: str) -> bool:
        """Does a preposition govern what comes next?"""
        words = _WORD.findall(before[-60:])
        while words and _ADJECTIVE.search(words[-1]) and not _NOT_ADJECTIVE.search(words[-1]):
            words.pop()
        tail = before.rstrip()
        return bool(words) and words[-1] in _PREPOSITION and tail[-1:] not in ",;:.)"

    @staticmethod
    def _leads(before: str) -> bool:
        """May what comes next be the head, given all the text before it?"""
        if not before.strip():
            return True
        before = _PEOPLE_OR_USE.sub(" ", _ASIDE.sub(" ", before))
        part = _PART_WORD.search(before)
        if part:  # «верх – кожа, ботинки», but «подошва ботинок»
            if not re.search(r"[,:;\-–]|\bиз\b", before[part.end():]):
                return False
            before = before[:part.start()]
        for word in _WORD.findall(before):
            if word in _PREPOSITION or _ALLOWED.fullmatch(word):
                continue
            if _ADJECTIVE.search(word) and not _NOT_ADJECTIVE.search(word):
                continue
            return False
        return True

    def _other_head(self, folded: Folded) -> bool:
        """Does the text begin with a noun that is neither footwear nor a part word?"""
        first = _PART_WORD.search(folded.text)  # «upper», «sole» are masked as brands are
        return first is None or not self._leads(folded.masked[:first.start()])
