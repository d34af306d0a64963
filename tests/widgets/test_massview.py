"""The tariff as a tree of masses: in HS Code Fusion and Tariff Nomenclature."""
import numpy as np
from AnyQt.QtCore import Qt
from AnyQt.QtTest import QTest
from made_goods import ANKLE, BOOTS, BOOTS_NO_HEIGHT, photo_features, text_facts
from Orange.data import ContinuousVariable, Domain, StringVariable, Table
from Orange.widgets.tests.base import GuiTest, WidgetTest
from spoken import foreign

from orangecontrib.customs.cases.api import engines_of
from orangecontrib.customs.cases.table import case_from_tables, probabilities_table
from orangecontrib.customs.i18n import speaking
from orangecontrib.customs.nomenclature.massmap import mass_map
from orangecontrib.customs.widgets.ownomenclature import OWNomenclature
from orangecontrib.customs.widgets.utils.massview import MassPage, MassTree

MEN_ANKLE = "6403911600"


def case(**goods):
    return case_from_tables(engines_of(), text_facts(goods or {"A": BOOTS, "B": BOOTS_NO_HEIGHT}),
                            photo_features({"A": ANKLE}))


def rows(tree):
    """The texts of all rows, as they stand below each other."""
    return [[item.text(column) for column in range(4)]
            for item in tree._items(tree.invisibleRootItem())]


class TestMassPage(GuiTest):
    def setUp(self):
        self.case = case()
        self.verdicts = self.case.decide()
        self.page = MassPage()
        self.page.show()
        self.addCleanup(self.page.deleteLater)

    def show(self, row):
        self.page.show_verdict(self.case, row, self.verdicts[row])

    def test_the_chosen_code_is_in_hand_and_its_way_stands_above_it(self):
        self.show(0)
        item = self.page.tree.currentItem()
        self.assertEqual(item.text(0).rstrip(" ✓"), "6403 91 160 0")
        self.assertTrue(item.parent().text(0).startswith("6403 91"))
        self.assertTrue(item.text(2))

    @speaking("en")
    def test_what_decides_is_told_with_its_value_or_a_question_mark(self):
        self.show(1)
        told = {row[0].rstrip(" ✓"): row[3] for row in rows(self.page.tree)}
        self.assertIn("✔ upper: leather", told["64"])
        self.assertTrue(told["6403"].startswith("? height"), told["6403"])

    @speaking("en")
    def test_what_a_node_would_need_is_told_where_it_is_chosen(self):
        self.show(0)
        self.page.tree.choose("6403911800")
        self.assertIn("✘ sex: women's", self.page.sentence.text())

    def test_all_is_said_in_the_language_that_is_spoken(self):
        for language in ("ru", "en"):
            with self.subTest(language), speaking(language):
                self.show(1)
                texts = [text for row in rows(self.page.tree) for text in row]
                texts += [item.toolTip(column) for column in range(4)
                          for item in self.page.tree._items(self.page.tree.invisibleRootItem())]
                for text in (*texts, self.page.sentence.text()):
                    self.assertEqual(foreign(text, language), [], text)

    def test_the_end_of_the_safe_digits_has_a_mark(self):
        self.show(1)
        marked = [row[0] for row in rows(self.page.tree) if row[0].endswith("✓")]
        self.assertEqual([text.replace(" ", "").rstrip("✓") for text in marked],
                         [self.verdicts[1].safe_code])

    def test_the_arrow_keys_go_through_the_tree(self):
        self.show(0)
        heard = []
        self.page.tree.chosen.connect(heard.append)
        QTest.keyClick(self.page.tree, Qt.Key_Up)
        self.assertEqual(heard, ["640391"])

    def test_nothing_is_reckoned_while_it_is_not_seen(self):
        self.page.hide()
        self.show(0)
        self.assertEqual(rows(self.page.tree), [])
        self.page.show()
        self.assertTrue(rows(self.page.tree))

    def test_a_good_of_which_nothing_is_known_has_no_tree(self):
        self.show(0)
        unknown = case(C="Изделие")
        self.page.show_verdict(unknown, 0, unknown.decide()[0])
        self.assertEqual(rows(self.page.tree), [])
        self.assertTrue(self.page.sentence.text())
        self.page.show_verdict(None, 0, None)
        self.assertFalse(self.page.sentence.text())

    def test_what_is_folded_is_counted_and_can_not_be_chosen(self):
        tree = MassTree()
        masses = {f"64{number:02}": .05 for number in range(20)}
        tree.show_map(mass_map(masses), lambda code: code, lambda _: ())
        *shown, folded = rows(tree)
        self.assertEqual(len(shown), 9)
        self.assertIn("12", folded[0])
        item = tree.topLevelItem(0).child(8)
        self.assertFalse(item.flags() & Qt.ItemIsSelectable)
        self.assertIn("6408", item.toolTip(0))

    def test_lines_are_as_wide_as_their_mass(self):
        tree = MassTree()
        tree.resize(400, 200)
        tree.show_map(mass_map({"6401": .75, "6402": .25}), lambda code: code, lambda _: ())
        tree.show()
        image = tree.viewport().grab().toImage()
        ground = tree.palette().base().color()

        def width(item):
            """Coloured pixels of the line where it reaches the node."""
            box = tree.visualItemRect(item)
            left = 16
            return sum(image.pixelColor(left, y) != ground
                       for y in range(box.top(), box.bottom() + 1))
        heavy, light = (tree.topLevelItem(0).child(row) for row in range(2))
        self.assertGreater(width(heavy), 2 * width(light))
        self.assertGreater(width(light), 0)


class TestNomenclature(WidgetTest):
    def setUp(self):
        self.widget = self.create_widget(OWNomenclature)
        self.wait_until_finished()
        self.case = case()
        self.table = probabilities_table(self.case, self.case.decide())

    def send(self, table):
        self.send_signal(self.widget.Inputs.probabilities, table)
        self.wait_until_finished()

    def test_the_mean_of_all_goods_is_shown_and_each_by_itself(self):
        self.send(self.table)
        page = self.widget.mass_page
        self.assertIs(self.widget.tabs.currentWidget(), page)
        self.assertEqual([page.combo.itemText(row) for row in (1, 2)], ["A", "B"])
        self.assertIn("2", page.combo.itemText(0))
        page.combo.setCurrentIndex(1)
        page.combo.activated.emit(1)
        self.assertEqual(self.widget.mass_good, "A")
        self.assertEqual(page.tree.currentItem().text(0), "6403 91 160 0")

    def test_a_node_selects_its_line_and_the_space_bar_ticks_it(self):
        self.send(self.table)
        tree = self.widget.mass_page.tree
        tree.choose("640391")
        number = self.widget.model.line_of(self.widget.view.currentIndex())
        self.assertEqual(self.widget.tariff.lines[number].code, "640391")
        self.assertIn("6403 91", self.widget.details.toPlainText())
        QTest.keyClick(tree, Qt.Key_Space)
        self.assertEqual(self.widget.checked, ["640391"])
        self.assertEqual(len(self.get_output(self.widget.Outputs.selected)), 1)
        QTest.keyClick(tree, Qt.Key_Space)
        self.assertEqual(self.widget.checked, [])

    @speaking("en")
    def test_facts_are_named_without_a_value(self):
        self.send(self.table)
        told = {row[0]: row[3] for row in rows(self.widget.mass_page.tree)}
        self.assertEqual(told["6403 91"], "? sex")

    def test_a_text_model_with_many_headings_is_folded(self):
        codes = [f"{number:04}" for number in range(101, 1301)]
        p = np.full((1, len(codes)), .1 / 1199)
        p[0, 500] = .9
        self.send(Table.from_numpy(
            Domain([ContinuousVariable(f"tree ({code})") for code in codes],
                   metas=[StringVariable("good_id")]), p, metas=np.array([["A"]], dtype=object)))
        self.assertLess(len(rows(self.widget.mass_page.tree)), 25)

    def test_what_holds_no_probabilities_is_said(self):
        self.send(Table("iris"))
        self.assertTrue(self.widget.Warning.probabilities.is_shown())
        self.assertIs(self.widget.tabs.currentWidget(), self.widget.view)
        wrong = self.table.copy()
        with wrong.unlocked(wrong.X):
            wrong.X[1, 0] = 7
        self.send(wrong)
        self.assertIn("row 2", str(self.widget.Warning.probabilities))
        self.send(None)
        self.assertFalse(self.widget.Warning.probabilities.is_shown())

    def test_a_good_of_which_nothing_is_known_says_so(self):
        table = self.table.copy()
        with table.unlocked(table.X):
            table.X[0] = np.nan
        self.send(table)
        page = self.widget.mass_page
        page.combo.setCurrentIndex(1)
        page.combo.activated.emit(1)
        self.assertEqual(rows(page.tree), [])
        self.assertTrue(page.remark.text())
