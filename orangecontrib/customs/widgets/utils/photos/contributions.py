"""A drawing of what each photo of a good says: signed bars, feature by feature."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from AnyQt.QtCore import QAbstractTableModel, QModelIndex, QRect, QSize, Qt
from AnyQt.QtGui import QColor, QFontMetrics, QPainter, QPalette, QPen
from AnyQt.QtWidgets import QAbstractItemView, QHeaderView, QLabel, QStyledItemDelegate, QTableView

from orangecontrib.customs.i18n import say
from orangecontrib.customs.photos.chips import Chip
from orangecontrib.customs.widgets.utils.common.theme import theme
from orangecontrib.customs.widgets.utils.common.wording import room, worded
from orangecontrib.customs.widgets.utils.photos.gallery import Tile
from orangecontrib.customs.widgets.utils.photos.thumbnails import ThumbnailLoader, paint_thumbnail

__all__ = ["GoodEvidence", "ContributionsView"]

words = room("contributions")

THUMBNAIL = 64
#: Features of each photo that a report names.
TOLD = 3


@dataclass(frozen=True)
class GoodEvidence:
    """All that is drawn for one good.

    Attributes
    ----------
    names, colours : list of str, length n_features
    probabilities, priors : ndarray, shape (n_features,)
        Pooled P, and P before any photo was seen.
    contributions : ndarray, shape (n_photos, n_features)
        Signed log-odds.
    judged : ndarray of bool, shape (n_photos, n_features)
    photos : list of (title, path or None)
    """

    names: list[str]
    colours: list[str]
    probabilities: np.ndarray
    priors: np.ndarray
    contributions: np.ndarray
    judged: np.ndarray
    photos: list[tuple[str, str | None]]


class _Model(QAbstractTableModel):
    def __init__(self, parent=None):
        super().__init__(parent)
        self.good: GoodEvidence | None = None

    def show(self, good: GoodEvidence | None):
        self.beginResetModel()
        self.good = good
        self.endResetModel()

    def rowCount(self, parent=QModelIndex()):  # noqa: B008 – Qt's own signature
        return 0 if parent.isValid() or self.good is None else len(self.good.names)

    def columnCount(self, parent=QModelIndex()):  # noqa: B008
        return 0 if parent.isValid() or self.good is None else len(self.good.photos)

    def data(self, index, role=Qt.DisplayRole):
        if self.good is None or not index.isValid():
            return None
        feature, photo = index.row(), index.column()
        value = float(self.good.contributions[photo, feature])
        if role == Qt.DisplayRole:
            return f"{value:+.2f}"
        if role == Qt.ToolTipRole:
            judged = "" if self.good.judged[photo, feature] \
                else f"<br><i>{say(words('hardly'))}</i>"
            said = say(words("nothing") if abs(value) < .005
                       else words("for" if value > 0 else "against", value=value))
            return (f"<b>{self.good.names[feature]}</b><br>{self.good.photos[photo][0]} "
                    f"{said}{judged}")
        return None

    def headerData(self, section, orientation, role=Qt.DisplayRole):
        if self.good is None or section < 0:
            return None
        if orientation == Qt.Horizontal and section < len(self.good.photos):
            if role in (Qt.DisplayRole, Qt.ToolTipRole):
                return self.good.photos[section][0]
        elif orientation == Qt.Vertical and section < len(self.good.names):
            if role == Qt.DisplayRole:
                return self.good.names[section]
            if role == Qt.ToolTipRole:
                return f"<b>{self.good.names[section]}</b><br>" + say(words(
                    "together", p=self.good.probabilities[section],
                    prior=self.good.priors[section]))
        return None


#: The shortest bar with a number, in nats: others would be told as 0.0.
TOLD_FROM = .05


class _BarDelegate(QStyledItemDelegate):
    """A bar from the middle: to the right speaks for, to the left against."""

    scale = 1.

    def paint(self, painter: QPainter, option, index):
        good = index.model().good
        feature, photo = index.row(), index.column()
        value = good.contributions[photo, feature]
        judged = good.judged[photo, feature]
        rect = option.rect
        painter.save()
        _stripe(painter, rect, feature, option.palette)
        half = rect.width() // 2 - 5
        middle = rect.center().x()
        line = QColor(option.palette.color(QPalette.Text))
        line.setAlpha(50)
        painter.setPen(line)
        painter.drawLine(middle, rect.top(), middle, rect.bottom())
        length = round(half * min(abs(value) / self.scale, 1))
        colour = QColor(good.colours[feature] if value > 0 else "#8a8a8a")
        if not judged:
            colour.setAlpha(90)
        bar = QRect(middle if value > 0 else middle - length, rect.y() + 3, length,
                    rect.height() - 6)
        painter.fillRect(bar, colour)
        if abs(value) >= TOLD_FROM:
            font = option.font
            font.setPointSizeF(max(font.pointSizeF() * .8, 6))
            painter.setFont(font)
            painter.setPen(theme(option.palette).text)  # of quiet ones a stripe takes too much
            # the number stands on the empty side of the middle line
            side = rect.adjusted(2, 0, -rect.width() // 2 - 3, 0) if value > 0 \
                else rect.adjusted(rect.width() // 2 + 3, 0, -2, 0)
            painter.drawText(side, int(Qt.AlignVCenter | (Qt.AlignRight if value > 0
                                                          else Qt.AlignLeft)), f"{value:+.1f}")
        painter.restore()


def _stripe(painter, rect, row, palette):
    if row % 2:
        shade = QColor(palette.color(QPalette.Text))
        shade.setAlpha(9)
        painter.fillRect(rect, shade)


class _PhotoHeader(QHeaderView):
    """Thumbnails above the columns."""

    def __init__(self, loader: ThumbnailLoader, parent=None):
        super().__init__(Qt.Horizontal, parent)
        self._loader = loader
        self.setDefaultSectionSize(THUMBNAIL + 24)
        self.setSectionResizeMode(QHeaderView.Fixed)
        loader.ready.connect(self._repaint)

    def _repaint(self, _):
        self.viewport().update()

    def sizeHint(self):
        good = self.model().good if self.model() is not None else None
        pictures = good is not None and any(path for _, path in good.photos)
        return QSize(100, self.fontMetrics().height() + 8 + (THUMBNAIL + 4) * pictures)

    def paintSection(self, painter: QPainter, rect: QRect, section: int):
        good = self.model().good
        if good is None or section >= len(good.photos):
            return
        title, path = good.photos[section]
        line = self.fontMetrics().height() + 4
        painter.save()
        painter.fillRect(rect, self.palette().color(QPalette.Base))
        if path:
            paint_thumbnail(painter, QRect(rect.x(), rect.y() + 4, rect.width(), THUMBNAIL),
                            self._loader.get(path), self.palette())
        font = self.font()
        font.setPointSizeF(max(font.pointSizeF() * .85, 6))
        painter.setFont(font)
        painter.setPen(self.palette().color(QPalette.Text))
        painter.drawText(QRect(rect.x() + 2, rect.bottom() - line, rect.width() - 4, line),
                         int(Qt.AlignCenter), QFontMetrics(font).elidedText(
                             title, Qt.ElideMiddle, rect.width() - 6))
        painter.restore()


class _FeatureHeader(QHeaderView):
    """Names of features with the pooled probability as a bar and the prior as a tick."""

    def __init__(self, parent=None):
        super().__init__(Qt.Vertical, parent)
        self.setDefaultSectionSize(self.fontMetrics().height() + 5)
        self.setSectionResizeMode(QHeaderView.Fixed)

    def _widths(self):
        good = self.model().good if self.model() is not None else None
        metrics = self.fontMetrics()
        names = good.names if good is not None else [""]
        bold = self.font()
        bold.setBold(True)  # what is likelier than not
        name = min(max(map(QFontMetrics(bold).horizontalAdvance, names)) + 16, 220)
        number = metrics.horizontalAdvance("0.00") + 10
        # in a narrow window the photos need the room more than names and bars do
        bar = 84 if self.parent().width() > 420 else 40
        name = min(name, max(70, round(.6 * self.parent().width()) - bar - number))
        return name, bar, number

    def sizeHint(self):
        return QSize(sum(self._widths()), 100)

    def paintSection(self, painter: QPainter, rect: QRect, section: int):
        good = self.model().good
        if good is None or section >= len(good.names):
            return
        name, _, number = self._widths()
        p, prior = float(good.probabilities[section]), float(good.priors[section])
        text = self.palette().color(QPalette.Text)
        painter.save()
        painter.fillRect(rect, self.palette().color(QPalette.Base))
        _stripe(painter, rect, section, self.palette())
        font = self.font()
        font.setBold(p >= .5)
        painter.setFont(font)
        painter.setPen(text)
        painter.drawText(QRect(rect.x() + 6, rect.y(), name - 8, rect.height()),
                         int(Qt.AlignLeft | Qt.AlignVCenter), QFontMetrics(font).elidedText(
                             good.names[section], Qt.ElideRight, name - 8))
        track = QRect(rect.x() + name, rect.y() + 4, rect.width() - name - number,
                      rect.height() - 8)
        shade = QColor(text)
        shade.setAlpha(20)
        painter.fillRect(track, shade)
        painter.fillRect(QRect(track.x(), track.y(), round(track.width() * p), track.height()),
                         QColor(good.colours[section]))
        tick = track.x() + round((track.width() - 1) * prior)
        painter.setPen(QPen(text, 2))
        painter.drawLine(tick, track.top() - 2, tick, track.bottom() + 2)
        painter.setPen(text)
        painter.drawText(QRect(rect.right() - number, rect.y(), number - 5, rect.height()),
                         int(Qt.AlignRight | Qt.AlignVCenter), f"{p:.2f}")
        painter.restore()


class ContributionsView(QTableView):
    """Features down, photos across; the headers stay in sight while one scrolls."""

    def __init__(self, loader: ThumbnailLoader, parent=None):
        super().__init__(
            parent, showGrid=False, cornerButtonEnabled=False,
            editTriggers=QAbstractItemView.NoEditTriggers,
            selectionMode=QAbstractItemView.NoSelection,
            horizontalScrollMode=QAbstractItemView.ScrollPerPixel,
            verticalScrollMode=QAbstractItemView.ScrollPerPixel)
        self._delegate = _BarDelegate(self)
        self._model = _Model(self)
        self.setHorizontalHeader(_PhotoHeader(loader, self))
        self.setVerticalHeader(_FeatureHeader(self))
        self.setModel(self._model)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            # where there are no sections left, the style would paint grey
            header.setStyleSheet("QHeaderView { background: palette(base); }")
        self.setItemDelegate(self._delegate)
        self._corner = worded(QLabel(
            self, textFormat=Qt.RichText, wordWrap=True, margin=6, autoFillBackground=True,
            alignment=Qt.AlignLeft | Qt.AlignTop), text=words("corner"),
            toolTip=words("corner_tip"))
        self._corner.setBackgroundRole(QPalette.Base)
        self.show_good(None)

    def resizeEvent(self, event):
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self):
        height = self.horizontalHeader().sizeHint().height()
        width = self.verticalHeader().sizeHint().width()
        self.horizontalHeader().setFixedHeight(height)
        self.verticalHeader().setFixedWidth(width)
        self.updateGeometries()
        frame = self.frameWidth()
        self._corner.setGeometry(frame, frame, width, height)
        self._corner.setVisible(self._model.good is not None and height > 60)

    def tiles(self) -> list[Tile]:
        """The photos of the good that is drawn, with the features for which each says most."""
        good = self._model.good
        return [] if good is None else [
            Tile(path or "", title, tuple(
                Chip(good.names[i], float(row[i]), good.colours[i])
                for i in np.argsort(-np.abs(row), kind="stable")[:TOLD] if row[i]))
            for (title, path), row in zip(good.photos, good.contributions)]

    def show_good(self, good: GoodEvidence | None):
        """Draw this good; None for nothing."""
        # one scale per good, not finer than 2: tiny evidence must look tiny
        biggest = 0. if good is None else np.abs(good.contributions).max(initial=0)
        self._delegate.scale = max(2., float(biggest))
        self._model.show(good)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setVisible(good is not None)  # else the style paints a corner of nothing
        # header sizes depend on the names and on whether there are pictures
        self._lay_out()
