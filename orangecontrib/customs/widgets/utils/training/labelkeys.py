"""Keys of the photo labeler, by their place on the keyboard: Latin and Russian layouts alike."""
from __future__ import annotations

from AnyQt.QtCore import Qt

__all__ = ["LEGEND", "HEIGHT_KEYS", "SHOT_KEYS", "action", "character_at"]

#: Russian letters and the Latin ones on the same keys.
_PLACE = dict(zip("йцукенгшщзхъфывапролджэячсмитьбю", "qwertyuiop[]asdfghjkl;'zxcvbnm,."))

#: Keys of the heights, in the order of the features.
HEIGHT_KEYS = "7890"

#: Keys of the views and scenes, in the order of the group's.
SHOT_KEYS = {"view": "rtyuiopghjkl", "scene": "zxcvbnm,"}

_LETTERS = {"a": ("answer", 1.), "s": ("answer", 0.), "d": ("answer", .5),
            "q": ("question", -1), "e": ("question", 1)}

_CTRL = {"z": ("undo", None), "y": ("redo", None)}

_OTHERS = {Qt.Key_Space: ("skip", None), Qt.Key_Backspace: ("back", None),
           Qt.Key_Return: ("accept", None), Qt.Key_Enter: ("accept", None),
           Qt.Key_Delete: ("clear", None), Qt.Key_Left: ("move", -1), Qt.Key_Right: ("move", 1)}

#: Keys and what they do, for people.
LEGEND = (("1 … 6", "the group of goods"),
          ("A (Ф), S (Ы), D (В)", "yes, no, hidden (can't be seen here)"),
          ("7, 8, 9, 0", "height Н, С, В, СВ"), ("R … P, G … L", "view, as its button says"),
          ("Z … М, Б", "scene, as its button says"), ("Q (Й), E (У)", "question before, after"),
          ("Enter", "accept what is suggested"), ("Space", "skip to the next unlabelled"),
          ("← →", "photo before, after"), ("Backspace", "back to the photo seen before"),
          ("Delete", "clear the photo's labels"), ("Ctrl+Z, Ctrl+Y", "undo, redo"))


def character_at(key: int) -> str:
    """The Latin letter or digit at a key's place."""
    if not 0x20 < key < 0x10000:
        return ""
    character = chr(key).lower()
    return _PLACE.get(character, character)


def action(event) -> tuple[str, object] | None:
    """What a key press asks for: a name and its argument; None if it is not a key of ours."""
    modifiers = event.modifiers() & ~Qt.KeypadModifier
    character = character_at(event.key())
    if modifiers == Qt.ControlModifier:
        return _CTRL.get(character)
    if modifiers == Qt.ControlModifier | Qt.ShiftModifier:
        return ("redo", None) if character == "z" else None
    if modifiers not in (Qt.NoModifier, Qt.ShiftModifier):
        return None
    if event.key() in _OTHERS:
        # with Shift the gallery extends the selection
        return _OTHERS[event.key()] if modifiers == Qt.NoModifier else None
    if character and character in "123456":
        return "cluster", int(character) - 1
    if character and character in HEIGHT_KEYS:
        return "height", HEIGHT_KEYS.index(character)
    for kind, keys in SHOT_KEYS.items():
        if character and character in keys:
            return kind, keys.index(character)
    return _LETTERS.get(character)
