"""What phrases became is kept between runs, and a reading never rests on a cache."""
import json

import pytest

from orangecontrib.customs.declarations import FactReader, kept
from orangecontrib.customs.declarations.phrases import Phrases
from orangecontrib.customs.files import VARIABLE
from orangecontrib.customs.groups import Group, GroupError, find_group

TEXT = "Лампы светодиодные, корпус из металла"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A cache of its own."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    kept._kept.cache_clear()
    yield tmp_path / "cache" / "phrases"
    kept._kept.cache_clear()


def in_a_later_run():
    kept._kept.cache_clear()


@pytest.fixture
def no_parsing(monkeypatch):
    """To be called when no phrase may be parsed any more."""
    def forbid():
        def parse(*_):
            raise AssertionError("a phrase was parsed")
        monkeypatch.setattr(Phrases, "_parse", parse)
    return forbid


@pytest.fixture
def readable(lamps):
    """A user's own group that reads text."""
    tables = {
        "text_patterns": "id,fact,values,negated,when_true,when_false,source,kind,phrase,general\n"
                         "housing.metal,housing,metal,plastic,.3,.01,judgement,stated,"
                         "<housing> из металл,\n",
        "types": "id,phrase\nlamp,лампа\n",
        "classes": "id,phrase\nhousing,корпус\n",
        "messages": "id,ru,en\nname,Лампы,Lamps\noutside,нет,no\nhousing.metal,металл,metal\n"
                    "lamp,лампа,lamp\nkind.open,{kind},{kind}\n"
                    "kind.mentioned,{kind} {words},{kind} {words}\n"}
    for name, text in tables.items():
        (lamps.folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return lamps.folder


def stated(folder):
    return FactReader(Group.load(folder)).read(TEXT).stated()


def test_a_later_run_parses_no_phrase_and_reads_the_same(readable, no_parsing):
    first = FactReader(Group.load(readable)).read(TEXT)
    in_a_later_run()
    no_parsing()
    assert FactReader(Group.load(readable)).read(TEXT) == first
    assert first.stated() == {"housing": ("metal",)}


def test_our_own_groups_read_the_same_from_the_cache(no_parsing):
    texts = ["Сапоги женские, верх из натуральной кожи, высота голенища 35 см, подошва ТЭП",
             "Men's boots, leather upper, rubber sole", "Реле 24 В", "Крем для обуви"]
    groups = [find_group(name) for name in ("footwear", "electrical")]
    first = [FactReader(group).read(text) for group in groups for text in texts]
    in_a_later_run()
    no_parsing()
    assert [FactReader(group).read(text) for group in groups for text in texts] == first


@pytest.mark.parametrize("damage", [
    lambda data: data[:-40], lambda data: b"", lambda data: b"\0" * len(data),
    lambda data: data.replace("металл".encode(), "пластм".encode()),
    lambda data: data.split(b"\n", 1)[0] + b"\n{}", lambda data: b"\x80\n{}"])
def test_a_damaged_file_is_as_good_as_none_and_is_mended(readable, folder, damage):
    assert stated(readable) == {"housing": ("metal",)}
    files = {file: file.read_bytes() for file in folder.glob("*.json")}
    assert files
    for file, data in files.items():
        file.write_bytes(damage(data))
    in_a_later_run()
    assert stated(readable) == {"housing": ("metal",)}
    assert {file: file.read_bytes() for file in files} == files


def test_a_changed_class_is_not_what_was_kept(readable):
    stated(readable)
    in_a_later_run()
    (readable / "classes.csv").write_text("id,phrase\nhousing,крышка\n", encoding="utf-8")
    assert stated(readable) == {}


def test_a_changed_program_is_not_what_was_kept(readable, folder, monkeypatch):
    stated(readable)
    in_a_later_run()
    monkeypatch.setattr(kept, "_program", lambda: "another")
    before = set(folder.iterdir())
    assert stated(readable) == {"housing": ("metal",)}
    assert set(folder.iterdir()) > before


def test_a_wrong_phrase_of_ones_own_group_is_told_with_its_line_each_time(readable):
    stated(readable)
    in_a_later_run()
    path = readable / "text_patterns.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("металл,", "метталл,"),
                    encoding="utf-8")
    for _ in range(2):
        with pytest.raises(GroupError, match=r"text_patterns\.csv, line 2: .*'метталл'"):
            stated(readable)
        in_a_later_run()


def test_what_no_table_asks_for_any_more_is_not_kept(readable, folder):
    stated(readable)
    path = readable / "text_patterns.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("из металл", "из сталь"),
                    encoding="utf-8")
    in_a_later_run()
    stated(readable)
    file, = folder.glob("lamps-*.json")
    kept_now = json.loads(file.read_text(encoding="utf-8").partition("\n")[2])
    assert not [key for key in kept_now if "металл" in key]


def test_a_folder_that_cannot_be_written_stops_nothing(readable, folder):
    folder.parent.write_text("a file")
    assert stated(readable) == {"housing": ("metal",)}


def test_nothing_is_written_where_nothing_is_to_be_kept(readable, folder, monkeypatch):
    monkeypatch.setenv(VARIABLE, "off")
    assert stated(readable) == {"housing": ("metal",)}
    assert not folder.exists()


def test_only_so_many_files_are_kept(readable, folder, monkeypatch):
    monkeypatch.setattr(kept, "FILES", 3)
    for number in range(5):
        monkeypatch.setattr(kept, "_program", lambda number=number: str(number))
        stated(readable)
    assert len(list(folder.iterdir())) == 3
