"""Tables for other programs: plain values under stable names, and no cell that a spreadsheet runs."""

from typing import Any

import pytest
from activities.room import LANGUAGES
from core.day import KINDS, Day

from facilitate.activities.situations import Situations
from facilitate.core.activity import Rows
from facilitate.restitution.data import as_data, spreadsheet, table_csv, tables

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
