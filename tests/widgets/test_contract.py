"""Every widget that is registered keeps the same promises; a new one needs no line here."""
from importlib import import_module
from pkgutil import iter_modules

from contract import contracts
from orangewidget.workflow.discovery import widget_desc_from_module

from orangecontrib.customs import widgets


def registered():
    """Classes of the widgets, as Canvas finds them."""
    for module in iter_modules(widgets.__path__, f"{widgets.__name__}."):
        try:
            found = widget_desc_from_module(module.name)
        except Exception:  # noqa: BLE001 – no widget is in there, as in utils
            continue
        module, _, name = found.qualified_name.rpartition(".")
        yield getattr(import_module(module), name)


globals().update(contracts(registered()))


def test_all_widgets_were_found():
    files = [name for _, name, _ in iter_modules(widgets.__path__) if name.startswith("ow")]
    assert len(list(registered())) == len(files) > 13
