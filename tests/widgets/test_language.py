"""Canvas speaks as its user likes; everybody else the same language on every computer."""
from types import ModuleType

import pytest
from AnyQt.QtCore import QSettings

from orangecontrib.customs.i18n import language, set_language, speaking
from orangecontrib.customs.widgets.utils.common import language as ours

CANVAS = "orangecanvas.application.application"


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """Settings in a file of their own, which all that ask get."""
    path = str(tmp_path / "settings.ini")
    monkeypatch.setattr(ours, "QSettings", lambda: QSettings(path, QSettings.IniFormat))
    before = language()
    yield ours.QSettings()
    set_language(before)


@pytest.mark.parametrize("own, canvas, system, spoken", [
    ("", "", "ru_RU", "ru"), ("", "", "be_BY", "ru"), ("", "", "kk_KZ", "ru"),
    ("", "", "ky_KG", "ru"), ("", "", "hy_AM", "ru"), ("", "", "C", "ru"), ("", "", "", "ru"),
    ("", "", "en_GB", "en"), ("", "", "de_DE", "en"), ("", "", "kab_DZ", "en"),
    # Canvas writes English there by itself, whenever its options are opened
    ("", "English", "ru_RU", "ru"), ("", "Slovenščina", "ru_RU", "ru"),
    ("", "Русский", "en_GB", "ru"),
    ("en", "Русский", "ru_RU", "en"), ("ru", "English", "en_GB", "ru"),
    ("de", "", "en_GB", "en")])
def test_the_users_choice_comes_first_then_canvas_then_the_system(
        settings, own, canvas, system, spoken):
    if own:
        settings.setValue(ours.KEY, own)
    if canvas:
        settings.setValue(ours.CANVAS_KEY, canvas)
    assert ours.preferred(settings, system) == spoken


def test_out_of_canvas_the_language_of_the_computer_is_not_asked_for(settings):
    settings.setValue(ours.KEY, "en")
    with speaking("ru"):
        ours.settle()
        assert language() == "ru"


def test_in_canvas_the_choice_is_spoken(settings, monkeypatch):
    from AnyQt.QtWidgets import QApplication
    from orangewidget.tests.base import GuiTest
    GuiTest.setUpClass()
    module = ModuleType(CANVAS)
    module.CanvasApplication = type(QApplication.instance())
    monkeypatch.setitem(ours.sys.modules, CANVAS, module)
    settings.setValue(ours.KEY, "en")
    ours.settle()
    assert language() == "en"


def test_a_choice_is_kept_and_told_once(settings, monkeypatch):
    monkeypatch.setattr(ours, "preferred", lambda: ours.chosen() or "ru")
    set_language("ru")
    told = []
    ours.changed.happened.connect(lambda: told.append(language()))
    for name in ("en", "en", "", "ru"):
        ours.choose(name)
    ours.changed.happened.disconnect()
    assert told == ["en", "ru"]
    assert ours.chosen() == "ru"
    ours.choose("")
    assert not settings.contains(ours.KEY)
