"""A recipe is a small file; what can't be done in it is named."""
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    ('selectors = 7', "selectors is not a table"),
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


def test_a_recipe_is_saved_with_what_is_not_as_by_default(tmp_path, toml):
    toml.save(tmp_path / "saved.toml")
    assert Recipe.load(tmp_path / "saved.toml") == toml
    text = (tmp_path / "saved.toml").read_text(encoding="utf-8")
    assert "pages = 40" in text and "hosts" not in text and "photos" not in text


@given(text=st.text(), lists=st.lists(st.text().map(re.escape)), delay=st.floats(0, 1e300))
def test_whatever_stands_in_a_recipe_comes_back(tmp_path_factory, text, lists, delay):
    recipe = Recipe.of({"start": ["https://a.example/"], "licence": text, "name": text or "a",
                        "skip": lists, "limits": {"delay": delay}})
    path = tmp_path_factory.mktemp("recipes") / "r.toml"
    recipe.save(path)
    assert Recipe.load(path) == recipe
    assert Recipe.of(recipe.said()) == recipe


def test_a_recipe_that_can_not_be_saved_is_said(tmp_path, toml):
    with pytest.raises(CollectError, match="No such file"):
        toml.save(tmp_path / "none" / "r.toml")
