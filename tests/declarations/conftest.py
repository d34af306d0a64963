import pytest

from orangecontrib.customs.groups import Group, find_group


@pytest.fixture
def changed(tmp_path):
    """Footwear with one of its tables changed: ``changed(name, change of its text)``."""
    def group(name, change, id_="changed"):
        footwear = find_group("footwear")
        for path in footwear.folder.glob("*.csv"):
            text = path.read_text(encoding="utf-8")
            (tmp_path / path.name).write_text(change(text) if path.name == name else text,
                                              encoding="utf-8")
        return Group.load(tmp_path, footwear.nomenclature, id_)
    return group
