"""The ledger's file: appended to by many, changed by nobody."""
import multiprocessing
import os
import random
import signal
import sqlite3
from contextlib import closing
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from ledger_entries import ANOTHER, entry
from ledger_processes import die_in_the_middle, write

from orangecontrib.customs.ledger import Ledger, LedgerError
from orangecontrib.customs.ledger.recording import withdraw, withdrawal_of
from orangecontrib.customs.ledger.store import APPLICATION, VERSION, Conflict, uri_of

#: No fork: the tests' process has threads.
PROCESSES = multiprocessing.get_context("spawn")


def test_what_was_appended_is_read_in_its_order(ledger):
    some = [entry("A-1", p=.1, value=10.5, currency="USD"), entry("A-2", ANOTHER, "Борис", p=None)]
    assert ledger.append(some) == 2
    assert ledger.entries() == some and len(ledger) == 2


def test_entries_of_some_goods_are_found(ledger):
    ledger.append([entry("A"), entry('й"1'), entry("B"), entry("A", who="Bob")])
    assert ledger.entries(["A", 'й"1']) == [entry("A"), entry('й"1'), entry("A", who="Bob")]
    assert ledger.entries([]) == []


def test_no_file_is_made_by_looking(ledger):
    assert ledger.entries() == [] and len(ledger) == 0
    assert not ledger.path.exists()


def test_the_same_decision_twice_is_one_entry(ledger):
    assert ledger.append([entry(), entry()]) == 1
    assert ledger.append([entry(), entry("A-2")]) == 1
    assert len(ledger) == 2


def test_of_one_moment_there_are_not_two_answers_and_nothing_of_the_rest_is_written(ledger):
    ledger.append([entry()])
    with pytest.raises(Conflict, match="'A-1'.*Ann.*6403999600"):
        ledger.append([entry("A-2"), entry(found=ANOTHER)])
    assert ledger.entries() == [entry()]


@pytest.mark.parametrize("statement", [
    "UPDATE entry SET found = '6402999100'", "DELETE FROM entry",
    "INSERT OR REPLACE INTO entry SELECT * FROM entry",
    "UPDATE entry SET number = 7 WHERE number = 1"])
def test_an_entry_is_neither_changed_nor_deleted(ledger, statement):
    ledger.append([entry()])
    with closing(sqlite3.connect(ledger.path)) as connection, \
            pytest.raises(sqlite3.IntegrityError, match="never changed"):
        connection.execute(statement)
    assert ledger.entries() == [entry()]


def test_a_decision_is_taken_back_by_another_entry(ledger):
    ledger.append([entry()])
    taken = withdraw(ledger, entry().id[:8], "Ann")
    assert ledger.entries() == [entry(), taken] and taken.withdraws == entry().id


def test_what_is_not_there_cannot_be_taken_back(ledger):
    with pytest.raises(Conflict, match="no entry"):
        ledger.append([withdrawal_of(entry(), "Ann")])
    with pytest.raises(ValueError, match="no entries"):
        withdraw(ledger, "f00", "Ann")
    assert ledger.entries() == []


def foreign(path, kind):
    if kind == "table":
        path.write_text("good_id,code\nA,6403\n", encoding="utf-8")
        return
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE goods (id TEXT)")
        if kind == "later":
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
            connection.execute(f"PRAGMA user_version = {VERSION + 1}")
        connection.commit()


@pytest.mark.parametrize("kind, said", [("table", "not a ledger"), ("database", "not a ledger"),
                                        ("later", "of a later program")])
def test_what_is_not_our_ledger_is_refused_in_words_and_left_as_it_is(ledger, kind, said):
    foreign(ledger.path, kind)
    before = ledger.path.read_bytes()
    for job in (ledger.entries, lambda: ledger.append([entry()]), lambda: len(ledger)):
        with pytest.raises(LedgerError, match=said):
            job()
    assert ledger.path.read_bytes() == before
    assert [path.name for path in ledger.path.parent.iterdir()] == [ledger.path.name]


def test_a_damaged_ledger_is_said_to_be_one(ledger):
    ledger.append([entry(str(number)) for number in range(500)])
    content = bytearray(ledger.path.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    ledger.path.write_bytes(content)
    with pytest.raises(LedgerError, match="damaged"):
        ledger.entries()


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(LedgerError, match="no such folder"):
        Ledger(tmp_path / "gone" / "a.ledger").append([entry()])


def test_who_waits_too_long_is_told_that_the_ledger_is_in_use(ledger):
    ledger.append([entry()])
    with closing(sqlite3.connect(ledger.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError, match="in use by another program"):
            Ledger(ledger.path, patience=.01).append([entry("A-2")])
        assert len(ledger) == 1  # which may be read meanwhile


def started(path, name, count):
    ours, theirs = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=write, args=(path, name, count, theirs))
    process.start()
    theirs.close()
    return process, ours


def received(pipe):
    """What a process has told until its end."""
    found = []
    while True:
        try:
            found.append(pipe.recv())
        except EOFError:
            return found


def sound(ledger):
    with closing(sqlite3.connect(ledger.path)) as connection:
        return connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def numbers_by_person(ledger):
    found = {}
    for some in ledger.entries():
        found.setdefault(some.who, []).append(int(some.key.rpartition("-")[2]))
    return found


def test_two_programs_append_at_once_while_a_third_is_killed(ledger):
    """Three processes take a while to start."""
    steady = {name: started(ledger.path, name, 60) for name in ("one", "two")}
    lost, pipe = started(ledger.path, "killed", 10 ** 6)
    told = [pipe.recv() for _ in range(random.Random(26).randrange(3, 30))]
    lost.kill()
    told += received(pipe)
    lost.join()
    for name, (process, ours) in steady.items():
        assert received(ours) == list(range(60)), name
        process.join()
        assert process.exitcode == 0
    assert sound(ledger)
    found = numbers_by_person(ledger)
    assert found["one"] == found["two"] == list(range(60))
    # what was told is in, in order; the last one may be in without having been told
    assert found["killed"] in (told, [*told, len(told)])
    assert lost.exitcode == -signal.SIGKILL


@pytest.mark.parametrize("making", [True, False])
def test_of_an_append_that_was_killed_nothing_is_left(ledger, making):
    if not making:
        ledger.append([entry("before")])
    process = PROCESSES.Process(target=die_in_the_middle, args=(ledger.path, making))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert Path(f"{ledger.path}-journal").exists()  # it was killed in the middle
    before = [] if making else ["before"]
    assert [some.key for some in ledger.entries()] == before
    assert ledger.append([entry("after")]) == 1
    assert [some.key for some in ledger.entries()] == [*before, "after"] and sound(ledger)


@pytest.mark.parametrize("path, uri", [
    (PureWindowsPath("//server/share/a b.ledger"), "file:////server/share/a%20b.ledger"),
    (PureWindowsPath("C:/a.ledger"), "file:///C%3A/a.ledger"),
    (PurePosixPath("/home/журнал?.ledger"),
     "file:///home/%D0%B6%D1%83%D1%80%D0%BD%D0%B0%D0%BB%3F.ledger")])
def test_the_server_of_a_network_drive_is_a_part_of_the_path(path, uri):
    assert uri_of(path) == uri
