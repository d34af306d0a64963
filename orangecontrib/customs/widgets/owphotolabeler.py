"""Footwear Photo Labeler: photos → labels of the 13 features, by mouse and keyboard."""
from __future__ import annotations

import os
from collections.abc import Mapping

import numpy as np
from AnyQt.QtCore import QSize, Qt, QTimer, QUrl
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
from orangewidget.utils.signals import Input, Output

from orangecontrib.customs.columns import ImageColumn
from orangecontrib.customs.groups import Group
from orangecontrib.customs.i18n import Sayable, say
from orangecontrib.customs.photos.model import PhotoModel
from orangecontrib.customs.photos.table import image_variables
from orangecontrib.customs.training.labelling import (
    LabelSheet,
    Question,
)
from orangecontrib.customs.training.labelling.table import TablePhotos, labelled_tables
from orangecontrib.customs.widgets.utils.common import summaries  # noqa: F401 – registers PhotoModel
from orangecontrib.customs.widgets.utils.common.base import CustomsWidget, clear
from orangecontrib.customs.widgets.utils.common.controls import auto_apply, pile, splitter
from orangecontrib.customs.widgets.utils.common.groupcombo import GroupCombo
from orangecontrib.customs.widgets.utils.common.variables import VariableCombo
from orangecontrib.customs.widgets.utils.common.wording import (
    Said,
    room,
    worded,
    worded_items,
    worded_tabs,
)
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
    keys_page,
)
from orangecontrib.customs.widgets.utils.training.naming import shown_names
from orangecontrib.customs.widgets.utils.training.suggesting import Suggests

words = room("owphotolabeler")

#: Milliseconds of peace after an answer until the outputs are sent.
PAUSE = 600


class OWPhotoLabeler(Answers, Suggests, KeepsLabels, CustomsWidget):
    name = "Footwear Photo Labeler"
    description = "Label photos of footwear by hand, to train a model on them."
    icon = "icons/PhotoLabeler.svg"
    priority = 110
    keywords = ("footwear photo labeler, label, annotate, active learning, training set, "
                "разметка, разметить, метки, фото, обувь, таможня, тн вэд, обучающая выборка")
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

    class Error(CustomsWidget.Error):
        no_images = Said(words("no_images"))
        group = Said(words("no_group"))
        store = Said(words("no_store"))
        unsaved = Said(words("unsaved"))
        file = Said(words("bad_file"))
        model = Said(words("bad_model"))
        unexpected = Said(words("unexpected"))

    class Warning(CustomsWidget.Warning):
        unreadable = Said(words("unreadable"))
        problems = Said(words("problems"))
        conflicts = Said(words("conflicts"))
        foreign = Said(words("foreign"))
        not_images = Said(words("not_images"))

    class Information(CustomsWidget.Information):
        merged = Said(words("merged"))

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
    splitter_sizes: list = Setting([180, 310, 290])

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
        tabs.setMinimumWidth(290)
        tabs.addTab(keys_page(), "")
        self._ask_about(self.group)
        tabs.currentChanged.connect(lambda _: self._show_progress())
        self.splitter = splitter(
            Qt.Horizontal, self.gallery, middle, tabs, sizes=self.splitter_sizes,
            stretch=(1, 2, 0), moved=lambda sizes: setattr(self, "splitter_sizes", sizes))
        self.mainArea.layout().addLayout(self._top())
        self.mainArea.layout().addWidget(self.splitter, 1)
        self.mainArea.layout().addLayout(self._bottom())
        self.gallery.setFocus()

    def sizeHint(self):
        return QSize(900, 510)

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
        self.tabs.insertTab(0, self.panel, "")
        self.tabs.insertTab(1, self.counts, "")
        worded_tabs(self.tabs, [words("questions"), words("counts"), words("keys")])
        self.tabs.setCurrentIndex(0)

    def _group_chosen(self, id_: str):
        self.group_id = id_
        self._question, self._answered = None, ()
        self._ask_about(self.group)
        self.Error.group.clear()
        self._start_anew()

    def _top(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.image_combo = worded(VariableCombo(words("no_column")), toolTip=words("column_tip"))
        self.image_combo.chosen.connect(self._image_chosen)
        self.image_combo.hide()
        self.filter_combo = self._combo(FILTERS, "shown", words("filter_tip"))
        self.order_combo = self._combo(ORDERS, "order", words("order_tip"))
        self.refresh_button = worded(
            QToolButton(text="↻", focusPolicy=Qt.NoFocus, autoRaise=True),
            toolTip=words("refresh_tip"), accessibleName=words("refresh_tip"))
        self.refresh_button.clicked.connect(self._arrange)
        self.undo_button = worded(QToolButton(focusPolicy=Qt.NoFocus), text=words("undo"),
                                  toolTip=words("undo_tip"))
        self.undo_button.clicked.connect(lambda: self._step("undo"))
        self.redo_button = worded(QToolButton(focusPolicy=Qt.NoFocus), text=words("redo"),
                                  toolTip=words("redo_tip"))
        self.redo_button.clicked.connect(lambda: self._step("redo"))
        self.progress = worded(QProgressBar(textVisible=True, minimumWidth=90),
                               accessibleName=words("progress_name"))
        for widget in (self.group_combo, self.image_combo, self.filter_combo, self.order_combo,
                       self.refresh_button, self.undo_button, self.redo_button):
            row.addWidget(widget)
        row.addWidget(self.progress, 1)
        return row

    def _combo(self, texts: Mapping[str, Sayable], setting: str, tooltip: Sayable) -> QComboBox:
        combo = worded(QComboBox(
            minimumContentsLength=9,
            sizeAdjustPolicy=QComboBox.AdjustToMinimumContentsLengthWithIcon), toolTip=tooltip)
        combo.setSizePolicy(QSizePolicy.Preferred, QSizePolicy.Fixed)
        combo.addItems([""] * len(texts))
        worded_items(combo, list(texts.values()))
        combo.setCurrentIndex(list(texts).index(getattr(self, setting))
                              if getattr(self, setting) in texts else 0)

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
        worded(menu.addAction("", self._choose_load), text=words("load"),
               toolTip=words("load_tip"))
        worded(menu.addAction("", self._choose_save), text=words("copy"))
        menu.addSeparator()
        worded(menu.addAction("", self._choose_store), text=words("keep"))
        self.default_action = worded(menu.addAction("", lambda: self.set_labels_file("")),
                                     text=words("keep_default"))
        self.labels_button = worded(QToolButton(
            focusPolicy=Qt.NoFocus, popupMode=QToolButton.InstantPopup), text=words("labels"))
        self.labels_button.setMenu(menu)
        self.where = QLabel(textFormat=Qt.RichText)
        self.where.setMinimumWidth(60)
        self.where.linkActivated.connect(
            lambda path: QDesktopServices.openUrl(QUrl.fromLocalFile(path)))
        self.go_on_box = worded(QCheckBox(checked=self.go_on), text=words("go_on"),
                                toolTip=words("go_on_tip"))
        self.go_on_box.toggled.connect(lambda on: setattr(self, "go_on", on))
        self.russian_box = worded(QCheckBox(checked=self.language == "ru"),
                                  text=words("paper_names"), toolTip=words("paper_names_tip"))
        self.russian_box.toggled.connect(self._language_chosen)
        self.bundled_box = QCheckBox(checked=self.use_bundled)
        self.bundled_box.toggled.connect(self._bundled_chosen)
        self.stop_button = worded(QPushButton(autoDefault=False, clicked=self._stop_or_go_on),
                                  toolTip=words("stop_tip"))
        for box in (self.go_on_box, self.russian_box, self.bundled_box, self.stop_button):
            box.setFocusPolicy(Qt.TabFocus)  # a click leaves the keys to the gallery
        left, right = QHBoxLayout(), QHBoxLayout()
        left.addWidget(self.labels_button)
        left.addWidget(self.where, 1)
        for widget in (self.go_on_box, self.russian_box, self.bundled_box, self.stop_button):
            right.addWidget(widget)
        right.addStretch(1)
        grid.addLayout(left, 0, 0)
        grid.addWidget(auto_apply(None, self), 0, 1)
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
            self.Error.group(reason=self.group_combo.problem)
        elif self.image is not None:
            if len(self.data) and not ImageColumn.of(self.image):
                self.Warning.not_images(column=self.image.name)
            self.photos = TablePhotos.of(self.data, self.image, self.group)
            if self.photos.foreign:
                self.Warning.foreign(columns=", ".join(v.name for v in self.photos.foreign))
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

    def on_language(self):
        self._show_all()
        self.gallery.refresh()
        if self.sheet is not None:  # reasons are words; labels are not, nobody need learn again
            self.Outputs.unlabeled.send(self._tables()[1])

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

    def _found_unreadable(self, reasons: Mapping[int, Sayable]):
        self.gallery.unreadable.update(reasons)
        first = min(self.gallery.unreadable)
        self.Warning.unreadable(n=len(self.gallery.unreadable), image=self.photos.images[first],
                                reason=self.gallery.unreadable[first])
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
            empty = "connect" if self.data is None else "no_photos" \
                if self.sheet is None or not len(self.sheet) else "none_left"
            self.view.show_photo(None, say(words(empty)))
            self.title.setText("")
            return
        path, place = self.photos.paths[number], self.gallery.currentIndex().row()
        if self.gallery.after is not None:  # so that it is there when it is wanted
            self.large.get(self.photos.paths[self.gallery.after])
        pixmap = self.large.get(path)
        reason = self.gallery.unreadable.get(number) or self.large.reasons.get(path)
        self.view.show_photo(pixmap, say(
            words("cant_be_read", reason=reason) if reason
            else words("loading") if pixmap is None else ""), new)
        good = self.photos.goods[number]
        self.title.setText(say(words(
            "title", place=place + 1, n=len(self.gallery.rows),
            photo=(f"{good} · " if good else "") + self.photos.images[number])))
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
        self.progress.setFormat(say(words("progress", done=done, n=n)))
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
            labeled, unlabeled = self._tables()
        self.Outputs.labeled.send(labeled)
        self.Outputs.unlabeled.send(unlabeled)
        self._send_selected()

    def _tables(self):
        """The rows with labels, and those without with the reasons."""
        return labelled_tables(self.data, self.photos, self.sheet, self.gallery.unreadable,
                               self.language)

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
        self.report_data(say(words("report_images")), self.data)
        self.report_items(say(words("labels")), [
            (say(words("report_kept")), str(self.labels_file())),
            (say(words("report_photos")), len(self.sheet)),
            (say(words("report_finished")), int((self.sheet.done >= 1).sum())),
            (say(words("report_any")), int(self.sheet.labelled.sum()))])
        counts = self.sheet.counts()
        self.counts.show_counts(counts, self.language)
        self.report_items(say(words("report_counts")), [
            (name, f"{yes} / {no} / {unseen}") for name, (yes, no, unseen) in zip(
                shown_names(self.group, self.language).values(), counts.tolist())])
        if html := gallery_html(self.gallery):
            self.report_raw(say(words("report_photos")), html)


if __name__ == "__main__":  # pragma: no cover
    import sys

    from Orange.widgets.utils.widgetpreview import WidgetPreview

    from orangecontrib.customs.photos.sources import find_photos
    from orangecontrib.customs.photos.table import photos_table

    folder = sys.argv[1] if len(sys.argv) > 1 else "."
    WidgetPreview(OWPhotoLabeler).run(
        set_images=photos_table(find_photos(folder)[0], os.path.abspath(folder)))
