from hypothesis import given
from hypothesis import strategies as st

from orangecontrib.customs.declarations import fold

LETTERS = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяАВСЕНКМОРТХУaceopxykABCEHKMOPTXYZz " \
    "0123456789.,-—«»\"\t\u00a0\u00ad"


def test_look_alike_letters_become_cyrillic_inside_cyrillic_words():
    assert fold("HА HАПРЯЖЕHИЕ").text == "на напряжение"
    assert fold("C ПOДOШBOЙ").text == "с подошвой"


def test_latin_words_stay_latin():
    assert fold("ПОДОШВА PU И TPR, EVA, «NIKE AIR»").text == 'подошва pu и tpr, eva, "nike air"'


def test_cyrillic_letters_in_a_latin_word_become_latin():
    assert fold("подошва РU, РVС").text == "подошва pu, pvc"  # Cyrillic Р and С


def test_purely_latin_text_is_left_alone():
    assert fold("MAX COTTON").text == "max cotton"


def test_yo_quotes_dashes_and_spaces():
    assert fold("Чёрные «туфли»\u00a0—  шнуровые").text == 'черные "туфли" - шнуровые'


def test_brands_are_masked_for_the_gate():
    assert fold("ECCO туфли").masked == "zzzz туфли"


def test_spans_refer_to_the_original():
    text = "Верх  —\u00a0нату\u00adральная   кожа"
    folded = fold(text)
    start = folded.text.index("натуральная")
    begin, end = folded.span(start, start + len("натуральная кожа"))
    assert text[begin:end] == "нату\u00adральная   кожа"


def test_a_decomposed_letter_is_one_letter():
    text = "Лёгкий\u0306 тапок и\u0306од"
    folded = fold(text)
    assert "йод" in folded.text
    start = folded.text.index("йод")
    begin, end = folded.span(start, start + 3)
    assert text[begin:end] == "и\u0306од"


@given(st.text(LETTERS, max_size=80))
def test_spans_are_inside_and_in_order(text):
    folded = fold(text)
    assert len(folded.masked) == len(folded.text)
    last = 0
    for i in range(len(folded.text)):
        begin, end = folded.span(i, i + 1)
        assert last <= begin < end <= len(text)
        last = begin


@given(st.text(max_size=60))
def test_any_text_folds(text):
    folded = fold(text)
    begin, end = folded.span(0, len(folded.text))
    assert 0 <= begin <= end <= len(text)
    assert "ё" not in folded.text and "  " not in folded.text
