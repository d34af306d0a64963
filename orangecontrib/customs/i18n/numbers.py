"""Numbers in words: how sure, how strongly, how much; one format each, wherever they are read."""
from __future__ import annotations

import math

from .messages import Message

__all__ = ["SILENT", "log_odds", "money", "nearly", "percent", "place", "share", "strength",
           "weighed"]

#: Log-odds below which nothing is said, and from which evidence is called what: three to one,
#: and twenty to one.
SILENT = .3
STRENGTHS = ((math.log(20), "card.strongly"), (math.log(3), "card.clearly"), (0., "card.weakly"))
#: Log-odds at the ends of the axis of a fact.
ENDS = 6.


def percent(p: float) -> Message | str:
    """A probability in whole per cent; what is reckoned is never certain, so none is 0 or 100.

    >>> str(percent(.724)), str(percent(.996)), str(percent(.001)), percent(float("nan"))
    ('72 %', '99+ %', '<1 %', '')
    >>> str(percent(1.)), str(percent(0.))
    ('>99,9 %', '<0,1 %')
    """
    if p != p:
        return ""
    extreme = "all" if p >= .9995 else "none" if p <= .0005 else nearly(p)
    return Message(f"card.percent_{extreme}") if extreme else Message.of("card.percent", p=100 * p)


def share(p: float, decimals: int = 1) -> str:
    """What was counted, in per cent: a number of cases may well be none, or all.

    >>> share(.2074), share(1., 0), share(float("nan"))
    ('20.7\\xa0%', '100\\xa0%', '–')
    """
    return "–" if p != p else f"{100 * p:.{decimals}f}\N{NO-BREAK SPACE}%"


def nearly(p: float) -> str:
    """"most" or "least" of a probability that would be read as 100 or 0 per cent; else ""."""
    return "most" if p >= .995 else "least" if p <= .005 else ""


def money(amount: float) -> str:
    """An amount as it is read: cents where they matter, thousands apart.

    >>> money(.25), money(3.456), money(310.4), money(12345.6)
    ('0.25', '3.46', '310', '12 346')
    """
    if amount != amount:
        return ""
    digits = 2 if abs(amount) < 10 and round(amount, 2) != round(amount) else 0
    return f"{amount:,.{digits}f}".replace(",", "\N{NO-BREAK SPACE}").replace("-0.00", "0")


def strength(weight: float) -> Message:
    """How strongly evidence of this weight (log-odds, either way) speaks."""
    return Message(next(word for least, word in STRENGTHS if abs(weight) >= least))


def weighed(weight: float) -> Message:
    """Evidence in words.

    >>> from orangecontrib.customs.i18n import say
    >>> say(weighed(4.), "ru"), say(weighed(-.5), "ru"), say(weighed(.1), "ru")
    ('за, сильно', 'против, слабо', 'молчит')
    """
    if abs(weight) < SILENT:
        return Message("card.silent")
    return Message.of("card.weight", way=Message("card.for" if weight > 0 else "card.against"),
                      strength=strength(weight))


def log_odds(p: float) -> float:
    """The logarithm of the odds of a probability, finite for 0 and 1 too."""
    p = min(max(p, 1e-12), 1 - 1e-12)
    return math.log(p) - math.log1p(-p)


def place(p: float) -> float:
    """Where a probability stands on the axis of a fact, from 0 (surely not) to 1 (surely).

    >>> place(0.), place(.5), place(1.)
    (0.0, 0.5, 1.0)
    """
    return min(max(.5 + log_odds(p) / (2 * ENDS), 0.), 1.)
