"""Tables as they are read: the separator, the progress, and files that are no texts."""
import pytest

from orangecontrib.customs.files import TableFileError, read_table


@pytest.mark.parametrize("delimiter", ",;\t")
def test_the_separator_is_told(tmp_path, delimiter):
    path = tmp_path / "goods.csv"
    path.write_text(f"id{delimiter}name\n1{delimiter}Туфли\n", encoding="utf-8")
    table = read_table(path)
    assert table.delimiter == delimiter
    assert table.rows[0].cells == {"id": "1", "name": "Туфли"}


def test_progress_grows_to_the_end_and_may_end_the_reading(tmp_path):
    path = tmp_path / "goods.csv"
    path.write_text("id\n" + "".join(f"{i}\n" for i in range(5000)), encoding="utf-8")
    shares = []
    read_table(path, progress=shares.append)
    assert shares == sorted(shares)
    assert len(shares) > 3
    assert 0 < shares[-1] <= 1

    def stop(share):
        raise KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        read_table(path, progress=stop)


@pytest.mark.parametrize("beginning, kind", [
    (b"PK\x03\x04\x14\0", "xlsx"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", "xls"),
    (b"%PDF-1.7\n%\xe2\xe3", "PDF")])
@pytest.mark.parametrize("encoding", ["", "cp1251"])
def test_what_is_no_text_is_named_whatever_encoding_was_asked_for(tmp_path, beginning, kind,
                                                                   encoding):
    path = tmp_path / "goods.csv"
    path.write_bytes(beginning)
    with pytest.raises(TableFileError, match=f"{kind}.*save the table as CSV"):
        read_table(path, encoding)
