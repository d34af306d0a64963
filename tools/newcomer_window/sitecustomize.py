"""Python reads this before the program that ``newcomer.py`` starts: the window is told, and ends.

A thread waits for Qt's application; all that looks at windows runs in Qt's own thread.
"""
import os
import sys
import threading
import time


def _watch():
    while True:
        time.sleep(.2)
        widgets = sys.modules.get("AnyQt.QtWidgets")
        application = getattr(widgets, "QApplication", None)
        if application is not None and (running := application.instance()) is not None:
            break
    from AnyQt.QtCore import QObject, QTimer
    from AnyQt.QtCore import pyqtSignal as Signal

    class Watch(QObject):
        begin = Signal()

        def look(self):
            self.timer = QTimer(self, interval=200, timeout=self.see)
            self.timer.start()

        def see(self):
            for window in application.topLevelWidgets():
                if hasattr(window, "current_document") and window.isVisible():
                    self.timer.stop()
                    with open(os.environ["NEWCOMER_WINDOW"], "w", encoding="utf-8") as file:
                        file.write(window.windowTitle().replace("[*]", "").strip())
                    application.quit()

    global _kept
    _kept = Watch()
    _kept.moveToThread(running.thread())
    _kept.begin.connect(_kept.look)
    _kept.begin.emit()


if "NEWCOMER_WINDOW" in os.environ:
    threading.Thread(target=_watch, daemon=True).start()
