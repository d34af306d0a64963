"""A history is imported row by row, and the ledger is exported without loss."""
import pytest
from ledger_entries import ANOTHER, SAID, entry

from orangecontrib.customs.cases.files import InputError
from orangecontrib.customs.files import Output
from orangecontrib.customs.ledger import digest_of
from orangecontrib.customs.ledger.files import export, import_table
from orangecontrib.customs.ledger.recording import withdraw

HISTORY = f"""№ товара;Код программы;Вероятность;Верный код;Инспектор;Дата решения;Описание
1;{SAID};0,93;{SAID};Анна;01.07.2026;Ботинки
2;{SAID};0,81;6402 99 910 0;Борис;2026-07-02T10:00;Сапоги
3;{SAID};0,5;не знаю;Анна;02.07.2026;Туфли
4;{SAID};0,5;{SAID};Анна;вчера;Туфли
5;;;6405;Анна;03.07.2026;
1;{SAID};0,93;{ANOTHER};Анна;01.07.2026;Ботинки
"""


@pytest.fixture
def history(tmp_path):
    path = tmp_path / "history.csv"
    path.write_text(HISTORY, encoding="utf-8")
    return path


def test_rows_that_cannot_be_used_are_put_aside_with_line_and_reason(ledger, history):
    found = import_table(ledger, history)
    assert (found.new, found.known) == (3, 0)
    assert [(row.line, row.cells["№ товара"]) for row in found.aside] == [
        (4, "3"), (5, "4"), (7, "1")]
    for row, said in zip(found.aside, ("не знаю", "вчера", "take that back")):
        assert said in row.reason
    first, second, third = ledger.entries()
    assert (first.key, first.p, first.found, first.who, first.source) == (
        "1", .93, SAID, "Анна", "history.csv")
    assert (second.found, second.at) == (ANOTHER, "2026-07-02T10:00:00.000000Z")
    assert (third.said, third.outcome) == ("", "open")


def test_of_a_description_only_the_digest_is_kept(ledger, history):
    import_table(ledger, history)
    assert ledger.entries()[0].text_digest == digest_of("Ботинки")
    assert "Ботинки".encode() not in ledger.path.read_bytes()


def test_the_same_history_twice_adds_nothing(ledger, history):
    import_table(ledger, history)
    again = import_table(ledger, history)
    assert (again.new, again.known, len(again.aside), len(ledger)) == (0, 3, 3, 3)


def test_what_is_exported_comes_in_elsewhere_as_it_was(ledger, tmp_path):
    ledger.append([entry(p=1 / 3, value=10.1, currency="USD"), entry("A-2", ANOTHER)])
    withdraw(ledger, entry("A-2", ANOTHER).id, "Ann", "2026-08-01T00:00:00.000000Z")
    with Output(tmp_path / "out.csv") as place:
        export(ledger.entries(), place)
    other = type(ledger)(tmp_path / "other.ledger")
    assert import_table(other, tmp_path / "out.csv").aside == ()

    def told(some):
        return [{**row.as_row(), "source": "", "version": ""} for row in some.entries()]
    assert told(other) == told(ledger)


def test_a_result_with_a_column_of_found_codes_is_a_history(ledger, tmp_path):
    path = tmp_path / "result.csv"
    path.write_text(f"good_id,key,code,p,safe_code,heading,found\nA,A,{SAID},0.9,6403,6403,{SAID}\n"
                    f"A,A#2,{SAID},0.9,6403,6403,{ANOTHER}\n", encoding="utf-8")
    import_table(ledger, path, who="Ann", at="2026-07-01")
    assert [(some.key, some.said, some.safe_code, some.outcome) for some in ledger.entries()] == [
        ("A", SAID, "6403", "confirmed"), ("A#2", SAID, "6403", "overturned")]


def test_a_column_may_be_named(ledger, tmp_path):
    path = tmp_path / "h.csv"
    path.write_text(f"id,answer,x\nA,{SAID},{ANOTHER}\n", encoding="utf-8")
    with pytest.raises(InputError, match='found; say which one it is: --column found="…"'):
        import_table(ledger, path, who="Ann", at="2026-07-01")
    import_table(ledger, path, who="Ann", at="2026-07-01", columns={"found": "answer", "said": "x"})
    assert ledger.entries()[0].outcome == "overturned"
    with pytest.raises(InputError, match="no role 'colour'"):
        import_table(ledger, path, columns={"colour": "x"})
    with pytest.raises(InputError, match="no column 'y'"):
        import_table(ledger, path, columns={"found": "y"})


def test_who_and_when_must_be_known(ledger, tmp_path):
    path = tmp_path / "h.csv"
    path.write_text(f"id,found\nA,{SAID}\n", encoding="utf-8")
    assert "--who" in import_table(ledger, path).aside[0].reason
    assert "--when" in import_table(ledger, path, who="Ann").aside[0].reason
    assert not ledger.path.exists()
