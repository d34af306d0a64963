"""Goods Photos: a folder of photos, one sub-folder per good → a table of photos."""
from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from html import escape
from pathlib import Path

import numpy as np
from AnyQt.QtCore import QItemSelectionModel, QSize, QSortFilterProxyModel, Qt, QUrl
from AnyQt.QtGui import QDesktopServices
from AnyQt.QtWidgets import (
    QComboBox,
    QFormLayout,
    QGridLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QStyle,
    QTreeWidget,
    QTreeWidgetItem,
)
from Orange.data import Table
from Orange.misc import environ
from Orange.widgets import gui
from Orange.widgets.settings import Setting
from Orange.widgets.utils.annotated_data import ANNOTATED_DATA_SIGNAL_NAME
from Orange.widgets.utils.concurrent import TaskState
from Orange.widgets.utils.itemmodels import PyTableModel
from Orange.widgets.widget import Msg, OWWidget
from orangewidget.utils.signals import Output

from orangecontrib.customs.photos.naming import AUTO, LISTED, RULES
from orangecontrib.customs.photos.scanning.table import Scan, scan
from orangecontrib.customs.photos.sources import Found, SourceError
from orangecontrib.customs.photos.table import GOOD_ID, image_paths
from orangecontrib.customs.widgets.utils.common.base import CustomsWidget, reason
from orangecontrib.customs.widgets.utils.common.controls import choice, pile, rows_view, splitter
from orangecontrib.customs.widgets.utils.common.drops import SourceDropHandler
from orangecontrib.customs.widgets.utils.common.selecting import send_selection
from orangecontrib.customs.widgets.utils.common.sourcepath import SourceMixin
from orangecontrib.customs.widgets.utils.photos.gallery import PhotoGallery, Tile
from orangecontrib.customs.widgets.utils.photos.reports import gallery_html
from orangecontrib.customs.widgets.utils.photos.thumbnails import ThumbnailLoader

NO_GOOD = "(no good)"

#: So many files that are left out or can't be used are listed.
MOST_LISTED = 1000


def run(source: Path, cache: Path, ids: str, stopped: threading.Event, state: TaskState) -> Scan:
    """Scan a source; `stopped` ends the scan and keeps what was found."""
    state.set_status("Looking for photos…")

    def progress(done, total):
        if done % 50 == 0 or done == total:
            state.set_progress_value(100 * done / total)
        return stopped.is_set() or state.is_interruption_requested()

    # which photos are of which good is shown before their headers are read
    return scan(source, cache, progress, ids, state.set_partial_result)


class OWGoodsPhotos(SourceMixin, CustomsWidget):
    name = "Goods Photos"
    description = ("Read photos of goods from a folder: a sub-folder per good, the folder of one "
                   "good, or ids in file names.")
    icon = "icons/GoodsPhotos.svg"
    priority = 10
    keywords = "goods photos, import images, folder, zip, pictures, load, товары, фото"

    graph_name = "mainArea"  # Save Image

    class Outputs:
        photos = Output("Photos", Table, default=True, dynamic=False,
                        doc="A row per photo that can be used, with the id of its good")
        skipped = Output("Skipped Images", Table, dynamic=False,
                         doc="Photos that can't be used, with the reason")
        selected = Output("Selected Photos", Table, dynamic=False,
                          doc="The photos that are selected, or all of the chosen goods")
        annotated = Output(ANNOTATED_DATA_SIGNAL_NAME, Table, dynamic=False,
                           doc="All photos, and which of them are selected")

    class Error(OWWidget.Error):
        source = Msg("{}")
        no_photos = Msg("No usable photos in {}. Choose a folder with photos of goods (JPEG, PNG, "
                        "HEIC …); a sub-folder per good is best.")
        unexpected = Msg("Reading the photos failed: {}")

    class Warning(OWWidget.Warning):
        skipped = Msg("{} photo(s) can't be used: {}")
        problems = Msg("{}")

    class Information(OWWidget.Information):
        choose = Msg("Choose a folder with photos of goods, or drop it here.")
        ids = Msg("{}")
        stopped = Msg("Stopped: only the photos found so far are sent.")

    #: Folder, zip or CSV; relative to the workflow where it lies under the workflow's folder.
    folder: str = Setting("", schema_only=True)
    #: Where the goods' ids are from, one of `RULES`.
    ids: str = Setting(AUTO, schema_only=True)
    #: Where the next file dialog opens.
    last_folder: str = Setting("")
    splitter: list = Setting([220, 460])
    path_setting = "folder"

    def __init__(self):
        super().__init__()
        self.scanned: Scan | None = None
        self._rows_of_good: dict[str, np.ndarray] = {}
        self._shown: list[int] = []     # rows of the photos in the gallery
        self._paths: list[str | None] = []
        self.setAcceptDrops(True)
        self._set_up_controls()
        self._set_up_main()
        self.restore_source()
        self.reload()

    # --- window

    def _set_up_controls(self):
        box = gui.vBox(self.controlArea, "Source")
        self.path_edit = QLineEdit(
            self.folder, placeholderText="Folder, zip or CSV", acceptDrops=False,
            clearButtonEnabled=True)
        self.path_edit.setToolTip(
            "A folder of photos, a zip of one, or a CSV with the columns good_id, image. A path\n"
            "under the workflow's folder is kept relative to it, so that the workflow can be "
            "moved.")
        self.path_edit.setAccessibleName("Path of the photos")
        self.path_edit.editingFinished.connect(self._path_edited)
        box.layout().addWidget(self.path_edit)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        style = self.style()
        folder = QPushButton(style.standardIcon(QStyle.SP_DirOpenIcon), "Choose &Folder…",
                             autoDefault=False, clicked=self._choose_folder)
        folder.setToolTip("A folder with photos of goods")
        file = QPushButton("Choose &Zip or CSV…", autoDefault=False, clicked=self._choose_file)
        file.setToolTip("A zip of such a folder, or a CSV with the columns good_id, image")
        self.reload_button = QPushButton(
            style.standardIcon(QStyle.SP_BrowserReload), "&Reload", autoDefault=False,
            clicked=self.reload)
        self.reload_button.setToolTip("Read the source again, after files have changed")
        grid.addWidget(folder, 0, 0)
        grid.addWidget(file, 1, 0)
        grid.addWidget(self.reload_button, 2, 0)
        box.layout().addLayout(grid)
        self.ids_combo = choice(RULES.items(), self.ids, self._ids_chosen, (
            "Which good a photo is of. The table shows at once what comes of it;\n"
            "Automatic looks at folders and file names, and says what it took"))
        self.ids_combo.setSizeAdjustPolicy(QComboBox.AdjustToMinimumContentsLengthWithIcon)
        self.ids_combo.setMinimumContentsLength(16)
        form = QFormLayout(rowWrapPolicy=QFormLayout.WrapAllRows)
        form.setContentsMargins(0, 4, 0, 0)
        form.addRow("Good's id from:", self.ids_combo)
        box.layout().addLayout(form)

        box = gui.vBox(self.controlArea, "Found")
        self.found_label = QLabel(wordWrap=True, textFormat=Qt.RichText, openExternalLinks=False)
        self.found_label.setTextInteractionFlags(Qt.TextBrowserInteraction)
        self.found_label.linkActivated.connect(
            lambda path: QDesktopServices.openUrl(QUrl.fromLocalFile(path)))
        self.found_label.setMinimumWidth(190)
        box.layout().addWidget(self.found_label)
        gui.rubber(self.controlArea)
        self.buttonsArea.layout().addWidget(self.make_cancel_button(
            lambda: self.ending.set(), "Stop reading; the photos found so far are sent", "Stop"))

    def _set_up_main(self):
        self.thumbnails = ThumbnailLoader(self)
        self.at_close(self.thumbnails.stop)
        self.goods_model = PyTableModel(parent=self)
        self.goods_model.setHorizontalHeaderLabels(["Good", "Photos"])
        proxy = QSortFilterProxyModel(self, filterCaseSensitivity=Qt.CaseInsensitive,
                                      sortCaseSensitivity=Qt.CaseInsensitive)
        proxy.setSourceModel(self.goods_model)
        self.goods_view = rows_view(
            proxy, "Goods", higher=8, several=True, cornerButtonEnabled=False,
            textElideMode=Qt.ElideMiddle)
        self.goods_view.setToolTip("Choose goods to see their photos")
        self.goods_view.selectionModel().selectionChanged.connect(self._on_goods)
        self.filter_edit = QLineEdit(placeholderText="Filter goods…", clearButtonEnabled=True,
                                     acceptDrops=False)
        self.filter_edit.textChanged.connect(proxy.setFilterFixedString)
        left = pile(self.filter_edit, self.goods_view)
        left.setMinimumWidth(110)
        self.gallery = PhotoGallery(self.thumbnails)
        self.gallery.setAccessibleName("Photos of the chosen goods")
        self.gallery.selectionModel().selectionChanged.connect(lambda *_: self._send_selected())
        parts = splitter(Qt.Horizontal, left, self.gallery, sizes=self.splitter, stretch=(0, 1),
                         moved=lambda sizes: setattr(self, "splitter", sizes))
        self.others_view = QTreeWidget(rootIsDecorated=False, alternatingRowColors=True,
                                       uniformRowHeights=True)
        self.others_view.setHeaderLabels(["Not used", "Why"])
        self.others_view.setAccessibleName("Files that are not used")
        self.others_view.hide()
        self.mainArea.layout().addWidget(parts, 3)
        self.mainArea.layout().addWidget(self.others_view, 1)

    def sizeHint(self):
        return QSize(860, 500)

    # --- choosing a source

    def _path_edited(self):
        if self.path_edit.text().strip() != self.folder:
            self.set_source(self.path_edit.text())

    def show_path(self, path: str):
        self.path_edit.setText(path)

    def _choose_folder(self):
        if path := self.ask_for_folder("Folder With Photos of Goods"):
            self.set_source(path)

    def _choose_file(self):
        if path := self.ask_for_file("Zip or CSV of Photos",
                                     "Photos of goods (*.zip *.csv);;All files (*)"):
            self.set_source(path)

    @staticmethod
    def fits(path: str) -> bool:
        return os.path.isdir(path) or path.lower().endswith((".zip", ".csv"))

    @classmethod
    def invites(cls, path: str) -> bool:
        return cls.fits(path) and not path.lower().endswith(".csv")  # most hold no photos

    def _ids_chosen(self):
        if self.ids_combo.currentData() != self.ids:
            self.ids = self.ids_combo.currentData()
            self.reload()

    # --- reading

    def reload(self):
        """Read the source again."""
        self.cancel()
        self.clear_messages()
        self.Outputs.photos.send(None)
        self.Outputs.skipped.send(None)
        self._send_selected(None)
        self._show(None)
        self.reload_button.setEnabled(self.source is not None)
        if self.source is None:
            self.Information.choose()
            return
        self.begin(run, self.source, Path(environ.cache_dir()) / "customs-photos", self.ids)

    def on_partial_result(self, found: Found):
        """Which photos are of which good, before they are read."""
        self._show_goods([photo.good_id for photo in found.photos])
        self.found_label.setText("<br>".join([self._counted(len(found.photos)), "Reading…"]))

    def on_done(self, result: Scan):
        self._show(result)
        if result.photos is None:  # of photos that can't be used the table tells
            self.Error.no_photos(self.source)
        if result.cancelled:
            self.Information.stopped()
        if result.told:
            self.Information.ids(result.told)
        if result.skipped is not None:
            first = result.skipped[0]
            self.Warning.skipped(len(result.skipped),
                                 f"{first['image']} – {first['reason']}; …"
                                 if len(result.skipped) > 1
                                 else f"{first['image']} – {first['reason']}")
        if result.photos is not None and result.problems:
            more = len(result.problems) - 3
            self.Warning.problems("\n".join(
                result.problems[:3] + ([f"… and {more} more"] if more > 0 else [])))
        self.Outputs.photos.send(result.photos)
        self.Outputs.skipped.send(result.skipped)
        self._send_selected()

    def on_exception(self, ex: Exception):
        if isinstance(ex, SourceError):
            self.Error.source(str(ex))
        else:
            self.Error.unexpected(reason(ex))
        self.found_label.setText("Nothing: see the message below")
        self.Outputs.photos.send(None)
        self.Outputs.skipped.send(None)
        self._send_selected(None)

    # --- showing

    def _show(self, result: Scan | None):
        self.scanned = result
        self._paths, ids = [], []
        if result is not None and result.photos is not None:
            ids = list(result.photos.get_column(GOOD_ID))
            self._paths = image_paths(result.photos, result.photos.domain["image"])
        self._show_goods(ids)
        self._show_others(result)
        self.ids_combo.setEnabled(result is None or result.rule != LISTED)
        self.found_label.setText(self._described(result))

    def _show_goods(self, ids: Sequence[str]):
        """How many photos each good has; the good that was looked at stays chosen."""
        chosen = [index.data() for index in self.goods_view.selectionModel().selectedRows(0)]
        rows: dict[str, list[int]] = {}
        for row, good in enumerate(ids):
            rows.setdefault(good or NO_GOOD, []).append(row)
        self._rows_of_good = {good: np.array(r) for good, r in rows.items()}
        self.goods_model.wrap([[good, len(r)] for good, r in rows.items()])
        self.goods_model.setHorizontalHeaderLabels(["Good", "Photos"])
        if rows:
            header = self.goods_view.horizontalHeader()
            header.setSectionResizeMode(0, QHeaderView.Stretch)
            header.setSectionResizeMode(1, QHeaderView.ResizeToContents)
            shown = self.goods_view.model()
            row = next((row for row in range(shown.rowCount())
                        if shown.index(row, 0).data() in chosen[:1]), 0)
            self.goods_view.selectionModel().setCurrentIndex(
                shown.index(row, 0), QItemSelectionModel.ClearAndSelect | QItemSelectionModel.Rows)
        self._show_photos()

    def _show_others(self, result: Scan | None):
        """Files that are not used, and why."""
        others = []
        if result is not None:
            others = [(f"{row['image']}", f"{row['reason']}") for row in result.skipped or ()]
            others += result.left_out
        self.others_view.clear()
        for name, why in others[:MOST_LISTED]:
            item = QTreeWidgetItem([name, why])
            for column in range(2):
                item.setToolTip(column, f"<p>{escape(name)}: {escape(why)}</p>")
            self.others_view.addTopLevelItem(item)
        if len(others) > MOST_LISTED:
            self.others_view.addTopLevelItem(
                QTreeWidgetItem([f"… and {len(others) - MOST_LISTED} more", ""]))
        self.others_view.resizeColumnToContents(0)
        self.others_view.setColumnWidth(0, min(260, self.others_view.columnWidth(0)))
        shown = min(6, self.others_view.topLevelItemCount())
        self.others_view.setMaximumHeight(
            self.others_view.header().sizeHint().height() + 2 * self.others_view.frameWidth()
            + shown * (self.fontMetrics().height() + 6))
        self.others_view.setVisible(bool(others))

    def _counted(self, photos: int) -> str:
        goods = len(self._rows_of_good) - (NO_GOOD in self._rows_of_good)
        return f"<b>{goods}</b> goods, <b>{photos}</b> photos"

    def _described(self, result: Scan | None) -> str:
        if result is None:
            return "Reading…" if self.source is not None else "Nothing chosen yet"
        lines = [self._counted(len(self._paths))]
        if result.rule and result.rule != LISTED:
            lines.append(f"Id: {escape(RULES[result.rule][0].lower() + RULES[result.rule][1:])}")
        if result.skipped is not None:
            lines.append(f"{len(result.skipped)} can't be used (see Skipped Images)")
        if result.left_out:
            lines.append(f"{len(result.left_out)} other file(s) left out")
        if result.unpacked:
            lines.append("The zip's photos were unpacked into a "
                         f'<a href="{escape(result.unpacked)}">cache folder</a> '
                         "of this computer.")
        return "<br>".join(lines)

    def _on_goods(self, *_):
        self._show_photos()
        self._send_selected()

    def _send_selected(self, *nothing):
        """The photos that are selected in the gallery, else all of the chosen goods."""
        photos = self.scanned.photos if self.scanned is not None and not nothing else None
        rows = self.gallery.selected_rows() or range(len(self._shown))
        send_selection(self.Outputs, photos, sorted(self._shown[row] for row in rows))

    def _show_photos(self):
        view = self.goods_view
        chosen = [index.data() for index in view.selectionModel().selectedRows(0)]
        rows = [self._rows_of_good[good] for good in chosen if good in self._rows_of_good]
        # before the photos are read there are numbers of them only
        rows = np.concatenate(rows) if rows and self._paths else np.empty(0, int)
        photos = self.scanned.photos if self.scanned is not None else None
        self._shown = list(map(int, rows))

        def tile(i):
            path = self._paths[rows[i]]
            return Tile(path, os.path.basename(path))

        def tooltip(i):
            row = photos[int(rows[i])]
            return (f"<b>{escape(str(row['good_id']))}</b><br>{escape(str(row['image']))}<br>"
                    f"{row['width']} × {row['height']} pixels, {float(row['size']) / 1024:,.0f} KB")

        self.gallery.set_tiles(len(rows), tile, tooltip)

    def send_report(self):
        if self.source is None:
            return
        self.report_items("Source", [("Path", str(self.source)),
                                     ("Good's id from", RULES.get(self.ids, self.ids))])
        if self.scanned is not None and self.scanned.photos is not None:
            skipped = self.scanned.skipped
            self.report_items("Photos", [
                ("Goods", len(self._rows_of_good) - (NO_GOOD in self._rows_of_good)),
                ("Photos", len(self._paths)),
                ("Skipped", 0 if skipped is None else len(skipped))])
            self.report_table("Goods", self.goods_view, indicate_selection=False)
            if html := gallery_html(self.gallery):
                self.report_raw("Photos", html)


class OWGoodsPhotosDropHandler(SourceDropHandler):
    WIDGET = OWGoodsPhotos


if __name__ == "__main__":  # pragma: no cover
    import sys

    from Orange.widgets.utils.widgetpreview import WidgetPreview

    WidgetPreview(OWGoodsPhotos).run(set_source=sys.argv[1] if len(sys.argv) > 1 else "")
