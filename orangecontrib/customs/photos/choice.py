"""Which photo model is in use, and what is said about it in words."""
from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from pathlib import Path

from orangecontrib.customs.photos.model import (
    BUNDLED,
    DEFAULT,
    FORMER,
    MODEL_LICENSE,
    ModelError,
    PhotoModel,
    bundled_path,
)

__all__ = ["FROM_FILE", "SOURCES", "PURPOSES", "Choice", "model_html", "details_html"]

FROM_FILE = "file"

#: Where a model can come from, by the name that is stored in workflows.
SOURCES = {
    DEFAULT: "Bundled",
    FROM_FILE: "From a file",
}

#: What each bundled model is for.
PURPOSES = {
    DEFAULT: "trained without photos under a research licence",
}


@dataclass(frozen=True)
class Choice:
    """Which model is used.

    Attributes
    ----------
    source : str or None
        One of SOURCES; None: `model` came on the input.
    path : Path or None
        The file, chosen or to be chosen.
    former : bool
        A workflow of an earlier version asked for a model that is not bundled any more.
    """

    source: str | None
    path: Path | None = None
    model: PhotoModel | None = None
    former: bool = False

    @classmethod
    def stored(cls, source: str, path: Path | None) -> Choice:
        """As a workflow keeps it, which may name a model that the default now stands for."""
        former = source == FORMER
        return cls(DEFAULT if former else source, path, former=former)

    @property
    def name(self) -> str:
        """What it is called in the widget."""
        if self.source is None:
            return "Model from the input"
        if self.source == FROM_FILE:
            return self.path.name if self.path is not None else "No file"
        return SOURCES.get(self.source, self.source)

    def load(self) -> PhotoModel:
        """The model.

        Raises
        ------
        ModelError
            There is none, or it can't be used; the message says why.
        """
        if self.source is None:
            return self.model
        if self.source == FROM_FILE:
            if self.path is None:
                raise ModelError("no file has been chosen: press Load Model…")
            return PhotoModel.load(self.path)
        if self.source not in BUNDLED:
            raise ModelError(f"this version has no bundled model '{self.source}'; there are: "
                             + ", ".join(BUNDLED))
        try:
            return PhotoModel.bundled(self.source)
        except ModelError as error:
            if not bundled_path(self.source).is_file():
                raise ModelError(f"the bundled model '{self.source}' is missing in this "
                                 "installation; choose another one, or install the add-on "
                                 "anew") from error
            raise


def _damped(model: PhotoModel) -> list[str]:
    return [f.name_en for f in model.group.features if f.id in model.made_only]


def model_html(model: PhotoModel, name: str, source: str | None) -> str:
    """A model in a few lines.

    Parameters
    ----------
    name : str
    source : str or None
        One of SOURCES; None: the model came on the input.
    """
    lines = [] if source in BUNDLED else [f"<b>{escape(name)}</b>"]  # the choice says it, too
    lines.append(f"backbone {escape(model.backbone)}, {model.digest[:12]}…")
    licence = model.licence or "not stated in the model"
    lines.append(f"<small>Licence: {escape(_shortened(licence, 110))}</small>")
    if model.note and source not in BUNDLED:  # what those learnt from is in the details
        lines.append(f"<small>{escape(_shortened(model.note, 120))}</small>")
    damped = _damped(model)
    if damped:
        s = "s" * (len(damped) != 1)
        lines.append(f"<small>* {len(damped)} feature{s} damped, for want of real photos: "
                     f"{', '.join(damped)}</small>")
    return "<br>".join(lines)


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else text[:length].rsplit(" ", 1)[0] + " …"


def details_html(model: PhotoModel, name: str, source: str | None) -> str:
    """All that a model says about itself; with a bundled one, the licence text."""
    damped = _damped(model)
    rows = [
        ("Model", name + (f" – {PURPOSES[source]}" if source in PURPOSES else "")),
        ("Licence", model.licence or "not stated in the model"),
        ("Training data", model.note or "not stated in the model"),
        ("Digest", model.digest),
        ("Backbone", f"{model.backbone}, weights {model.backbone_digest}"
                  + (", trained with the heads and part of the model"
                     if model.backbone_state is not None else "")),
        ("Damped: made pictures show it, and too few real photos are known to",
         f"{len(damped)} of {len(model.features)} features: {', '.join(damped)}"
         if damped else "none"),
        ("Present from P", ", ".join(
            f"{feature.name_en} {threshold:.2f}"
            for feature, threshold in zip(model.group.features, model.thresholds))),
    ]
    table = "".join(f"<tr><td><b>{escape(key)}</b>&nbsp;&nbsp;</td><td>{escape(value)}</td></tr>"
                    for key, value in rows)
    return f"<table cellpadding='3'>{table}</table>{_licence_html() * (source in BUNDLED)}"


def _licence_html() -> str:
    """MODEL_LICENSE: blocks between empty lines; a line of dashes makes the one above a title."""
    try:
        text = MODEL_LICENSE.read_text(encoding="utf-8")
    except OSError:
        return "<p>The text of the licence is missing in this installation.</p>"
    html = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = block.splitlines()
        if len(lines) > 1 and set(lines[-1]) <= set("=-"):
            html.append(f"<h3>{escape(' '.join(lines[:-1]))}</h3>")
        elif lines[0].lstrip().startswith("* "):
            items = re.split(r"^\s*\* ", block, flags=re.MULTILINE)[1:]
            html.append("<ul>" + "".join(f"<li>{escape(' '.join(item.split()))}</li>"
                                         for item in items) + "</ul>")
        else:
            html.append(f"<p>{escape(' '.join(block.split()))}</p>")
    return "<hr>" + "".join(html)
