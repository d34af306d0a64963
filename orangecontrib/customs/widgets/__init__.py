"""Customs: classify goods by the ТН ВЭД ЕАЭС from photos and declaration text."""
import sys
from pathlib import Path

NAME = "Customs"
DESCRIPTION = "Classify goods for customs from photos and declaration text."
ICON = "icons/Category-Customs.svg"
BACKGROUND = "#f3d9b1"
PRIORITY = 350

_HELP = Path(__file__).parents[1] / "help" / "index.html"

# in Canvas results are worded as its user likes; who runs without it need not load Qt for that
if "orangecanvas.application.application" in sys.modules:
    from .utils.common.language import settle
    if settle() == "ru":
        _HELP = _HELP.parent / "ru" / "index.html"

#: Where F1 finds the help: pages that are made when the package is built or installed, and the
#: links to them.  Each page leads to the same one in the other language.
WIDGET_HELP_PATH = ((str(_HELP), ".//li/a"),)
