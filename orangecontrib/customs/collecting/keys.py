"""Keys of services: from the environment or the system's keyring, and never written anywhere."""
from __future__ import annotations

import os

from .errors import CollectError

__all__ = ["SERVICE", "find_key", "keep_key", "variable_of"]

#: What the keys are filed under in the keyring.
SERVICE = "orange3-customs"


def variable_of(name: str) -> str:
    """The environment variable with a key."""
    return f"ORANGE_CUSTOMS_{name.upper()}_KEY"


def find_key(name: str, required: bool = True) -> str:
    """A key by its name; "" where there is none and none is required.

    Raises
    ------
    CollectError
        Says both ways to give it.
    """
    found = os.environ.get(variable_of(name), "").strip() or _of_keyring(name)
    if not found and required:
        raise CollectError("no_key", name=name, variable=variable_of(name), service=SERVICE)
    return _whole(name, found)


def keep_key(name: str, key: str) -> None:
    """Keep a key in the keyring.

    Raises
    ------
    CollectError
        It is none, or there is no keyring: says how else to give it.
    """
    key = _whole(name, key.strip())
    try:
        import keyring
        keyring.set_password(SERVICE, name, key)
        kept = keyring.get_password(SERVICE, name) == key  # a keyring that keeps nothing is none
    except Exception:  # backends raise what they like, keys among it
        kept = False
    if not kept:
        raise CollectError("no_keyring", name=name, variable=variable_of(name))


def _whole(name: str, key: str) -> str:
    if not key.isascii() or not key.isprintable():
        raise CollectError("odd_key", name=name)
    return key


def _of_keyring(name: str) -> str:
    try:
        import keyring
        return (keyring.get_password(SERVICE, name) or "").strip()
    except Exception:  # no keyring, or a locked one: backends raise what they like
        return ""
