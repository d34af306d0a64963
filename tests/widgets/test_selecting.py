"""Widgets that list goods send on what is selected, and save what they show as an image."""
import importlib
import pkgutil
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from AnyQt.QtCore import QItemSelectionModel
from AnyQt.QtWidgets import QApplication
from made_goods import BOOTS, SNEAKERS, text_facts
from Orange.data import ContinuousVariable, Domain, StringVariable, Table
from Orange.widgets.tests.base import GuiTest, WidgetTest
from Orange.widgets.utils.annotated_data import ANNOTATED_DATA_FEATURE_NAME
from Orange.widgets.widget import OWWidget
from orangewidget.io import PngFormat
from PIL import Image

from orangecontrib.customs import widgets
from orangecontrib.customs.columns import FeatureColumn, GradabilityColumn
from orangecontrib.customs.declarations import GroupsReader
from orangecontrib.customs.declarations.table import facts_table, rows_of_goods
from orangecontrib.customs.groups import footwear
from orangecontrib.customs.photos import find_photos
from orangecontrib.customs.photos.table import photos_table
from orangecontrib.customs.widgets.owdeclarationfacts import OWDeclarationFacts
from orangecontrib.customs.widgets.owgoodsphotos import OWGoodsPhotos
from orangecontrib.customs.widgets.owhscodefusion import OWHSCodeFusion
from orangecontrib.customs.widgets.owphotoaggregator import OWPhotoAggregator
from orangecontrib.customs.widgets.utils.common.goodslist import Column, GoodsList


def declarations(*texts):
    domain = Domain([], metas=[StringVariable("good_id"), StringVariable("description")])
    return Table.from_list(domain, [[f"G{n}", text] for n, text in enumerate(texts)])


def selected(table):
    """Rows that the column Selected names."""
    return list(np.flatnonzero(table.get_column(ANNOTATED_DATA_FEATURE_NAME)))


class TestSelections(WidgetTest):
    def outputs(self, widget):
        found = self.get_output(widget.Outputs.selected, widget=widget)
        return found, self.get_output(widget.Outputs.annotated, widget=widget)

    def test_fusion_sends_several_goods_and_all_with_a_column(self):
        widget = self.create_widget(OWHSCodeFusion)
        self.send_signal(widget.Inputs.text, text_facts({"A": BOOTS, "B": SNEAKERS, "C": "Обувь"}),
                         widget=widget)
        self.wait_until_finished(widget=widget)
        view = widget.list.view
        for row in (0, 2):
            view.selectionModel().select(
                widget.list.model.index(row, 0), QItemSelectionModel.Select
                | QItemSelectionModel.Rows)
        few, whole = self.outputs(widget)
        self.assertEqual(list(few.get_column("good_id")), ["A", "C"])
        self.assertEqual(selected(whole), [0, 2])
        self.assertEqual(len(whole), 3)

    def test_facts_of_all_goods_of_a_description_are_selected_with_it(self):
        data = declarations(BOOTS, "1) Туфли женские кожаные – 10 пар; 2) Кеды мужские – 5 пар",
                            SNEAKERS)
        widget = self.create_widget(OWDeclarationFacts)
        self.send_signal(widget.Inputs.data, data, widget=widget)
        self.wait_until_finished(widget=widget)
        facts = self.get_output(widget.Outputs.facts, widget=widget)
        widget.list.choose(1)
        few, whole = self.outputs(widget)
        self.assertEqual(len(few), len(facts) - 2)
        widget.list.choose(2)
        few, whole = self.outputs(widget)
        self.assertEqual(list(few.get_column("description")), [SNEAKERS])
        self.assertEqual(selected(whole), [len(facts) - 1])

    def test_no_data_no_selection(self):
        for kind in (OWHSCodeFusion, OWDeclarationFacts, OWPhotoAggregator, OWGoodsPhotos):
            self.assertEqual(self.outputs(self.create_widget(kind)), (None, None))

    def test_the_aggregator_sends_the_goods_that_are_selected(self):
        group = footwear.group()
        features = [FeatureColumn(f.id, f.fact, f.value, .25).mark(ContinuousVariable(f.name_en))
                    for f in group.features]
        judged = [GradabilityColumn(fact).mark(ContinuousVariable(f"{fact}?"))
                  for fact in group.visual_facts]
        domain = Domain(features, metas=[StringVariable("good_id"), *judged])
        table = Table.from_numpy(
            domain, np.full((4, len(features)), .4), metas=np.array(
                [[good, *[1.] * len(judged)] for good in "AABC"], dtype=object))
        widget = self.create_widget(OWPhotoAggregator)
        self.send_signal(widget.Inputs.features, table, widget=widget)
        self.wait_until_finished(widget=widget)
        self.assertEqual(list(self.outputs(widget)[0].get_column("good_id")), ["A"])
        widget.goods_view.selectAll()
        few, whole = self.outputs(widget)
        self.assertEqual(list(few.get_column("good_id")), ["A", "B", "C"])
        self.assertEqual(selected(whole), [0, 1, 2])

    @pytest.fixture(autouse=True)
    def _tmp(self, tmp_path):
        self.folder = tmp_path

    def test_goods_photos_sends_the_photos_of_the_chosen_goods_or_those_that_are_selected(self):
        for name in ("A/1.jpg", "A/2.jpg", "B/1.jpg"):
            path = Path(self.folder) / name
            path.parent.mkdir(exist_ok=True)
            Image.new("RGB", (80, 60), "white").save(path)
        table = photos_table(find_photos(self.folder)[0], str(self.folder))
        self.assertEqual(len(table), 3)
        widget = self.create_widget(OWGoodsPhotos, stored_settings={"folder": str(self.folder)})
        self.wait_until_finished(widget=widget)
        few, whole = self.outputs(widget)
        self.assertEqual(list(few.get_column("good_id")), ["A", "A"])
        gallery = widget.gallery
        gallery.selectionModel().select(gallery.model().index(1, 0), QItemSelectionModel.Select)
        few, whole = self.outputs(widget)
        self.assertEqual((len(few), selected(whole)), (1, [1]))


def test_rows_of_goods_without_several_are_those_of_the_data():
    data = declarations(BOOTS, SNEAKERS)
    facts = facts_table(data, "description", GroupsReader(), "good_id")[0]
    assert rows_of_goods(facts, ["G0", "G1"], [1]) == [1]


@pytest.mark.parametrize("name", [
    "owhscodefusion", "owphotoaggregator", "owfootwearfeatures", "owgoodsphotos",
    "owdeclarationfacts", "owevaluatecodes", "owfootweartrainer", "owkeywordfrequencies",
    "owvocabularysweep", "ownomenclature", "owcustomsstopwords"])
def test_what_is_shown_can_be_saved_as_an_image(name):
    assert name in {module.name for module in pkgutil.iter_modules(widgets.__path__)}
    module = importlib.import_module(f"{widgets.__name__}.{name}")
    kind, = (kind for kind in vars(module).values() if isinstance(kind, type)
             and issubclass(kind, OWWidget) and kind.__module__ == module.__name__)
    assert kind.graph_name


class TestImages(WidgetTest):
    def test_the_card_is_saved_as_it_is_shown(self):
        widget = self.create_widget(OWHSCodeFusion)
        self.send_signal(widget.Inputs.text, text_facts({"A": BOOTS}), widget=widget)
        self.wait_until_finished(widget=widget)
        with TemporaryDirectory() as folder:
            path = f"{folder}/card.png"
            PngFormat.write_image(path, getattr(widget, widget.graph_name))
            self.assertGreater(Path(path).stat().st_size, 2000)


class TestGoodsList(GuiTest):
    def test_the_last_column_has_what_the_others_leave_and_nobody_has_chosen_that(self):
        goods = GoodsList([Column("Good", str), Column("Description", lambda n: "реле " * n)])
        goods.set_rows(range(1, 9))
        header = goods.view.horizontalHeader()
        for width in (300, 400, 200):
            goods.resize(width, 200)
            goods.show()
            QApplication.processEvents()
            self.assertEqual(header.length(), goods.view.viewport().width())
        self.assertEqual(goods.state["widths"], {})
        goods.deleteLater()
