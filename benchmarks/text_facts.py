"""Facts from declaration text: how much is read, and how much of it is right.

Run ``python benchmarks/text_facts.py [--shared DIR]``.  Three parts, each
skipped where its data is absent:

1. paired goods: text facts against the hand-made ``text_*`` columns (test data);
2. real footwear declarations: uppers and soles read, upper against heading;
3. real declarations of other goods: false alarms.
"""
from __future__ import annotations

import argparse
import csv
import re
import time
from collections import Counter, defaultdict
from pathlib import Path

from intervals import wilson  # beside this file

from orangecontrib.customs.declarations import FactReader
from orangecontrib.customs.groups import find_group, footwear

HEADING_UPPERS = {"6401": {"rubber", "plastic"}, "6402": {"rubber", "plastic"},
                  "6403": {"leather"}, "6404": {"textile"}}
#: What a text can only imply; a size is judged as a statement on the insole: from this ratio on.
SIZE_RATIO = 10
#: … and what counts as read of any other fact.
RATIO = 5


#: Words without which a declaration does not speak of a fact at all.
TOPIC = {fact: re.compile(words) for fact, words in {
    "upper": "верх|кож|текст", "sole": "подошв", "toe_cap": "поднос|металл",
    "waterproof": "водонепрон|непромок", "sport": r"спорт|\bбег|трениров|тенн|running",
    "house": "домашн|комнатн", "insole": "стельк|размер|разм", "sex": "муж|жен",
    "height": "лодыж|дюйм|голенищ|низк", "vamp": "союзк|ремешк|перфор",
    "heel": "каблук"}.items()}


def read_csv(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def expected_facts(row: dict[str, str]) -> dict[str, set[str] | None]:
    """Fact → values the source text states; None: silent; absent: not judged."""
    upper = row["text_upper"]
    material = {"leather": "leather", "suede": "leather", "nubuck": "leather",
                "plastic": "plastic", "textile": "textile"}
    expected: dict[str, set[str] | None] = {}
    expected["upper"] = None if upper == "unknown" else {
        material[word] for word in upper.split("+")}
    sole = row["text_sole"]
    if sole.startswith("unknown"):
        expected["sole"] = None
    elif "plastic" in sole:
        expected["sole"] = {"rubber", "plastic"}
    else:
        expected["sole"] = {"rubber"}
    cap = row["text_toe_cap"]
    if cap.startswith(("none", "composite")):
        expected["toe_cap"] = {"no_metal"}
    elif "site:" not in cap:
        expected["toe_cap"] = None
    water = row["text_waterproof"]
    expected["waterproof"] = {"yes"} if water.startswith("waterproof") else None
    expected["sport"] = {"training"} if "unning" in row["text_sport"] else None
    expected["house"] = None if row["text_house"] == "not stated" else {"yes"}
    insole = row["text_insole_cm"]
    if insole == "not stated":
        expected["insole"] = None
    else:
        numbers = [float(n) for n in re.findall(r"\d+\.\d+", insole)]
        expected["insole"] = {"ge24"} if not numbers or min(numbers) >= 24 else {
            "lt24", "ge24"}
    sex = row["text_sex"]
    expected["sex"] = None if sex == "not stated" else {sex.split()[0]}
    if row["declaration_visual_facts"] == "yes":
        height = row["photo_height"]
        expected["height"] = {"below the ankle": {"below_ankle"},
                              "covers the ankle, not the calf": {"ankle"},
                              "covers the ankle and the lower part of the calf": {"calf"},
                              "covers the ankle and the calf": {"calf"}}.get(height, set())
        vamp = row["photo_vamp"]
        if vamp.startswith(("straps", "one broad band")):
            expected["vamp"] = {"open"}
        elif "holes" not in vamp:
            expected["vamp"] = {"closed"}
        expected["heel"] = {"more than 3 cm": {"high"}, "low": {"low"},
                            "up to 3 cm": {"low"}}.get(row["photo_heel"], set())
        expected = {fact: values for fact, values in expected.items() if values != set()}
    else:
        text_height = row["text_height"]
        if text_height.startswith(("10 inch", "Low", "Mid")):
            expected["height"] = {"1": {"calf"}, "L": {"below_ankle"},
                                  "M": {"ankle"}}[text_height[0]]
    return expected


def said(reading, fact: str) -> set[str]:
    """The values that a reading states; of insole also what sizes say."""
    values = set(reading.stated().get(fact, ()))
    if not values and fact in ("insole", "height"):
        strong = [f for f in reading.findings
                  if f.fact == fact and f.ratio >= (SIZE_RATIO if fact == "insole" else RATIO)]
        values = set.intersection(*(set(f.values) for f in strong)) if strong else set()
    return values


def paired(reader: FactReader, path: Path, show: bool):
    rows = read_csv(path)
    counts: dict[str, Counter] = defaultdict(Counter)
    for row in rows:
        reading = reader.read(row["declaration_ru"])
        for fact, expected in expected_facts(row).items():
            values = said(reading, fact)
            if fact in ("sport", "house") and expected is None:
                values -= {"none", "no"}  # «не спортивная» adds nothing to silence
            if expected is None:
                verdict = "silent" if not values else "invented"
            elif not values:
                # The declarations leave out some of what their source says.
                spoken = TOPIC[fact].search(row["declaration_ru"].lower()) is not None
                verdict = "missed" if spoken else "unsaid"
            elif values == expected or values <= expected and fact == "sole":
                verdict = "right"
            elif expected < values:
                verdict = "vague"
            else:
                verdict = "wrong"
            counts[fact][verdict] += 1
            if show and verdict in ("invented", "missed", "wrong", "vague"):
                print(f"  {verdict} {fact}: expected {expected}, read {values or '-'}: "
                      f"{row['good_id']}")
    print(f"\n1. Paired goods: {len(rows)} declarations (unsaid: in the source's text, but not a "
          "word of it in the declaration)")
    print(f"{'fact':12}{'stated':>8}{'right':>7}{'vague':>7}{'missed':>8}{'wrong':>7}"
          f"{'invented':>10}{'unsaid':>8}{'right %':>9}{'wrong %':>9}   95 % interval of right")
    total = Counter()
    for fact, found in [*counts.items(), ("all", total)]:
        if fact != "all":
            total.update(found)
        stated = sum(found[v] for v in ("right", "vague", "missed", "wrong"))
        wrong = found["wrong"] + found["invented"]
        n = sum(found.values())
        low, high = wilson(found["right"], stated) if stated else (float("nan"),) * 2
        print(f"{fact:12}{stated:8}{found['right']:7}{found['vague']:7}{found['missed']:8}"
              f"{found['wrong']:7}{found['invented']:10}{found['unsaid']:8}"
              f"{100 * found['right'] / stated if stated else float('nan'):9.1f}"
              f"{100 * wrong / n:9.1f}   {100 * low:.1f}–{100 * high:.1f}")


def real_footwear(reader: FactReader, rows: list[dict[str, str]]):
    print("\n2. Real footwear declarations")
    print(f"{'heading':9}{'n':>5}{'upper read':>12}{'agrees':>8}{'sole read':>11}")
    total = Counter()
    for heading in sorted({r["hs4"] for r in rows}):
        found = Counter()
        for row in rows:
            if row["hs4"] == heading:
                stated = reader.read(row["description"]).stated()
                found["n"] += 1
                found["sole"] += "sole" in stated
                if "upper" in stated:
                    found["upper"] += 1
                    found["agrees"] += set(stated["upper"]) <= HEADING_UPPERS[heading]
        total.update(found)
        print(f"{heading:9}{found['n']:5}{found['upper']:12}{found['agrees']:8}{found['sole']:11}")
    print(f"{'all':9}{total['n']:5}{total['upper']:12}{total['agrees']:8}{total['sole']:11}   "
          f"read {100 * total['upper'] / total['n']:.1f} %, of these agree "
          f"{100 * total['agrees'] / total['upper']:.1f} %")


def gate(reader: FactReader, rows: list[dict[str, str]]):
    priors = footwear.group().priors
    started = time.process_time()
    readings = [reader.read(r["description"]) for r in rows]
    seconds = time.process_time() - started
    evidence = reader.evidence([str(i) for i in range(len(rows))], readings)
    said, p = evidence.says("is_footwear"), evidence.posterior(priors)["is_footwear"]
    shoe, part, neither = (said & (p[:, k] >= .5) for k in range(3))
    kinds = ["footwear" if "6401" <= r["hs4"] <= "6405" else
             "parts" if r["hs4"] == "6406" else "other" for r in rows]
    print("\n3. Is it footwear?  (P ≥ 0.5 with the default priors, where the text says it)")
    for kind in ("footwear", "parts", "other"):
        mine = [i for i, k in enumerate(kinds) if k == kind]
        print(f"{kind:10} n={len(mine):5}  as footwear {sum(shoe[i] for i in mine):5}  "
              f"as parts {sum(part[i] for i in mine):3}  "
              f"as something else {sum(neither[i] for i in mine):4}  "
              f"kind not established {sum(not said[i] for i in mine):5}")
        for i in mine:
            if kind == "other" and shoe[i]:
                print("   false alarm:", rows[i]["hs4"], rows[i]["description"][:120])
    print(f"Speed: {len(rows) / seconds:,.0f} descriptions per second of CPU, one thread "
          f"(all {len(rows)} declarations)")
    mine = [r for r, k in zip(rows, kinds) if k == "footwear"]
    started = time.process_time()
    for row in mine:
        reader.read(row["description"])
    seconds = time.process_time() - started
    print(f"       {len(mine) / seconds:,.0f} descriptions per second of CPU, footwear alone")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = Path(__file__).resolve().parents[1].parent / "shared" / "data"
    parser.add_argument("--shared", type=Path, default=default, help="folder with the data sets")
    parser.add_argument("--show", action="store_true", help="list what is not right")
    arguments = parser.parse_args()
    reader = FactReader(find_group("footwear"))
    path = arguments.shared / "footwear" / "paired_goods.csv"
    if path.exists():
        paired(reader, path, arguments.show)
    else:
        print(f"1. skipped: no {path}")
    path = arguments.shared / "declarations" / "hacksai2022_declarations_ru_hs4.csv"
    if path.exists():
        rows = read_csv(path)
        real_footwear(reader, [r for r in rows if r["hs4"] in HEADING_UPPERS])
        gate(reader, rows)
    else:
        print(f"2, 3. skipped: no {path}")


if __name__ == "__main__":
    main()
