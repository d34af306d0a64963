"""Declaration text (графа 31) → findings on the facts of group 64.

Everything specific to footwear is data in ``footwear/``: phrases
(``text_patterns.csv``), parts and materials (``parts.csv``,
``materials.csv``), type nouns (``types.csv``), lengths (``measures.csv``),
size systems (``sizes.csv``) and what is not footwear (``not_footwear.csv``).
The engine knows about spans, negation, parts, and what excludes what.

Readings that are ours, where the law or the trade leaves room: boys' footwear
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
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from orangecontrib.customs.facts import Evidence, Vocabulary
from orangecontrib.customs.groups import footwear

from .folding import Folded, fold
from .gate import Gate
from .materials import Materials, Mention, PartOf
from .negation import negation_after, negation_before, negation_goes_on
from .patterns import Taken, compile_pattern, needed, number, read_rows
from .quantities import NUMBER_LIST, read_interval, read_numbers
from .reading import IMPLIED, STATED, Finding, Reading, _agree, evidence_of

__all__ = ["FactReader"]

#: A statement on the good as a whole («сапоги резиновые») is somewhat weaker
#: than one on its upper; of its sole it speaks only for materials that are moulded.
GOOD_STRENGTH = .95
GOOD_SOLE_STRENGTH = .85
#: Suppliers tend to name the main material first, so of a mix the first is taken as twice
#: as likely as another to have the largest area (judgement; the problem line asks for areas).
FIRST_OF_MIX_ODDS = 2.
#: Characters of a description that are read; what is beyond them is named as a problem.
MAX_CHARACTERS = 20_000


@dataclass(frozen=True)
class _Rule:
    fact: str
    values: tuple[str, ...]
    negated: tuple[str, ...]
    strength: float
    kind: str
    needs: tuple[str, ...]
    regex: re.Pattern
    note_ru: str
    problem_ru: str
    general: bool


@dataclass(frozen=True)
class _Bin:
    values: tuple[str, ...]
    above: float
    to: float
    closed: str
    strength: float


@dataclass(frozen=True)
class _Measure:
    name: str
    needs: tuple[str, ...]
    regex: re.Pattern
    unit: str
    fact: str
    bins: tuple[_Bin, ...]


@dataclass(frozen=True)
class _SizeSystem:
    below: float
    at_least: float
    strength: float


def _needs(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split("|")))


_SIZE_WORD = re.compile(
    r"(?<!\w)(?:размер(?:ы|ов|а|ом|ами|ный ряд|ная сетка|ности|ность)?|разм|р-ры|р-р|рр|р|"
    r"sizes?)"
    r"(?!\w)[.]?(?P<gap>[^\d;]{0,45}?)(?P<list>" + NUMBER_LIST.pattern + ")"
    r"(?P<tail>[^\d;,]{0,12})")
_SIZE_SYSTEM = re.compile(
    r"(?<!\w)(?:eu|eur|евро\w*|us|usa|сша|uk)(?!\w)(?P<gap>[^\d;.,]{0,30}?)"
    r"(?P<list>" + NUMBER_LIST.pattern + r")(?P<tail>[^\d;,]{0,12})")
_SIZE_BEFORE_WORD = re.compile(
    r"(?<![\w.,/-])(?P<list>\d{2}(?:\s?-\s?\d{2})?)(?P<gap>\s?)(?:размер\w*|разм|р-р\w*)(?!\w)")
_SYSTEMS = (("us", re.compile(r"\b(?:us|usa|сша|америк\w*)\b")),
            ("uk", re.compile(r"\b(?:uk|англ\w*|брит\w*)\b")),
            ("eu", re.compile(r"\b(?:eu|eur|евро\w*|росс\w*|ru|rus|рф|штихмас\w*)\b")),
            ("mm", re.compile(r"\bмм\b")), ("cm", re.compile(r"\bсм\b")))
_NOT_SHOE_SIZE = re.compile(r"упак|короб|тар[аы]|грузов|мест|изображ|этикет|ячейк|стельк|каблук|"
                            r"партии|голенищ|ассортимент")
_GROUPS = (("kids", re.compile(r"\b(?:детск|дет\b|kid|youth|child|подрост|мальч|девоч|девич)")),
           ("men", re.compile(r"\b(?:мужск|муж\b|мужчин|men\b|men's|mens|рабоч|спец|work)")),
           ("women", re.compile(r"\b(?:женск|жен\b|женщин|women|ladies|дамск)")))
_TIMES = re.compile(r"\s?[xх*]\s?\d")  # «36 x 24» is not a list of sizes
_DETAIL_WORDS = re.compile(r"верх|подошв|стельк|стелек|лодыжк|каблук|союзк|поднос|голенищ|обув|"
                           r"upper|sole")


def _group(words: str) -> str | None:
    """Whose sizes these words name first: "kids", "men", "women"."""
    return next((group for group, regex in _GROUPS if regex.search(words)), None)


def _cut(description: str) -> str:
    """The first :data:`MAX_CHARACTERS` of a description, without the word that they cut."""
    if len(description) <= MAX_CHARACTERS:
        return description
    end = MAX_CHARACTERS
    while end and _in_word(description[end - 1]) and _in_word(description[end]):
        end -= 1
    return description[:end or MAX_CHARACTERS]


_TOO_LONG = (f"Описание длиннее {MAX_CHARACTERS} знаков: прочитано его начало, остальное не "
             "учтено.")


def _in_word(character: str) -> bool:
    """Letters, digits, marks on letters and the soft hyphen."""
    return not character.isspace() and unicodedata.category(character)[0] in "LNMC"


class FactReader:
    """Reads facts from Russian declarations; compiled once, picklable.

    Parameters
    ----------
    vocabulary : Vocabulary, optional
        The facts that may be stated; group 64 by default.
    folder : Path, optional
        Where the pattern files are; ``footwear/`` by default.

    Raises
    ------
    ValueError
        If a data file names an unknown fact or value or holds a wrong
        pattern; the message names file and line.
    """

    def __init__(self, vocabulary: Vocabulary | None = None,
                 folder: str | Path | None = None):
        self.vocabulary = footwear.vocabulary() if vocabulary is None else vocabulary
        folder = footwear.FOLDER if folder is None else Path(folder)
        self._rules = tuple(self._read_rules(folder / "text_patterns.csv"))
        self._questions = {(rule.fact, rule.note_ru): rule.problem_ru
                           for rule in self._rules if rule.problem_ru}
        self._general = {(rule.fact, rule.note_ru) for rule in self._rules if rule.general}
        self._measures = tuple(self._read_measures(folder / "measures.csv"))
        self._sizes = self._read_sizes(folder / "sizes.csv")
        self._materials = Materials(folder, self.vocabulary)
        self._gate = Gate(folder, self.vocabulary)

    def _values(self, fact: str, text: str, where: str) -> tuple[str, ...]:
        if fact not in self.vocabulary:
            raise ValueError(f"{where}: unknown fact '{fact}'")
        values = tuple(v for v in text.split("|") if v)
        for value in values:
            if value not in self.vocabulary[fact].value_ids:
                raise ValueError(f"{where}: fact '{fact}' has no value '{value}'")
        return values

    def _read_rules(self, path):
        columns = ("fact", "values", "negated", "strength", "kind", "needs", "pattern", "note_ru",
                   "problem_ru", "general")
        for where, row in read_rows(path, columns):
            if row["kind"] not in (STATED, IMPLIED):
                raise ValueError(f"{where}: kind must be '{STATED}' or '{IMPLIED}'")
            yield _Rule(row["fact"], self._values(row["fact"], row["values"], where),
                        self._values(row["fact"], row["negated"], where),
                        number(row["strength"], where), row["kind"], _needs(row["needs"]),
                        compile_pattern(row["pattern"], where), row["note_ru"],
                        row["problem_ru"], row["general"] == "yes")

    def _read_measures(self, path):
        grouped: dict[str, list] = {}
        columns = ("measure", "needs", "pattern", "unit", "fact", "values", "above", "to",
                   "closed", "strength")
        for where, row in read_rows(path, columns):
            grouped.setdefault(row["measure"], []).append((where, row))
        for name, rows in grouped.items():
            where, first = rows[0]
            bins = tuple(_Bin(self._values(r["fact"], r["values"], w), number(r["above"], w),
                              number(r["to"], w), r["closed"], number(r["strength"], w))
                         for w, r in rows)
            yield _Measure(name, _needs(first["needs"]), compile_pattern(first["pattern"], where),
                           first["unit"], first["fact"], bins)

    @staticmethod
    def _read_sizes(path) -> dict[tuple[str, str], _SizeSystem]:
        columns = ("system", "group", "below", "from", "strength")
        return {(row["system"], row["group"]): _SizeSystem(
                    number(row["below"], where), number(row["from"], where),
                    number(row["strength"], where))
                for where, row in read_rows(path, columns)}

    # -- reading

    def read(self, description: str) -> Reading:
        """What one description says.

        Never fails on text: what cannot be read becomes a line of `problems`.
        """
        part = _cut(description)
        reading = self._read(part)
        if len(part) < len(description):
            reading = Reading(description, reading.findings, (*reading.problems, _TOO_LONG))
        return reading

    def _read(self, description: str) -> Reading:
        folded = fold(description)
        text = folded.text
        if not text.strip():
            return Reading(description, (), ("Описание пустое: ничего не установлено.",))
        goods = self._gate.goods(text)
        details = _DETAIL_WORDS.search(text) is not None
        if not goods and not details:
            verdict = self._gate.judge(folded, goods)
            return Reading(description, self._gate_findings(folded, verdict),
                           tuple(verdict.problems))
        parts = self._materials.read(text, [Mention("good", g.type, "good", g.start, g.end)
                                            for g in goods])
        verdict = self._gate.judge(folded, goods, parts)
        findings = list(self._gate_findings(folded, verdict))
        problems = list(verdict.problems)
        if not verdict.read_facts:
            return Reading(description, tuple(findings), tuple(problems))
        findings += self._read_materials(folded, parts, problems)
        findings += self._read_phrases(folded)
        findings += self._read_lengths(folded, problems)
        findings += self._read_size_lists(folded, findings, problems)
        findings += self._read_types(folded, verdict.types)
        findings = self._choose(findings, problems)
        problems += [self._questions[f.fact, f.note_ru] for f in findings
                     if (f.fact, f.note_ru) in self._questions]
        findings.sort(key=lambda f: (f.start, f.end, f.fact))
        return Reading(description, tuple(findings), tuple(dict.fromkeys(problems)))

    def evidence(self, keys: Sequence[str], readings: Sequence[Reading]) -> Evidence:
        """Log-likelihoods (N, k) per fact; the same one by one and in a batch."""
        return evidence_of(keys, readings, self.vocabulary)

    @staticmethod
    def _finding(folded: Folded, span, fact, values, strength, kind, note) -> Finding:
        words = folded.text[span[0]:span[1]]
        span = (span[0] + len(words) - len(words.lstrip()), span[0] + len(words.rstrip()))
        start, end = folded.span(*span)
        return Finding(fact, tuple(values), strength, start, end,
                       folded.original[start:end], kind, note)

    def _gate_findings(self, folded, verdict) -> tuple[Finding, ...]:
        if not verdict.value:
            return ()
        return (self._finding(folded, (verdict.start, verdict.end), "is_footwear",
                              (verdict.value,), verdict.strength, verdict.kind,
                              verdict.note_ru),)

    def _names(self, fact: str, values) -> str:
        wanted = self.vocabulary[fact]
        return ", ".join(v.ru for v in wanted.values if v.id in values)

    def _read_materials(self, folded, parts: list[PartOf], problems) -> list[Finding]:
        findings = []
        uppers = [p for p in parts if p.role == "upper" and not p.negated]
        for part in parts:
            if part.role == "good":
                findings += self._read_good_material(folded, part, bool(uppers))
                continue
            fact, values = part.role, part.values[part.role]
            name = self.vocabulary[fact].ru
            if part.negated:
                values = [v for v in self.vocabulary[fact].value_ids if v not in values]
                note = f"{name}: не {self._names(fact, part.values[fact])}"
            else:
                note = f"{name}: {self._names(fact, values)}"
                if part.by_area:
                    note += " (наибольшая площадь, примечание 4)"
            if part.several and len(values) > 1 and not part.negated:
                if fact == "upper" or not set(values) <= {"rubber", "plastic"}:
                    where = ("наружной поверхности, примечание 4(а)" if fact == "upper"
                             else "соприкосновения с землёй, примечание 4(б)")
                    problems.append(
                        f"{name.capitalize()} назван неоднозначно ({self._names(fact, values)}): "
                        f"решает наибольшая площадь {where}; уточните.")
            findings.append(self._finding(folded, (part.start, part.end), fact, values,
                                          part.strength, STATED, note))
            if fact == "upper" and len(part.first) == 1 < len(values) and not part.negated:
                others = len(self.vocabulary[fact].values) - 1
                findings.append(self._finding(
                    folded, (part.start, part.end), fact, part.first,
                    FIRST_OF_MIX_ODDS / (FIRST_OF_MIX_ODDS + others), IMPLIED,
                    f"первым назван материал: {self._names(fact, part.first)}"))
        return findings

    def _read_good_material(self, folded, part: PartOf, upper_known: bool) -> list[Finding]:
        """«сапоги резиновые»: the upper, and the sole of goods moulded in one."""
        findings, span = [], (part.start, part.end)
        if part.negated:
            return findings
        upper = part.values["upper"]
        if not upper_known:
            findings.append(self._finding(
                folded, span, "upper", upper, min(part.strength, GOOD_STRENGTH), STATED,
                f"материал назван при самом товаре: верх {self._names('upper', upper)}"))
        moulded = [v for v in part.values["sole"] if v in ("rubber", "plastic")]
        if moulded and set(upper) <= {"rubber", "plastic"}:
            findings.append(self._finding(
                folded, span, "sole", moulded, GOOD_SOLE_STRENGTH, IMPLIED,
                "материал назван при самом товаре: вероятно, и подошва"))
        return findings

    def _read_phrases(self, folded: Folded) -> list[Finding]:
        """Matches of the phrase patterns; of two on one fact that overlap the longer."""
        text = folded.text
        found: dict[str, list] = {}
        for rule in self._rules:
            if needed(rule.needs, text):
                for match in rule.regex.finditer(text):
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
                negation = self._negation(text, start, end, denied)
                negated = negation is not None
                if negated:
                    start, end = denied = negation
                values = rule.negated if negated else rule.values
                if not values:
                    continue
                note = ("не " if negated else "") + rule.note_ru
                findings.append(self._finding(folded, (start, end), fact, values,
                                              rule.strength, rule.kind, note))
        return findings

    @staticmethod
    def _negation(text: str, start: int, end: int, denied: tuple[int, int] | None):
        """The span of ``text[start:end]`` with what negates it, or None.

        `denied`: the span of an earlier phrase on the same fact that is negated.
        """
        if denied is not None and negation_goes_on(text, denied, start, end):
            return start, end
        before = negation_before(text, start, end)
        if before is not None:
            return before.start, end
        after = negation_after(text, end)
        return None if after is None else (start, after)

    def _read_lengths(self, folded, problems) -> list[Finding]:
        """Lengths after the words that say of what: стелька, каблук, голенище."""
        text, result, taken = folded.text, [], Taken(len(folded.text))
        for measure in self._measures:
            if not needed(measure.needs, text):
                continue
            for match in measure.regex.finditer(text):
                interval = read_interval(text, match.end(), measure.unit)
                if interval is None or taken.meets(match.start(), interval.end):
                    continue
                taken.add(match.start(), interval.end)
                met = [b for b in measure.bins
                       if interval.meets(b.above, b.to, b.closed)]
                if not met:
                    continue
                values = tuple(dict.fromkeys(v for b in met for v in b.values))
                words = text[match.start():interval.end]
                span = (match.start(), interval.end)
                result.append(self._finding(folded, span, measure.fact, values,
                                            min(b.strength for b in met), STATED,
                                            f"{measure.name}: {words.strip()}"))
                if len(values) > 1 and measure.fact in ("insole", "heel"):
                    border = "24 см" if measure.fact == "insole" else "3 см"
                    problems.append(
                        f"«{words.strip()}» переходит границу {border}: возможны оба значения; "
                        "разделите товар или уточните.")
        return result

    def _read_size_lists(self, folded, findings, problems) -> list[Finding]:
        """Sizes → length of the insole, by the table of size systems."""
        text, result, taken = folded.text, [], Taken(len(folded.text))
        sexes = _group(text)
        for pattern in (_SIZE_WORD, _SIZE_SYSTEM, _SIZE_BEFORE_WORD):
            for match in pattern.finditer(text):
                words = match.group()
                if taken.meets(*match.span()) or _NOT_SHOE_SIZE.search(match["gap"]) \
                        or _TIMES.match(text, match.end("list")):
                    continue
                found = self._insole_of_sizes(sexes, words, read_numbers(match["list"]))
                if found is None:
                    continue
                taken.add(*match.span())
                values, strength, system = found
                end = match.end("list")
                shown = text[match.start():end].strip()
                result.append(self._finding(
                    folded, (match.start(), end), "insole", values, strength, IMPLIED,
                    f"размеры {system}: {shown}"))
                if len(values) > 1 and not any(f.fact == "insole" and f.kind == STATED
                                               for f in findings):
                    problems.append(f"Размеры «{shown}» переходят границу длины стельки 24 см: "
                                    "возможны оба значения.")
        return result

    def _insole_of_sizes(self, group: str | None, words: str, sizes: list[float]):
        """Values, strength and system of a list of sizes; None if it cannot be read.

        `group`: whose sizes they are by the rest of the text.
        """
        system = next((s for s, regex in _SYSTEMS if regex.search(words)), None)
        low, high = min(sizes), max(sizes)
        if system in (None, "eu", "cm", "mm"):
            if 100 <= low and high <= 340:
                system = "mm"
            elif system in ("mm", None, "eu") and not (15 <= low and high <= 52):
                return None
            elif system in ("cm",) and not (8 <= low and high <= 34):
                return None
            system = "eu" if system is None else system
        group = _group(words) or group or "any"
        scale = self._sizes.get((system, group)) or self._sizes.get((system, "any"))
        if scale is None:
            return None
        if low >= scale.at_least:
            return ("ge24",), scale.strength, system.upper()
        if high <= scale.below:
            return ("lt24",), scale.strength, system.upper()
        return ("lt24", "ge24"), scale.strength, system.upper()

    def _read_types(self, folded, types) -> list[Finding]:
        """What the noun of the good implies."""
        return [self._finding(folded, (good.start, good.end), fact, values, strength, IMPLIED,
                              f"обычно для товара «{good.type}»")
                for good in types for fact, values, strength in good.facts]

    def _is_measured(self, finding: Finding) -> bool:
        return finding.note_ru.partition(":")[0] in {m.name for m in self._measures}

    def _measured_heights(self, findings: list[Finding]) -> list[Finding]:
        """Against the tariff's own words on ankle and calf, a shaft in cm only hints."""
        words = {value for f in findings for value in f.values
                 if f.fact == "height" and f.kind == STATED and not self._is_measured(f)}
        return [replace(f, kind=IMPLIED) if words and f.fact == "height" and f.kind == STATED
                and self._is_measured(f) and not words & set(f.values) else f
                for f in findings]

    def _choose(self, findings: list[Finding], problems: list[str]) -> list[Finding]:
        """Drop what a plain statement overrides, and name contradictions."""
        findings = self._measured_heights(findings)
        specific = {f.fact for f in findings
                    if f.kind == STATED and (f.fact, f.note_ru) not in self._general}
        findings = [f for f in findings  # «спортивная обувь: ботинки лыжные»
                    if f.fact not in specific or (f.fact, f.note_ru) not in self._general]
        stated: dict[str, list[Finding]] = {}
        for finding in findings:
            if finding.kind == STATED:
                stated.setdefault(finding.fact, []).append(finding)
        allowed: dict[str, tuple[str, ...]] = {}
        for fact, found in stated.items():
            values, _, agree = _agree(found)
            allowed[fact] = values
            if not agree and fact != "is_footwear":
                problems.append(
                    f"Противоречие в тексте, {self.vocabulary[fact].ru}: "
                    + " / ".join(dict.fromkeys(self._names(fact, f.values) for f in found)) + ".")
        kept = []
        for finding in findings:
            if finding.kind == IMPLIED and finding.fact in allowed:
                if not set(finding.values) & set(allowed[finding.fact]) \
                        and finding.fact in ("height", "insole") \
                        and (finding.strength >= .9 or self._is_measured(finding)):
                    problems.append(
                        f"Не согласуется, {self.vocabulary[finding.fact].ru}: указано "
                        f"«{self._names(finding.fact, allowed[finding.fact])}», а "
                        f"{finding.note_ru} – «{self._names(finding.fact, finding.values)}».")
                if not set(finding.values) < set(allowed[finding.fact]):
                    continue
            kept.append(finding)
        return kept
