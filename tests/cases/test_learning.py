"""The fusion as a Learner and a Model: P of the values of a class of codes."""
import itertools
import pickle
import subprocess
import sys

import numpy as np
import pytest
from Orange.classification import MajorityLearner
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table
from Orange.evaluation import CA, CrossValidation, LogLoss

from orangecontrib.customs.cases import decide
from orangecontrib.customs.cases.learning import ClassCodes
from orangecontrib.customs.cases.learning.table import FusionLearner, FusionModel, law_model
from orangecontrib.customs.columns import FeatureColumn, Role
from orangecontrib.customs.declarations import GroupsReader
from orangecontrib.customs.declarations.table import facts_table
from orangecontrib.customs.groups import find_group
from orangecontrib.customs.nomenclature.decision_table import OUTSIDE

NAMES = {"6403": ("Ботинки, верх из натуральной кожи", "Туфли из натуральной кожи"),
         "6404": ("Кеды, верх из текстиля", "Обувь: балетки"),
         "8504": ("Выпрямитель", "Трансформатор"), "8413": ("Насос", "Помпа")}
SAYS = ("новый", "для дома", "в коробке", "серый", "импортный", "по контракту")
ROWS = [(f"{name}, {more}", code) for code, names in NAMES.items()
        for name, more in itertools.product(names, SAYS)]


def table_of(rows, values=None):
    values = tuple(values or sorted({code for _, code in rows}))
    domain = Domain([], DiscreteVariable("HS code", values), [StringVariable("description")])
    Y = [[values.index(code) if code in values else np.nan] for _, code in rows]
    return Table.from_numpy(domain, np.zeros((len(rows), 0)), np.array(Y, dtype=float),
                            np.array([[text] for text, _ in rows], dtype=object))


@pytest.fixture(scope="module")
def data():
    return table_of(ROWS)


@pytest.fixture(scope="module")
def model(data):
    return FusionLearner()(data)


def probabilities(model, data):
    return model(data, model.Probs)


def test_the_law_alone_needs_no_training_but_the_shares(data):
    learner = FusionLearner(texts=False)
    P = probabilities(learner(data[::7]), data)
    assert np.allclose(P.sum(axis=1), 1) and learner(data).tree is None
    shoes = [row for row, (_, code) in enumerate(ROWS) if code in ("6403", "6404")
             and "балетки" not in ROWS[row][0]]
    assert (P[shoes].argmax(axis=1) == data.Y[shoes]).all()


def test_goods_of_no_group_are_told_by_the_text_model(data, model):
    P = probabilities(model, data)
    assert (P.argmax(axis=1) == data.Y).mean() > .95
    assert model.tree is not None and model.weight_fit.n >= 20
    assert model.tree.weight == model.weight_fit.weight


def test_it_is_tested_beside_others_without_leaks(data):
    results = CrossValidation(k=3, random_state=0)(data, [FusionLearner(), MajorityLearner()])
    assert CA(results)[0] > CA(results)[1] + .3 and LogLoss(results)[0] < LogLoss(results)[1]


def test_the_class_is_not_read_when_codes_are_predicted(data, model):
    hidden = data.copy()
    with hidden.unlocked(hidden.Y):
        hidden.Y[:] = np.nan
    wrong = data.copy()
    with wrong.unlocked(wrong.Y):
        wrong.Y[:] = (wrong.Y + 1) % 4
    bare = data.transform(Domain([], None, data.domain.metas))
    P = probabilities(model, data)
    for other in (hidden, wrong, bare):
        assert np.array_equal(P, probabilities(model, other))


def test_a_row_alone_is_as_in_the_batch(data, model):
    P = probabilities(model, data)
    for row in (0, 13, 30, 47):
        assert np.array_equal(P[row:row + 1], probabilities(model, data[row:row + 1]))
        assert np.array_equal(P[row], probabilities(model, data[row]))
    order = np.random.default_rng(0).permutation(len(data))
    assert np.array_equal(P[order], probabilities(model, data[order]))


def test_training_again_gives_the_same(data, model):
    assert np.array_equal(probabilities(model, data), probabilities(FusionLearner()(data), data))


def test_a_saved_model_answers_the_same_in_another_process(data, model, tmp_path):
    for name, thing in (("model", model), ("data", data), ("learner", FusionLearner())):
        (tmp_path / name).write_bytes(pickle.dumps(thing))
    code = ("import pickle, sys, numpy as np\n"
            "from pathlib import Path\n"
            f"folder = Path({str(tmp_path)!r})\n"
            "read = lambda name: pickle.loads((folder / name).read_bytes())\n"
            "P = read('model')(read('data'), 1)\n"
            "assert len(read('learner').groups)\n"
            "np.save(folder / 'P.npy', P)\n")
    subprocess.run([sys.executable, "-c", code], check=True, timeout=600)
    np.testing.assert_allclose(np.load(tmp_path / "P.npy"), probabilities(model, data), rtol=1e-9)
    assert (tmp_path / "model").stat().st_size < 1e6


def test_a_description_of_which_nothing_is_said_gets_the_shares_of_training():
    some = table_of([("Ботинки кожаные", "6403")] * 3 + [("Кеды", "6404")])
    P = probabilities(FusionLearner(texts=False)(some), table_of([("", "6403"), ("Нечто", "6404")]))
    assert np.allclose(P, [3.5 / 5, 1.5 / 5])


def test_a_description_of_several_goods_is_one_row():
    text = "1) Ботинки мужские кожаные - 10 пар; 2) Кеды женские текстильные - 20 пар"
    P = probabilities(FusionLearner(texts=False)(table_of(ROWS)),
                      table_of([(text, "6403")], sorted(NAMES)))
    assert P.shape == (1, 4) and P.sum() == pytest.approx(1)


def test_a_table_of_declaration_facts_is_read_as_the_texts_are(data):
    facts = facts_table(data, "description", GroupsReader())[0]
    assert facts.domain.class_var is data.domain.class_var
    learner = FusionLearner(texts=False)
    np.testing.assert_allclose(probabilities(learner(facts), facts),
                               probabilities(learner(data), data), atol=1e-3)
    assert (probabilities(FusionLearner()(facts), facts).argmax(axis=1) == facts.Y).mean() > .95


def test_facts_of_other_rows_and_texts_alone_are_read_as_well(data):
    reader = GroupsReader()
    facts = facts_table(data[:24], "description", reader)[0]
    model = FusionLearner(texts=False)(facts)
    others = facts_table(data[24:], "description", reader)[0]   # columns of other facts
    assert {v.name for v in others.domain.attributes} != {v.name for v in facts.domain.attributes}
    np.testing.assert_allclose(probabilities(model, others), probabilities(model, data[24:]),
                               atol=1e-3)


def test_columns_named_after_facts_count():
    metas = [StringVariable("description"), StringVariable("upper")]
    domain = Domain([], DiscreteVariable("HS code", ("6403", "6404")), metas)
    rows = np.array([["Ботинки мужские", "leather"], ["Ботинки мужские", "textile"]], dtype=object)
    table = Table.from_numpy(domain, np.zeros((2, 0)), np.array([[0.], [1.]]), rows)
    P = probabilities(FusionLearner(texts=False)(table), table)
    assert P[0, 0] > .9 and P[1, 1] > .9


def test_features_of_photos_stand_in_the_same_table(data):
    group = find_group("footwear")
    feature = next(f for f in group.features if f.fact == "waterproof")
    column = FeatureColumn(feature.id, .5).mark(ContinuousVariable("seen"))
    photos = Role.PHOTOS.mark(ContinuousVariable("photos"))
    shoes = table_of([("Обувь мужская", "6401"), ("Обувь мужская", "6402")])
    some = shoes.transform(Domain([column], shoes.domain.class_vars,
                                  [*shoes.domain.metas, photos]))
    with some.unlocked():
        some.X[:, 0] = .98, .02
        some.metas[:, 1] = 1.
    learner = FusionLearner(texts=False)
    with_photos, without = (probabilities(learner(each), each) for each in (some, shoes))
    assert not np.allclose(with_photos[0], with_photos[1])
    assert np.allclose(without[0], without[1])


def test_rows_without_a_code_are_left_out_and_said():
    some = table_of([*ROWS, ("Ботинки", "boots")])
    model = FusionLearner(texts=False)(some)
    P = probabilities(model, some)
    assert (P[:, some.domain.class_var.values.index("boots")] == 0).all() and model.remarks
    with pytest.raises(ValueError, match="no row has a code"):
        FusionLearner()(table_of([("Ботинки", "boots")]))


def test_a_table_without_anything_to_read_is_refused():
    domain = Domain([ContinuousVariable("price")], DiscreteVariable("HS code", ("6403", "6404")))
    table = Table.from_numpy(domain, np.ones((2, 1)), np.array([[0.], [1.]]))
    with pytest.raises(ValueError, match="nothing to be read"):
        FusionLearner()(table)


def test_the_column_that_was_learnt_from_must_be_there(data, model):
    domain = Domain([], data.domain.class_vars, [StringVariable("text")])
    with pytest.raises(Exception, match="reads the column “description”"):
        model(Table.from_numpy(domain, np.zeros((1, 0)), np.zeros((1, 1)),
                               np.array([["Ботинки"]], dtype=object)))


def test_the_law_model_says_what_classify_says():
    texts = [text for text, code in ROWS if code in ("6403", "6404")]
    model = law_model()
    assert isinstance(model, FusionModel)
    table = table_of([(text, "6403") for text in texts])
    bare = table.transform(Domain([], None, table.domain.metas))
    P = probabilities(model, bare)
    values = model.domain.class_var.values
    for row, verdict in zip(P, decide([{"description": text} for text in texts])):
        heading = sum(p for value, p in zip(values, row) if value.startswith(verdict["heading"]))
        assert heading >= verdict["p_heading"] - 1e-6  # "none" is no value, and shared out


CODES = ("6403911600", "6403911800", "6404199000", "6406", OUTSIDE)


def test_masses_go_to_the_deepest_value_and_none_to_values_of_no_group():
    codes = ClassCodes(("6403", "64039116", "640620", "640610", "8413", ""), (9, 1, 3, 1, 2, 5),
                       CODES)
    masses = np.array([[.3, .2, .1, .2, .2]])
    P = codes.probabilities(masses, [None])[0]
    # 6404 is no value: the rest is scaled; 6406 is shared as training has its subheadings
    expected = np.array([.2, .3, .2 * 3.5 / 5, .2 * 1.5 / 5, .2, 0.])
    np.testing.assert_allclose(P, expected / expected.sum())


def test_a_known_value_has_its_p_among_the_values_of_the_class():
    codes = ClassCodes(("6403", "640419"), (1, 1), CODES)
    masses = np.array([[.1, .1, .3, .1, .4], [.2, .2, .1, 0., .5]])
    np.testing.assert_allclose(codes.p_true(masses, CODES, ["6403", "640419"]), [.4, .2])


def test_what_the_text_model_says_of_other_goods_counts_by_its_own_shares():
    codes = ClassCodes(("6403", "8413", "4011"), (1, 1, 1), CODES)
    masses = np.array([[.3, .2, .1, 0., .4], [np.nan] * 5, [0., 0., 0., 0., 1.]])
    said = [{"841350": .3, "4011": .1, "6403": .6}, {"8413": .2, "6403": .7, "0101": .1},
            {"0101": 1.}]
    P = codes.probabilities(masses, said)
    np.testing.assert_allclose(P[0], np.array([.5, .3, .1]) / .9)
    np.testing.assert_allclose(P[1], np.array([.7, .2, 0.]) / .9)
    np.testing.assert_allclose(P[2], [0., .5, .5])
