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
