"""Vocabulary Sweep: a grid of scores that grows, can be stopped, and chooses a vocabulary."""
from unittest.mock import patch

import numpy as np
from AnyQt.QtTest import QTest
from Orange.base import Learner
from Orange.classification import MajorityLearner
from Orange.data import DiscreteVariable, Domain, StringVariable
from Orange.widgets.tests.base import WidgetTest
from orangecontrib.text import Corpus
from orangecontrib.text.preprocess import (
    FrequencyFilter,
    LowercaseTransformer,
    PreprocessorList,
    RegexpTokenizer,
)

from orangecontrib.customs.i18n import speaking
from orangecontrib.customs.textmining.sweep.table import Sweeper
from orangecontrib.customs.widgets.owvocabularysweep import OWVocabularySweep
from orangecontrib.customs.widgets.utils.common import language
from orangecontrib.customs.widgets.utils.common.base import Ended
from tools.samples.make_declarations import generate

SMALL = {"sizes_text": "5, 10", "maxima_text": "0.3, 0.6", "scheme": "folds 5"}


def corpus(sizes=None):
    made = generate(sizes or {"850440": 30, "853630": 30}, 1, 5)
    values = tuple(sorted({d.code for d in made}))
    text = StringVariable("description")
    data = Corpus.from_numpy(
        Domain([], DiscreteVariable("code", values), [text]), np.empty((len(made), 0)),
        np.array([values.index(d.code) for d in made], dtype=float),
        np.array([[d.description] for d in made], dtype=object), text_features=[text],
        language="ru")
    return PreprocessorList([LowercaseTransformer(), RegexpTokenizer()])(data)


class Counting(Learner):
    fits = 0

    def fit_storage(self, data):
        type(self).fits += 1
        return MajorityLearner()(data)


class TestOWVocabularySweep(WidgetTest):
    def setUp(self):
        self.widget = self.create_widget(OWVocabularySweep, stored_settings=SMALL)
        Counting.fits = 0

    def feed(self, data, **signals):
        pairs = [(self.widget.Inputs.corpus, data)]
        pairs += [(getattr(self.widget.Inputs, n), value) for n, value in signals.items()]
        self.send_signals(pairs)
        return self.out("scores")

    def out(self, name):
        self.wait_until_finished()
        return self.get_output(getattr(self.widget.Outputs, name))

    def edit(self, edit, text):
        edit.clear()
        QTest.keyClicks(edit, text)
        edit.editingFinished.emit()

    def test_a_row_per_cell_and_the_map(self):
        scores = self.feed(corpus())
        self.assertEqual([(row["vocabulary"], row["max df"]) for row in scores],
                         [(5, .3), (5, .6), (10, .3), (10, .6)])
        texts = [self.widget.map.item(r, c).text() for r in range(2) for c in range(2)]
        self.assertEqual([text.rstrip("*") for text in texts],
                         [f"{float(row['AUC']):.3f}" for row in scores])
        self.assertIn("Best AUC", self.widget.summary.text())

    def test_a_column_that_gives_the_code_away_is_named(self):
        data = corpus()
        leak = DiscreteVariable("declared", data.domain.class_var.values)
        leaking = data.transform(Domain([leak], data.domain.class_var, data.domain.metas))
        with leaking.unlocked(leaking.X):
            leaking.X[:, 0] = data.Y
        self.feed(leaking)
        self.assertIn("“declared”", str(self.widget.Warning.leaks))
        self.feed(data)
        self.assertFalse(self.widget.Warning.leaks.is_shown())

    def test_codes_that_are_read_as_text_are_named(self):
        data = corpus()
        code = StringVariable("hs")
        both = data.transform(Domain([], data.domain.class_var, [*data.domain.metas, code]))
        with both.unlocked(both.metas):
            both.metas[:, 1] = [data.domain.class_var.values[int(y)] for y in data.Y]
        both.set_text_features([both.domain["description"], code])
        self.feed(both)
        self.assertIn("“hs”", str(self.widget.Warning.codes_read))

    def test_the_selected_cell_goes_out_and_stays_in_the_workflow(self):
        self.feed(corpus())
        self.assertIsNone(self.out("words"))
        self.widget.map.setCurrentCell(1, 0)
        words = self.out("words")
        self.assertEqual(len(words), 10)
        self.assertEqual({token for tokens in self.out("corpus").tokens for token in tokens},
                         {str(row["Words"]) for row in words})
        stored = self.widget.settingsHandler.pack_data(self.widget)
        self.widget = self.create_widget(OWVocabularySweep, stored_settings=stored)
        self.feed(corpus())
        self.assertEqual(len(self.out("words")), 10)

    def test_another_metric_costs_nothing(self):
        self.feed(corpus(), learner=Counting())
        fits, before = Counting.fits, self.widget.map.item(0, 0).text()
        self.widget.metric_combo.setCurrentText("F1")
        self.widget.metric_combo.activated.emit(2)
        self.out("scores")
        self.assertEqual(Counting.fits, fits)
        self.assertNotEqual(self.widget.map.item(0, 0).text(), before)

    def test_a_new_size_costs_only_its_own_cells(self):
        self.feed(corpus(), learner=Counting())
        fits = Counting.fits
        self.edit(self.widget.sizes_edit, "5, 10, 15")
        self.assertEqual(len(self.out("scores")), 6)
        self.assertEqual(Counting.fits, fits + fits // 2)

    def test_another_learner_starts_anew(self):
        first = self.feed(corpus())
        self.send_signal(self.widget.Inputs.learner, Counting())
        second = self.out("scores")
        self.assertGreater(Counting.fits, 0)
        self.assertNotEqual(float(first[0]["CA"]), float(second[0]["CA"]))

    def test_cancel_keeps_what_is_finished_and_run_goes_on(self):
        done = []
        real = Sweeper.cell

        def cell(sweeper, size, maximum, progress=None):
            if len(done) == 2:  # as if Cancel were pressed during the third cell
                raise Ended
            done.append((size, maximum))
            return real(sweeper, size, maximum, progress)
        with patch.object(Sweeper, "cell", cell):
            self.assertEqual(len(self.feed(corpus())), 2)
        self.widget.run_button.click()
        self.assertEqual(len(self.out("scores")), 4)

    def test_the_cancel_button(self):
        self.send_signal(self.widget.Inputs.corpus, corpus({"850440": 200, "853630": 200}))
        self.assertEqual(self.widget.run_button.text(), "Cancel")
        self.widget.run_button.click()
        self.assertTrue(self.widget.Information.cancelled.is_shown())
        self.assertEqual(self.widget.run_button.text(), "Run")

    def test_nothing_runs_by_itself_when_that_is_off(self):
        self.widget = self.create_widget(OWVocabularySweep,
                                         stored_settings={**SMALL, "auto_run": False})
        self.assertIsNone(self.feed(corpus()))
        self.widget.run_button.click()
        self.assertEqual(len(self.out("scores")), 4)

    def test_what_can_not_be_read(self):
        self.feed(corpus())
        self.edit(self.widget.sizes_edit, "thirty")
        self.assertTrue(self.widget.Error.sizes.is_shown())
        self.assertIsNone(self.out("scores"))
        self.edit(self.widget.sizes_edit, "5")
        self.edit(self.widget.maxima_edit, "0.3, 1.5")
        self.assertTrue(self.widget.Error.maxima.is_shown())
        self.edit(self.widget.maxima_edit, "0.3")
        self.assertEqual(len(self.out("scores")), 1)
        self.assertFalse(self.widget.Error.maxima.is_shown())

    def test_one_class_and_an_empty_corpus(self):
        self.assertIsNone(self.feed(corpus({"850440": 5})))
        self.assertIn("at least two codes", str(self.widget.Error.failed))
        self.assertIsNone(self.feed(corpus()[:0]))
        self.assertIn("empty", str(self.widget.Error.failed))
        self.assertIsNotNone(self.feed(corpus()))
        self.assertFalse(self.widget.Error.failed.is_shown())

    def test_a_filter_upstream_is_named(self):
        self.feed(FrequencyFilter(min_df=.05, max_df=.5)(corpus()))
        self.assertTrue(self.widget.Warning.seen.is_shown())

    def test_a_learner_that_fails(self):
        class Broken(Learner):
            def fit_storage(self, data):
                raise RuntimeError("no luck")
        scores = self.feed(corpus(), learner=Broken())
        self.assertIn("no luck", str(self.widget.Warning.problems))
        self.assertEqual(len(scores), 4)
        self.assertEqual(self.widget.map.item(0, 0).text(), "–")

    def test_removal_clears(self):
        self.feed(corpus())
        self.assertIsNone(self.feed(None))
        self.assertEqual(self.widget.map.rowCount(), 0)
        self.assertEqual(self.widget.summary.text(),
                         "Connect declarations with their codes as class to Corpus.")

    def test_another_language_words_the_map_again_and_scores_nothing_again(self):
        self.feed(corpus(), learner=Counting())
        self.widget.map.setCurrentCell(0, 0)
        fits, cells = Counting.fits, dict(self.widget.cells)
        with speaking("ru"):
            language.changed.happened.emit()
            self.process_events()
            self.assertIn("Лучший словарь по AUC", self.widget.summary.text())
            self.assertIn("слов в среднем", self.widget.map.item(0, 0).toolTip())
            self.assertIn("По всем документам", self.widget.detail.text())
            self.assertEqual(self.widget.run_button.text(), "Запустить")
        self.assertEqual(Counting.fits, fits)
        self.assertEqual(self.widget.cells, cells)
        self.assertEqual(self.widget.selected, (5, .3))
        self.assertEqual(self.widget.metric_combo.currentData(), "AUC")

    def test_controls_get_the_room_that_the_words_of_another_language_need(self):
        self.widget.show()
        self.process_events()
        for name in ("ru", "en"):
            with speaking(name):
                language.changed.happened.emit()
                self.process_events()
                self.assertGreaterEqual(self.widget.controlArea.width(),
                                        self.widget.controlArea.minimumSizeHint().width())
                self.assertLessEqual(self.widget.controlArea.width(),
                                     self.widget.left_side.width())
        self.widget.hide()

    def test_report(self):
        self.feed(corpus())
        self.widget.send_report()
        self.assertIn("Equal texts together", self.widget.report_html)
