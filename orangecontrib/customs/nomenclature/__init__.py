"""The tariff as a tree of codes: designations, duties, edition."""
from .bundled import Node, Nomenclature, bundled, electrical, group64
from .codes import LEVELS, Code, leading_code, parse_code
from .loading import (
    LoadingCancelled,
    LoadingError,
    guess_mapping,
    harmonized_system,
    load_tariff,
    read_rows,
)
from .rates import Rate, parse_rate
from .tree import Line, Tariff, bundled_tariff

__all__ = ["LEVELS", "Node", "Nomenclature", "group64", "electrical", "bundled", "Code",
           "leading_code", "parse_code",
           "Line", "Tariff", "bundled_tariff", "Rate", "parse_rate", "LoadingCancelled",
           "LoadingError", "guess_mapping", "read_rows", "load_tariff", "harmonized_system"]
