"""Declarations as people send them: encodings, separators, codes, quantities."""
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orangecontrib.customs.headless.files import InputError, clean_code, read_goods, write_rows

TEXT = "БОТИНКИ МУЖСКИЕ"


def written(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "d.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_and_separators(tmp_path, encoding, separator):
    text = f"good_id{separator}description\r\nA{separator}{TEXT}\r\n"
    goods = read_goods(written(tmp_path, text, encoding))
    assert [(g.good_id, g.description) for g in goods] == [("A", TEXT)]


def test_without_ids_rows_are_numbered(tmp_path):
    goods = read_goods(written(tmp_path, "description\nа\nб\n"))
    assert [g.good_id for g in goods] == ["1", "2"]


def test_repeated_ids_keep_all_rows_and_say_so(tmp_path):
    goods = read_goods(written(tmp_path, "good_id,description\nA,а\nA,б\n"))
    assert [g.good_id for g in goods] == ["A", "A"]
    assert len({g.key for g in goods}) == 2
    assert "повторяется" in goods[1].problems[0]


def test_a_missing_column_is_named_with_those_there_are(tmp_path):
    with pytest.raises(InputError, match="no column description.*text, x"):
        read_goods(written(tmp_path, "text,x\n1,2\n"))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match="cannot read .*nothing.csv"):
        read_goods(tmp_path / "nothing.csv")


def test_an_unknown_encoding_is_refused(tmp_path):
    path = tmp_path / "d.csv"
    path.write_bytes(b"description\n\x98\xff\xfe")
    with pytest.raises(InputError, match="neither UTF-8 nor cp1251"):
        read_goods(path)


@pytest.mark.parametrize("text, code", [
    ("6403 99 960 0", "6403999600"), ("6403999600.0", "6403999600"),
    (" 6403\u00a099 ", "640399"), ("", "")])
def test_codes_as_people_write_them(text, code):
    assert clean_code(text) == code


def test_wrong_codes_and_quantities_are_reported_and_the_row_goes_on(tmp_path):
    goods = read_goods(written(
        tmp_path, "description,declared_code,quantity\nа,abc,много\nб,6403,1 000.5\n"))
    assert goods[0].declared_code == "" and goods[0].quantity is None
    assert len(goods[0].problems) == 2
    assert goods[1].declared_code == "6403" and goods[1].quantity == 1000.5


@given(st.lists(st.text(
    st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00\r\n"),
    max_size=30), max_size=6))
def test_what_is_written_is_read_back(tmp_path_factory, texts):
    path = tmp_path_factory.mktemp("w") / "o.csv"
    write_rows(path, ("description", "good_id"),
               [{"description": t, "good_id": f"g{i}"} for i, t in enumerate(texts)])
    goods = read_goods(path)
    assert [g.description for g in goods] == [t.strip() for t in texts]


def test_output_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(InputError, match="cannot write"):
        write_rows(tmp_path / "no" / "o.csv", ("a",), [])


def test_a_repeated_id_never_gets_the_key_of_another_row(tmp_path):
    goods = read_goods(written(tmp_path, "good_id,description\nA,а\nA,б\nA#2,в\nA#2,г\n"))
    assert len({g.key for g in goods}) == 4
    assert [g.good_id for g in goods] == ["A", "A", "A#2", "A#2"]


def test_unicode_text_of_excel_is_read(tmp_path):
    goods = read_goods(written(tmp_path, "good_id\tdescription\nA\tСапоги\n", "utf-16"))
    assert goods[0].description == "Сапоги"


@pytest.mark.parametrize("quantity", ["-5", "0", "nan", "inf"])
def test_a_quantity_that_is_no_number_of_pairs_is_reported(tmp_path, quantity):
    good, = read_goods(written(tmp_path, f"description,quantity\nа,{quantity}\n"))
    assert good.quantity is None and quantity in good.problems[0]


def test_ids_are_compared_as_people_see_them(tmp_path):
    # macOS keeps «й» of a file name as two characters
    good, = read_goods(written(tmp_path, "good_id,description\nИи\u0306,а\n"))
    assert good.good_id == "Ий"


def test_a_code_of_an_odd_length_is_kept_and_reported(tmp_path):
    goods = read_goods(written(tmp_path, "description,declared_code\nа,640399960\n"))
    assert goods[0].declared_code == "640399960"
    assert "9 знаков" in goods[0].problems[0]
