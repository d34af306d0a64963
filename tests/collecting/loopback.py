"""A server on loopback, and photos to be served."""
import io
import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
from PIL import Image, ImageDraw


class Loopback:
    """A server whose answers are a dict: path → (status, headers, body), or a function of the
    request that returns these; `fallback` answers for all other paths."""

    def __init__(self, host="127.0.0.1", context=None):
        self.routes, self.fallback = {}, lambda request: (404, {}, b"")
        self.seen, self.requests = Counter(), []
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _answer(self):
                path = self.path.split("?")[0]
                length = int(self.headers.get("Content-Length", 0))
                self.body = self.rfile.read(length)
                with outer._lock:
                    outer.seen[self.path] += 1
                    outer.requests.append((self.command, self.path, dict(self.headers),
                                           self.body))
                answer = outer.routes.get(path, outer.fallback)
                answer = answer(self) if callable(answer) else answer
                if answer is None:  # it has answered by itself
                    self.close_connection = True
                    return
                status, headers, body = answer
                body = body.encode() if isinstance(body, str) else body
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if "Content-Length" not in headers:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = _answer

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):  # a client that has had enough
                pass

        self.server = Server((host, 0), Handler)
        if context is not None:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        scheme = "http" if context is None else "https"
        self.url = f"{scheme}://{host}:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(.02,), daemon=True)
        self.thread.start()

    def page(self, path, html, status=200, **headers):
        self.routes[path] = status, {"Content-Type": "text/html; charset=utf-8", **headers}, html

    def json(self, path, value, status=200, **headers):
        self.routes[path] = (status, {"Content-Type": "application/json", **headers},
                             json.dumps(value))

    def photo(self, path, content=None, kind="image/jpeg"):
        self.routes[path] = 200, {"Content-Type": kind}, content or jpeg(sum(path.encode()))

    def count(self, path):
        return sum(n for url, n in self.seen.items() if url.split("?")[0] == path)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def picture(seed=0, size=(200, 160), colour=(180, 60, 40), ground=(255, 255, 255)):
    """A shoe of a few shapes, other ones for each seed."""
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", size, ground)
    draw = ImageDraw.Draw(image)
    w, h = size
    draw.polygon([(w * .1, h * .85), (w * .1, h * rng.uniform(.2, .6)),
                  (w * rng.uniform(.3, .5), h * rng.uniform(.3, .5)),
                  (w * .9, h * rng.uniform(.55, .75)), (w * .92, h * .85)], fill=colour)
    dark = tuple(c // 3 for c in colour)
    for _ in range(7):
        x, y = rng.uniform(.12, .7) * w, rng.uniform(.5, .75) * h
        draw.ellipse((x, y, x + rng.uniform(6, 30), y + rng.uniform(6, 20)), fill=dark)
    draw.rectangle((w * .1, h * .85, w * rng.uniform(.5, .92), h * rng.uniform(.9, .97)), fill=dark)
    return image


def encoded(image, kind="JPEG", **options):
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def jpeg(seed=0, **options):
    return encoded(picture(seed, **options), quality=90)


def add(manifest, number, seed=None, **known):
    """A photo into a collection."""
    from orangecontrib.customs.collecting import Entry
    from orangecontrib.customs.collecting.pictures import picture_of
    content = jpeg(number if seed is None else seed)
    known = {"kind": "catalogue", "source": "shop", **known}
    return manifest.add(Entry(url=f"http://shop/{number}", **known), content, picture_of(content))


class Time:
    """Time that passes only when somebody waits."""

    def __init__(self):
        self.now, self.waits = 1000., []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.waits.append(seconds)
        self.now += seconds
