"""How much memory and time does a workbook of many goods take?

Writes an .xlsx of 10 000 and of 100 000 rows (real declarations of 2022 where they are at hand,
else one made text), reads each in a process of its own, and prints the memory that it takes
beyond what the program needs, the share of time that openpyxl alone takes, and how often progress
was told.

    python benchmarks/files.py [--shared DIR]
"""
from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path

CHILD = """
import json, resource, sys, time
import openpyxl
from orangecontrib.customs.files import guess_roles, read_source
def memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
start = time.process_time()
for _ in openpyxl.load_workbook(sys.argv[1], read_only=True).active.iter_rows():
    pass
alone, before, told = time.process_time() - start, memory(), []
start = time.process_time()
table = read_source(sys.argv[1], progress=told.append)
print(json.dumps({"rows": len(table.rows), "MB": memory() - before, "told": len(told),
                  "ratio": (time.process_time() - start) / alone,
                  "roles": len(guess_roles(table).columns)}))
"""


def write(path: Path, texts: list[str], rows: int) -> None:
    import openpyxl
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Товары")
    sheet.append(["№ товара", "Графа 31", "Графа 33", "Количество, пар", "Стоимость", "Валюта",
                  "Вес нетто"])
    for number in range(rows):
        sheet.append([number + 1, f"{texts[number % len(texts)]}, артикул {number}", 6403911600,
                      number % 500 + 1, number * 1.25, "EUR", number * .5])
    book.save(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--shared", type=Path,
                        default=Path(__file__).resolve().parents[2] / "shared" / "data")
    path = parser.parse_args().shared / "declarations" / "hacksai2022_declarations_ru_hs4.csv"
    texts = ["Ботинки мужские, верх из натуральной кожи, подошва из резины, длина стельки 27 см"]
    if path.is_file():
        with open(path, encoding="utf-8", newline="") as file:
            texts = [row["description"] for row in csv.DictReader(file)]
    with tempfile.TemporaryDirectory() as folder:
        for rows in (10_000, 100_000):
            book = Path(folder) / f"{rows}.xlsx"
            write(book, texts, rows)
            done = subprocess.run([sys.executable, "-c", CHILD, str(book)], check=True,
                                  capture_output=True, text=True)
            said = json.loads(done.stdout)
            print(f"{said['rows']:7,} rows ({book.stat().st_size / 1e6:.1f} MB): "
                  f"{said['MB']:.0f} MB more, {said['ratio']:.2f} times as long as openpyxl "
                  f"alone, progress told {said['told']} times")


if __name__ == "__main__":
    main()
