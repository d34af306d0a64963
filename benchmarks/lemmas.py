"""Four normalisers of words, each alone and with word families, on the same splits.

Words as they are, Snowball stems, Lemmagen's and pymorphy3's lemmas: what L1 logistic regression
reaches with each, what a keyword table looks like, and what it costs.  The vocabulary is
learnt inside each of ten random 70 % / 30 % splits, on its training part.  "±" is half of a 95 %
interval that counts shared training documents (Nadeau & Bengio, 2003); the difference to
Snowball is paired, split by split.  All rows of a corpus share their splits; texts that are
equal to the coarsest of the normalisers stay on one side.

    python benchmarks/lemmas.py [--shared DIR]
"""
from __future__ import annotations

import argparse
import re
import sys
import time
import warnings
from pathlib import Path

import numpy as np
from orangecontrib.text.preprocess import (
    LemmagenLemmatizer,
    PreprocessorList,
    RegexpTokenizer,
    SnowballStemmer,
)
from scipy.stats import t
from tariff_text_mining import ALL, EXPECTED, LISTS, bundled, read, real
from threadpoolctl import threadpool_limits

from orangecontrib.customs.declarations.lemmas import family, lemma
from orangecontrib.customs.declarations.lemmas.lemma import known
from orangecontrib.customs.declarations.lemmas.table import FamilyNormalizer, LemmaNormalizer
from orangecontrib.customs.intervals import corrected_error
from orangecontrib.customs.textmining.stopwords import bundled_designations
from orangecontrib.customs.textmining.stopwords.table import (
    CustomsStopwordFilter,
    FoldTransformer,
    gather,
)
from orangecontrib.customs.textmining.sweep import Scheme
from orangecontrib.customs.textmining.sweep.table import Sweeper

NORMALISERS = {
    "none": lambda: None,
    "Snowball": lambda: SnowballStemmer("ru"),
    "Lemmagen": lambda: LemmagenLemmatizer("ru"),
    "pymorphy3": LemmaNormalizer,
}
FAMILIES = " + families"
REFERENCE = "Snowball"
#: (least share or, above 1, number of documents; greatest vocabulary; greatest share).
SETTINGS = {"50 words, 5-40 %": (.05, 50, .4), "all words in two documents or more": (2, ALL, 1.)}
SHOWN = 20


def rows() -> list[str]:
    return [name + more for name in NORMALISERS for more in ("", FAMILIES)]


def steps(row: str) -> list:
    name, more, _ = row.partition(FAMILIES)
    normaliser = NORMALISERS[name]()
    return ([normaliser] if normaliser else []) + ([FamilyNormalizer()] if more else [])


def filtered(corpus, row: str):
    """Behind the frozen filter, without a frequency window: it looks at no other document."""
    chain = PreprocessorList([FoldTransformer(), RegexpTokenizer(), *steps(row)])
    material = gather(chain(corpus), bundled_designations())
    return CustomsStopwordFilter(material.learn(LISTS))(material.prepared.corpus)


# -- accuracy

def trial(sweeper: Sweeper, setting: str):
    minimum, size, maximum = SETTINGS[setting]
    sweeper.minimum = minimum if minimum < 1 else minimum / len(sweeper.splits[0][0])
    found = sweeper.trial(size, maximum)
    return found, sweeper.score(size, maximum, found)


def by_split(found) -> np.ndarray:
    """Accuracy in each split."""
    results = found.results
    return np.array([(results.actual[fold] == results.predicted[0][fold]).mean()
                     for fold in results.folds])


def half(values) -> float:
    """Half of the 95 % interval of a mean over the splits."""
    return float(t.ppf(.975, Scheme().times - 1) * corrected_error(values, Scheme().odds))


def accuracy(sweepers: dict[str, Sweeper]) -> None:
    labels = sweepers[REFERENCE].labels
    trivial = np.bincount(labels).max() / len(labels)
    for setting in SETTINGS:
        print(f"\n  {setting}\n  {'':22s} words    AUC     CA             CA minus Snowball's")
        found = {row: trial(sweeper, setting) for row, sweeper in sweepers.items()}
        reference = by_split(found[REFERENCE][0])
        for row, (one, cell) in found.items():
            line = (f"  {row:22s} {cell.words:5.0f}  {cell.scores['AUC']:.3f}   "
                    f"{cell.scores['CA']:.3f} ± {half(by_split(one)):.3f}")
            if row != REFERENCE:
                difference = by_split(one) - reference
                mean, width = difference.mean(), half(difference)
                verdict = "better" if mean > width else "worse" if mean < -width else "no telling"
                line += f"   {mean:+.3f} ± {width:.3f}  {verdict}"
            print(line)
        print(f"  {'most frequent code':22s}     0  0.500   {trivial:.3f}")


# -- readability

def readability(sweepers: dict[str, Sweeper]) -> None:
    """What stands in a keyword table: dictionary words, or stumps?"""
    print("\n  Readability: share of the words (each once a document) that stand in "
          "pymorphy3's\n  dictionary in any form, and as the form under which it lists them")
    for row, sweeper in sweepers.items():
        counts = sweeper.counts
        cyrillic = [(word, n) for word, n in zip(counts.words, counts.df)
                    if re.search("[а-я]", word)]
        total = sum(n for _, n in cyrillic)
        any_form = sum(n for word, n in cyrillic if known(word))
        listed = sum(n for word, n in cyrillic if known(word) and lemma(word) == word)
        print(f"  {row:22s} {any_form / total:6.1%}  {listed / total:6.1%}")
    print(f"\n  The {SHOWN} heaviest words of L1 logistic regression on "
          f"{next(iter(SETTINGS))}, as each writes them")
    for row, sweeper in sweepers.items():
        print(f"  {row:22s} {', '.join(heaviest(sweeper))}")


def heaviest(sweeper: Sweeper) -> list[str]:
    minimum, size, maximum = next(iter(SETTINGS.values()))
    sweeper.minimum = minimum
    columns = sweeper.columns(sweeper.vocabulary(size, maximum))
    model = sweeper.learner(sweeper.data(np.arange(len(sweeper.labels)), columns))
    weights = np.abs(np.atleast_2d(model.coefficients)).max(axis=0)
    order = np.argsort(-weights)[:SHOWN]
    return [sweeper.counts.words[columns[number]] for number in order]


# -- speed

def seconds(row: str, words: list[str]) -> tuple[float, float]:
    """Of a first pass over the words, and of a second one with everything cached."""
    chain = steps(row)
    lemma.cache_clear()
    family.cache_clear()
    passes = []
    for _ in range(2):
        start = time.process_time()
        for word in words:
            for step in chain:
                word = step._preprocess(word)
        passes.append(time.process_time() - start)
    return passes[0], passes[1]


def speed(corpus) -> None:
    tokens = PreprocessorList([FoldTransformer(), RegexpTokenizer()])(corpus).tokens
    words = [word for document in tokens for word in document]
    lemma("слово")   # the dictionary is loaded once in a program
    best = {row: np.min([seconds(row, words) for _ in range(3)], axis=0)
            for row in rows() if row != "none"}
    print(f"\n  Speed: words a second, Snowball = 1 ({len(words)} words, {len(set(words))} "
          "distinct)\n" + " " * 27 + "first pass   cached")
    for row, (cold, warm) in best.items():
        print(f"  {row:22s}      {best[REFERENCE][0] / cold:8.2f} {best[REFERENCE][1] / warm:8.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--shared", type=Path,
                        default=Path(__file__).parents[2] / "shared" / "data",
                        help="folder with declarations/hacksai2022_declarations_ru_hs4.csv")
    path = parser.parse_args().shared / "declarations" / "hacksai2022_declarations_ru_hs4.csv"
    warnings.simplefilter("ignore")   # convergence at the default settings
    corpora = {"made 850440 853630 903289": bundled("declarations")}
    if path.is_file():
        found = read(path)
        corpora |= {headings: real(found, headings) for headings in EXPECTED}
    else:
        print(f"real declarations: skipped, there is no {path}", file=sys.stderr)
    for title, corpus in corpora.items():
        print(f"\n== {title}: n = {len(corpus)} "
              f"({', '.join(map(str, np.bincount(corpus.Y.astype(int))))})", flush=True)
        sweepers = {row: Sweeper(filtered(corpus, row)) for row in rows()}
        splits = sweepers[REFERENCE + FAMILIES].splits
        for sweeper in sweepers.values():
            sweeper.splits = splits
        accuracy(sweepers)
        readability(sweepers)
        speed(corpus)


if __name__ == "__main__":
    with threadpool_limits(1):    # matrices this small lose time by being shared out
        main()
