"""Tariff search: a description → ranked headings and codes, and the words that made them."""
import pickle
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orangecontrib.customs.i18n import say
from orangecontrib.customs.nomenclature import LoadingError, Tariff, bundled_tariff
from orangecontrib.customs.nomenclature.search import TariffSearch
from orangecontrib.customs.nomenclature.search.exclusions import excluded
from orangecontrib.customs.nomenclature.search.misspelt import Misspelt
from orangecontrib.customs.nomenclature.search.words import language_of, stem, words_of
from orangecontrib.customs.nomenclature.tree import Line


def tariff(*rows, language="ru"):
    """Rows of (code, designation, parent's place)."""
    return Tariff([Line(code, parent=parent, **{language: text}) for code, text, parent in rows],
                  language=language)


def no_english():
    raise LoadingError("not installed")


def searching(*rows, **kwargs):
    return TariffSearch(tariff(*rows, **kwargs), english=no_english)


#: Two headings of furniture and one of vehicles, with lines that take the rest.
SMALL = (
    ("9401", "Мебель для сидения, кроме медицинской", None),
    ("940110", "сиденья для транспортных средств", 0),
    ("940190", "прочая", 0),
    ("9402", "Мебель медицинская", None),
    ("940210", "кресла стоматологические", 3),
    ("8712", "Велосипеды двухколесные", None),
    ("871200", "для детей", 5),
)


def codes(ranking):
    return [hit.code for hit in ranking.headings]


# -- what is found

def test_the_heading_whose_words_a_description_shares_comes_first():
    assert codes(searching(*SMALL).rank("ВЕЛОСИПЕД ДЛЯ ДЕТЕЙ"))[0] == "8712"


def test_forms_and_case_of_words_and_look_alike_letters_do_not_matter():
    search = searching(*SMALL)
    for text in ("велосипеда двухколесного", "ВЕЛОСИПЕДЫ", "BЕЛОСИПEД"):  # B, E: Latin
        assert codes(search.rank(text)) == ["8712"], text


def test_codes_stand_in_their_heading_the_best_first():
    hit = searching(*SMALL).rank("сиденье транспортного средства").headings[0]
    assert hit.code == "9401" and [code.code for code in hit.codes] == ["940110", "940190"]
    assert hit.score == hit.codes[0].score


def test_a_heading_is_as_good_as_its_best_line_and_explained_by_it():
    hit = searching(*SMALL).rank("мебель, кресло стоматологическое").headings[0]
    assert [(place.field, place.line) for place in hit.places] == [("above", 3), ("own", 4)]
    assert [place.pieces() for place in hit.places] == [
        [("Мебель", True), (" медицинская", False)],
        [("кресла", True), (" ", False), ("стоматологические", True)]]


def test_a_line_that_takes_the_rest_says_what_its_parent_says():
    search = searching(("9401", "Мебель для сидения", None), ("940110", "вращающаяся", 0),
                       ("940190", "прочая", 0))
    heading = search.rank("мебель для сидения").headings[0]
    rest, other = heading.codes
    assert rest.code == "940190" and rest.score == heading.score > other.score
    assert [(place.field, place.text) for place in rest.places] \
        == [("own", "Мебель для сидения"), ("own", "прочая")]
    turning = search.rank("мебель вращающаяся для сидения").headings[0]
    assert turning.codes[0].code == "940110"


def test_the_first_words_of_a_description_count_most():
    search = searching(("8712", "Велосипеды", None), ("8413", "Насосы", None))
    rest = " из металла" * 5
    assert codes(search.rank(f"насос{rest} велосипеда")) == ["8413", "8712"]
    assert codes(search.rank(f"велосипед{rest} насоса")) == ["8712", "8413"]


def test_no_more_is_given_than_is_asked_for():
    ranking = TariffSearch(bundled_tariff()).rank("обувь с верхом из кожи", top=2, codes=1)
    assert len(ranking.headings) == 2
    assert all(len(hit.codes) == 1 for hit in ranking.headings)
    assert [hit.code for hit in ranking.codes] \
        == [hit.codes[0].code for hit in ranking.headings]


def test_a_tariff_that_prints_ten_digits_only_has_headings():
    search = searching(("0501000000", "Волос человеческий", None), ("0502", "Щетина свиная", None))
    assert codes(search.rank("волос")) == ["0501"]
    assert search.rank("волос").codes[0].code == "0501000000"


# -- what is excluded

@pytest.mark.parametrize(("text", "out"), [
    ("обувь, кроме спортивной, мужская", ["кроме спортивной"]),
    ("одежда, кроме изделий из кожи, меха и текстиля", ["кроме изделий из кожи, меха и текстиля"]),
    ("кроссовки, кроме детских, подошва из резины и пластика", ["кроме детских"]),
    ("изделия (кроме часов, ламп) прочие", ["кроме часов, ламп"]),
    ("закрывающая лодыжку, но не часть икры, с подноском", ["не часть икры"]),
    ("не подвергнутые или подвергнутые обработке", ["не подвергнутые "]),
    ("без меха с подкладкой", ["без меха "]),
    ("мощностью не более 7,5 кВА; не превышающей 5 т", []),
    ("кроме того, обувь", []),
    ("tobacco, other than pipe tobacco, cigars or cigarettes, of leaf",
     ["other than pipe tobacco, cigars or cigarettes"]),
    ("trousers (excluding swimwear), cotton", ["excluding swimwear"]),
    ("not knitted or crocheted", ["not knitted or crocheted"]),
    ("whether or not knitted, not exceeding 5 kg", []),
    ("without fur but with lining", ["without fur "]),
])
def test_a_text_excludes_what_its_words_reach(text, out):
    assert [text[start:end] for start, end in excluded(text)] == out


def test_what_a_designation_excludes_does_not_attract():
    assert codes(searching(*SMALL).rank("медицинская")) == ["9402"]
    search = searching(("6402", "Boots, other than sports boots", None),
                       ("6403", "Sports shoes", None), language="en")
    assert codes(search.rank("sports goods")) == ["6403"]


def test_what_a_description_excludes_finds_only_what_excludes_it_too():
    search = searching(("0901", "Кофе", None), ("090121", "с кофеином", 0),
                       ("090122", "без кофеина", 0), ("2939", "Кофеин", None))
    assert search.rank("кофе без кофеина").headings[0].codes[0].code == "090122"
    assert search.rank("кофе с кофеином").headings[0].codes[0].code == "090121"
    ranking = search.rank("кофе без кофеина")
    assert codes(ranking) == ["0901"] and ranking.said("excluded") == ["кофеина"]


# -- what is not known

def test_words_that_stand_nowhere_are_named():
    ranking = searching(*SMALL).rank("Велосипед STELS, 16 дюймов, STELS")
    assert codes(ranking) == ["8712"]
    assert ranking.said("unknown") == ["STELS", "дюймов"]


@pytest.mark.parametrize(("text", "reason"), [
    ("ноутбук Lenovo", "search.unknown"), ("прочие", "search.unknown"),
    ("не ноутбук", "search.excluded"), ("", "search.no_words"), ("№ 123 45/6В", "search.no_words"),
    ("bicycle", "search.no_en")])
def test_where_nothing_is_known_nothing_is_ranked_and_the_reason_is_said(text, reason):
    ranking = searching(("8712", "Велосипеды", None), ("871200", "прочие", 0)).rank(text)
    assert not ranking.headings and not ranking.codes
    assert ranking.reason.id == reason
    assert say(ranking.reason, "ru") != say(ranking.reason, "en") != reason


def test_russian_words_are_not_looked_for_in_an_english_tariff():
    ranking = searching(("8712", "Bicycles", None), language="en").rank("велосипед")
    assert ranking.reason.id == "search.no_ru"


def test_a_word_one_letter_off_is_read_as_the_only_one_it_can_be_and_said_so():
    search = searching(*SMALL)
    ranking = search.rank("велосиппед")
    assert codes(ranking) == ["8712"]
    assert [word.read_as for word in ranking.words] == ["велосипеды"]
    assert ranking.headings[0].score < search.rank("велосипед").headings[0].score


def test_short_words_and_those_between_two_are_not_taken_for_others():
    known = Misspelt(["подошва", "подушка", "кожа", "кружок", "крючок"])
    assert known.meant("подошвв") == "подошва" and known.meant("поодшва") == "подошва"
    assert known.meant("подошв") == known.meant("подоошва") == "подошва"
    assert known.meant("кожи") is None
    assert Misspelt(["крючок", "крюкок"]).meant("крюзок") is None


# -- languages

def test_an_english_description_finds_russian_codes_by_the_harmonized_system():
    english = tariff(("8712", "Bicycles and other cycles", None), ("940210", "Dentists' chairs",
                                                                   None), language="en")
    search = TariffSearch(tariff(*SMALL), english=lambda: english)
    assert codes(search.rank("children's bicycle")) == ["8712"]
    hit = search.rank("chair for dentists").headings[0]
    assert hit.code == "9402" and hit.codes[0].code == "940210"
    assert [place.text for place in hit.places] == ["Мебель медицинская", "Dentists' chairs"]


def test_a_tariff_in_both_languages_needs_no_other():
    search = TariffSearch(bundled_tariff(), english=no_english)
    assert codes(search.rank("transformers"))[0] == codes(search.rank("трансформаторы"))[0]


def test_english_designations_are_not_loaded_before_they_are_asked_for():
    asked = []
    search = TariffSearch(tariff(*SMALL), english=lambda: asked.append(1) or bundled_tariff())
    search.rank("велосипед")
    assert not asked
    search.rank("shoes")
    search.rank("boots")
    assert asked == [1]


def test_brands_do_not_make_a_russian_description_english():
    assert language_of("ФИЛЬТР MANN HUMMEL FILTER") == "ru"
    assert language_of("filter 100% СOTTON") == "en"  # its С is Cyrillic
    assert stem("СOTTON") == stem("cotton")


# -- a trained model

def test_probabilities_of_a_trained_model_move_the_ranking():
    search = searching(*SMALL)
    text = "мебель"
    assert codes(search.rank(text, scores={"940190": .9}))[0] == "9401"
    assert codes(search.rank(text, scores={"9402": .9}))[0] == "9402"
    found = search.rank(text, scores={"871200": .9}).headings
    assert "8712" in [hit.code for hit in found]
    assert search.rank(text, scores={"8712": .9, "0101": .1}).headings  # not in this tariff


def test_without_probabilities_of_known_codes_the_order_stays():
    search = searching(*SMALL)
    text = "мебель для сидения и велосипед"
    assert codes(search.rank(text)) == codes(search.rank(text, scores={}))


# -- properties

WORDS = "обувь спортивная кроме не без кожа верх с и или прочие (мужская) ,; 24 см из other than"
TEXTS = st.lists(st.sampled_from([*WORDS.split(), "шапка", "ВЕРХА", "ко\u0301жаный"]), max_size=9
                 ).map(" ".join) | st.text(max_size=30)


def trees(draw):
    """Lines under two headings, in any shape."""
    rows = [("6401", draw(TEXTS), None)]
    for number in range(draw(st.integers(0, 5))):
        rows.append((f"6401{number:02}", draw(TEXTS), draw(st.integers(0, len(rows) - 1))))
    rows.append(("6402", draw(TEXTS), None))
    return searching(*rows)


SEARCHES = st.composite(trees)()


@settings(deadline=None, max_examples=150)
@given(SEARCHES, TEXTS)
def test_spans_lie_in_their_texts_in_order_and_scores_fall(search, text):
    ranking = search.rank(text)
    assert bool(ranking.headings) != (ranking.reason is not None)
    spans = [[(word.start, word.end) for word in ranking.words]]
    for hit in (*ranking.headings, *ranking.codes):
        assert hit.score > 0 and any(place.spans for place in hit.places)
        assert hit.places[0].line == search.tariff.find(hit.code[:4])
        for place in hit.places:
            assert place.text == search.tariff.title(place.line)
            assert "".join(piece for piece, _ in place.pieces()) == place.text
            spans.append(place.spans)
            assert all(place.text[start:end].strip() for start, end in place.spans)
    for some, whole in zip(spans, [text, *(place.text for hit in (
            *ranking.headings, *ranking.codes) for place in hit.places)]):
        ends = [0, *(edge for span in some for edge in span), len(whole)]
        assert ends == sorted(ends)
    for hits in (ranking.headings, *(hit.codes for hit in ranking.headings)):
        order = [(-hit.score, hit.line) for hit in hits]
        assert order == sorted(order)
    assert pickle.loads(pickle.dumps(ranking)) == ranking


@settings(deadline=None, max_examples=150)
@given(SEARCHES, TEXTS)
def test_a_word_never_counts_for_more_below_the_line_that_says_it(search, text):
    index, lines = search.index("ru"), search.tariff.lines
    said = [{word.term for word in words_of(line.ru)} for line in lines]
    terms = {word.term for word in words_of(text) if index is not None and word.term in index}
    for term in terms:
        scores = index.asked({term: 1.}).toarray()[0]
        for number in range(len(lines)):
            saying = [n for n in index.above(number) if term in said[n]]
            if term not in said[number] and len(saying) == 1 and not index.takes_rest[number]:
                assert scores[number] < scores[saying[0]]


@settings(deadline=None, max_examples=150)
@given(TEXTS | st.text(alphabet=string.ascii_letters + " ,()нЕкромсБзйё\u0306", max_size=60))
def test_exclusions_and_words_of_any_text_lie_in_it_in_order(text):
    edges = [edge for span in excluded(text) for edge in span]
    assert edges == sorted(edges) and all(0 <= edge <= len(text) for edge in edges)
    words = words_of(text)
    assert all(len(text[word.start:word.end].strip()) >= 2 and word.term for word in words)
    assert [word.start for word in words] == sorted({word.start for word in words})


@settings(deadline=None, max_examples=50)
@given(SEARCHES, TEXTS)
def test_the_same_question_has_the_same_answer(search, text):
    again = TariffSearch(search.tariff, english=no_english)
    assert search.rank(text) == search.rank(text) == again.rank(text)


@pytest.mark.parametrize("text", ["кофе жареный без кофеина", "ткани и нити для одежды",
                                  "coffee without sugar, and tea of leaves"])
def test_prepositions_find_nothing_however_rare_they_are_in_a_small_tariff(text):
    ranking = TariffSearch(bundled_tariff()).rank(text)
    for hit in ranking.headings:
        assert not {"без", "и", "для", "without", "and", "of"} & {
            piece.lower() for place in hit.places for piece, marked in place.pieces() if marked}
    if text.startswith(("кофе", "coffee")):
        assert not ranking.headings and ranking.reason is not None
