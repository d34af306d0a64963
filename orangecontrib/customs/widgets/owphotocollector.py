"""Training Photo Collector: catalogues, searches, generators → labelled, licensed photos."""
from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from html import escape
from pathlib import Path

from AnyQt.QtCore import QSize, Qt, QTimer, QUrl
from AnyQt.QtGui import QDesktopServices
from AnyQt.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QTabWidget,
    QWidget,
)
from Orange.data import Table
from Orange.widgets.settings import Setting
from orangewidget.utils.signals import Input, Output

from orangecontrib.customs.collecting import (
    CollectError,
    Done,
    Entry,
    Manifest,
    needs,
    plan,
)
from orangecontrib.customs.collecting.errors import needed
from orangecontrib.customs.collecting.generators.screening import Screened
from orangecontrib.customs.collecting.jobs import (
    Collection,
    Held,
    Job,
    Previewing,
    Reading,
    Result,
)
from orangecontrib.customs.collecting.table import needs_table
from orangecontrib.customs.groups import Group
from orangecontrib.customs.i18n import Capital, Message, Sayable, say
from orangecontrib.customs.photos.backbones import BackboneError
from orangecontrib.customs.photos.model import ModelError, PhotoModel
from orangecontrib.customs.widgets.utils.common import (
    summaries,  # noqa: F401 – registers PhotoModel
)
from orangecontrib.customs.widgets.utils.common.base import CustomsWidget, clear, reason
from orangecontrib.customs.widgets.utils.common.controls import push, splitter
from orangecontrib.customs.widgets.utils.common.groupcombo import GroupCombo
from orangecontrib.customs.widgets.utils.common.sourcepath import SourceMixin
from orangecontrib.customs.widgets.utils.common.wording import Said, room, worded, worded_tabs
from orangecontrib.customs.widgets.utils.training.balancepage import BREAKDOWNS, BalancePage
from orangecontrib.customs.widgets.utils.training.cataloguepage import CataloguePage
from orangecontrib.customs.widgets.utils.training.generatepage import GeneratePage
from orangecontrib.customs.widgets.utils.training.jobqueue import JobQueue
from orangecontrib.customs.widgets.utils.training.labelfiles import default_labels, listed
from orangecontrib.customs.widgets.utils.training.naming import shown_names
from orangecontrib.customs.widgets.utils.training.reviewing import Reviews
from orangecontrib.customs.widgets.utils.training.reviewpage import FILTERS, STATES, ReviewPage
from orangecontrib.customs.widgets.utils.training.searchpage import SearchPage
from orangecontrib.customs.widgets.utils.training.sourcepage import SourcePage

words = room("owphotocollector")

#: Milliseconds of peace after a decision until the table is sent.
PAUSE = 1500

#: The model that judges where none is on the input.
BUNDLED = "free"


class OWPhotoCollector(Reviews, JobQueue, SourceMixin, CustomsWidget):
    name = "Training Photo Collector"
    description = ("Collect photos to train on – catalogues, searches, generators – with licences "
                   "and weak labels, and see what is missing.")
    icon = "icons/PhotoCollector.svg"
    priority = 100
    keywords = ("training photo collector, crawl, catalogue, scrape, search, openverse, "
                "wikimedia, pexels, generate, training set, balance, собрать, каталог, фото, "
                "обучающая выборка, таможня, тн вэд")
    want_control_area = False

    class Inputs:
        model = Input("Model", PhotoModel, doc="Judges generated photos")

    class Outputs:
        photos = Output("Photos", Table, default=True, dynamic=False,
                        doc="Photos to learn from with their weak labels, for Footwear Photo "
                            "Labeler and Footwear CNN Trainer")
        features = Output("Balance", Table, dynamic=False, doc="A row per feature: what there is, "
                                                              "what is missing")

    class Error(CustomsWidget.Error):
        extra = Said(words("no_extra"))
        group = Said(words("no_group"))
        folder = Said(words("bad_folder"))
        collecting = Said(words("not_collected"))
        unexpected = Said(words("unexpected"))

    class Warning(CustomsWidget.Warning):
        problems = Said(words("problems"))
        early = Said(words("early"))

    class Information(CustomsWidget.Information):
        choose = Said(words("choose"))
        empty = Said(words("empty"))
        review = Said(words("review"))
        consent = Said(words("consent"))
        nothing = Said(words("nothing"))

    #: Folder of the collection; relative where it lies under the workflow's folder.
    folder: str = Setting("", schema_only=True)
    #: Id of the group of goods that is collected for; "" = not chosen yet.
    group_id: str = Setting("", schema_only=True)
    #: File with a person's labels; "" = where the Labeler keeps them.
    labels_path: str = Setting("", schema_only=True)
    #: What the pages hold, as literals.  No key, no consent, no permission is among it.
    recipe: dict = Setting({}, schema_only=True)
    search: dict = Setting({}, schema_only=True)
    generator: dict = Setting({}, schema_only=True)
    page: str = Setting("catalogue", schema_only=True)
    goal: int = Setting(50, schema_only=True)
    breakdown: str = Setting(next(iter(BREAKDOWNS)), schema_only=True)
    shown: str = Setting(next(iter(FILTERS)))
    #: "en" or "ru": of the output's columns.
    language: str = Setting("en")
    last_folder: str = Setting("")
    splitter: list = Setting([410, 80])
    path_settings = ("labels_path",)
    path_setting = "folder"

    def __init__(self):
        super().__init__()
        self.model: PhotoModel | None = None
        self.held = Held()
        self.queue: list[Job] = []
        self.job: Job | None = None
        self._agreed: set[tuple] = set()
        self._known: dict[str, Entry] = {}
        self._told = 0  # remarks of the job that stand in the log
        self._manifest: Manifest | None = None  # open as long as photos are reviewed
        self._undo: list[list[Entry]] = []
        self._resting = QTimer(self, singleShot=True, interval=PAUSE)
        self._resting.timeout.connect(self._refresh)
        self.setAcceptDrops(True)
        self.group_combo = GroupCombo(self.group_id)
        self.group_combo.chosen.connect(self._group_chosen)
        self.group_id = self.group_combo.group_id
        self._set_up_main()
        self.at_close(self._close)
        self.restore_source()
        try:
            needed()
        except CollectError as error:
            self.Error.extra(reason=error.reason)
        self.reload()

    # --- window

    def _set_up_main(self):
        top = QHBoxLayout()
        self.path_edit = worded(
            QLineEdit(self.folder, acceptDrops=False, clearButtonEnabled=True),
            placeholderText=words("folder"), toolTip=words("folder_tip"),
            accessibleName=words("folder"))
        self.path_edit.editingFinished.connect(self._path_edited)
        self.folder_button = push(None, words("choose_folder"), self._choose_folder)
        self.russian_box = worded(QCheckBox(checked=self.language == "ru"),
                                  text=words("paper_names"), toolTip=words("paper_names_tip"))
        self.russian_box.toggled.connect(self._language_chosen)
        self.found_label = QLabel(textFormat=Qt.RichText)
        self.found_label.linkActivated.connect(
            lambda path: QDesktopServices.openUrl(QUrl.fromLocalFile(path)))
        top.addWidget(self.group_combo)
        for widget, stretch in ((self.path_edit, 1), (self.folder_button, 0),
                                (self.found_label, 0), (self.russian_box, 0)):
            top.addWidget(widget, stretch)
        group = self.group_combo.group
        self.catalogue_page = CataloguePage(self.recipe, group, self.language)
        self.search_page = SearchPage(self.search, group, self.language)
        self.generate_page = GeneratePage(self.generator, group, self.language)
        #: Pages that ask for photos, by their kind, and the settings that hold them.
        self.pages: dict[str, SourcePage] = {}
        for page, setting in ((self.catalogue_page, "recipe"), (self.search_page, "search"),
                              (self.generate_page, "generator")):
            self.pages[page.kind] = page
            page.changed.connect(
                lambda values, setting=setting, page=page: self._page_changed(
                    setting, values, page))
            page.wanted.connect(lambda page=page: self._start_page(page))
            page.agreed.connect(lambda on, page=page: self._agree(page, on))
        self.catalogue_page.preview_wanted.connect(self._start_preview)
        self.review_page = ReviewPage(self.shown)
        self.review_page.decided.connect(self._decide)
        self.review_page.undo_wanted.connect(self._take_back)
        self.review_page.filter_chosen.connect(lambda name: setattr(self, "shown", name))
        self.balance_page = BalancePage(self.goal, self.breakdown, self.labels_path,
                                        self._labels_folder)
        self.balance_page.wanted.connect(self._go_for)
        self.balance_page.goal_changed.connect(self._set_goal)
        self.balance_page.breakdown_changed.connect(
            lambda name: setattr(self, "breakdown", name))
        self.balance_page.labels_changed.connect(self._set_labels)
        self.balance_page.refresh_wanted.connect(lambda: self._refresh(True))
        self.tabs = QTabWidget()
        self._names = [*self.pages, "review", "balance"]
        pages = (*self.pages.values(), self.review_page, self.balance_page)
        for page in pages:
            self.tabs.addTab(page, "")
        worded_tabs(self.tabs, [page.title for page in pages])
        if self.page in self._names:
            self.tabs.setCurrentIndex(self._names.index(self.page))
        self.tabs.currentChanged.connect(self._page_chosen)
        parts = splitter(Qt.Vertical, self.tabs, self._bottom(), sizes=self.splitter,
                         stretch=(1,), moved=lambda sizes: setattr(self, "splitter", sizes))
        self.mainArea.layout().addLayout(top)
        self.mainArea.layout().addWidget(parts, 1)

    def sizeHint(self):
        return QSize(880, 500)

    # --- the collection

    @property
    def group(self) -> Group:
        """The group of goods that photos are collected for."""
        return self.group_combo.group

    @property
    def collection(self) -> Collection:
        """Where photos go, and what for."""
        return Collection(self.source or Path(), self.group, self._labels_file(), self.language)

    def _names_of(self) -> dict[str, str]:
        """Names of the features by id."""
        return shown_names(self.group, self.language)

    def _labels_file(self) -> Path | None:
        if self.labels_path:
            return self.resolved(self.labels_path)
        return None if self.source is None else \
            default_labels(os.path.abspath(self.source), self.group)

    def _labels_folder(self) -> str:
        return self.start_folder()

    @staticmethod
    def fits(path: str) -> bool:
        return os.path.isdir(path)

    def show_path(self, path: str):
        self.path_edit.setText(path)

    def _path_edited(self):
        if self.path_edit.text().strip() != self.folder:
            self.set_source(self.path_edit.text())

    def _choose_folder(self):
        if path := self.ask_for_folder(say(words("folder"))):
            self.set_source(path)

    def show_paths(self):
        self.balance_page.labels.set_path(self.labels_path)

    def reload(self):
        """Read the collection; nobody is asked for anything."""
        self._close_manifest()
        self._undo.clear()
        self.queue.clear()  # it was for another folder
        self.ending.set()
        self.cancel()
        self.job = None
        clear(self.Error.folder, self.Error.collecting, self.Error.unexpected,
              self.Warning.problems, self.Warning.early)
        self.Error.group(reason=self.group_combo.problem, shown=bool(self.group_combo.problem))
        if self.source is not None and not self.group_combo.problem:
            self._begin(Reading(self.collection))
        else:
            self._show(Held())
        self._show_queue()

    def set_source(self, path: str | os.PathLike):
        if self._collecting:
            self.show_path(self.folder)
            self.Information.nothing(said=words("busy"))
            return
        super().set_source(path)

    def _refresh(self, whole: bool = False):
        """Read what was labelled or decided meanwhile; what is on the screen stays.

        Photos are sent again where decisions are others, or with `whole`: the Labeler behind has
        what was labelled in it, and would begin again.
        """
        if self.source is not None and not self.group_combo.problem \
                and not any(isinstance(job, Reading) for job in self.queue):
            self.enqueue(Reading(self.collection, quiet=True, whole=whole))

    def _group_chosen(self, id_: str):
        self.group_id = id_
        for page in self.pages.values():
            page.set_group(self.group, self.language)
        self.reload()

    def _set_labels(self, path: str):
        self.labels_path = self.storable(self.resolved(path) or "")
        self.balance_page.labels.set_path(self.labels_path)
        self._refresh(True)

    def _set_goal(self, goal: int):
        self.goal = goal
        self._show_balance()
        self._send_balance()

    def _language_chosen(self, russian: bool):
        self.language = "ru" if russian else "en"
        self.on_language()
        self._refresh(True)

    def on_language(self):
        """Another language is spoken: what is put together here is worded again."""
        for page in self.pages.values():
            page.set_group(self.group, self.language)
        self.review_page.show_entries(self.source or Path(), self._known.values(),
                                      self._names_of())
        self._show_found()
        self._show_balance()
        self._show_jobs()
        self._show_queue()
        self._say_log()

    # --- inputs

    @Inputs.model
    def set_model(self, model: PhotoModel | None):
        self.model = model

    def handleNewSignals(self):
        self._show_jobs()

    # --- pages

    def _page_changed(self, setting: str, values: dict, page: SourcePage):
        setattr(self, setting, values)
        self._show_job(page)

    def _page_chosen(self, index: int):
        self.page = self._names[index]
        self.Information.nothing.clear()
        if self.page != "review":
            self._close_manifest()
        if self.page == "balance":
            self._refresh()

    def _job_of(self, page: SourcePage) -> Job:
        needed()
        job = page.job(self.collection)
        if page is self.generate_page and page.settings.get("judge", True):
            job = replace(job, judge=BUNDLED if self.model is None else self.model)
        return job

    def _show_job(self, page: SourcePage):
        """What the page would send, or why it can't."""
        job: Job | None = None
        problem: Sayable = ""
        try:
            job = self._job_of(page)
        except CollectError as error:
            problem = error.reason
        page.show_job(job, problem, job is not None and job.receiver in self._agreed,
                      self.source is not None and not self.group_combo.problem)

    def _show_jobs(self):
        for page in self.pages.values():
            self._show_job(page)

    def _agree(self, page: SourcePage, on: bool):
        receiver = self._job_of(page).receiver
        (self._agreed.add if on else self._agreed.discard)(receiver)
        self._show_job(page)
        if on:
            self._next()

    def _start_page(self, page: SourcePage):
        self.enqueue(self._job_of(page))

    def _start_preview(self):
        page = self.catalogue_page
        try:
            needed()
            self.enqueue(page.preview_job(self.collection), first=True)
        except CollectError as error:
            page.tell(error.reason)

    def _go_for(self, feature: str, kind: str):
        """Queue what may bring the photos that a feature lacks."""
        self.Information.nothing.clear()
        page = self.pages["generate" if kind == "generated" else kind]
        try:
            jobs = self._planned(feature, kind)
        except CollectError as error:
            self._turn_to(page)
            self.Information.nothing(said=words("fill_in", reason=error.reason))
            return
        if not jobs:
            self.Information.nothing(said=words("no_use", feature=self._names_of()[feature]))
        for job in jobs:
            self.enqueue(job)

    def _planned(self, feature: str, kind: str) -> list[Job]:
        def planned(**more):
            return plan(self.held.entries, self.held.rows, self.group, self.goal, (feature,),
                        kinds=(kind,), folder=os.fspath(self.source), **more)

        page = self.pages["generate" if kind == "generated" else kind]
        if kind == "search":
            jobs = planned(services=(page.service.currentData(),))
            if jobs:
                self._put(page, {"feature": feature, "most": jobs[0].count,
                                 "queries": [job.text for job in jobs]})
            return [self._job_of(page)] if jobs else []
        if kind == "catalogue":
            recipe = page.recipe()
            return [replace(self._job_of(page), recipe=job.recipe)
                    for job in planned(recipes={recipe.name: recipe})]
        made_by = self._job_of(page)
        jobs = planned(model=made_by.local or made_by.model, words=page.words.currentData())
        if jobs:  # one: the page composes the same prompts
            self._put(page, {"features": [feature], "cluster": "", "count": len(jobs[0].prompts)})
        return [self._job_of(page)] if jobs else []

    def _put(self, page: SourcePage, settings: dict):
        """Fill in a page, so that it says what is sent, and the workflow keeps it."""
        page.settings = {**page.settings, **settings}
        page.show_settings()
        page.changed.emit(page.settings)

    def _turn_to(self, page: QWidget):
        self.tabs.setCurrentWidget(page)

    # --- work

    def on_partial_result(self, done: Done):
        self._say_remarks(done)

    def on_done(self, result: Result):
        if result.page is not None:
            self.catalogue_page.show_page(result.job.url, result.page, result.answer)
        if result.done is not None:
            self._say_remarks(result.done)
            self._say(_sentence(result.job, result.done, result.screened))
            if result.done.ended == "broken" and result.done.remarks:
                self.Warning.early(title=result.job.title, reason=result.done.remarks[-1])
        if isinstance(result.job, Reading) and result.job.quiet:
            self._show_counts(result.held, result.job.whole
                              or result.held.entries != self.held.entries)
        elif result.held is not None:
            self._undo.clear()
            self._show(result.held)
        self._finished()

    def on_exception(self, ex: Exception):
        if isinstance(ex, CollectError) and isinstance(self.job, Reading):
            self.Error.folder(reason=ex.reason)
            self._show(Held())
        elif isinstance(ex, (CollectError, ModelError, BackboneError)):
            self.Error.collecting(reason=_why(ex))
        else:
            self.Error.unexpected(reason=reason(ex))
        if not isinstance(self.job, Reading):
            self._say(words("failed", title=self.job.title,
                            reason=_why(ex)))
            if not isinstance(self.job, Previewing):  # what was collected before is there
                self.queue.insert(0, Reading(self.collection))
        self._finished()

    # --- showing

    def _show_counts(self, held: Held, send: bool = True):
        """Show and send what a collection holds; the photos under review stay on the screen."""
        self.held = held if send else replace(held, table=self.held.table)
        self.Warning.problems(said=listed(held.problems), shown=bool(held.problems))
        self._show_found()
        self._show_balance()
        if send:
            self.Outputs.photos.send(held.table)
        self._send_balance()

    def _show(self, held: Held):
        self._known = {entry.key: entry for entry in held.entries}
        self.review_page.show_entries(self.source or Path(), held.entries, self._names_of())
        waiting = self.review_page.waiting
        self.Information.choose(shown=self.source is None)
        self.Information.empty(shown=self.source is not None and not held.entries
                               and not self.Error.folder.is_shown())
        self.Information.review(n=waiting, shown=waiting > 0)
        self._show_counts(held)
        self._show_jobs()
        self._show_running()

    def _show_found(self):
        photos = self.held.photos
        if self.source is None:
            self.found_label.setText("")
            return
        goods = len({p.entry.good_id or p.entry.product for p in photos})
        self.found_label.setText(say(words("found", folder=escape(os.fspath(self.source)),
                                           photos=len(photos), goods=goods)))

    def _needs(self):
        return needs(self.held.rows, self.group, self.goal)

    def _show_balance(self):
        self.balance_page.show_balance(self.held.rows, self._needs(), self.group, self.language,
                                       self.source is not None)

    # --- outputs

    def _send_balance(self):
        self.Outputs.features.send(
            needs_table(self._needs(), self.group, self.language)
            if self.held.photos else None)

    def send_report(self):
        if self.source is None:
            return
        states = Counter(entry.state for entry in self.held.entries)
        self.report_items(say(words("report_collection")), [
            (say(words("report_folder")), str(self.source)),
            (say(words("report_photos")), len(self.held.photos)),
            *((say(Capital(STATES[state])), n) for state, n in states.items())])
        licences = Counter(
            f"{photo.entry.source}: {photo.entry.licence or say(words('no_licence'))}"
            for photo in self.held.photos)
        if licences:
            self.report_items(say(words("report_licences")), list(licences.items()))
        names = self._names_of()
        self.report_items(say(words("report_positives", goal=self.goal)), [
            (names[need.feature], say(words("need", real=need.real, missing=need.lacking)))
            for need in self._needs()])

    def shutdown(self):
        """The thread is not waited for: a request that hangs would freeze the window."""
        self.cancel()

    def _close(self):
        self.queue.clear()
        self._resting.stop()
        self._close_manifest()
        self.review_page.stop()


def _why(error: Exception) -> Message:
    """What an error says; in its own words where it has no message."""
    return getattr(error, "reason", None) or words("quoted", text=reason(error))


def _sentence(job: Job, done: Done, screened: Screened | None) -> Message:
    """What came of a job."""
    ended = words(done.ended) if done.ended in ("finished", "stopped", "broken") \
        else words("bound", bound=done.ended)
    judged: Sayable = "" if screened is None else words(
        "judged" if screened.distances else "judged_few", kept=screened.kept,
        doubtful=screened.doubtful, dropped=screened.dropped)
    pages: Sayable = words("pages", pages=done.pages, products=done.products) if done.pages else ""
    return words("came", title=job.title, ended=ended, pages=pages, photos=done.photos,
                 known=done.known, refused=done.refused, failed=done.failed, judged=judged)


if __name__ == "__main__":  # pragma: no cover
    import sys

    from Orange.widgets.utils.widgetpreview import WidgetPreview

    WidgetPreview(OWPhotoCollector).run(set_source=sys.argv[1] if len(sys.argv) > 1 else "")
