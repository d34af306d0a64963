"""Several models beside each other: Table 3 of the paper, and documents judged by each."""
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from Orange.classification import LogisticRegressionLearner, MajorityLearner, TreeLearner
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table
from Orange.evaluation import (
    AUC,
    CA,
    F1,
    CrossValidation,
    Precision,
    Recall,
    Results,
    ShuffleSplit,
)

from orangecontrib.customs.evaluation import Scored, cross_fitted
from orangecontrib.customs.evaluation.models import (
    Judge,
    ModelScores,
    accuracy_interval,
    commonest,
    standing,
)
from orangecontrib.customs.evaluation.models.table import (
    METRICS,
    baseline,
    judged_table,
    judges_of,
    model_of,
    model_scores,
    models_table,
)
from orangecontrib.customs.evaluation.table import answers_of, predictions_in, scored_from_table
from orangecontrib.customs.intervals import corrected_error, wilson

CODES = ("850440", "850490", "853630")
MODELS = [LogisticRegressionLearner(), TreeLearner(), MajorityLearner()]


def data():
    """Iris under codes: three classes, two of them hard to tell apart."""
    iris = Table("iris")
    return Table.from_numpy(Domain(iris.domain.attributes[:2], DiscreteVariable("HS code", CODES)),
                            iris.X[:, :2], iris.Y)


@pytest.fixture(scope="module")
def splits():
    table = data()
    results = ShuffleSplit(n_resamples=10, test_size=.3, random_state=0)(table, MODELS)
    results.data, results.learner_names = table, ["LR", "Tree", "Majority"]
    return results


def scored(predicted, true, document=None, **more):
    n = len(predicted)
    return Scored(tuple(predicted), np.full(n, .8), tuple(true),
                  np.arange(n) if document is None else np.asarray(document), **more)


def row(name, ca, half, trivial=False):
    return ModelScores(name, dict.fromkeys(METRICS, ca), ca - half, ca + half, half, 100,
                       trivial=trivial)


# -- Mean and s.d.

@pytest.mark.parametrize("values, mean, sd", [
    ((.973, .915, .914, .914, .915), .926, .026),       # boosting in the paper
    ((.961, .876, .874, .874, .876), .892, .038),       # logistic regression
    ((.920, .883, .883, .883, .883), .890, .017)])      # trees
def test_mean_and_deviation_are_those_that_the_paper_prints(values, mean, sd):
    found = ModelScores("", dict(zip(METRICS, values)), 0, 1, .5, 1)
    assert found.mean == pytest.approx(mean, abs=6e-4)
    assert found.sd == pytest.approx(sd, abs=6e-4)


@given(st.floats(0, 1))
def test_the_mean_of_equal_scores_is_that_score(value):
    found = ModelScores("", dict.fromkeys(METRICS, value), 0, 1, .5, 1)
    assert found.mean == pytest.approx(value) and found.sd == pytest.approx(0, abs=1e-12)


def test_scores_are_those_of_test_and_score(splits):
    for number, model in enumerate(("LR", "Tree", "Majority")):
        found = model_scores(model, answers_of(splits, number))
        expected = {"AUC": AUC(splits, average="weighted"), "CA": CA(splits),
                    "F1": F1(splits, average="weighted"),
                    "Precision": Precision(splits, average="weighted"),
                    "Recall": Recall(splits, average="weighted")}
        for name, values in expected.items():
            assert found.scores[name] == pytest.approx(values[number]), (model, name)
        assert found.n == len(set(splits.row_indices.tolist()))
        assert found.auc["850440"] == pytest.approx(AUC(splits, target=0)[number])


def test_codes_count_by_their_documents():
    uneven = data()[:115]  # of the third code are fifteen
    found = CrossValidation(k=5, random_state=0)(uneven, MODELS)
    scores = model_scores("LR", answers_of(found)).scores
    for name, metric in {"AUC": AUC, "F1": F1, "Precision": Precision, "Recall": Recall}.items():
        assert scores[name] == pytest.approx(metric(found, average="weighted")[0])
        if name != "AUC":
            assert scores[name] != pytest.approx(metric(found, average="macro")[0], abs=1e-3)


def test_without_probabilities_there_is_no_auc_and_no_mean_of_five(splits):
    silent = replace(answers_of(splits, 0), shares=None)
    found = model_scores("", silent)
    assert np.isnan(found.scores["AUC"]) and np.isnan(found.mean) and np.isnan(found.sd)
    assert found.scores["CA"] == pytest.approx(CA(splits)[0])


def test_documents_of_unknown_code_are_left_out(splits):
    whole = answers_of(splits, 0)
    gone = whole.document == whole.document[0]
    some = replace(whole, true=tuple("" if g else t for g, t in zip(gone, whole.true)))
    found = model_scores("", some)
    right = np.array([a == b for a, b in zip(whole.predicted, whole.true)])
    assert found.scores["CA"] == pytest.approx(right[~gone].mean())
    assert found.n == whole.documents - 1


def test_a_model_without_a_single_code_has_failed_and_a_missing_code_is_wrong():
    failed = model_scores("", scored(["", ""], ["8504", "8536"]))
    assert np.isnan(list(failed.scores.values())).all() and np.isnan(failed.low)
    half = model_scores("", scored(["8504", ""], ["8504", "8536"]))
    assert half.scores["CA"] == .5


def test_the_commonest_code_is_a_row_of_its_own(splits):
    found = baseline(answers_of(splits, 0))
    assert found.trivial and found.scores["AUC"] == pytest.approx(.5)
    said = commonest(scored(["8504"] * 3, ["8504", "8536", "8536"]))
    assert set(said.predicted) == {"8536"} and said.p[0] == pytest.approx(2 / 3)
    # ten tests of the one document of a code don't make it the commonest
    often = commonest(scored(["8504"] * 12, ["8504"] * 10 + ["8536"] * 2, [0] * 10 + [1, 2]))
    assert set(often.predicted) == {"8536"}


# -- intervals

ANSWERS = st.lists(st.booleans(), min_size=1, max_size=30)


@settings(max_examples=50)
@given(ANSWERS, st.integers(2, 6))
def test_a_document_counts_once_however_often_it_was_tested(right, times):
    once = scored(["8504" if r else "9032" for r in right], ["8504"] * len(right))
    often = Scored(once.predicted * times, np.tile(once.p, times), once.true * times,
                   np.tile(once.document, times))
    assert accuracy_interval(often) == pytest.approx(accuracy_interval(once))
    assert accuracy_interval(once)[:2] == pytest.approx(wilson(sum(right), len(right)))


@settings(max_examples=50)
@given(ANSWERS, st.integers(2, 6))
def test_tests_that_agree_make_nothing_certain(right, times):
    """The same answers in each test: no deviation over the tests, and still an interval."""
    once = scored(["8504" if r else "9032" for r in right], ["8504"] * len(right))
    often = Scored(once.predicted * times, np.tile(once.p, times), once.true * times,
                   np.tile(once.document, times),
                   fold=np.repeat(np.arange(times), len(right)), odds=3 / 7)
    assert accuracy_interval(often) == pytest.approx(accuracy_interval(once))


def test_random_splits_take_the_corrected_interval(splits):
    from scipy.stats import t
    found = answers_of(splits, 0)
    assert found.odds == pytest.approx(45 / 105)
    each = [CA(splits.get_fold(number))[0] for number in range(10)]
    half = t.ppf(.975, 9) * corrected_error(each, 45 / 105)
    low, high, width = accuracy_interval(found)
    assert width == pytest.approx(half)
    assert (low, high) == pytest.approx((CA(splits)[0] - half, CA(splits)[0] + half))


def test_folds_test_each_document_once():
    table = data()
    results = CrossValidation(k=5, random_state=0)(table, MODELS)
    results.data = table
    found = answers_of(results, 0)
    assert accuracy_interval(found)[:2] == pytest.approx(
        wilson(round(CA(results)[0] * 150), 150))


# -- who stands out

def test_overlapping_intervals_mean_that_no_model_stands_out():
    found = standing([row("A", .80, .05), row("B", .85, .05), row("C", .76, .05)])
    assert (found.best, found.worse, found.alike) == ("B", (), ("A", "C"))


def test_intervals_that_part_tell_who_is_better_than_whom():
    found = standing([row("A", .95, .02), row("B", .85, .02), row("C", .94, .02),
                      row("commonest code", .84, .03, True)])
    assert (found.best, found.worse, found.alike) == ("A", ("B",), ("C",))
    assert found.trivial == ("B",)
    nothing = standing([row("A", float("nan"), .1)])
    assert nothing.best == "" and not nothing.trivial


# -- each document judged by each model

def predictions(table, models, names):
    """What Predictions sends: all metas, every name made unique for itself."""
    from Orange.data.util import get_unique_names
    taken, variables, columns = [v.name for v in table.domain.metas], [], []
    for model, name in zip(models, names):
        values, shares = model(table, model.ValueProbs)
        for text, column in ((name, values), *((f"{name} ({code})", shares[:, i])
                                               for i, code in enumerate(CODES)),
                             (f"{name} (error)", 1 - shares.max(1))):
            taken.append(get_unique_names(taken, text))
            variables.append(DiscreteVariable(taken[-1], CODES) if text == name
                             else ContinuousVariable(taken[-1]))
            columns.append(column)
    out = table.transform(Domain(table.domain.attributes, table.domain.class_vars,
                                 [*table.domain.metas, *variables]))
    with out.unlocked(out.metas):
        out.metas[:, len(table.domain.metas):] = np.column_stack(columns)
    return out


def test_predictions_of_models_of_one_name_are_told_apart():
    table = data()
    models = [LogisticRegressionLearner()(table), MajorityLearner()(table), TreeLearner()(table)]
    out = predictions(table, models, ["LR", "LR", "Tree"])
    found = predictions_in(out)
    assert [p.name for p in found] == ["LR", "LR (1)", "Tree"]
    assert found[1].code.name == "LR (853631)"          # what Orange makes of the name
    for prediction, model in zip(found, models):
        assert scored_from_table(out, prediction).p == pytest.approx(model(table, 1).max(1))
    assert {v for p in found for v in p.variables} == set(out.domain.metas)


def test_a_code_that_the_class_of_the_data_lacks_has_the_rest_of_the_probability():
    table = data()
    out = predictions(table, [LogisticRegressionLearner()(table)], ["LR"])
    fewer = out.transform(Domain([], metas=[v for v in out.domain.metas
                                            if v.name != "LR (853630)"]))
    whole, rest = (scored_from_table(t, predictions_in(t)[0]) for t in (out, fewer))
    assert rest.predicted == whole.predicted and rest.p == pytest.approx(whole.p)


def test_rows_of_a_sampled_table_are_one_document():
    table = data()
    out = predictions(table, [LogisticRegressionLearner()(table)], ["LR"])[[0, 0, 1, 0]]
    found = scored_from_table(out, predictions_in(out)[0], out.domain.class_var)
    assert found.documents == 2


@pytest.fixture
def asked(splits):
    """Evaluated documents, new ones of known code and one of unknown code."""
    table = splits.data
    new = data()[:4].copy()
    with new.unlocked(new.Y):
        new.Y[3] = np.nan
    both = Table.concatenate([table[:10], new])
    return predictions(both, [m(table) for m in MODELS], splits.learner_names)


def test_evaluated_documents_do_not_teach_their_own_judge(splits, asked):
    judge = judges_of(splits, asked, asked.domain.class_var)[0]
    tested = set(splits.row_indices.tolist())
    place = next(i for i in range(10) if i in tested)
    other = next(i for i in range(10) if i in tested and i != place)
    # the truth of one evaluated document is changed: its own P(error) must not move
    taught = judge.taught
    mine = taught.document == asked.ids[place]
    changed = replace(taught, true=tuple(
        ("853630" if said != "853630" else "850440") if m else true
        for m, true, said in zip(mine, taught.true, taught.predicted)))
    before, after = cross_fitted(taught, judge.asked), cross_fitted(changed, judge.asked)
    assert after[place] == before[place]
    assert after[other] != before[other] and after[13] != before[13]
    assert judge.asked.true[:3] == ("850440",) * 3 and judge.asked.true[13] == ""


def test_row_numbers_of_results_without_data_are_no_documents_of_a_table(splits, asked):
    alone = Results(domain=splits.domain, actual=splits.actual, predicted=splits.predicted,
                    probabilities=splits.probabilities, row_indices=splits.row_indices)
    alone.learner_names = splits.learner_names
    asked.ids = np.arange(len(asked))  # by chance the same numbers
    for judge in judges_of(alone, asked, asked.domain.class_var):
        assert not set(judge.asked.document.tolist()) & set(judge.taught.document.tolist())
        assert len(set(judge.asked.document.tolist())) == len(asked)


def test_judged_like_the_evaluated_where_the_prediction_is_the_same(splits):
    judge = judges_of(splits, None)[0]
    assert judge.asked is None
    same = Judge("", judge.taught, replace(judge.taught))
    assert same.asked_error == pytest.approx(same.taught_error)


def test_a_row_for_each_document_and_model(splits, asked):
    judges = judges_of(splits, asked, asked.domain.class_var)
    table = judged_table(asked, judges, .2)
    assert len(table) == 14 * 3 and not table.domain.attributes
    assert [str(r["model"]) for r in table[:4]] == ["LR", "Tree", "Majority", "LR"]
    order = [13, *range(13)]                            # what has no known code comes first
    assert table.ids.tolist() == np.repeat(asked.ids[order], 3).tolist()
    assert [v.name for v in table.domain.metas] == [
        "model", "predicted code", "P(code)", "P(error)", "accept", "known words", "true code"]
    for number, judge in enumerate(judges):
        part = table[number::3]
        assert part.get_column("P(error)") == pytest.approx(judge.asked_error[order])
        limit = judge.accepted(.2).threshold
        assert [str(r["accept"]) for r in part] == [
            "yes" if p <= limit else "no" for p in judge.asked_error[order]]
    silent = [replace(j, asked_words=np.zeros(14)) for j in judges]
    assert {str(r["accept"]) for r in judged_table(asked, silent, 1.)} == {"no"}


def test_the_documents_metas_are_kept_and_names_stay_unique(splits):
    table = splits.data
    text = StringVariable("model")
    named = table[:2].transform(Domain(table.domain.attributes, table.domain.class_vars, [text]))
    with named.unlocked(named.metas):
        named.metas[:, 0] = ["реле", "блок"]
    out = predictions(named, [m(table) for m in MODELS], splits.learner_names)
    judged = judged_table(out, judges_of(splits, out), .05)
    assert [str(r["model"]) for r in judged] == ["реле"] * 3 + ["блок"] * 3
    assert str(judged[1]["model (1)"]) == "Tree"


def test_without_data_those_of_unknown_code_are_judged(splits):
    open_ = ShuffleSplit(n_resamples=2, test_size=.3, random_state=0)(splits.data, MODELS[:1])
    assert judged_table(None, judges_of(open_, None), .05) is None
    open_.actual = np.where(np.arange(90) < 5, np.nan, open_.actual)
    table = judged_table(None, judges_of(open_, None), .05)
    assert len(table) == 5 and not np.isnan(table.get_column("P(error)")).any()


def test_models_without_predictions_in_the_data_judge_nothing(splits):
    renamed = predictions(splits.data[:3], [MODELS[0](splits.data)] * 2, ["LR", "unheard-of"])
    judges = judges_of(splits, renamed)
    assert [j.name for j in judges if j.asked is not None] == ["LR"]
    assert len(judged_table(renamed, judges, .05)) == 3


def test_a_model_is_found_by_its_name_where_predictions_keeps_failed_ones(splits):
    table = splits.data
    failed, good = MajorityLearner()(table), LogisticRegressionLearner()(table)
    failed.name, good.name = "failed", "good"
    results = CrossValidation(k=2)(table, MODELS[:1])
    results.models, results.learner_names = np.array([[failed, good]]), ["good"]
    assert model_of(results, 0) is good
    results.models = None
    assert model_of(results, 0) is None


def test_the_table_of_models(splits):
    rows = [model_scores(name, answers_of(splits, i)) for i, name in enumerate(
        splits.learner_names)] + [baseline(answers_of(splits, 0))]
    table = models_table(rows)
    assert [str(r["model"]) for r in table] == ["LR", "Tree", "Majority", "commonest code"]
    names = [v.name for v in table.domain.attributes]
    assert names == [*METRICS, "Mean", "s.d.", "CA ±", "CA low", "CA high", "n",
                     *(f"AUC {code}" for code in CODES)]
    five = table.X[:, :5]
    assert table.get_column("Mean") == pytest.approx(five.mean(1))
    assert table.get_column("s.d.") == pytest.approx(five.std(1, ddof=1))
    assert len(models_table([])) == 0
