"""What Orange remembers of one widget for the next one, and what stays in its workflow."""
import importlib
import pkgutil

import pytest
from Orange.widgets.widget import OWWidget

from orangecontrib.customs import widgets

#: How somebody likes to work and to see; whatever else bears on a decision
REMEMBERED = {
    "savedWidgetGeometry", "splitter", "splitter_sizes", "show_more",      # the window
    "auto_apply", "auto_commit", "auto_run", "go_on",                      # when to go on
    "shown", "order", "columns", "shown_metric", "last_folder",            # where to look
    "language",                                                            # of columns' names
    "batch",                                                               # what the memory holds
}

MODULES = sorted(module.name for module in pkgutil.iter_modules(widgets.__path__)
                 if module.name.startswith("ow"))


def settings(module):
    """Settings of the widgets of a module and of their parts."""
    module = importlib.import_module(f"{widgets.__name__}.{module}")
    for kind in vars(module).values():
        if isinstance(kind, type) and issubclass(kind, OWWidget) \
                and kind.__module__ == module.__name__:
            yield from kind.settingsHandler.known_settings.items()


@pytest.mark.parametrize("module", MODULES)
def test_a_new_widget_decides_nothing_as_the_last_one_did(module):
    remembered = {name for name, setting in settings(module) if not setting.schema_only}
    assert remembered
    assert remembered <= REMEMBERED
