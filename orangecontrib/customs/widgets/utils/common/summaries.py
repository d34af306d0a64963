"""What the status bar says about signals of our own types."""
from orangewidget.utils.signals import PartialSummary, summarize

from orangecontrib.customs.photos.model import PhotoModel

__all__ = []


@summarize.register(PhotoModel)
def _(model: PhotoModel):
    return PartialSummary(model.backbone, f"Photo model on the backbone {model.backbone}, "
                                       f"{model.digest[:12]}…<br>{model.note}")
