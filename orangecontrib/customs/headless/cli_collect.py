"""The command ``orange-customs collect``: photos for the training set.

::

    orange-customs collect catalogue FOLDER --recipe R.toml [--preview [URL]]
    orange-customs collect search FOLDER --source openverse --query "wooden clogs"
    orange-customs collect generate FOLDER --feature high_heel --endpoint URL --model M
    orange-customs collect labels FOLDER --out LABELS.csv
    orange-customs collect report FOLDER [--plan]

What leaves the computer is said on stderr before anything is asked.  Exit code 0: done; 1: nothing
was found; 2: bad arguments, or nothing could be asked.
"""
from __future__ import annotations

import argparse
import csv
import shlex
import sys
from contextlib import nullcontext
from dataclasses import fields, replace
from pathlib import Path

from orangecontrib.customs.headless import cli_run
from orangecontrib.customs.headless.models import photo_model_named
from orangecontrib.customs.i18n import say, speaking

__all__ = ["add_arguments", "main"]


def add_arguments(parser) -> None:
    """Add the commands below ``collect``."""
    commands = parser.add_subparsers(dest="source_kind", required=True, metavar="WHAT")

    catalogue = _command(commands, "catalogue", _catalogue, "photos of a shop's catalogue")
    catalogue.add_argument("--recipe", type=Path, metavar="R.toml|json|csv", required=True,
                           help="start, selectors and limits")
    catalogue.add_argument("--preview", nargs="?", const="", metavar="URL",
                           help="show what the recipe catches on a page (default: its start) and "
                                "collect nothing")
    catalogue.add_argument("--pages", type=_count, metavar="N", help="instead of the recipe's")
    catalogue.add_argument("--photos", type=_count, metavar="N", help="instead of the recipe's")

    search = _command(commands, "search", _search, "photos of a service that is searched")
    search.add_argument("--source", required=True, metavar="openverse|commons|pexels|A.py",
                        help="the service, or a file with an adapter of one's own")
    search.add_argument("--query", action="append", required=True, metavar="TEXT",
                        help="may be given several times")
    search.add_argument("--most", type=_count, default=50, metavar="N",
                        help="new photos per query (default 50)")
    search.add_argument("--permitted", action="store_true",
                        help="you have the permission that the terms of the service ask for")
    _feature_argument(search, "what the photos are to show")

    generate = _command(commands, "generate", _generate, "photos that a model makes")
    _feature_argument(generate, "what the photos are to show")
    generate.add_argument("--count", type=_count, default=4, metavar="N",
                          help="photos in the collection with these prompts (default 4)")
    generate.add_argument("--endpoint", metavar="URL",
                          help="an images endpoint as OpenAI speaks it, up to /v1")
    generate.add_argument("--model", metavar="NAME", help="that the endpoint is asked for")
    generate.add_argument("--key", default="images", metavar="NAME",
                          help="of the key in the keyring or the environment (default: images)")
    generate.add_argument("--size", default="1024x1024", metavar="WxH")
    generate.add_argument("--answer", choices=("", "b64_json", "url"), default="",
                          help="where the endpoint wants to be told")
    generate.add_argument("--local", metavar="MODEL|DIR",
                          help="a diffusers model on this computer instead")
    generate.add_argument("--allow-download", action="store_true",
                          help="fetch its weights; what and how large is said first")
    generate.add_argument("--device", default="", metavar="cpu|cuda")
    generate.add_argument("--licence", default="", metavar="TEXT",
                          help="of the results, as you know it")
    generate.add_argument("--words", choices=("en", "ru"), default="en",
                          help="language of the prompts (default en)")
    generate.add_argument("--cluster", default="", metavar="ID", help="kind of goods")
    generate.add_argument("--view", action="append", default=[], metavar="ID")
    generate.add_argument("--background", action="append", default=[], metavar="ID")
    generate.add_argument("--show", action="store_true", help="print the prompts only")
    generate.add_argument("--photo-model", default="free", metavar="free|M.safetensors|none",
                          help="judges the results (default: the bundled one; a file's licence is "
                               "printed)")

    labels = _command(commands, "labels", _labels, "weak labels, merged with a person's")
    labels.add_argument("--labels", type=Path, metavar="L.csv", help="of the Photo Labeler")
    labels.add_argument("--out", type=Path, required=True, metavar="OUT.csv")

    report = _command(commands, "report", _report, "what the collection holds and what it lacks")
    report.add_argument("--labels", type=Path, metavar="L.csv", help="of the Photo Labeler")
    report.add_argument("--goal", type=_count, default=50, metavar="N",
                        help="real positives per feature (default 50)")
    report.add_argument("--features", action="store_true",
                        help="a row per feature instead of one per source and view")
    report.add_argument("--plan", action="store_true",
                        help="print the commands that would collect what is lacking")
    _feature_argument(report, "with --plan: only this feature")
    report.add_argument("--source", action="append", default=[], metavar="openverse|commons|A.py",
                        help="with --plan: the services that are searched")
    report.add_argument("--recipe", action="append", default=[], metavar="R.toml|json|csv",
                        help="with --plan: a catalogue; may be given several times")
    report.add_argument("--words", choices=("en", "ru"), default="en",
                        help="with --plan: language of queries and prompts (default en)")
    report.add_argument("--model", default="", metavar="NAME",
                        help="with --plan: of the generator")


def _command(commands, name, job, meaning):
    parser = commands.add_parser(name, help=meaning)
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="of the collection")
    parser.add_argument("--group", default=None, metavar="ID|FOLDER",
                        help="the group of goods (default: the one with visual features)")
    cli_run.add_language(parser)
    parser.set_defaults(collect=job)
    return parser


def _feature_argument(parser, meaning):
    parser.add_argument("--feature", action="append", default=[], metavar="ID",
                        help=f"{meaning}; may be given several times")


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def main(args) -> int:
    """Do what the arguments say; the exit code."""
    from orangecontrib.customs.collecting import CollectError
    try:
        with speaking(args.lang):
            return args.collect(args)
    except CollectError as error:
        print(f"orange-customs: {error}", file=sys.stderr)
        return 2


def _group(args):
    from orangecontrib.customs.groups import find_group, visual_group
    return visual_group(find_group(args.group) if args.group else None)


def _said(notice) -> None:
    print(say(notice), file=sys.stderr, flush=True)


def _remarks(done, seen: int = 0) -> int:
    for remark in done.remarks[seen:]:
        print(f"orange-customs: {say(remark)}", file=sys.stderr)
    return len(done.remarks)


def _ended(done, args, what: str) -> int:
    print(f"{what}, {done.photos} new photos, {done.known} known, {done.refused} refused, "
          f"{done.failed} for the next run ({done.ended}) -> {args.folder}")
    if done.ended == "broken" and not done.photos:
        return 2
    return 0 if done.photos or done.known or done.ended == "pages" else 1


def _settle(args, group) -> None:
    from orangecontrib.customs.collecting import Manifest, settle
    with Manifest(args.folder) as manifest:
        for problem in manifest.problems:
            print(f"orange-customs: {problem}", file=sys.stderr)
        settle(manifest, group)


def _catalogue(args) -> int:
    from orangecontrib.customs.collecting import Client, Limits, Recipe, crawl, preview
    from orangecontrib.customs.collecting.consent import notice_of_catalogue
    recipe, group = Recipe.load(args.recipe), _group(args)
    bounds = {name: value for name, value in (("pages", args.pages), ("photos", args.photos))
              if value}
    recipe = replace(recipe, limits=replace(recipe.limits, **bounds))
    if args.preview is not None:
        recipe = replace(recipe, limits=replace(recipe.limits, pages=1, photos=1))
        _said(notice_of_catalogue(recipe))
        client = Client(Limits(delay=recipe.limits.delay))
        return _show(preview(args.preview or recipe.start[0], recipe, client))
    _said(notice_of_catalogue(recipe))
    seen = 0

    def progress(done):
        nonlocal seen
        seen = _remarks(done, seen)

    before = _held(args.folder)
    done = crawl(args.folder, recipe, progress, language=args.lang)
    _remarks(done, seen)
    done.known = before
    _settle(args, group)
    return _ended(done, args, f"{done.pages} pages, {done.products} products")


def _held(folder: Path) -> int:
    from orangecontrib.customs.collecting import read_manifest
    return sum(entry.counts for entry in read_manifest(folder))


def _show(page) -> int:
    for product in page.products:
        print(f"{product.found_by}: {product.name or '?'} [{product.id}]")
        for name in ("materials", "category", "text"):
            if getattr(product, name):
                print(f"    {name}: {getattr(product, name)[:300]}")
        for photo in product.photos:
            print(f"    photo: {photo}")
    if page.login:
        from orangecontrib.customs.i18n import Message
        print(f"orange-customs: {Message.of('collecting.login', url=page.url)}", file=sys.stderr)
    print(f"{len(page.products)} products, {len(page.links)} links that the recipe follows")
    return 0 if page.products or page.links else 1


def _search(args) -> int:
    from orangecontrib.customs.collecting import Client, Done, Manifest, search
    from orangecontrib.customs.collecting.adapters import find_adapter
    from orangecontrib.customs.collecting.consent import notice_of_search
    from orangecontrib.customs.collecting.weak import written_labels
    adapter, group, client = find_adapter(args.source), _group(args), Client()
    wanted = written_labels(dict.fromkeys(_features(args, group), 1.))
    whole = Done()
    with Manifest(args.folder) as manifest:
        for query in args.query:
            _said(notice_of_search(adapter, query))
            done = search(manifest, adapter, query, args.most, client, wanted=wanted,
                          permitted=args.permitted)
            _remarks(done)
            for name in ("photos", "known", "refused", "failed"):
                setattr(whole, name, getattr(whole, name) + getattr(done, name))
            whole.ended = done.ended
            if done.ended == "broken":
                break
    _settle(args, group)
    return _ended(whole, args, f"{len(args.query)} queries")


def _features(args, group) -> tuple[str, ...]:
    from orangecontrib.customs.collecting import CollectError
    for feature in args.feature:
        if feature not in group.feature_ids:
            raise CollectError("no_such", name=feature, names=", ".join(group.feature_ids))
    return tuple(args.feature)


def _generate(args) -> int:
    from orangecontrib.customs.collecting import Client, CollectError, Limits, Manifest
    from orangecontrib.customs.collecting.generators.generate import generate
    from orangecontrib.customs.collecting.generators.prompts import compose
    from orangecontrib.customs.collecting.generators.screening import screen
    group = _group(args)
    prompts = [compose(group, _features(args, group), args.words, number, args.cluster,
                       tuple(args.view), tuple(args.background)) for number in range(args.count)]
    if args.show:
        print(*(prompt.text for prompt in prompts), sep="\n")
        return 0
    if bool(args.endpoint) == bool(args.local) or args.endpoint and not args.model:
        raise CollectError("which_generator")
    client = Client(Limits(timeout=300., whole=600.))
    generator = _endpoint(args, client) if args.endpoint else _local(args)
    # a model that can't be used is known before anything is asked and paid for
    judge = nullcontext() if args.photo_model == "none" \
        else photo_model_named(args.photo_model, [group])
    with judge as model, Manifest(args.folder) as manifest:
        done = generate(manifest, generator, prompts, client)
        _remarks(done)
        if model is not None:
            from orangecontrib.customs.photos.extract import Extractor
            screened = screen(manifest, Extractor(model), client)
            print(f"{screened.kept} kept, {screened.doubtful} doubtful, {screened.dropped} "
                  "dropped" + ("" if screened.distances else
                               "; too few real photos to measure distances"))
    _settle(args, group)
    return _ended(done, args, f"{len(prompts)} prompts")


def _endpoint(args, client):
    from orangecontrib.customs.collecting.consent import notice_of_endpoint
    from orangecontrib.customs.collecting.generators.endpoint import Endpoint
    from orangecontrib.customs.collecting.keys import find_key
    _said(notice_of_endpoint(args.endpoint, args.model, args.count))
    return Endpoint(args.endpoint, args.model, client, find_key(args.key, required=False),
                    args.size, args.answer, args.licence)


def _local(args):
    from orangecontrib.customs.collecting.consent import notice_of_local
    from orangecontrib.customs.collecting.generators.local import Local, about_weights
    about = about_weights(args.local)
    _said(notice_of_local(args.local, about["gigabytes"], about["licence"],
                          about["licence_url"], args.allow_download))
    return Local(args.local, args.allow_download, args.device)


def _photos_and_own(args, group):
    """The photos that count, those that a person has labelled elsewhere, and all entries."""
    from orangecontrib.customs.collecting import labelled, own_photos, read_manifest
    from orangecontrib.customs.collecting.labels import people_of
    people, problems = people_of(args.labels, args.folder, group) if args.labels else ([], [])
    for problem in problems:
        print(f"orange-customs: {problem.text('en')}", file=sys.stderr)
    entries = list(read_manifest(args.folder))
    return labelled(entries, group, people), own_photos(people, entries, group), entries


def _labels(args) -> int:
    from orangecontrib.customs.collecting.labels import write_merged
    group = _group(args)
    _settle(args, group)
    photos, _, _ = _photos_and_own(args, group)
    write_merged(args.out, photos, group)
    print(f"{len(photos)} photos -> {args.out}")
    return 0 if photos else 1


def _report(args) -> int:
    from orangecontrib.customs.collecting import balance, missing, needs
    from orangecontrib.customs.collecting.balance import Balance, Need, cells
    group = _group(args)
    photos, own, entries = _photos_and_own(args, group)
    rows = balance([*photos, *own], group)
    if args.plan:
        return _plan(args, entries, rows, group)
    kind, told = (Need, needs(rows, group, args.goal)) if args.features else (Balance, rows)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(field.name for field in fields(kind))
    writer.writerows(map(cells, told))
    for feature, lack in missing(rows, group, args.goal).items():
        print(f"{feature}: {lack} more real positives to {args.goal}", file=sys.stderr)
    return 0 if rows else 1


def _plan(args, entries, rows, group) -> int:
    from orangecontrib.customs.collecting import Recipe, plan
    from orangecontrib.customs.collecting.adapters import find_adapter
    for name in args.source:
        find_adapter(name)
    jobs = plan(entries, rows, group, args.goal, _features(args, group),
                recipes={path: Recipe.load(path) for path in args.recipe}, model=args.model,
                words=args.words, folder=args.folder,
                **({"services": args.source} if args.source else {}))
    for job in jobs:
        extra = ["--group", args.group] if args.group else []
        print(shlex.join(["orange-customs", *job.command(str(args.folder)), *extra]))
    return 0 if jobs else 1
