import ast
import contextlib
import io
import os
import struct
import subprocess
import sys
import zlib

import numpy as np
import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from orangecontrib.customs.photos.decode import MAX_BYTES, PhotoError, decode


def jpeg(image, **options):
    stream = io.BytesIO()
    image.save(stream, "JPEG", **options)
    return stream.getvalue()


def save(image, format_, **options):
    stream = io.BytesIO()
    image.save(stream, format_, **options)
    return stream.getvalue()


def test_keeps_aspect_by_white_padding():
    image = decode(save(Image.new("RGB", (200, 100), "black"), "PNG"), 64)
    assert image.shape == (64, 64, 3) and image.dtype == np.uint8
    assert (image[:15] == 255).all() and (image[-15:] == 255).all()
    assert (image[20:44] == 0).all()


def test_small_photos_are_enlarged():
    image = decode(save(Image.new("RGB", (3, 6), "black"), "PNG"), 64)
    assert (image[:, 20:44] == 0).all()


def test_path_and_bytes_are_the_same(tmp_path):
    content = jpeg(Image.effect_noise((90, 60), 40).convert("RGB"))
    path = tmp_path / "ботинок.jpg"
    path.write_bytes(content)
    np.testing.assert_array_equal(decode(path, 48), decode(content, 48))
    np.testing.assert_array_equal(decode(str(path), 48), decode(content, 48))


def test_exif_orientation_is_applied():
    image = Image.new("RGB", (100, 50), "white")
    image.paste("black", (0, 0, 50, 50))  # the left half
    exif = Image.Exif()
    exif[0x0112] = 6  # shown turned by 90 degrees clockwise: left becomes top
    turned = decode(jpeg(image, exif=exif, quality=95), 64)
    assert turned[10, 32].max() < 40 and turned[54, 32].min() > 215


def test_broken_exif_does_not_lose_the_photo():
    content = jpeg(Image.new("RGB", (40, 40), "red"), exif=b"Exif\0\0garbage that is not a TIFF")
    assert decode(content, 16)[8, 8, 0] > 200


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_lies_on_white(mode):
    image = Image.new(mode, (40, 40), (0,) * len(mode))
    assert (decode(save(image, "PNG"), 16) == 255).all()


def test_palette_with_transparency_lies_on_white():
    image = Image.new("P", (40, 40), 3)
    image.putpalette([0] * 768)
    assert (decode(save(image, "PNG", transparency=3), 16) == 255).all()


def test_cmyk():
    image = Image.new("RGB", (40, 40), (200, 30, 30)).convert("CMYK")
    red, green, blue = decode(jpeg(image), 16)[8, 8].astype(int)
    assert red > 150 and green < 90 and blue < 90


@pytest.mark.parametrize("format_", ["PNG", "TIFF"])
def test_16_bits(format_):
    values = np.full((40, 40), 32768, np.uint16)
    assert abs(int(decode(save(Image.fromarray(values), format_), 16)[8, 8, 0]) - 128) <= 1


def test_floating_point_tiff():
    image = Image.fromarray(np.full((40, 40), .5, np.float32))
    assert abs(int(decode(save(image, "TIFF"), 16)[8, 8, 0]) - 128) <= 1


@pytest.mark.parametrize("format_", ["GIF", "WEBP", "PNG"])
def test_first_frame_of_an_animation(format_):
    frames = [Image.new("RGB", (40, 40), c) for c in ("black", "white", "white")]
    content = save(frames[0], format_, save_all=True, append_images=frames[1:])
    assert decode(content, 16)[8, 8].max() < 30


def test_large_jpeg_is_decoded_coarsely_but_right():
    image = Image.new("RGB", (3000, 2000), "white")
    image.paste("black", (1500, 0, 3000, 2000))
    small = decode(jpeg(image), 100)
    assert small[50, 20].min() > 240 and small[50, 80].max() < 15


def reason(content) -> str:
    with pytest.raises(PhotoError) as error:
        decode(content, 32)
    return str(error.value)


def test_missing_file(tmp_path):
    assert "missing" in reason(tmp_path / "no.jpg")
    assert "folder" in reason(tmp_path)
    assert reason("no\0name.jpg")


def test_zero_bytes(tmp_path):
    assert "zero bytes" in reason(b"")
    (tmp_path / "a.jpg").touch()
    assert "zero bytes" in reason(tmp_path / "a.jpg")


def test_text_named_jpg(tmp_path):
    path = tmp_path / "a.jpg"
    path.write_text("это не картинка")
    assert "not an image" in reason(path)


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP"])
def test_truncated_though_another_package_allows_it(format_, monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    content = save(Image.effect_noise((200, 200), 80).convert("RGB"), format_)
    assert reason(content[:len(content) // 2])
    assert ImageFile.LOAD_TRUNCATED_IMAGES is True, "the other package's choice is kept"


def test_truncated_jpeg_says_so():
    content = jpeg(Image.effect_noise((200, 200), 80).convert("RGB"))
    assert "truncated" in reason(content[:len(content) // 2])


def png_header(width, height) -> bytes:
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data \
            + struct.pack(">I", zlib.crc32(kind + data))
    return b"\x89PNG\r\n\x1a\n" + chunk(
        b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) \
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def test_decompression_bomb(monkeypatch):
    assert "bomb" in reason(png_header(30000, 30000))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)  # as some packages do
    assert "bomb" in reason(png_header(30000, 30000))


def test_unreadable_file(tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg(Image.new("RGB", (9, 9))))
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    assert "can't be read" in reason(path)


def test_a_photo_that_is_nearly_a_line():
    image = decode(jpeg(Image.new("RGB", (4000, 3), "black")), 64)
    assert (image[31] == 0).all() and (image[:31] == 255).all() and (image[32:] == 255).all()


@pytest.mark.parametrize("error", [ZeroDivisionError, NotImplementedError, struct.error])
def test_whatever_a_damaged_file_makes_pillow_raise_is_a_reason(monkeypatch, error):
    def damaged(self):
        raise error("pixel format 10")

    content = save(Image.new("RGB", (9, 9)), "PNG")
    monkeypatch.setattr(ImageFile.ImageFile, "load", damaged)
    assert reason(content) == "the file is damaged (pixel format 10)"


@pytest.mark.skipif(os.name != "posix", reason="pipes and devices of POSIX")
def test_a_pipe_a_device_and_a_folder_are_refused_without_being_opened(tmp_path):
    os.mkfifo(tmp_path / "1.jpg")
    (tmp_path / "link.jpg").symlink_to(tmp_path / "1.jpg")
    for path in (tmp_path / "1.jpg", tmp_path / "link.jpg", "/dev/zero"):
        with pytest.raises(PhotoError, match="a pipe, a socket or a device"):
            decode(path, 32)
    with pytest.raises(PhotoError, match="a folder"):
        decode(tmp_path, 32)


def test_a_file_that_is_too_large_for_a_photo_is_not_read(tmp_path):
    path = tmp_path / "1.jpg"
    with open(path, "wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(PhotoError, match="too much for a photo"):
        decode(path, 32)


def heic(image) -> bytes:
    stream = io.BytesIO()
    pillow_heif.from_pillow(image).save(stream, quality=90)
    return stream.getvalue()


def test_heic_is_read_and_its_reader_registered_only_when_one_is_met():
    """In a process of its own: what is registered stays registered."""
    code = ("import io, sys\nfrom PIL import Image\n"
            "from orangecontrib.customs.photos.decode import decode\n"
            "Image.new('RGB', (9, 9)).save(png := io.BytesIO(), 'PNG'); decode(png.getvalue(), 8)\n"
            "assert 'pillow_heif' not in sys.modules and 'HEIF' not in Image.OPEN\n"
            "print(decode(sys.stdin.buffer.read(), 32)[16, [1, 30]].tolist())\n"
            "assert 'HEIF' in Image.OPEN")
    image = Image.new("RGB", (64, 64), "white")
    image.paste("red", (0, 0, 32, 64))
    said = subprocess.run([sys.executable, "-c", code], input=heic(image), capture_output=True,
                          timeout=600)
    left, right = ast.literal_eval(said.stdout.decode() or said.stderr.decode())
    assert left[0] > 200 > 60 > left[1] and min(right) > 200


def test_heic_without_its_reader_says_what_to_install(monkeypatch):
    content = heic(Image.new("RGB", (64, 64)))
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    assert "pip install pillow-heif" in reason(content)


@pytest.mark.parametrize("format_", ["AVIF", "JPEG2000"])
def test_avif_and_jpeg_2000_are_read(format_):
    image = Image.new("RGB", (64, 64), "red")
    assert decode(save(image, format_), 32)[16, 16, 0] > 200


@pytest.mark.parametrize("start, kind", [
    (b"\xff\x0a", "JPEG XL"), (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
    (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", "AVIF"), (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"), (b"%PDF-1.7", "PDF")])
def test_a_photo_of_a_kind_that_is_not_read_names_the_kind_and_what_to_do(start, kind):
    said = reason(start + bytes(100))
    assert kind in said and "save it as JPEG" in said


@given(st.data())
@settings(deadline=None, max_examples=60)
def test_a_damaged_heic_is_a_reason(data):
    content = bytearray(heic(Image.new("RGB", (64, 64), "red")))
    for _ in range(5):
        content[data.draw(st.integers(12, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(PhotoError):
        decode(bytes(content[:data.draw(st.integers(12, len(content)))]), 32)


def test_what_can_only_be_decoded_as_a_whole_may_have_fewer_pixels(monkeypatch):
    monkeypatch.setattr(sys.modules[decode.__module__], "MAX_WHOLE", 10_000)
    image = Image.new("RGB", (200, 100))
    for content in (save(image, "PNG"), save(image, "JPEG", progressive=True)):
        said = reason(content)
        assert "200 x 100" in said and "plain JPEG" in said
    assert decode(save(image, "JPEG"), 32).shape == (32, 32, 3)


def test_a_png_of_177_megapixels_is_refused_before_any_of_it_is_decoded():
    assert "50 megapixels" in reason(png_header(13_300, 13_300))


def test_pillow_tells_of_no_attack_where_our_bounds_allow_a_photo():
    """In a process of its own, where nobody has changed what is warned of."""
    program = ("import io\nfrom PIL import Image\n"
               "from orangecontrib.customs.photos.decode import opened\n"
               "Image.MAX_IMAGE_PIXELS = 700\nfile = io.BytesIO()\n"
               "Image.new('RGB', (32, 32)).save(file, 'PNG')\n"
               "with opened(file.getvalue()) as image:\n    print(image.size)\n")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True,
                          timeout=600, check=False)
    assert done.returncode == 0 and done.stdout == "(32, 32)\n", done.stderr
    assert done.stderr == ""
