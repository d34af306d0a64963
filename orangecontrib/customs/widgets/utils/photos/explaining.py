"""Which places of a photo speak for a feature: what Footwear CNN Feature Extractor shows of it."""
from __future__ import annotations

from AnyQt.QtWidgets import QComboBox, QHBoxLayout, QLabel, QToolButton

from orangecontrib.customs.groups import visual_groups
from orangecontrib.customs.i18n import Sayable, say
from orangecontrib.customs.widgets.utils.common.base import Part
from orangecontrib.customs.widgets.utils.common.theme import theme
from orangecontrib.customs.widgets.utils.common.wording import room, worded
from orangecontrib.customs.widgets.utils.photos.mapdialog import colours_html

__all__ = ["Explains"]

words = room("explaining")


class Explains(Part):
    """Lays maps over photos.

    The widget has ``gallery``, ``maps``, ``dialog``, ``results`` and the setting ``explained``.
    """

    def _explaining_row(self) -> QHBoxLayout:
        self.feature_combo = worded(QComboBox(), accessibleName=words("feature"),
                                    toolTip=words("feature_tip"))
        self.feature_combo.activated.connect(
            lambda _: self.explain(self.feature_combo.currentData() or ""))
        self.no_map_button = worded(QToolButton(text="✕", autoRaise=True),
                                    toolTip=words("no_map_tip"), accessibleName=words("no_map"))
        self.no_map_button.clicked.connect(lambda: self.explain(""))
        self.explained_label = QLabel()
        row = QHBoxLayout()
        row.addWidget(worded(QLabel(), text=words("explain")))
        row.addWidget(self.feature_combo)
        row.addWidget(self.no_map_button)
        row.addWidget(self.explained_label, 1)
        self._fill_features()
        return row

    def _fill_features(self):
        view, groups = self._view, visual_groups()
        if self.model is not None:
            groups = (self.model.group,)
        names = {id_: view.full_name(i) for i, id_ in enumerate(view.ids)} if view is not None \
            else {f.id: say(f.title) for f in groups[0].features} if len(groups) == 1 else {}
        self.feature_combo.clear()
        self.feature_combo.addItem(say(words("nothing")), "")
        for id_, name in names.items():
            self.feature_combo.addItem(name, id_)
        self.feature_combo.setCurrentIndex(max(0, self.feature_combo.findData(self.explained)))

    def explain(self, feature: str):
        """Lay the map of this feature over the photos on the screen; "" for none."""
        if feature != self.explained:
            self.maps.cancel()
            if self.Error.maps.is_shown():  # it may go well this time
                self.Error.maps.clear()
                self.maps.set_model(self.results.model)
                self.dialog.set_impossible("")
        self.explained = feature if self.feature_combo.findData(feature) >= 0 else ""
        self.feature_combo.setCurrentIndex(self.feature_combo.findData(self.explained))
        self.no_map_button.setEnabled(bool(self.explained))
        self.shown.feature = self.explained or None
        self.dialog.set_feature(self.explained or None)
        self._show_legend()
        self._tell_explained()
        self.gallery.refresh()

    def _no_maps(self, reason: Sayable):
        self.Information.no_maps(reason=reason)
        self.dialog.set_impossible(reason)
        self._tell_explained()

    def _maps_failed(self, reason: Sayable):
        self.Error.maps(reason=reason)
        self.dialog.set_impossible(reason)
        self._tell_explained()

    def _tell_explained(self):
        """What is going on; asked again when the photos on the screen have been painted."""
        waiting = self.maps.waiting
        said = f"<small>{say(words('waiting', n=waiting))}</small>" if waiting else ""
        self.explained_label.setText(said)

    def _show_legend(self):
        palette = self.legend.palette()
        bars = say(words("legend", grey=theme(palette).quiet.name()))
        colours = f"{colours_html(palette)}<br>" if self.explained else ""
        self.legend.setText(f"<small>{colours}{bars}</small>")
