"""The conclusion: what stands on a page, in both languages, whatever the files hold."""
import base64
import io
import re
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from orangecontrib.customs.cases.api import case_of
from orangecontrib.customs.cases.conclusion import (
    Exhibit,
    conclusion_of,
    document,
    exhibits_of,
    fragment,
    page,
)
from orangecontrib.customs.cases.conclusion.content import CHARACTERS, PHOTOS
from orangecontrib.customs.cases.files import goods_of_rows
from orangecontrib.customs.cases.plain import plain
from orangecontrib.customs.i18n import speaking
from orangecontrib.customs.photos.decode import PhotoError

BOOTS = ("Ботинки мужские, верх из натуральной кожи, подошва из резины, закрывающие лодыжку, "
         "но не часть икры, длина стельки 27 см, без защитного металлического подноска")
DAY = date(2026, 3, 9)
HOSTILE = ("<script>alert(1)</script><img src=http://evil/x.png onerror=x> {{ 7*7 }} {% raw %} "
           "\"'></td></table></div><b>ботинки</b> мужские &amp; из кожи")


def exhibits(*rows, answers=None, photos=None):
    case = case_of(goods_of_rows(list(rows)))
    return exhibits_of(case, case.decide(answers=answers), answers, photos)


def conclusion(row, answers=None, photos=()):
    key = row.get("good_id", "1")
    exhibit, = exhibits(row, answers={key: answers} if answers else None,
                        photos={key: photos})
    return conclusion_of(exhibit, DAY)


class MadePhoto:
    """A photo in memory, or one that can't be had."""

    def __init__(self, image, size=(640, 480), kind="PNG"):
        self.image, self._size, self._kind = image, size, kind

    def read(self):
        if self._size is None:
            raise PhotoError("missing")
        file = io.BytesIO()
        Image.new("RGB", self._size, "navy").save(file, self._kind)
        return file.getvalue()


class Seen(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.sources, self.words, self._skip = [], [], [], False
        self.feed(html)
        self.text = " ".join("".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self._skip = tag in ("style", "title")
        self.sources += [value for name, value in attrs if name in ("src", "href")]
        assert not [name for name, _ in attrs if name.startswith("on")]

    def handle_endtag(self, tag):
        self._skip = False

    def handle_data(self, data):
        if not self._skip:
            self.words.append(data)


def test_a_page_says_what_how_sure_why_and_what_to_ask():
    said = conclusion({"good_id": "A", "description": BOOTS, "declared_code": "6403 91 160 0",
                       "quantity": 100})
    assert said.good == "A"
    code, = said.codes
    assert (code.safe + code.rest).replace(" ", "") == "6403911600"
    assert said.lines[0][0] == "64" and said.lines[-1][0] == "6403 91 160 0"
    assert any("ОПИ 1" in line for line in said.basis)
    assert said.agrees == "Заявленный код совпадает с найденным" and not said.contradictions
    height = next(fact for fact in said.facts if fact.name == "высота обуви")
    assert "закрывающие лодыжку, но не часть икры" in height.source
    assert height.answer == "yes" and height.established.startswith("да")
    assert all("деревян" not in fact.name for fact in said.facts)
    assert any("деревян" in line for line in said.assumed)
    duties = dict(said.duties)
    assert duties["Ставка"] == "1,25 евро за 1 пару"
    assert duties["По найденному коду"].replace("\xa0", " ") == "1,25 EUR за единицу; всего 125 EUR"
    assert "2022-01-01" in said.editions[0] and said.day == "09.03.2026"


def test_another_declared_code_is_a_contradiction():
    said = conclusion({"description": BOOTS, "declared_code": "6404199000"})
    assert said.contradictions == ("Заявлен код 6404 19 900 0, а не этот",) and not said.agrees


def test_answers_by_hand_stand_on_the_page_and_in_the_facts():
    said = conclusion({"good_id": "A", "description": BOOTS}, answers={"sex": "women"})
    assert said.answers == ("пол: женская",)
    sex = next(fact for fact in said.facts if fact.name == "пол")
    assert "аналитик" in sex.source


def test_words_are_marked_with_the_rows_of_the_facts_that_they_state():
    said = conclusion({"description": BOOTS})
    assert "".join(piece.text for piece in said.text) == BOOTS
    rows = {fact.name: fact.number for fact in said.facts}
    upper = next(piece for piece in said.text if "верх" in piece.text)
    assert upper.facts == ("материал верха",) and upper.numbers == (rows["материал верха"],)
    for fact in said.facts:
        assert any(fact.number in piece.numbers for piece in said.text)
    assert not next(piece for piece in said.text if piece.text.startswith(", ")).facts


def test_words_that_speak_of_several_facts_keep_all_numbers():
    said = conclusion({"description": "Сапоги резиновые, верх и подошва из резины, отлитые за "
                                      "одну операцию"})
    rows = {fact.name: fact.number for fact in said.facts}
    numbers = {number for piece in said.text for number in piece.numbers}
    assert {rows[name] for name in ("вид товара", "материал верха", "материал подошвы",
                                    "водонепроницаемость")} <= numbers


def test_of_goods_in_one_description_each_has_its_own_words_marked():
    first, second = (conclusion_of(exhibit) for exhibit in exhibits({
        "good_id": "7", "description": "1. Туфли женские кожаные, подошва резина 20 пар; "
                                       "2. Сапоги мужские резиновые, 30 пар"}))
    marked = [" ".join(piece.text for piece in said.text if piece.facts)
              for said in (first, second)]
    assert "Туфли" in marked[0] and "Сапоги" not in marked[0]
    assert "Сапоги" in marked[1] and "Туфли" not in marked[1]


def test_what_is_not_established_is_said_to_be_so():
    said = conclusion({"description": "Обувь мужская, верх из натуральной кожи, подошва резина",
                       "good_id": "A"}, answers={"height": "ankle"})
    assert {fact.answer for fact in said.facts} <= {"yes", "no", "not_established"}
    assert all(re.match("да|нет|не установлено", fact.established) for fact in said.facts)


def test_every_wording_of_the_page_is_known():
    for name in ("ru", "en"):
        with speaking(name):
            for exhibit in exhibits(
                    {"good_id": "A", "description": BOOTS, "declared_code": "6404199000",
                     "quantity": 3, "value": 5, "currency": "EUR", "weight": 2},
                    {"good_id": "B", "description": "Шлёпанцы, верх – ремешки"},
                    {"good_id": "C", "description": ""}):
                html = fragment(conclusion_of(exhibit, DAY))
                assert not re.search(r"\b(conclusion|columns|verdict|fusion|cases)\.\w", html)


@pytest.mark.parametrize("row, headline", [
    ({"description": ""}, "Код не определяется"),
    ({"description": "Крем для обуви чёрный"}, "Не обувь")])
def test_a_good_without_a_code_has_a_page_too(row, headline):
    said = conclusion(row)
    assert said.headline.startswith(headline) and not said.codes
    assert said.remarks
    assert headline in Seen(page(said)).text


def test_a_duty_by_value_is_said_in_per_cent_and_as_a_sum():
    said = conclusion({"description": "Термостат электронный для управления температурой котла",
                       "value": "1500", "currency": "EUR"})
    assert said.codes
    told = " ".join(value for _, value in said.duties).replace("\xa0", " ")
    assert "% стоимости" in told and "за единицу" not in told


def test_both_languages_say_the_same_page():
    exhibit, = exhibits({"good_id": "A", "description": BOOTS, "quantity": 3})
    pages = {}
    for name in ("ru", "en"):
        with speaking(name):
            pages[name] = Seen(fragment(conclusion_of(exhibit, DAY))).text
    assert "Заключение о классификации товара" in pages["ru"]
    assert "Conclusion on the classification of goods" in pages["en"]
    quoted = re.sub("«[^»]*»|“[^”]*”", "", pages["en"].replace(BOOTS, ""))
    left = set(re.findall("[а-яё]{4,}", quoted, re.I))
    # the source of the edition and the rate are printed as the tariff has them
    assert left <= {"ЕАЭС", "решение", "Совета", "евро", "пару", *re.findall(r"\w+", BOOTS)}
    assert "2026-03-09" in pages["en"] and "09.03.2026" in pages["ru"]


def test_html_of_the_users_files_is_text():
    exhibit, = exhibits({"good_id": HOSTILE, "description": HOSTILE, "currency": HOSTILE,
                         "value": 5}, photos={HOSTILE: [MadePhoto("<img src=x>.jpg", None),
                                                        MadePhoto("<b>.jpg")]})
    html = "".join(document([exhibit], DAY))
    seen = Seen(html)
    assert "script" not in seen.tags and seen.tags.count("img") == 1
    assert all(source.startswith("data:image/jpeg;base64,") for source in seen.sources)
    assert HOSTILE in seen.text


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=60), st.text(max_size=40))
def test_any_text_is_shown_as_it_is_and_makes_no_tag(good, description):
    row = {"good_id": f"x{good}", "description": f"ботинки {description}"}
    said = conclusion(row)
    plain_page = Seen(fragment(conclusion({"good_id": "x", "description": "ботинки"})))
    seen = Seen(fragment(said))
    marks = ("span", "sup", "br")
    assert [t for t in seen.tags if t not in marks and t not in ("p", "td", "tr", "table")] \
        == [t for t in plain_page.tags if t not in marks and t not in ("p", "td", "tr", "table")]
    text = f"ботинки {description}"
    assert not description.strip() or plain("".join(piece.text for piece in said.text)) in (
        plain(text), plain(text.strip()))  # what is around it says nothing


def test_what_cannot_be_printed_or_turns_the_line_is_made_visible():
    text = "верх\x00 из\u202e кожи\ud800"
    assert plain(text) == "верх\ufffd из\ufffd кожи\ufffd" and len(plain(text)) == len(text)
    said = conclusion({"description": "ботинки \u202eиз кожи"})
    assert "\u202e" not in fragment(said)
    fragment(said).encode("utf-8")


def test_nothing_is_fetched_by_a_document():
    exhibit, = exhibits({"good_id": "A", "description": BOOTS},
                        photos={"A": [MadePhoto("1.jpg"), "http://evil/x.jpg"]})
    html = "".join(document([exhibit], DAY))
    assert "default-src 'none'" in html
    assert [source[:5] for source in Seen(html).sources] == ["data:"]
    assert "url(" not in html and "@import" not in html


def test_photos_are_small_copies_of_what_can_be_read():
    said = conclusion({"good_id": "A", "description": BOOTS}, photos=[
        MadePhoto("A/1.png", (3000, 1000)), MadePhoto("A/2.jpg", None)])
    good, bad = said.photos
    assert (good.name, good.width, good.height) == ("1.png", 400, 133)
    content = base64.b64decode(good.data.partition(",")[2])
    assert Image.open(io.BytesIO(content)).size == (400, 133)
    assert bad.name == "2.jpg" and not bad.data and "файла нет" in bad.reason
    assert bad.reason in Seen(fragment(said)).text


def test_photos_fill_no_more_than_the_width_of_the_page():
    said = conclusion({"good_id": "A", "description": BOOTS},
                      photos=[MadePhoto(f"{n}.png", (900, 300)) for n in range(PHOTOS + 3)])
    html = fragment(said)
    widths = list(map(int, re.findall(r'width="(\d+)" height', html)))
    assert len(widths) == PHOTOS and sum(widths) <= 660
    assert "и ещё 3" in html


def test_a_path_and_what_has_one_are_photos_as_well(tmp_path):
    path = tmp_path / "1.png"
    Image.new("RGB", (10, 20), "red").save(path)

    class Seen:
        def __init__(self, path):
            self.path = str(path)
    said = conclusion({"good_id": "A", "description": BOOTS}, photos=[path, str(path), Seen(path)])
    assert [(photo.name, bool(photo.data)) for photo in said.photos] == [("1.png", True)] * 3


def test_of_an_endless_description_the_beginning_is_shown_and_it_is_said_so():
    said = conclusion({"description": BOOTS + ", слово" * 1000})
    assert sum(len(piece.text) for piece in said.text) == CHARACTERS
    assert str(CHARACTERS) in said.cut


def test_a_document_is_made_good_by_good():
    case = case_of(goods_of_rows([{"good_id": "A", "description": BOOTS}]))
    verdict, = case.decide()
    asked = []

    def endless():
        while True:
            asked.append(1)
            yield Exhibit(case, verdict)
    parts = document(endless(), DAY)
    for _ in range(3):
        next(parts)
    assert len(asked) == 2


def test_both_codes_of_a_legal_gap_stand_there_with_what_they_have_in_common_once():
    said = conclusion({"description": "Ботинки унисекс с верхом из натуральной кожи, на подошве "
                                      "из натуральной кожи", "declared_code": "6403 51"})
    assert len(said.codes) == 2
    assert [line for line, _ in said.lines].count("6403 51") == 1
    assert "Пробел закона" in Seen(fragment(said)).text
    assert said.agrees.startswith("Заявленный код 6403 51 согласуется")
