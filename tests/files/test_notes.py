"""What is said of a file is said in both languages."""
import pickle
import string

import pytest

from orangecontrib.customs.files.notes import _wordings, note
from orangecontrib.customs.i18n import say


@pytest.mark.parametrize("id_", sorted(_wordings()))
def test_every_note_has_words_in_both_languages_and_puts_in_the_same(id_):
    english, russian = _wordings()[id_]
    named = [{name for _, name, _, _ in string.Formatter().parse(text) if name} - {"s"}
             for text in (english, russian)]
    assert english and russian and named[0] == named[1]


def test_a_note_is_english_by_itself_and_is_said_in_the_language_that_is_asked_for():
    said = note("sheet", sheet="Прайс", others="A, B", why=note("same_sheets", sheets="A"))
    assert said == "the sheet Прайс is read (others: A, B); A looks the same: name the one that " \
        "is meant"
    assert say(said, "en") == said
    assert say(said, "ru") == "прочитан лист Прайс (другие: A, B); A выглядит так же: выберите " \
        "нужный"
    again = pickle.loads(pickle.dumps(said))
    assert again == said and again.ru == said.ru
