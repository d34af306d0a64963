"""An analyst at a real Canvas, in a process of its own: run by test_canvas.py.

    python analyst.py FOLDER [arguments of orange-canvas ...]

FOLDER has ``goods.xlsx`` and ``photos/``.  Says ``key value`` lines of what was seen.
"""
import os
import sys
import time
from pathlib import Path

from AnyQt.QtCore import (
    QT_VERSION_INFO,
    QMimeData,
    QPoint,
    QPointF,
    QSettings,
    Qt,
    QTimer,
    QUrl,
)
from AnyQt.QtGui import QDragEnterEvent, QDropEvent
from AnyQt.QtTest import QTest
from AnyQt.QtWidgets import QApplication, QDialog, QFileDialog, QMessageBox, QPushButton, QWidget
from looking import faults

from orangecontrib.customs.headless.canvas import _Main

FOLDER = Path(sys.argv[1])
PREFIX = "orangecontrib.customs.widgets."
#: Seconds after which it is told what was waited for.
PATIENCE = 300
QT6 = QT_VERSION_INFO >= (6,)
asked = []


def say(key, *words):
    print(key, *words, sep="\t", file=sys.__stdout__, flush=True)  # Canvas puts its own before


class Steps:
    """Goes on with a generator that yields what has to be true before it goes on."""

    def __init__(self, steps):
        self._steps, self._until, self._since = steps, lambda: True, time.monotonic()
        self._timer = QTimer(interval=50, timeout=self._look)
        self._timer.start()

    def _look(self):
        try:
            if not self._until():
                if time.monotonic() - self._since > PATIENCE:
                    raise TimeoutError(repr(self._until))
                return
            self._timer.stop()
            self._until, self._since = next(self._steps), time.monotonic()
            self._timer.start()
        except StopIteration:
            if QT6:  # which may crash while it is taken apart
                os._exit(0)
            QApplication.exit(0)
        except BaseException as error:  # noqa: BLE001 – said, and the end
            import traceback
            traceback.print_exc()
            say("failed", repr(error), *asked)
            QApplication.exit(1)


def windows():
    return [w for w in QApplication.topLevelWidgets() if hasattr(w, "widget_registry")
            and w.isVisible()]


def close(window):
    window.current_document().setModified(False)
    window.close()


def idle(scheme):
    widgets = [scheme.widget_for_node(node) for node in scheme.nodes]
    return not scheme.signal_manager.has_pending() and all(
        getattr(widget, "task", None) is None and not widget.isInvalidated()
        for widget in widgets)


def drop(document, path, at, name):
    """Drop a file on the canvas, as the mouse does, and choose among the widgets that take it."""
    def choose():
        popup = QApplication.activePopupWidget()
        if popup is None:
            return
        action, = (action for action in popup.actions() if name in action.text())
        popup.setActiveAction(action)
        QTest.keyClick(popup, Qt.Key_Return)
    asking = QTimer(interval=50, timeout=choose)
    asking.start()
    view = document.view()
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    place = view.mapFromScene(QPointF(*at))
    enter = QDragEnterEvent(place, Qt.CopyAction, mime, Qt.LeftButton, Qt.NoModifier)
    QApplication.sendEvent(view.viewport(), enter)
    event = QDropEvent(QPointF(place), Qt.CopyAction, mime, Qt.LeftButton, Qt.NoModifier)
    QApplication.sendEvent(view.viewport(), event)
    asking.stop()


class Still:
    """True when a window has been shown and nothing in it has moved since it was asked last."""

    def __init__(self, window):
        self._window, self._places = window, None

    def __call__(self):
        before, self._places = self._places, [each.geometry() for each in
                                              self._window.findChildren(QWidget)]
        return self._window.isVisible() and before == self._places


def look(widget, *where):
    """Tell what of a window can't be read; the letters of no screen are no people's."""
    if QApplication.platformName() == "offscreen":
        return
    for what, kind, words in faults(widget):
        say(what, *where, kind, " ".join(words.split()))


def press(button):
    QTest.mouseClick(button, Qt.LeftButton, Qt.NoModifier, QPoint(8, button.height() // 2))


def steps():
    yield lambda: windows()
    window, = windows()
    for dialog in QApplication.topLevelWidgets():
        if isinstance(dialog, QDialog) and dialog.isVisible():
            dialog.close()  # the welcome screen
    yield from toolbox(window)
    yield from examples(window)
    yield from path(window)


def toolbox(window):
    from orangecontrib.customs.widgets.utils.common.toolbox import say_in_toolboxes
    yield lambda: window.widget_registry is not None
    yield say_in_toolboxes
    for widget in window.current_document().registry().widgets():
        if widget.qualified_name.startswith(PREFIX):
            say("widget", widget.name, widget.description)


def examples(window):
    """Each opens, with all its widgets, within the screen of a laptop."""
    from orangecontrib.customs.workflows import examples as known
    for example in known():
        opened = window.create_new_window()
        opened.show()
        opened.freeze_action.setChecked(True)
        opened.load_scheme(example)
        scheme = opened.current_document().scheme()
        for node in scheme.nodes:
            if node.description.qualified_name.startswith(PREFIX):
                widget = scheme.widget_for_node(node)
                widget.show()
                yield Still(widget)
                frame = widget.frameGeometry()
                say("opened", Path(example).name, node.title, widget.width(), widget.height(),
                    widget.screen().availableGeometry().contains(frame))
                look(widget, Path(example).name, node.title)
                widget.hide()
        # not closed: Orange's own widgets would still send into it
        opened.current_document().setModified(False)
        opened.hide()


def path(window):
    """Own table and folder, a code, an answer, save, reopen, a conclusion."""
    opened = window.create_new_window()
    opened.show()
    document = opened.current_document()
    yield lambda: document.isVisible()
    scheme = document.scheme()
    drop(document, FOLDER / "goods.xlsx", (100, 100), "Declarations")
    drop(document, FOLDER / "photos", (100, 300), "Goods Photos")
    yield lambda: len(scheme.nodes) == 2
    for name, at in (("OWDeclarationFacts", (300, 100)), ("OWFootwearFeatures", (300, 300)),
                     ("OWPhotoAggregator", (450, 300)), ("OWHSCodeFusion", (600, 200))):
        description, = (d for d in opened.widget_registry.widgets()
                        if d.qualified_name.endswith(f".{name}"))
        document.addNode(document.newNodeHelper(description, position=at))
    nodes = {node.description.qualified_name.rpartition(".")[2]: node for node in scheme.nodes}
    for source, output, sink, channel in (
            ("OWDeclarations", "Data", "OWDeclarationFacts", "Data"),
            ("OWDeclarationFacts", "Facts", "OWHSCodeFusion", "Text Facts"),
            ("OWGoodsPhotos", "Photos", "OWFootwearFeatures", "Images"),
            ("OWFootwearFeatures", "Features", "OWPhotoAggregator", "Features"),
            ("OWPhotoAggregator", "Goods", "OWHSCodeFusion", "Photo Features"),
            ("OWPhotoAggregator", "Contributions", "OWHSCodeFusion", "Photos")):
        scheme.new_link(nodes[source], output, nodes[sink], channel)
    fusion = scheme.widget_for_node(nodes["OWHSCodeFusion"])
    yield lambda: fusion.verdicts and idle(scheme)
    say("decided", *codes(fusion))
    for title, node in nodes.items():
        widget = scheme.widget_for_node(node)
        widget.show()
        yield Still(widget)
        look(widget, "own files", title)
        if widget is not fusion:
            widget.hide()
    answers = [b for b in fusion.findChildren(QPushButton)
               if b.isVisible() and type(b).__module__.endswith("questionbox")
               and b.isCheckable()]
    say("answers", len(answers))
    press(answers[0])
    yield lambda: fusion.answers and idle(scheme)
    say("answered", *codes(fusion))
    kept = dict(fusion.answers)
    target = FOLDER / "own.ows"
    opened.save_scheme_to(scheme, str(target))
    close(opened)
    window.load_scheme(str(target))
    again = next(w for w in windows() if w.current_document().scheme().nodes)
    scheme = again.current_document().scheme()
    node, = (n for n in scheme.nodes if n.description.qualified_name.endswith("OWHSCodeFusion"))
    fusion = scheme.widget_for_node(node)
    yield lambda: fusion.verdicts and idle(scheme)
    say("reopened", *codes(fusion))
    say("kept", dict(fusion.answers) == kept)
    from orangecontrib.customs.widgets.utils.conclusion import ConclusionDialog
    fusion.show()
    yield lambda: fusion.isVisible()
    opener, = (b for b in fusion.findChildren(QPushButton)
               if b.isVisible() and b.text() == "Заключение…")
    press(opener)
    yield lambda: fusion.findChildren(ConclusionDialog)
    dialog, = fusion.findChildren(ConclusionDialog)
    yield Still(dialog)
    look(dialog, "own files", "conclusion")
    for name, button in (("conclusion.html", dialog.save_button),
                         ("codes.xlsx", dialog.codes_button)):
        QFileDialog.getSaveFileName = lambda *args, name=name: (str(FOLDER / name), "")
        press(button)
        yield lambda name=name: (FOLDER / name).is_file()
    say("asked", *asked)


def codes(fusion):
    return [f"{verdict.key}={verdict.code}" for verdict in fusion.verdicts]


def main():
    for kind, names in ((QMessageBox, ("exec", "question", "open")),
                        (QFileDialog, ("getOpenFileName", "getSaveFileName"))):
        for name in names:
            setattr(kind, name, lambda *args, **kwargs: asked.append(
                getattr(args[0], "text", lambda: repr(args))()) or 0)
    main_ = _Main()
    setup = main_.setup_application

    def with_language():
        setup()
        settings = QSettings()
        settings.setValue("customs/language", "ru")
        settings.setValue("startup/show-welcome-screen", False)
        main_.kept = Steps(steps())
    main_.setup_application = with_language
    sys.argv = ["orange-canvas", *sys.argv[2:]]
    return main_.run(sys.argv)


if __name__ == "__main__":
    sys.exit(main())
