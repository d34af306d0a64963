"""The calibration table: goods with known codes, and what was said of them.

:mod:`.cells` reads and writes it as rows of texts, :mod:`.table` is the door to Orange.
"""
from .cells import (
    COLUMNS,
    CalibrationError,
    calibration_of,
    cells_of,
    column_of,
    made_of,
    read_calibration,
    way_of,
    worded_made,
)

__all__ = ["COLUMNS", "CalibrationError", "calibration_of", "cells_of", "column_of", "made_of",
           "read_calibration", "way_of", "worded_made"]
