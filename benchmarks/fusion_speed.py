"""Speed of the fusion engine: goods per second, and one by one = batch bit for bit."""
import time

import numpy as np

from orangecontrib.customs.facts import Evidence
from orangecontrib.customs.fusion import Engine, Witness, decide
from orangecontrib.customs.groups import visual_group


def main(n=200_000, explained=5_000, alone=300):
    engine = Engine(visual_group())
    rng = np.random.default_rng(0)
    evidence = Evidence([str(i) for i in range(n)], {
        fact: rng.normal(size=(n, len(spec.values)))
        for fact, spec in engine.table.vocabulary.items()})
    engine_time = float("inf")
    for _ in range(3):  # the first pass also waits for fresh memory
        start = time.perf_counter()
        belief = engine.believe(evidence)
        engine_time = min(engine_time, time.perf_counter() - start)
    part = evidence.align(evidence.keys[:explained])
    start = time.perf_counter()
    decide(engine, [Witness("текст", part)])
    verdict_time = time.perf_counter() - start
    same = all((engine.believe(evidence.align((key,))).codes[0] == belief.codes[i]).all()
               for i, key in enumerate(evidence.keys[:alone]))
    print(f"engine: {n / engine_time:,.0f} goods/s ({len(engine.table.rules)} disjoint rules; "
          f"{n / engine_time / 1e5:.1f} x the limit of 100 000)")
    print(f"with questions, flips and trace: {explained / verdict_time:,.0f} goods/s")
    print(f"one by one equals the batch bit for bit on {alone} goods: {same}")


if __name__ == "__main__":
    main()
