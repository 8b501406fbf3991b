"""Publishing and the days after, over HTTP: links given and taken back, the public page, the folder, what waits, what is mine."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as db
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from facilitate import publications
from facilitate.app import Server, create_app
from facilitate.core.entry import Act, Caller
from facilitate.journal import Journal
from facilitate.render import Entrance
from facilitate.restitution import markdown
from facilitate.workshop import Session

SHEET = """---
titre: Une journée
date: 2021-09-24
lieu: Valence
organisateur: Le Relais
langue: fr
---
## Programme

### 9 h 30 – Situations
- type : situations
- durée : 30 min

### 10 h – Questions
- type : questions
- durée : 30 min
- intervenants : Région

### 10 h 30 – Engagements
- type : engagements
- durée : 30 min
"""


class Day:
    """A server in this process. Ada wrote one card, one question and one commitment; the day is over."""

    def __init__(self, folder: Path) -> None:
        self.now, self.folder = "2021-09-24T08:00:00.000Z", folder
        self.server: Server = create_app(Journal.in_folder(folder), Entrance("http://room.test"), lambda: self.now)
        session = self.server.workshop.sheet("/sheet.md", SHEET, "Une journée")
        assert isinstance(session, Session)
        self.session, self.code = session, session.code
        self.journal = self.server.workshop.journal
        self.ada, self.key = self._join("Ada Fictive")
        self.lead("open", "situations")
        self.card = self.act("post", "situations", title="Un bus qui passe")
        self.lead("open", "questions")
        self.question = self.act("post", "questions", text="Qui paie ?")
        self.lead("promise", "questions", self.question, who="Région", date="2021-10-15")
        self.lead("open", "engagements")
        self.promise = self.act("post", "engagements", what="J’appelle la mairie")
        self.lead("finish")
        self.now = "2021-09-25T08:00:00.000Z"
        self.staff = self.browser()
        self.staff.get(f"/shelf?key={session.row.keys['shelf']}")

    def _join(self, name: str) -> tuple[str, str]:
        answer = self.browser().post(f"/j/{self.code}", json={"name": name, "territory": "Drôme"})
        return answer.json["participant"], answer.json["key"]  # type: ignore[index]

    def lead(self, do: str, activity: str = "", on: str = "", **content: Any) -> None:
        answer = self.session.act(Act(str(uuid4()), do, activity, content, on), Caller("console"))
        assert isinstance(answer, int), answer

    def ask(self, do: str, activity: str = "", on: str = "", **content: Any) -> TestResponse:
        """As Ada's phone asks it."""
        act = {"id": str(uuid4()), "do": do, "activity": activity, "on": on, "content": content}
        return self.browser().post(f"/s/{self.code}/act", json=act, headers={"Authorization": f"Bearer {self.key}"})

    def act(self, do: str, activity: str, on: str = "", **content: Any) -> str:
        answer = self.ask(do, activity, on, **content)
        assert answer.status_code == 200, answer.text
        return self.session.state.acts and next(id for id, (_, seq) in self.session.state.acts.items() if seq == answer.json["seq"])  # type: ignore[index]

    def browser(self) -> FlaskClient:
        return self.server.app.test_client()

    def page(self, path: str = "/s/{}/publishing", browser: FlaskClient | None = None) -> str:
        answer = (browser or self.staff).get(path.format(self.code), headers={"Accept": "text/html", "Accept-Language": "fr"})
        return re.sub("[\u00a0\u202f]", " ", unescape(answer.text))

    def form(self, do: str, **fields: Any) -> TestResponse:
        return self.staff.post(
            f"/s/{self.code}/publishing", data={"do": do, **fields}, headers={"Accept": "text/html", "Accept-Language": "fr"}
        )

    def publish(self, *formats: str) -> None:
        answer = self.form("publish", **{"formats[]": list(formats)})
        assert answer.status_code == 303, answer.text
        self.now = self.now.replace("09-25", "09-26")

    def link(self, label: str = "") -> str:
        """The path of a new private link."""
        answer = self.staff.post(f"/s/{self.code}/publishing", json={"do": "link", "label": label})
        return str(answer.json["address"]).removeprefix("http://room.test")  # type: ignore[index]


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    made = Day(tmp_path)
    yield made
    made.server.close()


def read(day: Day, path: str) -> TestResponse:
    """As a stranger's browser."""
    return day.browser().get(path, headers={"Accept": "text/html", "Accept-Language": "fr"})


def test_a_private_link_reads_the_report_without_key_or_cookie_and_no_search_engine_keeps_it(day: Day) -> None:
    assert "Nothing yet" in day.page().replace("Rien encore", "Nothing yet")
    day.publish("md")
    link = day.link("for the funders")
    answer = read(day, link)
    assert answer.status_code == 200
    assert "Un bus qui passe" in answer.text
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer.headers
    file = re.search(rf'href="({re.escape(link)}/[^"]+\.md)"', answer.text)
    assert file
    given = read(day, file[1])
    assert given.text.startswith("# Une journée")
    assert given.headers["Content-Disposition"] == f'attachment; filename="{day.code}-restitution.md"'
    assert read(day, f"{link}/elsewhere.md").status_code == 404


def test_every_style_of_the_page_is_one_its_policy_names(day: Day) -> None:
    day.publish("md")
    answer = read(day, day.link())
    hashes = publications.style_hashes(answer.data)
    assert hashes.count("sha256-") == answer.text.count("<style>") == 2
    assert f"style-src {hashes}" in answer.headers["Content-Security-Policy"]


def test_half_of_a_sign_in_what_is_sent_is_left_out(day: Day) -> None:
    made = day.staff.post(
        f"/s/{day.code}/publishing", data='{"do": "link", "label": "Pour le CA \\ud83d"}', content_type="application/json"
    )
    assert (made.status_code, "Pour le CA" in day.page()) == (200, True)


def test_a_link_taken_back_says_so_and_its_address_is_shown_no_more(day: Day) -> None:
    day.publish()
    link, other = day.link("for the funders"), day.link("for the mayors")
    id = next(one.id for one in publications.links(day.journal, day.session.row.id) if one.label == "for the funders")
    assert link in day.page()
    assert day.form("revoke", link=id).status_code == 303
    answer = read(day, link)
    assert (answer.status_code, answer.headers["X-Robots-Tag"]) == (410, "noindex, nofollow")
    assert "Ce lien a été retiré" in answer.text
    assert "Un bus" not in answer.text
    assert link not in day.page()
    assert read(day, other).status_code == 200
    assert read(day, "/p/AAAAAAAAAAAAAAAAAAAAAA").status_code == 404


def test_no_token_stands_in_the_database(day: Day) -> None:
    token = day.link().removeprefix("/p/")
    day.server.workshop.writer.join()
    assert all(token.encode() not in file.read_bytes() for file in day.folder.iterdir() if file.is_file())


def test_the_public_page_is_there_only_while_it_is_open(day: Day) -> None:
    day.publish()
    path = f"/public/{day.code}"
    assert read(day, path).status_code == 404
    day.form("public", on="yes")
    answer = read(day, path)
    assert answer.status_code == 200
    assert "X-Robots-Tag" not in answer.headers
    day.form("public", on="no")
    assert read(day, path).status_code == 404


def test_what_is_published_stays_as_it_was_until_it_is_published_again_and_then_says_what_changed(day: Day) -> None:
    day.publish("md")
    link = day.link()
    day.form("reopen", **{"content.until": "2021-10-31"})
    day.act("post", "situations", title="Un vélo")
    added = next(one for one in day.session.state.summaries["situations"].contributions.values() if one.status == "proposed")
    assert "Un vélo" in day.page()
    assert day.form("approve", on=added.id, seen=day.session.state.seq).status_code == 303
    day.act("withdraw", "engagements", day.promise)
    day.form("answer", activity="questions", on=day.question, base="", **{"content.text": "La Région paie."})
    assert "Un vélo" not in read(day, link).text
    told = day.page()
    assert "1 contribution ajoutée : 2 (Situations)" in told
    assert "1 contribution retirée (numéros de la publication précédente) : 3 (Engagements)" in told
    assert "J’appelle la mairie" in unescape(read(day, link).text)
    assert "se lit encore dans ce qui est publié" in told
    assert "Réponse donnée : 3 (Questions)" in told or "Répondu" in told or "(Questions)" in told
    day.publish("md")
    page = re.sub("[\u00a0\u202f]", " ", unescape(read(day, link).text))
    assert "Changements depuis le 25 septembre 2021" in page
    assert "J’appelle la mairie" not in page
    assert 'href="#word-2"' in page
    assert "Rien n’a changé depuis" in day.page()
    assert "se lit encore" not in day.page()


def test_a_report_that_cannot_be_made_or_kept_leaves_the_last_one(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    day.publish("md")
    link = day.link()

    def broken(*_: Any, **__: Any) -> bytes:
        raise OSError("No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(markdown, "to_markdown", broken)
        answer = day.form("publish", **{"formats[]": "md"})
    assert answer.status_code == 503
    assert "reste publié" in re.sub("[\u00a0\u202f]", " ", unescape(answer.text))
    assert "Un bus qui passe" in read(day, link).text
    day.lead("write", section="", part="introduction", text="Un mot. " * 2000)
    with day.journal.link() as link_to:
        pages = link_to.exec_driver_sql("PRAGMA page_count").scalar()
    # Whichever connection writes it.
    db.event.listen(day.journal._engine, "checkout", lambda link, *_: link.execute(f"PRAGMA max_page_count = {pages}"))
    answer = day.form("publish", **{"formats[]": "md"})
    assert answer.status_code == 503
    assert "le disque est-il plein" in re.sub("[\u00a0\u202f]", " ", unescape(answer.text))
    assert "Un bus qui passe" in read(day, link).text


def test_the_folder_stands_by_itself_with_relative_links_alone(day: Day, tmp_path: Path) -> None:
    assert day.staff.get(f"/s/{day.code}/publishing.zip", headers={"Accept": "text/html"}).status_code == 404
    day.publish("md")
    given = zipfile.ZipFile(io.BytesIO(day.staff.get(f"/s/{day.code}/publishing.zip").data))
    assert sorted(given.namelist()) == [f"{day.code}-report/{day.code}-restitution.md", f"{day.code}-report/index.html"]
    index = given.read(f"{day.code}-report/index.html").decode()
    assert f'href="{day.code}-restitution.md"' in index
    assert not re.search(r'(href|src)="(/|https?:)', index)


def test_a_folder_left_again_keeps_what_is_not_its_own_and_drops_photos_that_went(tmp_path: Path) -> None:
    gone, kept = "a" * 32, "b" * 32
    publications.leave({"index.html": b"1", f"media/{gone}.jpg": b"x"}, tmp_path / "site")
    (tmp_path / "site" / "of-mine.txt").write_text("mine")
    publications.leave({"index.html": b"2", f"media/{kept}.jpg": b"y"}, tmp_path / "site")
    assert (tmp_path / "site" / "index.html").read_bytes() == b"2"
    found = sorted(str(one.relative_to(tmp_path / "site")) for one in (tmp_path / "site").rglob("*") if one.is_file())
    assert found == ["index.html", f"media/{kept}.jpg", "of-mine.txt"]


def test_only_the_staff_publish(day: Day) -> None:
    stranger = day.browser()
    assert stranger.get(f"/s/{day.code}/publishing", headers={"Accept": "text/html"}).status_code in (303, 403)
    assert stranger.post(f"/s/{day.code}/publishing", json={"do": "publish"}).status_code in (401, 403)
    phone = {"Authorization": f"Bearer {day.key}"}
    assert stranger.post(f"/s/{day.code}/publishing", json={"do": "link"}, headers=phone).status_code in (401, 403)
    assert day.form("burn").status_code == 400


def test_the_letter_says_where_and_until_when_and_holds_no_address_of_anyone(day: Day) -> None:
    day.publish()
    link = day.link()
    day.form("reopen", **{"content.until": "2021-10-31"})
    page = day.page()
    french, english = (re.search(rf'<textarea id="letter-{name}".*?>(.*?)</textarea>', page, re.DOTALL)[1] for name in ("fr", "en"))  # type: ignore[index]
    for text, date in ((french, "31 octobre 2021"), (english, "31 October 2021")):
        assert f"http://room.test{link}" in text
        assert f"http://room.test/j/{day.code}" in text
        assert date in text
        assert "Une journée" in text
        assert "@" not in text
        assert "Ada" not in text
    for do, content in (("naming", {"as": "roles"}), ("write", {"section": "", "part": "title", "text": "La journée d’Ada Fictive"})):
        assert isinstance(day.session.act(Act(str(uuid4()), do, content=content), Caller("shelf")), int)
    text = day.page().partition('<textarea id="letter-fr"')[2].partition("</textarea>")[0]
    assert "La journée d’" in text
    assert "Fictive" not in text


def test_what_one_wrote_is_corrected_from_another_phone_with_the_code_of_the_end(day: Day) -> None:
    day.form("reopen", **{"content.until": "2021-10-31"})
    own = day.browser()
    own.set_cookie(f"participant-{day.code}", day.key, domain="localhost")
    page = day.page("/s/{}/mine", own)
    code = re.search(r'class="keepsake"><b>([^<]+)<', page)
    assert code
    assert "31 octobre 2021" in page
    raw = code[1].replace(" ", "")
    assert all(raw not in json.dumps(dict(entry.content)) for entry in day.journal.since(day.session.row.id))
    other = day.browser()
    answer = other.post(f"/j/{day.code}", data={"rejoin": code[1].lower()}, headers={"Accept": "text/html"})
    assert answer.status_code == 303
    page = day.page("/s/{}/mine", other)
    assert "Un bus qui passe" in page
    assert other.post(f"/j/{day.code}", json={"rejoin": "BCD" * 6}).status_code == 403
    edit = {"id": str(uuid4()), "do": "edit", "activity": "situations", "on": day.card, "content.title": "Deux bus"}
    assert other.post(f"/s/{day.code}/act?back=mine", data=edit, headers={"Accept": "text/html"}).status_code == 303
    assert "Votre correction attend l’équipe" in day.page("/s/{}/mine", other)
    waiting = day.page()
    assert "Deux bus" in waiting
    assert "Un bus qui passe" in waiting
    assert day.form("refuse", on=day.card, **{"content.why": "Le bus est seul."}).status_code == 303
    page = day.page("/s/{}/mine", other)
    assert "Le bus est seul." in page
    assert "Un bus qui passe" in page


def test_the_codes_of_the_end_go_with_the_day_to_another_computer(day: Day, tmp_path: Path) -> None:
    from facilitate.archive import export, import_

    code = day.session.keepsake(day.ada)
    archive = io.BytesIO()
    export(day.journal, day.session.row.id, archive)
    assert code.encode() not in archive.getvalue()
    office = create_app(Journal.in_folder(tmp_path / "office"), Entrance("http://office.test"), lambda: day.now)
    row, _ = import_(office.workshop.journal, archive)
    session = office.workshop.session(row.code)
    assert session is not None
    assert (session.rejoin(code) or ("",))[0] == day.ada
    assert session.keepsake(day.ada) == ""
    office.close()


def test_each_takes_along_what_the_day_holds_of_them_and_of_nobody_else(day: Day) -> None:
    own = {"Authorization": f"Bearer {day.key}"}
    held = day.browser().get(f"/s/{day.code}/my-data.json?lang=fr", headers=own).json
    assert held["me"]["name"] == "Ada Fictive"  # type: ignore[index]
    assert [one["texts"][0]["text"] for one in held["contributions"]] == ["Un bus qui passe", "Qui paie ?", "J’appelle la mairie"]  # type: ignore[index]
    text = day.browser().get(f"/s/{day.code}/my-data.txt?lang=fr", headers=own)
    assert "Un bus qui passe" in text.text
    assert "Dans le compte rendu" in text.text
    _, key = day._join("Bo")
    other = day.browser().get(f"/s/{day.code}/my-data.txt", headers={"Authorization": f"Bearer {key}"}).text
    assert "Un bus" not in other
    assert day.browser().get(f"/s/{day.code}/my-data.json").status_code == 403


def test_commitments_are_marked_from_the_page_and_by_their_author_after_the_day(day: Day) -> None:
    answer = day.form("mark", activity="engagements", on=day.promise, **{"content.state": "done", "content.why": "Le maire a dit oui"})
    assert answer.status_code == 303
    assert "Le maire a dit oui" in day.page()
    day.act("mark", "engagements", day.promise, state="partly", why="Pas encore tout")
    assert "Pas encore tout" in day.page()


def test_a_panellist_answers_after_the_end_of_the_day(day: Day) -> None:
    day.lead("invite", name="Région", role="panel", track="")
    (member,) = day.session.state.team.values()
    panel = day.browser()
    key = day.session.member_key(member)
    assert panel.get(f"/panel/{day.code}?key={key}").status_code == 303
    answer = {"id": str(uuid4()), "do": "answer", "activity": "questions", "on": day.question, "content": {"text": "La Région paie."}}
    headers = {"Authorization": f"Bearer {key}"}
    assert panel.post(f"/s/{day.code}/act?as=panel", json=answer, headers=headers).status_code == 200
    assert (
        "La Région paie."
        in day.browser().get(f"/s/{day.code}/restitution.html", headers={"Authorization": f"Bearer {day.session.row.keys['shelf']}"}).text
    )


def test_a_document_over_several_days_is_published_too(day: Day) -> None:
    other = day.server.workshop.sheet("/other.md", SHEET.replace("Une journée", "Une autre"), "Une autre")
    assert isinstance(other, Session)
    said = {"id": str(uuid4()), "title": "Ce que deux jours apprennent", "language": "fr", "sessions": [day.session.row.id, other.row.id]}
    day.code = day.staff.post("/shelf/collections", json=said).json["code"]  # type: ignore[index]
    assert "Ce que deux jours apprennent" in day.page()
    day.publish()
    day.session = day.server.workshop.session(day.code) or day.session
    assert "Ce que deux jours apprennent" in read(day, day.link()).text
    assert "Rien n’a changé depuis" in day.page()


def test_the_command_publishes_into_a_folder_and_says_in_one_line_what_stands_in_its_way(day: Day, tmp_path: Path) -> None:
    from click.testing import CliRunner

    from facilitate.cli import commands

    def run(*arguments: object) -> Any:
        return CliRunner().invoke(commands, ["publish", day.code, "--data-dir", str(day.folder), *map(str, arguments)])

    site = tmp_path / "site"
    done = run("--to", site, "--format", "md")
    assert (done.exit_code, done.output.strip()) == (0, str(site / "index.html")), done.output
    assert sorted(one.name for one in site.iterdir()) == [f"{day.code}-restitution.md", "index.html"]
    assert "Un bus qui passe" in (site / "index.html").read_text("utf-8")
    assert "Rien n’a changé depuis" in day.page()
    (tmp_path / "taken").write_text("")
    done = run("--to", tmp_path / "taken" / "site", "--format", "md")
    assert done.exit_code == 1
    assert "Traceback" not in done.output
