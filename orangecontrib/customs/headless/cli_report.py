"""The command ``orange-customs report``: conclusions as HTML or PDF, codes as a workbook."""
from __future__ import annotations

import argparse
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

__all__ = ["WORKBOOK", "add_arguments", "check", "ending", "write", "write_codes"]

WORKBOOK = ".xlsx"
PAGES, PAPER = (".html", ".htm"), ".pdf"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command that classify has not."""
    parser.add_argument("--goods", nargs="+", default=[], metavar="ID",
                        help="ids or keys of the goods that get a page (default: all); of an id "
                             "that several goods have, all of them")


def ending(path: Path) -> str:
    """What kind of file a path names."""
    return path.suffix.lower()


def check(path: Path) -> None:
    """InputError where the ending of a file says nothing that can be written."""
    from orangecontrib.customs.cases.files import InputError
    if ending(path) not in (*PAGES, PAPER, WORKBOOK):
        raise InputError(f"--out {path}: name a file that ends in .html, .pdf or .xlsx")


def write(args, place, case, answers: Mapping[str, Mapping[str, str]], photos: Sequence,
          progress: Callable[[int, int], None]) -> tuple[str, int]:
    """Write the conclusions, or the codes, of the chosen goods; what was done, and the exit code.

    Parameters
    ----------
    args : Namespace
    place : Output
    case : Case
    answers : dict of str to dict
    photos : sequence of Photo
    progress : callable
        Called with (done, total).
    """
    from orangecontrib.customs.cases.conclusion import exhibits_of
    verdicts = [case.decide_one(row, args.error, answers) for row in _chosen(case, args.goods)] \
        if args.goods else case.decide(error=args.error, answers=answers, progress=progress)
    coded = sum(bool(verdict.codes) for verdict in verdicts)
    code = 0 if coded or any(verdict.steps for verdict in verdicts) else 1
    if ending(args.out) == WORKBOOK:
        write_codes(place, case, verdicts)
        return f"{len(verdicts)} goods, {coded} with a code", code
    of_good: dict[str, list] = {}
    for photo in photos:
        if photo.good_id:
            of_good.setdefault(photo.good_id, []).append(photo)
    exhibits = exhibits_of(case, verdicts, answers, of_good)
    if ending(args.out) == PAPER:
        place.write(_paper(args.out, exhibits))
    else:
        from orangecontrib.customs.cases.conclusion import document
        for part in document(exhibits):
            place.write(part)
    return f"{len(verdicts)} conclusions, {coded} with a code", code


def write_codes(place, case, verdicts: Sequence) -> list[dict]:
    """Write the table of codes as a workbook; returns its rows."""
    from orangecontrib.customs.cases.files import InputError
    from orangecontrib.customs.cases.workbook import workbook_rows, write_workbook
    rows, file = workbook_rows(case, verdicts), io.BytesIO()
    try:
        write_workbook(file, rows)
    except ValueError as error:
        raise InputError(str(error)) from error
    place.write(file.getvalue())
    return rows


def _chosen(case, wanted: Sequence[str]) -> list[int]:
    """Rows of the goods that are called so; InputError names those that are not there."""
    from orangecontrib.customs.cases.files import InputError
    names = [{good.key, good.good_id, good.whole} for good in case.goods]
    unknown = [name for name in wanted if not name or not any(name in some for some in names)]
    if unknown:
        ids = [good.key for good in case.goods]
        more = " …" if len(ids) > 5 else ""
        raise InputError(f"--goods: there is no good {', '.join(map(repr, unknown))}; there are "
                         f"{', '.join(ids[:5])}{more}")
    return [row for row, some in enumerate(names) if some & set(wanted)]


def _paper(path: Path, exhibits: Sequence) -> bytes:
    from orangecontrib.customs.cases.conclusion import conclusion_of, page, title_of_all
    from orangecontrib.customs.files import OutputError
    from orangecontrib.customs.headless.pdf import FontError, pdf_of

    def pages() -> Iterator[tuple[str, str]]:
        for exhibit in exhibits:
            conclusion = conclusion_of(exhibit)
            yield conclusion.good, page(conclusion)
    try:
        return pdf_of(pages(), title_of_all())
    except FontError as error:
        raise OutputError(path, str(error)) from error
