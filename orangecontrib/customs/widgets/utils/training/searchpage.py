"""The page Search of Training Photo Collector."""
from __future__ import annotations

from html import escape

from AnyQt.QtCore import Qt
from AnyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QInputDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QToolButton,
)

from orangecontrib.customs.collecting import CollectError
from orangecontrib.customs.collecting.adapters import find_adapter, names
from orangecontrib.customs.collecting.jobs import Searching
from orangecontrib.customs.collecting.keys import variable_of
from orangecontrib.customs.collecting.weak import written_labels

from .sourcepage import SourcePage, feature_combo, fill_features, store_key

__all__ = ["SearchPage"]

#: Services in the order in which they are offered.
SERVICES = sorted(names(), key=lambda name: (find_adapter(name).permission, name != "openverse"))


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
        self.feature = feature_combo("What the photos are to show: a weak label “unsure” (0.5), "
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
        fill_features(self.feature, self.group, self.language)
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
            store_key(self, adapter.key, text)
