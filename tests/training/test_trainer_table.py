"""Tables of labelled photos in, tables about the training out."""
import numpy as np
import pytest
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table
from PIL import Image

from orangecontrib.customs.groups import find_group
from orangecontrib.customs.i18n import Message, speaking
from orangecontrib.customs.photos.model import fact_ids, feature_ids, untrained
from orangecontrib.customs.training.trainer import (
    Epoch,
    HeldOut,
    Split,
    Trained,
    TrainingError,
    train,
)
from orangecontrib.customs.training.trainer.photos import NO_NUMBER
from orangecontrib.customs.training.trainer.table import (
    history_table,
    label_columns,
    predictions_table,
    skipped_table,
    training_photos,
)

FOOTWEAR = find_group("footwear")

IDS = feature_ids()
HEEL = IDS.index("high_heel")


@pytest.fixture
def labelled(tmp_path):
    """Six photos of three goods; the fourth row has no photo, the last is a made picture."""
    for number in range(6):
        Image.new("RGB", (20, 20), (40 * number, 0, 0)).save(tmp_path / f"{number}.png")
    labels = []
    for feature in FOOTWEAR.features:
        labels.append(ContinuousVariable(feature.name_ru))
        labels[-1].attributes.update(label="1", fact=feature.fact, value=feature.value)
    image = StringVariable("image")
    image.attributes.update(type="image", origin=str(tmp_path))
    domain = Domain([ContinuousVariable("КАБЛУК (1)")], DiscreteVariable("colour", ("red",)),
                    [*labels, StringVariable("good_id"), image,
                     DiscreteVariable("made", ("no", "yes")), StringVariable("cluster")])
    metas = np.empty((6, len(IDS) + 4), dtype=object)
    metas[:, :len(IDS)] = np.nan
    metas[:, HEEL] = [1., 0., .5, 1., np.nan, 1.]
    metas[:, len(IDS)] = ["A", "A", "Б", "Б", "В", "В"]
    metas[:, len(IDS) + 1] = [f"{n}.png" for n in range(6)]
    metas[3, len(IDS) + 1] = ""
    metas[:, len(IDS) + 2] = [0., 0., 0., 0., np.nan, 1.]
    metas[:, len(IDS) + 3] = ["boots", "", "", "", "", ""]
    return Table.from_numpy(domain, np.full((6, 1), 7.), np.zeros(6), metas)


def test_photos_with_their_labels(labelled):
    photos, rows = training_photos(labelled)
    assert rows.tolist() == [0, 1, 2, 4, 5]
    np.testing.assert_array_equal(photos.labels[:, HEEL], [1, 0, .5, np.nan, 1])
    assert np.isnan(np.delete(photos.labels, HEEL, axis=1)).all()
    assert photos.products.tolist() == ["A", "A", "Б", "В", "В"]
    assert photos.made.tolist() == [False] * 4 + [True]
    assert photos.clusters.tolist() == ["boots", "", "", "", ""]
    assert all(photo.read().startswith(b"\x89PNG") for photo in photos.photos)


def test_each_photo_by_itself(labelled):
    photos, _ = training_photos(labelled, good="")
    assert len(set(photos.products)) == len(photos)


def test_labels_are_known_by_their_mark_or_else_by_name(labelled):
    assert label_columns(labelled.domain)["high_heel"].name == "КАБЛУК"
    said = ContinuousVariable("high heel")
    said.attributes.update(feature="high_heel", prior=".3")
    named = Domain([said, ContinuousVariable("sport (spikes)"), DiscreteVariable("ДОМ", ("0",)),
                    ContinuousVariable("sports")])
    assert set(label_columns(named)) == {"sport", "house"}, "not what a model says"


def test_a_table_from_a_file_with_categorical_labels():
    image = StringVariable("image")
    image.attributes["type"] = "image"
    heel = DiscreteVariable("КАБЛУК", ("0", "0,5", "1", "perhaps"))
    table = Table.from_numpy(Domain([heel], metas=[image]),
                             np.array([[0, 1, 2, 3, np.nan]]).T,
                             metas=np.array([["x.png"]] * 5, dtype=object))
    photos, _ = training_photos(table)
    np.testing.assert_array_equal(photos.labels[:, HEEL], [0, .5, 1, NO_NUMBER, np.nan])
    with pytest.raises(TrainingError, match="row 1: high heel holds no number; a label is"):
        train(photos.take(np.array([3])))


def test_what_is_missing_is_said(labelled):
    domain = labelled.domain
    with pytest.raises(TrainingError, match="Goods Photos"):
        training_photos(labelled.transform(Domain([], metas=domain.metas[:len(IDS)])))
    with pytest.raises(TrainingError, match="Footwear Photo Labeler"):
        training_photos(labelled.transform(Domain([], metas=domain.metas[len(IDS):])))


@pytest.fixture
def trained():
    model = untrained("made", "made", {}, 3)
    p = np.full((3, len(IDS)), .1)
    p[:, HEEL] = [.9, .8, .2]
    labels = np.full((3, len(IDS)), np.nan)
    labels[:, HEEL] = [1, 0, .5]
    held_out = HeldOut(np.array([1, 0, 2]), p[[1, 0, 2]], np.ones((3, len(fact_ids()))),
                       np.array([.1, .2, .3]), labels[[1, 0, 2]], np.arange(3),
                       np.array(["test", "test", "validation"]))
    return Trained(model, (Epoch(0, 1, .5), Epoch(1, 1, .4, .6, .8)), held_out,
                   Split(np.arange(5), np.full(5, "train"), np.zeros(5, int)),
                   [(3, Message.of("photos.truncated", error="short"))])


def test_predictions_keep_the_photos_rows(labelled, trained):
    _, rows = training_photos(labelled)
    table = predictions_table(labelled, rows, trained)
    assert table.ids.tolist() == labelled[[0, 1, 2]].ids.tolist()
    said = table.domain["P(КАБЛУК)"]
    assert said.attributes["fact"] == "heel" and float(said.attributes["prior"]) > 0
    assert table.get_column(said).tolist() == [.9, .8, .2]
    assert [str(v) for v in table.get_column("differs")] == ["", "КАБЛУК", ""]
    assert [str(row["part"]) for row in table] == ["test", "test", "validation"]
    assert table.get_column("contradiction").tolist() == \
        trained.held_out.contradiction[[1, 0, 2]].tolist()
    assert label_columns(table.domain)["high_heel"].name == "КАБЛУК"
    assert table.get_column("image").tolist() == ["0.png", "1.png", "2.png"]


def test_curves_and_skipped(labelled, trained):
    assert history_table(trained).X[1].tolist() == [1, 1, .4, .6, .8]
    _, rows = training_photos(labelled)
    with speaking("en"):
        skipped = skipped_table(labelled, rows, trained)
    assert skipped.get_column("reason").tolist() == ["no photo is named in this row",
                                                     "the file is truncated (short)"]
    with speaking("ru"):
        assert skipped_table(labelled, rows, trained).get_column("reason").tolist() == [
            "в этой строке не названа фотография", "файл обрезан (short)"]
    assert skipped.ids.tolist() == labelled[[3, 4]].ids.tolist()
