"""The team: who is invited, what each may do; acts asked for someone else."""

from typing import Any

from core.day import KINDS, Day

from facilitate.core.entry import Actor, Audience, Refused
from facilitate.core.rules import decide


def ask(day: Day, audience: Audience, do: str, activity: str = "", content: dict[str, Any] | None = None, **more: Any) -> Any:
    """An act of someone of the team, kept where it is accepted; ``voter`` the pseudonym worked out for the one they ask for."""
    voter, member = more.pop("voter", ""), more.pop("member", "m")
    answer = decide(
        day.state, day.act(do, activity, content, **more), Actor(audience, member=member, voter=voter), "2021-09-24T08:50:00.000Z", KINDS
    )
    if isinstance(answer, tuple):
        day.entries.extend(answer)
        day.state = day.again()
    return answer


def code(answer: Any) -> str:
    return answer.code if isinstance(answer, Refused) else ""


def invited(day: Day, **content: Any) -> str:
    act = day.act("invite", content={"name": "Samira", "role": "scribe"} | content)
    assert not isinstance(day.play(act), Refused)
    return act.id


def test_whoever_started_the_day_invites_and_takes_a_link_back() -> None:
    day = Day()
    member = invited(day, role="notes")
    assert (day.state.team[member].name, day.state.team[member].role, day.state.team[member].left) == ("Samira", "notes", False)
    day.do("dismiss", on=member)
    assert day.state.team[member].left
    assert day.do("dismiss", on=member) == ()
    assert code(day.do("dismiss", on="nobody")) == "unknown-member"


def test_a_link_taken_back_does_nothing_more_even_from_a_page_that_stayed_open() -> None:
    day = Day().open("situations")
    for role, do, content in (("console", "close", {}), ("scribe", "welcome", {"name": "Odile"}), ("notes", "note", {"text": "Dit"})):
        member = invited(day, role=role)
        day.do("dismiss", on=member)
        assert code(ask(day, role, do, "situations", content, member=member)) == "not-allowed"  # type: ignore[arg-type]


def test_an_invitation_needs_a_name_and_something_to_do() -> None:
    day = Day()
    assert code(day.do("invite", content={"role": "scribe"})) == "empty"
    assert code(day.do("invite", content={"name": "Samira", "role": "wall"})) == "unknown-role"
    assert code(day.do("invite", content={"name": "Samira", "role": "console", "track": "none"})) == "unknown-track"
    assert code(ask(day, "console", "invite", content={"name": "Bo", "role": "scribe"})) == "not-allowed", "not by a co-facilitator"


def test_a_co_facilitator_drives_and_the_log_says_who() -> None:
    day = Day().join("ada")
    member = invited(day, role="console")
    assert isinstance(ask(day, "console", "open", "accueil", member=member), tuple)
    assert [line.by for line in day.state.log.values()][-1] == member


def test_each_role_does_its_own_part_only() -> None:
    day = Day().join("ada").open("situations")
    may = {
        ("scribe", "post"): "",
        ("scribe", "note"): "",
        ("scribe", "open"): "not-allowed",
        ("scribe", "finish"): "not-allowed",
        ("notes", "note"): "",
        ("notes", "post"): "not-allowed",
        ("notes", "next"): "not-allowed",
        ("notes", "welcome"): "not-allowed",
        ("reception", "post"): "not-allowed",
        ("reception", "note"): "not-allowed",
    }
    content = {"title": "Un bus", "text": "Dit à voix haute", "mark": "said", "name": "Élue 3, Drôme"}
    for (audience, verb), expected in may.items():
        assert code(ask(day, audience, verb, "situations", content)) == expected, (audience, verb)  # type: ignore[arg-type]


def test_someone_without_a_phone_is_welcomed_and_written_for() -> None:
    day = Day().open("situations")
    day.state = day.again()
    welcomed = day.act("welcome", content={"name": "Élue 3, Drôme", "territory": "Drôme"})
    day.play(welcomed)
    person = day.state.people[welcomed.id]
    assert (person.name, person.phone) == ("Élue 3, Drôme", False)
    assert isinstance(ask(day, "scribe", "post", "situations", {"title": "Un bus de nuit"}, behalf=person.id), tuple)
    card = next(iter(day.state.summaries["situations"].contributions.values()))
    assert (card.by, card.entered) == (person.id, "m")
    assert isinstance(ask(day, "scribe", "edit", "situations", {"title": "Un bus"}, on=card.id, behalf=person.id), tuple)
    assert code(ask(day, "scribe", "edit", "situations", {"title": "Non"}, on=card.id)) == "not-yours"
    assert code(ask(day, "scribe", "post", "situations", {"title": "Un bus"}, behalf="nobody")) == "unknown-participant"


def test_a_phone_asks_for_no_one_but_itself() -> None:
    day = Day().join("ada", "bo").open("situations")
    day.do("post", "situations", {"title": "Un bus"}, who="ada", behalf="bo")
    assert [one.by for one in day.state.summaries["situations"].contributions.values()] == ["ada"]


def test_a_full_day_still_takes_those_whom_the_staff_welcomes() -> None:
    day = Day().join("ada", "bo", "cy")
    assert code(day.do("join", content={"name": "Di"}, who="di")) == "full"
    assert isinstance(day.do("welcome", content={"name": "Di"}), tuple)


def test_paper_is_entered_after_the_closing_until_the_day_is_finished() -> None:
    day = Day().join("ada").open("situations")
    day.do("close", "situations")
    assert code(day.do("post", "situations", {"title": "Tard"}, who="ada")) == "closed"
    assert isinstance(ask(day, "scribe", "post", "situations", {"title": "Sur papier"}, behalf="ada"), tuple)
    day.do("finish")
    assert code(ask(day, "scribe", "post", "situations", {"title": "Sur papier"}, behalf="ada")) == "closed"


def test_a_vote_entered_for_someone_is_their_only_one() -> None:
    day = Day().join("ada").open("situations")
    posted = day.do("post", "situations", {"title": "Un bus"}, who="ada")
    day.open("choisir")
    assert code(ask(day, "scribe", "vote", "choisir", {"dots": {}})) == "for-whom"
    for dots in (1, 2):
        ask(day, "scribe", "vote", "choisir", {"dots": {posted[0].id: dots}}, behalf="ada", voter="pseudonym of ada")
    ballots = day.state.summaries["choisir"].ballots
    assert {voter: dict(ballot) for voter, ballot in ballots.items()} == {"pseudonym of ada": {posted[0].id: 2}}
    assert not [entry for entry in day.entries if entry.do == "vote" and (entry.by or "entered" in entry.content)], "no trace of who"


def test_cards_wait_where_the_sheet_asks_for_approval() -> None:
    day = (
        Day(Day.sheet.replace("- question : Qu’avez-vous vécu ?", "- question : Quoi ?\n- validation : oui")).join("ada").open("situations")
    )
    posted = day.do("post", "situations", {"title": "Un bus"}, who="ada")
    card = posted[0].id

    def status() -> str:
        return day.state.summaries["situations"].contributions[card].status

    assert status() == "waiting"
    day.do("approve", on=card)
    assert status() == "shown"
    day.do("edit", "situations", {"title": "Un autre bus"}, on=card, who="ada")
    assert status() == "waiting", "what was changed is read again"
    assert isinstance(ask(day, "scribe", "post", "situations", {"title": "Dit"}, behalf="ada"), tuple)
    assert [one.status for one in day.state.summaries["situations"].contributions.values() if one.entered] == ["shown"]


def test_a_name_in_someone_elses_words_is_masked_in_every_reading() -> None:
    day = Day().join("Nadia Untel", "bo").open("situations")
    posted = day.do("post", "situations", {"title": "Avec nadia untel, au marché", "context": "Nadia Untel, encore"}, who="bo")
    card = posted[0].id
    assert code(day.do("mask", content={"name": "Someone Else"}, on=card)) == "unknown-name"
    day.do("mask", content={"name": "Nadia Untel"}, on=card)
    assert day.state.summaries["situations"].contributions[card].content == {"title": "Avec […], au marché", "context": "[…], encore"}
    assert code(day.do("mask", content={"name": "Nadia Untel"}, on=card)) == "unknown-name"
