import contextlib
import os
import pickle
import socket
import zipfile

import pytest

from orangecontrib.customs.i18n import say
from orangecontrib.customs.photos.decode import PhotoError
from orangecontrib.customs.photos.sources import SourceError, find_photos, survey


def listed(photos):
    return [(photo.good_id, photo.image) for photo in photos]


EXPECTED = [("A1", "A1/1.jpg"), ("A1", "A1/2.jpg"), ("Б 2", "Б 2/1.jpg"), ("Б 2", "Б 2/2.jpg")]


def zipped(folder, path, prefix="", encoding=None):
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, prefix + file.relative_to(folder).as_posix())
    return path


def test_folder_of_folders(goods):
    photos, problems = find_photos(goods)
    assert listed(photos) == EXPECTED and problems == []
    assert photos[0].read() == (goods / "A1/1.jpg").read_bytes()


def test_numbers_sort_as_numbers(goods):
    (goods / "A1/10.jpg").write_bytes(b"x")
    assert [image for _, image in listed(find_photos(goods)[0])][:3] \
        == ["A1/1.jpg", "A1/2.jpg", "A1/10.jpg"]


def test_good_is_the_first_folder_however_deep(goods):
    (goods / "A1/front").mkdir()
    (goods / "A1/1.jpg").rename(goods / "A1/front/1.jpg")
    assert ("A1", "A1/front/1.jpg") in listed(find_photos(goods)[0])


def test_loose_photos_and_other_files_are_reported(goods):
    (goods / "loose.jpg").write_bytes(b"x")
    (goods / "A1/note.txt").write_text("x")
    (goods / "A1/Thumbs.db").write_text("x")
    (goods / "A1/.hidden.jpg").write_text("x")
    photos, problems = find_photos(goods)
    assert ("", "loose.jpg") in listed(photos) and len(photos) == 5
    assert len(problems) == 2
    assert any("note.txt" in p for p in problems) and any("loose.jpg" in p for p in problems)


def test_empty_folder_says_so(tmp_path):
    assert find_photos(tmp_path) == ([], ["no photos found"])


def test_zip_of_the_same(goods, tmp_path):
    photos, problems = find_photos(zipped(goods, tmp_path / "x.zip"))
    assert listed(photos) == EXPECTED and problems == []
    assert photos[2].read() == (goods / "Б 2/1.jpg").read_bytes()
    assert pickle.loads(pickle.dumps(photos[2])).read() == photos[2].read()


def test_zip_made_of_the_folder_itself(goods, tmp_path):
    photos, _ = find_photos(zipped(goods, tmp_path / "goods.zip", "goods/"))
    assert listed(photos) == [(good, "goods/" + image) for good, image in EXPECTED]


def test_russian_names_of_old_windows_zips(goods, tmp_path):
    path = zipped(goods, tmp_path / "x.zip")
    content = path.read_bytes()
    content = content.replace("Б 2/".encode(), "Б 2/".encode("cp866") + b"/")  # same length
    content = bytearray(content)
    # clear the flag "names are UTF-8" in local and central headers
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(signature)
        while at >= 0:
            content[at + offset + 1] &= ~0x08
            at = content.find(signature, at + 4)
    path.write_bytes(content)
    assert {photo.good_id for photo in find_photos(path)[0]} == {"A1", "Б 2"}


def csv_of(rows, path, encoding="utf-8", head="good_id,image"):
    path.write_bytes("\n".join([head, *rows]).encode(encoding))
    return path


ROWS = [f"{good},{image}" for good, image in EXPECTED]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
def test_csv_beside_its_photos(goods, encoding):
    photos, problems = find_photos(csv_of(ROWS, goods / "list.csv", encoding),
                                   encoding="cp1251" if encoding == "cp1251" else "")
    assert listed(photos) == EXPECTED and problems == []
    assert all(photo.read() for photo in photos)


def test_csv_with_semicolons_and_backslashes(goods):
    rows = [row.replace(",", ";").replace("/", "\\") for row in ROWS]
    photos, _ = find_photos(csv_of(rows, goods / "list.csv", head="good_id;image"))
    assert listed(photos) == EXPECTED


def test_csv_with_photos_in_a_zip_beside_it(goods, tmp_path):
    zipped(goods, tmp_path / "photos.zip")
    (tmp_path / "a.zip").write_text("no zip at all")
    photos, _ = find_photos(csv_of(ROWS, tmp_path / "list.csv"))
    assert photos[3].read() == (goods / "Б 2/2.jpg").read_bytes()


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_csv_with_a_root(goods, tmp_path, kind):
    root = goods if kind == "folder" else zipped(goods, tmp_path / "x.zip")
    (tmp_path / "other").mkdir()
    photos, _ = find_photos(csv_of(ROWS, tmp_path / "other/list.csv"), root)
    assert all(photo.read() for photo in photos)


def test_csv_rows_with_problems_are_named(goods):
    rows = ROWS + [ROWS[0], "A1,", ",A1/1.jpg", "C3,missing.jpg"]
    photos, problems = find_photos(csv_of(rows, goods / "list.csv"))
    assert listed(photos)[4:] == [("", "A1/1.jpg"), ("C3", "missing.jpg")]
    assert ["line 6" in problems[0], "line 7" in problems[1], "line 8" in problems[2]] \
        == [True] * 3
    with pytest.raises(PhotoError, match="missing"):
        photos[-1].read()


def test_one_picture_may_belong_to_two_goods(goods):
    photos, problems = find_photos(csv_of(["a,A1/1.jpg", "b,A1/1.jpg"], goods / "list.csv"))
    assert [photo.good_id for photo in photos] == ["a", "b"] and not problems


@pytest.mark.parametrize("make, words", [
    (lambda folder: folder / "nothing", "no such"),
    (lambda folder: csv_of(["x,y"], folder / "x.csv", head="good,photo"), "good_id"),
    (lambda folder: csv_of([], folder / "x.csv", head=""), "no columns"),
    (lambda folder: csv_of([], folder / "x.pdf"), "neither"),
])
def test_unusable_sources(tmp_path, make, words):
    with pytest.raises(SourceError, match=words):
        find_photos(make(tmp_path))


def test_missing_root(goods, tmp_path):
    with pytest.raises(SourceError, match="no such"):
        find_photos(csv_of(ROWS, goods / "list.csv"), tmp_path / "nowhere")


@pytest.mark.parametrize("name, prefix", [("goods", "goods/"), ("other (1)", "goods/")])
def test_zip_with_everything_in_one_folder(goods, tmp_path, name, prefix):
    path = zipped(goods, tmp_path / f"{name}.zip", prefix)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("goods/declarations.csv", "x")
    photos, problems = find_photos(path)
    assert [good for good, _ in listed(photos)] == [good for good, _ in EXPECTED]
    assert photos[0].read() and sum("goods" in problem for problem in problems) <= 2


def test_zip_of_one_good(goods, tmp_path):
    for file in (goods / "Б 2").iterdir():
        file.unlink()
    photos, problems = find_photos(zipped(goods, tmp_path / "x.zip"))
    assert listed(photos) == EXPECTED[:2] and problems == []


def test_folder_with_everything_in_one_folder_says_so(goods, tmp_path):
    (tmp_path / "outer").mkdir()
    goods.rename(tmp_path / "outer" / "inner")
    photos, problems = find_photos(tmp_path / "outer")
    assert {photo.good_id for photo in photos} == {"inner"}
    assert "inner" in problems[0] and "choose" in problems[0]


def test_zip_with_backslashes(tmp_path):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("A1\\1.jpg", b"x")
    photos, problems = find_photos(path)
    assert listed(photos) == [("A1", "A1/1.jpg")] and problems == []
    assert photos[0].read() == b"x"


def test_goods_of_macos_folders_have_the_ids_that_people_type(tmp_path):
    folder = tmp_path / "Ии\u0306"
    folder.mkdir()
    (folder / "1.jpg").write_bytes(b"x")
    photo = find_photos(tmp_path)[0][0]
    assert photo.good_id == "Ий" and photo.read() == b"x"


@pytest.mark.parametrize("image", ["x" * 5000 + ".jpg", "a\0b.jpg"])
def test_a_name_that_no_file_can_have_is_one_bad_photo(goods, image):
    photos, _ = find_photos(csv_of([*ROWS, f"C,{image}"], goods / "list.csv"))
    assert len(photos) == 5
    with pytest.raises(PhotoError):
        photos[-1].read()


@pytest.mark.skipif(os.name != "posix", reason="pipes and devices of POSIX")
def test_what_is_no_file_is_one_bad_photo_and_never_opened(goods):
    os.mkfifo(goods / "A1" / "pipe.jpg")
    os.mkfifo(goods / "a.zip")  # beside the CSV, where photos are looked for
    server = socket.socket(socket.AF_UNIX)
    with server, contextlib.chdir(goods / "A1"):
        server.bind("socket.jpg")
        rows = [*ROWS, "C,A1/pipe.jpg", "C,A1/socket.jpg", "C,/dev/zero", "C,A1", "C,none.jpg"]
        listed_, _ = find_photos(csv_of(rows, goods / "list.csv"))
        found, _ = find_photos(goods)
    bad = [*listed_[4:], *(p for p in found if p.image in ("A1/pipe.jpg", "A1/socket.jpg"))]
    assert len(bad) == 7
    for photo in bad:
        with pytest.raises(PhotoError, match="pipe|folder|missing"):
            photo.read()


@pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX")
def test_a_pipe_is_no_source_of_photos(tmp_path):
    os.mkfifo(tmp_path / "photos.zip")
    with pytest.raises(SourceError, match="neither a folder"):
        find_photos(tmp_path / "photos.zip")


def test_rows_of_a_list_that_can_not_be_trusted_are_named_and_the_rest_is_read(goods):
    photos, problems = find_photos(csv_of([*ROWS, "C,a.jpg,b.jpg"], goods / "list.csv"))
    assert listed(photos) == EXPECTED
    assert "line 6: 3 fields" in problems[0]
    with pytest.raises(SourceError, match="line 2: a quotation mark"):
        find_photos(csv_of(['A1,"A1/1.jpg', "A1,A1/2.jpg"], goods / "list.csv"))


def test_an_encoding_that_was_guessed_is_said(goods):
    rows = [f"ботинки мужские,{image}" for _, image in EXPECTED[:2]]
    photos, problems = find_photos(csv_of(rows, goods / "list.csv", "koi8-r"))
    assert photos[0].good_id == "ботинки мужские" and "KOI8-R" in problems[0]


def test_a_flat_folder_is_one_good_and_says_so(goods):
    found = survey(goods / "A1")
    assert listed(found.photos) == [("A1", "1.jpg"), ("A1", "2.jpg")]
    told = say(found.told, "en")
    assert found.rule == "folder" and "one good, 'A1'" in told
    assert told in find_photos(goods / "A1")[1]
    assert "один товар: «A1»" in say(found.told, "ru")


def test_ids_in_the_names_of_a_flat_folder_are_told_with_an_example(tmp_path):
    for name in ("KS0121_1.jpg", "KS0121 (2).jpg", "KS0122.jpg"):
        (tmp_path / name).write_bytes(b"x")
    found = survey(tmp_path)
    assert {photo.good_id for photo in found.photos} == {"KS0121", "KS0122"}
    assert ".jpg is of 'KS0121', 2 good(s)" in say(found.told, "en")


def test_ids_are_taken_from_where_one_says(goods):
    def ids(rule, source=goods):
        return {photo.good_id for photo in survey(source, ids=rule).photos}
    assert ids("folder") == {"goods"}
    assert ids("file-name") == {"1", "2"}
    with pytest.raises(SourceError, match="sub-folder, folder, number"):
        survey(goods, ids="colour")
    csv = csv_of(ROWS, goods / "list.csv")
    assert ids("folder", csv) == {"A1", "Б 2"}
    assert any("list.csv says" in say(problem, "en")
               for problem in survey(csv, ids="folder").problems)


def test_files_that_are_no_photos_are_named_with_the_reason(goods):
    (goods / "A1" / "price.pdf").write_bytes(b"x")
    (name, why), = survey(goods).left_out
    assert (name, say(why, "en")) == ("A1/price.pdf", "not a photo by its ending (.pdf)")
    assert "A1/price.pdf: not a photo by its ending (.pdf), left out" in find_photos(goods)[1]


@pytest.mark.parametrize("name, words", [("1.CR2", "raw picture.*JPEG"), ("1.nef", "raw picture")])
def test_raw_pictures_of_cameras_are_photos_that_can_not_be_used(goods, name, words):
    (goods / "A1" / name).write_bytes(b"II*\0")
    photo = next(photo for photo in find_photos(goods)[0] if photo.image.endswith(name))
    with pytest.raises(PhotoError, match=words):
        photo.read()


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_ragged_member_of_a_zip_is_one_bad_photo(tmp_path, method):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("A/1.jpg", bytes(range(256)) * 50)
        archive.writestr("A/2.jpg", b"whole")
        start = archive.getinfo("A/1.jpg").header_offset + 30 + len("A/1.jpg")
    content = bytearray(path.read_bytes())
    content[start + 12:start + 60] = b"\xff" * 48
    path.write_bytes(content)
    ragged, whole = find_photos(path)[0]
    with pytest.raises(PhotoError, match="damaged in x.zip"):
        ragged.read()
    assert whole.read() == b"whole"


def test_a_member_that_unpacks_to_far_more_than_a_photo_is_not_unpacked(tmp_path, monkeypatch):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("A/1.jpg", bytes(20_000_000))
    photo, = find_photos(path)[0]
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("unpacked"))
    with pytest.raises(PhotoError, match="unpacks to 20,000,000 bytes"):
        photo.read()
