"""The pages of Training Photo Collector that ask for photos: catalogue, search, generator.

A page shows and changes a dict of literals, and says which job it would start.
"""
from __future__ import annotations

from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from AnyQt.QtCore import Qt, QTimer
from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from orangecontrib.customs.collecting import CollectError, Recipe
from orangecontrib.customs.collecting.adapters import find_adapter, names
from orangecontrib.customs.collecting.client import Answer, check_url
from orangecontrib.customs.collecting.errors import needed
from orangecontrib.customs.collecting.generators.local import about_weights, known_weights
from orangecontrib.customs.collecting.generators.prompts import Prompt, compose
from orangecontrib.customs.collecting.jobs import (
    Collection,
    Crawling,
    Generating,
    Job,
    Previewing,
    Searching,
)
from orangecontrib.customs.collecting.keys import keep_key, variable_of
from orangecontrib.customs.collecting.pages import Page
from orangecontrib.customs.collecting.recipe import Bounds
from orangecontrib.customs.collecting.weak import written_labels
from orangecontrib.customs.groups import Group
from orangecontrib.customs.i18n import say
from orangecontrib.customs.widgets.utils.training.consentbox import ConsentBox

__all__ = ["CataloguePage", "GeneratePage", "SearchPage"]

RECIPES = "Recipes (*.toml *.json *.csv);;All files (*)"

#: Milliseconds that the typing must rest.
REST = 300

#: Services in the order in which they are offered.
SERVICES = sorted(names(), key=lambda name: (find_adapter(name).permission, name != "openverse"))


class SourcePage(QWidget):
    """A page with controls on the left, what comes of them on the right, consent and buttons.

    Parameters
    ----------
    settings : dict
        Literals; what is not in there is as by default.
    group : Group
    language : {"en", "ru"}
        Of the features' names.
    """

    #: Its settings are others now.
    changed = Signal(dict)
    #: The user wants its job to be done.
    wanted = Signal()
    #: The user has agreed to what the notice says, or has taken it back.
    agreed = Signal(bool)

    title = kind = ""
    #: Of the settings, by name.
    TYPES: dict[str, type] = {}

    def __init__(self, settings: dict, group: Group, language: str, parent=None):
        super().__init__(parent)
        # what somebody has written into a workflow by hand need not be of the right type
        self.settings = {name: value for name, value in settings.items()
                         if type(value) is self.TYPES.get(name)}
        self.group, self.language = group, language
        self.form = QFormLayout(fieldGrowthPolicy=QFormLayout.AllNonFixedFieldsGrow)
        self.form.setContentsMargins(0, 0, 6, 0)
        self.form.setVerticalSpacing(4)
        inside = QWidget()
        inside.setLayout(self.form)
        area = QScrollArea(widgetResizable=True, frameShape=QFrame.NoFrame,
                           horizontalScrollBarPolicy=Qt.ScrollBarAlwaysOff)
        area.setWidget(inside)
        self.right, self.buttons = QVBoxLayout(), QHBoxLayout()
        self.consent = ConsentBox()
        self.consent.toggled.connect(self.agreed)
        self.problem = QLabel(wordWrap=True, textFormat=Qt.PlainText)
        self.problem.setStyleSheet("color: #b00020")
        self.problem.hide()
        columns = QHBoxLayout()
        columns.addWidget(area, 5)
        columns.addLayout(self.right, 6)
        bottom = QHBoxLayout()
        bottom.addWidget(self.consent, 1)
        bottom.addLayout(self.buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addLayout(columns, 1)
        layout.addWidget(self.problem)
        layout.addLayout(bottom)
        self._build()
        area.setMinimumWidth(inside.minimumSizeHint().width()
                             + area.verticalScrollBar().sizeHint().width())
        self.show_settings()

    # --- what pages say of themselves

    def _build(self) -> None:
        raise NotImplementedError

    def show_settings(self) -> None:
        """Show the settings in the controls; nobody is told."""
        raise NotImplementedError

    def job(self, collection: Collection) -> Job:
        """What it would start.

        Raises
        ------
        CollectError
            The settings don't go together.
        """
        raise NotImplementedError

    # --- for all of them

    def set_group(self, group: Group, language: str) -> None:
        """Other goods have other features, with other names."""
        self.group, self.language = group, language
        self.show_settings()

    def show_job(self, job: Job | None, problem: str, agreed: bool, ready: bool) -> None:
        """Show what the job would send, or why there is none.

        Parameters
        ----------
        agreed : bool
            To what it sends.
        ready : bool
            There is a folder for the photos.
        """
        notice = "" if job is None else say(job.notice())
        self.consent.show_notice(notice or "Nothing is sent as long as this page is not filled "
                                 "in.", bool(job is not None and job.receiver), agreed)
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.start.setEnabled(job is not None and ready)

    def _add_start(self, text: str, tooltip: str) -> None:
        self.start = QPushButton(text, autoDefault=False, clicked=self.wanted)
        self.start.setToolTip(tooltip)
        self.start.setMinimumWidth(100)
        self.buttons.addWidget(self.start, 0, Qt.AlignBottom)

    def _line(self, label: str, name: str, placeholder: str = "", tooltip: str = "") -> QLineEdit:
        line = QLineEdit(placeholderText=placeholder, acceptDrops=False, clearButtonEnabled=True)
        line.setToolTip(tooltip)
        line.setAccessibleName(label.rstrip(":"))
        line.textEdited.connect(lambda text: self._set(name, text.strip()))
        # the button that clears the line is no editing
        line.textChanged.connect(lambda text: None if text else self._set(name, ""))
        self.form.addRow(label, line)
        return line

    def _number(self, label: str, name: str, most: float, default: float, tooltip: str,
                suffix: str = "", decimals: bool = False):
        spin = QDoubleSpinBox(decimals=1) if decimals else QSpinBox()
        spin.setRange(0 if decimals else 1, most)
        spin.setValue(default)
        spin.setSuffix(suffix)
        spin.setToolTip(tooltip)
        spin.setAccessibleName(label.rstrip(":"))
        spin.valueChanged.connect(lambda value: self._set(name, value))
        self.form.addRow(label, spin)
        return spin

    def _set(self, name: str, value) -> None:
        if self.settings.get(name) != value and not self._quiet:
            self.settings = {**self.settings, name: value}
            self.changed.emit(self.settings)

    _quiet = False

    def _fill(self, controls: dict) -> None:
        """Show settings in lines, numbers, boxes and combos, by their names."""
        self._quiet = True
        for name, (control, default) in controls.items():
            value = self.settings.get(name, default)
            if isinstance(control, QLineEdit):
                if control.text().strip() != value:
                    control.setText(str(value))
            elif isinstance(control, QCheckBox):
                control.setChecked(bool(value))
            elif isinstance(control, QComboBox):
                control.setCurrentIndex(max(0, control.findData(value)))
            else:
                control.setValue(min(value, control.maximum()))
        self._quiet = False


def _list(text: str) -> list[str]:
    return text.split()


# --- catalogue

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


# --- search

class SearchPage(SourcePage):
    """Queries to a service that is searched."""

    title, kind = "Search", "search"
    TYPES = {"service": str, "queries": list, "feature": str, "most": int}

    def _build(self):
        self.service = QComboBox()
        for name in SERVICES:
            self.service.addItem(find_adapter(name).name, name)
        self.service.activated.connect(
            lambda _: self._set("service", self.service.currentData()))
        self.form.addRow("Service:", self.service)
        self.queries = QPlainTextEdit(placeholderText="wooden clogs\nclogs with a wooden sole",
                                      tabChangesFocus=True)
        self.queries.setAccessibleName("Queries")
        self.queries.setToolTip("One a line; English finds most")
        self.queries.setMaximumHeight(90)
        self.queries.textChanged.connect(self._queries_changed)
        self.form.addRow("Queries:", self.queries)
        self.feature = _feature_combo("What the photos are to show: a weak label “unsure” (0.5), "
                                      "until the text or you say more")
        self.feature.activated.connect(
            lambda _: self._set("feature", self.feature.currentData()))
        self.form.addRow("Looked for:", self.feature)
        self.most = self._number("New photos:", "most", 10_000, 50, "Of each query, at most")
        self.permitted = QCheckBox("I have the permission to\ntrain models on its photos")
        self.permitted.setToolTip("The terms of the service forbid it otherwise. Not kept in "
                                  "the workflow")
        self.permitted.toggled.connect(lambda _: self.changed.emit(self.settings))
        self.changed.connect(lambda _: self._show_service())
        self.form.addRow("", self.permitted)
        self.key = QToolButton(text="Keep a Key…", clicked=self._ask_key)
        self.key.setToolTip("Into the keyring of this computer; never into the workflow")
        self.form.addRow("", self.key)
        self.about = QLabel(wordWrap=True, textFormat=Qt.RichText, openExternalLinks=True,
                            alignment=Qt.AlignTop)
        self.right.addWidget(self.about, 1)
        self._add_start("&Search", "Collect the photos that the service finds")

    def show_settings(self):
        _fill_features(self.feature, self.group, self.language)
        self._fill({"service": (self.service, SERVICES[0]), "feature": (self.feature, ""),
                    "most": (self.most, 50)})
        self._quiet = True
        queries = "\n".join(map(str, self.settings.get("queries", [])))
        if self._queries() != self.settings.get("queries", []):
            self.queries.setPlainText(queries)
        self._quiet = False
        self._show_service()

    def show_job(self, job, problem, agreed, ready):
        super().show_job(job, problem if self._queries() else "", agreed, ready)

    def _show_service(self):
        adapter = find_adapter(self.service.currentData())
        self.permitted.setVisible(adapter.permission)
        self.key.setVisible(bool(adapter.key))
        said = [f"<b>{escape(adapter.name)}</b>",
                f'Terms: <a href="{escape(adapter.terms)}">{escape(adapter.terms)}</a>']
        if adapter.permission:
            said.append("Its terms forbid to train models on its photos without a permission.")
        said.append(f"Needs a key: keep it in the keyring with the button, or set the variable "
                    f"<tt>{variable_of(adapter.key)}</tt>. It goes to this service only, and "
                    "into no file." if adapter.key else "Needs no key.")
        said.append("Licence, author and link are kept with each photo. What was found before is "
                    "not fetched again.")
        self.about.setText("<p>".join(said))

    def _queries(self) -> list[str]:
        return [line.strip() for line in self.queries.toPlainText().splitlines() if line.strip()]

    def _queries_changed(self):
        self._set("queries", self._queries())

    def job(self, collection):
        adapter, queries = find_adapter(self.service.currentData()), self._queries()
        if not queries:
            raise CollectError("no_query")
        if adapter.permission and not self.permitted.isChecked():
            raise CollectError("permission", name=adapter.name, terms=adapter.terms)
        feature = self.feature.currentData()
        return Searching(collection, adapter.id, tuple(queries), self.most.value(),
                         written_labels({feature: 1.} if feature else {}),
                         self.permitted.isChecked())

    def _ask_key(self):
        adapter = find_adapter(self.service.currentData())
        text, ok = QInputDialog.getText(self, "Key", f"Key of {adapter.name}, for the keyring "
                                        "of this computer:", QLineEdit.Password)
        if ok and text.strip():
            _keep(self, adapter.key, text)


def _keep(page: SourcePage, name: str, text: str) -> None:
    try:
        keep_key(name, text)
    except CollectError as error:
        page.problem.setText(str(error))
        page.problem.show()


def _feature_combo(tooltip: str) -> QComboBox:
    combo = QComboBox(sizeAdjustPolicy=QComboBox.AdjustToMinimumContentsLengthWithIcon,
                      minimumContentsLength=14)
    combo.setToolTip(tooltip)
    return combo


def _fill_features(combo: QComboBox, group: Group, language: str) -> None:
    combo.clear()
    combo.addItem("(no feature)", "")
    for feature in group.features:
        combo.addItem(getattr(feature, f"name_{language}"), feature.id)


# --- generator

ENDPOINT, LOCAL = "endpoint", "local"


class GeneratePage(SourcePage):
    """Photos that a model makes: what they are to show, and who makes them."""

    title, kind = "Generate", "generate"
    TYPES = {"features": list, "cluster": str, "count": int, "words": str, "by": str, "url": str,
             "model": str, "size": str, "local": str, "licence": str, "judge": bool}

    def _build(self):
        self.features = QListWidget()
        self.features.setToolTip("What the photos are to show")
        self.features.setAccessibleName("Features that the photos are to show")
        self.features.setMaximumHeight(112)
        self.features.itemChanged.connect(self._features_changed)
        self.form.addRow("To show:", self.features)
        self.cluster = _feature_combo("Kind of goods")
        self.cluster.activated.connect(
            lambda _: self._set("cluster", self.cluster.currentData()))
        self.form.addRow("Goods:", self.cluster)
        self.count = self._number("Photos:", "count", 10_000, 4,
                                  "That the collection shall have with these prompts: what is "
                                  "there is not made again")
        self.words = QComboBox()
        for name, text in (("en", "English"), ("ru", "Russian")):
            self.words.addItem(text, name)
        self.words.activated.connect(lambda _: self._set("words", self.words.currentData()))
        self.form.addRow("Prompts in:", self.words)
        self.by = QComboBox()
        self.by.addItem("an images endpoint (OpenAI-compatible)", ENDPOINT)
        self.by.addItem("diffusers, on this computer", LOCAL)
        self.by.activated.connect(lambda _: self._set("by", self.by.currentData()))
        self.form.addRow("Made by:", self.by)
        self.url = self._line("Endpoint:", "url", "http://localhost:8080/v1",
                              "Up to /v1; OpenAI's own, or a server of Stable Diffusion or "
                              "Kandinsky that speaks like it")
        self.model = self._line("Model:", "model", "name that it is asked for")
        self.size = self._line("Size:", "size", "1024x1024")
        self.key = QToolButton(text="Keep a Key…", clicked=self._ask_key)
        self.key.setToolTip("For servers that want one: into the keyring of this computer, or set "
                            f"the variable {variable_of('images')}; never into the workflow")
        self.form.addRow("Key:", self.key)
        self.local = QComboBox(editable=True, insertPolicy=QComboBox.NoInsert,
                               sizeAdjustPolicy=QComboBox.AdjustToMinimumContentsLengthWithIcon,
                               minimumContentsLength=14)
        self.local.addItems(known_weights())
        self.local.setToolTip("A model of Hugging Face whose weights are here, or a folder with "
                              "weights")
        self.local.editTextChanged.connect(lambda text: self._set("local", text.strip()))
        self.form.addRow("Weights:", self.local)
        self.download = QCheckBox("Fetch the weights if they are not here")
        self.download.setToolTip("Not kept in the workflow")
        self.download.toggled.connect(lambda _: self.changed.emit(self.settings))
        self.form.addRow("", self.download)
        self.licence = self._line("Licence:", "licence", "of the results, as you know it")
        self.judge = QCheckBox("Judge them by a photo model")
        self.judge.setToolTip("The model on the input, else the bundled one: what is none of the "
                              "goods, contradicts itself or the wish, or is unlike all real "
                              "photos is dropped or waits for you on the page Review")
        self.judge.toggled.connect(lambda on: self._set("judge", on))
        self.form.addRow("", self.judge)
        self.prompts = QPlainTextEdit(readOnly=True)
        self.prompts.setAccessibleName("Prompts")
        self.about = QLabel(wordWrap=True, textFormat=Qt.PlainText)
        self.right.addWidget(QLabel("Prompts:"))
        self.right.addWidget(self.prompts, 1)
        self.right.addWidget(self.about)
        self._add_start("&Generate", "Have the photos made, and judge them")
        self._rest = QTimer(self, singleShot=True, interval=REST)
        self._rest.timeout.connect(self._show_prompts)
        self.changed.connect(lambda _: self._show_who())

    def show_job(self, job, problem, agreed, ready):
        if not (self.url.text().strip() or self.model.text().strip()):
            problem = ""  # the empty lines say it
        super().show_job(job, problem, agreed, ready)

    def show_settings(self):
        self._quiet = True
        wanted, self._prompts = self.settings.get("features", []), None
        self.features.clear()
        for feature in self.group.features:
            item = QListWidgetItem(getattr(feature, f"name_{self.language}"))
            item.setData(Qt.UserRole, feature.id)
            item.setFlags(Qt.ItemIsEnabled | Qt.ItemIsUserCheckable)
            item.setCheckState(Qt.Checked if feature.id in wanted else Qt.Unchecked)
            self.features.addItem(item)
        self.cluster.clear()
        self.cluster.addItem("(any that can show it)", "")
        for cluster in self.group.clusters:
            self.cluster.addItem(getattr(cluster, f"name_{self.language}"), cluster.id)
        self.local.setEditText(self.settings.get("local", known_weights()[0]))
        self._fill({"cluster": (self.cluster, ""), "count": (self.count, 4),
                    "words": (self.words, "en"), "by": (self.by, ENDPOINT),
                    "url": (self.url, ""), "model": (self.model, ""),
                    "size": (self.size, "1024x1024"), "licence": (self.licence, ""),
                    "judge": (self.judge, True)})
        self._show_who()
        self._show_prompts()

    def _show_who(self):
        local = self.by.currentData() == LOCAL
        for widget, shown in ((self.url, not local), (self.model, not local),
                              (self.size, not local), (self.key, not local),
                              (self.local, local), (self.download, local)):
            widget.setVisible(shown)
            label = self.form.labelForField(widget)
            if label is not None:
                label.setVisible(shown)
        about = about_weights(self.local.currentText().strip())
        self.about.setVisible(local)
        self.about.setText(f"Weights of {about['model'] or '?'}: about {about['gigabytes']} GB, "
                           f"licence {about['licence']} ({about['licence_url']}). They are "
                           "fetched only where you tick that.")

    def showEvent(self, event):
        super().showEvent(event)
        QTimer.singleShot(0, self._scroll_to_chosen)  # when the list is laid out

    def _scroll_to_chosen(self):
        ids = [feature.id for feature in self.group.features]
        chosen = [ids.index(id_) for id_ in self.settings.get("features", []) if id_ in ids]
        if chosen:
            self.features.scrollToItem(self.features.item(min(chosen)))

    def _features_changed(self, _item):
        if not self._quiet:
            self._set("features", [
                item.data(Qt.UserRole) for item in map(self.features.item,
                                                       range(self.features.count()))
                if Qt.CheckState(item.checkState()) == Qt.Checked])

    def compose(self) -> tuple[Prompt, ...]:
        """The prompts; CollectError where no goods show all that is wanted."""
        return tuple(compose(self.group, tuple(self.settings.get("features", [])),
                             self.words.currentData(), number, self.cluster.currentData())
                     for number in range(self.count.value()))

    def _show_prompts(self):
        try:
            shown = self.compose()[:40]
            text = "\n".join(prompt.text for prompt in shown)
        except CollectError as error:
            text = str(error)
        if text != self.prompts.toPlainText():
            self.prompts.setPlainText(text)

    def job(self, collection):
        self._rest.start()
        prompts, local = self.compose(), self.by.currentData() == LOCAL
        licence = self.licence.text().strip()
        if local and self.local.currentText().strip():
            return Generating(collection, prompts, local=self.local.currentText().strip(),
                              download=self.download.isChecked(), licence=licence)
        if local or not (self.url.text().strip() and self.model.text().strip()):
            raise CollectError("no_generator")
        return Generating(collection, prompts, self.url.text().strip(),
                          self.model.text().strip(), size=self.size.text().strip(),
                          licence=licence)

    def _ask_key(self):
        text, ok = QInputDialog.getText(self, "Key", "Key of the endpoint, for the keyring of "
                                        "this computer:", QLineEdit.Password)
        if ok and text.strip():
            _keep(self, "images", text)
