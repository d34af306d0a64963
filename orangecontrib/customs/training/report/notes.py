"""What a training run is told about in words."""
from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape

import numpy as np

from orangecontrib.customs.groups import Group
from orangecontrib.customs.training.report import LabelCount, Report
from orangecontrib.customs.training.trainer import Trained, TrainingPhotos

__all__ = ["data_sentence", "counts_tooltip", "result_sentence", "log_html"]

#: Lines of a list before "and so on".
SHOWN = 40


def data_sentence(photos: TrainingPhotos, counts: Sequence[LabelCount]) -> str:
    """Photos, goods and what can be learnt."""
    teaching = sum(count.teaches for count in counts)
    goods, made = len(set(photos.products)), int(photos.made.sum())
    text = f"{_n(len(photos), 'photo')} of {_n(goods, 'good')}"
    if made:
        text += f", {made} made"
    return f"{text}; {teaching} of {len(counts)} features have both answers."


def counts_tooltip(counts: Sequence[LabelCount], names: dict[str, str]) -> str:
    """Labels per feature as an HTML table."""
    rows = "".join(
        f"<tr><td>{escape(names[c.feature])}&nbsp;</td><td align='right'>{c.ones}&nbsp;</td>"
        f"<td align='right'>{c.zeros}&nbsp;</td><td align='right'>{c.cannot}</td></tr>"
        for c in counts)
    return ("<table><tr><th>feature</th><th>1&nbsp;</th><th>0&nbsp;</th><th>0.5</th></tr>"
            f"{rows}</table>")


def result_sentence(report: Report, names: dict[str, str]) -> str:
    """The evaluation in two sentences, as HTML."""
    if not report.answers:
        return "There are no held-out photos to evaluate the model on."
    low, high = report.interval
    where = "photos that served nothing before" if report.part == "test" \
        else "photos that calibrated the model (nothing is set aside for the test)"
    text = (f"On {_n(report.photos, 'photo')} of {_n(report.products, 'product')} – {where} – "
            f"<b>{report.right / report.answers:.1%}</b> of {report.answers} answers are right "
            f"(95 %: {low:.1%}–{high:.1%}); always the commoner answer: "
            f"{report.usual / report.answers:.1%}. ")
    if np.isfinite(report.mean_accuracy):
        text += f"Mean accuracy over features with both answers: {report.mean_accuracy:.1%}. "
    if report.uncalibrated:
        text += ("Probabilities are further off than chance explains for: "
                 + ", ".join(escape(names[id_]) for id_ in report.uncalibrated) + ".")
    return text


def log_html(trained: Trained, joined: Sequence[tuple[str, ...]], paths: Sequence[str],
             names: dict[str, str]) -> str:
    """Everything that people should know about a run.

    Parameters
    ----------
    joined : sequence of tuple of str
        Products that were taken for one.
    paths : sequence of str
        Of all training photos.
    names : dict
        Names of features by id.
    """
    parts = Counter(trained.split.part.tolist())
    epochs = max((epoch.epoch for epoch in trained.history), default=0)
    unit = "iteration" if any(epoch.fit for epoch in trained.history) else "epoch"
    words = {"train": "for training", "validation": "for stopping and calibration",
             "test": "set aside for the test", "unused": "made pictures of goods that are held "
                                                         "out: not used", "skipped": "skipped"}
    served = "; ".join(f"{parts[part]} {text}" for part, text in words.items() if parts[part])
    sections = [f"<p>{trained.seconds:.0f} seconds, {_n(epochs, unit)}"
                f"{', cancelled: the best so far is kept' if trained.cancelled else ''}. "
                f"Photos: {served}.</p>"]
    sections.append(_listed("What these photos can't teach, or not surely",
                            [_named(remark, names, trained.model.group)
                             for remark in trained.remarks],
                            "Nothing to remark: every feature had enough photos of both "
                            "answers."))
    sections.append(_listed("Goods joined, since they have near-duplicate photos",
                            [" = ".join(names) for names in joined], "No near-duplicates."))
    sections.append(_listed("Skipped photos",
                            [f"{paths[row]}: {reason}" for row, reason in trained.skipped],
                            "No photo was skipped."))
    return "".join(sections)


def _named(remark: str, names: dict[str, str], group: Group) -> str:
    """A remark begins with a feature's Russian name; here with the chosen one."""
    for feature in group.features:
        if remark.startswith(feature.name_ru + ":"):
            return names[feature.id] + remark[len(feature.name_ru):]
    return remark


def _listed(title: str, lines: Sequence[str], otherwise: str) -> str:
    if not lines:
        return f"<h4>{title}</h4><p>{otherwise}</p>"
    shown = "".join(f"<li>{escape(line)}</li>" for line in lines[:SHOWN])
    more = f"<p>… and {len(lines) - SHOWN} more</p>" if len(lines) > SHOWN else ""
    return f"<h4>{title} ({len(lines)})</h4><ul>{shown}</ul>{more}"


def _n(number: int, thing: str) -> str:
    return f"{number} {thing}{'s' * (number != 1)}"
