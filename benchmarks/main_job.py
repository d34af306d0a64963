"""The main job on real goods: photos + declaration text -> ten-digit codes.

Test data only (first-pass labels, see the README of the data): real goods with
several photos and their text, real declarations of 2022.  Prints every share with
n and a 95 % Wilson interval.  Parts whose data is absent are skipped.

    python benchmarks/main_job.py [--shared DIR] [--no-photos]
"""
from __future__ import annotations

import argparse
import csv
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

from orangecontrib.customs.cases import Good, case_of, rows_of
from orangecontrib.customs.cases.sources import read_photos

sys.path.insert(0, str(Path(__file__).parent))
from intervals import share  # noqa: E402


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def classify(goods, photos=None):
    return rows_of(case_of(goods, photos))


def goods_of(rows, column="declaration_ru"):
    return [Good(r["good_id"], r["good_id"], r[column]) for r in rows]


def found_codes(row):
    return [c for c in (row.get("code") or "").split("; ") if c]


def score(rows, results, title):
    """Shares of right headings, codes and safe codes."""
    expected = {r["good_id"]: r["expected_codes"].split() for r in rows}
    headings = {r["good_id"]: r["expected_heading"].split() for r in rows}
    results = {r["good_id"]: r for r in results if r["good_id"] in expected}
    sure = [r["good_id"] for r in rows
            if r["facts_sufficient"] == "yes" and r["text_upper"] != "unknown"]

    def code_right(good):
        return any(c in expected[good] for c in found_codes(results[good]))
    print(f"\n{title}")
    print("  facts sufficient: heading ", share([
        results[g]["heading"] in headings[g] for g in sure]))
    print("  facts sufficient: code    ", share([code_right(g) for g in sure]))
    sets = defaultdict(list)
    for good in sure:
        sets[tuple(sorted(expected[good]))].append(code_right(good))
    print(f"  mean over {len(sets)} sets of expected codes: "
          f"{np.mean([np.mean(v) for v in sets.values()]):.3f}")
    safe = {g: results[g]["safe_code"] or "" for g in expected}
    print("  all: safe code is a prefix", share([
        any(c.startswith(safe[g]) for c in expected[g]) for g in expected]))
    perfect = np.mean([_common(codes) for codes in expected.values()])
    print(f"  mean safe length {np.mean([len(s) for s in safe.values()]):.2f} "
          f"(perfect {perfect:.2f})")
    print("  all: code among expected  ", share([code_right(g) for g in expected]))
    return {g: code_right(g) for g in expected}


def commonest(rows):
    """One and the same answer for every good, the one that fits most of these very goods."""
    def most(column):
        counts = Counter(value for row in rows for value in row[column].split())
        return counts.most_common(1)[0][0]
    answer = {"code": most("expected_codes"), "heading": most("expected_heading"),
              "safe_code": ""}
    return [{"good_id": row["good_id"], **answer} for row in rows]


def _common(codes):
    length = next((i for i in range(10) if len({c[:i + 1] for c in codes}) > 1), 10)
    return max(level for level in (0, 2, 4, 6, 8, 10) if level <= length)


def paired(shared, with_photos):
    folder = shared / "footwear"
    rows = read(folder / "paired_goods.csv")
    goods = goods_of(rows)
    runs = {"text only": classify(goods)}
    if with_photos:
        from orangecontrib.customs.photos.model import PhotoModel
        from orangecontrib.customs.photos.sources import find_photos
        photos, _ = find_photos(folder / "multiview_goods.zip")
        seen = read_photos(photos, PhotoModel.default())
        silent = [Good(g.key, g.good_id) for g in goods]
        runs["photos only"] = classify(silent, seen)
        runs["text + photos"] = classify(goods, seen)
    score(rows, commonest(rows), "always the commonest answer (chosen on these goods)")
    right = {title: score(rows, results, title) for title, results in runs.items()}
    quiet = [r["good_id"] for r in rows if r["declaration_visual_facts"] == "no"]
    print("\nrows whose text says nothing visual:")
    for title, hits in right.items():
        print(f"  {title:14s} code {share([hits[g] for g in quiet])}")
    p = {title: {r["good_id"]: sum(
        r["_p"].get(c, 0) for c in expected) for r, expected in (
            (x, {y["good_id"]: y["expected_codes"].split() for y in rows}[x["good_id"]])
            for x in results)} for title, results in runs.items() if "_p" in results[0]}
    for title, values in p.items():
        print(f"  {title:14s} mean P(expected codes) "
              f"{np.mean([values[g] for g in quiet]):.3f}")
    missed = [g for g, hit in list(right.values())[-1].items() if not hit]
    by_id = {r["good_id"]: r for r in rows}
    results = {r["good_id"]: r for r in list(runs.values())[-1]}
    print("\ncodes that missed:")
    for good in missed:
        print(f"  {good}: {results[good]['code']} ({results[good]['p']:.2f}) instead of "
              f"{by_id[good]['expected_codes']}")
    return rows


# one fact changed: (fact, value, pattern of the words that state it, words for the value)
TOE_CAP = r",? (?:С |БЕЗ )?(?:\w+ )*ПОДНОС\w*[^,.:]*|,? ?ЗАЩИТНЫЙ ПОДНОСОК[^,.:]*"
CHANGES = [
    ("sex", "men", r"ЖЕНСК\w*|МУЖСК\w*", "МУЖСКАЯ"),
    ("sex", "women", r"ЖЕНСК\w*|МУЖСК\w*", "ЖЕНСКАЯ"),
    ("insole", "lt24", r",? ?РАЗМ\w*\.?[^:]*?(?:,(?= [А-ЯЁ\"]{3})|[.:]?$)"
     r"|,? ?(?:С )?(?:ДЛИН\w* )?СТЕЛЬК\w*[^,]*",
     ", ДЛИНА СТЕЛЬКИ МЕНЕЕ 24 СМ,"),
    ("toe_cap", "metal", TOE_CAP,
     ", С ЗАЩИТНЫМ МЕТАЛЛИЧЕСКИМ ПОДНОСКОМ"),
    ("toe_cap", "no_metal", TOE_CAP,
     ", БЕЗ ЗАЩИТНОГО МЕТАЛЛИЧЕСКОГО ПОДНОСКА"),
    ("sole", "leather", r",? ?(?:НА )?ПОДОШВ\w*[^,.:]*", ", НА ПОДОШВЕ ИЗ НАТУРАЛЬНОЙ КОЖИ"),
    ("upper", "textile", r",? ?(?:С )?ВЕРХ\w*[^,:]*", ", С ВЕРХОМ ИЗ ТЕКСТИЛЬНЫХ МАТЕРИАЛОВ"),
    ("upper", "plastic", r",? ?(?:С )?ВЕРХ\w*[^,:]*", ", С ВЕРХОМ ИЗ ИСКУССТВЕННОЙ КОЖИ"),
    ("upper", "leather", r",? ?(?:С )?ВЕРХ\w*[^,:]*", ", С ВЕРХОМ ИЗ НАТУРАЛЬНОЙ КОЖИ"),
    ("height", "below_ankle", r",? (?:НЕ )?ЗАКРЫВАЮЩ\w*[^,.:]*(?:, НО НЕ[^,.:]*)?",
     ", НЕ ЗАКРЫВАЮЩАЯ ЛОДЫЖКУ"),
    ("height", "calf", r",? (?:НЕ )?ЗАКРЫВАЮЩ\w*[^,.:]*(?:, НО НЕ[^,.:]*)?",
     ", ЗАКРЫВАЮЩАЯ ЛОДЫЖКУ И ЧАСТЬ ИКРЫ"),
    ("house", "yes", r"$^", ", ДОМАШНЯЯ"),
]


def _assignment(engine, facts, codes):
    """The likeliest values of all facts that lead to `codes`."""
    table, vocabulary = engine.table, engine.table.vocabulary
    best = (-1., {})
    for rule in table.rules:
        if table.outcomes[rule.outcome] == codes:
            values, weight = {}, 1.
            for fact, spec in vocabulary.items():
                allowed = rule.allowed.get(fact, spec.value_ids)
                chosen = max(allowed, key=lambda v: facts[fact][spec.index(v)])
                values[fact] = chosen
                weight *= facts[fact][spec.index(chosen)]
            best = max(best, (weight, values), key=lambda b: b[0])
    return best[1]


def counterfactuals(rows):
    """Change one fact in the words; the code must move where the table says."""
    rows = [r for r in rows if r["facts_sufficient"] == "yes" and r["text_upper"] != "unknown"]
    goods = goods_of(rows)
    case = case_of(goods)
    verdicts = case.decide()
    engine = case.engine_of(next(verdict for verdict in verdicts if verdict.codes))
    table = engine.table
    believed = engine.believe(case.witnesses[0].on(engine.priors).tempered(engine.priors))
    outcome = defaultdict(list)
    wrong = []
    right = {r["good_id"]: set(r["expected_codes"].split()) for r in rows}
    goods_asked = [(i, good) for i, good in enumerate(goods)
                   if right[good.key] & set(verdicts[i].codes)]
    for i, good in goods_asked:
        modal = _assignment(engine, {f: p[i] for f, p in believed.facts.items()},
                            verdicts[i].codes)
        for fact, value, pattern, words in CHANGES:
            if re.search(pattern, good.description):
                text = re.sub(pattern, words, good.description, count=1)
                text = re.sub(pattern, "", text[text.find(words) + len(words):]) \
                    and text[:text.find(words) + len(words)] + re.sub(
                        pattern, "", text[text.find(words) + len(words):])
            else:
                text = good.description.rstrip(" .:") + ("" if words[0] == "," else ", ") + words
            if not text:
                continue
            verdict, = case_of([Good("x", "x", text)]).decide()
            expected = table.outcomes[table.find(**{**modal, fact: value}).outcome]
            before = table.outcomes[table.find(**modal).outcome]
            kind = "moves" if expected != before else "stays"
            ok = bool(set(verdict.codes) & set(expected))
            outcome[fact, kind].append(ok)
            if not ok:
                wrong.append((fact, value, verdict.code, "|".join(expected), text))
    print(f"\ncounterfactuals (one fact changed in the words, text only; the {len(goods_asked)} "
          f"of {len(goods)} goods whose own code is right):")
    for (fact, kind), hits in sorted(outcome.items()):
        print(f"  {fact:8s} {kind}  {share(hits)}")
    for kind in ("moves", "stays"):
        print(f"  all      {kind}  "
              f"{share([h for (_, k), v in outcome.items() if k == kind for h in v])}")
    for fact, value, got, want, text in wrong:
        print(f"    {fact}={value}: {got} instead of {want}: {text}")


def real_declarations(shared):
    rows = read(shared / "declarations" / "hacksai2022_declarations_ru_hs4.csv")
    footwear = [r for r in rows if r["hs4"].startswith("64") and r["hs4"] != "6406"]
    other = [r for r in rows if not r["hs4"].startswith("64")]

    def run(part):
        return classify([Good(str(i), str(i), r["description"])
                         for i, r in enumerate(part)])
    results = run(footwear)
    sure = [(r, x) for r, x in zip(footwear, results) if (x["p_heading"] or 0) >= .8]
    print(f"\nreal declarations 6401-6405 (n = {len(footwear)}), text alone:")
    print("  P(heading) >= 0.8          ", share([(x["p_heading"] or 0) >= .8 for x in results]))
    print("  heading right among those  ", share([x["heading"] == r["hs4"] for r, x in sure]))
    print("  heading right, all         ",
          share([x["heading"] == r["hs4"] for r, x in zip(footwear, results)]))
    for r, x in sure:
        if x["heading"] != r["hs4"]:
            print(f"    {r['hs4']} -> {x['heading']} ({x['p_heading']:.2f}): "
                  f"{r['description'][:150]}")
    results = run(other)
    alarms = [(r, x) for r, x in zip(other, results)
              if found_codes(x) and found_codes(x)[0] < "6406" and x["p"] >= .5]
    print(f"  false alarms outside group 64 (P >= 0.5): "
          f"{share([False] * (len(other) - len(alarms)) + [True] * len(alarms))}")
    for r, x in alarms[:20]:
        print(f"    {r['hs4']} {x['code']} {x['p']:.2f}: {r['description'][:120]}")
    shoes = [(r, x) for r, x in zip(other, results) if re.search("ОБУВ", r["description"], re.I)]
    print("  outside group 64 but mentioning shoes, left without a code of 6401-6405:",
          share([not found_codes(x) or found_codes(x)[0] >= "6406" for _, x in shoes]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--shared", type=Path,
                        default=Path(__file__).resolve().parents[2] / "shared" / "data")
    parser.add_argument("--no-photos", action="store_true")
    args = parser.parse_args()
    if not args.shared.is_dir():
        print(f"skipped: no data at {args.shared}")
        return
    rows = paired(args.shared, not args.no_photos)
    counterfactuals(rows)
    real_declarations(args.shared)


if __name__ == "__main__":
    main()
