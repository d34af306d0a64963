"""Which good a photo shows: by the folder that it lies in, or by what the file is called."""
from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath

from orangecontrib.customs.i18n import Message

__all__ = ["AUTO", "FILE_NAME", "FOLDER", "LISTED", "RULES", "SUB_FOLDER", "as_typed", "good_ids",
           "judged"]

AUTO, SUB_FOLDER, FOLDER, FILE_NAME, LISTED = \
    "auto", "sub-folder", "folder", "file-name", "csv"

#: Where the good's id may come from, as the command line calls it, and in words.
RULES = {rule: Message(f"photos.rule_{rule}") for rule in (
    AUTO, SUB_FOLDER, FOLDER, "number", "last", "separator", "underscore", "hyphen", "space",
    FILE_NAME)}

#: What of a file's name is the id; the whole name where none of it is.
_UP_TO = {"number": re.compile(r"(.+?)(?:[\s_\-–.]+\d{1,3}|[\s_\-–.]*[(\[]\d{1,3}[)\]])"),
          "last": re.compile(r"(.+)[\s_\-–(]+[^\s_\-–(]*"),
          "separator": re.compile(r"([^\s_\-–(]+)[\s_\-–(].*"),
          "underscore": re.compile(r"([^_]+)_.*"),
          "hyphen": re.compile(r"([^-–]+)[-–].*"),
          "space": re.compile(r"(\S+)\s.*"),
          FILE_NAME: re.compile("(.+)")}

#: Names that cameras, phones and messengers give: they tell a photo, and no good.
_CAMERA = re.compile(
    r"(?:img|imag|image|dsc[nf]?|pxl|mvimg|whatsapp|viber|telegram|screenshot|scan|photo|pic|"
    r"picture|untitled|фото|фотография|изображение|картинка|скан|снимок)(?![^\W\d_])|p\d{7}$|"
    r"(?:19|20)\d\d[-_.]?\d\d[-_.]?\d\d", re.I)
_COUNTER = re.compile(r"(.*\D|)([1-9]\d{0,2})")
_SEPARATORS = tuple(" _-–.(")

#: So many of the names must tell an id.
_MOST = .65


def as_typed(good_id: str) -> str:
    """An id as people type it: macOS keeps «й» of a name as two characters."""
    return unicodedata.normalize("NFC", good_id).strip()


def good_ids(names: Sequence[str], rule: str, whole: str, skip: int = 0) -> list[str]:
    """The good of each photo; "" of one that lies in no sub-folder where that is the rule.

    Parameters
    ----------
    names : sequence of str
        Paths below the source, with forward slashes.
    rule : str
        One of `RULES`, but for "auto".
    whole : str
        Name of the source itself.
    skip : int
        How many folders stand between the source and its goods.

    Examples
    --------
    >>> good_ids(["KS0121_1.jpg", "KS0121 (2).jpg", "KS0122.jpg"], "number", "photos")
    ['KS0121', 'KS0121', 'KS0122']
    """
    paths = [PurePosixPath(name) for name in names]
    if rule == FOLDER:
        return [as_typed(whole)] * len(paths)
    if rule == SUB_FOLDER:
        return [as_typed(path.parts[skip]) if len(path.parts) > skip + 1 else ""
                for path in paths]
    return [as_typed(_cut(path.stem, rule)) for path in paths]


def judged(names: Sequence[str], skip: int = 0) -> str:
    """The rule that fits the photos: where they lie, else what they are called.

    >>> judged(["A/1.jpg", "B/1.jpg"]), judged(["1.jpg", "2.jpg"]), judged(["K1_1.jpg", "K1_2.jpg"])
    ('sub-folder', 'folder', 'number')
    """
    paths = [PurePosixPath(name) for name in names]
    below = sum(len(path.parts) > skip + 1 for path in paths)
    folders = {path.parent for path in paths}
    if len(folders) == 1 or 2 * below < len(paths):
        by_name = _by_name([as_typed(path.stem) for path in paths])
        if by_name or not below:
            return by_name or FOLDER
    return SUB_FOLDER


def _cut(stem: str, rule: str) -> str:
    match = _UP_TO[rule].fullmatch(stem)
    return (match[1].rstrip("".join(_SEPARATORS)) if match else "") or stem


def _by_name(stems: Sequence[str]) -> str:
    """The rule by which names tell goods; "" where they tell none."""
    if sum(map(_tells, stems)) < _MOST * len(stems):
        return ""
    for rule in ("number", "separator", "last", "underscore", "hyphen", "space"):
        ids = [_cut(stem, rule) for stem in stems]
        count = Counter(ids)
        grouped = max(count.values(), default=0) > 1 \
            or rule == "number" and all(map(str.__ne__, ids, stems))
        if grouped and sum(map(_tells, ids)) >= _MOST * len(ids) and not _go_on(count):
            return rule
    return "" if _counted(stems) else FILE_NAME


def _tells(name: str) -> bool:
    """Whether a name may be that of a good: an id has a digit, and is no mere number."""
    return any(map(str.isdigit, name)) and not re.fullmatch(r"\W*\d{1,3}\W*", name) \
        and not _CAMERA.match(name)


def _go_on(ids: Counter) -> bool:
    """Whether an id begins with another one: the rule leaves «K1-front» beside «K1»."""
    ordered = sorted(ids)
    return any(longer.startswith(shorter) and longer[len(shorter)] in _SEPARATORS
               for shorter, longer in itertools.pairwise(ordered))


def _counted(stems: Sequence[str]) -> bool:
    """Whether names are one word and a number that counts the photos."""
    matches = [_COUNTER.fullmatch(stem) for stem in stems]
    return all(matches) and len({match[1] for match in matches}) == 1 \
        and max(int(match[2]) for match in matches) <= 2 * len(stems)
