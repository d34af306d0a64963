"""The one way to the network is bounded, patient, and not led where it was not sent."""
import contextlib
import datetime
import socket
import ssl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback import Loopback, jpeg

from orangecontrib.customs.collecting import Client, CollectError, Limits, Stopped
from orangecontrib.customs.collecting.client import USER_AGENT, check_url, is_private, wait_of


def refusal(excinfo):
    return excinfo.value.reason.id.removeprefix("collecting.")


def test_every_request_names_the_tool(loopback, client):
    loopback.page("/", "<p>hello")
    assert client.get(loopback.url + "/").content == b"<p>hello"
    assert loopback.requests[0][2]["User-Agent"] == USER_AGENT
    assert "Orange3-Customs" in USER_AGENT


def test_nobody_at_home_is_said_after_a_few_tries(client, time_):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(CollectError, match="no connection to 127.0.0.1.*refused") as caught:
        client.get(f"http://127.0.0.1:{port}/")
    assert caught.value.transient and len(time_.waits) == 2


def test_a_server_that_asks_to_wait_is_waited_for(loopback, client, time_):
    answers = iter([(429, {"Retry-After": "17"}, b""), (200, {}, b"well")])
    loopback.routes["/"] = lambda request: next(answers)
    assert client.get(loopback.url + "/").content == b"well"
    assert time_.waits == [17]


def test_a_date_to_wait_for_is_understood_and_a_past_one_is_now():
    date = "Wed, 21 Oct 2015 07:28:00 GMT"
    then = datetime.datetime(2015, 10, 21, 7, 28, tzinfo=datetime.UTC).timestamp()
    assert wait_of({"retry-after": date}, then - 30) == 30
    assert wait_of({"retry-after": date}, then + 30) == 0
    assert wait_of({}, then) is None and wait_of({"retry-after": "soon"}, then) is None


def test_a_server_that_asks_to_wait_for_hours_is_left(loopback, client, time_):
    loopback.routes["/"] = 429, {"Retry-After": "86400"}, b""
    with pytest.raises(CollectError, match="asks to wait for 86400 s; run it again") as caught:
        client.get(loopback.url + "/")
    assert caught.value.transient and not time_.waits


def test_a_failing_server_is_tried_with_growing_waits_and_then_left(loopback, client, time_):
    loopback.routes["/"] = 503, {}, b""
    with pytest.raises(CollectError, match="the server answers 503") as caught:
        client.get(loopback.url + "/")
    assert caught.value.transient and loopback.count("/") == 3
    assert len(time_.waits) == 2 and time_.waits[1] > time_.waits[0]


def test_what_is_not_there_is_asked_for_once(loopback, client, time_):
    with pytest.raises(CollectError, match="the server answers 404") as caught:
        client.get(loopback.url + "/")
    assert not caught.value.transient and loopback.count("/") == 1 and not time_.waits


def test_a_page_behind_a_login_is_said(loopback, client):
    loopback.routes["/"] = 401, {"WWW-Authenticate": "Basic"}, b""
    with pytest.raises(CollectError, match="asks for a login"):
        client.get(loopback.url + "/")


def test_a_hundred_megabytes_are_refused_by_what_is_announced(loopback, client):
    loopback.routes["/"] = 200, {"Content-Length": "100000000"}, b""
    with pytest.raises(CollectError, match="more than 25,000,000 bytes"):
        client.photo(loopback.url + "/")


def test_a_hundred_megabytes_that_nobody_announced_are_left_in_the_middle(loopback, client):
    sent = []

    def endless(request):
        request.send_response(200)
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        for _ in range(100):
            request.wfile.write(b"%x\r\n%s\r\n" % (10 ** 6, bytes(10 ** 6)))
            sent.append(1)
        request.wfile.write(b"0\r\n\r\n")
    loopback.routes["/"] = endless
    with pytest.raises(CollectError, match="more than 1,000,000 bytes"):
        client.get(loopback.url + "/", most=10 ** 6)
    assert len(sent) < 100


def test_a_small_file_that_unpacks_to_much_is_refused(loopback, client):
    import gzip
    loopback.routes["/"] = 200, {"Content-Encoding": "gzip"}, gzip.compress(bytes(10 ** 7))
    with pytest.raises(CollectError, match="more than 1,000,000 bytes"):
        client.get(loopback.url + "/", most=10 ** 6)


def test_an_answer_that_was_cut_off_is_tried_again(loopback, client):
    answers = iter([(200, {"Content-Length": "10"}, b"half"), (200, {}, b"whole")])

    def half(request):
        status, headers, body = next(answers)
        request.close_connection = True
        return status, headers, body
    loopback.routes["/"] = half
    assert client.get(loopback.url + "/").content == b"whole"


def test_a_redirect_loop_ends(loopback, client):
    loopback.routes["/"] = 302, {"Location": "/"}, b""
    with pytest.raises(CollectError, match="more than 5 redirects"):
        client.get(loopback.url + "/")
    assert loopback.count("/") == 6


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://x/", "javascript:1", "gopher://x"])
def test_a_redirect_to_what_is_no_web_is_refused(loopback, client, target):
    loopback.routes["/"] = 302, {"Location": target}, b""
    with pytest.raises(CollectError, match="not an address of http"):
        client.get(loopback.url + "/")


@pytest.fixture
def public(time_):
    """A client that takes 127.0.0.1 for an address of the open net."""
    return Client(Limits(delay=0., tries=1), sleep=time_.sleep, clock=time_,
                  private=lambda ip: ip != "127.0.0.1")


def test_a_redirect_from_the_open_net_to_a_private_address_is_refused(loopback, public):
    inside = Loopback("127.0.0.2")
    inside.page("/", "secret")
    loopback.routes["/"] = 302, {"Location": inside.url + "/"}, b""
    with pytest.raises(CollectError, match="an address of a private network"):
        public.get(loopback.url + "/")
    inside.close()
    assert not inside.requests


def test_a_name_that_means_another_address_when_it_is_asked_reaches_nobody(loopback, time_):
    client = Client(Limits(delay=0., tries=1), sleep=time_.sleep, clock=time_,
                    resolve=lambda host: ["93.184.216.34"])
    port = loopback.url.rpartition(":")[2]
    with pytest.raises(CollectError, match="an address of a private network"):
        client.get(f"http://localhost:{port}/")
    assert not loopback.requests


def test_a_private_start_may_lead_to_private_addresses(loopback, client):
    inside = Loopback("127.0.0.2")
    inside.page("/", "intranet")
    loopback.routes["/"] = 302, {"Location": inside.url + "/"}, b""
    assert client.get(loopback.url + "/").content == b"intranet"
    inside.close()


def test_a_key_goes_to_the_server_that_it_is_for_and_not_to_where_that_redirects(loopback, client):
    other = Loopback("127.0.0.2")
    other.page("/", "caught")
    loopback.routes["/"] = 302, {"Location": other.url + "/"}, b""
    client.get(loopback.url + "/", secret={"Authorization": "key"})
    other.close()
    assert loopback.requests[0][2]["Authorization"] == "key"
    assert "Authorization" not in other.requests[0][2]


def test_what_is_posted_is_not_sent_on(loopback, client):
    loopback.routes["/"] = 307, {"Location": "/other"}, b""
    with pytest.raises(CollectError, match="redirects to /other; the request was not sent there"):
        client.post(loopback.url + "/", {"prompt": "boots"})
    assert loopback.count("/other") == 0


def test_passwords_of_the_users_netrc_stay_there(loopback, client, tmp_path, monkeypatch):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    loopback.page("/", "x")
    client.get(loopback.url + "/")
    assert "Authorization" not in loopback.requests[0][2]


def test_an_address_with_a_password_is_refused_without_repeating_it(client):
    with pytest.raises(CollectError) as caught:
        client.get("http://me:secret@127.0.0.1/")
    assert refusal(caught) == "password_in_url" and "secret" not in str(caught.value)


def certificate(tmp_path, host):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = datetime.datetime.now(datetime.UTC)
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name)
            .public_key(key.public_key()).serial_number(1)
            .not_valid_before(now - datetime.timedelta(1))
            .not_valid_after(now + datetime.timedelta(1)).sign(key, hashes.SHA256()))
    path = tmp_path / "server.pem"
    path.write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption()) + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def test_a_certificate_that_nobody_vouches_for_is_said_and_nothing_is_asked(tmp_path, client):
    server = Loopback(context=certificate(tmp_path, "shop.example"))
    server.page("/", "x")
    with pytest.raises(CollectError, match="certificate of 127.0.0.1 can't be trusted") as caught:
        client.get(server.url + "/")
    server.close()
    assert not caught.value.transient and not server.requests


def test_between_two_requests_to_a_host_is_a_delay(loopback, time_):
    client = Client(Limits(delay=2.), sleep=time_.sleep, clock=time_)
    loopback.page("/", "x")
    for _ in range(3):
        client.get(loopback.url + "/")
    assert time_.waits == [2, 2]


def test_robots_txt_is_obeyed_read_once_and_may_slow_the_tool_down(loopback, client, time_):
    loopback.routes["/robots.txt"] = 200, {}, "User-agent: *\nDisallow: /secret\nCrawl-delay: 3"
    loopback.page("/open", "x")
    client.page(loopback.url + "/open")
    with pytest.raises(CollectError, match="robots.txt of the site does not allow"):
        client.page(loopback.url + "/secret")
    client.page(loopback.url + "/open")
    assert loopback.seen == {"/robots.txt": 1, "/open": 2} and sum(time_.waits) == 6


def test_a_redirect_does_not_lead_around_robots_txt(loopback, client):
    loopback.routes["/robots.txt"] = 200, {}, "User-agent: *\nDisallow: /secret"
    loopback.routes["/open"] = 302, {"Location": "/secret"}, b""
    with pytest.raises(CollectError, match="robots.txt"):
        client.page(loopback.url + "/open")
    assert loopback.count("/secret") == 0


def test_where_robots_txt_can_not_be_read_nothing_is(loopback, client):
    loopback.routes["/robots.txt"] = 500, {}, b""
    loopback.page("/", "x")
    with pytest.raises(CollectError, match="robots.txt: the server answers 500"):
        client.page(loopback.url + "/")
    assert loopback.count("/") == 0


def test_a_run_that_is_ended_ends_before_the_next_request(loopback, time_):
    client = Client(sleep=time_.sleep, clock=time_, stopped=lambda: True)
    with pytest.raises(Stopped):
        client.get(loopback.url + "/")
    assert not loopback.requests


@pytest.mark.parametrize("address, private", [
    ("127.0.0.1", True), ("10.1.2.3", True), ("192.168.0.1", True), ("169.254.169.254", True),
    ("::1", True), ("fe80::1%eth0", True), ("::ffff:10.0.0.1", True), ("0.0.0.0", True),
    ("224.0.0.1", True), ("8.8.8.8", False), ("2606:4700::1111", False)])
def test_private_addresses_are_known(address, private):
    assert is_private(address) is private


@settings(deadline=None)
@given(st.text(max_size=60))
def test_whatever_is_given_as_an_address_is_one_or_is_refused(text):
    with contextlib.suppress(CollectError):
        assert check_url(text).lower().startswith(("http://", "https://"))


def test_a_photo_comes_as_it_is(loopback, client):
    loopback.photo("/p.jpg", jpeg(1))
    answer = client.photo(loopback.url + "/p.jpg")
    assert answer.content == jpeg(1) and answer.type == "image/jpeg"


def test_without_the_extra_it_is_said_how_to_get_it(monkeypatch):
    from orangecontrib.customs.collecting import errors
    monkeypatch.setattr(errors, "find_spec", lambda name: None if name == "scrapy" else name)
    with pytest.raises(CollectError, match=r"scrapy are not installed: .*Customs\[collect\]"):
        Client()
