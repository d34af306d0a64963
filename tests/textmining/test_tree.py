"""The tree of codes: what it learns, what it proposes, what it says of itself."""
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load, save
from tree_goods import GOODS, goods

from orangecontrib.customs.nomenclature import Line, Tariff, bundled_tariff
from orangecontrib.customs.textmining.tree import (
    TextModelError,
    load_text_tree,
    packed,
    read_labels,
    train_texts,
)
from orangecontrib.customs.textmining.tree.branches import Branches, designations_of
from orangecontrib.customs.textmining.tree.linear import LinearLearner
from orangecontrib.customs.textmining.tree.model import branches_of, candidates_of, safe_of
from orangecontrib.customs.textmining.tree.validation import folds_of
from orangecontrib.customs.textmining.tree.words import Words, words_of

TEXTS, CODES = map(list, zip(*goods()))


@pytest.fixture(scope="module")
def model():
    return train_texts(TEXTS, CODES, bundled_tariff())


def likeliest(model, text):
    """Of the codes of each level."""
    answers, _ = model([text])
    return [level[0].code for level in candidates_of(model.trained.tree, answers, 0)]


# -- codes of a class

def test_codes_are_read_as_people_type_them():
    labels = read_labels(["6403 91", "6403.99.960.0", "8504", "64"])
    assert labels.digits == ("640391", "6403999600", "8504", "64") and not labels.remarks


def test_a_lost_zero_is_put_back_and_said():
    labels = read_labels(["101", "6403"])
    assert labels.digits == ("0101", "6403")
    assert "101 → 0101" in str(labels.remarks[0])


def test_what_is_no_code_is_left_out_and_named():
    labels = read_labels(["boots", "", "6403"])
    assert labels.digits == ("", "", "6403")
    assert "boots" in str(labels.remarks[0]) and "“”" in str(labels.remarks[0])


# -- words

def test_forms_of_a_word_are_one():
    assert words_of("ботинки") == words_of("ботинок") and words_of("pumps") == words_of("pump")


def test_look_alike_letters_are_folded_in_russian_only():
    assert words_of("HАСОС для воды")[0] == "насос" and words_of("COP pump")[0] == "cop"


def test_an_unknown_word_lengthens_the_row_and_gives_it_nothing():
    words = Words.of([["насос", "вода"], ["шина"]])
    known, mixed = words.weigh([["насос"]]), words.weigh([["насос", "xyzzy"]])
    assert (known.X != mixed.X).nnz == 0
    assert known.known == 1 and 0 < mixed.known < 1


# -- branches

codes = st.lists(st.sampled_from((2, 4, 6, 8, 10)).flatmap(
    lambda n: st.text("0123", min_size=n, max_size=n)), min_size=1, max_size=12)


@given(codes, codes)
def test_each_node_has_its_parent_and_no_level_is_deeper_than_what_was_declared(mine, printed):
    branches = Branches.of(mine, printed)
    assert branches.levels[-1] == max(map(len, mine))
    for level in range(1, len(branches.levels)):
        for code, parent in zip(branches.codes[level], branches.parents[level]):
            assert code[:-2] == branches.codes[level - 1][parent]
            children = branches.children(level, parent)
            assert code in branches.codes[level][children]


def test_a_designation_has_the_words_below_it_but_not_others():
    tariff = Tariff([Line("84", "машины"), Line("8413", "насосы", parent=0),
                     Line("841310", "прочие насосы", parent=1),
                     Line("841320", "ручные", parent=1)])
    assert designations_of(tariff, 4).texts["8413"] == ("насосы насосы ручные", "")


# -- what is learnt

def test_it_finds_the_codes_of_what_it_was_trained_on(model):
    answers, outside = model(TEXTS)
    P = model.trained.tree.class_probabilities(answers)
    found = [model.trained.classes[place] for place in P.argmax(axis=1)]
    assert np.mean([a == b for a, b in zip(found, CODES)]) > .95 and outside.mean() < .1


def test_probabilities_add_up_at_every_level_and_over_the_classes(model):
    answers, _ = model([*TEXTS[:20], "", "xyzzy"])
    tree = model.trained.tree
    for level, mass in enumerate(answers.masses):
        assert (mass >= 0).all()
        if level:   # a node is what its children are
            inner = tree.branches.inner[level - 1]
            below = np.add.reduceat(mass, tree.branches.starts[level], axis=1)
            assert np.allclose(below, answers.masses[level - 1][:, inner])
    assert np.allclose(answers.masses[0].sum(axis=1), 1)
    assert np.allclose(tree.class_probabilities(answers).sum(axis=1), 1)


def test_one_is_as_in_the_batch_bit_for_bit(model):
    together, far = model(TEXTS[:40])
    for row, text in enumerate(TEXTS[:40]):
        alone, own = model([text])
        assert all((a[row] == b[0]).all() for a, b in zip(together.masses, alone.masses))
        assert far[row] == own[0]


def test_the_same_rows_give_the_same_model(model):
    again = train_texts(TEXTS, CODES, bundled_tariff())
    assert packed(again) == packed(model)


def test_a_code_that_nobody_declared_is_proposed_by_its_designation(model):
    assert any(code[:4] == "9032" for code in model.trained.classes)
    assert not any(code[:4] == "9032" for code in CODES)
    answers, _ = model(["термостат, прибор автоматического регулирования"])
    heading = candidates_of(model.trained.tree, answers, 0)[1][0]
    assert heading.code == "9032" and heading.rows == 0


def test_without_designations_only_declared_codes_are_known():
    model = train_texts(TEXTS, CODES)
    assert set(model.trained.classes) == set(GOODS)
    assert likeliest(model, "насос для воды")[1] == "8413"


def test_a_code_of_few_digits_goes_no_deeper_and_one_of_many_to_its_end(model):
    answers, _ = model(["шины для автомобилей", "ботинки мужские кожаные"])
    tree = model.trained.tree
    assert [c.code for c in safe_of(tree, answers, 0, 1.)] == ["40", "4011"]
    assert len(safe_of(tree, answers, 1, 1.)[-1].code) == 10


def test_safe_digits_get_fewer_as_less_error_is_accepted(model):
    answers, _ = model(TEXTS[:30])
    for row in range(30):
        lengths = [len(safe_of(model.trained.tree, answers, row, error))
                   for error in (.5, .1, .01, 1e-6)]
        assert lengths == sorted(lengths, reverse=True)


def test_branches_are_a_tree_with_the_likeliest_first(model):
    answers, _ = model(["ботинки кожаные"])
    first = branches_of(model.trained.tree, answers, 0)[0]
    assert first.code == "64" and first.below[0].code.startswith("64")
    assert sum(branch.p for branch in first.below) <= first.p + 1e-9


def test_equal_texts_are_held_out_together():
    texts = ["a", "b", "a", "c", "b", "d"]
    fold = folds_of(texts)
    assert fold[0] == fold[2] and fold[1] == fold[4]


def test_held_out_rows_say_how_good_each_level_is(model):
    levels = {level.digits: level for level in model.trained.levels}
    assert list(levels) == [2, 4, 6, 8, 10] and levels[4].n == len(CODES)
    assert levels[6].n == sum(len(code) >= 6 for code in CODES)
    assert levels[4].top1 > .8 and levels[4].top3 >= levels[4].top1
    assert levels[4].codes == 6 and levels[4].proposed > 0


def test_a_text_unlike_all_that_was_trained_is_outside(model):
    _, outside = model(["колбаса варёная говяжья", "xyzzy", "", "насос для воды Альфа"])
    assert outside.tolist() == [True, True, True, False]


def test_rows_without_words_get_the_shares_of_the_children():
    from scipy import sparse
    learnt = LinearLearner()(sparse.csr_matrix((4, 3)), np.array([0, 0, 0, 1]), 2)
    assert np.allclose(learnt(sparse.csr_matrix((1, 3))), [[.75, .25]])


@pytest.mark.parametrize("texts, codes, why", [
    (["насос", "помпа"], ["8413", "8413"], "two different codes"),
    (["!", "?"], ["8413", "4011"], "no text has a word")])
def test_what_cannot_be_trained_says_why(texts, codes, why):
    with pytest.raises(ValueError, match=why):
        train_texts(texts, codes)


# -- files

@pytest.fixture
def saved(model, tmp_path):
    path = tmp_path / "t.safetensors"
    path.write_bytes(packed(model))
    return path


def test_a_model_that_was_saved_says_the_same_bit_for_bit(model, saved):
    again = load_text_tree(saved)
    mine, theirs = model(TEXTS[:30]), again(TEXTS[:30])
    assert all((a == b).all() for a, b in zip(mine[0].masses, theirs[0].masses))
    assert (mine[1] == theirs[1]).all()
    assert again.trained.classes == model.trained.classes
    assert packed(again) == saved.read_bytes()


@pytest.mark.parametrize("content, why", [
    (None, "no such model file"), (b"", "damaged"), (b"\x80\x04cos\nsystem\n", "damaged"),
    (save({"a": np.zeros(1)}), "not a text model"),
    (save({"a": np.zeros(1)}, {"model": "[" * 10_000}), "not a text model"),
    (save({"a": np.zeros(1)}, {"model": json.dumps({
        "format": "orange3-customs text model", "version": 99})}), "version 99")])
def test_another_file_is_refused_with_the_reason(tmp_path, content, why):
    path = tmp_path / "x.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TextModelError, match=why):
        load_text_tree(path)


def description_of(path):
    from safetensors import safe_open
    with safe_open(path, framework="numpy") as file:
        return file.metadata()


@pytest.mark.parametrize("name, change", [
    ("learners/0/columns", lambda a: a + 10 ** 6), ("learners/1/children", lambda a: a - 10 ** 6),
    ("learners/0/weights", lambda a: a[:-1]), ("learners/0/weights", lambda a: a * np.nan),
    ("kept/columns", lambda a: a + 10 ** 6), ("kept/ends", lambda a: a[::-1].copy()),
    ("said/0/1/ends", lambda a: a[:-1]), ("counts/1", lambda a: a[:-1]),
    ("codes/1", lambda a: a[::-1].copy()), ("words", lambda a: a[:-40].copy()),
    ("idf", lambda a: a.reshape(1, -1)), ("learners/0/n_children", lambda a: -a)])
def test_a_file_whose_parts_do_not_fit_is_refused(saved, name, change):
    arrays = load(saved.read_bytes())
    arrays[name] = np.ascontiguousarray(change(arrays[name]))
    saved.write_bytes(save(arrays, description_of(saved)))
    with pytest.raises(TextModelError, match="damaged"):
        load_text_tree(saved)


@pytest.mark.parametrize("key, value", [
    ("levels", []), ("levels", [2, 4]), ("tempers", [[1, 1]]), ("titles", []),
    ("weight", -1), ("weight", "x"), ("languages", 99), ("distance", None)])
def test_a_file_whose_description_does_not_fit_is_refused(saved, key, value):
    described = json.loads(description_of(saved)["model"])
    described[key] = value
    saved.write_bytes(save(load(saved.read_bytes()), {"model": json.dumps(described)}))
    with pytest.raises(TextModelError, match="damaged"):
        load_text_tree(saved)
