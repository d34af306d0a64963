"""Electrical goods from words, Russian and English; what nobody's words name gets no code."""
import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orangecontrib.customs.cases import decide
from orangecontrib.customs.declarations import IMPLIED, STATED, FactReader
from orangecontrib.customs.declarations.together import GroupsReader
from orangecontrib.customs.groups import Group, GroupError, find_group
from orangecontrib.customs.i18n import say

GROUP = find_group("electrical")
HEADINGS = ("8504", "8536", "9032")

with open(Path(__file__).with_name("electrical_sentences.csv"), encoding="utf-8",
          newline="") as _file:
    SENTENCES = list(csv.DictReader(_file))
NAMED = [pytest.param(row, id=row["text"][:60]) for row in SENTENCES]


@pytest.fixture(scope="module")
def reader():
    return FactReader(GROUP)


@pytest.fixture(scope="module")
def decided():
    """Rows of all sentences, decided by all groups in one go."""
    return {row["good_id"]: row for row in decide([
        {"good_id": sentence["text"], "description": sentence["text"]}
        for sentence in SENTENCES])}


def holds(reading, said: str) -> bool:
    """``fact=values``: stated; ``fact~values``: implied; ``a|b=c``: the one or the other."""
    sign = "=" if "=" in said and "~" not in said else "~"
    fact, _, values = said.partition(sign)
    wanted, kind = set(values.split("|")), STATED if sign == "=" else IMPLIED
    if kind == STATED:
        return set(reading.stated().get(fact, ())) == wanted
    return any(f.fact == fact and set(f.values) == wanted for f in reading.findings)


def either(reading, said: str) -> bool:
    """Of ``conversion~charges|conversion=charges`` one holds."""
    fact = said.replace("~", "=").partition("=")[0]
    ways = [way if way.startswith(fact) else f"{fact}{way}" for way in said.split(f"|{fact}")] \
        if f"|{fact}" in said else [said]
    return any(holds(reading, way) for way in ways)


@pytest.mark.parametrize("row", NAMED)
def test_what_a_sentence_says(reader, row):
    reading = reader.read(row["text"])
    for said in row["facts"].split():
        assert either(reading, said), (said, [(f.fact, f.values, f.kind, f.text)
                                              for f in reading.findings])


@pytest.mark.parametrize("row", NAMED)
def test_which_code_it_gets(decided, row):
    code = decided[row["text"]]["code"]
    assert code.startswith(row["code"]) if row["code"] != "-" else code == "", code


@pytest.mark.parametrize("row", [row for row in NAMED if row.values[0]["code"] == "-"])
def test_what_no_words_name_is_not_even_a_guess(reader, row):
    """But for one that the law excludes: of that a word speaks, and against the group."""
    found = {f.fact: f.values for f in reader.read(row.get("text", "")).findings}
    assert not found or row["facts"].startswith("article="), found


def test_the_stabiliser_is_decided_as_the_fcs_did_with_its_reason():
    row, = decide([{"good_id": "A", "declared_code": "8504409100", "description":
                    "Стабилизатор напряжения инверторный, 220 В, 550 ВА"}])
    assert (row["code"], row["agrees"]) == ("9032890000", "no") and row["p"] > .8
    for reason in ("прим. 7(б) к группе 90", "прим. 3 к группе 90", "прим. 1(м) к разделу XVI"):
        assert reason in row["trace"]


def test_a_stabiliser_whose_functions_are_equal_is_a_gap_with_both_candidates():
    text = "Стабилизатор напряжения: преобразует переменный ток, измеряет и удерживает напряжение; "
    row, = decide([{"good_id": "A", "description": text + "ни одна функция не основная"}])
    assert row["code"] == "8504409100; 9032890000" and "ФТС" in row["problems"]


def test_goods_of_one_text_are_decided_apart():
    rows = decide([{"good_id": "A", "description": "Трансформатор, мощность 10 кВА; "
                    "реле, напряжение 12 В; термостат электронный"}])
    assert [row["code"] for row in rows] == ["850432", "853641", "9032102000"]


@pytest.mark.parametrize("text, headings", [
    ("Ботинки мужские, верх - кожа, подошва - резина; стабилизатор напряжения 10 кВА, "
     "автоматический", ["6403", "9032"]),
    ("1) Стабилизатор напряжения автоматический 10 кВА; 2) сапоги резиновые литые",
     ["9032", "6401"]),
    ("Туфли, верх - кожа, подошва - кожа. Реле электромагнитное 12 В - 5 шт. Кроссовки, верх - "
     "текстиль, подошва - ЭВА", ["6403", "8536", "6404"]),
    ("Men's shoes, leather upper, rubber sole; power supply unit 12 V 5 A, AC to DC",
     ["6403", "8504"])])
def test_goods_of_two_groups_in_one_text_are_decided_each_by_its_group(text, headings):
    rows = decide([{"good_id": "1", "description": text}])
    assert [row["code"][:4] for row in rows] == headings
    assert [row["good_id"] for row in rows] == [f"1#{n + 1}" for n in range(len(rows))]


def test_what_comes_with_a_good_is_no_good_of_another_group():
    row, = decide([{"good_id": "1", "description": "Ботинки с подогревом, верх - кожа, подошва - "
                    "резина, в комплекте зарядное устройство"}])
    assert row["code"].startswith("6403")


def test_goods_that_are_counted_are_decided_apart_and_a_component_is_no_good():
    rows = decide([{"good_id": "A", "description": "Реле - 10 шт, предохранители - 5 шт"}])
    assert [(row["code"][:4], row["quantity"]) for row in rows] == [("8536", 10), ("8536", 5)]
    rows = decide([{"good_id": "A", "description": "Блок питания 24 В, 5 А, разъем USB"}])
    assert [row["code"][:6] for row in rows] == ["850440"]


@pytest.mark.parametrize("text", [
    "Ботинки мужские с электрическим подогревом, с зарядным устройством",
    "Обувь специальная для электриков, напряжение до 1000 В", "Сапоги диэлектрические резиновые",
    "Кроссовки со светодиодами, блок питания в комплекте", "Men's boots, charger included"])
def test_footwear_is_never_electrical(text):
    row, = decide([{"good_id": "A", "description": text}])
    # of what says nothing of the upper and much that is not understood, no heading is named
    assert row["code"].startswith("640") or row["p_excluded"] is None and "640" in row["problems"]


@pytest.mark.parametrize("row", [row for row in NAMED if row.values[0]["code"] != "-"])
def test_electrical_goods_are_never_footwear(decided, row):
    said = decided[row["text"]]
    assert not said["code"].startswith("64") and "обув" not in said["problems"]


def test_one_that_no_group_names_is_asked_for_by_each_and_one_that_a_group_mentions_by_that():
    row, = decide([{"good_id": "A", "description": "Чиксы"}])
    assert "Если это обувь" in row["problems"] and "электротехническое" in row["problems"]
    row, = decide([{"good_id": "A", "description": "Чехол для блока питания"}])
    assert "обувь" not in row["problems"] and "блока питания" in row["problems"]


def test_readers_of_several_groups_read_as_one():
    reader = GroupsReader()
    boots, relay = "Ботинки мужские, верх - кожа", "Реле 12 В; термостат"
    readings = [reader.read(boots), reader.read(relay)]
    assert readings[0].stated()["upper"] == ("leather",) and len(readings[1].goods) == 2
    assert set(reader.spoken(readings[:1])) == set(find_group("footwear").vocabulary)
    assert set(reader.spoken(readings[1:])) == set(GROUP.vocabulary)
    assert set(reader.spoken(readings)) == set(reader.vocabulary)
    evidence = reader.evidence(["a", "b"], readings)
    assert evidence.says("upper").tolist() == [True, False]


@given(st.sampled_from(SENTENCES), st.sampled_from([str.upper, str.lower, str.title]))
@settings(max_examples=60, deadline=None)
def test_capitals_change_nothing(row, change):
    reader = FactReader(GROUP)
    assert reader.read(change(row["text"])).stated() == reader.read(row["text"]).stated()


def test_problems_and_notes_have_english_words(reader):
    for row in SENTENCES:
        reading = reader.read(row["text"])
        for message in (*reading.problems, *(f.note for f in reading.findings)):
            words = say(message, "en").replace(row["text"], "")
            assert words and message.id not in words


@pytest.fixture
def folder(tmp_path):
    """The tables of the group, to be changed."""
    for path in GROUP.folder.glob("*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def load(folder):
    return FactReader(Group.load(folder, GROUP.nomenclature, "electrical"))


@pytest.mark.parametrize("name", ["measures", "kinds", "words", "type_facts"])
def test_what_there_is_no_table_of_is_not_read(folder, name):
    (folder / f"{name}.csv").unlink()
    path = folder / "messages.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("problem.")),
                    encoding="utf-8")
    reading = load(folder).read("Реле, номинальное напряжение 12 В")
    assert ("voltage" in reading.stated()) is (name != "measures")
    assert ("article" in reading.stated()) is (name != "type_facts")


def test_type_nouns_are_required(folder):
    (folder / "types.csv").unlink()
    with pytest.raises(GroupError, match="types.csv"):
        load(folder)
