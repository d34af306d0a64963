"""The first stage: which languages a description is written in."""
import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orangecontrib.customs.declarations.language import (
    BEGINNING,
    READ,
    _tables,
    languages_of,
)
from orangecontrib.customs.declarations.lemmas import known
from orangecontrib.customs.i18n import wordings

with open(Path(__file__).with_name("examples.csv"), encoding="utf-8", newline="") as file:
    EXAMPLES = [row["description"] for row in csv.DictReader(file)]


def test_every_example_stays_in_a_language_that_is_read():
    assert [text for text in EXAMPLES if languages_of(text).unread
            or not languages_of(text).read and any(map(str.isalpha, text))] == []


@pytest.mark.parametrize("text", [
    "Взуття", "靴子", "Черевики жіночі, верх - шкіра, підошва - гума"])
def test_of_another_language_nothing_is_kept_and_its_name_is_said(text):
    found = languages_of(text)
    assert not found.kept(text).strip() and len(found.kept(text)) == len(text)
    name = wordings()[f"language.{found.unread[0]}"]
    assert name["ru"] in found.problem.text("ru") and name["en"] in found.problem.text("en")


def test_of_a_label_in_two_languages_the_one_that_is_read_stays_where_it_was():
    text = "Взуття чоловіче, верх - шкіра; Обувь мужская, подошва из резины"
    kept = languages_of(text).kept(text)
    assert kept.strip() == "Обувь мужская, подошва из резины" and len(kept) == len(text)
    assert "украинский" in languages_of(text).problem.text("ru")


def test_a_name_in_quotes_is_no_language():
    assert languages_of("Ботинки «Взуття» мужские из кожи").unread == ()


def test_what_is_all_in_quotes_is_read_without_them():
    assert languages_of("«Взуття жіноче»").unread == ("uk",)
    assert languages_of("\"Ботинки мужские\"").read == ("ru",)


def test_latin_letters_that_look_russian_are_folded_first():
    assert languages_of("OБУBЬ ЖEHCKAЯ").read == ("ru",)
    assert languages_of("Ботинки мужcкие из кoжи").read == ("ru",)


def test_words_that_nobody_knows_are_no_russian():
    found = languages_of("Аташки кундемес вурлаксы")
    assert found.read == () and found.unread == ("unknown",)
    assert languages_of("Чиксы").read == ("ru",)  # one unknown word is a name


def test_what_no_words_say_has_no_language_and_no_problem():
    for text in ("", "123", "AX-12/7", "№ 5"):
        assert languages_of(text).read == () and languages_of(text).problem is None


def test_every_language_has_a_name_and_is_known_by_something():
    tables = _tables()
    languages = {language for of in (*tables.words.values(), *tables.beginnings.values())
                 for language in of} | set(tables.letters) | set(tables.scripts.values())
    assert set(READ) <= languages
    assert {f"language.{language}" for language in languages} <= set(wordings())


def test_beginnings_are_short_enough_to_be_found():
    assert max(map(len, _tables().beginnings)) <= BEGINNING


def test_no_little_word_of_russian_speaks_for_another_language():
    russian = {word for word, of in _tables().words.items() if "ru" in of}
    assert not any(languages_of(word).unread for word in russian)


@given(st.text(alphabet="абвіїўқ abc«»\"„.;,靴ա1 ё", max_size=80))
def test_spans_are_in_order_within_the_text_and_nothing_moves(text):
    found = languages_of(text)
    assert all(0 <= start <= end <= len(text) for start, end in found.spans)
    kept = found.kept(text)
    assert len(kept) == len(text)
    assert all(a == b or a == " " for a, b in zip(kept, text))


@given(st.sampled_from(EXAMPLES))
def test_a_text_has_one_answer(text):
    assert languages_of(text) == languages_of(text)


def test_words_of_other_slavic_languages_that_russian_has_do_not_decide_alone():
    shared = [word for word, of in _tables().words.items()
              if not of & {"ru", "en"} and word.isalpha() and not word.isascii() and known(word)]
    assert shared and not any(languages_of(word).unread for word in shared
                              if set(word) <= set("абвгдежзийклмнопрстуфхцчшщъыьэюя"))
