"""Generated photos are asked for in words, marked, judged, and never measure."""
import base64
import json
import zlib
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from loopback import encoded, jpeg, picture

from orangecontrib.customs.collecting import CollectError, Entry, read_manifest
from orangecontrib.customs.collecting.generators import local
from orangecontrib.customs.collecting.generators.endpoint import Endpoint
from orangecontrib.customs.collecting.generators.generate import generate
from orangecontrib.customs.collecting.generators.local import Local
from orangecontrib.customs.collecting.generators.prompts import compose, scenes
from orangecontrib.customs.collecting.generators.screening import Distances, judge, screen
from orangecontrib.customs.collecting.pictures import picture_of
from orangecontrib.customs.i18n import say
from orangecontrib.customs.photos.model import untrained
from orangecontrib.customs.photos.synthetic import is_generated

# --- prompts

def test_a_prompt_says_what_is_wanted_in_both_languages(footwear):
    prompt = compose(footwear, ("wooden_platform",), "ru", cluster="slip_on")
    assert prompt.text == ("фотография товара: шлёпанцы на деревянной платформе, вид сбоку, "
                           "на белом фоне")
    prompt = compose(footwear, ("wooden_platform",), "en", cluster="slip_on")
    assert "slip-on mules on a wooden platform, side view, on a white background" in prompt.text


def test_a_prompt_knows_what_the_photo_is_to_show(footwear):
    prompt = compose(footwear, ("height_calf",))
    assert prompt.cluster == "boots" and prompt.labels["height_calf"] == 1
    assert prompt.labels["height_below_ankle"] == prompt.labels["height_ankle"] == 0
    assert prompt.labels["strap_vamp"] == 0  # no boot has one
    assert "sport" not in prompt.labels      # a boot may have studs or not
    assert "height_calf=1" in prompt.wanted


def test_views_backgrounds_and_kinds_of_goods_take_turns(footwear):
    views, backgrounds = scenes()
    prompts = [compose(footwear, ("high_heel",), number=n)
               for n in range(len(views) * len(backgrounds))]
    assert {(p.view, p.background) for p in prompts} == {(v, b) for v in views for b in backgrounds}
    assert {p.cluster for p in prompts} == {"low", "straps"}
    assert len({p.text for p in prompts}) == len(prompts)


def test_every_feature_can_be_asked_for(footwear):
    for feature in footwear.feature_ids:
        for language in ("ru", "en"):
            prompt = compose(footwear, (feature,), language)
            assert prompt.labels[feature] == 1 and prompt.text


@pytest.mark.parametrize("features, known, complaint", [
    (("heels",), {}, "no heels; there are perforated_vamp"),
    (("height_calf", "strap_vamp"), {}, "no kind of goods shows height_calf, strap_vamp together"),
    (("high_heel",), {"cluster": "boots"}, "no kind of goods"),
    (("high_heel",), {"views": ("inside",)}, "no inside; there are side")])
def test_what_can_not_be_asked_for_is_named(footwear, features, known, complaint):
    with pytest.raises(CollectError, match=complaint):
        compose(footwear, features, **known)


def test_a_group_without_words_of_its_own_is_asked_for_by_its_names(lamps):
    assert compose(lamps, ("led_dots",)).text.startswith("a product photo of lamps led dots, ")
    assert compose(lamps, ("led_dots",), "ru").text.startswith("фотография товара: lamps ")
    assert compose(lamps, ("led_dots",)).labels == {"led_dots": 1}


# --- endpoints

@pytest.fixture
def endpoint(loopback, client):
    return Endpoint(loopback.url + "/v1", "painter", client, key="s3cret", licence="CC0")


def images(loopback, *items, **headers):
    answers = iter(items)
    loopback.routes["/v1/images/generations"] = lambda request: (
        200, {"Content-Type": "application/json"},
        json.dumps({"created": 1, "data": [next(answers)]}))


def b64(seed, kind="PNG"):
    return {"b64_json": base64.b64encode(encoded(picture(seed), kind)).decode()}


def prompts(footwear, n):
    return [compose(footwear, ("high_heel",), number=number) for number in range(n)]


def test_an_endpoint_answers_with_photos_or_with_their_addresses(loopback, endpoint, manifest,
                                                                 footwear):
    loopback.photo("/made.jpg", jpeg(2))
    images(loopback, b64(1), {"url": loopback.url + "/made.jpg"})
    done = generate(manifest, endpoint, prompts(footwear, 2))
    assert (done.photos, done.ended) == (2, "finished")
    method, path, headers, body = loopback.requests[0]
    asked = json.loads(body)
    assert (method, asked["model"], asked["n"]) == ("POST", "painter", 1)
    assert asked["prompt"] == prompts(footwear, 1)[0].text and "response_format" not in asked
    assert headers["Authorization"] == "Bearer s3cret"
    assert "Authorization" not in loopback.requests[-1][2]
    for entry in manifest:
        assert entry.synthetic == "yes" and entry.kind == "generated" and entry.licence == "CC0"
        assert entry.prompt and entry.view and "high_heel=1" in entry.wanted
        assert is_generated(manifest.read(entry)) and not entry.counts
    for path in manifest.folder.rglob("*"):
        assert not path.is_file() or b"s3cret" not in path.read_bytes()


def test_photos_that_there_are_already_are_not_paid_for_again(loopback, endpoint, manifest,
                                                              footwear):
    images(loopback, b64(1), b64(2), b64(3))
    generate(manifest, endpoint, prompts(footwear, 2))
    done = generate(manifest, endpoint, prompts(footwear, 3))
    assert (done.photos, done.known) == (1, 2)
    assert loopback.count("/v1/images/generations") == 3


def test_a_dropped_photo_is_not_asked_for_again(loopback, endpoint, manifest, footwear):
    images(loopback, b64(1), b64(2))
    generate(manifest, endpoint, prompts(footwear, 1))
    manifest.change(next(iter(manifest)), state="dropped")
    assert generate(manifest, endpoint, prompts(footwear, 1)).known == 1


@pytest.mark.parametrize("answer, complaint", [
    ((400, {}, b'{"error": {"message": "billing"}}'), "answers 400"),
    ((401, {}, b""), "asks for a login"),
    ((429, {"Retry-After": "999"}, b""), "asks to wait for 999 s"),
    ((200, {}, b"<html>"), "is not JSON"), ((200, {}, b'{"data": []}'), "has no data.b64_json"),
    ((200, {}, b'{"data": [{"b64_json": "!!"}]}'), "has no data.b64_json"),
    ((200, {}, b'{"data": [{"url": "file:///etc/passwd"}]}'), "not an address of http")])
def test_an_endpoint_that_refuses_is_said_and_asked_no_more(loopback, endpoint, manifest,
                                                            footwear, answer, complaint):
    loopback.routes["/v1/images/generations"] = answer
    done = generate(manifest, endpoint, prompts(footwear, 9))
    assert done.ended == "broken" and complaint in say(done.remarks[0], "en")
    assert loopback.count("/v1/images/generations") <= 3 and "s3cret" not in str(done)


def test_what_an_endpoint_gives_that_is_no_photo_is_a_row(loopback, endpoint, manifest, footwear):
    images(loopback, {"b64_json": base64.b64encode(b"not a photo").decode()}, b64(1))
    done = generate(manifest, endpoint, prompts(footwear, 2))
    assert (done.photos, done.refused) == (1, 1)


def test_an_endpoint_can_not_name_photos_of_the_private_net(loopback, manifest, footwear, time_):
    from loopback import Loopback

    from orangecontrib.customs.collecting import Client
    inside = Loopback("127.0.0.2")
    inside.photo("/secret.jpg", jpeg(1))
    images(loopback, {"url": inside.url + "/secret.jpg"})
    client = Client(sleep=time_.sleep, clock=time_, private=lambda ip: ip != "127.0.0.1")
    done = generate(manifest, Endpoint(loopback.url + "/v1", "m", client), prompts(footwear, 1))
    inside.close()
    assert "private network" in say(done.remarks[0], "en") and not inside.requests


# --- on this computer

@pytest.fixture
def diffusers(monkeypatch):
    """A stand-in for the package: it notes how weights are loaded."""
    import sys
    from types import ModuleType, SimpleNamespace
    module, calls = ModuleType("diffusers"), []

    class Pipeline:
        @classmethod
        def from_pretrained(cls, name, **options):
            calls.append((name, options))
            if name == "broken":
                raise OSError("no model_index.json")
            return cls()

        def to(self, device):
            return self

        def __call__(self, prompt):
            return SimpleNamespace(images=[picture(zlib.crc32(prompt.encode()))])
    module.AutoPipelineForText2Image = Pipeline
    monkeypatch.setitem(sys.modules, "diffusers", module)
    monkeypatch.setattr(local, "_is_here", lambda name: name == "here")
    return calls


def test_without_diffusers_it_is_said_how_to_get_it(monkeypatch):
    import sys
    monkeypatch.setitem(sys.modules, "diffusers", None)
    with pytest.raises(CollectError, match=r"install Orange3-Customs\[generate\]"):
        Local("here")


def test_weights_are_never_fetched_silently(diffusers):
    with pytest.raises(CollectError) as caught:
        Local("stabilityai/stable-diffusion-xl-base-1.0")
    assert "about 7 GB, licence CreativeML Open RAIL++-M" in str(caught.value)
    assert "allow the download" in str(caught.value) and not diffusers
    with pytest.raises(CollectError, match=r"about \? GB, licence \?"):
        Local("somebody/unknown")


def test_weights_that_are_here_make_photos_and_nobody_is_asked(diffusers, manifest, footwear):
    done = generate(manifest, Local("here", device="cpu"), prompts(footwear, 2))
    assert done.photos == 2
    assert diffusers == [("here", {"use_safetensors": True, "local_files_only": True})]


def test_a_download_is_what_was_allowed(diffusers):
    Local("somebody/unknown", allow_download=True, device="cpu").make("boots")
    assert diffusers[0][1]["local_files_only"] is False


def test_weights_that_can_not_be_read_are_named(diffusers, tmp_path, monkeypatch):
    (tmp_path / "broken").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CollectError, match="weights of broken can't be read"):
        Local("broken", device="cpu").make("boots")


# --- screening

def answers(footwear, **said):
    p = np.full(len(footwear.features), .05)
    p[footwear.feature_ids.index("height_below_ankle")] = .9
    for feature, value in said.items():
        p[footwear.feature_ids.index(feature)] = value
    return p


@pytest.mark.parametrize("said, contradiction, distance, unlearnt, state, reason", [
    ({"high_heel": .9}, .1, .8, (), "kept", ""),
    ({"high_heel": .9, "not_footwear": .9}, .1, .8, (), "dropped", "none of the goods"),
    ({"high_heel": .9, "not_footwear": .6}, .1, .8, (), "doubtful", "none of the goods"),
    ({"high_heel": .9}, .97, .8, (), "dropped", "contradict each other"),
    ({"high_heel": .9}, .85, .8, (), "doubtful", "contradict each other"),
    ({"high_heel": .05}, .1, .8, (), "dropped", "high heel: not as wanted"),
    ({"high_heel": .3}, .1, .8, (), "doubtful", "high heel: not as wanted"),
    ({"high_heel": .05}, .1, .8, ("high_heel",), "doubtful", "high heel: the model has learnt it"),
    ({"high_heel": .99}, .1, .8, ("high_heel",), "doubtful", "look for yourself"),
    ({"high_heel": .9, "strap_vamp": .99}, .1, .8, ("strap_vamp",), "kept", ""),
    ({"high_heel": .9, "strap_vamp": .99}, .1, .8, (), "doubtful", "strap vamp: not as wanted"),
    ({"high_heel": .9}, .1, 1.2, (), "doubtful", "unlike the real photos"),
    ({"high_heel": .9}, .1, 2.0, (), "dropped", "unlike the real photos"),
    ({"high_heel": .9}, .1, None, (), "kept", ""),
])
def test_fantasies_are_told_from_photos(footwear, said, contradiction, distance, unlearnt, state,
                                        reason):
    got, reasons = judge(answers(footwear, **said), contradiction,
                         {"high_heel": 1., "strap_vamp": 0.}, distance, footwear, unlearnt)
    assert got == state and reason in "; ".join(say(r, "en") for r in reasons)
    assert bool(reasons) == (state != "kept")


def test_no_shoe_is_wanted_where_no_shoe_is_wanted(footwear):
    state, _ = judge(answers(footwear, not_footwear=.99), .1, {"not_footwear": 1.}, None, footwear)
    assert state == "kept"


def test_distance_is_measured_in_what_is_usual_between_real_goods():
    rng = np.random.default_rng(1)
    real = rng.normal(size=(60, 8)) + 4
    distances = Distances.of(real, [f"g{n}" for n in range(60)])
    assert (distances(real[:5]) < .01).all()
    assert distances(-real[:1])[0] > 1.5
    assert np.median(distances(rng.normal(size=(50, 8)) + 4)) < 1


def test_photos_of_one_good_do_not_make_real_ones_near():
    rng = np.random.default_rng(1)
    real = np.repeat(rng.normal(size=(30, 8)), 2, axis=0)  # two photos alike of each good
    assert Distances.of(real, [f"g{n // 2}" for n in range(60)]).usual > .05


def test_too_few_real_photos_say_nothing_on_what_is_real():
    assert Distances.of(np.ones((5, 3)), list("abcde")) is None


@pytest.fixture
def extractor(footwear):
    """Mean colours of a 4 x 4 grid, and heads that doubt every photo of a light red shoe."""
    model = untrained("made", "made", {}, 48, group=footwear)
    bias = model.bias.copy()
    bias[footwear.feature_ids.index("not_footwear")] = 1
    spec = SimpleNamespace(size=32)

    class Made:
        def __call__(self, images):
            cells = images.reshape(len(images), 4, 8, 4, 8, 3).mean(axis=(2, 4))
            return cells.reshape(len(images), -1).astype(np.float32) / 255
    made = Made()
    made.spec = spec
    return SimpleNamespace(model=replace(model, bias=bias), backbone=made)


def test_screening_says_of_each_photo_why_and_leaves_what_a_person_said(
        loopback, endpoint, manifest, footwear, extractor):
    images(loopback, *(b64(n) for n in range(3)))
    generate(manifest, endpoint, prompts(footwear, 3))
    first, second, third = manifest
    manifest.change(first, state="kept")
    done = screen(manifest, extractor)
    assert (done.doubtful, done.dropped) == (2, 0) and not done.distances
    states = {e.sha256: e for e in read_manifest(manifest.folder)}
    assert states[first.sha256].state == "kept" and not states[first.sha256].reason
    for entry in (second, third):
        assert states[entry.sha256].state == "doubtful"
        assert "не товар группы (P = 73 %)" in states[entry.sha256].reason
    assert screen(manifest, extractor).doubtful == 0  # judged already


def test_a_photo_unlike_all_real_ones_is_dropped(loopback, endpoint, manifest, footwear, extractor):
    for number in range(25):
        content = jpeg(number)
        manifest.add(Entry(url=f"http://shop/{number}", product=str(number), kind="search"),
                     content, picture_of(content))
    black = encoded(picture(1, colour=(0, 0, 255), ground=(0, 0, 0)), "PNG")
    images(loopback, {"b64_json": base64.b64encode(black).decode()}, b64(3))
    generate(manifest, endpoint, prompts(footwear, 2))
    assert screen(manifest, extractor).distances
    unlike, like = (e for e in manifest if e.kind == "generated")
    assert unlike.state == "dropped" and "раза дальше обычного" in unlike.reason
    assert "дальше" not in like.reason


def test_nothing_to_screen_loads_no_model(manifest):
    class Nothing:
        model = None
    manifest.add(Entry(url="http://a/1", kind="search"), jpeg(1))
    assert screen(manifest, Nothing()).kept == 0
