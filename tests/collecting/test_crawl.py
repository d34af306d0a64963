"""A whole catalogue, in a process of its own: polite, bounded, and nothing is fetched twice."""
import json
import os
import select
import signal
import subprocess
import sys
import textwrap
from types import SimpleNamespace

import pytest
from loopback import Loopback, jpeg

from orangecontrib.customs.collecting import Manifest, Recipe, crawl, preview, read_manifest
from orangecontrib.customs.collecting.client import Answer
from orangecontrib.customs.collecting.crawling import Crawl, journal_of
from orangecontrib.customs.i18n import say

QUICK = {"delay": 0, "tries": 1, "minutes": 5}


def product(number, photos=2, name="Ботинки", **said):
    node = {"@context": "https://schema.org", "@type": "Product", "sku": f"P{number}",
            "name": f"{name} {number}", "material": "кожа",
            "image": [f"/photo/{number}-{n}.jpg" for n in range(photos)], **said}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def links(*paths):
    return "".join(f'<a href="{path}">x</a>' for path in paths)


def serve(shop, products=4):
    """A shop: a list with links to products, each with two photos."""
    shop.page("/", links(*(f"/p/{n}" for n in range(products))))
    for number in range(products):
        shop.page(f"/p/{number}", product(number) + links("/", "/p/0"))
        for n in range(2):
            shop.photo(f"/photo/{number}-{n}.jpg", jpeg(10 * number + n))


def recipe(shop, **known):
    limits = {**QUICK, **known.pop("limits", {})}
    return Recipe.of({"start": [shop.url + "/"], "name": "shop", "limits": limits, **known})


# --- a shop in which everything goes wrong that can

@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    shop = Loopback()
    serve(shop)
    shop.routes["/robots.txt"] = 200, {}, "User-agent: *\nDisallow: /private"
    bad = ["/private/1", "/login", "/broken", "/gone", "/loop", "/busy", "/calendar/2026/1",
           "/pdf", "/bad-photos", "/old"]
    status, headers, body = shop.routes["/"]
    shop.page("/", body + links(*bad))
    shop.page("/login", "<form><input type=password></form>")
    shop.page("/broken", "<html><div" * 50 + product(9)[:60])
    shop.routes["/loop"] = 302, {"Location": "/loop?again"}, b""
    shop.routes["/busy"] = 503, {}, b""
    shop.routes["/pdf"] = 200, {"Content-Type": "application/pdf"}, b"%PDF"
    shop.routes["/old"] = 301, {"Location": "/p/0"}, b""
    shop.page("/bad-photos", product(5, image=["/photo/none.jpg", "/photo/page.jpg",
                                               "/photo/huge.jpg", "/photo/small.jpg",
                                               "/photo/0-0.jpg", "/photo/half.jpg"]))
    shop.page("/photo/page.jpg", "<p>sorry")
    shop.routes["/photo/huge.jpg"] = 200, {"Content-Type": "image/jpeg",
                                           "Content-Length": "100000000"}, b""
    shop.photo("/photo/small.jpg", jpeg(1, size=(60, 60)))
    shop.photo("/photo/half.jpg", jpeg(1)[:2000])

    def calendar(request):
        if not request.path.startswith("/calendar/"):
            return 404, {}, b""
        _, _, year, month = request.path.split("/")
        following = f"/calendar/{year}/{int(month) + 1}"
        return 200, {"Content-Type": "text/html"}, links(following, f"/calendar/{int(year) + 1}/1")
    shop.fallback = calendar
    folder = tmp_path_factory.mktemp("collection")
    made = recipe(shop, licence="by agreement", limits={"barren": 5, "depth": 50})
    done = crawl(folder, made, language="en")
    yield SimpleNamespace(shop=shop, folder=folder, done=done, recipe=made,
                          entries=read_manifest(folder),
                          said=[say(remark, "en") for remark in done.remarks])
    shop.close()


def test_photos_of_a_product_stay_together_with_its_text_and_licence(crawled):
    found = [e for e in crawled.entries if e.product == "shop:P1"]
    assert len(found) == 2 and all(e.file and e.state == "collected" for e in found)
    assert {os.path.dirname(e.file) for e in found} == {os.path.dirname(found[0].file)}
    assert found[0].text == "Ботинки 1; кожа" and found[0].licence == "by agreement"
    assert found[0].page.endswith("/p/1") and found[0].kind == "catalogue"
    assert (crawled.folder / found[0].file).read_bytes() == jpeg(10)


def test_nothing_is_lost_where_some_of_it_goes_wrong(crawled):
    assert crawled.done.ended == "finished" and crawled.done.photos == 8
    assert sum(e.counts for e in crawled.entries) == 8


def test_robots_txt_is_obeyed_and_said(crawled):
    assert crawled.shop.count("/private/1") == 0
    assert any("/private/1: robots.txt of the site" in said for said in crawled.said)


def test_a_login_page_is_said(crawled):
    assert any("/login: asks for a login" in said for said in crawled.said)


def test_a_redirect_loop_a_missing_page_and_a_document_are_said(crawled):
    for words in ("/loop: more than 5 redirects", "/gone: the server answers 404",
                  "/pdf: not a page of HTML", "/busy: the server answers 503"):
        assert any(words in said for said in crawled.said), words


def test_an_endless_calendar_is_left(crawled):
    pages = sum(n for path, n in crawled.shop.seen.items() if path.startswith("/calendar"))
    assert 5 <= pages <= 15
    assert any("are asked for no more: 5 of them show no product" in s for s in crawled.said)


def test_what_is_no_photo_is_a_row_with_the_reason(crawled):
    refused = {e.url.rpartition("/")[2]: e.reason for e in crawled.entries
               if e.state == "refused"}
    assert set(refused) == {"none.jpg", "page.jpg", "huge.jpg", "small.jpg", "half.jpg"}
    assert "404" in refused["none.jpg"] and "text/html" in refused["page.jpg"]
    assert "25,000,000" in refused["huge.jpg"] and "truncated" in refused["half.jpg"]


def test_the_tool_says_who_it_is_and_sends_no_cookies(crawled):
    for _, path, headers, _ in crawled.shop.requests:
        assert "Orange3-Customs" in headers["User-Agent"], path
        assert "Cookie" not in headers and "Referer" not in headers


def test_the_next_run_asks_only_for_what_could_not_be_had(crawled):
    before = crawled.shop.seen.copy()
    done = crawl(crawled.folder, crawled.recipe, language="en")
    news = crawled.shop.seen - before
    assert set(news) == {"/robots.txt", "/busy"} and done.photos == 0 and done.failed == 1


# --- the end of the process

def test_a_killed_crawl_goes_on_where_it_was_and_fetches_nothing_twice(tmp_path, loopback):
    serve(loopback, products=8)
    made = recipe(loopback)
    # the shop stops to answer after some photos, so the kill comes in the middle
    held, real = [], dict(loopback.routes)
    number = {"n": 0}

    def slow(path):
        def answer(request):
            number["n"] += 1
            if number["n"] == 6:
                held.append(path)
                os.kill(child.pid, signal.SIGKILL)
                return None
            return real[path]
        return answer
    for path in real:
        if path.startswith("/photo"):
            loopback.routes[path] = slow(path)
    job = tmp_path / "job.json"
    folder = tmp_path / "collection"
    job.write_text(json.dumps({"folder": str(folder), "language": "en",
                               "recipe": made.described()}))
    child = subprocess.Popen(
        [sys.executable, "-m", "orangecontrib.customs.collecting.spider", str(job)],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert child.wait(timeout=300) == -signal.SIGKILL
    child.stdin.close()
    loopback.routes.update(real)
    with Manifest(folder) as manifest:
        assert not manifest.problems and 4 <= sum(e.counts for e in manifest) <= 6
    done = crawl(folder, made)
    assert done.ended == "finished"
    entries = read_manifest(folder)
    assert sum(e.counts for e in entries) == 16
    # only what was on its way when the process was killed
    twice = {path for path, n in loopback.seen.items() if n > 1} - {"/robots.txt"}
    assert len(twice) <= 2 and set(held) <= twice


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs pidfd_open")
def test_the_crawl_ends_with_the_process_that_started_it(tmp_path, loopback):
    def page(request):
        parent.kill()  # in the middle of the crawl
        return 200, {"Content-Type": "text/html"}, links("/next")
    loopback.routes["/"] = page
    script = textwrap.dedent(f"""
        import json, subprocess
        from orangecontrib.customs.collecting import Recipe, crawl
        popen = subprocess.Popen
        def told(*args, **kwargs):
            child = popen(*args, **kwargs)
            print(child.pid, flush=True)
            return child
        subprocess.Popen = told
        crawl({str(tmp_path / "collection")!r}, Recipe.of(json.loads({json.dumps(json.dumps(
            recipe(loopback).described()))})))
    """)
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    pid = int(parent.stdout.readline())
    parent.wait(timeout=300)
    parent.stdout.close()
    try:
        handle = os.pidfd_open(pid)
        ended = select.select([handle], [], [], 60)[0]
        os.close(handle)
    except ProcessLookupError:  # already
        ended = True
    assert ended, "the crawl goes on without its parent"
    assert loopback.count("/") == 1 and loopback.count("/next") <= 1


def test_a_crawl_that_is_stopped_keeps_what_it_has(tmp_path, loopback):
    serve(loopback, products=30)
    seen = []
    done = crawl(tmp_path, recipe(loopback, limits={"delay": .05}), seen.append,
                 stopped=lambda: bool(seen and seen[-1].pages))
    assert done.ended == "stopped" and loopback.count("/p/29") == 0
    with Manifest(tmp_path) as manifest:
        assert not manifest.problems


def test_a_collection_that_is_open_here_can_not_be_crawled_into(tmp_path, loopback):
    from orangecontrib.customs.collecting import CollectError
    with Manifest(tmp_path), pytest.raises(CollectError, match="open in another program"):
        crawl(tmp_path, recipe(loopback))
    assert not loopback.requests


# --- bounds, without a process

def walk(made, folder, shop, most=10_000):
    """What a crawl asks for, in order, when everything is answered at once."""
    with Manifest(folder) as manifest:
        plan = Crawl(made, manifest)
        waiting, asked = list(plan.begin()), []
        while waiting and len(asked) < most and not plan.full:
            ask = waiting.pop(0)
            asked.append(ask)
            status, headers, body = shop.routes.get(ask.url.removeprefix(shop.url)) \
                or shop.fallback(SimpleNamespace(path=ask.url.removeprefix(shop.url)))
            body = body.encode() if isinstance(body, str) else body
            answer = Answer(ask.url, status, {k.lower(): v for k, v in headers.items()}, body)
            waiting += plan.page(ask, answer) if ask.product is None else plan.photo(ask, answer)
        plan.close()
    return asked, plan.done


@pytest.fixture
def endless(loopback):
    """Each page leads to two others, for ever, and shows a product."""
    def page(request):
        path = request.path.rstrip("/")
        if path.endswith(".jpg"):
            return 200, {"Content-Type": "image/jpeg"}, jpeg(sum(path.encode()))
        return 200, {"Content-Type": "text/html"}, product(path.replace("/", "_"), 1) \
            + links(f"{path}/a", f"{path}/b")
    loopback.fallback = page
    return loopback


@pytest.mark.parametrize("limits, pages, photos", [
    ({"pages": 7}, 7, 7), ({"depth": 2}, 7, 7), ({"photos": 3}, None, 3)])
def test_a_crawl_keeps_its_bounds(endless, tmp_path, limits, pages, photos):
    asked, done = walk(recipe(endless, limits=limits), tmp_path, endless)
    assert pages is None or sum(a.product is None for a in asked) == pages
    assert done.photos <= photos


def test_a_crawl_of_too_many_bytes_ends(endless, tmp_path):
    asked, done = walk(recipe(endless, limits={"megabytes": .02}), tmp_path, endless)
    assert .02e6 <= done.bytes < .03e6


def test_a_raised_bound_goes_on_where_the_lower_one_ended(endless, tmp_path):
    first, done = walk(recipe(endless, limits={"pages": 3}), tmp_path, endless)
    assert done.ended == "pages"
    second, _ = walk(recipe(endless, limits={"pages": 7}), tmp_path, endless)
    assert not {a.url for a in first} & {a.url for a in second}
    assert sum(a.product is None for a in first + second) == 7


def test_other_selectors_read_the_pages_anew_and_the_photos_not(endless, tmp_path):
    made = recipe(endless, limits={"pages": 3})
    first, _ = walk(made, tmp_path, endless)
    other = recipe(endless, limits={"pages": 3}, skip=["nothing"])
    assert journal_of(tmp_path, made) != journal_of(tmp_path, other)
    second, _ = walk(other, tmp_path, endless)
    assert sum(a.product is None for a in second) == 3
    assert sum(a.product is not None for a in second) == 0


def test_a_journal_that_ends_anywhere_is_read_as_far_as_it_goes(endless, tmp_path):
    made = recipe(endless, limits={"pages": 4})
    walk(made, tmp_path, endless)
    journal = journal_of(tmp_path, made)
    content = journal.read_bytes()
    lines = content.splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:2]) + lines[2][:40])
    again, _ = walk(made, tmp_path, endless)
    assert sum(a.product is None for a in again) == 2
    journal.write_bytes(b"garbage\n" + lines[1])
    again, _ = walk(made, tmp_path, endless)
    assert sum(a.product is None for a in again) == 3


def test_a_preview_shows_what_a_recipe_catches(loopback, client):
    serve(loopback)
    page = preview(loopback.url + "/p/1", recipe(loopback), client)
    assert page.products[0].name == "Ботинки 1" and len(page.products[0].photos) == 2
    assert loopback.count("/photo/1-0.jpg") == 0


def test_a_page_that_leads_out_of_the_catalogue_is_not_read(loopback, tmp_path):
    with Manifest(tmp_path) as manifest:
        plan = Crawl(recipe(loopback), manifest)
        first, = plan.begin()
        away = Answer("https://elsewhere.example/", 200, {"content-type": "text/html"},
                      product(1).encode())
        assert plan.page(first, away) == [] and plan.done.products == 0
        plan.close()
    assert "out of the catalogue" in say(plan.done.remarks[0], "en")
