"""What is found has the id of a row; its words are looked up by ids, in every language."""
import ast
import csv
import pickle
import re
import subprocess
import sys
from pathlib import Path

import pytest

from orangecontrib.customs import declarations, nomenclature
from orangecontrib.customs.declarations import FactReader, facts
from orangecontrib.customs.groups import GroupError, find_group
from orangecontrib.customs.headless.cli import main
from orangecontrib.customs.i18n import LANGUAGES, Message, say, speaking

TABLES = ("text_patterns", "materials", "types", "measures", "sizes", "kinds", "parts",
          "type_facts")
#: Modules of the reader; the others of the room are no part of it.
MODULES = ("facts", "gate", "materials", "negation", "patterns", "quantities", "reading", "table")

with open(Path(__file__).with_name("examples.csv"), encoding="utf-8", newline="") as _file:
    TEXTS = [row["description"] for row in csv.DictReader(_file)]
TEXTS += [
    "", "12345 / 77", "靴子，鞋面：皮革", "Gizmo", "Чиксы", "Чиксы из кожи", "Коробки с обувью",
    "Крем для обуви", "Чиксы, верх - резина, подошва - резина", "Обувь ортопедическая", "Стельки",
    "Сапоги и туфли женские", "Обувь с верхом из кожи. Верх: текстиль", "Ботинки " + "кожа " * 5000,
    "Кроссовки, верх: кожа/текстиль, подошва из дерева и кожи", "Обувь, длина стельки 23-25 см",
    "Обувь женская, размеры 36-40", "Туфли, каблук 2-4 см", "Полуботинки, закрывающие лодыжку",
    "Сапоги, высота голенища 25 см, не закрывающие лодыжку, верх - кожа", "Сапоги резиновые",
    "Туфли, верх не из кожи", "Ботинки с защитным подноском", "Обувь не водонепроницаемая",
    "Туфли, верх: кожа 60%, текстиль 40% площади"]


@pytest.fixture(scope="module")
def reader():
    return FactReader(find_group("footwear"))


def rows():
    for name in TABLES:
        path = find_group("footwear").folder / f"{name}.csv"
        with open(path, encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


def test_each_finding_names_the_row_that_it_rests_on(reader):
    ids = {row["id"] for row in rows()}
    found = {finding.rule for text in TEXTS for finding in reader.read(text).findings}
    assert len(found) > 150
    assert {rule.removesuffix(".not") for rule in found} <= ids


def test_rows_with_the_same_words_are_told_apart(reader):
    one, = (f for f in reader.read("Обувь, не закрывающая лодыжку").findings if f.fact == "height")
    other, = (f for f in reader.read("Обувь ниже щиколотки").findings if f.fact == "height")
    assert str(one.note) == str(other.note) and one.rule != other.rule


def test_what_is_found_does_not_depend_on_any_wording(reader, changed):
    def reworded(text):
        return re.sub(r"(?m)^((?!id,|name|outside|gap)[a-z_.0-9]+),.*", r"\1,слово,word", text)
    other = FactReader(changed("messages.csv", reworded))
    for text in TEXTS:
        expected, read = reader.read(text), other.read(text)
        assert [(f.fact, f.values, f.kind, f.ratio, f.start, f.rule)
                for f in read.findings] == [
                    (f.fact, f.values, f.kind, f.ratio, f.start, f.rule)
                    for f in expected.findings]
        assert [problem.id.partition(".")[2] for problem in read.problems] == [
            problem.id.partition(".")[2] for problem in expected.problems]


def test_a_phrase_that_is_denied_asks_nothing_and_is_another_witness(reader):
    said, denied = reader.read("Обувь спортивная"), reader.read("Обувь, за исключением спортивной")
    assert [p.id for p in said.problems] == ["footwear.problem.sport.unspecified"]
    assert not denied.problems
    rules = {f.rule for reading in (said, denied) for f in reading.findings if f.fact == "sport"}
    assert rules == {"sport.unspecified", "sport.unspecified.not"}


def test_problems_and_notes_are_messages_with_words_in_each_language(reader):
    quoted = re.compile(r"«[^»]*»|“[^”]*”|: .*")
    for text in TEXTS:
        reading = reader.read(text)
        said = [*reading.problems, *(f.note for f in reading.findings)]
        for message in said:
            assert isinstance(message, Message)
            words = {name: say(message, name) for name in LANGUAGES}
            assert message.id not in words.values() and all(words.values())
            assert not re.search("[а-яё]", quoted.sub("", words["en"]), re.I), words
            assert re.search("[а-яё]", words["ru"], re.I), words


@pytest.mark.parametrize("text, words", [
    ("Обувь ортопедическая", "Orthopaedic footwear: heading 9021 (note 1(e))."),
    ("Обувь с верхом из кожи. Верх: текстиль",
     "The text contradicts itself, upper: leather / textile."),
    ("Полуботинки, закрывающие лодыжку", "Does not agree, height: “covers the ankle, covers part "
     "of the calf, over the knee” is stated, but usual for “low shoes” – “below the ankle”.")])
def test_a_problem_is_told_in_english(reader, text, words):
    problem, = reader.read(text).problems
    assert say(problem, "en") == words


def test_one_reading_is_told_in_the_language_that_is_spoken_then(reader):
    problem, = reader.read("Обувь ортопедическая").problems
    assert str(problem).startswith("Обувь ортопедическая: товарная")
    with speaking("en"):
        assert str(problem).startswith("Orthopaedic")


def sentences(module):
    """Cyrillic that a module puts together or hands on, but for regular expressions."""
    path = Path(declarations.__file__).with_name(f"{module}.py")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        parts = node.values if isinstance(node, ast.JoinedStr) else ()
        if isinstance(node, ast.Call) and not (isinstance(node.func, ast.Attribute) and (
                getattr(node.func.value, "id", "") == "re"
                or node.func.attr in ("endswith", "startswith", "search", "match"))):
            parts = [*node.args, *(word.value for word in node.keywords)]
        for part in parts:
            if isinstance(part, ast.Constant) and isinstance(part.value, str) \
                    and re.search(r"[А-Яа-яё]{2}.* ", part.value) \
                    and not re.search(r"[\\|()\[\]?*]", part.value):
                yield f"{module}:{node.lineno}: {part.value}"


@pytest.mark.parametrize("module", MODULES)
def test_the_reader_holds_no_sentence_for_people(module):
    assert not list(sentences(module))


def test_a_problem_of_a_row_that_is_not_there_is_refused(changed):
    group = changed("messages.csv", lambda text: text + "problem.heel.hihg,да,yes\n")
    with pytest.raises(ValueError, match="no table has the row 'heel.hihg'"):
        FactReader(group)


def test_a_group_without_tables_for_text_is_told_apart_from_a_missing_file(changed):
    group = changed("", str)
    (group.folder / "text_patterns.csv").unlink()
    assert not group.reads_text
    with pytest.raises(GroupError, match="group 'changed' can't read text: .*text_patterns.csv"):
        FactReader(group)


@pytest.mark.parametrize("command", ["classify", "facts"])
def test_tables_that_can_not_be_read_are_a_line_on_the_command_line(
        tmp_path, changed, capsys, command):
    group = changed("messages.csv", lambda text: text.replace("heel.wedge,", "heel.wegde,"))
    tariff = Path(nomenclature.__file__).with_name("group64.csv")
    (group.folder / "tariff.csv").write_bytes(tariff.read_bytes())
    goods = tmp_path / "goods.csv"
    goods.write_text("good_id,description\nA,туфли\n", encoding="utf-8")
    assert main([command, "--declarations", str(goods), "--group", str(group.folder),
                 "--out", str(tmp_path / "out.csv")]) == 2
    assert "messages.csv has no 'heel.wedge'" in capsys.readouterr().err
    assert not (tmp_path / "out.csv").exists()


def test_a_row_without_words_is_refused(changed):
    group = changed("messages.csv", lambda text: text.replace("heel.wedge,", "heel.wegde,"))
    with pytest.raises(ValueError, match=r"text_patterns.csv, line \d+: messages.csv has no "
                                         "'heel.wedge'"):
        FactReader(group)


@pytest.mark.parametrize("names, said", [((), "none"), (("one", "two"), "one, two")])
def test_without_a_group_it_must_be_clear_which_is_meant(monkeypatch, names, said):
    class Other:
        reads_text = True

        def __init__(self, id_):
            self.id = id_
    monkeypatch.setattr(facts, "loaded_groups", lambda: [Other(name) for name in names])
    with pytest.raises(ValueError, match=f"needs a group.*: {said}$"):
        FactReader()


def test_the_group_that_is_passed_is_read(changed):
    group = changed("text_patterns.csv", lambda text: text.replace("| лыжный |", "| гоночный |"))
    read = FactReader(group).read("Ботинки гоночные")
    assert read.stated()["sport"] == ("ski",)
    assert str(next(f for f in read.findings if f.fact == "sport").note) == "лыжная обувь"


def test_a_reader_in_another_process_has_its_words(reader, tmp_path):
    path = tmp_path / "reader"
    path.write_bytes(pickle.dumps(reader))
    code = ("import pickle, sys; reader = pickle.load(open(sys.argv[1], 'rb'));"
            "print(ascii(str(reader.read('Стельки').problems[0])))")
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True,
                          encoding="utf-8", check=True, timeout=100)
    assert ast.literal_eval(done.stdout) == str(reader.read("Стельки").problems[0])


@pytest.mark.parametrize("row, puts", [
    ("kind.open", "{knd}"), ("kind.mentioned", "{types}"), ("problem.kind.purpose", "{kind}"),
    ("heel.wedge", "{words}"), ("by_area", "{x}"), ("problem.sport.unspecified", "{x}")])
def test_a_wording_that_puts_in_what_there_is_not_is_refused(changed, row, puts):
    group = changed("messages.csv", lambda text: re.sub(
        rf"^{re.escape(row)},.*$", f"{row},да {puts},yes {puts}", text, flags=re.M))
    with pytest.raises(ValueError, match=f"messages.csv: '{row}' puts in {puts[1:-1]}; there is"):
        FactReader(group)
