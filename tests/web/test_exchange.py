"""The basket game on a phone without script: every screen says that it is a game, and what is refused stays typed."""

import html
import re
from collections.abc import Callable
from uuid import uuid4

from harness.server import Server
from web.http import Answer, Client, console

SHEET = """---
titre: Un jeu
---
## Programme

### 9 h 30 – Le jeu
- type : jeu des paniers
- durée : 120 min
- territoires : Forez; L'Isle & <b>Drôme</b>
"""

STEP = "le-jeu"
GAME = "C’est un jeu\u00a0: rien n’engage les structures."


class Phone(Client):
    """A phone of the room, with a browser that runs no script."""

    def __init__(self, server: Server, name: str) -> None:
        super().__init__(server, cookies=Client(server).form(f"/j/{server.code}", {"name": name}).cookies)

    def now(self) -> str:
        return html.unescape(self.get(f"/s/{self.server.code}").text)

    def press(self, do: str, on: str = "", **content: str) -> Answer:
        fields = {"id": str(uuid4()), "do": do, "activity": STEP, "on": on}
        return self.form(f"/s/{self.server.code}/act?as=participant", fields | {f"content.{key}": value for key, value in content.items()})


def test_every_screen_of_the_game_says_that_it_is_one(server: Callable[..., Server]) -> None:
    day = server(SHEET)
    drive, pen, mate, nobody = console(day), Phone(day, "Nadia"), Phone(day, "Bruno"), Phone(day, "Léa")
    assert drive.act("open", STEP).status == 200
    for phone in (pen, mate):
        assert phone.press("play", team="forez").status == 303
    for number in range(7):
        assert drive.act("round", STEP, {"round": number}).status == 200
        for phone in (pen, mate, nobody):
            assert GAME in phone.now()
        for page, who in (("c", drive), ("remote", drive), ("scribe", drive), ("w", Client(day, day.keys["wall"]))):
            assert GAME in html.unescape(who.get(f"/{page}/{day.code}").text), page
    assert drive.act("close", STEP).status == 200
    for phone in (pen, nobody):
        assert GAME in phone.now()


def test_a_proposal_that_is_refused_comes_back_as_it_was_typed(server: Callable[..., Server]) -> None:
    day = server(SHEET)
    drive, one, other = console(day), Phone(day, "Nadia"), Phone(day, "Bruno")
    assert drive.act("open", STEP).status == 200
    for phone, team in ((one, "forez"), (other, "l-isle-b-drome-b")):
        assert phone.press("play", team=team).status == 303
    assert one.press("post", side="offer", what="wood", text="Du bois").status == 303
    good = re.findall(r'data-card="([^"]+)"', one.now())[0]
    assert drive.act("round", STEP, {"round": 2}).status == 200

    lines = {
        "give.0.good": good,
        "give.0.text": "en bûches",
        "give.1.text": "et la livraison",
        "get.0.text": "",
        "conditions": "Avant Noël",
    }
    refused = one.press("propose", to="l-isle-b-drome-b", **lines)
    assert refused.status == 422
    said = html.unescape(refused.text)
    assert "L’une des équipes ne donne rien" in said
    assert f'<option value="{good}"' in said
    assert re.search(rf'<option value="{good}"[^>]* selected>Du bois', said)
    for typed in ("en bûches", "et la livraison"):
        assert said.count(f'value="{typed}"') == 1
    assert re.search(r"<textarea[^>]*>\nAvant Noël</textarea>", said)
    assert re.search(r'data-key="to-l-isle-b-drome-b" open', said)

    assert one.press("propose", to="l-isle-b-drome-b", **lines, reason="Pour commencer").status == 303
    page = other.get(f"/s/{day.code}").text
    assert "Forez vous propose un don" in html.unescape(page)
    assert "&lt;b&gt;Drôme" in page
    assert "<b>Drôme" not in page
    assert "&amp;lt;" not in page
    deal = re.findall(r'id="counter-([^"]+)"', page)[0]
    again = html.unescape(other.press("counter", on=deal, **{"get.0.text": "Du bois sec", "give.0.text": "x" * 141}).text)
    assert 'value="Du bois sec"' in again
    assert f'value="{"x" * 141}"' in again


def test_our_own_territories_are_named_in_the_language_of_whoever_reads(server: Callable[..., Server]) -> None:
    day = server(re.sub("- territoires.*\n", "", SHEET))
    drive, phones = console(day), {team: Phone(day, team) for team in ("metropolis", "town", "forest")}
    assert drive.act("open", STEP).status == 200
    for team, phone in phones.items():
        assert phone.press("play", team=team).status == 303
    town, forest = phones["town"], phones["forest"]

    def everyone_reads_french() -> None:
        staff = [Client(day, day.keys[place]).get(f"/s/{day.code}/region/{place}").json["html"] for place in ("console", "wall")]
        shown = "".join([*(phone.now() for phone in phones.values()), *staff])
        assert "Forêt" in shown
        assert re.findall("Metropolis|Market town|Valley|Forest", shown) == []

    everyone_reads_french()
    assert forest.press("post", side="offer", what="energy/Bois", text="Du bois").status == 303
    assert town.press("post", side="need", what="energy/Bois", text="Du bois").status == 303
    assert drive.act("round", STEP, {"round": 2}).status == 200
    for text in ("Du bois", "Du bois sec"):
        gift = {"give.0.text": text, "reason": "Nous en avons trop."}
        assert forest.press("propose", to="town", **gift).status == 303
    everyone_reads_french()
    for status in ("decline", "agree"):
        waiting = next(one for one in drive.state()["views"][STEP]["deals"] if one["status"] == "open")
        assert town.press(status, waiting["version"], **({"use": "2"} if status == "agree" else {})).status == 303
        everyone_reads_french()
    assert forest.press("agree", waiting["version"], effort="1").status == 303
    everyone_reads_french()
    assert drive.act("round", STEP, {"round": 5}).status == 200
    (basket,) = drive.state()["views"][STEP]["baskets"]
    assert forest.press("sign", basket["key"], deals=basket["joined"]).status == 303
    everyone_reads_french()
    assert drive.act("round", STEP, {"round": 6}).status == 200
    everyone_reads_french()
    assert drive.act("close", STEP).status == 200
    everyone_reads_french()
