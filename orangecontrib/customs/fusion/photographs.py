"""What to photograph: of the facts that are worth asking for, those that no photo shows yet."""
from __future__ import annotations

from collections.abc import Collection, Sequence

from orangecontrib.customs.fusion.verdict import Photograph, Question
from orangecontrib.customs.groups import Group
from orangecontrib.customs.i18n import say

__all__ = ["Photograph", "photographs_of"]


def photographs_of(questions: Sequence[Question], group: Group, shown: Collection[str],
                   error: float) -> tuple[Photograph, ...]:
    """Photos to be taken of a good, the one of most worth first.

    Which photo shows a fact is a message of the group, ``photo.<fact>``; those with the same
    words are one photo.

    Parameters
    ----------
    questions : sequence of Question
        Of its verdict.
    group : Group
        That decided.
    shown : collection of str
        Facts that photos of the good show already: another one would not help.
    error : float
        P(the code is wrong).
    """
    by_words: dict[str, list[Question]] = {}
    messages = {}
    for question in questions:
        name = f"photo.{question.fact}"
        if question.fact in shown or f"{group.id}.{name}" not in group.wordings:
            continue
        message = group.message(name)
        words = say(message, "en")
        messages[words] = message
        by_words.setdefault(words, []).append(question)
    found = [Photograph(messages[words], tuple(some), min(error, sum(q.gain for q in some)),
                        sum(q.duty_gain for q in some)) for words, some in by_words.items()]
    return tuple(sorted(found, key=lambda photograph: -photograph.gain))
