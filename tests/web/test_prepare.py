"""A day is prepared over HTTP as a browser without script would: forms sent, pages read, files looked at."""

import http.client
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode

import pytest
from harness.server import Server
from web.http import Answer, Client, console, joined

LIBRARY = Path(__file__).parents[2] / "sessions_library"
MODEL = "2020-10-08-innovation-democratique"
SHEET = """---
titre: Un jour   # à relire
horaires: 9 h – 12 h
---

## Programme

### 9 h – Accueil

- type : accueil
- durée : 20 min

### 9 h 20 – Vos cas

- type : situations
- durée : 40 min
- question : Quel cas ?

Deux minutes en silence.

### 10 h – Choisir

- type : vote
- durée : 30 min
- sur : Vos cas
"""


class Page(HTMLParser):
    """A page's one form as a browser sends it: the fields in their order, and the text of the page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self.text, self._area, self._select = "", "", ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "textarea":
            self._area = name
            self.fields.append((name, ""))
        elif tag == "select":
            self._select = name
            self.fields.append((name, ""))
        elif tag == "option" and self._select and "selected" in given:
            self.fields[-1] = (self._select, given.get("value") or "")
        elif tag == "input" and name and (given.get("type") != "checkbox" or "checked" in given):
            self.fields.append((name, given.get("value") or ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            # The line end right after the tag is not the text's; on the way back every line end is alike.
            self.fields[-1] = (self._area, self.fields[-1][1].removeprefix("\n").replace("\n", "\r\n"))
            self._area = ""
        elif tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[-1] = (self._area, self.fields[-1][1] + data)
        else:
            self.text += data

    @property
    def rows(self) -> list[str]:
        return [value for name, value in self.fields if name == "rows"]

    def value(self, name: str) -> str:
        return [value for one, value in self.fields if one == name][-1]

    def hours(self, html: str) -> list[str]:
        return re.findall(r'class="number hour">([^<]*)<', html)


class Desk(Client):
    """The facilitator's browser."""

    def __init__(self, server: Server) -> None:
        super().__init__(server, cookies={"shelf": server.keys["shelf"], "lang": "fr"})
        self.folder = server.data_dir / "sheets"

    def put(self, text: str, name: str = "un-jour") -> Path:
        self.folder.mkdir(exist_ok=True)
        path = self.folder / f"{name}.md"
        path.write_bytes(text.encode())
        return path

    def look(self, path: str = "/prepare/un-jour") -> Page:
        answer = self.get(path)
        assert answer.status == 200, answer.text
        return Page(answer.text)

    def send(self, page: Page, do: str, path: str = "/prepare/un-jour", headers: dict[str, str] | None = None, **typed: str) -> Answer:
        changed = {name.replace("__", "."): value for name, value in typed.items()}
        fields = [(name, changed.get(name, value)) for name, value in page.fields] + [("do", do)]
        assert set(changed) <= {name for name, _ in fields}
        return self.ask(
            "POST",
            path,
            urlencode(fields).encode(),
            Content_Type="application/x-www-form-urlencoded",
            **(headers or {"Accept": "text/html"}),
        )


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all: each test has the folder of sheets for itself."""
    home = tmp_path_factory.mktemp("prepare")
    sheet = home / "day.md"
    sheet.write_text(SHEET, encoding="utf-8")
    server = Server(sheet, home / "data")
    yield server
    server.stop()


@pytest.fixture
def desk(running: Server) -> Desk:
    shutil.rmtree(running.data_dir / "sheets", ignore_errors=True)
    return Desk(running)


def test_the_pages_are_for_the_staff_alone(desk):
    desk.put(SHEET)
    paths = ("/prepare", "/prepare/un-jour", "/prepare/un-jour/preview/accueil", "/prepare/un-jour/run-sheet.pdf")
    for path in paths:
        assert Client(desk.server).get(path).status == 403
    driver = Client(desk.server, cookies={f"console-{desk.server.code}": desk.server.keys["console"]})
    assert [driver.get(path).status for path in paths[:3]] == [200] * 3
    assert Client(desk.server, cookies={f"console-{desk.server.code}": "x", "console-AAA000": "y"}).get("/prepare").status == 403


def test_no_key_but_the_console_s_own_gets_a_console_by_preparing_a_day(desk):
    drive = console(desk.server)
    cookie = f"console-{desk.server.code}"
    ada = joined(desk.server)
    assert Client(desk.server, ada.key, {cookie: "x"}).get("/prepare").status == 403
    assert drive.act("invite", content={"name": "Samira", "role": "console"}).status == 200
    page = Client(desk.server, cookies={cookie: desk.server.keys["console"]}).get(f"/c/{desk.server.code}/team").text
    (key, *_) = re.findall(rf"/c/{desk.server.code}\?key=([\w-]+)", page)
    samira = Client(desk.server, cookies={cookie: key})
    assert samira.get(f"/c/{desk.server.code}").status == 200
    assert samira.get("/prepare").status == 403
    assert samira.form("/prepare", {"title": "À moi"}).status == 403


@pytest.mark.parametrize("name", [path.stem for path in LIBRARY.glob("*.md")])
def test_a_model_is_copied_and_comes_through_the_form_without_losing_a_byte(desk, name):
    answer = desk.form("/prepare", {"model": name})
    assert answer.status == 303
    where = answer.headers["Location"]
    path = desk.folder / f"{where.split('/')[-1]}.md"
    whole = (LIBRARY / f"{name}.md").read_bytes()
    assert path.read_bytes() == whole
    assert desk.send(desk.look(where), "save", where).status == 303
    assert path.read_bytes() == whole
    # By way of its text, twice, unsaved all the while.
    text = Page(desk.send(desk.look(where), "text", where).text)
    form = Page(desk.send(text, "form", where).text)
    assert desk.send(form, "save", where).status == 303
    assert desk.send(text, "save", where).status == 303
    assert path.read_bytes() == whole


def test_a_day_begins_from_nothing_and_reads_at_once(desk):
    where = desk.form("/prepare", {"title": "Une journée : laquelle ?"}).headers["Location"]
    assert where == "/prepare/une-journee-laquelle"
    assert (
        (desk.folder / "une-journee-laquelle.md")
        .read_text("utf-8")
        .startswith('---\ntitre: "Une journée : laquelle ?"\n---\n\n## Programme\n')
    )
    assert "erreur" not in desk.look(where).text
    english = desk.ask("POST", "/prepare?lang=en", b"title=A+day", Content_Type="application/x-www-form-urlencoded")
    assert english.status == 303
    assert (desk.folder / "a-day.md").read_text("utf-8").startswith("---\ntitle: A day\nlanguage: en\n---\n")
    # The same title again is another sheet.
    assert desk.form("/prepare", {"title": "Une journée : laquelle ?"}).headers["Location"] == f"{where}-2"
    assert "Une journée : laquelle" in desk.get("/prepare").text.replace("\xa0", " ")


def test_what_is_typed_stays_while_steps_are_moved_added_and_taken_out(desk):
    path = desk.put(SHEET)
    page = desk.look()
    answer = desk.send(page, "up:1", row__1__title="Vos récits", facts__place="Valence", **{"row__0__v__duration": "30 min"})
    moved = Page(answer.text)
    assert moved.rows == ["1", "0", "2"]
    assert moved.value("row.1.title") == "Vos récits"
    assert moved.value("facts.place") == "Valence"
    assert moved.hours(answer.text) == ["9\xa0h", "9\xa0h\xa040", "10\xa0h\xa010"]
    added = Page(desk.send(moved, "add:1").text)
    fresh = added.rows[1]
    gone = Page(desk.send(added, "remove:0", **{f"row__{fresh}__title": "Tour", f"row__{fresh}__v__duration": "10 min"}).text)
    assert "enlevée" in gone.text
    assert path.read_text("utf-8") == SHEET, "nothing is written before it is asked for"
    back = Page(desk.send(gone, "back:0").text)
    assert back.value("row.0.v.duration") == "30 min"
    assert desk.send(gone, "save").status == 303
    assert path.read_text("utf-8") == SHEET.replace("horaires: 9 h – 12 h\n", "horaires: 9 h – 12 h\nlieu: Valence\n").replace(
        "### 9 h – Accueil\n\n- type : accueil\n- durée : 20 min\n\n", ""
    ).replace("### 9 h 20 – Vos cas", "### 9 h – Vos récits").replace(
        "### 10 h – Choisir", "### 9 h 40 – Tour\n\n- type : situations\n- durée : 10 min\n\n### 9 h 50 – Choisir"
    ).replace("- sur : Vos cas", "- sur : Vos récits")


def test_the_errors_of_check_stand_beside_their_fields_and_a_draft_is_kept_but_not_opened(desk):
    path = desk.put(SHEET)
    page = desk.look()
    answer = desk.send(page, "check", row__1__v__duration="une heure", facts__date="demain")
    assert "« une heure » n’est pas une durée" in answer.text.replace("\xa0", " ")
    assert 'aria-describedby="row.1-wrong"' in answer.text
    assert 'id="facts.date-wrong"' in answer.text
    assert "2 erreurs" in answer.text
    opened = desk.send(Page(answer.text), "open")
    assert opened.status == 422
    assert "gardée comme brouillon" in opened.text
    assert "- durée : une heure" in path.read_text("utf-8")
    assert "Un brouillon" in desk.get("/prepare").text


def test_another_kind_brings_its_own_fields_and_the_first_ones_wait(desk):
    desk.put(SHEET)
    other = Page(desk.send(desk.look(), "check", row__1__v__kind="break").text)
    assert other.value("row.1.v.what") == ""
    assert other.value("row.1.v.question") == "Quel cas ?"
    back = Page(desk.send(other, "check", row__1__v__kind="situations").text)
    assert back.value("row.1.v.question") == "Quel cas ?"


def test_a_fixed_hour_and_a_box_are_written_as_the_sheet_says_them(desk):
    path = desk.put(SHEET)
    page = desk.look()
    assert desk.send(page, "save", row__2__v__at="11 h", row__0__v__optional="yes", row__0__v__ask="no").status == 303
    text = path.read_text("utf-8")
    assert "### 11 h – Choisir\n\n- type : vote\n- durée : 30 min\n- fixe : oui\n" in text
    assert "- optionnel : oui\n- demander : non\n" in text
    loose = desk.look()
    assert loose.value("row.2.v.at") == "11 h"
    assert desk.send(loose, "save", row__2__v__at="", row__0__v__optional="no").status == 303
    text = path.read_text("utf-8")
    assert "fixe" not in text
    assert "- optionnel : non\n" in text


def test_a_step_goes_into_a_workshop_of_the_day(desk):
    workshops = "\n### 10 h 30 – Ateliers\n\n- type : ateliers\n- durée : 40 min\n- ateliers : Un; Deux (salle B)\n"
    path = desk.put(f"{SHEET}{workshops}\n### Finir\n\n- type : pause\n")
    page = desk.look()
    assert page.value("row.4.v.track") == ""
    assert desk.send(page, "save", row__4__v__track="Deux", row__4__v__duration="30 min").status == 303
    assert path.read_text("utf-8").endswith("### Finir\n\n- type : pause\n- durée : 30 min\n- atelier : Deux\n")
    assert 'class="within"' in desk.get("/prepare/un-jour").text


def test_a_sheet_written_by_hand_meanwhile_is_never_lost(desk):
    path = desk.put(SHEET)
    page = desk.look()
    theirs = SHEET.replace("Accueil", "Bonjour")
    path.write_text(theirs, encoding="utf-8")
    answer = desk.send(page, "save", facts__place="Lyon")
    assert answer.status == 409
    assert "Quelqu’un a écrit dans cette feuille" in answer.text
    assert path.read_text("utf-8") == theirs
    asked = Page(answer.text)
    assert asked.value("facts.place") == "Lyon"
    copied = desk.send(asked, "copy")
    assert copied.headers["Location"] == "/prepare/un-jour-2?saved=1"
    mine = (desk.folder / "un-jour-2.md").read_text("utf-8")
    assert "lieu: Lyon" in mine
    assert "### 9 h – Accueil" in mine
    assert path.read_text("utf-8") == theirs
    assert desk.send(asked, "replace").status == 303
    assert path.read_text("utf-8") == mine
    assert (desk.folder / "un-jour-3.md").read_text("utf-8") == theirs


def test_a_name_is_never_a_path_and_a_link_is_no_sheet(desk, tmp_path):
    desk.put(SHEET)
    secret = tmp_path / "secret.md"
    secret.write_text("# Secret", encoding="utf-8")
    (desk.folder / "lien.md").symlink_to(secret)
    (desk.folder / "dossier.md").mkdir()
    (desk.folder / "Majuscules.md").write_text("# A", encoding="utf-8")
    for name in ("lien", "dossier", "Majuscules", "..", "%2e%2e", "..%2fsecret", "un-jour.md", "absent", "a" * 90, "un_jour"):
        for path in (f"/prepare/{name}", f"/prepare/{name}/run-sheet.pdf", f"/prepare/{name}/preview/accueil"):
            answer = desk.get(path)
            assert answer.status == 404
            assert "Secret" not in answer.text
    assert "lien" not in desk.get("/prepare").text
    assert desk.form("/prepare", {"model": "../secret"}).status == 404
    assert desk.send(desk.look(), "save", "/prepare/lien").status == 404
    assert secret.read_text("utf-8") == "# Secret"


def test_a_page_that_is_none_of_ours_changes_nothing(desk):
    path = desk.put(SHEET)
    for source in ("", "x", "eJzLSM3JyQ"):
        assert desk.form("/prepare/un-jour", {"do": "save", "source": source}).status == 400
    assert desk.form("/prepare/un-jour", {"do": "save", "source": "x"}, Origin="http://elsewhere.test").status == 403
    assert path.read_text("utf-8") == SHEET


def test_a_sheet_whose_head_cannot_be_read_is_mended_in_its_text(desk):
    broken = SHEET.replace("titre: Un jour   # à relire", "titre: Un jour: lequel")
    path = desk.put(broken)
    page = desk.look()
    assert "corrigez-le dans le texte" in page.text
    assert desk.send(page, "save", row__0__title="Bonjour").status == 303
    assert path.read_text("utf-8") == broken.replace("Accueil", "Bonjour")
    text = desk.look("/prepare/un-jour?as=text")
    mended = Page(desk.send(text, "form", text=text.value("text").replace("Un jour: lequel", "Un jour")).text)
    assert mended.value("facts.title") == "Un jour"
    binary = desk.put("", "binaire")
    binary.write_bytes(b"\xff\xfe")
    assert "UTF-8" in desk.get("/prepare/binaire").text
    assert "UTF-8" in desk.get("/prepare").text


def test_a_long_sheet_is_taken_whole_and_one_too_long_is_refused_in_words(desk):
    path = desk.put(SHEET)
    text = desk.look("/prepare/un-jour?as=text")
    long = text.value("text") + "\r\n## Annexe\r\n\r\n" + "Une ligne de plus.\r\n" * 20_000
    assert desk.send(text, "save", text=long).status == 303
    assert path.read_text("utf-8").endswith("Une ligne de plus.\n" * 20_000)
    answer = desk.send(desk.look("/prepare/un-jour?as=text"), "save", text=long * 3)
    assert answer.status == 404
    assert "1 Mo" in answer.text.replace("\xa0", " ")


def test_a_file_taken_away_meanwhile_is_written_again(desk):
    path = desk.put(SHEET)
    page = desk.look()
    path.unlink()
    assert desk.send(page, "replace", facts__place="Lyon").status == 303
    assert "lieu: Lyon" in path.read_text("utf-8")


def test_a_line_nobody_understands_is_shown_and_may_be_mended_or_taken_out(desk):
    path = desk.put(SHEET.replace("- question : Quel cas ?", "- questoin : Quel cas ?\n- couleur : bleu"))
    page = desk.look()
    assert page.value("row.1.v.?2") == "questoin : Quel cas ?"
    assert desk.send(page, "save", **{"row__1__v__?2": "question : Quel cas ?", "row__1__v__?3": ""}).status == 303
    assert path.read_text("utf-8") == SHEET.replace("- question", "- question")


def test_phone_and_wall_are_the_room_s_own_templates(desk):
    desk.put(SHEET)
    phone = desk.get("/prepare/un-jour/preview/vos-cas").text
    wall = desk.get("/prepare/un-jour/preview/vos-cas?place=wall").text
    assert "Quel cas" in phone
    assert "Envoyer ma situation" in phone
    assert "Aucune situation pour l’instant" in wall.replace("&#39;", "’")
    assert "<script" not in phone + wall
    assert "Un exemple de carte, numéro 4" in desk.get("/prepare/un-jour/preview/choisir").text
    assert desk.get("/prepare/un-jour/preview/nulle-part").status == 404
    # What was typed and not saved yet is shown as well, and errors elsewhere do not hide it.
    typed = desk.send(desk.look(), "look:1", row__1__v__question="Et chez vous ?", row__0__v__duration="longtemps").text
    assert "Et chez vous" in re.findall(r'srcdoc="([^"]*)"', typed)[0]


def test_a_script_gets_the_region_and_whether_all_is_saved(desk):
    path = desk.put(SHEET)
    page, json = desk.look(), {"Accept": "application/json"}
    answer = desk.send(page, "check", headers=json).json
    assert answer["saved"] is True
    answer = desk.send(page, "check", headers=json, facts__place="Lyon").json
    assert answer["saved"] is False
    assert 'value="Lyon"' in answer["html"]
    answer = desk.send(page, "save", headers=json, facts__place="Lyon").json
    assert answer["saved"] is True
    assert "lieu: Lyon" in path.read_text("utf-8")
    # The page still stands on the text it was made from, and goes on saving.
    assert desk.send(Page(answer["html"]), "save", headers=json, facts__place="Valence").json["saved"] is True
    assert path.read_text("utf-8") == SHEET.replace("12 h\n", "12 h\nlieu: Valence\n")


def test_opening_a_day_leads_to_its_console_and_its_steps_keep_their_ids(desk):
    path = desk.put(SHEET)
    answer = desk.send(desk.look(), "open", row__0__title="Bienvenue")
    assert answer.status == 303
    code = answer.headers["Location"].split("/")[-1]
    driver = Client(desk.server, cookies=answer.cookies)
    assert driver.get(f"/c/{code}").status == 200
    assert "Bienvenue" in path.read_text("utf-8")
    # Begun: a step that is renamed keeps its id, and the same day goes on.
    again = desk.send(desk.look(), "open", row__1__title="Vos récits")
    assert again.headers["Location"] == f"/c/{code}"
    assert "### 9 h 20 – Vos récits\n\n- type : situations\n- durée : 40 min\n- question : Quel cas ?\n- id : vos-cas\n" in path.read_text(
        "utf-8"
    )


def test_the_run_sheet_is_a_pdf_of_what_is_saved_or_typed(desk):
    desk.put(SHEET)
    fields = [(name, "" if name == "rows" else value) for name, value in desk.look().fields]
    for method, body, status in (("GET", None, 200), ("POST", urlencode(desk.look().fields), 200), ("POST", urlencode(fields[:2]), 422)):
        link = http.client.HTTPConnection("127.0.0.1", desk.server.port, timeout=60)
        headers = {"Cookie": f"shelf={desk.cookies['shelf']}", "Content-Type": "application/x-www-form-urlencoded"}
        link.request(method, "/prepare/un-jour/run-sheet.pdf", body, headers)
        answer = link.getresponse()
        assert answer.status == status
        assert answer.read().startswith(b"%PDF-") == (status == 200)
        link.close()


def test_a_day_is_prepared_and_opened_where_none_was_begun(server):
    running = server(None)
    assert running.code is None
    assert Client(running).get("/prepare").status == 403
    given = Client(running).get("/" + running.urls["prepare"].split("/", 3)[3])
    assert (given.status, given.headers["Location"], given.cookies["shelf"]) == (303, "/prepare", running.keys["shelf"])
    desk = Desk(running)
    path = desk.form("/prepare", {"model": MODEL}).headers["Location"]
    opened = desk.send(desk.look(path), "open", path)
    assert re.fullmatch(r"/c/\w{6}", opened.headers["Location"])
    console = Client(running, cookies=opened.cookies).get(opened.headers["Location"])
    assert (console.status, "Innovation démocratique" in console.text) == (200, True)
    running.restart()
    assert desk.get("/prepare").status == 200, "the key is kept with the data"
