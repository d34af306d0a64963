"""Generating on this computer by diffusers, with weights that nobody fetches silently."""
from __future__ import annotations

import io
from functools import cached_property
from pathlib import Path

from orangecontrib.customs.files import strict_rows

from ..errors import CollectError

__all__ = ["Local", "WEIGHTS", "about_weights", "known_weights"]

#: Models whose size and licence we know: gigabytes as a rule of thumb.
WEIGHTS = Path(__file__).parent / "weights.csv"


def about_weights(model: str) -> dict[str, str]:
    """Size, licence and its address; "?" where it is not known here."""
    for _, row in strict_rows(WEIGHTS, ("model", "gigabytes", "licence", "licence_url"))[1]:
        if row["model"] == model:
            return row
    return {"model": model, "gigabytes": "?", "licence": "?",
            "licence_url": f"https://huggingface.co/{model}"}


def known_weights() -> list[str]:
    """Models whose size and licence are known here."""
    return [row["model"] for _, row in strict_rows(WEIGHTS, ("model",))[1]]


class Local:
    """A diffusers pipeline.

    Parameters
    ----------
    model : str
        A folder with the weights, or a name at Hugging Face whose weights are here already.
    allow_download : bool
        Fetch the weights where they are not here; the caller has said what, how large and
        under which licence (:func:`about_weights`).
    device : str
        The best there is by default.

    Raises
    ------
    CollectError
        No diffusers, or no weights and no leave to fetch them: says what, how large, which
        licence, and what to do.
    """

    def __init__(self, model: str, allow_download: bool = False, device: str = ""):
        self.model, self.device, self._download = model, device, allow_download
        about = about_weights(model)
        folder = Path(model).is_dir()
        self.licence = "" if folder else about["licence"]
        try:
            import diffusers  # noqa: F401
        except ImportError:
            raise CollectError("no_diffusers") from None
        if not folder and not allow_download and not _is_here(model):
            raise CollectError("no_weights", name=model, gigabytes=about["gigabytes"],
                               licence=about["licence"], url=about["licence_url"])

    @cached_property
    def _pipeline(self):
        from diffusers import AutoPipelineForText2Image

        from orangecontrib.customs.photos.backbones import best_device
        try:
            # never a pickle: loading one can run any code
            pipeline = AutoPipelineForText2Image.from_pretrained(
                self.model, use_safetensors=True, local_files_only=not self._download)
        except (OSError, ValueError) as error:
            raise CollectError("weights_unreadable", name=self.model, error=str(error)[:300]
                               ) from None
        return pipeline.to(self.device or best_device())

    def make(self, prompt: str) -> tuple[bytes, str]:
        """One photo as PNG."""
        image = self._pipeline(prompt).images[0]
        stream = io.BytesIO()
        image.save(stream, "PNG")
        return stream.getvalue(), "image/png"


def _is_here(model: str) -> bool:
    """Whether the weights are in the cache of Hugging Face; asks nobody."""
    try:
        from huggingface_hub import snapshot_download
        snapshot_download(model, local_files_only=True)
    except Exception:  # whatever the hub's library raises: they are not here
        return False
    return True
