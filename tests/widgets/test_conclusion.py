"""The window with conclusions: what is shown, saved and printed."""
from pathlib import Path
from unittest.mock import patch

import openpyxl
import pypdf
import pytest
from AnyQt.QtCore import Qt
from AnyQt.QtWidgets import QMessageBox, QProgressDialog, QWidget
from Orange.data import Domain, StringVariable, Table
from Orange.widgets.tests.base import GuiTest, WidgetTest

from orangecontrib.customs.cases.api import case_of
from orangecontrib.customs.cases.conclusion import conclusion_of, exhibits_of
from orangecontrib.customs.cases.files import goods_of_rows
from orangecontrib.customs.declarations import GroupsReader
from orangecontrib.customs.declarations.table import facts_table
from orangecontrib.customs.i18n import speaking
from orangecontrib.customs.widgets.owhscodefusion import OWHSCodeFusion
from orangecontrib.customs.widgets.utils import conclusion
from orangecontrib.customs.widgets.utils.conclusion import ConclusionDialog, open_for

BOOTS = ("Ботинки мужские, верх из натуральной кожи, подошва из резины, закрывающие лодыжку, "
         "длина стельки 27 см")


def goods(count):
    case = case_of(goods_of_rows([{"good_id": f"A-{n}", "description": BOOTS}
                                  for n in range(count)]))
    return exhibits_of(case, case.decide())


def text_of(path):
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(path).pages]


class TestConclusionDialog(GuiTest):
    @pytest.fixture(autouse=True)
    def folder(self, tmp_path):
        self.folder = tmp_path

    def dialog(self, count=2, chosen=0):
        self.parent = QWidget()
        self.addCleanup(self.parent.deleteLater)
        return open_for(self.parent, goods(count), chosen)

    def save(self, dialog, name, chosen="", button="save_button"):
        path = self.folder / name
        with patch.object(conclusion.QFileDialog, "getSaveFileName",
                          return_value=(str(path), chosen)):
            getattr(dialog, button).click()
        return path

    def test_one_call_opens_a_page_of_the_chosen_good_over_the_widget(self):
        dialog = self.dialog(3, chosen=1)
        self.assertIs(dialog.parent(), self.parent)
        self.assertTrue(dialog.isVisible())
        self.assertEqual(dialog.preview.pageCount(), 1)
        self.assertEqual(dialog.place.text(), "2 of 3: A-1")

    def test_one_steps_from_good_to_good_and_not_beyond(self):
        dialog = self.dialog(2)
        self.assertFalse(dialog.back_button.isEnabled())
        dialog.next_button.click()
        self.assertEqual(dialog.place.text(), "2 of 2: A-1")
        self.assertFalse(dialog.next_button.isEnabled())
        dialog.back_button.click()
        self.assertEqual(dialog.exhibit.verdict.key, "A-0")

    def test_the_shown_good_is_saved_as_a_pdf_or_all_of_them(self):
        dialog = self.dialog(2, chosen=1)
        pages = text_of(self.save(dialog, "one.pdf"))
        self.assertEqual(len(pages), 1)
        self.assertIn("A-1", pages[0])
        dialog.all.setChecked(True)
        self.assertEqual(len(text_of(self.save(dialog, "all.pdf"))), 2)

    @speaking("ru")
    def test_html_is_saved_by_its_ending_and_pdf_where_there_is_none(self):
        dialog = self.dialog(1)
        html = self.save(dialog, "one.html").read_text(encoding="utf-8")
        self.assertIn("<!DOCTYPE html>", html)
        self.assertIn("Заключение", html)
        path = self.save(dialog, "bare", "PDF (*.pdf)")
        self.assertFalse(path.exists())
        self.assertEqual(path.with_name("bare.pdf").read_bytes()[:5], b"%PDF-")

    @speaking("ru")
    def test_the_language_is_chosen_for_the_page_and_for_nothing_else(self):
        dialog = self.dialog(1)
        dialog.language_combo.setCurrentIndex(dialog.language_combo.findData("en"))
        html = self.save(dialog, "one.html").read_text(encoding="utf-8")
        self.assertIn("Conclusion on the classification of goods", html)
        self.assertIn("Conclusion on the", text_of(self.save(dialog, "one.pdf"))[0])
        self.assertEqual(conclusion.language(), "ru")

    def test_all_codes_are_saved_as_a_workbook(self):
        dialog = self.dialog(3)
        path = self.save(dialog, "codes.xlsx", button="codes_button")
        rows = list(openpyxl.load_workbook(path).active.values)
        self.assertEqual(len(rows), 4)
        self.assertEqual(rows[1][0], "A-0")

    def test_a_place_that_cannot_be_written_is_told_and_the_window_stays(self):
        dialog = self.dialog(1)
        with patch.object(QMessageBox, "critical") as critical:
            self.save(dialog, "absent/one.pdf")
        self.assertIn("there is no folder", critical.call_args.args[2])
        self.assertTrue(dialog.isVisible())

    def test_nothing_is_saved_where_no_name_was_given(self):
        dialog = self.dialog(1)
        with patch.object(conclusion.QFileDialog, "getSaveFileName", return_value=("", "")):
            dialog.save_button.click()
            dialog.codes_button.click()
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_what_is_cancelled_leaves_the_earlier_file(self):
        dialog = self.dialog(conclusion.QUICK + 2)
        dialog.all.setChecked(True)
        for name in ("all.pdf", "all.html"):
            (self.folder / name).write_text("earlier", encoding="utf-8")
            with patch.object(QProgressDialog, "wasCanceled", return_value=True), \
                    patch.object(QMessageBox, "critical") as critical:
                path = self.save(dialog, name)
            critical.assert_not_called()
            self.assertEqual(path.read_text(encoding="utf-8"), "earlier")
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()),
                         ["all.html", "all.pdf"])

    def test_goods_ids_become_names_of_files(self):
        dialog = self.dialog(1)
        with patch.object(conclusion.QFileDialog, "getSaveFileName",
                          return_value=("", "")) as ask:
            dialog._path('a/b:c?"<x>', conclusion.PAGES)
        self.assertEqual(Path(ask.call_args.args[2]).name, "a_b_c___x_.pdf")

    def test_printing_goes_to_the_printer_that_was_chosen(self):
        dialog = self.dialog(2)
        dialog.all.setChecked(True)
        path = self.folder / "printed.pdf"

        class Chosen:
            def __init__(self, printer, parent):
                printer.setOutputFileName(str(path))

            def exec(self):
                return conclusion.QDialog.Accepted
        with patch.object(conclusion, "QPrintDialog", Chosen):
            dialog.print_button.click()
        self.assertEqual(len(text_of(path)), 2)

    def test_a_page_for_the_report_holds_the_code(self):
        html = conclusion.report_html(goods(1)[0])
        self.assertIn("6403", html)
        self.assertIn('class="conclusion"', html)

    def test_the_window_goes_with_its_widget(self):
        dialog = self.dialog(1)
        self.assertTrue(dialog.testAttribute(Qt.WA_DeleteOnClose))
        self.assertIsInstance(dialog, ConclusionDialog)



class TestConclusionOfFusion(WidgetTest):
    def setUp(self):
        self.widget = self.create_widget(OWHSCodeFusion)
        goods = Table.from_list(
            Domain([], metas=[StringVariable("good_id"), StringVariable("description")]),
            [["A-1", BOOTS], ["A-2", "Туфли комнатные женские, верх из текстиля, подошва ПВХ"]])
        self.facts = facts_table(goods, "description", GroupsReader(), "good_id")[0]

    def decide(self):
        self.send_signal(self.widget.Inputs.text, self.facts)
        self.wait_until_finished()

    @speaking("ru")
    def test_the_button_opens_the_selected_good_with_its_text_and_answers(self):
        self.assertFalse(self.widget.conclusion_button.isEnabled())
        self.decide()
        self.widget._on_answer("sex", "women")
        with patch.object(conclusion, "open_for") as opened:
            self.widget.conclusion_button.click()
        widget, exhibits, chosen = opened.call_args.args
        self.assertIs(widget, self.widget)
        self.assertEqual([e.good.good_id for e in exhibits], ["A-1", "A-2"])
        said = conclusion_of(exhibits[chosen])
        self.assertEqual("".join(piece.text for piece in said.text), BOOTS)
        self.assertTrue(any(piece.numbers for piece in said.text))
        self.assertEqual(said.answers, ("пол: женская",))

    @speaking("ru")
    def test_the_report_holds_the_conclusion_on_the_selected_good(self):
        self.decide()
        self.widget.send_report()
        self.assertIn('class="conclusion"', self.widget.report_html)
        self.assertIn("Таможенная пошлина", self.widget.report_html)
