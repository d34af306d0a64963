"""Each service answers as its documentation says; photos come with licence, author and link."""
import pytest
from loopback import Loopback, jpeg

from orangecontrib.customs.collecting import CollectError, search
from orangecontrib.customs.collecting.adapters import find_adapter, names
from orangecontrib.customs.collecting.client import Client
from orangecontrib.customs.i18n import say


def openverse_item(shop, number, **said):
    return {"id": f"id-{number}", "title": f"Clogs {number}", "creator": "Anna",
            "foreign_landing_url": f"https://flickr.example/{number}",
            "url": f"{shop.url}/photo/{number}.jpg", "license": "by-sa", "license_version": "2.0",
            "license_url": "https://creativecommons.org/licenses/by-sa/2.0/",
            "category": None, "tags": [{"name": "wooden", "accuracy": None}], "width": 800,
            "height": 600, **said}


@pytest.fixture
def openverse(loopback, monkeypatch):
    adapter = find_adapter("openverse")
    monkeypatch.setattr(adapter, "url", loopback.url + "/v1/images/", raising=False)

    def page(request):
        number = 2 if "page=2" in request.path.replace("page_size", "") else 1
        import json
        items = [openverse_item(loopback, 3 * number + n) for n in range(3)]
        return 200, {"Content-Type": "application/json"}, json.dumps(
            {"result_count": 6, "page_count": 2, "page_size": 20, "page": number,
             "results": items})
    loopback.routes["/v1/images/"] = page
    for number in range(10):
        loopback.photo(f"/photo/{number}.jpg", jpeg(number))
    return adapter


def test_openverse_is_asked_page_by_page_and_says_whose_photos_they_are(loopback, openverse,
                                                                       manifest, client):
    done = search(manifest, openverse, "wooden clogs", 5, client)
    assert (done.photos, done.ended) == (5, "photos")
    asked = [path for _, path, _, _ in loopback.requests if path.startswith("/v1")]
    assert len(asked) == 2 and "q=wooden+clogs" in asked[0] and "page_size=20" in asked[0]
    entry = next(iter(manifest))
    assert entry.licence == "CC BY-SA 2.0" and entry.author == "Anna"
    assert entry.licence_url.endswith("/by-sa/2.0/")
    assert entry.page == "https://flickr.example/3" and entry.query == "wooden clogs"
    assert entry.text == "Clogs 3; wooden" and entry.kind == "search"
    assert manifest.read(entry) == jpeg(3)


def test_public_domain_is_no_creative_commons_licence(loopback, openverse, client):
    loopback.json("/v1/images/", {"page_count": 1, "results": [
        openverse_item(loopback, 1, license="cc0", license_version="1.0"),
        openverse_item(loopback, 2, license="pdm", license_version="1.0")]})
    assert [f.licence for f in openverse.search(client, "x", "")] == ["CC0 1.0", "PDM 1.0"]


def test_a_second_search_fetches_nothing_twice(loopback, openverse, manifest, client):
    search(manifest, openverse, "clogs", 3, client)
    done = search(manifest, openverse, "sabots", 3, client)
    assert (done.photos, done.known) == (3, 3)
    assert all(n == 1 for path, n in loopback.seen.items() if path.startswith("/photo"))


def test_photos_that_can_not_be_had_do_not_end_the_search(loopback, openverse, manifest, client):
    loopback.routes["/photo/3.jpg"] = 404, {}, b""
    loopback.page("/photo/4.jpg", "<p>log in")
    loopback.routes["/photo/5.jpg"] = 503, {}, b""
    done = search(manifest, openverse, "clogs", 10, client)
    assert (done.photos, done.refused, done.failed, done.ended) == (3, 2, 1, "finished")
    said = " ".join(say(remark, "en") for remark in done.remarks)
    assert "404" in said and "not an image (text/html)" in said and "503" in said
    loopback.photo("/photo/5.jpg", jpeg(5))
    done = search(manifest, openverse, "clogs", 10, client)
    assert (done.photos, done.known) == (1, 5)


def test_a_quota_that_is_used_up_in_the_middle_leaves_what_there_is(loopback, openverse, manifest,
                                                                   client):
    first = loopback.routes["/v1/images/"]
    loopback.routes["/v1/images/"] = lambda request: first(request) \
        if "page=1" in request.path else (429, {"Retry-After": "3600"}, b"")
    done = search(manifest, openverse, "clogs", 10, client)
    assert (done.photos, done.ended) == (3, "broken")
    assert "asks to wait for 3600 s" in say(done.remarks[-1], "en")


@pytest.mark.parametrize("answer, complaint", [
    ("<html>", "the answer is not JSON"), ("{}", "the answer has no results"),
    ("[1]", "no results"),
    ('{"results": {}}', "no results")])
def test_an_answer_of_another_form_is_said(loopback, openverse, manifest, client, answer,
                                           complaint):
    loopback.routes["/v1/images/"] = 200, {"Content-Type": "application/json"}, answer
    done = search(manifest, openverse, "clogs", 10, client)
    assert done.ended == "broken" and complaint in say(done.remarks[0], "en")


def test_a_service_in_the_open_net_can_not_name_private_photos(loopback, manifest, time_):
    inside = Loopback("127.0.0.2")
    inside.photo("/secret.jpg", jpeg(1))
    loopback.json("/v1/images/", {"page_count": 1, "results": [openverse_item(inside, 1)]})
    adapter = type(find_adapter("openverse"))()
    adapter.url = loopback.url + "/v1/images/"
    client = Client(sleep=time_.sleep, clock=time_, private=lambda ip: ip != "127.0.0.1")
    done = search(manifest, adapter, "clogs", 1, client)
    inside.close()
    assert done.refused == 1 and not inside.requests
    assert "private network" in say(done.remarks[0], "en")


# --- Wikimedia Commons

@pytest.fixture
def commons(loopback, monkeypatch):
    adapter = find_adapter("commons")
    monkeypatch.setattr(adapter, "url", loopback.url + "/w/api.php", raising=False)
    return adapter


def commons_page(shop, number, index, **info):
    return {"pageid": number, "ns": 6, "title": f"File:Sabot {number}.jpg", "index": index,
            "imageinfo": [{
                "url": f"{shop.url}/original/{number}.jpg",
                "thumburl": f"{shop.url}/photo/{number}.jpg", "mime": "image/jpeg",
                "descriptionurl": f"https://commons.example/File:Sabot_{number}.jpg",
                "extmetadata": {
                    "LicenseShortName": {"value": "CC BY 4.0", "source": "commons-desc-page"},
                    "LicenseUrl": {"value": "https://creativecommons.org/licenses/by/4.0"},
                    "Artist": {"value": '<a href="//commons.example/User:Jo">Jo</a>'},
                    "ImageDescription": {"value": "A <b>wooden</b> sabot"},
                    "Categories": {"value": "Sabots|Wooden shoes"}}, **info}]}


def test_commons_is_asked_on_as_long_as_it_says_so(loopback, commons, manifest, client):
    import json

    def answer(request):
        said = {"batchcomplete": True, "query": {"pages": [
            commons_page(loopback, 2, 2), commons_page(loopback, 1, 1),
            commons_page(loopback, 9, 3, mime="application/pdf")]}}
        if "gsroffset=20" in request.path:
            said = {"query": {"pages": [commons_page(loopback, 3, 21)]}}
        else:
            said["continue"] = {"gsroffset": 20, "continue": "gsroffset||"}
        return 200, {"Content-Type": "application/json"}, json.dumps(said)
    loopback.routes["/w/api.php"] = answer
    for number in (1, 2, 3):
        loopback.photo(f"/photo/{number}.jpg", jpeg(number))
    done = search(manifest, commons, "sabots", 10, client)
    assert (done.photos, done.ended) == (3, "finished")
    entries = list(manifest)
    assert [e.name for e in entries] == ["Sabot 1.jpg", "Sabot 2.jpg", "Sabot 3.jpg"]
    first = entries[0]
    assert (first.licence, first.author) == ("CC BY 4.0", "Jo")
    assert first.text == "Sabot 1.jpg; A wooden sabot" and first.category == "Sabots, Wooden shoes"
    assert first.page == "https://commons.example/File:Sabot_1.jpg"
    assert "gsrnamespace=6" in loopback.requests[0][1] and "maxlag=5" in loopback.requests[0][1]


def test_commons_says_in_words_what_is_wrong(loopback, commons, manifest, client):
    loopback.json("/w/api.php", {"error": {"code": "maxlag", "info": "Waiting for db1: 7 s"}})
    done = search(manifest, commons, "sabots", 10, client)
    assert "Wikimedia Commons answers: Waiting for db1" in say(done.remarks[0], "en")


def test_nothing_found_is_no_error(loopback, commons, manifest, client):
    loopback.json("/w/api.php", {"batchcomplete": True})
    done = search(manifest, commons, "xyzzy", 10, client)
    assert (done.photos, done.ended, done.remarks) == (0, "finished", [])


# --- Pexels

@pytest.fixture
def pexels(loopback, monkeypatch):
    adapter = find_adapter("pexels")
    monkeypatch.setattr(adapter, "url", loopback.url + "/v1/search", raising=False)
    loopback.json("/v1/search", {
        "total_results": 1, "page": 1, "per_page": 80, "next_page": "https://evil.example/?page=1",
        "photos": [{"id": 7, "width": 4000, "height": 3000, "url": "https://pexels.example/7",
                    "photographer": "Kim", "photographer_url": "https://pexels.example/@kim",
                    "alt": "Brown Boots", "src": {"original": loopback.url + "/o.jpg",
                                                  "large": loopback.url + "/photo/7.jpg"}}]})
    loopback.photo("/photo/7.jpg", jpeg(7))
    return adapter


def test_pexels_is_asked_by_those_who_have_its_permission(pexels, manifest, client, loopback):
    with pytest.raises(CollectError, match="forbid to train models .* if you have it, say so"):
        search(manifest, pexels, "boots", 1, client)
    assert not loopback.requests


def test_pexels_needs_a_key_and_both_ways_to_give_it_are_said(pexels, manifest, client, loopback):
    with pytest.raises(CollectError, match="ORANGE_CUSTOMS_PEXELS_KEY.*keyring set"):
        search(manifest, pexels, "boots", 1, client, permitted=True)
    assert not loopback.requests


def test_the_key_goes_to_pexels_and_into_no_file(pexels, manifest, client, loopback, monkeypatch):
    monkeypatch.setenv("ORANGE_CUSTOMS_PEXELS_KEY", "s3cret")
    done = search(manifest, pexels, "boots", 1, client, permitted=True)
    assert done.photos == 1
    headers = {path.split("?")[0]: h for _, path, h, _ in loopback.requests}
    assert headers["/v1/search"]["Authorization"] == "s3cret"
    assert "Authorization" not in headers["/photo/7.jpg"]
    for path in manifest.folder.rglob("*"):
        assert not path.is_file() or b"s3cret" not in path.read_bytes()
    entry = next(iter(manifest))
    assert (entry.licence, entry.author, entry.page) == (
        "Pexels License", "Kim", "https://pexels.example/7")


def test_a_refused_key_is_not_repeated(pexels, manifest, client, loopback, monkeypatch):
    monkeypatch.setenv("ORANGE_CUSTOMS_PEXELS_KEY", "s3cret")
    loopback.routes["/v1/search"] = 401, {}, b'{"error": "wrong key s3cret"}'
    done = search(manifest, pexels, "boots", 1, client, permitted=True)
    said = say(done.remarks[0], "en")
    assert "asks for a login" in said and "s3cret" not in said


def test_the_keyring_has_keys_too(pexels, manifest, client, loopback):
    import keyring
    from keyring.backend import KeyringBackend

    class Ring(KeyringBackend):
        priority = 1

        def get_password(self, service, name):
            return {("orange3-customs", "pexels"): "ringed"}.get((service, name))

        set_password = delete_password = None
    keyring.set_keyring(Ring())
    assert search(manifest, pexels, "boots", 1, client, permitted=True).photos == 1
    assert loopback.requests[0][2]["Authorization"] == "ringed"


# --- another service

def test_the_services_are_the_files_of_the_folder():
    assert names() == ["commons", "openverse", "pexels"]
    for name in names():
        adapter = find_adapter(name)
        assert adapter.id == name and adapter.name and adapter.terms.startswith("https://")
        assert isinstance(adapter.key, str) and isinstance(adapter.permission, bool)


def test_another_service_is_a_file(tmp_path, loopback, manifest, client):
    loopback.photo("/mine.jpg", jpeg(1))
    path = tmp_path / "museum.py"
    path.write_text(f'''
from orangecontrib.customs.collecting.adapters import Found

class Museum:
    id, name, key, terms, permission = "museum", "Museum", "", "https://museum.example", False
    url = "{loopback.url}/"

    def search(self, client, query, secret):
        yield Found("1", "{loopback.url}/mine.jpg", licence="CC0", name=query)

adapter = Museum()
''')
    assert search(manifest, find_adapter(str(path)), "boots", 5, client).photos == 1
    assert next(iter(manifest)).product == "museum:1"


def test_a_service_that_there_is_not_is_named(tmp_path):
    with pytest.raises(CollectError, match="no source flickr.*commons, openverse, pexels"):
        find_adapter("flickr")
    (tmp_path / "broken.py").write_text("1/0")
    with pytest.raises(CollectError, match="division by zero"):
        find_adapter(str(tmp_path / "broken.py"))
