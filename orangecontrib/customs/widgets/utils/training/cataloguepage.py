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
from orangecontrib.customs.i18n import Joined, Sayable, say
from orangecontrib.customs.widgets.utils.common.controls import push
from orangecontrib.customs.widgets.utils.common.wording import room, worded, worded_headers

from .sourcepage import SourcePage

__all__ = ["CataloguePage"]

words = room("cataloguepage")


def _list(text: str) -> list[str]:
    return text.split()


class CataloguePage(SourcePage):
    """A recipe, and what it catches on a page; the settings are the recipe as a file says it."""

    title, kind = words("catalogue"), "catalogue"

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
        self.lines = {name: self._recipe_line(name) for name in self.LINES}
        self.numbers = {"pages": self._limit("pages", 100_000),
                        "photos": self._limit("photos", 1_000_000),
                        "delay": worded(self._limit("delay", 600, True), suffix=words("seconds"))}
        row = QHBoxLayout()
        row.addWidget(push(None, words("load"), self._choose_load, words("load_tip")))
        row.addWidget(push(None, words("save"), self._choose_save, words("save_tip")))
        self.form.addRow(row)
        top = QHBoxLayout()
        self.page_line = worded(
            QLineEdit(acceptDrops=False, clearButtonEnabled=True),
            placeholderText=words("page_hint"), toolTip=words("page_tip"),
            accessibleName=words("page"))
        self.page_line.textChanged.connect(lambda _: self.changed.emit(self.settings))
        self.preview_button = push(None, words("preview"), self.preview_wanted.emit,
                                   words("preview_tip"))
        top.addWidget(self.page_line)
        top.addWidget(self.preview_button)
        self.found = worded(QLabel(wordWrap=True, textFormat=Qt.PlainText),
                            text=words("preview_shows"))
        self.tree = QTreeWidget(alternatingRowColors=True, columnCount=2, uniformRowHeights=True)
        worded(self.tree, accessibleName=words("products"))
        worded_headers(self.tree, [words("column_product"), words("column_caught")])
        self.tree.setColumnWidth(0, 150)
        self.right.addLayout(top)
        self.right.addWidget(self.found)
        self.right.addWidget(self.tree, 1)
        self._add_start(words("crawl"), words("crawl_tip"))

    #: The page that was asked for last, and what came.
    _asked, _answer, _page = "", None, None

    def _recipe_line(self, name):
        line = worded(QLineEdit(acceptDrops=False), placeholderText=words(f"{name}_hint"))
        part, setting, several = self.LINES[name]
        line.textEdited.connect(lambda text: self._put(
            part, setting, _list(text) if several else text.strip()))
        self._row(words(f"{name}_label"), line, words(f"{name}_tip"))
        return line

    def _limit(self, name, most, decimals=False):
        spin = QDoubleSpinBox(decimals=1) if decimals else QSpinBox()
        spin.setRange(0 if decimals else 1, most)
        spin.valueChanged.connect(lambda value: self._put("limits", name, value))
        self._row(words(f"limit_{name}_label"), spin, words(f"limit_{name}_tip"))
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
        self._asked, self._answer, self._page = url, answer, page
        self._show_found(page)

    def set_group(self, group, language):
        super().set_group(group, language)
        if self._page is not None:
            self._show_found(self._page)

    def _show_found(self, page: Page) -> None:
        self.tree.clear()
        for product in page.products:
            item = QTreeWidgetItem([product.name or "?", product.materials or product.text])
            for name, text in (("found_by", product.found_by), ("id", product.id),
                               ("materials", product.materials), ("category", product.category),
                               ("text", product.text),
                               *(("photo", photo) for photo in product.photos)):
                if text:
                    item.addChild(_item(name, text))
            if not product.photos:
                item.addChild(_item("photo", say(words("no_photo"))))
            self.tree.addTopLevelItem(item)
        if page.products:
            self.tree.topLevelItem(0).setExpanded(True)
        photos = sum(len(product.photos) for product in page.products)
        said: list[Sayable] = [words("found", products=len(page.products), photos=photos,
                                     links=len(page.links))]
        if page.login:
            said.append(words("login"))
        elif not page.products:
            said.append(words("try_another"))
        worded(self.found, text=Joined((Joined(tuple(said), "; "), "."), ""))

    def _choose_load(self):
        path, _ = QFileDialog.getOpenFileName(self, say(words("load_title")), "",
                                              say(words("kinds")))
        if path:
            self.load(path)

    def load(self, path: str) -> None:
        """Take a recipe from a file; what is wrong with it is said."""
        try:
            needed()
            self.settings = Recipe.load(path).said()
        except CollectError as error:
            self.tell(error.reason)
            return
        self.show_settings()
        self.changed.emit(self.settings)

    def _choose_save(self):
        path, _ = QFileDialog.getSaveFileName(self, say(words("save_title")), "recipe.toml",
                                              say(words("kinds")))
        if path:
            self.save(path)

    def save(self, path: str) -> None:
        """Write the recipe to a file; what keeps it from that is said."""
        try:
            self.recipe().save(Path(path).with_suffix(".toml"))
        except CollectError as error:
            self.tell(error.reason)


def _item(name: str, text: str) -> QTreeWidgetItem:
    item = QTreeWidgetItem([say(words(f"is_{name}")), text])
    item.setToolTip(1, f"<p>{escape(text)}</p>")
    return item
