"""The tariff as a tree of codes: designations, rates of duty, editions with dates."""
from .bundled import bundled_tariff
from .codes import LEVELS, Code, leading_code, parse_code, spaced
from .editions import Edition, read_editions
from .loading import (
    LoadingCancelled,
    LoadingError,
    guess_mapping,
    harmonized_system,
    load_tariff,
    read_rows,
)
from .rates import Duty, Rate, parse_currency, parse_rate
from .tree import Line, Tariff
from .wordings import Comparison, compare_wordings

__all__ = ["LEVELS", "Code", "leading_code", "parse_code", "spaced", "Edition", "read_editions",
           "Line", "Tariff", "bundled_tariff", "Duty", "Rate", "parse_currency", "parse_rate",
           "LoadingCancelled", "LoadingError", "guess_mapping", "read_rows", "load_tariff",
           "harmonized_system", "Comparison", "compare_wordings"]
