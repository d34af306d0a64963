"""How a photo was taken – view and scene – is a label like the others."""
import json

import numpy as np
import pytest

from orangecontrib.customs.groups import find_group
from orangecontrib.customs.training import sheets
from orangecontrib.customs.training.labelling import (
    LabelRow,
    LabelSheet,
    LabelStore,
    read_labels,
    write_labels,
)
from orangecontrib.customs.training.sheets import SHEET, agreement, kappa, row_of

GROUP = find_group("footwear")
IDS = GROUP.feature_ids


def of(**said):
    """A row of a contact sheet."""
    return dict.fromkeys(SHEET, "") | {"footwear": "1"} | said


def test_a_view_is_said_taken_back_and_undone():
    sheet = LabelSheet(["a", "b"])
    sheet.say_shot([0, 1], "view", "back")
    sheet.say_shot([0], "scene", "floor")
    assert sheet.common_shot([0, 1]) == ("back", "")
    sheet.undo()
    assert sheet.common_shot([0]) == ("back", "")
    sheet.say_shot([0, 1], "view", "")
    assert sheet.common_shot([0, 1]) == ("", "") and sheet.done.tolist() == [0, 0]
    with pytest.raises(ValueError, match="no view"):
        sheet.say_shot([0], "view", "floor")


def test_a_view_outlives_a_crash_and_the_file_is_closed(tmp_path):
    path = tmp_path / "l.csv"
    sheet = LabelSheet(["a"], store=LabelStore(path))
    sheet.say_shot([0], "view", "sole")
    sheet.store._release()  # the process is gone: nothing but the journal is left
    again = LabelSheet(["a"], store=LabelStore(path))
    assert again.common_shot([0]) == ("sole", "")
    again.close()
    assert read_labels(path).rows[0].view == "sole"


def test_a_journal_without_views_is_read_and_written_as_before(tmp_path):
    path = tmp_path / "l.csv"
    sheet = LabelSheet(["a"], store=LabelStore(path))
    sheet.answer([0], "house", 1)
    line = sheet.store.journal.read_bytes().splitlines()[1]
    assert len(json.loads(line)[0]) == 4
    sheet.store._release()
    assert LabelStore(path).rows["a"].labels[IDS.index("house")] == 1


def test_a_file_from_before_views_were_asked_is_ours_and_needs_no_copy(tmp_path):
    path = tmp_path / "l.csv"
    path.write_text("\ufeffimage,good_id,cluster," + ",".join(IDS) + "\na,,,"
                    + ",".join("1" * len(IDS)) + "\n", encoding="utf-8")
    sheet = LabelSheet(["a"], store=LabelStore(path))
    sheet.say_shot([0], "view", "top")
    sheet.close()
    assert read_labels(path).rows[0].view == "top" and not list(tmp_path.glob("*.bak"))


def test_views_are_read_by_id_and_by_name_and_an_unknown_one_is_told(tmp_path):
    path = tmp_path / "l.csv"
    path.write_text("image,view,scene\na,Сверху,на полу\nb,from Mars,floor\n", encoding="utf-8")
    file = read_labels(path)
    assert [(row.view, row.scene) for row in file.rows] == [("top", "floor"), ("", "floor")]
    assert "line 3: 'from Mars' is no view" in file.problems[0]


def test_merging_keeps_what_is_there_and_counts_who_says_otherwise(tmp_path):
    write_labels(tmp_path / "l.csv", [LabelRow("a", "", "", np.full(len(IDS), np.nan), 0, "top",
                                               "floor")])
    sheet = LabelSheet(["a"])
    sheet.say_shot([0], "view", "side")
    merged = sheet.merge(read_labels(tmp_path / "l.csv"))
    assert sheet.common_shot([0]) == ("side", "floor") and merged.conflicts == {"view": 1}


def test_a_row_of_a_contact_sheet_says_what_it_says_and_no_more():
    row = row_of(of(height="calf", high_heel="0.5", view="back"), "a", GROUP)
    said = dict(zip(IDS, row.labels))
    assert said["height_calf"] == 1 and said["height_ankle"] == 0 == said["not_footwear"]
    assert said["high_heel"] == .5 and np.isnan(said["house"]) and row.view == "back"
    assert np.isnan(row_of(of(footwear="0.5"), "a", GROUP).labels).all()
    hidden = row_of(of(height="0.5"), "a", GROUP).labels
    assert (hidden[[i for i, id_ in enumerate(IDS) if "height" in id_]] == .5).all()


def test_two_passes_agree_beyond_chance_or_they_do_not():
    assert kappa("aabb", "aabb") == 1 and kappa("abab", "aabb") == 0
    assert np.isnan(kappa("aa", "aa"))
    first = [row_of(of(high_heel=heel), heel + str(n), GROUP) for n in range(2) for heel in "01"]
    second = [row_of(of(high_heel="1"), row.image, GROUP) for row in first]
    told = {one.question: one for one in agreement(first, second, GROUP)}
    assert told["high_heel"].photos == 4 and told["high_heel"].equal == .5
    assert told["high_heel"].kappa == 0 and told["house"].photos == 0


def test_sheets_become_a_file_of_the_labeler(tmp_path, capsys):
    (tmp_path / "n.csv").write_text("number,image,group\n0,a.jpg,g\n", encoding="utf-8")
    cells = of(number="0", view="top", scene="floor", high_heel="1")
    (tmp_path / "s.csv").write_text(",".join(SHEET) + "\n" + ",".join(cells[c] for c in SHEET),
                                    encoding="utf-8")
    sheets.main([*map(str, (tmp_path / "n.csv", tmp_path / "s.csv")), "--out",
                 str(tmp_path / "l.csv")])
    row, = read_labels(tmp_path / "l.csv").rows
    assert (row.image, row.good, row.view, row.scene) == ("a.jpg", "g", "top", "floor")
    assert row.labels[IDS.index("high_heel")] == 1
    sheets.main(["--agreement", *[str(tmp_path / "l.csv")] * 2])
    assert "high_heel" in capsys.readouterr().out
