"""Photos in Orange's reports: small copies inside the report, which can be sent away."""
from __future__ import annotations

from collections.abc import Sequence
from html import escape

from orangecontrib.customs.cases.conclusion.pictures import picture_of
from orangecontrib.customs.i18n import say
from orangecontrib.customs.widgets.utils.common.wording import room
from orangecontrib.customs.widgets.utils.photos.gallery import PhotoGallery, Tile, TileRole

__all__ = ["gallery_html", "photos_html"]

words = room("common")

#: So many photos stand in a report, of a longer side of so many pixels.
MOST, SIDE = 24, 220


def gallery_html(gallery: PhotoGallery) -> str:
    """The selected photos of a gallery, or its first ones; "" of an empty one."""
    model = gallery.model()
    rows = gallery.selected_rows() or range(model.rowCount())
    return photos_html([model.index(row, 0).data(TileRole) for row in rows[:MOST]],
                       max(0, len(rows) - MOST))


def photos_html(tiles: Sequence[Tile], more: int = 0) -> str:
    """Photos with their titles and bars in words; those that can't be read say why.

    Parameters
    ----------
    tiles : sequence of Tile
    more : int
        Photos that are left out.
    """
    parts = []
    for tile in tiles:
        picture = picture_of(tile.path or "", SIDE)
        shown = (f"<img src='{picture.data}' width='{picture.width}' height='{picture.height}'>"
                 if picture.data else f"<i>{escape(picture.reason)}</i>")
        said = "".join(f"<br>{escape(chip.text)} {chip.value:.2f}" for chip in tile.chips)
        parts.append("<div style='display: inline-block; vertical-align: top; margin: 4px; "
                     f"max-width: {SIDE}px; overflow-wrap: anywhere'>{shown}<br>"
                     f"{escape(tile.title)}<small>{said}</small></div>")
    if more:
        parts.append(f"<p>{say(words('more', n=more))}</p>")
    return "".join(parts)
