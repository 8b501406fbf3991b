"""The poster: what its Wi-Fi code says, and that it holds on one accessible page whatever it is given."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from facilitate import poster
from facilitate.app import find_kinds
from facilitate.language import languages
from facilitate.papers import print_here
from facilitate.restitution import europe
from facilitate.restitution.brand import Brand, Logo

LANGUAGES = languages(find_kinds())
DAY: dict[str, Any] = {
    "title": "Réciprocités entre villes et campagnes",
    "date": "2021-09-24",
    "start": "09:30",
    "end": "17:00",
    "host": "Le Réseau",
    "place": "Gare de Valence TGV",
    "wifi": {"name": "Salle", "password": "bonjour"},
    "join_url": "http://192.168.8.2:8000/j/RVT482",
    "address": "192.168.8.2:8000",
    "shown": "RVT 482",
    "online": "no",
}
HOSTILE = '#eval("1") \\ $x$ <script> [*] _a_ "q" \u202e\x00 漢字 👨\u200d👩\u200d👧 \ue000'


def test_the_code_of_a_wifi_holds_whatever_its_name_and_password_are() -> None:
    assert poster.wifi_text("Salle", "bonjour") == "WIFI:T:WPA;S:Salle;P:bonjour;;"
    assert poster.wifi_text("Salle", "") == "WIFI:T:nopass;S:Salle;P:;;"
    assert poster.wifi_text('a;b,c:"d"\\', "1;2") == 'WIFI:T:WPA;S:a\\;b\\,c\\:\\"d\\"\\\\;P:1\\;2;;'


def test_it_says_what_to_press_on_either_kind_of_phone_where_the_room_s_wi_fi_has_no_internet() -> None:
    for language, words in (("fr", ("Utiliser sans Internet", "Rester connecté")), ("en", ("Use Without Internet", "Stay connected?"))):
        for wifi in (DAY["wifi"], None):
            given = json.loads(poster.payload(DAY | {"wifi": wifi}, LANGUAGES[language]))
            assert [phone for phone, _ in given["advice"]] == ["iPhone", "Android"]
            assert all(word in what for word, (_, what) in zip(words, given["advice"], strict=True)), given["advice"]
    assert json.loads(poster.payload(DAY | {"online": "yes"}, LANGUAGES["fr"]))["advice"] == []


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"wifi": None},
        {"wifi": None, "online": "yes"},
        {"wifi": {"name": "Salle", "password": ""}, "online": "yes", "address": "un-ordinateur-au-nom-interminable.salle.example:18000"},
        {"wifi": {"name": "Libre", "password": ""}},
        {"title": "", "date": "", "start": "", "end": "", "host": "", "place": ""},
        {"title": "Un titre très long " * 12, "host": "Un organisateur " * 8, "date": "au printemps"},
        {"address": "un-ordinateur-au-nom-interminable.salle.example:18000", "wifi": {"name": "S" * 32, "password": "p" * 63}},
        {"title": HOSTILE, "wifi": {"name": HOSTILE, "password": HOSTILE}, "place": HOSTILE},
    ],
)
def test_it_is_one_accessible_page(language: str, changed: dict[str, Any], tmp_path: Path) -> None:
    words = poster.payload(DAY | changed, LANGUAGES[language])
    assert json.loads(words)["steps"][-1]["code"] == "RVT 482"
    printed = print_here(words)
    assert printed.accessible
    (tmp_path / "poster.pdf").write_bytes(printed.data)
    facts = subprocess.run(["pdfinfo", tmp_path / "poster.pdf"], capture_output=True, check=True, encoding="utf-8").stdout
    assert re.search(r"^Pages: +1$", facts, re.MULTILINE)
    assert re.search(r"^Page size: .*A4", facts, re.MULTILINE)


@pytest.mark.parametrize(
    "changed", [{}, {"wifi": None}, {"wifi": None, "title": "Villes et campagnes : passer aux échanges concrets " * 2}]
)
@pytest.mark.parametrize("payers", [3, 13])
def test_it_stays_one_page_with_whoever_pays(payers: int, changed: dict[str, Any], tmp_path: Path) -> None:
    emblem = europe.funded(LANGUAGES["fr"].say)
    brand = Brand(logo=Logo("Le Réseau", emblem.png), funders=(emblem, *[Logo("Un financeur", emblem.png)] * (payers - 1)))
    words = poster.payload(DAY | changed, LANGUAGES["fr"], brand=brand)
    printed = print_here(words)
    assert printed.accessible
    (tmp_path / "poster.pdf").write_bytes(printed.data)
    told = subprocess.run(["pdftotext", tmp_path / "poster.pdf", "-"], capture_output=True, check=True, encoding="utf-8").stdout
    assert "Cofinancé par" in told
    facts = subprocess.run(["pdfinfo", tmp_path / "poster.pdf"], capture_output=True, check=True, encoding="utf-8").stdout
    assert re.search(r"^Pages: +1$", facts, re.MULTILINE)
