"""Which good a photo shows, told by folders and by names of files."""
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orangecontrib.customs.photos.naming import AUTO, RULES, good_ids, judged


def grouped(names, skip=0):
    rule = judged(names, skip)
    return rule, good_ids(names, rule, "FOLDER", skip)


@pytest.mark.parametrize("stems, ids", [
    ("KS0121_1, KS0121 (2), KS0122_1", "KS0121, KS0121, KS0122"),
    ("KS0121_1, KS0121 (2), KS0121-front", "KS0121, KS0121, KS0121"),
    ("KS0121-front, KS0121-sole, KS0122-front", "KS0121, KS0121, KS0122"),
    ("KS-0121-front, KS-0121-sole, KS-0122-front", "KS-0121, KS-0121, KS-0122"),
    ("KS-0121_front, KS-0121_sole-left", "KS-0121, KS-0121"),
    ("G-001_1, G-001_2, G-002_1", "G-001, G-001, G-002"),
    ("KS0121_1, KS0122_1", "KS0121, KS0122"),
    ("KS0121, KS0122, KS0123", "KS0121, KS0122, KS0123"),
    ("Артикул 15-2 (1), Артикул 15-2 (2)", "Артикул 15-2, Артикул 15-2"),
    ("12345, 12345_2, 12346", "12345, 12345, 12346"),
    ("KS0121_1, KS0121_2, KS0122_1, size chart", "KS0121, KS0121, KS0122, size chart")])
def test_ids_in_file_names_are_found(stems, ids):
    assert grouped([f"{stem}.jpg" for stem in stems.split(", ")])[1] == ids.split(", ")


@pytest.mark.parametrize("stems", [
    "1, 2, 10", "IMG_0001, IMG_0002", "IMG_20240512_101512, IMG_20240513_101512", "photo1, photo2",
    "DSC01234, DSC01235", "front, sole, side", "фото (1), фото (2)", "shoe-1, shoe-2, shoe-3",
    "photo_2024-05-12_10-11-12, photo_2024-05-12_10-11-13", "2024-05-12 10.11.12, 2024-05-13 9.1"])
def test_names_that_cameras_and_people_give_tell_one_good_called_as_its_folder(stems):
    names = [f"{stem}.jpg" for stem in stems.split(", ")]
    assert grouped(names) == ("folder", ["FOLDER"] * len(names))


def test_sub_folders_come_before_names():
    names = ["A/KS1_1.jpg", "A/KS2_1.jpg", "B/KS3_1.jpg", "KS4_1.jpg"]
    assert grouped(names) == ("sub-folder", ["A", "A", "B", ""])
    assert grouped(["in/A/1.jpg", "in/B/1.jpg"], skip=1)[1] == ["A", "B"]


def test_a_single_sub_folder_is_one_good_unless_its_names_tell_several():
    assert grouped(["A/1.jpg", "A/2.jpg"]) == ("sub-folder", ["A", "A"])
    assert grouped(["A/KS1_1.jpg", "A/KS1_2.jpg", "A/KS2_1.jpg"])[1] == ["KS1", "KS1", "KS2"]


@given(st.lists(st.text(min_size=1).map(lambda text: text.replace("/", "_") + ".jpg"), min_size=1))
def test_every_rule_gives_every_photo_in_a_flat_folder_an_id_of_its_name_or_folder(names):
    assert judged(names) in RULES
    for rule in RULES.keys() - {AUTO, "sub-folder"}:
        ids = good_ids(names, rule, "FOLDER")
        assert len(ids) == len(names)
        assert rule != "folder" or set(ids) == {"FOLDER"}
