"""The ledger in windows: HS Code Fusion writes it, Evaluate Codes shows it."""
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from AnyQt.QtCore import QSettings
from made_goods import BOOTS, BOOTS_NO_HEIGHT, SNEAKERS, text_facts
from Orange.widgets.tests.base import WidgetTest

from orangecontrib.customs.i18n import say, speaking
from orangecontrib.customs.ledger import Entry, Ledger, digest_of, utc
from orangecontrib.customs.ledger.entry import WITHDRAWAL
from orangecontrib.customs.ledger.summary import standing
from orangecontrib.customs.widgets.owevaluatecodes import OWEvaluateCodes
from orangecontrib.customs.widgets.owhscodefusion import OWHSCodeFusion
from orangecontrib.customs.widgets.utils import fusionledger

SAID, ANOTHER = "6403999600", "6402999100"
GOODS = {"A": BOOTS, "B": SNEAKERS, "C": BOOTS_NO_HEIGHT}


class InFolder:
    def setUp(self):
        super().setUp()
        folder = TemporaryDirectory(ignore_cleanup_errors=True)
        self.addCleanup(folder.cleanup)
        self.ledger = Ledger(Path(folder.name) / "office.ledger", patience=1)

    def done(self, page):
        self.process_events(lambda: not page.besides.waiting)


class TestFusionWrites(InFolder, WidgetTest):
    def setUp(self):
        super().setUp()
        self.widget = self.create_widget(OWHSCodeFusion)
        self.widget.who_edit.setText("Анна")
        self.send_signal(self.widget.Inputs.text, text_facts(GOODS))
        self.wait_until_finished()

    def choose_ledger(self):
        self.widget.ledger_edit.line.setText(str(self.ledger.path))
        self.widget.ledger_edit._tell()

    def entries(self):
        self.done(self.widget)
        return self.ledger.entries()

    def choose(self, key):
        self.widget.list.choose([line.key for line in self.widget.lines].index(key))

    def another(self, typed, ok=True):
        with patch.object(fusionledger.QInputDialog, "getItem", return_value=(typed, ok)):
            self.widget._ask_another()

    def test_nothing_is_written_unless_a_file_is_chosen(self):
        self.widget._toggle_reviewed()
        self.done(self.widget)
        self.assertFalse(list(self.ledger.path.parent.iterdir()))

    def test_a_reviewed_good_is_confirmed_with_digests_only(self):
        self.choose_ledger()
        self.widget._toggle_reviewed()
        entry, = self.entries()
        code = self.widget.verdicts[0].code
        self.assertEqual((entry.key, entry.who, entry.said, entry.found, entry.outcome),
                         ("A", "Анна", code, code, "confirmed"))
        self.assertAlmostEqual(entry.p, self.widget.verdicts[0].p)
        self.assertEqual(entry.text_digest, digest_of(BOOTS))
        self.assertNotIn("Ботинки".encode(), self.ledger.path.read_bytes())
        self.assertIn("footwear ", entry.groups)
        self.assertTrue(entry.edition and entry.version)
        self.assertIn("A", self.widget.ledger_label.text())

    def test_undo_takes_the_entry_back_and_redo_writes_another(self):
        self.choose_ledger()
        self.widget._toggle_reviewed()
        self.widget.decisions.undo()
        first, back = self.entries()
        self.assertEqual((back.kind, back.withdraws), (WITHDRAWAL, first.id))
        self.assertEqual(standing([first, back]), [])
        self.widget.decisions.redo()
        self.assertEqual([entry.key for entry in standing(self.entries())], ["A"])

    def test_another_code_overturns_and_is_undone(self):
        self.choose_ledger()
        self.choose("B")
        self.another("6402 99 910 0")
        entry, = self.entries()
        self.assertEqual((entry.key, entry.found, entry.outcome), ("B", ANOTHER, "overturned"))
        self.choose("B")
        self.assertIn(ANOTHER, self.widget.review_button.text())
        self.assertEqual(self.widget.stood_by, {"B": ANOTHER})
        self.widget.decisions.undo()
        self.assertEqual((self.widget.stood_by, self.widget.reviewed), ({}, []))
        self.assertEqual(standing(self.entries()), [])
        self.widget.decisions.redo()
        self.assertEqual([entry.found for entry in standing(self.entries())], [ANOTHER])

    def test_what_is_not_a_code_is_not_taken(self):
        self.choose_ledger()
        with patch.object(fusionledger.QMessageBox, "warning") as told:
            self.another("64")
        self.another(ANOTHER, ok=False)
        told.assert_called_once()
        self.assertEqual((self.entries(), self.widget.reviewed), ([], []))

    def test_what_was_said_is_the_code_without_her_answers(self):
        self.choose_ledger()
        self.choose("C")
        before = self.widget.verdict
        self.widget._on_answer("height", "over_knee")
        self.wait_until_finished()
        after = self.widget.verdict.code
        self.widget._toggle_reviewed()
        entry, = self.entries()
        self.assertEqual((entry.said, entry.found), (";".join(before.codes), after))

    def test_an_answer_after_the_review_writes_the_new_code(self):
        self.choose_ledger()
        self.choose("C")
        self.widget._toggle_reviewed()
        self.choose("C")
        self.widget._on_answer("upper", "textile")
        self.wait_until_finished()
        first, second = self.entries()
        self.assertEqual(second.found, self.widget.verdict.code)
        self.assertNotEqual(first.found, second.found)
        self.assertEqual(standing([first, second]), [second])

    def test_a_file_that_is_not_a_ledger_is_left_alone_and_said(self):
        self.ledger.path.write_text("good_id,code\n", encoding="utf-8")
        self.choose_ledger()
        self.widget._toggle_reviewed()
        self.done(self.widget)
        self.assertTrue(self.widget.Warning.ledger.is_shown())
        self.assertEqual(self.ledger.path.read_text(encoding="utf-8"), "good_id,code\n")
        self.assertEqual(self.widget.reviewed, ["A"])

    def test_closing_waits_for_what_is_being_written(self):
        self.choose_ledger()
        self.widget._toggle_reviewed()
        self.widget.onDeleteWidget()
        self.assertEqual(len(self.ledger), 1)

    def test_marks_and_codes_are_kept_with_the_workflow_and_the_name_is_not(self):
        self.choose("B")
        self.another(ANOTHER)
        self.widget.who_edit.editingFinished.emit()
        settings = self.widget.settingsHandler.pack_data(self.widget)
        self.assertNotIn("Анна", str(settings))
        self.assertEqual(QSettings().value(fusionledger.KEY), "Анна")
        QSettings().remove(fusionledger.KEY)
        other = self.create_widget(OWHSCodeFusion, stored_settings=settings)
        self.assertEqual((other.stood_by, other.reviewed), ({"B": ANOTHER}, ["B"]))


def year(drift=True):
    """From month seven on a third of the codes is overturned, or as few as before."""
    return [Entry(f"{month}-{n}", "Анна", utc(f"2026-{month:02d}-11"), SAID,
                  ANOTHER if n < (20 if drift and month > 6 else 3) else SAID, .95)
            for month in range(1, 9) for n in range(60)]


class TestEvaluateShows(InFolder, WidgetTest):
    def setUp(self):
        super().setUp()
        self.widget = self.create_widget(OWEvaluateCodes)
        self.page = self.widget.ledger_page

    def show(self):
        self.widget._on_ledger(str(self.ledger.path))
        self.done(self.page)
        return self.page.sentence.text()

    @speaking("en")
    def test_a_drift_in_month_seven_is_shown_by_month_eight(self):
        self.ledger.append(year())
        self.assertIn("The error has risen", self.show())
        self.assertEqual({alarm.last for alarm in self.page.summary.drift.alarms},
                         {"2026-07", "2026-08"})
        self.assertEqual([row.instead for row in self.page.codes.rows], [ANOTHER])
        self.assertEqual([say(pair.first) for pair in self.page.pairs.rows], ["the program"])
        self.widget.send_report()
        self.assertIn("The error has risen", self.widget.report_html)
        self.assertIn(ANOTHER, self.widget.report_html)

    @speaking("en")
    def test_a_selected_code_has_its_own_months_drawn(self):
        other = [replace(entry, key=f"o{entry.key}", said=ANOTHER, found=ANOTHER)
                 for entry in year(drift=False)[:60]]
        self.ledger.append([*year(), *other])
        self.show()
        self.assertEqual(self.lengths(), {8})
        self.page.code_view.selectRow(0)
        self.assertEqual(self.page.code, SAID)
        self.assertIn(SAID, self.legend())
        self.page.code_view.clearSelection()
        self.assertNotIn(SAID, self.legend())

    def lengths(self):
        return {len(item.xData) for item in self.page.plot.plotItem.listDataItems()
                if len(item.xData) > 2}

    def legend(self):
        return " ".join(label.text for _, label in self.page.plot.plotItem.legend.items)

    @speaking("en")
    def test_what_is_appended_meanwhile_is_shown_on_demand_and_digits_can_be_chosen(self):
        self.ledger.append(year(drift=False)[:60])
        self.assertIn("60 goods", self.show())
        self.ledger.append(year(drift=False)[60:])
        self.page.again.click()
        self.done(self.page)
        self.assertIn("480 goods", self.page.sentence.text())
        self.widget._on_ledger_digits(6)
        self.page.digits.setCurrentIndex(self.page.digits.findData(6))
        self.page.show_file(self.ledger.path)
        self.done(self.page)
        self.assertEqual(self.page.codes.rows[0].code, "640399")

    @speaking("en")
    def test_a_file_that_is_not_there_or_not_a_ledger_is_said_and_not_made(self):
        self.assertIn("no file", self.show())
        self.assertFalse(self.ledger.path.exists())
        with closing(sqlite3.connect(self.ledger.path)) as other:
            other.execute("CREATE TABLE goods (id TEXT)")
        self.assertIn("not a ledger", self.show())
        self.assertEqual(self.page.codes.rows, [])
        self.widget._on_ledger("")
        self.assertIn("Choose a ledger", self.page.sentence.text())
