"""In which languages a description is written, and which parts of it are not read.

Letters tell first, then little words and trade words (``languages.csv``); what is written in
another alphabet tells by itself.  Look-alike Latin letters in Russian words, brands in quotes
and article numbers tell nothing.

A word of Russian that other languages share («верх», «текстиль») is not a sign of Russian where
words of another language stand beside it; where both are there for certain, as on a label in
two languages, each clause has its own.
"""
from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from orangecontrib.customs.files import strict_rows
from orangecontrib.customs.i18n import Joined, Message

from .folding import fold
from .lemmas import known

__all__ = ["READ", "Languages", "languages_of"]

#: What is read, by ISO 639-1.
READ = ("ru", "en")
#: A language that can't be named: none of its words is known.
UNKNOWN = "unknown"
#: Words of this many letters, so many of them, none in a dictionary: not Russian.
LONG, MANY = 5, 3
#: English words in a Russian text before it is taken for a text in both.
BOTH = 2
#: Letters of the longest beginning of the table, and of the longest word that is looked at.
BEGINNING, LONGEST = 12, 60

_WORD = re.compile(r"(?<!\w)[^\W\d_]+(?:['’ʼ`][^\W\d_]+)?(?!\w)")
_QUOTED = re.compile("(?<![0-9])\"[^\"]{0,99}+\"|«[^»]{0,99}+»|“[^”]{0,99}+”|„[^“”]{0,99}+[“”]")
_MARKS = re.compile("[\"«»“”„]")
_CLAUSE = re.compile(r"[.;,:/()|\n]+")
_CYRILLIC = re.compile("[\u0400-\u052f]")
_RUSSIAN = re.compile("[а-яё]+")
_LATIN = re.compile("[A-Za-z]")
_LATIN_I = re.compile("(?<=[\u0400-\u052f])i|i(?=[\u0400-\u052f])")


@dataclass(frozen=True)
class Languages:
    """The languages of a text.

    Attributes
    ----------
    read, unread : tuple of str
        Ids of languages, those that are read and those that are not; the text of neither
        has no words.
    spans : tuple of (int, int)
        The parts of the text in languages that are not read.
    english : tuple of (int, int)
        The parts in English of a text in Russian, too.
    """

    read: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()
    english: tuple[tuple[int, int], ...] = ()

    def kept(self, text: str) -> str:
        """The text with spaces in place of what is not read, so that nothing moves."""
        pieces, at = [], 0
        for start, end in self.spans:
            pieces += [text[at:start], " " * (end - max(at, start))]
            at = max(at, end)
        return "".join([*pieces, text[at:]])

    @property
    def problem(self) -> Message | None:
        """That something is not read, with the language."""
        if not self.unread:
            return None
        names = Joined(tuple(Message.of(f"language.{name}") for name in self.unread))
        return Message.of(f"language.{'unread_part' if self.read else 'unread'}", languages=names)


_RUSSIAN_ALONE = Languages(("ru",))


@dataclass(frozen=True)
class _Word:
    """What one word tells.

    `votes`: the languages that write it so, and Russian doesn't; `script`: the language of its
    alphabet; `plain`: its letters, where Russian has all of them; `listed`: where the table
    has it.
    """

    cyrillic: bool
    votes: frozenset[str] = frozenset()
    script: str = ""
    plain: str = ""
    ending: str = ""
    letters: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()

    @property
    def russian(self) -> bool:
        """Looked up where it is asked for: few texts need it."""
        return bool(self.plain) and known(self.plain)

    def against(self, language: str) -> bool:
        """Is it Russian for certain, and not this language?"""
        if "ru" in self.listed:
            return language not in self.listed
        if not self.russian or self.votes or len(self.letters) < 3:
            return False
        tables = _tables()
        return bool(self.letters & tables.lacks.get(language, frozenset())) \
            or self.ending in tables.endings["ru"] - tables.endings.get(language, frozenset())


@dataclass(frozen=True)
class _Tables:
    words: dict[str, frozenset[str]]
    beginnings: dict[str, frozenset[str]]
    letters: dict[str, frozenset[str]]
    lacks: dict[str, frozenset[str]]
    endings: dict[str, frozenset[str]]
    scripts: dict[str, str]


@cache
def _tables() -> _Tables:
    words: dict[str, set[str]] = {}
    beginnings: dict[str, set[str]] = {}
    letters: dict[str, frozenset[str]] = {}
    lacks: dict[str, frozenset[str]] = {}
    endings: dict[str, frozenset[str]] = {}
    scripts: dict[str, str] = {}
    path = Path(__file__).with_name("languages.csv")
    for line, row in strict_rows(path, ("language", "kind", "text", "why"))[1]:
        language, kind, texts = row["language"], row["kind"], row["text"].split()
        if kind == "word":
            for text in texts:
                table, key = (beginnings, text[:-1]) if text.endswith("*") else (words, text)
                table.setdefault(key, set()).add(language)
        elif kind in ("letters", "lacks"):
            (letters if kind == "letters" else lacks)[language] = frozenset("".join(texts))
        elif kind == "endings":
            endings[language] = frozenset(texts)
        elif kind == "script":
            scripts.update(dict.fromkeys(texts, language))
        else:
            raise ValueError(f"{path}, line {line}: unknown kind '{kind}'")
    return _Tables({word: frozenset(of) for word, of in words.items()},
                   {word: frozenset(of) for word, of in beginnings.items()},
                   letters, lacks, endings, scripts)


def _script(word: str) -> str:
    """The language of an alphabet that only one of the languages has, or ""."""
    tables = _tables()
    for letter in word:
        language = tables.scripts.get(unicodedata.name(letter, "").partition(" ")[0])
        if language:
            return language
    return ""


@lru_cache(maxsize=2 ** 16)
def _look(word: str) -> _Word:
    """What a word tells by itself."""
    if len(word) > LONGEST:
        return _Word(False)
    word = _one_alphabet(word)
    tables = _tables()
    cyrillic = _CYRILLIC.search(word) is not None
    if not cyrillic and not word.isascii():
        script = _script(word)
        if script:
            return _Word(False, script=script)
    if cyrillic:
        word = _LATIN_I.sub("і", word)
    listed = tables.words.get(word, frozenset()).union(*(
        tables.beginnings.get(word[:length], ())
        for length in range(2, min(len(word), BEGINNING) + 1)))
    special = frozenset(c for c in word if not ("a" <= c <= "z" or "а" <= c <= "я" or c in "ё'’ʼ`"))
    if special:
        plain = frozenset(word)
        listed = listed.union(language for language, own in tables.letters.items()
                              if special <= own and not plain & tables.lacks.get(language, special
                                                                                 - special))
    votes = frozenset() if "ru" in listed else listed
    if not cyrillic or special or not _RUSSIAN.fullmatch(word):
        return _Word(cyrillic, votes, listed=listed)
    ending = next((word[-n:] for n in (3, 2) if word[-n:] in tables.endings["ru"]), "")
    return _Word(True, votes, "", word.replace("ё", "е"), ending, frozenset(word), listed)


def _best(votes: Counter, spelled: Sequence[str]) -> str:
    """The language that most words speak for; letters that it lacks speak against it."""
    tables = _tables()
    order = {language: number for number, language in enumerate(
        [*tables.letters, *sorted(set(votes) - set(tables.letters))])}

    def score(language: str):
        lacks = tables.lacks.get(language)
        misfits = sum(bool(lacks & set(text)) for text in spelled) if lacks else 0
        return votes[language] - misfits / 2, -len(tables.letters.get(language, ())), \
            -order[language]
    return max(votes, key=score)


@lru_cache(maxsize=8)  # readers of several groups ask one after the other
def languages_of(text: str) -> Languages:
    """The languages of a description.

    Parameters
    ----------
    text : str
        As it was written: folding would make one alphabet of two.

    Examples
    --------
    >>> languages_of("Черевики жіночі, верх - шкіра").unread
    ('uk',)
    >>> found = languages_of("Ботинки мужские из кожи / Men's boots, leather upper")
    >>> found.read, found.problem
    (('ru', 'en'), None)
    """
    looks = list(map(_look, _WORD.findall(text)))
    if not any(word.votes or word.script for word in looks) \
            and (any(word.cyrillic and word.listed for word in looks)
                 or any(word.russian for word in looks)):
        return _RUSSIAN_ALONE
    quoted = [match.span() for match in _QUOTED.finditer(text)]
    words: list[_Word] = []
    places: list[tuple[int, int]] = []
    quote = 0
    for match in _WORD.finditer(text):
        while quote < len(quoted) and quoted[quote][1] <= match.start():
            quote += 1
        if quote < len(quoted) and quoted[quote][0] < match.start():
            continue  # a name
        words.append(_look(match.group()))
        places.append(match.span())
    if not words and quoted:
        return languages_of(_MARKS.sub(" ", text))
    return _decide(text, words, places)


def _one_alphabet(word: str) -> str:
    """Lower case, with look-alike letters in one alphabet."""
    if word.isascii() or not _LATIN.search(word) or not _CYRILLIC.search(word):
        return word.lower()
    return fold(word.replace("i", "і")).text


def _decide(text: str, words: list[_Word], places: list[tuple[int, int]]) -> Languages:
    cyrillic = [i for i, word in enumerate(words) if word.cyrillic]
    latin = [i for i, word in enumerate(words) if not word.cyrillic and not word.script]
    written = [i for i, word in enumerate(words) if word.script]
    scripts = list(dict.fromkeys(words[i].script for i in written))
    spans = [places[i] for i in written]
    read, unread = [], []
    if cyrillic:
        strange = _strange(words, cyrillic, places, text)
        strong = sum(words[i].against(strange) for i in cyrillic) if strange else MANY
        foreign = sum(bool(words[i].votes) for i in cyrillic) if strange else 0
        if strange and (not strong or foreign > 1 or strong < MANY):
            unread.append(strange)
            spans += _foreign_clauses(text, words, places, cyrillic, strange if strong else "")
        if not strange or strong:
            read.append("ru")
    if latin:
        votes = Counter(v for i in latin for v in words[i].votes)
        mine = votes.pop("en", 0)
        other = _best(votes, ()) if votes else ""
        if not cyrillic and other and votes[other] > mine and (votes[other] > 1 or not mine):
            unread.append(other)
            spans += [(places[latin[0]][0], places[latin[-1]][1])]
        elif mine >= BOTH or mine and not read and not unread and not scripts \
                or not cyrillic and not scripts and _has_words(text, places):
            read.append("en")
    unread += scripts
    if unread and not read:
        spans = [(0, len(text))]
    return Languages(tuple(read), tuple(unread), tuple(sorted(spans)),
                     _english(words, places) if {"ru", "en"} <= set(read) else ())


def _english(words: Sequence[_Word], places) -> tuple[tuple[int, int], ...]:
    """Stretches without a Russian word that hold some English ones."""
    found, run, votes = [], [], 0
    for word, place in [*zip(words, places), (None, None)]:
        if word is not None and not word.cyrillic and not word.script:
            run.append(place)
            votes += "en" in word.votes
            continue
        if votes >= BOTH:
            found.append((run[0][0], run[-1][1]))
        run, votes = [], 0
    return tuple(found)


def _has_words(text: str, places) -> bool:
    """Is anything more than an abbreviation?"""
    return any(end - start > 2 for start, end in places)


def _strange(words, cyrillic, places, text) -> str:
    """The language of Cyrillic letters that is not Russian, or ""."""
    voting = [words[i] for i in cyrillic if words[i].votes]
    if any(not word.russian for word in voting):
        votes = Counter(v for word in voting for v in word.votes)
        spelled = [text[slice(*places[i])].lower() for i in cyrillic]
        return _best(votes, spelled)
    if any(words[i].russian or words[i].listed for i in cyrillic):
        return ""
    long = [i for i in cyrillic if places[i][1] - places[i][0] >= LONG
            and text[places[i][1]:places[i][1] + 1] != "."]
    return UNKNOWN if len(long) >= MANY else ""


def _foreign_clauses(text, words, places, cyrillic, language) -> list[tuple[int, int]]:
    """Clauses with more words of the other language than words of Russian.

    A clause of words that both have goes with the one before it.  All of the text, where
    nothing in it is Russian for certain (`language` is "").
    """
    if not language:
        return [(places[cyrillic[0]][0], places[cyrillic[-1]][1])]
    ends = [match.end() for match in _CLAUSE.finditer(text)] + [len(text)]
    spans, start, at, before = [], 0, 0, False
    for end in ends:
        own = foreign = 0
        while at < len(words) and places[at][0] < end:
            own += words[at].against(language)
            foreign += words[at].cyrillic and bool(words[at].votes)
            at += 1
        before = foreign > own if foreign or own else before
        if before:
            spans.append((start, end))
        start = end
    return spans
