"""An entry says what was decided, and is told from others by good, person and moment."""
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_entries import ANOTHER, SAID, entry

from orangecontrib.customs.ledger import (
    CONFIRMED,
    OPEN,
    OVERTURNED,
    PARTLY,
    Entry,
    digest_of,
    outcome_of,
    utc,
)
from orangecontrib.customs.ledger.entry import COLUMNS, agrees

CODES = st.sampled_from([2, 4, 6, 8, 10]).flatmap(
    lambda n: st.text("0123456789", min_size=n, max_size=n))


@pytest.mark.parametrize("said, found, outcome", [
    (SAID, SAID, CONFIRMED), (SAID, "6403999100", PARTLY), (SAID, ANOTHER, OVERTURNED),
    (SAID, "640399", PARTLY), (SAID, "6403", PARTLY), (SAID, "6404", OVERTURNED),
    ("850440", "8504403009", CONFIRMED), ("", SAID, OPEN),
    ("6403511500;6403591100", "6403591100", CONFIRMED),
    ("6403511500;6403591100", "6403591900", PARTLY)])
def test_what_came_of_a_code(said, found, outcome):
    assert outcome_of(said, found) == outcome


@given(CODES, CODES, st.sampled_from([4, 6, 8, 10]))
def test_who_agrees_to_many_digits_agrees_to_fewer(said, found, digits):
    right = [agrees(said, found, d) for d in range(2, digits + 1, 2)]
    if right[-1]:
        assert all(right)
    if right[0] is False:
        assert not any(right)


@given(CODES)
def test_a_code_agrees_with_itself(code):
    assert agrees(code, code) and outcome_of(code, code) == CONFIRMED


@pytest.mark.parametrize("when", [
    "2026-07-01T12:30+03:00", "2026-07-01 09:30", "01.07.2026 09:30",
    datetime(2026, 7, 1, 12, 30, tzinfo=timezone(timedelta(hours=3)))])
def test_a_moment_is_kept_in_utc(when):
    assert utc(when) == "2026-07-01T09:30:00.000000Z"


def test_a_day_is_its_beginning():
    assert utc(date(2026, 7, 1)) == utc("01.07.2026") == utc("2026-07-01")


def test_what_is_not_a_time_is_named():
    with pytest.raises(ValueError, match="'yesterday' is not a time; write it as"):
        utc("yesterday")


@pytest.mark.parametrize("wrong, said", [
    ({"found": "64"}, "not a code of 4"), ({"found": "64039"}, "not a code of 4"),
    ({"said": "x"}, "not a code"), ({"p": 1.5}, "not a probability"), ({"who": " "}, "who"),
    ({"key": ""}, "the good"), ({"value": float("nan")}, "value"),
    ({"kind": "opinion"}, "not a kind"), ({"kind": "withdrawal"}, "taken back")])
def test_what_is_not_an_entry_is_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        entry(**wrong)


def test_another_person_moment_good_or_text_makes_another_entry():
    ids = {some.id for some in (entry(), entry(who="Bob"), entry("A-2"), entry(at="2026-07-02"),
                                entry(text_digest=digest_of("Ботинки")), entry())}
    assert len(ids) == 5


def test_a_row_gives_the_entry_back_and_has_the_columns_that_are_documented():
    some = entry(value=3.5, currency="USD", text_digest=digest_of("Ботинки"))
    assert list(some.as_row()) == ["id", *COLUMNS]
    assert Entry.of_row(some.as_row()) == some


def test_two_ways_of_writing_a_letter_are_one_text():
    assert digest_of("чёрный й") == digest_of("че\u0308рный и\u0306") != digest_of("черный й")
