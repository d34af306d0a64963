"""Openverse: openly licensed photos of many collections; https://api.openverse.org/v1/."""
from __future__ import annotations

from . import Found, fields_of, text_of

#: As many as are given without an account.
PAGE_SIZE = 20


class Openverse:
    """Searches ``GET /v1/images/``."""

    id = "openverse"
    name = "Openverse"
    url = "https://api.openverse.org/v1/images/"
    key = ""
    terms = "https://docs.openverse.org/terms_of_service.html"
    permission = False

    def search(self, client, query, secret=""):
        page = 1
        while True:
            answer = client.get(self.url, accept="application/json", params={
                "q": query, "page": page, "page_size": PAGE_SIZE, "mature": "false"})
            results = fields_of(answer, "results")
            for item in results:
                if isinstance(item, dict) and text_of(item.get("url")):
                    yield self._found(item)
            pages = answer.json().get("page_count")
            if not results or not isinstance(pages, int) or page >= pages:
                return
            page += 1

    def _found(self, item) -> Found:
        def said(name):
            return text_of(item.get(name))
        tags = [text_of(tag.get("name")) for tag in item.get("tags") or ()
                if isinstance(tag, dict)]
        short = said("license")
        # public domain marks are no CC licences
        licence = f"{'' if short in ('pdm', 'cc0') else 'CC '}{short.upper()} " \
                  f"{said('license_version')}".strip()
        return Found(said("id"), said("url"), said("foreign_landing_url"), licence,
                     said("license_url"), said("creator"), said("title"), ", ".join(tags),
                     said("category"))


adapter = Openverse()
