"""What a training run is told about in words."""
from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape

import numpy as np

from orangecontrib.customs.i18n import Joined, Message, Sayable, room, say
from orangecontrib.customs.training.report import LabelCount, Report
from orangecontrib.customs.training.trainer import Trained, TrainingPhotos

__all__ = ["data_sentence", "counts_tooltip", "result_sentence", "log_html"]

#: Lines of a list before "and so on".
SHOWN = 40

#: With fewer answers than this, a share is not what matters.
FEW = 20


#: Messages of this room.
words = room("training")


def data_sentence(photos: TrainingPhotos, counts: Sequence[LabelCount]) -> Message:
    """Photos, goods and what can be learnt."""
    made = int(photos.made.sum())
    return words("data", photos=len(photos), goods=len(set(photos.products)),
                 made=words("made", n=made) if made else "", features=len(counts),
                 teaching=sum(count.teaches for count in counts))


def counts_tooltip(counts: Sequence[LabelCount], names: dict[str, str]) -> str:
    """Labels per feature as an HTML table."""
    rows = "".join(
        f"<tr><td>{escape(names[c.feature])}&nbsp;</td><td align='right'>{c.ones}&nbsp;</td>"
        f"<td align='right'>{c.zeros}&nbsp;</td><td align='right'>{c.cannot}</td></tr>"
        for c in counts)
    return (f"<table><tr><th>{say(words('feature'))}</th><th>1&nbsp;</th><th>0&nbsp;</th>"
            f"<th>0.5</th></tr>{rows}</table>")


def result_sentence(report: Report, names: dict[str, str]) -> Sayable:
    """The evaluation in two sentences, as HTML."""
    if not report.answers:
        return words("no_held_out")
    low, high = report.interval
    few = report.answers < FEW
    parts = [words("result_few" if few else "result", photos=report.photos,
                   products=report.products, answers=report.answers, low=low, high=high,
                   where=words("untouched" if report.part == "test" else "calibrating"),
                   right=report.right if few else report.right / report.answers,
                   usual=report.usual / report.answers)]
    if np.isfinite(report.mean_accuracy):
        parts.append(words("mean", share=report.mean_accuracy))
    if report.uncalibrated:
        parts.append(words("uncalibrated", names=", ".join(
            escape(names[id_]) for id_ in report.uncalibrated)))
    return Joined(tuple(parts), "")


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
    unit = "iterations" if any(epoch.fit for epoch in trained.history) else "epochs"
    served = Joined(tuple(words(f"served_{part}", n=parts[part]) for part in (
        "train", "validation", "test", "unused", "skipped") if parts[part]), "; ")
    cancelled = say(words("cancelled")) if trained.cancelled else ""
    return "".join((
        f"<p>{say(words(f'run_{unit}', seconds=trained.seconds, n=epochs))}{cancelled}. "
        f"{say(words('photos', served=served))}</p>",
        _listed("remarks", [f"{names[feature]}: {say(remark)}"
                            for feature, remark in trained.remarks], "no_remarks"),
        _listed("joined", [" = ".join(goods) for goods in joined], "none_joined"),
        _listed("skipped", [f"{paths[row]}: {say(reason)}" for row, reason in trained.skipped],
                "none_skipped")))


def _listed(title: str, lines: Sequence[str], otherwise: str) -> str:
    if not lines:
        return f"<h4>{say(words(title))}</h4><p>{say(words(otherwise))}</p>"
    shown = "".join(f"<li>{escape(line, quote=False)}</li>" for line in lines[:SHOWN])
    more = f"<p>{say(words('more', n=len(lines) - SHOWN))}</p>" if len(lines) > SHOWN else ""
    return f"<h4>{say(words(title))} ({len(lines)})</h4><ul>{shown}</ul>{more}"
