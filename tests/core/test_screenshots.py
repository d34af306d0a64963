"""The list of the documentation's pictures and the pictures themselves."""
import csv
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIST = ROOT / "tools" / "screenshots.csv"


@pytest.fixture(scope="module")
def rows():
    with open(LIST, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_each_picture_that_a_page_shows_can_be_taken_anew(rows):
    shown = set()
    for page in [*ROOT.glob("*.md"), *(ROOT / "doc").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)\s]+\.png)\)", page.read_text(encoding="utf-8")):
            root = ROOT / "doc" if target.startswith("/") else page.parent
            shown.add((root / target.lstrip("/")).resolve())
    listed = {(ROOT / row["picture"]).resolve() for row in rows}
    assert shown == listed


def test_workflows_and_widgets_of_the_list_are_there(rows):
    for row in rows:
        if row["workflow"] not in ("", "by hand"):
            text = (ROOT / "workflows" / f"{row['workflow']}.ows").read_text(encoding="utf-8")
            assert not row["widget"] or f'title="{row["widget"]}"' in text, row
        assert (ROOT / row["picture"]).is_file(), row
