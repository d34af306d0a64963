"""How often is the 8-bit encoding of a Russian table told wrongly, or asked for?

Real declarations of 2022 (test data only), cut into tables of 1 to 100 rows and written in
each encoding of Cyrillic, in capitals, small letters and sentence case.  Encodings that give
the same text are the same answer.  Prints shares with n and a 95 % Wilson interval, beside the
share that charset-normalizer reads wrongly, which asks about none.

    python benchmarks/encodings.py [--shared DIR]
"""
from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path

import numpy as np
from charset_normalizer import from_bytes

from orangecontrib.customs.files import CYRILLIC, EncodingError, decode

sys.path.insert(0, str(Path(__file__).parent))
from intervals import share

TABLES = {1: 400, 3: 300, 10: 100, 100: 20}
CASES = {"capitals": str.upper, "small": str.lower, "sentence": str.capitalize}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--shared", type=Path,
                        default=Path(__file__).resolve().parents[2] / "shared" / "data")
    path = parser.parse_args().shared / "declarations" / "hacksai2022_declarations_ru_hs4.csv"
    if not path.is_file():
        print(f"skipped: no data at {path}")
        return
    with open(path, encoding="utf-8", newline="") as file:
        texts = [row["description"] for row in csv.DictReader(file)]
    rng = np.random.default_rng(0)
    for rows, tables in TABLES.items():
        wrong, asked, others = [], [], []
        for _ in range(tables):
            chosen = [texts[i] for i in rng.choice(len(texts), rows, replace=False)]
            for change in CASES.values():
                text = "good_id,description\n" + "".join(
                    f'{i},"{change(t)}"\n' for i, t in enumerate(chosen))
                for encoding in CYRILLIC:
                    data = text.encode(encoding, "ignore")
                    try:
                        wrong.append(decode(data).text != data.decode(encoding))
                        asked.append(False)
                    except EncodingError:
                        asked.append(True)
                    others.append(str(from_bytes(data).best()) != data.decode(encoding))
        print(f"{rows:4} rows: wrong {share(wrong)}   asked {share(asked)}   "
              f"charset-normalizer wrong {share(others)}", flush=True)


if __name__ == "__main__":
    main()
