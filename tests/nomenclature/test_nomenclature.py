import pytest

from orangecontrib.customs.nomenclature import Nomenclature, group64


def test_the_path_runs_from_the_group_to_the_leaf():
    assert [node.code for node in group64().path("6403911600")] == [
        "64", "6403", "640391", "6403911600"]


def test_every_line_has_both_designations():
    for code in group64():
        assert group64()[code].ru and group64()[code].en


def test_duties_only_at_the_leaves():
    for code in group64():
        assert (group64().duty(code) is not None) == (len(code) == 10)


def test_spaced_like_the_tariff():
    assert group64().spaced("6403999600") == "6403 99 960 0"
    assert group64().spaced("640399") == "6403 99"


@pytest.mark.parametrize("code, complaint", [("64x", "not a number"), ("64", "repeated")])
def test_a_broken_file_names_its_line(tmp_path, code, complaint):
    path = tmp_path / "n.csv"
    path.write_text("code,designation_ru,designation_en,unit,duty_eur\n64,а,a,,\n"
                    f"{code},б,b,,\n", encoding="utf-8")
    with pytest.raises(ValueError, match=f"line 3.*{complaint}"):
        Nomenclature.load(path, "2022-01-01")


@pytest.mark.parametrize("row, complaint", [
    ("6403,обувь", "line 2: 2 fields"), ("6403,обувь, кожа,footwear,,", "line 2: 6 fields"),
    ("64О3,а,a,,", "line 2: code '64О3' is not a number"), ("64²,а,a,,", "not a number"),
    ("6403,а,a,,много", "line 2: .*много"), ('6403,"а,a,,', "line 2: a quotation mark")])
def test_a_row_that_says_something_else_than_it_seems_to_is_refused(tmp_path, row, complaint):
    path = tmp_path / "n.csv"
    path.write_text(f"code,designation_ru,designation_en,unit,duty_eur\n{row}\n",
                    encoding="utf-8")
    with pytest.raises(ValueError, match=f"n.csv, {complaint}" if "line" in complaint
                       else complaint):
        Nomenclature.load(path, "2022-01-01")
