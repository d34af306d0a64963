"""Which photo model is in use, and what is said about it in words."""
from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from pathlib import Path

from orangecontrib.customs.i18n import Joined, Message, Sayable, room, say
from orangecontrib.customs.photos.model import (
    BUNDLED,
    DEFAULT,
    FORMER,
    MODEL_LICENSE,
    ModelError,
    PhotoModel,
    bundled_path,
)

__all__ = ["FROM_FILE", "SOURCES", "PURPOSES", "Choice", "model_html", "details_html",
           "note_html", "quoted"]

FROM_FILE = "file"

words = room("photos")

#: Where a model can come from, by the name that is stored in workflows.
SOURCES = {
    DEFAULT: words("model_bundled"),
    FROM_FILE: words("model_from_file"),
}

#: What each bundled model is for.
PURPOSES = {
    DEFAULT: words("model_purpose"),
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
    def name(self) -> Sayable:
        """What it is called in the widget."""
        if self.source is None:
            return words("model_from_input")
        if self.source == FROM_FILE:
            return self.path.name if self.path is not None else words("model_no_file")
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
                raise ModelError(say(words("model_not_chosen")))
            return PhotoModel.load(self.path)
        if self.source not in BUNDLED:
            raise ModelError(say(words("model_unknown", name=self.source,
                                       names=", ".join(BUNDLED))))
        try:
            return PhotoModel.bundled(self.source)
        except ModelError as error:
            if not bundled_path(self.source).is_file():
                raise ModelError(say(words("model_missing", name=self.source))) from error
            raise


def _damped(model: PhotoModel) -> list[str]:
    return [say(f.title) for f in model.group.features if f.id in model.made_only]


def quoted(text: str, length: int = 0) -> Message:
    """What a model says of itself, in its own words; cut where a length is given."""
    if not text:
        return words("model_not_stated")
    return words("model_quoted", text=_shortened(text, length) if length else text)


def model_html(model: PhotoModel, name: Sayable, source: str | None) -> str:
    """A model in a few lines.

    Parameters
    ----------
    name : Sayable
    source : str or None
        One of SOURCES; None: the model came on the input.
    """
    # the choice says it, too
    lines = [] if source in BUNDLED else [f"<b>{escape(say(name))}</b>"]
    said = [words("model_backbone", backbone=model.backbone, digest=model.digest[:12]),
            words("model_licence", licence=quoted(model.licence, 32))]
    if model.note and source not in BUNDLED:  # what those learnt from is in the details
        said.append(quoted(model.note, 80))
    if damped := _damped(model):
        said.append(words("model_damped", n=len(damped)))
    return "<br>".join([*lines, *(f"<small>{escape(say(line))}</small>" for line in said)])


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else text[:length].rsplit(" ", 1)[0] + " …"


def note_html(model: PhotoModel) -> str:
    """What does not fit into these lines: what it learnt from, and what it can hardly tell."""
    damped = _damped(model)
    lines = [quoted(model.note), *([words("model_damped_are", features=", ".join(damped))]
                                   if damped else [])]
    return "".join(f"<p>{escape(say(line))}</p>" for line in lines)


def details_html(model: PhotoModel, name: Sayable, source: str | None) -> str:
    """All that a model says about itself; with a bundled one, the licence text."""
    damped = _damped(model)
    inside = words("model_own_backbone" if model.backbone_state is not None else "model_weights",
                   backbone=model.backbone, digest=model.backbone_digest)
    rows = {
        "model": Joined((name, *filter(None, [PURPOSES.get(source or "")])), " – "),
        "licence": quoted(model.licence),
        "training_data": quoted(model.note),
        "digest": model.digest,
        "backbone": inside,
        "damped": words("model_damped_of", n=len(damped), of=len(model.features),
                        features=", ".join(damped)) if damped else words("model_damped_none"),
        "thresholds": ", ".join(
            f"{say(feature.title)} {threshold:.2f}"
            for feature, threshold in zip(model.group.features, model.thresholds)),
    }
    table = "".join(f"<tr><td><b>{escape(say(words(f'details_{key}')))}</b>&nbsp;&nbsp;</td>"
                    f"<td>{escape(say(value))}</td></tr>" for key, value in rows.items())
    return f"<table cellpadding='3'>{table}</table>{_licence_html() * (source in BUNDLED)}"


def _licence_html() -> str:
    """MODEL_LICENSE: blocks between empty lines; a line of dashes makes the one above a title."""
    try:
        text = MODEL_LICENSE.read_text(encoding="utf-8")
    except OSError:
        return f"<p>{escape(say(words('licence_missing')))}</p>"
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
