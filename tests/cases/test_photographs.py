"""What to photograph stands among what to ask, and only of facts that no photo shows."""
import numpy as np
import pytest

from orangecontrib.customs.cases import PhotoEvidence, decide
from orangecontrib.customs.cases.api import case_of
from orangecontrib.customs.cases.files import goods_of_rows
from orangecontrib.customs.facts import Evidence
from orangecontrib.customs.groups import find_group
from orangecontrib.customs.i18n import speaking

FOOTWEAR = find_group("footwear")
SHOES = "Туфли женские, верх из натуральной кожи, подошва из резины, длина стельки 25 см"
SANDALS = SHOES.replace("Туфли", "Босоножки")


def photos(shown):
    silent = {fact: np.zeros((1, len(FOOTWEAR.vocabulary[fact].values)))
              for fact in FOOTWEAR.visual_facts}
    return PhotoEvidence(Evidence(["A"], silent), {}, [], {"A": frozenset(shown)})


def row_of(shown=None, text=SHOES):
    row, = decide([{"good_id": "A", "description": text}],
                  photos=None if shown is None else photos(shown), groups=["footwear"])
    return row


def test_facts_that_no_photo_shows_are_told_and_what_to_photograph():
    row = row_of(set(FOOTWEAR.visual_facts) - {"heel", "vamp"}, SANDALS)
    assert row["not_shown"] == "союзка; подошва с каблуком"
    assert "с линейкой у каблука (подошва с каблуком)" in row["photograph"]
    with speaking("en"):
        assert "with a ruler at the heel (heel)" in row_of({"vamp"}, SANDALS)["photograph"]


def test_what_photos_show_is_not_to_be_photographed_again():
    row = row_of(FOOTWEAR.visual_facts)
    assert row["not_shown"] == "" and "союзка" not in row["photograph"]


def test_of_a_good_without_photos_all_may_be_photographed_and_nothing_is_missed():
    row = row_of()
    assert row["not_shown"] == "" and "союзка" in row["photograph"]


def test_photos_to_be_taken_are_ranked_among_the_questions():
    case = case_of(goods_of_rows([{"good_id": "A", "description": "Обувь женская"}]),
                   groups=["footwear"])
    verdict, = case.decide()
    gains = [ask.gain for ask in verdict.asks]
    assert gains == sorted(gains, reverse=True)
    assert len(gains) == len(verdict.questions) + len(verdict.photographs)
    together = next(photo for photo in verdict.photographs
                    if {q.fact for q in photo.questions} == {"upper", "sole"})
    assert together.gain > max(question.gain for question in together.questions)
    assert verdict.asks[0] is together, "one label answers two questions"
    assert together.gain <= 1 - verdict.p
    for photo in verdict.photographs:
        assert photo.gain <= sum(question.gain for question in photo.questions) + 1e-12


@pytest.mark.parametrize("name", [n for n in FOOTWEAR.wordings if n.startswith("footwear.photo.")])
def test_each_wording_of_a_photo_is_of_a_fact(name):
    assert name.rpartition(".")[2] in FOOTWEAR.vocabulary


def test_there_is_a_photo_for_each_fact_that_photos_show():
    assert {f"footwear.photo.{fact}" for fact in FOOTWEAR.visual_facts} <= FOOTWEAR.wordings.keys()
