"""Requests from elsewhere: from behind a proxy that is believed or not, under another name, from another site."""

from uuid import uuid4

import aiohttp
import pytest
from core.day import SHEET
from harness.loop import run
from web.http import Answer, Client

FORWARDED = {"X_Forwarded_Proto": "https", "X_Forwarded_Host": "days.example.org", "X_Forwarded_For": "192.0.2.7"}


@pytest.fixture(scope="module")
def alone(lasting_server):
    return lasting_server(SHEET)


@pytest.fixture(scope="module")
def behind(lasting_server):
    return lasting_server(SHEET, "--behind-proxy", "1", "--answer-to", "days.example.org", "--answer-to", "localhost")


def knock(server, key: str, origin: str | None, transport: str, **more: str) -> int:
    """What a browser's page of ``origin`` is answered when it opens the day's real time, by this ``transport``."""
    headers = {"Cookie": f"console-{server.code}={key}"} | ({"Origin": origin} if origin else {}) | more

    async def opened() -> int:
        async with aiohttp.ClientSession(base_url=server.base) as web:
            path = f"/socket.io/?EIO=4&transport={transport}"
            if transport == "polling":
                async with web.get(path, headers=headers) as answer:
                    assert answer.headers.get("Access-Control-Allow-Origin") in (None, origin if answer.status == 200 else None)
                    return answer.status
            try:
                async with web.ws_connect(path, headers=headers):
                    return 101
            except aiohttp.WSServerHandshakeError as refused:
                return refused.status

    return run(opened())


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_real_time_is_refused_to_the_page_of_another_site(alone, transport):
    key, good = alone.keys["console"], 101 if transport == "websocket" else 200
    assert knock(alone, key, alone.base, transport) == good
    assert knock(alone, key, None, transport) == good
    for foreign in ("http://elsewhere.test", alone.base.replace("http:", "https:"), "null", f"{alone.base}.elsewhere.test"):
        assert knock(alone, key, foreign, transport) == 400, foreign
    # Nobody makes a foreign page ours by saying so on the way.
    assert knock(alone, key, "http://elsewhere.test", transport, **{"X-Forwarded-Host": "elsewhere.test"}) == 400


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_behind_a_proxy_that_is_believed_the_origin_is_the_one_it_tells(behind, transport):
    told = {"X-Forwarded-Host": "days.example.org", "X-Forwarded-Proto": "https"}
    assert knock(behind, behind.keys["console"], "https://days.example.org", transport, **told) == (
        101 if transport == "websocket" else 200
    )
    assert knock(behind, behind.keys["console"], "http://days.example.org", transport, **told) == 400


def pressed(server, **headers: str) -> Answer:
    driver = Client(server, cookies={f"console-{server.code}": server.keys["console"]})
    fields = {"id": str(uuid4()), "do": "note", "activity": "situations", "content.mark": "said", "content.text": "Un mot"}
    return driver.form(f"/s/{server.code}/act?as=console", fields, **headers)


def test_a_form_sent_from_elsewhere_changes_nothing(alone):
    before = Client(alone, alone.keys["console"]).state()["seq"]
    foreign = ({"Origin": "http://elsewhere.test"}, {"Origin": "null"}, {"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"})
    for headers in foreign:
        assert pressed(alone, **headers).status == 403, headers
    assert Client(alone, alone.keys["console"]).state()["seq"] == before
    for headers in ({}, {"Origin": alone.base}, {"Sec_Fetch_Site": "same-origin"}, {"Sec_Fetch_Site": "none"}):
        assert pressed(alone, **headers).status == 303, headers


def test_only_the_proxies_one_has_are_believed(alone, behind):
    """HTTPS as a proxy tells it makes cookies Secure, and two headers more; from anyone else it is not heard."""
    secret = {"Strict-Transport-Security", "Cross-Origin-Opener-Policy"}
    plain = Client(alone).form(f"/j/{alone.code}", {}, **FORWARDED)
    assert "Secure" not in plain.headers["Set-Cookie"]
    assert not secret & set(plain.headers)
    told = Client(behind).form(f"/j/{behind.code}", {}, Origin="https://days.example.org", **FORWARDED)
    assert told.status == 303
    assert {"HttpOnly", "Secure", "SameSite=Lax"} <= set(told.headers["Set-Cookie"].split("; "))
    assert secret <= set(told.headers)
    # A form that was on its way in clear is no form of a page that came by HTTPS.
    assert Client(behind).form(f"/j/{behind.code}", {}, Origin="http://days.example.org", **FORWARDED).status == 403
    # Two values: the last is the proxy's, the first whatever the asker wrote.
    spoken = FORWARDED | {"X_Forwarded_Host": "elsewhere.test, days.example.org"}
    assert Client(behind).form(f"/j/{behind.code}", {}, Origin="http://elsewhere.test", **spoken).status == 403


def test_under_another_name_it_tells_nothing_where_its_names_are_known(alone, behind):
    for path in ("/", f"/j/{behind.code}", "/static/0/phone.css", "/socket.io/?EIO=4&transport=polling"):
        assert Client(behind).get(path, Host="elsewhere.test").status == 421, path
        assert Client(behind).get(path, Host="elsewhere.test").text == ""
    for name in ("days.example.org", "DAYS.example.org:443", "localhost:8000", "192.0.2.7:8000", "[2001:db8::1]:8000"):
        assert Client(behind).get("/", Host=name).status == 200, name
    assert Client(alone).get("/", Host="room.test").status == 200
    assert Client(alone).get("/", Host="room.test; script-src *").status == 421
