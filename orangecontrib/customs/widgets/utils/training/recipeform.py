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

from orangecontrib.customs.i18n import Sayable, say
from orangecontrib.customs.photos import scratch
from orangecontrib.customs.photos.registry import BRIGHTEN
from orangecontrib.customs.training.trainer import OPTIMISERS, PRESETS, Recipe, RecipeError
from orangecontrib.customs.widgets.utils.common.theme import theme
from orangecontrib.customs.widgets.utils.common.wording import (
    room,
    spoken,
    worded,
    worded_items,
)

__all__ = ["PRESET_TITLES", "RecipeForm", "cleaned", "preset_of", "setting_title"]

words = room("recipeform")

OWN = words("own")
#: Presets by name, as people call them.
PRESET_TITLES = {name: words(f"preset_{recipe.architecture}{'_whole' * recipe.fine_tune}")
                 for name, recipe in PRESETS.items()}

#: What says nothing about the network stays as it is when a preset is chosen.
_KEPT = ("gradability", "clusters", "class_weights", "flip", "rotation", "brightness",
         "test_share", "validation_share", "folds", "seed")

#: Networks that are offered; the names of others can be typed.
ARCHITECTURES = (
    *((name, words(f"network_{name}")) for name in ("default", "vgg16", "vgg19", "scratch")),
    *((name, name) for name in ("resnet18", "resnet50", "mobilenet_v3_large", "efficientnet_b0",
                                "efficientnet_v2_s", "convnext_tiny")))

_OPTIMISER_NAMES: dict[str, Sayable] = {"lbfgs": words("lbfgs"), "sgd": "SGD", "adam": "Adam"}


def setting_title(name: str) -> Sayable:
    """What a setting of a recipe is called."""
    return words(f"{name}_title")


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
        self.preset = worded(QComboBox(), toolTip=words("preset_tip"))
        for name in (*PRESETS, ""):
            self.preset.addItem("", name)
        worded_items(self.preset, [*PRESET_TITLES.values(), OWN])
        _narrow(self.preset)
        self.preset.activated.connect(self._on_preset)
        self.network = worded(QComboBox(editable=True, insertPolicy=QComboBox.NoInsert),
                              toolTip=words("network_tip"))
        _narrow(self.network)
        for name, _ in ARCHITECTURES:
            self.network.addItem("", name)
        self.network.activated.connect(self._on_change)
        self.network.lineEdit().editingFinished.connect(self._on_change)
        for row, (combo, title) in enumerate(((self.preset, "preset"), (self.network, "network"))):
            # below its label: what it shows is long
            layout.addWidget(worded(QLabel(), text=words(title)), 2 * row, 0, 1, 2)
            layout.addWidget(worded(combo, accessibleName=words(title)), 2 * row + 1, 0, 1, 2)
        self._add(layout, 4, "test_share", _share(50))
        self._add(layout, 5, "clusters", QCheckBox())
        self.problem = QLabel(wordWrap=True, textFormat=Qt.PlainText)
        self.problem.setStyleSheet(f"color: {theme(self.palette()).bad.name()}")
        self.problem.hide()
        layout.addWidget(self.problem, 6, 0, 1, 2)
        self.more = QWidget()
        more = QVBoxLayout(self.more)
        more.setContentsMargins(0, 0, 0, 0)
        for title, controls in self._boxes().items():
            box = worded(QGroupBox(), title=words(f"box_{title}"))
            grid = QGridLayout(box)
            grid.setColumnStretch(1, 1)
            for row, (name, control) in enumerate(controls.items()):
                self._add(grid, row, name, control)
            more.addWidget(box)
        self.set_values(self._values)
        spoken(self, "networks", RecipeForm._say_networks)

    # --- the controls

    def _add(self, grid, row, name, control):
        """A control; those without a title of their own get a label."""
        self._fields[name] = control
        title, tip = setting_title(name), words(f"{name}_tip")
        worded(control, toolTip=tip)
        if isinstance(control, QCheckBox):
            grid.addWidget(worded(control, text=title), row, 0, 1, 2)
        else:
            grid.addWidget(worded(QLabel(), text=words("titled", title=title), toolTip=tip), row, 0)
            grid.addWidget(worded(control, accessibleName=title), row, 1)
        signal = {QCheckBox: "toggled", QComboBox: "activated",
                  QLineEdit: "editingFinished"}.get(type(control), "valueChanged")
        getattr(control, signal).connect(self._on_change)

    def _boxes(self) -> dict[str, dict[str, QWidget]]:
        """What not everybody needs."""
        optimiser = QComboBox()
        _narrow(optimiser)
        for name in OPTIMISERS:
            optimiser.addItem("", name)
        worded_items(optimiser, [_OPTIMISER_NAMES[name] for name in OPTIMISERS])
        return {
            "network": {
                "fine_tune": QCheckBox(),
                "kernel": worded(QSpinBox(minimum=scratch.KERNELS[0],
                                          maximum=scratch.KERNELS[-1]), suffix=words("px")),
                "size": worded(QSpinBox(minimum=scratch.SIZES[0], maximum=scratch.SIZES[1]),
                               suffix=words("px")),
                "brighten": QDoubleSpinBox(minimum=BRIGHTEN[0], maximum=BRIGHTEN[1],
                                           singleStep=.1, prefix="\u00d7 "),
                "grey": QCheckBox()},
            "learning": {
                "optimiser": optimiser, "learning_rate": QLineEdit(),
                "epochs": QSpinBox(minimum=1, maximum=10_000),
                "patience": worded(QSpinBox(minimum=1, maximum=10_000),
                                   suffix=words("of_epochs")),
                "batch": worded(QSpinBox(minimum=1, maximum=4096), suffix=words("of_photos")),
                "l2": QLineEdit()},
            "labels": {"class_weights": QCheckBox(), "gradability": QCheckBox()},
            "varied": {
                "flip": QCheckBox(),
                "rotation": QDoubleSpinBox(minimum=0, maximum=45, decimals=0, suffix="°"),
                "brightness": QDoubleSpinBox(minimum=0, maximum=.9, singleStep=.05, prefix="± "),
                "copies": QSpinBox(minimum=0, maximum=20)},
            "split": {
                "validation_share": _share(50, 5), "folds": QSpinBox(minimum=2, maximum=20),
                "seed": QSpinBox(minimum=0, maximum=2 ** 31 - 1)}}

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
        self._say_networks()
        self._filling = False
        self._settle()

    def _say_networks(self):
        """Networks by their names; what is typed is one, too."""
        texts, architecture = dict(ARCHITECTURES), self._values["architecture"]
        for row, text in enumerate(texts.values()):
            self.network.setItemText(row, say(text))
        self.network.setCurrentIndex(self.network.findData(architecture))
        self.network.setEditText(say(texts.get(architecture, architecture)))
        self.network.lineEdit().setCursorPosition(0)

    def _on_preset(self):
        recipe = PRESETS.get(self.preset.currentData())
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
        values["architecture"] = next((name for name, shown in ARCHITECTURES if say(shown) == text),
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
        self.preset.setCurrentIndex(self.preset.findData(preset_of(values)))
        self.recipe  # noqa: B018 – says what is wrong

    def _say(self, problem: str) -> None:
        worded(self.problem, text=words("problem", reason=problem[:1].upper() + problem[1:]))
        self.problem.setVisible(bool(problem))

    def control(self, name: str) -> QWidget:
        """The control of a setting."""
        return self._fields[name]


def _narrow(combo: QComboBox) -> None:
    combo.setSizeAdjustPolicy(QComboBox.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(9)


class _Percent(QSpinBox):
    """A share, shown in per cent."""


def _share(most: int, least: int = 0) -> QSpinBox:
    return _Percent(minimum=least, maximum=most, suffix=" %")


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
