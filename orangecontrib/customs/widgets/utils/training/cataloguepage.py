"""The page Catalogue of Training Photo Collector: a recipe, and what it catches."""
from __future__ import annotations

from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from AnyQt.QtCore import Qt
from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtWidgets import (
    QDoubleSpinBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QTreeWidget,
    QTreeWidgetItem,
)

from orangecontrib.customs.collecting import CollectError, Recipe
from orangecontrib.customs.collecting.client import Answer, check_url
from orangecontrib.customs.collecting.errors import needed
from orangecontrib.customs.collecting.jobs import (
    Collection,
    Crawling,
    Previewing,
)
from orangecontrib.customs.collecting.pages import Page
from orangecontrib.customs.collecting.recipe import Bounds

from .sourcepage import SourcePage

__all__ = ["CataloguePage"]

RECIPES = "Recipes (*.toml *.json *.csv);;All files (*)"


def _list(text: str) -> list[str]:
    return text.split()


class CataloguePage(SourcePage):
    """A recipe, and what it catches on a page; the settings are the recipe as a file says it."""

    title, kind = "Catalogue", "catalogue"

    #: What the recipe catches is to be shown.
    preview_wanted = Signal()

    TYPES = {"start": list, "name": str, "hosts": list, "follow": list, "skip": list,
             "licence": str, "selectors": dict, "limits": dict}
    #: Control → table of the recipe ("" for none), setting, and whether it is a list.
    LINES = {"start": ("", "start", True), "licence": ("", "licence", False),
             "product": ("selectors", "product", False), "name": ("selectors", "name", False),
             "photos": ("selectors", "photos", False),
             "materials": ("selectors", "materials", False),
             "text": ("selectors", "text", False), "category": ("selectors", "category", False),
             "follow": ("", "follow", True), "skip": ("", "skip", True)}
    NUMBERS = ("pages", "photos", "delay")

    def _build(self):
        self.lines = {}
        for name, label, placeholder, tooltip in (
                ("start", "Start:", "https://shop.example/shoes",
                 "Pages to begin with, separated by spaces"),
                ("licence", "Licence:", "what the owner allows, as you know it",
                 "Kept with each photo"),
                ("product", "Product:", "(what the page says to machines)",
                 "CSS of what surrounds a product, such as .product-card.\nWithout it JSON-LD, "
                 "microdata or OpenGraph of the page are read"),
                ("name", "– name:", "h3", "CSS within the product"),
                ("photos", "– photos:", "img", "CSS within the product: images, or links to "
                                                "them"),
                ("materials", "– materials:", ".composition", "CSS within the product; read into "
                                                              "weak labels"),
                ("text", "– text:", ".description", "CSS within the product; read into weak "
                                                    "labels"),
                ("category", "– category:", ".breadcrumbs", "CSS within the product"),
                ("follow", "Only pages:", "(all of the catalogue's host)",
                 "Regular expressions, separated by spaces: addresses with one of them"),
                ("skip", "Skip pages:", "/cart /login",
                 "Regular expressions, separated by spaces")):
            self.lines[name] = self._recipe_line(label, name, placeholder, tooltip)
        self.numbers = {
            "pages": self._limit("Pages:", "pages", 100_000, "At most, of this catalogue"),
            "photos": self._limit("Photos:", "photos", 1_000_000, "New ones of one run, at most"),
            "delay": self._limit("Delay:", "delay", 600, "Seconds between two requests, at "
                                                         "least", " s", True)}
        row = QHBoxLayout()
        for text, clicked, tooltip in (
                ("Load Recipe…", self._choose_load, "TOML, JSON or CSV"),
                ("Save Recipe…", self._choose_save, "As TOML, to be shared")):
            button = QPushButton(text, autoDefault=False, clicked=clicked)
            button.setToolTip(tooltip)
            row.addWidget(button)
        self.form.addRow(row)
        top = QHBoxLayout()
        self.page_line = QLineEdit(placeholderText="a page of the catalogue (default: its start)",
                                   acceptDrops=False, clearButtonEnabled=True)
        self.page_line.setToolTip("Choose a page that shows products")
        self.page_line.setAccessibleName("Page to preview")
        self.page_line.textChanged.connect(lambda _: self.changed.emit(self.settings))
        self.preview_button = QPushButton("&Preview", autoDefault=False,
                                          clicked=self.preview_wanted)
        self.preview_button.setToolTip("Show what the recipe catches on that page; nothing is "
                                       "collected")
        top.addWidget(self.page_line)
        top.addWidget(self.preview_button)
        self.found = QLabel("Preview shows what the recipe catches on a page, before the crawl.",
                            wordWrap=True, textFormat=Qt.PlainText)
        self.tree = QTreeWidget(alternatingRowColors=True, columnCount=2, uniformRowHeights=True)
        self.tree.setHeaderLabels(["Product", "What is caught"])
        self.tree.setAccessibleName("Products of the page")
        self.tree.setColumnWidth(0, 150)
        self.right.addLayout(top)
        self.right.addWidget(self.found)
        self.right.addWidget(self.tree, 1)
        self._add_start("&Crawl", "Collect the photos of the whole catalogue, within the bounds; "
                                  "a second run goes on where the first one ended")

    #: The page that was asked for last, and what came.
    _asked, _answer = "", None

    def _recipe_line(self, label, name, placeholder, tooltip):
        line = QLineEdit(placeholderText=placeholder, acceptDrops=False)
        line.setToolTip(tooltip)
        line.setAccessibleName(label.strip("– :"))
        part, setting, several = self.LINES[name]
        line.textEdited.connect(lambda text: self._put(
            part, setting, _list(text) if several else text.strip()))
        self.form.addRow(label, line)
        return line

    def _limit(self, label, name, most, tooltip, suffix="", decimals=False):
        spin = QDoubleSpinBox(decimals=1) if decimals else QSpinBox()
        spin.setRange(0 if decimals else 1, most)
        spin.setSuffix(suffix)
        spin.setToolTip(tooltip)
        spin.setAccessibleName(label.rstrip(":"))
        spin.valueChanged.connect(lambda value: self._put("limits", name, value))
        self.form.addRow(label, spin)
        return spin

    def _put(self, part: str, name: str, value) -> None:
        """Change a setting of the recipe; what is empty is as by default."""
        if self._quiet:
            return
        described = {key: dict(v) if isinstance(v, dict) else v
                     for key, v in self.settings.items()}
        table = described.setdefault(part, {}) if part else described
        if value in ("", []):
            table.pop(name, None)
        else:
            table[name] = value
        if part and not table:
            del described[part]
        self.settings = described
        self.changed.emit(described)

    def show_settings(self):
        self._quiet = True
        for name, (part, setting, _) in self.LINES.items():
            value = (self.settings.get(part) or {}) if part else self.settings
            value = value.get(setting, "")
            text = " ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
            if self.lines[name].text().strip() != text:
                self.lines[name].setText(text)
        limits = self.settings.get("limits") or {}
        usual = Bounds()
        for name, spin in self.numbers.items():
            try:
                spin.setValue(limits.get(name, getattr(usual, name)))
            except (TypeError, OverflowError):
                pass  # somebody has changed the workflow by hand; recipe() says it
        self._quiet = False

    def recipe(self) -> Recipe:
        """The recipe; CollectError where it is none yet."""
        needed()
        return Recipe.of(self.settings, "of this page")

    def job(self, collection):
        return Crawling(collection, self.recipe())

    def preview_job(self, collection: Collection) -> Previewing:
        """What shows the page that is named, or the start; CollectError for another host's."""
        recipe = self.recipe()
        url = check_url(self.page_line.text() or recipe.start[0])
        if urlsplit(url).hostname not in recipe.hosts:
            raise CollectError("elsewhere", url=recipe.start[0], target=url)
        answer = self._answer if self._answer is not None and url == self._asked else None
        return Previewing(collection, recipe, url, answer)

    def show_job(self, job, problem, agreed, ready):
        if not self.settings.get("start"):
            problem = ""  # the empty line says it
        super().show_job(job, problem, agreed, ready)
        self.preview_button.setEnabled(job is not None)

    def show_page(self, url: str, page: Page, answer: Answer) -> None:
        """Show what was caught; the page is kept, so that other selectors ask for it no more."""
        self._asked, self._answer = url, answer
        self.tree.clear()
        for product in page.products:
            item = QTreeWidgetItem([product.name or "?", product.materials or product.text])
            for name, text in (("found by", product.found_by), ("id", product.id),
                               ("materials", product.materials), ("category", product.category),
                               ("text", product.text),
                               *(("photo", photo) for photo in product.photos)):
                if text:
                    item.addChild(_item(name, text))
            if not product.photos:
                item.addChild(_item("photo", "none is caught"))
            self.tree.addTopLevelItem(item)
        if page.products:
            self.tree.topLevelItem(0).setExpanded(True)
        photos = sum(len(product.photos) for product in page.products)
        said = [f"{len(page.products)} products, {photos} photos, {len(page.links)} links that "
                "the recipe follows"]
        if page.login:
            said.append("the page asks for a login: name pages that are open to all")
        elif not page.products:
            said.append("try another page, or a selector for the product")
        self.found.setText("; ".join(said) + ".")

    def _choose_load(self):
        path, _ = QFileDialog.getOpenFileName(self, "Load Recipe", "", RECIPES)
        if path:
            self.load(path)

    def load(self, path: str) -> None:
        """Take a recipe from a file; what is wrong with it is said."""
        try:
            needed()
            self.settings = Recipe.load(path).said()
        except CollectError as error:
            self.problem.setText(str(error))
            self.problem.show()
            return
        self.show_settings()
        self.changed.emit(self.settings)

    def _choose_save(self):
        path, _ = QFileDialog.getSaveFileName(self, "Save Recipe", "recipe.toml", RECIPES)
        if path:
            self.save(path)

    def save(self, path: str) -> None:
        """Write the recipe to a file; what keeps it from that is said."""
        try:
            self.recipe().save(Path(path).with_suffix(".toml"))
        except CollectError as error:
            self.problem.setText(str(error))
            self.problem.show()


def _item(name: str, text: str) -> QTreeWidgetItem:
    item = QTreeWidgetItem([name, text])
    item.setToolTip(1, f"<p>{escape(text)}</p>")
    return item
