"""What is not understood of a description: the evidence weighs less, and it is said why."""
import numpy as np
import pytest

from orangecontrib.customs.cases import decide
from orangecontrib.customs.declarations import FactReader
from orangecontrib.customs.declarations.reading import Doubt, Finding, Reading, evidence_of
from orangecontrib.customs.declarations.several import Several, told
from orangecontrib.customs.groups import find_group
from orangecontrib.customs.i18n import say, speaking

READER = FactReader(find_group("footwear"))
ORDINARY = ("ОБУВЬ ЖЕНСКАЯ, С ВЕРХОМ ИЗ НАТУРАЛЬНОЙ КОЖИ, НА ПОДОШВЕ ИЗ РЕЗИНЫ, ЗАКРЫВАЮЩАЯ "
            "ЛОДЫЖКУ, С ДЛИНОЙ СТЕЛЬКИ 24 СМ ИЛИ БОЛЕЕ, В ИНДИВИДУАЛЬНЫХ УПАКОВКАХ, "
            "ДЛЯ РОЗНИЧНОЙ ПРОДАЖИ")
PLATES = ("Ботинки танцевальные, верх - кожа; к подошве привинчены латунные пластины, которыми "
          "танцор отбивает ритм")


def rows_of(*texts):
    return decide([{"good_id": str(n), "description": text} for n, text in enumerate(texts)])


def doubts_of(text):
    return {doubt.fact: doubt for doubt in READER.read(text).doubts}


@pytest.mark.parametrize("text", [
    ORDINARY,
    "Туфли женские чёрные на шнурках, верх - натуральная кожа, подошва - резина, Италия",
    "Men's black lace-up shoes, leather upper, rubber sole, packed in boxes",
    "Кроссовки мужские Nike Air Max, верх - текстиль, подошва - ЭВА, арт. FS950",
])
def test_an_ordinary_description_is_not_doubted(text):
    assert not doubts_of(text)


@pytest.mark.parametrize("text", [
    PLATES,
    "Dance boots, leather upper; brass plates screwed beneath the sole strike a rhythm",
    "Туфли, верх - кожа, подошва - резина с намертво вклеенными клочьями ковра и соломы",
])
def test_words_that_no_table_knows_raise_a_doubt_on_the_sole(text):
    assert doubts_of(text)["sole"].words


def test_the_more_words_are_unknown_the_greater_is_the_doubt():
    known = "Туфли женские, верх - кожа, подошва - резина"
    shares = [doubts_of(known + strange)["upper"].share if strange else 0. for strange in (
        "", ", верблюжий шатёр", ", верблюжий шатёр, пламенный тюлень, кашалот",
        ", верблюжий шатёр, пламенный тюлень, кашалот, вертолёт, самовар")]
    assert shares == sorted(set(shares))


def test_names_in_other_letters_are_no_unknown_words():
    plain = "Туфли женские, верх - кожа, подошва - резина"
    assert not doubts_of(f"{plain}, Zorbalino Frumpet Quixote")


def test_a_sole_that_is_named_in_words_that_are_not_understood_is_doubted_more():
    stated = doubts_of("Тапки, верх текстиль, подошва из резины и кокосовой копры")["sole"].share
    assert doubts_of("Тапки, верх текстиль, подошва из кокосовой копры")["sole"].share > stated


def test_moulded_footwear_may_be_watertight_where_nothing_is_said_of_it():
    moulded = "Сабо литые, верх и подошва - ПВХ"
    assert doubts_of(moulded)["waterproof"].share > 0
    assert "waterproof" not in doubts_of(f"{moulded}, водонепроницаемые")
    assert "waterproof" not in doubts_of("Сабо, верх и подошва - ПВХ")


def test_a_doubt_mixes_what_was_read_with_goods_that_are_not_as_read():
    vocabulary = {"upper": READER.vocabulary["upper"]}
    prior = np.array(READER.priors["upper"])
    unread = np.full(len(prior), 1 / len(prior))
    doubt = Doubt("upper", .3, ("медь",), tuple(prior), tuple(unread))
    finding = Finding("upper", ("leather",), 100., 0, 4, "кожа", "stated")
    read, mixed = (evidence_of(["a"], [Reading("кожа", (finding,), doubts=doubts)], vocabulary)
                   .posterior({"upper": prior})["upper"][0] for doubts in ((), (doubt,)))
    np.testing.assert_allclose(mixed, .7 * read + .3 * unread)


def test_where_nothing_was_read_a_doubt_alone_is_evidence():
    vocabulary = {"sole": READER.vocabulary["sole"]}
    prior = np.array(READER.priors["sole"])
    unread = np.full(len(prior), 1 / len(prior))
    doubt = Doubt("sole", .3, ("медь",), tuple(prior), tuple(unread))
    found = evidence_of(["a"], [Reading("x", (), doubts=(doubt,))], vocabulary)
    np.testing.assert_allclose(found.posterior({"sole": prior})["sole"][0],
                               .7 * prior + .3 * unread)


def test_a_doubt_is_told_in_the_trace_and_by_explain():
    for language, words in (("ru", "не поняты"), ("en", "not understood")):
        with speaking(language):
            assert words in say(READER.read(PLATES).words()["sole"])
            assert words in "\n".join(map(str, READER.stages(PLATES).lines(READER.vocabulary)))


def test_a_doubtful_description_is_less_sure_than_the_same_without_the_strange_words():
    plain, strange = rows_of("Ботинки танцевальные, верх - кожа", PLATES)
    assert strange["p_heading"] < .8 < plain["p_heading"]


def test_no_heading_is_named_that_is_less_likely_than_all_others_together():
    row, = rows_of("Сапожки волшебные: пух лебедя, жемчужная скорлупа, ртутный иней, сукровица")
    assert not row["code"] and not row["heading"]
    plain, = rows_of("Сапожки женские")   # of which simply nothing is said
    assert plain["code"]


def test_an_answer_of_the_analyst_is_no_matter_of_words():
    from orangecontrib.customs.cases import Good, case_of
    case = case_of([Good("a", "a", PLATES)])
    before, = case.decide()
    after, = case.decide(answers={"a": {"sole": "rubber", "upper": "leather"}})
    assert before.p_heading < .8 and after.p_heading > .9


def test_one_by_one_is_bit_identical_to_the_batch():
    texts = [PLATES, ORDINARY, "Dance boots, leather upper; brass plates beneath the sole"]
    assert [rows_of(text)[0]["p_heading"] for text in texts] \
        == [row["p_heading"] for row in rows_of(*texts)]


def test_a_cell_of_a_table_keeps_that_something_was_not_understood():
    some = Several(understood=False)
    assert told(some.text) == some and some
    assert told('{"apart": false, "choices": []}') == Several((), False)   # as it was written


def test_each_share_says_where_it_is_from_and_each_doubted_fact_has_its_goods():
    group = find_group("footwear")
    for doubt in READER.read(PLATES).doubts:
        assert len(doubt.unread) == len(group.vocabulary[doubt.fact].values)
        assert sum(doubt.unread) == pytest.approx(1) and min(doubt.unread) > 0


KINDS = [   # variations that were written after the kinds had been mended
    ("Тапки комнатные из фетра (и верх, и подошва)", {"upper": "textile", "sole": "other"}),
    ("House slippers of wool felt (upper and sole), open heel",
     {"upper": "textile", "sole": "other"}),
    ("Women's shoes, leather (both upper and sole)", {"upper": "leather", "sole": "leather"}),
    ("Полусапоги резиновые, верх и подошва отлиты как одно целое, непромок., выше щиколотки",
     {"assembly": "moulded", "waterproof": "yes"}),
    ("Сапоги рыбацкие полиуретановые, из одного куска, водонепроницаемые", {
        "assembly": "moulded", "waterproof": "yes"}),
    ("EVA boots, upper and sole moulded in one, waterproof", {
        "assembly": "moulded", "waterproof": "yes"}),
    ("Туфли для гольфа, верх кожаный, подошва резиновая с запрессованными шипами",
     {"sport": "sport"}),
    ("Golf shoes, leather upper, rubber sole with inserted spikes", {"sport": "sport"}),
    ("Мотоботы высотой 28 см, верх из натуральной кожи, подошва резиновая", {"height": "calf"}),
    ("Тапочки, верх велюр текстильный, подошва - синтетическая замша из полиэфирных волокон",
     {"sole": "other"}),
    ("Slippers, fleece upper, outer sole of faux suede (100% polyester)", {"sole": "other"}),
    ("Туфли женские, верх из хлопка, полностью покрытого слоем пластмассы, подошва резина",
     {"upper": "plastic"}),
    ("Women's shoes, upper of cotton completely covered with a visible layer of PVC, rubber sole",
     {"upper": "plastic"}),
]


@pytest.mark.parametrize("text, stated", KINDS)
def test_kinds_that_an_unseen_half_had_wrong(text, stated):
    found = READER.read(text).stated()
    assert {fact: "|".join(found.get(fact, ())) for fact in stated} == stated


@pytest.mark.parametrize("text, heading", [
    ("Туфли для гольфа, белая кожа, подошва ТЭП с шипами", "6403"),
    ("Ботинки походные: кожа КРС, мембрана, подошва вибрам", "6403"),
    ("Кроссовки мужские, сетка и полиэстер, подошва ЭВА", "6404"),
    ("Шлёпанцы, широкий ремень из полиуретана, подошва пластмассовая", "6402"),
    ("Босоножки женские, ремешок кожаный с пряжкой, подошва резиновая", "6403"),
    ("Основание босоножки из полиуретана с каблуком, без ремешков", "6406"),
    ("Base of a sandal, moulded plastic, without straps", "6406"),
])
def test_a_material_that_is_bound_to_no_part_is_the_uppers_it_seems(text, heading):
    row, = rows_of(text)
    assert row["code"].startswith(heading)
