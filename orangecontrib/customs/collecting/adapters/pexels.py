"""Pexels, a stock of free photos; https://www.pexels.com/api/documentation/.

Its terms forbid to train models on what its API gives unless Pexels permits it, so it is asked
only by those who say that they have the permission.
"""
from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from . import Found, fields_of, text_of


class Pexels:
    """Searches ``GET /v1/search`` with a key in the header ``Authorization``."""

    id = "pexels"
    name = "Pexels"
    url = "https://api.pexels.com/v1/search"
    key = "pexels"
    terms = "https://www.pexels.com/terms-of-service/"
    permission = True

    def search(self, client, query, secret=""):
        page = 1
        while True:
            answer = client.get(self.url, accept="application/json",
                                secret={"Authorization": secret},
                                params={"query": query, "page": page, "per_page": 80})
            photos = fields_of(answer, "photos")
            for item in photos:
                found = self._found(item) if isinstance(item, dict) else None
                if found is not None:
                    yield found
            # the number only: an address that an answer names is not sent the key
            following = text_of(answer.json().get("next_page"))
            number = parse_qs(urlsplit(following).query).get("page", [""])[0]
            if not photos or not number.isdigit() or int(number) <= page:
                return
            page = int(number)

    def _found(self, item) -> Found | None:
        sizes = item.get("src") if isinstance(item.get("src"), dict) else {}
        url = text_of(sizes.get("large")) or text_of(sizes.get("original"))
        if not url:
            return None
        return Found(text_of(item.get("id")), url, text_of(item.get("url")), "Pexels License",
                     "https://www.pexels.com/license/", text_of(item.get("photographer")),
                     text_of(item.get("alt")))


adapter = Pexels()
