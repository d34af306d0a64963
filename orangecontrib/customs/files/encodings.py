"""Bytes of a text file → text, for whatever encoding Russian tables come in.

UTF-8 and UTF-16 with a mark say what they are, and UTF-16 without one is told by where its
bytes are zero or those of Cyrillic letters.  The 8-bit encodings of Cyrillic do not: nearly
all bytes mean something in each of them.  They are told apart by the letters: which pairs of
them stand side by side, and whether a word changes case or script in its middle.
"""
from __future__ import annotations

import codecs
import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

__all__ = ["CYRILLIC", "Decoded", "EncodingError", "decode"]

#: The 8-bit encodings that are told apart, and what people call them.
CYRILLIC = {"cp1251": "cp1251 (Windows)", "cp866": "cp866 (DOS)", "koi8_r": "KOI8-R",
            "iso8859_5": "ISO-8859-5", "mac_cyrillic": "Mac Cyrillic"}

#: How much better (in nats) the best reading has to be than the next one ...
MARGIN = 9.
#: ... and how good it has to be by itself, per pair of letters, to be Russian at all.
PLAUSIBLE = -4.5

#: Log-probabilities that are not counted: what hardly happens in a Russian text.
RARE, CASE, SCRIPT, FOREIGN = -9., -8., -12., -12.
#: How files begin that are often taken for texts.
NO_TEXT = {b"PK\x03\x04": "an Excel workbook (.xlsx) or a zip",
           b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an old Excel workbook (.xls)",
           b"%PDF-": "a PDF"}

_LETTERS = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
_PUNCTUATION = "«»„“”‘’–—…№°§±·×²³™®©¼½¾µ\u00a0\u2011"


class Decoded(NamedTuple):
    """A text, the encoding it was in, and whether that is told by its letters only."""

    text: str
    encoding: str
    guessed: bool


class EncodingError(ValueError):
    """Bytes that can't be read as text, or in more than one way; says what to do.

    The message is to follow the name of a file.
    """


def decode(data: bytes, encoding: str = "") -> Decoded:
    """Text of a file.

    Parameters
    ----------
    data : bytes
    encoding : str
        Name of the encoding, for files without a mark; by default UTF-8, and one of the 8-bit
        encodings of Cyrillic where the bytes are not UTF-8 and the letters are clear.

    Raises
    ------
    EncodingError
        With what to do: the text is in none of them, or may well be in several.
    """
    for beginning, kind in NO_TEXT.items():
        if data.startswith(beginning):
            raise EncodingError(f"is {kind}, not a text; save the table as CSV (UTF-8)")
    for mark, name in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"),
                       (codecs.BOM_UTF16_BE, "utf-16")):
        if data.startswith(mark):
            encoding = name
    guessed = False
    if not encoding:
        encoding, guessed = _told(data)
    try:
        text = data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise EncodingError(f"is not in {encoding} (line {line}, byte {error.start}); save it "
                            "as UTF-8, or name the encoding that it is in") from None
    except (LookupError, UnicodeError):
        raise EncodingError(f"can't be read: there is no encoding '{encoding}'; use utf-8, "
                            f"{', '.join(CYRILLIC)} or another one") from None
    if "\0" in text.split("\n", 1)[0]:
        raise EncodingError("is not a text (it begins with zero bytes); if it is UTF-16, name the "
                            "encoding: utf-16-le or utf-16-be")
    return Decoded(text, encoding, guessed)


def _told(data: bytes) -> tuple[str, bool]:
    """The encoding of bytes without a mark, and whether it was guessed."""
    if wide := _wide(data):
        return wide, False
    try:
        data.decode("utf-8")
        return "utf-8", False
    except UnicodeDecodeError as error:
        broken = error
    if _mostly_utf8(data):
        line = data.count(b"\n", 0, broken.start) + 1
        raise EncodingError(f"is UTF-8 but for line {line} (byte {broken.start}), which is "
                            "damaged or in another encoding; mend that line, or save the file "
                            "as UTF-8 again")
    scores = _scores(data)
    if not scores:
        raise EncodingError("is neither UTF-8 nor in an encoding of Cyrillic that is known here "
                            f"({', '.join(CYRILLIC)}); save it as UTF-8, or name the encoding")
    (best, (likelihood, mean)), *others = sorted(
        scores.items(), key=lambda item: item[1], reverse=True)
    near = [name for name, (other, _) in others if likelihood - other < MARGIN]
    if mean < PLAUSIBLE:
        raise EncodingError("is not UTF-8, and in no encoding of Cyrillic does it read like "
                            f"Russian (tried: {', '.join(scores)}); save it as UTF-8, or name "
                            "the encoding")
    if near:
        raise EncodingError(f"is not UTF-8; its letters fit {' and '.join([best, *near])}; "
                            "save it as UTF-8, or name the encoding")
    return best, True


def _wide(data: bytes) -> str:
    """UTF-16 without a mark: every other byte is that of ASCII or Cyrillic letters, or nearly so.

    No text in another encoding has zero bytes.
    """
    codes = np.frombuffer(data[:1 << 20], np.uint8)
    if len(data) % 2 or not len(codes) or not (codes == 0).any():
        return ""
    for name, high in (("utf-16-le", codes[1::2]), ("utf-16-be", codes[::2])):
        other = codes[::2] if name == "utf-16-le" else codes[1::2]
        if np.isin(high, (0, 4, 0x20)).mean() > .9 > (other == 0).mean() + .8:
            return name
    return ""


def _mostly_utf8(data: bytes) -> bool:
    """Whether far more bytes belong to characters of UTF-8 than do not."""
    text = data.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    good = len(text) - len(text.encode("ascii", "ignore")) - wrong
    return good > 3 * wrong


def _scores(data: bytes) -> dict[str, tuple[float, float]]:
    """Log-likelihood of each possible reading, in all and per pair; equal readings once."""
    codes = np.frombuffer(data, np.uint8)
    pairs = np.bincount(codes[:-1].astype(np.uint16) * 256 + codes[1:], minlength=1 << 16)
    seen = np.flatnonzero(pairs)
    seen = seen[(seen // 256 >= 128) | (seen % 256 >= 128)]
    used = np.unique(codes)
    scores: dict[str, tuple[float, float]] = {}
    readings = set()
    for name in CYRILLIC:
        characters, likelihoods = _table(name)
        reading = "".join(characters[code] for code in used)
        if "\ufffd" in reading or reading in readings:
            continue
        readings.add(reading)
        total = float(pairs[seen] @ likelihoods[seen])
        scores[name] = total, total / max(1, int(pairs[seen].sum()))
    return scores


@cache
def _table(encoding: str) -> tuple[str, np.ndarray]:
    """The 256 characters of an encoding, and the log-likelihood of each pair of bytes."""
    characters = "".join(bytes([code]).decode(encoding, "replace") for code in range(256))
    kinds, number = np.unique([_kind(character) for character in characters],
                              return_inverse=True)
    likelihoods = np.array([[_pair(a, b) for b in kinds] for a in kinds])
    return characters, likelihoods[number[:, None], number].ravel()


def _kind(character: str) -> str:
    """A letter as it is; "_" for what ends words, "L" Latin, "?" for what nobody writes."""
    if character.lower().replace("ё", "е") in _LETTERS:
        return character.replace("ё", "е").replace("Ё", "Е")
    if character.isascii():
        return "L" if character.isalpha() else "_"
    return "," if character in _PUNCTUATION else "?"


def _pair(a: str, b: str) -> float:
    if "?" in (a, b):
        return FOREIGN
    if "L" in (a, b) and a != b and not {a, b} & {"_", ","}:
        return SCRIPT
    case = CASE if a.islower() and b.isupper() else 0.
    rare = -2. if "," in (a, b) else 0.
    a, b = (c.lower() if c.lower() in _LETTERS else "_" for c in (a, b))
    return rare if a == b == "_" else rare + case + _letters().get(a + b, RARE)


@cache
def _letters() -> dict[str, float]:
    """Log P(second letter | first) of pairs of letters in Russian; "_" begins and ends words."""
    with open(Path(__file__).with_name("letters.csv"), encoding="utf-8", newline="") as file:
        counts = {row["pair"]: float(row["per_100000"]) for row in csv.DictReader(file)}
    totals: dict[str, float] = {}
    for pair, count in counts.items():
        totals[pair[0]] = totals.get(pair[0], 0.) + count
    return {pair: float(np.log(count / totals[pair[0]])) for pair, count in counts.items()}
