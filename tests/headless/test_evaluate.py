"""Final codes held against known ones, from the command line."""
import json

import pytest

from orangecontrib.customs.headless.cli import main

GOODS = """good_id,description,official,ruling
a,"Ботинки мужские, верх из натуральной кожи, подошва из резины, закрывающие лодыжку, стелька 27 см",6403 91 160 0,1
b,"Кеды, верх из текстиля, подошва из резины",640419,2
c,"Туфли женские, верх из натуральной кожи, подошва из резины",640399,2
d,Нечто,640299,3
e,"Сапоги, верх из текстиля, подошва из резины",,4
"""  # noqa: E501


@pytest.fixture
def evaluate(tmp_path):
    (tmp_path / "goods.csv").write_text(GOODS, encoding="utf-8")

    def run(*options, out="report.json"):
        code = main(["evaluate", "--declarations", str(tmp_path / "goods.csv"), "--group",
                     "footwear", "--out", str(tmp_path / out), *options])
        path = tmp_path / out
        return code, json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
    return run


def test_a_report_has_all_levels_and_trivial_baselines(evaluate, capsys):
    code, report = evaluate("--truth", "official", "--by", "ruling")
    assert code == 0 and list(report) == ["all", "prior", "commonest code"]
    levels = {level["digits"]: level for level in report["all"]}
    assert {digits: level["n"] for digits, level in levels.items()} == {4: 4, 6: 4, 8: 1, 10: 1}
    assert levels[4]["top1"] == .75 and levels[10]["top1"] == 1
    assert levels[4]["top1"] > report["prior"][0]["top1"]
    shown = capsys.readouterr().out
    assert "all                 4     4 0.750" in shown and "4 goods with a true code" in shown


def test_witnesses_are_judged_alone_where_there_are_several(evaluate, tmp_path):
    (tmp_path / "m.csv").write_text("good_id,m (6403),m (6404)\n" + "".join(
        f"{good},{p},{1 - p}\n" for good, p in zip("abcde", (.9, .2, .8, .1, .5))))
    code, report = evaluate("--truth", "official", "--predictions", str(tmp_path / "m.csv"))
    assert code == 0 and list(report) == ["all", "text", "model", "prior", "commonest code"]
    assert report["text"][0]["top1"] == .75


def test_a_worse_report_ends_with_1_and_says_what_got_worse(evaluate, tmp_path, capsys):
    _, report = evaluate("--truth", "official")
    against = ("--truth", "official", "--against", str(tmp_path / "report.json"))
    assert evaluate(*against, out="again.json")[0] == 0
    report["all"][0]["top1"] = .77
    (tmp_path / "report.json").write_text(json.dumps(report))
    capsys.readouterr()
    assert evaluate(*against, out="again.json")[0] == 1
    assert "worse: all, 4 digits: top-1 0.750 after 0.770" in capsys.readouterr().out


def test_a_baseline_that_falls_makes_nothing_worse(evaluate, tmp_path):
    _, report = evaluate("--truth", "official")
    for name in ("prior", "commonest code"):
        report[name][0]["top1"] = 1.
    (tmp_path / "report.json").write_text(json.dumps(report))
    assert evaluate("--truth", "official", "--against", str(tmp_path / "report.json"),
                    out="again.json")[0] == 0


@pytest.mark.parametrize("options, told", [
    (("--truth", "oficial"), "no column 'oficial'; there are: good_id"),
    (("--truth", "description"), "holds no code"),
    (("--truth", "official", "--by", "case"), "no column 'case'"),
    (("--truth", "official", "--against", "goods.csv"), "not a report")])
def test_what_cannot_be_evaluated_is_told(evaluate, tmp_path, capsys, monkeypatch, options, told):
    monkeypatch.chdir(tmp_path)
    assert evaluate(*options) == (2, None)
    assert told in capsys.readouterr().err
