"""The collecting workflow: without a network it waits; on loopback it ends in a trained model."""
import base64
import json
import os
import sys
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from AnyQt.QtCore import QEvent, QEventLoop, QItemSelectionModel, Qt, QTimer
from AnyQt.QtGui import QKeyEvent
from AnyQt.QtWidgets import QApplication

sys.path.insert(0, str(Path(__file__).parents[1] / "collecting"))

from loopback import Loopback, encoded, picture

from orangecontrib.customs.collecting import Limits, read_manifest
from orangecontrib.customs.collecting.adapters import find_adapter
from orangecontrib.customs.groups import find_group
from orangecontrib.customs.training.trainer.table import training_photos

FLOW = Path(str(files("orangecontrib.customs.workflows"))) / "photo-collecting.ows"
FOOTWEAR = find_group("footwear")
HEEL, CLOG = (FOOTWEAR.feature_ids.index(id_) for id_ in ("high_heel", "wooden_platform"))

#: Colours of goods on a heel, flat ones and clogs: what the photos of this shop differ in.
HIGH, FLAT, WOOD = (200, 40, 40), (40, 60, 200), (190, 140, 70)
GOODS = 28


def test_it_waits_for_a_folder_and_asks_nobody(run, tmp_path):
    shipped = sorted((path, path.stat().st_mtime_ns) for path in FLOW.parent.rglob("*"))
    done = run(FLOW)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Выберите пустую папку для фото" in done.stdout
    assert shipped == sorted((p, p.stat().st_mtime_ns) for p in FLOW.parent.rglob("*"))


@pytest.fixture
def net():
    """A shop, a service that is searched, and an images endpoint."""
    server = Loopback()
    server.page("/", "".join(f'<a href="/p/{n}">x</a>' for n in range(GOODS)))
    for n in range(GOODS):
        node = {"@context": "https://schema.org", "@type": "Product", "sku": f"P{n}",
                "name": f"Туфли женские {n}", "image": [f"/photo/{n}-{k}.jpg" for k in range(2)],
                "description": f"Туфли женские из кожи, каблук {7 if n % 2 else 1} см"}
        server.page(f"/p/{n}", f'<script type="application/ld+json">{json.dumps(node)}</script>')
        for k in range(2):
            server.photo(f"/photo/{n}-{k}.jpg", encoded(
                picture(100 * n + k, colour=HIGH if n % 2 else FLAT)))
    results = []
    for n in range(22):
        # the shop's own picture is found, too: once as the very file, once made smaller
        image = picture(100 if n < 2 else 20_000 + n, colour=HIGH if n < 2 else WOOD)
        if n == 1:
            image = image.resize((160, 128))
        server.photo(f"/found/{n}.jpg", encoded(image))
        results.append({
            "id": f"id-{n}", "title": "Shoes" if n < 2 else
            f"Clogs, leather upper, model {n}",
            "creator": "Anna", "foreign_landing_url": f"https://flickr.example/{n}",
            "url": f"{server.url}/found/{n}.jpg", "license": "by", "license_version": "4.0",
            "license_url": "https://creativecommons.org/licenses/by/4.0/"})
    server.json("/v1/images/", {"page_count": 1, "results": results})
    seeds = iter(range(40_000, 49_000))
    server.routes["/api/images/generations"] = lambda request: (200, {}, json.dumps({"data": [
        {"b64_json": base64.b64encode(encoded(picture(next(seeds), colour=WOOD),
                                              "PNG")).decode()}]}))
    yield server
    server.close()


@pytest.fixture
def scheme(monkeypatch, tmp_path):
    """The shipped workflow, alive."""
    from Orange.canvas.config import Config

    from orangecontrib.customs.collecting import jobs as collectjobs
    from orangecontrib.customs.headless.environment import prepare_application
    from orangecontrib.customs.headless.runner import discover
    from orangecontrib.customs.widgets.utils.training import labelfiles
    application = prepare_application()
    monkeypatch.setattr(collectjobs, "SEARCH_LIMITS", Limits(delay=0.))
    monkeypatch.setattr(collectjobs, "GENERATOR_LIMITS", Limits(delay=0.))
    monkeypatch.setattr(labelfiles.environ, "data_dir",
                        lambda versioned=True: str(tmp_path / "data"))
    model = Config.workflow_constructor()
    model.set_runtime_env("basedir", str(FLOW.parent))
    with open(FLOW, "rb") as file:
        model.load_from(file, registry=discover())
    model.signal_manager.start()
    yield model
    model.signal_manager.stop()
    for node in list(model.nodes):
        model.remove_node(node)
    application.processEvents()


class Analyst:
    """Somebody at the screen: presses what a window offers, and waits until all is quiet."""

    def __init__(self, scheme):
        self.scheme = scheme
        self.widgets = {node.title: scheme.widget_for_node(node) for node in scheme.nodes}
        self.sent = {}
        send = scheme.signal_manager.send

        def noting(widget, channel, value, *args, **kwargs):
            node = scheme.node_for_widget(widget)
            self.sent[node.title if node else "", channel] = value
            send(widget, channel, value, *args, **kwargs)
        scheme.signal_manager.send = noting

    def wait(self):
        """Until for a moment nothing runs, nothing waits, and everything was delivered."""
        collector = self.widgets["Training Photo Collector"]
        manager, loop, quiet = self.scheme.signal_manager, QEventLoop(), 0

        def look():
            nonlocal quiet
            busy = (manager.pending_nodes() or manager.invalidated_nodes()
                    or any(w.task for w in self.widgets.values() if hasattr(w, "task"))
                    or any(map(collector._may, collector.queue))
                    or collector._resting.isActive()
                    or self.widgets["Footwear Photo Labeler"]._sending.isActive())
            quiet = 0 if busy else quiet + 1
            if quiet > 5:
                loop.quit()
        timer = QTimer(interval=20)
        timer.timeout.connect(look)
        timer.start()
        loop.exec()
        timer.stop()

    def fill(self, page, **settings):
        page.settings = {**page.settings, **settings}
        page.show_settings()
        page.changed.emit(page.settings)

    def press(self, widget, key):
        QApplication.sendEvent(widget, QKeyEvent(QEvent.KeyPress, key, Qt.NoModifier))

    def go_for(self, feature, kind):
        """The button of a feature on the page Balance."""
        table = self.widgets["Training Photo Collector"].balance_page.table
        buttons = table.cellWidget(FOOTWEAR.feature_ids.index(feature), 1).layout()
        buttons.itemAt(["catalogue", "search", "generated"].index(kind)).widget().click()


def label_clogs(analyst):
    """The person's answers about what the search has found; the photos."""
    collector, labeler = (analyst.widgets[title] for title in ("Training Photo Collector",
                                                               "Footwear Photo Labeler"))
    files_ = {p.entry.file for p in collector.held.photos
              if p.entry.kind == "search" and not p.entry.good_id.startswith("shop:")}
    clogs = [n for n, image in enumerate(labeler.photos.images) if image in files_]
    for feature, label in (("wooden_platform", 1.), ("high_heel", 0.)):
        labeler.gallery.clearSelection()
        for number in clogs:
            index = labeler.gallery.model().index(labeler.gallery._places[number], 0)
            labeler.gallery.selectionModel().select(index, QItemSelectionModel.Select)
        labeler._answer(feature, label)
    analyst.wait()
    return clogs


def lacking(analyst):
    """Feature → what it lacks, as the page Balance says when one looks at it."""
    collector = analyst.widgets["Training Photo Collector"]
    collector.tabs.setCurrentWidget(collector.review_page)
    collector.tabs.setCurrentWidget(collector.balance_page)
    analyst.wait()
    table = analyst.sent["Training Photo Collector", "Balance"]
    return dict(zip(table.get_column("feature"), table.get_column("lacking")))


def test_from_an_empty_folder_to_a_trained_model(scheme, net, tmp_path, monkeypatch):
    monkeypatch.setattr(find_adapter("openverse"), "url", net.url + "/v1/images/", raising=False)
    analyst = Analyst(scheme)
    collector = analyst.widgets["Training Photo Collector"]
    labeler, trainer = (analyst.widgets[f"Footwear {name}"] for name in ("Photo Labeler",
                                                                         "CNN Trainer"))
    folder = tmp_path / "collection"
    folder.mkdir()
    collector.set_source(folder)
    analyst.wait()
    assert collector.Information.empty.is_shown() and not net.requests

    # a catalogue: what it catches is seen first
    page = collector.catalogue_page
    analyst.fill(page, start=[net.url + "/"], name="shop", licence="by agreement",
                 limits={"delay": 0, "pages": 100, "tries": 1})
    page.page_line.setText(net.url + "/p/1")
    page.consent.box.click()
    page.preview_button.click()
    analyst.wait()
    assert "каблук 7 см" in page.tree.topLevelItem(0).text(1) and not read_manifest(folder)
    page.start.click()
    analyst.wait()
    assert len(collector.held.photos) == 2 * GOODS

    # what is missing: a click searches for it, another one has it made
    collector.balance_page.goal.setValue(16)
    analyst.go_for("wooden_platform", "search")
    assert collector.Information.consent.is_shown() and net.count("/v1/images/") == 0
    collector.search_page.consent.box.click()
    analyst.wait()
    entries = read_manifest(folder)
    found = [entry for entry in entries if entry.kind == "search"]
    assert {entry.state for entry in found} == {"collected", "duplicate"}
    assert all(entry.licence == "CC BY 4.0" and entry.author == "Anna" for entry in found)
    smaller = next(entry for entry in found if entry.url.endswith("/found/1.jpg"))
    assert smaller.good_id == "shop:P1"  # another size of the shop's picture: of its good

    page = collector.generate_page
    analyst.fill(page, url=net.url + "/api", model="painter", judge=False)
    analyst.go_for("wooden_platform", "generated")
    if collector.queue:
        page.consent.box.click()
    analyst.wait()
    waiting = collector.review_page.waiting
    assert waiting and all(p.entry.kind != "generated" for p in collector.held.photos)
    for number in range(waiting):
        analyst.press(collector.review_page.gallery, Qt.Key_D if number == 0 else Qt.Key_K)
    analyst.wait()
    made = [p for p in collector.held.photos if p.entry.kind == "generated"]
    assert len(made) == waiting - 1

    # a person's answers win over what texts and queries imply
    clogs = label_clogs(analyst)
    assert lacking(analyst)["wooden platform"] == 1  # one of the hits was the shop's shoe
    analyst.go_for("wooden_platform", "search")
    analyst.wait()
    clogs = label_clogs(analyst)
    lacks = lacking(analyst)
    assert lacks["wooden platform"] == lacks["high heel"] == 0 < lacks["sport (spikes)"]

    # the labels arrive where they are learnt from
    photos, _ = training_photos(analyst.sent["Footwear Photo Labeler", "Labeled Photos"],
                                group=FOOTWEAR)
    assert photos.made.sum() == len(made)
    assert (photos.labels[:, CLOG] == 1).sum() == len(clogs) + len(made)
    assert set(photos.weights[photos.labels[:, HEEL] == 1, HEEL]) == {.5}  # by texts only
    person = np.isin([p.image for p in photos.photos],
                     [os.path.join(folder, labeler.photos.images[n]) for n in clogs])
    assert set(photos.weights[person, CLOG]) == {1.}

    trained = trainer.outcome.trained
    model = analyst.sent["Footwear CNN Trainer", "Model"]
    assert np.array_equal(model.weights, trained.model.weights)
    assert not photos.made[trained.held_out.rows].any()
    goods = np.array([p.good_id for p in photos.photos])
    test = trained.split.part == "test"
    assert test.any() and not set(goods[test]) & set(goods[trained.split.part == "train"])
    scores = {score.feature: score for score in trained.held_out.scores()}
    assert scores["high_heel"].balanced > .8
