"""Tariff Tree Classifier: codes of any goods from text, level by level."""
from __future__ import annotations

from types import SimpleNamespace

import numpy as np
from AnyQt.QtCore import QSize, Qt
from AnyQt.QtWidgets import (
    QAbstractItemView,
    QDoubleSpinBox,
    QHeaderView,
    QLabel,
)
from Orange.base import Learner, Model
from Orange.data import Table
from Orange.widgets import gui
from Orange.widgets.settings import Setting
from Orange.widgets.utils.concurrent import TaskState
from Orange.widgets.utils.widgetpreview import WidgetPreview
from Orange.widgets.widget import Input, Output

from orangecontrib.customs.declarations.table import default_text, strings_of, text_candidates
from orangecontrib.customs.i18n import Capital, Joined, Sayable, say
from orangecontrib.customs.i18n.numbers import share
from orangecontrib.customs.nomenclature import Tariff
from orangecontrib.customs.textmining.tree.model import branches_of
from orangecontrib.customs.textmining.tree.table import (
    BUNDLED,
    TariffTreeLearner,
    candidates_table,
    levels_table,
    tariff_of_table,
)
from orangecontrib.customs.widgets.utils.common.base import (
    CustomsWidget,
    Ended,
    clear,
    progress_of,
    reason,
)
from orangecontrib.customs.widgets.utils.common.controls import (
    check,
    choice,
    grid_of,
    group_box,
    pile,
    push,
    rows_view,
    splitter,
)
from orangecontrib.customs.widgets.utils.common.goodslist import (
    Column,
    GoodsModel,
    report_rows,
)
from orangecontrib.customs.widgets.utils.common.variables import VariableCombo
from orangecontrib.customs.widgets.utils.common.wording import Said, room, worded
from orangecontrib.customs.widgets.utils.text.candidatespage import CandidatesPage, Row

words, row_called = room("owtarifftree"), room("common")

NONE = "none"
DESIGNATIONS = ((BUNDLED, words("bundled")), (NONE, words("none")))
PENALTIES = (("l2", words("l2")), ("l1", words("l1")))
#: Rows that the list shows; the output has them all.
MOST_SHOWN = 5000


def run(request: SimpleNamespace, state: TaskState) -> SimpleNamespace:
    """Train, unless that is done, and answer the rows."""
    model = request.model
    if model is None:
        state.set_status(say(words("training")))
        model = request.learner(request.data, progress_of(state, 0, .9))
    state.set_status(say(words("finding")))
    own = request.goods is None
    candidates = candidates_table(model, request.data if own else request.goods, request.error,
                                  own, progress_of(state, .9, 1))
    return SimpleNamespace(model=model, candidates=candidates)


class OWTariffTree(CustomsWidget):
    name = "Tariff Tree Classifier"
    description = "Learn codes of any goods from text, level by level, with the tariff's " \
                  "designations as a prior."
    icon = "icons/TariffTree.svg"
    priority = 65
    keywords = "tariff tree classifier, hs code, hierarchical, heading, text, дерево, " \
               "классификатор, товарная позиция, субпозиция"

    graph_name = "mainArea"  # Save Image

    class Inputs:
        data = Input("Data", Table, default=True, doc="Declarations, codes as class")
        goods = Input("Goods", Table,
                      doc="Goods to find codes for; without it the rows of Data, held out")
        tariff = Input("Tariff", Table,
                       doc="Codes with designations, as Tariff Nomenclature sends them")
        learner = Input("Learner", Learner, doc="For the nodes, instead of the linear one")

    class Outputs:
        learner = Output("Learner", Learner, dynamic=False, doc="For Test and Score")
        model = Output("Model", Model, default=True, dynamic=False,
                       doc="For Predictions and Save Model")
        candidates = Output("Candidates", Table, dynamic=False,
                            doc="The rows with their likeliest codes at each level")
        levels = Output("Levels", Table, dynamic=False,
                        doc="What held-out rows say of each level")

    class Error(CustomsWidget.Error):
        no_class = Said(words("no_class"))
        failed = Said(words("failed"))

    class Warning(CustomsWidget.Warning):
        remarks = Said(words("remarks"))
        no_designations = Said(words("no_designations"))

    class Information(CustomsWidget.Information):
        cancelled = Said(words("cancelled"))
        shown = Said(words("shown"))

    settings_version = 1
    text_name: str = Setting("", schema_only=True)
    designations: str = Setting(BUNDLED, schema_only=True)
    penalty: str = Setting("l2", schema_only=True)
    strength: float = Setting(30., schema_only=True)
    error: float = Setting(.1, schema_only=True)
    chosen_row: int = Setting(0, schema_only=True)
    auto_run: bool = Setting(True)

    def __init__(self):
        super().__init__()
        self.data: Table | None = None
        self.goods: Table | None = None
        self.tariff: Table | None = None
        self.learner: Learner | None = None
        self.model: Model | None = None
        self._running = False
        #: Only the goods have come or gone: the model stays.
        self._keep = False
        self._set_up_controls()
        self._set_up_main()
        self._show(None)
        self.Outputs.learner.send(self.learner_of())  # as Test and Score needs it, without data

    # -- layout

    def _set_up_controls(self):
        box = group_box(self.controlArea, words("text"))
        self.text_combo = worded(VariableCombo(words("found")), toolTip=words("read_tip"))
        self.text_combo.chosen.connect(lambda name: self._set("text_name", name))
        self.designations_combo = choice(
            DESIGNATIONS, self.designations,
            lambda: self._set("designations", self.designations_combo.currentData()),
            words("designations_tip"))
        box.layout().addLayout(grid_of(((words("read"), self.text_combo),
                                        (words("designations"), self.designations_combo))))
        box = group_box(self.controlArea, words("learner"))
        self.penalty_combo = choice(
            PENALTIES, self.penalty,
            lambda: self._set("penalty", self.penalty_combo.currentData()),
            words("penalty_tip"))
        self.strength_spin = QDoubleSpinBox(minimum=.01, maximum=10_000., decimals=2,
                                            value=self.strength)
        worded(self.strength_spin, toolTip=words("strength_tip"))
        self.strength_spin.editingFinished.connect(
            lambda: self._set("strength", self.strength_spin.value()))
        self.learner_label = QLabel(wordWrap=True, visible=False)
        box.layout().addLayout(grid_of(((words("penalty"), self.penalty_combo),
                                        ("C", self.strength_spin))))
        box.layout().addWidget(self.learner_label)
        box = group_box(self.controlArea, words("safe"))
        self.error_spin = QDoubleSpinBox(minimum=.001, maximum=.5, singleStep=.01, decimals=3,
                                         value=self.error)
        worded(self.error_spin, toolTip=words("error_tip"))
        self.error_spin.editingFinished.connect(
            lambda: self._set_error(self.error_spin.value()))
        box.layout().addLayout(grid_of(((words("error"), self.error_spin),)))
        gui.rubber(self.controlArea)
        self.buttonsArea.layout().addWidget(
            self.make_cancel_button(self._on_cancel, words("stop_tip")))
        self.train_button = push(self.buttonsArea, words("train"), self.train)
        check(self.buttonsArea, self, "auto_run", words("automatically"),
              callback=self._maybe_train)

    def _set_up_main(self):
        self.summary = QLabel(wordWrap=True, textFormat=Qt.RichText, alignment=Qt.AlignTop)
        self.levels_model = GoodsModel((
            Column(words("digits"), lambda r: str(r.digits), lambda r: r.digits, right=True),
            Column(words("rows"), lambda r: str(r.n), lambda r: r.n, right=True),
            Column(words("codes"), lambda r: str(r.codes), lambda r: r.codes, right=True,
                   header_tooltip=words("codes_tip")),
            Column(words("proposed"), lambda r: str(r.proposed), lambda r: r.proposed, right=True,
                   header_tooltip=words("proposed_tip")),
            Column("Top-1", lambda r: _share(r.top1), lambda r: _order(r.top1), right=True,
                   header_tooltip=words("top1_tip")),
            Column("Top-3", lambda r: _share(r.top3), lambda r: _order(r.top3), right=True,
                   header_tooltip=words("top3_tip")),
            Column("Log-loss", lambda r: _share(r.log_loss), lambda r: _order(r.log_loss),
                   right=True, header_tooltip=words("log_loss_tip")),
            Column("β", lambda r: f"{r.tempers.designation:g}",
                   lambda r: r.tempers.designation, right=True,
                   header_tooltip=words("beta_tip")),
        ), self)
        self.levels_view = rows_view(self.levels_model, words("levels"),
                                     selectionMode=QAbstractItemView.NoSelection)
        self.levels_view.horizontalHeader().setSectionResizeMode(QHeaderView.Stretch)
        self.page = CandidatesPage(self._on_row)
        self.parts = splitter(Qt.Vertical, self.levels_view, self.page.parts,
                              sizes=(96, 380), stretch=(0, 1))
        self.mainArea.layout().addWidget(pile(self.summary, self.parts))

    def sizeHint(self):
        return QSize(900, 506)

    # -- input

    @Inputs.data
    def set_data(self, data: Table | None):
        self.data, self._keep = data, False
        texts = [] if data is None else [v for v in text_candidates(data)
                                         if v not in data.domain.class_vars]
        self.text_combo.set_variables(texts, self.text_name, None)

    @Inputs.goods
    def set_goods(self, goods: Table | None):
        self.goods = goods

    @Inputs.tariff
    def set_tariff(self, tariff: Table | None):
        self.tariff, self._keep = tariff, False

    @Inputs.learner
    def set_learner(self, learner: Learner | None):
        self.learner, self._keep = learner, False

    @property
    def shown(self) -> Table | None:
        """The rows that are answered."""
        return self.data if self.goods is None else self.goods

    def handleNewSignals(self):
        if self._keep and self.model is not None:
            self._stop()
            self._start(self.model)
            return
        self._keep = True
        self.designations_combo.setEnabled(self.tariff is None)
        for control in (self.penalty_combo, self.strength_spin):
            control.setEnabled(self.learner is None)
        self.learner_label.setVisible(self.learner is not None)
        worded(self.learner_label, text="" if self.learner is None
               else words("learns_by", name=self.learner.name))
        self._restart()

    # -- changes by the user

    def _set(self, name: str, value):
        if getattr(self, name) != value:
            setattr(self, name, value)
            self._restart()

    def _set_error(self, error: float):
        if self.error != error:
            self.error = error
            if self.model is not None:
                self._stop()
                self._start(self.model)

    def _on_cancel(self):
        self._stop()
        self.Information.cancelled()

    def _on_row(self, row: int):
        self.chosen_row = row
        if self.model is None or self.shown is None or row >= len(self.shown):
            return
        some = slice(row, row + 1)
        found = self.model.find_own(self.data, some) if self.goods is None \
            else self.model.find(self.goods[some])
        trained = self.model.trained
        self.page.show_branches(branches_of(trained.tree, found.answers, 0), trained.titles)

    # -- work

    def learner_of(self) -> TariffTreeLearner:
        """The learner that the settings and the inputs make."""
        tariff: Tariff | str | None = BUNDLED if self.designations == BUNDLED else None
        if self.tariff is not None:
            found = tariff_of_table(self.tariff)
            self.Warning.no_designations(shown=found is None)
            tariff = found if found is not None else tariff
        name = self.text_combo.variable.name if self.text_combo.variable is not None else ""
        learner = TariffTreeLearner(tariff, self.learner, name, self.strength, self.penalty)
        learner.name = self.name
        return learner

    def _restart(self):
        """Nothing that was trained holds."""
        self._stop()
        clear(self.Error, self.Warning, self.Information)
        self.Outputs.learner.send(self.learner_of())
        self._send(None)
        self._maybe_train()

    def _maybe_train(self):
        if self.auto_run and self.model is None and not self._running:
            self.train()

    def train(self):
        """Train on the data."""
        clear(self.Error, self.Information)
        if self.data is None or self._running:
            return
        target = self.data.domain.class_var
        if target is None or not target.is_discrete:
            self.Error.no_class()
            return
        self._start(None)

    def _start(self, model: Model | None):
        self._set_running(True)
        self.start(run, SimpleNamespace(data=self.data, goods=self.goods, model=model,
                                        learner=self.learner_of(), error=self.error))

    def on_done(self, found: SimpleNamespace):
        self._set_running(False)
        self._send(found)

    def on_exception(self, ex: Exception):
        self._set_running(False)
        if not isinstance(ex, Ended):
            self.Error.failed(reason=reason(ex).rstrip("."))
        self._send(None)

    def _stop(self):
        self.cancel()
        self._set_running(False)

    def _set_running(self, on: bool):
        self._running = on
        self.train_button.setEnabled(not on)
        self.progressBarInit() if on else self.progressBarFinished()

    def _send(self, found: SimpleNamespace | None):
        self.model = None if found is None else found.model
        self._show(found)
        self.Outputs.model.send(self.model)
        self.Outputs.candidates.send(None if found is None else found.candidates)
        self.Outputs.levels.send(None if found is None else levels_table(found.model))

    # -- what is shown

    def _show(self, found: SimpleNamespace | None):
        shown = self.shown
        self.parts.setVisible(found is not None)
        if found is None or shown is None or self.data is None:
            worded(self.summary, text="" if self.data is not None else words("connect"))
            self.levels_model.set_rows(())
            self.page.show_rows((), 0)
            return
        trained = found.model.trained
        worded(self.summary, text=in_words(found.model, len(self.data)))
        self.levels_model.set_rows(trained.levels)
        if found.model.remarks:
            self.Warning.remarks(remarks=Capital(Joined(found.model.remarks, "; ")))
        if len(shown) > MOST_SHOWN:
            self.Information.shown(some=MOST_SHOWN, all=len(shown))
        self.page.show_rows(rows_of(shown[:MOST_SHOWN], found.candidates[:MOST_SHOWN]),
                            self.chosen_row)

    def on_language(self):
        """The chosen row is told again; all else is worded."""
        self._on_row(self.chosen_row)

    def send_report(self):
        if self.model is None:
            return
        self.report_items(say(words("settings")), [(say(name), say(value)) for name, value in (
            (words("read"), self.model.text or words("bag")),
            (words("designations"), words("of_input") if self.tariff is not None
             else dict(DESIGNATIONS)[self.designations]),
            (words("learner"), dict(PENALTIES)[self.penalty] if self.learner is None
             else self.learner.name), ("C", f"{self.strength:g}"),
            (words("error"), f"{self.error:g}"))])
        self.report_table(say(words("held_out")), report_rows(self.levels_model), header_rows=1)
        self.report_table(say(words("rows")), report_rows(self.page.model), header_rows=1)


def in_words(model: Model, n: int) -> Sayable:
    """What was learnt, in a few words."""
    trained = model.trained
    last = trained.levels[-1]
    said = [words("learnt", codes=last.codes, digits=last.digits, proposed=last.proposed, n=n,
                  text=words("reads", name=model.text) if model.text else words("reads_bag"))]
    detected = trained.distance.detected
    if detected == detected:
        said.append(words("outside", p=share(detected), others=share(.05)))
    return Joined(tuple(said), " ")


def rows_of(data: Table, candidates: Table) -> list[Row]:
    """Rows of the list."""
    text = default_text(data)
    titles = [say(row_called("row", n=number + 1)) for number in range(len(data))] if text is None \
        else strings_of(data, text)
    names = [v.name for v in candidates.domain.metas][-_width(candidates):]
    columns = {name: candidates.get_column(name) for name in names[:5]}
    code, error, safe, outside = (columns[names[place]] for place in (2, 3, 0, 4))
    declared = strings_of(data, data.domain.class_var) if data.domain.class_var else \
        [""] * len(data)
    return [Row(number, " ".join(titles[number].split()), str(code[number]), str(safe[number]),
                float(1 - error[number]), declared[number], bool(outside[number]))
            for number in range(len(data))]


def _width(candidates: Table) -> int:
    """How many columns were added to the data."""
    names = [v.name for v in candidates.domain.metas]
    first = max(place for place, name in enumerate(names) if name.startswith("safe code"))
    return len(names) - first


def _share(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.3f}"


def _order(value: float) -> float:
    return -1. if np.isnan(value) else value


if __name__ == "__main__":  # pragma: no cover
    WidgetPreview(OWTariffTree).run()
