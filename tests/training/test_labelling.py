"""Sheets of labels: answers, undo, the journal, files, doubt."""
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orangecontrib.customs.groups import find_group
from orangecontrib.customs.photos.model import fact_ids, feature_ids
from orangecontrib.customs.training.labelling import (
    LabelRow,
    LabelsError,
    LabelSheet,
    LabelStore,
    asked,
    cluster_probabilities,
    doubt,
    questions,
    read_labels,
    suggestions,
    write_labels,
)

GROUP = find_group("footwear")
IDS = feature_ids()
NAN = float("nan")
CLUSTERS = [cluster.id for cluster in GROUP.clusters]
HEIGHTS = [IDS.index(f"height_{name}") for name in ("below_ankle", "ankle", "calf", "over_knee")]
IMAGES = ["A1/1.jpg", "A1/2.jpg", "Б 2/1.jpg", "c.jpg"]


def labels(sheet, row=0) -> dict:
    """Labels of a photo that somebody gave."""
    return {id_: label for id_, label in zip(IDS, sheet.labels[row]) if not np.isnan(label)}


def assert_same(one, other):
    np.testing.assert_array_equal(one.labels, other.labels)
    assert one.clusters.tolist() == other.clusters.tolist()


# --- questions and answers

def test_heights_are_one_question():
    assert len(questions(GROUP)) == 11
    assert [q.members for q in questions(GROUP) if q.exclusive] == [tuple(HEIGHTS)]


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_few_questions_per_cluster(cluster):
    assert len(asked(cluster, GROUP)) <= 5


def test_only_heights_that_come_into_question():
    (height, *_), = [[q for q in asked("boots", GROUP) if q.exclusive]]
    assert height.members == tuple(HEIGHTS[1:])


@pytest.mark.parametrize("cluster", GROUP.clusters, ids=CLUSTERS)
def test_a_cluster_fills_in_what_it_implies(cluster):
    sheet = LabelSheet(IMAGES)
    sheet.set_cluster([0], cluster.id)
    assert labels(sheet) == dict(cluster.implied)
    assert labels(sheet, 1) == {}


def test_not_footwear_is_finished_at_once():
    sheet = LabelSheet(IMAGES)
    sheet.set_cluster([0, 2], "not_footwear")
    assert sheet.done.tolist() == [1, 0, 1, 0]


def test_done_counts_questions():
    sheet = LabelSheet(IMAGES)
    sheet.set_cluster([0], "boots")
    assert sheet.done[0] == 0
    sheet.answer([0], "height_calf", 1)
    assert sheet.done[0] == pytest.approx(1 / 3)
    sheet.answer([0], "sport", .5)
    sheet.answer([0], "wooden_platform", 0)
    assert sheet.done[0] == 1


def test_heights_exclude_each_other():
    sheet = LabelSheet(IMAGES)
    sheet.set_cluster([0], "watertight")
    sheet.answer([0], "height_calf", 1)
    assert sheet.labels[0, HEIGHTS].tolist() == [0, 0, 1, 0]
    sheet.answer([0], "height_ankle", 1)
    assert sheet.labels[0, HEIGHTS].tolist() == [0, 1, 0, 0]
    sheet.answer([0], "height_ankle", .5)
    assert sheet.labels[0, HEIGHTS].tolist() == [.5] * 4
    sheet.answer([0], "height_ankle", NAN)
    assert np.isnan(sheet.labels[0, HEIGHTS]).all()


def test_a_height_that_the_cluster_rules_out_stays_so():
    sheet = LabelSheet(IMAGES)
    sheet.set_cluster([0], "boots")
    sheet.answer([0], "height_calf", .5)
    assert sheet.labels[0, HEIGHTS].tolist() == [0, .5, .5, .5]
    sheet.answer([0], "height_calf", NAN)
    np.testing.assert_array_equal(sheet.labels[0, HEIGHTS], [0, NAN, NAN, NAN])


def test_implied_can_be_overruled_and_comes_back():
    sheet = LabelSheet(IMAGES)
    sheet.set_cluster([0], "low")
    sheet.answer([0], "waterproof", 1)
    sheet.answer([0], "height_ankle", 1)
    assert labels(sheet)["waterproof"] == 1
    assert sheet.labels[0, HEIGHTS].tolist() == [0, 1, 0, 0]
    sheet.answer([0], "waterproof", NAN)
    sheet.answer([0], "height_ankle", NAN)
    assert labels(sheet) == dict(GROUP.clusters[0].implied)


def test_another_cluster_keeps_what_it_asks_too():
    sheet = LabelSheet(IMAGES)
    sheet.set_cluster([0], "low")
    sheet.answer([0], "sport", 1)
    sheet.answer([0], "high_heel", 1)
    sheet.set_cluster([0], "boots")
    boots = next(c for c in GROUP.clusters if c.id == "boots")
    assert labels(sheet) == {**boots.implied, "sport": 1}  # a heel is not asked there
    sheet.set_cluster([0], "")
    assert labels(sheet) == {}


def test_no_half_answer_on_heights_survives_a_change():
    sheet = LabelSheet(IMAGES)
    sheet.set_cluster([0], "watertight")
    sheet.answer([0], "height_calf", 1)
    sheet.set_cluster([0], "boots")
    assert sheet.labels[0, HEIGHTS].tolist() == [0, 0, 1, 0]
    sheet.set_cluster([0], "watertight")
    sheet.answer([0], "height_below_ankle", 1)
    sheet.set_cluster([0], "boots")
    np.testing.assert_array_equal(sheet.labels[0, HEIGHTS], [0, NAN, NAN, NAN])
    sheet.answer([0], "height_calf", .5)
    sheet.set_cluster([0], "watertight")
    assert sheet.labels[0, HEIGHTS].tolist() == [.5] * 4
    sheet.set_cluster([0], "low")
    sheet.answer([0], "height_calf", 1)  # against the group: stays whole
    sheet.set_cluster([0], "boots")
    assert sheet.labels[0, HEIGHTS].tolist() == [0, 0, 1, 0]


def test_bulk_is_one_step():
    sheet = LabelSheet(IMAGES)
    sheet.set_cluster(range(4), "straps")
    sheet.answer([0, 1, 3], "house", 1)
    assert sheet.undo().tolist() == [0, 1, 3]
    assert sheet.undo().tolist() == [0, 1, 2, 3]
    assert not sheet.can_undo and sheet.can_redo
    assert sheet.undo() is None


def test_what_changes_nothing_is_no_step():
    sheet = LabelSheet(IMAGES)
    assert sheet.set_cluster([0], "low")
    assert not sheet.set_cluster([0], "low")
    assert not sheet.clear([1])
    sheet.undo()
    assert not sheet.can_undo


def test_what_photos_have_in_common():
    sheet = LabelSheet(IMAGES)
    sheet.set_cluster([0, 1], "low")
    sheet.answer([0], "house", 1)
    sheet.answer([0, 1], "sport", 1)
    cluster, common, mixed = sheet.common([0, 1])
    assert cluster == "low" and common[IDS.index("sport")] == 1
    assert np.isnan(common[IDS.index("house")])
    assert np.flatnonzero(mixed).tolist() == [IDS.index("house")]
    assert sheet.common([1, 2])[0] is None


def test_values_that_are_no_label():
    with pytest.raises(ValueError, match="0.7"):
        LabelSheet(IMAGES).answer([0], "house", .7)


def test_counts():
    sheet = LabelSheet(IMAGES)
    for row, label in enumerate((1, 1, 0, .5)):
        sheet.answer([row], "house", label)
    assert sheet.counts()[IDS.index("house")].tolist() == [2, 1, 1]


# --- properties

rows_ = st.lists(st.integers(0, len(IMAGES) - 1), max_size=4)
operations = st.lists(st.one_of(
    st.tuples(st.just("set_cluster"), rows_, st.sampled_from([*CLUSTERS, ""])),
    st.tuples(st.just("answer"), rows_, st.sampled_from(IDS), st.sampled_from([1, 0, .5, NAN])),
    st.tuples(st.just("clear"), rows_),
    st.tuples(st.sampled_from(["undo", "redo"]))), max_size=15)


def perform(sheet, operation):
    name, *arguments = operation
    getattr(sheet, name)(*arguments)


@settings(deadline=None, max_examples=150)
@given(operations)
def test_undo_restores_the_sheet_exactly(operations):
    sheet, states = LabelSheet(IMAGES), []
    for operation in operations:
        perform(sheet, operation)
    final = sheet.labels.copy(), sheet.clusters.copy(), sheet.done.copy()
    while sheet.can_undo:
        states.append((sheet.labels.copy(), sheet.clusters.copy()))
        sheet.undo()
    assert_same(sheet, LabelSheet(IMAGES))
    assert not sheet.done.any()
    for labels_, clusters_ in reversed(states):
        sheet.redo()
        np.testing.assert_array_equal(sheet.labels, labels_)
        assert sheet.clusters.tolist() == clusters_.tolist()
    while sheet.can_redo:  # steps that had been undone before
        sheet.redo()
    if not any(o[0] in ("undo", "redo") for o in operations):
        np.testing.assert_array_equal(sheet.labels, final[0])
        np.testing.assert_array_equal(sheet.done, final[2])


@settings(deadline=None, max_examples=60)
@given(operations)
def test_save_and_load_is_identity(operations):
    sheet = LabelSheet(IMAGES)
    for operation in operations:
        perform(sheet, operation)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "labels.csv"
        sheet.save(path)
        content, again = read_labels(path), LabelSheet(IMAGES)
        merged = again.merge(content)
        assert not content.problems and not merged.unmatched and not merged.conflicts
        assert content.as_written_here
        assert_same(again, sheet)


@settings(deadline=None, max_examples=25)
@given(operations, st.data())
def test_a_journal_cut_anywhere_gives_a_prefix(operations, data):
    with tempfile.TemporaryDirectory() as folder:
        store = LabelStore(Path(folder) / "labels.csv")
        sheet = LabelSheet(IMAGES, store=store)
        states = [(sheet.labels.copy(), sheet.clusters.tolist())]
        for operation in operations:
            perform(sheet, operation)
            states.append((sheet.labels.copy(), sheet.clusters.tolist()))
        content = store.journal.read_bytes()
        store.close()
        cut = data.draw(st.integers(0, len(content)))
        crashed = Path(folder) / "crashed.csv"
        crashed.with_name("crashed.csv.journal").write_bytes(content[:cut])
        store = LabelStore(crashed)
        again = LabelSheet(IMAGES, store=store)
        assert not store.problems
        assert any(np.array_equal(again.labels, labels_, equal_nan=True)
                   and again.clusters.tolist() == clusters_ for labels_, clusters_ in states)
        if cut == len(content):
            assert_same(again, sheet)
        # and work goes on from there
        again.clear(range(4))
        again.answer([1], "house", 1)
        store.close()
        store = LabelStore(crashed)
        assert labels(LabelSheet(IMAGES, store=store), 1) == {"house": 1}
        store.close()


# --- the store

@pytest.fixture
def path(tmp_path):
    return tmp_path / "deep" / "labels.csv"


def test_each_answer_is_on_the_disk_at_once(path):
    store = LabelStore(path)
    sheet = LabelSheet(IMAGES, ["A1", "A1", "Б 2", ""], store=store)
    sheet.set_cluster([0], "low")
    before = store.journal.read_bytes()
    sheet.answer([0], "house", 1)
    assert store.journal.read_bytes().startswith(before)
    assert store.journal.read_bytes().count(b"\n") == before.count(b"\n") + 1
    store.close()
    assert store.journal.read_bytes().count(b"\n") == 1  # all is in the CSV now
    text = path.read_text(encoding="utf-8-sig")
    assert text.splitlines()[0].startswith("image,good_id,cluster,perforated_vamp,")
    assert text.splitlines()[1].startswith("A1/1.jpg,A1,low,,0,0,0,0,")


def test_labels_of_absent_photos_are_kept(path):
    for images, feature in ((IMAGES[:2], "house"), (IMAGES[2:], "sport")):
        store = LabelStore(path)
        LabelSheet(images, store=store).answer([0, 1], feature, 1)
        store.close()
    store = LabelStore(path)
    sheet = LabelSheet(IMAGES, store=store)
    assert [labels(sheet, row) for row in range(4)] == [
        {"house": 1}, {"house": 1}, {"sport": 1}, {"sport": 1}]
    store.close()


def test_a_file_is_open_for_one_at_a_time(path):
    store = LabelStore(path)
    with pytest.raises(LabelsError, match="open in another program"):
        LabelStore(path)
    store.close()
    LabelStore(path).close()


def test_a_store_can_be_shared(path):
    one, other = LabelStore.open(path), LabelStore.open(path)
    assert one is other
    sheet, news = LabelSheet(IMAGES, store=one), []
    also = LabelSheet(IMAGES[1:], store=other)
    also.on_news = lambda rows: news.append(rows.tolist())
    sheet.answer([0, 2], "house", 1)
    sheet.answer([0], "sport", 1)
    assert labels(also, 1) == {"house": 1} and news == [[1]]
    also.answer([0], "sport", 0)
    assert labels(sheet, 1) == {"sport": 0}
    sheet.close()
    also.answer([2], "sport", 1)
    also.close()
    store = LabelStore.open(path)
    assert labels(LabelSheet(IMAGES, store=store), 3) == {"sport": 1}
    store.close()


def test_a_damaged_line_costs_only_itself(path):
    store = LabelStore(path)
    sheet = LabelSheet(IMAGES, store=store)
    for row in range(3):
        sheet.answer([row], "house", 1)
    lines = store.journal.read_bytes().split(b"\n")
    store.close()
    path.unlink()
    lines[2] = lines[2][:10]
    store.journal.write_bytes(b"\n".join(lines))
    store = LabelStore(path)
    assert "line 3: damaged" in store.problems[0].text("en")
    assert set(store.rows) == {IMAGES[0], IMAGES[2]}
    store.close()


def test_a_journal_of_something_else_is_left_alone(path):
    path.parent.mkdir()
    journal = path.with_name("labels.csv.journal")
    journal.write_text("my diary\nof today\n")
    with pytest.raises(LabelsError, match="not a journal"):
        LabelStore(path)
    assert journal.read_text() == "my diary\nof today\n"


def test_what_cannot_be_written_is_written_later(path):
    store = LabelStore(path)
    sheet = LabelSheet(IMAGES, store=store)
    file, store._file = store._file, open(store.journal, "rb")  # as on a full disk
    with pytest.raises(LabelsError, match="in memory"):
        sheet.answer([0], "house", 1)
    store._file.close()
    store._file = file
    assert labels(sheet) == {"house": 1} and sheet.can_undo
    sheet.answer([1], "house", 0)
    content = store.journal.read_bytes().decode()
    assert IMAGES[0] in content and IMAGES[1] in content
    store.close()


def test_a_file_from_elsewhere_is_copied_before_it_is_rewritten(path):
    path.parent.mkdir()
    original = "image;КАБЛУК;remark\nA1\\1.jpg;1;брак\nA1/2.jpg;много;\n".encode("cp1251")
    path.write_bytes(original)
    store = LabelStore(path)
    assert "judging by its letters" in store.problems[0].text("en")
    assert "line 3, КАБЛУК: 'много'" in store.problems[1].text("en")
    sheet = LabelSheet(IMAGES, store=store)
    assert labels(sheet) == {"high_heel": 1}
    sheet.answer([1], "high_heel", 0)
    store.close()
    assert path.with_name("labels.csv.bak").read_bytes() == original
    assert read_labels(path).as_written_here


def test_a_file_that_is_only_looked_at_stays_as_it_is(path):
    path.parent.mkdir()
    path.write_text("image;house\nc.jpg;1\n")
    LabelStore(path).close()
    assert path.read_text() == "image;house\nc.jpg;1\n"


@pytest.mark.parametrize("image", ["A/\udcff.jpg", "A/1\n2.jpg", "=A/1.jpg", "A/1,\"2\".jpg"])
@pytest.mark.parametrize("crash", [True, False])
def test_labels_of_a_photo_of_any_name_are_kept(path, image, crash):
    store = LabelStore(path)
    LabelSheet([image], store=store).answer([0], "house", 1)
    if crash:
        store._release()
    else:
        store.close()
    store = LabelStore(path)
    assert list(store.rows) == [image] and store.problems == []
    store.close()


# --- CSV files

def test_files_as_people_send_them(tmp_path):
    path = tmp_path / "метки.csv"
    path.write_bytes("Image;Cluster;ВЫСОТА_Н;house;note\n"
                     "./A1\\1.jpg;Низкая закрытая;1;0,5;x\n"
                     "Б 2/1.jpg;no such;;;\n;;1;;\n".encode("cp1251"))
    content = read_labels(path)
    assert [row.image for row in content.rows] == ["A1/1.jpg", "Б 2/1.jpg"]
    sheet = LabelSheet(IMAGES)
    assert sheet.merge(content).photos == 1
    assert labels(sheet) == {"height_below_ankle": 1, "house": .5}
    assert sheet.clusters[0] == "low"
    assert "line 3: 'no such' is not a cluster" in content.problems[1].text("en")
    assert "line 4: no image" in content.problems[2].text("en")


def test_a_file_of_clusters_only_says_what_they_imply(tmp_path):
    path = tmp_path / "groups.csv"
    path.write_text("image,cluster\nc.jpg,not_footwear\n")
    sheet = LabelSheet(IMAGES)
    sheet.merge(read_labels(path))
    assert labels(sheet, 3) == {"not_footwear": 1}


@pytest.mark.parametrize("text, said", [
    ("photo,house\na,1\n", "no column image"), ("image,size\na,1\n", "no column cluster"),
    ("", "no columns"), ("\0\0\0PK", "not a text")])
def test_files_that_are_no_labels(tmp_path, text, said):
    path = tmp_path / "x.csv"
    path.write_text(text)
    with pytest.raises(LabelsError, match=said):
        read_labels(path)


def test_missing_file(tmp_path):
    with pytest.raises(LabelsError, match="can't be read"):
        read_labels(tmp_path / "none.csv")


def test_merging_keeps_what_is_there(tmp_path):
    path = tmp_path / "theirs.csv"
    path.write_text("image,cluster,house,sport\nA1/1.jpg,low,0,1\nA1/2.jpg,low,1,\n"
                    "gone.jpg,low,1,1\n")
    sheet = LabelSheet(IMAGES)
    sheet.set_cluster([1], "boots")
    sheet.answer([0], "house", 1)
    before = labels(sheet, 1)
    merged = sheet.merge(read_labels(path))
    assert merged.conflicts == {"house": 2, "cluster": 1}
    assert [said.text("en") for said in merged.unmatched] == [
        "theirs.csv, line 4: no photo 'gone.jpg'"]
    assert labels(sheet) == {"house": 1, "sport": 1} and sheet.clusters[0] == "low"
    assert labels(sheet, 1) == before and sheet.clusters[1] == "boots"
    sheet.undo()
    assert labels(sheet) == {"house": 1} and sheet.clusters[0] == ""


def test_full_paths_are_found_below_the_folder(tmp_path):
    sheet = LabelSheet(IMAGES, folder=str(tmp_path))
    assert sheet.find(str(tmp_path / "A1" / "2.jpg")) == 1
    assert sheet.find("/elsewhere/A1/2.jpg") is None


# --- doubt and suggestions

def probabilities(**given):
    p = np.full(len(IDS), .02)
    for id_, value in given.items():
        p[IDS.index(id_)] = value
    heights = p[HEIGHTS]
    p[HEIGHTS] = heights / heights.sum()
    return p


SURE = np.ones(len(fact_ids()))
PRIORS = np.full(len(IDS), .05)
PRIORS[HEIGHTS] = .25
PRIORS[IDS.index("high_heel")] = .3
PUMP = probabilities(height_below_ankle=.95, high_heel=.95)


def one_doubt(p, g=SURE, said=None, cluster=""):
    said = np.full(len(IDS), NAN) if said is None else said
    return doubt(p[None], g[None], said[None], [cluster], PRIORS)[0]


def test_doubt_by_hand():
    p = probabilities(height_calf=1., sport=.5, wooden_platform=.25)
    p[HEIGHTS] = (0, .5, .5, 0)
    entropy = -.25 * np.log2(.25) - .75 * np.log2(.75)
    assert one_doubt(p, cluster="boots") == pytest.approx(1 + 1 + entropy, abs=1e-6)
    half = SURE.copy()
    half[fact_ids().index("sport")] = .5
    assert one_doubt(p, half, cluster="boots") == pytest.approx(1 + .5 + entropy, abs=1e-6)


def suggest(*p, g=SURE, groups=None):
    return suggestions(np.stack(p), np.stack([g] * len(p)), groups, PRIORS)


@pytest.mark.parametrize("cluster", ["", "low"])
def test_an_answer_takes_its_doubt_away(cluster):
    p = probabilities(height_below_ankle=.95, high_heel=.5, sport=.4)
    said, before = np.full(len(IDS), NAN), one_doubt(p, cluster=cluster)
    for id_ in ("high_heel", "sport"):
        said[IDS.index(id_)] = 1
        after = one_doubt(p, said=said, cluster=cluster)
        assert after < before
        before = after
    said[:] = 0
    assert one_doubt(p, said=said, cluster=cluster) == 0


def test_unsure_photos_come_first():
    unsure = probabilities(height_below_ankle=.5, height_ankle=.5, high_heel=.5)
    assert one_doubt(unsure) > one_doubt(PUMP) > 0


def test_what_the_model_has_not_seen():
    p = np.full(len(IDS), NAN)
    assert np.isnan(one_doubt(p))
    said = suggest(p)
    assert said.clusters.tolist() == [""] and np.isnan(said.labels).all()
    sheet = LabelSheet(IMAGES)
    assert not sheet.accept([0], said)
    empty = suggestions(np.empty((0, len(IDS))), np.empty((0, len(SURE))))
    assert len(empty) == 0


@pytest.mark.parametrize("given, cluster", [
    (dict(height_below_ankle=.95, high_heel=.9), "low"),
    (dict(height_below_ankle=.95, strap_vamp=.95, toe_strap=.5), "straps"),
    (dict(height_calf=.7, height_ankle=.3), "boots"),
    (dict(height_calf=.9, waterproof=.95), "watertight"),
    (dict(not_footwear=.99), "not_footwear")])
def test_likeliest_cluster(given, cluster):
    p = cluster_probabilities(probabilities(**given)[None], PRIORS)
    assert p.sum() == pytest.approx(1)
    assert suggest(probabilities(**given)).clusters[0] == cluster


def test_suggestion():
    shown = SURE.copy()
    shown[fact_ids().index("sport")] = .2
    said = suggest(PUMP, g=shown)
    assert (said.clusters[0], said.labels[0, IDS.index("high_heel")]) == ("low", 1)
    assert said.labels[0, IDS.index("sport")] == .5
    assert said.p[0, IDS.index("sport")] == pytest.approx(.8)
    assert np.isnan(said.labels[0, HEIGHTS]).all()
    boots = suggest(PUMP, probabilities(height_calf=.8), groups=["", "boots"])
    np.testing.assert_array_equal(boots.labels[1, HEIGHTS], [NAN, 0, 1, 0])
    assert boots.clusters.tolist() == ["low", "boots"] and boots.cluster_p[1] == 1


def test_accepting_is_one_step_and_keeps_answers():
    sheet = LabelSheet(IMAGES)
    sheet.set_cluster([1], "low")
    sheet.answer([1], "high_heel", 0)
    sheet.accept([0, 1], suggest(PUMP, PUMP, groups=sheet.clusters[:2]))
    assert sheet.done[:2].tolist() == [1, 1]
    assert (labels(sheet, 0)["high_heel"], labels(sheet, 1)["high_heel"]) == (1, 0)
    sheet.undo()
    assert labels(sheet, 0) == {} and labels(sheet, 1)["high_heel"] == 0


def test_names_that_look_like_formulas_come_back_as_they_were(tmp_path):
    path = tmp_path / "labels.csv"
    names = ["=1.jpg", "'=1.jpg", "-1/2.jpg", "@a.jpg", "'quoted'.jpg"]
    write_labels(path, [LabelRow(name, "+good", "", np.full(14, np.nan)) for name in names])
    assert b"\r\n=" not in path.read_bytes() and b",+" not in path.read_bytes()
    content = read_labels(path)
    assert [row.image for row in content.rows] == names and content.as_written_here
    assert {row.good for row in content.rows} == {"+good"}


def test_rows_of_labels_that_can_not_be_trusted_are_named_and_left_out(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("image,house\na.jpg,1\nb.jpg,1,0\n")
    content = read_labels(path)
    assert [row.image for row in content.rows] == ["a.jpg"]
    assert "line 3: 3 fields" in content.problems[0].text("en")
    path.write_text("image,house,house\na.jpg,1,0\n")
    with pytest.raises(LabelsError, match="house stands twice"):
        read_labels(path)


def test_a_deeply_nested_line_of_the_journal_is_damaged_and_the_rest_is_read(path):
    store = LabelStore(path)
    store.write([LabelRow("a.jpg", "", "", np.zeros(14))])
    content = store.journal.read_bytes()
    store._release()
    path.with_name(path.name + ".journal").write_bytes(content + b"[" * 50_000 + b"\n")
    again = LabelStore(path)
    assert list(again.rows) == ["a.jpg"] and "line 3: damaged" in again.problems[0].text("en")
    again.close()


def test_a_store_that_is_open_writes_its_file_for_those_who_read_it(path):
    store = LabelStore.open(path)
    store.write([LabelRow("a.jpg", "", "", np.zeros(14))])
    assert not path.exists()
    LabelStore.flush(path)
    assert [row.image for row in read_labels(path).rows] == ["a.jpg"]
    store.write([LabelRow("b.jpg", "", "", np.zeros(14))])
    store.close()
    assert [row.image for row in read_labels(path).rows] == ["a.jpg", "b.jpg"]
    LabelStore.flush(path)  # nobody has it open
