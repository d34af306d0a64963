"""``orange-customs collect``: the notice comes first, and what is collected is labelled."""
import base64
import csv
import json

import pytest
from loopback import encoded, jpeg, picture
from test_crawl import links, product, serve

from orangecontrib.customs.collecting import read_manifest
from orangecontrib.customs.collecting.adapters import find_adapter
from orangecontrib.customs.headless.cli import main


@pytest.fixture
def recipe(tmp_path, loopback):
    path = tmp_path / "shop.toml"
    path.write_text(f'start = ["{loopback.url}/"]\nname = "shop"\n'
                    "[limits]\ndelay = 0\ntries = 1\n")
    return str(path)


def test_a_catalogue_is_collected_labelled_and_reported(tmp_path, loopback, recipe, capsys):
    serve(loopback, products=2)
    loopback.page("/p/1", product(1, name="Туфли, каблук 7 см", material="кожа"))
    folder = str(tmp_path / "c")
    assert main(["collect", "catalogue", folder, "--recipe", recipe, "--lang", "en"]) == 0
    said = capsys.readouterr()
    assert said.err.startswith("127.0.0.1 will be asked for up to 1000 pages")
    assert "Your own photos, descriptions and labels never leave the computer." in said.err
    assert "3 pages, 2 products, 4 new photos, 0 known" in said.out
    heels = [e for e in read_manifest(folder) if "high_heel=1 (text)" in e.weak]
    assert [e.product for e in heels] == ["shop:P1"] * 2

    assert main(["collect", "report", folder, "--goal", "3"]) == 0
    said = capsys.readouterr()
    assert "high_heel,catalogue,shop,,2," in said.out
    assert "high_heel: 1 more real positives to 3" in said.err

    out = tmp_path / "labels.csv"
    assert main(["collect", "labels", folder, "--out", str(out)]) == 0
    assert "4 photos ->" in capsys.readouterr().out
    with open(out, encoding="utf-8-sig", newline="") as file:
        assert sum(row["high_heel"] == "1" for row in csv.DictReader(file)) == 2

    assert main(["collect", "catalogue", folder, "--recipe", recipe]) == 0
    assert "0 new photos, 4 known" in capsys.readouterr().out


def test_a_preview_shows_what_is_caught_and_collects_nothing(tmp_path, loopback, recipe, capsys):
    serve(loopback)
    folder = tmp_path / "c"
    assert main(["collect", "catalogue", str(folder), "--recipe", recipe, "--preview",
                 loopback.url + "/p/1"]) == 0
    said = capsys.readouterr()
    assert "json-ld: Ботинки 1 [P1]" in said.out and "/photo/1-0.jpg" in said.out
    assert said.err and not folder.exists() and loopback.count("/photo/1-0.jpg") == 0


def test_a_preview_of_a_login_page_says_so(tmp_path, loopback, recipe, capsys):
    loopback.page("/", "<input type=password>" + links("/p"))
    main(["collect", "catalogue", str(tmp_path), "--recipe", recipe, "--preview", "--lang", "en"])
    assert "asks for a login" in capsys.readouterr().err


def test_the_notice_comes_before_the_first_request(tmp_path, loopback, recipe, capsys):
    said = []
    loopback.routes["/robots.txt"] = lambda request: (
        said.append(capsys.readouterr().err), (404, {}, b""))[1]
    loopback.page("/", "")
    main(["collect", "catalogue", str(tmp_path), "--recipe", recipe, "--preview", "--lang", "ru"])
    assert "компьютер не покидают" in said[0]


def test_a_search_is_collected(tmp_path, loopback, capsys, monkeypatch):
    monkeypatch.setattr(find_adapter("openverse"), "url", loopback.url + "/v1/images/",
                        raising=False)
    loopback.json("/v1/images/", {"page_count": 1, "results": [
        {"id": "1", "title": "wooden clogs", "url": loopback.url + "/p.jpg", "license": "by",
         "license_version": "4.0"}]})
    loopback.photo("/p.jpg", jpeg(1))
    folder = str(tmp_path / "c")
    assert main(["collect", "search", folder, "--source", "openverse", "--query", "clogs",
                 "--feature", "wooden_platform", "--lang", "en"]) == 0
    said = capsys.readouterr()
    assert said.err.startswith("Openverse (127.0.0.1) will get the query “clogs”")
    entry, = read_manifest(folder)
    assert entry.weak.startswith("wooden_platform=1 (category)") and entry.licence == "CC BY 4.0"


def test_photos_are_generated(tmp_path, loopback, capsys, monkeypatch):
    monkeypatch.setenv("ORANGE_CUSTOMS_IMAGES_KEY", "s3cret")
    photos = iter(range(10))
    loopback.routes["/v1/images/generations"] = lambda request: (200, {}, json.dumps({"data": [
        {"b64_json": base64.b64encode(encoded(picture(next(photos)), "PNG")).decode()}]}))
    folder = str(tmp_path / "c")
    command = ["collect", "generate", folder, "--feature", "wooden_platform", "--count", "2",
               "--endpoint", loopback.url + "/v1", "--model", "painter", "--photo-model", "none",
               "--lang", "en"]
    assert main(command) == 0
    said = capsys.readouterr()
    assert "(model painter) will get descriptions of 2 photos" in said.err
    assert "s3cret" not in said.err + said.out
    assert all(e.synthetic == "yes" for e in read_manifest(folder))
    assert main(command) == 0
    assert "0 new photos, 2 known" in capsys.readouterr().out


def test_a_photo_model_that_can_not_be_used_is_named_before_anything_is_asked(tmp_path, loopback,
                                                                               capsys):
    assert main(["collect", "generate", str(tmp_path / "c"), "--feature", "house", "--endpoint",
                 loopback.url + "/v1", "--model", "painter", "--photo-model",
                 str(tmp_path / "none.safetensors")]) == 2
    assert "none.safetensors" in capsys.readouterr().err
    assert not loopback.requests and not (tmp_path / "c").exists()


def test_prompts_are_shown_without_asking_anybody(tmp_path, capsys):
    assert main(["collect", "generate", str(tmp_path / "c"), "--feature", "house", "--show",
                 "--words", "ru", "--count", "1"]) == 0
    assert "домашние, мягкие" in capsys.readouterr().out and not (tmp_path / "c").exists()


@pytest.mark.parametrize("arguments, complaint", [
    (["search", "C", "--source", "flickr", "--query", "x"], "no source flickr"),
    (["search", "C", "--source", "pexels", "--query", "x"], "forbid to train models"),
    (["search", "C", "--source", "commons", "--query", "x", "--feature", "y"], "there is no y"),
    (["catalogue", "C", "--recipe", "none.toml"], "recipe none.toml"),
    (["generate", "C", "--feature", "house"], "name one generator"),
    (["generate", "C", "--feature", "house", "--local", "nobody/nothing"], "diffusers|weights"),
    (["generate", "C", "--feature", "nothing", "--show"], "there is no nothing"),
    (["labels", "C", "--labels", "none.csv", "--out", "o.csv"], "labels: "),
    (["report", "C", "--group", "nobody"], "nobody")])
def test_what_can_not_be_done_is_said(tmp_path, capsys, monkeypatch, arguments, complaint):
    import re
    monkeypatch.chdir(tmp_path)
    assert main(["collect", *arguments]) == 2
    assert re.search(complaint, capsys.readouterr().err)


def test_an_empty_collection_has_nothing_to_report(tmp_path, capsys):
    assert main(["collect", "report", str(tmp_path)]) == 1
