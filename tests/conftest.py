"""Qt without a screen, before anything imports Qt; a test run leaves HOME alone."""
import os
import re
import tempfile
from pathlib import Path

os.environ.setdefault("QT_API", "pyqt5")  # both are installed; with Qt 6: QT_API=pyqt6
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QTWEBENGINE_CHROMIUM_FLAGS", "--disable-gpu --no-sandbox")
_HOME = tempfile.TemporaryDirectory(prefix="orange-customs-tests-", ignore_cleanup_errors=True)
for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
    os.environ[name] = os.path.join(_HOME.name, name)

from orangecontrib.customs.headless.environment import no_nltk_download  # noqa: E402

no_nltk_download()

import pytest  # noqa: E402
from hypothesis import HealthCheck, settings  # noqa: E402
from Orange.data import Table  # noqa: E402  (Qt's settings come first)

# how long something takes says more of what else the computer does
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

#: A group of goods of two features, of two facts, and without clusters.
LAMPS = {
    "facts": """fact,value,fact_en,fact_ru,value_en,value_ru,question_ru
light,led,light source,источник света,LED,светодиодный,Какой источник света?
light,other,,,other,прочий,
housing,metal,housing,корпус,metal,металлический,Из чего корпус?
housing,plastic,,,plastic,пластмассовый,
is_lamp,lamp,what it is,что это,a lamp,лампа,Это лампа?
is_lamp,not_lamp,,,no lamp,не лампа,
""",
    "decision_table": """codes,is_lamp,light,housing,gap,basis
none,not_lamp,,,,ОПИ 1
8539500000,,led,metal,,ОПИ 1
8539510000,,led,plastic,,ОПИ 1
8539000000,,other,,,ОПИ 1
""",
    "tariff": """code,designation_ru,designation_en,unit,rate
8539,лампы,lamps,,
8539500000,в металлическом корпусе,LED in metal,шт,
8539510000,в пластмассовом корпусе,LED in plastic,шт,
8539000000,прочие,other,шт,
""",
    "features": """feature,name_ru,name_en,fact,value,description_ru
led_dots,СВЕТОДИОДЫ,LED dots,light,led,видны светодиоды
metal_shell,МЕТАЛЛ,metal shell,housing,metal,корпус из металла
""",
}


@pytest.fixture
def lamps(tmp_path):
    """A group of goods that is nothing but a folder of tables."""
    from orangecontrib.customs.groups import find_group
    folder: Path = tmp_path / "lamps"
    folder.mkdir()
    for name, text in LAMPS.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return find_group(folder)


# as in Orange's own tests: what is shared between tables must not be written to
Table.LOCKING = True


@pytest.fixture(autouse=True)
def nothing_seen_before(monkeypatch):
    """Made backbones of many tests look alike: extractors keep features only where a test asks."""
    monkeypatch.setattr("orangecontrib.customs.photos.extract.FeatureCache", lambda: None)


@pytest.fixture
def pens(tmp_path):
    """A folder with the group of goods of the documentation: the page's three tables."""
    page = Path(__file__).parents[1] / "doc" / "groups" / "own.md"
    tables = re.findall(r"```csv\n(.*?)```", page.read_text(encoding="utf-8"), re.S)
    folder = tmp_path / "pens"
    folder.mkdir()
    for name, table in zip(("facts", "decision_table", "tariff"), tables, strict=True):
        (folder / f"{name}.csv").write_text(table, encoding="utf-8")
    return folder
