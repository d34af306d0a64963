"""Products of a page: by selectors, or by what it says to machines; broken pages break nothing."""
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orangecontrib.customs.collecting import CollectError, Recipe
from orangecontrib.customs.collecting.pages import read_page

AT = "https://shop.example/shoes/1"

LISTING = """<html><base href="/shoes/"><body>
<article class="card"><h3>Туфли <b>женские</b></h3><p class="m">верх: кожа</p>
 <a href="1"><img src="small.jpg" srcset="a.jpg 300w, b.jpg 900w"></a></article>
<article class="card"><h3>Сабо</h3><a href="2"><img data-src="c.jpg"
 src="data:image/gif;base64,R0"></a></article><article class="card"></article>
<a href="page/2">дальше</a> <a href="mailto:x@y">почта</a>
<a href="https://elsewhere.example/">x</a>
<a href="/cart#top">корзина</a><a href="/photo.JPG">фото</a>
"""

SELECTED = {"product": ".card", "name": "h3", "materials": ".m"}


def recipe(**known):
    return Recipe.of({"start": ["https://shop.example/"], **known})


def page(html, url=AT, **known):
    return read_page(html.encode(), url, recipe(**known))


def json_ld(*nodes):
    return "".join(f'<script type="application/ld+json">{json.dumps(node)}</script>'
                   for node in nodes)


PRODUCT = {"@context": "https://schema.org", "@type": "Product", "name": "Ботинки", "sku": "B-1",
           "description": "<p>Верх: <b>кожа</b></p>", "material": "кожа", "category": "Обувь",
           "image": ["/1.jpg", {"@type": "ImageObject", "contentUrl": "/2.jpg"}],
           "additionalProperty": [{"@type": "PropertyValue", "name": "Подошва", "value": "ТЭП"}]}


def test_selectors_catch_products_with_their_own_photos_and_links():
    found = page(LISTING, selectors=SELECTED)
    first, second = found.products
    assert (first.name, first.materials) == ("Туфли женские", "верх: кожа")
    assert first.photos == ("https://shop.example/shoes/b.jpg",)  # the largest
    assert first.id == first.url == "https://shop.example/shoes/1"
    assert second.photos == ("https://shop.example/shoes/c.jpg",)
    assert first.found_by == "selectors"


def test_links_are_those_of_the_catalogue():
    found = page(LISTING, selectors=SELECTED)
    assert set(found.links) == {"https://shop.example/shoes/1", "https://shop.example/shoes/2",
                                "https://shop.example/shoes/page/2", "https://shop.example/cart"}
    assert page(LISTING, skip=["cart", "page"], follow=["/2$"]).links == \
        ("https://shop.example/shoes/2",)


def test_json_ld_is_read_without_selectors():
    product, = page(json_ld(PRODUCT)).products
    assert product.found_by == "json-ld" and product.id == "B-1"
    assert product.photos == ("https://shop.example/1.jpg", "https://shop.example/2.jpg")
    assert product.text == "Верх: кожа; Подошва: ТЭП"
    assert product.whole_text == "Ботинки; кожа; Верх: кожа; Подошва: ТЭП"


def test_products_are_found_wherever_json_ld_nests_them():
    graph = {"@graph": [{"@type": "WebPage"}, {"@type": "ItemList", "itemListElement": [
        {"@type": "ListItem", "item": {**PRODUCT, "sku": str(n)}} for n in range(3)]}]}
    assert [p.id for p in page(json_ld(graph)).products] == ["0", "1", "2"]


def test_colours_of_one_model_are_one_product():
    group = {"@context": "https://schema.org", "@type": "ProductGroup", "productGroupID": "M",
             "name": "Кеды", "hasVariant": [
                 {"@type": "Product", "sku": f"M-{colour}", "image": f"/{colour}.jpg",
                  "name": f"Кеды {colour}", "inProductGroupWithID": "M"}
                 for colour in ("red", "blue")]}
    product, = page(json_ld(group)).products
    assert (product.id, product.name) == ("M", "Кеды") and len(product.photos) == 2


def test_microdata_are_read():
    product, = page("""<div itemscope itemtype="https://schema.org/Product">
      <h1 itemprop="name">Сапоги</h1><img itemprop="image" src="/s.jpg">
      <span itemprop="material">резина</span></div>""").products
    assert (product.name, product.materials, product.found_by) == ("Сапоги", "резина", "microdata")
    assert product.photos == ("https://shop.example/s.jpg",)


def test_open_graph_is_read_of_products_only():
    tags = """<html prefix="og: https://ogp.me/ns#"><head><meta property="og:type" content="{}">
      <meta property="og:title" content="Галоши"><meta property="og:image" content="/g.jpg">"""
    product, = page(tags.format("product")).products
    assert (product.name, product.found_by) == ("Галоши", "opengraph")
    assert not page(tags.format("article")).products


@pytest.mark.parametrize("html", [
    "", "<", "<html><body><div" * 500, "\0\0\0", "<script type='application/ld+json'>{broken",
    json_ld(PRODUCT)[:-60], "<meta property='og:type'>", json_ld([[[]]], "x", 1, None),
    json_ld({"@type": "Product", "name": {"@value": ["x"]}, "image": [None, {}, 7]}),
    "<a href='http://['>x</a><img src='http://[::1'>", "<base href='http://['><a href='y'>"])
def test_a_broken_page_is_read_as_far_as_it_goes(html):
    for selectors in ({}, {"product": "div", "photos": "img, a"}):
        read_page(html.encode(), AT, recipe(selectors=selectors))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_whatever_bytes_a_page_is_made_of_it_is_read(content):
    read_page(content, AT, recipe(), "text/html; charset=nonsense")


def test_cyrillic_pages_are_read_in_their_encoding():
    html = "<meta charset='windows-1251'><article class='card'><h3>Сабо</h3></article>"
    found = read_page(html.encode("cp1251"), AT, recipe(selectors=SELECTED))
    assert found.products[0].name == "Сабо"
    found = read_page(html.replace("<meta charset='windows-1251'>", "").encode("cp1251"), AT,
                      recipe(selectors=SELECTED), "text/html; charset=windows-1251")
    assert found.products[0].name == "Сабо"


def test_what_is_no_page_is_said():
    with pytest.raises(CollectError, match=r"not a page of HTML \(application/pdf\)"):
        read_page(b"%PDF", AT, recipe(), "application/pdf")


def test_a_page_that_asks_for_a_password_and_shows_nothing_is_a_login():
    form = "<form><input type=text name=u><input type=password name=p></form>"
    assert page(form).login
    assert not page(form + json_ld(PRODUCT)).login  # a shop with a login in its head


def test_no_more_photos_of_a_product_than_the_recipe_wants():
    many = {**PRODUCT, "image": [f"/{n}.jpg" for n in range(40)]}
    product, = page(json_ld(many), limits={"photos_per_product": 3}).products
    assert len(product.photos) == 3
