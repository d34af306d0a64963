"""Keys are kept in the keyring and stand in no message."""
import keyring
import pytest

from orangecontrib.customs.collecting import CollectError
from orangecontrib.customs.collecting.keys import find_key, keep_key


class Ring:
    """A keyring in memory."""

    def __init__(self):
        self.kept = {}

    def set_password(self, service, name, key):
        self.kept[service, name] = key

    def get_password(self, service, name):
        return self.kept.get((service, name))


@pytest.fixture
def ring(monkeypatch):
    ring = Ring()
    for name in ("set_password", "get_password"):
        monkeypatch.setattr(keyring, name, getattr(ring, name))
    return ring


def test_a_key_that_was_kept_is_found_again(ring):
    keep_key("pexels", " s3cret\n")
    assert ring.kept == {("orange3-customs", "pexels"): "s3cret"}
    assert find_key("pexels") == "s3cret"


def test_where_nothing_is_kept_the_variable_is_named_and_the_key_is_not():
    with pytest.raises(CollectError, match="ORANGE_CUSTOMS_PEXELS_KEY") as caught:
        keep_key("pexels", "s3cret")  # the null keyring of these tests keeps nothing
    assert "s3cret" not in str(caught.value)


def test_what_no_key_can_be_is_not_kept(ring):
    with pytest.raises(CollectError, match="characters that no key has"):
        keep_key("pexels", "ключ")
    assert not ring.kept
