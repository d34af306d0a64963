"""The page Generate of Training Photo Collector."""
from __future__ import annotations

from AnyQt.QtCore import Qt, QTimer
from AnyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QInputDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QToolButton,
)

from orangecontrib.customs.collecting import CollectError
from orangecontrib.customs.collecting.generators.local import about_weights, known_weights
from orangecontrib.customs.collecting.generators.prompts import Prompt, compose
from orangecontrib.customs.collecting.jobs import Generating
from orangecontrib.customs.collecting.keys import variable_of
from orangecontrib.customs.i18n import say
from orangecontrib.customs.widgets.utils.common.controls import TickDelegate
from orangecontrib.customs.widgets.utils.common.wording import room, worded, worded_items
from orangecontrib.customs.widgets.utils.training.naming import shown_names

from .sourcepage import SourcePage, feature_combo, store_key

__all__ = ["GeneratePage"]

words, shared = room("generatepage"), room("sourcepage")

#: Milliseconds that the typing must rest.
REST = 300

ENDPOINT, LOCAL = "endpoint", "local"


class GeneratePage(SourcePage):
    """Photos that a model makes: what they are to show, and who makes them."""

    title, kind = words("generate"), "generate"
    TYPES = {"features": list, "cluster": str, "count": int, "words": str, "by": str, "url": str,
             "model": str, "size": str, "local": str, "licence": str, "judge": bool}

    def _build(self):
        self.features = QListWidget()
        self.features.setMaximumHeight(112)
        self.features.setItemDelegate(TickDelegate(self.features))
        self.features.itemChanged.connect(self._features_changed)
        self._row(words("show"), self.features, words("show_tip"))
        self.cluster = feature_combo()
        self.cluster.activated.connect(
            lambda _: self._set("cluster", self.cluster.currentData()))
        self._row(words("goods"), self.cluster, words("goods_tip"))
        self.count = self._number(words("count"), "count", 10_000, 4, words("count_tip"))
        self.words = QComboBox()
        for name in ("en", "ru"):
            self.words.addItem("", name)
        worded_items(self.words, [words("english"), words("russian")])
        self.words.activated.connect(lambda _: self._set("words", self.words.currentData()))
        self._row(words("language"), self.words)
        self.by = QComboBox()
        for name in (ENDPOINT, LOCAL):
            self.by.addItem("", name)
        worded_items(self.by, [words(ENDPOINT), words(LOCAL)])
        self.by.activated.connect(lambda _: self._set("by", self.by.currentData()))
        self._row(words("by"), self.by)
        self.url = self._line(words("url"), "url", "http://localhost:8080/v1", words("url_tip"))
        self.model = self._line(words("model"), "model", words("model_hint"))
        self.size = self._line(words("size"), "size", "1024x1024")
        self.key = worded(QToolButton(clicked=self._ask_key), text=shared("keep_key"))
        self._row(words("key"), self.key, words("key_tip", variable=variable_of("images")))
        self.local = QComboBox(editable=True, insertPolicy=QComboBox.NoInsert,
                               sizeAdjustPolicy=QComboBox.AdjustToMinimumContentsLengthWithIcon,
                               minimumContentsLength=14)
        self.local.addItems(known_weights())
        self.local.editTextChanged.connect(lambda text: self._set("local", text.strip()))
        self._row(shared("weights"), self.local, words("weights_tip"))
        self.download = worded(QCheckBox(), text=words("download"), toolTip=words("download_tip"))
        self.download.toggled.connect(lambda _: self.changed.emit(self.settings))
        self.form.addRow("", self.download)
        self.licence = self._line(words("licence"), "licence", words("licence_hint"))
        self.judge = worded(QCheckBox(), text=words("judge"), toolTip=words("judge_tip"))
        self.judge.toggled.connect(lambda on: self._set("judge", on))
        self.form.addRow("", self.judge)
        self.prompts = worded(QPlainTextEdit(readOnly=True), accessibleName=words("prompts"))
        self.about = QLabel(wordWrap=True, textFormat=Qt.PlainText)
        self.right.addWidget(worded(QLabel(), text=words("prompts")))
        self.right.addWidget(self.prompts, 1)
        self.right.addWidget(self.about)
        self._add_start(words("start"), words("start_tip"))
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
        for id_, name in shown_names(self.group, self.language).items():
            item = QListWidgetItem(name)
            item.setData(Qt.UserRole, id_)
            item.setFlags(Qt.ItemIsEnabled | Qt.ItemIsUserCheckable)
            item.setCheckState(Qt.Checked if id_ in wanted else Qt.Unchecked)
            self.features.addItem(item)
        self.cluster.clear()
        self.cluster.addItem(say(words("any")), "")
        for cluster in self.group.clusters:
            self.cluster.addItem(say(cluster.name), cluster.id)
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
        worded(self.about, text=words(
            "about", model=about["model"] or "?", gigabytes=about["gigabytes"],
            licence=about["licence"], url=about["licence_url"]))

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
            text = say(error.reason)
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
        text, ok = QInputDialog.getText(self, say(shared("key")), say(words("ask_key")),
                                        QLineEdit.Password)
        if ok and text.strip():
            store_key(self, "images", text)
