"""How a photo was taken – view and scene – is a label like the others."""
import json

import numpy as np
import pytest

from orangecontrib.customs.groups import find_group
from orangecontrib.customs.training.labelling import (
    LabelRow,
    LabelSheet,
    LabelStore,
    read_labels,
    write_labels,
)

GROUP = find_group("footwear")
IDS = GROUP.feature_ids


def test_a_view_is_said_taken_back_and_undone():
    sheet = LabelSheet(["a", "b"])
    sheet.say_shot([0, 1], "view", "back")
    sheet.say_shot([0], "scene", "floor")
    assert sheet.common_shot([0, 1]) == ("back", "")
    sheet.undo()
    assert sheet.common_shot([0]) == ("back", "")
    sheet.say_shot([0, 1], "view", "")
    assert sheet.common_shot([0, 1]) == ("", "") and sheet.done.tolist() == [0, 0]
    with pytest.raises(ValueError, match="not a view"):
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
    assert "line 3: 'from Mars' is not a view" in file.problems[0].text("en")


def test_merging_keeps_what_is_there_and_counts_who_says_otherwise(tmp_path):
    write_labels(tmp_path / "l.csv", [LabelRow("a", "", "", np.full(len(IDS), np.nan), 0, "top",
                                               "floor")])
    sheet = LabelSheet(["a"])
    sheet.say_shot([0], "view", "side")
    merged = sheet.merge(read_labels(tmp_path / "l.csv"))
    assert sheet.common_shot([0]) == ("side", "floor") and merged.conflicts == {"view": 1}
