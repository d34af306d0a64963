"""Writes nomenclature/official.csv: fingerprints of the official wordings of the groups' codes.

Run ``python tools/official_wordings.py TARIFF`` with an official table of the whole tariff (as
*Tariff Nomenclature* loads it) when the decision tables were compared with this edition.
"""
import csv
import sys
from pathlib import Path

from orangecontrib.customs import nomenclature
from orangecontrib.customs.groups import loaded_groups
from orangecontrib.customs.nomenclature.wordings import fingerprint


def main(path: str) -> None:
    tariff = nomenclature.load_tariff(path)
    codes = sorted({code for group in loaded_groups() for code in group.table.codes
                    if code.isdigit()})
    lacks = [code for code in codes if tariff.find(code) is None]
    place = Path(nomenclature.__file__).with_name("official.csv")
    with open(place, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("code", "wording"))
        writer.writerows((code, fingerprint(tariff.full_text(tariff.find(code))))
                         for code in codes if code not in lacks)
    print(f"{len(codes) - len(lacks)} codes -> {place}"
          + (f"; the table lacks {', '.join(lacks)}" if lacks else ""))


if __name__ == "__main__":
    main(*sys.argv[1:])
