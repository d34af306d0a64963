"""Rows and photos of a collection agree, whatever ends the program."""
import csv
import os
import shutil
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loopback import jpeg, picture

from orangecontrib.customs.collecting import CollectError, Entry, Manifest, read_manifest
from orangecontrib.customs.collecting.manifest import COLUMNS, MANIFEST, STATES
from orangecontrib.customs.collecting.pictures import picture_of
from orangecontrib.customs.photos.sources import find_photos


def add(manifest, number, **known):
    content = jpeg(number)
    entry = Entry(url=f"http://shop/{number}.jpg", product=f"shop:{number // 2}", **known)
    return manifest.add(entry, content, picture_of(content))


def agree(manifest):
    """Each row has its photo, and each photo its row."""
    named = {entry.file for entry in manifest if entry.file}
    there = {path.relative_to(manifest.folder).as_posix()
             for path in (manifest.folder / "photos").rglob("*") if path.is_file()}
    assert named == there


def test_what_was_collected_is_there_at_the_next_start(tmp_path):
    with Manifest(tmp_path) as manifest:
        entry = add(manifest, 1, licence="CC BY 4.0", author="Ёлкина, «А»", text="a\nb;\t\"c\"")
    with Manifest(tmp_path) as manifest:
        again = manifest.get(entry.url)
        assert again == replace(entry, text='a b; "c"') and manifest.read(again) == jpeg(1)
        assert (again.width, again.height) == ("200", "160") and again.sha256 and again.date
        assert len(again.gray) == len(again.edges) == len(again.shape) == 64
        agree(manifest)


def test_a_row_is_on_the_disk_when_the_photo_is_added(tmp_path):
    with Manifest(tmp_path) as manifest:
        entry = add(manifest, 1)
        assert read_manifest(tmp_path) == [entry]


def test_the_folder_of_the_photos_is_one_of_goods(tmp_path):
    with Manifest(tmp_path) as manifest:
        for number in range(4):
            add(manifest, number)
    photos, problems = find_photos(tmp_path / "photos")
    assert len(photos) == 4 and len({p.good_id for p in photos}) == 2 and not problems


def test_the_folder_can_be_moved(tmp_path):
    with Manifest(tmp_path / "here") as manifest:
        entry = add(manifest, 1)
    shutil.move(tmp_path / "here", tmp_path / "there")
    with Manifest(tmp_path / "there") as manifest:
        assert manifest.read(manifest.get(entry.url)) == jpeg(1) and not manifest.problems


def test_a_later_row_takes_the_place_of_the_earlier_one(tmp_path):
    with Manifest(tmp_path) as manifest:
        entry = add(manifest, 1)
        manifest.change(entry, state="dropped")
        assert manifest.change(manifest.get(entry.url), state="dropped").state == "dropped"
        assert (tmp_path / MANIFEST).read_text("utf-8").count("http://shop/1.jpg") == 2
    assert (tmp_path / MANIFEST).read_text("utf-8").count("http://shop/1.jpg") == 1
    assert [e.state for e in read_manifest(tmp_path)] == ["dropped"]


def test_the_same_content_is_stored_once(tmp_path):
    with Manifest(tmp_path) as manifest:
        one = manifest.add(Entry(url="http://a/1"), jpeg(1), picture_of(jpeg(1)))
        two = manifest.add(Entry(url="http://b/1"), jpeg(1), picture_of(jpeg(1)))
        assert one.file == two.file
        agree(manifest)


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    folder = tmp_path_factory.mktemp("three")
    with Manifest(folder) as manifest:
        for number in range(3):
            add(manifest, number, text="Сапоги, «кожа»")
    return folder


@settings(max_examples=60, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_manifest_that_ends_anywhere_has_all_whole_rows_and_photos_agree(three, tmp_path, data):
    content = (three / MANIFEST).read_bytes()
    # the header is written as a whole
    end = data.draw(st.one_of(st.just(0), st.integers(content.index(b"\n") + 1, len(content))))
    folder = tmp_path / "copy"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(three, folder)
    (folder / MANIFEST).write_bytes(content[:end])
    # the photo of a row that was being written is still beside its place
    lines = content[:end].count(b"\n")
    for entry in read_manifest(three)[max(lines - 1, 0):]:
        path = folder / entry.file
        os.replace(path, path.with_name(f".{path.name}.part"))
    with Manifest(folder) as manifest:
        assert len(manifest) >= lines - 1 and not manifest.problems
        agree(manifest)
        add(manifest, 7)
        agree(manifest)
    with Manifest(folder) as manifest:
        assert "http://shop/7.jpg" in manifest


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("number", [0, 1])
def test_whatever_step_is_the_last_one_rows_and_photos_agree(tmp_path, monkeypatch, step, number):
    with Manifest(tmp_path) as manifest:
        add(manifest, 1)
    calls, real = [], getattr(os, step)

    def last(*args):
        calls.append(args)
        if len(calls) > number:
            raise SystemExit  # as far as files go, the same as a kill
        return real(*args)
    manifest = Manifest(tmp_path)
    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(os, step, last)
        for other in (2, 3):
            add(manifest, other)
    manifest._release()
    with Manifest(tmp_path) as manifest:
        agree(manifest)
        assert "http://shop/1.jpg" in manifest and not manifest.problems


def test_a_full_disk_is_said_and_the_next_photo_fits(tmp_path, monkeypatch):
    with Manifest(tmp_path) as manifest:
        def full(handle):
            raise OSError(28, "No space left on device")
        with monkeypatch.context() as patch, pytest.raises(CollectError, match="No space left"):
            patch.setattr(os, "fsync", full)
            add(manifest, 1)
        add(manifest, 2)
        assert [e.url for e in read_manifest(tmp_path)] == ["http://shop/2.jpg"]


def test_a_collection_is_open_in_one_program_at_a_time(tmp_path):
    with Manifest(tmp_path), pytest.raises(CollectError, match="open in another program"):
        Manifest(tmp_path)
    Manifest(tmp_path).close()


def test_a_manifest_that_a_spreadsheet_has_written_goes_on_and_is_kept_aside(tmp_path):
    with Manifest(tmp_path) as manifest:
        add(manifest, 1)
        add(manifest, 2)
    with open(tmp_path / MANIFEST, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with open(tmp_path / MANIFEST, "w", encoding="cp1251", newline="") as file:
        writer = csv.DictWriter(file, ["my note", *reversed(COLUMNS)], delimiter=";",
                                restval="моё")
        writer.writeheader()
        writer.writerows(rows)
    with Manifest(tmp_path) as manifest:
        add(manifest, 3)
        assert len(manifest) == 3
    assert len(read_manifest(tmp_path)) == 3 and (tmp_path / f"{MANIFEST}.bak").exists()


def test_a_row_that_makes_no_sense_is_named_and_kept_aside(tmp_path):
    with Manifest(tmp_path) as manifest:
        add(manifest, 1)
    text = (tmp_path / MANIFEST).read_text("utf-8-sig")
    row = text.splitlines()[1]
    (tmp_path / MANIFEST).write_text(text + row.replace("collected", "gone") + "\n"
                                     + row.replace("photos/", "../photos/") + "\n", "utf-8")
    with Manifest(tmp_path) as manifest:
        assert len(manifest) == 1 and len(manifest.problems) == 2
        assert "line 3: 'gone' is not a state" in manifest.problems[0]
        assert "lies outside of the folder" in manifest.problems[1]
    assert (tmp_path / f"{MANIFEST}.bak").exists()


def test_a_photo_that_was_deleted_is_said(tmp_path):
    with Manifest(tmp_path) as manifest:
        entry = add(manifest, 1)
    (tmp_path / entry.file).unlink()
    with Manifest(tmp_path) as manifest:
        assert entry.file in manifest.problems[0]


def test_another_table_is_not_taken_for_a_manifest(tmp_path):
    (tmp_path / MANIFEST).write_text("a,b\n1,2\n")
    with pytest.raises(CollectError, match="not a table of collected photos"):
        Manifest(tmp_path)
    assert (tmp_path / MANIFEST).read_text() == "a,b\n1,2\n"


def test_no_state_begins_another():
    assert not [(a, b) for a in STATES for b in STATES if a != b and b.startswith(a)]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(max_size=30), min_size=2, max_size=2, unique=True))
def test_goods_have_folders_of_their_own_whatever_they_are_called(goods):
    from orangecontrib.customs.collecting.manifest import _folder_name
    names = [_folder_name(good or "x" * 61) for good in goods]
    assert names[0].casefold() != names[1].casefold()
    assert all(name and not set(name) & set('/\\:*?"<>|\0') and name[0] != "." for name in names)


def test_goods_that_differ_in_case_or_are_called_like_a_device_have_folders_of_their_own():
    from orangecontrib.customs.collecting.manifest import _folder_name
    assert _folder_name("shoe-1") == "shoe-1"
    assert _folder_name("Shoe-1").lower() != "shoe-1" and _folder_name("nul.txt") != "nul.txt"


def test_a_generated_photo_counts_when_somebody_has_looked_at_it():
    for state in STATES:
        real, made = (Entry(file="x", kind=kind, state=state) for kind in ("search", "generated"))
        assert made.counts == (state == "kept")
        assert real.counts == (state in ("kept", "collected"))


def test_pictures_differ():
    assert jpeg(1) != jpeg(2) and picture(1).size == (200, 160)
