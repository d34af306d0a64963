"""A photo says of itself that a model made it, and looks as before."""
import io

import numpy as np
import pytest
from PIL import Image

from orangecontrib.customs.photos.decode import decode
from orangecontrib.customs.photos.synthetic import is_generated, marked


def content(kind, mode="RGB"):
    rng = np.random.default_rng(1)
    image = Image.fromarray(rng.integers(0, 255, (40, 60, 3), dtype=np.uint8)).convert(mode)
    stream = io.BytesIO()
    image.save(stream, kind)
    return stream.getvalue()


@pytest.mark.parametrize("kind, mode", [("PNG", "RGB"), ("PNG", "P"), ("JPEG", "RGB"),
                                        ("JPEG", "L"), ("BMP", "RGB"), ("GIF", "P"),
                                        ("WEBP", "RGBA")])
def test_a_marked_photo_shows_the_same(kind, mode):
    plain = content(kind, mode)
    with_mark = marked(plain)
    assert not is_generated(plain) and is_generated(with_mark)
    assert np.array_equal(decode(plain, 64), decode(with_mark, 64))
    with Image.open(io.BytesIO(with_mark)) as image:
        image.verify()


def test_the_mark_is_the_one_that_other_programs_read():
    for kind in ("PNG", "JPEG"):
        with Image.open(io.BytesIO(marked(content(kind)))) as image:
            image.load()
            xmp = image.info.get("XML:com.adobe.xmp", image.info.get("xmp"))
        assert "digitalsourcetype/trainedAlgorithmicMedia" in str(xmp)


def test_a_photo_that_is_marked_stays_as_it_is():
    once = marked(content("JPEG"))
    assert marked(once) is once


@pytest.mark.parametrize("junk", [b"", b"no photo", b"GIF89a"])
def test_what_is_no_photo_is_not_marked(junk):
    with pytest.raises(ValueError, match="no photo"):
        marked(junk)
