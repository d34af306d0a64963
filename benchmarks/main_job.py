"""The main job on real goods: photos + declaration text -> ten-digit codes.

Real goods with several photos and their text (first-pass labels, see the README of the data; no
photo model has seen the photos, rules for text were mended after looking at the texts), and real
declarations of 2022 (the shares of a few facts among them are in the priors).  Prints every share
with a 95 % interval, and beside it what needs no model: the commonest answer, the commonest code
of the goods of one upper and height, what the priors say without text and photos.  Goods of one
model, in several colours, are one witness.  Parts whose data is absent are skipped.

    python benchmarks/main_job.py [--shared DIR] [--no-photos] [--model FILE ...]
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
from intervals import grouped_share, share


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def classify(goods, photos=None):
    return rows_of(case_of(goods, photos))


def goods_of(rows, column="declaration_ru"):
    return [Good(r["good_id"], r["good_id"], r[column]) for r in rows]


def found_codes(row):
    return [c for c in (row.get("code") or "").split("; ") if c]


def enough(row):
    """Whether text and photos tell all that decides."""
    return row["facts_sufficient"] == "yes" and row["text_upper"] != "unknown"


def score(rows, results, title):
    """Shares of right headings, codes and safe codes; goods with the right code."""
    results = {r["good_id"]: r for r in results}
    expected = {r["good_id"]: r["expected_codes"].split() for r in rows}
    group = {r["good_id"]: r["model_group"] for r in rows}
    sure = [r["good_id"] for r in rows if enough(r)]
    headings = {r["good_id"]: r["expected_heading"].split() for r in rows}
    safe = {g: results[g]["safe_code"] or "" for g in expected}

    def lenient(good):
        return any(c in expected[good] for c in found_codes(results[good]))

    def strict(good):
        return found_codes(results[good]) == expected[good][:1]

    def line(name, goods, hit):
        print(f"  {name:45} {grouped_share(map(hit, goods), map(group.get, goods))}")

    print(f"\n{title}")
    line("facts sufficient: heading", sure, lambda g: results[g]["heading"] in headings[g])
    line("... code, any of those expected (1 to 4)", sure, lenient)
    line("... code, strict: the likeliest expected", sure, strict)
    line("... code, where one is expected", [g for g in sure if len(expected[g]) == 1], lenient)
    sets = defaultdict(list)
    for good in sure:
        sets[tuple(sorted(expected[good]))].append(lenient(good))
    print(f"  {f'... mean over {len(sets)} sets of expected codes':45} "
          f"{np.mean([np.mean(v) for v in sets.values()]):.3f}")
    if any(safe.values()):
        line("all: safe digits fit an expected code", expected,
             lambda g: any(c.startswith(safe[g]) for c in expected[g]))
        line("all: safe digits fit every expected code", expected,
             lambda g: all(c.startswith(safe[g]) for c in expected[g]))
        perfect = np.mean([_common(codes) for codes in expected.values()])
        print(f"  {'mean number of safe digits':45} {np.mean(list(map(len, safe.values()))):.2f} "
              f"(what the expected codes share: {perfect:.2f})")
    line("all: code among those expected", expected, lenient)
    quiet = [r["good_id"] for r in rows if r["declaration_visual_facts"] == "no"]
    line("texts that say nothing visual: code", quiet, lenient)
    if "_p" in next(iter(results.values())):
        p = [sum(results[g]["_p"].get(c, 0) for c in expected[g]) for g in quiet]
        print(f"  {'... mean P(expected codes)':45} {np.mean(p):.3f}")
    return {g: lenient(g) for g in expected}


def commonest(rows, by=()):
    """One answer for all goods that are alike in columns, which fits most of these very goods."""
    def key(row):
        return tuple(row[column] for column in by)

    def most(column, alike):
        # of the likeliest codes the commonest; the order of the codes is the annotator's
        counts = Counter(value for row in alike for value in row[column].split())
        first = Counter(row[column].split()[0] for row in alike)
        return max(counts, key=lambda value: (counts[value], first[value]))

    parts = defaultdict(list)
    for row in rows:
        parts[key(row)].append(row)
    return [{"good_id": row["good_id"], "code": most("expected_codes", parts[key(row)]),
             "heading": most("expected_heading", parts[key(row)]), "safe_code": ""}
            for row in rows]


def _common(codes):
    length = next((i for i in range(10) if len({c[:i + 1] for c in codes}) > 1), 10)
    return max(level for level in (0, 2, 4, 6, 8, 10) if level <= length)


def paired(shared, with_photos, models):
    folder = shared / "footwear"
    rows = read(folder / "paired_goods.csv")
    goods = goods_of(rows)
    print(f"{len(rows)} goods of {len({r['model_group'] for r in rows})} models; facts sufficient "
          f"for {sum(map(enough, rows))} of {len({r['model_group'] for r in rows if enough(r)})}; "
          f"one code is expected of {sum(len(r['expected_codes'].split()) == 1 for r in rows)}")
    score(rows, commonest(rows), "always the commonest answer (chosen on these goods)")
    score(rows, commonest(rows, ("text_upper", "photo_height")),
          "the commonest code of an upper and a height, as the annotator has them (chosen on "
          "these goods)")
    silent = [Good(g.key, g.good_id, "ОБУВЬ") for g in goods]
    score(rows, classify(silent), "the priors alone (the text «ОБУВЬ»)")
    score(rows, results := classify(goods), "text only")
    if with_photos:
        from orangecontrib.customs.photos.model import PhotoModel
        from orangecontrib.customs.photos.sources import find_photos
        photos, _ = find_photos(folder / "multiview_goods.zip")
        silent = [Good(g.key, g.good_id) for g in goods]
        for model in [PhotoModel.default(), *map(PhotoModel.load, models)]:
            seen = read_photos(photos, model)
            named = f"model {model.digest[:12]}: {model.licence.split(':')[0]}"
            score(rows, classify(silent, seen), f"photos only ({named})")
            right = score(rows, found := classify(goods, seen), f"text + photos ({named})")
            if model == PhotoModel.default():
                missed, results = [g for g, hit in right.items() if not hit], found
    else:
        missed = []
    by_id, results = {r["good_id"]: r for r in rows}, {r["good_id"]: r for r in results}
    print("\ncodes that missed with text and photos:")
    for good in missed:
        row = results[good]
        said = f"{row['code']} ({row['p']:.2f})" if row["code"] else "no code"
        print(f"  {good}: {said} instead of "
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
    rows = list(filter(enough, rows))
    goods = goods_of(rows)
    case = case_of(goods)
    verdicts = case.decide()
    engine = case.engine_of(next(verdict for verdict in verdicts if verdict.codes))
    table = engine.table
    believed = engine.believe(case.witnesses[0].on(engine.priors).tempered(engine.priors))
    outcome, models = defaultdict(list), defaultdict(list)
    wrong = []
    group = {r["good_id"]: r["model_group"] for r in rows}
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
            models[fact, kind].append(group[good.key])
            if not ok:
                wrong.append((fact, value, verdict.code, "|".join(expected), text))
    print(f"\ncounterfactuals (one fact changed in the words, text only; the {len(goods_asked)} "
          f"of {len(goods)} goods whose own code is right):")
    for key, hits in sorted(outcome.items()):
        print(f"  {key[0]:8s} {key[1]}  {grouped_share(hits, models[key])}")
    for kind in ("moves", "stays"):
        hits, of = ([value for key, values in found.items() if key[1] == kind for value in values]
                    for found in (outcome, models))
        print(f"  all      {kind}  {grouped_share(hits, of)}")
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
    usual = Counter(r["hs4"] for r in footwear).most_common(1)[0][0]
    print(f"\nreal declarations 6401-6405 (n = {len(footwear)}), text alone; shares of some facts "
          "among these very texts are in the priors:")
    print(f"  always {usual}                ", share([r["hs4"] == usual for r in footwear]))
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
    parser.add_argument("--model", type=Path, nargs="+", default=[], metavar="FILE",
                        help="photo models beside the bundled one")
    args = parser.parse_args()
    if not args.shared.is_dir():
        print(f"skipped: no data at {args.shared}")
        return
    rows = paired(args.shared, not args.no_photos, args.model)
    counterfactuals(rows)
    real_declarations(args.shared)


if __name__ == "__main__":
    main()
