"""A real Canvas: the toolbox, the examples, and an analyst with files of her own."""
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import openpyxl
import pytest
from screens import laptop

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "workflows" / "sample"
#: Two thirds of a laptop's screen, the size at which widgets are to open.
ROOM = (911, 512)


DARK = ("-style", "fusion", "-colortheme", "breeze-dark")
#: Arguments of Canvas and variables of each analyst; "xcb" stands for a laptop's screen.
ANALYSTS = {"offscreen": ((), {}),
            "dark-laptop": (DARK, {"QT_QPA_PLATFORM": "xcb"}),
            "qt6": ((), {"QT_API": "pyqt6"})}


@pytest.fixture(scope="module", params=ANALYSTS)
def seen(request, tmp_path_factory):
    """What an analyst saw, by what it is: lists of words."""
    arguments, variables = ANALYSTS[request.param]
    if "QT_API" in variables and find_spec("PyQt6") is None:
        pytest.skip("PyQt6 is not installed")
    if "QT_QPA_PLATFORM" not in variables:
        return look(tmp_path_factory.mktemp("own"), arguments, variables)
    with laptop() as screen:
        if screen is None:
            pytest.skip("a laptop's screen needs Xvfb")
        return look(tmp_path_factory.mktemp("own"), arguments, screen)


def look(folder, arguments, variables):
    book = openpyxl.Workbook()
    rows = [("№", "Описание товара"),
            ("G-001", "Ботинки мужские, верх из натуральной кожи, подошва из резины"),
            ("G-002", "Обувь женская с верхом из текстиля, подошва из полимера")]
    for row in rows:
        book.active.append(row)
    book.save(folder / "goods.xlsx")
    for good in ("G-001", "G-002"):
        shutil.copytree(SAMPLE / good, folder / "photos" / good)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("XDG_")}
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("analyst.py")), str(folder), *arguments],
        capture_output=True, encoding="utf-8", timeout=900,
        env={**environment, **variables, "HOME": str(folder / "home"),
             "ORANGE_CUSTOMS_CACHE": str(folder / "cache")})
    found = {"laptop": "DISPLAY" in variables}
    for line in done.stdout.splitlines():
        key, _, words = line.partition("\t")
        found.setdefault(key, []).append(words.split("\t"))
    assert done.returncode == 0, done.stderr[-5000:] + done.stdout[-1000:]
    found["folder"] = folder
    return found


def test_the_toolbox_has_all_widgets_and_says_in_russian_what_they_do(seen):
    files = list((ROOT / "orangecontrib" / "customs" / "widgets").glob("ow*.py"))
    assert len(seen["widget"]) == len(files)
    for name, description in seen["widget"]:
        assert re.search("[а-яё]", description), name


def test_each_example_opens_and_its_widgets_fit_a_laptop(seen):
    assert {flow for flow, *_ in seen["opened"]} == {
        path.name for path in (ROOT / "workflows").glob("*.ows")}
    large = [(flow, title, width, height, within)
             for flow, title, width, height, within in seen["opened"]
             if int(width) > ROOM[0] or int(height) > ROOM[1] or within != "True"]
    assert not large or not seen["laptop"]  # without a screen letters have other widths


def test_no_word_of_a_window_is_cut_off_or_too_faint_to_be_read(seen):
    if not seen["laptop"]:
        pytest.skip("looked at on a laptop's screen")
    assert not seen.get("cut off", []) + seen.get("faint", [])


def test_own_files_are_decided_answered_saved_and_found_again(seen):
    decided, answered, again = (dict(word.split("=") for word in seen[key][0])
                                for key in ("decided", "answered", "reopened"))
    assert set(decided) == {"G-001", "G-002"} and decided["G-001"].startswith("6403")
    assert int(seen["answers"][0][0]) > 1
    assert answered == again and seen["kept"] == [["True"]]
    assert seen["asked"] == [[""]], "a message box stood in the way"


def test_a_conclusion_and_the_codes_are_saved_from_the_window(seen):
    page = (seen["folder"] / "conclusion.html").read_text(encoding="utf-8")
    assert "G-001" in page and "data:image" in page and "Ботинки" in page
    sheet = openpyxl.load_workbook(seen["folder"] / "codes.xlsx").active
    assert {str(row[0].value) for row in sheet.iter_rows(min_row=2)} >= {"G-001", "G-002"}
