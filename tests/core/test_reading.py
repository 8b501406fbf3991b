"""How the words of a sheet are read: hours, lengths, dates, numbers, answers."""

import pytest

from facilitate.core.reading import (
    Wrong,
    fold,
    read_date,
    read_flag,
    read_hour,
    read_hours,
    read_language,
    read_length,
    read_number,
    read_period,
    split,
)


@pytest.mark.parametrize("text", ["9:30", "09:30", "9h30", "9 h 30", "9 H 30", "9\u00a0h\u00a030", "9\u202fh\u202f30", "9 heures 30"])
def test_an_hour_is_read_however_it_is_written(text: str) -> None:
    assert read_hour(text) == "09:30"


@pytest.mark.parametrize("text", ["17h", "17 h", "17:00", "17h00"])
def test_an_hour_may_have_no_minutes(text: str) -> None:
    assert read_hour(text) == "17:00"


@pytest.mark.parametrize("text", ["", "9", "24:00", "9:60", "9:3", "9 h 3", "9:30 pm", "123:00", "9:300", "h", "９h３０", "9" * 5000 + "h"])
def test_what_is_no_hour_is_refused(text: str) -> None:
    with pytest.raises(Wrong):
        read_hour(text)


@pytest.mark.parametrize("text", ["9:30-17:00", "9h30-17h", "9 h 30 – 17 h", "de 9 h 30 à 17 h", "from 9:30 to 17:00", "9:30 — 17:00"])
def test_the_hours_of_a_day_are_read_however_they_are_written(text: str) -> None:
    assert read_hours(text) == ("09:30", "17:00")


def test_a_day_may_have_a_start_only() -> None:
    assert read_hours("9 h 30") == ("09:30", "")


@pytest.mark.parametrize("text", ["17h-9h30", "9h-9h", "9h30-17h30-18h", "toute la journée", "9h-25h", ""])
def test_hours_that_hold_no_day_are_refused(text: str) -> None:
    with pytest.raises(Wrong):
        read_hours(text)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        *[("30 min", 30), ("30min", 30), ("90", 90), ("90 minutes", 90), ("1 h", 60), ("2h", 120), ("1 h 30", 90), ("1h30", 90)],
        *[("1:30", 90), ("1 heure 15", 75), ("1\u00a0h\u00a015\u00a0min", 75), ("24 h", 1440)],
    ],
)
def test_a_length_is_read_however_it_is_written(text: str, minutes: int) -> None:
    assert read_length(text) == minutes


@pytest.mark.parametrize("text", ["", "0", "0 min", "-5", "25 h", "h", "min", "un moment", "30 s", "9999"])
def test_what_is_no_length_is_refused(text: str) -> None:
    with pytest.raises(Wrong):
        read_length(text)


@pytest.mark.parametrize(
    "text",
    [
        *["2021-09-24", "2021/09/24", "24/09/2021", "24.9.2021", "24 septembre 2021", "vendredi 24 septembre 2021"],
        *["24 September 2021", "Friday, September 24, 2021", "24th September 2021", "Vendredi 24 SEPTEMBRE 2021"],
    ],
)
def test_a_date_is_read_however_it_is_written(text: str) -> None:
    assert read_date(text) == "2021-09-24"


def test_the_first_of_a_month_and_accents_are_read() -> None:
    assert read_date("1er août 2021") == "2021-08-01"


@pytest.mark.parametrize(
    "text", ["2015", "septembre 2021", "31 février 2021", "2021-13-01", "jeudi 24 septembre 2021", "0000-01-01", "bientôt"]
)
def test_what_is_no_date_is_refused_rather_than_guessed(text: str) -> None:
    with pytest.raises(Wrong):
        read_date(text)


def test_yes_and_no_are_read_in_both_languages() -> None:
    assert [read_flag(text) for text in ("oui", "Non", "yes", "no", "vrai", "false")] == [True, False, True, False, True, False]


def test_a_mistyped_answer_gets_a_suggestion() -> None:
    with pytest.raises(Wrong) as wrong:
        read_flag("ouii")
    assert wrong.value.values["guess"] == "oui"


def test_a_language_is_a_code_or_a_name() -> None:
    assert [read_language(text) for text in ("fr", "Français", "anglais", "en-GB")] == ["fr", "fr", "en", "en"]
    for text in ("frenchh", "de", "pt-BR"):
        with pytest.raises(Wrong):
            read_language(text)


def test_a_number_keeps_within_its_bounds() -> None:
    assert [read_number(text, 1, 50) for text in ("1", "50", "5 points", "5 min")] == [1, 50, 5, 5]
    for text in ("0", "51", "-1", "cinq", "5 h", "9" * 5000, "٣x"):
        with pytest.raises(Wrong):
            read_number(text, 1, 50)


def test_texts_on_one_line_are_cut_at_semicolons_or_else_at_commas() -> None:
    assert split("Drôme, Ardèche,") == ("Drôme", "Ardèche")
    assert split("Drôme, sud ; Ardèche") == ("Drôme, sud", "Ardèche")


def test_words_are_compared_without_accents_capitals_or_signs_in_any_script() -> None:
    assert fold("Types-de  Structure") == fold("types de structure")
    assert fold("Déroulé") == "deroule"
    assert fold("Πρόγραμμα") not in ("", fold("Σχέδιο"))


@pytest.mark.parametrize(("text", "kept"), [("5 ans", "P5Y"), ("1 an", "P1Y"), ("12 mois", "P12M"), ("90 days", "P90D"), ("1 Year", "P1Y")])
def test_how_long_something_is_kept_is_read_in_both_languages(text: str, kept: str) -> None:
    assert read_period(text) == kept


@pytest.mark.parametrize("text", ["0 days", "31 ans", "toujours", "12", "1,5 an", "-1 an"])
def test_what_is_no_time_to_keep_something_is_refused(text: str) -> None:
    with pytest.raises(Wrong):
        read_period(text)
