"""What «без», «кроме», «не имеет» deny: the one place that says how far a negation reaches.

A negation governs the noun after it, with the adjectives that stand before the noun and the
nouns joined to it («без меха и подкладки», «без металлических и пластмассовых деталей»).  It
ends behind that noun: at a preposition, a comma, or a word in the nominative.  So «без каблука
с верхом из замши» has an upper, and «без меха, подносок металлический» a toe-cap.  The particle
«не» right before an adjective denies this adjective alone («не утепленная кожаная обувь»).
"""
from __future__ import annotations

import re
from dataclasses import dataclass, field

from orangecontrib.customs.declarations.languages import any_of, words
from orangecontrib.customs.declarations.languages.denial import Negation

__all__ = ["BETWEEN", "negation_after", "negation_before", "negation_goes_on"]

#: How far before a phrase a negation may stand, in characters.
REACH = 60

# «Кроме того», «не только» are one word each, and deny nothing.
_TOKEN = re.compile(r"(?:за исключением|кроме того|не только)\b|\w++(?:-\w++)*+\.?|\S")
_PARTICLES = {"не", "ни"}
_WITHOUT = re.compile(r"без|кроме|нет|исключая|за исключением|помимо|отсутству\w+")
#: Without one of these nothing is denied: most places need no look at each word.
_DENIES = re.compile("не|ни|без|кроме|исключ|помимо|отсутств")
_JOINTS = {"и", "или", "либо", "ни", "/"}
# Verbs and empty nouns that stand between a negation and what it denies.
_COMPLEMENT = re.compile(rf"(?P<list>{any_of('ru', 'listing_verb')})|{any_of('ru', 'empty_verb')}")
_PREPOSITIONS = words("ru", "negates_preposition")
_ADJECTIVE = re.compile(r"[\w-]+(?:ой|ая|яя|ого|его|ых|их|ий|ый|ие|ые|им|ым|ую|юю|ое|ее|[нщ]ей)"
                        r"(?:-либо)?")
_NOUN = re.compile(r"\w*(?:[аеяи]н|дств|[тлс])и[йе]|ремней|вещей")  # «без украшений»
_PARTICIPLE = re.compile(r"\w+(?:щ|вш|нн|[ыоуе]т)(?:[оеиы]й|[ая]я|[ое]е|[оу]ю|[иы][хме]|[ое]го)")
_ACTIVE = re.compile(r"\w+(?:щ|вш)(?:[аи]я|ее|ий|ие)")
_NOMINATIVE = re.compile(r"\w+(?:ая|яя|ый|ий|ое|ее|ые|ие)")
_GENITIVE = re.compile(r"[\w-]+(?:ого|его|ой|[нщ]ей|ых|их)")
_LOCATIVE = re.compile(r"[\w-]+(?:ом|ем|ой|ей|ых|их)")
_LAST = "аеиоуыэюяйхм"  # the point after these letters ends a sentence
# … and after these, of a genitive plural: «без шнурков.», but not «без высок. каблука»
_PLURAL = r"(?<![ео]в)(?<!ек)(?<![^с]ок)"
_SENTENCE = re.compile(rf"\w*\w[{_LAST}]\.")
_JOINT = re.compile(r"[\s.]*+(?:и/или|или|и|ни|,)(?!\w)[\s.]*+(?P<phrase>(?:\w++\s)?)[\s.]*+")
_AFTER = re.compile(
    r"[\s:(\-]*+(?:нет|отсутству\w+|не имеется|не предусмотрен\w*|не имеет)\b")

_NO_PREPOSITION = rf"(?!(?:{'|'.join(_PREPOSITIONS)})\b)"
_DESCRIBES = (rf"(?:{_GENITIVE.pattern}(?:-либо)?[ ]+|"
              rf"{_NO_PREPOSITION}\w+(?<![{_LAST}]){_PLURAL}(?=\.)[ .]+)")
#: The same notion for the patterns of the data files: what may stand between «без» and a
#: noun that it denies, adjectives and nouns joined to it.
BETWEEN = (rf"(?:{_DESCRIBES}){{0,3}}(?:{_NO_PREPOSITION}\w+[ .]+"
           rf"(?:и|или|ни)[ .]+(?:{_DESCRIBES}){{0,3}})?")


@dataclass
class _Scope:
    """How far a negation has come, word by word."""

    start: int
    word: str
    # what came last: "open", "adjective", "participle", "noun", "joint", or within
    # «не имеет в своем составе …» "within" its place or "located" behind it
    place: str = "open"
    alone: bool = False   # «не» right before an adjective
    active: bool = False  # … that takes an object: «не доходящая до»
    joined: bool = False
    lists: bool = False   # «не является …, … и …»: the verb denies a list
    comma: bool = False   # … whose last member is yet to come
    complement: bool = False
    bracket: bool = False
    prepositions: set[str] = field(default_factory=set)

    def reaches_over(self, token: str) -> bool:
        """Does the negation reach beyond this word?"""
        if token in ('"', "("):
            self.bracket = True  # right before the phrase only
            return True
        if self.bracket or _SENTENCE.fullmatch(token):
            return False
        word = token.rstrip(".")
        if not word[:1].isalpha():
            return token == ":" or token in _JOINTS and self._join(token) or self._list(token)
        if word in _JOINTS:
            return self._join(word)
        if word in _PREPOSITIONS:
            return self._preposition(word)
        complement = _COMPLEMENT.fullmatch(word)
        if complement is not None:
            self.lists |= complement["list"] is not None
            self.complement = True
            self.place, ended = "open", self.place == "noun"
            return not ended
        if token != word:
            return False  # the point of an abbreviation may end the sentence too
        if self.place == "within":
            self.place = "within" if _LOCATIVE.fullmatch(word) else "located"
            return True
        if _ADJECTIVE.fullmatch(word) and not _NOUN.fullmatch(word):
            return self._adjective(word)
        self.place, ended = "noun", self.place == "noun"
        return not ended

    def _join(self, word: str) -> bool:
        self.comma = False
        if self.place == "open":
            return word == "ни"  # «не имеет ни каблука, ни …»
        self.place, self.joined = "joint", True
        return True

    def _list(self, token: str) -> bool:
        self.comma = token == "," and self.lists
        return self.comma

    def _preposition(self, word: str) -> bool:
        if self.place == "joint":  # «не для дома и для пляжа», but «без меха и с каблуком»
            return word in self.prepositions
        self.prepositions.add(word)
        self.alone = False
        opened = self.place in ("open", "participle")
        self.place = "within" if self.complement and word in ("в", "на") else "open"
        return opened

    def _adjective(self, word: str) -> bool:
        if self.place in ("noun", "located"):  # «без подноска металлического»
            return _GENITIVE.fullmatch(word) is not None
        nominative = _NOMINATIVE.fullmatch(word) is not None
        if nominative and self.joined or self.alone:
            return False
        self.alone = nominative and self.word in _PARTICLES and self.place == "open" \
            and not self.complement and not self.prepositions
        self.active = self.alone and _ACTIVE.fullmatch(word) is not None
        participle = _PARTICIPLE.fullmatch(word) is not None
        self.place = "participle" if participle else "noun" if self.alone else "adjective"
        return True

    def governs(self, phrase: str) -> bool:
        """Is this phrase, which comes next, denied?"""
        if self.place == "noun" or self.comma:
            return False
        if not self.joined and not self.alone and self.place != "located":
            return True
        return _continues(phrase, set(_PREPOSITIONS) if self.active else self.prepositions)


def _continues(phrase: str, prepositions: set[str]) -> bool:
    """May this phrase go on with a list that is denied, after these prepositions?"""
    words = re.findall(r"\w+", phrase)
    return words[0] not in _PARTICLES | set(_PREPOSITIONS) - prepositions \
        and not any(_NOMINATIVE.fullmatch(word) for word in words)


def negation_before(text: str, start: int, end: int) -> Negation | None:
    """What stands before ``text[start:end]`` and denies it.

    Parameters
    ----------
    text : str
        Folded text.

    Examples
    --------
    >>> negation_before("без меха и подкладки", 11, 20)
    Negation(start=0, word='без', joined=True)
    >>> negation_before("без меха с подкладкой", 11, 21) is None
    True
    """
    at = max(0, start - REACH)
    while 0 < at < start and text[at - 1].isalnum() and text[at].isalnum():
        at += 1
    if _DENIES.search(text, at, start) is None:
        return None
    scope = None
    for match in _TOKEN.finditer(text, at, start):
        token = match.group()
        if scope is not None and token == "ни" and scope.reaches_over(token):
            continue
        if token in _PARTICLES or _WITHOUT.fullmatch(token):
            scope = _Scope(match.start(), token)
        elif scope is not None and not scope.reaches_over(token):
            scope = None
    if scope is None or not scope.governs(text[start:end]):
        return None
    return Negation(scope.start, scope.word, scope.joined)


def negation_goes_on(text: str, denied: tuple[int, int], start: int, end: int) -> bool:
    """Is ``text[start:end]`` joined to what is denied in the span `denied` before it?"""
    if not 0 <= start - denied[1] <= REACH:
        return False
    joint = _JOINT.fullmatch(text, denied[1], start)
    return joint is not None and _continues(
        joint["phrase"] + text[start:end], set(re.findall(r"\w+", text[slice(*denied)])))


def negation_after(text: str, end: int) -> int | None:
    """Where «… нет», «… отсутствует» ends, right after a phrase; None without it."""
    match = _AFTER.match(text, end)
    return None if match is None else match.end()
