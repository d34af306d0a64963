"""What a collection lacks is counted, and becomes searches, crawls and prompts to queue."""
import argparse
import dataclasses
import json
import shlex

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback import add

from orangecontrib.customs.collecting import (
    CollectError,
    Entry,
    Recipe,
    balance,
    labelled,
    missing,
    needs,
    own_photos,
    plan,
    settle,
)
from orangecontrib.customs.collecting.balance import KINDS, TRIED
from orangecontrib.customs.collecting.crawling import journal_of
from orangecontrib.customs.collecting.generators.generate import generate
from orangecontrib.customs.collecting.generators.prompts import queries
from orangecontrib.customs.collecting.labels import Labelled, people_of
from orangecontrib.customs.collecting.table import balance_table, needs_table, plan_table
from orangecontrib.customs.headless import cli_collect
from orangecontrib.customs.headless.cli import main
from orangecontrib.customs.training.labelling import LabelRow, write_labels

SHOP = Recipe(("https://shop.example/",), name="shop")


def row_of(group, **said):
    labels = np.full(len(group.features), np.nan)
    for feature, label in said.items():
        labels[group.feature_ids.index(feature)] = label
    return labels


def found(rows, feature, source, view=""):
    return next(r for r in rows if (r.feature, r.source, r.view) == (feature, source, view))


def need_of(rows, group, feature, goal=2):
    return next(n for n in needs(rows, group, goal) if n.feature == feature)


@pytest.fixture
def rows(collection, footwear):
    return balance(labelled(collection, footwear), footwear)


# --- counting

def test_the_balance_counts_by_feature_kind_source_and_view(rows):
    heel = found(rows, "high_heel", "shop")
    assert (heel.kind, heel.positives, heel.by_person) == ("catalogue", 2, 0)
    assert heel.goods == {"shop:1"}  # two photos of one good are one good
    wood = found(rows, "wooden_platform", "painter", "side")
    assert (wood.kind, wood.positives) == ("generated", 1)


def test_every_photo_is_counted_once_for_every_feature(collection, footwear, rows):
    photos = labelled(collection, footwear)
    for feature in footwear.feature_ids:
        mine = [r for r in rows if r.feature == feature]
        assert sum(r.positives + r.negatives + r.unsure + r.unknown for r in mine) == len(photos)


labels_ = st.lists(st.tuples(st.sampled_from([0., .5, 1., np.nan]), st.sampled_from(KINDS),
                             st.booleans(), st.sampled_from("ab")), max_size=20)


@settings(deadline=None, max_examples=50)
@given(labels_, st.integers(1, 9))
def test_whatever_is_counted_adds_up(footwear, said, goal):
    photos = [Labelled(Entry(file=f"{n}.jpg", kind=kind, view=view, good_id=view,
                             synthetic="yes" * made),
                       row_of(footwear, house=label), ("",) * len(footwear.features))
              for n, (label, kind, made, view) in enumerate(said)]
    need = need_of(balance(photos, footwear), footwear, "house", goal)
    real = [i for i in said if not i[2] and i[1] != "generated"]
    assert need.real == sum(label == 1 for label, *_ in real)
    assert need.real + need.generated == sum(label == 1 for label, *_ in said)
    assert need.real + need.generated + need.negatives + need.unsure + need.unknown == len(said)
    assert need.lacking == max(0, goal - need.real)
    assert need.goods == len({view for label, *_, view in real if label == 1})


def test_generated_photos_do_not_fill_what_is_lacking(rows, footwear):
    lack = missing(rows, footwear, goal=2)
    assert "high_heel" not in lack and lack["wooden_platform"] == 2 and lack["waterproof"] == 1
    assert list(lack.values()) == sorted(lack.values(), reverse=True)
    assert missing(rows, footwear, goal=2, real=False)["wooden_platform"] == 1


def test_a_shop_s_photo_that_a_generator_has_marked_is_a_generated_one(manifest, footwear):
    add(manifest, 1, text="Туфли, каблук 7 см", synthetic="yes")
    settle(manifest, footwear)
    need = need_of(balance(labelled(manifest, footwear), footwear), footwear, "high_heel")
    assert (need.real, need.generated) == (0, 1)


def test_own_photos_are_counted_beside_the_collection_and_not_in_it(collection, footwear):
    first, dropped = list(collection)[0], list(collection)[4]
    people = [LabelRow(first.file, "", "", row_of(footwear, house=1)),
              LabelRow(dropped.file, "", "", row_of(footwear, house=1)),
              LabelRow("archive/1.jpg", "good 1", "", row_of(footwear, house=1, sport=0))]
    own = own_photos(people, collection, footwear)
    assert [o.entry.file for o in own] == ["archive/1.jpg"]
    rows = balance([*labelled(collection, footwear, people), *own], footwear)
    mine = next(r for r in rows if r.kind == "own" and r.feature == "house")
    assert (mine.positives, mine.by_person, mine.goods) == (1, 1, {"good 1"})
    assert need_of(rows, footwear, "house").real == 2  # the dropped photo does not count


def test_own_photos_of_the_labeler_s_file_are_known_from_those_of_the_collection(
        collection, footwear, tmp_path):
    first = next(iter(collection))
    write_labels(tmp_path / "l.csv", [
        LabelRow(image, "", "", row_of(footwear, house=1))
        for image in (first.file.removeprefix("photos/"), "of/my/archive.jpg")], footwear)
    people, _ = people_of(tmp_path / "l.csv", collection.folder, footwear)
    assert len(own_photos(people, collection, footwear)) == 1


# --- planning

def test_what_lacks_most_is_planned_first_and_what_lacks_nothing_not(collection, rows, footwear):
    jobs = plan(collection, rows, footwear, goal=2, kinds=("search",))
    order = list(dict.fromkeys(job.features[0] for job in jobs))
    assert order == list(missing(rows, footwear, goal=2)) and "high_heel" not in order
    for feature, lack in missing(rows, footwear, goal=2).items():
        assert sum(job.count for job in jobs if job.features == (feature,)) >= lack


def test_a_search_asks_every_service_for_the_words_of_the_group(collection, rows, footwear):
    jobs = plan(collection, rows, footwear, features=("wooden_platform",), kinds=("search",),
                words="ru", services=("commons",))
    assert [job.text for job in jobs] == ["сабо на деревянной подошве", "гэта"]
    assert {(job.source, job.wanted, job.count) for job in jobs} == {
        ("commons", "wooden_platform=1", 25)}


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_feature_of_every_group_can_be_searched_for(footwear, language):
    for feature in footwear.feature_ids:
        found = queries(footwear, feature, language)
        assert found and all(q == q.strip() != "" for q in found)
        assert len(set(found)) == len(found)


def test_a_group_without_words_searches_for_the_names(footwear, tmp_path):
    bare = dataclasses.replace(footwear, folder=tmp_path)
    assert any("wooden platform" in q for q in queries(bare, "wooden_platform"))


class Painter:
    """A generator that makes another picture each time."""

    model, licence, made = "painter", "", 0

    def make(self, prompt):
        from loopback import encoded, picture
        self.made += 1
        return encoded(picture(1000 + self.made), "PNG"), "image/png"


@pytest.mark.parametrize("before", [0, 3, 12])
def test_a_generator_makes_as_many_as_lack_whatever_it_made_before(manifest, footwear, before):
    def jobs(goal):
        return plan(manifest, balance(labelled(manifest, footwear), footwear), footwear, goal,
                    ("house",), kinds=("generated",), model="painter")
    if before:
        assert generate(manifest, Painter(), jobs(before)[0].prompts).photos == before
    lacking, = jobs(7)  # nobody has kept the earlier ones: they do not count
    painter = Painter()
    painter.made = before
    done = generate(manifest, painter, lacking.prompts)
    assert lacking.count == done.photos == 7 and done.known <= before
    assert "house=1" in lacking.wanted and "slippers" in lacking.text


def test_kept_generated_photos_are_not_asked_for_again(collection, rows, footwear):
    assert not plan(collection, rows, footwear, 1, ("wooden_platform",), kinds=("generated",))
    assert plan(collection, rows, footwear, 1, ("wooden_platform",), kinds=("search",))


def test_a_catalogue_that_shows_what_lacks_is_asked_for_more_of_it(collection, rows, footwear):
    other = dataclasses.replace(SHOP, name="other")
    jobs = plan(collection, rows, footwear, 4, ("high_heel",), kinds=("catalogue",),
                recipes={"other.toml": other, "shop.toml": SHOP})
    assert [job.source for job in jobs] == ["shop.toml", "other.toml"]
    # 2 of 3 photos showed it and 2 lack: 3 more are to bring them
    assert jobs[0].count == jobs[0].recipe.limits.photos == 3
    assert jobs[1].count == 2


def test_a_catalogue_that_never_shows_a_feature_is_left_out(footwear):
    entries = [Entry(kind="catalogue", source="shop", file=f"{n}.jpg", good_id=str(n),
                     weak="high_heel=1 (text)") for n in range(TRIED)]
    rows = balance(labelled(entries, footwear), footwear)
    assert not plan(entries, rows, footwear, 60, ("house",), kinds=("catalogue",),
                    recipes={"shop": SHOP})
    job, = plan(entries, rows, footwear, 60, kinds=("catalogue",), recipes={"shop": SHOP})
    assert job.features == ("high_heel",) and job.count == 10


def test_a_crawl_that_its_bound_has_ended_goes_on(collection, rows, footwear):
    path = journal_of(collection.folder, SHOP)
    path.parent.mkdir(parents=True)
    path.write_text("".join(json.dumps({"url": f"u{n}", "depth": 0}) + "\n" for n in range(7)))
    job, = plan(collection, rows, footwear, 4, ("high_heel",), kinds=("catalogue",),
                recipes={"shop": SHOP}, folder=collection.folder)
    assert job.recipe.limits.pages == SHOP.limits.pages + 7
    assert journal_of(collection.folder, job.recipe) == path


def test_a_feature_that_there_is_not_is_named(collection, rows, footwear):
    with pytest.raises(CollectError, match="there is no wings"):
        plan(collection, rows, footwear, features=("wings",))


# --- tables and the command line

def test_the_tables_show_what_was_counted_and_planned(collection, rows, footwear):
    table = balance_table(rows, footwear, "en")
    assert len(table) == len(rows)
    row = next(r for r in table if str(r["feature"]) == "high heel" and str(r["source"]) == "shop")
    assert (row["positives"], row["goods"], str(row["kind"])) == (2, 1, "catalogue")
    table = needs_table(needs(rows, footwear, 2), footwear, "ru")
    assert len(table) == len(footwear.features) and table[0]["lacking"] == 2
    jobs = plan(collection, rows, footwear, 2)
    table = plan_table(jobs, footwear)
    assert len(table) == len(jobs) and set(map(str, table.get_column("kind"))) == {
        "search", "generated"}
    assert len(plan_table([], footwear)) == 0 == len(balance_table([], footwear))


def test_the_report_tells_what_lacks_per_feature(collection, capsys):
    assert main(["collect", "report", str(collection.folder), "--features", "--goal", "2"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "feature,real,generated,goods,negatives,unsure,unknown,by_person,lacking"
    assert any(line.startswith("wooden_platform,0,1,0,") and line.endswith(",2")
               for line in said)


def test_the_planned_commands_are_such_that_the_program_takes(collection, tmp_path, capsys):
    recipe = tmp_path / "my shop.toml"
    recipe.write_text('start = ["https://shop.example/"]\nname = "shop"\n')
    assert main(["collect", "report", str(collection.folder), "--plan", "--goal", "4",
                 "--feature", "high_heel", "--recipe", str(recipe), "--words", "ru",
                 "--model", "painter"]) == 0
    lines = [shlex.split(line) for line in capsys.readouterr().out.splitlines()]
    assert [line[2] for line in lines] == ["catalogue", *["search"] * 4, "generate"]
    for line in lines:
        assert line[0] == "orange-customs" and line[3] == str(collection.folder)
        parser = argparse.ArgumentParser()
        cli_collect.add_arguments(parser)
        assert parser.parse_args(line[2:]).source_kind == line[2]
    assert lines[0][5] == str(recipe) and "туфли на шпильке" in lines[3]


@pytest.mark.parametrize("arguments, complaint", [
    (["--source", "flickr"], "no source flickr"), (["--feature", "wings"], "there is no wings"),
    (["--recipe", "none.toml"], "recipe none.toml")])
def test_what_can_not_be_planned_is_said(tmp_path, capsys, monkeypatch, arguments, complaint):
    monkeypatch.chdir(tmp_path)
    assert main(["collect", "report", "c", "--plan", *arguments]) == 2
    assert complaint in capsys.readouterr().err
