"""What came as a photo: is it one, how large is it, and what does it look like."""
from __future__ import annotations

from dataclasses import dataclass

from orangecontrib.customs.photos.decode import PhotoError, decode, opened

from .errors import CollectError
from .hygiene import Hashes, hashes_of

__all__ = ["Picture", "SMALLEST", "picture_of"]

#: Photos with a shorter side are no help: the networks look at 224 pixels.
SMALLEST = 128

#: More pixels are refused before they are decoded.
MOST_PIXELS = 80_000_000

#: Formats by what the content says, and the ending of their files.
_ENDINGS = {"JPEG": "jpg", "MPO": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif", "BMP": "bmp",
            "TIFF": "tif", "AVIF": "avif"}

#: Servers that do not know call everything so.
_NO_TYPE = ("", "application/octet-stream", "binary/octet-stream")


@dataclass(frozen=True)
class Picture:
    """A photo that can be used."""

    ending: str
    width: int
    height: int
    hashes: Hashes


def picture_of(content: bytes, content_type: str = "", smallest: int = SMALLEST) -> Picture:
    """Look at a photo as it came: type, magic and whole content have to be of one.

    Raises
    ------
    CollectError
        It is not a photo, damaged, a decompression bomb or too small.
    """
    kind = content_type.split(";")[0].strip().lower()
    if kind not in _NO_TYPE and not kind.startswith("image/"):
        raise CollectError("not_image", type=kind)
    try:
        with opened(content) as image:
            (width, height), ending = image.size, _ENDINGS.get(image.format)
        if ending is None:
            raise CollectError("not_image", type=image.format)
        if width * height > MOST_PIXELS:
            raise PhotoError("bomb", width=width, height=height)
        if min(width, height) < smallest:
            raise CollectError("small", width=width, height=height, smallest=smallest)
        return Picture(ending, width, height, hashes_of(decode(content, 256)))
    except PhotoError as error:
        raise CollectError.of(error.reason) from None
