"""How often the words of the rows that imply something stand where a value holds and where not.

Run ``python tools/likelihoods.py FILE [--column NAME]`` with a table of real descriptions.  Every
second one, by the hash of its text, is counted, so that the others stay to measure with.  A value
holds where the text itself states it.  What is printed goes into ``when_true``, ``when_false`` and
``source`` of a row where both counts are of fifteen texts or more; half a text is added to each.
"""
from __future__ import annotations

import argparse
import hashlib
from collections import Counter

from orangecontrib.customs.declarations import IMPLIED, FactReader
from orangecontrib.customs.files import read_table

#: Of fewer texts nothing is told.
FEW = 15


class _All(FactReader):
    """A reader that keeps what is implied beside what is stated."""

    def _choose(self, findings, problems):
        return findings


def counted(text: str) -> bool:
    """Is the text of the half that is counted?"""
    return hashlib.sha256(text.encode()).digest()[-1] % 2 == 0


def counts(texts) -> dict[tuple[str, str], Counter]:
    """Row and fact → texts by (does the value hold, do the words stand)."""
    reader = _All()
    readings = [reader.read(text) for text in texts]
    stated = [reading.stated() for reading in readings]
    said = [{(f.rule, f.fact): set(f.values) for f in reading.findings if f.kind == IMPLIED}
            for reading in readings]
    values = {row: allowed for found in said for row, allowed in found.items()}
    result = {row: Counter() for row in values}
    for truth, found in zip(stated, said):
        for (rule, fact), allowed in values.items():
            true = set(truth.get(fact, ()))
            if true and (true <= allowed or not true & allowed):
                result[rule, fact][true <= allowed, (rule, fact) in found] += 1
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("--column", default="description")
    arguments = parser.parse_args()
    texts = {" ".join(row.cells[arguments.column].split())
             for row in read_table(arguments.file).rows}
    half = sorted(filter(counted, texts))
    print(f"{len(half)} of {len(texts)} different descriptions")
    for (rule, fact), n in sorted(counts(half).items()):
        hits, true = n[True, True], n[True, True] + n[True, False]
        alarms, false = n[False, True], n[False, True] + n[False, False]
        if min(true, false) >= FEW:
            print(f"{rule} {fact}: {hits} of {true} and {alarms} of {false}, "
                  f"when_true {(hits + .5) / (true + 1):.3f}, "
                  f"when_false {(alarms + .5) / (false + 1):.3f}")


if __name__ == "__main__":
    main()
