"""The conclusion on a good in a window: to look at, to save as PDF or HTML, to print.

:func:`open_for` is all that a widget needs.
"""
from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from AnyQt.QtCore import Qt
from AnyQt.QtGui import QGuiApplication
from AnyQt.QtPrintSupport import QPrintDialog, QPrinter, QPrintPreviewWidget
from AnyQt.QtWidgets import (
    QButtonGroup,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QProgressDialog,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from orangecontrib.customs.cases.conclusion import (
    Exhibit,
    conclusion_of,
    document,
    page,
    title_of_all,
)
from orangecontrib.customs.cases.workbook import workbook_rows, write_workbook
from orangecontrib.customs.files import Output, OutputError
from orangecontrib.customs.headless.pdf import FontError, paint_pages, pdf_of, set_paper
from orangecontrib.customs.i18n import language, say, speaking
from orangecontrib.customs.widgets.utils.common.controls import choice, push
from orangecontrib.customs.widgets.utils.common.language import TITLES
from orangecontrib.customs.widgets.utils.common.wording import room, worded

__all__ = ["ConclusionDialog", "open_for", "report_html"]

#: A name of its own: ``conclusion`` are the words of the page itself.
words = room("conclusiondialog")
common = room("common")
#: Languages of conclusions to choose from.
LANGUAGE_TITLES = {name: title for name, title in TITLES.items() if name}
PAGES = {"PDF (*.pdf)": ".pdf", "HTML (*.html)": ".html"}
WORKBOOK = {"Excel (*.xlsx)": ".xlsx"}
#: More pages than this are made with a progress that can be cancelled.
QUICK = 3


def open_for(widget: QWidget, exhibits: Sequence[Exhibit], chosen: int = 0) -> ConclusionDialog:
    """Open a window with the conclusion on a good; it goes with the widget.

    Parameters
    ----------
    widget : QWidget
        Over which it opens.
    exhibits : sequence of Exhibit
        All goods of the widget: see :func:`..cases.conclusion.exhibits_of`.
    chosen : int
        The good that is shown first.
    """
    dialog = ConclusionDialog(exhibits, chosen, widget)
    dialog.setAttribute(Qt.WA_DeleteOnClose)
    dialog.show()
    return dialog


def report_html(exhibit: Exhibit) -> str:
    """The conclusion on a good for Orange's report, in the language that is spoken."""
    return page(conclusion_of(exhibit))


class ConclusionDialog(QDialog):
    """Conclusions, one page at a time.

    Parameters
    ----------
    exhibits : sequence of Exhibit
    chosen : int
    parent : QWidget, optional
    """

    #: Where files were saved last.
    folder = Path.home()

    def __init__(self, exhibits: Sequence[Exhibit], chosen: int = 0, parent: QWidget | None = None):
        super().__init__(parent)
        self.exhibits = list(exhibits)
        self.row = min(max(chosen, 0), len(self.exhibits) - 1)
        self.printer = QPrinter(QPrinter.HighResolution)
        set_paper(self.printer)
        self.preview = QPrintPreviewWidget(self.printer)
        self.preview.paintRequested.connect(self._paint)
        self._init_controls()
        self.preview.fitToWidth()
        screen = QGuiApplication.primaryScreen().availableSize()
        self.resize(min(780, screen.width()), min(940, round(.9 * screen.height())))
        self._show_good()

    def _init_controls(self):
        self.place = QLabel()
        self.back_button = push(None, words("previous"), lambda: self._step(-1))
        self.next_button = push(None, words("next"), lambda: self._step(1))
        self.language_combo = choice(LANGUAGE_TITLES.items(), language(),
                                     tooltip=words("language_tip"))
        self.language_combo.currentIndexChanged.connect(lambda _: self.preview.updatePreview())
        top = QHBoxLayout()
        for each in (self.back_button, self.next_button, self.place):
            top.addWidget(each)
        top.addStretch()
        top.addWidget(worded(QLabel(), text=words("language")))
        top.addWidget(self.language_combo)

        self.one = worded(QRadioButton(checked=True), text=words("one"))
        self.all = worded(QRadioButton(), text=words("all", n=len(self.exhibits)))
        self.scope = QButtonGroup(self)
        self.save_button = push(None, common("save"), self._save, words("save_tip"))
        self.print_button = push(None, words("print"), self._print)
        self.codes_button = push(None, words("codes"), self._save_codes, words("codes_tip"))
        self.close_button = push(None, common("close"), self.close)
        self.save_button.setDefault(True)
        bottom = QHBoxLayout()
        for each in (self.one, self.all):
            self.scope.addButton(each)
            bottom.addWidget(each)
        bottom.addStretch()
        for each in (self.codes_button, self.print_button, self.save_button, self.close_button):
            bottom.addWidget(each)
        layout = QVBoxLayout(self)
        layout.addLayout(top)
        layout.addWidget(self.preview)
        layout.addLayout(bottom)

    # -- what is shown

    @property
    def exhibit(self) -> Exhibit:
        return self.exhibits[self.row]

    def _step(self, by: int):
        self.row = min(max(self.row + by, 0), len(self.exhibits) - 1)
        self._show_good()

    def _show_good(self):
        key = self.exhibit.verdict.key
        shown = key if len(key) <= 40 else f"{key[:20]}…{key[-18:]}"
        worded(self.place, text=words("place", row=self.row + 1, n=len(self.exhibits),
                                      good=shown))
        self.place.setTextFormat(Qt.PlainText)
        self.back_button.setEnabled(self.row > 0)
        self.next_button.setEnabled(self.row + 1 < len(self.exhibits))
        worded(self, windowTitle=words("window", good=shown))
        self.preview.updatePreview()

    def _paint(self, printer: QPrinter):
        try:
            paint_pages(printer, self._pages([self.exhibit]))
        except FontError as error:
            QMessageBox.critical(self, say(words("title")), str(error))

    def _pages(self, exhibits: Sequence[Exhibit], progress: QProgressDialog | None = None
               ) -> Iterator[tuple[str, str]]:
        for done, exhibit in enumerate(exhibits):
            if progress is not None:
                progress.setValue(done)
            with speaking(self.language_combo.currentData()):
                conclusion = conclusion_of(exhibit)
                html = page(conclusion)
            yield conclusion.good, html

    # -- files and paper

    def _chosen(self) -> list[Exhibit]:
        return [self.exhibit] if self.one.isChecked() else self.exhibits

    def _save(self):
        chosen = self._chosen()
        path = self._path("conclusions" if len(chosen) > 1 else self.exhibit.verdict.key, PAGES)
        if path is None:
            return
        progress = self._progress(chosen)
        try:
            with Output(path) as place:
                if path.suffix.lower() == ".pdf":
                    with speaking(self.language_combo.currentData()):
                        title = title_of_all()
                    parts = [pdf_of(self._pages(chosen, progress), title,
                                    progress.wasCanceled if progress else None)]
                else:
                    parts = self._html(chosen, progress)
                for part in parts:
                    place.write(part)
                if progress is not None and progress.wasCanceled():
                    raise _Cancelled
        except _Cancelled:
            pass
        except (OutputError, FontError, ValueError) as error:
            if progress is None or not progress.wasCanceled():
                QMessageBox.critical(self, say(words("title")), str(error))
        finally:
            if progress is not None:
                progress.close()

    def _html(self, exhibits: Sequence[Exhibit], progress: QProgressDialog | None
              ) -> Iterator[str]:
        parts = document(exhibits)
        for done in range(len(exhibits) + 2):
            if progress is not None:
                progress.setValue(min(done, len(exhibits) - 1))
                if progress.wasCanceled():
                    return
            with speaking(self.language_combo.currentData()):
                part = next(parts)
            yield part

    def _save_codes(self):
        path = self._path("codes", WORKBOOK)
        if path is None:
            return
        case = self.exhibit.case
        try:
            with speaking(self.language_combo.currentData()), Output(path) as place:
                file = io.BytesIO()
                write_workbook(file, workbook_rows(case, [e.verdict for e in self.exhibits]))
                place.write(file.getvalue())
        except (OutputError, ValueError) as error:
            QMessageBox.critical(self, say(words("title")), str(error))

    def _print(self):
        dialog = QPrintDialog(self.printer, self)
        if dialog.exec() != QDialog.Accepted:
            return
        chosen = self._chosen()
        progress = self._progress(chosen)
        try:
            paint_pages(self.printer, self._pages(chosen, progress),
                        progress.wasCanceled if progress else None)
        except FontError as error:
            QMessageBox.critical(self, say(words("title")), str(error))
        finally:
            if progress is not None:
                progress.close()

    def _progress(self, exhibits: Sequence[Exhibit]) -> QProgressDialog | None:
        if len(exhibits) <= QUICK:
            return None
        progress = QProgressDialog(say(words("writing")), say(common("cancel")), 0,
                                   len(exhibits), self)
        progress.setWindowModality(Qt.WindowModal)
        progress.setMinimumDuration(500)
        return progress

    def _path(self, name: str, filters: dict[str, str]) -> Path | None:
        """Where to save, with an ending that says what; None where nothing was chosen."""
        endings = tuple(filters.values())
        name = re.sub(r'[\x00-\x1f<>:"/\\|?*]', "_", name)[:80].strip(". ") or "conclusion"
        text, chosen = QFileDialog.getSaveFileName(
            self, say(words("save_title")), str(self.folder / f"{name}{endings[0]}"),
            ";;".join(filters))
        if not text:
            return None
        path = Path(text)
        if path.suffix.lower() not in endings:
            path = path.with_name(path.name + filters.get(chosen, endings[0]))
        type(self).folder = path.parent
        return path


class _Cancelled(Exception):
    """Saving was cancelled: the file stays as it was."""
