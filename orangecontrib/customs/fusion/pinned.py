"""A verdict on which a decision of an authority has the word, beside what else would be said."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from orangecontrib.customs.fusion.duties import EUR
from orangecontrib.customs.fusion.engine import Engine
from orangecontrib.customs.fusion.trace import Step, line_step
from orangecontrib.customs.fusion.verdict import RANKED, Verdict, worth_asking
from orangecontrib.customs.i18n import Joined, Message
from orangecontrib.customs.i18n.numbers import percent
from orangecontrib.customs.nomenclature import LEVELS
from orangecontrib.customs.nomenclature.decision_table import OUTSIDE

__all__ = ["guarded", "pinned", "without"]

#: Remarks on a code that no longer counts.
_OF_PRACTICE = {"fusion.gap", "fusion.likelier"}


def without(verdict: Verdict) -> Message:
    """What is said without a decision: «8504 40 830 0 (P 0.70)», or that no code is."""
    if not verdict.codes:
        return Message("fusion.no_code")
    return Message.of("decisions.practice", codes=" / ".join(verdict.codes), p=percent(verdict.p))


def pinned(verdict: Verdict, engine: Engine, code: str, p: float, said: Message | Joined,
           steps: Sequence[Step], decision: object, error: float, differs: Message) -> Verdict:
    """A verdict by a decision that is about this good with probability `p`.

    What the decision leaves, 1 − `p`, stays as it was said without it, so that the safe code, the
    duties and the questions hold for both.

    Parameters
    ----------
    verdict : Verdict
        Without the decision.
    engine : Engine
        Of the group that has the code.
    code : str
        Of the decision; above ten digits the likeliest code below it is taken, but for a code of
        the table itself.
    said : Message
        The decision in words.
    steps : sequence of Step
        The facts for which it holds.
    decision : object
        Kept in the verdict.
    differs : Message
        What is said where it is another code than without it.
    """
    inside = [own for own in engine.codes if own.startswith(code)]
    before = {own: verdict.probabilities.get(own, 0.) for own in inside}
    whole = sum(before.values())
    share = {own: mass / whole if whole else 1 / len(inside) for own, mass in before.items()}
    of = {own: (1 - p) * mass for own, mass in verdict.probabilities.items()} \
        or {OUTSIDE: 1 - p}
    for own, mass in share.items():
        of[own] = of.get(own, 0.) + p * mass
    best = max(inside, key=of.__getitem__)
    order = sorted(of.items(), key=lambda item: -item[1])
    ranked = tuple((own, mass) for own, mass in order[:RANKED] if mass > 5e-4)
    runner = next(((own, mass) for own, mass in order if own not in (best, OUTSIDE)), ("", 0.))
    safe, p_safe = _safe(best, of, error)
    held = _held(order, error)
    low, high = engine.duties_between(held, EUR)
    same = set(verdict.codes) <= set(inside) and bool(verdict.codes)
    lines = [line_step(engine, node.code) for node in engine.nomenclature.path(best)]
    practice = Step("practice", Message.of("decisions.without", said=without(verdict)))
    questions = tuple(replace(question, gain=question.gain * (1 - p),
                              duty_gain=question.duty_gain * (1 - p))
                      for question in verdict.questions
                      if question.gain * (1 - p) >= worth_asking(error))
    return replace(
        verdict, codes=(best,), p=of[best], safe_code=safe, p_safe=p_safe, heading=best[:4],
        p_heading=_mass(of, best[:4]), runner_up=runner[0], p_runner_up=runner[1], flip=None,
        questions=questions, duty_low=low, duty_high=high, ranked=ranked,
        steps=(Step("decision", said), *lines, *steps, practice), probabilities=of,
        problems=tuple(problem for problem in verdict.problems
                       if getattr(problem, "id", "") not in _OF_PRACTICE) if same else (differs,),
        group=engine.group.id, held=held,
        decision=decision, cap=None)


def guarded(verdict: Verdict, changed: Mapping[str, Message]) -> Verdict:
    """A verdict by rows of the decision table whose official wording is another one now.

    Such a row is not established: nobody has looked whether it still says what the law does.  No
    digits are safe below which all wordings have changed, and the problem names the codes.

    Parameters
    ----------
    changed : dict of str to Message
        Codes whose wording changed, and how that is said.
    """
    told = {code: changed[code] for code in verdict.codes if code in changed}
    if not told:
        return verdict

    def stands(node: str) -> bool:
        return any(code not in changed for code in verdict.probabilities if code.startswith(node))
    way = [node for node, _ in verdict.way]
    cap = next((node for node in reversed(way) if stands(node)), "")
    safe = min(verdict.safe_code, cap, key=len)
    said = Message.of("decisions.wording", said=Joined(tuple(told.values()), "; "))
    return replace(verdict, safe_code=safe, p_safe=verdict.p_of(safe) if safe else 0., cap=cap,
                   steps=(Step("guard", said), *verdict.steps), problems=(said, *verdict.problems))


def _mass(of: Mapping[str, float], prefix: str) -> float:
    return sum(mass for code, mass in of.items() if code.startswith(prefix))


def _safe(code: str, of: Mapping[str, float], error: float) -> tuple[str, float]:
    path = [code[:level] for level in LEVELS if level <= len(code)]
    held = [(node, mass) for node in path if (mass := _mass(of, node)) >= 1 - error]
    return held[-1] if held else ("", 0.)


def _held(order: Sequence[tuple[str, float]], error: float) -> tuple[str, ...]:
    held, mass = [], 0.
    for code, p in order:
        held.append(code)
        mass += p
        if mass >= 1 - error:
            break
    return tuple(held)
