"""
Pickled settings in a workflow
==============================

Canvas stores what is not a literal as a pickle, and a pickle is a program: to load it is to run it.
Here it is run by an interpreter that knows only the classes of :data:`ALLOWED`, which hold data,
and enumerations, such as widgets have; whatever else it names is refused before it is looked up,
and nothing that others use can be changed by it.
"""
import base64
import enum
import io
import pickle
import re
import sys
from typing import ClassVar

import numpy as np
from orangecanvas.scheme import readwrite

__all__ = ["ALLOWED", "Refused", "load_pickled", "loads"]

#: What settings of Orange and its add-ons are made of: names by module, old modules included.
ALLOWED = {
    "builtins": ("set", "frozenset", "list", "dict", "tuple", "complex", "slice", "object"),
    "collections": ("OrderedDict", "deque"),
    "copyreg": ("_reconstructor",),
    "datetime": ("date", "datetime", "time", "timedelta", "timezone"),
    "numpy": ("ndarray",),
    "numpy.core.multiarray": ("_reconstruct", "scalar"),
    "numpy._core.multiarray": ("_reconstruct", "scalar"),
    "numpy.core.numeric": ("_frombuffer",),
    "numpy._core.numeric": ("_frombuffer",),
    "Orange.data.variable": ("make_variable", "Variable", "ContinuousVariable",
                             "DiscreteVariable", "StringVariable", "TimeVariable"),
    "Orange.widgets.settings": ("Context",),
    "orangewidget.settings": ("Context",),
    "Orange.widgets.utils.filedialogs": ("RecentPath",),
    "orangewidget.utils.filedialogs": ("RecentPath",),
}

#: As Python 2 and the first protocols call them.
_OLD_NAMES = {"__builtin__": "builtins", "copy_reg": "copyreg"}


_others = readwrite.loads  # before anything stands in its place


class Refused(pickle.UnpicklingError):
    """A pickle names what is not allowed; `name` is its full name."""

    def __init__(self, name):
        super().__init__(f"{name} is not among the classes that settings are made of")
        self.name = name


def _bytes(text, encoding):
    """Bytes as the first protocols spell them; other encodings than this one could do more."""
    if encoding != "latin1":
        raise Refused(f"_codecs.encode to {encoding}")
    return text.encode("latin-1")


def _dtype(name, align=False, copy=True):
    """A type of numbers or texts by its short name: one of its own, not the one all share."""
    if not re.fullmatch(r"[|<>=]?[biufcSUOmM]\d*", name):
        raise Refused(f"numpy.dtype {name!r}")
    return np.dtype(name, copy=True)


#: What stands in the place of functions that can do more.
_INSTEAD = {("_codecs", "encode"): _bytes, ("numpy", "dtype"): _dtype}


class _Unpickler(pickle._Unpickler):  # in Python: the one in C can't be told about BUILD
    dispatch: ClassVar = dict(pickle._Unpickler.dispatch)

    def find_class(self, module, name):
        module = _OLD_NAMES.get(module, module)
        if (module, name) in _INSTEAD:
            return _INSTEAD[module, name]
        if name in ALLOWED.get(module, ()):
            return super().find_class(module, name)
        found = getattr(sys.modules.get(module), name, None)  # nothing is imported for it
        if isinstance(found, type) and issubclass(found, enum.Enum):
            return found
        raise Refused(f"{module}.{name}")

    def persistent_load(self, pid):
        raise Refused("a persistent id")

    def get_extension(self, code):
        raise Refused(f"extension {code}")

    def load_build(self):
        made, state = self.stack[-2:]
        if callable(made) or isinstance(made, enum.Enum):  # it would be changed for all
            raise Refused(f"a change of {made!r}")
        if isinstance(made, np.dtype) and tuple(state[2:5]) != (None, None, None):
            raise Refused("a numpy.dtype with fields of its own")  # they may lie anywhere
        super().load_build()

    dispatch[pickle.BUILD[0]] = load_build  # type: ignore[assignment]


def load_pickled(data):
    """
    What a pickle holds, if it is made of allowed classes.

    Parameters
    ----------
    data : bytes

    Raises
    ------
    Refused
        It names something else; the first such name.
    Exception
        Anything: it is damaged.
    """
    return _Unpickler(io.BytesIO(data)).load()


def loads(text, form):
    """As orangecanvas' ``readwrite.loads``, but for pickles, as :func:`load_pickled`."""
    if form == "pickle":
        return load_pickled(base64.decodebytes(text.encode("ascii")))
    return _others(text, form)
