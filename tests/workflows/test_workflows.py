"""Every shipped workflow is executed, to its end, as an analyst gets it."""
import ast
import csv
import re
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


def boxes(node):
    """Boxes of a widget's icon and of the title below it, as Canvas draws them."""
    x, y = ast.literal_eval(node.get("position"))
    title = node.get("title")
    half = min(70, 3.3 * len(title))    # a longer title goes on in the next line
    return (x - 25, y - 25, 50, 50), (x - half, y + 39, 2 * half, 14 if len(title) < 23 else 28)


def notes_of(scheme):
    return [ast.literal_eval(note.get("rect")) for note in scheme.iter("text")]


def overlap(one, other):
    (x, y, width, height), (a, b, c, d) = one, other
    return x < a + c and a < x + width and y < b + d and b < y + height


@pytest.mark.parametrize("workflow", SHIPPED, ids=lambda p: p.name)
def test_it_fits_a_screen_of_1366_by_768(workflow):
    """Beside the toolbox and below the menu of Canvas, as large as it is."""
    scheme = ET.parse(workflow).getroot()
    drawn = notes_of(scheme) + [box for node in scheme.iter("node") for box in boxes(node)]
    assert max(x + width for x, _, width, _ in drawn) - min(x for x, *_ in drawn) <= 1010
    assert max(y + height for _, y, _, height in drawn) - min(y for _, y, *_ in drawn) <= 660


@pytest.mark.parametrize("workflow", SHIPPED, ids=lambda p: p.name)
def test_no_note_covers_a_widget_its_title_or_another_note(workflow):
    scheme = ET.parse(workflow).getroot()
    notes = notes_of(scheme)
    widgets = [(node.get("title"), box) for node in scheme.iter("node") for box in boxes(node)]
    assert not [pair for pair in combinations(notes, 2) if overlap(*pair)]
    assert not [(title, note) for note in notes for title, box in widgets if overlap(note, box)]


@pytest.mark.parametrize("workflow", SHIPPED, ids=lambda p: p.name)
def test_no_widget_covers_another_or_its_title(workflow):
    nodes = list(ET.parse(workflow).getroot().iter("node"))
    for one, other in combinations(nodes, 2):
        assert not any(overlap(a, b) for a in boxes(one) for b in boxes(other)), \
            (one.get("title"), other.get("title"))


@pytest.mark.parametrize("workflow", SHIPPED, ids=lambda p: p.name)
def test_no_link_runs_through_a_note_or_another_widget(workflow):
    scheme = ET.parse(workflow).getroot()
    nodes = {node.get("id"): node for node in scheme.iter("node")}
    for link in scheme.iter("link"):
        ends = [nodes[link.get(f"{end}_node_id")] for end in ("source", "sink")]
        line = list(curve(*(ast.literal_eval(node.get("position")) for node in ends)))
        for box in notes_of(scheme) + [box for node in nodes.values() if node not in ends
                                       for box in boxes(node)]:
            assert not any(overlap((x, y, 0, 0), box) for x, y in line), \
                ([node.get("title") for node in ends], box)


@pytest.mark.parametrize("workflow", SHIPPED, ids=lambda p: p.name)
def test_its_notes_are_in_both_languages_and_fit_their_frames(workflow):
    """Canvas draws all of a note, also what is below its frame: over what stands there."""
    scheme = ET.parse(workflow).getroot()
    notes = list(scheme.iter("text"))
    texts = " ".join(re.sub("<[^>]*>", " ", note.text) for note in notes)
    russian, english = (len(re.findall(letters, texts)) for letters in ("[а-яё]", "[a-z]"))
    assert .5 < russian / english < 2
    for note, (_, _, width, height) in zip(notes, notes_of(scheme)):
        lines = sum(-(-len(re.sub("<[^>]*>", "", line)) * 6.2 // width)
                    for line in re.split("<br>|<p>|</h3>", note.text))
        assert lines * 14 <= height, note.text


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
    assert len(re.findall("Choose the file again|Выберите файл снова", done.stderr)) == 3
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


def test_an_inspectors_queue_is_sorted_by_the_duty_at_risk(run, tmp_path):
    codes = tmp_path / "codes.csv"
    shipped = sorted(FOLDER.rglob("*"))
    done = run(FOLDER / "footwear-queue.ows", f"By Duty at Risk.Selected Data={codes}")
    assert done.returncode == 0, done.stdout + done.stderr
    goods = rows_of(codes)
    assert len(goods) == 12 and all(row["trace"] for row in goods)
    assert len({row["duty at risk (EUR)"] for row in goods}) > 8
    settings = [ast.literal_eval(each.text)
                for each in ET.parse(FOLDER / "footwear-queue.ows").iter("properties")]
    assert settings[2]["queue"] == "money"
    assert settings[3]["stored_sort"] == [("duty at risk (EUR)", -1)]
    # nothing is written before somebody asks for it
    assert not settings[4]["auto_save"] and not settings[4]["stored_name"]
    assert shipped == sorted(FOLDER.rglob("*"))
