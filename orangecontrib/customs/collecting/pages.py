"""A page of a shop → its products, by selectors or by what it says to machines."""
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urldefrag, urljoin, urlsplit

from .client import Client
from .errors import CollectError
from .recipe import Recipe, Selectors

__all__ = ["Page", "Product", "preview", "read_page"]

#: Characters of a product's text that are kept.
MOST_TEXT = 4000


@dataclass(frozen=True)
class Product:
    """What a page says of one product.

    Attributes
    ----------
    id : str
        Unique within the source: colours of one model share it where the page says so.
    url, name, text, materials, category : str
    photos : tuple of str
        Addresses.
    found_by : str
        "selectors", "json-ld", "microdata" or "opengraph".
    """

    id: str
    url: str
    name: str = ""
    text: str = ""
    materials: str = ""
    category: str = ""
    photos: tuple[str, ...] = ()
    found_by: str = ""

    @property
    def whole_text(self) -> str:
        """All that is said of it, for the reader of declarations."""
        parts = dict.fromkeys(part for part in (self.name, self.materials, self.text) if part)
        return "; ".join(parts)[:MOST_TEXT]


@dataclass(frozen=True)
class Page:
    """What was found on a page.

    Attributes
    ----------
    products : tuple of Product
    links : tuple of str
        That the recipe follows.
    login : bool
        It asks for a password, and shows no product.
    """

    url: str
    products: tuple[Product, ...]
    links: tuple[str, ...]
    login: bool = False


def read_page(content: bytes, url: str, recipe: Recipe, content_type: str = "text/html") -> Page:
    """Products and links of a page, however broken its HTML is.

    Raises
    ------
    CollectError
        It is not a page of HTML.
    """
    from bs4 import BeautifulSoup
    if content_type and "html" not in content_type:
        raise CollectError("no_page", url=url, type=content_type)
    if b"<" not in content:
        return Page(url, (), ())
    charset = re.search(r"charset=([\w-]+)", content_type)
    try:
        soup = BeautifulSoup(content, "lxml", from_encoding=charset and charset[1])
    except (ValueError, LookupError, AssertionError, RecursionError) as error:
        raise CollectError("broken_page", url=url, error=str(error)[:200]) from None
    base = _base(soup, url)
    selectors = recipe.selectors
    if selectors.product:
        products = _selected(soup, base, url, selectors)
    else:
        products = _described(str(soup), soup, base, url)
    products = tuple(replace(p, photos=p.photos[:recipe.limits.photos_per_product])
                     for p in products)
    links = dict.fromkeys(
        link for tag in soup.select(selectors.follow)
        if (link := _absolute(base, tag.get("href"))) and recipe.wanted(link))
    login = not products and soup.find("input", attrs={"type": "password"}) is not None
    return Page(url, products, tuple(links), login)


def preview(url: str, recipe: Recipe | None = None, client: Client | None = None) -> Page:
    """Products and links that a recipe finds on a page; robots.txt is obeyed.

    Raises
    ------
    CollectError
        The page can't be had, or is none.
    """
    recipe = recipe or Recipe((url,))
    answer = (client or Client()).page(url)
    return read_page(answer.content, answer.url, recipe, answer.headers.get("content-type", ""))


def _base(soup, url: str) -> str:
    tag = soup.find("base", href=True)
    return _absolute(url, tag["href"]) or url if tag else url


def _absolute(base: str, link: object) -> str:
    """An address of the web without its fragment; "" for all else."""
    if not isinstance(link, str) or not link.strip():
        return ""
    try:
        full = urldefrag(urljoin(base, link.strip()))[0]
        parts = urlsplit(full)
    except ValueError:
        return ""
    return full if parts.scheme in ("http", "https") and parts.hostname else ""


# --- by selectors

def _selected(soup, base: str, url: str, selectors: Selectors) -> list[Product]:
    products = []
    around = soup.select(selectors.product)
    for number, tag in enumerate(around):
        def text(selector, tag=tag):
            found = tag.select(selector) if selector else ()
            return "; ".join(dict.fromkeys(filter(None, map(_text, found))))
        photos = _photos_of(tag.select(selectors.photos), base)
        name, id_ = text(selectors.name), text(selectors.id)
        if not (photos or name):
            continue
        link = tag.find("a", href=True) if len(around) > 1 else None
        own = _absolute(base, link["href"]) if link else ""
        product = own or (url if len(around) == 1 else f"{url}#{number}")
        products.append(Product(id_ or product, own or url, name, text(selectors.text),
                                text(selectors.materials), text(selectors.category), photos,
                                "selectors"))
    return products


def _text(tag) -> str:
    return " ".join((tag.get("content") or tag.get_text(" ")).split())


def _photos_of(tags: Iterable, base: str) -> tuple[str, ...]:
    """The largest photo that each image, or link, names."""
    found = {}
    for tag in tags:
        candidates = [_largest(tag.get("srcset") or tag.get("data-srcset")),
                      tag.get("href") if tag.name == "a" else None,
                      tag.get("data-src"), tag.get("data-original"), tag.get("content"),
                      tag.get("src")]
        link = next(filter(None, (_absolute(base, c) for c in candidates)), "")
        if link:
            found[link] = None
    return tuple(found)


def _largest(srcset: str | None) -> str | None:
    sized = []
    for part in re.split(r",\s+", srcset or ""):
        address, _, size = part.strip().partition(" ")
        number = re.match(r"[\d.]+", size.strip())
        if address:
            sized.append((float(number[0]) if number else 1., address))
    return max(sized)[1] if sized else None


# --- by what is said to machines

def _described(html: str, soup, base: str, url: str) -> list[Product]:
    import extruct
    try:
        data = extruct.extract(html, base_url=base, errors="ignore", uniform=True,
                               syntaxes=["json-ld", "microdata", "opengraph"])
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        data = {}  # what a broken page says to machines; what it says to people stays
    for syntax in ("json-ld", "microdata"):
        nodes = list(_nodes(data.get(syntax, ())))
        products = [p for node in nodes if (p := _of_node(node, base, url, syntax))]
        if products:
            return _merged(products)
    return _of_opengraph(data.get("opengraph", ()), base, url)


def _nodes(thing: object, depth: int = 0) -> Iterator[Mapping]:
    """All products in nested data; variants come after what they are variants of."""
    if depth > 12:
        return
    if isinstance(thing, Mapping):
        if _is_product(thing):
            yield thing
        for value in thing.values():
            yield from _nodes(value, depth + 1)
    elif isinstance(thing, (list, tuple)):
        for value in thing:
            yield from _nodes(value, depth + 1)


def _is_product(node: Mapping) -> bool:
    types = node.get("@type", ())
    types = [types] if isinstance(types, str) else types
    return any(str(t).rsplit("/", 1)[-1] in ("Product", "ProductGroup", "IndividualProduct",
                                             "ProductModel") for t in types or ())


def _of_node(node: Mapping, base: str, url: str, syntax: str) -> Product | None:
    photos = tuple(dict.fromkeys(link for value in _list(node.get("image"))
                                 if (link := _absolute(base, _image(value)))))
    name = _words(node.get("name"))
    if not (photos or name):
        return None
    group = node.get("isVariantOf")
    ids = [_words(group.get("productGroupID")) if isinstance(group, Mapping) else "",
           *(_words(node.get(key)) for key in ("inProductGroupWithID", "productGroupID", "sku",
                                               "productID", "mpn"))]
    own = _absolute(base, _words(node.get("url"))) or url
    properties = [f"{_words(p.get('name'))}: {_words(p.get('value'))}"
                  for p in _list(node.get("additionalProperty")) if isinstance(p, Mapping)]
    text = "; ".join(filter(None, (_words(node.get("description")), *properties)))
    return Product(next(filter(None, ids), own), own, name, text, _words(node.get("material")),
                   _words(node.get("category")), photos, syntax)


def _merged(products: list[Product]) -> list[Product]:
    """One of each id: variants bring their photos to the product."""
    found: dict[str, Product] = {}
    for product in products:
        first = found.setdefault(product.id, product)
        if first is not product:
            merged = {name: getattr(first, name) or getattr(product, name)
                      for name in ("name", "text", "materials", "category")}
            found[product.id] = replace(
                first, photos=tuple(dict.fromkeys(first.photos + product.photos)), **merged)
    return list(found.values())


def _list(value: object) -> list:
    return list(value) if isinstance(value, (list, tuple)) else [] if value is None else [value]


def _image(value: object) -> object:
    if isinstance(value, Mapping):
        return next((value[k] for k in ("contentUrl", "url", "@id") if value.get(k)), None)
    return value


def _words(value: object) -> str:
    """Text of a value, without the HTML that some put into descriptions."""
    if isinstance(value, Mapping):
        value = value.get("name") or value.get("@value") or value.get("value")
    if isinstance(value, (list, tuple)):
        return ", ".join(filter(None, map(_words, value)))[:MOST_TEXT]
    if not isinstance(value, (str, int, float)):
        return ""
    text = str(value)
    if "<" in text:
        from bs4 import BeautifulSoup
        text = BeautifulSoup(text, "lxml").get_text(" ")
    return " ".join(text.split())[:MOST_TEXT]


def _of_opengraph(data: Iterable, base: str, url: str) -> list[Product]:
    for node in data:
        if not str(node.get("@type", "")).rsplit(":", 1)[-1].startswith("product"):
            continue
        photos = tuple(dict.fromkeys(link for key in ("og:image", "og:image:secure_url")
                                     for value in _list(node.get(key))
                                     if (link := _absolute(base, value))))
        if photos:
            own = _absolute(base, _words(node.get("og:url"))) or url
            return [Product(_words(node.get("product:retailer_item_id")) or own, own,
                            _words(node.get("og:title")), _words(node.get("og:description")),
                            _words(node.get("product:material")),
                            _words(node.get("product:category")), photos, "opengraph")]
    return []
