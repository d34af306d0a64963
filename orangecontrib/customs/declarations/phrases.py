"""The language of phrases: how a row of a group's tables says in words what it looks for.

A word stands for all its forms (:mod:`.forms`): as a dictionary lists it, an adjective in any
gender.  A noun in the plural stands for its plural alone, any other form for itself.

=====================  =========================================================================
``закрывать лодыжка``  words one after the other: «закрывающая лодыжку», «закрывают лодыжки»,
                       and not «закрывает. Лодыжка»
``=сапоги``            this form alone
``нат. кожа``          an abbreviation, with its point or without: «нат.кожа», «нат кожи»
``перфор*``            whatever begins so, up to 30 letters more
``слип-он``            a hyphen may be a space, or lack: «слипоны», «слип оны»; a space behind a
                       word in Latin letters may be a hyphen: «open-toe»
``200 дж.``            a number, perhaps written together with its unit: «200Дж»
``a | b``              either
``(a | b) c``          a group of words
``[a] b``              «a» may lack
``<ankle>``            any phrase of the class ``ankle`` (``classes.csv`` of the group), whose
                       words may be limited to the ``nominative`` or what is ``oblique``
``<number>``           any number
``_``                  one word that is not a negation; ``_3``: none to three such words
``…``                  none to 40 characters of the same clause, ``…60``: to 60; at the end of
                       a phrase as many as there are
``без a``              «a» with adjectives and nouns that are denied, too: «без меха и a»
``a, b``               signs are themselves; spaces beside them don't matter
``a - b``              a dash, colon, equals sign or opening bracket, or nothing but a space
``'('``                what would mean something else, in quotes
``{из} a``, ``a {из}`` stands beside «a» and is not a part of the phrase
=====================  =========================================================================

A phrase begins and ends with whole words.  Words must be in the dictionary, or in ``forms.csv``,
so that a misspelled one is found when the table is loaded.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from os.path import commonprefix
from typing import Any, NamedTuple

from .folding import fold
from .forms import ANY, OBLIQUE, forms, in_dictionary
from .kept import Kept, kept
from .negation import BETWEEN

__all__ = ["NOT_NAMED", "Compiled", "Needs", "Phrases", "holds", "words_regex"]

#: Words behind which a phrase names something else than the good.
NOT_NAMED = "без | для | кроме | от | к | под"

#: Characters of «…», and letters that an ending has at most.
STRETCH, ENDING = 40, 30
#: A piece of so many letters is rare enough, and pieces that begin with so many alike are one.
RARE, STEM = 3, 4
#: So many texts may stand in ``{…}`` before a phrase, or in `not_before`.
MANY = 2000

_TOKEN = re.compile(
    r"\s+|<(?P<class>[a-z0-9_]+)>|_(?P<any>\d?)(?![^\W_])|…(?P<stretch>\d*)|'(?P<quoted>[^']+)'|"
    r"(?P<exact>=?)(?P<word>[^\W_]+(?:[-'/&][^\W_]+)*)(?P<end>[*.]?)|(?P<sign>[][(){}|]|[^\w\s])")
_LIMITS = ("not_before", "not_after", "not_between")
_DENYING = {"без", "кроме"}
_NO_NEGATION = r"(?!(?:не|без|кроме|нет)\b)\w++"
_NUMBER = r"\d++(?:[.,]\d++)?"
_DASH = r"[ .:=(-]++"
_SPACE = r" ++|\.(?=\w)"   # behind a whole word a point and a space end the sentence
#: What may stand last: a word, a sign or number after which no space is needed, …
WORD, LATIN, CUT, SIGN, DIGIT, OPEN = "word", "latin", "cut", "sign", "digit", "open"


Needs = Any  # str, list or None: see Compiled


class Compiled(NamedTuple):
    """What a phrase becomes; see :meth:`Phrases.regex`, `pieces` and `beginnings`.

    `regex`: "" where the phrase has no forms in a case.  `needs`: what a text must hold, a piece,
    ``["|", …]`` (one of several such) or ``["&", …]`` (all of them); None: no more than a piece.
    """

    regex: str
    pieces: tuple[str, ...] = ()
    beginnings: tuple[str, ...] = ()
    needs: Needs = None


@dataclass(frozen=True)
class _Leaf:
    """A word, a number, a sign: one thing that is read."""

    regex: str
    kind: str                              # of what stands last: WORD, SIGN …
    texts: tuple[str, ...] | None = None   # all that it reads, where that can be told
    begins: str = ""                       # with what all begins that it reads, where that can't


@dataclass(frozen=True)
class _Sequence:
    items: tuple


@dataclass(frozen=True)
class _Choice:
    options: tuple


@dataclass(frozen=True)
class _Optional:
    item: object
    most: int = 1


@dataclass(frozen=True)
class _Beside:
    item: object


def words_regex(words: Sequence[str]) -> str:
    """A regular expression of these words, with what begins alike written once.

    >>> words_regex(["кожа", "кожи", "кожей", "кож"])
    'кож(?:[аи]|ей)?'
    """
    stem = commonprefix(words)
    return _letters(stem) + _endings(tuple(word[len(stem):] for word in words))


def _letters(text: str) -> str:
    """A hyphen may be a space, or lack."""
    return "".join(letter if letter.isalnum() else "[ -]?" if letter == "-" else
                   re.escape(letter) for letter in text)


@lru_cache(maxsize=2 ** 12)
def _endings(words: tuple[str, ...]) -> str:
    tree: dict = {}
    for word in words:
        node = tree
        for letter in word:
            node = node.setdefault(letter, {})
        node[""] = {}
    return _tree_regex(tree)


def _tree_regex(tree: dict) -> str:
    rests: dict[str, list[str]] = {}
    for letter, below in sorted(tree.items()):
        if letter:
            rests.setdefault(_tree_regex(below), []).append(letter)
    branches = []
    for rest, letters in rests.items():
        plain = [letter for letter in letters if letter.isalnum()]
        branches += [_letters(sign) + rest for sign in letters if sign not in plain]
        if plain:
            branches.append((plain[0] if len(plain) == 1 else f"[{''.join(plain)}]") + rest)
    if not branches:
        return ""
    if len(branches) == 1 and "" not in tree:
        return branches[0]
    single = len(branches) == 1 and re.fullmatch(r"\w|\[\w+\]", branches[0])
    return (branches[0] if single else f"(?:{'|'.join(branches)})") + "?" * ("" in tree)


class Phrases:
    """Turns phrases into regular expressions over folded text.

    Parameters
    ----------
    classes : mapping of str to (str, str, str)
        Name of a class → its phrase, the case of its words (:data:`.forms.ANY` where that of
        the phrase counts), and where it stands.
    kept_as : str
        Whose phrases they are: what became of them in an earlier run is used again
        (:mod:`.kept`); "": nobody's, and nothing is kept.
    """

    def __init__(self, classes: Mapping[str, tuple[str, str, str]] | None = None,
                 kept_as: str = ""):
        self._classes = classes or {}
        self._kept = kept(kept_as, sorted(
            (name, *phrase[:2]) for name, phrase in self._classes.items())) if kept_as else Kept()
        self._known: dict[tuple[str, str], object] = {}
        self._parsed: dict[tuple[str, str], object] = {}

    def regex(self, phrase: str, where: str = "phrase", case: str = ANY, not_before: str = "",
              not_after: str = "", not_between: str = "") -> str:
        """The regular expression of a phrase, without the boundaries at its ends.

        Parameters
        ----------
        phrase : str
        where : str
            Names its place in errors.
        case : str
            Which cases of the words: :data:`.forms.ANY`, ``NOMINATIVE`` or ``OBLIQUE``; where
            there are none of it the expression is empty.
        not_before, not_after, not_between : str
            Phrases that may not stand right before or behind it, or within «…».

        Raises
        ------
        ValueError
            It is not a phrase, or holds a word that no dictionary has.
        """
        try:
            tree = self._parse(phrase, case)
            if _absent(tree):
                return ""
            between = self._emit(self._parse(not_between), None)[0] if not_between else ""
            emitter = _Emitter(rf"(?!(?:(?<!\w)|(?!\w))(?:{between})(?!\w))" if between else "")
            regex, _ = emitter.emit(tree, None)
            if not_before:
                regex = _behind(_texts(self._parse(not_before)), "<!", "") + f"(?:{regex})"
            if not_after:
                after, _ = emitter.emit(self._parse(not_after), {WORD})
                regex = rf"(?:{regex})(?!\w)(?!(?:{after})(?!\w))"
            return regex
        except ValueError as error:
            raise ValueError(f"{where}: phrase '{phrase}': {error}") from None

    def compiled(self, phrase: str, where: str = "phrase", case: str = ANY, **limits: str
                 ) -> Compiled:
        """The regular expression of a phrase, with what spares most texts the search."""
        key = phrase, case, *(limits.get(name, "") for name in _LIMITS)
        if (known := self._kept.get(key)) is not None:
            regex, pieces, beginnings, needs = known
            return Compiled(regex, tuple(pieces), tuple(beginnings), needs)
        regex = self.regex(phrase, where, case, **limits)
        found = Compiled("") if not regex else Compiled(
            regex, self.pieces(phrase, case), self.beginnings(phrase, case),
            self.needs(phrase, case))
        self._kept.add(key, found)
        return found

    def keep(self) -> None:
        """Keep what the phrases became for later runs."""
        self._kept.save()

    def pieces(self, phrase: str, case: str = ANY) -> tuple[str, ...]:
        """Pieces of text of which all that a phrase reads holds at least one; () where unknown.

        So that most phrases need no search.
        """
        return tuple(sorted(_pieces(self._parse(phrase, case))))

    def needs(self, phrase: str, case: str = ANY) -> Needs:
        """What a text must hold of a phrase of several words, and of each of its alternatives."""
        found = _needs(self._parse(phrase, case))
        return None if isinstance(found, str) or found and found[0] == "|" \
            and all(isinstance(part, str) for part in found) else found

    def beginnings(self, phrase: str, case: str = ANY) -> tuple[str, ...]:
        """Some letters with which all that a phrase reads begins; () where unknown.

        So that at most words no search is begun.
        """
        found = _beginnings(self._parse(phrase, case)) or ()
        return tuple(sorted(text for text in found
                            if not any(text[:n] in found for n in range(1, len(text)))))

    def _emit(self, tree, left):
        return _Emitter("").emit(tree, left)

    def _parse(self, phrase: str, case: str = ANY):
        if (phrase, case) not in self._parsed:
            self._parsed[phrase, case] = _Parser(phrase, case, self._class).whole()
        return self._parsed[phrase, case]

    def _class(self, name: str, case: str):
        if name not in self._classes:
            raise ValueError(f"there is no class <{name}> in classes.csv")
        phrase, own, where = self._classes[name]
        case = own or case
        if (name, case) not in self._known:
            self._known[name, case] = None   # while it is read
            try:
                self._known[name, case] = _Parser(phrase, case, self._class).whole()
            except ValueError as error:
                raise ValueError(f"class <{name}> ({where}): {error}") from None
        if self._known[name, case] is None:
            raise ValueError(f"class <{name}> holds itself")
        return self._known[name, case]


class _Parser:
    """A phrase on its way into a tree."""

    def __init__(self, phrase: str, case: str, class_of):
        self._case, self._class_of = case, class_of
        self._tokens, at = [], 0
        phrase = phrase.strip()
        while at < len(phrase):
            match = _TOKEN.match(phrase, at)
            if match is None:
                raise ValueError(f"'{phrase[at:]}' is not a part of a phrase")
            if not match.group().isspace():
                self._tokens.append(match)
            at = match.end()
        self._at = 0

    def whole(self):
        tree = self._choice()
        if self._sign():
            raise ValueError(f"'{self._sign()}' closes nothing")
        return tree

    def _sign(self) -> str:
        """The sign that comes next; "" where none does."""
        return self._tokens[self._at]["sign"] or "" if self._at < len(self._tokens) else ""

    def _choice(self):
        options = [self._sequence()]
        while self._sign() == "|":
            self._at += 1
            options.append(self._sequence())
        kept = [option for option in options if not _absent(option)] or options[:1]
        return kept[0] if len(kept) == 1 else _Choice(tuple(kept))

    def _sequence(self):
        items = []
        while self._at < len(self._tokens) and self._sign() not in tuple("|)]}"):
            items.append(self._item())
        if not items or all(isinstance(item, _Optional) for item in items):
            raise ValueError("something must stand there, before and behind each '|'")
        return _Sequence(tuple(items))

    def _item(self):
        token = self._tokens[self._at]
        self._at += 1
        sign = token["sign"]
        if sign and sign in "([{":
            inner = self._beside() if sign == "{" else self._choice()
            if self._sign() != ")]}"["([{".index(sign)]:
                raise ValueError(f"'{sign}' is not closed")
            self._at += 1
            return inner if sign == "(" else _Optional(inner) if sign == "[" else _Beside(inner)
        if sign == "-":
            return _Leaf(_DASH, SIGN)
        if sign or token["quoted"]:
            text = sign or token["quoted"]
            return _Leaf(re.escape(text), SIGN, (text,))
        if token["class"]:
            return _Leaf(_NUMBER, DIGIT) if token["class"] == "number" \
                else self._class_of(token["class"], self._case)
        if token["any"] is not None:
            word = _Leaf(_NO_NEGATION, WORD)
            return _Optional(word, int(token["any"])) if token["any"] else word
        if token["stretch"] is not None:
            return _Leaf(token["stretch"] or str(STRETCH), OPEN)
        return self._word(fold(token["word"]).text, token)

    def _beside(self):
        """What stands beside the phrase, in whatever case."""
        case, self._case = self._case, ANY
        inner = self._choice()
        self._case = case
        return inner

    def _word(self, word: str, token: re.Match) -> _Leaf:
        if word.isdigit():
            return _Leaf(word, DIGIT, (word,))
        if token["end"] == "*":
            return _Leaf(rf"{words_regex([word])}\w{{0,{ENDING}}}", CUT, None, word)
        if token["end"]:
            return _Leaf(words_regex([word]), CUT, (word,))
        if token["exact"] or "/" in word or "&" in word:
            found = (word,) if self._case != OBLIQUE or word in forms(word, OBLIQUE) else ()
        elif in_dictionary(word):
            found = forms(word, self._case)
        else:
            raise ValueError(
                f"no dictionary has '{word}': mend it, write '={word}' for this form alone, "
                f"'{word}.' for an abbreviation, '{word}*' for what begins so, or add it to "
                "forms.csv")
        if word in _DENYING and not token["exact"]:
            return _Leaf(f"{words_regex(found)}[ .]++{BETWEEN}", SIGN, found)
        return _Leaf(words_regex(found), LATIN if word.isascii() else WORD, found)


class _Emitter:
    """Writes a tree as a regular expression.

    `unless`: looks for what may not stand within «…», and is no «_».
    """

    def __init__(self, unless: str):
        self._unless = unless
        self._inside = f"(?:{unless}[^;.])" if unless else "[^;.]"

    def emit(self, tree, left: set[str] | None) -> tuple[str, set[str]]:
        """The expression, with the gap before it, and what may stand last in it.

        `left`: what may stand before; None where the phrase begins.
        """
        if isinstance(tree, _Leaf):
            return self._leaf(tree, left), {tree.kind}
        if isinstance(tree, _Choice):
            return self._choice(tree, left)
        return self._sequence(tree.items, left)

    def _leaf(self, leaf: _Leaf, left) -> str:
        if leaf.kind == OPEN:
            if left is None:
                raise ValueError("nothing stands before '…'")
            return rf"(?!\w){self._inside}{{0,{leaf.regex}}}?"
        if leaf.regex is _DASH:
            return leaf.regex
        kind = WORD if leaf.regex[0].isalpha() and leaf.kind == SIGN else leaf.kind
        return _gap(left, kind) + self._unless * (leaf.regex is _NO_NEGATION) + leaf.regex

    def _choice(self, tree: _Choice, left) -> tuple[str, set[str]]:
        plain = [tree for tree in map(_only_word, tree.options)]
        if all(plain):  # written as one tree
            words = tuple(dict.fromkeys(word for leaf in plain for word in leaf.texts))
            return _gap(left, WORD) + words_regex(words), {leaf.kind for leaf in plain}
        written, ends = [], set()
        for option in tree.options:
            regex, last = self.emit(option, left)
            written.append(regex)
            ends |= last
        return f"(?:{'|'.join(written)})", ends

    def _sequence(self, items: Sequence, left) -> tuple[str, set[str]]:
        written = []
        for number, item in enumerate(items):
            if isinstance(item, _Beside):
                if number == 0 and left is None and len(items) > 1:
                    written.append(_behind(_texts(item.item), "<=", "|"))
                else:
                    written.append(rf"(?={self.emit(item.item, left)[0]}(?!\w))")
                continue
            if isinstance(item, _Leaf) and item.kind == OPEN and item is items[-1]:
                written.append(rf"(?!\w){self._inside}{{0,{item.regex}}}")  # up to the end
                continue
            if not isinstance(item, _Optional):
                regex, left = self.emit(item, left)
                written.append(regex)
                continue
            times = "?" if item.most == 1 else f"{{0,{item.most}}}"
            if left is None:  # before what must stand there: with the gap behind it
                regex, last = self.emit(item.item, None)
                written.append(f"(?:{regex}{_gap(last, WORD)}){times}")
                continue
            regex, last = self.emit(item.item, left | ({WORD} if item.most > 1 else set()))
            written.append(f"(?:{regex}){times}")
            left = left | last
        return "".join(written), left or set()


def _absent(tree) -> bool:
    """Is there none of it in the case that is asked for?  «Сабо» has no oblique forms."""
    if isinstance(tree, _Sequence):
        return any(map(_absent, tree.items))
    return isinstance(tree, _Leaf) and tree.texts == ()


def _only_word(tree) -> _Leaf | None:
    """The one word that this is, without hyphens, if it is one."""
    while isinstance(tree, _Sequence) and len(tree.items) == 1:
        tree = tree.items[0]
    if isinstance(tree, _Leaf) and tree.kind in (WORD, LATIN, CUT) and tree.texts \
            and all(text.isalnum() for text in tree.texts):
        return tree
    return None


def _pieces(tree) -> frozenset[str]:
    """What all that a tree reads holds one of; of several such sets the best."""
    if isinstance(tree, _Leaf):
        return _stems(tree.texts or (tree.begins,)) if tree.kind != SIGN else frozenset()
    if isinstance(tree, _Choice):
        each = list(map(_pieces, tree.options))
        return _stems(tuple(frozenset().union(*each))) if all(each) else frozenset()
    if isinstance(tree, _Sequence):
        return max(map(_pieces, reversed(tree.items)), key=_worth)
    return _pieces(tree.item) if isinstance(tree, _Beside) else frozenset()


def _needs(tree) -> Needs:
    """What a text must hold so that a tree may read it; None where that is open."""
    if isinstance(tree, _Leaf):
        return _joined("|", sorted(_pieces(tree)))
    if isinstance(tree, _Choice):
        each = list(map(_needs, tree.options))
        return None if None in each else _joined("|", each)
    if isinstance(tree, _Sequence):
        return _joined("&", [need for need in map(_needs, tree.items) if need is not None])
    return _needs(tree.item) if isinstance(tree, _Beside) else None


def _joined(sign: str, needs: Iterable[Needs]) -> Needs:
    flat: list[Needs] = []
    for need in needs:
        for part in need[1:] if isinstance(need, list) and need[0] == sign else [need]:
            if part not in flat:
                flat.append(part)
    return [sign, *flat] if len(flat) > 1 else flat[0] if flat else None


def holds(needs: Needs, text: str) -> bool:
    """Whether a text holds what is needed."""
    if isinstance(needs, str):
        return needs in text
    parts = iter(needs)
    any_ = next(parts) == "|"
    for part in parts:
        if (part in text if isinstance(part, str) else holds(part, text)) is any_:
            return any_
    return not any_


def _beginnings(tree) -> frozenset[str] | None:
    """What a tree begins with; None where that is open."""
    if isinstance(tree, _Leaf):
        texts = tree.texts or (tree.begins,) * bool(tree.begins)
        return frozenset(text.split("-")[0][:STEM] or text for text in texts) or None
    if isinstance(tree, _Choice):
        return _together(map(_beginnings, tree.options))
    if isinstance(tree, _Optional):
        return _beginnings(tree.item)
    first = []
    for item in tree.items:
        if not isinstance(item, _Beside):
            first.append(_beginnings(item))
            if not isinstance(item, _Optional):
                return _together(first)
    return None


def _together(sets: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    sets = list(sets)
    return None if None in sets else frozenset().union(*sets)


def _worth(pieces: frozenset[str]) -> tuple[int, int, int]:
    """Pieces that are long enough to be rare, then few, then long."""
    shortest = min(map(len, pieces), default=0)
    return min(shortest, RARE), -len(pieces), shortest


@lru_cache(maxsize=2 ** 13)
def _stems(texts: tuple[str, ...]) -> frozenset[str]:
    """What texts begin with that begin alike; of those with a hyphen, which may lack, a part."""
    alike: dict[str, list[str]] = {}
    for text in texts:
        part = max(text.split("-"), key=len)
        alike.setdefault(part[:STEM], []).append(part)
    return _minimal(frozenset(map(commonprefix, alike.values()))) - {""}


def _minimal(pieces: frozenset[str]) -> frozenset[str]:
    """Without the pieces that hold another one."""
    kept: list[str] = []
    for piece in sorted(pieces, key=len):
        if not any(other in piece for other in kept):
            kept.append(piece)
    return frozenset(kept)


def _gap(left: set[str] | None, kind: str) -> str:
    """What stands between what came last and what comes next, of this kind."""
    if left is None:
        return ""
    if kind in (SIGN, DIGIT):
        return "" if kind == SIGN and left <= {SIGN, OPEN} else "[ .]*+"
    if left == {OPEN}:
        return r"(?<!\w)"
    if left <= {SIGN, DIGIT}:
        return "(?:-|[ .]*+)" if kind == LATIN and DIGIT in left else "[ .]*+"
    gaps = ["[ .]++" if CUT in left else _SPACE, "-" * (LATIN in left),
            r"(?<=\d)" * (DIGIT in left), r"(?<!\w)" * bool(left & {SIGN, OPEN, DIGIT})]
    return f"(?:{'|'.join(filter(None, gaps))})"


def _texts(tree) -> list[str]:
    """All that a tree reads."""
    if isinstance(tree, _Leaf):
        if tree.texts is None:
            raise ValueError("before a phrase may stand words, and nothing that is open")
        return list(tree.texts)
    if isinstance(tree, _Choice):
        return [text for option in tree.options for text in _texts(option)]
    if isinstance(tree, _Optional):
        return ["", *_texts(tree.item)]
    if isinstance(tree, _Beside):
        raise ValueError("'{' may not stand in what stands beside")
    found = [" ".join(filter(None, parts)) for parts in product(*map(_texts, tree.items))]
    if len(found) > MANY:
        raise ValueError("too much may stand before the phrase")
    return found


def _behind(texts: Iterable[str], sign: str, joint: str) -> str:
    """Looks at what stands before: a word and its gap, or a sign."""
    widths: dict[tuple[int, str], set[str]] = {}
    for text in texts:
        for gap in (("[ .,:]", "[,:][ ]", "[ ]-[ ]") if text[-1:].isalnum() else ("", "[ ]")):
            widths.setdefault((len(text), gap), set()).add(text)
    looks = [rf"(?{sign}{_boundary(some)}{words_regex(sorted(some)).replace('[ -]?', '-')}{gap})"
             for (_, gap), some in sorted(widths.items())]
    return f"(?:{joint.join(looks)})" if joint else "".join(looks)


def _boundary(some: set[str]) -> str:
    return r"(?<!\w)" if all(text[0].isalnum() for text in some) else ""
