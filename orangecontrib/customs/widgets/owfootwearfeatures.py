"""Footwear CNN Feature Extractor: photos → 13 visual features and the gate, per photo."""
from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from html import escape
from pathlib import Path

from AnyQt.QtCore import QSize, Qt
from AnyQt.QtWidgets import QLabel
from Orange.data import Table, Variable
from Orange.widgets import gui
from Orange.widgets.settings import Setting
from Orange.widgets.utils.concurrent import TaskState
from orangewidget.utils.signals import Input, Output

from orangecontrib.customs.columns import ImageColumn, SkippedPhotos
from orangecontrib.customs.declarations.learning.table import leaks
from orangecontrib.customs.files.paths import storable_path
from orangecontrib.customs.i18n import Capital, say
from orangecontrib.customs.photos.backbones import BackboneError
from orangecontrib.customs.photos.chips import FeatureView
from orangecontrib.customs.photos.choice import FROM_FILE, Choice, quoted
from orangecontrib.customs.photos.extract import Extractor
from orangecontrib.customs.photos.model import (
    BUNDLED,
    DEFAULT,
    FORMER,
    INSTEAD,
    ModelError,
    PhotoModel,
)
from orangecontrib.customs.photos.table import (
    CANCELLED,
    LeftOut,
    features_table,
    good_variables,
    image_paths,
    image_variables,
)
from orangecontrib.customs.widgets.utils.common import summaries  # noqa: F401 – registers PhotoModel
from orangecontrib.customs.widgets.utils.common.base import CustomsWidget, clear, reason
from orangecontrib.customs.widgets.utils.common.controls import (
    auto_apply,
    group_box,
    hint,
    push,
    radio,
    spin,
)
from orangecontrib.customs.widgets.utils.common.variables import VariableCombo, listed
from orangecontrib.customs.widgets.utils.common.wording import Said, room, spoken, worded
from orangecontrib.customs.widgets.utils.photos.explaining import Explains
from orangecontrib.customs.widgets.utils.photos.featuregallery import FeatureGallery
from orangecontrib.customs.widgets.utils.photos.gallery import Tile
from orangecontrib.customs.widgets.utils.photos.mapdialog import MapDialog
from orangecontrib.customs.widgets.utils.photos.maploader import MapLoader, MapThumbnails
from orangecontrib.customs.widgets.utils.photos.modelbox import ModelBox
from orangecontrib.customs.widgets.utils.photos.modelfiles import MODEL_FILES, write_model
from orangecontrib.customs.widgets.utils.photos.reports import gallery_html
from orangecontrib.customs.widgets.utils.photos.thumbnails import ThumbnailLoader

words, common = room("owfootwearfeatures"), room("common")


@dataclass
class Results:
    """What a run gives back.

    Attributes
    ----------
    features : Table or None
    skipped : LeftOut or None
    image : Variable
        The column that was looked at.
    choice : Choice
        Where the model came from.
    model : PhotoModel
    device : str
    cancelled : bool
    """

    features: Table | None
    skipped: LeftOut | None
    image: Variable
    choice: Choice
    model: PhotoModel
    device: str
    cancelled: bool


def _told_of(photos: Table) -> bool:
    """Whether a table has photos, or tells of some that could not be used."""
    return bool(len(photos) or SkippedPhotos.of(photos).photos)


def look_at_model(choice: Choice, state: TaskState) -> PhotoModel:
    """Load a model only to tell about it."""
    state.set_status(say(words("loading")))
    return choice.load()


def run(data: Table, image: Variable, choice: Choice, language: str, batch: int,
        stopped: threading.Event, state: TaskState) -> Results:
    """Extract features; `stopped` ends the run and keeps what is done.

    Parameters
    ----------
    batch : int
        Photos at once; 0: what fits into the memory.
    """
    state.set_status(say(words("loading")))
    model = choice.load()
    extractor = Extractor(model)
    device = extractor.device_name
    state.set_status(say(words("looking")))

    def progress(done, total):
        state.set_progress_value(100 * done / total)
        state.set_status(say(words("done_of", done=done, n=total)))
        return stopped.is_set() or state.is_interruption_requested()

    features, skipped = features_table(data, image, extractor, progress, language, batch or None)
    return Results(features if _told_of(features) else None, skipped, image, choice, model, device,
                   stopped.is_set() and skipped is not None)


class OWFootwearFeatures(Explains, CustomsWidget):
    name = "Footwear CNN Feature Extractor"
    description = "Recognise 13 tariff features of footwear on photos, on this computer."
    icon = "icons/FootwearFeatures.svg"
    priority = 20
    keywords = ("footwear cnn feature extractor, image embedding, photos, neural network, "
                "обувь, признаки, фото, распознать, нейросеть, таможня, тн вэд")

    graph_name = "mainArea"  # Save Image

    class Inputs:
        images = Input("Images", Table, default=True,
                       doc="A row per photo, from Goods Photos or Import Images")
        model = Input("Model", PhotoModel,
                      doc="A model of Footwear CNN Trainer, instead of those here")

    class Outputs:
        features = Output("Features", Table, default=True,
                          doc="The photos with P of each feature; a model behind reads raw photos")
        skipped = Output("Skipped Images", Table,
                         doc="Photos that could not be used, with the reason")
        selected = Output("Selected Images", Table,
                          doc="The photos that are selected in the gallery")

    class Error(CustomsWidget.Error):
        no_images = Said(words("no_images"))
        model = Said(words("bad_model"))
        save = Said(words("not_saved"))
        maps = Said(words("maps_failed"))
        unexpected = Said(words("unexpected"))

    class Warning(CustomsWidget.Warning):
        all_skipped = Said(words("all_skipped"))
        skipped = Said(words("skipped"))
        leaks = Said(words("leaks"))
        not_images = Said(words("not_images"))

    class Information(CustomsWidget.Information):
        former = Said(words("former"))
        licence = Said(words("licence"))
        no_maps = Said(words("no_maps"))
        cancelled = Said(words("cancelled"))

    buttons_area_orientation = Qt.Vertical
    settings_version = 2

    #: Name of the column with the images.
    image_name: str = Setting("", schema_only=True)
    #: "en" or "ru".
    language: str = Setting("en")
    #: "free" (bundled) or "file"; a model on the input comes before all.  FORMER in workflows of
    #: earlier versions, until another one is chosen.
    model_source: str = Setting(DEFAULT, schema_only=True)
    #: A model file.  Relative where it lies under the workflow's folder.
    model_path: str = Setting("", schema_only=True)
    #: Photos at once; 0: what fits into the memory.
    batch: int = Setting(0)
    #: Id of the feature that is explained; "" for none.
    explained: str = Setting("", schema_only=True)
    auto_apply: bool = Setting(True)

    def __init__(self):
        super().__init__()
        self.data: Table | None = None
        self.input_model: PhotoModel | None = None
        self.results: Results | None = None
        self.model: PhotoModel | None = None
        self._described: Choice | None = None
        self._view: FeatureView | None = None
        self._paths: list[str] = []
        self._goods: list[str] = []
        self._model_file = self.resolved(self.model_path)
        self.language_index = int(self.language == "ru")
        self._set_up_controls()
        self._set_up_main()
        self._describe_model(None)
        # signals of a workflow that is being loaded stop it and start the run
        self.start(look_at_model, self._choice())

    # --- window

    def _set_up_controls(self):
        box = group_box(self.controlArea, words("images"))
        self.image_combo = worded(VariableCombo(words("no_column")), toolTip=words("images_tip"))
        self.image_combo.chosen.connect(self._image_chosen)
        box.layout().addWidget(self.image_combo)

        box = group_box(self.controlArea, words("model"))
        self.model_box = ModelBox()
        self.model_box.chosen.connect(self._source_chosen)
        self.model_box.load_asked.connect(self._choose_model)
        self.model_box.save_asked.connect(self._save)
        box.layout().addWidget(self.model_box)

        radio(self.controlArea, self, "language_index", [words("names_en"), words("names_ru")],
              words("names"), [words("names_en_tip"), words("names_ru_tip")],
              orientation=Qt.Horizontal, callback=self._language_chosen)

        box = group_box(self.controlArea, words("computing"))
        spoken(spin(box, self, "batch", 0, 512, words("batch"), words("batch_tip"),
                    callback=self._changed),
               "auto", lambda it: it.setSpecialValueText(say(words("auto"))))
        self.device_label = QLabel(wordWrap=True, textFormat=Qt.RichText)
        box.layout().addWidget(self.device_label)
        self._describe_device()
        gui.rubber(self.controlArea)

        self.cancel_button = push(self.buttonsArea, common("cancel"), self._cancel_or_continue)
        self._set_running(False)
        auto_apply(self.buttonsArea, self)

    def _set_up_main(self):
        self.thumbnails = ThumbnailLoader(self)
        self.maps = MapLoader(self)
        for job in (lambda: self.dialog.stop(), self.maps.stop, self.thumbnails.stop):
            self.at_close(job)
        self.maps.ready.connect(lambda _: self._tell_explained())
        self.maps.impossible.connect(self._no_maps)
        self.maps.failed.connect(self._maps_failed)
        self.shown = MapThumbnails(self.thumbnails, self.maps, self)
        self.gallery = FeatureGallery(self.shown)
        self.gallery.setMinimumWidth(270)
        worded(self.gallery, accessibleName=words("gallery"))
        hint(self.gallery, words("connect"))
        self.gallery.selectionModel().selectionChanged.connect(
            lambda *_: self._send_selected())
        self.gallery.feature_clicked.connect(self.explain)
        self.gallery.opened.connect(self._open)
        self.dialog = MapDialog(self.maps, self)
        self.dialog.feature_chosen.connect(self.explain)
        self.mainArea.layout().addLayout(self._explaining_row())
        self.mainArea.layout().addWidget(self.gallery)
        self.legend = worded(QLabel(wordWrap=True, textFormat=Qt.RichText),
                             toolTip=words("legend_tip"))
        self.mainArea.layout().addWidget(self.legend)
        self._show_legend()

    def sizeHint(self):
        return QSize(900, 500)

    # --- inputs

    @Inputs.images
    def set_images(self, data: Table | None):
        self.data = data

    @Inputs.model
    def set_model(self, model: PhotoModel | None):
        self.input_model = model

    def handleNewSignals(self):
        self._stop_run()
        self.clear_messages()
        variables = []
        if self.data is not None:
            variables = image_variables(self.data.domain)
            if not variables:
                self.Error.no_images()
            if found := leaks(self.data):
                self.Warning.leaks(columns=listed([v.name for v in found]))
        # the stored name stays where the data lack it: the column may come back
        self.image_combo.set_variables(variables, self.image_name,
                                       variables[0] if variables else None)
        self.commit.now()

    # --- settings

    @classmethod
    def migrate_settings(cls, settings: dict, version: int | None):
        # 1: a path meant a file, none the bundled model; 32 was the default, not a wish
        if version is None or version < 2:
            settings["model_source"] = FROM_FILE if settings.get("model_path") else FORMER
            if settings.get("batch") == 32:
                settings["batch"] = 0

    def workflowEnvChanged(self, key, value, oldvalue):
        """The workflow was saved elsewhere: the model stays where it is."""
        super().workflowEnvChanged(key, value, oldvalue)
        if key == "basedir" and self._model_file is not None:
            self.model_path = storable_path(self._model_file, value or None)

    @property
    def image(self) -> Variable | None:
        """The column with the images."""
        return self.image_combo.variable

    def _image_chosen(self, name: str):
        self.image_name = name
        self._changed()

    def _language_chosen(self):
        self.language = ("en", "ru")[self.language_index]
        self._changed()

    def _changed(self):
        self.commit.deferred()

    # --- the model

    def _choice(self) -> Choice:
        if self.input_model is not None:
            return Choice(None, model=self.input_model)
        return Choice.stored(self.model_source, self._model_file)

    def _source_chosen(self, source: str):
        if source == FROM_FILE and self._model_file is None:
            self._choose_model()
        else:
            self.model_source = source
            self._model_changed()
        # where no file was chosen the choice is as it was
        self._describe_model(self.model if self._choice() == self._described else None)

    def _model_changed(self):
        self._describe_model(None)
        self._changed()
        if self.task is None:  # to be applied later: tell about it now
            self.start(look_at_model, self._choice())

    def _choose_model(self):
        path = self.ask_for_file(say(words("load_title")), say(MODEL_FILES),
                                 os.fspath(self._model_file or ""))
        if path:
            self.set_model_file(path)

    def set_model_file(self, path: str):
        """Use the model of this file."""
        self.model_path = self.storable(path)
        self.model_source = FROM_FILE
        self._model_file = self.resolved(self.model_path)
        self._model_changed()

    def _save(self):
        path = self.ask_where(say(words("save_title")), say(MODEL_FILES), os.fspath(
            self._model_file or Path(self.start_folder(), "model.safetensors")))
        if path:
            self.save_model(path)

    def save_model(self, path: str):
        """Write the model in use to a file."""
        self.Error.save.clear()
        _, error = write_model(self.model, path)
        if error:
            self.Error.save(reason=error)

    def _describe_model(self, model: PhotoModel | None):
        self._described = choice = self._choice()
        self.model = choice.model if model is None else model
        self.model_box.describe(self.model, choice.name, choice.source,
                                Choice.stored(self.model_source, None).source)
        self.Information.former(text=Capital(INSTEAD), shown=choice.former)
        stated = self.model.licence if self.model is not None else ""
        self.Information.licence(name=choice.name, licence=stated,
                                 shown=bool(stated) and choice.source not in BUNDLED)

    def _describe_device(self, device: str = ""):
        worded(self.device_label, text=words("device", device=escape(device)
                                             or words("device_later")))

    # --- running

    @gui.deferred
    def commit(self):
        self._stop_run()
        self.results = None
        clear(self.Error.model, self.Warning.all_skipped, self.Error.unexpected,
              self.Warning.skipped, self.Warning.not_images, self.Information.cancelled)
        self._describe_model(self.model if self._choice() == self._described else None)
        self._show_gallery(None)
        self._send(None, None)
        if self.data is None or self.image is None or not _told_of(self.data):
            self.start(look_at_model, self._choice())
            return
        if not ImageColumn.of(self.image):
            self.Warning.not_images(column=self.image.name)
        self.begin(run, self.data, self.image, self._choice(), self.language, self.batch)
        self._set_running(True)

    def _stop_run(self):
        self.ending.set()
        self.cancel()
        self._set_running(False)

    def show_running(self, running: bool):
        """A look at the model is over at once: only a run over photos is worth a button."""

    def _set_running(self, running: bool, resumable: bool = False):
        worded(self.cancel_button, text=words("go_on") if resumable else common("cancel"),
               toolTip=words("go_on_tip" if resumable else "stop_tip"))
        self.cancel_button.setEnabled(running or resumable)
        self.cancel_button.setVisible(running or resumable)

    def _cancel_or_continue(self):
        """End the run at the next batch (what is done arrives in on_done), or go on with it."""
        if self.task is None:
            self.commit.now()
            return
        self.ending.set()
        self._set_running(False)
        self.setStatusMessage(say(words("cancelling")))

    def on_done(self, results: Results | PhotoModel):
        if isinstance(results, PhotoModel):  # it was only looked at
            self.Error.model.clear()
            self._describe_model(results)
            return
        self._set_running(False, resumable=results.cancelled)
        self.results = results
        # during the run another model may have been chosen, to be applied later
        self._describe_model(results.model if results.choice == self._choice() else None)
        self._describe_device(results.device)
        if results.skipped is not None:
            self._tell_skipped(results, results.skipped)
        self._show_gallery(results.features)
        self._send(results.features, results.skipped)

    def _tell_skipped(self, results: Results, skipped: LeftOut):
        reasons = skipped.reasons
        unreached = [r for r in reasons if results.cancelled and r == CANCELLED]
        if unreached:
            self.Information.cancelled(n=len(unreached))
        broken = [i for i, r in enumerate(reasons) if r not in unreached]
        if broken:
            value = skipped.rows[broken[0]][skipped.rows.domain[results.image.name]]
            self.Warning.skipped(n=len(broken), image=str(value), reason=reasons[broken[0]])
        if not results.features and not unreached:
            self.Warning.all_skipped()

    def on_exception(self, ex: Exception):
        self._set_running(False)
        if isinstance(ex, (ModelError, BackboneError)):
            self._describe_model(None)
            self.Error.model(reason=str(ex))
        else:
            self.Error.unexpected(reason=reason(ex))
        self.results = None
        self._show_gallery(None)
        self._send(None, None)

    def _send(self, features: Table | None, skipped: LeftOut | None):
        self.Outputs.features.send(features)
        self.Outputs.skipped.send(None if skipped is None else skipped.table())
        self._send_selected()

    def on_language(self):
        """Another language is spoken: features are called so, and skipped photos tell why in it."""
        self._fill_features()
        self._show_legend()
        self._tell_explained()
        if self.results is not None and self.results.skipped is not None:
            self.Outputs.skipped.send(self.results.skipped.table())

    # --- showing

    def _show_gallery(self, features: Table | None):
        self.Error.maps.clear()
        self.Information.no_maps.clear()
        if not features:
            self.maps.set_model(None)
            self._view, self._paths, self._goods = None, [], []
            self.dialog.set_photos(None)
            self.gallery.set_tiles(0)
            self._tell_explained()
            return
        self.maps.set_model(self.results.model)
        self._view = FeatureView(features, self.results.model.thresholds)
        image = features.domain[self.results.image.name]
        self._paths = image_paths(features, image)
        good = next((v for v in good_variables(features.domain) if v is not image), None)
        self._goods = [""] * len(features) if good is None \
            else [good.str_val(value) for value in features.get_column(good)]
        self.dialog.set_photos(self._view, self._paths, self._title)
        self._fill_features()
        self.explain(self.explained)
        self.gallery.set_tiles(len(features), self._tile, self._tooltip)

    def _title(self, i: int) -> str:
        good, file = self._goods[i], os.path.basename(self._paths[i])
        return f"{good} · {file}" if good and good != "?" else file

    def _tile(self, i: int) -> Tile:
        return Tile(self._paths[i], self._title(i),
                    tuple(self._view.chips(i, wanted=self.explained or None)))

    def _tooltip(self, i: int) -> str:
        return f"<b>{escape(self._title(i))}</b>{self._view.tooltip(i)}"

    # --- explaining

    def _open(self, row: int):
        self.dialog.open_photo(row)

    # --- output of the gallery, report

    def _send_selected(self):
        rows = self.gallery.selected_rows()
        features = self.results.features if self.results is not None else None
        self.Outputs.selected.send(features[rows] if features is not None and rows else None)

    def send_report(self):
        if self.data is None:
            return
        self.report_data(say(words("images")), self.data)
        choice = self.results.choice if self.results is not None else self._choice()
        items = {"source": choice.name}
        model = self.results.model if self.results is not None else self.model
        if model is not None:
            items |= {"backbone": model.backbone, "digest": model.digest[:16],
                      "licence": quoted(model.licence), "training": quoted(model.note)}
        self._report("model", items)
        if self.results is None:
            return
        skipped, features = self.results.skipped, self.results.features
        self._report("run", {
            "device": self.results.device, "used": 0 if features is None else len(features),
            "skipped": 0 if skipped is None else len(skipped.reasons)})
        if html := gallery_html(self.gallery):
            self.report_raw(say(words("report_photos")), html)

    def _report(self, title: str, items: dict[str, object]):
        self.report_items(say(words(title)), [
            (say(words(f"report_{name}")), say(value)) for name, value in items.items()])


if __name__ == "__main__":  # pragma: no cover
    import sys

    from Orange.widgets.utils.widgetpreview import WidgetPreview

    from orangecontrib.customs.photos.sources import find_photos
    from orangecontrib.customs.photos.table import photos_table

    folder = sys.argv[1] if len(sys.argv) > 1 else "."
    WidgetPreview(OWFootwearFeatures).run(
        set_images=photos_table(find_photos(folder)[0], os.path.abspath(folder)))
