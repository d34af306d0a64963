"""Rates make amounts of value, quantity and weight, or say what they lack."""
import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from orangecontrib.customs.nomenclature import Line, Rate, parse_rate
from orangecontrib.customs.nomenclature.rates import MISSING, parse_measure

ROUBLES = {"EUR": 98.5, "USD": 90.}

numbers = st.decimals(0, 1000, places=2).map(lambda number: f"{number:f}".replace(".", ","))
amounts = st.floats(0, 1e6)
percents = numbers
specifics = st.builds("{} {} за {}".format, numbers, st.sampled_from(["евро", "долларов США"]),
                      st.sampled_from(["1 пару", "1 кг", "1000 кг", "1000 шт", "1 л", "1 м2"]))
combined = st.builds("{}{}{}".format, percents, st.sampled_from([", но не менее ", " плюс "]),
                     specifics)
rates = (percents | specifics | combined).map(parse_rate)
goods = st.fixed_dictionaries({"value": amounts, "quantity": amounts, "weight": amounts})


def duty(rate, **known):
    """Everything in roubles, so that amounts compare."""
    return rate.duty(**known, currency="RUB", exchange=ROUBLES)


@pytest.mark.parametrize("text, known, amount, currency", [
    ("10", {"value": 250}, 25, "EUR"),
    ("7,5 %", {"value": 1000, "currency": "RUB"}, 75, "RUB"),
    ("0,34 евро за 1 пару", {"quantity": 100}, 34, "EUR"),
    ("0,23 евро за 1 кг", {"weight": 10}, 2.3, "EUR"),
    ("340 долларов за 1000 кг", {"weight": 500}, 170, "USD"),
    ("340 долларов за 1 т", {"weight": 500}, 170, "USD"),
    ("3,5 евро за 1000 шт", {"quantity": 4000}, 14, "EUR"),
    ("4 евро за 1 л", {"quantity": 3}, 12, "EUR"),
    ("10, но не менее 0,5 евро за 1 кг", {"value": 100, "weight": 30}, 15, "EUR"),
    ("10, но не менее 0,5 евро за 1 кг", {"value": 100, "weight": 10}, 10, "EUR"),
    ("10 плюс 0,5 евро за 1 кг", {"value": 100, "weight": 30}, 25, "EUR"),
    ("10 plus 0.5 EUR/kg", {"value": 100, "weight": 30}, 25, "EUR"),
    ("10, but not less than 0.5 EUR per 1 kg", {"value": 100, "weight": 30}, 15, "EUR"),
    ("10 плюс 0,5 евро за 1 кг", {"value": 9850, "weight": 30, "currency": "RUB",
                                  "exchange": ROUBLES}, 985 + 15 * 98.5, "RUB"),
    ("0,34 евро за 1 пару", {"quantity": 100, "currency": "RUB", "exchange": ROUBLES},
     34 * 98.5, "RUB"),
    ("0,34 евро за 1 пару", {"quantity": 100, "currency": "RUB"}, 34, "EUR"),
])
def test_a_rate_makes_an_amount_with_its_currency(text, known, amount, currency):
    owed = parse_rate(text).duty(**known)
    assert owed.amount == pytest.approx(amount)
    assert (owed.currency, owed.missing, owed.said()) == (currency, (), [])


@pytest.mark.parametrize("text, known, missing", [
    ("10", {}, ["value"]),
    ("10", {"value": math.nan, "quantity": 5}, ["value"]),
    ("0,34 евро за 1 пару", {"value": 100, "weight": 5}, ["quantity"]),
    ("0,23 евро за 1 кг", {"quantity": 100}, ["weight"]),
    ("10, но не менее 0,5 евро за 1 кг", {}, ["value", "weight"]),
    ("10, но не менее 0,5 евро за 1 кг", {"value": 9, "weight": 9, "currency": "RUB"},
     ["exchange"]),
    ("10 плюс 3 доллара за 1 кг", {"value": 9, "weight": 9, "currency": "RUB",
                                   "exchange": {"EUR": 98.5}}, ["exchange"]),
    ("10, но не менее", {"value": 100, "weight": 5}, ["rate"]),
    ("11,18 евро за 1", {"quantity": 5}, ["rate"]),
    ("15, либо 12,5,", {"value": 100, "weight": 5, "quantity": 5}, ["rate"]),
    ("", {"value": 100}, ["rate"]),
])
def test_what_is_missing_is_told_and_nothing_assumed(text, known, missing):
    owed = parse_rate(text).duty(**known)
    assert owed.amount is None and list(owed.missing) == missing
    assert len(owed.said("ru")) == len(owed.said("en")) == len(missing)


def test_what_is_missing_is_told_in_words():
    rate = parse_rate("10, но не менее 3,2 евро за 1 см3")
    assert rate.duty(currency="RUB").said() == ["customs value", "quantity (см3)",
                                                "exchange rate of EUR to RUB"]
    assert rate.duty(currency="RUB").said("ru") == ["таможенная стоимость", "количество (см3)",
                                                    "курс EUR к RUB"]
    assert all(len(words) == 2 and all(words) for words in MISSING.values())


@given(rates, goods)
def test_all_that_a_rate_needs_is_enough_and_all_of_it_is_needed(rate, known):
    assert duty(rate, **known).amount is not None
    needed = {key: known[key] for key in rate.needs}
    assert duty(rate, **needed) == duty(rate, **known)
    for key in rate.needs:
        less = duty(rate, **{k: v for k, v in needed.items() if k != key})
        assert less.amount is None and less.missing == (key,)


@given(rates, goods, st.sampled_from(["value", "quantity", "weight"]), amounts)
def test_more_goods_never_owe_less(rate, known, key, more):
    assert duty(rate, **known | {key: known[key] + more}).amount >= duty(rate, **known).amount


@given(rates, goods, st.floats(0, 100))
def test_a_duty_grows_with_the_goods(rate, known, times):
    many = duty(rate, **{key: number * times for key, number in known.items()}).amount
    assert many == pytest.approx(times * duty(rate, **known).amount, rel=1e-9, abs=1e-9)


@given(percents, specifics, goods)
def test_combined_rates_are_the_larger_part_or_the_sum(percent, specific, known):
    parts = [duty(parse_rate(text), **known).amount for text in (percent, specific)]
    larger = parse_rate(f"{percent}, но не менее {specific}")
    both = parse_rate(f"{percent} плюс {specific}")
    assert duty(larger, **known).amount == pytest.approx(max(parts))
    assert duty(both, **known).amount == pytest.approx(sum(parts))


@pytest.mark.parametrize("text", ["0", "0 %", "0 евро за 1 пару", "0, но не менее 0 евро за 1 кг",
                                  "0 плюс 0 евро за 1 кг"])
def test_what_is_free_is_free_whatever_is_missing(text):
    for currency in ("EUR", "RUB"):
        assert parse_rate(text).duty(currency=currency).amount == 0
    assert parse_rate(text).needs == ()


@given(specifics, goods)
def test_a_part_that_is_zero_needs_nothing(specific, known):
    rate = parse_rate(f"0 плюс {specific}")
    assert rate.duty(**known).amount == parse_rate(specific).duty(**known).amount


@given(combined, goods)
def test_the_currency_of_the_value_is_never_guessed(text, known):
    rate = parse_rate(text)
    assume(rate.percent and rate.amount)
    assert rate.duty(**known, currency="RUB").missing == ("exchange",)


@pytest.mark.parametrize("known, complaint", [
    ({"value": -1}, "value: -1 is not an amount"), ({"quantity": math.inf}, "quantity: inf"),
    ({"currency": "RUB", "exchange": {"EUR": 0}}, "exchange rate of EUR: 0 is not a price"),
    ({"currency": "RUB", "exchange": {"EUR": -2}}, "exchange rate of EUR: -2")])
def test_impossible_numbers_are_refused(known, complaint):
    with pytest.raises(ValueError, match=complaint):
        parse_rate("10 плюс 0,5 евро за 1 кг").duty(**known)


@pytest.mark.parametrize("unit, rate, known, amount", [
    ("пар", "0,34 евро за 1 пару", {"quantity": 100}, 34),
    ("", "0,34 евро за 1 пару", {"quantity": 100}, 34),
    ("1000 шт", "2 евро за 1 шт", {"quantity": 3}, 6000),
    ("1000", "2 евро за 1 шт", {"quantity": 3}, 6000),
    ("кг", "2 евро за 1 кг", {"quantity": 3}, 6),
    ("г", "2 евро за 1 кг", {"quantity": 3000}, 6),
    ("кг", "2 евро за 1 кг", {"quantity": 3, "weight": 4}, 8),
    ("шт", "3,2 евро за 1 см3", {"quantity": 3}, None),
    ("шт", "0,34 евро за 1 пару", {"quantity": 100}, None),
    ("шт", "2 евро за 1 кг", {"quantity": 3}, None),
])
def test_a_quantity_counts_what_the_tariff_counts(unit, rate, known, amount):
    assert Line("64", unit=unit, rate=parse_rate(rate)).duty_on(**known).amount == amount


@pytest.mark.parametrize("rate, eur", [
    ("0,34 евро за 1 пару", .34), ("0", 0), ("10", None), ("340 долларов за 1 пару", None),
    ("10 плюс 0,5 евро за 1 пару", None), ("2 евро за 1 кг", None), ("", None)])
def test_a_duty_per_unit_is_in_euro_or_not_told(rate, eur):
    assert Line("64", unit="пар", rate=parse_rate(rate)).duty == eur


@given(st.text())
def test_any_text_measures_something(text):
    assert parse_measure(text).count >= 0


@given(st.text() | combined)
def test_a_rate_that_is_not_complete_makes_no_amount(text):
    rate = parse_rate(text)
    owed = duty(rate, value=1, quantity=1, weight=1)
    assert (owed.amount is None) == (not rate.complete)
    assert Rate(text).duty(value=1).missing == ("rate",)
