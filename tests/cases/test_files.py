"""Declarations as people send them: encodings, separators, codes, quantities."""
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orangecontrib.customs.cases.files import InputError, read_goods, write_rows
from orangecontrib.customs.files import Output, OutputError

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
    assert "повторяется" in str(goods[1].problems[0])


def test_a_missing_column_is_named_with_those_there_are(tmp_path):
    with pytest.raises(InputError, match="no column description.*text, x"):
        read_goods(written(tmp_path, "text,x\n1,2\n"))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match="cannot read .*nothing.csv"):
        read_goods(tmp_path / "nothing.csv")


def test_an_unknown_encoding_is_refused(tmp_path):
    path = tmp_path / "d.csv"
    path.write_bytes(b"description\n\x98\xff\xfe")
    with pytest.raises(InputError, match="not UTF-8.*--encoding"):
        read_goods(path)


def test_wrong_codes_and_quantities_are_reported_and_the_row_goes_on(tmp_path):
    goods = read_goods(written(
        tmp_path, "description,declared_code,quantity\nа,abc,много\nб,6403,1 000.5\n"))
    assert goods[0].declared_code == "" and goods[0].quantity is None
    assert len(goods[0].problems) == 2
    assert goods[1].declared_code == "6403" and goods[1].quantity == 1000.5


@given(st.lists(st.text(
    st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"),
    max_size=30), max_size=6))
def test_what_is_written_is_read_back(tmp_path_factory, texts):
    path = tmp_path_factory.mktemp("w") / "o.csv"
    with Output(path) as place:
        write_rows(place, ("description", "good_id"),
                   [{"description": t, "good_id": f"g{i}"} for i, t in enumerate(texts)])
    goods = read_goods(path)
    assert [g.description for g in goods] == [t.strip() for t in texts]


def test_output_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(OutputError, match="cannot write .*no folder"):
        Output(tmp_path / "no" / "o.csv")


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
    assert good.quantity is None and quantity in str(good.problems[0])


def test_ids_are_compared_as_people_see_them(tmp_path):
    # macOS keeps «й» of a file name as two characters
    good, = read_goods(written(tmp_path, "good_id,description\nИи\u0306,а\n"))
    assert good.good_id == "Ий"


def test_a_code_of_an_odd_length_is_kept_and_reported(tmp_path):
    goods = read_goods(written(tmp_path, "description,declared_code\nа,640399960\n"))
    assert goods[0].declared_code == "640399960"
    assert "9 знаков" in str(goods[0].problems[0])


def test_a_row_with_more_fields_than_the_header_is_not_read_as_if_whole(tmp_path):
    cut, whole = read_goods(written(tmp_path, "good_id,description,declared_code\n"
                                    "A,туфли, верх кожа,6403\nB,\"туфли, верх кожа\",6403,,\n"))
    assert (cut.good_id, cut.description, cut.declared_code) == ("A", None, "")
    assert "строка 2 файла: полей 4, а в заголовке 3" in str(cut.problems[0])
    assert (whole.description, whole.declared_code, whole.problems) == (
        "туфли, верх кожа", "6403", ())


def test_an_id_right_of_the_shift_is_not_believed(tmp_path):
    good, = read_goods(written(tmp_path, "description,good_id\nтуфли, верх кожа,A\n"))
    assert (good.good_id, good.description) == ("1", None)


def test_a_column_without_a_name_left_of_the_others_shifts_nothing(tmp_path):
    # as pandas writes the numbers of rows
    good, = read_goods(written(tmp_path, ",good_id,description\n0,A,туфли\n"))
    assert (good.good_id, good.description, good.problems) == ("A", "туфли", ())


def test_columns_without_a_name_right_of_the_others_take_no_text(tmp_path):
    good, = read_goods(written(tmp_path, "good_id;description;;\nA;туфли; верх кожа;\n"))
    assert good.description is None and "полей 4, а в заголовке 2" in str(good.problems[0])


@pytest.mark.parametrize("rows", [
    'A,"туфли\nB,сапоги\n', 'A,"туфли\nB,"сапоги"\nC,"ботинки"\n', 'A,туфли\nB,"сапоги'])
def test_a_quotation_mark_that_swallows_rows_is_refused_with_its_line(tmp_path, rows):
    line = 3 if rows.startswith("A,туфли") else 2
    with pytest.raises(InputError, match=f"d.csv, line {line}: a quotation mark.*close it"):
        read_goods(written(tmp_path, "good_id,description\n" + rows))


def test_a_description_of_several_lines_is_read(tmp_path):
    good, = read_goods(written(tmp_path, 'good_id,description\nA,"туфли\nверх: кожа"\n'))
    assert good.description == "туфли\nверх: кожа" and not good.problems


def test_several_lines_in_the_first_column_swallow_nothing(tmp_path):
    good, = read_goods(written(tmp_path, 'description;good_id\n"туфли\nверх: кожа";A\n'))
    assert (good.good_id, good.description, good.problems) == ("A", "туфли\nверх: кожа", ())


def test_rows_that_may_have_been_swallowed_are_named(tmp_path):
    good, = read_goods(written(tmp_path, 'good_id;description\nA;"туфли\nB;сапоги"\n'))
    assert "закройте кавычку" in str(good.problems[0])


def test_a_stray_quotation_mark_inside_one_line_does_no_harm(tmp_path):
    goods = read_goods(written(tmp_path, 'good_id;description\nA;"Nike" кеды\nB;кеды 12" 5\n'))
    assert [good.description for good in goods] == ["Nike кеды", 'кеды 12" 5']


def test_a_column_that_stands_twice_is_refused(tmp_path):
    with pytest.raises(InputError, match="d.csv, line 1: the column description stands twice"):
        read_goods(written(tmp_path, "description,x,description\nа,б,в\n"))


@pytest.mark.parametrize("text, code", [
    ("6403.99.960.0", "6403999600"), ("6403999600.0", "6403999600"), ("код 6403 99", "640399"),
    ("64О3", "6403")])
def test_declared_codes_are_read_as_people_type_them(tmp_path, text, code):
    good, = read_goods(written(tmp_path, f"description,declared_code\nа,{text}\n"))
    assert good.declared_code == code
    assert bool(good.problems) == ("О" in text)


def test_ids_join_again_after_a_spreadsheet_mark(tmp_path):
    goods = read_goods(written(tmp_path, "good_id,description\n'=1+1,'-туфли\n'A',''\n"))
    assert [(g.good_id, g.description) for g in goods] == [("=1+1", "-туфли"), ("'A'", "''")]


@pytest.mark.parametrize("encoding", ["cp1251", "cp866", "koi8-r", "iso8859-5", "mac-cyrillic"])
def test_the_encoding_is_told_by_the_letters_and_said(tmp_path, capsys, encoding):
    text = "good_id;description\nA;Ботинки мужские, верх из натуральной кожи\n"
    good, = read_goods(written(tmp_path, text, encoding))
    assert good.description == "Ботинки мужские, верх из натуральной кожи"
    assert "judging by its letters" in capsys.readouterr().err
    assert read_goods(tmp_path / "d.csv", encoding) == [good]
    assert not capsys.readouterr().err


def test_an_encoding_that_is_not_clear_is_asked_for(tmp_path):
    with pytest.raises(InputError, match="letters fit .* and .*--encoding"):
        read_goods(written(tmp_path, "description\nЦ\n", "cp1251"))


def test_an_encoding_that_does_not_fit_or_exist_is_refused(tmp_path):
    path = written(tmp_path, "description\nтуфли\n", "cp1251")
    with pytest.raises(InputError, match="not in utf-8 .line 2"):
        read_goods(path, "utf-8")
    with pytest.raises(InputError, match="no encoding 'klingon'"):
        read_goods(path, "klingon")


def test_a_damaged_line_of_a_utf8_file_is_named(tmp_path):
    path = tmp_path / "d.csv"
    path.write_bytes("description\nтуфли\nсапоги\nботинки\n".encode().replace(
        "сапоги".encode(), "сапоги".encode()[:-1]))
    with pytest.raises(InputError, match="UTF-8 but for line 3"):
        read_goods(path)


@pytest.mark.parametrize("written_in, named", [("utf-8", "cp1251"), ("cp1251", "cp866")])
def test_a_named_encoding_that_the_letters_contradict_is_obeyed_and_said(
        tmp_path, capsys, written_in, named):
    path = tmp_path / "d.csv"
    path.write_text("description\nБотинки мужские, верх кожа\n", encoding=written_in)
    assert read_goods(path, named)[0].description != "Ботинки мужские, верх кожа"
    assert f"is read as {named}" in (said := capsys.readouterr().err) and written_in in said
    read_goods(path, written_in)
    assert not capsys.readouterr().err
