"""Orange tables of evidence in; columns are known by attributes."""
import numpy as np
import pytest
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table

from orangecontrib.customs.cases.table import case_from_tables
from orangecontrib.customs.columns import FeatureColumn, Role
from orangecontrib.customs.declarations import FactReader
from orangecontrib.customs.declarations.table import facts_table
from orangecontrib.customs.fusion import Engine
from orangecontrib.customs.fusion.table import (
    default_key,
    evidence_from_table,
    keys_of,
)
from orangecontrib.customs.groups import find_group, footwear
from orangecontrib.customs.photos.table import pooled_table

TEXTS = ["БОТИНКИ МУЖСКИЕ С ВЕРХОМ ИЗ НАТУРАЛЬНОЙ КОЖИ, НА ПОДОШВЕ ИЗ РЕЗИНЫ",
         "САПОГИ ЖЕНСКИЕ, ВЕРХ - ТЕКСТИЛЬ"]


def declarations(texts=TEXTS, ids=("a", "b")):
    domain = Domain([], metas=[StringVariable("good_id"), StringVariable("description")])
    return Table.from_list(domain, [[i, t] for i, t in zip(ids, texts)])


def facts(table=None):
    table = declarations() if table is None else table
    return facts_table(table, table.domain["description"], FactReader(find_group("footwear")),
                       table.domain["good_id"])[0]


def test_facts_travel_through_a_table_without_loss():
    reader = FactReader(find_group("footwear"))
    direct = reader.evidence(("a", "b"), [reader.read(t) for t in TEXTS])
    read = evidence_from_table(facts()).evidence
    assert read.keys == ("a", "b")
    priors = footwear.group().priors
    for fact in direct.loglik:
        assert np.allclose(direct.posterior(priors)[fact], read.posterior(priors)[fact],
                           atol=.02)
        assert (direct.says(fact) == read.says(fact)).all()


def test_column_order_and_names_do_not_matter():
    table = facts()
    shuffled = table.transform(Domain(
        [var.renamed(f"x{i}") for i, var in enumerate(reversed(table.domain.attributes))],
        metas=table.domain.metas))
    first, second = (evidence_from_table(t).evidence for t in (table, shuffled))
    assert first.loglik.keys() == second.loglik.keys()
    for fact, values in first.loglik.items():
        assert np.allclose(values, second.loglik[fact])


def photos(ids, key="lot"):
    """Features of a photo per id, as the extractor marks them."""
    columns = [FeatureColumn(f.id, f.fact, f.value, .2, .5).mark(ContinuousVariable(f.id))
               for f in footwear.group().features]
    return Table.from_list(Domain(columns, metas=[StringVariable(key)]),
                           [[.1] * len(columns) + [i] for i in ids])


def saved(table, path):
    """The table as it comes to somebody who gets the .tab alone."""
    table.save(str(path))
    path.with_name(path.name + ".metadata").unlink(missing_ok=True)
    return Table(str(path))


def category(name):
    return DiscreteVariable(name, ("a", "b"))


@pytest.mark.parametrize("lot, part", [(StringVariable("lot"), "metas"),
                                       (category("lot"), "metas"), (category("lot"), "class")])
def test_facts_from_a_tab_file_meet_the_photos_by_their_key(lot, part, tmp_path):
    texts = StringVariable("number"), StringVariable("description")
    domain = Domain([], metas=[*texts, lot]) if part == "metas" else Domain([], lot, texts)
    cells = {"lot": ("b", "a"), "number": ("1", "2"), "description": TEXTS}
    table = Table.from_list(domain, [
        [cells[v.name][row] for v in (*domain.variables, *domain.metas)] for row in (0, 1)])
    said = facts_table(table, "description", FactReader(find_group("footwear")), "lot")[0]
    assert "role" not in lot.attributes, "the sender's table is left alone"
    assert list(said.get_column("lot")) == list(table.get_column("lot"))
    shown = pooled_table(photos("abb"), "lot")
    read, seen = (evidence_from_table(saved(t, tmp_path / f"{name}.tab")).evidence.keys
                  for name, t in (("facts", said), ("goods", shown)))
    assert read == ("b", "a") and seen == ("a", "b")


def test_facts_from_a_tab_file_meet_the_photos_in_a_case(tmp_path):
    lots = Table.from_list(Domain([], metas=[StringVariable("lot"), StringVariable("text")]),
                           [[lot, text] for lot, text in zip("ab", TEXTS)])
    said = facts_table(lots, "text", FactReader(find_group("footwear")), "lot")[0]
    case = case_from_tables([Engine(find_group("footwear"))], saved(said, tmp_path / "facts.tab"),
                            saved(pooled_table(photos("ba"), "lot"), tmp_path / "goods.tab"))
    assert case.keys == ("a", "b") and not case.unmatched


def test_goods_have_one_key_though_their_tables_brought_others_along():
    lot, old = StringVariable("lot"), Role.KEY.mark(StringVariable("old"))
    table = Table.from_list(Domain([], metas=[old, lot, StringVariable("text")]),
                            [["1", "a", TEXTS[0]]])
    shown = photos("a")
    shown = shown.transform(Domain(shown.domain.attributes, metas=[old, lot]))
    for result in (facts_table(table, "text", FactReader(find_group("footwear")), "lot")[0],
                   pooled_table(shown, "lot")):
        assert [v.name for v in result.domain.metas if Role.of(v) is Role.KEY] == ["lot"]
        assert default_key(result).name == "lot" and "old" in result.domain
    assert Role.of(old) is Role.KEY, "the sender's table is left alone"


def test_a_table_of_something_else_is_refused_with_what_to_connect():
    with pytest.raises(ValueError, match="connect Declaration Facts"):
        evidence_from_table(Table("iris"))


def test_columns_without_a_prior_are_reported_and_uniform():
    var = [ContinuousVariable(v) for v in ("yes", "no")]
    for v in var:
        v.attributes.update(fact="house", value=v.name)
    table = Table.from_numpy(Domain(var), np.array([[.9, .1], [np.nan, np.nan]]))
    result = evidence_from_table(table)
    assert "no prior" in result.problems[0]
    assert result.evidence.says("house").tolist() == [True, False]


def test_a_fact_with_a_missing_value_column_is_reported():
    var = ContinuousVariable("yes")
    var.attributes.update(fact="house", value="yes", prior=".5")
    result = evidence_from_table(Table.from_numpy(Domain([var]), np.array([[.9]])))
    assert "lacks a column for no" in result.problems[0]


def test_visual_features_are_read_by_their_attributes():
    variables = []
    for feature in footwear.group().features:
        var = ContinuousVariable(feature.name_ru)
        var.attributes.update(feature=feature.id, fact=feature.fact, value=feature.value,
                              prior="0.2")
        variables.append(var)
    x = np.full((1, 14), .2)
    x[0, [f.id for f in footwear.group().features].index("high_heel")] = .95
    evidence = evidence_from_table(Table.from_numpy(Domain(variables), x)).evidence
    assert evidence.loglik["heel"][0, 0] > evidence.loglik["heel"][0, 1]
    assert not evidence.says("sex")[0]


def test_keys_of_categories_numbers_and_repeats():
    domain = Domain([ContinuousVariable("x")], DiscreteVariable("category", ("g1", "g2")))
    table = Table.from_numpy(domain, np.zeros((3, 1)), np.array([0, 1, 0]))
    assert default_key(table).name == "category"
    keys, problems = keys_of(table, table.domain["category"])
    assert keys == ["g1", "g2", "g1#2"] and len(problems) == 1
    assert keys_of(table, None)[0] == ["1", "2", "3"]


def test_a_repeated_id_never_gets_the_key_of_another_row():
    ids = ["A", "A", "A#2", "A#2", "row 6", ""]
    table = declarations(["x"] * 6, ids)
    keys, problems = keys_of(table, table.domain["good_id"])
    assert keys == ["A", "A#3", "A#2", "A#2#2", "row 6", "row 6#2"]
    assert any("row 6 has no" in problem for problem in problems)


def test_a_value_that_is_no_probability_is_refused_with_its_column_and_good():
    table = facts()
    var = next(v for v in table.domain.attributes if v.attributes.get("fact") == "upper")
    for wrong in (1.7, -.1, np.inf):
        spoilt = table.copy()
        with spoilt.unlocked():
            spoilt[1, var] = wrong
        with pytest.raises(ValueError, match=f"'{var.name}', good 'b': .*not a probability"):
            evidence_from_table(spoilt)
