"""Footwear Photo Labeler: photos → labels of the 13 features, by mouse and keyboard."""
from __future__ import annotations

import os

import numpy as np
from AnyQt.QtCore import Qt, QTimer, QUrl
from AnyQt.QtGui import QDesktopServices
from AnyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QTabWidget,
    QToolButton,
)
from Orange.data import Table, Variable
from Orange.widgets import gui
from Orange.widgets.settings import Setting
from Orange.widgets.widget import Msg, OWWidget
from orangewidget.utils.signals import Input, Output

from orangecontrib.customs.columns import ImageColumn
from orangecontrib.customs.groups import Group
from orangecontrib.customs.photos.model import PhotoModel
from orangecontrib.customs.photos.table import image_variables
from orangecontrib.customs.training.labelling import (
    LabelSheet,
    Question,
)
from orangecontrib.customs.training.labelling.table import TablePhotos, labelled_tables
from orangecontrib.customs.widgets.utils.common import summaries  # noqa: F401 – registers PhotoModel
from orangecontrib.customs.widgets.utils.common.base import CustomsWidget, clear
from orangecontrib.customs.widgets.utils.common.controls import pile, splitter
from orangecontrib.customs.widgets.utils.common.groupcombo import GroupCombo
from orangecontrib.customs.widgets.utils.common.variables import VariableCombo
from orangecontrib.customs.widgets.utils.photos.photoview import PhotoView
from orangecontrib.customs.widgets.utils.photos.reports import gallery_html
from orangecontrib.customs.widgets.utils.photos.thumbnails import ThumbnailLoader
from orangecontrib.customs.widgets.utils.training.answering import Answers
from orangecontrib.customs.widgets.utils.training.labelgallery import FILTERS, ORDERS, LabelGallery
from orangecontrib.customs.widgets.utils.training.labelkeeping import KeepsLabels
from orangecontrib.customs.widgets.utils.training.labelpanel import (
    CountsTable,
    PanelState,
    QuestionPanel,
    keys_label,
)
from orangecontrib.customs.widgets.utils.training.suggesting import Suggests

#: Milliseconds of peace after an answer until the outputs are sent.
PAUSE = 600


class OWPhotoLabeler(Answers, Suggests, KeepsLabels, CustomsWidget):
    name = "Footwear Photo Labeler"
    description = "Label photos of footwear by hand, to train a model on them."
    icon = "icons/PhotoLabeler.svg"
    priority = 30
    keywords = ("footwear photo labeler, label, annotate, active learning, training set, "
                "разметка, метки, фото, обувь")
    want_control_area = False

    class Inputs:
        images = Input("Images", Table, default=True,
                       doc="Photos to label, from Goods Photos; labels may come along")
        model = Input("Model", PhotoModel, doc="Suggests answers, instead of the bundled model")

    class Outputs:
        labeled = Output("Labeled Photos", Table, default=True,
                         doc="Photos with a label: 1, 0, 0.5 (can't be judged) or unknown")
        unlabeled = Output("Unlabeled Photos", Table, doc="Photos without a label")
        selected = Output("Selected Photos", Table,
                          doc="The photos that are selected in the gallery")

    class Error(OWWidget.Error):
        no_images = Msg("The data has no text or categorical meta that could name images. "
                        "Connect Goods Photos or Import Images.")
        group = Msg("Labels can't be given: {}.")
        store = Msg("Labels can't be given: {}")
        unsaved = Msg("{}")
        file = Msg("{}")
        model = Msg("The model can't be used for suggestions: {}")
        unexpected = Msg("Suggestions failed: {}")

    class Warning(OWWidget.Warning):
        unreadable = Msg("{} photo(s) can't be read. The first: {} – {}")
        problems = Msg("{}")
        conflicts = Msg("Other labels than those here, which stay: {}.")
        foreign = Msg("Columns named after features that hold no labels (1, 0, 0.5): {}")
        not_images = Msg("Column '{}' is not marked as images (type=image); file names are "
                         "taken as they are.")

    class Information(OWWidget.Information):
        merged = Msg("{}")

    #: Id of the group of goods whose features are labelled; "" = not chosen yet.
    group_id: str = Setting("", schema_only=True)
    #: Name of the column with the images; "" for the one marked so.
    image_name: str = Setting("", schema_only=True)
    #: A CSV in which labels are kept; "" = in Orange's data folder, by the photos' folder.
    labels_path: str = Setting("", schema_only=True)
    #: "en" or "ru".
    language: str = Setting("en")
    shown: str = Setting("all")
    order: str = Setting("file")
    use_bundled: bool = Setting(False, schema_only=True)
    go_on: bool = Setting(True)
    auto_apply: bool = Setting(True)
    splitter_sizes: list = Setting([180, 330, 270])

    def __init__(self):
        super().__init__()
        self.data: Table | None = None
        self.model: PhotoModel | None = None
        self.photos: TablePhotos | None = None
        self.sheet: LabelSheet | None = None
        self._numbers: dict[str, int] = {}  # path → photo
        self._question: Question | None = None
        self._answered: tuple[int, ...] = ()  # members of the question answered last
        self._new_data = self._checked = False
        self.group_combo = GroupCombo(self.group_id)
        self.group_combo.chosen.connect(self._group_chosen)
        self.group_id = self.group_combo.group_id
        self._own_file = self.resolved(self.labels_path)
        self._forget_answers()
        self._sending = QTimer(self, singleShot=True, interval=PAUSE)
        self._sending.timeout.connect(self._send_later)
        self._set_up_main()
        self._show_all()

    # --- window

    def _set_up_main(self):
        self.thumbnails = ThumbnailLoader(self)
        self.large = ThumbnailLoader(self, size=1000, kept=24)
        for job in (self._sending.stop, self._close_labels, self.thumbnails.stop,
                    self.large.stop):
            self.at_close(job)
        self.thumbnails.ready.connect(lambda path: self._loaded(path, self.thumbnails))
        self.large.ready.connect(lambda path: self._loaded(path, self.large))
        self.gallery = LabelGallery(self.thumbnails)
        self.gallery.installEventFilter(self)
        self.gallery.current_changed.connect(self._show_photo)
        self.gallery.chosen_changed.connect(self._chosen_changed)
        self.view = PhotoView()
        self.title = QLabel(textFormat=Qt.PlainText)
        self.title.setMinimumWidth(10)
        middle = pile(self.view, self.title)
        middle.layout().setStretch(0, 1)
        self.tabs = tabs = QTabWidget()
        tabs.setMinimumWidth(262)
        tabs.addTab(keys_label(), "Keys")
        self._ask_about(self.group)
        tabs.currentChanged.connect(lambda _: self._show_progress())
        self.splitter = splitter(
            Qt.Horizontal, self.gallery, middle, tabs, sizes=self.splitter_sizes,
            stretch=(1, 2, 0), moved=lambda sizes: setattr(self, "splitter_sizes", sizes))
        self.mainArea.layout().addLayout(self._top())
        self.mainArea.layout().addWidget(self.splitter, 1)
        self.mainArea.layout().addLayout(self._bottom())
        self.gallery.setFocus()

    @property
    def group(self) -> Group:
        """The group of goods whose features are labelled."""
        return self.group_combo.group

    def _ask_about(self, group: Group):
        """Pages with the questions about the group's features, and their counts."""
        self.panel = QuestionPanel(group)
        self.panel.cluster_chosen.connect(self._choose_cluster)
        self.panel.answered.connect(self._answer)
        self.panel.accepted.connect(self._accept)
        self.panel.shot_said.connect(self._say_shot)
        self.counts = CountsTable(group)
        while self.tabs.count() > 1:  # those of another group; the keys stay
            page = self.tabs.widget(0)
            self.tabs.removeTab(0)
            page.deleteLater()
        self.tabs.insertTab(0, self.panel, "Questions")
        self.tabs.insertTab(1, self.counts, "Counts")
        self.tabs.setCurrentIndex(0)

    def _group_chosen(self, id_: str):
        self.group_id = id_
        self._question, self._answered = None, ()
        self._ask_about(self.group)
        self.Error.group.clear()
        self._start_anew()

    def _top(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.image_combo = VariableCombo("(no images)")
        self.image_combo.setToolTip("The column with paths of images")
        self.image_combo.chosen.connect(self._image_chosen)
        self.image_combo.hide()
        self.filter_combo = self._combo(FILTERS, "shown", "Which photos the gallery shows. What "
                                        "you label stays on the screen until you choose again.")
        self.order_combo = self._combo(ORDERS, "order", "Doubtful photos first: the model's "
                                       "suggestions are least certain there")
        self.refresh_button = QToolButton(text="↻", focusPolicy=Qt.NoFocus, autoRaise=True)
        self.refresh_button.setToolTip("Filter and order again")
        self.refresh_button.clicked.connect(self._arrange)
        self.undo_button = QToolButton(text="Undo", focusPolicy=Qt.NoFocus)
        self.undo_button.setToolTip("Ctrl+Z, without limit")
        self.undo_button.clicked.connect(lambda: self._step("undo"))
        self.redo_button = QToolButton(text="Redo", focusPolicy=Qt.NoFocus)
        self.redo_button.setToolTip("Ctrl+Y")
        self.redo_button.clicked.connect(lambda: self._step("redo"))
        self.progress = QProgressBar(textVisible=True, minimumWidth=90)
        self.progress.setAccessibleName("Photos that are finished")
        for widget in (self.group_combo, self.image_combo, self.filter_combo, self.order_combo,
                       self.refresh_button, self.undo_button, self.redo_button):
            row.addWidget(widget)
        row.addWidget(self.progress, 1)
        return row

    def _combo(self, texts: dict[str, str], setting: str, tooltip: str) -> QComboBox:
        combo = QComboBox(minimumContentsLength=9,
                          sizeAdjustPolicy=QComboBox.AdjustToMinimumContentsLengthWithIcon)
        combo.setSizePolicy(QSizePolicy.Preferred, QSizePolicy.Fixed)
        combo.addItems(texts.values())
        combo.setCurrentIndex(list(texts).index(getattr(self, setting))
                              if getattr(self, setting) in texts else 0)
        combo.setToolTip(tooltip)

        def chosen(index):
            setattr(self, setting, list(texts)[index])
            self._arrange()
            if texts is ORDERS and self.order == "doubt":
                self.gallery.begin()  # the photo of before may be the surest, at the end
            self.gallery.setFocus()

        combo.activated.connect(chosen)
        return combo

    def _bottom(self) -> QGridLayout:
        grid = QGridLayout()
        menu = QMenu(self)
        menu.addAction("&Load Labels…", self._choose_load).setToolTip("Add the labels of a CSV")
        menu.addAction("&Save a Copy…", self._choose_save)
        menu.addSeparator()
        menu.addAction("&Keep Labels in a File…", self._choose_store)
        self.default_action = menu.addAction("Keep Them in Orange's &Data Folder",
                                             lambda: self.set_labels_file(""))
        self.labels_button = QToolButton(text="Labels", focusPolicy=Qt.NoFocus,
                                         popupMode=QToolButton.InstantPopup)
        self.labels_button.setMenu(menu)
        self.where = QLabel(textFormat=Qt.RichText)
        self.where.setMinimumWidth(60)
        self.where.linkActivated.connect(
            lambda path: QDesktopServices.openUrl(QUrl.fromLocalFile(path)))
        self.go_on_box = QCheckBox("&Go on when finished", checked=self.go_on)
        self.go_on_box.setToolTip("Show the next photo when all questions of one are answered")
        self.go_on_box.toggled.connect(lambda on: setattr(self, "go_on", on))
        self.russian_box = QCheckBox("&Russian names", checked=self.language == "ru")
        self.russian_box.setToolTip("ПЕРФОРАЦИЯ_СОЮЗКА, РЕМЕШКИ_СОЮЗКА … as in the paper; also "
                                    "in the output")
        self.russian_box.toggled.connect(self._language_chosen)
        self.bundled_box = QCheckBox("&Bundled model", checked=self.use_bundled)
        self.bundled_box.toggled.connect(self._bundled_chosen)
        self.stop_button = QPushButton("Stop", autoDefault=False, clicked=self._stop_or_go_on)
        self.stop_button.setToolTip("Stop asking the model; what it has said stays")
        for box in (self.go_on_box, self.russian_box, self.bundled_box, self.stop_button):
            box.setFocusPolicy(Qt.TabFocus)  # a click leaves the keys to the gallery
        left, right = QHBoxLayout(), QHBoxLayout()
        left.addWidget(self.labels_button)
        left.addWidget(self.where, 1)
        for widget in (self.go_on_box, self.russian_box, self.bundled_box, self.stop_button):
            right.addWidget(widget)
        right.addStretch(1)
        grid.addLayout(left, 0, 0)
        grid.addWidget(gui.auto_apply(None, self, "auto_apply"), 0, 1)
        grid.addLayout(right, 1, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        return grid

    # --- inputs

    @Inputs.images
    def set_images(self, data: Table | None):
        self.data = data
        self._new_data = True

    @Inputs.model
    def set_model(self, model: PhotoModel | None):
        self.model = model

    def handleNewSignals(self):
        if not self._new_data:  # another model: labels and steps stay
            self._forget_answers()
            self._show_panel()
            self._ask_model()
            return
        self._new_data = False
        self.clear_messages()
        variables = [] if self.data is None else image_variables(self.data.domain)
        if self.data is not None and not variables:
            self.Error.no_images()
        self.image_combo.set_variables(variables, self.image_name,
                                       variables[0] if variables else None)
        marked = [v for v in variables if ImageColumn.of(v)]
        self.image_combo.setVisible(len(variables) > 1 and len(marked) != 1)
        self._start_anew()

    @property
    def image(self) -> Variable | None:
        """The column with the images."""
        return self.image_combo.variable if self.data is not None else None

    def _image_chosen(self, name: str):
        self.image_name = name
        self._start_anew()

    def _start_anew(self):
        """Read the photos of the data and open their labels."""
        self.cancel()
        self._close_labels()
        self.photos = self.sheet = None
        self.gallery.set_photos(None, None)
        self.thumbnails.retry()
        self.large.retry()
        clear(self.Error.store, self.Error.unsaved, self.Warning.unreadable,
              self.Warning.problems, self.Warning.conflicts, self.Warning.foreign,
              self.Warning.not_images, self.Information.merged)
        if self.image is not None and self.group_combo.problem:
            self.Error.group(self.group_combo.problem)
        elif self.image is not None:
            if len(self.data) and not ImageColumn.of(self.image):
                self.Warning.not_images(self.image.name)
            self.photos = TablePhotos.of(self.data, self.image, self.group)
            if self.photos.foreign:
                self.Warning.foreign(", ".join(v.name for v in self.photos.foreign))
            self._open_labels()
        self.gallery.set_photos(self.photos, self.sheet)
        self._numbers = {} if self.photos is None else {
            path: number for number, path in enumerate(self.photos.paths)}
        self._forget_answers()
        self._arrange()
        self._checked = False
        self.commit.now()
        self._ask_model()

    # --- the gallery

    def _arrange(self, *_):
        """Filter and order the photos again."""
        self.gallery.arrange(self.shown, self.order, self._doubts())
        self._show_all()

    def _chosen_changed(self):
        self._question, self._answered = None, ()
        self._show_panel()
        self._send_selected()

    # --- language

    def _language_chosen(self, russian: bool):
        self.language = "ru" if russian else "en"
        self._show_all()
        self.commit.deferred()

    # --- photos that can't be read

    def _loaded(self, path: str, loader: ThumbnailLoader):
        number = self._numbers.get(path)
        if number is None:
            return
        if path in loader.reasons and number not in self.gallery.unreadable:
            self._found_unreadable({number: loader.reasons[path]})
        if number == self.gallery.current and loader is self.large:
            self._show_photo(new=False)

    def _found_unreadable(self, reasons: dict[int, str]):
        self.gallery.unreadable.update(reasons)
        first = min(self.gallery.unreadable)
        self.Warning.unreadable(len(self.gallery.unreadable), self.photos.images[first],
                                self.gallery.unreadable[first])
        if self.gallery.current in reasons:
            self._show_photo(new=False)
        self.gallery.refresh()
        self._show_panel()
        self._sending.start()

    # --- showing

    def _show_all(self):
        self.panel.set_language(self.language)
        self._show_photo()
        self._show_panel()
        self._show_progress()
        self._show_where()
        self._show_model()

    def _show_photo(self, *_, new: bool = True):
        number = self.gallery.current
        if number is None:
            empty = "No photos" if self.sheet is None or not len(self.sheet) \
                else "No photo is left here: choose “All photos” above"
            self.view.show_photo(None, empty)
            self.title.setText("")
            return
        path, place = self.photos.paths[number], self.gallery.currentIndex().row()
        if self.gallery.after is not None:  # so that it is there when it is wanted
            self.large.get(self.photos.paths[self.gallery.after])
        pixmap = self.large.get(path)
        reason = self.gallery.unreadable.get(number) or self.large.reasons.get(path)
        self.view.show_photo(pixmap, f"This photo can't be read:\n{reason}" if reason
                             else "Loading…" if pixmap is None else "", new)
        good = self.photos.goods[number]
        self.title.setText(f"{place + 1} of {len(self.gallery.rows)}:  "
                           + (f"{good} · " if good else "") + self.photos.images[number])
        self.title.setToolTip(path)

    def _show_panel(self):
        rows = self.gallery.chosen
        if self.sheet is None or not rows:
            self.panel.show_state(PanelState(self.group))
            return
        state = PanelState(self.group, len(rows), *self.sheet.common(rows))
        if len(rows) == 1 and not np.isnan(self._p[rows]).any():
            state.suggestion = self._suggestions(rows)
        state.suggested = bool(((self.sheet.done[rows] < 1)
                                & ~np.isnan(self._p[rows, 0])).any())
        if self._question not in state.asked:
            place = next((i + 1 for i, q in enumerate(state.asked)
                          if q.members[0] in self._answered), 0)
            order = [*state.asked[place:], *state.asked[:place]]
            open_ = [q for q in order if np.isnan(state.labels[list(q.members)]).any()]
            self._question = (open_ or list(state.asked) or [None])[0]
        state.current, state.shot = self._question, self.sheet.common_shot(rows)
        self.panel.show_state(state)

    def _show_progress(self):
        n = 0 if self.sheet is None else len(self.sheet)
        done = int((self.sheet.done >= 1).sum()) if n else 0
        self.progress.setMaximum(max(n, 1))
        self.progress.setValue(done)
        self.progress.setFormat(f"{done} of {n} finished")
        if n and self.tabs.currentWidget() is self.counts:
            self.counts.show_counts(self.sheet.counts(), self.language)
        self.undo_button.setEnabled(n > 0 and self.sheet.can_undo)
        self.redo_button.setEnabled(n > 0 and self.sheet.can_redo)

    # --- outputs

    def _send_later(self):
        self.commit.deferred()

    @gui.deferred
    def commit(self):
        self._sending.stop()
        labeled = unlabeled = None
        if self.sheet is not None:
            labeled, unlabeled = labelled_tables(self.data, self.photos, self.sheet,
                                                 self.gallery.unreadable, self.language)
        self.Outputs.labeled.send(labeled)
        self.Outputs.unlabeled.send(unlabeled)
        self._send_selected()

    def _send_selected(self):
        rows = self.gallery.selected_rows()
        selected = None
        if self.sheet is not None and rows:
            of_photos = np.isin(self.photos.row_photo, self.gallery.rows[rows])
            selected = self.data[of_photos]
        self.Outputs.selected.send(selected)

    def send_report(self):
        if self.sheet is None:
            return
        self.report_data("Images", self.data)
        self.report_items("Labels", [
            ("Kept in", str(self.labels_file())),
            ("Photos", len(self.sheet)),
            ("Finished", int((self.sheet.done >= 1).sum())),
            ("With any label", int(self.sheet.labelled.sum()))])
        self.counts.show_counts(self.sheet.counts(), self.language)
        rows = [(name, *counts) for name, counts in zip(
            (getattr(f, f"name_{self.language}") for f in self.group.features),
            self.sheet.counts().tolist())]
        self.report_items("Photos labelled 1 / 0 / 0.5", [
            (name, f"{yes} / {no} / {unseen}") for name, yes, no, unseen in rows])
        if html := gallery_html(self.gallery):
            self.report_raw("Photos", html)


if __name__ == "__main__":  # pragma: no cover
    import sys

    from Orange.widgets.utils.widgetpreview import WidgetPreview

    from orangecontrib.customs.photos.sources import find_photos
    from orangecontrib.customs.photos.table import photos_table

    folder = sys.argv[1] if len(sys.argv) > 1 else "."
    WidgetPreview(OWPhotoLabeler).run(
        set_images=photos_table(find_photos(folder)[0], os.path.abspath(folder)))
