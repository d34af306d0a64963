"""The photo model that a command is told to use."""
from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

__all__ = ["photo_model_named"]


@contextmanager
def photo_model_named(name: str, groups: Sequence = ()) -> Iterator:
    """A photo model; its licence is said where it is not a bundled one.

    Parameters
    ----------
    name : str
        Of a bundled model, or a file.
    groups : sequence of Group, optional
        That decide; all loaded ones by default.

    Raises
    ------
    InputError
        It can't be read, or is for other goods; also where it can't be worked with inside.
    """
    from orangecontrib.customs.cases.files import InputError
    from orangecontrib.customs.cases.sources import photo_model
    from orangecontrib.customs.photos.backbones import BackboneError
    from orangecontrib.customs.photos.model import FORMER, INSTEAD, ModelError, bundled_path
    try:
        model = photo_model(name, groups)
        if name == FORMER:
            print(f"orange-customs: {INSTEAD.text('en')}", file=sys.stderr)
        elif not bundled_path(name):
            print(f"orange-customs: licence of {name}: {model.licence or 'not stated'}",
                  file=sys.stderr)
        yield model
    except (ModelError, BackboneError) as error:
        raise InputError(str(error)) from error
