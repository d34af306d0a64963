"""
Qt without a screen, no network, widget settings of our own, and a way out
==========================================================================

What must be arranged around a run and has nothing to do with the workflow itself.
"""
import logging
import os
import socket
import sys
import tempfile
import threading
from contextlib import contextmanager

__all__ = ["OwnSettings", "leave", "no_nltk_download", "offline_imports", "prepare_application",
           "prepare_environment", "web_engine_flags"]


def web_engine_flags(flags="", root=False):
    """
    Chromium flags under which web views survive without a screen.

    Parameters
    ----------
    flags : str
        Flags that are set already; they stay.
    root : bool
        Whether the process runs as root, where Chromium refuses to start with its sandbox.
        Nobody else's sandbox is switched off.

    Returns
    -------
    str
    """
    needed = ["--disable-gpu"] + ["--no-sandbox"] * root
    present = flags.split()
    return " ".join(present + [flag for flag in needed if flag not in present])


def prepare_environment(offscreen):
    """
    Set the environment variables that Qt reads; does not import Qt.

    Parameters
    ----------
    offscreen : bool
        Choose Qt's platform "offscreen", unless the user has chosen one.
    """
    if offscreen:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    root = getattr(os, "geteuid", lambda: -1)() == 0
    name = "QTWEBENGINE_CHROMIUM_FLAGS"
    os.environ[name] = web_engine_flags(os.environ.get(name, ""), root)


@contextmanager
def offline_imports(lists=True):
    """
    A context in which what this thread imports finds no network, and goes on without.

    Widgets of Orange3-Text ask for lists of what could be downloaded as soon as they are
    imported, wanted or not. Downloads that a workflow asks for come later and work.

    Parameters
    ----------
    lists : bool
        Whether Orange3-Text may be among the imports; NLTK is imported before it.
    """
    if lists:
        no_nltk_download()
    here, ask = threading.get_ident(), socket.getaddrinfo

    def refuse(*args, **kwargs):
        if threading.get_ident() == here:
            raise socket.gaierror(socket.EAI_NONAME, "nothing is fetched by imports")
        return ask(*args, **kwargs)

    socket.getaddrinfo = refuse
    try:
        yield
    finally:
        socket.getaddrinfo = ask


_nltk_seen_to = False


def no_nltk_download():
    """
    Keep Orange3-Text from fetching NLTK's word lists, in a thread, when it is imported.

    To be called before. Lists that are there are used, and who asks for one gets it.
    """
    global _nltk_seen_to  # pylint: disable=global-statement
    if _nltk_seen_to:
        return
    _nltk_seen_to = True
    try:
        import nltk
    except ImportError:
        return  # then nobody downloads
    download = nltk.download

    def unless_at_import(what=None, *args, **kwargs):
        text = sys.modules.get("orangecontrib.text.misc.nltk_data_download")
        if what is not None and what is getattr(text, "NLTK_DATA", None):
            return True
        return download(what, *args, **kwargs)

    nltk.download = unless_at_import


_application = None  # PyQt deletes an application that nobody holds


def prepare_application(configuration=None):
    """
    The process' QApplication; a new one, set up as Orange, if there is none.

    Parameters
    ----------
    configuration : type, optional
        How to set up a new one, if not as Orange: a subclass of orangecanvas' ``Config``.

    Returns
    -------
    AnyQt.QtWidgets.QApplication
    """
    global _application  # pylint: disable=global-statement
    from AnyQt.QtWidgets import QApplication
    app = QApplication.instance()
    if app is not None:
        prepare_environment(offscreen=False)
        return app

    prepare_environment(offscreen=True)
    from AnyQt.QtCore import Qt
    # or Qt wants web views, which few workflows have, to be imported before the application
    QApplication.setAttribute(Qt.AA_ShareOpenGLContexts)
    from Orange.canvas.config import Config
    from orangecanvas import config
    # without the application's name Qt would take ours from sys.argv[0]
    app = _application = QApplication(["orange-customs"])
    config.set_default((configuration or Config)())
    config.init()
    return app


class OwnSettings:
    """
    A context in which widgets neither read nor write the user's settings.

    Widgets remember their last settings in files of the user and start from them; Canvas
    itself uses QSettings. Inside the context both live in a temporary directory, so that a
    workflow depends on what is saved in it, and on nothing else.
    """

    def __init__(self):
        self._folder = None
        self._widget_folder = None
        self._qt_folder = None
        self._shielded = {}

    def __enter__(self):
        from AnyQt.QtCore import QSettings
        from orangewidget import settings
        self._folder = tempfile.TemporaryDirectory(
            prefix="orange-customs-", ignore_cleanup_errors=True)
        # there is a setter, but no getter
        self._widget_folder = getattr(settings, "__WIDGET_SETTINGS_DIR")
        settings.set_widget_settings_dir_components(self._folder.name, "run")
        probe = QSettings(QSettings.IniFormat, QSettings.UserScope, "probe")
        self._qt_folder = os.path.dirname(probe.fileName())
        self._set_qt_folder(self._folder.name)
        return self

    def shield(self, widget_class):
        """
        Take from a widget class what it has read from the user's files when it was imported.

        Canvas imports all widgets before it calls us.

        Parameters
        ----------
        widget_class : type
            A subclass of ``OWBaseWidget``.
        """
        handler = widget_class.settingsHandler
        if handler not in self._shielded:
            self._shielded[handler] = {
                name: vars(handler)[name]
                for name in ("defaults", "global_contexts") if name in vars(handler)}
            for name, value in self._shielded[handler].items():
                setattr(handler, name, type(value)())

    def __exit__(self, *_):
        from orangewidget import settings
        for handler, values in self._shielded.items():
            vars(handler).update(values)
        setattr(settings, "__WIDGET_SETTINGS_DIR", self._widget_folder)
        self._set_qt_folder(self._qt_folder)
        self._folder.cleanup()

    @staticmethod
    def _set_qt_folder(folder):
        from AnyQt.QtCore import QSettings
        QSettings.setPath(QSettings.IniFormat, QSettings.UserScope, folder)


def leave(code):
    """
    End the process now, with this exit code and all output written.

    ``sys.exit`` would first wait for worker threads, which after a timeout may be for ever,
    and then take Qt apart, where running QThreads (Canvas starts some) abort the process and
    the exit code is lost.

    Parameters
    ----------
    code : int
    """
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            pass  # no such stream (pythonw), a closed one, or a reader that has gone
    os._exit(code)
