"""Training Photo Collector: consent, jobs, review, balance, from an empty folder to a model."""
import ast
import base64
import json
import sys
import tempfile
import threading
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import keyring
import numpy as np
from AnyQt.QtCore import QEvent, Qt
from AnyQt.QtGui import QKeyEvent
from AnyQt.QtWidgets import QApplication, QInputDialog
from keyring.backends import null
from Orange.widgets.tests.base import WidgetTest

sys.path.insert(0, str(Path(__file__).parents[1] / "collecting"))

from loopback import Loopback, add, encoded, jpeg, picture

from orangecontrib.customs.collecting import (
    Limits,
    Manifest,
    Recipe,
    read_manifest,
    settle,
)
from orangecontrib.customs.collecting import jobs as collectjobs
from orangecontrib.customs.collecting.adapters import find_adapter
from orangecontrib.customs.groups import find_group
from orangecontrib.customs.i18n import say
from orangecontrib.customs.widgets.owphotocollector import OWPhotoCollector
from orangecontrib.customs.widgets.utils.training import labelfiles

FOOTWEAR = find_group("footwear")
QUICK = {"delay": 0, "tries": 1, "minutes": 5, "pages": 100, "photos": 100}


def product(number, text, photos=2):
    node = {"@context": "https://schema.org", "@type": "Product", "sku": f"P{number}",
            "name": f"Модель {number}", "description": text,
            "image": [f"/photo/{number}-{n}.jpg" for n in range(photos)]}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def serve(shop, products=3):
    """A shop: a list of products, of two photos each."""
    shop.page("/", "".join(f'<a href="/p/{n}">x</a>' for n in range(products)))
    for number in range(products):
        shop.page(f"/p/{number}", product(number, f"Туфли женские, каблук {7 - number} см"))
        for n in range(2):
            shop.photo(f"/photo/{number}-{n}.jpg", jpeg(100 + 10 * number + n))


class CollectorTest(WidgetTest):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.addCleanup(folder.cleanup)
        self.place = Path(folder.name).resolve()
        self.folder = self.place / "collection"
        self.net = Loopback()
        self.addCleanup(self.net.close)
        for target, name, value in (
                (collectjobs, "SEARCH_LIMITS", Limits(delay=0., tries=1)),
                (collectjobs, "GENERATOR_LIMITS", Limits(delay=0., tries=1)),
                (labelfiles.environ, "data_dir", lambda versioned=True: str(self.place / "data"))):
            patcher = patch.object(target, name, value)
            patcher.start()
            self.addCleanup(patcher.stop)
        keyring.set_keyring(null.Keyring())
        self.widget = self.create_widget(OWPhotoCollector)

    def recipe(self, **known):
        return {"start": [self.net.url + "/"], "name": "shop", "limits": dict(QUICK), **known}

    def filled(self, page, **settings):
        """A page with these settings, as if the user had typed them."""
        page.settings = {**page.settings, **settings}
        page.show_settings()
        page.changed.emit(page.settings)
        return page

    def agree(self, page, on=True):
        page.consent.box.setChecked(not on)
        page.consent.box.click()

    def wait(self, widget=None):
        """Until nothing runs and nothing that may run waits."""
        w = widget or self.widget
        self.process_events(lambda: w.task is None and not any(
            not job.receiver or job.receiver in w._agreed for job in w.queue))

    def open(self, folder=None, widget=None):
        (widget or self.widget).set_source(folder or self.folder)
        self.wait(widget)

    def photos(self):
        return self.get_output(self.widget.Outputs.photos)

    def made(self, states=("doubtful", "kept", "collected")):
        """A collection with generated photos in these states, and one of a shop."""
        with Manifest(self.folder) as manifest:
            add(manifest, 0, text="Туфли, каблук 7 см", product="shop:0", licence="CC BY 4.0",
                author="Anna")
            for number, state in enumerate(states, start=1):
                add(manifest, number, kind="generated", source="painter", synthetic="yes",
                    product=f"generated:{number}", wanted="high_heel=1", state=state,
                    reason="unlike the real photos" if state == "doubtful" else "",
                    prompt=f"a photo {number}")
            settle(manifest, FOOTWEAR)
        self.open()

    def states(self):
        return {entry.prompt: entry.state for entry in read_manifest(self.folder)
                if entry.kind == "generated"}


class TestConsent(CollectorTest):
    def test_opening_and_choosing_a_folder_ask_nobody_and_write_nothing(self):
        serve(self.net)
        stored = {"folder": str(self.folder), "recipe": self.recipe(), "page": "catalogue",
                  "search": {"service": "openverse", "queries": ["clogs"]},
                  "generator": {"url": self.net.url + "/v1", "model": "painter"}}
        widget = self.create_widget(OWPhotoCollector, stored_settings=stored)
        self.wait(widget)
        for index in range(widget.tabs.count()):
            widget.tabs.setCurrentIndex(index)
            self.wait(widget)
        self.assertFalse(self.net.requests)
        self.assertFalse(self.folder.exists())

    def test_a_button_asks_nobody_before_the_box_is_ticked(self):
        serve(self.net)
        self.open()
        page = self.filled(self.widget.catalogue_page, **self.recipe())
        page.preview_button.click()
        page.start.click()
        self.wait()
        self.assertFalse(self.net.requests)
        self.assertTrue(self.widget.Information.consent.is_shown())
        self.assertEqual(len(self.widget.queue), 2)
        self.agree(page)
        self.wait()
        self.assertEqual(len(self.photos()), 6)
        self.assertEqual(page.tree.topLevelItemCount(), 0)  # the list of the shop has none
        self.assertFalse(self.widget.Information.consent.is_shown())

    def test_the_box_says_who_learns_what(self):
        self.open()
        page = self.filled(self.widget.catalogue_page, **self.recipe())
        self.assertEqual(page.consent.text.text(), say(page.job(
            self.widget.collection).notice()))
        self.assertIn("127.0.0.1", page.consent.text.text())
        page = self.filled(self.widget.search_page, queries=["wooden clogs"])
        self.assertIn("wooden clogs", page.consent.text.text())

    def test_consent_is_to_a_receiver_and_can_be_taken_back(self):
        page = self.filled(self.widget.search_page, service="openverse", queries=["clogs"])
        self.agree(page)
        self.filled(page, queries=["sabots"])
        self.assertTrue(page.consent.box.isChecked())
        self.filled(page, service="commons")
        self.assertFalse(page.consent.box.isChecked())
        self.filled(page, service="openverse")
        self.assertTrue(page.consent.box.isChecked())
        self.agree(page, False)
        self.filled(page, queries=["clogs"])
        self.assertFalse(page.consent.box.isChecked())

    def test_neither_consent_nor_permission_nor_a_download_is_in_the_workflow(self):
        page = self.filled(self.widget.search_page, service="pexels", queries=["clogs"])
        page.permitted.setChecked(True)
        self.agree(page)
        self.widget.generate_page.download.setChecked(True)
        settings = self.widget.settingsHandler.pack_data(self.widget)
        self.assertEqual(ast.literal_eval(repr(settings)), settings)
        widget = self.create_widget(OWPhotoCollector, stored_settings=settings)
        self.assertEqual(widget.search_page.service.currentData(), "pexels")
        self.assertFalse(widget.search_page.permitted.isChecked())
        self.assertFalse(widget.generate_page.download.isChecked())
        self.assertFalse(widget._agreed)

    def test_a_page_of_another_host_than_the_recipe_s_is_not_previewed(self):
        page = self.filled(self.widget.catalogue_page, **self.recipe())
        self.agree(page)
        page.page_line.setText("http://127.0.0.2:9/")
        page.preview_button.click()
        self.wait()
        self.assertIn("127.0.0.2", page.problem.text())
        self.assertFalse(self.net.requests)


class TestCatalogue(CollectorTest):
    def test_a_preview_shows_what_selectors_catch_and_asks_once_for_the_page(self):
        self.net.page("/list", '<div class="card"><h3>Сабо</h3><i>кожа</i><img src="/a.jpg"></div>'
                               '<div class="card"><h3>Туфли</h3><img src="/b.jpg"></div>'
                               '<a href="/p/1">more</a>')
        page = self.filled(self.widget.catalogue_page, **self.recipe(
            selectors={"product": ".card", "name": "h3", "materials": "i"}))
        page.page_line.setText(self.net.url + "/list")
        self.agree(page)
        page.preview_button.click()
        self.wait()
        self.assertEqual([page.tree.topLevelItem(n).text(0) for n in range(2)], ["Сабо", "Туфли"])
        said = [(page.tree.topLevelItem(0).child(n).text(0), page.tree.topLevelItem(0).child(n)
                 .text(1)) for n in range(page.tree.topLevelItem(0).childCount())]
        self.assertIn(("materials", "кожа"), said)
        self.assertIn(("photo", self.net.url + "/a.jpg"), said)
        self.assertIn("2 products, 2 photos, 1 links", page.found.text())
        self.filled(page, selectors={"product": ".card", "name": "i"})
        page.preview_button.click()
        self.wait()
        self.assertEqual(page.tree.topLevelItem(0).text(0), "кожа")
        self.assertEqual(self.net.count("/list"), 1)
        self.assertFalse(self.folder.exists())

    def test_a_crawl_brings_photos_with_licence_link_and_weak_labels(self):
        serve(self.net)
        self.open()
        page = self.filled(self.widget.catalogue_page, **self.recipe(licence="by agreement"))
        self.agree(page)
        page.start.click()
        self.wait()
        table = self.photos()
        self.assertEqual(len(table), 6)
        self.assertEqual(set(table.get_column("licence")), {"by agreement"})
        self.assertTrue(all(url.startswith(self.net.url) for url in table.get_column("url")))
        heel = table.get_column("high heel")
        self.assertEqual(list(heel[[row for row, name in enumerate(table.get_column("name"))
                                    if name == "Модель 0"]]), [1, 1])
        self.assertIn("high_heel=1 (text)", table.get_column("label source")[0])
        self.assertIn("6 new photos", self.widget.log.toPlainText())
        self.assertIn("<b>6</b> photos", self.widget.found_label.text())

    def test_what_goes_wrong_is_said_and_the_rest_stays(self):
        serve(self.net)
        self.net.page("/photo/0-0.jpg", "<p>sorry")
        self.open()
        page = self.filled(self.widget.catalogue_page, **self.recipe())
        self.agree(page)
        page.start.click()
        self.wait()
        self.assertEqual(len(self.photos()), 5)
        self.assertIn("/photo/0-0.jpg", self.widget.log.toPlainText())

    def test_a_stopped_crawl_keeps_what_it_has_and_the_next_one_goes_on(self):
        serve(self.net, 3)
        halfway = threading.Event()

        def second(request):
            halfway.set()
            return 200, {"Content-Type": "text/html"}, product(1, "Туфли, каблук 6 см")
        self.net.routes["/p/1"] = second
        self.open()
        page = self.filled(self.widget.catalogue_page, **self.recipe(
            limits={**QUICK, "delay": .3}))
        self.agree(page)
        page.start.click()
        self.process_events(halfway.is_set)
        self.assertFalse(self.widget.path_edit.isEnabled())
        self.widget.stop_button.click()
        self.wait()
        before = len(self.photos() or ())
        self.assertLess(before, 6)
        self.assertIn("stopped", self.widget.log.toPlainText())
        self.assertTrue(self.widget.path_edit.isEnabled())
        page.start.click()
        self.wait()
        self.assertEqual(len(self.photos()), 6)
        self.assertTrue(all(n == 1 for path, n in self.net.seen.items() if "/photo/" in path))

    def test_a_recipe_is_saved_and_loaded(self):
        recipe = Recipe.of(self.recipe(licence="по договору", skip=["/cart", r"\?q=\d+"],
                                       selectors={"product": '.card[data-x="1"]'}))
        page = self.filled(self.widget.catalogue_page, **recipe.said())
        page.save(str(self.place / "shop.toml"))
        self.assertEqual(Recipe.load(self.place / "shop.toml"), recipe)
        other = self.create_widget(OWPhotoCollector)
        other.catalogue_page.load(str(self.place / "shop.toml"))
        self.assertEqual(other.catalogue_page.recipe(), recipe)
        self.assertEqual(other.recipe, recipe.said())
        self.assertEqual(other.catalogue_page.lines["product"].text(), '.card[data-x="1"]')

    def test_a_recipe_that_is_none_says_why(self):
        (self.place / "bad.toml").write_text("stort = 1", encoding="utf-8")
        page = self.widget.catalogue_page
        page.load(str(self.place / "bad.toml"))
        self.assertIn("stort", page.problem.text())
        self.filled(page, start=[self.net.url], selectors={"product": ":::"})
        self.assertIn("product", page.problem.text())
        self.assertFalse(page.start.isEnabled())
        page.save(str(self.place / "worse.toml"))
        self.assertFalse((self.place / "worse.toml").exists())


class TestSearch(CollectorTest):
    def openverse(self, photos=4):
        adapter = find_adapter("openverse")
        patcher = patch.object(adapter, "url", self.net.url + "/v1/images/", create=True)
        patcher.start()
        self.addCleanup(patcher.stop)
        for number in range(photos):
            self.net.photo(f"/found/{number}.jpg", jpeg(500 + number))
        self.net.json("/v1/images/", {"page_count": 1, "results": [
            {"id": f"id-{n}", "title": f"Clogs {n}", "creator": "Anna",
             "foreign_landing_url": f"https://flickr.example/{n}",
             "url": f"{self.net.url}/found/{n}.jpg", "license": "by", "license_version": "4.0",
             "license_url": "https://creativecommons.org/licenses/by/4.0/"}
            for n in range(photos)]})

    def test_a_search_brings_photos_and_leaves_the_wish_open(self):
        self.openverse()
        self.open()
        page = self.filled(self.widget.search_page, queries=["wooden clogs"],
                           feature="wooden_platform", most=3)
        self.agree(page)
        page.start.click()
        self.wait()
        table = self.photos()
        self.assertEqual(len(table), 3)
        self.assertEqual(set(table.get_column("author")), {"Anna"})
        self.assertEqual(set(table.get_column("wooden platform")), {.5})

    def test_pexels_is_asked_with_a_permission_and_a_key_only(self):
        adapter = find_adapter("pexels")
        with patch.object(adapter, "url", self.net.url + "/v1/search", create=True):
            self.open()
            page = self.filled(self.widget.search_page, service="pexels", queries=["clogs"])
            self.assertFalse(page.start.isEnabled())
            self.assertIn("pexels.com/terms", page.problem.text())
            page.permitted.setChecked(True)
            self.agree(page)
            page.start.click()
            self.wait()
            self.assertFalse(self.net.requests)
            self.assertTrue(self.widget.Error.collecting.is_shown())
            self.assertIn("ORANGE_CUSTOMS_PEXELS_KEY", str(self.widget.Error.collecting))

    def test_a_key_goes_into_the_keyring_and_into_no_setting(self):
        kept = {}
        with patch.object(keyring, "set_password", lambda s, n, k: kept.update({(s, n): k})), \
                patch.object(keyring, "get_password", lambda s, n: kept.get((s, n))), \
                patch.object(QInputDialog, "getText", lambda *a, **k: ("s3cret", True)):
            page = self.filled(self.widget.search_page, service="pexels")
            page.key.click()
        self.assertEqual(kept, {("orange3-customs", "pexels"): "s3cret"})
        self.assertNotIn("s3cret", repr(self.widget.settingsHandler.pack_data(self.widget)))

    def test_without_a_keyring_the_variable_is_named(self):
        with patch.object(QInputDialog, "getText", lambda *a, **k: ("s3cret", True)):
            page = self.filled(self.widget.search_page, service="pexels")
            page.key.click()
        self.assertIn("ORANGE_CUSTOMS_PEXELS_KEY", page.problem.text())
        self.assertNotIn("s3cret", page.problem.text())


class TestGenerate(CollectorTest):
    def endpoint(self, colour=(200, 40, 40)):
        seeds = iter(range(9000, 9900))
        self.net.routes["/v1/images/generations"] = lambda request: (200, {}, json.dumps(
            {"data": [{"b64_json": base64.b64encode(encoded(
                picture(next(seeds), colour=colour), "PNG")).decode()}]}))

    def generator(self, **known):
        return self.filled(self.widget.generate_page, url=self.net.url + "/v1", model="painter",
                           features=["high_heel"], **{"count": 3, "judge": False, **known})

    def test_generated_photos_wait_for_a_person_and_are_no_output_before(self):
        self.endpoint()
        self.open()
        page = self.generator(licence="CC0")
        self.assertIn("heel", page.prompts.toPlainText())
        self.assertIn("127.0.0.1", page.consent.text.text())
        self.agree(page)
        page.start.click()
        self.wait()
        self.assertIsNone(self.photos())
        self.assertEqual(self.widget.review_page.waiting, 3)
        self.assertTrue(self.widget.Information.review.is_shown())
        page.start.click()
        self.wait()
        self.assertEqual(self.net.count("/v1/images/generations"), 3)  # they are there

    def test_the_model_on_the_input_judges(self):
        self.endpoint()
        self.open()
        model = SimpleNamespace(group=FOOTWEAR)
        seen = []

        def screened(manifest, extractor, client, progress):
            seen.append(extractor)
            for entry in manifest:
                manifest.change(entry, state="doubtful", reason="as you like it")
            return collectjobs.Screened(doubtful=3)
        self.widget.set_model(model)
        with patch("orangecontrib.customs.photos.extract.Extractor",
                   lambda m: SimpleNamespace(model=m, backbone=None)), \
                patch.object(collectjobs, "screen", screened):
            page = self.generator(judge=True)
            self.agree(page)
            page.start.click()
            self.wait()
        self.assertIs(seen[0].model, model)
        self.assertIn("3 doubtful", self.widget.log.toPlainText())

    def test_a_model_for_other_goods_is_refused_before_anything_is_paid(self):
        self.endpoint()
        self.open()
        self.widget.set_model(SimpleNamespace(group=SimpleNamespace(id="lamps")))
        page = self.generator(judge=True)
        self.agree(page)
        page.start.click()
        self.wait()
        self.assertIn("lamps", str(self.widget.Error.collecting))
        self.assertFalse(self.net.requests)

    def test_local_weights_say_what_how_large_and_which_licence_first(self):
        page = self.filled(self.widget.generate_page, by="local", features=["high_heel"],
                           local="stabilityai/stable-diffusion-xl-base-1.0")
        self.assertIn("about 7 GB", page.about.text())
        self.assertIn("CreativeML", page.about.text())
        self.assertFalse(page.consent.box.isVisibleTo(page))  # nothing leaves the computer
        page.download.setChecked(True)
        self.assertTrue(page.consent.box.isVisibleTo(page))
        self.assertIn("CreativeML", page.consent.text.text())

    def test_a_generator_that_refuses_is_said_and_what_there_is_stays(self):
        self.made()
        self.net.routes["/v1/images/generations"] = 401, {}, b""
        page = self.generator()
        self.agree(page)
        page.start.click()
        self.wait()
        self.assertIn("ended early", self.widget.log.toPlainText())
        self.assertIn("/v1/images/generations", str(self.widget.Warning.early))
        self.assertEqual(len(self.photos()), 2)


class TestReview(CollectorTest):
    def press(self, key, modifiers=Qt.NoModifier):
        for kind in (QEvent.KeyPress, QEvent.KeyRelease):
            QApplication.sendEvent(self.widget.review_page.gallery,
                                   QKeyEvent(kind, key, modifiers))

    def test_photos_that_wait_are_shown_with_the_reason(self):
        self.made()
        page = self.widget.review_page
        self.assertEqual(len(page._rows), 2)  # doubtful, and judged by nobody
        self.assertIn("unlike the real photos", page.about.text())
        self.assertIn("a photo 1", page.about.text())
        self.press(Qt.Key_Right)
        self.assertIn("judged by nobody", page.about.text())

    def test_keys_keep_and_drop_on_the_disk_at_once(self):
        self.made()
        self.press(Qt.Key_K)
        self.assertEqual(self.states()["a photo 1"], "kept")
        self.press(ord("В"))  # the same key as D
        self.assertEqual(self.states()["a photo 3"], "dropped")
        self.assertEqual(self.widget.review_page.waiting, 0)
        self.process_events(lambda: not self.widget._resting.isActive())
        self.wait()
        self.assertEqual(len(self.photos()), 3)
        self.assertEqual(list(self.photos().get_column("made")), ["", "yes", "yes"])

    def test_a_decision_is_taken_back(self):
        self.made()
        self.widget.review_page.gallery.selectAll()
        self.widget.review_page.drop_button.click()
        self.assertEqual(set(self.states().values()), {"dropped", "kept"})
        self.press(Qt.Key_Z, Qt.ControlModifier)
        self.assertEqual(self.states(), {"a photo 1": "doubtful", "a photo 2": "kept",
                                         "a photo 3": "collected"})
        self.assertFalse(self.widget.review_page.undo_button.isEnabled())

    def test_kept_photos_can_be_looked_at_again_and_dropped(self):
        self.made()
        page = self.widget.review_page
        page.filter.setCurrentIndex(page.filter.findData("generated"))
        page.filter.activated.emit(page.filter.currentIndex())
        self.assertEqual(len(page._rows), 3)
        page.go_to(1)
        page.decide("dropped")
        self.assertEqual(self.states()["a photo 2"], "dropped")

    def test_a_collection_that_is_open_elsewhere_is_said(self):
        self.made()
        with Manifest(self.folder):
            self.press(Qt.Key_K)
            self.assertIn("open in another program", str(self.widget.Error.collecting))
        self.assertEqual(self.states()["a photo 1"], "doubtful")
        self.press(Qt.Key_K)
        self.assertEqual(self.states()["a photo 1"], "kept")

    def test_a_job_begins_with_decisions_written_and_the_folder_free(self):
        self.made()
        serve(self.net)
        self.press(Qt.Key_K)
        page = self.filled(self.widget.catalogue_page, **self.recipe())
        self.agree(page)
        page.start.click()
        self.wait()
        self.assertEqual(self.states()["a photo 1"], "kept")
        self.assertEqual(len(self.photos()), 1 + 2 + 6)


class TestBalance(CollectorTest):
    def cell(self, feature, column):
        table = self.widget.balance_page.table
        columns = [table.horizontalHeaderItem(n).text() for n in range(table.columnCount())]
        return table.item(FOOTWEAR.feature_ids.index(feature), columns.index(column)).text()

    def button(self, feature, kind):
        place = self.widget.balance_page.table.cellWidget(FOOTWEAR.feature_ids.index(feature), 1)
        return place.layout().itemAt(["catalogue", "search", "generated"].index(kind)).widget()

    def test_positives_are_counted_per_source_and_view(self):
        self.made(("kept", "kept", "doubtful"))
        self.widget.balance_page.goal.setValue(10)
        self.assertEqual([self.cell("high_heel", c) for c in ("Real", "Missing", "Made")],
                         ["1", "9", "2"])
        self.assertEqual(self.cell("high_heel", "shop"), "1")
        self.assertEqual(self.cell("high_heel", "painter"), "2")
        table = self.get_output(self.widget.Outputs.features)
        row = list(table.get_column("feature")).index("high heel")
        self.assertEqual((table.get_column("real")[row], table.get_column("lacking")[row]), (1, 9))

    def test_a_click_queues_searches_for_one_feature_and_waits_for_consent(self):
        self.made()
        self.button("wooden_platform", "search").click()
        page = self.widget.search_page
        self.assertIs(self.widget.tabs.currentWidget(), page)
        self.assertTrue(self.widget.Information.consent.is_shown())
        self.assertEqual(page.feature.currentData(), "wooden_platform")
        self.assertIn("clogs", page.consent.text.text())
        self.assertEqual(len(self.widget.queue), 1)
        self.assertFalse(self.net.requests)
        self.button("wooden_platform", "search").click()
        self.assertEqual(len(self.widget.queue), 1)  # once is enough
        self.widget.stop_button.click()
        self.assertFalse(self.widget.queue)
        self.assertEqual(self.widget.status.text(), "Nothing is running.")
        self.assertFalse(self.widget.Information.consent.is_shown())

    def test_a_click_generates_what_one_feature_lacks(self):
        self.made()
        TestGenerate.endpoint(self)
        self.widget.balance_page.goal.setValue(4)
        self.button("high_heel", "generated").click()
        self.assertTrue(self.widget.Information.nothing.is_shown())  # by whom?
        self.assertIs(self.widget.tabs.currentWidget(), self.widget.generate_page)
        page = TestGenerate.generator(self, count=90)
        self.button("high_heel", "generated").click()
        self.assertIn("descriptions of 2 photos", page.consent.text.text())
        self.assertFalse(self.net.requests)
        self.agree(page)
        self.wait()
        # one real, one kept by a person: two are missing to four
        self.assertEqual(self.net.count("/v1/images/generations"), 2)

    def test_a_click_crawls_the_catalogue_of_the_recipe(self):
        serve(self.net)
        self.open()
        page = self.filled(self.widget.catalogue_page, **self.recipe())
        self.agree(page)
        self.button("high_heel", "catalogue").click()
        self.wait()
        self.assertEqual(len(self.photos()), 6)

    def test_a_person_s_labels_count_while_the_labeler_has_them_open(self):
        from orangecontrib.customs.training.labelling import LabelRow, LabelStore
        self.made(())
        path = self.widget._labels_file()
        store = LabelStore.open(path, FOOTWEAR)
        self.addCleanup(store.close)
        labels = np.full(len(FOOTWEAR.features), np.nan)
        labels[FOOTWEAR.feature_ids.index("sport")] = 1
        image = self.photos().get_column("image")[0]
        store.write([LabelRow(image, "shop:0", "", labels)])
        self.widget.tabs.setCurrentWidget(self.widget.balance_page)
        self.wait()
        self.assertEqual(self.cell("sport", "Person"), "1")
        self.assertTrue(np.isnan(self.photos().get_column("sport (spikes)")[0]))
        self.widget.balance_page.refresh.click()
        self.wait()
        self.assertEqual(self.photos().get_column("sport (spikes)")[0], 1)


class TestWindow(CollectorTest):
    def test_an_empty_widget_says_what_to_do(self):
        self.assertTrue(self.widget.Information.choose.is_shown())
        self.assertFalse(self.widget.catalogue_page.start.isEnabled())
        self.open()
        self.assertFalse(self.widget.Information.choose.is_shown())
        self.assertTrue(self.widget.Information.empty.is_shown())

    def test_a_folder_under_the_workflow_is_kept_relative_to_it(self):
        self.widget.workflowEnv = lambda: {"basedir": str(self.place)}
        self.open()
        self.assertEqual(self.widget.folder, "collection")
        self.assertEqual(self.widget.source, self.folder)

    def test_a_table_that_is_none_is_said(self):
        self.folder.mkdir()
        (self.folder / "manifest.csv").write_text("a,b\n1,2\n", encoding="utf-8")
        self.open()
        self.assertIn("manifest.csv", str(self.widget.Error.folder))
        self.assertIsNone(self.photos())

    def test_settings_that_somebody_wrote_by_hand_open(self):
        widget = self.create_widget(OWPhotoCollector, stored_settings={
            "recipe": {"start": [1], "selectors": {"product": 5}, "skip": 3,
                       "limits": {"pages": "many", "photos": 10 ** 12}},
            "search": {"service": "nobody", "queries": "clogs", "most": 10 ** 12},
            "generator": {"features": ["heels"], "count": [], "by": "magic"}, "page": "none",
            "shown": "?", "breakdown": "?"})
        self.assertEqual(widget.search_page.service.currentData(), "openverse")

    def test_what_waits_was_for_the_folder_that_was_chosen(self):
        self.open()
        page = self.filled(self.widget.search_page, queries=["clogs"])
        page.start.click()
        self.assertEqual(len(self.widget.queue), 1)
        self.open(self.place / "other")
        self.assertFalse(self.widget.queue)

    def test_the_folder_stays_while_photos_are_collected(self):
        serve(self.net)
        self.open()
        page = self.filled(self.widget.catalogue_page, **self.recipe())
        self.agree(page)
        page.start.click()
        self.widget.set_source(self.place / "other")
        self.assertEqual(self.widget.source, self.folder)
        self.assertEqual(self.widget.path_edit.text(), str(self.folder))
        self.wait()
        self.assertEqual(len(self.photos()), 6)

    def test_without_the_extra_it_opens_and_says_what_to_install(self):
        from orangecontrib.customs.collecting import errors
        with patch.object(errors, "find_spec", lambda name: None):
            widget = self.create_widget(OWPhotoCollector,
                                        stored_settings={"recipe": self.recipe()})
            self.assertIn("Orange3-Customs[collect]", str(widget.Error.extra))
            self.assertFalse(widget.catalogue_page.start.isEnabled())
            widget.catalogue_page.save(str(self.place / "shop.toml"))
            self.assertIn("Orange3-Customs[collect]", widget.catalogue_page.problem.text())

    def test_it_fits_two_thirds_of_a_small_screen(self):
        hint = self.widget.minimumSizeHint()
        self.assertLessEqual(hint.width(), 910)
        self.assertLessEqual(hint.height(), 512)

    def test_a_report_tells_sources_and_licences(self):
        self.made()
        self.widget.send_report()
        self.assertIn("CC BY 4.0", self.widget.report_html)

    def test_a_window_that_is_closed_ends_what_runs(self):
        serve(self.net)
        begun = threading.Event()

        def slow(request):
            begun.set()
            return 200, {"Content-Type": "text/html"}, ""
        self.net.routes["/"] = slow
        self.open()
        page = self.filled(self.widget.catalogue_page, **self.recipe(
            limits={**QUICK, "delay": 60}))
        self.net.page("/", '<a href="/p/0">x</a>')
        self.agree(page)
        page.start.click()
        ended = self.widget.ending
        self.process_events(lambda: self.net.requests)
        self.widget.onDeleteWidget()
        self.assertTrue(ended.is_set())

    def test_russian_names(self):
        self.made()
        self.widget.russian_box.setChecked(True)
        self.wait()
        self.assertIn("КАБЛУК", [v.name for v in self.photos().domain.attributes])


if __name__ == "__main__":
    unittest.main()
