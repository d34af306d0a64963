"""The console script ``orange-customs``, whose commands are those of `main`.

Exit codes: 0 done; 1 nothing could be classified, read or (search) found, or (run) a widget
shows an error or ends the run, or (evaluate) codes got worse, or (ledger show) the error rises;
2 bad arguments, input that can't be used, a result that can't be written, a workflow that can't
be loaded, a timeout, an interrupt.
"""
from __future__ import annotations

import argparse
import platform
import re
import sys
from contextlib import ExitStack, nullcontext, suppress
from dataclasses import replace
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import SimpleNamespace

from orangecontrib.customs.defaults import ERROR, TRUST, WEIGHT
from orangecontrib.customs.headless import (
    cli_batch,
    cli_calibrate,
    cli_collect,
    cli_evaluate,
    cli_ledger,
    cli_report,
    cli_run,
    cli_search,
    cli_train_text,
    cli_weigh,
)
from orangecontrib.customs.headless.models import photo_model_named
from orangecontrib.customs.headless.pipes import whoever_reads
from orangecontrib.customs.i18n import speaking

__all__ = ["main"]

FEATURES_AFTER = ("problem",)

#: As ``photos.engines.BACKENDS``, which is not imported before it is needed.
BACKENDS = ("auto", "onnxruntime", "torch")

#: What the witnesses are called in messages.
SOURCES = {"text": "--declarations", "photos": "--photos", "model": "--predictions"}


def main(argv: list[str] | None = None) -> int:
    """Parse the command line, do the job, return the exit code."""
    with whoever_reads():
        return _main(sys.argv[1:] if argv is None else argv)


def versions() -> str:
    """What a report of a fault has to say."""
    known = {}
    for name in ("Orange3-Customs", "Orange3", "Orange3-Text", "PyQt5", "PyQt6", "torch"):
        with suppress(PackageNotFoundError):
            known[name] = version(name)
    return ", ".join([*(f"{name} {number}" for name, number in known.items()),
                      f"Python {platform.python_version()}", platform.platform()])


def _main(argv: list[str]) -> int:
    if argv[:1] == ["canvas"]:  # the rest is for Canvas to parse
        from orangecontrib.customs.headless import canvas
        return canvas.main(argv[1:])
    parser = argparse.ArgumentParser(
        prog="orange-customs", description="Customs tariff classification without a window.")
    parser.add_argument("--version", action="version", version=versions())
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="run an Orange workflow")
    cli_run.add_arguments(run)
    run.set_defaults(job=cli_run.main)

    commands.add_parser("canvas", help="open Orange Canvas, which fetches nothing unasked then")

    classify = commands.add_parser(
        "classify", help="declarations and photos -> ten-digit codes",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Declarations: a table (.xlsx, .xls, CSV, Orange's .tab, Parquet, JSON, JSON "
                    "Lines), an importer's\nspecification, or the XML of a declaration. Its "
                    "columns (description, good_id, declared_code,\nquantity, value, currency, "
                    "weight) are told by their names and by what they hold; --column says\n"
                    "which is which. Facts: columns named after them, cells after their values.\n"
                    "Photos: a folder or zip with a sub-folder per good id, or a CSV "
                    "good_id,image.\nFacts and their values, for answers and priors: see the "
                    "columns that `facts` writes.")
    _case_arguments(classify, "OUT.csv|OUT.parquet|OUT.xlsx")
    cli_calibrate.add_option(classify)
    cli_batch.add_arguments(classify)
    classify.set_defaults(job=_classify)

    report = commands.add_parser(
        "report", help="declarations and photos -> conclusions to print and sign",
        description="A page per good with its photos, text, facts, code, reasons, question and "
                    "duty: .html, or .pdf; .xlsx is the table of all codes. The other arguments "
                    "are those of classify.")
    _case_arguments(report, "R.html|R.pdf|R.xlsx")
    cli_calibrate.add_option(report)
    cli_report.add_arguments(report)
    report.set_defaults(job=_report)

    evaluate = commands.add_parser(
        "evaluate", help="final codes against known ones",
        description="Top-1 and top-3 at 4, 6, 8 and 10 digits, macro-F1, log-loss, Brier score, "
                    "calibration, AUGRC, coverage, duty error: of all that is given, of text and "
                    "photos alone, and of trivial baselines.")
    _case_arguments(evaluate, "REPORT.json")
    cli_calibrate.add_option(evaluate)
    _truth_arguments(evaluate, "of the declarations: the true codes, of 4 to 10 digits",
                     "in the intervals")
    evaluate.add_argument("--against", type=Path, metavar="EARLIER.json",
                          help="an earlier report: exit code 1 where top-1 fell by more than 1 "
                               "point at 4 digits, 2 at 6, 3 at 8 or 10")
    evaluate.set_defaults(job=_evaluate)

    weigh = commands.add_parser("weigh", help="how much predictions count, fitted on known codes",
                                description=cli_weigh.ABOUT)
    _case_arguments(weigh, "WEIGHT.json")
    _truth_arguments(weigh, "of the declarations: the known codes, of 4 to 10 digits",
                     "of the weight")
    weigh.set_defaults(job=_weigh)

    calibrate = commands.add_parser(
        "calibrate", help="goods with known codes -> what safe digits rest on",
        description=cli_calibrate.ABOUT)
    _case_arguments(calibrate, "CALIBRATION.csv")
    _truth_arguments(calibrate, "of the declarations: the true codes, of 2 to 10 digits, or none",
                     "of what is right")
    calibrate.set_defaults(job=_calibrate)

    train = commands.add_parser("train-text", help="declarations with codes -> a text model",
                                description=cli_train_text.ABOUT)
    _declarations_arguments(train)
    _group_argument(train)
    cli_train_text.add_arguments(train)
    _text_arguments(train, "T.safetensors")
    cli_run.add_language(train)
    train.set_defaults(job=_train_text)

    features = commands.add_parser("features", help="photos -> the 13 visual features")
    _photo_arguments(features, required=True)
    _text_arguments(features, "F.csv")
    features.set_defaults(job=_features, lang="en")  # why a photo is skipped is said in English

    facts = commands.add_parser("facts", help="declarations -> facts stated in the text")
    _declarations_arguments(facts)
    _group_argument(facts)
    facts.add_argument("--explain", action="store_true",
                       help="print what each stage of reading made of each description")
    _text_arguments(facts, "F.csv")
    cli_run.add_language(facts)
    facts.set_defaults(job=_facts)

    collect = commands.add_parser("collect", help="photos for the training set: catalogues, "
                                                  "searches, generators")
    cli_collect.add_arguments(collect)
    collect.set_defaults(job=cli_collect.main)

    search = commands.add_parser("search", help="a description -> headings and codes of a tariff "
                                                "whose words it shares")
    cli_search.add_arguments(search)
    cli_run.add_language(search)
    search.set_defaults(job=cli_search.main)

    ledger = commands.add_parser("ledger", help="decisions of persons, errors over time, priors")
    cli_ledger.add_arguments(ledger)
    ledger.set_defaults(job=cli_ledger.main)

    args = parser.parse_args(argv)
    from orangecontrib.customs.cases.files import InputError
    from orangecontrib.customs.files import Output, OutputError, shown
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # names of files need not be text
            stream.reconfigure(errors="backslashreplace")
    try:
        if args.command in ("run", "collect", "search", "ledger"):
            return args.job(args)
        with speaking(args.lang), Output(args.out, _inputs(args)) as place:
            done, code = args.job(args, place)
        # not before the result is whole, nor into it where that is what stdout takes
        print(f"{done} -> {args.out}", file=sys.stderr if place.direct else sys.stdout)
        return code
    except (InputError, OutputError) as error:
        print(shown(f"orange-customs: {error}"), file=sys.stderr)
        return 2
    except ValueError as error:
        from orangecontrib.customs.groups import GroupError
        if not isinstance(error, GroupError):
            raise
        print(f"orange-customs: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("orange-customs: interrupted", file=sys.stderr)
        return 130 if getattr(args, "resume", False) else 2
    except cli_batch.Ended as error:
        print(f"orange-customs: {error}", file=sys.stderr)
        return error.code
    except cli_batch.Terminated:
        print("orange-customs: terminated", file=sys.stderr)
        return 143


def _case_arguments(parser, out):
    """What decides goods: declarations, photos, predictions, answers, priors."""
    _declarations_arguments(parser)
    _group_argument(parser)
    _photo_arguments(parser, required=False)
    parser.add_argument("--priors", type=Path, metavar="P.csv",
                        help="fact,value,probability that replace the groups' own")
    parser.add_argument("--predictions", type=Path, metavar="M.csv",
                        help="a classifier's probabilities, as Predictions saves them: columns "
                             "“model (code)”, good_id")
    parser.add_argument("--text-model", type=Path, metavar="T.safetensors",
                        help="a text model of train-text, in place of --predictions: a term "
                             "where a group has the law, alone where none has")
    parser.add_argument("--answers", type=Path, metavar="A.csv",
                        help="an analyst's answers: good_id,fact,value; the second good of an "
                             "id A is A#2, as in the column key of the result")
    parser.add_argument("--decisions", type=Path, metavar="FILE|example",
                        help="decisions of authorities that have the word on the goods they "
                             "fit: number, date, authority, code, words, facts, valid_from, "
                             "valid_to, reason")
    parser.add_argument("--tariff", type=Path, metavar="FILE",
                        help="an official edition of the tariff: what rests on a code whose "
                             "wording it changes is not established")
    parser.add_argument("--exchange", action="append", default=[], type=_exchange,
                        metavar="EUR/RUB=98.5",
                        help="what one unit of a rate's currency costs in that of the values: "
                             "duties of which a part is per unit are in it then. May be given "
                             "several times")
    for option, metavar, default, meaning in (
            ("--error", "E", ERROR, "accepted error of the safe code"),
            ("--trust", "T", TRUST, "probability that what the text declares is about this good"),
            ("--weight", "W", WEIGHT, "exponent of the predictions' likelihood, 0 ignores them")):
        parser.add_argument(option, type=float, default=default, metavar=metavar,
                            help=f"{meaning} (default {default:g})")
    _text_arguments(parser, out)
    cli_run.add_language(parser)


def _truth_arguments(parser, truth, witness):
    """Which codes are true, and which goods are one witness."""
    parser.add_argument("--truth", required=True, metavar="COLUMN", help=truth)
    parser.add_argument("--by", metavar="COLUMN",
                        help="goods that are alike here, of one ruling or model, are one witness "
                             f"{witness}")


def _declarations_arguments(parser):
    parser.add_argument("--declarations", type=Path, required=True, metavar="FILE")
    parser.add_argument("--sheet", default="", metavar="NAME|NUMBER",
                        help="of a workbook (default: the one that looks like goods)")
    parser.add_argument("--column", action="append", default=[], dest="columns",
                        metavar='ROLE="NAME"', type=_column,
                        help="which column is which, where that is not told right: description, "
                             "id, code, quantity, value, currency or weight; an empty name: there "
                             "is none. May be given several times")


def _exchange(text: str) -> tuple[str, str, float]:
    """The currency of a value, that of a rate, and what one of these costs."""
    found = re.fullmatch(r"\s*([A-Za-z]{3})/([A-Za-z]{3})\s*=\s*(\d+(?:[.,]\d+)?)\s*", text)
    price = float(found[3].replace(",", ".")) if found else 0.
    if not found or not price:
        raise argparse.ArgumentTypeError(
            f"'{text}' is not like EUR/RUB=98.5 (one EUR costs 98.5 RUB)")
    return found[2].upper(), found[1].upper(), price


def exchange_of(args) -> dict[str, dict[str, float]]:
    """By the currency of values, what others cost in it."""
    found: dict[str, dict[str, float]] = {}
    for own, other, price in args.exchange:
        found.setdefault(own, {})[other] = price
    return found


#: Short names of roles.
_SHORT = {"id": "good_id", "code": "declared_code"}


def _column(text: str) -> tuple[str, str]:
    """A role and the name of its column."""
    role, equals, name = text.partition("=")
    role = role.strip().lower().replace("-", "_")
    if not equals:
        raise argparse.ArgumentTypeError('must be ROLE="NAME", as description="Text"')
    return _SHORT.get(role, role), name.strip()


def _read_goods(args, facts=None, photo_ids=()):
    """The declarations of the arguments; what was taken for what is said on stderr."""
    from orangecontrib.customs.cases.files import read_goods
    advance = _bar("reading", "%")
    try:
        return read_goods(
            args.declarations, args.encoding, facts, sheet=args.sheet,
            columns=dict(args.columns), photo_ids=photo_ids,
            tell=lambda line: print(f"orange-customs: {args.declarations.name}: {line}",
                                    file=sys.stderr),
            progress=lambda share: advance(round(100 * share), 100))
    finally:
        advance(100, 100)


def _group_argument(parser):
    parser.add_argument("--group", action="append", default=[], dest="groups",
                        metavar="ID|FOLDER",
                        help="a group of goods that decides: its id, or a folder with its "
                             "tables; may be given several times (default: all that are "
                             "installed)")


def _groups(args):
    """The groups of the arguments; one that there is not is input that can't be used."""
    from orangecontrib.customs.cases.files import InputError
    from orangecontrib.customs.groups import GroupError, loaded_groups
    try:
        return loaded_groups(args.groups)
    except GroupError as error:
        raise InputError(str(error)) from error


def _text_arguments(parser, out):
    parser.add_argument("--encoding", default="", metavar="NAME",
                        help="of the text tables that are read and have no mark of their own: "
                             "utf-8, cp1251, cp866, koi8-r, iso-8859-5, mac-cyrillic ... "
                             "(default: UTF-8, else by the letters if these are clear)")
    parser.add_argument("--out", type=Path, required=True, metavar=out)


def _inputs(args) -> list[Path]:
    """What a command reads, photos aside."""
    named = [getattr(args, name, None)
             for name in ("declarations", "priors", "predictions", "answers", "decisions",
                          "tariff", "against", "calibration", "photos", "photos_root",
                          "text_model", "test")]
    if getattr(args, "photos", None):
        from orangecontrib.customs.photos.model import bundled_path
        named.append(bundled_path(args.model) or args.model)
    for group in getattr(args, "groups", ()):
        named += Path(group).glob("*.csv")
    return [Path(path) for path in named if path]


def _photo_arguments(parser, required):
    parser.add_argument("--photos", type=Path, required=required, metavar="DIR|ZIP|CSV")
    parser.add_argument("--photos-root", type=Path, metavar="DIR|ZIP",
                        help="where the paths of the photo CSV start")
    parser.add_argument("--photo-ids", default="auto", metavar="RULE",
                        help="where the goods' ids are from: auto (default), sub-folder, folder "
                             "(all photos are of one good), the file name up to its last number "
                             "(number), to the last or first _ - or space (last, separator), to "
                             "the first underscore, hyphen or space, or the whole file-name")
    parser.add_argument("--model", default="free", metavar="free|M.safetensors",
                        help="the bundled model, free of photos under a research licence "
                             "(default), or a file, whose licence is printed")
    parser.add_argument("--device", metavar="cpu|cuda", help="where the backbone computes")
    parser.add_argument("--backend", choices=BACKENDS, default="auto",
                        help="what computes it (default: onnxruntime on a CPU, else torch)")


def _bar(description: str, unit: str):
    """A progress callback (done, total) that draws on a terminal only."""
    from tqdm import tqdm
    bar = tqdm(desc=description, unit=f" {unit}", disable=None, file=sys.stderr)

    def advance(done, total):
        bar.total = total
        bar.update(done - bar.n)
        if done >= total:
            bar.close()
    return advance


def _find(args, place):
    from orangecontrib.customs.cases.files import InputError
    from orangecontrib.customs.files import shown
    from orangecontrib.customs.i18n import say
    from orangecontrib.customs.photos.sources import SourceError, survey
    url = cli_batch.url_of(args.photos)
    if url:
        from orangecontrib.customs.batch.cluster.remote import remote_photos
        return remote_photos(url, args.photo_ids)
    try:
        found = survey(args.photos, args.photos_root, args.encoding, args.photo_ids)
    except SourceError as error:
        raise InputError.of(error) from error
    place.spare(photo.file for photo in found.photos)
    told = f"{say(found.told, 'en')} (--photo-ids)" if found.told else ""
    for line in filter(None, (told, *found._replace(told="").remarks())):
        print(shown(f"photos: {line}"), file=sys.stderr)
    return found.photos


def _classify(args, place) -> tuple[str, int]:
    if cli_report.ending(args.out) == cli_report.WORKBOOK:
        return _workbook(args, place)
    with cli_batch.declarations_here(args):
        return _long(args, place)


def _long(args, place) -> tuple[str, int]:
    engine = cli_batch.engine_of(args)
    from orangecontrib.customs.batch import Bad, Declarations, Job, Report, Stopped, run_batch
    from orangecontrib.customs.batch.parts import form_of
    from orangecontrib.customs.batch.run import state_of
    from orangecontrib.customs.cases import files as cases
    from orangecontrib.customs.cases.predictions import PredictionsError
    from orangecontrib.customs.files import Output
    inputs = _inputs(args)
    others = [Output(path, [*inputs, args.out]) if path else None
              for path in (args.summary, args.bad_rows)]
    summary, bad_rows = others
    state = state_of(args.declarations)
    given = _given(args, place)
    model = None
    if args.photos:
        with photo_model_named(args.model, given.groups) as model:
            pass  # it can be used
    job = Job(
        Path(), None, None, groups=tuple(args.groups), priors=given.priors, answers=given.answers,
        model=args.model if args.photos else "", device=args.device, backend=args.backend,
        error=args.error, trust=args.trust, form=form_of(args.out), lang=args.lang, loaded=model,
        decisions=given.decisions, on=date.today(), tariff=given.tariff,
        exchange=exchange_of(args), texts=given.texts, calibration=given.calibration)
    report, stopped = Report(), None
    with ExitStack() as stack:
        checkpoint = stack.enter_context(cli_batch.checkpoint_of(
            args, _made_of(args, given.photos, given.groups) if args.resume else {}, place.direct))
        signals = stack.enter_context(cli_batch.Signals(gently=args.resume))
        folder = stack.enter_context(cli_batch.work_folder(checkpoint))
        declarations = Declarations(
            args.declarations, args.encoding, args.sheet, dict(args.columns), state=state,
            tell=cli_batch.teller(f"orange-customs: {args.declarations.name}: "))
        try:
            with nullcontext() if bad_rows is None else bad_rows, \
                    cli_batch.Progress("goods") as progress:
                run_batch(replace(job, spool=folder / "rows"), declarations, place,
                          photos=given.photos, predictions=given.predictions, weight=args.weight,
                          engine=engine, workers=args.workers, checkpoint=checkpoint,
                          bad_rows=bad_rows, say=cli_batch.teller(), titles=SOURCES,
                          progress=progress, stopped=lambda: signals.number, report=report,
                          bad=[Bad(line, cells.get("number", ""), reason, {
                              "": " | ".join(filter(None, cells.values()))})
                               for line, cells, reason in given.bad])
        except Stopped as error:
            stopped = error
        except PredictionsError as error:
            raise cases.InputError(f"{args.predictions}: {error}") from error
        code = 128 + signals.number if stopped else \
            0 if report.counts["with_code"] or report.counts["explained"] else 1
        if summary is not None:
            with summary:
                summary.write(cli_batch.summary_of(report, args, {"exit_code": code}))
        if stopped:
            raise cli_batch.Ended(f"stopped; {report.tasks} tasks are kept, and the same command "
                                  "goes on from there", code)
        if state is not None and state_of(args.declarations) != state:
            print(f"orange-customs: {args.declarations} has been changed since it was read: the "
                  "result is of what it held then", file=sys.stderr)
        if checkpoint is not None:
            place.commit()
            checkpoint.remove()
    return f"{report.counts['goods']} goods, {report.counts['with_code']} with a code", code


def _made_of(args, photos, groups) -> dict[str, str]:
    """What the result of the arguments depends on."""
    from orangecontrib.customs.photos.model import bundled_path
    files = {name: getattr(args, name) for name in ("declarations", "priors", "answers",
                                                    "predictions", "decisions", "tariff",
                                                    "text_model", "calibration")
             if getattr(args, name) and str(getattr(args, name)) != "example"}
    if args.photos:
        files["model"] = Path(bundled_path(args.model) or args.model)
    options = {name: getattr(args, name) for name in (
        "encoding", "sheet", "columns", "error", "trust", "weight", "exchange", "device", "backend",
        "lang")}
    options |= {"form": Path(args.out).suffix.lower(), "groups": [group.id for group in groups]}
    if args.decisions:  # some are in force for a time
        options |= {"decisions": str(args.decisions), "on": date.today().isoformat()}
    made_of = cli_batch.digests_of(args, files, options)
    if args.photos:
        made_of["photos"] = cli_batch.digest_of_photos(photos)
    return made_of


def _workbook(args, place) -> tuple[str, int]:
    """Codes as a workbook, which is made as a whole."""
    from orangecontrib.customs.cases.files import InputError
    if args.resume or args.summary or args.bad_rows or args.engine != "local":
        raise InputError(f"--out {args.out}: a workbook is made as a whole; --resume, --engine, "
                         "--summary and --bad-rows need .csv or .parquet")
    case, answers, _ = _case(args, place)
    rows = cli_report.write_codes(place, case, case.decide(
        error=args.error, answers=answers, progress=_bar("goods", "goods")))
    coded = sum(bool(row["code"]) for row in rows)
    code = 0 if coded or any(row["trace"] for row in rows) else 1
    return f"{len(rows)} goods, {coded} with a code", code


def _report(args, place) -> tuple[str, int]:
    cli_report.check(args.out)
    case, answers, photos = _case(args, place)
    return cli_report.write(args, place, case, answers, photos, _bar("goods", "goods"))


def _case(args, place):
    """The case of the arguments, the answers by hand, and the photos that were found."""
    from orangecontrib.customs.cases import case_of
    from orangecontrib.customs.cases import files as cases
    from orangecontrib.customs.cases.predictions import PredictionsError
    from orangecontrib.customs.files import shown
    given = _given(args, place)
    goods = _read_goods(args, given.vocabulary,
                        {photo.good_id for photo in given.photos if photo.good_id})
    try:
        case = case_of(goods, _read_photos(args, given.photos, given.groups), given.predictions,
                       groups=given.groups, priors=given.priors, trust=args.trust,
                       weight=args.weight, decisions=given.decisions, tariff=given.tariff,
                       texts=given.texts, exchange=exchange_of(args),
                       calibration=given.calibration,
                       progress=_bar("texts", "texts"))
    except PredictionsError as error:
        raise cases.InputError(f"{args.predictions}: {error}") from error
    for remark in (*case.remarks, *case.strange_answers(given.answers)):
        print(shown(f"orange-customs: {remark}"), file=sys.stderr)
    for meeting in case.strangers(SOURCES):
        print(shown(f"orange-customs: fewer than half of the ids meet: {meeting}"),
              file=sys.stderr)
    return case, given.answers, given.photos


def _given(args, place) -> SimpleNamespace:
    """What the arguments name beside the goods: read, and known to be usable."""
    from orangecontrib.customs.cases import files as cases
    from orangecontrib.customs.fusion.among import vocabulary_of
    _check_numbers(args)
    groups = _groups(args)
    vocabulary, encoding = vocabulary_of(groups), args.encoding
    bad: list[tuple[int, dict[str, str], str]] = []
    given = SimpleNamespace(
        groups=groups, vocabulary=vocabulary, bad=bad,
        photos=_find(args, place) if args.photos else [],
        priors=cases.read_priors(args.priors, vocabulary, encoding) if args.priors else None,
        answers=cases.read_answers(args.answers, vocabulary, encoding) if args.answers else {},
        predictions=cases.read_predictions(args.predictions, encoding)
        if args.predictions else None,
        decisions=cases.read_decisions(args.decisions, vocabulary, encoding,
                                       lambda *row: bad.append(row)) if args.decisions else (),
        tariff=cases.read_tariff(args.tariff, encoding) if args.tariff else None,
        texts=_text_model(args), calibration=cli_calibrate.calibration_of(args))
    for _, _, reason in bad:
        cli_batch.teller()(f"{reason}; this row is left out")
    return given


def _text_model(args):
    """The text model of the arguments; None without."""
    if not args.text_model:
        return None
    from orangecontrib.customs.cases.files import InputError
    from orangecontrib.customs.textmining.tree import TextModelError, load_text_tree
    if args.predictions:
        raise InputError("--predictions and --text-model are both classifiers of codes: give one "
                         "of them")
    try:
        return load_text_tree(args.text_model)
    except TextModelError as error:
        raise InputError(str(error)) from error


def _check_numbers(args):
    from orangecontrib.customs.cases import files as cases
    for name, fits, wanted in (("error", 0 < args.error < 1, "lie between 0 and 1"),
                               ("trust", 0 < args.trust <= 1, "be above 0 and at most 1"),
                               ("weight", 0 <= args.weight < float("inf"), "be 0 or more")):
        if not fits:
            raise cases.InputError(f"--{name} must {wanted}, not {getattr(args, name)}")


def _train_text(args, place) -> tuple[str, int]:
    return cli_train_text.main(args, place, _read_goods(args), _groups(args),
                               _bar("training", "%"))


def _calibrate(args, place) -> tuple[str, int]:
    return cli_calibrate.main(args, place, _case(args, place)[0], _bar("goods", "goods"))


def _evaluate(args, place) -> tuple[str, int]:
    return cli_evaluate.main(args, place, _case(args, place)[0], _bar("goods", "goods"))


def _weigh(args, place) -> tuple[str, int]:
    from orangecontrib.customs.cases.files import InputError
    if not args.predictions:
        raise InputError("weigh needs --predictions; the weight of a --text-model is fitted in its "
                         "training (train-text)")
    args.stays, args.weight = args.weight, WEIGHT
    return cli_weigh.main(args, place, _case(args, place)[0])


def _read_photos(args, found, groups):
    """What the photos of the arguments say; None without photos."""
    from orangecontrib.customs.cases.sources import read_photos
    from orangecontrib.customs.files import shown
    from orangecontrib.customs.i18n import say
    if not args.photos:
        return None
    with photo_model_named(args.model, groups) as model:
        photos = read_photos(found, model, device=args.device, backend=args.backend,
                             progress=_bar("photos", "photos"))
    for good_id, image, reason in photos.skipped:
        owner = f" (good {good_id})" if good_id else ""
        print(shown(f"skipped {image}{owner}: {say(reason, 'en')}"), file=sys.stderr)
    return photos


def _features(args, place) -> tuple[str, int]:
    from orangecontrib.customs.cases.files import write_rows
    from orangecontrib.customs.files import shown
    from orangecontrib.customs.i18n import say
    from orangecontrib.customs.photos.extract import Extractor
    photos = _find(args, place)
    with photo_model_named(args.model) as model:
        extractor = Extractor(model, args.device, backend=args.backend)
        results = extractor.run(photos, progress=_bar("photos", "photos"))
    names = list(model.features)
    rows = [{"image": photo.image, **dict(zip(names, map(float, p)))}
            for photo, p in zip(results.photos, results.probabilities)]
    seen: tuple[str, ...] = ()
    if model.shots is not None:
        seen, views = ("view", "not_judged"), model.group.views
        for row, view, why in zip(rows, results.seen.views.argmax(axis=1), results.not_judged):
            row |= {"view": views[view], "not_judged": "" if why is None else say(why, "en")}
    rows += [{"image": photo.image, "problem": say(reason, "en")}
             for photo, reason in results.skipped]
    write_rows(place, ("image", *names, *seen, *FEATURES_AFTER), rows)
    for photo, reason in results.skipped:
        print(shown(f"skipped {photo.image}: {say(reason, 'en')}"), file=sys.stderr)
    code = 0 if len(results.photos) else 1
    return f"{len(results.photos)} photos, {len(results.skipped)} skipped", code


def _facts(args, place) -> tuple[str, int]:
    from orangecontrib.customs.cases.files import InputError, write_rows
    from orangecontrib.customs.cases.lines import lines_in
    from orangecontrib.customs.cases.sources import named_goods
    from orangecontrib.customs.declarations import EMPTY, GroupsReader, Reading
    from orangecontrib.customs.i18n import say
    groups = [group for group in _groups(args) if group.reads_text]
    if not groups:
        raise InputError("no chosen group reads descriptions: choose one with a "
                         "text_patterns.csv (--group)")
    reader, goods = GroupsReader(groups), _read_goods(args)
    advance = _bar("declarations", "texts")
    found, rows = [], []
    for number, good in enumerate(goods, start=1):
        stages = reader.stages(good.description) if good.description else []
        found.append([reader.reading(stages)] if stages else [])
        if args.explain and stages:
            _explain(good, reader.speaking(stages), sys.stderr if place.direct else sys.stdout)
        advance(number, len(goods))
    named, found = named_goods(goods, found)
    lines = lines_in([readings[0] if readings else Reading("", ()) for readings in found], reader)
    for good, readings, said in zip(named, found, lines):
        problems = [*good.problems, *said]
        row = {"good_id": good.good_id, "description": good.description}
        for reading in readings:  # one, or none
            problems += reading.problems
            for fact, values in reading.stated().items():
                row[fact] = "|".join(values)
        row["findings"] = "; ".join(
            f"{say(reader.vocabulary[f.fact])}: {'|'.join(f.values)} «{f.text}» "
            f"[{f.start}:{f.end}] {f.kind} {f.ratio:.3g}:1"
            for reading in readings for f in reading.findings)
        if good.description is not None and not readings:
            problems.append(EMPTY)
        row["problems"] = "; ".join(map(say, problems))
        rows.append(row)
    write_rows(place, ("good_id", "description", *reader.vocabulary, "findings", "problems"), rows)
    return f"{len(goods)} declarations", 0 if rows else 1


def _explain(good, speaking, file) -> None:
    """What each stage of reading made of a description, for each group that it speaks to."""
    print(f"{good.good_id}: {' '.join(good.description.split())}", file=file)
    for reader, some in speaking:
        if len(speaking) > 1:
            print(f"  {reader.group.id}:", file=file)
        for line in some.lines(reader.vocabulary):
            print(f"    {line}", file=file)


if __name__ == "__main__":  # pragma: no cover
    sys.exit(main())
