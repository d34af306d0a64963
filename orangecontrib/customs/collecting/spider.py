"""The process that crawls: Scrapy chooses when, :class:`.client.Client` asks.

Started by :func:`.crawling.crawl`; what it finds is in files, what it prints is where it is.  It
ends when its standard input ends, that is, with the process that started it.
"""
from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path

import scrapy
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.exceptions import CloseSpider, IgnoreRequest
from scrapy.http import HtmlResponse, Response

from orangecontrib.customs.i18n import set_language

from .client import USER_AGENT, Answer, Client, Limits
from .crawling import Ask, Crawl
from .errors import CollectError, Stopped
from .manifest import Manifest
from .recipe import Recipe
from .store import Done

__all__ = ["Catalogue", "Handler", "main", "settings_of"]

#: Seconds between two lines of progress.
OFTEN = .5


class Handler(BaseDownloadHandler):
    """Lets the polite client do what Scrapy wants to be done: one hop at a time.

    Redirects go back to Scrapy, which asks for their target as for anything else: robots.txt
    and delay of another host hold there, too.
    """

    lazy = False

    async def download_request(self, request):
        from scrapy.utils.defer import maybe_deferred_to_future
        from twisted.internet.threads import deferToThread
        return await maybe_deferred_to_future(deferToThread(self.fetch, request))

    def fetch(self, request) -> Response:
        """A response of Scrapy's; runs in a thread."""
        client, ask = self.crawler.spider.client, request.meta["ask"]
        begun = time.monotonic()
        answer = client.get(request.url, private=request.meta["private"], robots=True,
                            follow=False, accept="image/*" if ask.product else "text/html",
                            most=client.limits.photo if ask.product else client.limits.page)
        request.meta["download_latency"] = time.monotonic() - begun  # for the autothrottle
        kind = Response if ask.product or "html" not in answer.type else HtmlResponse
        return kind(answer.url, answer.status, answer.headers, answer.content, request=request)


class Catalogue(scrapy.Spider):
    """Asks for what a :class:`Crawl` wants."""

    name = "catalogue"

    def __init__(self, crawl: Crawl, client: Client, **kwargs):
        super().__init__(**kwargs)
        self.crawl, self.client, self._told = crawl, client, 0.
        self._private = any(map(client.is_private_url, crawl.recipe.start))

    async def start(self):
        for ask in self.crawl.begin():
            yield self._request(ask)

    def _request(self, ask: Ask):
        return scrapy.Request(
            ask.url, callback=self.came, errback=self.failed, priority=0 if ask.product is None
            else 1000, dont_filter=True, headers={"User-Agent": USER_AGENT},
            # the depth is the crawl's own: a resumed one goes on where it was
            meta={"ask": ask, "private": self._private, "depth": ask.depth,
                  "handle_httpstatus_all": False})

    def came(self, response):
        """A page or a photo."""
        ask = response.meta["ask"]
        headers = {name.decode("latin-1").lower(): values[0].decode("latin-1")
                   for name, values in response.headers.items() if values}
        answer = Answer(response.url, response.status, headers, response.body)
        asks = self.crawl.page(ask, answer) if ask.product is None \
            else self.crawl.photo(ask, answer)
        yield from self._next(asks)

    def failed(self, failure):
        """Something that could not be had."""
        ask, error = failure.request.meta["ask"], failure.value
        if isinstance(error, Stopped):
            return
        if not isinstance(error, CollectError):
            response = getattr(error, "response", None)
            error = CollectError("status", url=ask.url, status=response.status) \
                if response is not None else CollectError(
                    "redirects", url=ask.url, most=self.client.limits.redirects) \
                if isinstance(error, IgnoreRequest) \
                else CollectError("broken_answer", True, host=ask.url, error=repr(error)[:200])
        yield from self._next(self.crawl.failed(ask, error))

    def _next(self, asks):
        self.tell()
        if self.crawl.full:
            raise CloseSpider(self.crawl.full)
        for ask in asks:
            yield self._request(ask)

    def tell(self, ended: str = "") -> None:
        """Print where the crawl is; remarks once."""
        now, done = time.monotonic(), self.crawl.done
        if not ended and now - self._told < OFTEN:
            return
        self._told = now
        remarks, done.remarks = done.remarks, []
        tell(done, remarks, ended or done.ended)

    def closed(self, reason):
        """The crawl ends: say why."""
        why = {"finished": self.crawl.done.ended, "closespider_timeout": "minutes",
               "shutdown": "stopped"}.get(reason, reason)
        self.tell(why)


def tell(done: Done, remarks=(), ended: str = "") -> None:
    """A line for the process that listens."""
    said = {name: getattr(done, name) for name in ("pages", "products", "photos", "refused",
                                                   "failed", "bytes")}
    said |= {"ended": ended, "remarks": [[m.id, dict(m.args)] for m in remarks]}
    try:
        print(json.dumps(said, default=str), flush=True)
    except OSError:  # nobody listens any more
        pass


def settings_of(recipe: Recipe) -> dict:
    """Scrapy's settings for a recipe."""
    limits, ours = recipe.limits, f"{__name__ if __name__ != '__main__' else _NAME}.Handler"
    return {
        "USER_AGENT": USER_AGENT, "DOWNLOAD_DELAY": limits.delay,
        "RANDOMIZE_DOWNLOAD_DELAY": False, "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "CONCURRENT_REQUESTS": 4, "AUTOTHROTTLE_ENABLED": True,
        "AUTOTHROTTLE_START_DELAY": limits.delay, "AUTOTHROTTLE_MAX_DELAY": 60.,
        # the client obeys robots.txt, tries again and waits as servers ask
        "ROBOTSTXT_OBEY": False, "RETRY_ENABLED": False, "REDIRECT_MAX_TIMES": 5,
        "METAREFRESH_ENABLED": False, "COOKIES_ENABLED": False, "HTTPPROXY_ENABLED": False,
        "HTTPCOMPRESSION_ENABLED": False, "TELNETCONSOLE_ENABLED": False, "LOG_LEVEL": "ERROR",
        "REFERER_ENABLED": False, "DNSCACHE_ENABLED": False,
        "CLOSESPIDER_TIMEOUT": limits.minutes * 60,
        # breadth first: what is near the start comes first
        "DEPTH_PRIORITY": 1, "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",
        "DOWNLOAD_HANDLERS": {"http": ours, "https": ours, "file": None, "ftp": None, "s3": None,
                              "data": None},
    }


_NAME = "orangecontrib.customs.collecting.spider"


def main(path: str) -> int:
    """Do a job of :func:`.crawling.crawl`."""
    job = json.loads(Path(path).read_text(encoding="utf-8"))
    set_language(job["language"])
    try:
        recipe = Recipe.of(job["recipe"])
        ended = threading.Event()
        limits = Limits(delay=recipe.limits.delay, tries=max(1, recipe.limits.tries))
        client = Client(limits, sleep=ended.wait, stopped=ended.is_set)
        with Manifest(job["folder"]) as manifest:
            crawl = Crawl(recipe, manifest)
            try:
                _run(crawl, client, ended)
            finally:
                crawl.close()
    except CollectError as error:
        tell(Done(), [error.reason], "error")
        return 2
    return 0


def _run(crawl: Crawl, client: Client, ended: threading.Event) -> None:
    from scrapy.crawler import CrawlerProcess
    process = CrawlerProcess(settings_of(crawl.recipe))
    process.crawl(Catalogue, crawl=crawl, client=client)

    def watch():
        sys.stdin.buffer.read()  # until the other end is closed
        ended.set()
        from twisted.internet import reactor
        reactor.callFromThread(process.stop)
        time.sleep(30)  # rows and photos agree at any moment
        os._exit(3)

    threading.Thread(target=watch, daemon=True).start()
    process.start()


if __name__ == "__main__":
    # what Scrapy loads by name and what runs here is one module
    from orangecontrib.customs.collecting import spider
    sys.exit(spider.main(sys.argv[1]))
