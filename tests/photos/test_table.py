import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from Orange.data import (
    ContinuousVariable,
    DiscreteVariable,
    Domain,
    Instance,
    StringVariable,
    Table,
)
from Orange.data.table import DomainTransformationError

from orangecontrib.customs.columns import Role, ShotColumn, SkippedPhotos
from orangecontrib.customs.groups import find_group
from orangecontrib.customs.i18n import speaking
from orangecontrib.customs.photos import Extractor, Photo, extract, find_photos
from orangecontrib.customs.photos import table as door
from orangecontrib.customs.photos.model import feature_ids
from orangecontrib.customs.photos.shots import Shots
from orangecontrib.customs.photos.table import (
    feature_columns,
    features_table,
    good_variables,
    image_paths,
    image_variables,
    photos_table,
    pool_table,
    pooled_table,
)

FOOTWEAR = find_group("footwear")


@pytest.fixture
def extractor(model, backbone, monkeypatch):
    monkeypatch.setattr(extract, "_loaded", lambda *_: backbone)
    monkeypatch.setattr(door, "_cache", door._Cache(1000))
    return Extractor(model)


@pytest.fixture
def table(goods):
    return photos_table(find_photos(goods)[0], goods).copy()


@pytest.fixture
def features(table, extractor):
    return features_table(table, "image", extractor)[0]


def test_photos_table_is_like_import_images(table, goods):
    image = table.domain["image"]
    assert image.attributes == {"type": "image", "origin": str(goods)}
    assert image_variables(table.domain)[0] is image
    assert image_paths(table, image)[0] == str(goods / "A1/1.jpg")
    assert good_variables(table.domain)[0].name == "good_id"
    assert list(table.get_column("good_id")) == ["A1", "A1", "Б 2", "Б 2"]


def test_columns_carry_their_meaning(features, model):
    columns = feature_columns(features.domain)
    assert tuple(columns) == feature_ids()
    heel = columns["high_heel"].attributes
    assert (heel["fact"], heel["value"]) == ("heel", "high")
    assert float(heel["prior"]) == pytest.approx(model.priors[8])
    assert all(v in features.domain.attributes for v in columns.values())
    judged = [v for v in features.domain.metas if "gradability" in v.attributes]
    assert len(judged) == 10
    assert ((features.X > 0) & (features.X < 1)).all()


@pytest.fixture
def knowing(extractor, backbone):
    """An extractor whose model takes every photo for one from behind, which shows no height."""
    model, width = extractor.model, backbone.spec.width
    group, views = model.group, model.group.views
    judged = np.ones((len(views), len(group.visual_facts)))
    judged[views.index("back"), group.visual_facts.index("height")] = 0
    n = len(group.scenes)
    shots = Shots(np.zeros((width, len(views)), np.float32),
                  50 * np.eye(len(views), dtype=np.float32)[views.index("back")],
                  np.zeros((width, n), np.float32), np.zeros(n, np.float32), judged,
                  np.ones((n, len(group.features))), np.zeros(width, np.float32),
                  np.zeros((width, 1), np.float32), np.asarray(1.))
    return Extractor(replace(model, shots=shots))


def test_a_model_that_knows_views_tells_the_view_and_what_it_can_not_show(table, knowing):
    result, _ = features_table(table, "image", knowing)
    view, words = (next(v for v in result.domain.metas if (c := ShotColumn.of(v))
                        and c.says == says) for says in ("view", "not_judged"))
    assert {str(row[view]) for row in result} == {"back"}
    assert set(result.get_column(words)) == {"seen from behind: not judged – height"}
    russian, _ = features_table(result, "image", knowing, language="ru")
    assert [v.name for v in russian.domain.metas if ShotColumn.of(v)] == ["вид", "не оценено"]
    again = table.transform(Domain([], metas=[view]))  # a raw table of photos is looked at
    assert {str(row[view]) for row in again} == {"back"}


def test_a_good_is_told_what_none_of_its_photos_can_show(table, knowing):
    with speaking("en"):
        goods = pooled_table(features_table(table, "image", knowing)[0], "good_id")
    assert set(goods.get_column(Role.find(Role.PROBLEMS, goods.domain.metas))) \
        == {"no photo can show: height"}
    assert not any(ShotColumn.of(v) for v in goods.domain.metas)


def test_names_in_russian(table, extractor):
    result, _ = features_table(table, "image", extractor, language="ru")
    assert result.domain.attributes[0].name == "ПЕРФОРАЦИЯ_СОЮЗКА"
    assert result.domain.attributes[-1].name == "НЕ_ОБУВЬ"


def test_an_id_that_occurs_twice_with_different_photos(table, extractor, features):
    # as Concatenate makes of two columns of photos of the same rows
    with table.unlocked():
        table.ids = np.array([7, 8, 7, 8])
    result, _ = features_table(table, "image", extractor)
    np.testing.assert_array_equal(result.X, features.X)


def test_rows_keep_ids_classes_and_other_columns(table, extractor):
    kind = DiscreteVariable("kind", ("x", "y"))
    price = ContinuousVariable("price")
    domain = Domain([price], kind, table.domain.metas)
    data = table.transform(domain).copy()
    with data.unlocked():
        data.X[:, 0], data.Y[:] = range(4), [0, 1, 0, 1]
    result, _ = features_table(data, "image", extractor)
    assert list(result.ids) == list(data.ids) and result.domain.class_var == kind
    np.testing.assert_array_equal(result.X[:, 0], range(4))
    np.testing.assert_array_equal(result.Y, [0, 1, 0, 1])
    assert result.domain["image"].attributes["type"] == "image"


def test_skipped_rows_come_back_with_the_reason(table, extractor, goods):
    (goods / "A1/2.jpg").write_bytes(b"")
    with table.unlocked(table.metas):
        table.metas[3, 2] = ""
    result, left = features_table(table, "image", extractor)
    with speaking("en"):
        skipped = left.table()
    assert len(result) == 2 and len(skipped) == 2
    reasons = list(skipped.get_column("reason"))
    assert "zero bytes" in reasons[0] and "no photo" in reasons[1]
    with speaking("ru"):
        assert "ноль байт" in left.table().get_column("reason")[0]
    assert skipped.domain["image"] in skipped.domain.metas


def test_cancelled_rows_come_back(table, extractor):
    result, left = features_table(table, "image", extractor,
                                  lambda done, total: done == 2, batch=1)
    assert len(result) == 2 and [reason.id for reason in left.reasons] == ["photos.cancelled"] * 2


def test_extracting_again_replaces_the_columns(features, extractor):
    again, _ = features_table(features, "image", extractor)
    assert [v.name for v in again.domain.attributes] \
        == [v.name for v in features.domain.attributes]
    assert again.domain == features.domain


def test_name_clash_gets_another_name(table, extractor):
    taken = ContinuousVariable("high heel")
    result, _ = features_table(table.transform(Domain([taken], None, table.domain.metas)),
                               "image", extractor)
    assert feature_columns(result.domain)["high_heel"].name == "high heel (1)"


# --- compute values: what every preprocessor of Orange must keep ------------------------

def test_unseen_table_with_another_origin(features, goods, backbone, tmp_path):
    other = tmp_path / "elsewhere"
    goods.rename(other)
    new = photos_table(find_photos(other)[0][::-1], other)
    np.testing.assert_allclose(new.transform(features.domain).X, features.X[::-1], atol=1e-6)


def test_computed_once_and_copied_when_there(table, features, backbone):
    seen = backbone.seen
    table.transform(features.domain)
    assert backbone.seen == seen, "results of this process are remembered"
    np.testing.assert_array_equal(features.transform(features.domain).X, features.X)


def test_changed_file_is_computed_again(table, features, goods):
    (goods / "A1/1.jpg").write_bytes((goods / "Б 2/1.jpg").read_bytes())
    new = table.transform(features.domain)
    np.testing.assert_allclose(new.X[0], features.X[2], atol=1e-6)


def test_train_and_test_separately_are_equal(table, features, extractor):
    part, _ = features_table(table[1:3], "image", extractor)
    assert part.domain == features.domain
    assert hash(part.domain.attributes[3]) == hash(features.domain.attributes[3])
    np.testing.assert_allclose(part.X, features.X[1:3], atol=1e-6)


def test_equality_needs_model_image_column_and_index(features, model):
    one, two = features.domain.attributes[:2]
    shared = one.compute_value.compute_shared
    assert one.compute_value != two.compute_value
    assert shared != door.PhotoFeatures("other", model)
    from dataclasses import replace
    assert shared != door.PhotoFeatures("image", replace(model, rho=np.full(14, .3)))
    assert shared == door.PhotoFeatures("image", replace(model, note="other words"))


def test_pickle(table, features):
    domain = pickle.loads(pickle.dumps(features.domain))
    assert domain == features.domain
    np.testing.assert_allclose(table.transform(domain).X, features.X, atol=1e-6)


def test_missing_file_empty_value_and_missing_column_are_nan(table, features, goods):
    with table.unlocked(table.metas):
        table.metas[0, 2] = "gone.jpg"
        table.metas[1, 2] = ""
    new = table.transform(features.domain)
    assert np.isnan(new.X[:2]).all() and not np.isnan(new.X[2:]).any()
    assert np.isnan(table[:, []].transform(
        Domain(features.domain.attributes)).X[:2]).all()
    bare = Table.from_numpy(Domain([]), np.empty((2, 0)))
    assert np.isnan(bare.transform(features.domain).X).all()


def test_empty_table_and_single_rows(table, features):
    assert table[:0].transform(features.domain).X.shape == (0, 14)
    value = features.domain.attributes[8].compute_value
    np.testing.assert_allclose(value(table[2]), features.X[2, 8], atol=1e-6)
    np.testing.assert_allclose(value(Instance(table.domain, table[2])), features.X[2, 8],
                               atol=1e-6)


def test_images_in_a_discrete_meta(table, features, goods):
    values = [str(v) for v in table.get_column("image")]
    image = DiscreteVariable("image", values)
    image.attributes.update(type="image", origin=str(goods))
    data = Table.from_numpy(Domain([], metas=[image]), np.empty((3, 0)),
                            metas=np.array([[1.], [0.], [np.nan]]))
    new = data.transform(Domain(features.domain.attributes))
    np.testing.assert_allclose(new.X[:2], features.X[[1, 0]], atol=1e-6)
    assert np.isnan(new.X[2]).all()


# --- pooling ------------------------------------------------------------------------------

def test_a_row_per_good(features, table):
    pooled = pooled_table(features, "good_id")
    assert list(pooled.get_column("good_id")) == ["A1", "Б 2"]
    assert list(pooled.get_column("photos used")) == [2, 2]
    np.testing.assert_allclose(pooled.X, pool_table(features, "good_id").probabilities)
    for id_, source in feature_columns(features.domain).items():
        assert feature_columns(pooled.domain)[id_].attributes == source.attributes
    assert "image" not in pooled.domain


def test_class_may_name_the_good_and_constant_columns_stay(features):
    category = DiscreteVariable("category", ("A1", "Б 2"))
    declared = StringVariable("declared")
    domain = Domain(features.domain.attributes, category,
                    (*features.domain.metas, declared))
    data = features.transform(domain).copy()
    with data.unlocked():
        data.Y[:] = [0, 0, 1, 1]
        data.metas[:, -1] = ["6403", "6403", "6402", "6402"]
    pooled = pooled_table(data, "category", "paper")
    assert list(pooled.get_column("category")) == ["A1", "Б 2"]
    assert list(pooled.get_column("declared")) == ["6403", "6402"]


def test_photos_cannot_become_goods_row_by_row(table, features):
    with pytest.raises(DomainTransformationError, match="pool first"):
        table.transform(pooled_table(features, "good_id").domain)
    pooled = pooled_table(features, "good_id")
    again = pooled_table(features, "good_id")
    assert pooled.domain.attributes == again.domain.attributes
    assert pickle.loads(pickle.dumps(pooled.domain)).attributes == pooled.domain.attributes
    other = pooled_table(features, "good_id", "mean")
    assert other.domain.attributes[0] != pooled.domain.attributes[0]


def test_pooling_needs_features_with_priors(table, features):
    with pytest.raises(ValueError, match="Feature Extractor"):
        pool_table(table, "good_id")
    del features.domain.attributes[2].attributes["prior"]
    with pytest.raises(ValueError, match="prior"):
        pool_table(features, "good_id")


def test_the_photos_that_speak_for_a_fact_are_named(features):
    pooled = pooled_table(features, "good_id")
    notes = {v.attributes["fact"]: v for v in pooled.domain.metas
             if v.attributes.get("role") == "note"}
    assert notes and set(notes) <= {f.fact for f in FOOTWEAR.features}
    for variable in notes.values():
        for text in pooled.get_column(variable):
            assert text == "" or ".jpg" in text or ".png" in text


def test_rho_of_the_user_replaces_the_models(features):
    strict, loose = (pool_table(features, "good_id", rho=rho) for rho in (1., 0.))
    paper = pool_table(features, "good_id", "paper")
    np.testing.assert_allclose(loose.probabilities, paper.probabilities)
    assert np.abs(strict.contributions).sum() < np.abs(loose.contributions).sum()


def test_contradiction_and_what_can_be_judged_are_metas_of_photos_and_of_goods(table, extractor):
    result, _ = features_table(table, "image", extractor)
    (variable,) = [v for v in result.domain.metas if "contradiction" in v.attributes]
    assert variable.attributes["contradiction"] == "yes" and variable.name == "contradiction"
    found = extractor.run([Photo(p, "", Path(p)) for p in
                           image_paths(table, table.domain["image"])])
    np.testing.assert_allclose(result.get_column(variable).astype(float), found.contradiction,
                               atol=1e-6)
    again, _ = features_table(result, "image", extractor, language="ru")
    assert [v.name for v in again.domain.metas if "contradiction" in v.attributes
            ] == ["противоречие"]
    goods = pooled_table(result, "good_id")
    (pooled,) = [v for v in goods.domain.metas if "contradiction" in v.attributes]
    judged = [v for v in goods.domain.metas if "gradability" in v.attributes]
    assert len(judged) == len(find_group("footwear").visual_facts) and len(goods) == 2
    for variable in (pooled, *judged):
        values = goods.get_column(variable).astype(float)
        assert ((values >= 0) & (values <= 1)).all()
    for v in judged:
        photos = result.get_column(result.domain[v.name]).astype(float)
        np.testing.assert_allclose(goods.get_column(v).astype(float), [
            1 - (1 - photos[:2]).prod(), 1 - (1 - photos[2:]).prod()], atol=1e-9)


def test_labels_of_people_stay_and_are_no_features(table, extractor):
    label = ContinuousVariable("КАБЛУК")
    label.attributes.update(label="yes", feature="high_heel", fact="heel", value="high")
    labelled = table.transform(Domain([label], metas=table.domain.metas))
    with labelled.unlocked(labelled.X):
        labelled.X[:] = .5
    result, _ = features_table(labelled, "image", extractor, language="ru")
    assert result.get_column(result.domain["КАБЛУК"]).tolist() == [.5] * len(table)
    assert "label" not in feature_columns(result.domain)["high_heel"].attributes
    again, _ = features_table(result, "image", extractor, language="ru")
    assert len(again.domain.attributes) == len(result.domain.attributes)
    goods = pooled_table(again, "good_id")
    assert not any("label" in v.attributes for v in (*goods.domain.variables,
                                                     *goods.domain.metas))


# --- photos that could not be used ------------------------------------------------------------

def spoilt(table, extractor, goods):
    """Features of photos of which one good has lost its first photo, another one all."""
    paths = [goods / str(image) for image in table.get_column("image")]
    ids = list(table.get_column("good_id"))
    lost = [0, *(row for row, id_ in enumerate(ids) if id_ != ids[0])]
    for row in lost:
        paths[row].write_bytes(b"")
    return features_table(table, "image", extractor)[0], ids[0], ids[-1]


def test_no_row_of_unknown_features_tells_of_photos_that_could_not_be_used(
        table, extractor, goods):
    features, some, none = spoilt(table, extractor, goods)
    pooled = pooled_table(features, "good_id")
    for result in (features, pooled):
        assert not np.isnan(result.X).any() and set(result.get_column("good_id")) == {some}
    problems, = (v for v in pooled.domain.metas if Role.of(v) is Role.PROBLEMS)
    assert pooled.get_column(problems)[0].endswith(": файл пустой (ноль байт)")
    assert list(SkippedPhotos.of(pooled).by_good("good_id", ())) == [none]


def test_the_reasons_are_pooled_in_the_language_that_is_spoken(table, extractor, goods):
    features, *_ = spoilt(table, extractor, goods)
    with speaking("en"):
        pooled = pooled_table(features, "good_id")
    assert pooled.get_column("problems")[0].endswith(": the file is empty (zero bytes)")


def test_photos_that_people_took_out_are_not_told_of_as_unusable(table, extractor, goods):
    features, some, none = spoilt(table, extractor, goods)
    part = features[:0]
    assert SkippedPhotos.of(part).by_good("good_id", ()) == {}
    assert set(SkippedPhotos.of(part).by_good("good_id", {none})) == {none}


def test_what_a_table_tells_of_skipped_photos_survives_files_and_pickles(
        table, extractor, goods, tmp_path):
    pooled = pooled_table(spoilt(table, extractor, goods)[0], "good_id")
    path = tmp_path / "goods.tab"
    pooled.save(str(path))
    for back in (pickle.loads(pickle.dumps(pooled)), Table.from_file(str(path))):
        assert SkippedPhotos.of(back) == SkippedPhotos.of(pooled)


def test_a_table_that_nothing_was_skipped_of_tells_nothing(table, extractor):
    features = features_table(table, "image", extractor)[0]
    pooled = pooled_table(features, "good_id")
    assert SkippedPhotos.of(features) == SkippedPhotos.of(pooled) == SkippedPhotos()
    assert "skipped_photos" not in features.attributes
    assert "problems" not in [v.name for v in pooled.domain.metas]
