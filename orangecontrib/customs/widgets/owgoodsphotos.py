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
    QHeaderView,
    QLabel,
    QLineEdit,
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
from orangewidget.utils.signals import Output

from orangecontrib.customs.i18n import Capital, Joined, Message, Sayable, say
from orangecontrib.customs.photos.naming import AUTO, LISTED, RULES
from orangecontrib.customs.photos.scanning.table import Scan, scan
from orangecontrib.customs.photos.sources import Found, SourceError
from orangecontrib.customs.photos.table import GOOD_ID, image_paths
from orangecontrib.customs.widgets.utils.common.base import CustomsWidget, reason
from orangecontrib.customs.widgets.utils.common.controls import (
    choice,
    group_box,
    hint,
    pile,
    push,
    rows_view,
    splitter,
)
from orangecontrib.customs.widgets.utils.common.drops import SourceDropHandler
from orangecontrib.customs.widgets.utils.common.selecting import send_selection
from orangecontrib.customs.widgets.utils.common.sourcepath import SourceMixin
from orangecontrib.customs.widgets.utils.common.wording import (
    Said,
    room,
    spoken,
    worded,
    worded_headers,
)
from orangecontrib.customs.widgets.utils.photos.gallery import PhotoGallery, Tile
from orangecontrib.customs.widgets.utils.photos.reports import gallery_html
from orangecontrib.customs.widgets.utils.photos.thumbnails import ThumbnailLoader

words, common = room("owgoodsphotos"), room("common")

#: So many files that are left out or can't be used are listed.
MOST_LISTED = 1000
#: So many of the problems are told.
MOST_TOLD = 3


def run(source: Path, cache: Path, ids: str, stopped: threading.Event, state: TaskState) -> Scan:
    """Scan a source; `stopped` ends the scan and keeps what was found."""
    state.set_status(say(words("looking")))

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
    priority = 12
    keywords = ("goods photos, import images, folder, zip, pictures, load, товары, фото, "
                "фотографии, папка, загрузить, таможня")

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

    class Error(CustomsWidget.Error):
        source = Said(words("said"))
        no_photos = Said(words("no_photos"))
        unexpected = Said(words("unexpected"))

    class Warning(CustomsWidget.Warning):
        skipped = Said(words("skipped"))
        problems = Said(words("said"))

    class Information(CustomsWidget.Information):
        choose = Said(words("choose"))
        ids = Said(words("said"))
        stopped = Said(words("stopped"))

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
        box, style = group_box(self.controlArea, words("source")), self.style()
        self.path_edit = worded(
            QLineEdit(self.folder, acceptDrops=False, clearButtonEnabled=True),
            placeholderText=words("path"), toolTip=words("path_tip"),
            accessibleName=words("path_name"))
        self.path_edit.editingFinished.connect(self._path_edited)
        box.layout().addWidget(self.path_edit)
        push(box, words("choose_folder"), self._choose_folder, words("choose_folder_tip"),
             icon=style.standardIcon(QStyle.SP_DirOpenIcon))
        push(box, words("choose_file"), self._choose_file, words("choose_file_tip"))
        self.reload_button = push(box, words("reload"), self.reload, words("reload_tip"),
                                  icon=style.standardIcon(QStyle.SP_BrowserReload))
        label = worded(QLabel(), text=words("ids"))
        label.setContentsMargins(0, 4, 0, 0)
        box.layout().addWidget(label)
        self.ids_combo = choice([(rule, Capital(title)) for rule, title in RULES.items()],
                                self.ids, self._ids_chosen, words("ids_tip"))
        self.ids_combo.setSizeAdjustPolicy(QComboBox.AdjustToMinimumContentsLengthWithIcon)
        self.ids_combo.setMinimumContentsLength(16)
        label.setBuddy(self.ids_combo)
        box.layout().addWidget(self.ids_combo)

        box = group_box(self.controlArea, words("found"))
        self.found_label = QLabel(wordWrap=True, textFormat=Qt.RichText, openExternalLinks=False)
        self.found_label.setTextInteractionFlags(Qt.TextBrowserInteraction)
        self.found_label.linkActivated.connect(
            lambda path: QDesktopServices.openUrl(QUrl.fromLocalFile(path)))
        self.found_label.setMinimumWidth(190)
        box.layout().addWidget(self.found_label)
        gui.rubber(self.controlArea)
        self.buttonsArea.layout().addWidget(self.make_cancel_button(
            lambda: self.ending.set(), words("stop_tip")))

    def _set_up_main(self):
        self.thumbnails = ThumbnailLoader(self)
        self.at_close(self.thumbnails.stop)
        self.goods_model = spoken(PyTableModel(parent=self), "headers", lambda it:
                                  it.setHorizontalHeaderLabels([say(words("column_good")),
                                                                say(words("column_photos"))]))
        proxy = QSortFilterProxyModel(self, filterCaseSensitivity=Qt.CaseInsensitive,
                                      sortCaseSensitivity=Qt.CaseInsensitive)
        proxy.setSourceModel(self.goods_model)
        self.goods_view = rows_view(
            proxy, words("goods"), higher=8, several=True, cornerButtonEnabled=False,
            textElideMode=Qt.ElideMiddle)
        worded(self.goods_view, toolTip=words("goods_tip"))
        self.goods_view.selectionModel().selectionChanged.connect(self._on_goods)
        self.filter_edit = worded(QLineEdit(clearButtonEnabled=True, acceptDrops=False),
                                  placeholderText=words("filter"))
        self.filter_edit.textChanged.connect(proxy.setFilterFixedString)
        left = pile(self.filter_edit, self.goods_view)
        left.setMinimumWidth(110)
        self.gallery = worded(PhotoGallery(self.thumbnails), accessibleName=words("gallery"))
        hint(self.gallery, words("empty"))
        self.gallery.selectionModel().selectionChanged.connect(lambda *_: self._send_selected())
        parts = splitter(Qt.Horizontal, left, self.gallery, sizes=self.splitter, stretch=(0, 1),
                         moved=lambda sizes: setattr(self, "splitter", sizes))
        self.others_view = QTreeWidget(rootIsDecorated=False, alternatingRowColors=True,
                                       uniformRowHeights=True)
        worded_headers(self.others_view, [words("not_used"), words("why")])
        worded(self.others_view, accessibleName=words("others"))
        self.others_view.hide()
        self.mainArea.layout().addWidget(parts, 3)
        self.mainArea.layout().addWidget(self.others_view, 1)

    def sizeHint(self):
        return QSize(900, 500)

    # --- choosing a source

    def _path_edited(self):
        if self.path_edit.text().strip() != self.folder:
            self.set_source(self.path_edit.text())

    def show_path(self, path: str):
        self.path_edit.setText(path)

    def _choose_folder(self):
        if path := self.ask_for_folder(say(words("folder_title"))):
            self.set_source(path)

    def _choose_file(self):
        kinds = f"{say(words('file_kind'))} (*.zip *.csv);;{say(common('all_files'))} (*)"
        if path := self.ask_for_file(say(words("file_title")), kinds):
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
        self._tell_found(self._counted(len(found.photos)), words("reading"))

    def on_done(self, result: Scan):
        self._show(result)
        if result.photos is None:  # of photos that can't be used the table tells
            self.Error.no_photos(path=self.source)
        if result.cancelled:
            self.Information.stopped()
        if result.told:
            self.Information.ids(text=Capital(result.told))
        if unusable := result.unusable:
            others = len(unusable.reasons) - 1
            self.Warning.skipped(
                n=others + 1, first=f"{unusable.rows[0]['image']}", reason=unusable.reasons[0],
                more="; …" if others else "")
        if result.photos is not None and result.problems:
            told, others = result.problems[:MOST_TOLD], len(result.problems) - MOST_TOLD
            if others > 0:
                told = [*told, Joined(("…", common("and_more", n=others)), "")]
            self.Warning.problems(text=Joined(tuple(map(Capital, told)), "\n"))
        self.Outputs.photos.send(result.photos)
        self.Outputs.skipped.send(result.skipped)
        self._send_selected()

    def on_exception(self, ex: Exception):
        if isinstance(ex, SourceError):
            self.Error.source(text=ex.reason)
        else:
            self.Error.unexpected(reason=reason(ex))
        self._tell_found(words("nothing"))
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
        self._tell_found(*self._described(result))

    def _show_goods(self, ids: Sequence[str]):
        """How many photos each good has; the good that was looked at stays chosen."""
        chosen = self._chosen_goods()
        rows: dict[str, list[int]] = {}
        for row, good in enumerate(ids):
            rows.setdefault(good, []).append(row)
        self._rows_of_good = {good: np.array(r) for good, r in rows.items()}
        self.goods_model.wrap([[good or say(words("no_good")), len(r)]
                               for good, r in rows.items()])
        if rows:
            header = self.goods_view.horizontalHeader()
            header.setSectionResizeMode(0, QHeaderView.Stretch)
            header.setSectionResizeMode(1, QHeaderView.ResizeToContents)
            proxy, goods = self.goods_view.model(), list(rows)
            wanted = goods.index(chosen[0]) if chosen and chosen[0] in rows else 0
            found = proxy.mapFromSource(self.goods_model.index(wanted, 0))
            if not found.isValid() or not chosen:  # it is filtered out; the first that is not
                found = proxy.index(0, 0)
            self.goods_view.selectionModel().setCurrentIndex(
                found, QItemSelectionModel.ClearAndSelect | QItemSelectionModel.Rows)
        self._show_photos()

    def _chosen_goods(self) -> list[str]:
        """Ids of the goods that are selected, in the order in which they were; "" is one, too."""
        goods, proxy = list(self._rows_of_good), self.goods_view.model()
        return [goods[proxy.mapToSource(index).row()]
                for index in self.goods_view.selectionModel().selectedRows(0)]

    def _show_others(self, result: Scan | None):
        """Files that are not used, and why."""
        others: list[tuple[str, Sayable]] = []
        if result is not None:
            if unusable := result.unusable:
                others = list(zip(map(str, unusable.rows.get_column("image")), unusable.reasons))
            others += result.left_out
        self.others_view.clear()
        for name, why in others[:MOST_LISTED]:
            item = QTreeWidgetItem([name, say(why)])
            for column in range(2):
                item.setToolTip(column, f"<p>{escape(name)}: {escape(say(why))}</p>")
            self.others_view.addTopLevelItem(item)
        if len(others) > MOST_LISTED:
            self.others_view.addTopLevelItem(
                QTreeWidgetItem([f"…{common('and_more', n=len(others) - MOST_LISTED)}", ""]))
        self.others_view.resizeColumnToContents(0)
        self.others_view.setColumnWidth(0, min(260, self.others_view.columnWidth(0)))
        shown = min(6, self.others_view.topLevelItemCount())
        self.others_view.setMaximumHeight(
            self.others_view.header().sizeHint().height() + 2 * self.others_view.frameWidth()
            + shown * (self.fontMetrics().height() + 6))
        self.others_view.setVisible(bool(others))

    @property
    def _n_goods(self) -> int:
        return len(self._rows_of_good) - ("" in self._rows_of_good)

    def _tell_found(self, *lines: Sayable):
        worded(self.found_label, text=Joined(lines, "<br>"))

    def _counted(self, photos: int) -> Message:
        return words("counted", goods=self._n_goods, photos=photos)

    def _described(self, result: Scan | None) -> list[Sayable]:
        if result is None:
            return [words("nothing_yet" if self.source is None else "reading")]
        lines: list[Sayable] = [self._counted(len(self._paths))]
        if result.rule and result.rule != LISTED:
            lines.append(words("rule", rule=RULES[result.rule]))
        if result.unusable:
            lines.append(words("unusable", n=len(result.unusable.reasons)))
        if result.left_out:
            lines.append(words("left_out", n=len(result.left_out)))
        if result.unpacked:
            lines.append(words("unpacked", folder=escape(result.unpacked)))
        return lines

    def on_language(self):
        """Another language is spoken: files that are not used tell why in it, here and behind."""
        if "" in self._rows_of_good:
            row = list(self._rows_of_good).index("")
            self.goods_model[row] = [say(words("no_good")), len(self._rows_of_good[""])]
        self._show_others(self.scanned)
        if self.scanned is not None:
            self.Outputs.skipped.send(self.scanned.skipped)

    def _on_goods(self, *_):
        self._show_photos()
        self._send_selected()

    def _send_selected(self, *nothing):
        """The photos that are selected in the gallery, else all of the chosen goods."""
        photos = self.scanned.photos if self.scanned is not None and not nothing else None
        rows = self.gallery.selected_rows() or range(len(self._shown))
        send_selection(self.Outputs, photos, sorted(self._shown[row] for row in rows))

    def _show_photos(self):
        rows = [self._rows_of_good[good] for good in self._chosen_goods()]
        # before the photos are read there are numbers of them only
        rows = np.concatenate(rows) if rows and self._paths else np.empty(0, int)
        photos = self.scanned.photos if self.scanned is not None else None
        self._shown = list(map(int, rows))

        def tile(i):
            path = self._paths[rows[i]]
            return Tile(path, os.path.basename(path))

        def tooltip(i):
            row = photos[int(rows[i])]
            size = words("size", width=int(row["width"]), height=int(row["height"]),
                         kilobytes=float(row["size"]) / 1024)
            return (f"<b>{escape(str(row['good_id']))}</b><br>{escape(str(row['image']))}<br>"
                    f"{say(size)}")

        self.gallery.set_tiles(len(rows), tile, tooltip)

    def send_report(self):
        if self.source is None:
            return
        self.report_items(say(words("source")), [
            (say(words("report_path")), str(self.source)),
            (say(words("report_ids")), say(Capital(RULES.get(self.ids, self.ids))))])
        if self.scanned is not None and self.scanned.photos is not None:
            unusable = self.scanned.unusable
            self.report_items(say(words("column_photos")), [
                (say(words("goods")), self._n_goods),
                (say(words("column_photos")), len(self._paths)),
                (say(words("report_skipped")), len(unusable.reasons) if unusable else 0)])
            self.report_table(say(words("goods")), self.goods_view, indicate_selection=False)
            if html := gallery_html(self.gallery):
                self.report_raw(say(words("column_photos")), html)


class OWGoodsPhotosDropHandler(SourceDropHandler):
    WIDGET = OWGoodsPhotos


if __name__ == "__main__":  # pragma: no cover
    import sys

    from Orange.widgets.utils.widgetpreview import WidgetPreview

    WidgetPreview(OWGoodsPhotos).run(set_source=sys.argv[1] if len(sys.argv) > 1 else "")
