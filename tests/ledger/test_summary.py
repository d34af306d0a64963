"""What the ledger says of the program: the last word on each good counts, once."""
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_entries import ANOTHER, SAID, entry

from orangecontrib.customs.i18n import LANGUAGES, say
from orangecontrib.customs.ledger.recording import withdrawal_of
from orangecontrib.customs.ledger.summary import PROGRAM, last_words, sentences, standing, summarise

NEAR = "6403999100"


def test_of_one_person_and_good_the_last_decision_stands():
    first, second = entry(), entry(found=ANOTHER, at="2026-07-02")
    assert standing([second, first]) == [second]


def test_what_was_taken_back_does_not_stand_nor_what_was_decided_before():
    first, second = entry(), entry(found=ANOTHER, at="2026-07-02")
    back = withdrawal_of(second, "Ann", "2026-07-03T00:00:00.000000Z")
    again = entry(at="2026-07-04")
    assert standing([first, second, back]) == []
    assert standing([first, second, back, again]) == [again]


def test_the_last_word_is_that_of_whoever_decided_last():
    mine, hers = entry(), entry(found=ANOTHER, who="Bob", at="2026-07-05")
    assert standing([hers, mine]) == [mine, hers] and last_words([hers, mine]) == [hers]


def test_another_text_of_the_same_key_is_another_good():
    assert len(last_words([entry(text_digest="a"), entry(text_digest="b")])) == 2


DECISIONS = st.lists(st.builds(
    lambda key, found, who, day: entry(key, found, who, f"2026-07-{day:02d}"),
    st.sampled_from("ABC"), st.sampled_from([SAID, ANOTHER]), st.sampled_from(["Ann", "Bob"]),
    st.integers(1, 28)), max_size=12, unique_by=lambda some: some.at)


@given(DECISIONS, st.randoms(use_true_random=False))
def test_what_stands_does_not_depend_on_the_order_in_which_it_came_in(entries, random):
    shuffled = random.sample(entries, len(entries))
    assert standing(shuffled) == standing(entries) and last_words(shuffled) == last_words(entries)
    assert str(summarise(shuffled)) == str(summarise(entries))  # NaN is not itself


@given(DECISIONS)
def test_what_is_taken_back_leaves_nothing_of_its_author_on_the_good(entries):
    for some in standing(entries):
        back = withdrawal_of(some, some.who, "2026-08-01T00:00:00.000000Z")
        left = standing([*entries, back])
        assert left == [other for other in standing(entries) if other != some]


def history():
    """Three confirmed, one right to six digits, two overturned, one without a code."""
    return [entry("1"), entry("2"), entry("3", at="2026-09-01"), entry("4", NEAR),
            entry("5", ANOTHER), entry("6", ANOTHER, at="2026-08-01"), entry("7", said="", p=None)]


def test_codes_that_people_overturn_are_named_with_n_interval_and_direction():
    summary = summarise(history())
    row, = summary.overturned
    assert (row.code, row.n, row.wrong, row.instead) == (SAID, 6, 3, ANOTHER)
    assert row.low < row.rate == .5 < row.high and row.instead_share == pytest.approx(2 / 3)
    assert summary.outcomes == {"confirmed": 3, "partly": 1, "overturned": 2, "open": 1}
    assert [(p.name, p.n, p.wrong) for p in summary.periods] == [
        ("2026-07", 4, 2), ("2026-08", 1, 1), ("2026-09", 1, 0)]
    assert summary.periods[0].stated == pytest.approx(.1) and summary.unknown == 1


def test_the_error_of_a_code_over_time_is_of_goods_for_which_it_was_said():
    summary = summarise([*history(), entry("8", said=ANOTHER, at="2026-09-01")])
    assert [(p.name, p.n, p.wrong) for p in summary.by_code[SAID]] == [
        ("2026-07", 4, 2), ("2026-08", 1, 1), ("2026-09", 1, 0)]
    (month,) = summary.by_code[ANOTHER]
    assert (month.name, month.n, month.wrong) == ("2026-09", 1, 1) and month.low < 1 == month.rate
    assert sum(p.n for p in summary.periods) == sum(
        p.n for some in summary.by_code.values() for p in some)


def test_at_six_digits_fewer_are_wrong():
    summary = summarise(history(), 6)
    row, = summary.overturned
    assert (row.code, row.n, row.wrong, row.instead) == ("640399", 6, 2, "640299")


def test_a_code_of_the_person_that_stops_earlier_is_unknown_below():
    assert summarise([entry(found="640399")]).unknown == 1
    assert summarise([entry(found="640399")], 6).unknown == 0


def test_agreement_is_of_the_program_with_each_person_and_of_persons_with_each_other():
    hers = [entry(str(n), found, "Bob", "2026-07-09") for n, found in
            (("1", SAID), ("4", NEAR), ("5", SAID))]
    pairs = {(say(pair.first), pair.second): pair.agreement for pair in
             summarise([*history(), *hers]).pairs}
    program = say(PROGRAM)
    assert set(pairs) == {(program, "Ann"), (program, "Bob"), ("Ann", "Bob")}
    assert (pairs[program, "Ann"].n, pairs[program, "Ann"].same) == (6, 3)
    assert (pairs["Ann", "Bob"].n, pairs["Ann", "Bob"].same) == (3, 2)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_ledger_and_one_of_few_decisions_say_so(language):
    assert say(sentences(summarise([])), language).endswith(".")
    said = say(sentences(summarise(history())), language)
    assert "7" in said and ("few" if language == "en" else "мало") in said


def simulated(drifts, seed=3):
    """A year of decisions; from month seven on the error is threefold, or not."""
    rng, rows = np.random.default_rng(seed), []
    for month in range(1, 13):
        for n in range(100):
            error = .06 * (3 if drifts and month >= 7 else 1)
            rows.append(entry(f"{month}-{n}", ANOTHER if rng.random() < error else SAID,
                              at=f"2026-{month:02d}-{1 + n % 28:02d}", p=.94))
    return rows


def test_a_drift_in_month_seven_is_said_by_month_eight_and_none_without():
    until_eight = [some for some in simulated(True) if some.month <= "2026-08"]
    assert "The error has risen" in say(sentences(summarise(until_eight)), "en")
    assert "does not rise" in say(sentences(summarise(simulated(False))), "en")
