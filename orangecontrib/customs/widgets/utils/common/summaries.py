"""What the status bar says about signals of our own types."""
from orangewidget.utils.signals import PartialSummary, summarize

from orangecontrib.customs.i18n import say
from orangecontrib.customs.photos.choice import quoted
from orangecontrib.customs.photos.model import PhotoModel
from orangecontrib.customs.widgets.utils.common.wording import room

__all__ = []

words = room("summaries")


@summarize.register(PhotoModel)
def _(model: PhotoModel):
    return PartialSummary(model.backbone, say(words(
        "model", backbone=model.backbone, digest=model.digest[:12], note=quoted(model.note))))
