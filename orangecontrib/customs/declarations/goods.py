"""Which goods a description names, and which of its words speak of each.

Several goods stand in one text by numbers («Товар №1: …», «1) …; 2) …»), as nouns with materials
or quantities of their own («сапоги, верх – …; туфли, верх – …», «сапоги – 100 пар, туфли – 200
пар»), or as articles with materials of their own («арт. 1: верх – …; арт. 2: верх – …»).  No
goods of their own are types that share one description («ботинки и полуботинки, верх – …»), a
heading and its good («обувь …: ботинки»), and articles, colours and sizes of one model.

What nouns and materials are the caller knows; the words in between are in ``goods.csv`` of each
language.
"""
from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from orangecontrib.customs.files import strict_rows

from .folding import Folded
from .languages import LANGUAGES, words
from .lemmas import known, lemma

__all__ = ["Noun", "Said", "TextGood", "TextGoods", "apart", "goods_of_groups", "goods_of_text",
           "ids_of_goods", "told_together"]

Span = tuple[int, int]


@dataclass(frozen=True)
class Noun:
    """A noun that may name a good, in folded text.

    `general`: it names a whole group of goods («обувь»), and others may say which.
    """

    name: str
    start: int
    end: int
    oblique: bool = False
    general: bool = False


@dataclass(frozen=True)
class Said:
    """A place where a fact is stated, of which a good has one: `count` materials of its upper …"""

    fact: str
    values: tuple[str, ...]
    start: int
    end: int
    count: int = 1


@dataclass(frozen=True)
class TextGood:
    """A good of the text: its noun, what speaks of it alone, and how many there are."""

    name: str
    spans: tuple[Span, ...]
    quantity: float | None = None


@dataclass(frozen=True)
class TextGoods:
    """The goods of a text.

    Attributes
    ----------
    goods : tuple of TextGood
        One at least.
    shared : tuple of (int, int)
        What speaks of all of them.
    apart : bool
        Whether it can be told which words speak of which good; where it can't, `goods` is one,
        and the text speaks of several.
    kinds : tuple of str
        Names of nouns that share the description of the one good.
    by : str
        What tells the goods: "number", "noun", "quantity", "article"; "" for one good.
    """

    goods: tuple[TextGood, ...]
    shared: tuple[Span, ...] = ()
    apart: bool = True
    kinds: tuple[str, ...] = ()
    by: str = ""

    def words_of(self, number: int, text: str) -> str:
        """The text with spaces in place of what speaks of other goods."""
        return self._kept(sorted((*self.goods[number].spans, *self.shared)), text)

    def part_of(self, number: int, folded: Folded) -> str:
        """The same of the text as it was written."""
        return self._kept(sorted(folded.span(*span) for span in (
            *self.goods[number].spans, *self.shared)), folded.original)

    @staticmethod
    def _kept(mine: Sequence[Span], text: str) -> str:
        pieces, at = [], 0
        for start, end in mine:
            # a delimiter: what stood apart must not come to stand together
            pieces.append("".join(";" + " " * (start - at - 1) if start > at else ""))
            pieces.append(text[start:end])
            at = end
        pieces.append(" " * (len(text) - at))
        return "".join(pieces)


@dataclass(frozen=True)
class _Item:
    """A stretch of the text that may be a good."""

    start: int
    end: int
    nouns: tuple[Noun, ...]
    said: tuple[Said, ...] = ()
    quantities: tuple[tuple[Span, float], ...] = ()
    people: frozenset[str] = frozenset()

    @property
    def facts(self) -> frozenset[str]:
        return frozenset(s.fact for s in self.said)

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(n.name for n in self.nouns))

    @property
    def general(self) -> bool:
        return bool(self.nouns) and all(n.general for n in self.nouns)

    @property
    def quantity(self) -> float | None:
        """Where one number says it."""
        return self.quantities[0][1] if len(self.quantities) == 1 else None


_WORD = re.compile(r"[^\W\d_]++(?:-[^\W\d_]++)*+")
_ADJECTIVE = re.compile(r"\w+(?:ая|яя|ое|ее|ый|ий|ой|ые|ие|ого|его|ых|их)")
_CLAUSE_START = re.compile(r"(?:^|[;.,:/+\n-]|(?<!\w)(?:и|или|либо|также|and|or|plus))\s?$")
_NEW_CLAUSE = re.compile(r"(?:^|[;.])\s?$")
_INCLUDING = re.compile(r"(?<!\w)(?:в том числе|в т\. ?ч\.?|включая|including|incl\.?)(?!\w)")
_STRONG = re.compile(r"[;.]")
_BRACKET = re.compile(r"\([^()]*+\)")
_QUOTE = re.compile(r"(?<![0-9])\"[^\"]{0,99}+\"|(?<![\w'])'[^']{1,60}+'(?!\w)")
_ENGLISH = re.compile("[a-z]+(?:[-'][a-z]+)*'?")
_BRACKETED, _QUOTED = 1, 2  # how a place stands aside
_DIGITS = re.compile(r"(?:^|(?<=[\s;:(.,]))(\d{1,2})\s?[.)/](?!\d)\s?")


@cache
def _words(kind: str) -> dict[str, str]:
    """Words of a kind in all languages, with the first of their row."""
    found = {}
    for language in LANGUAGES:
        path = Path(__file__).parent / "languages" / language / "goods.csv"
        for _, row in strict_rows(path, ("kind", "words", "why"))[1]:
            if row["kind"] == kind:
                found |= dict.fromkeys(row["words"].split(), row["words"].split()[0])
    return found


def _any(kind: str) -> str:
    return "|".join(sorted(_words(kind), key=len, reverse=True))


@cache
def _patterns() -> tuple[re.Pattern, re.Pattern, re.Pattern]:
    """Numbers of goods, articles, quantities."""
    return (re.compile(rf"(?<!\w)(?:{_any('number')})\s?\.?\s?(?:№|n|no\.?|#)?\s?(\d{{1,3}})"
                       r"(?![\d\w]|[.,]\d)\s?[:.)/-]?"),
            re.compile(rf"(?<!\w)(?:{_any('article')})\s?\.?\s?:?\s?(?:№|n)?\s?"
                       r"(\"?[\w/.-]{0,40}\w\"?)(?=[\s:;,(-]|$)"),
            re.compile(r"(?<![\d.,])(?<!по )(\d{1,3}(?:[ ,]\d{3})++|\d{1,7})\s?"
                       rf"(?:{_any('unit')})(?!\w)"))


def told_together(one: TextGoods, other: TextGoods, theirs: Sequence[Span]) -> TextGoods:
    """The goods of a text that tells the same ones in two languages.

    Parameters
    ----------
    one, other : TextGoods
        As each language tells them: as many.
    theirs : sequence of (int, int)
        The parts of the text that are in the other's language.
    """
    goods = tuple(replace(mine, spans=(*_cut(mine.spans, theirs, False),
                                       *_cut(same.spans, theirs, True)))
                  for mine, same in zip(one.goods, other.goods))
    shared = (*_cut(one.shared, theirs, False), *_cut(other.shared, theirs, True))
    return replace(one, goods=goods, shared=shared)


def _cut(spans: Sequence[Span], parts: Sequence[Span], inside: bool) -> list[Span]:
    """What of these spans lies in the parts of a text, or outside of them."""
    kept = []
    for start, end in spans:
        at = start
        for first, last in parts:
            within = max(first, start), min(last, end)
            if within[0] < within[1]:
                kept += [within] if inside else [(at, within[0])]
                at = within[1]
        if not inside:
            kept.append((at, end))
    return [span for span in kept if span[0] < span[1]]


def apart(between: str) -> bool:
    """Does what stands between two nouns say that they name goods of their own?"""
    return ";" in between or "\n" in between or _patterns()[2].search(between) is not None


def goods_of_text(text: str, nouns: Sequence[Noun], said: Sequence[Said],
                  language: str = "ru") -> TextGoods:
    """The goods of a description.

    Parameters
    ----------
    text : str
        Folded.
    nouns : sequence of Noun
        In the order of the text.
    said : sequence of Said
        Facts that are stated, each in its place.
    language : str
        Of the nouns.
    """
    reader = (_English if language == "en" else _Reader)(text, nouns, said)
    return reader.numbered() or reader.by_nouns() or reader.articles() or reader.one()


def goods_of_groups(text: str, groups: Sequence[tuple[Sequence[Noun], TextGoods]],
                    language: str = "ru") -> TextGoods | None:
    """The goods of a text that names those of several groups in turn: «ботинки …; реле …».

    None where all of them are of one group, or where they don't stand apart.

    Parameters
    ----------
    text : str
        Folded.
    groups : sequence of (sequence of Noun, TextGoods)
        The nouns of each group, in the order of the text, and the goods that it tells itself.
    language : str
        Of the nouns.
    """
    kind = _English if language == "en" else _Reader
    nouns = sorted((noun for some, _ in groups for noun in some), key=lambda noun: noun.start)
    markers = kind(text, nouns, ()).markers()
    for start, end in markers:
        text = f"{text[:start]}{';' * (end - start)}{text[end:]}"
    return kind(text, nouns, ()).by_groups(groups)


class _Reader:
    """One text on its way into goods; Russian, where a language matters."""

    _sentence = re.compile(r"\s?(?:\"[^\"]{0,99}+\"\s?)?\w+(?:[ею]т|[аия]т|[ею]тся|[аия]тся)(?!\w)")
    _words_before = 3

    @staticmethod
    def _describes(word: str) -> bool:
        """May the word stand before the noun of a good?"""
        return _ADJECTIVE.fullmatch(word) is not None

    _only_describes = _describes

    def __init__(self, text: str, nouns: Sequence[Noun], said: Sequence[Said]):
        self.text = text
        self.all_nouns = tuple(nouns)
        self.said = tuple(sorted(said, key=lambda s: s.start))
        self._starts = [s.start for s in self.said]
        aside = bytearray(len(text) + 1)
        for pattern, kind in ((_BRACKET, _BRACKETED), (_QUOTE, _QUOTED)):
            for match in pattern.finditer(text):
                aside[match.start():match.end()] = bytes([kind]) * (match.end() - match.start())
        self.aside = aside
        self._quantities = [(match.span(), float(re.sub("[ ,]", "", match[1])))
                            for match in _patterns()[2].finditer(text)]
        self._counts = [span[0] for span, _ in self._quantities]
        self._ends = {s.end for s in said}
        self.nouns = tuple(filter(None, map(self._own_place, self.all_nouns)))
        self._last_named = max((n.start for n in self.nouns if not n.general), default=-1)

    # -- places

    def _own_place(self, noun: Noun) -> Noun | None:
        """A noun that may begin a good: with the words that stand before it, at a clause's start.

        An oblique one does where it is counted: «100 пар сапог».
        """
        if self.aside[noun.start] or self._sentence.match(self.text, noun.end):
            return None  # «валенки обладают …» tells of what is named elsewhere
        at = self._counted(noun)
        if at is not None or noun.oblique:
            return None if at is None else replace(noun, start=at)
        start = noun.start
        for _ in range(self._words_before):  # «мужские зимние ботинки»
            before = self.text[max(0, start - 40):start].rstrip()
            word = before.rpartition(" ")[2]
            if not self._describes(word):
                break
            start = start - (len(self.text[max(0, start - 40):start]) - len(before)) - len(word)
        if _CLAUSE_START.search(self.text, max(0, start - 8), start) \
                and not self._abbreviated(start):
            return replace(noun, start=start)
        return None

    def _counted(self, noun: Noun) -> int | None:
        """Where «100 пар зимних» begins, right before a noun."""
        number = bisect_left(self._counts, noun.start) - 1
        if number < 0:
            return None
        (start, end), _ = self._quantities[number]
        between = self.text[end:noun.start]
        return start if len(between) <= 40 and not set(between) & set(",;:.()/-") and all(
            self._describes(word) or word == "of" for word in _WORD.findall(between)) else None

    def _abbreviated(self, start: int) -> bool:
        """Does an abbreviation end here, and no sentence: «внутр. сапожок»?"""
        before = self.text[max(0, start - 30):start].rstrip()
        word = _WORD.findall(before)[-1:]
        if not word or not before.endswith(f"{word[0]}.") or known(word[0]):
            return False
        end = self.text.rfind(word[0], 0, start) + len(word[0])
        return end not in self._ends  # «подошва - ПВХ. Лоферы»

    def _item(self, start: int, end: int, nouns: Sequence[Noun]) -> _Item:
        said = self.said[bisect_left(self._starts, start):bisect_left(self._starts, end)]
        quantities = tuple(q for q in self._quantities if start <= q[0][0] < end)
        people = frozenset(_words("people")[word] for word in map(
            _lemma, _WORD.findall(self.text, start, end)) if word in _words("people"))
        return _Item(start, end, tuple(nouns), said, quantities, people)

    def _items(self, starts: Sequence[int]) -> list[_Item]:
        """What stands from each place to the next."""
        ends = [*starts[1:], len(self.text)]
        return [self._item(start, end, [n for n in self.all_nouns if start <= n.start < end
                                        and not n.oblique])
                for start, end in zip(starts, ends)]

    # -- the goods

    def numbered(self) -> TextGoods | None:
        """«Товар №1: …», «1) …; 2) …»."""
        for pattern, named in ((_patterns()[0], True), (_DIGITS, False)):
            markers = self._in_order(pattern)
            if len(markers) < 2:
                continue
            items = self._items([start for start, _ in markers])
            if named or all(item.nouns for item in items) or self._same_facts(items):
                return self._several(items, "number", [end for _, end in markers])
        return None

    def _in_order(self, pattern: re.Pattern) -> list[Span]:
        """Places of the numbers 1, 2, 3 …"""
        found: list[Span] = []
        for match in pattern.finditer(self.text):
            if int(match[1]) == len(found) + 1:
                found.append(match.span())
        return found

    def by_nouns(self) -> TextGoods | None:
        """Nouns with materials or quantities of their own."""
        lists = self._lists(self.nouns)
        if len(lists) < 2:
            return None
        starts = [nouns[0].start for nouns in lists]
        items = [self._item(start, end, nouns) for start, end, nouns in zip(
            starts, [*starts[1:], len(self.text)], lists)]
        items = self._without_headings(items)
        if len(items) < 2:
            return None
        if all(item.quantities for item in items) and self._differ(items):
            return self._several(items, "quantity")
        if self._same_facts(items) and self._differ(items):
            return self._several(items, "noun")
        if self._unclear(items):
            return replace(self.one(), apart=False)
        return None

    def markers(self) -> list[Span]:
        """Places of the numbers of goods, where there are several."""
        found = (self._in_order(pattern) for pattern in (_patterns()[0], _DIGITS))
        return next((some for some in found if len(some) > 1), [])

    def by_groups(self, groups: Sequence[tuple[Sequence[Noun], TextGoods]]) -> TextGoods | None:
        """Goods of several groups, each from the noun that begins it in a clause of its own."""
        begun = sorted((own.start, number, own) for number, (nouns, _) in enumerate(groups)
                       for own in map(self._own_place, nouns)
                       if own is not None and _NEW_CLAUSE.search(
                           self.text, max(0, own.start - 2), own.start))
        told = [{good.spans[0][0] for good in goods.goods} if len(goods.goods) > 1 else set()
                for _, goods in groups]
        runs = [run for before, run in zip([None, *begun], begun)
                if before is None or before[1] != run[1] or run[0] in told[run[1]]]
        if len({number for _, number, _ in runs}) < 2:
            return None
        ends = [*(start for start, _, _ in runs[1:]), len(self.text)]
        return self._several([self._item(start, end, [noun])
                              for (start, _, noun), end in zip(runs, ends)], "noun")

    def _lists(self, nouns: Sequence[Noun]) -> list[list[Noun]]:
        """Nouns, those of one list together."""
        lists: list[list[Noun]] = []
        for noun in nouns:
            if lists and self._joined(lists[-1][-1], noun):
                lists[-1].append(noun)
            else:
                lists.append([noun])
        return lists

    def _joined(self, one: Noun, other: Noun) -> bool:
        """Do they share a description, as in «ботинки мужские и полуботинки»?"""
        gap = _INCLUDING.sub(" и ", self.text[one.end:other.start])
        if len(gap) > 80 or self.text[other.start].isdigit() \
                or set(gap) & set("(;.:-\n0123456789"):
            return False
        return all(word in _words("joint") or self._only_describes(word)
                   or _lemma(word) in _words("people") or word in ("для", "for", "s")
                   for word in _WORD.findall(gap))

    def _without_headings(self, items: list[_Item]) -> list[_Item]:
        """Without «обувь мужская» before «: ботинки …», and without what only says it again."""
        runs: list[list[_Item]] = []
        facts: set[str] = set()
        for item in items:
            if runs and self._says_again(runs[-1], facts, item):
                runs[-1].append(item)
            else:
                runs.append([item])
                facts = set()
            facts |= item.facts
        kept = [run[0] if len(run) == 1 else self._item(
            run[0].start, run[-1].end, next((item.nouns for item in run if not item.general),
                                            run[0].nouns)) for run in runs]
        if len(kept) > 2 and kept[0].general and not any(item.general for item in kept[1:]):
            return kept[1:]
        return kept

    def _says_again(self, run: Sequence[_Item], facts: set[str], item: _Item) -> bool:
        """Does a noun name again what these items speak of?"""
        last = run[-1]
        before = self.text[max(last.start, item.start - 3):item.start]
        if last.general and not item.general:
            return ":" not in before or not self._more_follow(item)
        if not (item.general or set(item.kinds) & set(last.kinds)):
            return False
        counted = item.quantities and last.quantities
        return ":" in before or not (item.facts & facts or counted) \
            or not (";" in before or counted or item.people != last.people)

    def _more_follow(self, item: _Item) -> bool:
        """Are there further goods behind one that a heading introduces?"""
        return self._last_named >= item.end

    def _unclear(self, items: Sequence[_Item]) -> bool:
        """Does the text speak of several goods without saying which is made of what?"""
        if len({kind for item in items for kind in item.kinds}) < 2:
            return False
        _first, *rest = items
        if any(item.facts for item in items[:-1]):
            return any(not item.facts for item in rest) or not self._same_facts(items)
        return any(_STRONG.search(self.text, item.start, item.end) for item in items[:-1])

    def articles(self) -> TextGoods | None:
        """«Арт. 1: верх – …; арт. 2: верх – …»."""
        markers = [match for match in _patterns()[1].finditer(self.text)
                   if any(c.isdigit() for c in match[1]) or len(match[1].strip('"')) == 1]
        if len(markers) < 2:
            return None
        items = self._items([match.start() for match in markers])
        last = self.text.find(")", items[-1].start)
        if last >= 0 and all(self.text[match.end():match.end() + 2].lstrip().startswith("(")
                             for match in markers):
            items[-1] = self._item(items[-1].start, last + 1, items[-1].nouns)
        if self._same_facts(items) and self._differ(items):
            return self._several(items, "article")
        return None

    def one(self) -> TextGoods:
        """All of the text speaks of one good, or of several that can't be told apart."""
        named = [n for n in self.all_nouns if not n.oblique and self.aside[n.start] != _QUOTED]
        kinds = next((tuple(dict.fromkeys(n.name for n in nouns if not n.general))
                      for nouns in self._lists(named) if len(nouns) > 1), ())
        counts = {s.fact: s.count for s in self.said}
        parallel = len(kinds) > 1 and len(counts) > 1 and set(counts.values()) == {len(kinds)}
        name = (self.nouns or self.all_nouns or (Noun("", 0, 0),))[0].name
        return TextGoods((TextGood(name, ((0, len(self.text)),)),), (), not parallel,
                         kinds if len(kinds) > 1 else ())

    # -- what tells goods

    @staticmethod
    def _same_facts(items: Sequence[_Item]) -> bool:
        """Is one fact stated of each?  Another good has an upper of its own."""
        return bool(frozenset.intersection(*(item.facts for item in items)))

    @staticmethod
    def _differ(items: Sequence[_Item]) -> bool:
        """Is there more than one kind of good, of people, or of materials?"""
        return len({(item.kinds, item.people,
                     frozenset((s.fact, s.values) for s in item.said)) for item in items}) > 1

    def _several(self, items: Sequence[_Item], by: str,
                 behind: Sequence[int] = ()) -> TextGoods:
        """The goods, with what stands before the first and behind the last as shared."""
        end = self._tail(items)
        spans = [(item.start, item.end) for item in items[:-1]] + [(items[-1].start, end)]
        before = self.text[:items[0].start].rstrip().rstrip(":;.,-").strip()
        header = next(iter(self.all_nouns), None) if by == "article" else next(
            (n for n in self.all_nouns if n.start < items[0].start), None)
        goods = []
        for number, (item, span) in enumerate(zip(items, spans)):
            at = behind[number] if behind else item.start
            name = next((n.name for n in item.nouns), header.name if header else "") \
                or next(iter(_WORD.findall(self.text, at, span[1])), "")
            if by == "number" and not item.nouns and not item.facts:
                name = next(iter(_WORD.findall(self.text, at, span[1])), name)
            goods.append(TextGood(name, (span,), item.quantity))
        shared = [(0, items[0].start)] if before else []
        if end < len(self.text):
            shared.append((end, len(self.text)))
        return TextGoods(tuple(goods), tuple(shared), True, (), by)

    def _tail(self, items: Sequence[_Item]) -> int:
        """Where the last good ends and what is said of all begins.

        That is behind the quantity, or a full stop, where no other good has materials.
        """
        last = items[-1]
        if not last.said or any(item.said for item in items[:-1]):
            return last.end
        at = last.said[0].start
        counted = [span[1] for span, _ in last.quantities if span[1] <= at]
        stop = max((match.end() for match in _STRONG.finditer(self.text, last.start, at)),
                   default=0)
        ends = [*counted[-1:], *([stop] if stop and last.nouns and stop > last.nouns[0].end
                                 else [])]
        return max(ends, default=last.end)


class _English(_Reader):
    """In English a noun is described by whatever stands before it in its phrase."""

    _sentence = re.compile(r"\s(?:is|are|has|have|was|were|does|do|features?|consists?)(?!\w)")
    _words_before = 6

    @staticmethod
    def _describes(word: str) -> bool:
        return _ENGLISH.fullmatch(word) is not None and word not in _words("joint") and not any(
            word in some for some in (words("en", "preposition"), words("en", "verb"),
                                      words("en", "relative")))

    @staticmethod
    def _only_describes(word: str) -> bool:
        return word in words("en", "adjective") or word in words("en", "people")


def _lemma(word: str) -> str:
    """The lemma; an abbreviation is its own."""
    return word if word in _words("people") else lemma(word)


def ids_of_goods(ids: Sequence[str], counts: Sequence[int],
                 last: Mapping[str, int] | None = None, taken: Collection[str] = ()
                 ) -> list[list[str]]:
    """Ids of the goods that descriptions name: ``7#1, 7#2`` where that of 7 names two.

    Never the id of another good.

    Parameters
    ----------
    ids : sequence of str
        A description's each, as declared.
    counts : sequence of int
        How many goods each description names.
    last : dict of str to int, optional
        The number that a good of an id had last, in an earlier part of the descriptions.
    taken : collection of str
        Ids of other goods.

    Examples
    --------
    >>> ids_of_goods(["6", "7", "7#1"], [1, 2, 1])
    [['6'], ['7#2', '7#3'], ['7#1']]
    """
    taken, last, result = {*ids, *taken}, dict(last or {}), []
    for id_, count in zip(ids, counts):
        mine = [] if count > 1 else [id_]
        number = last.get(id_, 0)
        while len(mine) < count:
            number += 1
            if (name := f"{id_}#{number}") not in taken:
                mine.append(name)
        taken.update(mine)
        last[id_] = number
        result.append(mine)
    return result
