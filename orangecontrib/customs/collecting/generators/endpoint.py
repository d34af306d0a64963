"""An images endpoint as OpenAI speaks it; self-hosted servers of other models speak it, too."""
from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from ..client import Client, same_origin
from ..errors import CollectError

__all__ = ["Endpoint"]


@dataclass
class Endpoint:
    """``POST <url>/images/generations``; answers with ``b64_json`` and with ``url`` are read.

    Attributes
    ----------
    url : str
        Up to ``/v1``.
    model : str
    client : Client
    key : str
        Sent as a bearer token to this server only; "" for a server without.
    size : str
        Such as ``1024x1024``; "" leaves it to the server.
    answer : str
        ``b64_json`` or ``url``, where a server wants to be told; "" leaves it to the server.
    licence : str
        Of what is generated, as you know it.
    """

    url: str
    model: str
    client: Client
    key: str = ""
    size: str = "1024x1024"
    answer: str = ""
    licence: str = ""

    def make(self, prompt: str) -> tuple[bytes, str]:
        """One photo and its content type.

        Raises
        ------
        CollectError
            The server refuses, or answers something else.
        """
        asked = {"model": self.model, "prompt": prompt, "n": 1, "size": self.size,
                 "response_format": self.answer}
        address = f"{self.url.rstrip('/')}/images/generations"
        said = self.client.post(
            address, {name: value for name, value in asked.items() if value != ""},
            most=2 * self.client.limits.photo,  # Base64 is longer by a third
            secret={"Authorization": f"Bearer {self.key}"} if self.key else None)
        answer = said.json()
        data = answer.get("data") if isinstance(answer, dict) else None
        item = data[0] if isinstance(data, list) and data and isinstance(data[0], dict) else {}
        if isinstance(item.get("b64_json"), str):
            try:
                return base64.b64decode(item["b64_json"], validate=True), ""
            except (binascii.Error, ValueError):
                raise CollectError("odd_answer", url=address, wanted="data.b64_json") from None
        if isinstance(item.get("url"), str):
            photo = self.client.photo(
                item["url"], private=same_origin(item["url"], self.url)
                and self.client.is_private_url(self.url))
            return photo.content, photo.type
        raise CollectError("odd_answer", url=address, wanted="data.b64_json | data.url")
