"""Numbers in words: one format each, and words that follow the sign."""
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orangecontrib.customs.i18n import say
from orangecontrib.customs.i18n.numbers import SILENT, money, percent, place, weighed


@given(st.floats(0, 1))
def test_no_probability_is_none_or_all(p):
    said = say(percent(p), "en").replace("\N{NO-BREAK SPACE}", " ")
    assert said not in ("100 %", "0 %")
    assert (said == ">99.9 %") == (p >= .9995) and (said == "<0.1 %") == (p <= .0005)


def test_what_is_nearly_certain_is_said_in_the_form_of_the_language():
    assert [say(percent(p), lang).replace("\N{NO-BREAK SPACE}", " ")
            for p in (1., 0.) for lang in ("ru", "en")] == [
        ">99,9 %", ">99.9 %", "<0,1 %", "<0.1 %"]


@pytest.mark.parametrize("p, said", [(.9951, "99+ %"), (.994, "99 %"), (.004, "<1 %"),
                                     (.005, "<1 %"), (.724, "72 %"), (math.nan, "")])
def test_probabilities_stand_in_whole_per_cent(p, said):
    assert say(percent(p), "ru").replace("\N{NO-BREAK SPACE}", " ") == said


@given(st.floats(-9, 9))
def test_words_follow_the_sign_of_the_evidence(weight):
    said = say(weighed(weight), "en")
    assert said.startswith("for" if weight >= SILENT else
                           "against" if weight <= -SILENT else "silent")


@given(st.floats(0, 1), st.floats(0, 1))
def test_the_axis_keeps_the_order(p, q):
    assert 0 <= place(p) <= 1 and (place(p) <= place(q)) == (p <= q or place(p) == place(q))


def test_cents_stand_where_they_matter():
    assert [money(x) for x in (0.25, 9.5, 10.4, 12345.)] == ["0.25", "9.50", "10",
                                                             "12\N{NO-BREAK SPACE}345"]
