"""A plain HTTP client for tests: no cookie jar, no redirect followed, unless asked."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from harness.server import Server


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def cookies(self) -> dict[str, str]:
        pairs = (line.split(";")[0].partition("=")[::2] for line in self.headers.get_all("Set-Cookie") or [])
        return dict(pairs)


class Client:
    """Talks to one server, as a program (``key``) or as a browser (``cookies``)."""

    def __init__(self, server: Server, key: str = "", cookies: Mapping[str, str] | None = None) -> None:
        self.server, self.key, self.cookies = server, key, dict(cookies or {})

    def link(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.key:
            sent["Authorization"] = f"Bearer {self.key}"
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        link = self.link()
        try:
            link.request(method, path, body, sent)
            answer = link.getresponse()
            return Answer(answer.status, answer.headers, answer.read().decode())
        finally:
            link.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **({"Accept": "text/html"} | headers))

    def json(self, path: str, data: Any) -> Answer:
        return self.ask("POST", path, json.dumps(data).encode(), Content_Type="application/json", Accept="application/json")

    def form(self, path: str, fields: Mapping[str, Any], **headers: str) -> Answer:
        return self.ask(
            "POST",
            path,
            urlencode(fields, doseq=True).encode(),
            **({"Content_Type": "application/x-www-form-urlencoded", "Accept": "text/html"} | headers),
        )

    def act(self, do: str, activity: str = "", content: Mapping[str, Any] | None = None, on: str = "", **more: Any) -> Answer:
        act = {"id": str(uuid4()), "do": do, "activity": activity, "content": dict(content or {}), "on": on} | more
        return self.json(f"/s/{self.server.code}/act", act)

    def state(self) -> Any:
        return self.ask("GET", f"/s/{self.server.code}/state").json


def console(server: Server) -> Client:
    """The facilitator, as a program."""
    return Client(server, server.keys["console"])


def joined(server: Server, **profile: Any) -> Client:
    """A participant, as a program."""
    answer = Client(server).json(f"/j/{server.code}", profile)
    assert answer.status == 200, answer.text
    return Client(server, answer.json["key"])
