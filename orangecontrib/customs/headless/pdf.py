"""Pages of HTML on paper, by Qt: a PDF, or a printer.  Needs Qt, but no window.

What is printed asks for no file and no address: pictures are data inside the pages.
"""
from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator

__all__ = ["FontError", "application", "paint_pages", "pdf_of", "quiet_document", "set_paper"]

#: Fonts with Cyrillic letters, the first that is there.
FONTS = ("DejaVu Sans", "Noto Sans", "Liberation Sans", "Segoe UI", "Arial", "Helvetica Neue")
#: A page is made smaller by so much at most to hold a good; what is longer takes another one.
SCALES = (1., .95, .9, .85, .8, .75, .7)
#: Margins of a page in mm: left and right, top and bottom.
SIDES, ENDS = 15, 11
#: Dots per inch.
RESOLUTION = 300


class FontError(RuntimeError):
    """There is no font with Cyrillic letters; says what to install."""


_application = None  # Qt deletes an application that nobody holds


def application():
    """The process' Qt application; one without windows where there is none."""
    global _application
    from AnyQt.QtCore import QCoreApplication
    if QCoreApplication.instance() is None:
        if sys.platform.startswith("linux") and not (
                os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        from AnyQt.QtGui import QGuiApplication
        _application = QGuiApplication(["orange-customs"])
    return QCoreApplication.instance()


def _family() -> str:
    """A font with Cyrillic letters: of the system, else the one that comes with Matplotlib."""
    from AnyQt.QtGui import QFontDatabase
    known = set(QFontDatabase.families(QFontDatabase.Cyrillic))
    if not known:
        known = _bundled()
    if not known:
        raise FontError("there is no font with Cyrillic letters: install one, DejaVu Sans for "
                        "example")
    return next((name for name in FONTS if name in known), min(known))


def _bundled() -> set[str]:
    from AnyQt.QtGui import QFontDatabase
    try:
        import matplotlib
    except ImportError:
        return set()
    folder = os.path.join(matplotlib.get_data_path(), "fonts", "ttf")
    added = [QFontDatabase.addApplicationFont(os.path.join(folder, name))
             for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSans-Oblique.ttf")]
    return {family for id_ in added if id_ >= 0
            for family in QFontDatabase.applicationFontFamilies(id_)}


def quiet_document(html: str, device=None):
    """A text document that loads nothing but the pictures that it holds.

    Parameters
    ----------
    html : str
    device : QPaintDevice, optional
        On which it will be painted; a screen by default.
    """
    from AnyQt.QtCore import QUrl
    from AnyQt.QtGui import QFont, QTextDocument, QTextOption

    class Quiet(QTextDocument):
        def loadResource(self, kind, name):
            return super().loadResource(kind, name) if QUrl(name).scheme() == "data" else None

    document = Quiet()
    document.setUndoRedoEnabled(False)
    document.setDocumentMargin(0)
    font = QFont(_family())
    font.setPointSizeF(8.5)
    font.setHintingPreference(QFont.PreferNoHinting)
    # any spacing switches ligatures off, by which "classification" is not found in a PDF
    font.setLetterSpacing(QFont.AbsoluteSpacing, .02)
    document.setDefaultFont(font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapAtWordBoundaryOrAnywhere)
    document.setDefaultTextOption(option)
    if device is not None:
        document.documentLayout().setPaintDevice(device)
    document.setHtml(html)
    return document


def paint_pages(device, pages: Iterable[tuple[str, str]],
                stopped: Callable[[], bool] | None = None) -> int:
    """Paint pages on a paged device that is not painted on yet; returns how many sheets.

    Parameters
    ----------
    device : QPdfWriter or QPrinter
        Its size and margins are taken as they are.
    pages : iterable of (str, str)
        What stands in the corner, and the HTML of each good.
    stopped : callable, optional
        Asked before each page.
    """
    from AnyQt.QtGui import QPainter
    painter, sheets = None, 0
    try:
        for name, html in pages:
            if stopped is not None and stopped():
                break
            for sheet in _sheets(device, html):
                if painter is None:
                    painter = QPainter(device)
                else:
                    device.newPage()
                sheets += 1
                sheet(painter)
                _corner(painter, device, name, sheets)
    finally:
        if painter is not None:
            painter.end()
    return sheets


def _sheets(device, html: str) -> Iterator[Callable]:
    """What paints each sheet that a good takes: one, but for endless texts."""
    from AnyQt.QtCore import QRectF
    width, height = device.width(), device.height() - _below(device)
    document = quiet_document(html, device)
    for scale in SCALES:
        document.setTextWidth(width / scale)
        if document.size().height() * scale <= height:
            break
    step = height / scale
    count = max(1, -int(-document.size().height() // step))

    def sheet(number: int) -> Callable:
        def paint(painter):
            painter.save()
            painter.scale(scale, scale)
            painter.translate(0, -number * step)
            document.drawContents(painter, QRectF(0, number * step, width / scale, step))
            painter.restore()
        return paint
    yield from map(sheet, range(count))


def _below(device) -> int:
    """The room for the number of the page."""
    return round(device.logicalDpiY() * .2)


def _corner(painter, device, name: str, sheet: int) -> None:
    from AnyQt.QtCore import QRectF, Qt
    from AnyQt.QtGui import QColor, QFont
    painter.save()
    font = QFont(_family())
    font.setPointSizeF(7)
    painter.setFont(font)
    painter.setPen(QColor("#5d6267"))
    room = QRectF(0, device.height() - _below(device), device.width(), _below(device))
    text = painter.fontMetrics().elidedText(name, Qt.ElideMiddle, int(.8 * room.width()))
    painter.drawText(room, Qt.AlignLeft | Qt.AlignBottom, text)
    painter.drawText(room, Qt.AlignRight | Qt.AlignBottom, str(sheet))
    painter.restore()


def set_paper(device) -> None:
    """A4 upright, with the margins of the conclusions."""
    from AnyQt.QtCore import QMarginsF
    from AnyQt.QtGui import QPageLayout, QPageSize
    device.setPageLayout(QPageLayout(QPageSize(QPageSize.A4), QPageLayout.Portrait,
                                     QMarginsF(SIDES, ENDS, SIDES, ENDS),
                                     QPageLayout.Millimeter))


def pdf_of(pages: Iterable[tuple[str, str]], title: str = "",
           stopped: Callable[[], bool] | None = None) -> bytes:
    """The PDF of pages, with the fonts that it needs inside.

    Parameters
    ----------
    pages, stopped
        As in :func:`paint_pages`.
    title : str
        Of the whole, as viewers show it.

    Raises
    ------
    FontError
        There is no font with Cyrillic letters.
    """
    from AnyQt.QtCore import QBuffer, QIODevice
    from AnyQt.QtGui import QPdfWriter
    application()
    buffer = QBuffer()
    buffer.open(QIODevice.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(RESOLUTION)
    writer.setTitle(title)
    writer.setCreator("Orange3-Customs")
    set_paper(writer)
    if not paint_pages(writer, pages, stopped):
        raise ValueError("there is no page")
    return _with_spaces(bytes(buffer.data()))


#: The tables that say which letters the glyphs of a font are.
_LETTERS = re.compile(rb"begincmap.*?endcmap", re.S)


def _with_spaces(pdf: bytes) -> bytes:
    """What is copied from a PDF has spaces: Qt says that the glyph of a space is a tab.

    Pasted into a sheet, a code would fall apart into cells.
    """
    return _LETTERS.sub(lambda letters: re.sub(
        rb"\[[^\]]*\]", lambda some: some[0].replace(b"<0009>", b"<0020>"), letters[0]), pdf)
