"""One polite way to the network: bounded, patient, and never led to where it was not sent.

Only http and https; every redirect is counted and looked at; a start in the open net never leads
into the private one (the computer itself, the office's machines): neither by a redirect nor by a
name that suddenly means another address.  Waiting is bounded; all waiting goes through `sleep`.
"""
from __future__ import annotations

import email.utils
import ipaddress
import random
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urljoin, urlsplit

from .errors import CollectError, Stopped, needed

__all__ = ["Answer", "Client", "Limits", "USER_AGENT", "check_url", "is_private", "same_origin",
           "wait_of"]

USER_AGENT = ("Orange3-Customs-collector/0.1 (training photos for customs classification; "
              "+https://pypi.org/project/Orange3-Customs)")

#: Seconds between two requests that a robots.txt may ask for.
MOST_DELAY = 30.


@dataclass(frozen=True)
class Limits:
    """What a request may cost.

    Attributes
    ----------
    page, photo : int
        Bytes of an answer, unpacked.
    redirects : int
    tries : int
        With growing waits, where the server is busy or the line fails.
    patience : float
        Seconds to wait for a busy server, at most; one that asks for more is left.
    timeout : float
        Seconds without a byte.
    whole : float
        Seconds for one answer.
    delay : float
        Seconds between requests to one host.
    """

    page: int = 5_000_000
    photo: int = 25_000_000
    redirects: int = 5
    tries: int = 3
    patience: float = 120.
    timeout: float = 30.
    whole: float = 180.
    delay: float = 1.


@dataclass(frozen=True)
class Answer:
    """What a server said.

    Attributes
    ----------
    url : str
        Where it was found, after redirects.
    headers : mapping
        Names in lower case.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)

    @property
    def type(self) -> str:
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    def json(self):
        """The content as JSON; CollectError where it is none."""
        import json
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError):
            raise CollectError("no_json", url=self.url, type=self.type or "?") from None


def is_private(address: str) -> bool:
    """Whether an IP address is not one of the open net."""
    ip = ipaddress.ip_address(address.split("%")[0])
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return not ip.is_global or ip.is_multicast


def check_url(url: str) -> str:
    """A URL that can be asked for; CollectError for files, scripts and what is not a URL."""
    try:
        parts = urlsplit(url.strip())
        good = parts.scheme.lower() in ("http", "https") and parts.hostname and (parts.port or 1)
    except ValueError:
        good = False
    if not good:
        raise CollectError("scheme", url=url[:200])
    if parts.username or parts.password:
        raise CollectError("password_in_url", host=parts.hostname)
    return url.strip()


def same_origin(one: str, other: str) -> bool:
    """Whether two URLs are of one server, so that a key for one may go to the other."""
    def origin(url):
        parts = urlsplit(url)
        return (parts.scheme, parts.hostname,
                parts.port or {"http": 80, "https": 443}.get(parts.scheme))
    return origin(one) == origin(other)


def wait_of(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds that Retry-After asks for: a number, or a date; None without it."""
    text = headers.get("retry-after", "").strip()
    if text.isdigit():
        return float(text)
    try:
        date = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return max(0., date.timestamp() - now)


class Client:
    """Requests within limits.

    Parameters
    ----------
    limits : Limits
    sleep : callable
        Waits so many seconds; of a window, the ``wait`` of an event that ends the run.
    stopped : callable
        Whether the user has ended the run.
    clock, now : callable
        Seconds that pass, and seconds of the calendar.
    private : callable
        Whether an IP address is private.
    resolve : callable
        Host → its IP addresses.
    """

    def __init__(self, limits: Limits | None = None, *, sleep: Callable = time.sleep,
                 stopped: Callable[[], bool] = lambda: False,
                 clock: Callable[[], float] = time.monotonic,
                 now: Callable[[], float] = time.time,
                 private: Callable[[str], bool] = is_private,
                 resolve: Callable[[str], list[str]] | None = None):
        needed()
        self.limits = limits or Limits()
        self._sleep, self._stopped, self._clock, self._now = sleep, stopped, clock, now
        self.private = private
        self._resolve = resolve or _addresses
        self._last: dict[str, float] = {}
        self._robots: dict[str, object] = {}
        self._delays: dict[str, float] = {}  # that robots.txt asks for
        self._sessions: dict[bool, object] = {}

    # --- what others call

    def page(self, url: str, robots: bool = True) -> Answer:
        """A page of HTML; robots.txt is obeyed, wherever redirects lead."""
        return self.get(url, most=self.limits.page, accept="text/html,application/xhtml+xml",
                        robots=robots)

    def photo(self, url: str, private: bool | None = None, robots: bool = False) -> Answer:
        """A photo."""
        return self.get(url, most=self.limits.photo, accept="image/*", private=private,
                        robots=robots)

    def get(self, url: str, *, most: int | None = None, accept: str = "*/*",
            params: Mapping[str, object] | None = None, secret: Mapping[str, str] | None = None,
            private: bool | None = None, robots: bool = False, follow: bool = True) -> Answer:
        """Ask for something, as often as limits allow.

        Parameters
        ----------
        most : int, optional
            Bytes; those of a page by default.
        secret : mapping, optional
            Headers with keys: sent to this server only, not to where it redirects.
        private : bool, optional
            Whether private addresses may be asked; by default if `url` is one.
        robots : bool
            Obey robots.txt.
        follow : bool
            Follow redirects; otherwise a redirect is the answer.

        Raises
        ------
        CollectError
            Says what went wrong and, where it may help, what to do.
        Stopped
        """
        return self._patient("GET", url, most=most, accept=accept, params=params, secret=secret,
                             private=private, robots=robots, follow=follow)

    def post(self, url: str, json: object, *, most: int | None = None,
             secret: Mapping[str, str] | None = None) -> Answer:
        """Send JSON; redirects are not followed: what is sent is for this server only."""
        answer = self._patient("POST", url, most=most, accept="application/json", json=json,
                               secret=secret, follow=False)
        if answer.status >= 300:
            raise CollectError("redirected", url=url,
                               target=answer.headers.get("location", "?")[:200])
        return answer

    def is_private_url(self, url: str) -> bool:
        """Whether a URL names a machine that is not in the open net."""
        return any(map(self.private, self._addresses(urlsplit(check_url(url)).hostname)))

    def allowed(self, url: str, private: bool | None = None) -> bool:
        """Whether robots.txt of its server lets the tool read a URL."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._robots:
            self._robots[origin] = self._read_robots(origin, private)
        rules = self._robots[origin]
        return rules is None or rules.can_fetch(url, USER_AGENT)

    def pause(self, seconds: float) -> None:
        """Wait; Stopped if the user ends the run meanwhile."""
        if seconds > 0:
            self._sleep(seconds)
        if self._stopped():
            raise Stopped

    def single(self, method: str, url: str, *, private: bool, most: int, accept: str = "*/*",
               secret: Mapping[str, str] | None = None, params=None, json=None) -> Answer:
        """One request, one answer, whatever its status is; no redirect, no second try.

        Raises
        ------
        CollectError
        """
        import requests
        url = check_url(url)
        host = urlsplit(url).hostname
        if not private:
            self._only_open(host, url)
        headers = {"User-Agent": USER_AGENT, "Accept": accept, **(secret or {})}
        try:
            with self._session(private).request(
                    method, url, params=params, json=json, headers=headers, stream=True,
                    allow_redirects=False, timeout=self.limits.timeout) as answer:
                return Answer(answer.url, answer.status_code,
                              {name.lower(): text for name, text in answer.headers.items()},
                              self._body(answer, most))
        except requests.exceptions.SSLError as error:
            raise CollectError("tls", host=host, error=_short(error)) from None
        except requests.exceptions.Timeout:
            raise CollectError("timeout", True, host=host) from None
        except requests.exceptions.ProxyError as error:
            raise CollectError("proxy", True, error=_short(error)) from None
        except requests.exceptions.ConnectionError as error:
            if _caused(error, _PrivatePeer):
                raise CollectError("private", url=url) from None
            raise CollectError("connection", True, host=host, error=_short(error)) from None
        except (requests.exceptions.RequestException, ValueError, OSError) as error:
            if isinstance(error, CollectError):
                raise
            raise CollectError("broken_answer", True, host=host, error=_short(error)) from None

    # --- how

    def _patient(self, method, url, private=None, **asked) -> Answer:
        url = check_url(url)
        if private is None:
            private = self.is_private_url(url)
        for number in range(1, self.limits.tries + 1):
            last = number == self.limits.tries
            backoff = 2. ** number * (1 + random.random() / 4)
            try:
                answer = self._followed(method, url, private, **asked)
            except CollectError as error:
                if not error.transient or last:
                    raise
                self.pause(min(backoff, self.limits.patience))
                continue
            if answer.status < 400:
                return answer
            busy = answer.status in (429, 502, 503, 504) or answer.status >= 500
            wait = wait_of(answer.headers, self._now())
            if wait is not None and wait > self.limits.patience and busy:
                raise CollectError("retry_later", True, host=urlsplit(answer.url).hostname,
                                   seconds=wait, status=answer.status)
            if not busy or last:
                raise _refused(answer, busy)
            self.pause(min(backoff if wait is None else wait, self.limits.patience))
        raise AssertionError("no try at all")

    def _followed(self, method, url, private, *, most, accept, secret=None, robots=False,
                  follow=True, params=None, json=None) -> Answer:
        start = url
        for _ in range(self.limits.redirects + 1):
            if robots and not self.allowed(url, private):
                raise CollectError("robots", url=url)
            self._wait_for(urlsplit(url).hostname)
            answer = self.single(method, url, private=private, most=most or self.limits.page,
                                 accept=accept, params=params, json=json,
                                 secret=secret if same_origin(start, url) else None)
            target = answer.headers.get("location")
            if not follow or not target or answer.status not in (301, 302, 303, 307, 308):
                return answer
            url, params = check_url(urljoin(url, target)), None
        raise CollectError("redirects", url=start, most=self.limits.redirects)

    def _wait_for(self, host: str) -> None:
        last = self._last.get(host)
        if last is not None:
            self.pause(last + max(self.limits.delay, self._delays.get(host, 0.)) - self._clock())
        self._last[host] = self._clock()
        self.pause(0)

    def _body(self, answer, most: int) -> bytes:
        length = answer.headers.get("Content-Length", "")
        if length.isdigit() and int(length) > most:
            raise CollectError("too_big", url=answer.url, most=most)
        content, begun = bytearray(), self._clock()
        for chunk in answer.iter_content(65536):
            content += chunk
            if len(content) > most:
                raise CollectError("too_big", url=answer.url, most=most)
            if self._clock() - begun > self.limits.whole:
                raise CollectError("slow", True, url=answer.url, seconds=self.limits.whole)
            if self._stopped():
                raise Stopped
        if length.isdigit() and not answer.headers.get("Content-Encoding") \
                and len(content) < int(length):
            raise CollectError("cut_off", True, url=answer.url)
        return bytes(content)

    def _addresses(self, host: str) -> list[str]:
        try:
            return [str(ipaddress.ip_address(host))]
        except ValueError:
            pass
        try:
            return self._resolve(host)
        except (OSError, UnicodeError) as error:
            if self._proxied:  # it is the proxy that knows the names
                return []
            raise CollectError("no_host", True, host=host, error=_short(error)) from None

    def _only_open(self, host: str, url: str) -> None:
        if any(map(self.private, self._addresses(host))):
            raise CollectError("private", url=url)

    @cached_property
    def _proxied(self) -> bool:
        from requests.utils import getproxies
        return bool({"http", "https", "all"} & set(getproxies()))

    def _session(self, private: bool):
        """A session for private addresses, or one whose connections refuse them."""
        if private not in self._sessions:
            from http.cookiejar import DefaultCookiePolicy

            import requests
            session = requests.Session()
            session.auth = lambda request: request  # no passwords of ~/.netrc
            session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
            if not private:
                adapter = _guarded_adapter(self.private)
                session.mount("http://", adapter)
                session.mount("https://", adapter)
            self._sessions[private] = session
        return self._sessions[private]

    def _read_robots(self, origin: str, private: bool | None):
        """The rules of a server; None where it has none.  A server that fails forbids all."""
        from protego import Protego
        try:
            answer = self._patient("GET", f"{origin}/robots.txt", private=private, most=500_000,
                                   accept="text/plain")
        except CollectError as error:
            if error.reason.id in ("collecting.status", "collecting.login") \
                    and not error.transient:
                return None
            raise
        rules = Protego.parse(answer.content.decode("utf-8", "replace"))
        asked = rules.crawl_delay(USER_AGENT) or 0.
        self._delays[urlsplit(origin).hostname] = min(asked, MOST_DELAY)
        return rules


def _refused(answer: Answer, busy: bool) -> CollectError:
    if answer.status == 401:
        return CollectError("login", url=answer.url)
    return CollectError("status", busy, url=answer.url, status=answer.status)


def _addresses(host: str) -> list[str]:
    return sorted({info[4][0] for info in socket.getaddrinfo(host, None)})


class _PrivatePeer(OSError):
    """A connection that has reached a private address."""


def _guarded_adapter(private: Callable[[str], bool]):
    """An adapter whose connections look at whom they have reached before they say anything."""
    from requests.adapters import HTTPAdapter
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

    def looking(base):
        class Connection(base):
            def _new_conn(self):
                sock = super()._new_conn()
                if private(sock.getpeername()[0]):
                    sock.close()
                    raise _PrivatePeer("a private address")
                return sock
        return Connection

    def pool(base, connection):
        return type(base.__name__, (base,), {"ConnectionCls": looking(connection)})

    class Adapter(HTTPAdapter):
        # proxies have a manager of their own: they may well be in the office's net
        def init_poolmanager(self, *args, **kwargs):
            super().init_poolmanager(*args, **kwargs)
            self.poolmanager.pool_classes_by_scheme = {
                "http": pool(HTTPConnectionPool, HTTPConnection),
                "https": pool(HTTPSConnectionPool, HTTPSConnection)}

    return Adapter()


def _caused(error: BaseException, kind: type) -> bool:
    seen = set()
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, kind):
            return True
        waiting += [one.__cause__, one.__context__, getattr(one, "reason", None),
                    *(arg for arg in one.args if isinstance(arg, BaseException))]
    return False


def _short(error: BaseException) -> str:
    """The innermost words of an error of the network."""
    while True:
        inner = getattr(error, "reason", None)
        inner = inner if isinstance(inner, BaseException) else next(
            (arg for arg in error.args if isinstance(arg, BaseException)), None)
        if inner is None:
            text = getattr(error, "strerror", None) or str(error)
            return " ".join(str(text).split())[:200]
        error = inner
