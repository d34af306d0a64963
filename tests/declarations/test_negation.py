"""How far «без», «кроме», «не имеет» reach."""
import pytest

from orangecontrib.customs.declarations import FactReader
from orangecontrib.customs.declarations.negation import negation_after, negation_before
from orangecontrib.customs.declarations.patterns import Pattern
from orangecontrib.customs.declarations.phrases import Phrases
from orangecontrib.customs.groups import find_group


@pytest.fixture(scope="module")
def reader():
    return FactReader(find_group("footwear"))


@pytest.mark.parametrize("text, expected", [
    # the negation ends: at a preposition
    ("Туфли без каблука с верхом из замши", "upper=leather heel=low"),
    ("Туфли без каблука на подошве из резины с верхом из кожи", "upper=leather sole=rubber"),
    ("Ботинки без утеплителя с металлическим подноском", "toe_cap=metal"),
    ("Ботинки без меха с металлическим подноском", "toe_cap=metal"),
    ("Ботинки без молнии с мет. подноском", "toe_cap=metal"),
    ("Ботинки без украшений с высоким каблуком", "heel=high"),
    ("Ботинки без подкладки и с металлическим подноском", "toe_cap=metal"),
    ("Туфли без шнуровки и на высоком каблуке", "heel=high"),
    ("Сандалии без ремешков и с перфорацией", "vamp=open"),
    ("Сандалии без задника с верхом из ремешков", "vamp=open"),
    ("Ботинки без шнурков с шипами", "sport=sport"),
    # at a comma
    ("Ботинки без меха, подносок металлический", "toe_cap=metal"),
    ("Туфли без каблука, верх из замши", "upper=leather heel=low"),
    ("Обувь не имеет подкладки, с металлическим подноском", "toe_cap=metal"),
    ("Туфли не на высоком каблуке, на танкетке", "heel=low"),
    # at a nominative
    ("Туфли без каблука верх замша", "upper=leather heel=low"),
    ("Ботинки без меха подносок металлический", "toe_cap=metal"),
    ("Туфли без меха каблук высокий", "heel=high"),
    ("Ботинки без молнии водонепроницаемые", "waterproof=yes"),
    ("Ботинки без подкладки верх из кожи, подошва из резины", "upper=leather sole=rubber"),
    ("Ботинки, верх из текстиля без кожи и подошва из резины", "upper=textile sole=rubber"),
    ("Ботинки без меха и водонепроницаемые", "waterproof=yes"),
    ("Обувь не используется в спорте черная водонепроницаемая", "waterproof=yes"),
    # «не» before an adjective denies this adjective
    ("Обувь не спортивная водонепроницаемая", "sport=none waterproof=yes"),
    ("Туфли не спортивные на высоком каблуке", "sport=none heel=high"),
    ("Обувь не утепленная на высоком каблуке", "heel=high"),
    # at the point of an abbreviation, which may end a sentence
    ("Ботинки без мет. Закрывающие лодыжку", "height=ankle|calf|over_knee"),
    # … and the point of a word in full does
    ("Ботинки без меха. Подносок металлический", "toe_cap=metal"),
    ("Ботинки без подкладки и меха. Металлический подносок", "toe_cap=metal"),
    ("Туфли без меха. Каблук высокий", "heel=high"),
    ("Туфли без шнурков. Каблук высокий", "heel=high"),
    ("Ботинки без застежек. Подносок металлический", "toe_cap=metal"),
    ("Ботинки без декоративных вставок. Подносок металлический", "toe_cap=metal"),
    ("Ботинки без дополнительной защиты, подносок металлический", "toe_cap=metal"),
    ("Туфли без высок. каблука", "heel=low"),
    ("Сандалии без подкладки. Перфорация союзки", "vamp=-"),
    ("Ботинки без защит. мет. подноска", "toe_cap=no_metal"),
    # «кроме того», «не только» deny nothing
    ("Ботинки. Кроме того, имеют металлический подносок", "toe_cap=metal"),
    ("Ботинки, кроме того имеющие металлический подносок", "toe_cap=metal"),
    ("Ботинки не только с металлическим подноском", "toe_cap=metal"),
    # it reaches over adjectives, joined nouns, and the verb's own words
    ("Ботинки без металлического подноска", "toe_cap=no_metal"),
    ("Ботинки без подноска металлического", "toe_cap=no_metal"),
    ("Ботинки без меха и металлического подноска", "toe_cap=no_metal"),
    ("Ботинки без подкладки и подноска", "toe_cap=no_metal"),
    ("Обувь не имеет каблука и металлического подноска", "toe_cap=no_metal"),
    ("Обувь не имеет ни подкладки, ни металлического подноска", "toe_cap=no_metal"),
    ("Ботинки, не усиленные металлическим подноском", "toe_cap=no_metal"),
    ("Обувь (кроме обуви с металлическим подноском), с верхом из кожи",
     "toe_cap=no_metal upper=leather"),
    ("Туфли без шнуровки и высокого каблука", "heel=low"),
    ("Туфли без шнуровки и каблука", "heel=low"),
    ("Сандалии без подкладки и перфорации", "vamp=closed"),
    ("Сандалии без пряжек и заклепок", "riveted_straps=no"),
    ("Обувь, не являющаяся спортивной, домашней и водонепроницаемой", "sport=none waterproof=no"),
    ("Обувь не предназначена для спорта и для дома", "sport=none house=no"),
    ("Обувь не для бега, тенниса и баскетбола", "sport=none"),
    ("Ботинки, верх из текстиля без кожи и меха, подошва из резины", "upper=textile sole=rubber"),
    ("Ботинки без кожаного верха", "upper=-"),
    ("Обувь, не доходящая до икры", "height=-"),
    ("Ботинки, подносок металлический отсутствует", "toe_cap=no_metal"),
    ("Ботинки без какого-либо металлического подноска", "toe_cap=no_metal"),
    ("Ботинки без каких-либо металлических деталей и подноска", "toe_cap=no_metal"),
    ("Сандалии без какой-либо перфорации", "vamp=closed"),
    ("Ботинки без хлопчато-бумажной подкладки и металлического подноска", "toe_cap=no_metal"),
    # … and over the place where something is not
    ("Обувь, не имеющая в своем составе металлического подноска", "toe_cap=no_metal"),
    ("Обувь, не содержащая в конструкции защитного металлического подноска",
     "toe_cap=no_metal"),
    ("Обувь не имеет на подошве шипов, с металлическим подноском", "toe_cap=metal"),
    ("Обувь не используется в спорте водонепроницаемая", "waterproof=yes"),
    ("Обувь не применяется в строительстве с металлическим подноском", "toe_cap=metal"),
])
def test_a_negation_ends_with_what_it_governs(reader, text, expected):
    stated = reader.read(text).stated()
    for item in expected.split():
        fact, values = item.split("=")
        assert "|".join(stated.get(fact, ("-",))) == values, fact


@pytest.mark.parametrize("text", ["Ботинки без металлических и пластмассовых деталей",
                                  "Ботинки без пластмассовых и металлических деталей",
                                  "Ботинки без металлических деталей"])
def test_details_that_are_not_of_metal_suggest_a_toe_cap_that_is_not(reader, text):
    assert ("no_metal",) in [f.values for f in reader.read(text).findings if f.fact == "toe_cap"]


def test_the_span_begins_with_the_negating_word(reader):
    found = [f.text for f in reader.read(
        "Туфли без шнуровки и высокого каблука, с верхом из кожи").findings if f.fact == "heel"]
    assert found == ["без шнуровки и высокого каблука"]


@pytest.mark.parametrize("before, phrase, word", [
    ("без ", "каблука", "без"), ("без высокого ", "каблука", "без"),
    ("без меха и ", "подкладки", "без"), ("за исключением ", "спортивной", "за исключением"),
    ("без меха с ", "подкладкой", None), ("без меха, ", "подкладка", None),
    ("без меха и ", "на подкладке", None), ("без меха ", "подкладка", None),
    ("не из ", "кожи", "не"), ("не содержит ", "кожи", "не"), ("без меха и не из ", "кожи", "не"),
    ("каблук ", "низкий", None), ("нежный ", "мех", None), ("", "каблук", None)])
def test_what_denies_a_phrase(before, phrase, word):
    denied = negation_before(before + phrase, len(before), len(before + phrase))
    assert (denied and denied.word) == word
    assert denied is None or before.startswith(word, denied.start)


def test_a_negation_may_follow():
    text = "подносок: отсутствует, каблук есть"
    assert text[:negation_after(text, len("подносок"))] == "подносок: отсутствует"
    assert negation_after(text, text.index(" есть")) is None


@pytest.mark.parametrize("text, read", [
    ("без каблука", True), ("без высокого каблука", True), ("без меха и каблука", True),
    ("без меха и высокого каблука", True), ("без выс. каблука", True),
    ("без меха с каблуком", False), ("без меха каблук", False), ("без меха, каблук", False)])
def test_the_phrases_of_the_data_files_share_the_notion(text, read):
    assert (Pattern(Phrases().regex("без каблук")).search(text) is not None) is read
