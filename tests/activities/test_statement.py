"""A joint contribution: amendments never lost whatever the text becomes, degrees told together, reasons kept, signatories who agreed."""

import json
from dataclasses import asdict, replace
from typing import Any

import pytest
from activities.room import CONSOLE, KINDS, LANGUAGES, WALL, Policy, Room, drawn, leaves, participant, screens
from hypothesis import given
from hypothesis import strategies as st
from web.http import console, joined

from facilitate.activities.statement.degrees import sentence, told
from facilitate.activities.statement.positions import Statements, in_force, title_of
from facilitate.activities.statement.wording import changes, compared, kind_of, moved_on
from facilitate.core.entry import Caller, Entry, Refused
from facilitate.core.state import SessionState, apply, serialise
from facilitate.core.tree import Card, Chart, Listing, Node, Paragraph, Section, Table
from facilitate.render import Asked
from facilitate.restitution.build import build

ADA, BO, CY, DEE = (participant(name) for name in ("Ada", "Bo", "Cy", "Dee"))
BUS = "Each valley keeps a station. Buses wait for trains."
LAND = "Farmland near towns is kept."
SHEET = f"""---
title: A day
language: en
time: 9:00 - 17:00
---
## Programme
### Our contribution
- kind: statement
- duration: 60 min
- to: the Region
- positions:
  - Every day moves: {BUS}
  - Land: {LAND}

We write **together**.
"""
STEP, MOVES = "our-contribution", "every-day-moves"


class Writing(Room):
    """A day whose contribution is open to read; four people are there."""

    def __init__(self, *more: str) -> None:
        super().__init__(KINDS, SHEET.replace("- to: the Region", "\n".join(["- to: the Region", *more])))
        for who in (ADA, BO, CY, DEE):
            self.join(who.participant.removeprefix("id-"), territory="Forez", structure="A town")
        self.do(CONSOLE, "open", STEP)

    @property
    def held(self) -> Statements:
        held: Statements = self.state.summaries[STEP]
        return held

    def stage(self, stage: str, on: str = MOVES) -> None:
        self.do(CONSOLE, "stage", STEP, on=on, stage=stage)

    def amend(self, who: Caller, text: str, about: str = MOVES, base: int | None = None, **more: Any) -> str:
        """The id of this amendment, or why it is refused."""
        return told_by(self.act(who, "post", STEP, {"what": "amendment", "about": about, "text": text, **more}, base=base))

    def decide(self, on: str, outcome: str, base: int | None = None, **more: Any) -> str:
        return told_by(self.act(CONSOLE, "decide", STEP, {"outcome": outcome, **more}, on=on, base=base))

    def degree(self, who: Caller, degree: Any, on: str = MOVES, base: int | None = None) -> str:
        return code(self.act(who, "degree", STEP, {"degree": degree}, on=on, base=base))

    def why(self, who: Caller, text: str, on: str = MOVES, **more: Any) -> str:
        return told_by(self.act(who, "post", STEP, {"what": "divergence", "about": on, "text": text, **more}))

    def text(self, id: str = MOVES) -> str:
        return self.held.positions[id].text

    def position(self, who: Caller, id: str = MOVES) -> dict[str, Any]:
        """That position as someone sees it."""
        (found,) = [one for one in self.view(who, STEP)["positions"] if one["id"] == id]
        return found

    def sections(self, status: str = "closed", language: str = "en") -> tuple[Node, ...]:
        step, sources = self.step(STEP), replace(self.sources(STEP), status=status)
        return KINDS["statement"].sections(step.activity, self.held, sources, Policy(language, self))

    def said(self, status: str = "closed") -> str:
        return "\n".join(str(leaf) for leaf in leaves(self.sections(status)))


def code(answer: object) -> str:
    return answer.code if isinstance(answer, Refused) else ""


def told_by(answer: tuple[Entry, ...] | Refused) -> str:
    return answer.code if isinstance(answer, Refused) else answer[0].id


def section(nodes: tuple[Node, ...], title: str) -> Section:
    (found,) = [one for one in nodes if isinstance(one, Section) and one.title == title]
    return found


# Wordings

TEXTS = st.text(st.sampled_from("ab c.é’;\n"), max_size=60).map(str.strip)
WORDS = st.lists(st.sampled_from(["the", "plan", "keeps", "every", "bus.", "Land", "stays,", "water"]), min_size=1, max_size=14).map(
    " ".join
)


@given(TEXTS, TEXTS)
def test_the_pieces_of_a_comparison_are_both_texts_to_the_letter(old, new):
    pieces = compared(old, new)
    assert "".join(text for way, text in pieces if way != "new") == old
    assert "".join(text for way, text in pieces if way != "cut") == new


@given(WORDS, WORDS)
def test_an_amendment_to_an_unchanged_text_gives_what_it_asked_for_and_one_made_already_changes_nothing(old, wanted):
    assert moved_on(old, wanted, old) == wanted
    assert moved_on(old, wanted, wanted) == wanted
    assert moved_on(old, old, wanted) == wanted


@given(WORDS, WORDS, WORDS)
def test_two_changes_come_to_the_same_text_whichever_is_made_first(old, mine, yours):
    assert moved_on(old, mine, yours) == moved_on(old, yours, mine)


def test_two_amendments_far_from_each_other_both_stand_and_two_of_the_same_words_do_not():
    waits = "Each valley keeps a station. Buses wait for trains and boats."
    keeps = "Each valley keeps a station or a square. Buses wait for trains."
    assert moved_on(BUS, waits, keeps) == "Each valley keeps a station or a square. Buses wait for trains and boats."
    assert moved_on(BUS, "Each valley keeps a halt. Buses wait for trains.", keeps) is None


@pytest.mark.parametrize(
    ("new", "kind", "cut", "came"),
    [
        ("Each valley keeps a small station. Buses wait for trains.", "add", "", "small"),
        ("Each valley keeps a station.", "remove", "Buses wait for trains.", ""),
        ("Each valley keeps a halt. Buses wait for trains.", "replace", "station", "halt"),
        ("Each valley keeps a station. Every day. Buses wait for trains.", "add", "", "Every day."),
        ("Each valley keeps a station. Buses are clean. Buses wait for trains.", "add", "", "Buses are clean."),
    ],
)
def test_what_an_amendment_does_is_read_from_its_words(new, kind, cut, came):
    assert kind_of(BUS, new) == kind
    (change,) = changes(BUS, new)
    assert (change.cut, change.new) == (cut, came)


def test_a_position_without_a_title_takes_its_first_words():
    assert title_of("Keep the buses. And the trains.") == "Keep the buses"
    assert title_of("word " * 40).endswith("…")
    settings = {"positions": ("Keep the buses. And the trains.", "Land: kept.", "Land: again.")}
    titled = [(one.id, one.title) for one in in_force(settings, Statements())]
    assert titled == [("keep-the-buses", "Keep the buses"), ("land", "Land"), ("land-2", "Land")]


# Amendments


def test_a_position_takes_amendments_only_while_it_is_open_to_them():
    room = Writing()
    assert room.amend(ADA, "Other words.") == "not-amendable"
    room.stage("amending")
    assert room.amend(ADA, "Other words.", "land") == "not-amendable"
    room.amend(ADA, "Other words.")
    room.stage("closed")
    assert room.amend(BO, "Too late.") == "not-amendable"
    room.stage("amending")
    room.amend(BO, "Open again.")
    assert [one["content"]["text"] for one in room.position(CONSOLE)["amendments"]] == ["Other words.", "Open again."]


def test_an_amendment_that_says_nothing_or_too_much_is_refused():
    room = Writing()
    room.stage("amending")
    assert room.amend(ADA, BUS) == "unchanged"
    assert room.amend(ADA, BUS.replace(" ", "\n")) == "unchanged"
    assert room.amend(ADA, "") == "empty"
    assert room.amend(ADA, "x" * 1201) == "too-long"
    assert room.amend(ADA, "Fine.", reason="x" * 601) == "too-long"
    assert room.amend(ADA, "Fine.", what="poem") == "unknown-what"
    assert room.amend(ADA, "Fine.", "nowhere") == "unknown-position"
    assert room.amend(ADA, "Fine.", signed="perhaps") == "signed-or-not"
    assert room.amend(ADA, "", remove=True) == "empty"
    assert room.amend(ADA, "", remove=True, reason="Not for this plan.")


def test_a_text_that_the_sheet_made_longer_may_be_amended_at_its_length():
    room = Writing("- signed: free")
    long = "word " * 280
    room.do(CONSOLE, "draft", STEP, title="Long", text=long[:1200].strip())
    assert code(room.act(CONSOLE, "draft", STEP, {"title": "Longer", "text": long + long})) == "too-long"
    assert [one["number"] for one in room.view(WALL, STEP)["positions"]] == [1, 2, 3]


def test_accepted_as_it_is_its_words_are_the_text_and_every_wording_is_kept():
    room = Writing()
    room.stage("amending")
    first = room.amend(ADA, BUS.replace("station", "station or a square"), reason="Some have no rail.")
    second = room.amend(BO, BUS.replace("trains", "trains and boats"))
    room.decide(first, "accept")
    assert room.text() == "Each valley keeps a station or a square. Buses wait for trains."
    assert room.position(BO)["mine"][0]["older"]
    assert room.position(BO)["mine"][0]["on"] == 1
    room.decide(second, "accept")
    # Only its own change was made: nobody’s words are undone by a colleague’s.
    assert room.text() == "Each valley keeps a station or a square. Buses wait for trains and boats."
    assert room.held.positions[MOVES].versions[0].text == BUS
    assert len(room.held.positions[MOVES].versions) == 3
    assert room.position(ADA)["mine"][0]["outcome"] == "accept"


def test_where_the_text_has_moved_on_at_the_same_place_it_is_adapted():
    room = Writing()
    room.stage("amending")
    first, second = room.amend(ADA, BUS.replace("station", "halt")), room.amend(BO, BUS.replace("station", "square"))
    room.decide(first, "accept")
    base = room.position(CONSOLE)["base"]
    assert room.decide(second, "accept") == "changed-meanwhile"
    assert room.decide(second, "adapt", text="Each valley keeps a halt or a square.") == "empty"
    assert room.decide(second, "adapt", base=0, text="Each valley.", reason="Shorter.") == "stale"
    room.decide(second, "adapt", base=base, text="Each valley keeps a halt or a square.", reason="Both.")
    assert room.text() == "Each valley keeps a halt or a square."
    (mine,) = room.position(BO)["mine"]
    assert (mine["outcome"], mine["answer"]) == ("adapt", "Both.")


def test_not_kept_says_why_and_may_be_looked_at_again():
    room = Writing()
    room.stage("amending")
    amendment = room.amend(ADA, BUS.replace("station", "halt"))
    assert room.decide(amendment, "refuse") == "empty"
    room.decide(amendment, "refuse", reason="Too narrow.")
    assert room.text() == BUS
    assert room.position(ADA)["mine"][0]["answer"] == "Too narrow."
    assert "not kept. Reason: Too narrow." in room.said().splitlines()
    room.decide(amendment, "accept")
    assert "halt" in room.text()
    assert room.decide(amendment, "refuse", reason="After all.") == "decided-before"
    assert room.decide(amendment, "dance") == "decided-before"
    assert room.decide("nowhere", "accept") == "unknown-contribution"


def test_what_was_answered_is_no_longer_edited_and_what_was_not_is():
    room = Writing()
    room.stage("amending")
    answered, open = room.amend(ADA, BUS.replace("station", "halt")), room.amend(ADA, BUS + " Every day.", reason="Why not?")
    room.decide(answered, "refuse", reason="No.")
    assert code(room.act(ADA, "edit", STEP, {"text": "Changed."}, on=answered)) == "decided"
    assert code(room.act(BO, "edit", STEP, {"text": "Changed."}, on=open)) == "not-yours"
    assert code(room.act(ADA, "edit", STEP, {"text": BUS}, on=open)) == "unchanged"
    room.do(ADA, "edit", STEP, on=open, text="Each valley keeps a station.")
    kept = room.held.contributions[open].content
    assert (kept["text"], kept["change"], kept["was"], "reason" in kept) == ("Each valley keeps a station.", "remove", BUS, False)


def test_removing_a_whole_position_leaves_it_out_with_its_reason_and_it_can_come_back():
    room = Writing()
    room.stage("amending")
    gone = room.amend(ADA, "", remove="true", reason="Another plan deals with it.")
    assert room.held.contributions[gone].content["change"] == "whole"
    assert code(room.act(ADA, "edit", STEP, {"reason": ""}, on=gone)) == "empty"
    room.do(ADA, "edit", STEP, on=gone, text="Another plan.", reason="Elsewhere.")
    assert room.held.contributions[gone].content["change"] == "replace"
    room.do(ADA, "withdraw", STEP, on=gone)
    gone = room.amend(ADA, "", remove="true", reason="Another plan deals with it.")
    room.decide(gone, "accept")
    assert [one["id"] for one in room.view(ADA, STEP)["positions"]] == ["land"]
    assert room.position(CONSOLE)["dropped"]
    assert room.amend(BO, "Anything.") == "not-amendable"
    assert BUS in room.said()
    room.stage("closed")
    assert room.position(ADA)["text"] == BUS
    room.do(CONSOLE, "drop", STEP, on="land", reason="Not ours.")
    assert code(room.act(CONSOLE, "drop", STEP, {"reason": "Twice."}, on="land")) == "unknown-position"
    assert "Not ours." in room.said()


def test_an_anonymous_amendment_tells_no_one_who_wrote_it_and_its_author_reads_the_answer():
    views = []
    for author in (ADA, BO):
        room = Writing()
        room.stage("amending")
        amendment = room.amend(author, BUS.replace("station", "halt"), signed="false")
        line = json.dumps(asdict(room.journal[-1]), default=dict)
        assert (room.journal[-1].at, room.journal[-1].by) == ("", "")
        assert author.participant not in line
        seen = [room.view(who, STEP) for who in (WALL, CONSOLE, CY)]
        for view in seen:
            view.pop("person")
        views.append(json.dumps(seen) + room.said("open"))
        room.decide(amendment, "refuse", reason="Too narrow.")
        assert room.position(author)["mine"][0]["answer"] == "Too narrow."
        assert not room.position(CY)["mine"]
    assert views[0] == views[1]


def test_the_sheet_says_whether_amendments_are_signed_and_whether_phones_propose():
    room = Writing("- signed: signed", "- propose: no")
    room.stage("amending")
    assert room.amend(ADA, "Other words.", signed="false") == "signed-only"
    assert code(room.act(ADA, "post", STEP, {"text": "A new position."})) == "no-proposals"
    assert code(room.act(CONSOLE, "post", STEP, {"text": "A new position."})) == ""
    room = Writing("- signed: anonymous")
    room.stage("amending")
    room.amend(ADA, "Other words.")
    assert room.journal[-1].by == ""


# Proposals and drafting


def test_a_proposal_becomes_a_position_in_its_own_words_or_in_others():
    room = Writing()
    first = room.do(ADA, "post", STEP, text="Water is shared. By all.", reason="It runs out.")
    second = room.do(BO, "post", STEP, text="data open")
    third = room.do(CY, "post", STEP, text="Everything free.")
    room.decide(first, "accept")
    room.decide(second, "adapt", title="Open data", text="The plan’s data is public.", reason="A sentence.")
    room.decide(third, "refuse", reason="Not ours.")
    assert [(one["number"], one["title"], one["text"]) for one in room.view(WALL, STEP)["positions"]][2:] == [
        (3, "Water is shared", "Water is shared. By all."),
        (4, "Open data", "The plan’s data is public."),
    ]
    assert room.decide(first, "refuse", reason="No.") == "decided-before"
    cards = [leaf for leaf in leaves(room.sections()) if isinstance(leaf, str) and leaf.startswith(("accepted", "adapted", "not kept"))]
    assert cards == ["accepted as position 3", "adapted as position 4. Reason: A sentence.", "not kept. Reason: Not ours."]


def test_the_drafter_writes_a_position_live_and_another_wording_of_it():
    room = Writing()
    id = room.do(CONSOLE, "draft", STEP, title="Water", text="Water is shared.")
    base = room.position(CONSOLE, id)["base"]
    room.do(CONSOLE, "draft", STEP, on=id, base=base, title="Water for all", text="Water is shared by all.")
    assert code(room.act(CONSOLE, "draft", STEP, {"title": "Water", "text": "Mine."}, on=id, base=base)) == "stale"
    assert code(room.act(CONSOLE, "draft", STEP, {"title": "Water", "text": ""}, on=id)) == "empty"
    assert code(room.act(CONSOLE, "draft", STEP, {"title": "", "text": "Water."})) == "empty"
    assert code(room.act(CONSOLE, "draft", STEP, {"title": "A", "text": "B"}, on="nowhere")) == "unknown-position"
    assert code(room.act(ADA, "draft", STEP, {"title": "A", "text": "B"})) == "not-allowed"
    seen = room.position(CONSOLE, id)
    assert (seen["number"], seen["title"], seen["version"]) == (3, "Water for all", 2)


def test_from_the_first_stage_on_a_revised_sheet_changes_no_position():
    room = Writing()
    revised = SHEET.replace(LAND, "Farmland is sacred.").replace("- to:", "- id: our-contribution\n- to:")
    room.do(Caller("system"), "sheet", text=revised)
    assert room.position(WALL, "land")["text"] == "Farmland is sacred."
    room.stage("amending")
    room.do(Caller("system"), "sheet", text=revised.replace("sacred", "sold") + "\n")
    assert room.position(WALL, "land")["text"] == "Farmland is sacred."


# Degrees


def asked(*degrees: Any) -> Writing:
    room = Writing()
    room.stage("asking")
    for who, degree in zip((ADA, BO, CY, DEE), degrees, strict=False):
        assert room.degree(who, degree) == ""
    return room


def test_a_degree_is_secret_until_all_are_told_together():
    rooms = [asked(1, 2, 7), asked(3, 3, 3)]
    for who in (WALL, CONSOLE, DEE):
        assert rooms[0].view(who, STEP) == rooms[1].view(who, STEP)
    assert rooms[0].said("open") == rooms[1].said("open")
    assert rooms[0].position(CONSOLE)["given"] == 3
    assert rooms[0].position(ADA)["degree"] == 1
    assert all(
        participant(name).participant not in json.dumps(asdict(one), default=dict) for one in rooms[0].journal[-3:] for name in ("Ada",)
    )
    rooms[0].stage("told")
    assert rooms[0].position(WALL)["result"]["counts"] == [1, 1, 0, 0, 0, 0, 1]


def test_one_degree_a_person_that_may_change_until_it_is_told():
    room = asked(1, 2, 7)
    assert room.degree(ADA, "5") == ""
    assert [room.degree(BO, given) for given in (0, 8, "many", 2.5, True, None, "٣")] == ["out-of-range"] * 6 + [""]
    room.stage("told")
    assert room.degree(ADA, 1) == "told"
    assert room.position(WALL)["result"]["counts"] == [0, 0, 1, 0, 1, 0, 1]
    assert room.degree(ADA, 1, "land") == "not-asked"
    assert room.degree(ADA, 1, "nowhere") == "unknown-position"


def test_of_fewer_than_three_people_only_the_number_is_told():
    room = asked(1, 7)
    room.stage("told")
    seen = room.position(WALL)["result"]
    assert (seen["people"], seen["few"], seen["counts"]) == (2, True, [])
    assert "too few to be shown" in room.said()
    assert not [one for one in leaves(room.sections()) if isinstance(one, Chart)]


def test_nothing_is_told_before_a_degree_was_given():
    room = asked()
    assert code(room.act(CONSOLE, "stage", STEP, {"stage": "told"}, on=MOVES)) == "nobody"
    assert code(room.act(CONSOLE, "stage", STEP, {"stage": "dancing"}, on=MOVES)) == "unknown-stage"
    assert code(room.act(CONSOLE, "stage", STEP, {"stage": "asking"}, on="nowhere")) == "unknown-position"
    # All at once: only those that hold degrees are told.
    room.do(CONSOLE, "stage", STEP, stage="asking")
    room.degree(ADA, 1)
    room.do(CONSOLE, "stage", STEP, stage="told")
    assert [one["stage"] for one in room.view(WALL, STEP)["positions"]] == ["told", "asking"]


def test_degrees_stay_with_the_wording_they_were_about_and_are_asked_again():
    room = asked(1, 2, 7)
    room.stage("told")
    room.do(CONSOLE, "draft", STEP, on=MOVES, title="Every day moves", text="Each valley keeps a halt.")
    seen = room.position(ADA)
    assert (seen["stage"], seen["result"], seen["again"], seen["degree"]) == ("closed", None, True, 0)
    assert "Degrees of agreement were given of an earlier wording" in room.said()
    assert "3 people gave their degree: 2 at least accept it, 1 stands against it." in room.said()
    room.stage("asking")
    assert room.degree(ADA, 1, base=0) == "changed"
    for who in (ADA, BO, CY, DEE):
        assert room.degree(who, 1, base=seen["base"]) == ""
    room.stage("told")
    assert room.position(WALL)["result"]["counts"][0] == 4
    assert room.position(CONSOLE)["earlier"][0]["counts"] == [1, 1, 0, 0, 0, 0, 1]


def test_degrees_asked_twice_of_one_wording_are_both_kept():
    room = asked(1, 2, 7)
    room.stage("told")
    room.stage("asking")
    assert room.position(WALL)["given"] == 0
    for who in (ADA, BO, CY):
        room.degree(who, 2)
    room.stage("told")
    said = room.said()
    assert "Asked a first time: 3 people gave their degree: 2 at least accept it, 1 stands against it." in said
    assert "3 people gave their degree: 3 at least accept it." in said


def test_a_step_closed_before_the_degrees_were_shown_tells_them_in_the_restitution():
    room = asked(1, 2, 4, 6)
    assert "shown all together" in room.said("open")
    (chart,) = [one for one in section(room.sections(), "Position 1: Every day moves").children if isinstance(one, Chart)]
    assert [value for _, value, _ in chart.rows] == [1, 1, 0, 1, 0, 1, 0]
    assert chart.sentence == "4 people gave their degree: 2 at least accept it, 1 abstains, 1 stands against it."


# Divergences


def test_whoever_does_not_support_a_position_says_why_and_nothing_of_their_degree():
    room = asked(1, 6, 7)
    assert room.why(ADA, "Because.") == "no-divergence"
    assert room.why(DEE, "Because.") == "no-divergence"
    assert room.why(BO, "") == "empty"
    assert room.why(BO, "x" * 601) == "too-long"
    room.why(BO, "Who pays?")
    room.why(CY, "Nobody asked us.", signed="false")
    assert room.journal[-1].by == ""
    assert "degree" not in room.held.contributions[room.journal[-2].id].content
    # Others read them with the degrees, not before.
    assert "Who pays?" not in json.dumps(room.view(WALL, STEP))
    assert "Who pays?" not in room.said("open")
    assert "Who pays?" not in repr(build(room.state, KINDS, LANGUAGES["en"])), "not in the annex of a draft either"
    assert "Who pays?" in json.dumps(room.view(BO, STEP))
    assert "Who pays?" not in json.dumps(room.view(ADA, STEP))
    room.stage("told")
    assert "Who pays?" in json.dumps(room.view(WALL, STEP))
    assert "Who pays?" in repr(build(room.state, KINDS, LANGUAGES["en"]))
    divergences = section(section(room.sections(), "Position 1: Every day moves").children, "Divergences, with their reasons")
    (listing,) = divergences.children
    assert isinstance(listing, Listing)
    assert listing.items == ("Who pays?", "Nobody asked us.")
    assert listing.beside[0].startswith("Forez, Bo")
    assert listing.beside[1].startswith("anonymous")


def test_a_reason_given_of_an_earlier_wording_says_so():
    room = asked(1, 6, 7)
    room.why(BO, "Who pays?")
    room.stage("told")
    room.do(CONSOLE, "draft", STEP, on=MOVES, title="Every day moves", text="Each valley keeps a halt.")
    assert "about wording 1" in room.said()


# Signatories


def sign(room: Writing, who: Caller, **said: Any) -> str:
    return code(room.act(who, "sign", STEP, {"name": "Ada Martin", "structure": "A town", "as": "structure", "publish": True, **said}))


def test_only_who_agrees_is_listed_and_the_others_are_counted():
    room = Writing()
    assert sign(room, ADA) == "not-signing"
    room.do(CONSOLE, "signing", STEP, open=True)
    assert sign(room, ADA) == ""
    assert sign(room, ADA, role="Mayor") == ""
    assert sign(room, BO, name="Bo Secret", publish=False) == ""
    assert sign(room, CY, name="") == "empty"
    assert sign(room, CY, structure="") == "empty"
    assert sign(room, CY, **{"as": "king"}) == "as-whom"
    assert sign(room, CY, name="x" * 81) == "too-long"
    assert sign(room, CY, name="Cy Roy", publish="true", **{"as": "own"}) == ""
    names = section(room.sections(), "Signatories")
    assert names.children == (
        Table(
            "Those who sign, and agreed to be listed",
            ("Name", "Role", "Organisation", "Signs for"),
            (("Ada Martin", "Mayor", "A town", "their organisation"), ("Cy Roy", "", "A town", "themselves")),
        ),
        Paragraph("And 1 other person, not listed."),
    )
    assert "Bo Secret" not in json.dumps([room.view(who, STEP) for who in (WALL, CONSOLE, ADA)]) + room.said()
    assert room.view(BO, STEP)["signature"]["name"] == "Bo Secret"


def test_a_signature_is_taken_back_even_once_no_more_are_taken():
    room = Writing()
    room.do(CONSOLE, "signing", STEP, open="true")
    sign(room, ADA)
    room.do(CONSOLE, "signing", STEP, open=False)
    room.do(CONSOLE, "close", STEP)
    room.do(ADA, "unsign", STEP)
    assert code(room.act(ADA, "unsign", STEP)) == "not-signed"
    assert "Ada Martin" not in room.said()


# Screens


def test_the_wall_and_phones_show_the_position_or_the_amendment_that_is_discussed():
    room = Writing()
    room.stage("amending")
    amendment = room.amend(ADA, BUS.replace("station", "halt"), reason="Smaller.")
    room.do(CONSOLE, "discuss", STEP, on=amendment)
    for who in (WALL, BO):
        html = drawn(room, who)
        assert "<del>" in html
        assert "<ins>" in html
        assert "Smaller." in html
    room.do(CONSOLE, "hide", on=amendment)
    assert "halt" not in drawn(room, WALL) + drawn(room, BO)
    room.do(CONSOLE, "discuss", STEP, on="land")
    assert LAND in drawn(room, WALL)
    room.do(CONSOLE, "discuss", STEP)
    assert room.view(WALL, STEP)["discussed"] == ""
    assert code(room.act(CONSOLE, "discuss", STEP, on="nowhere")) == "unknown-position"


def test_what_is_withheld_goes_into_no_position():
    room = Writing()
    room.stage("amending")
    amendment = room.amend(ADA, BUS.replace("station", "zanzibar"))
    room.do(CONSOLE, "withhold", on=amendment, why="a name")
    assert room.decide(amendment, "accept") == "not-shown"
    room.do(CONSOLE, "discuss", STEP, on=amendment)
    assert "zanzibar" not in "".join(drawn(room, who) for who in (WALL, CONSOLE, ADA, BO)) + room.said()


def test_an_answer_or_another_stage_has_phones_look_again_and_a_degree_does_not():
    room = Writing()
    room.stage("amending")
    before = screens().shared(room)
    amendment = room.amend(ADA, BUS.replace("station", "halt"), signed="false")
    assert screens().shared(room) == before
    room.decide(amendment, "refuse", reason="No.")
    refused = screens().shared(room)
    assert refused != before
    room.stage("asking")
    asked = screens().shared(room)
    assert asked != refused
    room.degree(ADA, 3)
    assert screens().shared(room) == asked


def test_the_scribe_amends_agrees_and_signs_for_someone_without_a_phone():
    room = Writing()
    scribe = Caller("scribe")
    room.stage("amending")
    html = screens().region(room, "scribe", Asked(scribe, "en", step=STEP, whom="id-Ada"))
    assert f'name="content.about" value="{MOVES}"' in html
    amended = {"what": "amendment", "about": MOVES, "text": "Each valley keeps a halt."}
    assert code(room.act(scribe, "post", STEP, amended, behalf="id-Ada")) == ""
    assert room.journal[-1].by == "id-Ada"
    room.stage("asking")
    assert code(room.act(scribe, "degree", STEP, {"degree": 6}, on=MOVES)) == "for-whom"
    assert code(room.act(scribe, "degree", STEP, {"degree": 6}, on=MOVES, behalf="id-Ada")) == ""
    assert room.position(ADA)["degree"] == 6
    room.do(CONSOLE, "signing", STEP, open=True)
    html = screens().region(room, "scribe", Asked(scribe, "en", step=STEP, whom="id-Ada"))
    assert 'value="sign"' in html
    signed = {"name": "Ada", "as": "own", "publish": True}
    assert code(room.act(scribe, "sign", STEP, signed, behalf="id-Ada")) == ""
    assert set(room.held.signatures) == {"id-Ada"}
    assert {"id-Ada", room.voter(ADA, STEP)} <= set(KINDS["statement"].answered(room.held))


@pytest.mark.parametrize("discussed", ["", MOVES])
def test_every_stage_is_drawn_in_both_languages(discussed):
    room = Writing()
    room.stage("amending")
    room.amend(ADA, BUS.replace("station", "halt"))
    room.do(CONSOLE, "discuss", STEP, on=discussed)
    for stage in ("amending", "closed", "asking", "told"):
        for who in (ADA, BO, CY) if stage == "told" else ():
            room.degree(who, 6)
        room.stage(stage)
        for language in ("fr", "en"):
            assert all("<main" in drawn(room, who, language) for who in (ADA, WALL, CONSOLE))


# Restitution


def test_the_restitution_reads_as_a_contribution_then_says_how_it_came_about():
    room = Writing()
    room.stage("amending")
    first = room.amend(ADA, BUS.replace("station", "halt"), reason="Smaller.")
    room.amend(BO, BUS + " Every day.")
    room.decide(first, "accept")
    nodes = room.sections()
    titles = [one.title for one in nodes if isinstance(one, Section)]
    assert titles == [
        "Preamble",
        "Position 1: Every day moves",
        "Position 2: Land",
        "Amendments, and what became of them",
        "Earlier wordings",
    ]
    assert nodes[0] == Paragraph("Addressed to: the Region", "lede")
    assert section(nodes, "Position 1: Every day moves").children[0] == Paragraph("Each valley keeps a halt. Buses wait for trains.")
    (to_moves,) = section(nodes, "Amendments, and what became of them").children
    assert isinstance(to_moves, Section)
    kept, pending = to_moves.children
    assert isinstance(kept, Card)
    assert isinstance(pending, Card)
    assert (kept.title, kept.by) == ("Replace “station” with “halt”.", "Forez, Ada")
    assert kept.fields == (("Reason", "Smaller."), ("Written from wording", "1"), ("What became of it", "accepted in wording 2"))
    assert pending.title == "After “Buses wait for trains.”, add “Every day.”."
    assert dict(pending.fields)["What became of it"] == "not examined"
    assert f"Wording 1: “{BUS}”" in room.said()


def test_a_contribution_nobody_drafted_says_so():
    room = Room(KINDS, SHEET[: SHEET.index("- to:")])
    room.do(CONSOLE, "open", STEP)
    step = room.step(STEP)
    nodes = KINDS["statement"].sections(step.activity, room.state.summaries[STEP], room.sources(STEP), Policy("en", room))
    assert nodes == (Paragraph("No position was drafted.", "note"),)


def test_degrees_are_told_in_one_sentence():
    say, count = Policy("fr", Writing()).say, Policy("fr", Writing()).count
    assert sentence(told([1, 5, 5]), say, count) == "3 personnes ont donné leur degré d’accord\u00a0: 3 l’acceptent ou s’y rallient."
    assert sentence(told([]), say, count).startswith("0 personne")


# Nothing lost


@st.composite
def gestures(draw):
    """Amendments from three phones, answers, stages, wordings, degrees, in any order."""
    kinds = st.sampled_from(["amend", "accept", "adapt", "refuse", "draft", "stage", "degree"])
    return draw(st.lists(st.tuples(kinds, st.integers(0, 9), WORDS), max_size=14))


@given(gestures())
def test_no_wording_is_ever_lost_and_the_journal_gives_the_same_versions_again(acts):
    room, sent, worded = Writing(), list[tuple[str, str]](), {BUS}
    room.stage("amending")
    for do, number, words in acts:
        who, base = (ADA, BO, CY)[number % 3], room.held.positions[MOVES].versions[number % len(room.held.positions[MOVES].versions)].n
        match do:
            case "amend":
                answer = room.act(who, "post", STEP, {"what": "amendment", "about": MOVES, "text": words}, base=base)
                if not isinstance(answer, Refused):
                    sent.append((answer[0].id, words))
            case "accept" | "adapt" | "refuse":
                on = sent[number % len(sent)][0] if sent else "nowhere"
                room.decide(on, do, text=words, reason="Why.")
            case "draft":
                room.act(CONSOLE, "draft", STEP, {"title": "Moves", "text": words}, MOVES)
            case "stage":
                room.act(CONSOLE, "stage", STEP, {"stage": ("amending", "closed", "asking", "told")[number % 4]}, MOVES)
            case _:
                room.degree(who, number)
        worded.add(room.text())
    position = room.held.positions[MOVES]
    # Every text that ever stood is among its wordings; each wording once made stays what it was.
    assert {one.text for one in position.versions} == worded
    assert [one.n for one in position.versions] == sorted({one.n for one in position.versions})
    for id, words in sent:
        content = room.held.contributions[id].content
        assert content["text"] == words
        assert content["was"] in worded
        assert position.place(content["version"])
    assert all(position.place(one.version) for one in position.rounds)
    told_of = room.said()
    assert all(one.text in told_of for one in position.versions)
    again = SessionState()
    for entry in room.journal:
        again = apply(again, Entry(**json.loads(json.dumps(asdict(entry), default=dict))), KINDS)
    assert serialise(again) == serialise(room.state)


# Alone, as a document


def test_the_contribution_alone_is_a_document_that_the_staff_can_send(server):
    day = server(SHEET)
    drive, ada = console(day), joined(day, name="Ada", territory="Forez")
    drive.act("open", STEP)
    drive.act("stage", STEP, {"stage": "amending"})
    assert ada.act("post", STEP, {"what": "amendment", "about": MOVES, "text": f"{BUS} Every day."}).status == 200
    for format in ("html", "md"):
        told = drive.get(f"/s/{day.code}/step/{STEP}.{format}")
        assert told.status == 200
        assert "Position 1: Every day moves" in told.text
        assert "Who took part" not in told.text
        # Numbers of an annex that is not there would lead nowhere.
        assert "no. 1" not in told.text
    assert drive.get(f"/s/{day.code}/step/nowhere.html").status == 404
    assert drive.get(f"/s/{day.code}/step/{STEP}.exe").status == 404
    assert ada.get(f"/s/{day.code}/step/{STEP}.html").status == 403
