"""Weak labels say what they rest on; a person's label wins."""
import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback import add, jpeg, picture

from orangecontrib.customs.collecting import CollectError, Entry, labelled, settle
from orangecontrib.customs.collecting.labels import PERSON, people_of, write_merged
from orangecontrib.customs.collecting.pictures import picture_of
from orangecontrib.customs.collecting.table import collection_table
from orangecontrib.customs.collecting.weak import read_weak, weak_labels, written_weak
from orangecontrib.customs.declarations import IMPLIED, FactReader, Finding, Reading
from orangecontrib.customs.training.labelling import LabelRow, LabelSheet, write_labels
from orangecontrib.customs.training.labelling.table import TablePhotos, labelled_tables
from orangecontrib.customs.training.trainer.table import WEAK_WEIGHT, training_photos


@pytest.fixture(scope="module")
def reader(footwear):
    return FactReader(footwear)


def weak(footwear, reader, **known):
    return weak_labels(Entry(**known), footwear, reader)


# --- one entry

def test_a_text_is_read_as_a_declaration_is(footwear, reader):
    found = weak(footwear, reader, text="Туфли женские, верх кожа, каблук 7 см, закрытые")
    assert found["high_heel"] == (1, "text") and found["height_calf"] == (0, "text")
    assert "waterproof" not in found  # nothing is said of it


def test_a_text_that_leaves_a_feature_open_says_so(footwear, reader):
    found = weak(footwear, reader, text="Туфли, союзка из ремешков или с перфорацией")
    assert found["strap_vamp"] == found["perforated_vamp"] == (.5, "text")
    found = weak(footwear, reader, text="Обувь, закрывающая лодыжку")
    assert found["height_ankle"][0] == found["height_calf"][0] == .5
    assert found["height_below_ankle"] == (0, "text")


def test_a_silent_text_says_nothing(footwear, reader):
    assert weak(footwear, reader, text="Рыбацкая сетка; цвет черный") == {}
    assert weak(footwear, reader) == {}


def test_what_a_text_makes_likelier_is_not_denied_because_it_is_rare(footwear):
    class Reader:  # words that stand twice as often where it holds
        def read(self, text):
            return Reading(text, (Finding("riveted_straps", ("yes",), 2., 0, 1, "x", IMPLIED),))
    value = footwear.vocabulary["riveted_straps"].index("yes")
    assert footwear.priors["riveted_straps"][value] < .05  # 0.1 is not reached with them
    assert weak(footwear, Reader(), text="x") == {"riveted_straps": (.5, "text")}


@pytest.mark.parametrize("category, feature, label", [
    ("Резиновые сапоги", "waterproof", 1), ("Women > Over-the-Knee Boots", "height_over_knee", 1),
    ("Тапочки", "house", 1), ("Football boots", "sport", 1), ("Сандалии", "strap_vamp", 1),
    ("Женские туфли на шпильке", "high_heel", 1), ("Кроссовки", "high_heel", 0),
    ("Сабо на деревянной подошве", "wooden_platform", 1), ("Сабо", "wooden_platform", .5),
    ("Сумки", "not_footwear", 1), ("Вьетнамки", "riveted_straps", .5),
    ("Watches", "not_footwear", 1), ("Рюкзаки", "not_footwear", 1),
    ("Heels", "high_heel", 1), ("Felt slippers", "house", 1),
    ("Men's Slippers", "house", .5)])  # in many shops slides and flip-flops are called so, too
def test_a_category_implies_features(footwear, category, feature, label):
    assert weak(footwear, None, category=category)[feature] == (label, "category")


@pytest.mark.parametrize("category", ["Heels Flats", "Kitten heels", "Low heels", "Black wheels"])
def test_heels_that_are_said_to_be_low_are_not_high(footwear, category):
    assert "high_heel" not in weak(footwear, None, category=category)


def test_a_word_inside_another_word_is_none(footwear):
    assert weak(footwear, None, category="Сандаловое масло, pumpsack, кедр, сабое") == {}


def test_sources_that_contradict_each_other_leave_a_feature_open(footwear, reader):
    found = weak(footwear, reader, text="Туфли, каблук 1 см", category="high heels")
    assert found["high_heel"] == (.5, "text, category")


def test_a_source_that_is_sure_comes_before_one_that_is_not(footwear, reader):
    found = weak(footwear, reader, kind="search", wanted="high_heel=1",
                 text="Туфли, каблук 7 см")
    assert found["high_heel"] == (1, "text")
    found = weak(footwear, reader, kind="search", wanted="high_heel=1")
    assert found["high_heel"] == (.5, "query")  # what was looked for is not what was found


def test_a_generated_photo_shows_what_was_asked_for(footwear):
    found = weak(footwear, None, kind="generated", wanted="high_heel=1; waterproof=0; nonsense=1")
    assert found == {"waterproof": (0, "prompt"), "high_heel": (1, "prompt")}


labels_ = st.dictionaries(st.sampled_from(["high_heel", "house", "sport"]),
                          st.tuples(st.sampled_from([0., .5, 1.]),
                                    st.sampled_from(["text", "text, category", "prompt"])))


@settings(deadline=None)
@given(labels_)
def test_labels_survive_the_manifest(labels):
    assert read_weak(written_weak(labels)) == labels


@settings(deadline=None)
@given(st.text(max_size=50))
def test_whatever_stands_there_is_read_or_left_out(text):
    assert all(label in (0, .5, 1) for label, _ in read_weak(text).values())


def test_a_group_without_patterns_and_categories_has_no_weak_labels(lamps):
    assert weak_labels(Entry(text="LED", category="LED"), lamps) == {}


# --- a collection

def test_settling_says_of_each_photo_its_good_and_its_labels(collection, footwear):
    entries = list(collection)
    assert [e.good_id for e in entries] == [e.product for e in entries]
    assert "high_heel=1 (text)" in entries[0].weak and entries[0].weak == entries[1].weak
    assert "waterproof=1" in entries[2].weak and "wooden_platform=1 (prompt)" in entries[3].weak


def test_settling_twice_changes_nothing(collection, footwear):
    before = list(collection)
    assert settle(collection, footwear) == 0 and list(collection) == before


def test_the_same_picture_in_two_shops_is_one_good(manifest, footwear):
    one = picture(7)
    for number, image in enumerate((one, one.resize((180, 144)), picture(8))):
        from loopback import encoded
        content = encoded(image, "PNG")
        manifest.add(Entry(url=f"http://{number}", product=f"shop{number}:a"), content,
                     picture_of(content))
    settle(manifest, footwear)
    assert [e.good_id for e in manifest] == ["shop0:a", "shop0:a", "shop2:a"]


def test_a_person_s_label_wins(collection, footwear):
    first = next(iter(collection))
    said = np.full(len(footwear.features), np.nan)
    heel, house = map(footwear.feature_ids.index, ("high_heel", "house"))
    said[heel] = 0
    rows = labelled(collection, footwear, [LabelRow(first.file, "", "low", said)])
    assert len(rows) == 4  # the dropped one does not count
    assert rows[0].labels[heel] == 0 and rows[0].sources[heel] == PERSON
    assert rows[0].cluster == "low" and rows[1].labels[heel] == 1
    assert rows[0].sources[house] in ("", "text")


@pytest.mark.parametrize("prefix", ["", "photos/", "{folder}/photos/"])
def test_a_person_s_file_may_name_photos_from_any_root(collection, footwear, tmp_path, prefix):
    first = next(iter(collection))
    image = prefix.format(folder=collection.folder) + first.file.removeprefix("photos/")
    labels = np.full(len(footwear.features), np.nan)
    labels[0] = 1
    write_labels(tmp_path / "l.csv", [LabelRow(image, "", "", labels)], footwear)
    people, problems = people_of(tmp_path / "l.csv", collection.folder, footwear)
    assert labelled(collection, footwear, people)[0].sources[0] == PERSON and not problems


def test_the_merged_table_is_the_labeler_s_and_its_sources_stand_beside_it(collection, footwear,
                                                                           tmp_path):
    from orangecontrib.customs.training.labelling import read_labels
    write_merged(tmp_path / "merged.csv", labelled(collection, footwear), footwear)
    file = read_labels(tmp_path / "merged.csv", footwear)
    assert file.as_written_here and len(file.rows) == 4
    assert file.rows[0].labels[footwear.feature_ids.index("high_heel")] == 1
    with open(tmp_path / "merged.sources.csv", encoding="utf-8-sig", newline="") as sources:
        rows = list(csv.DictReader(sources))
    assert {"image": file.rows[0].image, "feature": "high_heel", "label": "1",
            "source": "text"} in rows


# --- in Orange

@pytest.fixture
def table(collection, footwear):
    return collection_table(collection.folder, labelled(collection, footwear), footwear)


def test_the_trainer_reads_the_table_and_trusts_weak_labels_less(table, footwear):
    photos, rows = training_photos(table, group=footwear)
    heel = footwear.feature_ids.index("high_heel")
    assert len(rows) == 4 and photos.labels[0, heel] == 1
    assert photos.weights[0, heel] == WEAK_WEIGHT and not photos.by_eye[0]
    assert list(photos.made) == [False, False, False, True]
    assert photos.products[0] == photos.products[1] == "shop:1"
    assert photos.photos[0].read() == jpeg(1)


def test_a_weak_half_says_nothing_and_a_person_s_half_does(collection, footwear):
    first = next(iter(collection))
    collection.change(first, weak="high_heel=0.5 (text); house=0.5 (text)")
    said = np.full(len(footwear.features), np.nan)
    heel, house = map(footwear.feature_ids.index, ("high_heel", "house"))
    said[heel] = .5
    rows = labelled(collection, footwear, [LabelRow(first.file, "", "", said)])
    photos, _ = training_photos(collection_table(collection.folder, rows, footwear),
                                group=footwear)
    assert photos.labels[0, heel] == .5 and photos.weights[0, heel] == 1
    assert np.isnan(photos.labels[0, house])


def test_the_labeler_begins_with_the_weak_labels_and_its_own_come_first(table, footwear):
    photos = TablePhotos.of(table, table.domain["image"], footwear)
    sheet = LabelSheet(photos.images, photos.goods, photos.folder, group=footwear)
    heel = footwear.feature_ids.index("high_heel")
    sheet.answer([0], "high_heel", 0)
    sheet.start_from(photos.labels, photos.clusters)
    assert sheet.labels[0, heel] == 0 and sheet.labels[1, heel] == 1


def test_licence_author_and_link_of_each_photo_are_in_the_table(manifest, footwear):
    add(manifest, 1, licence="CC BY 4.0", author="Jo", page="http://page")
    table = collection_table(manifest.folder, labelled(manifest, footwear), footwear)
    row = table[0]
    assert [str(row[name]) for name in ("licence", "author", "page", "url")] == [
        "CC BY 4.0", "Jo", "http://page", "http://shop/1"]


@pytest.mark.parametrize("answer", [0, .5, 1])
def test_what_a_person_says_in_the_labeler_is_weak_no_more_whatever_the_source_said(
        collection, footwear, answer):
    first = next(iter(collection))
    collection.change(first, weak="sport=0 (text); house=0.5 (text); "
                                  "high_heel=0.5 (text, category)")
    table = collection_table(collection.folder, labelled(collection, footwear), footwear)
    photos = TablePhotos.of(table, table.domain["image"], footwear)
    sheet = LabelSheet(photos.images, photos.goods, photos.folder, group=footwear)
    sheet.start_from(photos.labels, photos.clusters)
    sheet.answer([0], "high_heel", answer)
    done, _ = labelled_tables(table, photos, sheet, {})
    assert str(done[0]["label source"]) == "sport=0 (text); house=0.5 (text)"
    assert "high_heel=0.5" in str(table[0]["label source"])  # the input stays as it is
    known, _ = training_photos(done, group=footwear)
    heel, house, sport = map(footwear.feature_ids.index, ("high_heel", "house", "sport"))
    assert (known.labels[0, heel], known.weights[0, heel]) == (answer, 1)
    assert np.isnan(known.labels[0, house])  # nobody has said it
    assert (known.labels[0, sport], known.weights[0, sport]) == (0, WEAK_WEIGHT)


def test_an_answer_taken_back_leaves_the_source_as_it_was(table, footwear):
    photos = TablePhotos.of(table, table.domain["image"], footwear)
    sheet = LabelSheet(photos.images, photos.goods, photos.folder, group=footwear)
    sheet.start_from(photos.labels, photos.clusters)
    sheet.answer([0], "high_heel", 0)
    sheet.undo()
    done, _ = labelled_tables(table, photos, sheet, {})
    assert str(done[0]["label source"]) == str(table[0]["label source"])


def test_a_table_that_cannot_be_written_is_said_with_its_place(tmp_path, footwear):
    (tmp_path / "merged.sources.csv").mkdir()
    with pytest.raises(CollectError, match=r"merged\.sources\.csv"):
        write_merged(tmp_path / "merged.csv", [], footwear)
