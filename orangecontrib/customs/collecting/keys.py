"""Keys of services: from the environment or the system's keyring, and never written anywhere."""
from __future__ import annotations

import os

from .errors import CollectError

__all__ = ["SERVICE", "find_key", "variable_of"]

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
    if not found.isascii() or not found.isprintable():
        raise CollectError("odd_key", name=name)
    return found


def _of_keyring(name: str) -> str:
    try:
        import keyring
        return (keyring.get_password(SERVICE, name) or "").strip()
    except Exception:  # no keyring, or a locked one: backends raise what they like
        return ""
