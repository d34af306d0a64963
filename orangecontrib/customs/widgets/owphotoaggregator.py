"""Bayesian Photo Aggregator: features per photo → features per good, and who said what."""
from __future__ import annotations

import os
from dataclasses import dataclass
from html import escape

import numpy as np
from AnyQt.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QRect,
    QSize,
    QSortFilterProxyModel,
    Qt,
)
from AnyQt.QtGui import QFontMetrics
from AnyQt.QtWidgets import (
    QHeaderView,
    QLabel,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)
from Orange.data import ContinuousVariable, Domain, Table, Variable
from Orange.data.util import get_unique_names
from Orange.widgets import gui
from Orange.widgets.settings import Setting
from Orange.widgets.utils.annotated_data import ANNOTATED_DATA_SIGNAL_NAME
from Orange.widgets.utils.concurrent import TaskState
from orangewidget.utils.signals import Input, Output

from orangecontrib.customs.columns import (
    ContributionColumn,
    FeatureColumn,
    GradabilityColumn,
    ImageColumn,
    LabelColumn,
    SkippedPhotos,
    name_key,
)
from orangecontrib.customs.i18n import Capital, say
from orangecontrib.customs.photos.chips import COLOURS, FeatureView
from orangecontrib.customs.photos.pooling import MODES, Pooled
from orangecontrib.customs.photos.table import (
    GOOD_ID,
    LeftOut,
    PoolError,
    feature_columns,
    good_variables,
    image_paths,
    image_variables,
    pool_table,
    pooled_table,
)
from orangecontrib.customs.widgets.utils.common.base import CustomsWidget, clear, reason
from orangecontrib.customs.widgets.utils.common.controls import (
    auto_apply,
    check,
    group_box,
    hint,
    pile,
    radio,
    rows_view,
    spin,
    splitter,
)
from orangecontrib.customs.widgets.utils.common.selecting import send_selection
from orangecontrib.customs.widgets.utils.common.variables import VariableCombo
from orangecontrib.customs.widgets.utils.common.wording import Said, room, worded
from orangecontrib.customs.widgets.utils.photos.contributions import ContributionsView, GoodEvidence
from orangecontrib.customs.widgets.utils.photos.gallery import paint_bar
from orangecontrib.customs.widgets.utils.photos.reports import MOST, photos_html
from orangecontrib.customs.widgets.utils.photos.thumbnails import ThumbnailLoader

words = room("owphotoaggregator")

#: Name of each mode and what it does, in the order in which they are offered.
EXPLAINED = {mode: (words(mode), words(f"{mode}_tip"))
             for mode in ("tempered", "paper", "mean", "max")}


@dataclass
class Results:
    """Pooled photos.

    Attributes
    ----------
    goods, contributions, skipped : Table or None
    pooled : Pooled
    """

    goods: Table | None
    contributions: Table | None
    skipped: Table | None
    pooled: Pooled


def contributions_table(table: Table, pooled: Pooled) -> Table:
    """A row per photo that belongs to a good: what it adds to each feature, in log-odds."""
    ids, domain = pooled.group.feature_ids, table.domain
    columns = feature_columns(domain, pooled.group)
    metas = [v for v in domain.metas if not (
        GradabilityColumn.of(v) or FeatureColumn.of(v) or LabelColumn.of(v))]
    taken = [v.name for v in (*domain.class_vars, *metas)]
    names = get_unique_names(taken, [f"{columns[id_].name} (log-odds)" for id_ in ids])
    variables = []
    for id_, name in zip(ids, names, strict=True):
        variables.append(ContributionColumn(id_).mark(
            ContinuousVariable(name, number_of_decimals=3)))
    mine = pooled.photo_good >= 0
    result = table[mine].transform(Domain(variables, domain.class_vars, metas))
    if len(result):  # Orange leaves a table without rows locked
        with result.unlocked(result.X):
            result.X[:] = pooled.contributions[mine]
    result.name = f"{table.name} (contributions)"
    return result


def run(data: Table, good: Variable, mode: str, rho: float | None, state: TaskState) -> Results:
    """Pool the photos of each good; `rho` None = what the model learnt."""
    state.set_status(say(words("working")))
    pooled = pool_table(data, good, mode, rho)
    state.set_progress_value(50)
    lost = pooled.photo_good < 0
    left = data[lost]
    skipped = LeftOut(left, [words("no_value", column=good.name)] * len(left)).table() \
        if len(left) else None
    if len(data) and lost.all():
        return Results(None, None, skipped, pooled)
    contributions = contributions_table(data, pooled)
    name_key(contributions, good.name)
    return Results(pooled_table(data, good, mode, pooled), contributions, skipped, pooled)


class _GoodsModel(QAbstractTableModel):
    """Goods, number of photos, and the verdict as bars that are made when painted."""

    HEADERS = tuple(map(words, ("column_good", "column_photos", "column_features")))

    def __init__(self, parent=None):
        super().__init__(parent)
        self._pooled: Pooled | None = None
        self._view: FeatureView | None = None
        self._texts: dict[int, str] = {}
        self._widest: int | None = None

    def show(self, results: Results | None):
        self.beginResetModel()
        goods = results.goods if results is not None else None
        self._pooled = results.pooled if goods is not None else None
        self._view = FeatureView(goods) if goods is not None else None
        self._texts, self._widest = {}, None
        self.endResetModel()

    def rowCount(self, parent=QModelIndex()):  # noqa: B008 – Qt's own signature
        return 0 if parent.isValid() or self._pooled is None else len(self._pooled.good_ids)

    def columnCount(self, parent=QModelIndex()):  # noqa: B008
        return 0 if parent.isValid() else len(self.HEADERS)

    def chips(self, row: int):
        return self._view.chips(row, 6)

    def widest(self, metrics: QFontMetrics) -> int:
        """Pixels that a bar takes with the longest name and its number."""
        if self._widest is None:
            self._widest = 60 + max(map(metrics.horizontalAdvance, self._view.names))
        return self._widest

    def data(self, index, role=Qt.DisplayRole):
        if self._pooled is None or not index.isValid():
            return None
        row, column = index.row(), index.column()
        if role == Qt.DisplayRole:
            if column == 0:
                return self._pooled.good_ids[row]
            if column == 1:
                return int(self._pooled.n_photos[row])
            if row not in self._texts:  # sorting and filtering ask again and again
                self._texts[row] = ", ".join(f"{chip.text} {chip.value:.2f}"
                                             for chip in self.chips(row))
            return self._texts[row]
        if role == Qt.ToolTipRole:
            return f"<b>{escape(self._pooled.good_ids[row])}</b>{self._view.tooltip(row)}"
        if role == Qt.TextAlignmentRole and column == 1:
            return int(Qt.AlignRight | Qt.AlignVCenter)
        return None

    def headerData(self, section, orientation, role=Qt.DisplayRole):
        if orientation == Qt.Horizontal and role == Qt.DisplayRole:
            return say(self.HEADERS[section])
        return None


class _ChipsDelegate(QStyledItemDelegate):
    """Features as bars side by side, as many as there is room for."""

    def paint(self, painter, option, index):
        option = QStyleOptionViewItem(option)
        self.initStyleOption(option, index)
        option.text = ""
        style = option.widget.style()
        style.drawControl(QStyle.CE_ItemViewItem, option, painter, option.widget)
        source = index.model().mapToSource(index)
        painter.setFont(option.font)
        room = option.rect.adjusted(3, 3, -3, -3)
        # heights stand first: a bar is as wide as the words of the longest one and its number
        widest = source.model().widest(option.fontMetrics)
        fit = max(1, room.width() // widest)
        width = min(room.width() // fit, widest + 40)
        for number, chip in enumerate(source.model().chips(source.row())[:fit]):
            rect = QRect(room.x() + number * width, room.y(), width - 5, room.height())
            painter.fillRect(rect, option.palette.base())
            paint_bar(painter, rect, chip, option.palette)


class OWPhotoAggregator(CustomsWidget):
    name = "Bayesian Photo Aggregator"
    description = "Pool the features of all photos of a good, and show which photo says what."
    icon = "icons/PhotoAggregator.svg"
    priority = 30
    keywords = ("bayesian photo aggregator, pooling, group by, several photos, "
                "объединить фото, товар")

    class Inputs:
        features = Input("Features", Table,
                         doc="A row per photo, from Footwear CNN Feature Extractor")

    class Outputs:
        goods = Output("Goods", Table, default=True, dynamic=False,
                       doc="A row per good: its features, of all its photos together")
        contributions = Output("Contributions", Table,
                               doc="A row per photo: what it adds to each feature, in log-odds")
        skipped = Output("Skipped Images", Table,
                         doc="Photos of no good, with the reason")
        selected = Output("Selected Goods", Table, dynamic=False,
                          doc="The rows of Goods of the selected goods")
        annotated = Output(ANNOTATED_DATA_SIGNAL_NAME, Table, dynamic=False,
                           doc="All rows of Goods, and which of them are selected")

    class Error(CustomsWidget.Error):
        no_features = Said(words("no_features"))
        no_good = Said(words("no_good"))
        no_ids = Said(words("no_ids"))
        features = Said(words("said"))
        unexpected = Said(words("unexpected"))

    class Warning(CustomsWidget.Warning):
        no_id = Said(words("no_id"))

    class Information(CustomsWidget.Information):
        cancelled = Said(words("cancelled"))
        guessed = Said(words("guessed"))

    graph_name = "drawing"

    #: Name of the column with the goods' ids.
    good_name: str = Setting("", schema_only=True)
    mode: str = Setting("tempered", schema_only=True)
    auto_rho: bool = Setting(True, schema_only=True)
    rho: float = Setting(.5, schema_only=True)
    auto_apply: bool = Setting(True)
    #: Id of the good whose photos are drawn.
    selected_good: str = Setting("", schema_only=True)

    def __init__(self):
        super().__init__()
        self.data: Table | None = None
        self.results: Results | None = None
        if self.mode not in MODES:
            self.mode = MODES[0]
        self.mode_index = list(EXPLAINED).index(self.mode)
        self._view: FeatureView | None = None
        self._paths: list[str | None] = []
        self._set_up_controls()
        self._set_up_main()
        self._mode_shown()

    # --- window

    def _set_up_controls(self):
        box = group_box(self.controlArea, words("good"))
        self.good_combo = worded(VariableCombo(words("no_good_column")),
                                 toolTip=words("good_tip"))
        self.good_combo.chosen.connect(self._good_chosen)
        box.layout().addWidget(self.good_combo)

        self.mode_buttons = radio(
            self.controlArea, self, "mode_index", [title for title, _ in EXPLAINED.values()],
            words("pooling"), [text for _, text in EXPLAINED.values()],
            callback=self._mode_chosen)
        self.mode_label = QLabel(wordWrap=True)
        self.mode_label.setMinimumWidth(190)
        self.mode_label.setContentsMargins(0, 4, 0, 0)
        self.mode_buttons.layout().addWidget(self.mode_label)

        self.rho_box = group_box(self.controlArea, words("likeness"))
        check(self.rho_box, self, "auto_rho", words("learnt"), words("learnt_tip"),
              callback=self._rho_chosen)
        self.rho_spin = spin(
            self.rho_box, self, "rho", 0, 1, words("rho"), words("rho_tip"), step=.05,
            spinType=float, decimals=2, callback=self._changed)
        gui.rubber(self.controlArea)
        self.buttonsArea.layout().addWidget(self.make_cancel_button(
            self._cancel, words("stop_tip"), passing=True))
        auto_apply(self.buttonsArea, self)

    def _set_up_main(self):
        self.thumbnails = ThumbnailLoader(self)
        self.at_close(self.thumbnails.stop)
        self.goods_model = _GoodsModel(self)
        self.proxy = QSortFilterProxyModel(self, filterCaseSensitivity=Qt.CaseInsensitive,
                                           filterKeyColumn=-1)
        self.proxy.setSourceModel(self.goods_model)
        self.goods_view = view = rows_view(
            self.proxy, words("goods"), higher=10, several=True, cornerButtonEnabled=False,
            textElideMode=Qt.ElideMiddle, tabKeyNavigation=False)
        view.setItemDelegateForColumn(2, _ChipsDelegate(view))
        header = view.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.Interactive)
        header.setSectionResizeMode(1, QHeaderView.ResizeToContents)
        header.setSectionResizeMode(2, QHeaderView.Stretch)
        view.selectionModel().selectionChanged.connect(self._good_selected)
        hint(view, words("connect"))
        self.filter_edit = worded(QLineEdit(clearButtonEnabled=True),
                                  placeholderText=words("filter"))
        self.filter_edit.textChanged.connect(self.proxy.setFilterFixedString)

        self.title = QLabel(textFormat=Qt.RichText, wordWrap=True)
        self.drawing = worded(ContributionsView(self.thumbnails),
                              accessibleName=words("drawing"))
        for part, height in ((view, 60), (self.drawing, 90)):
            part.setMinimumSize(200, height)
        bottom = pile(self.title, self.drawing)
        bottom.layout().setStretch(1, 1)
        self.mainArea.layout().addWidget(splitter(
            Qt.Vertical, pile(self.filter_edit, view), bottom, sizes=(130, 450), stretch=(0, 3)))

    def _mode_shown(self):
        self.mode_label.setText(f"<small>{say(EXPLAINED[self.mode][1])}</small>")
        self.rho_box.setEnabled(self.mode == "tempered")
        self.rho_spin.setEnabled(not self.auto_rho)

    def sizeHint(self):
        return QSize(900, 500)

    # --- inputs and settings

    @Inputs.features
    def set_features(self, data: Table | None):
        self.data = data

    def handleNewSignals(self):
        self.cancel()
        self.clear_messages()
        variables = []
        if self.data is not None:
            if not feature_columns(self.data.domain):
                self.Error.no_features()
            else:
                variables = good_variables(self.data.domain)
                if not variables:
                    self.Error.no_good()
        known = self.good_name in [variable.name for variable in variables]
        # the stored name stays where the data lack it: the column may come back
        self.good_combo.set_variables(variables, self.good_name,
                                      self._likeliest(variables, known) if variables else None)
        self.commit.now()

    def _likeliest(self, variables: list[Variable], known: bool) -> Variable:
        """The column that says it is the good's id, else the class, else a guess."""
        for variable in variables:
            if variable.name in (GOOD_ID, "category"):
                return variable
        for variable in variables:
            if variable in self.data.domain.class_vars:
                return variable
        if not known:
            self.Information.guessed(column=variables[0].name)
        return variables[0]

    @property
    def good(self) -> Variable | None:
        """The column with the goods' ids."""
        return self.good_combo.variable

    def _good_chosen(self, name: str):
        self.good_name = name
        self.Information.guessed.clear()
        self._changed()

    def _mode_chosen(self):
        self.mode = list(EXPLAINED)[self.mode_index]
        self._mode_shown()
        self._changed()

    def _rho_chosen(self):
        self._mode_shown()
        self._changed()

    def _changed(self):
        self.commit.deferred()

    def on_language(self):
        """Another language is spoken: what photos say, and why others can't, is worded again."""
        self._mode_shown()
        if self.data is not None:
            self.commit.deferred()

    # --- running

    @gui.deferred
    def commit(self):
        self.cancel()
        clear(self.Error.no_ids, self.Error.features, self.Error.unexpected, self.Warning.no_id,
              self.Information.cancelled)
        self._show(None)
        if self.data is None or self.good is None \
                or not (len(self.data) or SkippedPhotos.of(self.data).photos):
            self._send(None)
            return
        rho = None if self.auto_rho or self.mode != "tempered" else self.rho
        self.start(run, self.data, self.good, self.mode, rho)

    def _cancel(self):
        self.cancel()
        self.Information.cancelled()
        self._send(None)

    def on_done(self, results: Results):
        if results.goods is None:
            self.Error.no_ids(column=self.good.name)
        elif results.skipped is not None:
            self.Warning.no_id(n=len(results.skipped))
        self._show(results)
        self._send(results)

    def on_exception(self, ex: Exception):
        if isinstance(ex, PoolError):
            self.Error.features(text=Capital(ex.reason))
        else:
            self.Error.unexpected(reason=reason(ex))
        self._send(None)

    def _send(self, results: Results | None):
        self.Outputs.goods.send(None if results is None else results.goods)
        self.Outputs.contributions.send(None if results is None else results.contributions)
        self.Outputs.skipped.send(None if results is None else results.skipped)
        self._send_selected()

    def _send_selected(self):
        goods = self.results.goods if self.results is not None else None
        send_selection(self.Outputs, goods, sorted(
            self.proxy.mapToSource(index).row()
            for index in self.goods_view.selectionModel().selectedRows(0)))

    # --- showing

    def _show(self, results: Results | None):
        self.results = results
        usable = results is not None and results.goods is not None
        self._view = FeatureView(self.data) if usable else None
        self._paths = []
        if usable:
            images = [v for v in image_variables(self.data.domain)
                      if ImageColumn.of(v)]
            if images:
                self._paths = image_paths(self.data, images[0])
        wanted = self.selected_good
        self.goods_model.show(results)
        self.goods_view.resizeColumnToContents(0)
        widest = max(80, self.goods_view.width() // 4)
        if self.goods_view.columnWidth(0) > widest:
            self.goods_view.setColumnWidth(0, widest)
        if not usable:
            self._draw(None)
            return
        ids = results.pooled.good_ids
        row = ids.index(wanted) if wanted in ids else 0
        index = self.proxy.mapFromSource(self.goods_model.index(row, 0))
        self.goods_view.selectionModel().setCurrentIndex(
            index, QItemSelectionModel.ClearAndSelect | QItemSelectionModel.Rows)
        self.goods_view.scrollTo(index)

    def _good_selected(self, *_):
        self._send_selected()
        rows = self.goods_view.selectionModel().selectedRows(0)
        if not rows:
            self._draw(None)
            return
        current = self.goods_view.currentIndex()
        rows = [index for index in rows if index.row() == current.row()] or rows
        row = self.proxy.mapToSource(rows[0]).row()
        self.selected_good = self.results.pooled.good_ids[row]
        self._draw(row)

    def _draw(self, row: int | None):
        if row is None or self.results is None or self.results.goods is None:
            self.title.setText("" if self.results is None else say(words("choose_good")))
            self.drawing.show_good(None)
            return
        pooled, features = self.results.pooled, self.results.pooled.group.features
        columns = feature_columns(self.data.domain, pooled.group)
        photos = np.flatnonzero(pooled.photo_good == row)
        titles = [(os.path.basename(self._paths[i]) if self._paths and self._paths[i]
                   else say(words("photo", n=n))) for n, i in enumerate(photos, start=1)]
        paths = [self._paths[i] if self._paths else None for i in photos]
        self.drawing.show_good(GoodEvidence(
            [name + "*" * made for name, made in
             zip(self._view.names, self._view.made_only, strict=True)],
            [COLOURS[f.fact] for f in features],
            pooled.probabilities[row],
            np.array([FeatureColumn.of(columns[f.id]).prior for f in features]),
            pooled.contributions[photos], self._view.judged[photos],
            list(zip(titles, paths, strict=True))))
        adds_up = self.mode in ("tempered", "paper")
        self.title.setText(say(words("title" if adds_up else "title_no_sum",
                                     good=escape(pooled.good_ids[row]), n=len(photos))))

    def send_report(self):
        if self.data is None or self.good is None:
            return
        self.report_data(say(words("report_photos")), self.data)
        rho = ""
        if self.mode == "tempered":
            rho = say(words("report_rho_learnt")) if self.auto_rho else f"{self.rho:.2f}"
        self.report_items(say(words("pooling")), [
            (say(words("good")), self.good.name),
            (say(words("report_method")), say(EXPLAINED[self.mode][0])), ("ρ", rho)])
        if self.results is not None and self.results.goods is not None:
            self.report_table(say(words("goods")), self.goods_view, indicate_selection=False)
        if tiles := self.drawing.tiles():
            self.report_raw(say(words("report_photos_of", good=escape(self.selected_good))),
                            f"<p>{say(words('report_each'))}</p>"
                            + photos_html(tiles[:MOST], max(0, len(tiles) - MOST)))


if __name__ == "__main__":  # pragma: no cover
    import sys

    from Orange.widgets.utils.widgetpreview import WidgetPreview

    WidgetPreview(OWPhotoAggregator).run(
        set_features=Table(sys.argv[1]) if len(sys.argv) > 1 else None)
