"""Encodings of Russian tables, told apart by the letters or asked for."""
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orangecontrib.customs.files import CYRILLIC, EncodingError, decode
from orangecontrib.customs.nomenclature import bundled_tariff

TEXTS = sorted({line.ru for line in bundled_tariff().lines} - {""}, key=len)[40:]


@pytest.mark.parametrize("encoding", CYRILLIC)
@pytest.mark.parametrize("style", [str, str.upper, str.lower])
@settings(deadline=None)
@given(texts=st.lists(st.sampled_from(TEXTS), min_size=1, max_size=4))
def test_a_table_is_read_right_or_asked_about(encoding, style, texts):
    data = style("\n".join(["good_id;description", *texts])).encode(encoding, "replace")
    try:
        found = decode(data)
    except EncodingError as error:
        assert encoding in str(error) and "name the encoding" in str(error)
    else:
        assert found.text == data.decode(encoding)


@pytest.mark.parametrize("encoding", CYRILLIC)
@pytest.mark.parametrize("style", [str, str.upper, str.lower])
def test_ten_designations_are_enough(encoding, style):
    data = style("\n".join(TEXTS[-10:])).encode(encoding, "replace")
    assert decode(data).text == data.decode(encoding)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff")))
def test_utf8_and_marked_utf16_are_read_as_they_are(text):
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert decode(text.encode(encoding))[::2] == (text, False)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_text_or_a_clear_error(data):
    try:
        assert isinstance(decode(data).text, str)
    except EncodingError as error:
        assert str(error)


@pytest.mark.parametrize("data, complaint", [
    ("description\nScarpe di città, tomaia in pelle, però blu\n".encode("cp1252"), "read like"),
    ("description\n靴子 男士 皮革 鞋面 橡胶 鞋底\n".encode("gbk"), "(read like|neither UTF-8)"),
    ("description\nтуфли\n".encode("utf-16-le") + b"\0", "zero bytes.*utf-16-le"),
    ("description\nтуфли, сапоги".encode()[:-1], "UTF-8 but for line 2"),
])
def test_what_is_no_russian_is_not_taken_for_it(data, complaint):
    with pytest.raises(EncodingError, match=complaint):
        decode(data)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["description\nтуфли\n", "id,n\r\n1,2\r\n",
                                  "графа 31;№\nБОТИНКИ – «ЛУЧ»;1\n"])
def test_utf_16_without_a_mark_is_told_by_its_zero_bytes(encoding, text):
    assert decode(text.encode(encoding)) == (text, encoding, False)


def test_a_mark_outweighs_the_name_of_an_encoding():
    assert decode("туфли".encode("utf-8-sig"), "cp866").text == "туфли"
    assert decode("туфли".encode("cp866"), "cp866").text == "туфли"
    assert decode("description".encode("utf-16-le"), "utf-16-le").text == "description"
