"""Every command of the tutorials works as it is written, and is the same in both languages."""
import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools.pages import DOC, PAIRS, READMES, TUTORIALS, blocks, lay_desk

PAGES = [page for pair in (READMES, *PAIRS) for page in pair]


def executed(page):
    """The blocks that do something, files with their names."""
    return [block for block in blocks(page) if block.does]


def ids(page):
    return page.name if page in READMES else str(page.relative_to(DOC))


@pytest.mark.parametrize(("english", "russian"), [READMES, *PAIRS], ids=ids)
def test_a_page_says_the_same_in_both_languages(english, russian):
    assert executed(english) == executed(russian)
    assert [block.content for block in blocks(english) if block.kind == "text"] \
        == [block.content for block in blocks(russian) if block.kind == "text"]
    assert any(block.kind == "sh" for block in executed(russian))


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_a_command_that_is_not_run_says_so(page):
    text = page.read_text(encoding="utf-8")
    assert not re.findall(r"^ {4}.*orange-|^ {4}pip |^ {4}make ", text, re.MULTILINE)
    for block in blocks(page):
        assert block.does or block.why, block.content


def test_each_tutorial_is_in_the_contents_of_its_language():
    for folder, pages in ((DOC, TUTORIALS.values()), (DOC / "ru", TUTORIALS)):
        contents = (folder / "index.md").read_text(encoding="utf-8").splitlines()
        assert {page.removesuffix(".md") for page in pages} <= set(contents)


def test_the_russian_contents_have_the_widgets_of_the_english_ones_in_their_order():
    def widgets(folder):
        return re.findall(r"^.* <widgets/.*>$", (folder / "index.md").read_text("utf-8"), re.M)

    assert widgets(DOC / "ru") == widgets(DOC) != []


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Of somebody who has never run the program; what it keeps serves the next tutorial."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def desk(tmp_path):
    folder = tmp_path / "desk"
    folder.mkdir()
    return folder


def rows(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def follow(page, desk, home):
    """Do what a page says; what its commands print."""
    lay_desk(page, desk)
    scripts = Path(sys.executable).parent
    environment = {**{name: value for name, value in os.environ.items()
                      if not name.startswith("XDG_")},
                   "HOME": str(home), "USERPROFILE": str(home), "PYTHONUTF8": "1",
                   "PATH": os.pathsep.join([str(scripts), os.environ.get("PATH", "")])}
    said = []
    for block in executed(page):
        if block.kind != "sh":
            (desk / block.name).write_text(block.content, encoding="utf-8")
            continue
        for command in block.commands():
            done = subprocess.run(command, shell=True, cwd=desk, env=environment, timeout=600,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  encoding="utf-8")
            assert done.returncode == 0, f"{command}\n{done.stdout}"
            said.append(done.stdout)
    return "".join(said)


# the Russian pages have the same commands, as the test above holds


def test_the_first_goods_get_codes_and_an_answer_moves_one(desk, home):
    follow(DOC / "tutorial.md", desk, home)
    codes = {row["good_id"]: row["code"] for row in rows(desk / "codes.csv")}
    assert len(codes) == 12
    assert codes["G-012"] == "6403990500"
    assert "G-012" in (desk / "conclusion.html").read_text(encoding="utf-8")
    assert (desk / "codes.xlsx").is_file()


def test_the_text_mining_workflows_save_their_tables(desk, home):
    follow(DOC / "tariff-text-mining.md", desk, home)
    assert rows(desk / "keywords.csv")
    assert len(rows(desk / "predictions.csv")) >= 300


def test_a_model_of_own_photos_is_trained_judged_and_used(desk, home):
    said = follow(DOC / "tutorials" / "own-photos.md", desk, home)
    assert "high_heel" in said
    assert {"accuracy", "always the commoner answer"} <= set(rows(desk / "evaluation.csv")[0])
    assert len([row for row in rows(desk / "features.csv") if not row["problem"]]) == 136


def test_a_night_leaves_what_the_morning_looks_at(desk, home):
    said = follow(DOC / "tutorials" / "nightly.md", desk, home)
    night = json.loads((desk / "month.json").read_text(encoding="utf-8"))
    assert {"share_with_code", "differs", "failed", "problems"} <= set(night)
    assert [row["id"] for row in rows(desk / "month.bad.csv")] == ["G-013"]
    assert "13 goods, " in said
    assert "1 bad rows, 0 failed" in said


def test_pens_get_the_codes_of_the_page(desk, home):
    page = DOC / "tutorials" / "own-group.md"
    follow(page, desk, home)
    table = [[cell.strip() for cell in line.split("|")[1:-1]]
             for line in page.read_text(encoding="utf-8").splitlines()
             if re.match(r"\| [A-D] ", line)]
    assert table == [[row["good_id"], row["code"], row["safe_code"], row["next_question"],
                      "–".join(dict.fromkeys([row["duty_low"], row["duty_high"]]))]
                     for row in rows(desk / "codes.csv")]
    answered = {row["good_id"]: row for row in rows(desk / "answered.csv")}
    assert answered["C"]["safe_code"] == "9608109200"
