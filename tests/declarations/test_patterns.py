"""Every shipped pattern is linear by its form: no repeat can split the same text in two ways."""
import ast
import importlib
import pkgutil
import re
from pathlib import Path
from re import _constants as sre
from re import _parser

import pytest

import orangecontrib.customs as package
from orangecontrib.customs.declarations import FactReader
from orangecontrib.customs.declarations.patterns import Alternatives, Pattern
from orangecontrib.customs.declarations.phrases import Phrases
from orangecontrib.customs.groups import find_group

ROOMS = ("declarations", "evaluation", "facts", "files", "fusion", "headless", "nomenclature")
#: So many turns of a repeat are few enough to be tried in every way.
FEW = 8
ALPHABET = frozenset(map(chr, (*range(32, 127), *range(0x400, 0x460), 0xa0, 0x0a, 0x2013, 0x301)))
REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)
CATEGORIES = {sre.CATEGORY_WORD: r"\w", sre.CATEGORY_DIGIT: r"\d", sre.CATEGORY_SPACE: r"\s",
              sre.CATEGORY_NOT_WORD: r"\W", sre.CATEGORY_NOT_DIGIT: r"\D",
              sre.CATEGORY_NOT_SPACE: r"\S"}
NOTHING = frozenset()


def one_character(op, argument):
    """Which characters of the alphabet the item takes; None where it is not a single character."""
    if op is sre.ANY:
        return ALPHABET
    if op is sre.LITERAL:
        return frozenset((chr(argument), chr(argument).upper(), chr(argument).lower()))
    if op is sre.NOT_LITERAL:
        return ALPHABET - {chr(argument)}
    if op is sre.CATEGORY:
        return frozenset(c for c in ALPHABET if re.match(CATEGORIES[argument], c))
    if op is sre.RANGE:
        return frozenset(c for c in ALPHABET if argument[0] <= ord(c) <= argument[1])
    if op is sre.IN:
        inside = NOTHING.union(*(one_character(*item) for item in argument
                                 if item[0] is not sre.NEGATE))
        return ALPHABET - inside if argument[0][0] is sre.NEGATE else inside
    return None


def alternatives(op, argument):
    """The sequences that an item may stand for, each of them once."""
    if op is sre.BRANCH:
        return argument[1]
    if op is sre.SUBPATTERN:
        return [argument[-1]]
    if op is sre.ATOMIC_GROUP:
        return [argument]
    if op in REPEATS:
        return [argument[2]]
    if op is sre.GROUPREF_EXISTS:
        return [part for part in argument[1:] if part is not None]
    return []


def nullable(items):
    return all(item[1][0] == 0 or nullable(item[1][2]) if item[0] in REPEATS
               else item[0] is sre.GROUPREF_EXISTS and item[1][2] is None
               or one_character(*item) is None
               and (not alternatives(*item) or any(map(nullable, alternatives(*item))))
               for item in items)


def first(items):
    """The characters with which a match may begin."""
    found = NOTHING
    for item in items:
        single = one_character(*item)
        found |= single if single is not None else NOTHING.union(
            *map(first, alternatives(*item)))
        if not nullable([item]):
            break
    return found


def growing(items):
    """The characters by which a match may also go on, or stop before them."""
    found = NOTHING
    for op, argument in reversed(items):
        if op in (sre.MAX_REPEAT, sre.MIN_REPEAT) and argument[0] < argument[1]:
            found |= first(argument[2])
        if op not in (sre.ATOMIC_GROUP, sre.POSSESSIVE_REPEAT):
            found = found.union(*map(growing, alternatives(op, argument)))
        if not nullable([(op, argument)]):
            break
    return found


def fixed_width(items):
    low, high = _parser.SubPattern.getwidth(items)
    return low if low == high else None


def branches(items):
    """All branches of a sequence that are not settled by an atomic group."""
    for op, argument in items:
        if op is sre.BRANCH:
            yield argument[1]
        if op not in (sre.ATOMIC_GROUP, sre.POSSESSIVE_REPEAT):
            for inner in alternatives(op, argument):
                yield from branches(inner)


def ambiguous(body):
    """May turns of a repeat with this body cut the same text in two ways?"""
    if growing(body) & first(body):
        return True
    for options in branches(body):
        for i, one in enumerate(options):
            for other in options[i + 1:]:
                width = fixed_width(one)
                if first(one) & first(other) and (width is None or width != fixed_width(other)):
                    return True
    return False


def flat(items):
    for op, argument in items:
        if op is sre.SUBPATTERN:
            yield from flat(argument[-1])
        else:
            yield op, argument


def neighbours(items):
    """Two unbounded repeats of the same characters side by side: the time grows as the square."""
    open_sets: list = []
    for op, argument in flat(items):
        many = op in REPEATS and argument[1] > 64 and len(argument[2]) == 1
        here = first(argument[2]) if many else NOTHING
        if any(here & other for other in open_sets):
            return True
        if not nullable([(op, argument)]) or op in (sre.ASSERT, sre.ASSERT_NOT, sre.AT):
            open_sets = []  # something stands between them
        if many and op is not sre.POSSESSIVE_REPEAT:
            open_sets.append(here)
    return False


def faults(items):
    """What may take longer than its text: a line for each repeat."""
    found = []
    if neighbours(items):
        found.append("neighbours")
    for op, argument in items:
        if op in (sre.MAX_REPEAT, sre.MIN_REPEAT) and argument[1] > FEW \
                and ambiguous(argument[2]):
            found.append("nested or overlapping")
        if op in (sre.ASSERT, sre.ASSERT_NOT):
            found += faults(argument[1])
        for inner in alternatives(op, argument):
            found += faults(inner)
    return found


def check(pattern: str, flags: int = 0):
    return faults(_parser.parse(pattern, flags))


@pytest.mark.parametrize("pattern", [
    r"(?:a+)+", r"(?:a|ab|b)*c", r"(?:\s|\w+ая|\w+\.)*", r"(?:из|[a-z0-9.]+|\d+)*", r"(?:x*y?)*z",
    r"a*a*b", r"[\s:]*(?:до)?[\s:\-]*\d", r"(?:\w+,?)*", r"(?:(?:a|b)+c?)*", r"\w+?(?P<x>\d*)!",
    # as it was once: an article number of thirteen digits took twelve seconds
    r"(?:\s|[():\-,\"]|из|(?:\w+(?:ая|ое|ый)|\w+\.)|муж\.?|и|или|/|[a-z0-9&'.]+|\d+|100%)*"])
def test_a_repeat_that_splits_a_text_in_two_ways_is_found(pattern):
    assert check(pattern)


@pytest.mark.parametrize("pattern", [
    r"(?:a|b)*c", r"(?:\w+ )*x", r"(?:\s|[():\-,\"]|из|\w+\.|[a-z0-9&'.]+|\d+)*+", r"(?>a+)+b",
    r"(?:\w++\s)*+(?:[.,]\d)?", r"\d+(?:[.,]\d+)?", r"(?:a|ab){0,3}", r"[\s:]*+(?:до)?[:]*+\d",
    r"\w*ая", r"(?:и|или)++"])
def test_a_repeat_that_cannot_is_not(pattern):
    assert not check(pattern)


def modules():
    for room in ROOMS:
        module = importlib.import_module(f"{package.__name__}.{room}")
        yield module
        if hasattr(module, "__path__"):
            for info in pkgutil.walk_packages(module.__path__, module.__name__ + "."):
                if not info.name.endswith("__main__"):
                    yield importlib.import_module(info.name)


def patterns_within(thing, seen):
    """All compiled patterns that a value holds."""
    if id(thing) in seen:
        return
    seen[id(thing)] = thing
    if isinstance(thing, re.Pattern):
        yield thing
    elif isinstance(thing, dict):
        for part in thing.values():
            yield from patterns_within(part, seen)
    elif isinstance(thing, (list, tuple, set, frozenset)):
        for part in thing:
            yield from patterns_within(part, seen)
    elif type(thing).__module__.startswith(package.__name__) and hasattr(thing, "__dict__"):
        yield from patterns_within(vars(thing), seen)


def looked_for(thing, seen):
    """All that a value holds and that is compiled when a text needs it."""
    if id(thing) in seen:
        return
    seen[id(thing)] = thing
    if isinstance(thing, Pattern):
        yield thing
    elif isinstance(thing, dict):
        for part in thing.values():
            yield from looked_for(part, seen)
    elif isinstance(thing, (list, tuple)):
        for part in thing:
            yield from looked_for(part, seen)
    elif type(thing).__module__.startswith(package.__name__) and hasattr(thing, "__dict__"):
        yield from looked_for(vars(thing), seen)


def shipped():
    """Pattern, its flags and where it stands: constants, calls of ``re``, the data files."""
    seen: dict = {}
    for module in modules():
        name = module.__name__.removeprefix(package.__name__ + ".")
        for variable, value in list(vars(module).items()):
            for pattern in patterns_within(value, seen):
                yield pytest.param(pattern.pattern, pattern.flags, id=f"{name}.{variable}")
        for node in ast.walk(ast.parse(Path(module.__file__).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) \
                    and getattr(node.func.value, "id", "") == "re" and node.args \
                    and isinstance(node.args[0], ast.Constant):
                yield pytest.param(node.args[0].value, 0, id=f"{name}:{node.lineno}")
    for number, pattern in enumerate(patterns_within(FactReader(find_group("footwear")), seen)):
        yield pytest.param(pattern.pattern, pattern.flags, id=f"footwear-{number}")
    for pattern in looked_for(FactReader(find_group("footwear")), {}):
        yield pytest.param(pattern.regex, 0, id=pattern.regex[:40])


@pytest.mark.parametrize("pattern, flags", shipped())
def test_no_repeat_of_a_shipped_pattern_splits_a_text_in_two_ways(pattern, flags):
    assert not check(pattern, flags)


@pytest.mark.parametrize("phrase", [
    "закрыть _3 без каблук [, | и] с*", "сапоги …60 [и] литьё - 200 дж.", "[_] [нат.] кожа …"])
def test_the_phrases_of_the_data_files_are_linear(phrase):
    assert not check(Pattern(Phrases().regex(phrase)).compiled.pattern)


def test_of_patterns_joined_the_first_that_fits_is_told():
    patterns = [Pattern(Phrases().regex(p)) for p in ("кожа лаковый", "кожа", "лак")]
    found = Alternatives(patterns).finditer("кожа, кожа лаковая и лак")
    assert [(number, match.group()) for number, match in found] == [
        (1, "кожа"), (0, "кожа лаковая"), (2, "лак")]
