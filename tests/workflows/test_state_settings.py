"""The tool that states all settings in workflows."""
import ast
import re
import xml.etree.ElementTree as ET
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[2] / "tools" / "state_settings.py"
spec = spec_from_file_location("state_settings", TOOL)
state_settings = module_from_spec(spec)
spec.loader.exec_module(state_settings)

WIDGETS = {"Logistic Regression": "Orange.widgets.model.owlogisticregression.OWLogisticRegression",
           "Test and Score": "Orange.widgets.evaluate.owtestandscore.OWTestAndScore",
           "Merge Data": "Orange.widgets.data.owmergedata.OWMergeData",
           "Code as Class": "orangecontrib.customs.widgets.owcodeclass.OWCodeClass"}


def flow(titles, properties="<node_properties />"):
    nodes = "\n".join(
        f'\t\t<node id="{number}" qualified_name="{WIDGETS.get(title, title)}" title="{title}" />'
        for number, title in enumerate(titles))
    return ("<?xml version='1.0' encoding='utf-8'?>\n<scheme version=\"2.0\">\n"
            f"\t<nodes>\n{nodes}\n\t</nodes>\n\t<annotations>\n"
            "\t\t<text id=\"0\">1 &lt; 2 &amp;amp; «о»</text>\n"
            f"\t</annotations>\n\t{properties}\n</scheme>\n")


def said(text):
    return {each.get("node_id"): ast.literal_eval(each.text)
            for each in ET.fromstring(text.encode("utf-8")).iter("properties")}


def node_properties(*elements):
    return "<node_properties>\n\t\t" + "\n\t\t".join(elements) + "\n\t</node_properties>"


def properties(number, settings, form="literal"):
    return f'<properties node_id="{number}" format="{form}">{settings}</properties>'


def test_what_is_unsaid_is_as_the_class_has_it_and_what_is_said_stays():
    text, remarks = state_settings.state(flow(["Code as Class"], node_properties(
        properties(0, "{'digits': 8}"))))
    assert said(text) == {"0": {"digits": 8, "code_name": "", "__version__": 1}}
    assert remarks == ["Code as Class: leaves unsaid: code_name, __version__"]


def test_parts_of_widgets_are_stated_and_contexts_and_windows_are_not():
    settings = said(state_settings.state(flow(["Test and Score", "Merge Data"]))[0])
    assert settings["0"]["score_table"] == {
        "show_score_hints": {"Model_": True, "Train_": False, "Test_": False}}
    assert not {"class_selection", "savedWidgetGeometry", "controlAreaVisible",
                "context_settings"} & set(settings["0"])
    assert set(settings["1"]) == {"auto_apply", "merging", "__version__"}


def test_a_part_that_is_half_said_is_completed():
    text = state_settings.state(flow(["Test and Score"], node_properties(
        properties(0, "{'__version__': 4, 'score_table': {}}"))))[0]
    assert said(text)["0"]["score_table"]["show_score_hints"]


def test_what_a_part_says_stays():
    hints = {"Model_": False, "Train_": True, "Test_": True}
    text = state_settings.state(flow(["Test and Score"], node_properties(
        properties(0, {"__version__": 4, "score_table": {"show_score_hints": hints}}))))[0]
    assert said(text)["0"]["score_table"]["show_score_hints"] == hints
    assert said(text)["0"]["n_folds"] == 2


def test_settings_of_an_older_version_are_brought_up_to_date():
    text = state_settings.state(flow(["Test and Score"], node_properties(
        properties(0, "{'__version__': 1, 'resampling': 1}"))))[0]
    assert said(text)["0"]["resampling"] == 2
    assert said(text)["0"]["__version__"] == 4


@pytest.mark.parametrize("version, stated", [(0, 1), (7, 7)])
def test_a_version_alone_is_brought_up_to_date_but_never_taken_back(version, stated):
    whole = said(state_settings.state(flow(["Code as Class"]))[0])["0"]
    text, remarks = state_settings.state(flow(["Code as Class"], node_properties(
        properties(0, {**whole, "__version__": version}))))
    assert said(text)["0"]["__version__"] == stated
    assert remarks == ["Code as Class: leaves unsaid: __version__"] * (stated != version)


def test_signs_of_xml_in_a_setting_are_escaped():
    text = state_settings.state(flow(["Code as Class"], node_properties(
        properties(0, "{'code_name': '&lt;ТН &amp;amp; ВЭД&gt;'}"))))[0]
    assert said(text)["0"]["code_name"] == "<ТН &amp; ВЭД>"


def test_stating_twice_changes_nothing():
    text, _ = state_settings.state(flow(list(WIDGETS)))
    assert state_settings.state(text) == (text, [])


def test_only_the_settings_change_in_the_file():
    before = flow(["Merge Data", "Code as Class", "Merge Data", "Code as Class"], node_properties(
        properties(1, "{'code_name': '&lt;о&gt;', 'digits': 6, '__version__': 1}"),
        "<!-- kept -->" + properties(2, "{}"))).replace("\n", "\r\n")
    after, _ = state_settings.state(before)
    new = re.findall(r"\r\n\t\t<properties [^\r]*", after)
    assert re.findall(r'node_id="(\d)"', after) == ["0", "1", "2", "3"]
    assert "<!-- kept -->" in after
    assert properties(1, "{'code_name': '&lt;о&gt;', 'digits': 6, '__version__': 1}") in after
    assert len(new) == 3
    before, after = (re.sub(r"\s*<properties .*?</properties>", "", each)
                     for each in (before, after))
    assert before == after


def test_a_name_that_no_widget_knows_is_told_and_kept():
    text, remarks = state_settings.state(flow(["Code as Class"], node_properties(
        properties(0, "{'digit': 8}"))))
    assert remarks[0] == "Code as Class: says what the widget does not know: digit"
    assert said(text)["0"]["digit"] == 8
    _, remarks = state_settings.state(flow(["Test and Score"], node_properties(
        properties(0, "{'__version__': 4, 'score_table': {'hint': 1}}"))))
    assert remarks[0].endswith("does not know: score_table.hint")


@pytest.mark.parametrize("text, message", [
    ("no xml", "no workflow"),
    ("<scheme />", "no workflow"),
    (flow(["no.such.Widget"]), "'no.such.Widget' is a no.such.Widget, which can't be imported"),
    (flow(["Merge Data"], node_properties(properties(0, "gASVAA==", "pickle"))),
     "'Merge Data' has settings that are no literals: they are kept as pickle"),
    (flow(["Merge Data"], node_properties(properties(0, "[1]"))), "are no literals"),
    (flow(["Test and Score"], node_properties(properties(0, "{'n_folds': 2}"))),
     "'Test and Score' has settings of another version"),
], ids=["no XML", "no nodes", "no such widget", "pickled", "a list", "no such version"])
def test_what_can_not_be_stated_is_told(text, message):
    with pytest.raises(state_settings.StateError, match=re.escape(message)):
        state_settings.state(text)


def test_command_line(tmp_path, capsys):
    path, broken = tmp_path / "flow.ows", tmp_path / "broken.ows"
    path.write_text(flow(["Code as Class"]), encoding="utf-8")
    broken.write_text("", encoding="utf-8")
    before = path.read_bytes()
    assert state_settings.main(["--check", str(path)]) == 1
    assert path.read_bytes() == before
    assert "flow.ows: Code as Class: leaves unsaid: code_name, digits" in capsys.readouterr().out
    assert state_settings.main([str(path)]) == 0
    assert state_settings.main(["--check", str(path)]) == 0
    unsaid = tmp_path / "unsaid.ows"
    unsaid.write_bytes(before)
    assert state_settings.main(["--check", str(broken), str(unsaid)]) == 2
    assert state_settings.main(["--check", str(unsaid), str(path)]) == 1
    assert state_settings.main([str(broken), str(path)]) == 2
    assert "broken.ows: no workflow" in capsys.readouterr().err
