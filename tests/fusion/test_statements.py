"""Columns called as facts, cells called as their values: what they mean."""
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orangecontrib.customs.declarations.reading import STATED, Finding, Reading, evidence_of
from orangecontrib.customs.facts import Evidence, Fact, Value, Vocabulary
from orangecontrib.customs.fusion.statements import STRENGTH, fact_columns, ratio_of, statements_of
from orangecontrib.customs.groups import find_group, loaded_groups
from orangecontrib.customs.i18n import say, speaking

NIB = Fact("nib_kind", "kind of nib", "вид пера", (
    Value("steel", "steel", "стальное"), Value("gold", "gold", "золотое"),
    Value("felt", "felt or fibre", "из фетра или волокна")))
INK = Fact("ink", "ink", "чернила", (Value("liquid", "liquid", "жидкие"),
                                     Value("paste", "paste", "паста")))
PEN = Vocabulary([NIB, INK])


def said(vocabulary=PEN, keys="ABCDEFGH", **table):
    length = max(map(len, table.values()))
    return statements_of(table, table.get, list(keys[:length]), vocabulary)


def allowed(statements, fact):
    """Per row, the likeliest values; none where nothing is said."""
    rows, ids = statements.evidence.loglik[fact], np.array(PEN[fact].value_ids)
    return [set(ids[row == row.max()]) if (row != row[0]).any() else set() for row in rows]


@pytest.mark.parametrize("name", ["nib_kind", "Nib kind", "kind of nib", "KIND  OF NIB",
                                  "вид пера", "Вид_пера", "вид\u00a0пера",
                                  "вид пepа"])  # with Latin p and e
def test_a_column_is_called_by_the_id_or_a_name_of_its_fact(name):
    assert fact_columns([name, "nib", "", "colour"], PEN) == {name: ["nib_kind"]}


@pytest.mark.parametrize("cell, values", [
    ("gold", {"gold"}), (" Gold ", {"gold"}), ("ЗОЛОТОЕ", {"gold"}), ("felt", {"felt"}),
    ("felt or fibre", {"felt"}), ("из фетра или волокна", {"felt"}),
    ("gold|steel", {"gold", "steel"}), ("золотое | steel", {"gold", "steel"}),
    ("золотое или стальное", {"gold", "steel"}), ("gold or steel", {"gold", "steel"}),
    ("gold or felt or fibre", {"gold", "felt"}), ("felt or fibre or gold", {"gold", "felt"}),
    ("стальное ИЛИ из фетра или волокна", {"steel", "felt"}), ("gold|gold", {"gold"})])
def test_a_cell_is_a_value_by_its_id_or_a_name_or_one_of_several(cell, values):
    found = said(nib_kind=[cell])
    assert allowed(found, "nib_kind") == [values] and not found.remarks


@pytest.mark.parametrize("cell", ["", "  ", "gold|steel|felt"])
def test_an_empty_cell_and_one_that_allows_all_say_nothing(cell):
    found = said(nib_kind=[cell, "gold"])
    assert found.evidence.says("nib_kind").tolist() == [False, True] and not found.remarks


@pytest.mark.parametrize("cell", ["silver", "gold|silver", "gold|", "|", "gold, steel", "5",
                                  "not gold", "gold|" * 5000])
def test_a_cell_that_is_no_value_says_nothing_and_is_named_and_the_rest_goes_on(cell):
    found = said(nib_kind=["gold", cell, "steel", cell], ink=["paste", "paste", "", ""])
    assert found.evidence.says("nib_kind").tolist() == [True, False, True, False]
    assert found.evidence.says("ink").tolist() == [True, True, False, False]
    remark, = found.remarks
    assert remark.startswith("column 'nib_kind', row 2 and 1 more: '")
    assert cell.strip() in remark and remark.endswith("there are: steel, gold, felt")


def test_of_two_columns_of_a_fact_the_one_that_is_understood_counts_and_the_other_is_named():
    found = said(**{"nib_kind": ["0.5 mm", "gold"], "вид пера": ["золотое", "стальное"]})
    assert allowed(found, "nib_kind") == [{"gold"}, {"steel"}]
    assert any("'nib_kind' is left out: 'вид пера' is the same fact" in r for r in found.remarks)
    assert any("'0.5 mm'" in remark for remark in found.remarks)


def test_a_name_that_two_facts_have_means_the_fact_whose_values_stand_there():
    both = Vocabulary([INK, Fact("ink_of_stamp", "ink", "чернила", (
        Value("oil", "oil", "масляные"), Value("water", "water", "водные")))])
    assert said(both, **{"чернила": ["масляные"]}).evidence.says("ink_of_stamp").all()
    assert said(both, **{"чернила": ["жидкие"]}).evidence.says("ink").all()
    assert said(both, ink=["масляные"]).remarks  # an id is an id


def test_a_table_without_such_columns_changes_nothing():
    evidence, notes = Evidence(["A"], {"ink": np.array([[0., -1.]])}), {("A", "ink"): "x"}
    assert said(colour=["red"]).beside(evidence, notes, PEN) == (evidence, notes, {})


# beside words

def read(values, strength=.98, kind=STATED, fact="ink"):
    finding = Finding(fact, values, ratio_of(PEN[fact], values, strength), 0, 1, "x", kind)
    return evidence_of(["A"], [Reading("", (finding,))], PEN)


def test_what_words_and_a_column_both_state_counts_once():
    words = read(("paste",), STRENGTH)
    both, notes, problems = said(ink=["паста"]).beside(words, {("A", "ink"): "«пастой»"}, PEN)
    assert np.allclose(np.diff(both.loglik["ink"]), np.diff(words.loglik["ink"]))
    assert say(notes["A", "ink"]) == "«пастой», столбец «ink» – «паста»" and not problems


def test_of_what_agrees_the_narrower_statement_holds():
    for words, cell in ((("gold", "steel"), "gold"), (("gold",), "gold|steel")):
        both, _, problems = said(nib_kind=[cell]).beside(read(words, fact="nib_kind"), {}, PEN)
        assert both.loglik["nib_kind"].argmax() == 1 and not problems
        assert np.sort(both.loglik["nib_kind"][0])[1] < -3


def test_where_words_and_a_column_contradict_each_other_the_column_counts_and_it_is_said():
    column = said(ink=["паста"])
    both, notes, problems = column.beside(read(("liquid",)), {("A", "ink"): "«жидкими»"}, PEN)
    assert np.allclose(np.diff(both.loglik["ink"]), np.diff(column.evidence.loglik["ink"]))
    assert say(notes["A", "ink"]) == "столбец «ink» – «паста»"
    assert say(problems["A"][0]) == \
        "чернила: столбец «ink» – «паста», а описание говорит иное; учтён столбец"
    with speaking("en"):
        assert say(problems["A"][0]).startswith("ink: the column “ink” is “паста”, but")


def test_a_hint_of_words_does_not_contradict_a_column():
    both, _, problems = said(ink=["паста"]).beside(read(("liquid",), .6), {}, PEN)
    assert both.loglik["ink"].argmax() == 1 and not problems


def test_words_of_facts_and_goods_that_no_cell_speaks_of_stay_as_they_are():
    words = Evidence(["B", "A"], {"ink": np.array([[0., -1.], [0., -2.]]),
                                  "nib_kind": np.array([[0., -1., -3.], [0., 0., 0.]])})
    both, _, _ = said(ink=["", "", "паста"]).beside(words, {}, PEN)
    assert both.keys == ("A", "B", "C")
    assert both.loglik["ink"][:2].tolist() == [[0, -2], [0, -1]] and both.says("ink").all()
    assert both.loglik["nib_kind"].tolist() == [[0, 0, 0], [0, -1, -3], [0, 0, 0]]


# any group, any wording

GROUPS = [group.id for group in loaded_groups()]


@st.composite
def cells(draw, fact, of):
    """Some values of a fact, and a cell that says them."""
    values = draw(st.lists(st.sampled_from(of(fact).values), min_size=1, unique=True))
    words = [draw(st.sampled_from([v.id, v.ru, v.en, v.ru.upper(), f" {v.en} "])) for v in values]
    between = [draw(st.sampled_from(["|", " | ", " или ", " or "])) for _ in words[1:]] + [""]
    return {v.id for v in values}, "".join(w + b for w, b in zip(words, between))


@pytest.mark.parametrize("name", GROUPS)
@given(data=st.data())
def test_values_of_every_installed_fact_are_understood_in_any_wording(name, data):
    vocabulary = find_group(name).vocabulary
    fact = vocabulary[data.draw(st.sampled_from(list(vocabulary)))]
    values, cell = data.draw(cells(fact.id, vocabulary.get))
    column = data.draw(st.sampled_from([fact.id, fact.ru, fact.en, fact.ru.upper()]))
    found = said(vocabulary, **{column: [cell]})
    meant = tuple(v for v in fact.value_ids if v in values)
    finding = Finding(fact.id, meant, ratio_of(fact, meant), 0, 1, "", STATED)
    stated = evidence_of(["A"], [Reading("", (finding,))], {fact.id: fact})
    assert not found.remarks
    assert (found.evidence.loglik[fact.id] == stated.loglik[fact.id]).all()
