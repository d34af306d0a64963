"""Photos that say of themselves that a model made them.

The mark is that of IPTC (DigitalSourceType), in the photo's XMP: it goes wherever the file goes,
and other generators write it, too.
"""
from __future__ import annotations

import io
import zlib

from PIL import Image

__all__ = ["is_generated", "marked"]

#: Of IPTC's vocabulary of digital sources; pictures with parts of such origin have the second.
_KINDS = (b"trainedAlgorithmicMedia", b"compositeWithTrainedAlgorithmicMedia")

_XMP = (
    b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="" '
    b'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
    b'Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/'
    b'trainedAlgorithmicMedia"/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>')

_PNG = b"\x89PNG\r\n\x1a\n"


def is_generated(content: bytes) -> bool:
    """Whether a photo says that a model made it, as a whole or in part."""
    return any(kind in content for kind in _KINDS)


def marked(content: bytes) -> bytes:
    """A photo with the mark; its pixels stay as they are.

    Raises
    ------
    ValueError
        It is not a photo.
    """
    if is_generated(content):
        return content
    if content.startswith(_PNG):
        body = b"iTXt" + b"XML:com.adobe.xmp\0\0\0\0\0" + _XMP
        chunk = (len(body) - 4).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
        return content[:33] + chunk + content[33:]  # behind the header
    if content.startswith(b"\xff\xd8"):
        body = b"http://ns.adobe.com/xap/1.0/\0" + _XMP
        return content[:2] + b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body + content[2:]
    try:
        with Image.open(io.BytesIO(content)) as image:
            stream = io.BytesIO()
            image.convert("RGBA" if image.has_transparency_data else "RGB").save(stream, "PNG")
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(f"no photo: {error}") from None
    return marked(stream.getvalue())
