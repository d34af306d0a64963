"""A whole catalogue: what to ask for next, and the process that asks.

The pages that were read stand in a journal (``crawl/<recipe>.jsonl``), the photos in the
manifest.  What neither names is asked for: that is all there is to resuming, whatever ended the
run before.
"""
from __future__ import annotations

import hashlib
import json
import os
import queue
import re
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from orangecontrib.customs.i18n import Message

from .client import Answer
from .errors import CollectError, needed
from .manifest import Entry, Manifest
from .pages import Page, Product, read_page
from .recipe import Recipe
from .store import Done, keep, refuse

__all__ = ["Ask", "Crawl", "crawl", "journal_of", "pages_read"]


class Ask(NamedTuple):
    """Something to be fetched: a page, or a photo of a product."""

    url: str
    depth: int
    product: Product | None = None


class Crawl:
    """What a crawl knows; asks no one itself.

    Parameters
    ----------
    recipe : Recipe
    manifest : Manifest
    """

    def __init__(self, recipe: Recipe, manifest: Manifest):
        self.recipe, self.manifest, self.done = recipe, manifest, Done()
        self.path = journal_of(manifest.folder, recipe)
        self._seen: set[str] = set()        # pages that were asked for
        self._read: set[str] = set()        # pages that need not be asked for again
        self._photos: set[str] = set()
        self._per_product: Counter[str] = Counter()
        self._barren: Counter[str] = Counter()
        self._left: set[str] = set()
        self._said: set[str] = set()
        self._file = None

    @property
    def full(self) -> str:
        """The bound that is reached, "" as long as none is."""
        limits = self.recipe.limits
        if self.done.bytes >= limits.megabytes * 1e6:
            return "megabytes"
        return "photos" if self.done.photos >= limits.photos else ""

    def begin(self) -> Iterator[Ask]:
        """What to ask for first: the start, or where an earlier run ended."""
        earlier = self._open()
        for row in earlier:
            self._read.update((row["url"], row.get("at", row["url"])))
            self._note_barren(row["url"], row.get("products", ()))
        self._seen |= self._read
        for url in self.recipe.start:
            yield from self._page_asks([url], 0)
        for row in earlier:
            yield from self._page_asks(row.get("links", ()), row["depth"] + 1)
            for product in row.get("products", ()):
                yield from self._photo_asks(_product(product))

    def page(self, ask: Ask, answer: Answer) -> list[Ask]:
        """Read a page and note what is on it; what to ask for next."""
        self.done.bytes += len(answer.content)
        if urlsplit(answer.url).hostname not in self.recipe.hosts:
            return self.failed(ask, CollectError("elsewhere", url=ask.url, target=answer.url))
        try:
            page = read_page(answer.content, answer.url, self.recipe,
                             answer.headers.get("content-type", ""))
        except CollectError as error:
            return self.failed(ask, error)
        if page.login:
            self.remark(Message.of("collecting.login", url=answer.url))
        self.done.pages += 1
        self.done.products += len(page.products)
        self._write(ask, answer.url, page)
        self._note_barren(ask.url, page.products)
        return [*(a for p in page.products for a in self._photo_asks(p)),
                *self._page_asks(page.links, ask.depth + 1)]

    def photo(self, ask: Ask, answer: Answer) -> list[Ask]:
        """Keep a photo; what can't be used is noted, with the reason."""
        keep(self.manifest, self._entry(ask), answer.content, answer.type,
             self.recipe.limits.smallest, self.done)
        return []

    def failed(self, ask: Ask, error: CollectError) -> list[Ask]:
        """Note what could not be had; what may be had later is not noted as read."""
        self.remark(error.reason)
        if error.transient:
            self.done.failed += 1
        elif ask.product is not None:
            refuse(self.manifest, self._entry(ask), error.reason, self.done)
        else:
            self.done.refused += 1
            self._write(ask, ask.url, Page(ask.url, (), ()))
        return []

    def remark(self, message: Message) -> None:
        """Something for people, said once."""
        text = message.text("en")
        if text not in self._said and len(self.done.remarks) < 1000:
            self._said.add(text)
            self.done.remarks.append(message)

    def close(self) -> None:
        """Let go of the journal."""
        if self._file is not None:
            self._file.close()

    def _entry(self, ask: Ask) -> Entry:
        product, recipe = ask.product, self.recipe
        return Entry(kind="catalogue", source=recipe.name, url=ask.url, page=product.url,
                     licence=recipe.licence, product=f"{recipe.name}:{product.id}",
                     name=product.name, text=product.whole_text, category=product.category)

    def _page_asks(self, links, depth: int) -> Iterator[Ask]:
        limits = self.recipe.limits
        for url in links:
            pattern = _pattern(url)
            if url in self._seen or depth > limits.depth or not self.recipe.wanted(url):
                continue
            if len(self._seen) >= limits.pages:
                self.done.ended = "pages"
                return
            if self._barren[pattern] >= limits.barren:
                if pattern not in self._left:
                    self._left.add(pattern)
                    self.remark(Message.of("collecting.barren", url=url, pages=limits.barren))
                continue
            self._seen.add(url)
            yield Ask(url, depth)

    def _photo_asks(self, product: Product) -> Iterator[Ask]:
        for url in product.photos:
            if url in self._photos:
                continue
            if self._per_product[product.id] >= self.recipe.limits.photos_per_product:
                return
            self._per_product[product.id] += 1
            self._photos.add(url)
            if url not in self.manifest:
                yield Ask(url, 0, product)

    def _note_barren(self, url: str, products) -> None:
        if not products:
            self._barren[_pattern(url)] += 1

    def _open(self) -> list[dict]:
        """The pages of earlier runs; the journal stays open for more."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        content = self.path.read_bytes() if self.path.exists() else b""
        end = content.rfind(b"\n") + 1
        self._file = open(self.path, "r+b" if content else "w+b")
        self._file.seek(end)
        self._file.truncate()  # half a line: the page is asked for again
        rows = []
        for line in content[:end].splitlines():
            try:
                row = json.loads(line)
                if isinstance(row["url"], str) and isinstance(row["depth"], int):
                    rows.append(row)
            except (ValueError, KeyError, TypeError):
                continue  # its page is asked for again
        return rows

    def _write(self, ask: Ask, at: str, page: Page) -> None:
        row = {"url": ask.url, "at": at, "depth": ask.depth, "links": page.links,
               "products": [asdict(product) for product in page.products]}
        self._file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode(
            "utf-8", "backslashreplace") + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._read.add(ask.url)


def journal_of(folder: Path, recipe: Recipe) -> Path:
    """Where the pages of a recipe stand; of another recipe, other pages are of interest."""
    read = {**recipe.described(), "limits": None, "licence": None}
    digest = hashlib.sha256(json.dumps(read, sort_keys=True).encode()).hexdigest()[:12]
    return folder / "crawl" / f"{re.sub(r'[^A-Za-z0-9.-]+', '_', recipe.name)[:40]}-{digest}.jsonl"


def pages_read(folder: str | os.PathLike, recipe: Recipe) -> int:
    """Pages that earlier runs have read."""
    path = journal_of(Path(folder), recipe)
    return path.read_bytes().count(b"\n") if path.is_file() else 0


def _pattern(url: str) -> str:
    return re.sub(r"\d+", "0", url)


def _product(described: dict) -> Product:
    return Product(**{**described, "photos": tuple(described["photos"])})


# --- the process ----------------------------------------------------------------------------

def crawl(folder: str | os.PathLike, recipe: Recipe,
          progress: Callable[[Done], None] | None = None,
          stopped: Callable[[], bool] = lambda: False, language: str = "ru") -> Done:
    """Crawl a catalogue in a process of its own, which ends with this one.

    The collection must not be open here meanwhile.

    Parameters
    ----------
    progress : callable
        Called now and then with what is done so far.
    stopped : callable
        Whether the user ends the run; what is collected stays.
    language : str
        Of reasons in the manifest.
    """
    needed()
    with tempfile.TemporaryDirectory(prefix="orange-customs-crawl-") as place:
        job, log = Path(place) / "job.json", Path(place) / "log"
        job.write_text(json.dumps({"folder": os.path.abspath(folder), "language": language,
                                   "recipe": recipe.described()}), encoding="utf-8")
        with open(log, "wb") as errors:
            # its standard input ends with this process, however that ends: then it ends, too
            child = subprocess.Popen(
                [sys.executable, "-m", "orangecontrib.customs.collecting.spider", str(job)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors)
        try:
            return _listen(child, progress, stopped, log)
        finally:
            if child.poll() is None:
                child.kill()
            child.stdin.close()
            child.stdout.close()
            child.wait()


def _listen(child, progress, stopped, log: Path) -> Done:
    lines: queue.Queue = queue.Queue()

    def read():
        for line in child.stdout:
            lines.put(line)
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    done, asked_to_stop, waited = Done(ended="broken"), False, 0
    while True:
        if stopped() and not asked_to_stop:
            asked_to_stop = True
            child.stdin.close()
        try:
            line = lines.get(timeout=.2)
        except queue.Empty:
            waited += asked_to_stop
            if waited > 300:  # a minute
                break
            continue
        if line is None:
            break
        done = _told(line, done)
        if progress is not None:
            progress(done)
    if done.ended == "error":
        raise CollectError.of(done.remarks[-1])
    if done.ended == "broken":
        said = log.read_text("utf-8", "replace").strip().splitlines()
        done.remarks.append(Message.of("collecting.broken", error=said[-1] if said else "?"))
    return done


def _told(line: bytes, before: Done) -> Done:
    try:
        said = json.loads(line)
        remarks = [Message.of(id_, **args) for id_, args in said.pop("remarks", ())]
        return Done(**said, remarks=before.remarks + remarks)
    except (ValueError, TypeError, AttributeError):
        return before
