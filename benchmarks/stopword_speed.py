"""Speed of the Customs Stop-word Filter beside Orange3-Text's own filters.

Each variant runs in a process of its own, so that the peak memory is its own.
Two comparisons: filter + bag of words on a tokenised corpus (what the issue of
speed is about: scoring), and everything from raw texts, learning included.
"""
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np

N = 100_000
VARIANTS = ("stock filter", "customs filter", "stock all", "customs all")
STOPS = "и в на для из с по не или от при без к до".split()


def declarations(n: int):
    """Short made-up declarations: tariff wording, models, numbers and units."""
    from Orange.data import DiscreteVariable, Domain, StringVariable
    from orangecontrib.text import Corpus

    from orangecontrib.customs.nomenclature import bundled_tariff

    rng = np.random.default_rng(0)
    tree = bundled_tariff()
    classes = ("6402", "6403", "6404", "8504", "8536", "9032")
    words = {c: [w for code in tree if code.startswith(c) for w in tree[code].ru.split()]
             for c in classes}
    common = STOPS + ["новый", "модель", "комплект", "части", "артикул", "изготовитель"]
    models = [f"m{i}" for i in range(5000)]
    y = rng.integers(0, len(classes), n)
    texts = []
    for k in y:
        own, size = words[classes[k]], rng.integers(8, 20)
        texts.append(" ".join([*rng.choice(own, size // 2), *rng.choice(common, size // 2),
                               models[rng.integers(5000)], str(rng.integers(1000)), "шт"]))
    text = StringVariable("description")
    return Corpus.from_numpy(Domain([], DiscreteVariable("HS code", values=classes), [text]),
                             np.empty((n, 0)), y.astype(float),
                             np.array([[t] for t in texts], dtype=object), text_features=[text],
                             language="ru")


def measure(variant: str, n: int) -> tuple[float, float]:
    """CPU seconds (a busy machine does not change them much) and peak memory in MB."""
    from orangecontrib.text.preprocess import (
        FrequencyFilter,
        LowercaseTransformer,
        MostFrequentTokensFilter,
        NumbersFilter,
        PreprocessorList,
        RegexpTokenizer,
        SnowballStemmer,
        StopwordsFilter,
    )
    from orangecontrib.text.vectorization.bagofwords import BowVectorizer

    from orangecontrib.customs.textmining.stopwords import bundled_designations
    from orangecontrib.customs.textmining.stopwords.table import (
        CustomsStopwordFilter,
        Options,
        gather,
    )

    corpus = declarations(n)
    chain = PreprocessorList([LowercaseTransformer(), RegexpTokenizer(), SnowballStemmer("ru")])
    options = Options(window=(.001, .9), limit=500)
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write("\n".join(STOPS))
        file.flush()
        stock = PreprocessorList([StopwordsFilter(None, file.name), NumbersFilter(),
                                  FrequencyFilter(.001, .9), MostFrequentTokensFilter(500)])
    if variant == "customs filter":
        material = gather(chain(corpus), bundled_designations())
        corpus, lexicon = material.prepared.corpus, material.learn(options)
    elif variant == "stock filter":
        corpus = chain(corpus)
    start = time.process_time()
    if variant == "stock filter":
        corpus = stock(corpus)
    elif variant == "customs filter":
        corpus = CustomsStopwordFilter(lexicon)(corpus)
    elif variant == "stock all":
        corpus = stock(chain(corpus))
    else:
        # a corpus that only says how it is to be preprocessed: the widget replays it anyway
        corpus.used_preprocessor = chain
        material = gather(corpus, bundled_designations())
        corpus = CustomsStopwordFilter(material.learn(options))(material.prepared.corpus)
    BowVectorizer().transform(corpus)
    return (time.process_time() - start,
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main(n: int = N) -> None:
    results = {}
    for variant in VARIANTS:
        runs = [subprocess.run([sys.executable, __file__, variant, str(n)], check=True, text=True,
                               capture_output=True).stdout.split() for _ in range(2)]
        seconds, memory = min((float(s), float(m)) for s, m in runs)
        results[variant] = seconds
        print(f"{variant:15s} {seconds:7.2f} CPU s  {n / seconds:9,.0f} declarations/s  "
              f"peak {memory:,.0f} MB", flush=True)
    for what in ("filter", "all"):
        ratio = results[f"stock {what}"] / results[f"customs {what}"]
        print(f"{what} + bag of words: customs is {ratio:.2f} x as fast as stock")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        print(*measure(sys.argv[1], int(sys.argv[2])))
    else:
        main(*map(int, sys.argv[1:]))
