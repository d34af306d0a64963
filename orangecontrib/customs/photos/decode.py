"""Photo file → (size, size, 3) RGB array, for whatever real files bring."""
from __future__ import annotations

import io
import os
import stat
import struct
import threading
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import numpy as np
from PIL import Image, ImageFile

from orangecontrib.customs.i18n import WordedError

__all__ = ["PhotoError", "check_ending", "decode", "decode_and_place", "fit", "opened",
           "photo_size", "place", "read_photo", "MAX_BYTES", "MAX_PIXELS", "MAX_WHOLE"]

#: Photos with more pixels are refused as decompression bombs (Pillow's own limit).
MAX_PIXELS = 178_956_970

#: So many pixels may a photo have of which the whole must be decoded: only a JPEG that is not
#: progressive can be decoded coarsely.
MAX_WHOLE = 50_000_000

#: Above this many pixels one photo at a time is decoded, however many threads there are.
_ALONE = 12_000_000

#: Files, and members of a zip, with more bytes are refused.
MAX_BYTES = 300_000_000

# half of that many: Pillow tells whoever stands at stderr of an attack; these bounds are ours
warnings.simplefilter("ignore", Image.DecompressionBombWarning)

#: What Pillow's plugins raise on damaged files.
DAMAGED = (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError,
           ArithmeticError, NotImplementedError, struct.error, zipfile.BadZipFile)

#: How files begin that hold photos, and what these are called: of an ISO file the brand.
_BEGINNINGS = {b"\xff\x0a": "JPEG XL", b"\0\0\0\x0cJXL ": "JPEG XL",
               b"\0\0\0\x0cjP  ": "JPEG 2000", b"\xff\x4f\xff\x51": "JPEG 2000",
               b"%PDF": "PDF", b"8BPS": "Photoshop"}
_BRANDS = {b"avif": "AVIF", b"avis": "AVIF",
           **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm",
                            b"hevs", b"mif1", b"msf1"), "HEIC")}
_RAW = frozenset((".cr2", ".cr3", ".nef", ".arw", ".dng", ".raf", ".orf", ".rw2", ".pef", ".srw"))

_ORIENTATION = 0x0112
_TRANSPOSE = {2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
              4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
              6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
              8: Image.Transpose.ROTATE_90}


class PhotoError(WordedError):
    """A photo that can't be used."""

    table = "photos"


@contextmanager
def opened(source: bytes | str | os.PathLike) -> Iterator[Image.Image]:
    """A photo as Pillow opens it, whose size may be decoded; all that goes wrong is a PhotoError.

    HEIC is read by pillow-heif, which is made known to Pillow with the first such photo.
    """
    kind = _kind_of(source)
    with _refusing(kind):
        if kind == "HEIC":
            _know_heif()
        with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source) as image:
            _check_pixels(image)
            yield image


@contextmanager
def _refusing(kind: str):
    """While it lasts, what Pillow raises on files that are no photos is a PhotoError."""
    try:
        yield
    except PhotoError:
        raise
    except Image.UnidentifiedImageError:
        raise (PhotoError("unread", kind=kind) if kind else PhotoError("no_image")) from None
    except Image.DecompressionBombError:
        raise PhotoError("bomb_over", most=MAX_PIXELS) from None
    except MemoryError:
        raise PhotoError("no_memory") from None
    except DAMAGED as error:
        if "truncated" in str(error).lower() or isinstance(error, EOFError):
            raise PhotoError("truncated", error=str(error)) from None
        raise PhotoError("damaged", error=str(error)) from None


def _kind_of(source: bytes | str | os.PathLike) -> str:
    """What a file is by its beginning, where Pillow alone may not read it."""
    if isinstance(source, bytes):
        head = source[:32]
    else:
        with _refusing(""), open(source, "rb") as file:
            head = file.read(32)
    if head[4:8] == b"ftyp":
        # the brand, or one of those that it is compatible with
        brands = [head[8:12], *(head[place:place + 4] for place in range(16, 32, 4))]
        return next((_BRANDS[brand] for brand in sorted(brands, key=b"mif1msf1".__contains__)
                     if brand in _BRANDS), "")
    return next((kind for start, kind in _BEGINNINGS.items() if head.startswith(start)), "")


_heif_lock = threading.Lock()


def _know_heif() -> None:
    try:
        import pillow_heif
    except ImportError:
        raise PhotoError("heif") from None
    with _heif_lock:
        if "HEIF" not in Image.OPEN:
            pillow_heif.register_heif_opener(thumbnails=False)


def check_ending(name: str) -> None:
    """PhotoError for raw pictures of cameras: Pillow would take their small preview for them."""
    ending = os.path.splitext(name)[1].lower()
    if ending in _RAW:
        raise PhotoError("raw", ending=ending)


class _Strict:
    """Makes Pillow refuse truncated files while at least one thread decodes.

    Importing Orange3-ImageAnalytics sets ``ImageFile.LOAD_TRUNCATED_IMAGES`` for the
    whole process; a half-grey photo would then pass as a good one.
    """

    def __init__(self):
        self._lock = threading.Lock()
        self._users = 0
        self._before = False

    @contextmanager
    def __call__(self):
        with self._lock:
            if not self._users:
                self._before = ImageFile.LOAD_TRUNCATED_IMAGES
                ImageFile.LOAD_TRUNCATED_IMAGES = False
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                if not self._users:
                    ImageFile.LOAD_TRUNCATED_IMAGES = self._before


_strict = _Strict()


def decode(source: bytes | str | os.PathLike, size: int) -> np.ndarray:
    """Decode one photo to a square.

    EXIF orientation is applied, transparency laid on white, the first frame of an
    animation taken, 16-bit and CMYK converted; the aspect ratio is kept by white
    padding (stretching would falsify heel and height).

    Parameters
    ----------
    source : bytes or path
        Content of the file, or where it is.
    size : int
        Side of the result in pixels.

    Returns
    -------
    ndarray of uint8, shape (size, size, 3)
        RGB.

    Raises
    ------
    PhotoError
        The file is missing, empty, truncated, no image, or a decompression bomb.
    """
    return decode_and_place(source, size)[0]


def decode_and_place(source: bytes | str | os.PathLike, size: int
                     ) -> tuple[np.ndarray, tuple[int, int, int, int]]:
    """As :func:`decode`, and the box (left, top, right, bottom) of the photo in the square."""
    content = source if isinstance(source, bytes) else read_photo(source)
    if not content:
        raise PhotoError("empty")
    with _strict(), opened(content) as image, _turn(image):
        image = _to_rgb(image, size)
        return np.asarray(fit(image, size)), place(*image.size, size)


def photo_size(path: str | os.PathLike) -> int:
    """Bytes of a photo's file; PhotoError where there is none that may be opened.

    A pipe or a device is never opened: that may wait, and read, without end.
    """
    try:
        state = os.stat(path)
    except FileNotFoundError:
        raise PhotoError("missing") from None
    except (OSError, ValueError) as error:
        raise PhotoError("unreadable", error=str(error)) from None
    if stat.S_ISDIR(state.st_mode):
        raise PhotoError("folder")
    if not stat.S_ISREG(state.st_mode):
        raise PhotoError("no_file")
    if state.st_size > MAX_BYTES:
        raise PhotoError("size", bytes=state.st_size)
    return state.st_size


def read_photo(path: str | os.PathLike) -> bytes:
    """Content of a photo's file; PhotoError when it can't be had."""
    photo_size(path)
    try:
        with open(path, "rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise PhotoError("unreadable", error=str(error)) from None
    if len(content) > MAX_BYTES:
        raise PhotoError("size_over", bytes=MAX_BYTES)
    return content


def _check_pixels(image: Image.Image) -> None:
    """PhotoError where too much would have to be decoded; another package may have lifted
    Pillow's own limit."""
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise PhotoError("bomb", width=width, height=height)
    if width * height > MAX_WHOLE and not _coarse(image):
        raise PhotoError("whole", width=width, height=height, format=image.format or "",
                         most=MAX_WHOLE // 1_000_000)


def _coarse(image: Image.Image) -> bool:
    """Whether a small copy can be decoded without the whole."""
    return image.format == "JPEG" and image.mode in ("RGB", "L") \
        and not image.info.get("progressive")


_alone = threading.Lock()


def _turn(image: Image.Image):
    """Waits until no other large photo is decoded, where this is one."""
    width, height = image.size
    return _alone if width * height > _ALONE and not _coarse(image) else nullcontext()


def _to_rgb(image: Image.Image, size: int) -> Image.Image:
    width, height = image.size
    orientation = _orientation(image)
    if image.format == "JPEG" and image.mode in ("RGB", "L"):
        scale = 2 * size / max(width, height)  # twice the need: aliasing stays invisible
        if scale < 1:
            # a photo that is nearly a line would be drafted to a height of 0
            image.draft(image.mode, (max(1, round(width * scale)), max(1, round(height * scale))))
    image.load()
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        image = _to_8_bits(image)
    if "transparency" in image.info or image.mode in ("RGBA", "LA", "PA", "RGBa", "La"):
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    image = image.convert("RGB")
    if orientation in _TRANSPOSE:
        image = image.transpose(_TRANSPOSE[orientation])
    return image


def _orientation(image: Image.Image) -> int:
    try:
        return image.getexif().get(_ORIENTATION, 1)
    except DAMAGED:  # a broken EXIF block is no reason to lose the photo
        return 1


def _to_8_bits(image: Image.Image) -> Image.Image:
    values = np.nan_to_num(np.asarray(image, dtype=float))
    top = values.max(initial=0)
    if image.mode == "F" and top <= 1:
        values = values * 255
    elif image.mode.startswith("I;16") or top > 255:
        values = values / (257 if top <= 65535 else top / 255)
    return Image.fromarray(np.clip(values, 0, 255).round().astype(np.uint8))


def fit(image: Image.Image, size: int) -> Image.Image:
    """Scale an RGB image into a white square of `size` pixels, keeping its aspect."""
    box = place(*image.size, size)
    image = image.resize((box[2] - box[0], box[3] - box[1]), Image.Resampling.BICUBIC)
    square = Image.new("RGB", (size, size), "white")
    square.paste(image, box)
    return square


def place(width: int, height: int, size: int) -> tuple[int, int, int, int]:
    """Where :func:`fit` puts an image of that size: left, top, right, bottom in the square."""
    scale = size / max(width, height)
    width, height = (max(1, round(side * scale)) for side in (width, height))
    left, top = (size - width) // 2, (size - height) // 2
    return left, top, left + width, top + height
