"""The card, the list and the evidence of goods: what is computed for people to read."""
from dataclasses import replace

import pytest

from orangecontrib.customs.cases import case_of
from orangecontrib.customs.cases.card import BUTTONS, asked, card_of, shortened
from orangecontrib.customs.cases.evidence import fact_rows
from orangecontrib.customs.cases.files import goods_of_rows
from orangecontrib.customs.cases.marked import pieces_of
from orangecontrib.customs.cases.sources import PhotoEvidence
from orangecontrib.customs.cases.worklist import QUEUES, line_of, next_of
from orangecontrib.customs.facts import Evidence, Priors
from orangecontrib.customs.groups import loaded_groups
from orangecontrib.customs.i18n import say, speaking

BOOTS = ("Ботинки мужские, закрывающие лодыжку, но не часть икры, верх из натуральной кожи, "
         "подошва из резины, длина стельки 27 см, без защитного металлического подноска")
SNEAKERS = "Кеды, не закрывающие лодыжку, верх из текстильного материала, подошва из резины"
LOW = Evidence(["A"], {"height": [[0., -6, -6, -6]]})


def case(rows=({"good_id": "A", "description": BOOTS},), photos=None):
    photos = None if photos is None else PhotoEvidence(photos, {}, [])
    return case_of(goods_of_rows(list(rows)), photos)


def plain(said, language="ru"):
    return say(said, language).replace("\N{NO-BREAK SPACE}", " ")


# -- the card

def test_the_card_tells_code_certainty_safe_digits_and_money():
    made = case([{"good_id": "A", "description": BOOTS, "quantity": 200}])
    card = card_of(made, made.decide()[0])
    assert [candidate.code for candidate in card.codes] == ["6403911600"]
    assert plain(card.sure) == plain(card.codes[0].p) and plain(card.sure).endswith("%")
    assert "€ пошлины под риском" in plain(card.money[0])
    assert plain(card.money[1]) == "пошлина 1.25 € за единицу"
    assert "надёжн" in plain(card.safe)


def test_without_a_quantity_money_is_per_unit():
    made = case()
    assert "за единицу" in plain(card_of(made, made.decide()[0]).money[0])


def test_money_at_risk_is_that_of_all_units_where_any_good_tells_how_many():
    alone = case([{"good_id": "A", "description": BOOTS}])
    made = case([{"good_id": "A", "description": BOOTS, "quantity": 2000},
                 {"good_id": "B", "description": BOOTS}])
    unit = line_of(alone, alone.decide()[0], 0).risk
    first, second = (line_of(made, v, row) for row, v in enumerate(made.decide()))
    assert unit > 0 and first.risk == pytest.approx(2000 * unit)
    assert second.at_risk == ""     # not to be held against a sum
    assert plain(card_of(made, made.decide()[0]).money[0]).startswith(f"{first.at_risk} €")


def test_a_contradiction_is_a_whole_sentence_without_numbers():
    made = case(photos=LOW)
    card = card_of(made, made.decide()[0])
    said, = map(plain, card.contradictions)
    assert "текст – «закрывает лодыжку" in said and "фото – «не закрывает" in said
    assert "Байес" not in said


def test_an_answer_by_hand_is_no_contradiction_of_its_own():
    made, answers = case(photos=LOW), {"A": {"height": "calf"}}
    card = card_of(made, made.decide(answers=answers)[0])
    assert len(card.contradictions) == 1


def test_another_declared_code_tells_the_facts_and_the_money_that_differ():
    made = case([{"good_id": "A", "description": SNEAKERS, "declared_code": "6403999600"}])
    card = card_of(made, made.decide()[0])
    assert card.agrees == "no"
    said = plain(card.declared)
    assert "6403 99 960 0" in said and "материал верха" in said and "−0.78 €" in said


def test_the_same_declared_code_agrees():
    made = case([{"good_id": "A", "description": BOOTS, "declared_code": "6403911600"}])
    card = card_of(made, made.decide()[0])
    assert card.agrees == "yes" and plain(card.declared) == "заявлен тот же код"


def test_goods_of_other_kinds_have_a_title_in_place_of_the_code():
    made = case([{"good_id": "A", "description": "Крем для обуви чёрный"}])
    card = card_of(made, made.decide()[0])
    assert not card.codes and plain(card.title)[0].isupper() and not card.money


def test_a_question_tells_the_error_before_and_after_and_offers_the_likeliest_values():
    made = case([{"good_id": "A", "description": "Обувь", "quantity": 100}])
    verdict, = made.decide()
    question = verdict.questions[0]
    spread = made.beliefs(0)[question.fact].spread
    found = asked(made, verdict, question, spread)
    assert "→" in plain(found.worth) and "€ меньше под риском" in plain(found.worth)
    assert set(found.likely) | set(found.others) == set(question.about.values)
    many = replace(question.about, values=question.about.values * 3)
    assert len(asked(made, verdict, replace(question, about=many)).likely) == BUTTONS


def test_a_path_keeps_its_end():
    assert shortened(["a" * 200, "прочая", "женская"], most=40).endswith("› прочая › женская")
    assert shortened(["обувь", "прочая"]) == "обувь › прочая"


@pytest.mark.parametrize("language", ["ru", "en"])
def test_all_that_the_card_says_is_in_one_language(language):
    made = case([{"good_id": "A", "description": BOOTS, "declared_code": "6403999600"}],
                photos=LOW)
    verdict, = made.decide()
    card = card_of(made, verdict)
    said = [card.sure, card.safe, *card.money, card.declared, *card.contradictions, card.flip,
            *(line for row in fact_rows(made, 0, verdict) for line in row.lines[2:])]
    for text in (plain(one, language) for one in said):
        letters = "".join(part for part in text.split("«")[0] if part.isalpha())
        assert all(("а" <= c.lower() <= "я" or c in "ёЁ") == (language == "ru")
                   for c in letters), text


# -- evidence

def test_signs_refer_to_the_value_that_is_shown():
    made = case(photos=LOW)
    verdict, = made.decide()
    row = next(row for row in fact_rows(made, 0, verdict) if row.fact.id == "height")
    said = {one.witness: one for one in row.said}
    for one in said.values():
        assert (one.weight > 0) == (one.value == row.value)
    assert said["text"].weight * said["photos"].weight < 0 and row.contradicted
    assert plain(said["text"].words).partition(",")[0] in ("за", "против")


def test_what_contradicts_comes_first_and_assumptions_last():
    made = case(photos=LOW)
    rows = fact_rows(made, 0, made.decide()[0])
    assert rows[0].fact.id == "height"
    assert rows[-1].assumed and not rows[-1].said


def test_the_place_of_a_witness_is_its_own_probability():
    made = case()
    row = next(r for r in fact_rows(made, 0, made.decide()[0]) if r.fact.id == "upper")
    assert row.value.id == "leather" and row.prior_place < row.said[0].place
    assert row.place == pytest.approx(row.said[0].place)


def test_an_answer_by_hand_speaks_strongest():
    made, answers = case(), {"A": {"sex": "women"}}
    row = next(r for r in fact_rows(made, 0, made.decide(answers=answers)[0], answers)
               if r.fact.id == "sex")
    assert row.answered == "women" == row.value.id
    assert max(row.said, key=lambda said: said.weight).witness == "analyst"


# -- marked words

@pytest.mark.parametrize("text", [BOOTS, SNEAKERS, "Обувь 👞 мужская, верх из кожи", "x"])
def test_the_pieces_of_a_description_are_the_description(text):
    pieces = pieces_of(text, loaded_groups())
    assert "".join(piece.text for piece in pieces) == text


def test_words_that_speak_of_a_fact_are_marked_with_it():
    pieces = {piece.text: piece for piece in pieces_of(BOOTS, loaded_groups())}
    assert pieces["мужские"].facts == ("sex",)
    assert plain(pieces["мужские"].said[0]) == "пол: мужская (сказано)"


def test_goods_keep_their_descriptions():
    assert case().goods[0].description == BOOTS


# -- the list

def lines(**marks):
    made = case([{"good_id": "A", "description": BOOTS, "quantity": 1},
                 {"good_id": "B", "description": "Обувь", "quantity": 10},
                 {"good_id": "C", "description": SNEAKERS, "quantity": 1000}])
    return [line_of(made, verdict, row, reviewed=verdict.key in marks.get("reviewed", ()))
            for row, verdict in enumerate(made.decide())]


def test_queues_put_first_what_they_are_called_after():
    made = lines()
    first = {queue: min(made, key=key).key for queue, (_, key) in QUEUES.items()}
    assert first["table"] == "A" and first["doubt"] == "B"
    assert first["money"] == max(made, key=lambda line: line.risk).key


def test_the_next_good_of_a_queue_is_not_reviewed():
    made = lines(reviewed=("B",))
    assert made[1].reviewed and "✓" in made[1].marks
    assert made[next_of(made, "doubt")].key != "B"
    assert next_of(lines(reviewed="ABC"), "table") == -1


def test_each_mark_says_why():
    made = case([{"good_id": "A", "description": BOOTS, "declared_code": "6404199000"}],
                photos=LOW)
    line = line_of(made, made.decide()[0], 0, answered=True, reviewed=True)
    assert line.marks.startswith("⚡≠") and line.marks.endswith("✎✓")
    assert [why[0] for why in line.why.splitlines()] == list(line.marks)
    with speaking("en"):
        assert "answered by hand" in line_of(made, made.decide()[0], 0, True).why


def test_where_a_prior_comes_from_is_said_if_it_is_not_the_group_s_own():
    own = loaded_groups(["footwear"])[0].priors
    given = Priors({"upper": own["upper"]}, {"upper": "ledger: 312 decisions"})
    made = case_of(goods_of_rows([{"good_id": "A", "description": BOOTS}]), priors=given,
                   groups=["footwear"])
    said = {row.fact.id: say(row.lines[-1], "en") for row in fact_rows(made, 0, made.decide()[0])}
    assert said["upper"] == "where that is from: ledger: 312 decisions"
    assert not any("where" in line for fact, line in said.items() if fact != "upper")
