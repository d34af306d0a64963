"""How far to trust a predicted code: errors per code, calibration, risk against coverage.

Paper 2 asks for it in its conclusion: «Возможность определить вероятность ошибки при
определении принадлежности к конкретному коду позволит повысить степень обоснованности решений».
:mod:`.errors` counts errors per code and estimates P(error) of a document, :mod:`.calibration`
holds stated probabilities against what happened, :mod:`.risk` asks what may be accepted unread,
:mod:`.models` sets several models beside each other, :mod:`.table` is the door to Orange.
"""
from .calibration import Bin, ece, ece_limit, equal_mass_bins
from .errors import CodeErrors, ErrorModel, Scored, code_errors, cross_fitted
from .risk import Accepted, accept, augrc, aurc, risk_coverage

__all__ = ["Accepted", "Bin", "CodeErrors", "ErrorModel", "Scored", "accept", "augrc", "aurc",
           "code_errors", "cross_fitted", "ece", "ece_limit", "equal_mass_bins", "risk_coverage"]
