"""Example workflows, listed in Help > Example Workflows as they are best learnt, one by one."""
from pathlib import Path

__all__ = ["ORDER", "examples"]

#: File names, the first to open first; their titles begin with the number.
ORDER = (
    "footwear-hs-code.ows",
    "footwear-queue.ows",
    "keyword-frequencies.ows",
    "tariff-classifier-comparison.ows",
    "tariff-logistic-regression.ows",
    "vocabulary-sweep.ows",
    "tariff-stop-words.ows",
    "tariff-tree.ows",
    "footwear-training.ows",
    "footwear-features.ows",
    "electrical-hs-code.ows",
    "photo-collecting.ows",
)


def examples() -> list[str]:
    """Paths of the workflows; Canvas would sort a package's by file name."""
    return [str(Path(__file__).with_name(name)) for name in ORDER]
