"""What Training Photo Collector does in its thread: a job each.

A job knows whom it asks and what they learn; the window starts it when that was agreed to.
"""
from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from orangecontrib.customs.collecting import (
    Client,
    CollectError,
    Done,
    Entry,
    Limits,
    Manifest,
    Recipe,
    balance,
    crawl,
    labelled,
    own_photos,
    read_manifest,
    search,
    settle,
)
from orangecontrib.customs.collecting.adapters import find_adapter
from orangecontrib.customs.collecting.balance import Balance
from orangecontrib.customs.collecting.client import Answer
from orangecontrib.customs.collecting.consent import (
    notice_of_catalogue,
    notice_of_endpoint,
    notice_of_local,
    notice_of_search,
)
from orangecontrib.customs.collecting.generators.endpoint import Endpoint
from orangecontrib.customs.collecting.generators.generate import generate
from orangecontrib.customs.collecting.generators.local import Local, about_weights
from orangecontrib.customs.collecting.generators.prompts import Prompt
from orangecontrib.customs.collecting.generators.screening import Screened, screen
from orangecontrib.customs.collecting.keys import find_key
from orangecontrib.customs.collecting.labels import Labelled, people_of
from orangecontrib.customs.collecting.pages import Page, read_page
from orangecontrib.customs.collecting.table import Table, collection_table
from orangecontrib.customs.groups import Group
from orangecontrib.customs.i18n import Message, Sayable, language, say
from orangecontrib.customs.photos.model import ModelError, PhotoModel

__all__ = ["Collection", "Crawling", "Generating", "Held", "Job", "Previewing", "Reading",
           "Result", "Searching", "run"]

#: What requests of searches, and of generators, may cost.
SEARCH_LIMITS = Limits()
GENERATOR_LIMITS = Limits(timeout=300., whole=600.)

#: Called with what is done so far and, where it is known, the share of it.
Tell = Callable[[Done, float | None], None]


@dataclass(frozen=True)
class Collection:
    """Where photos are collected, and what for.

    Attributes
    ----------
    folder : Path
    group : Group
    labels : Path or None
        The Labeler's file, where a person's labels are.
    language : {"en", "ru"}
        Of the output's columns.
    """

    folder: Path
    group: Group
    labels: Path | None = None
    language: str = "en"


@dataclass(frozen=True)
class Held:
    """What a collection holds.

    Attributes
    ----------
    entries : list of Entry
    photos : list of Labelled
        Those to learn from.
    rows : list of Balance
        Of these, and of what a person has labelled elsewhere.
    table : Table or None
        The photos for other widgets.
    problems : list of Message or str
    """

    entries: list[Entry] = field(default_factory=list)
    photos: list[Labelled] = field(default_factory=list)
    rows: list[Balance] = field(default_factory=list)
    table: Table | None = None
    problems: list[Sayable] = field(default_factory=list)

    @classmethod
    def of(cls, collection: Collection, problems: Sequence[Sayable] = ()) -> Held:
        """Read a collection; CollectError where its table is none."""
        entries, problems, people = read_manifest(collection.folder), list(problems), []
        if collection.labels is not None and collection.labels.is_file():
            try:
                people, more = people_of(collection.labels, collection.folder, collection.group)
                problems += more
            except CollectError as error:
                problems.append(error.reason)
        group = collection.group
        photos = labelled(entries, group, people)
        table = collection_table(collection.folder, photos, group, collection.language) \
            if photos else None
        return cls(entries, photos, balance([*photos, *own_photos(people, entries, group)], group),
                   table, problems)


@dataclass(frozen=True)
class Result:
    """What a job gives back."""

    job: Job
    held: Held | None = None
    done: Done | None = None
    screened: Screened | None = None
    page: Page | None = None
    answer: Answer | None = None


@dataclass(frozen=True)
class Job:
    """Something that takes its time.

    Attributes
    ----------
    collection : Collection
    """

    collection: Collection

    #: Page of the window on which it is agreed to; "" where nothing leaves the computer.
    kind = ""

    @property
    def title(self) -> Sayable:
        """What it does, for the list of what waits."""
        return ""

    @property
    def receiver(self) -> tuple:
        """Whom it asks; () where it asks nobody: then nobody need agree."""
        return ()

    def notice(self):
        """What leaves the computer, and who learns it, as a message."""

    def run(self, ended: threading.Event, tell: Tell) -> Result:
        """Do it; `ended` is set when the user ends it.

        Raises
        ------
        CollectError
        """
        raise NotImplementedError

    def _settled(self, done: Done, screened: Screened | None = None) -> Result:
        problems = []
        with Manifest(self.collection.folder) as manifest:
            problems += manifest.problems
            settle(manifest, self.collection.group)
        return Result(self, Held.of(self.collection, problems), done, screened)


@dataclass(frozen=True)
class Reading(Job):
    """Read what the folder holds; nothing is written, nobody is asked.

    Attributes
    ----------
    quiet : bool
        What is on the screen stays there.
    whole : bool
        Labels that a person gave elsewhere are sent on, too.
    """

    quiet: bool = False
    whole: bool = True

    title = Message("collecting.job_read")

    def run(self, ended, tell):
        return Result(self, Held.of(self.collection))


@dataclass(frozen=True)
class Previewing(Job):
    """What a recipe catches on a page.

    Attributes
    ----------
    recipe : Recipe
    url : str
    answer : Answer or None
        The page, where it was fetched before: nobody is asked again.
    """

    recipe: Recipe = None
    url: str = ""
    answer: Answer | None = None

    kind = "catalogue"

    @property
    def title(self):
        return Message.of("collecting.job_preview", url=self.url)

    @property
    def receiver(self):
        return () if self.answer is not None else _hosts(self.recipe)

    def notice(self):
        return notice_of_catalogue(self.recipe)

    def run(self, ended, tell):
        answer = self.answer or _client(
            ended, replace(SEARCH_LIMITS, tries=1)).page(self.url)
        page = read_page(answer.content, answer.url, self.recipe,
                         answer.headers.get("content-type", ""))
        return Result(self, page=page, answer=answer)


@dataclass(frozen=True)
class Crawling(Job):
    """Crawl a catalogue, in a process of its own."""

    recipe: Recipe = None

    kind = "catalogue"

    @property
    def title(self):
        return Message.of("collecting.job_crawl", name=self.recipe.name)

    @property
    def receiver(self):
        return _hosts(self.recipe)

    def notice(self):
        return notice_of_catalogue(self.recipe)

    def run(self, ended, tell):
        limits = self.recipe.limits

        def progress(done: Done):
            # pages are bounded from the start of the first run, so this is at most too small
            tell(done, max(done.pages / limits.pages, done.photos / max(limits.photos, 1))
                 if limits.pages else None)

        done = crawl(self.collection.folder, self.recipe, progress, ended.is_set, language())
        return self._settled(done)


@dataclass(frozen=True)
class Searching(Job):
    """Ask a service for photos.

    Attributes
    ----------
    service : str
        Id of its adapter.
    queries : tuple of str
    most : int
        New photos of each.
    wanted : str
        Features that they are to show, as in the manifest.
    permitted : bool
    """

    service: str = ""
    queries: tuple[str, ...] = ()
    most: int = 50
    wanted: str = ""
    permitted: bool = False

    kind = "search"

    @property
    def title(self):
        return Message.of("collecting.job_search", service=self.service,
                          queries=", ".join(self.queries))

    @property
    def receiver(self):
        return "search", self.service

    def notice(self):
        return notice_of_search(find_adapter(self.service), "; ".join(self.queries))

    def run(self, ended, tell):
        adapter, whole = find_adapter(self.service), Done()
        client = _client(ended, SEARCH_LIMITS)
        with Manifest(self.collection.folder) as manifest:
            for number, query in enumerate(self.queries):
                def progress(done: Done, before=whole, number=number):
                    tell(_sum(before, done), (number + min(1, done.photos / self.most))
                         / len(self.queries))
                done = search(manifest, adapter, query, self.most, client, wanted=self.wanted,
                              permitted=self.permitted, progress=progress)
                whole = _sum(whole, done)
                if done.ended in ("broken", "stopped"):
                    break
        return self._settled(whole)


@dataclass(frozen=True)
class Generating(Job):
    """Have photos made, and judge them.

    Attributes
    ----------
    prompts : tuple of Prompt
    url, model, key, size, answer : str
        Of an endpoint, as in :class:`Endpoint`; `key` is the name of the key.
    local : str
        A diffusers model on this computer instead.
    download : bool
        Its weights may be fetched.
    licence : str
        Of the results.
    judge : PhotoModel, str or None
        Judges the results, or the name of a bundled one that does; None: nobody does.
    """

    prompts: tuple[Prompt, ...] = ()
    url: str = ""
    model: str = ""
    key: str = "images"
    size: str = ""
    answer: str = ""
    local: str = ""
    download: bool = False
    licence: str = ""
    judge: PhotoModel | str | None = None

    kind = "generate"

    @property
    def title(self):
        return Message.of("collecting.job_generate", n=len(self.prompts),
                          model=self.local or self.model)

    @property
    def receiver(self):
        if self.local:
            return ("weights", self.local) if self.download else ()
        parts = urlsplit(self.url)
        return "endpoint", parts.scheme, parts.netloc

    def notice(self):
        if not self.local:
            return notice_of_endpoint(self.url, self.model, len(self.prompts))
        about = about_weights(self.local)
        return notice_of_local(self.local, about["gigabytes"], about["licence"],
                               about["licence_url"], self.download)

    def run(self, ended, tell):
        client = _client(ended, GENERATOR_LIMITS)
        generator = Local(self.local, self.download) if self.local else Endpoint(
            self.url, self.model, client, find_key(self.key, required=False) if self.key else "",
            self.size, self.answer, self.licence)
        if self.local and self.licence:
            generator.licence = self.licence
        extractor = self._extractor()
        screened, n = None, max(1, len(self.prompts))
        with Manifest(self.collection.folder) as manifest:
            done = generate(manifest, generator, self.prompts, client, progress=lambda done: tell(
                done, .8 * (done.photos + done.known + done.refused + done.failed) / n))
            if extractor is not None:
                screened = screen(manifest, extractor, client, lambda number, of: tell(
                    done, .8 + .2 * number / max(1, of)))
        return self._settled(done, screened)

    def _extractor(self):
        """Who judges; a model that can't is known before anything is paid for."""
        if self.judge is None:
            return None
        from orangecontrib.customs.cases.sources import photo_model
        from orangecontrib.customs.photos.extract import Extractor
        group, model = self.collection.group, self.judge
        if isinstance(model, str):
            model = photo_model(model, [group])
        elif model.group.id != group.id:
            raise ModelError(f"the model tells features of '{model.group.id}', and photos of "
                             f"'{group.id}' are collected")
        extractor = Extractor(model)
        extractor.backbone  # noqa: B018 – its weights are here, or it says what to do
        return extractor


def run(job: Job, ended: threading.Event, state) -> Result:
    """Do a job in a thread; when it is ended nobody is told any more.

    Parameters
    ----------
    state : TaskState
    """
    def tell(done: Done, share: float | None):
        if ended.is_set():
            return
        if share is not None:
            state.set_progress_value(100 * min(1., share))
        state.set_status(say(Message.of(
            "collecting.job_at_pages" if done.pages else "collecting.job_at", title=job.title,
            photos=done.photos, pages=done.pages, products=done.products)))
        state.set_partial_result(replace(done, remarks=list(done.remarks)))

    state.set_status(say(job.title) + "…")
    return job.run(ended, tell)


def _client(ended: threading.Event, limits: Limits) -> Client:
    return Client(limits, sleep=ended.wait, stopped=ended.is_set)


def _hosts(recipe: Recipe) -> tuple:
    return "catalogue", tuple(sorted(recipe.hosts))


def _sum(one: Done, other: Done) -> Done:
    result = replace(other, remarks=[*one.remarks, *other.remarks])
    for name in ("photos", "known", "refused", "failed", "bytes"):
        setattr(result, name, getattr(one, name) + getattr(other, name))
    return result
