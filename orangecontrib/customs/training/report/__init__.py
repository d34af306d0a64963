"""How far a trained model can be trusted, on photos of products that it has not seen.

:mod:`.labels` counts what there is to learn from, :mod:`.ranking` gives the AUC its interval,
:mod:`.features` measures each feature, :mod:`.heights` and :mod:`.gradability` the answers that
hang together, :mod:`.mistakes` finds the photos to look at, :mod:`.whole` puts it all together,
:mod:`.table` is the door to Orange.
"""
from .features import FeatureReport, feature_reports
from .gradability import GradabilityReport, gradability_reports
from .heights import Confusion, confusion
from .labels import LabelCount, label_counts
from .mistakes import Mistake, worst_mistakes
from .ranking import auc, auc_interval
from .whole import Report, joined_products, report

__all__ = ["Report", "report", "joined_products", "FeatureReport", "feature_reports",
           "GradabilityReport", "gradability_reports", "Confusion", "confusion", "Mistake",
           "worst_mistakes", "LabelCount", "label_counts", "auc", "auc_interval"]
