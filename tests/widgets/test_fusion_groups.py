"""HS Code Fusion: which groups of goods decide."""
from pathlib import Path

import pytest
from AnyQt.QtWidgets import QFileDialog
from Orange.data import ContinuousVariable, Domain, StringVariable, Table
from Orange.widgets.tests.base import WidgetTest

from orangecontrib.customs.columns import FactColumn
from orangecontrib.customs.groups import announced_groups, find_group
from orangecontrib.customs.i18n import speaking
from orangecontrib.customs.widgets.owhscodefusion import OWHSCodeFusion


@pytest.fixture(autouse=True)
def place(request, tmp_path, pens):
    request.instance.folder = tmp_path


def facts(goods, name="pens", folder=None):
    """A table of {key: {fact: value}}, as people bring one."""
    group = find_group(folder or name)
    variables, columns = [], []
    for fact, spec in group.vocabulary.items():
        prior = 1 / len(spec.values)
        for value in spec.value_ids:
            column = FactColumn(fact, value, prior)
            variables.append(column.mark(ContinuousVariable(f"{fact} = {value}")))
            columns.append([(.98 if said[fact] == value else .02 / (len(spec.values) - 1))
                            if fact in said else float("nan") for said in goods.values()])
    return Table.from_list(Domain(variables, metas=[StringVariable("good_id")]),
                           [[*row, key] for *row, key in zip(*columns, goods)])


class TestGroups(WidgetTest):
    folder: Path

    def open(self, *groups, **settings):
        self.widget = self.create_widget(
            OWHSCodeFusion, env={"basedir": str(self.folder)},
            stored_settings={"groups": list(groups), **settings})
        return self.widget

    def codes(self, table):
        self.send_signal(self.widget.Inputs.text, table)
        self.wait_until_finished()
        return self.get_output(self.widget.Outputs.codes)

    def pens(self, **goods):
        return facts(goods or {"A": {"article": "ballpoint", "ink": "paste",
                                     "cartridge": "fixed"}}, folder=self.folder / "pens")

    @speaking("ru")
    def test_a_group_from_a_folder_beside_the_workflow_decides(self):
        self.open("pens")
        table = self.codes(self.pens())
        self.assertEqual(table.get_column("code")[0], "9608109900")
        self.assertEqual(table.get_column("group")[0], "pens")
        self.assertEqual(table.get_column("duty low (% of value)")[0], 8)
        self.assertIn("баллончик: несменный", table.get_column("trace")[0])
        self.assertIn("пошлина 8 % стоимости", self.shown())
        self.assertIn("pens", self.widget.group_choice.text())
        self.assertEqual(set(self.widget.page.facts.rows), {"article", "ink", "cartridge"})

    def shown(self):
        """The card as it is read."""
        return self.widget.page.card.toPlainText().replace("\xa0", " ")

    def plain(self, **columns):
        names = ["good_id", *columns]
        return Table.from_list(Domain([], metas=[StringVariable(name) for name in names]),
                               [list(row) for row in zip("ABC", *columns.values())])

    @speaking("ru")
    def test_a_table_with_a_column_per_fact_decides(self):
        self.open("pens")
        table = self.codes(self.plain(**{
            "вид изделия": ["ручка шариковая", "nib", ""], "ink": ["паста", "", ""],
            "cartridge": ["fixed", "", ""], "declared_code": ["9608 10 920 0", "", ""]}))
        self.assertEqual(list(table.get_column("code")), ["9608109900", "9608910000", ""])
        self.assertEqual(list(table.get_column("agrees"))[0], "no")
        self.assertIn("столбец «ink» – «паста»", self.widget.page.trace.toPlainText())
        self.assertIn("заявлен 9608 10 920 0, отличие:", self.shown())
        self.assertIn("пошлина та же", self.shown())
        self.assertFalse(self.widget.Warning.active)

    def test_a_cell_that_is_no_value_is_a_warning_with_column_and_row(self):
        self.open("pens")
        table = self.codes(self.plain(article=["nib", "A-17", ""]))
        self.assertEqual(list(table.get_column("code")), ["9608910000", "", ""])
        self.assertIn("column 'article', row 2: 'A-17' is not a value",
                      str(self.widget.Warning.remarks))

    @speaking("ru")
    def test_a_declared_code_free_of_duty_is_told_so_in_per_cent(self):
        tariff = self.folder / "pens" / "tariff.csv"
        tariff.write_text(tariff.read_text(encoding="utf-8").replace(
            "сменными баллончиками,with replaceable cartridges,шт,8",
            "сменными баллончиками,with replaceable cartridges,шт,0"), encoding="utf-8")
        self.open("pens")
        self.codes(self.plain(article=["ballpoint"] * 3, declared_code=["9608109200", "", ""]))
        self.assertIn("п. п. пошлины", self.shown())

    def test_answers_by_hand_are_of_its_facts_and_move_the_code(self):
        self.open("pens", answers={"A": {"cartridge": "replaceable"}})
        self.assertEqual(self.codes(self.pens()).get_column("code")[0], "9608109200")
        self.widget._on_answer("cartridge", "fixed")
        self.assertEqual(self.widget.verdict.codes, ("9608109900",))

    def test_of_several_groups_the_facts_of_the_deciding_one_are_asked(self):
        self.open("footwear", "pens")
        table = self.codes(self.pens(A={"article": "nib"}, B={}))
        self.assertEqual(list(table.get_column("group")), ["pens", ""])
        pens = {"article", "ink", "cartridge"}
        self.assertEqual(set(self.widget.page.facts.rows), pens)
        self.widget.list.choose(1)
        self.assertGreater(set(self.widget.page.facts.rows), pens)
        self.widget._on_answer("is_footwear", "footwear")
        self.assertEqual(self.widget.verdict.group, "footwear")
        probabilities = self.get_output(self.widget.Outputs.probabilities)
        names = {variable.name for variable in probabilities.domain.attributes}
        self.assertLessEqual({"9608910000", "6403911600", "none"}, names)

    def test_facts_of_a_group_that_is_not_chosen_are_named(self):
        self.open("footwear")
        self.assertIsNone(self.codes(self.pens()))
        said = str(self.widget.Error.no_evidence)
        self.assertIn("no chosen group of goods (footwear) has the facts", said)
        self.assertIn("article, ink, cartridge", said)

    def test_a_group_that_is_gone_is_named_and_choosing_anew_mends_it(self):
        self.open("hats")
        self.assertIn("no group 'hats'", str(self.widget.Error.groups))
        self.assertIn("choose the groups again", str(self.widget.Error.groups))
        self.assertIsNone(self.codes(self.pens()))
        self.assertTrue(self.widget.Error.groups.is_shown())
        self.widget.group_choice.chosen.emit(["pens"])
        self.wait_until_finished()
        self.assertFalse(self.widget.Error.groups.is_shown())
        self.assertEqual(self.get_output(self.widget.Outputs.codes).get_column("group")[0], "pens")

    def test_the_menu_ticks_groups_and_takes_a_folder(self):
        self.open()
        choice = self.widget.group_choice
        self.assertEqual(choice.text(), "Goods: all loaded groups")

        def actions():
            choice.menu().aboutToShow.emit()
            return {a.text(): a for a in choice.menu().actions() if a.text()}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(QFileDialog, "getExistingDirectory",
                          lambda *_: str(self.folder / "pens"))
            actions()["From Folder…"].trigger()
        self.assertEqual(self.widget.groups, ["pens"])
        next(a for text, a in actions().items() if text.endswith("– footwear")).trigger()
        self.assertEqual(self.widget.groups, ["pens", "footwear"])
        self.assertTrue(actions()["pens – pens"].isChecked())
        actions()["pens – pens"].trigger()
        self.assertEqual(self.widget.groups, ["footwear"])
        actions()["All Loaded Groups"].trigger()
        self.assertEqual(self.widget.groups, [])
        self.assertTrue(actions()["All Loaded Groups"].isChecked())

    def test_saving_the_workflow_elsewhere_keeps_the_folder(self):
        self.open("pens", "footwear")
        other = self.folder / "other"
        self.widget.workflowEnvChanged("basedir", str(other), str(self.folder))
        self.assertEqual(self.widget.groups, [str(self.folder / "pens"), "footwear"])
        self.widget.workflowEnvChanged("basedir", str(self.folder), str(other))
        self.assertEqual(self.widget.groups, ["pens", "footwear"])

    def test_a_folder_called_as_an_installed_group_stays_a_folder(self):
        (self.folder / "pens").rename(self.folder / "footwear")
        self.open("./footwear")
        self.assertEqual(self.codes(facts({"A": {"article": "nib"}}, folder=str(
            self.folder / "footwear"))).get_column("code")[0], "9608910000")
        self.widget.workflowEnvChanged("basedir", str(self.folder), str(self.folder))
        self.assertNotIn(self.widget.groups[0], announced_groups())
