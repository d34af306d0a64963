"""An interval of lengths, as any language states it."""
from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Interval"]


@dataclass(frozen=True)
class Interval:
    """An interval of lengths in cm, with the span of its words in the folded text.

    `strict_low`, `strict_high`: the end point is excluded.  `compared`: it came
    from a comparison («не более 24»), so touching a threshold is not crossing it.
    """

    low: float
    high: float
    strict_low: bool
    strict_high: bool
    compared: bool
    end: int

    def meets(self, above: float, to: float, closed: str) -> bool:
        """Does it share more than nothing with a bin from `above` to `to`?

        ``closed="left"``: the bin is [above, to); ``"right"``: (above, to].
        """
        low, high = max(self.low, above), min(self.high, to)
        if low > high:
            return False
        if low < high:
            return True
        # One common point: it must belong to both.
        inside_bin = low == above and closed == "left" or low == to and closed == "right" \
            or above < low < to
        mine = not (low == self.low and self.strict_low
                    or low == self.high and self.strict_high)
        if self.compared and self.low < self.high:
            return False
        return inside_bin and mine
