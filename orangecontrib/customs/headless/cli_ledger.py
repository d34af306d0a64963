"""The commands ``orange-customs ledger``: decisions of persons in, errors and priors out."""
from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orangecontrib.customs.evaluation.errors import CodeErrors
    from orangecontrib.customs.ledger.summary import Pair, Summary

__all__ = ["add_arguments", "main"]

#: Codes, months and pairs that are printed.
MOST = 20
#: What feeds the ledger.
SOURCE = "command line"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the commands."""
    jobs = parser.add_subparsers(dest="job_name", required=True, metavar="JOB")
    add = _job(jobs, "add", _add, "what a person decided of one good")
    add.add_argument("--good", required=True, metavar="KEY", help="as in the column key")
    add.add_argument("--found", required=True, metavar="CODE",
                     help="the code that the person stands by: 4, 6, 8 or 10 digits")
    add.add_argument("--said", default="", metavar="CODE", help="the program's code, if any")
    add.add_argument("--p", type=float, metavar="P", help="its probability, as stated")
    add.add_argument("--description", default="", metavar="TEXT", help="only its digest is kept")
    _who(add)

    into = _job(jobs, "import", _import, "a table of decisions: a row for each")
    into.add_argument("--table", type=Path, required=True, metavar="FILE",
                      help="columns key, found and, as far as there are, who, at, said, p, "
                           "description; or an export of another ledger")
    into.add_argument("--sheet", default="", metavar="NAME|NUMBER", help="of a workbook")
    into.add_argument("--encoding", default="", metavar="NAME", help="of a CSV")
    into.add_argument("--column", action="append", default=[], dest="columns", type=_column,
                      metavar='ROLE="NAME"', help="which column is which; may be given several "
                                                  "times")
    into.add_argument("--bad-rows", type=Path, metavar="BAD.csv",
                      help="rows that are put aside, with line and reason")
    _who(into)

    back = _job(jobs, "withdraw", _withdraw, "take an entry back, by another one")
    back.add_argument("--entry", required=True, metavar="ID", help="or its beginning")
    _who(back)

    show = _job(jobs, "show", _show, "errors over time and by code, drift, agreement")
    show.add_argument("--digits", type=int, choices=(4, 6, 8, 10), default=10,
                      help="at which codes are compared (default: 10)")
    show.add_argument("--code", default="", metavar="CODE",
                      help="months of the goods for which the program said this code")

    out = _job(jobs, "export", _export, "all entries as a CSV")
    out.add_argument("--out", type=Path, required=True, metavar="OUT.csv")

    priors = _job(jobs, "priors", _priors, "how common values of facts are, for --priors")
    priors.add_argument("--group", action="append", default=[], dest="groups",
                        metavar="ID|FOLDER", help="default: all that are installed")
    priors.add_argument("--out", type=Path, required=True, metavar="P.csv")


def _job(jobs, name: str, job, meaning: str) -> argparse.ArgumentParser:
    from .cli_run import add_language
    parser = jobs.add_parser(name, help=meaning, description=meaning)
    parser.add_argument("--ledger", type=Path, required=True, metavar="FILE")
    add_language(parser)
    parser.set_defaults(ledger_job=job)
    return parser


def _who(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--who", default="", metavar="NAME", help="who decided")
    parser.add_argument("--when", default="", metavar="TIME",
                        help="2026-07-01 or 2026-07-01T12:30+03:00; without an offset it is UTC "
                             "(default: now; of an import: as its rows say)")


def _column(text: str) -> tuple[str, str]:
    role, equals, name = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError('must be ROLE="NAME", as found="Code of the inspector"')
    return role.strip(), name.strip()


def main(args: argparse.Namespace) -> int:
    """Do the job, return the exit code."""
    from orangecontrib.customs.cases.files import InputError
    from orangecontrib.customs.i18n import speaking
    from orangecontrib.customs.ledger import LedgerError
    try:
        with speaking(args.lang):
            return args.ledger_job(args)
    except LedgerError as error:
        raise InputError(str(error)) from error


def _add(args) -> int:
    from orangecontrib.customs import __version__
    from orangecontrib.customs.cases.files import InputError
    from orangecontrib.customs.ledger import Entry, Ledger, digest_of, utc
    from orangecontrib.customs.nomenclature import parse_code
    codes = {}
    for name in ("found", "said"):
        code = parse_code(getattr(args, name))
        if code.problem:
            raise InputError(f"--{name}: {'; '.join(code.said('en'))}")
        codes[name] = code.digits
    try:
        entry = Entry(args.good, args.who or _needed("--who"), utc(args.when or None),
                      codes["said"], codes["found"], args.p,
                      text_digest=digest_of(args.description), source=SOURCE, version=__version__)
        new = Ledger(args.ledger).append([entry])
    except ValueError as error:
        raise InputError(str(error)) from error
    print(f"{entry.id} {entry.outcome}{'' if new else ' (was there already)'} -> {args.ledger}")
    return 0


def _needed(option: str) -> str:
    from orangecontrib.customs.cases.files import InputError
    raise InputError(f"{option} must be given")


def _import(args) -> int:
    from orangecontrib.customs.cases.files import InputError, write_rows
    from orangecontrib.customs.files import Output, shown
    from orangecontrib.customs.ledger import Ledger, utc
    from orangecontrib.customs.ledger.files import import_table
    try:
        when = utc(args.when) if args.when else ""
    except ValueError as error:
        raise InputError(f"--when: {error}") from error
    bad = Output(args.bad_rows, [args.table, args.ledger]) if args.bad_rows else None
    found = import_table(Ledger(args.ledger), args.table, encoding=args.encoding, sheet=args.sheet,
                         columns=dict(args.columns), who=args.who, at=when)
    for role, column in found.columns.items():
        print(shown(f"orange-customs: {args.table.name}: {role} = {column}"), file=sys.stderr)
    for row in found.aside:
        print(shown(f"{args.table}, line {row.line}: {row.reason}; this row is put aside"),
              file=sys.stderr)
    if bad is not None:
        with bad:
            columns = list(dict.fromkeys(name for row in found.aside for name in row.cells))
            write_rows(bad, ("line", "reason", *columns),
                       ({**row.cells, "line": row.line, "reason": row.reason}
                        for row in found.aside))
    print(f"{found.new} entries, {found.known} were there already, {len(found.aside)} rows put "
          f"aside -> {args.ledger}")
    return 0 if found.new or found.known else 1


def _withdraw(args) -> int:
    from orangecontrib.customs.cases.files import InputError
    from orangecontrib.customs.ledger import Ledger, utc
    from orangecontrib.customs.ledger.recording import withdraw
    try:
        entry = withdraw(Ledger(args.ledger), args.entry, args.who or _needed("--who"),
                         utc(args.when or None))
    except ValueError as error:
        raise InputError(str(error)) from error
    print(f"{entry.withdraws} is taken back -> {args.ledger}")
    return 0


def _show(args) -> int:
    from orangecontrib.customs.cases.files import InputError
    from orangecontrib.customs.files import shown
    from orangecontrib.customs.ledger import Ledger
    from orangecontrib.customs.ledger.summary import summarise
    from orangecontrib.customs.nomenclature import parse_code
    summary = summarise(_entries(Ledger(args.ledger)), args.digits)
    code = parse_code(args.code).digits
    if args.code and code not in summary.by_code:
        raise InputError(f"the program never said {args.code} of a good in {args.ledger} at "
                         f"{args.digits} digits")
    for line in _lines(summary, code):
        print(shown(line.replace("\N{NO-BREAK SPACE}", " ")))
    return 0 if summary.goods and summary.drift.now is None else 1


def _entries(ledger):
    """The entries of a ledger; one that there is not is a wrong argument."""
    from orangecontrib.customs.cases.files import InputError
    if not ledger.path.exists():
        raise InputError(f"there is no ledger {ledger.path}; its first entry makes it")
    return ledger.entries()


def _lines(summary: Summary, code: str = "") -> Iterator[str]:
    from orangecontrib.customs.i18n import say
    from orangecontrib.customs.i18n.numbers import share
    from orangecontrib.customs.ledger.summary import sentences
    yield say(sentences(summary))
    if not summary.goods:
        return
    yield ""
    yield f"{'month':8} {'n':>6} {'wrong':>6} {'error':>7} {'95 %':>17} {'stated':>7}"
    for period in (summary.by_code[code] if code else summary.periods)[-MOST:]:
        yield (f"{period.name:8} {period.n:>6} {period.wrong:>6} {share(period.rate):>7} "
               f"{_interval(period.low, period.high):>17} {share(period.stated):>7}")
    yield ""
    yield f"{'code said':24} {'n':>6} {'wrong':>6} {'error':>7} {'95 %':>17} towards"
    for row in summary.overturned[:MOST]:
        yield _line(row)
    yield ""
    yield f"{'who decided':40} {'n':>6} {'same':>7} {'kappa':>6} {'95 %':>15}"
    for pair in summary.pairs[:MOST]:
        yield _pair(pair)


def _line(code: CodeErrors) -> str:
    from orangecontrib.customs.i18n.numbers import share
    return (f"{code.code:24} {code.n:>6.0f} {code.wrong:>6.0f} {share(code.rate):>7} "
            f"{_interval(code.low, code.high):>17} {code.instead} ({share(code.instead_share, 0)})")


def _pair(pair: Pair) -> str:
    from orangecontrib.customs.i18n import say
    from orangecontrib.customs.i18n.numbers import share
    found = pair.agreement
    kappa = "–" if found.kappa != found.kappa else f"{found.kappa:.2f}"
    between = "" if found.kappa != found.kappa else f"[{found.low:.2f}, {found.high:.2f}]"
    return (f"{say(pair.first)} – {pair.second}".ljust(40)
            + f" {found.n:>6} {share(found.share):>7} {kappa:>6} {between:>15}")


def _interval(low: float, high: float) -> str:
    from orangecontrib.customs.i18n.numbers import share
    return f"{share(low)}–{share(high)}"


def _export(args) -> int:
    from orangecontrib.customs.files import Output
    from orangecontrib.customs.ledger import Ledger
    from orangecontrib.customs.ledger.files import export
    place = Output(args.out, [args.ledger])
    entries = _entries(Ledger(args.ledger))
    with place:
        export(entries, place)
    print(f"{len(entries)} entries -> {args.out}",
          file=sys.stderr if place.direct else sys.stdout)
    return 0 if entries else 1


def _priors(args) -> int:
    from orangecontrib.customs.cases.api import engines_of
    from orangecontrib.customs.cases.files import write_rows
    from orangecontrib.customs.files import Output
    from orangecontrib.customs.groups import loaded_groups
    from orangecontrib.customs.ledger import Ledger
    from orangecontrib.customs.ledger.priors import history_of, rows_of
    place = Output(args.out, [args.ledger])
    entries, rows, decisions = _entries(Ledger(args.ledger)), [], 0
    for engine in engines_of(loaded_groups(args.groups)):
        history = history_of(entries, engine)
        decisions += history.decisions
        rows += rows_of(history, engine)
    with place:
        write_rows(place, ("fact", "value", "probability", "source"), rows)
    print(f"priors of {len({row['fact'] for row in rows})} facts from {decisions} decisions -> "
          f"{args.out}", file=sys.stderr if place.direct else sys.stdout)
    return 0 if rows else 1
