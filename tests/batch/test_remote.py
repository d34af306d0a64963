"""Declarations and photos of a store that is named by a URL."""
import csv
from pathlib import Path

import pytest
from PIL import Image

from orangecontrib.customs.batch import run as run_module
from orangecontrib.customs.cases.files import InputError
from orangecontrib.customs.headless.cli import main
from orangecontrib.customs.headless.cli_batch import digest_of_photos, url_of
from orangecontrib.customs.photos.decode import PhotoError

fsspec = pytest.importorskip("fsspec", reason="the extra 'cluster' is not installed")
remote = pytest.importorskip("orangecontrib.customs.batch.cluster.remote")


@pytest.fixture
def store():
    """A store in memory: two goods with a photo each, one that is none, and declarations."""
    found = fsspec.filesystem("memory")
    for good, colour in (("A", "red"), ("B", "blue")):
        with found.open(f"/bucket/photos/{good}/1.jpg", "wb") as file:
            Image.new("RGB", (300, 200), colour).save(file, "JPEG")
    found.pipe("/bucket/photos/B/2.jpg", b"\xff\xd8\xff\xe0 nothing more")
    found.pipe("/bucket/photos/readme.txt", b"-")
    found.pipe("/bucket/d.csv", "good_id,description\nA,ботинки\nB,туфли женские\n".encode())
    yield found
    found.rm("/bucket", recursive=True)


def test_a_store_and_a_folder_of_the_same_files_give_the_same_result(
        store, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(run_module, "PHOTOS", 2)
    store.get("/bucket", str(tmp_path / "bucket"), recursive=True)
    said = []
    for name, place in (("far", "memory://bucket"), ("near", tmp_path / "bucket")):
        assert main(["classify", "--declarations", f"{place}/d.csv", "--photos",
                     f"{place}/photos", "--group", "footwear", "--resume", "--out",
                     str(tmp_path / f"{name}.csv")]) == 0
        said.append([line for line in capsys.readouterr().err.splitlines() if "skipped" in line])
    assert (tmp_path / "far.csv").read_bytes() == (tmp_path / "near.csv").read_bytes()
    assert said[0] == said[1] != []
    with open(tmp_path / "far.csv", encoding="utf-8", newline="") as file:
        assert [row["good_id"] for row in csv.DictReader(file)] == ["A", "B"]


def test_a_photo_that_is_gone_or_out_of_reach_is_one_photo(store):
    photo = remote.remote_photos("memory://bucket/photos")[0]
    assert (photo.good_id, photo.image) == ("A", "A/1.jpg") and photo.read()[:2] == b"\xff\xd8"
    store.rm("/bucket/photos/A/1.jpg")
    with pytest.raises(PhotoError):
        photo.read()
    with pytest.raises(PhotoError):
        remote.RemoteFile("nosuchstore://x/y.jpg").read_bytes()


def test_a_photo_that_changes_in_its_store_is_noticed(store):
    photos = [photo for photo in remote.remote_photos("memory://bucket/photos")
              if photo.image == "B/2.jpg"]
    before = digest_of_photos(photos)
    store.pipe("/bucket/photos/B/2.jpg", b"another one, of another length")
    after = [photo for photo in remote.remote_photos("memory://bucket/photos")
             if photo.image == "B/2.jpg"]
    assert digest_of_photos(photos) == before != digest_of_photos(after)


@pytest.mark.parametrize("url", ["memory://bucket/none", "nosuchstore://bucket/photos"])
def test_a_store_that_is_not_there_or_is_empty_is_named(store, url, tmp_path, capsys):
    with pytest.raises(InputError, match=url):
        remote.remote_photos(url)
    assert main(["classify", "--declarations", f"{url}/d.csv", "--out",
                 str(tmp_path / "o.csv")]) == 2
    assert url in capsys.readouterr().err


def test_a_path_is_no_url(tmp_path):
    assert url_of(tmp_path) == url_of(Path("a/b.csv")) == url_of(Path("C:/b.csv")) == ""
    assert url_of(Path("s3://bucket/a.csv")) == "s3://bucket/a.csv"
