"""Footwear CNN Feature Extractor: photos → 13 visual features and the gate, per photo."""
from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from html import escape
from pathlib import Path

from AnyQt.QtCore import Qt
from AnyQt.QtWidgets import QFileDialog, QGridLayout, QLabel, QPushButton
from Orange.data import Table, Variable
from Orange.widgets import gui
from Orange.widgets.settings import Setting
from Orange.widgets.utils.concurrent import ConcurrentWidgetMixin, TaskState
from Orange.widgets.widget import Msg, OWWidget
from orangewidget.utils.signals import Input, Output

from orangecontrib.customs import footwear
from orangecontrib.customs.photos.extract import Extractor
from orangecontrib.customs.photos.model import ModelError, PhotoModel
from orangecontrib.customs.photos.table import (
    features_table,
    good_variables,
    image_paths,
    image_variables,
)
from orangecontrib.customs.photos.trunks import TrunkError
from orangecontrib.customs.widgets.utils import summaries  # noqa: F401 – registers PhotoModel
from orangecontrib.customs.widgets.utils.features import FeatureView
from orangecontrib.customs.widgets.utils.gallery import PhotoGallery, Tile
from orangecontrib.customs.widgets.utils.tables import resolve_path, storable_path
from orangecontrib.customs.widgets.utils.thumbnails import ThumbnailLoader
from orangecontrib.customs.widgets.utils.variables import VariableCombo

BUNDLED = "Bundled model"


@dataclass
class Results:
    """What a run gives back.

    Attributes
    ----------
    features, skipped : Table or None
    model : PhotoModel
    device : str
    cancelled : bool
    """

    features: Table | None
    skipped: Table | None
    model: PhotoModel
    device: str
    cancelled: bool


def run(data: Table, image: Variable, model: PhotoModel | Path | None, language: str,
        batch: int, stopped: threading.Event, state: TaskState) -> Results:
    """Extract features; `stopped` ends the run and keeps what is done.

    Parameters
    ----------
    model : PhotoModel, Path or None
        A model, a file with one, or the bundled one.
    """
    state.set_status("Loading the model…")
    if model is None:
        model = PhotoModel.default()
    elif isinstance(model, Path):
        model = PhotoModel.load(model)
    extractor = Extractor(model)
    device = extractor.device_name
    state.set_status("Looking at photos…")

    def progress(done, total):
        state.set_progress_value(100 * done / total)
        state.set_status(f"{done} of {total} photos")
        return stopped.is_set() or state.is_interruption_requested()

    features, skipped = features_table(data, image, extractor, progress, language, batch)
    return Results(features if len(features) else None, skipped, model, device,
                   stopped.is_set() and skipped is not None)


class OWFootwearFeatures(OWWidget, ConcurrentWidgetMixin):
    name = "Footwear CNN Feature Extractor"
    description = "Recognise 13 tariff features of footwear on photos, on this computer."
    icon = "icons/FootwearFeatures.svg"
    priority = 20
    keywords = ("footwear cnn feature extractor, image embedding, photos, neural network, "
                "обувь, признаки, фото")

    class Inputs:
        images = Input("Images", Table, default=True)
        model = Input("Model", PhotoModel)

    class Outputs:
        features = Output("Features", Table, default=True)
        skipped = Output("Skipped Images", Table)
        selected = Output("Selected Images", Table)

    class Error(OWWidget.Error):
        no_images = Msg("The data has no text or categorical meta that could name images. "
                        "Connect Goods Photos or Import Images.")
        model = Msg("The model can't be used: {}")
        all_skipped = Msg("None of the photos could be used; see Skipped Images.")
        unexpected = Msg("Extraction failed: {}")

    class Warning(OWWidget.Warning):
        skipped = Msg("{} photo(s) skipped. The first: {} – {}")
        not_images = Msg("Column '{}' is not marked as images (type=image); file names are "
                         "taken as they are.")

    class Information(OWWidget.Information):
        cancelled = Msg("Cancelled: {} photo(s) were not reached. Press Continue to go on "
                        "from there.")

    buttons_area_orientation = Qt.Vertical

    #: Name of the column with the images.
    image_name: str = Setting("", schema_only=True)
    #: "en" or "ru".
    language: str = Setting("en")
    #: A model file; "" = the bundled one.  Relative where it lies under the workflow's folder.
    model_path: str = Setting("", schema_only=True)
    batch: int = Setting(32)
    auto_apply: bool = Setting(True)

    def __init__(self):
        OWWidget.__init__(self)
        ConcurrentWidgetMixin.__init__(self)
        self.data: Table | None = None
        self.input_model: PhotoModel | None = None
        self.results: Results | None = None
        self._stopped = threading.Event()
        self._model_file = self._resolved()
        self.language_index = int(self.language == "ru")
        self._set_up_controls()
        self._set_up_main()
        self._describe_model(None)

    # --- window

    def _set_up_controls(self):
        box = gui.vBox(self.controlArea, "Images")
        self.image_combo = VariableCombo("(no images)")
        self.image_combo.setToolTip("The column with paths of images")
        self.image_combo.chosen.connect(self._image_chosen)
        box.layout().addWidget(self.image_combo)

        box = gui.vBox(self.controlArea, "Model")
        self.model_label = QLabel(wordWrap=True, textFormat=Qt.RichText)
        self.model_label.setMinimumWidth(200)
        box.layout().addWidget(self.model_label)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        self.load_button = QPushButton("&Load Model…", autoDefault=False,
                                       clicked=self._choose_model)
        self.load_button.setToolTip("A .safetensors file made by the photo model trainer")
        self.bundled_button = QPushButton("Use &Bundled", autoDefault=False,
                                          clicked=lambda: self.set_model_file(""))
        self.bundled_button.setToolTip("Go back to the model that comes with the add-on")
        grid.addWidget(self.load_button, 0, 0)
        grid.addWidget(self.bundled_button, 0, 1)
        box.layout().addLayout(grid)

        box = gui.radioButtons(
            self.controlArea, self, "language_index", ["English", "Russian (paper's)"],
            box="Names of Features", orientation=Qt.Horizontal, callback=self._language_chosen,
            tooltips=["perforated vamp, strap vamp …", "ПЕРФОРАЦИЯ_СОЮЗКА, РЕМЕШКИ_СОЮЗКА …"])

        box = gui.vBox(self.controlArea, "Computing")
        gui.spin(box, self, "batch", 1, 512, label="Photos at once:", callback=self._changed,
                 tooltip="Larger is faster on a GPU and needs more memory")
        self.device_label = QLabel(wordWrap=True, textFormat=Qt.RichText)
        box.layout().addWidget(self.device_label)
        self._describe_device()
        gui.rubber(self.controlArea)

        self.cancel_button = gui.button(self.buttonsArea, self, "Cancel",
                                        callback=self._cancel_or_continue, autoDefault=False)
        self._set_running(False)
        gui.auto_apply(self.buttonsArea, self, "auto_apply")

    def _set_up_main(self):
        self.thumbnails = ThumbnailLoader(self)
        self.gallery = PhotoGallery(self.thumbnails, bars=True)
        self.gallery.setMinimumWidth(270)
        self.gallery.setAccessibleName("Photos with their strongest features")
        self.gallery.selectionModel().selectionChanged.connect(
            lambda *_: self._send_selected())
        self.mainArea.layout().addWidget(self.gallery)
        legend = QLabel("<small><span style='color: gray'>Grey</span>: can't be judged on this "
                        "photo &nbsp;·&nbsp; dashed*: learnt from made pictures only</small>",
                        wordWrap=True)
        legend.setToolTip("Point at a photo to see all its features")
        self.mainArea.layout().addWidget(legend)

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
        # the stored name stays where the data lack it: the column may come back
        self.image_combo.set_variables(variables, self.image_name,
                                       variables[0] if variables else None)
        self._describe_model(None)
        self.commit.now()

    # --- settings

    def _resolved(self) -> Path | None:
        if not self.model_path:
            return None
        return resolve_path(self.model_path, self.workflowEnv().get("basedir"))

    def workflowEnvChanged(self, key, value, oldvalue):
        """The workflow was saved elsewhere: the model stays where it is."""
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

    def _choose_model(self):
        start = self._model_file or self.workflowEnv().get("basedir") or str(Path.home())
        path, _ = QFileDialog.getOpenFileName(
            self, "Load Model", os.fspath(start), "Photo models (*.safetensors);;All files (*)")
        if path:
            self.set_model_file(path)

    def set_model_file(self, path: str):
        """Use the model of this file; "" for the bundled one."""
        self.model_path = storable_path(path, self.workflowEnv().get("basedir")) if path else ""
        self._model_file = self._resolved()
        self._describe_model(None)
        self._changed()

    def _describe_model(self, model: PhotoModel | None):
        bundled = self.input_model is None and self._model_file is None
        name = "Model from the input" if self.input_model is not None \
            else BUNDLED if bundled else self._model_file.name
        lines = [f"<b>{escape(name)}</b>"]
        if model is None:
            model = self.input_model
        if model is not None:
            lines.append(f"trunk {escape(model.trunk)}, {model.digest[:12]}…")
            if model.note and not bundled:  # that one is summed up below
                lines.append(f"<small>{escape(model.note[:160])}"
                             f"{'…' if len(model.note) > 160 else ''}</small>")
            made = [f.name_en for f in footwear.features() if f.id in model.made_only]
            if made:
                lines.append(f"<small>* made pictures only: {', '.join(made)}</small>")
        self.model_label.setToolTip("" if model is None else f"<p>{escape(model.note)}</p>")
        if bundled:
            lines.append("<small>Partly trained on photos licensed for research only; train "
                         "your own for other uses.</small>")
        self.model_label.setText("<br>".join(lines))
        self.load_button.setEnabled(self.input_model is None)
        self.bundled_button.setEnabled(self.input_model is None
                                       and self._model_file is not None)

    def _describe_device(self, device: str = ""):
        self.device_label.setText(
            f"Device: <b>{escape(device) or 'chosen at the first run'}</b><br>"
            "Photos stay on this computer.")

    # --- running

    @gui.deferred
    def commit(self):
        self._stop_run()
        self.results = None
        for message in (self.Error.model, self.Error.all_skipped, self.Error.unexpected,
                        self.Warning.skipped, self.Warning.not_images,
                        self.Information.cancelled):
            message.clear()
        self.gallery.set_tiles(0)
        self._send(None, None)
        if self.data is None or self.image is None:
            return
        if not len(self.data):
            self._send(None, None)
            return
        if self.image.attributes.get("type") != "image":
            self.Warning.not_images(self.image.name)
        model = self.input_model if self.input_model is not None else self._model_file
        self._stopped = threading.Event()
        self._set_running(True)
        self.start(run, self.data, self.image, model, self.language, self.batch, self._stopped)

    def _stop_run(self):
        self._stopped.set()
        self.cancel()
        self._set_running(False)

    def _set_running(self, running: bool, resumable: bool = False):
        self.cancel_button.setText("Continue" if resumable else "Cancel")
        self.cancel_button.setToolTip("Look at the photos that were not reached" if resumable
                                      else "Stop; what is done is kept and sent")
        self.cancel_button.setEnabled(running or resumable)

    def _cancel_or_continue(self):
        """End the run at the next batch (what is done arrives in on_done), or go on with it."""
        if self.task is None:
            self.commit.now()
            return
        self._stopped.set()
        self._set_running(False)
        self.setStatusMessage("Cancelling…")

    def on_partial_result(self, _):
        """Progress only; tables come at the end."""

    def on_done(self, results: Results):
        self._set_running(False, resumable=results.cancelled)
        self.results = results
        self._describe_model(results.model)
        self._describe_device(results.device)
        if results.skipped is not None:
            self._tell_skipped(results)
        self._show_gallery(results.features)
        self._send(results.features, results.skipped)

    def _tell_skipped(self, results: Results):
        skipped = results.skipped
        reasons = skipped.get_column(skipped.domain.metas[-1])
        unreached = [r for r in reasons if results.cancelled and "cancelled" in r]
        if unreached:
            self.Information.cancelled(len(unreached))
        broken = [i for i, r in enumerate(reasons) if r not in unreached]
        if broken:
            value = skipped[broken[0]][skipped.domain[self.image.name]]
            self.Warning.skipped(len(broken), str(value), reasons[broken[0]])
        if results.features is None and not unreached:
            self.Error.all_skipped()

    def on_exception(self, ex: Exception):
        self._set_running(False)
        if isinstance(ex, (ModelError, TrunkError)):
            self.Error.model(str(ex))
        else:
            self.Error.unexpected(str(ex) or type(ex).__name__)
        self._send(None, None)

    def _send(self, features: Table | None, skipped: Table | None):
        self.Outputs.features.send(features)
        self.Outputs.skipped.send(skipped)
        self._send_selected()

    # --- showing

    def _show_gallery(self, features: Table | None):
        if features is None:
            self.gallery.set_tiles(0)
            return
        view = FeatureView(features)
        image = features.domain[self.image.name]
        paths = image_paths(features, image)
        good = next((v for v in good_variables(features.domain) if v is not image), None)
        goods = features.get_column(good) if good is not None else None

        def title(i):
            file = os.path.basename(paths[i])
            text = "" if goods is None else good.str_val(goods[i])
            return f"{text} · {file}" if text and text != "?" else file

        def tile(i):
            return Tile(paths[i], title(i), tuple(view.chips(i)))

        self.gallery.set_tiles(
            len(features), tile,
            lambda i: f"<b>{escape(title(i))}</b>{view.tooltip(i)}")

    def _send_selected(self):
        rows = self.gallery.selected_rows()
        features = self.results.features if self.results is not None else None
        self.Outputs.selected.send(features[rows] if features is not None and rows else None)

    def send_report(self):
        if self.data is None:
            return
        self.report_data("Images", self.data)
        model = self.results.model if self.results is not None else self.input_model
        source = "from the input" if self.input_model is not None \
            else str(self._model_file or BUNDLED)
        items = [("Source", source)]
        if model is not None:
            items += [("Trunk", model.trunk), ("Digest", model.digest[:16]),
                      ("Training data", model.note)]
        self.report_items("Model", items)
        if self.results is None:
            return
        skipped, features = self.results.skipped, self.results.features
        self.report_items("Run", [
            ("Device", self.results.device),
            ("Photos used", 0 if features is None else len(features)),
            ("Photos skipped", 0 if skipped is None else len(skipped))])

    def onDeleteWidget(self):
        self._stopped.set()
        self.thumbnails.stop()
        self.shutdown()
        super().onDeleteWidget()


if __name__ == "__main__":  # pragma: no cover
    import sys

    from Orange.widgets.utils.widgetpreview import WidgetPreview

    from orangecontrib.customs.photos.sources import find_photos
    from orangecontrib.customs.photos.table import photos_table

    folder = sys.argv[1] if len(sys.argv) > 1 else "."
    WidgetPreview(OWFootwearFeatures).run(
        set_images=photos_table(find_photos(folder)[0], os.path.abspath(folder)))
