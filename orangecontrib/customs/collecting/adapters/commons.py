"""Wikimedia Commons, by the API of MediaWiki; https://commons.wikimedia.org/w/api.php."""
from __future__ import annotations

from ..errors import CollectError
from . import Found, text_of

#: Pixels of the longer side that the server scales photos down to.
WIDTH = 1280


class Commons:
    """Searches files with ``generator=search``; asks for what ``continue`` says is left."""

    id = "commons"
    name = "Wikimedia Commons"
    url = "https://commons.wikimedia.org/w/api.php"
    key = ""
    terms = "https://foundation.wikimedia.org/wiki/Policy:Terms_of_Use"
    permission = False

    def search(self, client, query, secret=""):
        asked = {"action": "query", "format": "json", "formatversion": 2, "maxlag": 5,
                 "generator": "search", "gsrnamespace": 6, "gsrlimit": 20,
                 "gsrsearch": f"filetype:bitmap {query}", "prop": "imageinfo",
                 "iiprop": "url|mime|size|extmetadata", "iiurlwidth": WIDTH}
        more: dict = {}
        while True:
            answer = client.get(self.url, accept="application/json", params={**asked, **more})
            said = answer.json()
            if not isinstance(said, dict):
                raise CollectError("odd_answer", url=answer.url, wanted="query")
            if isinstance(said.get("error"), dict):
                error = said["error"]
                raise CollectError("service", error.get("code") in ("maxlag", "ratelimited"),
                                   name=self.name, error=text_of(error.get("info"))[:300])
            pages = (said.get("query") or {}).get("pages") or []
            for page in sorted((p for p in pages if isinstance(p, dict)),
                               key=lambda p: p.get("index", 0)):
                found = self._found(page)
                if found is not None:
                    yield found
            more = said.get("continue")
            if not isinstance(more, dict) or not more:
                return

    def _found(self, page) -> Found | None:
        infos = page.get("imageinfo") or [{}]
        info = infos[0] if isinstance(infos[0], dict) else {}
        url = text_of(info.get("thumburl")) or text_of(info.get("url"))
        if not url or not text_of(info.get("mime")).startswith("image/"):
            return None
        extra = info.get("extmetadata") or {}

        def said(name):
            value = extra.get(name)
            return text_of(value.get("value")) if isinstance(value, dict) else ""
        title = text_of(page.get("title")).removeprefix("File:")
        return Found(text_of(page.get("pageid")), url, text_of(info.get("descriptionurl")),
                     said("LicenseShortName"), said("LicenseUrl"), said("Artist"),
                     said("ObjectName") or title, said("ImageDescription"),
                     said("Categories").replace("|", ", "))


adapter = Commons()
