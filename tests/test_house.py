from collections.abc import Iterator
from pathlib import Path

import pytest

from facilitate import house
from facilitate.core.agenda import Agenda
from facilitate.core.entry import Refused
from facilitate.house import House
from facilitate.journal import Journal
from facilitate.language import languages
from facilitate.restitution.brand import Brand

FRENCH = languages({})["fr"].say


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal.in_folder(tmp_path)
    yield opened
    opened.close()


def taken(answer: House | Refused) -> House:
    assert isinstance(answer, House)
    return answer


def test_an_organisation_that_said_nothing_has_the_plain_style(journal: Journal) -> None:
    assert house.brand(journal, [Agenda("A day")], FRENCH) == Brand()


def test_what_an_organisation_said_of_itself_stays_and_its_documents_bear_it(journal: Journal) -> None:
    said = taken(house.named(House(), "Relais des territoires"))
    said = taken(house.coloured(said, "#FFD400", "e1000f"))
    texts = {"mentions": "Avec l’aide de la Région\n\nMerci", "director": "Ada Martin", "host": "Hébergeur, Lyon", "licence": "etalab"}
    said = taken(house.told(said, texts))
    said = house.with_file(said, "logo", b"PNG logo")
    said = taken(house.with_funder(said, "Région", b"PNG region"))
    house.keep(journal, said)
    assert house.house(journal) == said
    found = house.brand(journal, [], FRENCH)
    assert (found.name, found.colour, found.mark) == ("Relais des territoires", "#705c00", "#e1000f")
    assert found.logo
    assert (found.logo.name, found.logo.png) == ("Relais des territoires", b"PNG logo")
    assert [(one.name, one.png) for one in found.funders] == [("Région", b"PNG region")]
    assert found.legal[:2] == ("Avec l’aide de la Région", "Merci")
    assert "Ada Martin" in found.legal[2]
    assert "Hébergeur, Lyon" in found.legal[3]
    assert "Licence Ouverte 2.0" in found.licence


def test_europe_stands_first_where_one_of_the_days_says_so(journal: Journal) -> None:
    house.keep(journal, taken(house.with_funder(House(), "Région", b"PNG region")))
    found = house.brand(journal, [Agenda("A"), Agenda("B", funders=("Union européenne (FSE+)",))], FRENCH)
    assert [(one.name, one.beside) for one in found.funders] == [
        ("Drapeau de l’Union européenne", "Cofinancé par l’Union européenne"),
        ("Région", ""),
    ]


def test_what_is_refused_changes_nothing() -> None:
    colour = house.coloured(House(), "vert", "#000000")
    assert isinstance(colour, Refused)
    assert (colour.code, colour.field) == ("not-a-colour", "colour")
    refused = [
        house.named(House(), "x" * 121),
        house.told(House(), {"licence": "mine"}),
        house.told(House(), {"licence": "own"}),
        house.with_funder(House(), " ", b"PNG"),
    ]
    assert [one.code for one in refused if isinstance(one, Refused)] == ["too-long", "unknown-licence", "no-terms", "no-funder"]
    full = House()
    for place in range(house.MOST_FUNDERS):
        full = taken(house.with_funder(full, f"Funder {place}", b"PNG"))
    answer = house.with_funder(full, "One more", b"PNG")
    assert isinstance(answer, Refused)
    assert answer.code == "too-many-funders"


def test_a_logo_taken_away_leaves_the_others_their_own() -> None:
    said = House()
    for name in ("A", "B", "C"):
        said = taken(house.with_funder(said, name, name.encode()))
    said = house.without_funder(house.with_file(said, "odt", b"ODT"), said.funders[1].id)
    assert house.without_funder(said, "odt") == said
    said = taken(house.with_funder(said, "D", b"D"))
    assert [(one.name, said.files[one.id]) for one in said.funders] == [("A", b"A"), ("C", b"C"), ("D", b"D")]


def test_a_picture_s_address_changes_with_its_bytes() -> None:
    one, other = (house.with_file(House(), "logo", data).picture("logo") for data in (b"one", b"other"))
    assert one != other
    assert House().picture("logo") == ""
