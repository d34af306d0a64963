"""The legal trace: which lines of the tariff, on which facts, on whose word."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orangecontrib.customs.i18n import Message, say

__all__ = ["ASSUMED", "Step", "trace_steps", "trace_text", "gap_text"]

#: A fact is established above this probability of the values that the rule needs.
ESTABLISHED = 0.9
#: Probabilities that differ by less are the same.
ROUNDING = 1e-9
#: What the trace says of a fact that only a prior speaks of.
ASSUMED = "принято по умолчанию"

_GAPS = {
    "unisex_6403_5x": "обувь не идентифицируется как мужская или женская, а в 6403 51 "
                      "и 6403 59 такой субпозиции нет (ОПИ 3(в))",
    "vamp_house": "и открытая союзка, и домашняя обувь: равные субпозиции (ОПИ 3(а), 3(в))",
}


def gap_text(gap: str, codes: Sequence[str]) -> str:
    """A legal gap in words, with its candidates."""
    reasons = "; ".join(_GAPS.get(name, name) for name in gap.split("+"))
    return f"пробел закона: {reasons}; кандидаты {', '.join(codes)}"


@dataclass(frozen=True)
class Step:
    """One condition of the code.

    Attributes
    ----------
    kind : str
        "basis" (note, GIR), "line" (a node of the tariff) or "fact".
    text : str
        The designation, or the fact with the values that the code needs.
    answer : str
        For facts: "да", "нет" or "не установлено".
    p : float
        For facts: P(the fact has one of these values).
    source : str
        For facts: who says so and where; "принято по умолчанию" for priors.
    """

    kind: str
    text: str
    answer: str = ""
    p: float = 1.
    source: str = ""
    fact: str = ""


def trace_steps(engine, belief, voices, i: int, codes) -> tuple[Step, ...]:
    """Steps from the group to the code of good `i`."""
    table, key = engine.table, belief.keys[i]
    rule = _likeliest_rule(table, belief, i, codes)
    steps = [Step("basis", table.basis[rule.line])]
    if codes[0].isdigit():
        steps += [Step("line", f"{engine.nomenclature.spaced(node.code)} {node.ru}")
                  for node in engine.nomenclature.path(codes[0])]
        steps += [Step("line", f"{engine.nomenclature.spaced(c)} "
                               f"{engine.nomenclature[c].ru}") for c in codes[1:]]
    for fact, spec in table.vocabulary.items():
        if fact not in rule.allowed:
            continue
        p = float(sum(belief.facts[fact][i][spec.index(v)] for v in rule.allowed[fact]))
        answer = "да" if p >= ESTABLISHED else "нет" if p <= 1 - ESTABLISHED \
            else "не установлено"
        sources = []
        for voice in voices:
            if voice.says[fact][i]:
                note = voice.notes.get((key, fact), "")
                name = voice.name_ru
                if not _supports(voice, engine, fact, i, rule.allowed[fact]):
                    name = say(Message.of("witness.against", witness=name), "ru")
                sources.append(f"{name}: {note}" if note else name)
        names = " или ".join(v.ru for v in spec.values if v.id in rule.allowed[fact])
        steps.append(Step("fact", f"{spec.ru}: {names}", answer, p,
                          "; ".join(sources) or ASSUMED, fact))
    return tuple(steps)


def _supports(voice, engine, fact: str, i: int, allowed) -> bool:
    """Are these values no less likely by what a witness says than by the prior alone?"""
    within = [engine.table.vocabulary[fact].index(value) for value in allowed]
    return voice.alone[fact][i][within].sum() > engine.priors[fact][within].sum() - ROUNDING


def _likeliest_rule(table, belief, i, codes):
    def weight(rule):
        product = 1.
        for fact, values in rule.allowed.items():
            spec = table.vocabulary[fact]
            product *= sum(belief.facts[fact][i][spec.index(v)] for v in values)
        return product
    wanted = [r for r in table.rules if table.outcomes[r.outcome] == tuple(codes)]
    return max(wanted, key=weight)


def trace_text(steps: Sequence[Step]) -> str:
    """The trace as one line: lines of the tariff, then facts, then what is assumed."""
    basis = [s.text for s in steps if s.kind == "basis"]
    lines = [s.text for s in steps if s.kind == "line"]
    known = [f"{s.text} – {s.answer} {s.p:.2f} ({s.source})" for s in steps
             if s.kind == "fact" and s.source != ASSUMED]
    assumed = [f"{s.text} {s.p:.2f}" for s in steps
               if s.kind == "fact" and s.source == ASSUMED]
    parts = ["; ".join(basis), " > ".join(lines), "; ".join(known)]
    if assumed:
        parts.append(f"{ASSUMED}: " + "; ".join(assumed))
    return " | ".join(part for part in parts if part)
