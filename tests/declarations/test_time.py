"""The time to read a description grows with its length, and not faster."""
import csv
import json
import os
import random
import signal
import subprocess
import sys
from math import log2
from pathlib import Path
from time import process_time

import pytest

from orangecontrib.customs.declarations import FactReader, fold
from orangecontrib.customs.declarations.folding import fold_text
from orangecontrib.customs.declarations.gate import Gate
from orangecontrib.customs.declarations.patterns import Tables
from orangecontrib.customs.groups import find_group, footwear
from orangecontrib.customs.textmining.keywords import PhraseFinder

#: A window of some hundred characters is a square below it and shows only in short texts.
LENGTHS, MANY = (150, 1000), 8
#: Twice the text, 2.6 times the time; a thousandth of a second is noise.
GROWTH, NOISE = 2.6, .001
#: Least of so many; what is slow by its form is slow each time.
TRIES = 10
#: And so many times more, later, when the rest is done: other programs come and go.
AGAIN = 3
#: Seconds of processor time for the child; it needs about a minute, unless a pattern hangs.
LIMIT = 280

FRAGMENTS = (
    # articles, barcodes, standards, addresses, trade names
    "4607012345678 ", "7", "EN.ISO.345.S1.", "EN ISO 345 S1 SRC ", "www.obuv-shop.example/",
    "MD-31-BLACK.", "QWERTY", "Q", "Ж", "ЖQ", "жен.дет.", "муж. жен. ", "а.б.",
    # marks
    ".", ". ", "...", "-", " - ", ":", "=", "(", "()", "((", "))", "\"", "«", "/", "+", "%", "!",
    "\u00ad", "  ", "\t", "е\u0308", "1,5", "36-", "24,", "50% ",
    # words that lead patterns on
    "обувь, ", "ботинки ", "ботинки для ", "образцы обуви ", "сапоги литые ", "кожаный ",
    "50% кожа ", "кожа/", "ПУ ", "площадь 50% кожа ", "верх ", "верх, подошва ",
    "верх: кожа, подошва: ",
    "туфли на каблуке, кожаные ", "металл", "защит", "искусственной", "подносок - ",
    "металлический подносок ", "не крепится к подошве ", "верх не крепится ", "текстиль с ",
    "стелька ", "стелька 24 ", "размер 36 ", "размеры 36-41 муж ", "EU 36 ", "каблук 3 ", "без ",
    "без меха и ", "не является спортивной, ", "муж и ", "перфорация ", "закрывающая лодыжку ",
    "домашние ", "крем ", "ремешки прикреплены ", "и ", "для ", "на ",
    # words that tell the kind of goods
    "пара ботинок ", "(обувь) ", "(обувь ", "\"обувь\" ", "верх кожа подошва ", "для обуви ",
    "для детей ", "женских ", "Рибок ", "MAX ", "чиксы ", "носки-тапочки ", "стельки для обуви ",
    "ортопедическая ", "б/у ", "костюм ", "а", "а-", "обувь. ")


BEGINNING = "Туфли, "


def generated(count, seed=64):
    """Fragments of a few words and marks each, always the same."""
    draw = random.Random(seed)
    with open(footwear.FOLDER / "text_patterns.csv", encoding="utf-8", newline="") as file:
        words = [word for row in csv.DictReader(file) for word in row["example"].split()]
    marks = (" ", ", ", ". ", ".", " - ", "/", "", " и ", ": ", "(", "; ")
    for _ in range(count):
        yield "".join(draw.choice((draw.choice(words), draw.choice(FRAGMENTS))) + draw.choice(marks)
                      for _ in range(draw.randint(2, 4)))


def repeated(fragment, length):
    """A description with this fragment over and over, and words that a pattern waits for."""
    return BEGINNING + fragment * (length // len(fragment)) + ", цвет черный, кожа"


def seconds(read, text, times=1):
    start = process_time()
    for _ in range(times):
        read(text)
    return process_time() - start


def growth(read, fragment, length):
    """How much longer twice the length takes, on the way to `MANY` times the length.

    One long text against as many short ones as it is longer: both take about as long, so
    that what slows a busy machine down for moments meets both alike.
    """
    short, long = repeated(fragment, length), repeated(fragment, MANY * length)
    least = float("inf")
    for _ in range(TRIES):
        several = max(seconds(read, short, MANY), NOISE)
        least = min(least, (MANY * seconds(read, long) / several) ** (1 / log2(MANY)))
        if least <= GROWTH:
            break
    return least


def measure():
    """For the child: a line for each fragment, growth of each reader."""
    import resource
    resource.setrlimit(resource.RLIMIT_CPU, (LIMIT, LIMIT))
    gate = Gate(Tables(find_group("footwear")))

    def kind(text):  # without the noun that begins it, nothing settles the kind at once
        folded = fold(text.removeprefix(BEGINNING))
        gate.judge(folded, gate.goods(folded.text))

    facts = FactReader(find_group("footwear")).read
    readers = {"facts": facts, "kind": kind, "folding": fold, "words": fold_text,
               "keywords": PhraseFinder(["кожаный верх", "верх из кожи"], 2).find}
    cases = [(name, fragment) for fragment in (*FRAGMENTS, *generated(30)) for name in readers]
    for again in range(1 + AGAIN):
        doubtful = []
        for name, fragment in cases:
            worst = max(growth(readers[name], fragment, length) for length in LENGTHS)
            if worst > GROWTH:
                doubtful.append((name, fragment))
            if worst <= GROWTH or again == AGAIN:
                print(json.dumps([name, fragment, worst]), flush=True)
        cases = doubtful


@pytest.mark.skipif(os.name != "posix", reason="limits the processor time of a process")
@pytest.mark.timeout(20 * LIMIT)  # beside whatever else the machine does
def test_twice_the_text_takes_about_twice_the_time():
    done = subprocess.run([sys.executable, Path(__file__)], capture_output=True, encoding="utf-8")
    if done.returncode == -signal.SIGXCPU:
        pytest.fail(f"a text hangs; the last that was read: {done.stdout.splitlines()[-1:]}")
    assert done.returncode == 0, done.stderr
    measured = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(measured) == 5 * (len(FRAGMENTS) + 30)
    assert [case for case in measured if case[2] > GROWTH] == []


if __name__ == "__main__":
    measure()
