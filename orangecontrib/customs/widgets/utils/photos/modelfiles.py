"""Files of photo models, as the widgets that write them do it."""
from __future__ import annotations

import os

from orangecontrib.customs.photos.model import PhotoModel
from orangecontrib.customs.widgets.utils.common.wording import room

__all__ = ["MODEL_FILES", "write_model"]

#: Filter of the file dialogs.
MODEL_FILES = room("modelfiles")("kinds")


def write_model(model: PhotoModel, path: str) -> tuple[str, str]:
    """Write a model; without an ending the file gets that of model files.

    Returns
    -------
    path : str
        Of the file.
    error : str
        What went wrong; "" when nothing did.
    """
    if not os.path.splitext(path)[1]:
        path += ".safetensors"
    try:
        model.save(path)
    except Exception as error:  # noqa: BLE001 – safetensors has errors of its own
        return path, str(error) or type(error).__name__
    return path, ""
