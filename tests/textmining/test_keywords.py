"""Keywords: phrases in any inflection, counted and weighed per code (paper 2, Table 1)."""
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table
from orangecontrib.text import Corpus
from scipy.stats import chi2_contingency

from orangecontrib.customs.textmining.keywords import (
    PhraseFinder,
    count_keywords,
    expert_phrases,
)
from orangecontrib.customs.textmining.keywords.counts import NONE, NOT_FOUND, ONE, SEVERAL
from orangecontrib.customs.textmining.keywords.table import (
    codes_of,
    keywords_table,
    matching_documents,
    phrases_table,
    texts_of,
)


def holds(phrase, text, gap=0):
    return PhraseFinder([phrase], gap).find(text).get(0, 0)


def test_the_expert_named_twelve_phrases():
    assert len(set(expert_phrases())) == 12
    assert "источник питания" in expert_phrases()


@pytest.mark.parametrize("text", [
    "ИСТОЧНИКИ ПИТАНИЯ ИМПУЛЬСНЫЕ", "блок (источник питания) 12 В", "ИСТОЧНИК, ПИТАНИЯ",
    "ИСТОЧHИК ПИТAНИЯ"])
def test_any_inflection_punctuation_and_look_alike_letters(text):
    assert holds("источник питания", text) == 1


@pytest.mark.parametrize("text", ["питания источник", "источник бесперебойного питания",
                                  "источник", "источниковедение питания", ""])
def test_order_counts_and_nothing_stands_between(text):
    assert not holds("источник питания", text)


def test_words_may_stand_between_when_asked():
    assert holds("источник питания", "источник бесперебойного питания", gap=1)
    assert not holds("источник питания", "источник тока, для питания", gap=1)
    # the nearest second word is a dead end, the one behind it is not
    assert holds("а б в", "а б б х в", gap=1)


def test_each_place_counts_once():
    assert holds("реле защиты", "реле защиты и реле защиты") == 2
    assert holds("voltage regulators", "Voltage regulator") == 1


@given(st.lists(st.sampled_from(["реле", "защиты", "тока", "12", "для"]), max_size=12),
       st.lists(st.sampled_from(["реле", "защиты", "тока"]), min_size=1, max_size=3))
def test_a_phrase_is_found_where_its_words_stand_in_a_row(words, phrase):
    expected = sum(words[i:i + len(phrase)] == phrase for i in range(len(words)))
    assert holds(" ".join(phrase), " ".join(words)) == expected


TEXTS = ["источник питания"] * 30 + ["реле защиты"] * 28 + ["реле с источником питания"] * 2 \
    + ["регулятор"] * 20
CODES = ["850440"] * 30 + ["853630"] * 30 + ["903289"] * 20


def test_ratio_share_and_precision():
    counts = count_keywords(TEXTS, CODES, ["источник питания", "реле защиты", "лампа"])
    row = counts.row(0, 0)
    assert (row.documents, row.occurrences, row.share) == (30, 30, 1)
    assert row.ratio == pytest.approx((30.5 / 31) / (2.5 / 51))
    assert row.low < row.ratio < row.high
    assert row.precision == pytest.approx(30 / 32)
    assert row.speaks and counts.verdict(0) == ONE
    assert [r.code for r in counts.speaks_for(0)] == ["850440"]
    other = counts.row(0, 1)
    assert other.documents == 2 and not other.speaks and other.ratio < 1
    assert counts.verdict(2) == NOT_FOUND and np.isnan(counts.row(2, 0).precision)


def test_g2_is_the_log_likelihood_ratio():
    counts = count_keywords(TEXTS, CODES, ["источник питания"])
    expected = chi2_contingency([[2, 28], [30, 20]], correction=False,
                                lambda_="log-likelihood").statistic
    assert counts.row(0, 1).g2 == pytest.approx(expected)


def test_a_phrase_of_two_codes_is_marked():
    texts = ["блок питания"] * 20 + ["блок питания"] * 20 + ["ботинки"] * 40
    codes = ["8504"] * 20 + ["8471"] * 20 + ["6403"] * 40
    counts = count_keywords(texts, codes, ["блок питания", "ботинки"])
    assert counts.verdict(0) == SEVERAL
    assert {row.code for row in counts.speaks_for(0)} == {"8504", "8471"}


def test_one_document_is_an_anecdote_and_what_is_everywhere_tells_nothing():
    counts = count_keywords(["редкое слово"] + ["слово"] * 400, ["9030"] + ["8504"] * 400,
                            ["редкое слово", "слово"])
    assert counts.verdict(0) == NONE and counts.verdict(1) == NONE


def test_table_one_totals_both_ways():
    texts = ["источник питания, преобразователь напряжения"] * 20 + ["реле"] * 20
    counts = count_keywords(texts, ["8504"] * 20 + ["8536"] * 20,
                            ["источник питания", "преобразователь напряжения"])
    ours, other = counts.by_code()
    assert ours.code == "8504" and [row.documents for row in ours.keywords] == [20, 20]
    assert ours.any_of_them == 20      # each document once
    assert ours.sum_of_counts == 40    # as the paper adds up
    assert other == ("8536", [], 0, 0)


@given(st.lists(st.tuples(st.sampled_from(["реле", "реле тока", "блок", "блок реле"]),
                          st.sampled_from(["8504", "8536"])), min_size=1))
def test_the_sum_of_counts_is_never_below_the_documents_that_hold_a_keyword(documents):
    texts, codes = zip(*documents)
    for code in count_keywords(texts, codes, ["реле", "тока", "блок"]).by_code():
        assert code.any_of_them <= code.sum_of_counts == sum(
            row.documents for row in code.keywords)


@pytest.mark.parametrize("text", [
    "инверторный стабилизатор", "стабилизатор инвертора", "СТАБИЛИЗАТОРЫ ИНВЕРТОРНЫЕ"])
def test_families_match_relatives_in_any_order(text):
    assert PhraseFinder(["инверторный стабилизатор"], families=True).find(text) == {0: 1}


def test_without_families_a_relative_is_another_word():
    assert not holds("инверторный стабилизатор", "стабилизатор инвертора")
    assert not holds("регулятор напряжения", "регулирование напряжения")


@pytest.mark.parametrize("text", ["стабилизатор", "инвертор, блок, стабилизатор",
                                  "стабилизация тока"])
def test_families_ask_for_every_word_and_for_neighbours(text):
    finder = PhraseFinder(["инверторный стабилизатор", "платье тока"], families=True)
    assert finder.find(text) == {}
    assert PhraseFinder(["плата"], families=True).find("платье") == {}


@given(st.lists(st.sampled_from(["реле", "релейный", "защиты", "защитный", "12", "для"]),
                max_size=9), st.integers(0, 2))
def test_a_family_phrase_is_found_wherever_the_plain_one_is(words, gap):
    text, phrase = " ".join(words), "реле защиты"
    plain = PhraseFinder([phrase], gap).find(text)
    related = PhraseFinder([phrase], gap, families=True).find(text)
    assert related.get(0, 0) >= plain.get(0, 0)
    keys = [word[:4] for word in words]
    assert bool(related) == any(
        {keys[a], keys[b]} == {"реле", "защи"}
        for a in range(len(words)) for b in range(a + 1, min(a + 2 + gap, len(words))))


def test_english_words_of_a_family_phrase_are_stemmed():
    assert PhraseFinder(["voltage regulators"], families=True).find("Regulator voltage") == {0: 1}


def test_documents_without_a_code_are_counted_apart():
    counts = count_keywords(["реле защиты", "реле защиты", "реле"], ["8536", "", ""],
                            ["реле защиты"])
    assert counts.without_code.tolist() == [1] and counts.size_without_code == 2
    assert counts.documents.tolist() == [[1]] and counts.sizes.tolist() == [1]


def test_repeated_phrases_are_one():
    assert count_keywords(["реле"], ["8536"], ["реле", " реле "]).phrases == ("реле",)


@pytest.mark.parametrize("texts, phrases, message", [
    ([], ["реле"], "no documents"), (["реле"], [], "no phrases"), (["реле"], ["—"], "«—»")])
def test_nothing_to_count(texts, phrases, message):
    with pytest.raises(ValueError, match=message):
        count_keywords(texts, ["8536"] * len(texts), phrases)


def test_progress_may_stop():
    class Stop(Exception):
        pass

    def stop(share):
        raise Stop
    with pytest.raises(Stop):
        count_keywords(["реле"] * 10, ["8536"] * 10, ["реле"], progress=stop)


# -- tables

def corpus(codes=("8504403008", "8536 30 200 0", "обувь"), texts=("источник питания", "реле",
                                                                  "ботинки")):
    text = StringVariable("text")
    values = tuple(dict.fromkeys(codes))
    return Corpus.from_numpy(
        Domain([], DiscreteVariable("code", values), [text]), np.empty((len(texts), 0)),
        np.array([values.index(c) for c in codes], dtype=float),
        np.array([[t] for t in texts], dtype=object), text_features=[text], language="ru")


def test_codes_at_a_level_and_as_they_are():
    data = corpus()
    assert codes_of(data, "code", 6) == ["850440", "853630", ""]
    assert codes_of(data, "code") == ["8504403008", "8536 30 200 0", "обувь"]


def test_a_code_read_as_a_number_gets_its_zero_back():
    number = ContinuousVariable("n")
    table = Table.from_numpy(Domain([number]), np.array([[102291000.], [np.nan]]))
    assert codes_of(table, number, 6) == ["010229", ""]


def test_tables_that_go_out():
    data = corpus()
    counts = count_keywords(texts_of(data), codes_of(data, "code", 4), ["реле", "лампа"])
    table = keywords_table(counts)
    assert table.domain["Words"].attributes["type"] == "words"
    assert [str(row["Words"]) for row in table] == ["реле", "лампа"]
    assert str(table[0]["code"]) == "8536" and str(table[1]["verdict"]) == NOT_FOUND
    assert np.isnan(table[1]["likelihood ratio"])
    # one document of the code is an anecdote: no keyword, so nothing to total
    assert table[0]["any keyword"] == table[0]["sum of counts"] == 0
    assert np.isnan(table[1]["any keyword"])
    assert [str(row["Words"]) for row in phrases_table(["реле"])] == ["реле"]
    matching = matching_documents(data, counts)
    assert len(matching) == 1 and str(matching[0]["keywords"]) == "реле"
    assert matching_documents(data, counts, [1]) is None


def test_a_name_that_is_taken_is_not_lost():
    data = corpus()
    data = data.add_column(StringVariable("keywords"), ["a", "b", "c"], to_metas=True)
    counts = count_keywords(texts_of(data), ["1", "2", "3"], ["реле"])
    assert str(matching_documents(data, counts)[0]["keywords"]) == "b"


def test_texts_of_nothing():
    with pytest.raises(ValueError, match="empty"):
        texts_of(corpus()[:0])
    data = corpus()
    data.set_text_features([])
    with pytest.raises(ValueError, match="text feature"):
        texts_of(data)
