"""How a verdict is shown: the code with its safe digits, and what decides, as HTML."""
from __future__ import annotations

from html import escape

from orangecontrib.customs.cases.card import Asked, Candidate, Card
from orangecontrib.customs.i18n import say
from orangecontrib.customs.nomenclature import spaced
from orangecontrib.customs.widgets.utils.common.theme import Theme

__all__ = ["card_html", "code_html", "question_html"]

_SIGNS = {"yes": "=", "prefix": "=", "no": "≠", "": "·"}


def code_html(code: str, safe: str, pale: str) -> str:
    """``6403 91 | 160 0``: safe digits bold, the others pale."""
    length = len(safe) if safe and code.startswith(safe) else 0
    pieces, digits = ["<b>"], 0
    if not length:
        pieces.append(f"</b><span style='color:{pale}'>")
    for char in spaced(code):
        if 0 < length == digits < len(code) and char != " ":
            pieces.append(f"</b><span style='color:{pale}'>|&nbsp;")
            length = -1
        pieces.append("&nbsp;" if char == " " else char)
        digits += char != " "
    pieces.append("</b>" if length > 0 else "</span>")
    return "".join(pieces)


def card_html(card: Card, theme: Theme, asked: Asked | None = None) -> str:
    """Code, how sure, money; where it stands in the tariff; all that speaks against it.

    The answer that would change the code is left to the question, where that asks for it.
    """
    right = "".join(
        f"<div align='right' style='color:{theme.text.name() if bold else theme.quiet.name()}'>"
        f"{'<b>' if bold else ''}{_words(said)}{'</b>' if bold else ''}</div>"
        for bold, said in _beside(card))
    left = "".join(_code(candidate, card, theme) for candidate in card.codes)
    if card.title is not None:
        left = f"<div style='font-size:15pt'><b>{_words(card.title)}</b>" + (
            f"&nbsp;&nbsp;<span style='font-size:13pt'>{_words(card.sure)}</span>"
            if say(card.sure) else "") + "</div>"
    lines = [f"<table width='100%' cellspacing='0' cellpadding='0'><tr><td>{left}</td>"
             f"<td align='right' valign='middle'>{right}</td></tr></table>"]
    lines += [f"<div style='color:{theme.quiet.name()}'>{escape(candidate.short_path)}</div>"
              for candidate in card.codes]
    if card.safe_by is not None:
        lines.append(_line("≤", card.safe_by, theme.quiet))
    if card.declared is not None:
        colour = {"no": theme.bad, "": theme.quiet}.get(card.agrees, theme.good)
        lines.append(_line(_SIGNS[card.agrees], card.declared, colour))
    lines += [_line("⚡", said, theme.bad) for said in card.contradictions]
    lines += [_line("⚠", problem, theme.doubt) for problem in card.problems]
    if card.flip is not None and (asked is None or asked.fact.id != card.flip_fact):
        lines.append(_line("⇄", card.flip, theme.quiet))
    return "".join(lines)


def _beside(card: Card) -> list[tuple[bool, object]]:
    """What stands at the right of the code: the money first, the duty, what is safe."""
    said: list[tuple[bool, object]] = [(number == 0, money)
                                       for number, money in enumerate(card.money)]
    if card.safe is not None:
        said.append((False, card.safe))
    return said


def _code(candidate: Candidate, card: Card, theme: Theme) -> str:
    code = code_html(candidate.code, card.safe_code, theme.pale.name())
    return (f"<div style='font-size:20pt; white-space:nowrap'>{code}"
            f"<span style='font-size:14pt'>&nbsp;&nbsp;&nbsp;{_words(candidate.p)}</span></div>")


def _line(sign: str, said, colour) -> str:
    return f"<div style='color:{colour.name()}'>{sign} {_words(said)}</div>"


def question_html(asked: Asked, theme: Theme) -> str:
    """The question, and what its answer is worth."""
    return (f"<b>{_words(asked.question)}</b> "
            f"<span style='color:{theme.quiet.name()}'>{_words(asked.worth)}</span>")


def _words(said) -> str:
    return escape(say(said)).replace("\N{NO-BREAK SPACE}", "&nbsp;")
