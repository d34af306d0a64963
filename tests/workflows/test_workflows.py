"""Every shipped workflow is executed, to its end, as an analyst gets it."""
import ast
import csv
import shutil
import xml.etree.ElementTree as ET
from importlib.resources import files
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from orangecontrib.customs.workflows import examples

FOLDER = Path(str(files("orangecontrib.customs.workflows")))
SHIPPED = sorted(FOLDER.glob("*.ows"))


@pytest.mark.parametrize("workflow", SHIPPED, ids=lambda p: p.name)
def test_settings_are_literals(workflow):
    for node in ET.parse(workflow).iter("properties"):
        assert node.get("format") == "literal"
        ast.literal_eval(node.text)


@pytest.mark.parametrize("workflow", SHIPPED, ids=lambda p: p.name)
def test_it_teaches(workflow):
    scheme = ET.parse(workflow).getroot()
    assert scheme.get("title") and scheme.get("description")
    assert len(list(scheme.iter("text"))) >= 3


def test_examples_are_numbered_in_the_order_in_which_canvas_lists_them():
    listed = [Path(path) for path in examples()]
    assert sorted(listed) == SHIPPED
    for number, path in enumerate(listed, 1):
        assert ET.parse(path).getroot().get("title").startswith(f"{number}. ")


@pytest.mark.parametrize("workflow", SHIPPED, ids=lambda p: p.name)
def test_it_fits_a_screen_of_1366_by_768(workflow):
    """Widgets with their titles, and notes, below Canvas' menu, with the toolbox folded."""
    scheme = ET.parse(workflow).getroot()
    boxes = [ast.literal_eval(note.get("rect")) for note in scheme.iter("text")]
    for node in scheme.iter("node"):
        x, y = ast.literal_eval(node.get("position"))
        boxes.append((x - 50, y - 25, 100, 78))   # a circle of 50 and two lines of title
    left, top = (min(box[i] for box in boxes) for i in (0, 1))
    assert max(x + width for x, _, width, _ in boxes) - left <= 1310
    assert max(y + height for _, y, _, height in boxes) - top <= 715


def icon_and_title(node):
    """Boxes of a widget's icon and of the first line of the title below it."""
    x, y = ast.literal_eval(node.get("position"))
    half = min(70, 3.5 * len(node.get("title")))    # a longer title goes on in the next line
    return (x - 30, y - 30, 60, 60), (x - half, y + 38, 2 * half, 14)


@pytest.mark.parametrize("workflow", SHIPPED, ids=lambda p: p.name)
def test_no_note_covers_a_widget_its_title_or_another_note(workflow):
    scheme = ET.parse(workflow).getroot()
    notes = [ast.literal_eval(note.get("rect")) for note in scheme.iter("text")]
    widgets = [box for node in scheme.iter("node") for box in icon_and_title(node)]
    for number, (x, y, width, height) in enumerate(notes):
        for a, b, c, d in notes[number + 1:] + widgets:
            assert x + width <= a or a + c <= x or y + height <= b or b + d <= y, (number, a, b)


def curve(start, end, points=24):
    """Roughly the line that Canvas draws from the right of one widget to the left of another."""
    (x0, y0), (x1, y1) = start, end
    x0, x1 = x0 + 33, x1 - 33
    bend = max(abs(x1 - x0) / 2, 10)
    for t in (i / points for i in range(points + 1)):
        s = 1 - t
        a, b, c, d = s ** 3, 3 * s * s * t, 3 * s * t * t, t ** 3
        yield (a * x0 + b * (x0 + bend) + c * (x1 - bend) + d * x1, (a + b) * y0 + (c + d) * y1)


def crosses(one, other):
    def side(a, b, c):
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    return any(side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0
               for a, b in pairwise(one) for c, d in pairwise(other))


@pytest.mark.parametrize("workflow", SHIPPED, ids=lambda p: p.name)
def test_no_two_links_cross(workflow):
    scheme = ET.parse(workflow).getroot()
    place = {node.get("id"): ast.literal_eval(node.get("position"))
             for node in scheme.iter("node")}
    ends = {(link.get("source_node_id"), link.get("sink_node_id"))
            for link in scheme.iter("link")}
    for (a, b), (c, d) in combinations(sorted(ends), 2):
        if len({a, b, c, d}) == 4:   # Canvas sorts those that meet in a widget
            assert not crosses(list(curve(place[a], place[b])), list(curve(place[c], place[d]))), \
                (a, b, c, d)


@pytest.mark.parametrize("workflow", SHIPPED, ids=lambda p: p.name)
def test_no_corpus_has_a_file_of_its_own(workflow):
    said = [ast.literal_eval(each.text) for each in ET.parse(workflow).iter("properties")]
    assert not any(settings.get("recent_files") for settings in said)


def test_nothing_takes_the_place_of_lost_declarations(run, tmp_path):
    """Corpus would open a sample of Orange, and all widgets behind would count its words."""
    alone = shutil.copy(FOLDER / "tariff-stop-words.ows", tmp_path)
    done = run(alone)
    assert done.returncode == 1
    assert done.stderr.count("Choose the file again") == 3
    assert " rows x " not in done.stdout


def test_electrical_facts_to_codes_and_duties(run, tmp_path):
    out = tmp_path / "codes.csv"
    done = run(FOLDER / "electrical-hs-code.ows", f"HS Code Fusion.Codes={out}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Warning" not in done.stdout
    goods, expected = ({row["good_id"]: row for row in rows_of(path)} for path in (
        out, FOLDER / "electrical" / "goods.csv"))
    assert {key: row["code"] for key, row in goods.items()} == \
        {key: row["expected"] for key, row in expected.items()}
    # the stabiliser, as the FCS decided it, by the notes and on the declarant's word
    stabiliser, twin = goods["E-06"], goods["E-07"]
    assert (stabiliser["code"], stabiliser["agrees"]) == ("9032890000", "no")
    for reason in ("прим. 7(б) к группе 90", "прим. 3 к группе 90", "прим. 1(м) к разделу XVI",
                   "столбец «основная функция» – «автоматическое регулирование»"):
        assert reason in stabiliser["trace"]
    # its twin without a main function has both candidates
    assert twin["code"] == "8504409100; 9032890000" and "так же решила ФТС" in twin["problems"]
    assert goods["E-13"]["code"] == "" and \
        "не относится к позициям 8504, 8536 и 9032" in goods["E-13"]["problems"]
    # duties are amounts
    owed = {key: (float(row["duty low"]), float(row["duty high"]), row["duty currency"])
            for key, row in goods.items() if row["duty low"]}
    assert owed["E-09"] == (14800, 14800, "RUB") and owed["E-10"] == (0, 17600, "RUB")
    assert owed["E-11"] == (2700, 2700, "RUB") and len(owed) == 12
    assert {row["edition date"] for row in goods.values()} == {"2022-01-01", ""}


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_footwear_photos_and_text_to_codes(run, tmp_path):
    out = tmp_path / "codes.csv"
    done = run(FOLDER / "footwear-hs-code.ows", f"HS Code Fusion.Codes={out}")
    assert done.returncode == 0, done.stdout + done.stderr
    goods = {row["good_id"]: row for row in rows_of(out)}
    assert len(goods) == 12
    # what the text alone can't tell is told by the photos, and the other way round
    assert goods["G-003"]["code"] == "6403919800"
    assert goods["G-004"]["code"] == "6401921000"
    assert goods["G-009"]["code"] == "6403400000"
    # the text says ankle boots, the photos show that the calf is covered
    assert "высота обуви" in goods["G-011"]["discrepancy"]
    # roller skates leave by note 1
    assert goods["G-010"]["code"] == ""
    for row in goods.values():
        assert row["trace"]
