"""A recipe is a small file; what can't be done in it is named."""
import json

import pytest

from orangecontrib.customs.collecting import CollectError, Recipe

TOML = """
start = ["https://shop.example/shoes"]
licence = "by agreement of 2026-01-01"
skip = ["/cart"]

[selectors]
product = ".card"
name = "h3"

[limits]
pages = 40
delay = 2.5
"""

CSV = """setting,value
start,https://shop.example/shoes
licence,by agreement of 2026-01-01
skip,/cart
selectors.product,.card
selectors.name,h3
limits.pages,40
limits.delay,2.5
"""


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def toml(tmp_path):
    return Recipe.load(write(tmp_path / "r.toml", TOML))


def test_a_recipe_says_where_what_and_how_much(toml):
    assert toml.name == "shop.example" and toml.hosts == ("shop.example",)
    assert (toml.limits.pages, toml.limits.delay, toml.limits.depth) == (40, 2.5, 6)
    assert toml.selectors.product == ".card" and toml.selectors.photos == "img"


def test_three_kinds_of_files_say_the_same(tmp_path, toml):
    assert Recipe.load(write(tmp_path / "r.csv", CSV)) == toml
    assert Recipe.load(write(tmp_path / "r.json", json.dumps(toml.described()))) == toml


@pytest.mark.parametrize("text, complaint", [
    ("", "start: no address"),
    ('start = ["file:///etc/passwd"]', "not an address of http"),
    ('start = ["shop.example"]', "not an address of http"),
    ('start = ["https://a.b"]\nhots = 1', r"hots: no such setting \(there are .*hosts"),
    ('start = ["https://a.b"]\n[limits]\npages = "many"', "limits.pages: a number is needed"),
    ('start = ["https://a.b"]\n[limits]\ndelay = -1', "limits.delay: a number of 0 or more"),
    ('start = ["https://a.b"]\n[limits]\ndelay = nan', "limits.delay: a number of 0 or more"),
    ('start = ["https://a.b"]\n[selectors]\nname = "h3["', "selectors.name"),
    ('start = ["https://a.b"]\nfollow = ["("]', r"\(: "),
    ('start = 7', "start: a list of texts is needed"),
    ('selectors = 7', "selectors is no table"),
    ("start = [", "r.toml: "),
])
def test_what_a_recipe_can_not_mean_is_named(tmp_path, text, complaint):
    with pytest.raises(CollectError, match=complaint):
        Recipe.load(write(tmp_path / "r.toml", text))


def test_a_recipe_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CollectError, match="none.toml: No such file"):
        Recipe.load(tmp_path / "none.toml")


def test_a_recipe_survives_its_description(toml):
    assert Recipe.of(json.loads(json.dumps(toml.described()))) == toml
