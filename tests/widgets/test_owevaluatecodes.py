"""Evaluate Codes: from evaluation results to errors per code and P(error) per document."""
import numpy as np
from Orange.classification import LogisticRegressionLearner, MajorityLearner
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table
from Orange.evaluation import CrossValidation, Results, ShuffleSplit
from Orange.regression import MeanLearner
from Orange.widgets.evaluate.owpredictions import OWPredictions
from Orange.widgets.tests.base import WidgetTest
from orangecontrib.text import Corpus
from orangecontrib.text.preprocess import RegexpTokenizer
from orangecontrib.text.vectorization import BowVectorizer

from orangecontrib.customs.columns import MassColumn
from orangecontrib.customs.evaluation.coverage import RULES
from orangecontrib.customs.evaluation.knowngoods.table import calibration_from_table
from orangecontrib.customs.i18n.numbers import share
from orangecontrib.customs.widgets.owevaluatecodes import OWEvaluateCodes

CODES = ("850440", "850490", "853630")


def data():
    """Iris under codes: three classes, two of them hard to tell apart."""
    iris = Table("iris")
    domain = Domain(iris.domain.attributes[:2], DiscreteVariable("HS code", CODES))
    return Table.from_numpy(domain, iris.X[:, :2], iris.Y)


def declarations(texts, y):
    text = StringVariable("description")
    return Corpus.from_numpy(
        Domain([], DiscreteVariable("HS code", CODES), [text]), np.empty((len(texts), 0)),
        np.array(y), np.array([[t] for t in texts], dtype=object), text_features=[text],
        language="ru")


def results(validation=None, learners=None):
    table = data()
    learners = learners or [LogisticRegressionLearner(), MajorityLearner()]
    found = (validation or CrossValidation(k=3, random_state=0))(table, learners)
    found.data = table
    found.learner_names = [f"model {i}" for i in range(len(learners))]
    return found


class TestOWEvaluateCodes(WidgetTest):
    def setUp(self):
        self.widget = self.create_widget(OWEvaluateCodes)

    def feed(self, found, table=None):
        self.send_signals([(self.widget.Inputs.results, found), (self.widget.Inputs.data, table)])
        return self.out("codes")

    def out(self, name):
        self.wait_until_finished()
        return self.get_output(getattr(self.widget.Outputs, name))

    def test_codes_and_documents(self):
        found = results()
        codes = self.feed(found)
        self.assertEqual([str(row["code"]) for row in codes], list(CODES))
        wrong = (found.predicted[0] != found.actual).sum()
        self.assertAlmostEqual(sum(float(row["wrong"]) for row in codes), wrong)
        documents = self.out("scored")
        self.assertEqual(len(documents), 150)
        self.assertTrue(((documents.get_column("P(error)") > 0)
                         & (documents.get_column("P(error)") < 1)).all())
        self.assertIn(share(wrong / 150), self.widget.sentence.text())

    def test_repeated_documents_count_once(self):
        codes = self.feed(results(ShuffleSplit(n_resamples=10, test_size=.3, random_state=0)))
        self.assertLessEqual(sum(float(row["predicted"]) for row in codes), 150.01)
        self.assertTrue(self.widget.Information.repeated.is_shown())
        self.assertEqual(len(self.out("scored")), 450)

    def test_level(self):
        self.feed(results())
        combo = self.widget.level_combo
        combo.setCurrentIndex(combo.findData(4))
        combo.activated.emit(combo.currentIndex())
        self.assertEqual([str(row["code"]) for row in self.out("codes")], ["8504", "8536"])

    def test_each_level_of_the_tariff_stands_beside_the_commonest_code(self):
        found = results()
        self.feed(found)
        levels = self.out("levels")
        digits = levels.get_column("digits")
        names = [str(row["model"]) for row in levels]
        self.assertEqual(list(zip(names, digits)), [
            ("model 0", 4), ("model 0", 6), ("commonest code", 4), ("commonest code", 6)])
        top1 = levels.get_column("top-1")
        self.assertAlmostEqual(top1[1], (found.predicted[0] == found.actual).mean())
        self.assertGreater(top1[0], top1[1])
        self.assertGreater(top1[1], top1[3])
        self.assertEqual(len(self.widget.final_page.model.rows), 4)
        self.assertEqual(self.widget.tabs.tabText(2), "Reliability")
        self.feed(None)
        self.assertEqual(self.widget.final_page.model.rows, [])

    def test_another_model_stays_chosen(self):
        before = self.feed(results()).X
        self.widget.model_combo.setCurrentIndex(1)
        self.widget.model_combo.activated.emit(1)
        self.assertGreater(self.out("codes").X[:, 1].sum(), before[:, 1].sum() * 2)
        self.feed(results())
        self.assertEqual(self.widget.model_combo.currentText(), "model 1")

    def test_the_limit_moves_what_is_accepted(self):
        self.feed(results())
        def accepted():
            return sum(str(row["accept"]) == "yes" for row in self.out("scored"))
        before = accepted()
        self.widget.limit_spin.setValue(30)
        self.assertGreater(accepted(), before)

    def test_selected_code(self):
        self.feed(results())
        self.assertIsNone(self.out("selected"))
        self.widget.page.view.selectRow(0)
        selected = self.out("selected")
        self.assertEqual({str(row["predicted code"]) for row in selected}, {"850440"})
        self.feed(results())
        self.assertIsNotNone(self.out("selected"))

    def test_new_documents_are_judged_by_what_the_results_teach(self):
        table = data()
        model = LogisticRegressionLearner()(table)
        values, shares = model(table[:10], model.ValueProbs)
        domain = Domain(table.domain.attributes, metas=[
            DiscreteVariable("model 0", CODES), *(ContinuousVariable(f"model 0 ({c})")
                                                  for c in CODES)])
        new = Table.from_numpy(domain, table.X[:10], metas=np.column_stack([values, shares]))
        self.feed(results(), new)
        documents = self.out("scored")
        self.assertEqual(len(documents), 10)
        self.assertFalse(np.isnan(documents.get_column("P(error)")).any())
        # without results there must be a truth
        self.feed(None, new)
        self.assertTrue(self.widget.Error.no_truth.is_shown())
        self.assertIsNone(self.out("scored"))

    def test_a_table_with_the_truth_is_evaluated_itself(self):
        found = results()
        table = found.get_augmented_data(["model 0", "model 1"])
        codes = self.feed(None, table)
        self.assertAlmostEqual(sum(float(row["wrong"]) for row in codes),
                               (found.predicted[0] != found.actual).sum())

    def test_what_can_not_be_evaluated(self):
        self.assertIsNone(self.feed(CrossValidation(k=2)(Table("housing")[:30], [MeanLearner()])))
        self.assertIn("not categorical", str(self.widget.Error.results))
        self.assertIsNone(self.feed(None, Table("iris")))
        self.assertTrue(self.widget.Error.no_prediction.is_shown())
        self.assertIsNotNone(self.feed(results()))
        self.assertFalse(self.widget.Error.results.is_shown())
        self.feed(results(), Table("iris"))
        self.assertTrue(self.widget.Warning.data.is_shown())

    def test_no_errors_and_few_documents(self):
        found = results()
        found.predicted[0] = found.actual
        self.feed(found)
        self.assertTrue(self.widget.Warning.no_error.is_shown())
        small = results(CrossValidation(k=2))
        small.actual = np.where(np.arange(150) < 12, small.actual, np.nan)
        self.feed(small)
        self.assertTrue(self.widget.Warning.few.is_shown())
        self.assertTrue(self.widget.Warning.unknown.is_shown())

    def test_removal_clears(self):
        self.feed(results())
        self.assertIsNone(self.feed(None))
        self.assertIsNone(self.out("scored"))
        self.assertEqual(self.widget.page.model.rowCount(), 0)

    def test_a_column_that_gives_the_code_away_is_named(self):
        table = data()
        leak = DiscreteVariable("declared", CODES)
        leaking = Table.from_numpy(
            Domain([*table.domain.attributes, leak], table.domain.class_var),
            np.column_stack([table.X, table.Y]), table.Y)
        found = CrossValidation(k=3, random_state=0, store_models=True)(
            leaking, [LogisticRegressionLearner()])
        found.data = leaking
        self.feed(found)
        self.assertIn("“declared”", str(self.widget.Warning.leaks))
        self.feed(results())
        self.assertFalse(self.widget.Warning.leaks.is_shown())
        # a column that the model never saw does no harm
        seen = CrossValidation(k=3, random_state=0, store_models=True)(
            table, [LogisticRegressionLearner()])
        seen.data = leaking
        self.feed(seen)
        self.assertFalse(self.widget.Warning.leaks.is_shown())

    def test_documents_without_a_known_word_are_marked_and_not_accepted(self):
        bag = declarations(["реле тока", "реле напряжения", "блок питания", "блок"] * 10,
                           [2., 2, 0, 0] * 10)
        bag = BowVectorizer().transform(RegexpTokenizer()(bag))
        model = LogisticRegressionLearner()(bag)
        texts = ["реле тока", "блок питания", "стабилизатор", "stabiliser"]
        new = declarations(texts, [2., 0, 0, 0])
        shares = model(new, model.Probs)
        found = Results(domain=new.domain, actual=new.Y, predicted=shares.argmax(1)[None] * 1.,
                        probabilities=shares[None], row_indices=np.arange(4),
                        models=np.array([[model]]))
        found.data, found.learner_names = new, ["LR"]
        self.feed(found)
        self.widget.limit_spin.setValue(100)
        documents = self.out("scored")
        self.assertEqual(documents.get_column("known words").tolist(), [2, 2, 0, 0])
        self.assertEqual([str(row["accept"]) for row in documents], ["yes", "yes", "no", "no"])
        self.assertIn("2 of 4", str(self.widget.Warning.unread))
        self.assertLessEqual(self.widget.evaluated.accepted.coverage, .5)
        # texts that are to be judged by these results
        domain = Domain([], metas=[*new.domain.metas, DiscreteVariable("LR", CODES),
                                   *(ContinuousVariable(f"LR ({c})") for c in CODES)])
        judged = new.transform(domain)
        with judged.unlocked(judged.metas):
            judged.metas[:, -4:] = np.column_stack([shares.argmax(1), shares])
        self.feed(found, judged)
        self.assertEqual(self.out("scored").get_column("known words").tolist(), [2, 2, 0, 0])

    def test_without_the_model_equal_answers_are_suspected(self):
        texts = ["реле тока", "блок питания", "стабилизатор", "stabiliser"]
        new = declarations(texts, [2., 0, 0, 0])
        shares = [[.1, .1, .8], [.8, .1, .1], [.4, .2, .4], [.4, .2, .4]]
        domain = Domain([], new.domain.class_var, [
            *new.domain.metas, DiscreteVariable("LR", CODES),
            *(ContinuousVariable(f"LR ({c})") for c in CODES)])
        table = new.transform(domain)
        with table.unlocked(table.metas):
            table.metas[:, -4:] = np.column_stack([np.argmax(shares, axis=1), shares])
        self.feed(None, table)
        self.widget.limit_spin.setValue(100)
        self.assertEqual([str(row["accept"]) for row in self.out("scored")],
                         ["yes", "yes", "no", "no"])
        self.assertIn("2 of 4", str(self.widget.Warning.likely_unread))

    def test_a_corpus_that_reads_ids_is_named(self):
        id_, text, answer = (StringVariable("good_id"), StringVariable("description"),
                             DiscreteVariable("LR", CODES))
        new = [ContinuousVariable(f"LR ({code})") for code in CODES]
        table = Corpus.from_numpy(
            Domain([], DiscreteVariable("HS code", CODES), [id_, text, answer, *new]),
            np.empty((2, 0)), np.array([0., 1.]), np.array(
                [["N-1", "реле тока", 0., .8, .1, .1], ["N-2", "блок питания", 0., .7, .2, .1]],
                dtype=object), text_features=[id_], language="ru")
        self.feed(None, table)
        self.assertIn("choose “description”", str(self.widget.Warning.ids))
        table.set_text_features([text])
        self.feed(None, table)
        self.assertFalse(self.widget.Warning.ids.is_shown())

    def test_the_mark_of_selected_rows_is_no_true_code(self):
        """Predictions of new goods: Orange's own class “Selected” is not what they are."""
        table = Table.from_numpy(
            Domain([], DiscreteVariable("Selected", ("No", "Yes")), [DiscreteVariable("LR", CODES)]
                   + [ContinuousVariable(f"LR ({code})") for code in CODES]),
            np.empty((2, 0)), np.zeros(2), np.array([[0, .8, .1, .1], [1, .2, .7, .1]]))
        self.assertIsNone(self.feed(None, table))
        self.assertTrue(self.widget.Error.no_truth.is_shown())

    def test_report(self):
        self.feed(results(), self.answers()[1])
        self.widget.send_report()
        for text in ("850440", "commonest code", "Documents without a known code"):
            self.assertIn(text, self.widget.report_html)

    # -- several models

    def answers(self, names=("model 0", "model 1")):
        """What Predictions sends for documents of which the last two have no known code."""
        table = data()
        domain = Domain(table.domain.attributes, table.domain.class_vars,
                        [StringVariable("description")])
        new = table[::4].transform(domain).copy()
        with new.unlocked():
            new.Y[-2:] = np.nan
            new.metas[:, 0] = [f"good {i}" for i in range(len(new))]
        predictions = self.create_widget(OWPredictions)
        self.send_signal(predictions.Inputs.data, new, widget=predictions)
        for number, (learner, name) in enumerate(zip(
                (LogisticRegressionLearner(), MajorityLearner()), names)):
            model = learner(table)
            model.name = name
            predictions.insert_predictor(number, model)
        predictions.handleNewSignals()
        return [self.get_output(output, widget=predictions) for output in (
            predictions.Outputs.evaluation_results, predictions.Outputs.selected_predictions)]

    def test_a_row_per_model_with_mean_and_deviation_and_the_commonest_code(self):
        self.feed(results())
        models = self.out("models")
        self.assertEqual([str(row["model"]) for row in models],
                         ["model 0", "model 1", "commonest code"])
        self.assertEqual(models.get_column("n").tolist(), [150] * 3)
        sentence = self.widget.models_page.sentence.text()
        self.assertIn("“model 0” is better than “model 1”", sentence)
        self.assertIn("Not shown to be better than saying the commonest code always: “model 1”",
                      sentence)
        self.feed(results(learners=[LogisticRegressionLearner(), LogisticRegressionLearner(C=2)]))
        self.assertIn("no model stands out", self.widget.models_page.sentence.text())
        self.feed(None)
        self.assertIsNone(self.out("models"))

    def test_documents_of_known_and_unknown_code_are_judged_by_each_model(self):
        """Predictions leaves rows without a class out of its results, not out of its table."""
        for names in (("all words", "fewer words"), ("one name", "one name")):
            found, table = self.answers(names)
            self.assertEqual((len(found.actual), len(table)), (36, 38))
            self.feed(found, table)
            judged = self.out("judged")
            self.assertEqual(len(judged), 38 * 2)
            self.assertEqual([str(row["description"]) for row in judged[:4]],
                             ["good 36"] * 2 + ["good 37"] * 2)
            self.assertFalse(np.isnan(judged.get_column("P(error)")).any())
            self.assertEqual({str(row["accept"]) for row in judged} - {"yes", "no"}, set())
            # a document that is among the evaluated is judged as it is there: by the others
            for number, judge in enumerate(self.widget.compared.judges):
                of = dict(zip(judge.taught.document.tolist(), judge.taught_error.tolist()))
                for row, p in zip(judged.ids[number::2][2:],
                                  judged.get_column("P(error)")[number::2][2:]):
                    self.assertAlmostEqual(of[row], p)
            # and so it is in the documents of the chosen model
            scored = self.out("scored")
            of = dict(zip(scored.ids.tolist(), scored.get_column("P(error)")))
            for row, p in zip(judged.ids[::2].tolist(), judged.get_column("P(error)")[::2]):
                self.assertAlmostEqual(of[row], p)
            self.assertFalse(self.widget.Warning.active)

    def test_documents_of_unknown_code_are_seen_at_once(self):
        self.feed(*self.answers())
        self.out("judged")
        page = self.widget.models_page
        self.assertEqual([(v.document, v.model) for v in page.verdicts.rows], [
            ("good 36", "model 0"), ("good 36", "model 1"),
            ("good 37", "model 0"), ("good 37", "model 1")])
        self.assertEqual({v.word for v in page.verdicts.rows} - {"yes", "no"}, set())
        self.assertFalse(page.verdict_view.isHidden())

    def test_the_scores_leave_the_documents_the_room_that_they_need_not(self):
        page = self.widget.models_page
        self.feed(*self.answers())
        self.out("judged")
        view = page.view
        needed = view.horizontalHeader().sizeHint().height() + 2 * view.frameWidth() \
            + 3 * view.rowHeight(0)
        self.assertEqual(view.maximumHeight(), needed)
        self.feed(results())
        self.assertGreater(view.maximumHeight(), 10 ** 6)

    def test_a_few_documents_do_not_show_a_model_to_be_no_better_than_the_commonest_code(self):
        shares = np.array([[[.8, .1, .1], [.7, .2, .1], [.2, .7, .1]]])
        few = Results(domain=data().domain, actual=np.array([0., 0, 1]), probabilities=shares,
                      predicted=shares.argmax(2).astype(float), row_indices=np.arange(3))
        few.learner_names = ["model"]
        self.feed(few)
        self.assertEqual([row.scores["CA"] for row in self.widget.compared.rows[:1]], [1.])
        self.assertIn("Not shown to be better", self.widget.models_page.sentence.text())

    def test_the_limit_moves_what_each_model_accepts(self):
        self.feed(*self.answers())
        before = sum(str(row["accept"]) == "yes" for row in self.out("judged"))
        self.widget.limit_spin.setValue(100)
        self.assertEqual(sum(str(row["accept"]) == "yes" for row in self.out("judged")), 76)
        self.assertLess(before, 76)
        self.assertEqual({v.word for v in self.widget.models_page.verdicts.rows}, {"yes"})

    def test_a_model_without_probabilities_is_scored_and_named(self):
        found = results()
        found.probabilities[1] = np.nan
        self.feed(found)
        models = self.out("models")
        self.assertTrue(np.isnan(models[1]["AUC"]) and not np.isnan(models[1]["CA"]))
        self.widget.model_combo.setCurrentIndex(1)
        self.widget.model_combo.activated.emit(1)
        self.assertIsNone(self.out("scored"))
        self.assertIn("no probabilities", str(self.widget.Error.results))
        self.assertEqual(len(self.out("models")), 3)

    def test_models_that_the_data_do_not_know_are_named(self):
        _, table = self.answers(("model 0", "another"))
        self.feed(results(), table)
        self.assertEqual({str(row["model"]) for row in self.out("judged")}, {"model 0"})
        self.assertIn("“model 1”", str(self.widget.Warning.unmatched))
        self.feed(results())
        self.assertFalse(self.widget.Warning.unmatched.is_shown())

    def test_predictions_alone_are_compared_too(self):
        _, table = self.answers()
        self.feed(None, table)
        self.assertEqual([int(row["n"]) for row in self.out("models")], [36] * 3)
        self.assertEqual(len(self.out("judged")), 76)

    def test_scores_at_a_level(self):
        self.feed(results())
        self.assertIn("AUC 850490", self.out("models").domain)
        combo = self.widget.level_combo
        combo.setCurrentIndex(combo.findData(4))
        combo.activated.emit(combo.currentIndex())
        names = [v.name for v in self.out("models").domain.attributes]
        self.assertEqual(names[-2:], ["AUC 8504", "AUC 8536"])

    def test_what_bears_on_a_decision_belongs_to_the_workflow(self):
        """Saved with it, and no default of the next widget."""
        self.widget.limit_spin.setValue(30)
        self.widget.level = 4
        self.widget.saveSettings()
        handler = self.widget.settingsHandler
        self.assertFalse({"limit", "level"} & handler.defaults.keys())
        kept = self.create_widget(OWEvaluateCodes, handler.pack_data(self.widget))
        self.assertEqual((kept.limit, kept.level), (.3, 4))
        self.assertEqual((kept.limit_spin.value(), kept.level_combo.currentData()), (30, 4))

    def test_the_window_fits_a_small_screen(self):
        hint = self.widget.sizeHint()
        self.assertTrue(hint.width() <= 909 and hint.height() <= 511)
        least = self.widget.minimumSizeHint()
        self.assertTrue(least.width() <= 909 and least.height() <= 511)


class TestSafeDigits(WidgetTest):
    """Goods of HS Code Fusion with true codes → what its safe digits rest on."""

    def setUp(self):
        self.widget = self.create_widget(OWEvaluateCodes)

    def codes(self, wrong=6):
        """Twenty goods that are said to be 6403, some of which are 6404, of ten rulings."""
        masses = [MassColumn(digits, "program=1").mark(ContinuousVariable(f"P({digits} digits)"))
                  for digits in (2, 4, 6)]
        metas = [StringVariable(name) for name in ("code", "right", "ruling")]
        return Table.from_numpy(
            Domain([*masses, ContinuousVariable("P(code)")], metas=metas),
            np.tile([.99, .9, .8, .7], (20, 1)),
            metas=np.array([["6403911600", "6404190000" if n < wrong else "6403910000",
                             f"ruling {n % 10}"] for n in range(20)], dtype=object))

    def feed(self, table, **settings):
        for name, value in settings.items():
            setattr(self.widget, name, value)
        self.send_signal(self.widget.Inputs.data, table)
        self.wait_until_finished()
        return self.get_output(self.widget.Outputs.calibration)

    def test_goods_and_what_was_said_of_them_go_on_to_hs_code_fusion(self):
        table = self.feed(self.codes(), truth_name="right", by_name="ruling")
        self.assertEqual(len(table), 20)
        known = calibration_from_table(table)
        self.assertEqual(known.made_with, {"program": "1"})
        self.assertEqual(known.rows[0].way, (("64", .99), ("6403", .9), ("640391", .8)))
        self.assertEqual((known.rows[0].true, known.rows[0].by), ("6404190000", "ruling 0"))

    def test_the_page_sets_coverage_beside_length_and_trivial_answers(self):
        self.feed(self.codes(), truth_name="right")
        rows = self.widget.safe_page.model.rows
        self.assertEqual({row.rule for row in rows if not row.heading}, set(RULES))
        self.assertIn("6403", {row.heading for row in rows})
        self.assertIn("%", self.widget.safe_page.sentence.text())

    def test_goods_of_one_witness_are_counted_once(self):
        self.feed(self.codes(), truth_name="right", by_name="ruling")
        self.assertEqual({row.n for row in self.widget.safe_page.model.rows}, {10})

    def test_the_witness_may_be_chosen_when_all_is_evaluated(self):
        self.feed(self.codes(), truth_name="right")
        self.widget.by_combo.setCurrentText("ruling")
        self.widget.by_combo._on_activated(0)
        self.wait_until_finished()
        self.assertEqual(self.widget.by_name, "ruling")
        self.assertEqual({row.n for row in self.widget.safe_page.model.rows}, {10})

    def test_models_in_evaluation_results_are_judged_by_their_documents(self):
        self.send_signal(self.widget.Inputs.results, results())
        self.wait_until_finished()
        table = self.get_output(self.widget.Outputs.calibration)
        self.assertEqual(len(table), 150)
        self.assertEqual(calibration_from_table(table).made_with, {"model": "model 0"})
        self.assertEqual({row.n for row in self.widget.safe_page.model.rows if not row.heading},
                         {150})

    def test_too_few_goods_are_said_to_be_so_and_nothing_to_learn_from_too(self):
        self.feed(self.codes()[:3], truth_name="right")
        few = self.widget.safe_page.sentence.text()
        self.assertIsNone(self.feed(None))
        self.assertNotEqual(self.widget.safe_page.sentence.text(), few)
        self.assertEqual(self.widget.safe_page.model.rows, [])
