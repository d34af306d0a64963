"""The settings of a training run as controls: what everybody needs, and the rest."""
from __future__ import annotations

from dataclasses import fields

from AnyQt.QtCore import Qt
from AnyQt.QtCore import pyqtSignal as Signal
from AnyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QGroupBox,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from orangecontrib.customs.photos import scratch
from orangecontrib.customs.photos.registry import BRIGHTEN
from orangecontrib.customs.training.trainer import OPTIMISERS, PRESETS, Recipe, RecipeError

__all__ = ["RecipeForm", "cleaned", "preset_of"]

OWN = "(own settings)"

#: What says nothing about the network stays as it is when a preset is chosen.
_KEPT = ("gradability", "clusters", "class_weights", "flip", "rotation", "brightness",
         "test_share", "validation_share", "folds", "seed")

#: Networks that are offered; the names of others can be typed.
ARCHITECTURES = (
    ("default", "Default (EfficientNet-Lite0)"), ("vgg16", "VGG-16 (paper; needs a weights file)"),
    ("vgg19", "VGG-19 (paper; needs a weights file)"), ("scratch", "From scratch (paper)"),
    ("resnet18", "resnet18"), ("resnet50", "resnet50"),
    ("mobilenet_v3_large", "mobilenet_v3_large"), ("efficientnet_b0", "efficientnet_b0"),
    ("efficientnet_v2_s", "efficientnet_v2_s"), ("convnext_tiny", "convnext_tiny"))

_OPTIMISER_NAMES = {"lbfgs": "L-BFGS (frozen backbone)", "sgd": "SGD", "adam": "Adam"}


def cleaned(stored: dict) -> dict:
    """A whole recipe as literals: what a stored one lacks, or holds of a wrong type, is default."""
    result = Recipe().to_dict()
    for field in fields(Recipe):
        value = stored.get(field.name)
        if type(value) is type(field.default) or (
                isinstance(field.default, float) and type(value) is int):
            result[field.name] = type(field.default)(value)
    return result


def preset_of(values: dict) -> str:
    """The preset that these settings are, "" for none."""
    for name, recipe in PRESETS.items():
        if all(values[key] == value for key, value in recipe.to_dict().items()
               if key not in _KEPT):
            return name
    return ""


class RecipeForm(QWidget):
    """Controls of a recipe.

    The form itself holds what everybody needs; :attr:`more` holds the rest and is placed by
    whoever made the form.
    """

    #: The user has changed something.
    changed = Signal()

    def __init__(self, values: dict, parent=None):
        super().__init__(parent)
        self._values = cleaned(values)
        self._fields: dict[str, QWidget] = {}
        self._shown: dict = {}
        self._filling = False
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setColumnStretch(1, 1)
        self.preset = QComboBox()
        self.preset.addItems([*PRESETS, OWN])
        _narrow(self.preset)
        self.preset.setToolTip("Starting points; every setting can be changed afterwards")
        self.preset.activated.connect(self._on_preset)
        self.network = QComboBox(editable=True, insertPolicy=QComboBox.NoInsert)
        _narrow(self.network)
        for name, text in ARCHITECTURES:
            self.network.addItem(text, name)
        self.network.setToolTip("What turns a photo into numbers. Any image classifier of "
                                "torchvision can be typed by its name.")
        self.network.activated.connect(self._on_change)
        self.network.lineEdit().editingFinished.connect(self._on_change)
        layout.addWidget(QLabel("Preset:"), 0, 0)
        layout.addWidget(self.preset, 0, 1)
        layout.addWidget(QLabel("Network:"), 1, 0)
        layout.addWidget(self.network, 1, 1)
        self._add(layout, 2, "test_share", "For the test:",
                  _share(50, "Share of the goods that is set aside: nothing is learnt from their "
                             "photos. 0 evaluates on photos that calibrated the model: too kind."))
        self._add(layout, 3, "clusters", "",
                  QCheckBox("Groups of goods"),
                  "A softmax over groups (low, straps, boots …) decides with the features "
                  "(paper 1, the end of §1)")
        self.problem = QLabel(wordWrap=True, textFormat=Qt.PlainText)
        self.problem.setStyleSheet("color: #b00020")
        self.problem.hide()
        layout.addWidget(self.problem, 4, 0, 1, 2)
        self.more = QWidget()
        more = QVBoxLayout(self.more)
        more.setContentsMargins(0, 0, 0, 0)
        for title, build in (("Network", self._network_box), ("Learning", self._learning_box),
                             ("Labels", self._labels_box), ("Varied Copies", self._varied_box),
                             ("Splits", self._split_box)):
            box = QGroupBox(title)
            grid = QGridLayout(box)
            grid.setColumnStretch(1, 1)
            build(grid)
            more.addWidget(box)
        self.set_values(self._values)

    # --- the controls

    def _add(self, grid, row, name, label, control, tooltip=""):
        self._fields[name] = control
        control.setToolTip(tooltip or control.toolTip())
        if label:
            text = QLabel(label)
            text.setToolTip(control.toolTip())
            grid.addWidget(text, row, 0)
            control.setAccessibleName(label.rstrip(":"))
            grid.addWidget(control, row, 1)
        else:
            grid.addWidget(control, row, 0, 1, 2)
        signal = {QCheckBox: "toggled", QComboBox: "activated",
                  QLineEdit: "editingFinished"}.get(type(control), "valueChanged")
        getattr(control, signal).connect(self._on_change)

    def _network_box(self, grid):
        self._add(grid, 0, "fine_tune", "", QCheckBox("Fine-tune it whole"),
                  "Train the backbone's weights, too: slow, and needs many photos")
        self._add(grid, 1, "kernel", "Kernel:",
                  QSpinBox(minimum=scratch.KERNELS[0], maximum=scratch.KERNELS[-1],
                           suffix=" px"), "Side of the convolutions of the network from "
                                          "scratch; the paper's best is 5")
        self._add(grid, 2, "size", "Input side:",
                  QSpinBox(minimum=scratch.SIZES[0], maximum=scratch.SIZES[1], suffix=" px"),
                  "Of the network from scratch; the paper's is 224")
        self._add(grid, 3, "brighten", "Brighten:",
                  QDoubleSpinBox(minimum=BRIGHTEN[0], maximum=BRIGHTEN[1], singleStep=.1,
                                 prefix="\u00d7 "),
                  "Every photo is lit by this factor before the network sees it, in training and "
                  "in use; the paper brightens its input. 1 leaves photos as they are")
        self._add(grid, 4, "grey", "", QCheckBox("One channel (grey)"),
                  "The network from scratch sees brightness alone, no colours")

    def _learning_box(self, grid):
        optimiser = QComboBox()
        _narrow(optimiser)
        for name in OPTIMISERS:
            optimiser.addItem(_OPTIMISER_NAMES[name], name)
        self._add(grid, 0, "optimiser", "Optimiser:", optimiser,
                  "L-BFGS finds the best heads on a frozen backbone in seconds; SGD and Adam go "
                  "through the photos in batches")
        self._add(grid, 1, "learning_rate", "Learning rate:", QLineEdit(), "Of SGD and Adam")
        self._add(grid, 2, "epochs", "Epochs:", QSpinBox(minimum=1, maximum=10_000),
                  "Passes over the photos at most; iterations of L-BFGS")
        self._add(grid, 3, "patience", "Patience:",
                  QSpinBox(minimum=1, maximum=10_000, suffix=" epochs"),
                  "SGD and Adam stop after so many epochs without a lower validation loss")
        self._add(grid, 4, "batch", "Batch:", QSpinBox(minimum=1, maximum=4096,
                                                       suffix=" photos"), "Of SGD and Adam")
        self._add(grid, 5, "l2", "Regularisation:", QLineEdit(),
                  "L2 penalty on the heads; more is more cautious")

    def _labels_box(self, grid):
        self._add(grid, 0, "class_weights", "", QCheckBox("Rare answers weigh more"),
                  "A feature's 1s and 0s get the same total weight")
        self._add(grid, 1, "gradability", "", QCheckBox("Learn what can't be judged"),
                  "From the labels 0.5: this photo can't show it")

    def _varied_box(self, grid):
        self._add(grid, 0, "flip", "", QCheckBox("Mirror"))
        self._add(grid, 1, "rotation", "Turn up to:",
                  QDoubleSpinBox(minimum=0, maximum=45, decimals=0, suffix="°"),
                  "A turned photo is made smaller, never cut: a cut shaft would falsify the "
                  "height")
        self._add(grid, 2, "brightness", "Light:",
                  QDoubleSpinBox(minimum=0, maximum=.9, singleStep=.05, prefix="± "))
        self._add(grid, 3, "copies", "Copies:", QSpinBox(minimum=0, maximum=20),
                  "Varied copies per photo on a frozen backbone. A network that is trained whole "
                  "sees a new variation of every photo in each epoch.")

    def _split_box(self, grid):
        self._add(grid, 0, "validation_share", "Validation:",
                  _share(50, "Share of the remaining goods that SGD and Adam watch for stopping "
                             "and calibration", 5))
        self._add(grid, 1, "folds", "Folds:", QSpinBox(minimum=2, maximum=20),
                  "L-BFGS calibrates on so many parts of the remaining goods instead")
        self._add(grid, 2, "seed", "Seed:", QSpinBox(minimum=0, maximum=2 ** 31 - 1),
                  "The same seed, photos and computer give the same numbers")

    # --- values

    @property
    def values(self) -> dict:
        """The settings as literals by name."""
        return dict(self._values)

    @property
    def recipe(self) -> Recipe | None:
        """The recipe; None, with the reason shown, when the settings don't go together."""
        try:
            found = Recipe.from_dict(self._values)
        except RecipeError as error:
            self._say(str(error))
            return None
        self._say("")
        return found

    def set_values(self, values: dict) -> None:
        """Show settings; nobody is told."""
        self._filling = True
        self._values = dict(values)
        for name, control in self._fields.items():
            _write(control, values[name])
        self._shown = {name: _read(control) for name, control in self._fields.items()}
        texts = dict(ARCHITECTURES)
        architecture = values["architecture"]
        self.network.setCurrentIndex(self.network.findData(architecture))
        self.network.setEditText(texts.get(architecture, architecture))
        self.network.lineEdit().setCursorPosition(0)
        self._filling = False
        self._settle()

    def _on_preset(self):
        recipe = PRESETS.get(self.preset.currentText())
        if recipe is None:  # "own settings" are what is there
            self._settle()
            return
        kept = {name: self._values[name] for name in _KEPT}
        self.set_values({**recipe.to_dict(), **kept})
        self.changed.emit()

    def _on_change(self, *_):
        if self._filling:
            return
        values = dict(self._values)
        for name, control in self._fields.items():
            # a control may show less than its value: what is not touched stays
            if (found := _read(control)) != self._shown[name]:
                values[name] = self._shown[name] = found
        text = self.network.currentText().strip()
        values["architecture"] = next((name for name, shown in ARCHITECTURES if shown == text),
                                      text)
        if values == self._values:
            return
        self._values = values
        self._settle()
        self.changed.emit()

    def _settle(self):
        """Grey what does not apply, name the preset, show what is wrong."""
        values = self._values
        own = values["architecture"] == "scratch"
        batches, whole = values["optimiser"] != "lbfgs", own or values["fine_tune"]
        for name, on in (("kernel", own), ("size", own), ("grey", own), ("fine_tune", not own),
                         ("learning_rate", batches), ("batch", batches),
                         ("patience", batches), ("validation_share", batches),
                         ("folds", not batches), ("copies", not whole),
                         *((name, whole or values["copies"] > 0)
                           for name in ("flip", "rotation", "brightness"))):
            self._fields[name].setEnabled(on)
        self.preset.setCurrentText(preset_of(values) or OWN)
        self.recipe  # noqa: B018 – says what is wrong

    def _say(self, problem: str) -> None:
        self.problem.setText(problem[:1].upper() + problem[1:])
        self.problem.setVisible(bool(problem))

    def control(self, name: str) -> QWidget:
        """The control of a setting."""
        return self._fields[name]


def _narrow(combo: QComboBox) -> None:
    combo.setSizeAdjustPolicy(QComboBox.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(9)


class _Percent(QSpinBox):
    """A share, shown in per cent."""


def _share(most: int, tooltip: str, least: int = 0) -> QSpinBox:
    control = _Percent(minimum=least, maximum=most, suffix=" %")
    control.setToolTip(tooltip)
    return control


def _write(control: QWidget, value) -> None:
    if isinstance(control, QCheckBox):
        control.setChecked(value)
    elif isinstance(control, QComboBox):
        control.setCurrentIndex(control.findData(value))
    elif isinstance(control, QLineEdit):
        control.setText(value if isinstance(value, str) else f"{value:g}")
    elif isinstance(control, _Percent):
        control.setValue(round(100 * value))
    else:
        control.setValue(value)


def _read(control: QWidget):
    if isinstance(control, QCheckBox):
        return control.isChecked()
    if isinstance(control, QComboBox):
        return control.currentData()
    if isinstance(control, QLineEdit):
        text = control.text().strip()
        try:
            return float(text.replace(",", "."))
        except ValueError:
            return text  # the recipe says what is wrong with it
    if isinstance(control, _Percent):
        return control.value() / 100
    return control.value()
