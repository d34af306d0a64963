"""The ledger of HS Code Fusion: what is reviewed is appended to a file, where one is chosen."""
from __future__ import annotations

import getpass
from dataclasses import dataclass, replace
from pathlib import Path

from AnyQt.QtCore import QSettings
from AnyQt.QtWidgets import QInputDialog, QLabel, QLineEdit, QMessageBox

from orangecontrib.customs.cases import Case
from orangecontrib.customs.fusion import Verdict
from orangecontrib.customs.i18n import say
from orangecontrib.customs.ledger import Entry, Ledger
from orangecontrib.customs.ledger.entry import WITHDRAWAL
from orangecontrib.customs.ledger.recording import Review, entry_of, withdrawal_of
from orangecontrib.customs.ledger.summary import standing
from orangecontrib.customs.nomenclature import LEVELS, parse_code
from orangecontrib.customs.photos.model import PhotoModel
from orangecontrib.customs.photos.table import model_behind
from orangecontrib.customs.widgets.utils.common.base import Part, reason
from orangecontrib.customs.widgets.utils.common.besides import Besides
from orangecontrib.customs.widgets.utils.common.controls import grid_of, group_box
from orangecontrib.customs.widgets.utils.common.pathedit import PathEdit
from orangecontrib.customs.widgets.utils.common.wording import room, worded
from orangecontrib.customs.widgets.utils.decisions import Mark

__all__ = ["KEY", "FusionLedger", "person"]

words = room("fusionledger")
answers = room("fusionanswers")

#: Where the name of who decides is kept; "": that of the computer's user.
KEY = "customs/inspector"
#: What feeds the ledger.
SOURCE = "widget"


def person() -> str:
    """The name of who decides: as it was given, else the computer's user; "" where unknown."""
    name = QSettings().value(KEY, "", type=str).strip()
    try:
        return name or getpass.getuser()
    except (OSError, KeyError, ImportError):  # a computer that does not know its users
        return name


@dataclass(frozen=True)
class Written:
    """What is to be appended: reviews of goods, and goods that are reviewed no more."""

    case: Case
    reviews: tuple[Review, ...]
    withdrawn: tuple[str, ...]
    who: str
    error: float
    model: PhotoModel | None

    def to(self, ledger: Ledger) -> list[Entry]:
        """Append them, all or none; what stands already is not written again."""
        keys = [self.case.keys[review.row] for review in self.reviews]
        stands = {entry.key: entry for entry in standing(
            ledger.entries([*keys, *self.withdrawn])) if entry.who == self.who}
        new = []
        models = {"photos": self.model.digest} if self.model is not None else {}
        for review in self.reviews:
            entry = entry_of(self.case, replace(review, models=models), SOURCE, self.error)
            before = stands.get(entry.key)
            if before is None or (before.good, before.said, before.found) != (
                    entry.good, entry.said, entry.found):
                new.append(entry)
        new += [withdrawal_of(stands[key], self.who) for key in self.withdrawn if key in stands]
        if new:
            ledger.append(new)
        return new


class FusionLedger(Part):
    """A file to which reviewed goods are appended.

    The widget has the settings ``ledger_place``, ``reviewed`` and ``stood_by``, its case, verdicts
    and images.
    """

    def _set_up_ledger(self):
        """The box in the panel of settings."""
        #: Keys of goods whose mark or code has changed since it was written.
        self.unwritten: set[str] = set()
        self.besides = Besides(self)
        self.at_close(self.besides.stop)
        box = group_box(self.controlArea, words("ledger"))
        self.ledger_edit = PathEdit(words("choose"), words("kinds"), words("none"), new=True,
                                    folder=self.start_folder)
        worded(self.ledger_edit, toolTip=words("tip"))
        self.ledger_edit.changed.connect(self._on_ledger)
        box.layout().addWidget(self.ledger_edit)
        self.who_edit = worded(QLineEdit(text=person()), toolTip=words("who_tip"))
        self.who_edit.editingFinished.connect(
            lambda: QSettings().setValue(KEY, self.who_edit.text().strip()))
        box.layout().addLayout(grid_of([(words("who"), self.who_edit)]))
        self.ledger_label = QLabel(wordWrap=True)
        box.layout().addWidget(self.ledger_label)

    def _on_ledger(self, path: str):
        self.ledger_place = self.storable(path)
        self._show_ledger()

    def _show_ledger(self):
        self.ledger_edit.set_path(self.ledger_place)
        self.ledger_label.hide()

    # -- the code that she stands by

    def _marks(self) -> dict[str, Mark]:
        """Marks of the goods that are reviewed."""
        return {key: self.stood_by.get(key, True) for key in self.reviewed}

    def _show_stood_by(self, verdict: Verdict | None):
        """A reviewed good with another code has it on the button."""
        code = "" if verdict is None else self.stood_by.get(verdict.key, "")
        worded(self.review_button, text=answers("stood_by", code=code) if code
               else answers("review_mark"))

    def _ask_another(self):
        """Ask for the code that the analyst stands by instead of the program's."""
        verdict = self.verdict
        if verdict is None:
            return
        good = self.case.good(verdict)
        ranked = sorted(verdict.probabilities, key=verdict.probabilities.get, reverse=True)
        codes = [code for code in ranked if code.isdigit() and code not in verdict.codes]
        if good.declared_code:
            codes.insert(0, good.declared_code)
        typed, ok = QInputDialog.getItem(
            self, say(words("another")), say(words("another_label", good=good.key)),
            list(dict.fromkeys(codes)), 0, True)
        if not ok or not typed.strip():
            return
        code = parse_code(typed).digits
        if len(code) not in LEVELS[1:]:
            QMessageBox.warning(self, say(words("another")),
                                say(words("another_wrong", typed=typed)))
            return
        self._review([verdict.key], code)

    # -- write

    def _write_reviews(self):
        """Append what became of the marks of goods, if a ledger is chosen."""
        keys = self.unwritten & {verdict.key for verdict in self.verdicts}
        self.unwritten -= keys
        path = self.resolved(self.ledger_place)
        if path is None or not keys:
            return
        reviews, withdrawn, open_ = [], [], []
        who, marks = self.who_edit.text().strip() or person() or "?", self._marks()
        for row, verdict in enumerate(self.verdicts):
            if verdict.key not in keys:
                continue
            mark = marks.get(verdict.key, False)
            found = mark if isinstance(mark, str) else \
                verdict.codes[0] if mark and len(verdict.codes) == 1 else ""
            if not mark:
                withdrawn.append(verdict.key)
            elif len(found) in LEVELS[1:]:
                reviews.append(Review(row, found, who, photos=self._photos_of(verdict)))
            else:
                open_.append(verdict.key)
        self.Warning.no_code(goods=", ".join(open_[:3]) + ("…" if len(open_) > 3 else ""),
                             shown=bool(open_))
        photos = self.tables["photos"]
        written = Written(self.case, tuple(reviews), tuple(withdrawn), who, self._job.error,
                          None if photos is None else model_behind(photos.domain))
        ledger = Ledger(path)
        self.besides.do(lambda: written.to(ledger), self._on_written)

    def _photos_of(self, verdict: Verdict) -> tuple[str, ...]:
        good, images = self.case.good(verdict), self.images or {}
        return tuple(photo.path for photo in
                     images.get(good.good_id) or images.get(good.whole) or ()
                     if Path(photo.path).is_file())

    def _on_written(self, entries: list[Entry] | None, error: Exception | None):
        self.Warning.ledger.clear()
        if error is not None:
            self.Warning.ledger(reason=f"{reason(error).rstrip('.')}.")
            return
        if not entries:
            return
        last = entries[-1]
        if len(entries) > 1:
            message = words("written_many", n=len(entries))
        elif last.kind == WITHDRAWAL:
            message = words("withdrawn", good=last.key)
        else:
            message = words("written", good=last.key, outcome=words(last.outcome))
        worded(self.ledger_label, text=message)
        self.ledger_label.show()
