"""Every alternative of every row of the reader's tables is read, by the whole way of a text."""
import random
import re
from collections.abc import Callable, Iterable
from re import _constants as op
from re import _parser as parser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orangecontrib.customs.declarations import STATED, FactReader
from orangecontrib.customs.declarations.forms import ANY, NOMINATIVE, OBLIQUE
from orangecontrib.customs.declarations.patterns import Pattern, Tables, spoken
from orangecontrib.customs.groups import find_group

#: What stands for one character of a class.
_CATEGORIES = {op.CATEGORY_DIGIT: "4", op.CATEGORY_WORD: "ч", op.CATEGORY_SPACE: " ",
               op.CATEGORY_NOT_SPACE: "ч"}
_REPEATS = {op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT}
_LATIN = str.maketrans("авсенкмортхуч", "abcehkmoptxya")
#: So many phrases of an alternative are tried.
MOST = 300
#: What stands for an ending, or for a word.
_ENDINGS = ("", "ый", "лический", "ный")


class Phrases:
    """Phrases of a regular expression, by its alternatives.

    An alternative is a way through the pattern that is named by what is chosen on it at each
    ``|``; an optional part is one alternative more.
    """

    def __init__(self, regex: str):
        self._tree = parser.parse(regex)
        # rows of English hold its words as folding spells them in a Russian text, too
        self._russian = re.search("[бгджзийлпфцчшщъыьэюя]", regex.replace("без", "")) is not None
        self.alternatives: list[dict[int, int]] = []
        self._walk(self._tree, {})
        if not self.alternatives:
            self.alternatives.append({})

    def _walk(self, nodes, chosen):
        """Note every alternative, with what leads to it."""
        for kind, value in nodes:
            if kind is op.BRANCH:
                for number, branch in enumerate(value[1]):
                    way = {**chosen, id(value): number}
                    self.alternatives.append(way)
                    self._walk(branch, way)
            elif kind is op.SUBPATTERN:
                self._walk(value[-1], chosen)
            elif kind is op.ATOMIC_GROUP:
                self._walk(value, chosen)
            elif kind in _REPEATS:
                self._walk(value[2], {**chosen, id(value): 1} if not value[0] else chosen)

    def some(self, way: dict[int, int], seed: int) -> str:
        """A phrase that goes this way, and by chance where the way leaves it open."""
        chance = random.Random(seed)
        self._way, self._bare = way, seed % 2 == 0
        text = self._sequence(self._tree, chance)
        return text if self._russian else text.translate(_LATIN)

    def _sequence(self, nodes, chance) -> str:
        text = ""
        for kind, value in nodes:
            text = self._part(kind, value, chance, text)
        return text

    def _part(self, kind, value, chance, text) -> str:
        if kind is op.LITERAL:
            return text + chr(value)
        if kind in (op.ANY, op.NOT_LITERAL):
            return text + "ч"
        if kind is op.IN:
            return text + self._one_of(value, chance)
        if kind is op.BRANCH:
            number = self._way.get(id(value))
            branch = value[1][number] if number is not None else chance.choice(value[1])
            return text + self._sequence(branch, chance)
        if kind is op.SUBPATTERN:
            return text + self._sequence(value[-1], chance)
        if kind is op.ATOMIC_GROUP:
            return text + self._sequence(value, chance)
        if kind in _REPEATS:
            least, most, nodes = value
            if most == 30 and not self._bare:  # the shorthand ~
                return text + chance.choice(_ENDINGS)
            most = max(least, min(int(most), 1))
            if self._way.get(id(value)) is None and self._bare:
                most = least
            count = max(most if id(value) in self._way else chance.randint(least, most), least)
            return text + "".join(self._sequence(nodes, chance) for _ in range(count))
        if kind is op.ASSERT and value[0] == -1 and not text:
            return self._sequence(value[1], chance)  # what stands before the phrase
        return text

    @staticmethod
    def _one_of(items, chance) -> str:
        if items[0][0] is op.NEGATE:
            return chance.choice(" ч")
        kind, value = chance.choice(items)
        if kind is op.RANGE:
            return chr(value[0])
        return _CATEGORIES[value] if kind is op.CATEGORY else chr(value)


def silent(regex: str, carriers: Iterable[str], fires: Callable[[str], bool]) -> list[str]:
    """Phrases of the alternatives through which none was found that is read in a carrier.

    Parameters
    ----------
    regex : str
    carriers : iterable of str
        Texts with ``{}`` for the phrase.
    fires : callable
        Whether a text is read as it should be.
    """
    phrases = Phrases(regex)
    compiled = re.compile(rf"(?<!\w)(?:{regex})(?:(?!\w)|(?<!\w))")

    def read(phrase):
        texts = [carrier.format(phrase) for carrier in carriers]
        return any(compiled.search(text) and fires(text) for text in texts)
    return [phrases.some(way, 0) for way in phrases.alternatives
            if not any(read(phrases.some(way, seed)) for seed in range(MOST))]


# -- the tables

TABLES = Tables(find_group("footwear"))


def rows(name, *columns):
    return [row for _, row in TABLES.rows(f"{name}.csv", columns)]


def named(some):
    return [pytest.param(row, id=row["id"]) for row in some]


PHRASES, KINDS = rows("text_patterns"), rows("kinds")
TYPES, IMPLIED = rows("types"), rows("type_facts", "type")
MATERIALS, PARTS = rows("materials"), rows("parts")
MEASURES = rows("measures")


@pytest.fixture(scope="module")
def reader():
    return FactReader(find_group("footwear"))


def english(row):
    return row["id"].endswith(".en")


def in_language(row, russian, english_):
    return english_ if english(row) else russian


def rests_on(reader, *ids):
    """Does a finding of a text rest on one of these rows?"""
    return lambda text: any(finding.rule.removesuffix(".not") in ids
                            for finding in reader.read(text).findings)


@pytest.mark.parametrize("row", named(PHRASES))
def test_every_phrase_is_read(reader, row):
    assert not silent(TABLES.regex(row), in_language(row, [
        "обувь {}", "обувь, {}, верх - кожа", "обувь: {}", "{}, обувь женская", "обувь{}",
        "ботинки {}", "{}"], ["footwear {}", "{} footwear", "footwear, {}", "{}"]),
        rests_on(reader, row["id"]))


@pytest.mark.parametrize("row", named(row for row in KINDS if TABLES.regex(row)))
def test_every_kind_of_good_is_told(reader, row):
    case = ANY if row["where"] == "any" else NOMINATIVE
    assert not silent(TABLES.regex(row, case=case), in_language(
        row, ["{}", "{}, 10 шт", "обувь {}", "{} для обуви", "{} резиновые"],
        ["{}", "{}, black", "{} of rubber"]),
        rests_on(reader, row["id"]))


@pytest.mark.parametrize("case, carriers", [
    (NOMINATIVE, ["{}, верх - кожа", "{}", "обувь: {}, подошва - резина", "{} (подошва)"]),
    (OBLIQUE, ["пара {}, верх - кожа", "образцы {}"])])
@pytest.mark.parametrize("row", named(TYPES))
def test_every_noun_of_footwear_is_read(reader, row, case, carriers):
    implied = [said["id"] for said in IMPLIED if said["type"] == row["id"]] or [
        said["id"] for said in IMPLIED if said["type"] == spoken(row["id"])]

    def fires(text):
        reading = reader.read(text)
        return reading.stated().get("is_footwear") == ("footwear",) and (
            not implied or any(finding.rule in implied for finding in reading.findings))
    if regex := TABLES.regex(row, case=case):
        assert not silent(regex, in_language(
            row, carriers, ["{}", "{}, leather upper, rubber sole", "{} with a heel"]), fires)


@pytest.mark.parametrize("row", named(row for row in MATERIALS if row["upper"]))
def test_every_name_of_a_material_is_read(reader, row):
    assert not silent(TABLES.regex(row), in_language(row, [
        "туфли, верх - {}", "туфли, верх из {}", "туфли на {} подошве", "туфли, {} верх",
        "сапоги, подошва из {}", "туфли, верх: ткань {}", "туфли, верх: {}, подошва"],
        ["shoes, {} upper", "shoes, upper: {}", "shoes, soles of {}"]),
        rests_on(reader, row["id"]))


@pytest.mark.parametrize("row", named(row for row in PARTS if row["role"] in ("upper", "sole")))
def test_every_name_of_a_part_takes_its_material(reader, row):
    assert not silent(TABLES.regex(row), in_language(row, [
        "туфли, {} - кожа", "туфли, {} из кожи", "туфли на {} из кожи", "туфли, {}. из кожи"],
        ["shoes, leather {}", "shoes, {} of leather", "shoes, {} made of leather",
         "sandals, leather-{}"]),
        lambda text: any(finding.fact == row["role"] and finding.kind == STATED
                         for finding in reader.read(text).findings))


@pytest.mark.parametrize("row", named(row for row in PARTS
                                      if row["role"] not in ("upper", "sole")))
def test_every_name_of_another_part_keeps_its_material_from_the_upper(reader, row):
    assert not silent(TABLES.regex(row), in_language(row, [
        "туфли, верх - резина, {} - кожа", "туфли с верхом из резины, с {} из кожи",
        "туфли, верх - резина, {} мех"], ["shoes, rubber upper, {} of leather",
                                           "shoes, rubber upper, leather {}"]),
        lambda text: reader.read(text).stated().get("upper") == ("rubber",))


@pytest.mark.parametrize("row", named(row for row in MEASURES if row["phrase"]))
def test_every_name_of_a_length_is_read(reader, row):
    ids = [other["id"] for other in MEASURES if other["measure"] == row["measure"]]
    assert not silent(TABLES.regex(row), in_language(row, [
        "туфли, {} 25 см", "туфли, {} 3 см", "{} 25 см", "сапоги {} 8 дюймов",
        "сапоги {}8 дюймовые"], ["shoes, {} 25 cm", "shoes, {} of 3 cm", "footwear, 8-inch {}"]),
        rests_on(reader, *ids))


PATTERNS = [pattern for some in (PHRASES, KINDS, TYPES, MATERIALS, PARTS, MEASURES)
            for row in some if row["phrase"] for case in (ANY, NOMINATIVE, OBLIQUE)
            if (pattern := TABLES.pattern(row, case=case))]
WAYS = [(pattern, phrases, way) for pattern in PATTERNS for phrases in (Phrases(pattern.regex),)
        for way in phrases.alternatives]


@given(st.sampled_from(WAYS), st.integers(0, 10**6))
@settings(max_examples=500, deadline=None)
def test_nothing_is_missed_by_the_pieces_and_beginnings_that_are_derived(way, seed):
    pattern, phrases, chosen = way
    text = f"обувь {phrases.some(chosen, seed)}, верх"
    found = [match.span() for match in Pattern(pattern.regex).finditer(text)]
    assert [match.span() for match in pattern.finditer(text)] == found


def test_almost_every_pattern_has_such_pieces():
    assert sum(not pattern.pieces for pattern in PATTERNS) <= 2


def test_a_phrase_that_is_not_read_is_found():
    """Of the generator: a pattern that promises more than what is read."""
    assert silent("обувь(?: красн(?:ая|ой))?|туфли", ["{}"], lambda text: "ой" not in text) == [
        "обувь красной"]


# -- electrical goods

ELECTRICAL = Tables(find_group("electrical"))


MY_TYPES, MY_FACTS, MY_PHRASES, MY_KINDS, MY_MEASURES = (
    [row for _, row in ELECTRICAL.rows(f"{name}.csv")]
    for name in ("types", "type_facts", "text_patterns", "kinds", "measures"))


@pytest.fixture(scope="module")
def electrician():
    return FactReader(find_group("electrical"))


@pytest.mark.parametrize("row", named(MY_PHRASES))
def test_every_phrase_on_electrical_goods_is_read(electrician, row):
    assert not silent(ELECTRICAL.regex(row), [
        "реле {}", "блок питания, {}", "трансформатор: {}", "термостат, {}, 10 шт", "{}",
        "relay, {}", "transformer {}"], rests_on(electrician, row["id"]))


@pytest.mark.parametrize("row", named(MY_KINDS))
def test_every_kind_of_other_good_is_told_from_electrical_ones(electrician, row):
    regex = ELECTRICAL.regex(row, case="" if row["where"] == "any" else NOMINATIVE)
    assert not silent(regex, ["{}", "{}, 10 шт", "{}, new"], rests_on(electrician, row["id"]))


@pytest.mark.parametrize("case, carriers", [
    (NOMINATIVE, ["{}", "{}, 220 В", "{}, new"]), (OBLIQUE, ["комплект {}", "образцы {}"])])
@pytest.mark.parametrize("row", named(MY_TYPES))
def test_every_noun_of_electrical_goods_is_read(electrician, row, case, carriers):
    implied = [said["id"] for said in MY_FACTS if said["type"] == row["id"].removesuffix(".en")]
    if regex := ELECTRICAL.regex(row, case=case):
        lost = silent(regex, carriers, rests_on(electrician, *implied))
        assert not [phrase for phrase in lost if re.search(regex, phrase)]  # not all decline


@pytest.mark.parametrize("row", named(row for row in MY_MEASURES if row["phrase"]))
def test_every_name_of_an_electrical_quantity_is_read(electrician, row):
    ids = [other["id"] for other in MY_MEASURES if other["measure"] == row["measure"]]
    assert not silent(ELECTRICAL.regex(row), [
        "реле, {} 12 В", "реле, {} 10 А", "трансформатор, {} 5 кВА", "relay, {} 12 V",
        "relay, {} 10 A", "transformer, {} 5 kVA"], rests_on(electrician, *ids))
