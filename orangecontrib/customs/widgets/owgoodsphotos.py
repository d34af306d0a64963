"""Goods Photos: a folder of photos, one sub-folder per good → a table of photos."""
from __future__ import annotations

import os
import threading
from html import escape
from pathlib import Path

import numpy as np
from AnyQt.QtCore import QItemSelectionModel, QSortFilterProxyModel, Qt, QUrl
from AnyQt.QtGui import QDesktopServices
from AnyQt.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QGridLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QSplitter,
    QStyle,
    QTableView,
    QVBoxLayout,
    QWidget,
)
from Orange.data import Table
from Orange.misc import environ
from Orange.widgets import gui
from Orange.widgets.settings import Setting
from Orange.widgets.utils.concurrent import ConcurrentWidgetMixin, TaskState
from Orange.widgets.utils.itemmodels import PyTableModel
from Orange.widgets.widget import Msg, OWWidget
from orangewidget.utils.signals import Output

from orangecontrib.customs.photos.sources import SourceError
from orangecontrib.customs.photos.table import GOOD_ID, image_paths
from orangecontrib.customs.widgets.utils.gallery import PhotoGallery, Tile
from orangecontrib.customs.widgets.utils.photofolder import Scan, scan
from orangecontrib.customs.widgets.utils.sourcepath import SourceMixin
from orangecontrib.customs.widgets.utils.thumbnails import ThumbnailLoader

NO_GOOD = "(no good)"

#: How the scan ends a line on a file that nobody expects to be a photo.
LEFT_OUT = "not a photo by its ending, left out"


def run(source: Path, cache: Path, stopped: threading.Event, state: TaskState) -> Scan:
    """Scan a source; `stopped` ends the scan and keeps what was found."""
    state.set_status("Looking for photos…")

    def progress(done, total):
        if done % 50 == 0 or done == total:
            state.set_progress_value(100 * done / total)
        return stopped.is_set() or state.is_interruption_requested()

    return scan(source, cache, progress)


class OWGoodsPhotos(SourceMixin, OWWidget, ConcurrentWidgetMixin):
    name = "Goods Photos"
    description = "Read photos of goods from a folder with one sub-folder per good."
    icon = "icons/GoodsPhotos.svg"
    priority = 10
    keywords = "goods photos, import images, folder, zip, pictures, load, товары, фото"

    class Outputs:
        photos = Output("Photos", Table, default=True, dynamic=False)
        skipped = Output("Skipped Images", Table, dynamic=False)

    class Error(OWWidget.Error):
        source = Msg("{}")
        no_photos = Msg("No photos in {}. Put the photos of each good into a sub-folder whose "
                        "name is the good's id.")
        unexpected = Msg("Reading the photos failed: {}")

    class Warning(OWWidget.Warning):
        skipped = Msg("{} photo(s) can't be used: {}")
        problems = Msg("{}")

    class Information(OWWidget.Information):
        choose = Msg("Choose a folder with one sub-folder per good, or drop it here.")
        stopped = Msg("Stopped: only the photos found so far are sent.")

    #: Folder, zip or CSV; relative to the workflow where it lies under the workflow's folder.
    folder: str = Setting("", schema_only=True)
    #: Where the next file dialog opens.
    last_folder: str = Setting("")
    splitter: list = Setting([220, 460])
    path_setting = "folder"

    def __init__(self):
        OWWidget.__init__(self)
        ConcurrentWidgetMixin.__init__(self)
        self.scanned: Scan | None = None
        self._stopped = threading.Event()
        self._rows_of_good: dict[str, np.ndarray] = {}
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
            "A folder with one sub-folder per good (its name is the good's id), a zip of the "
            "same,\nor a CSV with the columns good_id, image. A path under the workflow's "
            "folder is kept\nrelative to it, so that the workflow can be moved.")
        self.path_edit.setAccessibleName("Path of the photos")
        self.path_edit.editingFinished.connect(self._path_edited)
        box.layout().addWidget(self.path_edit)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        style = self.style()
        folder = QPushButton(style.standardIcon(QStyle.SP_DirOpenIcon), "Choose &Folder…",
                             autoDefault=False, clicked=self._choose_folder)
        folder.setToolTip("A folder with one sub-folder per good")
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

        box = gui.vBox(self.controlArea, "Found")
        self.found_label = QLabel(wordWrap=True, textFormat=Qt.RichText, openExternalLinks=False)
        self.found_label.setTextInteractionFlags(Qt.TextBrowserInteraction)
        self.found_label.linkActivated.connect(
            lambda path: QDesktopServices.openUrl(QUrl.fromLocalFile(path)))
        self.found_label.setMinimumWidth(190)
        box.layout().addWidget(self.found_label)
        gui.rubber(self.controlArea)
        self.stop_button = gui.button(self.buttonsArea, self, "Stop", callback=self._stop,
                                      autoDefault=False)
        self.stop_button.setToolTip("Stop reading; the photos found so far are sent")
        self.stop_button.setEnabled(False)

    def _set_up_main(self):
        self.thumbnails = ThumbnailLoader(self)
        self.goods_model = PyTableModel(parent=self)
        self.goods_model.setHorizontalHeaderLabels(["Good", "Photos"])
        proxy = QSortFilterProxyModel(self, filterCaseSensitivity=Qt.CaseInsensitive,
                                      sortCaseSensitivity=Qt.CaseInsensitive)
        proxy.setSourceModel(self.goods_model)
        self.goods_view = QTableView(
            sortingEnabled=True, selectionBehavior=QAbstractItemView.SelectRows,
            selectionMode=QAbstractItemView.ExtendedSelection, showGrid=False,
            editTriggers=QAbstractItemView.NoEditTriggers, alternatingRowColors=True,
            cornerButtonEnabled=False, textElideMode=Qt.ElideMiddle, wordWrap=False)
        self.goods_view.setModel(proxy)
        self.goods_view.verticalHeader().hide()
        self.goods_view.verticalHeader().setDefaultSectionSize(
            self.fontMetrics().height() + 8)
        self.goods_view.sortByColumn(-1, Qt.AscendingOrder)
        self.goods_view.setToolTip("Choose goods to see their photos")
        self.goods_view.setAccessibleName("Goods")
        self.goods_view.selectionModel().selectionChanged.connect(self._show_photos)
        self.filter_edit = QLineEdit(placeholderText="Filter goods…", clearButtonEnabled=True,
                                     acceptDrops=False)
        self.filter_edit.textChanged.connect(proxy.setFilterFixedString)
        left = QWidget(minimumWidth=110)
        left.setLayout(QVBoxLayout())
        left.layout().setContentsMargins(0, 0, 0, 0)
        left.layout().addWidget(self.filter_edit)
        left.layout().addWidget(self.goods_view)
        self.gallery = PhotoGallery(self.thumbnails)
        self.gallery.setAccessibleName("Photos of the chosen goods")
        splitter = QSplitter(Qt.Horizontal, childrenCollapsible=False)
        splitter.addWidget(left)
        splitter.addWidget(self.gallery)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes(self.splitter)
        splitter.splitterMoved.connect(
            lambda *_: setattr(self, "splitter", splitter.sizes()))
        self.mainArea.layout().addWidget(splitter)

    # --- choosing a source

    def _path_edited(self):
        if self.path_edit.text().strip() != self.folder:
            self.set_source(self.path_edit.text())

    def show_path(self, path: str):
        self.path_edit.setText(path)

    def _choose_folder(self):
        path = QFileDialog.getExistingDirectory(
            self, "Folder With One Sub-folder per Good", self.start_folder())
        if path:
            self.set_source(path)

    def _choose_file(self):
        path, _ = QFileDialog.getOpenFileName(
            self, "Zip or CSV of Photos", self.start_folder(),
            "Photos of goods (*.zip *.csv);;All files (*)")
        if path:
            self.set_source(path)

    @staticmethod
    def fits(path: str) -> bool:
        return os.path.isdir(path) or path.lower().endswith((".zip", ".csv"))

    # --- reading

    def reload(self):
        """Read the source again."""
        self.cancel()
        self.clear_messages()
        self.Outputs.photos.send(None)
        self.Outputs.skipped.send(None)
        self._show(None)
        self.reload_button.setEnabled(self.source is not None)
        self.stop_button.setEnabled(self.source is not None)
        if self.source is None:
            self.Information.choose()
            return
        self._stopped = threading.Event()
        self.start(run, self.source, Path(environ.cache_dir()) / "customs-photos",
                   self._stopped)

    def _stop(self):
        self._stopped.set()

    def on_partial_result(self, _):
        """The scan reports progress only."""

    def on_done(self, result: Scan):
        self.stop_button.setEnabled(False)
        self._show(result)
        if result.photos is None:  # of photos that can't be used the table tells
            self.Error.no_photos(self.source)
        if result.cancelled:
            self.Information.stopped()
        if result.skipped is not None:
            first = result.skipped[0]
            self.Warning.skipped(len(result.skipped),
                                 f"{first['image']} – {first['reason']}; …"
                                 if len(result.skipped) > 1
                                 else f"{first['image']} – {first['reason']}")
        problems = [p for p in result.problems if not p.endswith(LEFT_OUT)]
        if result.photos is not None and problems:
            more = len(problems) - 3
            self.Warning.problems("\n".join(
                problems[:3] + ([f"… and {more} more"] if more > 0 else [])))
        self.Outputs.photos.send(result.photos)
        self.Outputs.skipped.send(result.skipped)

    def on_exception(self, ex: Exception):
        self.stop_button.setEnabled(False)
        if isinstance(ex, SourceError):
            self.Error.source(str(ex))
        else:
            self.Error.unexpected(str(ex) or type(ex).__name__)
        self.Outputs.photos.send(None)
        self.Outputs.skipped.send(None)

    # --- showing

    def _show(self, result: Scan | None):
        self.scanned = result
        self._rows_of_good, self._paths, goods = {}, [], []
        if result is not None and result.photos is not None:
            ids = result.photos.get_column(GOOD_ID)
            self._paths = image_paths(result.photos, result.photos.domain["image"])
            rows: dict[str, list[int]] = {}
            for row, good in enumerate(ids):
                rows.setdefault(good or NO_GOOD, []).append(row)
            self._rows_of_good = {good: np.array(r) for good, r in rows.items()}
            goods = [[good, len(r)] for good, r in rows.items()]
        self.goods_model.wrap(goods)
        self.goods_model.setHorizontalHeaderLabels(["Good", "Photos"])
        if goods:
            header = self.goods_view.horizontalHeader()
            header.setSectionResizeMode(0, QHeaderView.Stretch)
            header.setSectionResizeMode(1, QHeaderView.ResizeToContents)
            self.goods_view.selectionModel().setCurrentIndex(
                self.goods_view.model().index(0, 0),
                QItemSelectionModel.ClearAndSelect | QItemSelectionModel.Rows)
        self._show_photos()
        self.found_label.setText(self._described(result))

    def _described(self, result: Scan | None) -> str:
        if result is None:
            return "Reading…" if self.source is not None else "Nothing chosen yet"
        n_goods = len(self._rows_of_good) - (NO_GOOD in self._rows_of_good)
        lines = [f"<b>{n_goods}</b> goods, <b>{len(self._paths)}</b> photos"]
        if result.skipped is not None:
            lines.append(f"{len(result.skipped)} can't be used (see Skipped Images)")
        others = [p for p in result.problems if p.endswith(LEFT_OUT)]
        if others:
            lines.append(f"{len(others)} other file(s) left out")
        self.found_label.setToolTip(escape("\n".join(others[:20])))
        if result.unpacked:
            lines.append("The zip's photos were unpacked into a "
                         f'<a href="{escape(result.unpacked)}">cache folder</a> '
                         "of this computer.")
        return "<br>".join(lines)

    def _show_photos(self, *_):
        view = self.goods_view
        chosen = [index.data() for index in view.selectionModel().selectedRows(0)]
        rows = [self._rows_of_good[good] for good in chosen if good in self._rows_of_good]
        rows = np.concatenate(rows) if rows else np.empty(0, int)
        photos = self.scanned.photos if self.scanned is not None else None

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
        self.report_items("Source", [("Path", str(self.source))])
        if self.scanned is not None and self.scanned.photos is not None:
            skipped = self.scanned.skipped
            self.report_items("Photos", [
                ("Goods", len(self._rows_of_good) - (NO_GOOD in self._rows_of_good)),
                ("Photos", len(self._paths)),
                ("Skipped", 0 if skipped is None else len(skipped))])
            self.report_table("Goods", self.goods_view, indicate_selection=False)

    def onDeleteWidget(self):
        self._stopped.set()
        self.thumbnails.stop()
        self.shutdown()
        super().onDeleteWidget()


if __name__ == "__main__":  # pragma: no cover
    import sys

    from Orange.widgets.utils.widgetpreview import WidgetPreview

    WidgetPreview(OWGoodsPhotos).run(set_source=sys.argv[1] if len(sys.argv) > 1 else "")
