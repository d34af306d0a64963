"""Footwear CNN Trainer: photos with labels → a calibrated model, and how far to trust it."""
from __future__ import annotations

import numpy as np
from AnyQt.QtCore import QSize, Qt, QTimer
from AnyQt.QtWidgets import (
    QLabel,
    QTabWidget,
    QTextBrowser,
)
from Orange.data import Table
from Orange.widgets.settings import Setting
from orangewidget.utils.signals import Input, Output

from orangecontrib.customs.groups import Group
from orangecontrib.customs.i18n import Sayable, say
from orangecontrib.customs.photos.backbones import BackboneError
from orangecontrib.customs.photos.model import ModelError, PhotoModel
from orangecontrib.customs.photos.table import good_variables, image_variables
from orangecontrib.customs.training.report import (
    joined_products,
    label_counts,
)
from orangecontrib.customs.training.report.notes import (
    counts_tooltip,
    data_sentence,
    log_html,
    result_sentence,
)
from orangecontrib.customs.training.report.table import evaluation_table
from orangecontrib.customs.training.trainer import (
    Cancelled,
    Recipe,
    TrainingError,
    TrainingPhotos,
)
from orangecontrib.customs.training.trainer.runs import Loaded, Outcome, Request, load, run
from orangecontrib.customs.training.trainer.table import (
    history_table,
    predictions_table,
    skipped_table,
    training_photos,
)
from orangecontrib.customs.widgets.utils.common import summaries  # noqa: F401 – registers PhotoModel
from orangecontrib.customs.widgets.utils.common.base import CustomsWidget, clear, reason
from orangecontrib.customs.widgets.utils.common.goodslist import report_rows
from orangecontrib.customs.widgets.utils.common.wording import Said, room, worded, worded_tabs
from orangecontrib.customs.widgets.utils.photos.reports import gallery_html
from orangecontrib.customs.widgets.utils.photos.thumbnails import ThumbnailLoader
from orangecontrib.customs.widgets.utils.training.augmentationpage import AugmentationPage, Subject
from orangecontrib.customs.widgets.utils.training.mistakespage import MistakesPage
from orangecontrib.customs.widgets.utils.training.modelkeeping import KeepsModel
from orangecontrib.customs.widgets.utils.training.naming import shown_names
from orangecontrib.customs.widgets.utils.training.recipeform import (
    PRESET_TITLES,
    cleaned,
    preset_of,
    setting_title,
)
from orangecontrib.customs.widgets.utils.training.trainercontrols import TrainerControls
from orangecontrib.customs.widgets.utils.training.trainingpages import (
    EvaluationPage,
    GradabilityPage,
    HeightsPage,
)
from orangecontrib.customs.widgets.utils.training.trainingplots import CurvesPage, ReliabilityPage

words = room("owfootweartrainer")
CANCEL = room("common")("cancel")

#: Milliseconds that settings must rest before they start a run of their own.
REST = 500

#: With fewer held-out photos than this, intervals are all there is to see.
FEW = 30


#: So that eight of them stand side by side in the smallest of windows.
NARROW_TABS = """
QTabBar::tab { padding: 4px 5px; margin-right: 0; border: 1px solid palette(mid);
               border-bottom: none; background: palette(button); }
QTabBar::tab:selected { background: palette(base); border-top: 2px solid palette(highlight); }
"""


class OWFootwearTrainer(KeepsModel, TrainerControls, CustomsWidget):
    name = "Footwear CNN Trainer"
    description = "Train a photo model on your own labels, and see how far to trust it."
    icon = "icons/FootwearTrainer.svg"
    priority = 120
    keywords = ("footwear cnn trainer, photo model, transfer learning, vgg, calibration, "
                "evaluation, обучение, обучить модель, фото, обувь, таможня, тн вэд")

    graph_name = "mainArea"  # Save Image

    class Inputs:
        photos = Input("Labeled Photos", Table, default=True,
                       doc="Photos with labels 1, 0, 0.5 or empty, as Footwear Photo Labeler "
                           "sends them")

    class Outputs:
        model = Output("Model", PhotoModel, default=True, dynamic=False,
                       doc="For Footwear CNN Feature Extractor")
        evaluation = Output("Evaluation", Table, dynamic=False, doc="A row per feature")
        predictions = Output("Predictions", Table, dynamic=False,
                             doc="Held-out photos with what the model says of them")
        curves = Output("Curves", Table, dynamic=False, doc="Loss and accuracy per epoch")
        skipped = Output("Skipped Photos", Table, dynamic=False,
                         doc="Rows that could not be used, with the reason")
        selected = Output("Selected Photos", Table, dynamic=False,
                          doc="Photos chosen among the mistakes, for another look at the labels")

    class Error(CustomsWidget.Error):
        data = Said(words("bad_data"))
        settings = Said(words("bad_settings"))
        training = Said(words("no_model"))
        weights = Said(words("bad_weights"))
        file = Said(words("bad_file"))
        save = Said(words("unsaved"))
        unexpected = Said(words("unexpected"))

    class Warning(CustomsWidget.Warning):
        outdated = Said(words("outdated"))
        few = Said(words("few"))
        skipped = Said(words("skipped"))
        one_sided = Said(words("one_sided"))
        checkpoint = Said(words("no_checkpoint"))

    class Information(CustomsWidget.Information):
        cancelled = Said(words("cancelled"))
        nothing = Said(words("nothing"))
        untested = Said(words("untested"))
        loaded = Said(words("loaded"))
        waiting = Said(words("waiting"))

    path_settings = ("weights_path", "checkpoint_path", "model_path")
    #: Settings of the run, as literals (see ``training.trainer.Recipe``).
    recipe: dict = Setting(Recipe().to_dict(), schema_only=True)
    #: Id of the group of goods whose features are learnt; "" = not chosen yet.
    group_id: str = Setting("", schema_only=True)
    #: Name of the column with photos, "" for the likeliest.
    image_name: str = Setting("", schema_only=True)
    #: Name of the column of goods; None for the likeliest, "" for "each photo by itself".
    good_name = Setting(None, schema_only=True)
    #: Paths are relative where they lie under the workflow's folder.
    weights_path: str = Setting("", schema_only=True)
    sha256: str = Setting("", schema_only=True)
    allow_download: bool = Setting(False, schema_only=True)
    checkpoint_path: str = Setting("", schema_only=True)
    #: The model that is sent is this file; "" when it was trained and not saved.
    model_path: str = Setting("", schema_only=True)
    note: str = Setting("", schema_only=True)
    licence: str = Setting("", schema_only=True)
    #: "en" or "ru".
    language: str = Setting("en")
    feature: str = Setting("", schema_only=True)
    auto_train: bool = Setting(False, schema_only=True)
    show_more: bool = Setting(False)

    def __init__(self):
        super().__init__()
        self.data: Table | None = None
        self.outcome: Outcome | None = None
        self.loaded: Loaded | None = None
        self._photos: tuple[TrainingPhotos, np.ndarray] | None = None
        self._running = self._loading = False
        self.recipe = cleaned(self.recipe)
        self.language_index = int(self.language == "ru")
        self._rest = QTimer(self, singleShot=True, interval=REST)
        self._rest.timeout.connect(self.train)
        self._set_up_controls()
        self._set_up_main()
        self._show_data()
        self._show()
        if self.model_path:
            self._load(self.model_path)

    # -- window

    def _set_up_main(self):
        self.sentence = QLabel(wordWrap=True, textFormat=Qt.RichText)
        self.mainArea.layout().addWidget(self.sentence)
        self.tabs = QTabWidget()
        self.tabs.tabBar().setStyleSheet(NARROW_TABS)
        self.mainArea.layout().addWidget(self.tabs)
        self.thumbnails = ThumbnailLoader(self)
        self.curves_page = CurvesPage()
        self._page = self.evaluation_page = EvaluationPage()  # to see after a run
        self.reliability_page = ReliabilityPage()
        self.heights_page = HeightsPage()
        self.gradability_page = GradabilityPage()
        self.mistakes_page = MistakesPage(self.thumbnails)
        self.augmentation_page = AugmentationPage()
        for job in (self._rest.stop, self.thumbnails.stop, self.augmentation_page.stop):
            self.at_close(job)
        self.log = QTextBrowser()
        pages = (self.curves_page, self.evaluation_page, self.reliability_page,
                 self.heights_page, self.gradability_page, self.mistakes_page,
                 self.augmentation_page)
        for page in (*pages, self.log):
            self.tabs.addTab(page, "")
        worded_tabs(self.tabs, [*(page.title for page in pages), words("log")])
        self.evaluation_page.chosen.connect(self._on_feature)
        self.reliability_page.chosen.connect(self._on_feature)
        self.mistakes_page.selected.connect(self._send_selected)

    def sizeHint(self):
        return QSize(900, 510)

    # -- input

    @Inputs.photos
    def set_photos(self, data: Table | None):
        self.data = data

    def handleNewSignals(self):
        if self.data is None:
            if not self._loading:  # a model that the workflow opens with is read to the end
                self._stop()
            self._forget()
        elif self.auto_train:
            self._stop()
        images = [] if self.data is None else image_variables(self.data.domain)
        goods = [] if self.data is None else good_variables(self.data.domain)
        self.image_combo.set_variables(images, self.image_name, images[0] if images else None)
        named = [v.name for v in goods if v.name in ("good_id", "category")]
        wanted = self.good_name
        if wanted is None or wanted and wanted not in [v.name for v in goods]:
            wanted = named[0] if named else ""
        self.good_combo.set_variables(goods, wanted, None)
        self._read_photos()
        if self.auto_train and self.data is not None:
            self.train()

    def _read_photos(self):
        """Photos and labels of the table; what keeps them from training is said."""
        self._photos = None
        self.Error.data.clear()
        self.Warning.one_sided.clear()
        if self.data is not None and self.group_combo.problem:
            self.Error.data(reason=self.group_combo.problem)
        elif self.data is not None:
            good = self.good_combo.variable
            try:
                self._photos = training_photos(self.data, self.image_combo.variable,
                                               "" if good is None else good,
                                               self.group_combo.group)
            except TrainingError as error:
                self.Error.data(reason=error.reason)
        self._show_data()
        self._settings_changed()

    def _show_data(self):
        if self._photos is None:
            worded(self.data_label, text=words("no_labelled"))
            self.data_label.setToolTip("")
            return
        photos = self._photos[0]
        counts = label_counts(photos)
        self.Warning.one_sided(shown=bool(len(photos)) and not any(c.teaches for c in counts))
        worded(self.data_label, text=data_sentence(photos, counts))
        self.data_label.setToolTip(counts_tooltip(counts, self._names(photos.group)))

    # -- changes by the user

    def _names(self, group: Group) -> dict[str, str]:
        """Names of features by id, for people."""
        return shown_names(group, self.language)

    def _set(self, name: str, value):
        if getattr(self, name) != value:
            setattr(self, name, value)
            self._settings_changed(True)

    def _set_column(self, name: str, value: str):
        setattr(self, name, value)
        self._read_photos()
        self._train_soon()

    def _set_path(self, name: str, path: str):
        self._set(name, self.storable(path))

    def show_paths(self):
        self.weights_edit.set_path(self.weights_path)
        self.checkpoint_edit.set_path(self.checkpoint_path)

    def _on_recipe(self):
        self.recipe = self.form.values
        self._settings_changed(True)

    def _settings_changed(self, by_user: bool = False):
        """Say what no longer fits; start a run where that is wanted."""
        recipe = self.form.recipe
        self.Error.settings.clear()
        if recipe is None:
            self.Error.settings(reason=_without_stop(self.form.problem.text()))
        self.Warning.checkpoint(shown=bool(
            self.checkpoint_path and recipe is not None and recipe.optimiser == "lbfgs"))
        self._tell_outdated()
        self._update_buttons()
        self._show_augmentations()
        if by_user:
            self._train_soon()

    def _train_soon(self):
        if self.auto_train:
            self._rest.start()

    def _on_more(self, on: bool):
        self.show_more = on
        self.more.setVisible(on)
        self.more_button.setArrowType(Qt.DownArrow if on else Qt.RightArrow)

    def _on_auto(self, on: bool):
        self.auto_train = on
        request = self._request() if on and not self._running else None
        if request is not None and not (
                self.outcome is not None and request.is_like(self.outcome.request)):
            self.train()
        self._update_buttons()

    def _on_train(self):
        if self._running:
            self.ending.set()
            self.train_button.setEnabled(False)
            self.setStatusMessage(say(words("cancelling")))
        else:
            self.train()

    def _names_chosen(self):
        self.language = ("en", "ru")[self.language_index]
        self._show_data()
        self._show()
        self._send_tables()

    def _on_feature(self, feature: str):
        self.feature = feature
        self.reliability_page.choose(feature)

    def _on_note(self, name: str, text: str):
        if getattr(self, name) != text:
            setattr(self, name, text)
            if self.outcome is not None:
                self.model_path = ""  # the file tells otherwise
                self._describe_model()
                self.Outputs.model.send(self.model)

    # -- work

    def _request(self) -> Request | None:
        """What to train now; None where nothing can be."""
        recipe = self.form.recipe
        if self._photos is None or not len(self._photos[0]) or recipe is None:
            return None
        photos, rows = self._photos
        checkpoint, weights = map(self.resolved, (self.checkpoint_path, self.weights_path))
        image, good = self.image_combo.variable, self.good_combo.variable
        decisive = (tuple(recipe.to_dict().items()), image and image.name, good and good.name,
                    self.weights_path, self.sha256, photos.group.id)
        return Request(self.data, photos, rows, decisive, recipe, checkpoint, weights,
                       self.sha256 or None, self.allow_download)

    def train(self):
        """Start a run with the photos and settings of now."""
        self._stop()
        self._clear_run_messages()
        request = self._request()
        if request is None:
            if self._photos is not None and not len(self._photos[0]):
                self.Error.data(reason=words("no_rows"))
            return
        self._set_running(True)
        if self.tabs.currentWidget() is not self.curves_page:
            self._page = self.tabs.currentWidget()
        self.tabs.setCurrentWidget(self.curves_page)
        self.curves_page.show_history(())
        self._tell(words("working" if self.outcome is None else "working_again"))
        self.begin(run, request)

    def _load(self, path: str):
        """Read a model file; it replaces what was trained."""
        self._stop()
        self._clear_run_messages()
        self._set_running(True)
        self._loading = True
        self.start(load, self.resolved(path), path, self.resolved(self.weights_path))

    def _stop(self):
        """End a run; nobody waits for what it found."""
        self._rest.stop()
        self.ending.set()
        self.cancel()
        self._set_running(False)

    def _set_running(self, on: bool):
        self._running, self._loading = on, False
        self.setStatusMessage("")
        self._update_buttons()

    def _update_buttons(self):
        worded(self.train_button, text=CANCEL if self._running else words("train"),
               toolTip=words("cancel_tip") if self._running else "")
        self.train_button.setEnabled(self._running or self._request() is not None)
        self.save_button.setEnabled(self.model is not None)
        self.load_button.setEnabled(not self._running)
        self.Information.waiting(shown=not self._running and not self.auto_train
                                 and self.model is None and self._request() is not None)

    def _clear_run_messages(self):
        clear(self.Error.training, self.Error.weights, self.Error.file, self.Error.save,
              self.Error.unexpected, self.Warning.few, self.Warning.skipped,
              self.Information.cancelled, self.Information.nothing, self.Information.untested,
              self.Information.loaded)

    def on_partial_result(self, history):
        self.curves_page.show_history(history)

    def on_done(self, result: Outcome | Loaded):
        self._set_running(False)
        if isinstance(result, Loaded):
            self.outcome, self.loaded = None, result
            self.model_path = result.path
            self.Information.loaded()
        else:
            self.outcome, self.loaded = result, None
            self.model_path = ""
            self._tell_about(result)
            if self.tabs.currentWidget() is self.curves_page:
                self.tabs.setCurrentWidget(self._page)
        self._finish()

    def on_exception(self, ex: Exception):
        self._set_running(False)
        if isinstance(ex, Cancelled):
            self.Information.nothing()
        elif isinstance(ex, TrainingError):
            self.Error.training(reason=ex.reason)
        elif isinstance(ex, BackboneError):
            self.Error.weights(reason=str(ex))
            self.more_button.setChecked(True)  # the ways out are in there
        elif isinstance(ex, ModelError):
            self.Error.file(reason=str(ex))
        elif isinstance(ex, MemoryError):
            self.Error.unexpected(reason=words("no_memory"))
        else:
            self.Error.unexpected(reason=reason(ex))
        self._finish()

    def _forget(self):
        """The photos are gone, and all that was learnt from them."""
        self.clear_messages()
        if self.loaded is None:
            self.outcome = None
            self._finish()
        else:
            self.Information.loaded()

    def _tell_about(self, outcome: Outcome):
        trained, found = outcome.trained, outcome.report
        self.Information.cancelled(shown=trained.cancelled)
        self.Information.untested(shown=found.part != "test")
        if 0 < found.photos < FEW:
            self.Warning.few(n=found.photos)
        if trained.skipped:
            row, reason = trained.skipped[0]
            self.Warning.skipped(n=len(trained.skipped), reason=reason,
                                 photo=outcome.request.photos.photos[row].image)

    def _tell_outdated(self):
        """Results of other photos or settings are never shown without saying so."""
        self.Warning.outdated.clear()
        if self.outcome is None or self._running:
            return
        now, then = self._request(), self.outcome.request
        if now is not None and now.is_like(then):
            return
        other_data = self.data is not then.data
        other_settings = now is None or now.settings != then.settings
        self.Warning.outdated(of=words("other_both" if other_data and other_settings
                                       else "other_photos" if other_data else "other_settings"))

    def _finish(self):
        """Show and send what there is."""
        self._tell_outdated()
        self._update_buttons()
        self._show()
        self.Outputs.model.send(self.model)
        self._send_tables()

    # -- show and send

    def _show(self):
        outcome = self.outcome
        found = None if outcome is None else outcome.report
        group = self.group_combo.group if found is None else found.group
        names = self._names(group)
        self._describe_model()
        self._show_augmentations()
        if not self._running:
            self.curves_page.show_history(() if outcome is None else outcome.trained.history)
        self.evaluation_page.show_report(found, names)
        self.reliability_page.show_report(found, names, self.feature)
        self.heights_page.show_report(found, names)
        self.gradability_page.show_report(found, names)
        if outcome is None:
            self.mistakes_page.show_mistakes((), (), names, group)
            self._show_log("")
            if not self._running:
                self._tell(words("connect" if self.loaded is None else "from_file"))
            return
        photos = outcome.request.photos
        paths = [photo.image for photo in photos.photos]
        self.mistakes_page.show_mistakes(found.mistakes, photos.photos, names, group)
        joined = joined_products(outcome.trained.split, photos.products)
        self._show_log(log_html(outcome.trained, joined, paths, names))
        if not self._running:
            self._tell(result_sentence(found, names))

    def _show_log(self, html: str):
        self._log = html  # as it goes into a report
        self.log.setHtml(html)

    def _tell(self, said: Sayable):
        worded(self.sentence, text=said)

    def on_language(self):
        """Another language is spoken: names of features are others, and what names them."""
        self._show_data()
        self._settings_changed()
        self._show()
        self._send_tables()

    def _show_augmentations(self):
        group = self.group_combo.group
        weights = self.resolved(self.weights_path)
        self.augmentation_page.show_subject(Subject(
            () if self._photos is None else self._photos[0].photos, self.form.recipe, group,
            self.model, weights, self._names(group)))

    def _send_tables(self):
        outcome = self.outcome
        evaluation = predictions = curves = skipped = None
        if outcome is not None:
            data, rows, trained = outcome.request.data, outcome.request.rows, outcome.trained
            evaluation = evaluation_table(outcome.report, self.language)
            predictions = predictions_table(data, rows, trained, self.language)
            curves = history_table(trained)
            skipped = skipped_table(data, rows, trained)
        self.Outputs.evaluation.send(evaluation)
        self.Outputs.predictions.send(predictions)
        self.Outputs.curves.send(curves)
        self.Outputs.skipped.send(skipped)
        self._send_selected()

    def _send_selected(self):
        selected = None
        if self.outcome is not None and (chosen := self.mistakes_page.rows()):
            request = self.outcome.request
            selected = request.data[request.rows[chosen]]
        self.Outputs.selected.send(selected)

    def send_report(self):
        if self.data is not None:
            self.report_data(say(words("photos")), self.data)
        model = self.model
        if model is not None:
            self._report_items("model", (
                ("report_file", self.model_path or say(words("not_saved"))),
                ("report_network", say(words("quoted", text=model.backbone))),
                ("report_digest", model.digest[:16]),
                ("report_trained_on", model.note), ("report_licence", model.licence)))
        if self.outcome is None:
            return
        settings = self.outcome.request.recipe.to_dict()
        preset = preset_of(settings)
        self.report_items(say(words("training")), [
            (say(words("report_preset")), say(PRESET_TITLES[preset] if preset else words("own"))),
            *((say(setting_title(name)), _setting(value)) for name, value in settings.items())])
        self.report_paragraph(say(words("report_result")), self.sentence.text())
        if warning := str(self.Warning.outdated) if self.Warning.outdated.is_shown() else "":
            self.report_paragraph(say(words("report_note")), warning)
        for page in (self.evaluation_page, self.gradability_page):
            self.report_table(say(page.title), [
                row[:4] + row[5:] for row in report_rows(page.model)], header_rows=1)
        self.report_plot(say(words("report_loss")), self.curves_page.loss)
        self.report_plot(say(words("report_accuracy")), self.curves_page.accuracy)
        self.report_plot(say(self.reliability_page.title), self.reliability_page.plot)
        self.report_plot(say(words("report_contradiction")), self.gradability_page.histogram)
        if html := gallery_html(self.mistakes_page.gallery):
            self.report_raw(say(self.mistakes_page.title), html)
        self.report_raw(say(words("log")), self._log)

    def _report_items(self, title: str, items):
        self.report_items(say(words(title)), [(say(words(name)), value) for name, value in items])


def _without_stop(text: str) -> str:
    return text.rstrip(".")


def _setting(value):
    """A setting in a report."""
    if isinstance(value, bool):
        return say(words("yes" if value else "no"))
    return say(words("quoted", text=value)) if isinstance(value, str) else value


if __name__ == "__main__":  # pragma: no cover
    import sys

    from Orange.widgets.utils.widgetpreview import WidgetPreview

    WidgetPreview(OWFootwearTrainer).run(Table(sys.argv[1]) if len(sys.argv) > 1 else None)
