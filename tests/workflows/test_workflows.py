"""Every shipped workflow is executed, to its end, as an analyst gets it."""
import ast
import csv
import xml.etree.ElementTree as ET
from importlib.resources import files
from pathlib import Path

import pytest

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


def test_footwear_photos_and_text_to_codes(run, tmp_path):
    out = tmp_path / "codes.csv"
    done = run(FOLDER / "footwear-hs-code.ows", f"HS Code Fusion.Codes={out}")
    assert done.returncode == 0, done.stdout + done.stderr
    with open(out, encoding="utf-8", newline="") as file:
        goods = {row["good_id"]: row for row in csv.DictReader(file)}
    assert len(goods) == 12
    # what the text alone can't tell is told by the photos, and the other way round
    assert goods["G-003"]["code"] == "6403919800"
    assert goods["G-004"]["code"] == "6401921000"
    assert goods["G-009"]["code"] == "6403400000"
    # the text says ankle boots, the photos show low shoes
    assert "высота обуви" in goods["G-011"]["discrepancy"]
    # roller skates leave by note 1
    assert goods["G-010"]["code"] == ""
    for row in goods.values():
        assert row["trace"]
