import hashlib
import logging
import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from orangecontrib.customs.files import VARIABLE, cache_folder
from orangecontrib.customs.photos import Extractor, cache, find_photos
from orangecontrib.customs.photos.cache import FeatureCache

#: Numbers of the made backbone.
WIDTH = 48


def names(n, start=0):
    return [hashlib.sha256(bytes([i // 256, i % 256])).hexdigest() for i in range(start, start + n)]


def rows(names, seed=0):
    values = np.random.default_rng(seed).normal(size=(len(names), WIDTH))
    return dict(zip(names, values.astype(np.float32)))


@pytest.fixture
def features(tmp_path):
    opened = FeatureCache(tmp_path / "features")
    yield opened
    opened.close()


def same(found, expected):
    assert found.keys() == expected.keys()
    for name, row in expected.items():
        assert found[name].dtype == np.float32 and found[name].tobytes() == row.tobytes()


def test_what_was_put_is_there_bit_for_bit(features, backbone):
    given = rows(names(20))
    features.put_many(backbone, given)
    same(features.get_many(backbone, names(30)), given)
    same(FeatureCache(features.folder).get_many(backbone, names(20)), given)
    assert features.get_many(backbone, []) == {} and not features.problem


@pytest.mark.parametrize("change", ["digest", "engine_name", "transform"])
def test_another_backbone_knows_nothing(features, backbone, change):
    features.put_many(backbone, rows(names(3)))
    other = type(backbone)()
    if change == "transform":
        from dataclasses import replace
        other.spec = replace(backbone.spec, std=(1., 1., 1.))
    else:
        setattr(other, change, "other")
    assert features.get_many(other, names(3)) == {}


def test_another_version_of_the_transform_knows_nothing(features, backbone, monkeypatch):
    features.put_many(backbone, rows(names(3)))
    monkeypatch.setattr(cache, "TRANSFORM_VERSION", -1)
    assert features.get_many(backbone, names(3)) == {}


def test_features_that_are_no_numbers_are_not_kept(features, backbone):
    given = rows(names(2))
    given[names(1)[0]][3] = np.nan
    features.put_many(backbone, given)
    assert list(features.get_many(backbone, names(2))) == names(2)[1:]


def test_the_least_recently_used_go_first(tmp_path, backbone, monkeypatch):
    import itertools

    import diskcache
    clock = itertools.count()
    monkeypatch.setattr(diskcache.core.time, "time", lambda: float(next(clock)))
    features = FeatureCache(tmp_path / "f", size_limit=200_000)
    loved = names(1)
    features.put_many(backbone, rows(loved))
    for start in range(1, 3000, 100):
        features.put_many(backbone, rows(names(100, start)))
        assert features.get_many(backbone, loved), "used all the time"
    assert not features.get_many(backbone, names(1, 1))
    assert features.get_many(backbone, names(1, 2999))
    assert (features.folder / "cache.db").stat().st_size < 400_000
    features.close()


def test_a_damaged_record_is_computed_anew(features, backbone):
    given = rows(names(3))
    features.put_many(backbone, given)
    features.close()
    with sqlite3.connect(features.folder / "cache.db") as database:
        (value,) = database.execute("SELECT value FROM Cache WHERE rowid = 2").fetchone()
        changed = value[:9] + bytes([value[9] ^ 1]) + value[10:]
        database.execute("UPDATE Cache SET value = ? WHERE rowid = 2", (changed,))
        database.execute("UPDATE Cache SET value = ? WHERE rowid = 3", (value[:50],))
    database.close()
    same(features.get_many(backbone, names(3)), {names(1)[0]: given[names(1)[0]]})
    features.put_many(backbone, given)
    same(features.get_many(backbone, names(3)), given)


def test_a_pickle_is_refused_not_opened(features, backbone, tmp_path):
    import pickle

    import diskcache
    features.put_many(backbone, rows(names(1)))
    features.close()

    class Evil:
        def __reduce__(self):
            return Path.touch, (tmp_path / "opened",)

    with sqlite3.connect(features.folder / "cache.db") as database:
        database.execute("UPDATE Cache SET mode = ?, value = ?",
                         (diskcache.core.MODE_PICKLE, pickle.dumps(Evil())))
    database.close()
    assert features.get_many(backbone, names(1)) == {} and features.problem
    assert not (tmp_path / "opened").exists()


# --- a cache that can't be used ---

def unusable(features, backbone, caplog):
    caplog.set_level(logging.WARNING)
    for _ in range(2):
        assert features.get_many(backbone, names(3)) == {}
        features.put_many(backbone, rows(names(3)))
    assert str(features.folder) in features.problem and "delete that folder" in features.problem
    assert len(caplog.records) == 1, "said once"


def test_a_database_that_is_none(tmp_path, backbone, caplog):
    (tmp_path / "f").mkdir()
    (tmp_path / "f/cache.db").write_bytes(b"no database " * 1000)
    unusable(FeatureCache(tmp_path / "f"), backbone, caplog)


def test_a_database_that_gets_damaged_while_open(features, backbone, caplog):
    features.put_many(backbone, rows(names(500)))
    with open(features.folder / "cache.db", "r+b") as file:
        file.seek(4096)
        file.write(os.urandom(40_000))
    for path in features.folder.glob("cache.db-*"):
        with open(path, "r+b") as file:
            file.write(os.urandom(200_000))
    features.get_many(backbone, names(500))  # whatever is found or not: no exception
    features.put_many(backbone, rows(names(500)))


def test_a_file_where_the_folder_should_be(tmp_path, backbone, caplog):
    (tmp_path / "f").write_text("a file")
    unusable(FeatureCache(tmp_path / "f"), backbone, caplog)


def test_a_locked_database(features, backbone, caplog, monkeypatch):
    monkeypatch.setattr(cache, "PATIENCE", .01)
    features.put_many(backbone, rows(names(1)))
    features.close()
    other = sqlite3.connect(features.folder / "cache.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        unusable(features, backbone, caplog)
    finally:
        other.close()
    assert FeatureCache(features.folder).get_many(backbone, names(1)), "free again"


def test_a_database_that_gets_locked_while_open(features, backbone, caplog, monkeypatch):
    monkeypatch.setattr(cache, "PATIENCE", .01)
    features.put_many(backbone, rows(names(1)))
    other = sqlite3.connect(features.folder / "cache.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        unusable(features, backbone, caplog)
    finally:
        other.close()


# --- where it lies ---

@pytest.mark.parametrize("value", ["", "off", " OFF "])
def test_the_environment_turns_it_off(monkeypatch, backbone, value):
    monkeypatch.setenv(VARIABLE, value)
    features = FeatureCache()
    features.put_many(backbone, rows(names(1)))
    assert cache_folder() is None and features.folder is None
    assert features.get_many(backbone, names(1)) == {} and not features.problem


def test_the_environment_says_where(kept, backbone):
    features = FeatureCache()
    features.put_many(backbone, rows(names(1)))
    assert (kept / "features" / "cache.db").is_file()
    features.close()


def test_by_default_it_lies_in_the_users_cache(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert cache_folder().name == "orange3-customs"


# --- together ---

def test_threads(features, backbone):
    given = rows(names(400))
    wrong = []

    def work(seed):
        order = np.random.default_rng(seed).permutation(names(400)).tolist()
        for i in range(0, 400, 20):
            part = order[i:i + 20]
            found = features.get_many(backbone, part)
            wrong.extend(n for n, row in found.items() if (row != given[n]).any())
            features.put_many(backbone, {name: given[name] for name in part})

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong and not features.problem
    same(features.get_many(backbone, names(400)), given)


def test_processes(features, backbone):
    code = ("import sys, numpy as np\n"
            "from types import SimpleNamespace as S\n"
            "from orangecontrib.customs.photos.cache import FeatureCache\n"
            "backbone = S(digest='d', spec=S(width=5, transform={}))\n"
            "features = FeatureCache(sys.argv[1])\n"
            "for i in range(300):\n"
            "    features.put_many(backbone, {f'{i}': np.full(5, i, np.float32)})\n"
            "    found = features.get_many(backbone, [f'{(7 * i) % 300}'])\n"
            "    assert all((row == int(n)).all() for n, row in found.items())\n"
            "assert not features.problem, features.problem\n"
            "assert len(features.get_many(backbone, [str(i) for i in range(300)])) == 300\n")
    running = [subprocess.Popen([sys.executable, "-c", code, str(features.folder)])
               for _ in range(3)]
    assert [process.wait(timeout=600) for process in running] == [0, 0, 0]


# --- in the extractor ---

def test_a_second_run_computes_and_decodes_nothing(goods, model, backbone, features, monkeypatch):
    from orangecontrib.customs.photos import extract
    photos = find_photos(goods)[0]
    first = Extractor(model, backbone=backbone, cache=features).run(photos)
    second_backbone = type(backbone)()
    monkeypatch.setattr(extract, "decode", lambda *_: pytest.fail("decoded"))
    second = Extractor(model, backbone=second_backbone, cache=features).run(photos)
    assert second_backbone.seen == 0 and second.photos == photos
    for field in ("probabilities", "gradability", "contradiction"):
        assert getattr(first, field).tobytes() == getattr(second, field).tobytes()


def test_a_changed_photo_is_looked_at_again(goods, model, backbone, features):
    photos = find_photos(goods)[0]
    Extractor(model, backbone=backbone, cache=features).run(photos)
    (goods / "A1/1.jpg").write_bytes((goods / "Б 2/1.jpg").read_bytes() + b" ")
    backbone = type(backbone)()
    found = Extractor(model, backbone=backbone, cache=features).run(photos)
    assert backbone.seen == 1
    np.testing.assert_array_equal(found.probabilities[0], found.probabilities[2])


def test_a_corrupt_photo_is_never_kept(goods, model, backbone, features):
    content = (goods / "A1/1.jpg").read_bytes()
    (goods / "A1/1.jpg").write_bytes(content[:len(content) // 2])
    photos = find_photos(goods)[0]
    for seen in (3, 0):
        backbone = type(backbone)()
        results = Extractor(model, backbone=backbone, cache=features).run(photos)
        assert backbone.seen == seen and [p.image for p, _ in results.skipped] == ["A1/1.jpg"]
    name = hashlib.sha256(content[:len(content) // 2]).hexdigest()
    assert features.get_many(backbone, [name]) == {}


def test_a_cache_that_fails_does_not_stop_the_run(goods, model, tmp_path, backbone):
    (tmp_path / "f").write_text("a file")
    photos = find_photos(goods)[0]
    assert Extractor(model, backbone=backbone, cache=FeatureCache(tmp_path / "f")).run(photos
                                                                                ).photos == photos
