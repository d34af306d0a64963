"""What is written into a column is read from it, in memory and in a file."""
from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table

from orangecontrib.customs.columns import (
    BagColumn,
    CodeColumn,
    ContradictionColumn,
    ContributionColumn,
    FactColumn,
    FeatureColumn,
    GradabilityColumn,
    ImageColumn,
    LabelColumn,
    MassColumn,
    NoteColumn,
    Role,
    TextColumn,
    WordsColumn,
    computed,
    copy_marks,
    keyed,
    name_key,
    named_key,
    origin_of,
)

KINDS = (
    FactColumn("upper", "leather", .1 + .2), FactColumn("upper", "leather"),
    FeatureColumn("high_heel", "heel", "high", .25, .125, True), FeatureColumn("high_heel"),
    LabelColumn("high_heel", "heel", "high"), NoteColumn("upper"), GradabilityColumn("heel"),
    ContradictionColumn(), ContributionColumn("high_heel"),
    CodeColumn("прочая: выше колена"), MassColumn(4, "program=1; groups=a, b"),
    ImageColumn("/a folder/of photos"), WordsColumn(),
    TextColumn(), BagColumn())


def variable(**attributes):
    return SimpleNamespace(attributes=attributes)


def saved(table, path):
    """The table as it comes to somebody who gets the .tab alone."""
    table.save(str(path))
    path.with_name(path.name + ".metadata").unlink(missing_ok=True)
    return Table(str(path))


@pytest.mark.parametrize("column", KINDS)
def test_a_column_is_of_the_kind_that_was_written_and_of_no_other(column):
    marked = column.mark(variable())
    assert column.of(marked) == column
    others = {type(kind) for kind in KINDS} - {type(column)}
    assert not any(kind.of(marked) for kind in others)
    assert not any(kind.of(variable()) for kind in (*others, type(column)))


@pytest.mark.parametrize("column", KINDS)
def test_a_column_of_a_tab_file_is_of_the_same_kind(column, tmp_path):
    marked = column.mark(ContinuousVariable("x"))
    table = saved(Table.from_list(Domain([marked]), [[1]]), tmp_path / "t.tab")
    assert column.of(table.domain["x"]) == column


PROBABILITIES = st.none() | st.floats(0, 1)


@given(PROBABILITIES)
def test_the_prior_of_a_fact_loses_nothing(prior):
    column = FactColumn("upper", "leather", prior)
    assert FactColumn.of(column.mark(variable())) == column


@given(PROBABILITIES, PROBABILITIES, st.booleans())
def test_numbers_of_a_feature_keep_six_digits(prior, rho, made_only):
    column = FeatureColumn("high_heel", "heel", "high", prior, rho, made_only)
    read = FeatureColumn.of(column.mark(variable()))
    assert read == replace(column, prior=read.prior, rho=read.rho)
    for old, new in ((prior, read.prior), (rho, read.rho)):
        assert new is None if old is None else new == pytest.approx(old, rel=1e-5)


@pytest.mark.parametrize(("column", "written"), [
    (FactColumn("upper", "leather", .1), {"fact": "upper", "value": "leather", "prior": "0.1"}),
    (FeatureColumn("high_heel", "heel", "high", 1 / 3, .5, True), {
        "feature": "high_heel", "fact": "heel", "value": "high", "prior": "0.333333",
        "rho": "0.5", "made_only": "yes"}),
    (LabelColumn("high_heel", "heel", "high"), {
        "label": "yes", "feature": "high_heel", "fact": "heel", "value": "high"}),
    (NoteColumn("upper"), {"role": "note", "fact": "upper"}),
    (GradabilityColumn("heel"), {"gradability": "heel"}),
    (ContradictionColumn(), {"contradiction": "yes"}),
    (ContributionColumn("high_heel"), {"contribution": "high_heel"}),
    (CodeColumn("прочая"), {"designation": "прочая"}),
    (MassColumn(4, "x=1"), {"mass": "4", "made_with": "x=1"}),
    (ImageColumn("/photos"), {"type": "image", "origin": "/photos"}),
    (WordsColumn(), {"type": "words"}), (TextColumn(), {"include": True}),
    (BagColumn(), {"bow-feature": True}), (Role.KEY, {"role": "key"}),
    (Role.PROBLEMS, {"role": "problems"}), (Role.PHOTOS, {"role": "n_photos"}),
    (Role.CLUSTER, {"role": "cluster"})])
def test_saved_tables_of_all_versions_spell_an_attribute_so(column, written):
    marked = column.mark(variable())
    assert marked.attributes == written
    assert all(type(value) in (str, bool) for value in marked.attributes.values()), \
        "a pickle of the table would need our classes"


@pytest.mark.parametrize("prior", ["", "much", None, "nan", "inf"])
def test_a_prior_that_is_no_number_is_none(prior):
    assert FactColumn.of(variable(fact="upper", value="leather", prior=prior)).prior is None
    assert FeatureColumn.of(variable(feature="high_heel", prior=prior)).prior is None


def test_what_people_said_is_neither_a_feature_nor_a_fact():
    label = variable(label="1", fact="heel", value="high")
    assert LabelColumn.of(label).feature == "" and not FactColumn.of(label)
    assert not computed(label) and computed(variable(prior=".5"))


def test_a_feature_is_no_fact_though_it_bears_witness_of_one():
    column = FeatureColumn("high_heel", "heel", "high", .2, .5).mark(variable())
    assert not FactColumn.of(column)


@pytest.mark.parametrize("spelling", ["key", "good_id"])
def test_the_key_is_read_in_both_spellings(spelling):
    assert Role.of(variable(role=spelling)) is Role.KEY


def test_an_unknown_role_is_none():
    assert Role.of(variable(role="hero")) is Role.of(variable()) is None


def test_photos_say_where_they_lie_though_nobody_marked_them():
    assert origin_of(variable(origin="/photos")) == "/photos" and origin_of(variable()) == ""


def test_one_column_is_the_key_and_the_senders_variables_are_left_alone():
    old, new, other = (make(name) for make, name in (
        (StringVariable, "old"), (lambda n: DiscreteVariable(n, ("a", "b")), "new"),
        (ContinuousVariable, "other")))
    old.attributes.update(role="good_id", hidden=True)
    new.attributes["colour"] = "red"
    changed = keyed([old, new, other], "new")
    assert changed == [old, new, other], "equal, so that Orange takes their values"
    assert [Role.of(v) for v in changed] == [None, Role.KEY, None]
    assert changed[0].attributes == {"hidden": True}
    assert changed[1].attributes == {"colour": "red", "role": "key"}
    assert Role.of(old) is Role.KEY and Role.of(new) is None
    assert keyed(changed, "new") == changed
    assert [Role.of(v) for v in keyed(changed, None)] == [None, None, None]


def test_a_table_names_its_key_and_tables_that_share_attributes_do_not():
    first = variable(language="ru")
    second = SimpleNamespace(attributes=first.attributes)
    name_key(second, "lot")
    assert named_key(second) == "lot" and second.attributes["language"] == "ru"
    assert named_key(first) is None


def test_foreign_attributes_are_copied_too():
    assert copy_marks(variable(hidden=True), variable(role="key")).attributes == {
        "role": "key", "hidden": True}
