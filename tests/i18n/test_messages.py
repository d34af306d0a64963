"""Messages have ids; their words are looked up when they are read, in the language spoken."""
import pickle
import re
from pathlib import Path

import pytest

from orangecontrib.customs.facts import Fact, Value
from orangecontrib.customs.groups import loaded_groups
from orangecontrib.customs.i18n import (
    LANGUAGES,
    Capital,
    Joined,
    Message,
    Wordings,
    add_wordings,
    language,
    say,
    set_language,
    speaking,
    wordings,
)

WINDOWS = Path(__file__).parents[2] / "orangecontrib" / "customs" / "widgets" / "wordings"
SEX = Fact("sex", "sex", "пол", (Value("men", "men's", "мужская"),))


@pytest.fixture
def table():
    before = dict(wordings())
    add_wordings({"test.plain": {"ru": "нет фотографий", "en": "no photos"},
                  "test.put": {"ru": "{fact} – {p:.2f} {{x}}", "en": "{fact}: {p:.0%} {{x}}"},
                  "test.nested": {"ru": "потому что {why}", "en": "because {why}"}})
    yield
    for id_ in set(wordings()) - set(before):
        wordings().pop(id_)


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def test_russian_is_spoken_where_nothing_else_is_set():
    assert language() == "ru"


def test_a_message_is_read_in_the_language_that_is_spoken_then(table):
    message = Message.of("test.put", fact=SEX, p=.5)
    assert str(message) == "пол – 0.50 {x}"
    with speaking("en"):
        assert str(message) == "sex: 50% {x}"
    assert message.text("en") == "sex: 50% {x}" and language() == "ru"


def test_messages_are_put_into_messages_and_joined(table):
    message = Message.of("test.nested", why=Joined((Message("test.plain"), SEX.values[0]), "; "))
    assert say(message, "en") == "because no photos; men's"
    assert say(message, "ru") == "потому что нет фотографий; мужская"
    assert say("«кожа»", "en") == "«кожа»"


def test_what_begins_a_sentence_has_a_capital_letter(table):
    message = Message.of("test.nested", why=Capital(Message("test.plain")))
    assert say(message, "ru") == "потому что Нет фотографий"
    assert say(message, "en") == "because No photos"


def test_messages_compare_and_travel_in_pickles(table):
    message = Message.of("test.put", fact=SEX, p=.5)
    assert pickle.loads(pickle.dumps(message)) == message
    assert len({message, Message.of("test.put", fact=SEX, p=.5)}) == 1


def test_the_language_is_given_back_after_an_error(table):
    with pytest.raises(RuntimeError), speaking("en"):
        raise RuntimeError
    assert language() == "ru"


def test_an_unknown_language_is_named():
    with pytest.raises(ValueError, match="'de'.*ru, en"):
        set_language("de")


def test_words_of_a_group_that_is_not_loaded_are_its_ids():
    assert str(Message("elsewhere.outside")) == "elsewhere.outside"


@pytest.mark.parametrize("rows, complaint", [
    ("a,да,yes\na,нет,no\n", "line 3: id 'a' stands twice"),
    (",да,yes\n", "line 2: id '' is empty"),
    ("a,да,\n", "line 2: 'a' has no words in 'en'"),
    ("a,да {x},yes {y}\n", r"line 2: 'a' puts in \['x'\] \(ru\) and \['y'\] \(en\)"),
    ("a,да {x,yes\n", "line 2: expected '}'"),
    ("a,да {},yes {}\n", "line 2: in braces stands the name of what is put in, not ''"),
    ("a,да {0},yes {0}\n", "line 2: .* not '0'"),
    ("a,да {x.y},yes {x.y}\n", "line 2: .* not 'x.y'"),
    ("a,да {x!x},yes {x!x}\n", "line 2: .* not 'x!x'"),
    ("a,да {x:y},yes {x:y}\n", "line 2: Unknown format code 'y'"),
])
def test_a_table_that_cannot_be_right_is_refused(tmp_path, rows, complaint):
    with pytest.raises(ValueError, match=complaint):
        Wordings.load(write(tmp_path / "t.csv", "id,ru,en\n" + rows))


def test_every_wording_of_the_program_is_said_in_every_language():
    assert len(wordings()) > 3
    for id_, texts in wordings().items():
        assert set(texts) == set(LANGUAGES), id_


def test_what_has_words_at_all_has_russian_words_in_russian_and_no_russian_ones_in_english():
    loaded_groups()  # their wordings, too
    windows = {path.stem for path in WINDOWS.glob("*.csv")}  # read in tests/widgets/spoken.py
    for id_, texts in wordings().items():
        if id_.partition(".")[0] in windows:
            continue
        own = {name: re.sub(r"\{[^}]*\}|https?://\S+", "", text) for name, text in texts.items()}
        assert re.search("[а-яё]", own["ru"], re.I) or not re.search("[a-z]", own["ru"], re.I), id_
        if id_ != "reader.empty_row":  # stands in both languages in tables that there are
            assert not re.search("[а-яё«»]", own["en"], re.I), id_
