"""Customs: classify goods by the ТН ВЭД ЕАЭС from photos and declaration text."""
import sys
from os import path
from sysconfig import get_path

NAME = "Customs"
DESCRIPTION = "Classify goods for customs from photos and declaration text."
ICON = "icons/Category-Customs.svg"
BACKGROUND = "#f3d9b1"
PRIORITY = 350

#: Where F1 finds the help: a checkout's build, the installed pages.
WIDGET_HELP_PATH = (
    ("{DEVELOP_ROOT}/doc/_build/html/index.html", None),
    (path.join(get_path("data"), "help", "orange3-customs", "index.html"), None),
)

# in Canvas results are worded as its user likes; who runs without it need not load Qt for that
if "orangecanvas.application.application" in sys.modules:
    from .utils.language import settle
    settle()
