"""Jobs of Training Photo Collector: what runs, what waits, and what is said of it."""
from __future__ import annotations

from AnyQt.QtCore import Qt, QTimer
from AnyQt.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPlainTextEdit,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from orangecontrib.customs.collecting import (
    Done,
)
from orangecontrib.customs.collecting.jobs import (
    Held,
    Job,
    Previewing,
    Reading,
    run,
)
from orangecontrib.customs.i18n import Sayable, say
from orangecontrib.customs.training.labelling import LabelsError
from orangecontrib.customs.training.labelling.store import LabelStore
from orangecontrib.customs.widgets.utils.common.base import Part, clear
from orangecontrib.customs.widgets.utils.common.controls import push
from orangecontrib.customs.widgets.utils.common.wording import room, worded

__all__ = ["JobQueue"]

words = room("jobqueue")

#: Lines that the log keeps.
KEPT = 1000


class JobQueue(Part):
    """Does jobs one after the other.

    The widget has ``job``, ``queue``, the ``pages`` and who ``_agreed`` to what.
    """

    def _bottom(self) -> QWidget:
        self.progress = QProgressBar(textVisible=False, maximum=100)
        self.progress.setMaximumHeight(10)
        self.status = worded(QLabel(), text=words("idle"))
        self.status.setMinimumWidth(60)
        self.stop_button = push(None, room("common")("cancel"), self.stop, words("stop_tip"),
                                enabled=False)
        self.waiting_list = worded(QListWidget(), toolTip=words("waiting_tip"),
                                   accessibleName=words("waiting"))
        self.waiting_list.setHorizontalScrollBarPolicy(Qt.ScrollBarAlwaysOff)
        self.waiting_list.itemDoubleClicked.connect(
            lambda item: self._forget(self.waiting_list.row(item)))
        self.log = worded(QPlainTextEdit(readOnly=True, maximumBlockCount=KEPT),
                          placeholderText=words("log_hint"), accessibleName=words("log"))
        self._lines: list[Sayable] = []
        self.log.setMinimumHeight(40)
        self.waiting_list.setMinimumHeight(40)
        self.waiting_list.hide()
        row = QHBoxLayout()
        row.addWidget(self.status, 1)
        row.addWidget(self.progress, 1)
        row.addWidget(self.stop_button)
        both = QHBoxLayout()
        both.addWidget(self.log, 2)
        both.addWidget(self.waiting_list, 1)
        bottom = QWidget()
        layout = QVBoxLayout(bottom)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row)
        layout.addLayout(both, 1)
        return bottom

    @property
    def _collecting(self) -> bool:
        return self.task is not None and not isinstance(self.job, (Reading, Previewing))

    def enqueue(self, job: Job, first: bool = False):
        """Do a job when those before it are done, and when it was agreed to what it sends.

        It takes the place of one like it that waits.
        """
        self.queue = [other for other in self.queue
                      if (type(other), other.title) != (type(job), job.title)]
        self.queue.insert(0 if first else len(self.queue), job)
        self._next()
        if job in self.queue and not self._may(job):
            page = self.pages[job.kind]
            self._turn_to(page)
            page.consent.urge()

    def _may(self, job: Job) -> bool:
        """Whether it was agreed to what a job sends."""
        return not job.receiver or job.receiver in self._agreed

    def _next(self):
        """Begin the first job that was agreed to."""
        job = next(filter(self._may, self.queue), None) if self.task is None else None
        if job is not None:
            self.queue = [other for other in self.queue if other is not job]
            self._begin(job)
        self._show_queue()

    def _begin(self, job: Job):
        if not isinstance(job, Reading):
            clear(self.Error.collecting, self.Error.unexpected, self.Warning.early)
        if not isinstance(job, (Reading, Previewing)):
            self._close_manifest()
        labels = self._labels_file()
        if labels is not None:
            try:
                LabelStore.flush(labels)
            except LabelsError:
                pass  # the Labeler says it
        self.job, self._told = job, 0
        self.begin(run, job)
        self._show_running()

    def stop(self):
        """End what runs, and forget what waits."""
        self.queue.clear()
        self.ending.set()
        self._show_queue()
        if isinstance(self.job, Reading):  # half a collection is of no use
            self.cancel()
            if not self.job.quiet:
                self._show(Held())
            self._finished()
        elif self.task is not None:
            worded(self.status, text=words("stopping"))

    def _forget(self, row: int):
        del self.queue[row]
        self._show_queue()

    def setStatusMessage(self, text):
        super().setStatusMessage(text)
        if text:
            self.status.setText(text)

    def progressBarSet(self, value):
        super().progressBarSet(value)
        self.progress.setValue(int(value))

    def _finished(self):
        self.job = None
        self._show_running()
        QTimer.singleShot(0, self._next)  # not from within what ends a task

    def _say_remarks(self, done: Done):
        for remark in done.remarks[self._told:]:
            self._say(remark)
        self._told = max(self._told, len(done.remarks))

    def _say(self, text: Sayable):
        self._lines = [*self._lines[1 - KEPT:], text]
        self.log.appendPlainText(say(text))

    def _say_log(self):
        """The log in the language that is spoken."""
        self.log.setPlainText("\n".join(map(say, self._lines)))

    def _show_running(self):
        collecting = self._collecting
        running = self.task is not None and not isinstance(self.job, Reading)
        self.stop_button.setEnabled(self.task is not None or bool(self.queue))
        for widget in (self.path_edit, self.folder_button, self.group_combo):
            widget.setEnabled(not collecting)
        if not running:
            worded(self.status, text=words("idle"))
            self.progress.setValue(0)

    def _show_queue(self):
        self.waiting_list.clear()
        self.waiting_list.setVisible(bool(self.queue))
        waiting = [job for job in self.queue if not self._may(job)]
        for job in self.queue:
            text = say(words("waits", title=job.title) if job in waiting else job.title)
            self.waiting_list.addItem(text)
            self.waiting_list.item(self.waiting_list.count() - 1).setToolTip(text)
        self.stop_button.setEnabled(self.task is not None or bool(self.queue))
        self.Information.consent(title=waiting[0].title if waiting else "", shown=bool(waiting))
