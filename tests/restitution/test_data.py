"""What programs read of a day, and tables for them: plain values under stable names, and no cell that a spreadsheet runs."""

import csv
import io
import json
from typing import Any

import pytest
from activities.room import LANGUAGES
from core.day import KINDS, Day

from facilitate.activities.situations import Situations
from facilitate.core.activity import Rows
from facilitate.restitution.build import Building
from facilitate.restitution.data import COLUMNS, as_data, spreadsheet, table_csv, tables, to_csv, to_json, told

TABLE = Rows((("what", "Card"), ("share", "People"), ("kept", "Note")), (("=1+1", 0.5, True), ("Du lait\nfrais", 3, False)))


class Counted(Situations):
    """A kind with a table."""

    hidden = False

    def hides(self, summary: Any, sources: Any) -> bool:
        return self.hidden

    def rows(self, activity: Any, summary: Any, sources: Any, policy: Any) -> dict[str, Rows]:
        return {"cards": Rows((("by", "By"),), tuple((policy.signature(one),) for one in summary.contributions.values()))}


class Hiding(Counted):
    hidden = True


def test_a_table_is_told_under_names_that_no_language_changes_with_what_they_hold() -> None:
    for language, holds in (("fr", "Carte"), ("en", "Card")):
        told = as_data({"cards": TABLE}, LANGUAGES[language])
        assert told["cards"]["columns"][0] == {"name": "what", "holds": holds}
        assert told["cards"]["rows"] == [
            {"what": "=1+1", "share": 0.5, "kept": True},
            {"what": "Du lait\nfrais", "share": 3, "kept": False},
        ]


def test_a_spreadsheet_reads_numbers_and_words_of_its_language_and_runs_none() -> None:
    assert table_csv(TABLE, LANGUAGES["fr"]).decode() == '\ufeffwhat;share;kept\r\n\'=1+1;0,5;oui\r\n"Du lait\nfrais";3;non\r\n'
    assert table_csv(TABLE, LANGUAGES["en"]).decode() == '\ufeffwhat,share,kept\r\n\'=1+1,0.5,yes\r\n"Du lait\nfrais",3,no\r\n'


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_whatever_would_make_a_cell_run_is_words(sign: str) -> None:
    assert spreadsheet([[f"{sign}SUM(A1)"]], LANGUAGES["en"]).decode("utf-8-sig").lstrip('"').startswith(f"'{sign}")


def test_a_kind_without_tables_that_hides_or_is_not_installed_has_none() -> None:
    day = Day().join("anna").open("situations")
    day.do("post", "situations", {"title": "Une carte", "signed": True}, who="anna")
    one, french = day.state, LANGUAGES["fr"]
    assert tables(one, KINDS, french, "situations") == {}
    assert tables(one, {}, french, "situations") == {}
    assert tables(one, {**KINDS, "situations": Hiding()}, french, "situations") == {}
    assert len(tables(one, {**KINDS, "situations": Counted()}, french, "situations")["cards"].rows) == 1


def lived() -> Building:
    """One signed card whose spelling was corrected, one anonymous, one withheld, one hidden and set aside."""
    day = Day().join("anna", named=True, role="Élue").join("bo").open("situations")
    first = day.do("post", "situations", {"title": "=Une legumerie.", "signed": True}, who="anna")[0]
    day.do("post", "situations", {"title": "Je n’ose pas.", "signed": False}, who="bo")
    gone = day.do("post", "situations", {"title": "Un secret.", "signed": True}, who="bo")[0]
    last = day.do("post", "situations", {"title": "Plus tard.", "signed": True}, who="bo")[0]
    day.do("withhold", "situations", {"why": "une personne absente"}, on=gone.id)
    day.do("hide", "situations", {"why": "en double"}, on=last.id)
    assert day.do("correct", content={"field": "title", "text": "=Une légumerie."}, on=first.id, who="shelf")
    assert day.do("highlight", on=first.id, who="shelf")
    assert day.do("aside", on=last.id, who="shelf")
    return Building(day.state, KINDS, LANGUAGES["fr"])


def test_every_contribution_is_told_with_all_that_the_report_may_say_of_it() -> None:
    building = lived()
    table = to_csv(building.document(), LANGUAGES["fr"].say, told(building)).decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(table), delimiter=";")
    assert head == [name for name, _ in COLUMNS]
    signed, hidden, anonymous = (dict(zip(head, row, strict=True)) for row in rows)
    assert signed == {
        "number": "1",
        "step": "situations",
        "title": "Situations",
        "kind": "situations",
        "text": "'=Une legumerie.",
        "corrected": "'=Une légumerie.",
        "by": "anna, Forez",
        "territory": "Forez",
        "at": "2021-09-24 10:00",
        "status": "shown",
        "late": "non",
        "entered": "non",
        "masked": "non",
        "aside": "non",
        "highlighted": "oui",
    }
    assert (hidden["text"], hidden["by"], hidden["status"], hidden["aside"]) == ("Plus tard.", "Forez", "hidden", "oui")
    assert (anonymous["text"], anonymous["by"], anonymous["territory"], anonymous["at"]) == ("Je n’ose pas.", "anonyme", "", "")
    assert "secret" not in table


def test_the_whole_report_is_told_as_data() -> None:
    building = lived()
    data = to_json(building.document(), LANGUAGES["fr"].say, told(building))
    assert data == to_json(building.document(), LANGUAGES["fr"].say, told(building))
    report = json.loads(data)
    assert (report["title"], report["language"], report["naming"]) == ("Une journée", "fr", "named")
    assert report["people"] == {"count": 2, "territories": {"": 2}, "types": {"": 2}, "roles": {"": 2}}
    assert report["withheld"] == {"count": 1, "reasons": {"une personne absente": 1}}
    step = report["steps"][1]
    assert (step["id"], step["kind"], step["minutes"], step["opened"], step["closed"]) == (
        "situations",
        "situations",
        30,
        "2021-09-24 10:00",
        "",
    )
    assert [row["number"] for row in report["contributions"]["rows"]] == [1, 2, 3]
    assert report["sections"][-1]["is"] == "section"
    assert {"label": "Quand", "text": "24 septembre 2021, de 9\u00a0h\u00a030 à 17\u00a0h"} in report["facts"]
    assert b"secret" not in data


def test_where_nobody_is_named_no_table_names_anyone() -> None:
    day = Day().join("Nadia Benhaddou", named=True).open("situations")
    day.do("post", "situations", {"title": "Une carte de Nadia Benhaddou", "signed": True}, who="Nadia Benhaddou")
    assert day.do("naming", content={"as": "roles"}, who="shelf")
    found = tables(day.state, {**KINDS, "situations": Counted()}, LANGUAGES["fr"], "situations")
    assert found["cards"].rows == (("une personne présente",),)
    building = Building(day.state, KINDS, LANGUAGES["fr"])
    for written in (to_json, to_csv):
        assert b"Nadia" not in written(building.document(), LANGUAGES["fr"].say, told(building))
