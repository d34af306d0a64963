"""Contact sheets with the labels of a person become a file of the labeler."""
import numpy as np

from orangecontrib.customs.groups import find_group
from orangecontrib.customs.training.labelling import read_labels
from tools.recipes import sheets
from tools.recipes.sheets import SHEET, agreement, kappa, row_of

GROUP = find_group("footwear")
IDS = GROUP.feature_ids


def of(**said):
    """A row of a contact sheet."""
    return dict.fromkeys(SHEET, "") | {"footwear": "1"} | said


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
