"""The command ``orange-customs search``: a description → ranked headings and codes."""
from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from orangecontrib.customs.nomenclature import Tariff
    from orangecontrib.customs.nomenclature.search import Hit, Ranking

__all__ = ["add_arguments", "main"]

#: Editions that come with the program.
BUNDLED, HS = "bundled", "hs"
#: Letters of a designation that are shown.
WIDTH = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("text", metavar="DESCRIPTION", help="in Russian or English")
    parser.add_argument("--tariff", default=BUNDLED, metavar=f"{BUNDLED}|{HS}|T.csv",
                        help="the bundled branches (default), the Harmonized System in English, or "
                             "a table with an official tariff: CSV, CSV.GZ or XLSX")
    parser.add_argument("--encoding", default="", metavar="NAME", help="of a CSV")
    parser.add_argument("--top", type=_number, default=10, metavar="N",
                        help="headings (default: 10)")
    parser.add_argument("--codes", type=_number, default=3, metavar="N",
                        help="codes of each heading (default: 3)")
    parser.add_argument("--json", action="store_true",
                        help="as JSON, with the places of the words in each designation")


def _number(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError("must be a whole number above 0")
    return int(text)


def main(args: argparse.Namespace) -> int:
    """Rank, print, return the exit code: 1 where nothing is found."""
    from orangecontrib.customs.nomenclature.search import TariffSearch
    tariff = _tariff(args.tariff, args.encoding)
    ranking = TariffSearch(tariff).rank(args.text, args.top, args.codes)
    if args.json:
        print(json.dumps(_plain(ranking, tariff, args.lang), ensure_ascii=False, indent=1))
    else:
        for line in _lines(ranking, tariff, args.lang):
            print(line)
    return 0 if ranking.headings else 1


def _tariff(name: str, encoding: str) -> Tariff:
    from orangecontrib.customs.cases.files import read_tariff
    from orangecontrib.customs.nomenclature import bundled_tariff, harmonized_system
    if name == BUNDLED:
        return bundled_tariff()
    return harmonized_system() if name == HS else read_tariff(name, encoding)


def _lines(ranking: Ranking, tariff: Tariff, lang: str) -> Iterator[str]:
    from orangecontrib.customs.files import shown
    from orangecontrib.customs.i18n import say
    from orangecontrib.customs.nomenclature import spaced
    if ranking.reason is not None:
        yield f"nothing is ranked: {say(ranking.reason, lang)}"
    for hit in ranking.headings:
        yield shown(f"{hit.score:6.2f}  {hit.code}  {_marked(hit, 0)}")
        for code in hit.codes:
            rate = tariff.lines[code.line].rate.text
            yield shown(f"{code.score:6.2f}    {spaced(code.code)}  {_marked(code, 1)}"
                        + (f"  [{rate}]" if rate else ""))
    unknown = ranking.said("unknown")
    if unknown:
        yield shown("stand nowhere in this edition: " + ", ".join(unknown))
    for word in ranking.words:
        if word.read_as:
            yield shown(f"{ranking.text[word.start:word.end]} is read as {word.read_as}")


def _marked(hit: Hit, first: int) -> str:
    """A designation with its words in asterisks; of a heading its own, of a code those below."""
    places = hit.places[first:] or hit.places
    if not first:
        places = places[:1]
    text = " > ".join("".join(f"*{piece}*" if marked else piece
                              for piece, marked in place.pieces()) for place in places)
    return text if len(text) <= WIDTH else text[:WIDTH - 1] + "…"


def _plain(ranking: Ranking, tariff: Tariff, lang: str) -> dict[str, Any]:
    """What JSON can hold."""
    from orangecontrib.customs.i18n import say

    def plain(hit: Hit) -> dict[str, Any]:
        line = tariff.lines[hit.line]
        return {"code": hit.code, "score": hit.score, "duty": line.rate.text,
                "places": [{"code": tariff.lines[place.line].code, "field": place.field,
                            "text": place.text, "spans": place.spans} for place in hit.places]}
    return {"text": ranking.text, "tariff": tariff.name,
            "reason": None if ranking.reason is None else say(ranking.reason, lang),
            "unknown": ranking.said("unknown"), "excluded": ranking.said("excluded"),
            "read_as": ranking.read_as,
            "headings": [plain(hit) | {"codes": [plain(code) for code in hit.codes]}
                         for hit in ranking.headings]}
