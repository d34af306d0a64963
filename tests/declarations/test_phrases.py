"""The language of phrases: words of the dictionary, in all their forms."""
import csv
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orangecontrib.customs.declarations import FactReader
from orangecontrib.customs.declarations import forms as forms_module
from orangecontrib.customs.declarations.forms import NOMINATIVE, OBLIQUE, forms, in_dictionary
from orangecontrib.customs.declarations.patterns import compile_pattern
from orangecontrib.customs.declarations.phrases import Phrases, words_regex

CLASSES = {"ankle": ("лодыжка | щиколотка", "", "classes.csv, line 2"),
           "round": ("<round> a", "", "classes.csv, line 3"),
           "shoe": ("туфля | сапог", "nominative", "classes.csv, line 4")}


def reads(phrase, text, **beside):
    """What a phrase finds in a text; "" where nothing."""
    found = compile_pattern(Phrases(CLASSES).regex(phrase, **beside)).search(text)
    return found.group() if found else ""


@pytest.mark.parametrize("phrase, texts", [
    ("закрывать лодыжка", ["закрывающая лодыжку", "закрывают лодыжки", "закрывает.лодыжку"]),
    ("искусственная кожа", ["искусственной кожи", "искусственные кожи"]),
    ("чешки", ["чешки", "чешек", "чешками"]), ("=сапоги", ["сапоги"]),
    ("для улицы", ["для улицы"]),
    ("нат. кожа", ["нат.кожи", "нат кожа", "нат. кожей"]),
    ("перфор*", ["перфорация", "перфорированный", "перфор"]),
    ("слип-он", ["слипоны", "слип-он", "слип оны"]),
    ("200 дж.", ["200дж", "200 дж"]), ("мун 200", ["мун 200", "мун200"]),
    ("кожа | мех", ["кожа", "мехом"]), ("(кожа | мех) внутри", ["мехом внутри"]),
    ("[высокий] каблук", ["каблук", "высоком каблуке"]),
    ("кожа [натуральный] лаковый", ["кожа лаковая", "кожа натуральная лаковая"]),
    ("лодыжка [, | и] не закрывать", ["лодыжку, не закрывает", "лодыжку и не закрывая",
                                      "лодыжку не закрывающая"]),
    ("закрывать <ankle>", ["закрывающая щиколотку"]), ("для <shoe>", ["для туфли"]),
    ("высота <number> см", ["высота 5 см", "высота 5,5см"]),
    ("обувь _ домашний", ["обувь мягкая домашняя"]),
    ("обувь _2 домашний", ["обувь домашняя", "обувь очень мягкая домашняя"]),
    ("ремешок … подошва", ["ремешки крепятся к подошве", "ремешки подошвы"]),
    ("без каблук", ["без каблука", "без высокого каблука", "без меха и каблука"]),
    ("кожа, мех", ["кожа,мех", "кожа , мех"]),
    ("кожа - натуральный", ["кожа натуральная", "кожа - натуральная", "кожа: натуральная",
                            "кожа(натуральная"]),
    ("кожа '(' натуральный ')'", ["кожа (натуральная)"]),
    ("с мехом", ["с мехом"]), ("с мех", ["с мехом", "со мехом"]),
    ("boot | foot-wear", ["boots", "footwear", "foot wear"]), ("б/у", ["б/у"])])
def test_a_phrase_reads(phrase, texts):
    assert [reads(phrase, f"вот {text}, да") for text in texts] == texts


@pytest.mark.parametrize("phrase, texts", [
    ("закрывать лодыжка", ["закрывающая, лодыжка", "закрывающая. лодыжка", "закрывающая",
                           "незакрывающая лодыжку"]),
    ("чешки", ["чешка", "чешкой"]), ("=сапоги", ["сапогами", "сапог"]),
    ("для улицы", ["для улице"]), ("для <shoe>", ["для туфель"]),
    ("нат. кожа", ["натуральная кожа"]),
    ("обувь _ домашний", ["обувь не домашняя", "обувь домашняя"]),
    ("ремешок … подошва", ["ремешки; подошва", "ремешки" + " мягкие" * 9 + " подошва"]),
    ("без каблук", ["без меха с каблуком", "без меха, каблук"]),
    ("кожа - натуральный", ["кожа, натуральная"]), ("кожа | мех", ["кожаный", "меховой"])])
def test_a_phrase_does_not_read(phrase, texts):
    assert not any(reads(phrase, text) for text in texts)


def test_what_stands_beside_is_no_part():
    assert reads("{из | : } ткань", "верх из ткани") == "ткани"
    assert reads("{из | : } ткань", "верх: ткань") == "ткань"
    assert reads("{из | : } ткань", "тонкая ткань") == ""
    assert reads("ремешок {из}", "ремешки из кожи") == "ремешки"
    assert reads("ремешок {из}", "ремешки кожаные") == ""


def test_what_may_not_stand_beside_or_between():
    assert reads("каблук", "без учета каблука", not_before="учет") == ""
    assert reads("каблук", "голенище, каблук", not_before="голенище") == ""
    assert reads("каблук", "высокий каблук", not_before="учет | голенище") == "каблук"
    assert reads("шип", "шипы против скольжения", not_after="против скольжение") == ""
    assert reads("шип", "шипы из стали", not_after="против скольжение") == "шипы"
    assert reads("ремешок … подошва", "ремешки и верх на подошве", not_between="верх") == ""
    assert reads("ремешок … подошва", "ремешки верхние на подошве", not_between="верх")


@pytest.mark.parametrize("phrase, said", [
    ("закрывтаь", "no dictionary has 'закрывтаь'"), ("(кожа", "'(' is not closed"),
    ("кожа)", "')' closes nothing"), ("кожа |", "something must stand there"),
    ("[кожа]", "something must stand there"), ("<skin>", "no class <skin>"),
    ("<round>", "holds itself"), ("… кожа", "nothing stands before"),
    ("{перфор*} кожа", "nothing that is open")])
def test_what_is_no_phrase_is_named_with_its_place(phrase, said):
    with pytest.raises(ValueError, match=re.escape(said)) as caught:
        Phrases(CLASSES).regex(phrase, "t.csv, line 7")
    assert str(caught.value).startswith(f"t.csv, line 7: phrase '{phrase}'")


def test_a_misspelled_word_of_a_table_is_found_when_the_group_is_loaded(changed):
    group = changed("parts.csv", lambda text: text.replace("подмётка", "подмётак"))
    with pytest.raises(ValueError, match="parts.csv, line 5: .* no dictionary has 'подметак'"):
        FactReader(group)


# -- forms

def test_nominative_and_oblique_forms_are_those_of_the_word():
    for word in ("сапог", "сапоги", "обувь", "кеды", "тапочка", "boot", "сабо"):
        assert sorted(forms(word, NOMINATIVE) + forms(word, OBLIQUE)) == list(forms(word))
    assert forms("для", OBLIQUE) == forms("для", NOMINATIVE) == ("для",)
    assert forms("обувь", NOMINATIVE) == ("обувь",)
    assert "сапог" in forms("сапог", NOMINATIVE) and "сапог" in forms("сапоги", OBLIQUE)


def test_forms_are_folded():
    assert forms("жёсткий") == forms("жесткий") and "жесткая" in forms("жёсткий")
    assert not any("ё" in form for word in ("лён", "подъём") for form in forms(word))
    assert "тое" in forms("toe")  # as folding spells it in a Russian text


def test_an_adjective_may_be_written_in_any_gender():
    assert forms("кожаный") == forms("кожаная") == forms("кожаное") == forms("кожаные")


def test_a_participle_stands_for_its_own_forms():
    assert "закрытой" in forms("закрытый") and "закрыть" not in forms("закрытый")


with open(Path(forms_module.__file__).with_name("forms.csv"), encoding="utf-8",
          newline="") as file:
    NAMED = list(csv.DictReader(file))


@pytest.mark.parametrize("row", [pytest.param(row, id=row["word"]) for row in NAMED])
def test_what_is_named_is_needed_and_has_a_reason(row):
    assert row["why"] and (row["word"] in forms(row["word"]))
    assert not row["like"] or in_dictionary(row["like"])


@given(st.lists(st.text("абв-", min_size=1, max_size=5), min_size=1, max_size=12))
@settings(deadline=None)
def test_words_written_as_a_tree_are_these_words(words):
    regex = re.compile(words_regex(words).replace("[ -]?", "-"))
    assert all(regex.fullmatch(word) for word in words)
    assert not any(regex.fullmatch(word + "в") for word in words if word + "в" not in words)
