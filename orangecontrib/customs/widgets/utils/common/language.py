"""Which language is spoken in Canvas: what the user chose, or as the system.

Outside of Canvas nobody is asked: what a script or a run without a window writes doesn't depend
on the computer (:mod:`orangecontrib.customs.i18n`).
"""
from __future__ import annotations

import sys

from AnyQt.QtCore import QLocale, QObject, QSettings
from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtWidgets import QApplication

from orangecontrib.customs.i18n import LANGUAGES, Message, language, set_language

__all__ = ["KEY", "TITLES", "changed", "choose", "chosen", "in_canvas", "preferred", "settle"]

#: Where the choice is kept; "": as the system.
KEY = "customs/language"
#: What can be chosen; a language is called as it calls itself.
TITLES = {"ru": "Русский", "en": "English", "": Message("common.as_system")}
#: Where Canvas keeps its own language, by the name that the language has in it.  Opening its
#: options writes one of its languages there, chosen or not: only Russian tells something.
CANVAS_KEY, CANVAS_RUSSIAN = "application/language", ("Русский", "Russian")
#: Systems in these languages, and those that name none, are taken for Russian-speaking: the
#: languages of the Eurasian Economic Union.
RUSSIAN_SYSTEMS = ("ru", "be", "kk", "ky", "hy", "C")


class _Changes(QObject):
    happened = Signal()


#: Tells the widgets that are open that another language is spoken now.
changed = _Changes()


def in_canvas() -> bool:
    """Whether this is Orange Canvas, with somebody in front of it."""
    # looked up, not imported: who runs without a window need not load it
    module = sys.modules.get("orangecanvas.application.application")
    return module is not None and isinstance(QApplication.instance(), module.CanvasApplication)


def chosen() -> str:
    """The language that the user chose; "" for none, or for one that there is no more."""
    name = QSettings().value(KEY, "", type=str)
    return name if name in LANGUAGES else ""


def preferred(settings: QSettings | None = None, system: str | None = None) -> str:
    """The user's choice, else Canvas' language, else the system's.

    Parameters
    ----------
    settings : QSettings, optional
    system : str, optional
        The system's locale, such as ``en_GB``.
    """
    settings = QSettings() if settings is None else settings
    name = settings.value(KEY, "", type=str)
    if name in LANGUAGES:
        return name
    if settings.value(CANVAS_KEY, "", type=str) in CANVAS_RUSSIAN:
        return "ru"
    system = QLocale.system().name() if system is None else system
    return "ru" if not system or system.split("_")[0] in RUSSIAN_SYSTEMS else "en"


def settle() -> str:
    """Speak the preferred language from now on, if this is Canvas, and tell it; else ""."""
    if not in_canvas():
        return ""
    set_language(preferred())
    # imported here: of what Canvas' window says nobody else need know
    from .toolbox import say_in_toolboxes, say_soon
    say_soon()
    changed.happened.connect(say_in_toolboxes)
    return language()


def choose(name: str) -> None:
    """Keep the user's choice ("": as the system), speak it, and tell the widgets."""
    settings = QSettings()
    if name:
        settings.setValue(KEY, name)
    else:
        settings.remove(KEY)
    before = language()
    set_language(preferred())
    if language() != before:
        changed.happened.emit()
