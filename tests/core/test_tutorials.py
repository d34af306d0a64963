"""Every command of the tutorials works as it is written, and is the same in both languages.

A block marked ``sh`` is run; what can't be, is marked ``text`` and says why in a comment above.
A block marked ``csv`` or ``python`` is the file that the sentence above it names last.
"""
import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import Workbook

ROOT = Path(__file__).parents[2]
DOC, WORKFLOWS = ROOT / "doc", ROOT / "workflows"

#: The tutorials, by the name of the Russian page below ``doc/ru``.
ENGLISH = {"tutorial.md": "tutorial.md", "tutorials/text-mining.md": "tariff-text-mining.md",
           "tutorials/own-photos.md": "tutorials/own-photos.md",
           "tutorials/nightly.md": "tutorials/nightly.md",
           "tutorials/own-group.md": "tutorials/own-group.md"}
PAIRS = [(DOC / english, DOC / "ru" / russian) for russian, english in ENGLISH.items()]
PAGES = [page for pair in PAIRS for page in pair]

_BLOCK = re.compile(r"((?:[^\n]+\n)*)\n?```(\w+)\n(.*?)```", re.DOTALL)


def blocks(page):
    """(what stands above, kind, content) of each block of a page."""
    return [found.groups() for found in _BLOCK.finditer(page.read_text(encoding="utf-8"))]


def executed(page):
    """The blocks that do something, files with their names."""
    return [(kind, re.findall(r"`([\w.]+)`", above)[-1] if kind != "sh" else "", content)
            for above, kind, content in blocks(page) if kind in ("sh", "csv", "python")]


def ids(page):
    return str(page.relative_to(DOC))


@pytest.mark.parametrize(("english", "russian"), PAIRS, ids=ids)
def test_a_tutorial_says_the_same_in_both_languages(english, russian):
    assert executed(english) == executed(russian)
    assert [content for _, kind, content in blocks(english) if kind == "text"] \
        == [content for _, kind, content in blocks(russian) if kind == "text"]
    assert any(kind == "sh" for kind, _, _ in executed(russian))


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_a_command_that_is_not_run_says_so(page):
    text = page.read_text(encoding="utf-8")
    assert not re.findall(r"^ {4}.*orange-|^ {4}pip ", text, re.MULTILINE)
    for above, kind, content in blocks(page):
        assert kind in ("sh", "csv", "python") or "<!-- not run: " in above, content


def test_each_tutorial_is_in_the_contents_of_its_language():
    for folder, pages in ((DOC, ENGLISH.values()), (DOC / "ru", ENGLISH)):
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
    """A folder with what the tutorials say is there."""
    folder = tmp_path / "desk"
    photos = shutil.ignore_patterns("*.csv")
    shutil.copytree(WORKFLOWS, folder / "workflows")
    shutil.copytree(WORKFLOWS / "sample", folder / "photos", ignore=photos)
    with open(WORKFLOWS / "sample" / "declarations.csv", encoding="utf-8", newline="") as file:
        goods = list(csv.reader(file))
    book = Workbook()
    book.active.append(["Спецификация к контракту"])
    book.active.append(["Артикул", "Наименование товара", "Код ТН ВЭД", "Кол-во, пар"])
    for row in goods[1:]:
        book.active.append([*row[:3], int(row[3])])
    book.save(folder / "goods.xlsx")
    with open(folder / "month.csv", "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([*goods, ["G-013", "Туфли", " верх из кожи", "6403", "1", ""]])
    return folder


def own_photos(desk):
    shutil.rmtree(desk / "photos")
    shutil.copytree(WORKFLOWS / "training", desk / "photos")


def own_group(desk):
    page = (DOC / "groups" / "own.md").read_text(encoding="utf-8")
    (desk / "pens").mkdir()
    for name in ("facts", "decision_table", "tariff"):
        table = re.search(rf"`{name}\.csv`.*?```csv\n(.*?)```", page[page.index("## Three"):],
                          re.DOTALL)
        (desk / "pens" / f"{name}.csv").write_text(table[1], encoding="utf-8")


def rows(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def follow(page, desk, home):
    """Do what a page says; what its commands print."""
    scripts = Path(sys.executable).parent
    environment = {**{name: value for name, value in os.environ.items()
                      if not name.startswith("XDG_")},
                   "HOME": str(home), "USERPROFILE": str(home), "PYTHONUTF8": "1",
                   "PATH": os.pathsep.join([str(scripts), os.environ.get("PATH", "")])}
    said = []
    for kind, name, content in executed(page):
        if kind != "sh":
            (desk / name).write_text(content, encoding="utf-8")
            continue
        for command in content.splitlines():
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
    own_photos(desk)
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
    own_group(desk)
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
