"""What the comparison lets pass, and what not."""
from types import SimpleNamespace as Column

import pytest
from artefacts import differences
from test_compat_flows import lost_settings


def column(name, *values, kind="meta text", **attributes):
    return Column(name=name, kind=kind, values=list(values), attributes=attributes)


KEPT = [column("p", "0.5", kind="feature number", prior="0.1"), column("code", "6403"),
        column("trace", "6403 59: да")]


def changed(place, **how):
    return [Column(**{**vars(c), **(how if n == place else {})}) for n, c in enumerate(KEPT)]


@pytest.mark.parametrize("found", [
    KEPT, [column("new", "1"), *KEPT, column("last", "1")],
    changed(0, attributes={"prior": "0.1000000001", "role": "new"}), changed(0, values=["0.50"]),
    changed(2, values=["в других словах, 6403 59 и 6404"])])
def test_columns_may_be_added_and_prose_reworded(found):
    assert not differences(KEPT, found)


@pytest.mark.parametrize("found", [
    KEPT[:2], [KEPT[0], KEPT[2], KEPT[1]], changed(1, name="Code"), changed(1, values=["6404"]),
    changed(1, values=[]), changed(0, values=["0.51"]), changed(0, values=[""]),
    changed(0, attributes={}), changed(0, attributes={"prior": "0.2"}),
    changed(0, kind="meta number"), changed(2, values=[""]), changed(2, values=["6404 11"])])
def test_a_lost_or_other_thing_is_named(found):
    assert differences(KEPT, found)


def test_numbers_of_a_model_that_was_made_anew_may_be_others_and_nothing_else():
    for found in (changed(0, values=["0.7"]), changed(0, attributes={"prior": "0.2"})):
        assert differences(KEPT, found) and not differences(KEPT, found, remade=True)
    for found in (changed(0, values=[""]), changed(0, values=["nan"]), changed(0, attributes={}),
                  changed(1, values=["6404"]), changed(0, kind="meta number")):
        assert differences(KEPT, found, remade=True)


def test_a_column_may_be_renamed_where_it_is_said():
    found = changed(1, name="hs_code")
    assert differences(KEPT, found) and not differences(KEPT, found, names={"code": "hs_code"})


@pytest.mark.parametrize("role, alike", [("good_id", True), ("key", True), ("note", False)])
def test_the_key_may_be_spelled_in_the_new_way(role, alike):
    assert (not differences([column("lot", role="good_id")], [column("lot", role=role)])) == alike


def test_the_old_spelling_does_not_come_back():
    assert differences([column("lot", role="key")], [column("lot", role="good_id")])


def test_a_column_may_be_split_where_it_is_said():
    kept = [column("duty", "125", "1.25", "")]
    found = [column("total", "125", "", ""), column("per unit", "1.25", "1.25", "")]
    assert not differences(kept, found, names={"duty": "total|per unit"})
    assert differences(kept, found, names={"duty": "per unit|total"})
    assert differences(kept, found[:1], names={"duty": "total|per unit"})


def test_a_problem_may_be_found_but_not_lost():
    found, lost = column("problems", "6403 ?"), column("problems", "")
    assert not differences([lost], [found]) and differences([found], [lost])


class Widget:
    @staticmethod
    def migrate_settings(settings, version):
        if version == 1:
            settings["new"] = settings.pop("old", None)


def test_a_setting_arrives_or_is_migrated():
    assert not lost_settings(Widget, {"__version__": 1, "old": 5}, {"new": 5})
    assert lost_settings(Widget, {"__version__": 1, "old": 5}, {"new": 4})
    assert lost_settings(Widget, {"__version__": 2, "old": 5}, {"new": 5})
