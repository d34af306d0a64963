"""Declarations: what is read, what is said of it, and paths that move with the workflow."""
import ast
import io
import os
import runpy
import shutil
import tempfile
import unittest
from pathlib import Path
from unittest.mock import patch

import numpy as np
import openpyxl
from AnyQt.QtCore import QMimeData, QPointF, Qt, QUrl
from AnyQt.QtGui import QDropEvent
from Orange.widgets.tests.base import WidgetTest
from orangecanvas.registry import WidgetRegistry
from orangecanvas.scheme import SchemeNode
from orangewidget.workflow.discovery import widget_desc_from_module
from orangewidget.workflow.widgetsscheme import WidgetsScheme

from orangecontrib.customs.cases.api import engines_of
from orangecontrib.customs.cases.files import read_goods
from orangecontrib.customs.cases.table import case_from_tables
from orangecontrib.customs.columns import Role
from orangecontrib.customs.declarations import FactReader
from orangecontrib.customs.declarations.table import (
    default_text,
    facts_table,
    role_column,
    strings_of,
)
from orangecontrib.customs.fusion.among import vocabulary_of
from orangecontrib.customs.fusion.table import default_key
from orangecontrib.customs.groups import find_group, loaded_groups
from orangecontrib.customs.i18n import speaking
from orangecontrib.customs.widgets import owdeclarations
from orangecontrib.customs.widgets.owdeclarationfacts import OWDeclarationFacts
from orangecontrib.customs.widgets.owdeclarations import OWDeclarations
from orangecontrib.customs.widgets.owhscodefusion import OWHSCodeFusion
from orangecontrib.customs.widgets.utils.common import language
from orangecontrib.customs.widgets.utils.common.base import Ended
from orangecontrib.customs.widgets.utils.text.rolebar import NO_COLUMN

#: Makes the same goods in a file of each format and encoding.
TOOL = runpy.run_path(str(Path(__file__).parents[2] / "tools" / "declaration_files.py"))

GOODS = ("good_id;Описание товара;Код ТН ВЭД;quantity\n"
         "001;Ботинки мужские кожаные;0640399960;1 200,5\n"
         "002;Ботинки мужские кожаные;6403999600;\n")
SHIFTED = "003;Туфли; кожаные;6403999600;5\n"


def declared_quantity(data):
    return role_column(data.domain, "quantity")


class DeclarationsTest(WidgetTest):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name).resolve()
        self.widget = self.create_widget(OWDeclarations)

    def file(self, text=GOODS, name="flow/data/goods.csv", encoding="utf-8") -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    def data(self, source=None, widget=None):
        widget = widget or self.widget
        if source is not None:
            widget.set_source(source)
        self.wait_until_finished(widget=widget)
        return self.get_output(widget.Outputs.data, widget=widget)

    def settings(self, widget=None):
        widget = widget or self.widget
        settings = widget.settingsHandler.pack_data(widget)
        self.assertEqual(ast.literal_eval(repr(settings)), settings)
        return settings


class TestReading(DeclarationsTest):
    def test_why_a_row_cannot_be_trusted_goes_with_it_in_the_language_that_is_spoken(self):
        self.assertNotIn("problems", [v.name for v in self.data(self.file()).domain.metas])
        data = self.data(self.file(GOODS + SHIFTED))
        self.assertEqual(list(data.get_column("problems")[:2]), ["", ""])
        self.assertIn("line 4 of the file: 5 fields", data.get_column("problems")[2])
        self.assertIs(Role.of(data.domain["problems"]), Role.PROBLEMS)
        with speaking("ru"):
            language.changed.happened.emit()
            data = self.get_output(self.widget.Outputs.data)
            self.assertIn("строка 4 файла: полей 5", data.get_column("problems")[2])
            self.assertIn("строка 4: полей 5, больше", str(self.widget.Warning.doubtful))
            self.assertIn("строка 4: полей 5, больше", self.widget.shown_label.text())
            self.assertIn("Разделитель: точка с запятой", self.widget.read_label.text())
            self.assertIn("по названию", self.widget.role_bar.combos["description"].toolTip())
            self.assertIn("полей 5", self.widget.preview.headerData(
                2, Qt.Vertical, Qt.ToolTipRole))

    def test_codes_ids_and_repeated_descriptions_stay_texts(self):
        data = self.data(self.file())
        self.assertEqual([v.name for v in data.domain.attributes], ["quantity"])
        self.assertEqual([v.name for v in data.domain.metas],
                         ["good_id", "Описание товара", "Код ТН ВЭД"])
        self.assertTrue(all(v.is_string for v in data.domain.metas))
        self.assertEqual(list(data.get_column("good_id")), ["001", "002"])
        np.testing.assert_equal(data.get_column("quantity"), [1200.5, np.nan])
        self.assertEqual(data.name, "goods")

    def test_a_file_in_utf_8_is_read_without_a_message(self):
        self.data(self.file())
        self.assertFalse(self.widget.message_bar.messages())
        self.assertIn("<b>2</b> rows, <b>4</b> columns", self.widget.read_label.text())
        self.assertIn("semicolon", self.widget.read_label.text())

    def test_an_encoding_told_by_its_letters_is_said(self):
        data = self.data(self.file(GOODS * 3, encoding="cp1251"))
        self.assertEqual(data[0]["Описание товара"].value, "Ботинки мужские кожаные")
        self.assertIn("cp1251", str(self.widget.Information.encoding))
        self.assertIn("cp1251", self.widget.read_label.text())

    def test_a_chosen_encoding_is_taken_and_doubted_where_the_letters_say_another(self):
        self.widget.set_source(self.file(encoding="cp1251"))
        combo = self.widget.encoding_combo
        combo.setCurrentIndex(combo.findData("koi8_r"))
        combo.activated.emit(combo.currentIndex())
        self.assertNotIn("Описание товара", self.data().domain)
        self.assertTrue(self.widget.Warning.encoding.is_shown())
        combo.setCurrentIndex(combo.findData("cp1251"))
        combo.activated.emit(combo.currentIndex())
        self.assertIn("Описание товара", self.data().domain)
        self.assertFalse(self.widget.Warning.encoding.is_shown())

    def test_a_shifted_row_is_named_and_nothing_is_made_of_it(self):
        data = self.data(self.file(GOODS + SHIFTED))
        self.assertEqual(list(data.get_column("good_id")), ["001", "002", "003"])
        self.assertEqual(data[2]["Описание товара"].value, "")
        self.assertEqual(data[2]["Код ТН ВЭД"].value, "")
        self.assertIn("1 of 3 rows", str(self.widget.Warning.doubtful))
        self.assertIn("line 4: 5 fields", str(self.widget.Warning.doubtful))
        self.assertIn("line 4", self.widget.shown_label.text())
        self.assertEqual(self.widget.preview.headerData(2, Qt.Vertical), "⚠ 4")

    def test_a_row_of_which_nothing_can_be_trusted_stays_empty_and_is_named(self):
        data = self.data(self.file("description,code\nБотинки, кожаные,6403\nТуфли,6404\n"))
        self.assertEqual(list(data.get_column("code")), ["", "6404"])
        self.assertIn("line 2: 3 fields", str(self.widget.Warning.doubtful))
        self.assertIn("nothing of the row is used", str(self.widget.Warning.doubtful))
        self.assertIn("line 2 of the file", str(data[0]["problems"]))

    def test_all_rows_are_shown_and_sent(self):
        text = "good_id,description\n" + "".join(f"{i},Туфли\n" for i in range(2000))
        self.assertEqual(len(self.data(self.file(text))), 2000)
        self.assertEqual(self.widget.preview.rowCount(), 2000)

    def test_reload_sees_the_new_content(self):
        path = self.file()
        self.data(path)
        self.file(GOODS + "003;Туфли;6404;1\n")
        self.widget.reload_button.click()
        self.assertEqual(len(self.data()), 3)

    def test_columns_without_rows(self):
        self.assertEqual(len(self.data(self.file("good_id,description\n"))), 0)
        self.assertTrue(self.widget.Warning.no_rows.is_shown())

    def test_a_column_without_a_name_is_told(self):
        self.data(self.file("good_id,,description\n1,x,Туфли\n"))
        self.assertTrue(self.widget.Warning.nameless.is_shown())


HEADER = ["№ товара", "Графа 31", "Графа 33", "Количество, пар", "Цвет"]
ROWS = [["001", "Ботинки мужские кожаные", "6403999600", "120", "синий"],
        ["002", "Ботинки мужские кожаные", "6403910500", "7", "синий"],
        ["003", "Туфли комнатные; текстиль", "6404199000", "12", ""]]


def workbook(path, sheets=()):
    book = openpyxl.Workbook()
    for number, title in enumerate(sheets):
        book.create_sheet(title, number).append(["nothing", number])
    for row in [HEADER, *ROWS]:
        book["Sheet"].append(row)
    book.save(path)


def declared(good):
    return (good.good_id, good.declared_code, good.quantity, good.value, good.currency,
            good.weight)


class TestKinds(DeclarationsTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader, cls.engines = FactReader(find_group("footwear")), engines_of(loaded_groups())

    def test_a_file_of_each_kind_and_encoding_gives_the_goods_of_the_command_line(self):
        vocabulary = vocabulary_of(loaded_groups())
        for name, path in TOOL["make"](self.folder).items():
            with self.subTest(name):
                data = self.data(path)
                self.assertIsNotNone(data, self.widget.place.text())
                case = case_from_tables(self.engines, facts_table(
                    data, default_text(data), self.reader, default_key(data))[0])
                listed = read_goods(path, facts=vocabulary)
                self.assertEqual([declared(good) for good in case.goods],
                                 [declared(good) for good in listed])
                self.assertEqual(len(listed), len(TOOL["GOODS"]))
                texts = strings_of(data, default_text(data))
                self.assertEqual(texts, [good.description for good in listed])

    def test_what_is_downstream_takes_the_roles_without_being_told(self):
        workbook(self.folder / "own.xlsx")
        data = self.data(self.folder / "own.xlsx")
        facts = self.create_widget(OWDeclarationFacts)
        self.send_signal(facts.Inputs.data, data, widget=facts)
        self.wait_until_finished(widget=facts)
        self.assertEqual((facts.text_combo.currentText(), facts.key_combo.currentText()),
                         ("Графа 31", "№ товара"))
        fusion = self.create_widget(OWHSCodeFusion)
        self.send_signal(fusion.Inputs.text, self.get_output(facts.Outputs.facts, widget=facts),
                         widget=fusion)
        self.wait_until_finished(widget=fusion)
        self.assertEqual([(good.good_id, good.declared_code, good.quantity)
                          for good in fusion.case.goods],
                         [(row[0], row[2], float(row[3])) for row in ROWS])


class TestRoles(DeclarationsTest):
    def setUp(self):
        super().setUp()
        workbook(self.folder / "own.xlsx")
        self.own = self.data(self.folder / "own.xlsx")

    def choose(self, role, column):
        combo = self.widget.role_bar.combos[role]
        combo.setCurrentIndex(combo.findData(column))
        combo.activated.emit(combo.currentIndex())
        return self.data()

    def shown(self):
        return {role: combo.currentData() for role, combo in self.widget.role_bar.combos.items()}

    @staticmethod
    def role(data, name):
        return Role.of(data.domain[name])

    def test_roles_that_are_guessed_are_shown_over_the_rows(self):
        self.assertEqual(self.shown(), {
            "good_id": "№ товара", "description": "Графа 31", "declared_code": "Графа 33",
            "quantity": "Количество, пар", "value": NO_COLUMN, "currency": NO_COLUMN,
            "weight": NO_COLUMN})
        headers = [self.widget.preview.headerData(column, Qt.Horizontal) for column in range(5)]
        self.assertEqual(headers, ["№ товара\n▸ good's id", "Графа 31\n▸ description",
                                   "Графа 33\n▸ declared code", "Количество, пар\n▸ quantity",
                                   "Цвет\n"])
        self.assertFalse(self.widget.role_bar.button.isEnabled())

    def test_another_column_is_taken_without_reading_the_file_again(self):
        with patch.object(owdeclarations, "read_source", side_effect=AssertionError):
            data = self.choose("description", "Цвет")
        self.assertIs(self.role(data, "Цвет"), Role.DESCRIPTION)
        self.assertEqual(default_text(data).name, "Цвет")

    def test_a_column_has_one_role_and_the_others_are_guessed_again(self):
        self.choose("good_id", "Цвет")
        data = self.choose("description", "Цвет")
        self.assertIs(self.role(data, "Цвет"), Role.DESCRIPTION)
        self.assertIs(self.role(data, "№ товара"), Role.KEY)
        self.assertEqual(self.widget.good_id_column, "")

    def test_none_means_none_whatever_a_column_is_called(self):
        path = self.file("good_id,description,quantity\n1,Туфли,5\n")
        self.data(path)
        data = self.choose("quantity", NO_COLUMN)
        self.assertIsNone(declared_quantity(data))
        data = self.choose("good_id", NO_COLUMN)
        self.assertIsNone(default_key(data))

    def test_guess_all_forgets_what_was_chosen(self):
        self.choose("description", "Цвет")
        self.choose("quantity", NO_COLUMN)
        self.widget.role_bar.button.click()
        self.assertIs(self.role(self.data(), "Графа 31"), Role.DESCRIPTION)
        self.assertEqual(self.shown()["quantity"], "Количество, пар")

    def test_what_was_chosen_is_kept_by_name_and_told_where_a_file_lacks_it(self):
        self.choose("description", "Цвет")
        self.choose("quantity", NO_COLUMN)
        settings = self.settings()
        self.assertEqual(settings["description_column"], "Цвет")
        again = self.create_widget(OWDeclarations, stored_settings=settings)
        data = self.data(widget=again)
        self.assertIs(self.role(data, "Цвет"), Role.DESCRIPTION)
        self.assertIsNone(declared_quantity(data))
        data = self.data(self.file(), again)
        self.assertIs(self.role(data, "Описание товара"), Role.DESCRIPTION)
        self.assertIn("“Цвет”", str(again.Warning.absent))


class TestSheets(DeclarationsTest):
    def test_the_sheet_of_goods_is_taken_and_another_one_can_be_chosen(self):
        workbook(self.folder / "book.xlsx", sheets=["Прайс", "Лист 2"])
        self.assertEqual(len(self.data(self.folder / "book.xlsx")), 3)
        combo = self.widget.sheet_combo
        self.assertTrue(combo.isEnabled())
        combo.setCurrentIndex(combo.findData("Прайс"))
        combo.activated.emit(combo.currentIndex())
        self.assertIn("nothing", self.data().domain)
        self.assertEqual(self.settings()["sheet"], "Прайс")
        self.data(self.file())
        self.assertEqual(self.widget.sheet, "")
        self.assertFalse(combo.isEnabled())

    def test_a_sheet_that_is_gone_can_be_given_up(self):
        workbook(self.folder / "book.xlsx")
        widget = self.create_widget(OWDeclarations, stored_settings={
            "path": str(self.folder / "book.xlsx"), "sheet": "Прайс"})
        self.assertIsNone(self.data(widget=widget))
        self.assertIn("no sheet Прайс", str(widget.Error.file))
        widget.sheet_combo.setCurrentIndex(0)
        widget.sheet_combo.activated.emit(0)
        self.assertEqual(len(self.data(widget=widget)), 3)


class TestSelection(DeclarationsTest):
    def selected(self, widget=None):
        widget = widget or self.widget
        data = self.get_output(widget.Outputs.selected, widget=widget)
        return None if data is None else list(data.get_column("good_id"))

    def test_selected_rows_are_sent_beside_all_and_kept(self):
        self.data(self.file())
        self.assertIsNone(self.selected())
        self.widget.view.selectRow(1)
        self.assertEqual(self.selected(), ["002"])
        self.widget.reload_button.click()
        self.data()
        self.assertEqual(self.selected(), ["002"])
        again = self.create_widget(OWDeclarations, stored_settings=self.settings())
        self.data(widget=again)
        self.assertEqual(self.selected(again), ["002"])

    def test_another_file_is_opened_without_a_selection(self):
        self.data(self.file())
        self.widget.view.selectRow(0)
        self.data(self.file(name="other.csv"))
        self.assertIsNone(self.selected())


class TestErrors(DeclarationsTest):
    def assert_refused(self, source, message, *words):
        self.assertIsNone(self.data(source))
        for word in words:
            self.assertIn(word, str(message))
            self.assertIn(word, self.widget.place.text())
        self.assertIs(self.widget.pages.currentWidget(), self.widget.place)

    def test_a_missing_file_and_recovery(self):
        error = self.widget.Error
        self.assert_refused(self.folder / "no {where}.csv", error.missing, "{where}", "Reload")
        self.assertEqual(len(self.data(self.file())), 2)
        self.assertFalse(error.missing.is_shown())

    def test_an_empty_file(self):
        self.assert_refused(self.file(""), self.widget.Error.empty, "goods.csv",
                            "names of the columns")

    def test_a_folder(self):
        self.assert_refused(self.folder, self.widget.Error.missing, str(self.folder))

    def test_what_is_no_table_says_what_to_do(self):
        self.assert_refused(self.file(b"PK\x03\x04\x14\0", "book.xlsx"), self.widget.Error.file,
                            "damaged workbook", "save it again")
        self.assert_refused(self.file(b"%PDF-1.7", "d.csv"), self.widget.Error.file, "a PDF")

    def test_a_column_that_stands_twice(self):
        self.assert_refused(self.file("id,id\n1,2\n"), self.widget.Error.file, "line 1", "twice")

    def test_an_unclear_encoding_names_the_box(self):
        self.assert_refused(self.file(b"id,name\n1,\xff\xfe\x81\x8d\n"), self.widget.Error.file,
                            "Encoding")

    def test_an_unexpected_failure_is_a_message(self):
        with patch.object(owdeclarations, "read_source", side_effect=RuntimeError("boom")):
            self.assert_refused(self.file(), self.widget.Error.failed, "boom")

    def test_stop_ends_the_reading_and_sends_nothing(self):
        self.widget.set_source(self.file())
        self.widget.cancel_button.click()
        self.assertIsNone(self.data())
        self.assertTrue(self.widget.Information.stopped.is_shown())
        self.assertFalse(self.widget.cancel_button.isEnabled())
        self.widget.reload_button.click()
        self.assertEqual(len(self.data()), 2)

    def test_a_stopped_task_reads_no_further(self):
        class Interrupted:
            def set_status(self, _): ...
            def set_progress_value(self, _): ...
            def is_interruption_requested(self):
                return True
        with self.assertRaises(Ended):
            owdeclarations.run(self.file(), "", "", {}, None, Interrupted())


class TestPaths(DeclarationsTest):
    def setUp(self):
        super().setUp()
        self.schemes = []

    def tearDown(self):
        for scheme in self.schemes:
            scheme.clear()
        super().tearDown()

    def test_data_and_workflow_moved_together(self):
        self.file()
        widget = self.create_widget(OWDeclarations, env={"basedir": str(self.folder / "flow")})
        widget.set_source(str(self.folder / "flow/data/goods.csv"))
        self.assertEqual(widget.path, "data/goods.csv")
        settings = self.settings(widget)
        (self.folder / "flow").rename(self.folder / "moved")
        moved = self.create_widget(OWDeclarations, stored_settings=settings,
                                   env={"basedir": str(self.folder / "moved")})
        self.assertEqual(len(self.data(widget=moved)), 2)

    def test_saving_the_workflow_elsewhere_keeps_the_file(self):
        path = self.file()
        scheme, widget = self.scheme(path.parents[1], {"path": "data/goods.csv", "encoding": ""})
        self.assertEqual(self.rows(widget), 2)
        (self.folder / "other").mkdir()
        saved = self.saved_to(scheme, self.folder / "other")
        self.assertIn('format="literal"', saved)
        self.assertNotIn("pickle", saved)
        _, again = self.scheme(self.folder / "other", saved)
        self.assertEqual(again.path, str(path))
        self.assertEqual(self.rows(again), 2)

    def test_saved_above_the_data_and_moved_with_them(self):
        path = self.file()
        scheme, widget = self.scheme(self.folder / "draft", {"path": str(path), "encoding": ""})
        self.assertEqual(self.rows(widget), 2)
        saved = self.saved_to(scheme, self.folder / "flow")
        shutil.move(self.folder / "flow", self.folder / "moved")
        _, moved = self.scheme(self.folder / "moved", saved)
        self.assertEqual(moved.path, "data/goods.csv")
        self.assertEqual(self.rows(moved), 2)

    def rows(self, widget) -> int:
        """How many rows were read by a widget that is not the test's own."""
        self.process_events(until=lambda: widget.task is None)
        return 0 if widget.read is None else len(widget.read.data)

    def scheme(self, basedir: Path, content):
        """A workflow as Canvas holds it: of one node, or read from what was saved."""
        description = widget_desc_from_module(owdeclarations.__name__)
        scheme = WidgetsScheme(env={"basedir": str(basedir)})
        self.schemes.append(scheme)
        if isinstance(content, dict):
            scheme.add_node(SchemeNode(description, properties=content))
        else:
            registry = WidgetRegistry()
            registry.register_widget(description)
            scheme.load_from(io.BytesIO(content.encode()), registry=registry)
        return scheme, scheme.widget_for_node(scheme.nodes[0])

    @staticmethod
    def saved_to(scheme, folder: Path) -> str:
        """What "Save As" does: the folder first, then the writing."""
        scheme.set_runtime_env("basedir", str(folder))
        stream = io.BytesIO()
        scheme.save_to(stream, pretty=True, pickle_fallback=True)
        return stream.getvalue().decode()

    def test_outside_the_workflow_stays_absolute(self):
        path = self.file()
        (self.folder / "other").mkdir()
        widget = self.create_widget(OWDeclarations, env={"basedir": str(self.folder / "other")})
        widget.set_source(path)
        self.assertEqual(widget.path, str(path))

    def test_relative_to_the_current_folder(self):
        self.file()
        before = os.getcwd()
        self.addCleanup(os.chdir, before)
        os.chdir(self.folder / "flow")
        widget = self.create_widget(OWDeclarations, stored_settings={"path": "data/goods.csv"},
                                    env={"basedir": str(self.folder / "elsewhere")})
        self.assertEqual(len(self.data(widget=widget)), 2)

    def test_poisoned_last_used_defaults_change_nothing(self):
        path, stray = self.file(), self.file("a,b\n1,2\n", "stray.csv")
        with patch.dict(OWDeclarations.settingsHandler.defaults,
                        {"path": str(stray), "encoding": "koi8_r", "last_folder": "/nowhere"}):
            _, widget = self.scheme(path.parents[1], {"path": "data/goods.csv", "encoding": ""})
            self.assertEqual(widget.last_folder, "/nowhere")
            self.assertEqual(self.rows(widget), 2)
            self.assertIn("Описание товара", widget.read.data.domain)

    def test_what_was_used_last_is_nobody_elses_default(self):
        path = self.file(encoding="cp1251")
        with patch.dict(OWDeclarations.settingsHandler.defaults):
            _, first = self.scheme(self.folder, {"path": str(path), "encoding": "cp1251"})
            first.set_source(path)
            self.assertEqual(self.rows(first), 2)
            first.settingsHandler.update_defaults(first)
            _, second = self.scheme(self.folder, {})
            self.assertEqual(second.last_folder, str(path.parent))
            self.assertEqual((second.path, second.encoding), ("", ""))
            self.assertEqual(self.rows(second), 0)

    def test_an_encoding_that_the_combo_does_not_offer_is_kept_and_shown(self):
        path = self.file("id,name\n1,caf\xe9\n", encoding="cp1252")
        widget = self.create_widget(
            OWDeclarations, stored_settings={"path": str(path), "encoding": "cp1252"})
        self.assertEqual(self.data(widget=widget)[0]["name"].value, "café")
        self.assertEqual(widget.encoding_combo.currentText(), "cp1252")


class TestWindow(DeclarationsTest):
    def drop(self, path):
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path))])
        event = QDropEvent(QPointF(5, 5), Qt.CopyAction, mime, Qt.LeftButton, Qt.NoModifier)
        self.widget.dropEvent(event)
        return event

    def test_the_empty_window_says_what_to_do(self):
        self.assertTrue(self.widget.Information.choose.is_shown())
        self.assertIn("drop", self.widget.place.text())

    def test_a_dropped_file_is_read(self):
        self.assertTrue(self.drop(self.file()).isAccepted())
        self.assertEqual(len(self.data()), 2)

    def test_a_dropped_folder_changes_nothing(self):
        path = self.file()
        self.data(path)
        self.drop(self.folder)
        self.assertEqual(self.widget.path, str(path))

    def test_a_typed_path_is_read_and_a_cleared_one_forgotten(self):
        line = self.widget.path_edit.line
        line.setText(str(self.file()))
        line.editingFinished.emit()
        self.assertEqual(len(self.data()), 2)
        line.clear()
        self.assertIsNone(self.data())
        self.assertTrue(self.widget.Information.choose.is_shown())
        self.assertFalse(self.widget.cancel_button.isEnabled())

    def test_the_preview_shows_what_is_sent(self):
        self.data(self.file())
        model = self.widget.preview
        shown = [model.index(0, column).data() for column in range(model.columnCount())]
        self.assertEqual(shown, ["001", "Ботинки мужские кожаные", "0640399960", "1 200,5"])
        self.assertEqual(model.headerData(2, Qt.Horizontal), "Код ТН ВЭД\n▸ declared code")

    def test_it_opens_small(self):
        self.assertLessEqual(self.widget.sizeHint().width(), 909)
        self.assertLessEqual(self.widget.sizeHint().height(), 511)

    def test_report(self):
        self.widget.send_report()
        self.data(self.file(GOODS + SHIFTED))
        self.widget.send_report()
        self.assertIn("semicolon", self.widget.report_html)
        self.assertIn("line 4", self.widget.report_html)


if __name__ == "__main__":
    unittest.main()
