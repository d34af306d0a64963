"""The same goods give the same rows, in every language: command line, workflow, Python."""
import re
import shutil
from functools import partial
from importlib.resources import files
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from orangecontrib.customs.cases import SCHEMA, decide
from orangecontrib.customs.cases.files import read_answers
from orangecontrib.customs.files import read_table
from orangecontrib.customs.groups.footwear import group
from orangecontrib.customs.headless.cli import main
from orangecontrib.customs.i18n import LANGUAGES, speaking

SAMPLE = Path(str(files("orangecontrib.customs.workflows"))) / "sample"
BOOTS = "Ботинки мужские, верх из натуральной кожи, подошва из резины, длина стельки 27 см"
SHOES = "Обувь женская, верх из натуральной кожи, подошва из резины, длина стельки 25 см"

DECLARATIONS = f"""good_id,description,declared_code,quantity
B#1,"{SHOES}",6403 91 980 0,100
B,"{SHOES}",,
A,"{BOOTS}",6403.99.960.0,10
A,"Кеды, верх из текстильного материала, подошва из резины",код 6404,"1 000,5"
A#2,"{SHOES}",6403999999,много
D,Крем для обуви чёрный,см. инвойс,-5
E,Чиксы из кожи,,3
F,,6403999800,2
"G, H",  ,,
U#1,Туфли женские, верх кожа, 6403,5
"""
PREDICTIONS = f"""good_id,description,LR (6403),LR (6404),kNN (6403),kNN (6404)
B#1,"{SHOES}",0.9,0.1,0.5,0.5
B,"{SHOES}",,,,
A,"{BOOTS}",0.2,0.8,1,0
A,Кеды,0.6,0.4,0,1
E,Чиксы,0.7,0.3,0.6,0.4
Z,Сланцы,0.7,0.3,0.6,0.4
"""
ANSWERS = """good_id,fact,value
B#1,sex,men
A#3,upper,plastic
A#2,height,over_knee
A#2,sex,men
E,is_footwear,footwear
"""
#: Photos of which goods; B#1 has none, P is not declared, A#2 names a good and not a repeat.
PHOTOS = {"B": "G-003", "A": "G-006", "A#2": "G-001", "P": "G-004"}
#: Photos that can't be used, as `spoil` makes them: the header of a part can be read, and shows
#: nothing wrong.  E and Q (which is not declared) have no other ones.
SPOILT = {"A/2.jpg": "part", "A/10.jpg": "empty", "E/1.jpg": "text", "Q/2.jpg": "part",
          "Q/1.png": "empty", "loose.jpg": "text"}


def spoil(path, how):
    """Write a file that is not a photo."""
    path.parent.mkdir(exist_ok=True)
    whole = sorted((SAMPLE / "G-003").glob("*.jpg"))[0].read_bytes()
    path.write_bytes({"part": whole[:len(whole) // 2], "text": "фото".encode(), "empty": b""}[how])

OURS = "orangecontrib.customs.widgets."
WIDGETS = {"Declarations": "owdeclarations.OWDeclarations",
           "Predictions": "owdeclarations.OWDeclarations",
           "Facts": "owdeclarationfacts.OWDeclarationFacts",
           "Photos": "owgoodsphotos.OWGoodsPhotos",
           "Features": "owfootwearfeatures.OWFootwearFeatures",
           "Pooled": "owphotoaggregator.OWPhotoAggregator",
           "Fusion": "owhscodefusion.OWHSCodeFusion"}
LINKS = (("Declarations", "Data", "Facts", "Data"), ("Facts", "Facts", "Fusion", "Text Facts"),
         ("Predictions", "Data", "Fusion", "Predictions"),
         ("Photos", "Photos", "Features", "Images"),
         ("Features", "Features", "Pooled", "Features"),
         ("Pooled", "Goods", "Fusion", "Photo Features"))


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """The goods on disk."""
    folder = tmp_path_factory.mktemp("goods")
    for name, text in (("declarations", DECLARATIONS), ("predictions", PREDICTIONS),
                       ("answers", ANSWERS)):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    for good, source in PHOTOS.items():
        (folder / "photos" / good).mkdir(parents=True)
        shutil.copy(sorted((SAMPLE / source).glob("*.jpg"))[0], folder / "photos" / good)
    for image, how in SPOILT.items():
        spoil(folder / "photos" / image, how)
    return folder


@pytest.fixture(scope="module")
def doubtful(tmp_path_factory):
    """Goods of which little can be believed, several in one, and photos that are none."""
    folder = tmp_path_factory.mktemp("doubtful")
    (folder / "declarations.csv").write_text(f"""good_id,description,quantity
S,"{BOOTS[:-22]}, размеры 36-42",10
T,"1) {BOOTS}; 2) Туфли женские, верх – текстиль, подошва – резина, размеры 35-40",10
K,"Тапочки и сапоги, верх из текстиля, подошва из резины",
,"Туфли женские, верх из кожи",3
,Туфли женские, верх кожа, 5
""", encoding="utf-8")
    for image, how in {"S/1.jpg": "part", "T/1.jpg": "empty", "V/1.jpg": "text"}.items():
        (folder / "photos" / image).parent.mkdir(parents=True)
        spoil(folder / "photos" / image, how)
    return folder


@pytest.mark.parametrize("what", [{}, {"photos": True}, {"photos": True, "lang": "en"}],
                         ids=lambda what: "+".join(what) or "text")
def test_what_can_hardly_be_believed_has_equal_rows_too(doubtful, tmp_path, registry, what):
    rows = by_python(doubtful, **what)
    assert [row["key"] for row in rows] == ["S", "T#1", "T#2", "K", "row 4", "row 5"] \
        + ["V"] * ("photos" in what)
    alike(rows, by_command(doubtful, tmp_path, **what))
    alike(rows, by_workflow(doubtful, tmp_path, registry, **what))
    assert "6" in rows[5]["problems"] and not rows[5]["code"]
    assert all(len(rows[n]["safe_code"]) < 10 for n in (0, 3))
    assert rows[1]["quantity"] is None


def test_of_photos_none_of_which_can_be_used_each_good_is_told(doubtful, tmp_path, registry):
    for entrance in (partial(by_python, doubtful), partial(by_command, doubtful, tmp_path),
                     partial(by_workflow, doubtful, tmp_path, registry)):
        rows = entrance(photos=True)
        for key, why in {"S": "S/1.jpg: файл обрезан", "T#1": "T/1.jpg: файл пустой",
                         "T#2": "T/1.jpg: файл пустой", "V": "V/1.jpg: не изображение",
                         "K": "нет пригодных фотографий"}.items():
            assert why in row_of(rows, key)["problems"], (entrance, key)


def test_photos_of_a_description_with_several_goods_are_told_by_all_entrances(
        doubtful, tmp_path, registry):
    photo = sorted((SAMPLE / "G-003").glob("*.jpg"))[0]
    shutil.copytree(doubtful, tmp_path / "goods")
    shutil.copy(photo, tmp_path / "goods" / "photos" / "T" / "2.jpg")
    rows = by_python(tmp_path / "goods", photos=True)
    alike(rows, by_command(tmp_path / "goods", tmp_path, photos=True))
    alike(rows, by_workflow(tmp_path / "goods", tmp_path, registry, photos=True))
    assert "T" not in [row["key"] for row in rows]
    for key in ("T#1", "T#2"):
        assert "(T#1, T#2) относятся фотографии «T»" in row_of(rows, key)["problems"]


@pytest.fixture(scope="module")
def registry():
    from orangecontrib.customs.headless.environment import prepare_application
    from orangecontrib.customs.headless.runner import discover
    prepare_application()
    return discover()


def flow(path, **settings):
    """A workflow of the widgets that have settings."""
    nodes = {name: number for number, name in enumerate(settings)}
    links = [link for link in LINKS if {link[0], link[2]} <= set(nodes)]
    path.write_text(
        '<?xml version="1.0" encoding="utf-8"?>\n<scheme version="2.0"><nodes>'
        + "".join(f'<node id="{number}" name="{name}" qualified_name="{OURS}{WIDGETS[name]}" '
                  f'title="{name}" position="(0, 0)"/>' for name, number in nodes.items())
        + "</nodes><links>"
        + "".join(f'<link id="{number}" source_node_id="{nodes[a]}" source_channel="{out}" '
                  f'sink_node_id="{nodes[b]}" sink_channel="{into}" enabled="true"/>'
                  for number, (a, out, b, into) in enumerate(links))
        + "</links><node_properties>"
        + "".join(f'<properties node_id="{nodes[name]}" format="literal">{escape(repr(values))}'
                  "</properties>" for name, values in settings.items())
        + "</node_properties></scheme>", encoding="utf-8")
    return path


def by_workflow(given, place, registry, photos=False, predictions=False, answers=False,
                error=.1, trust=.99, weight=1., lang="ru"):
    from orangecontrib.customs.headless.runner import run_workflow
    said = read_answers(given / "answers.csv", group().vocabulary) if answers else {}
    settings = {"Declarations": {"path": str(given / "declarations.csv")}, "Facts": {},
                "Fusion": {"accepted_error": error, "trust": trust, "weight": weight,
                           "answers": said}}
    if predictions:
        settings["Predictions"] = {"path": str(given / "predictions.csv")}
    if photos:
        settings |= {"Photos": {"folder": str(given / "photos")}, "Features": {}, "Pooled": {}}
    with speaking(lang):
        outcome = run_workflow(str(flow(place / "flow.ows", **settings)), registry=registry,
                               timeout=120)
    assert outcome.exit_code == 0, [str(m) for m in outcome.messages]
    table = outcome.outputs["Fusion", "Codes"]
    columns = {column.id: table.get_column(column.title) for column in SCHEMA}
    return [{c.id: cell(columns[c.id][row], c.kind) for c in SCHEMA}
            for row in range(len(table))]


def by_command(given, place, photos=False, predictions=False, answers=False, **numbers):
    options = [("--photos", given / "photos")] * photos \
        + [("--predictions", given / "predictions.csv")] * predictions \
        + [("--answers", given / "answers.csv")] * answers \
        + [(f"--{name}", value) for name, value in numbers.items()]
    assert main(["classify", "--declarations", str(given / "declarations.csv"),
                 *(str(part) for option in options for part in option),
                 "--out", str(place / "out.csv")]) == 0
    table = read_table(place / "out.csv")
    assert table.columns == tuple(c.id for c in SCHEMA)
    return [{c.id: cell(row.cells[c.id], c.kind) for c in SCHEMA} for row in table.rows]


@pytest.mark.filterwarnings("ignore::UserWarning")
def by_python(given, photos=False, predictions=False, answers=False, lang="ru", **numbers):
    with speaking(lang):
        return decide(given / "declarations.csv", given / "photos" if photos else None,
                      predictions=given / "predictions.csv" if predictions else None,
                      answers=given / "answers.csv" if answers else None, **numbers)


def cell(value, kind):
    """A cell as rows have it: no number is None, no text is empty."""
    if kind == "text":
        return value or ""
    return None if value == "" or float(value) != float(value) else float(value)


def alike(one, other):
    """Rows field by field; files hold four digits, priors of photos six."""
    assert [row["key"] for row in one] == [row["key"] for row in other]
    for first, second in zip(one, other):
        for column in SCHEMA:
            a, b = first[column.id], second[column.id]
            assert a == (pytest.approx(b, rel=1e-4, abs=1e-4)
                         if column.kind == "number" and b is not None else b), (
                first["key"], column.id)


@pytest.mark.parametrize("what", [
    {}, {"photos": True}, {"predictions": True}, {"answers": True},
    {"photos": True, "predictions": True, "answers": True},
    {"photos": True, "predictions": True, "error": .3, "trust": .6, "weight": 2.},
    {"lang": "en"}, {"photos": True, "lang": "en"},
    {"photos": True, "predictions": True, "answers": True, "lang": "en"}],
    ids=lambda what: "+".join(what) or "text")
def test_all_entrances_give_equal_rows(given, tmp_path, registry, what):
    rows = by_python(given, **what)
    keys = ["B#1", "B", "A", "A#3", "A#2", "D", "E", "F", "G, H", "U#1"]
    extra = ["P", "Q"] * ("photos" in what) + ["Z"] * ("predictions" in what)
    assert [row["key"] for row in rows] == keys + extra
    alike(rows, by_command(given, tmp_path, **what))
    alike(rows, by_workflow(given, tmp_path, registry, **what))


def test_a_group_that_nothing_speaks_of_leaves_every_row_as_it_is(given, pens):
    everything = {"photos": True, "predictions": True, "answers": True}
    for which in ({}, everything):
        assert by_python(given, **which, groups=["footwear", pens]) \
            == by_python(given, **which, groups=["footwear"])
    sample = [row.cells for row in read_table(SAMPLE / "declarations.csv").rows]
    assert decide(sample, groups=[pens, "footwear"]) == decide(sample, groups=["footwear"])


def test_rows_may_be_given_as_they_are_read(given):
    rows = [{**row.cells} for row in read_table(given / "declarations.csv").rows]
    assert rows.pop()["good_id"] == "U#1"
    assert decide(rows) == by_python(given)[:-1]


WHY = {"ru": {"F": "пустое описание", "G, H": "пустое описание",
              "U#1": "строка 11 файла: полей 5, а в заголовке 4",
              "A": "A/2.jpg: файл обрезан (", "A#3": "A/10.jpg: файл пустой (ноль байт)",
              "E": "нет пригодных фотографий; E/1.jpg: не изображение",
              "Q": "есть фотографии, но нет описания; нет пригодных фотографий; "
                   "Q/1.png: файл пустой (ноль байт); Q/2.jpg: файл обрезан ("},
       "en": {"F": "the description is empty", "G, H": "the description is empty",
              "U#1": "line 11 of the file: 5 fields, and the header has 4",
              "A": "A/2.jpg: the file is truncated (", "A#3": "A/10.jpg: the file is empty",
              "E": "there are no photos that can be used; E/1.jpg: not an image",
              "Q": "there are photos, but no description; there are no photos that can be used; "
                   "Q/1.png: the file is empty (zero bytes); Q/2.jpg: the file is truncated ("}}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_could_not_be_used_is_said_of_its_good_by_all_entrances(given, tmp_path, registry,
                                                                    lang):
    for entrance in (partial(by_python, given), partial(by_command, given, tmp_path),
                     partial(by_workflow, given, tmp_path, registry)):
        rows = entrance(photos=True, lang=lang)
        for key, why in WHY[lang].items():
            assert why in row_of(rows, key)["problems"], (entrance, key)
        assert "loose" not in str(rows)
        for unread in ("F", "U#1"):
            assert row_of(rows, unread)["code"] == ""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_run_speaks_the_language_that_it_is_told(given, tmp_path, registry, lang):
    from orangecontrib.customs.headless.cli_run import run_here
    from orangecontrib.customs.headless.supervisor import Journal
    path = flow(tmp_path / "flow.ows", Facts={}, Fusion={},
                Declarations={"path": str(given / "declarations.csv")})
    options = {"save": [f"Fusion.Codes={tmp_path / 'codes.csv'}"], "registry": registry}
    assert run_here(Journal(), str(path), {**options, "language": lang}) == 0
    traces = [row.cells["trace"] for row in read_table(tmp_path / "codes.csv").rows]
    assert traces == [row["trace"] for row in by_python(given, lang=lang)]


def test_another_language_changes_words_and_nothing_else(given):
    everything = {"photos": True, "predictions": True, "answers": True}
    russian, english = (by_python(given, **everything, lang=lang) for lang in LANGUAGES)
    words = {"trace", "problems", "flip_fact", "missing_facts", "next_question", "discrepancy",
             "not_shown", "photograph", "safe_by"}
    for one, other in zip(russian, english):
        assert {k: v for k, v in one.items() if k not in words} \
            == {k: v for k, v in other.items() if k not in words}
        assert all(bool(one[name]) == bool(other[name]) for name in words)
    assert all(any(row[name] for row in english) for name in words - {"not_shown"})


def test_rows_in_english_hold_no_russian_but_what_they_quote(given):
    quoted = re.compile("«[^»]*»|“[^”]*”")
    for row in by_python(given, photos=True, predictions=True, answers=True, lang="en"):
        for column, value in row.items():
            if column == "duty_rate":  # as the tariff prints it
                continue
            assert not re.search("[а-яё]", quoted.sub("", str(value)), re.I), (column, value)


def test_an_answer_that_rests_on_no_word_is_doubted(given):
    rows = by_python(given, predictions=True)
    assert [row["key"] for row in rows if "похоже" in row["problems"]] == ["E", "Z"]


def row_of(rows, key):
    return next(row for row in rows if row["key"] == key)


def test_photos_belong_to_the_good_of_which_they_are_declared(given, tmp_path, registry):
    for entrance in (partial(by_python, given), partial(by_command, given, tmp_path),
                     partial(by_workflow, given, tmp_path, registry)):
        without, with_photos = (entrance(photos=photos) for photos in (False, True))
        alone, beside = row_of(without, "B#1"), row_of(with_photos, "B#1")
        assert {**beside, "problems": ""} == {**alone, "problems": ""}
        assert "нет пригодных фотографий" in beside["problems"]
        assert row_of(with_photos, "B")["p"] != row_of(without, "B")["p"]
        assert "фото" in row_of(with_photos, "A#3")["trace"], "goods of one id share its photos"


def test_a_duty_is_per_unit_or_of_the_quantity_and_says_which(given, tmp_path, registry):
    for entrance in (partial(by_python, given), partial(by_command, given, tmp_path),
                     partial(by_workflow, given, tmp_path, registry)):
        rows = entrance()
        hundred, unknown = row_of(rows, "B#1"), row_of(rows, "B")
        for name in ("low", "high", "at_risk"):
            assert hundred[f"duty_eur_{name}"] == pytest.approx(
                100 * hundred[f"duty_eur_per_unit_{name}"], abs=.01)
            assert unknown[f"duty_eur_{name}"] is None
            assert unknown[f"duty_eur_per_unit_{name}"] >= 0
        assert unknown["quantity"] is None


def test_answers_are_of_the_good_with_that_key(given):
    plain, answered = by_python(given), by_python(given, answers=True)
    moved = [a["key"] for a, b in zip(answered, plain) if a["code"] != b["code"]]
    assert moved == ["B#1", "A#3", "A#2", "E"]
