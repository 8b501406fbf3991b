import pytest
from restitution.sample import ENGLISH, FRENCH, UNPRINTABLE

from facilitate.core.tree import Card, Chart, Document, Facts, Section
from facilitate.restitution.typography import date, dressed, hour, number, printable, signature, spaced

HIGH, LOW = "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Vraiment ? Oui ! Non ; si", f"Vraiment{HIGH}? Oui{HIGH}! Non{HIGH}; si"),
        ("Quoi ?! (vraiment ?) « non ! »", f"Quoi{HIGH}?! (vraiment{HIGH}?) «{LOW}non{HIGH}!{LOW}»"),
        ("Un panier : du bois", f"Un panier{LOW}: du bois"),
        ("fin :\nsuite", f"fin{LOW}:\nsuite"),
    ],
)
def test_a_space_before_a_high_mark_becomes_one_that_does_not_break(typed: str, shown: str) -> None:
    assert spaced(typed, "fr") == shown
    assert spaced(shown, "fr") == shown, "what is spaced already stays"
    assert spaced(typed, "en") == typed, "English has no such space"


@pytest.mark.parametrize(
    "typed",
    [
        "Vraiment? Oui! Non; si",
        "12:30",
        "http://exemple.test/?a=b;c",
        "merci :) ou ;-) ou :D",
        "l'eau d\"ici",
        "! tout seul",
        "a ;b",
        "ratio 1 :2",
    ],
)
def test_nothing_is_added_where_no_space_was_typed(typed: str) -> None:
    assert spaced(typed, "fr") == typed


def test_only_what_every_format_can_carry_is_kept() -> None:
    assert printable(UNPRINTABLE) == "avant\u200fapres tab"
    assert printable("e\u0301 \u2028 x\r\ny") == "é \n x\ny", "composed, and every line end is one"
    assert printable("👨‍👩‍👧") == "👨‍👩‍👧", "joiners hold a family together"


def test_numbers_dates_and_hours_are_written_in_the_language_of_the_document() -> None:
    assert (number(3.4, "fr"), number(1234.5, "fr"), number(3.4, "en")) == ("3,4", f"1{HIGH}234,5", "3.4")
    assert (date("2021-09-24T15:04:00Z", "fr"), date("2021-09-24", "en")) == ("24 septembre 2021", "24 September 2021")
    assert (date("2022-06-01", "fr"), date("", "fr")) == ("1er juin 2022", "")
    assert (hour("2021-09-24T09:30", "fr"), hour("17:00", "fr")) == (f"9{LOW}h{LOW}30", f"17{LOW}h")
    assert (hour("09:30", "en"), hour("17:00", "en")) == ("9:30", "17:00")


def test_a_card_is_signed_with_its_number_in_the_annex() -> None:
    assert signature(Card("…", by="Drôme, Nadia", number=12), FRENCH) == f"Drôme, Nadia · n°{LOW}12"
    assert signature(Card("…", number=12), ENGLISH) == "no. 12"
    assert signature(Card("…"), FRENCH) == ""


def test_a_document_is_dressed_to_its_last_leaf_and_its_anchors_are_not() -> None:
    section = Section("Quoi ?", "quoi ?", (Card("Où ?", (("Quand ?", "Ici !"),), inside=(Chart("a", "b", "c", (("d ?", 1.0, "1"),)),)),))
    done = dressed(Document("Titre ?", "", "fr", "2021-09-24", Facts((("a", "b ?"),)), (section,)))
    text = repr(done)
    assert text.count(f"{HIGH}?".encode("unicode_escape").decode()) == 6
    assert done.children[0].anchor == "quoi ?"
