"""The pictures of the documentation: workflows as they are drawn, widgets as they open.

::

    xvfb-run -s "-screen 0 1366x768x24" python tools/screenshots.py [WORD...] [--out FOLDER]
        [--lang en ru] [--dark]

Each workflow that ``screenshots.csv`` names is run to its end, with settings of its own; then its
drawing is saved, and each widget of it that is named, at the size at which it opens. Words choose
pictures by a part of their names. Steps are what a reader would do, by what is written on the
screen: ``row G-011`` selects the first row of a list with that text, ``tab Stages`` opens a page,
``press Run Audit`` presses a button, ``choose high heel`` chooses an entry of a drop-down list; the
words are the English ones, and pictures in another language are taken after the steps. Needs a
screen, a virtual one will do; offscreen Qt draws other fonts.
"""
from __future__ import annotations

import argparse
import csv
import os
import sys
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from orangecontrib.customs.i18n import LANGUAGES, language, set_language

ROOT = Path(__file__).resolve().parents[1]
LIST = Path(__file__).with_suffix(".csv")

#: In the place of a workflow: somebody takes the picture; the steps say of what.
BY_HAND = "by hand"

#: The language of the steps.
STEPS_ARE_IN = "en"

#: Space around a drawing, and how much finer it is drawn than it is shown.
MARGIN, SCALE = 12, 1.25

#: How long (ms) nothing must move before a widget is taken for still.
STILL = 600

#: Longest wait (ms) for a step.
PATIENCE = 120_000


def main(arguments=None) -> int:
    """Take the pictures; 1 if one could not be taken."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("words", nargs="*", help="parts of names of pictures; all without any")
    parser.add_argument("--out", type=Path, default=ROOT, help="folder for them (the project)")
    parser.add_argument("--list", type=Path, default=LIST, help="of the pictures (%(default)s)")
    parser.add_argument("--lang", nargs="+", default=[STEPS_ARE_IN], choices=LANGUAGES,
                        help="of the windows; with several each has a folder below --out")
    parser.add_argument("--dark", action="store_true", help="as in Canvas' theme Breeze Dark")
    options = parser.parse_args(arguments)
    with open(options.list, encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["workflow"] != BY_HAND
                and (not options.words or any(word in row["picture"] for word in options.words))]
    if os.environ.get("QT_QPA_PLATFORM", "").startswith("offscreen"):
        parser.error("needs a screen: xvfb-run, or unset QT_QPA_PLATFORM")
    os.environ.setdefault("QT_QPA_PLATFORM", "xcb")
    registry = _registry()
    if options.dark:
        _darken()
    set_language(STEPS_ARE_IN)
    folders = {name: options.out / (name if len(options.lang) > 1 else "") for name in options.lang}
    failed = False
    for workflow, pictures in groupby(rows, key=lambda row: row["workflow"] or row["widget"]):
        pictures = list(pictures)
        with TemporaryDirectory() as folder:
            path = (ROOT / "workflows" / f"{workflow}.ows" if pictures[0]["workflow"]
                    else _alone(workflow, registry, Path(folder)))
            problems = _take(path, pictures, registry, folders)
        for problem in problems:
            print(f"{workflow}: {problem}", file=sys.stderr)
        failed |= bool(problems)
    return int(failed)


def _registry():
    """The widgets of Orange and its add-ons."""
    from orangecontrib.customs.headless.environment import OwnSettings, prepare_application
    from orangecontrib.customs.headless.runner import discover
    prepare_application()
    with OwnSettings():
        return discover()


def _darken() -> None:
    """What Canvas does when its theme is a dark one."""
    import pyqtgraph
    from AnyQt.QtWidgets import QApplication
    from orangecanvas.styles import breeze_dark
    application, palette = QApplication.instance(), breeze_dark()
    application.setStyle("Fusion")
    application.setPalette(palette)
    application.setProperty("darkMode", True)
    pyqtgraph.setConfigOption("background", palette.base().color().name())
    pyqtgraph.setConfigOption("foreground", palette.windowText().color().name())


def _speak(name: str) -> None:
    """Say all open windows in a language."""
    from orangecontrib.customs.widgets.utils.common.language import changed
    set_language(name)
    changed.happened.emit()


def _alone(name: str, registry, folder: Path) -> Path:
    """A workflow of one widget, which no shipped one has."""
    widget = next(w for w in registry.widgets() if w.name == name)
    path = folder / f"{name}.ows"
    path.write_text(
        f'<scheme version="2.0"><nodes><node id="0" name="{name}" title="{name}" '
        f'qualified_name="{widget.qualified_name}" project_name="Orange3-Customs" '
        'position="(0, 0)"/></nodes><links/></scheme>', encoding="utf-8")
    return path


def _take(path: Path, rows: list[dict], registry, folders: dict[str, Path]) -> list[str]:
    """The pictures of a workflow, in a folder for each language; what went wrong."""
    from orangecontrib.customs.headless.runner import run_workflow
    problems = []

    def look(scheme, widgets):
        for row in rows:
            targets = {name: out / row["picture"] for name, out in folders.items()}
            for target in targets.values():
                target.parent.mkdir(parents=True, exist_ok=True)
            try:
                if row["widget"]:
                    _grab(widgets[row["widget"]], row["steps"], targets)
                else:  # its notes are in both languages
                    _draw(scheme, registry, next(iter(targets.values())))
            except Exception as error:  # a picture that fails leaves the others alone
                problems.append(f"{row['picture']}: {type(error).__name__} {error}")
            else:
                print(row["picture"], flush=True)

    outcome = run_workflow(path, registry=registry, before_close=look, timeout=1800)
    return problems + [f"{message.widget}: {message.text}" for message in outcome.messages
                       if message.level == "Error"]


def _draw(scheme, registry, target: Path) -> None:
    """A workflow as Canvas draws it."""
    from AnyQt.QtCore import QRectF, Qt
    from AnyQt.QtGui import QImage, QPainter
    from orangecanvas.canvas.scene import CanvasScene
    from orangecanvas.registry.qt import QtWidgetRegistry
    scene = CanvasScene()
    scene.set_registry(QtWidgetRegistry(registry))
    scene.set_scheme(scheme)
    scene.clearSelection()
    _settle(lambda: len(scene.items()))
    area = scene.itemsBoundingRect().adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
    image = QImage(round(area.width() * SCALE), round(area.height() * SCALE),
                   QImage.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setRenderHints(QPainter.Antialiasing | QPainter.TextAntialiasing)
    scene.render(painter, QRectF(image.rect()), area)
    painter.end()
    image.save(str(target))
    scene.clear_scene()
    # few colours: a third of the size
    Image.open(target).quantize(128, dither=Image.Dither.NONE).save(target, optimize=True)


def _grab(widget, steps: str, targets: dict[str, Path]) -> None:
    """A widget at the size at which it opens, after some steps."""
    widget.show()
    widget.raise_()
    _settle(lambda: _look(widget))
    for step in filter(None, map(str.strip, steps.split(";"))):
        verb, _, what = step.partition(" ")
        STEPS[verb](widget, what)
        _settle(lambda: _look(widget))
    for name, target in targets.items():
        if language() != name:
            _speak(name)
            _settle(lambda: _look(widget))
        widget.grab().save(str(target))
    widget.hide()
    if language() != STEPS_ARE_IN:
        _speak(STEPS_ARE_IN)


def _look(widget) -> object:
    """What a widget looks like, as a number; nothing like before while it is at work."""
    if widget.processingState or widget.isInvalidated():
        return object()
    image = widget.grab().toImage()
    return hash(image.bits().asstring(image.sizeInBytes()))


def _settle(state) -> None:
    """Let events run until nothing changes for a while."""
    from AnyQt.QtTest import QTest
    before, still, waited = None, 0, 0
    while still < STILL:
        QTest.qWait(100)
        now = state()
        still = still + 100 if now == before else 0
        before, waited = now, waited + 100
        if waited > PATIENCE:
            raise TimeoutError("does not come to rest")


def _row(widget, text: str) -> None:
    """Select the first row with the text in it."""
    from AnyQt.QtCore import QItemSelectionModel as Selection
    from AnyQt.QtCore import Qt
    from AnyQt.QtWidgets import QAbstractItemView
    for view in widget.findChildren(QAbstractItemView):
        model = view.model()
        if model is None or not view.isVisible():
            continue
        column = -1
        while model.index(0, column := column + 1).isValid():
            found = model.match(model.index(0, column), Qt.ItemDataRole.DisplayRole, text, 1,
                                Qt.MatchFlag.MatchContains | Qt.MatchFlag.MatchRecursive)
            if found:
                view.setCurrentIndex(found[0])
                view.selectionModel().select(found[0], Selection.ClearAndSelect | Selection.Rows)
                view.scrollTo(found[0])
                return
    raise LookupError(f"no row with {text!r}")


def _tab(widget, text: str) -> None:
    """Open the page with that title."""
    from AnyQt.QtWidgets import QTabWidget
    for tabs in widget.findChildren(QTabWidget):
        for number in range(tabs.count()):
            if tabs.tabText(number).startswith(text):
                tabs.setCurrentIndex(number)
                return
    raise LookupError(f"no page {text!r}")


def _press(widget, text: str) -> None:
    """Press the button, or tick the box, with that text."""
    from AnyQt.QtWidgets import QAbstractButton
    for button in widget.findChildren(QAbstractButton):
        if button.text().replace("&", "").startswith(text) and button.isVisible():
            button.click()
            return
    raise LookupError(f"no button {text!r}")


def _choose(widget, text: str) -> None:
    """Choose the entry with that text in a drop-down list."""
    from AnyQt.QtCore import Qt
    from AnyQt.QtWidgets import QComboBox
    for combo in widget.findChildren(QComboBox):
        number = combo.findText(text, Qt.MatchFlag.MatchContains)
        if number >= 0 and combo.isVisible():
            combo.setCurrentIndex(number)
            combo.activated[int].emit(number)
            return
    raise LookupError(f"no entry {text!r}")


STEPS = {"row": _row, "tab": _tab, "press": _press, "choose": _choose}


if __name__ == "__main__":
    # threads of Qt's web views outlive their pages
    from orangecontrib.customs.headless.environment import leave
    leave(main())
