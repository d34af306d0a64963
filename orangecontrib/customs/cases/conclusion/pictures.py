"""Photos on the page: made small and put into it, so that nothing is fetched."""
from __future__ import annotations

import base64
import io
import os
from dataclasses import dataclass
from typing import Any

from orangecontrib.customs.i18n import say
from orangecontrib.customs.photos.decode import PhotoError, decode_and_place

from ..plain import plain

__all__ = ["Picture", "picture_of"]

#: The longer side of a photo on the page, pixels: 40 mm at 250 dots per inch.
SIDE = 400


@dataclass(frozen=True)
class Picture:
    """A photo on the page.

    Attributes
    ----------
    name : str
    data : str
        A data URI; "" where the photo can't be read.
    width, height : int
    reason : str
        Why it can't be read.
    """

    name: str
    data: str = ""
    width: int = 0
    height: int = 0
    reason: str = ""


def picture_of(photo: Any, side: int = SIDE) -> Picture:
    """A photo as it stands on the page.

    Parameters
    ----------
    photo : Photo, path, or what has a `path`
        Files only: an address is one that there is not.
    side : int
        The longer side, pixels.
    """
    read = getattr(photo, "read", None)
    path = "" if read else os.fspath(getattr(photo, "path", photo))
    name = plain(photo.image if read else path).replace("\\", "/").rsplit("/", 1)[-1]
    try:
        pixels, (left, top, right, bottom) = decode_and_place(read() if read else path, side)
    except PhotoError as error:
        return Picture(name, reason=say(error.reason))
    from PIL import Image
    file = io.BytesIO()
    Image.fromarray(pixels[top:bottom, left:right]).save(file, "JPEG", quality=85)
    data = base64.b64encode(file.getvalue()).decode("ascii")
    return Picture(name, f"data:image/jpeg;base64,{data}", right - left, bottom - top)
