"""Servers on loopback: no test reaches the network, and none sleeps."""
import sys
from pathlib import Path

import pytest

HERE = str(Path(__file__).parent)
if HERE not in sys.path:
    sys.path.insert(0, HERE)

from loopback import Loopback, Time, add  # noqa: E402

from orangecontrib.customs.collecting import Client, Limits, Manifest, settle  # noqa: E402
from orangecontrib.customs.groups import find_group  # noqa: E402


@pytest.fixture
def loopback():
    server = Loopback()
    yield server
    server.close()


@pytest.fixture
def time_():
    return Time()


@pytest.fixture
def client(time_):
    return Client(Limits(delay=0.), sleep=time_.sleep, clock=time_, now=time_)


@pytest.fixture
def manifest(tmp_path):
    with Manifest(tmp_path / "collection") as manifest:
        yield manifest


@pytest.fixture
def collection(manifest, footwear):
    """Two photos of heels, one of a boot, a generated one, and one that was dropped."""
    add(manifest, 1, product="shop:1", text="Туфли, каблук 7 см", name="Туфли")
    add(manifest, 2, product="shop:1", text="Туфли, каблук 7 см", name="Туфли")
    add(manifest, 3, product="shop:2", text="Сапоги резиновые", category="Резиновые сапоги")
    add(manifest, 4, product="generated:4", kind="generated", source="painter", synthetic="yes",
        wanted="wooden_platform=1", view="side", state="kept")
    add(manifest, 5, product="shop:5", category="Сумки", state="dropped")
    settle(manifest, footwear)
    return manifest


@pytest.fixture(scope="session")
def footwear():
    return find_group("footwear")


@pytest.fixture(autouse=True)
def no_keys(monkeypatch):
    """Neither the tester's keys nor the keyring of the computer."""
    import keyring
    from keyring.backends import null
    keyring.set_keyring(null.Keyring())
    for name in ("PEXELS", "IMAGES"):
        monkeypatch.delenv(f"ORANGE_CUSTOMS_{name}_KEY", raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY",
                 "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
