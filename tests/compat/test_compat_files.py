"""Models and tables that users have kept load in a process of their own and say the same."""
import importlib
import os
import pickletools
import subprocess
import sys

import pytest
from artefacts import HERE, differences, read, renamed

ANSWERS = HERE / "expected" / "answers"

#: Kept tables, and the output of which they are.
TABLES = {"features": "photos/Features.Features", "goods": "photos/Pooled.Goods",
          "facts": "photos/Facts.Facts", "codes": "photos/Codes.Codes",
          "corpus": "text/Filter.Corpus", "frozen": "text/Frozen.Corpus",
          "scored": "text/Errors.Scored Documents"}

PICKLES = sorted([*(HERE / "tables").glob("*.pkl"), *(HERE / "models").glob("*.pkcls")])


@pytest.fixture(scope="module")
def said(place, tmp_path_factory):
    """What a new process reads and computes."""
    out = tmp_path_factory.mktemp("said")
    done = subprocess.run([sys.executable, "-W", "ignore", str(HERE / "answers.py"), str(place),
                           str(out)], capture_output=True, encoding="utf-8", timeout=240,
                          env={**os.environ, "QT_QPA_PLATFORM": "offscreen"})
    assert done.returncode == 0, done.stderr
    return out


def same(kept, found, tolerance, names=None):
    problems = differences(read(kept), read(found), tolerance, names)
    assert not problems, "\n".join(problems[:20])


def test_a_text_model_behind_the_filter_answers_raw_texts_as_it_did(said):
    same(ANSWERS / "text.csv", said / "text.csv", 1e-6)


def test_a_kept_corpus_does_to_raw_texts_what_was_done_to_it(said):
    same(ANSWERS / "replayed.csv", said / "replayed.csv", 0)


def test_one_declaration_gets_the_answer_of_a_batch():
    columns = {c.name: c.values for c in read(ANSWERS / "text.csv")}
    for name in [name for name in columns if name.endswith(" alone")]:
        assert columns[name] == columns[name.replace(" alone", " in a batch")]
        assert len(set(columns[name])) > 2


@pytest.mark.parametrize("name", ["heads", "network"])
def test_a_photo_model_says_of_photos_what_it_said(said, name):
    kept = read(ANSWERS / f"{name}.csv")
    assert any(len(set(column.values)) > 4 for column in kept), "the photos differ"
    same(ANSWERS / f"{name}.csv", said / f"{name}.csv", 1e-4)


@pytest.mark.parametrize("name", TABLES)
def test_a_kept_table_still_means_what_it_meant(said, name):
    where = TABLES[name]
    same(HERE / "expected" / f"{where}.csv", said / "tables" / f"{name}.csv", 1e-6)


def test_kept_columns_compute_features_of_photos(said):
    kept = [column for column in read(HERE / "expected" / "photos" / "Features.Features.csv")
            if {"feature", "gradability", "contradiction"} & set(column.attributes)]
    assert len(kept) == 14 + 10 + 1
    problems = differences(kept, read(said / "recomputed.csv"), 1e-4)
    assert not problems, "\n".join(problems[:20])


@pytest.mark.parametrize("name, key", [
    ("goods.pkl", "good_id"), ("goods.tab", "good_id"), ("facts.pkl", "number")])
def test_the_key_of_a_kept_table_is_known_by_its_mark(name, key):
    from Orange.data import Domain, StringVariable, Table

    from orangecontrib.customs.fusion.table import default_key
    table = Table(str(HERE / "tables" / name))
    likelier = table.transform(Domain(table.domain.attributes, metas=[
        StringVariable("good"), *(v for v in table.domain.metas)]))
    likelier.attributes = table.attributes
    assert default_key(likelier).name == key


def test_pooled_columns_still_refuse_single_photos():
    from Orange.data.io import PickleReader
    from Orange.data.table import DomainTransformationError

    from orangecontrib.customs.photos.sources import find_photos
    from orangecontrib.customs.photos.table import photos_table
    goods = PickleReader(str(HERE / "tables" / "goods.pkl")).read()
    folder = HERE / "data" / "photos"
    with pytest.raises(DomainTransformationError, match="pool"):
        photos_table(find_photos(folder)[0], folder).transform(goods.domain)


def test_a_decision_table_of_the_user_is_read():
    from orangecontrib.customs.groups import footwear
    from orangecontrib.customs.nomenclature.decision_table import DecisionTable
    table = DecisionTable.load(HERE / "data" / "decision_table.csv", footwear.group().vocabulary)
    assert table.codes == ["6401100000", "6401920000", "6402", "6403", "6404", "6405", "6406",
                           "none"]
    assert [gap for gap in table.gaps if gap] == ["высота"]
    assert len(table.rules) == 8


def names_in(path):
    """Classes that a pickle names: (module, name)."""
    strings, memo, last = [], {}, None
    for opcode, argument, _ in pickletools.genops(path.read_bytes()):
        if opcode.name == "GLOBAL":
            yield tuple(argument.split(" "))
        elif opcode.name == "STACK_GLOBAL":
            yield tuple(strings[-2:])
        elif opcode.name == "MEMOIZE" or "PUT" in opcode.name:
            memo[len(memo) if argument is None else argument] = last
            continue
        last = memo.get(argument) if "GET" in opcode.name else \
            argument if isinstance(argument, str) else None
        if last is not None:
            strings.append(last)


OURS = sorted({name for path in PICKLES for name in names_in(path)
               if name[0].startswith("orangecontrib.customs")})


@pytest.mark.parametrize("module, name", OURS)
def test_a_class_that_pickles_name_can_be_imported(module, name):
    assert hasattr(importlib.import_module(module), name)


def test_the_readme_names_every_module_of_the_pickles():
    text = (HERE / "README.md").read_text(encoding="utf-8")
    for module in {module for module, _ in OURS}:
        assert f"`{module.removeprefix('orangecontrib.customs.')}`" in text


def test_results_of_fusion_may_only_be_renamed_openly():
    assert set(renamed("OUT.csv").values()).isdisjoint(renamed("OUT.csv"))
