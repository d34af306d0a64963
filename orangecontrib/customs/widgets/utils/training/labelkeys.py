"""Keys of the photo labeler, by their place on the keyboard: Latin and Russian layouts alike."""
from __future__ import annotations

from AnyQt.QtCore import Qt

from orangecontrib.customs.i18n import language
from orangecontrib.customs.widgets.utils.common.wording import room

__all__ = ["LEGEND", "HEIGHT_KEYS", "SHOT_KEYS", "action", "character_at", "key_name"]

words = room("labelkeys")

#: Russian letters and the Latin ones on the same keys.
_PLACE = dict(zip("йцукенгшщзхъфывапролджэячсмитьбю", "qwertyuiop[]asdfghjkl;'zxcvbnm,."))
_RUSSIAN = {latin: russian for russian, latin in _PLACE.items()}

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
LEGEND = tuple((words(f"{name}_keys"), words(name)) for name in (
    "group", "answer", "height", "view", "scene", "question", "accept", "skip", "move", "back",
    "clear", "undo"))


def character_at(key: int) -> str:
    """The Latin letter or digit at a key's place."""
    if not 0x20 < key < 0x10000:
        return ""
    character = chr(key).lower()
    return _PLACE.get(character, character)


def key_name(character: str) -> str:
    """How people know the key at a character's place: by the letters of their language."""
    return (_RUSSIAN.get(character, character) if language() == "ru" else character).upper()


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
