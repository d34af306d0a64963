"""Photos on the page: made small and put into it, so that nothing is fetched."""
from __future__ import annotations

import base64
import io
import os
from dataclasses import dataclass
from typing import Protocol

from orangecontrib.customs.i18n import Message, say
from orangecontrib.customs.photos.decode import PhotoError, decode_and_place

from ..plain import plain

__all__ = ["Photo", "Picture", "picture_of"]

#: The longer side of a photo on the page, pixels: 40 mm at 250 dots per inch.
SIDE = 400


class Photo(Protocol):
    """A photo as :mod:`orangecontrib.customs.photos.sources` has it."""

    @property
    def image(self) -> str:
        """Its name, with forward slashes."""

    def read(self) -> bytes:
        """The content of the file; PhotoError when it can't be had."""


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


def picture_of(photo: Photo | str | os.PathLike, side: int = SIDE) -> Picture:
    """A photo, or the file at a path, as it stands on the page."""
    path = not hasattr(photo, "read")
    name = plain(os.fspath(photo) if path else photo.image).replace("\\", "/").rsplit("/", 1)[-1]
    try:
        pixels, (left, top, right, bottom) = decode_and_place(
            photo if path else photo.read(), side)
    except PhotoError as error:
        return Picture(name, reason=say(error.reason))
    from PIL import Image
    file = io.BytesIO()
    Image.fromarray(pixels[top:bottom, left:right]).save(file, "JPEG", quality=85)
    data = base64.b64encode(file.getvalue()).decode("ascii")
    return Picture(name, f"data:image/jpeg;base64,{data}", right - left, bottom - top)


#: What is said instead of photos.
NO_PHOTOS = Message("conclusion.no_photos")
