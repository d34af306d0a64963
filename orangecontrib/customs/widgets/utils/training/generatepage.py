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

from .sourcepage import SourcePage, feature_combo, store_key

__all__ = ["GeneratePage"]

#: Milliseconds that the typing must rest.
REST = 300

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
        self.cluster = feature_combo("Kind of goods")
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
            store_key(self, "images", text)
