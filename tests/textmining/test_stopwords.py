"""Stop-words: where they come from, how they are frozen, what they say."""
import ast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orangecontrib.customs.declarations.folding import fold, fold_text
from orangecontrib.customs.textmining.stopwords import (
    SPARED,
    Choice,
    Lexicon,
    bundled_designations,
    codes_in,
    count_words,
    explain,
    learn,
    readable_forms,
    tariff_words,
    tautology_audit,
)
from orangecontrib.customs.textmining.stopwords.sources import (
    boilerplate,
    function_words,
    is_pattern,
    leading_code,
    level_of,
    units,
)

DOCUMENTS = [["обув", "кож", "40"], ["обув", "резин"], ["обув", "кож", "nike"], ["сапог", "не"]]


@given(st.text("aAcCеЕёЁйHН -–«»×\u0301\u00adİxzRпП1", max_size=20) | st.text(max_size=20))
def test_short_cut_folds_as_the_long_way(text):
    assert fold_text(text) == fold(text).text


def test_function_words_spare_negations_and_bounds():
    words = function_words()
    assert {"для", "или", "of", "the"} <= set(words)
    assert not set(words) & set(SPARED)
    assert len(set(words)) == len(words) and len(set(units())) == len(units())


def test_boilerplate_spares_negations_and_what_tells_goods_apart():
    words = boilerplate()
    assert {"арт", "артикул", "кол-во", "мод", "изготовитель", "ооо", "товарный"} <= set(words)
    assert len(set(words)) == len(words) and not set(words) & {fold(w).text for w in SPARED}
    assert not set(words) & set(function_words())
    # a steel, a postage stamp; scales; packing; of animal origin; «подносок отсутствует»
    assert not set(words) & {"марка", "вес", "упаковка", "происхождение", "отсутствует"}


@given(st.dictionaries(st.text("абв", min_size=1, max_size=4), st.integers(1, 3)))
def test_a_readable_form_is_the_most_frequent_of_its_token(raw):
    forms = readable_forms(raw, [word[:1] for word in raw])
    for token, form in forms.items():
        rivals = [word for word in raw if word[:1] == token]
        assert form == min(rivals, key=lambda word: (-raw[word], len(word), word))
    assert set(forms) == {word[:1] for word in raw}


def test_a_word_that_became_nothing_is_nobodys_form():
    assert readable_forms({"кол": 2, "во": 1}, ["", "в"]) == {"в": "во"}


@pytest.mark.parametrize("text, code", [
    ("6403 99 960 0", "6403999600"), ("8504", "8504"), ("8504.40", "850440"),
    (" 9032 ", "9032"), ("обувь", ""), ("12345678901", ""), ("8504a", ""), ("", ""),
    ("850440 – преобразователи", "850440")])
def test_clean_code(text, code):
    assert leading_code(text) == code


def test_codes_typed_by_hand():
    assert codes_in("8504, 8536 30;\n9032,") == (["8504", "853630", "9032"], [])
    assert codes_in("8504, обувь") == (["8504"], ["обувь"])


@pytest.mark.parametrize("code, level", [
    ("6403", 4), ("640340", 6), ("6401100000", 6), ("6401921000", 8), ("6403999600", 8),
    ("6403999602", 10)])
def test_level_of_a_padded_leaf(code, level):
    assert level_of(code) == level


@pytest.mark.parametrize("name, yes, no", [
    ("numbers", ["40", "1.5", ",", "10-20"], ["220в", "а4", "кож"]),
    ("units", ["220в", "50гц", "1.5мм"], ["в", "м12", "40"]),
    ("latin", ["nike", "pvc", "is-500"], ["мах", "40", "3dмодель"]),
    ("letters", ["в", "a"], ["1", "из"])])
def test_patterns(name, yes, no):
    assert all(is_pattern(name, token) for token in yes)
    assert not any(is_pattern(name, token) for token in no)


DESIGNATIONS = [("64", "группа"), ("6403", "обувь кожа"), ("640340", "подносок"),
                ("6403999600", "мужской"), ("8504", "преобразователь 1000"), ("8536", "обувь")]
TOKENS = [text.split() for _, text in DESIGNATIONS]


def test_levels_and_chosen_codes():
    words = lambda *args: set(tariff_words(DESIGNATIONS, TOKENS, *args))  # noqa: E731
    assert words(["6403"], 4) == {"обувь", "кожа"}
    assert words(["6403"], 6) == {"обувь", "кожа", "подносок"}
    assert words(["6403"], 10) == {"обувь", "кожа", "подносок", "мужской"}
    # a leaf repeats its heading, not its sister
    assert words(["6403999600"], 10) == {"обувь", "кожа", "мужской"}
    # numbers are no words; whole groups have no legal force
    assert words(None, 4) == {"обувь", "кожа", "преобразователь"}
    assert words([], 10) == set()
    assert tariff_words(DESIGNATIONS, TOKENS, None, 4, spare=["кожа"])["обувь"] == "6403, 8536"


def test_bundled_designations_are_in_both_languages():
    texts = dict(bundled_designations())
    assert {"6403", "8504", "8536", "9032"} <= set(texts)
    assert any("обувь" in text.lower() for _, text in bundled_designations())
    assert any("footwear" in text.lower() for _, text in bundled_designations())


def test_document_frequency_per_class():
    counts = count_words(DOCUMENTS, np.array([0, 0, 1, -1]), ("6403", "6404"))
    at = {word: i for i, word in enumerate(counts.words)}
    assert counts.df[at["обув"]] == 3 and counts.documents == 4
    assert list(counts.class_df[at["обув"]]) == [2, 1]
    assert list(counts.class_sizes) == [2, 1]
    assert list(counts.class_df[at["сапог"]]) == [0, 0], "of unknown class"


def test_counting_nothing():
    counts = count_words([[], []], np.array([0, 1]), ("a", "b"))
    assert counts.words == () and counts.class_df.shape == (0, 2)


def rows_of(lexicon, counts, choice=None):
    return {row.word: row for row in explain(lexicon, counts, choice)}


def test_window_and_limit():
    counts = count_words(DOCUMENTS)
    choice = Choice(window=(.3, .7))
    lexicon = learn(counts, choice)
    assert lexicon.vocabulary == {"кож", "40", "nike", "резин", "сапог", "не"}
    assert rows_of(lexicon, counts, choice)["обув"].source == "frequent"
    choice = Choice(limit=1)
    lexicon = learn(counts, choice)
    assert lexicon.vocabulary == {"обув"}
    assert rows_of(lexicon, counts, choice)["кож"].source == "vocabulary limit"
    assert not lexicon.keeps("невиданное"), "a closed vocabulary"


def test_patterns_judge_words_never_seen():
    lexicon = learn(count_words(DOCUMENTS), Choice(patterns=("numbers", "latin")))
    assert lexicon.keeps("невиданное")
    assert not lexicon.keeps("777") and not lexicon.keeps("adidas")


def test_by_hand_beats_protected_beats_sources():
    counts = count_words(DOCUMENTS)
    listed = [("tariff", {"обув": "6403", "кож": "6403", "резин": "6402"}),
              ("list", {"кож": ""})]
    choice = Choice(protected=frozenset({"кож", "сапог"}), by_hand={"обув": True, "сапог": False})
    rows = rows_of(learn(counts, choice, listed), counts, choice)
    assert rows["обув"].keep and rows["обув"].source == "by hand"
    assert rows["кож"].keep and rows["кож"].source == "protected"
    assert not rows["сапог"].keep and rows["сапог"].source == "by hand"
    assert (rows["резин"].source, rows["резин"].code) == ("tariff", "6402")
    both = rows_of(learn(counts, Choice(), listed), counts, Choice())["кож"]
    assert (both.source, both.code) == ("tariff, list", "6403")


words = st.text("абвabc12", min_size=1, max_size=4)


@given(st.lists(st.lists(words, max_size=6), min_size=1, max_size=8),
       st.dictionaries(words, st.booleans(), max_size=4), st.sets(words, max_size=3),
       st.none() | st.integers(1, 4), st.booleans())
def test_a_stored_lexicon_decides_as_the_learnt_one(documents, by_hand, protected, limit, window):
    choice = Choice(("numbers", "units", "latin", "letters"), (.2, .9) if window else None,
                    limit, frozenset(protected), by_hand)
    lexicon = learn(count_words(documents), choice, [("tariff", {"аб": "6403"})],
                    [("Document frequency", frozenset({"а"}))])
    stored = ast.literal_eval(repr(lexicon.as_literal()))
    again = Lexicon.from_literal(stored)
    assert again == lexicon
    for word, keep in by_hand.items():
        assert lexicon.keeps(word) is keep


@pytest.mark.parametrize("broken", [{}, {"dropped": 1}, {
    "dropped": [], "always": [], "patterns": ["no such"], "vocabulary": None, "upstream": [],
    "documents": 1}])
def test_a_damaged_lexicon_is_refused(broken):
    with pytest.raises(ValueError):
        Lexicon.from_literal(broken)


# -- audit

def corpus_that_echoes(n=60):
    """Two headings that only the tariff's word tells apart."""
    rng = np.random.default_rng(0)
    labels = np.arange(n) % 2
    filler = [list(rng.choice(list("абвгдежз"), 3)) for _ in range(n)]
    return [words + [("преобразовател", "защит")[label], f"x{i}"]
            for i, (words, label) in enumerate(zip(filler, labels))], labels


def test_audit_finds_an_echo():
    tokens, labels = corpus_that_echoes()
    tariff = {4: frozenset({"преобразовател", "защит"})}
    everything, without, only = tautology_audit(tokens, labels, tariff)
    assert everything.accuracy == 1 and only.accuracy == 1 and only.vocabulary == 2
    assert without.accuracy < .75
    assert without.low < without.accuracy < without.high
    assert (everything.level, without.only, only.only) == (0, False, True)


def test_audit_keeps_equal_texts_in_one_fold():
    # each text twice: whoever lets the copies into the training part scores 1.0
    rng = np.random.default_rng(1)
    tokens = [[f"word{i}"] for i in range(40)] * 2
    labels = np.tile(rng.integers(0, 2, 40), 2)
    assert tautology_audit(tokens, labels, {})[0].accuracy < .8


def test_audit_is_cancelled_between_fits():
    tokens, labels = corpus_that_echoes()
    rows = tautology_audit(tokens, labels, {4: frozenset({"защит"})},
                           progress=lambda share: share < .34)
    assert [row.level for row in rows] == [0]


@pytest.mark.parametrize("labels", [np.zeros(4, int), np.full(4, -1), np.array([0, 0, 0, 1])])
def test_audit_needs_two_classes(labels):
    with pytest.raises(ValueError, match="two classes"):
        tautology_audit(DOCUMENTS, labels, {4: frozenset()})


def test_audit_of_level_without_words_answers_the_majority():
    tokens, labels = corpus_that_echoes()
    rows = tautology_audit(tokens, labels, {4: frozenset()})
    assert rows[2].vocabulary == 0 and rows[2].accuracy <= .6
