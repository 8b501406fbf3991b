"""What every kind of activity promises, held over each kind that is installed: built in, or brought by another package.

What a kind does beyond that is in ``tests/activities/test_KIND.py``.
"""

import inspect
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from activities.room import CONSOLE, KINDS, LANGUAGES, ROOT, STEP, WALL, Room, drawn, leaves, participant, screens, sections
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from facilitate.core.activity import ActivityType, Contribution
from facilitate.core.entry import Caller, Entry, Refused
from facilitate.core.state import SessionState, apply, serialise
from facilitate.core.tree import Section
from facilitate.core.words import clean_all
from facilitate.language import Language
from facilitate.render import Asked
from facilitate.restitution.build import build

HOUSE = ROOT / "facilitate"
EARLIER = "told-before"
MODERATION = {"hide", "restore", "withhold", "show", "introduce"}

every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
each_language = pytest.mark.parametrize("language", sorted(LANGUAGES))
taken = pytest.mark.parametrize(("kind", "content"), [(kind, one) for kind in KINDS.values() for one in kind.examples.accepts])
refused = pytest.mark.parametrize(("kind", "content"), [(kind, one) for kind in KINDS.values() for one in kind.examples.refuses])


def folder(kind: ActivityType) -> Path:
    return Path(inspect.getfile(type(kind))).parent


def first_verb(kind: ActivityType) -> str:
    return next(iter(kind.verbs), "")


def a_day(kind: ActivityType, *settings: str) -> Room:
    """A room before that kind's step, its other settings left alone; the step it draws on is open where it draws on one."""
    sources = [one for one in kind.settings if one.type == "source"]
    earlier = ["### Told before", "- kind: situations", "- duration: 30 min"] if sources else []
    named = [f"- {one.name}: Told before" for one in sources]
    named += [f"- {one.name}: One; Two" for one in kind.settings if one.type == "list" and one.required]
    head = ["---", "title: A day", "language: en", "time: 9:00 - 17:00", "---", "## Programme"]
    room = Room(KINDS, "\n".join([*head, *earlier, "### The step", f"- kind: {kind.kind}", "- duration: 30 min", *named, *settings]))
    room.join("Ada", territory="Drôme", role="Mayor", structure="A town", type="Town")
    if sources:
        room.do(CONSOLE, "open", EARLIER)
    return room


def begun(kind: ActivityType, *settings: str) -> Room:
    """The same once the earlier step's cards are told and the step is open."""
    room = a_day(kind, *settings)
    if EARLIER in room.state.steps:
        for title in ("A night bus.", "A shared kitchen."):
            room.do(participant("Ada"), "post", EARLIER, title=title)
    room.do(CONSOLE, "open", STEP)
    if "enter" in kind.verbs:
        room.do(participant("Ada"), "enter", STEP, track="one")
    if "deal" in kind.verbs:
        room.do(CONSOLE, "deal", STEP)
    if "play" in kind.verbs:
        room.do(participant("Ada"), "play", STEP)
    return room


def ballot(room: Room, card: int) -> dict[str, Any]:
    """One dot on one of the earlier step's cards."""
    told = sorted(room.state.summaries[EARLIER].contributions)
    return {"dots": {told[card]: 1}}


def full(kind: ActivityType) -> Room:
    """Everything that may be there: what two people posted, one card hidden, one withheld, one withdrawn, then each verb of the console."""
    room = begun(kind)
    room.join("Bo", territory="Diois", named=True)
    for who in ("Ada", "Bo"):
        for content in kind.examples.accepts:
            room.act(participant(who), first_verb(kind), STEP, content)
    if first_verb(kind) == "vote":
        room.act(participant("Bo"), "vote", STEP, ballot(room, 0))
    ids = list(contributions(room))
    for id, do in zip(ids, ("hide", "withhold"), strict=False):
        room.act(CONSOLE, do, content={"why": "off the subject"}, on=id)
    for id in ids[2:]:
        room.act(participant("Ada"), "withdraw", STEP, on=id)
    for verb, rule in kind.verbs.items():
        if "console" in rule.by:
            room.act(CONSOLE, verb, STEP)
    return room


def contributions(room: Room) -> Mapping[str, Contribution]:
    found: Mapping[str, Contribution] = room.state.summaries[STEP].contributions
    return found


def with_words(kind: ActivityType, room: Room, words: str) -> dict[str, Any]:
    """An example that is taken, saying these words; {} where this kind takes no words, or none so long."""
    limits = {field.key: field.limit for field in kind.fields(room.step(STEP).activity.settings)}
    for content in kind.examples.accepts:
        said = {key: f"{words} {key}" for key, value in content.items() if key in limits and isinstance(value, str)}
        if said and all(len(text) <= limits[key] for key, text in said.items()):
            return {**content, **said}
    return {}


def posted(kind: ActivityType, room: Room, words: str) -> str:
    """The id of what Ada has just posted with these words, revealed where this kind reveals; '' where it takes no words."""
    content = with_words(kind, room, words)
    if not content:
        return ""
    card = room.do(participant("Ada"), first_verb(kind), STEP, **content)
    if "reveal" in kind.verbs:
        room.do(CONSOLE, "reveal", STEP)
    return card


def seen(room: Room, who: Caller) -> str:
    return json.dumps(room.view(who, STEP), ensure_ascii=False)


def headed(nodes: tuple[Any, ...]) -> Iterator[Section]:
    for node in nodes:
        if isinstance(node, Section):
            yield node
            yield from headed(node.children)


# Acts


@taken
def test_an_example_is_taken(kind: ActivityType, content: dict[str, Any]) -> None:
    room = a_day(kind)
    room.do(CONSOLE, "open", STEP)
    assert not isinstance(room.act(participant("Ada"), first_verb(kind), STEP, content), Refused)


@refused
def test_a_bad_example_is_refused_with_a_reason_and_changes_nothing(kind: ActivityType, content: dict[str, Any]) -> None:
    room = a_day(kind)
    room.do(CONSOLE, "open", STEP)
    before = serialise(room.state)
    answer = room.act(participant("Ada"), first_verb(kind), STEP, content)
    assert isinstance(answer, Refused)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", answer.code)
    assert 400 <= answer.status < 500
    reasons = {name: language.refusal(answer) for name, language in LANGUAGES.items()}
    assert all(reasons.values())
    assert reasons["fr"] != reasons["en"], "this reason has no French"
    assert serialise(room.state) == before


@every_kind
def test_a_verb_it_does_not_have_is_refused(kind: ActivityType) -> None:
    room = begun(kind)
    for do in {"post", "edit", "withdraw", "dance"} - set(kind.verbs):
        answer = room.act(participant("Ada"), do, STEP, {"text": "Hello"})
        assert isinstance(answer, Refused)
        assert answer.code == "unknown-verb"


@every_kind
def test_the_same_journal_gives_the_same_state(kind: ActivityType) -> None:
    room = full(kind)
    again = SessionState()
    for line in [json.dumps(asdict(entry), ensure_ascii=False, default=dict) for entry in room.journal]:
        again = apply(again, Entry(**json.loads(line)), KINDS)
    assert serialise(again) == serialise(room.state)


ODD: tuple[Any, ...] = (
    *("", "x" * 2000, "<b>", "0", "2", "-1", "2026-01-01", "true", "Yes", "One", "done", "hands", "accept", "asking", "own"),
    *(0, 1, 7, -1, 10**30, 1.5, True, False, None, [], [1, "a"], ["One"], [[]], {}, {"a": {"b": [None]}}, {"keep": 1}),
)
"""What no page of ours sends under most keys."""


@every_kind
def test_no_content_however_odd_makes_an_act_its_fold_a_view_or_the_report_fail(kind: ActivityType) -> None:
    room, draw = full(kind), Random(kind.kind)
    people = [participant("Ada"), room.join("Bo"), room.join("Cy")]
    read = [re.findall(r'content(?:\.get\(|\[)"(\w+)"', file.read_text()) for file in folder(kind).glob("*.py")]
    keys = sorted({*(key for some in read for key in some), *(key for one in kind.examples.accepts for key in one), "lines", "why", "name"})
    for _ in range(150):
        known = [*room.state.acts, *(who.participant for who in people), "1-1", "theme-1", ""]
        content = dict(draw.choice(kind.examples.accepts or ({},))) if draw.random() < 0.5 else {}
        content |= {draw.choice(keys): draw.choice((*ODD, draw.choice(known), [draw.choice(known)])) for _ in range(draw.randrange(4))}
        who = draw.choice((*people, CONSOLE, CONSOLE, Caller("scribe"), Caller("panel")))
        behalf = "" if who in people else draw.choice(("", "", people[1].participant))
        do = draw.choice((*kind.verbs, *kind.verbs, "hide", "restore", "withhold", "approve", "mask", "posts"))
        room.act(who, do, STEP, clean_all(content), draw.choice(known), draw.choice((None, 0, room.state.seq)), room.state.seq, behalf)
    again = SessionState()
    for line in [json.dumps(asdict(entry), default=dict) for entry in room.journal]:
        again = apply(again, Entry(**json.loads(line)), KINDS)
    assert serialise(again) == serialise(room.state)
    for viewer in (*people, WALL, CONSOLE, Caller("scribe"), Caller("panel"), Caller("participant")):
        assert json.dumps(room.view(viewer, STEP))
    assert build(room.state, KINDS, LANGUAGES["fr"]).children
    assert all(drawn(room, who) for who in (people[0], CONSOLE, WALL))


# What each may see


@every_kind
def test_a_view_is_plain_json_for_everyone(kind: ActivityType) -> None:
    for room in (begun(kind), full(kind)):
        for who in (participant("Ada"), participant("Bo"), WALL, CONSOLE):
            view = room.view(who, STEP)
            assert json.loads(json.dumps(view)) == view


@every_kind
def test_the_words_of_a_withheld_card_are_in_no_view_and_not_in_the_restitution(kind: ActivityType) -> None:
    room = begun(kind)
    room.join("Bo")
    if card := posted(kind, room, "zanzibar"):
        assert "zanzibar" in seen(room, CONSOLE)
        room.do(CONSOLE, "withhold", on=card, why="someone’s address")
        for who in (participant("Ada"), participant("Bo"), WALL, CONSOLE):
            assert "zanzibar" not in seen(room, who)
        assert not [leaf for leaf in leaves(sections(room)) if "zanzibar" in str(leaf)]


@every_kind
def test_a_hidden_card_is_its_authors_and_the_consoles(kind: ActivityType) -> None:
    room = begun(kind)
    room.join("Bo")
    if card := posted(kind, room, "zanzibar"):
        room.do(CONSOLE, "hide", on=card)
        assert "zanzibar" in seen(room, CONSOLE)
        for who in (WALL, Caller("shelf"), participant("Bo")):
            assert "zanzibar" not in seen(room, who)


@every_kind
def test_a_phone_is_told_its_own_cards_and_no_one_elses(kind: ActivityType) -> None:
    room = begun(kind)
    room.join("Bo")
    if content := with_words(kind, room, "zanzibar"):
        room.do(participant("Ada"), first_verb(kind), STEP, **content)
        assert "zanzibar" in seen(room, participant("Ada"))
        assert ("zanzibar" in seen(room, participant("Bo"))) is kind.read_by_all


@every_kind
def test_what_someone_sends_leaves_the_other_phones_as_they_are(kind: ActivityType) -> None:
    """Otherwise each card would make 150 phones ask again: that is only where all read what each writes."""
    for content in () if kind.read_by_all else kind.examples.accepts:
        room = begun(kind)
        room.join("Bo")
        before = seen(room, participant("Bo"))
        room.do(participant("Ada"), first_verb(kind), STEP, **content)
        assert seen(room, participant("Bo")) == before


@every_kind
def test_an_arrival_leaves_the_phones_as_they_are(kind: ActivityType) -> None:
    room = begun(kind)
    before = seen(room, participant("Ada"))
    room.join("Bo", territory="Diois")
    assert seen(room, participant("Ada")) == before


def anonymous(kind: ActivityType) -> list[Mapping[str, Any]]:
    """The examples that leave no author in the journal."""
    kept = []
    for content in kind.examples.accepts:
        room = begun(kind)
        answer = room.act(participant("Ada"), first_verb(kind), STEP, content)
        if not isinstance(answer, Refused) and answer and not answer[0].by:
            kept.append(content)
    return kept


@every_kind
def test_no_one_can_tell_who_wrote_an_anonymous_card(kind: ActivityType) -> None:
    for content in anonymous(kind):
        views = []
        for author in ("Xanthippe", "Zephyrine"):
            room = begun(kind)
            room.join("Xanthippe", territory="Ostrogothia", role="Augur")
            room.join("Zephyrine", territory="Lusitania", role="Sibyl")
            room.join("Bo")
            room.do(participant(author), first_verb(kind), STEP, **content)
            line = json.dumps(asdict(room.journal[-1]), default=dict)
            assert room.journal[-1].at == ""
            assert participant(author).participant not in line
            views.append(json.dumps([seen(room, who) for who in (WALL, CONSOLE, participant("Bo"))] + list(leaves(sections(room)))))
            for word in ("Xanthippe", "Zephyrine", "Ostrogothia", "Lusitania", "Augur", "Sibyl"):
                assert word not in views[-1]
        assert views[0] == views[1]


@every_kind
def test_the_wall_and_the_other_phones_learn_nothing_of_an_answer_before_the_reveal(kind: ActivityType) -> None:
    if "reveal" not in kind.verbs:
        return
    rooms = [begun(kind), begun(kind)]
    answers = [ballot(rooms[0], 0), ballot(rooms[0], 1)] if first_verb(kind) == "vote" else list(kind.examples.accepts[:2])
    for room, content in zip(rooms, answers, strict=True):
        room.join("Bo")
        room.do(participant("Ada"), first_verb(kind), STEP, **content)
    for who in (WALL, participant("Bo")):
        assert seen(rooms[0], who) == seen(rooms[1], who)
    drafts = [list(leaves(build(room.state, KINDS, LANGUAGES["en"]))) for room in rooms]
    assert drafts[0] == drafts[1]
    for room in rooms:
        room.do(CONSOLE, "reveal", STEP)
    assert seen(rooms[0], WALL) != seen(rooms[1], WALL)


# Screens


@each_language
@every_kind
def test_its_screens_are_drawn_empty_and_full_open_and_closed(kind: ActivityType, language: str) -> None:
    for room in (begun(kind), full(kind)):
        for who in (participant("Ada"), WALL, CONSOLE):
            assert "<main" in drawn(room, who, language)
        room.do(CONSOLE, "close", STEP)
        for who in (participant("Ada"), WALL, CONSOLE):
            assert "<main" in drawn(room, who, language)


SCRIBE = Caller("scribe")


def scribes(room: Room, language: str, whom: str | None = None) -> str:
    """The page where the staff enters for others."""
    return screens().region(room, "scribe", Asked(SCRIBE, language, step=STEP, whom=whom))


@each_language
@every_kind
def test_the_staff_can_enter_for_others_what_it_asks(kind: ActivityType, language: str) -> None:
    for room in (begun(kind), full(kind)):
        html = scribes(room, language, "id-Ada")
        assert "<main" in html
        if kind.fields(room.step(STEP).activity.settings):
            assert 'name="for" value="id-Ada"' in html
        for field in kind.fields(room.step(STEP).activity.settings):
            assert f'name="content.{field.key}"' in html
        asked = set(re.findall(r'name="do" value="([^"]*)"', html))
        assert asked <= {*kind.verbs, "welcome", "posts", "photo", "unphoto"}


def test_a_name_on_the_scribe_s_page_is_words_and_nothing_else() -> None:
    room = begun(KINDS["situations"])
    room.join("O'Brien <b>&</b>", territory="<i>here</i>")
    html = scribes(room, "en", "id-O'Brien <b>&</b>")
    assert html.count("O&#39;Brien &lt;b&gt;&amp;&lt;/b&gt;") >= 3
    assert "&amp;#39;" not in html
    assert "<i>here" not in html


@every_kind
def test_an_example_entered_for_someone_is_taken_as_theirs(kind: ActivityType) -> None:
    """And who has answered is known, whatever they said."""
    for content in kind.examples.accepts:
        room = begun(kind)
        answer = room.act(SCRIBE, first_verb(kind), STEP, content, behalf="id-Ada")
        assert not isinstance(answer, Refused), answer
        (entry,) = answer
        assert entry.by in ("", "id-Ada")
        answered = kind.answered(room.state.summaries[STEP])
        empty = not any(content.values()) or content.get("dots") == {"a-card-left-at-nought": "0"}
        if entry.by or (kind.pseudonymous and not empty and "dots" not in content):
            assert {"id-Ada", room.voter(participant("Ada"), STEP)} & set(answered)


@each_language
@every_kind
def test_its_sheet_of_paper_is_plain_words_in_the_reader_s_language(kind: ActivityType, language: str) -> None:
    words = LANGUAGES[language]
    for room in (begun(kind), full(kind)):
        blanks = kind.paper(room.step(STEP).activity.settings, room.sources(STEP), words.say, words.count)
        assert blanks == kind.paper(room.step(STEP).activity.settings, room.sources(STEP), words.say, words.count)
        assert all(isinstance(leaf, str | int | bool) for leaf in leaves(blanks))
        if kind.fields(room.step(STEP).activity.settings):
            assert blanks


@every_kind
def test_its_form_asks_every_field(kind: ActivityType) -> None:
    """At once, or where one of its flags is set the other way."""
    flags = [f"- {one.name}: {'no' if one.default else 'yes'}" for one in kind.settings if one.type == "flag"]
    html = "".join(drawn(begun(kind, *flag), participant("Ada")) for flag in ([], *([flag] for flag in flags)))
    for field in kind.fields({one.name: one.default for one in kind.settings}):
        assert f'name="content.{field.key}"' in html


@every_kind
def test_its_forms_and_buttons_ask_for_verbs_that_exist(kind: ActivityType) -> None:
    for room in (begun(kind), full(kind)):
        main = re.findall(r'name="do" value="([^"]*)"', drawn(room, participant("Ada")) + drawn(room, WALL))
        assert set(main) <= {*kind.verbs, *MODERATION}


@every_kind
def test_what_people_type_is_never_markup(kind: ActivityType) -> None:
    room = begun(kind)
    if posted(kind, room, "zanzibar <script>alert(1)</script> {{ 7 * 7 }} **bold**"):
        html = "".join(drawn(room, who) for who in (participant("Ada"), WALL, CONSOLE))
        assert html.count("zanzibar") == html.count("zanzibar &lt;script&gt;alert(1)&lt;/script&gt; {{ 7 * 7 }} **bold**")


@every_kind
def test_the_words_of_the_sheet_may_hold_any_sign(kind: ActivityType) -> None:
    room = begun(kind)
    step, signs = room.step(STEP), "100 % of <b>it</b> {{ x }}"
    odd: dict[str, Any] = {one.name: signs for one in kind.settings if one.type == "text"}
    odd |= {one.name: tuple(replace(field, label=signs) for field in one.default) for one in kind.settings if one.type == "fields"}
    activity = replace(step.activity, title=signs, settings={**step.activity.settings, **odd})
    room.state = replace(room.state, steps=room.state.steps.set(STEP, replace(step, activity=activity)))
    html = "".join(drawn(room, who) for who in (participant("Ada"), WALL, CONSOLE))
    assert "<b>it</b>" not in html
    assert "of &lt;b&gt;it&lt;/b&gt; {{ x }}" in html


# Restitution


@each_language
@every_kind
def test_its_sections_are_plain_text_with_anchors_of_their_own(kind: ActivityType, language: str) -> None:
    never = a_day(kind)
    for room in (never, begun(kind), full(kind)):
        nodes = sections(room, language)
        assert all(isinstance(leaf, str | int | float | bool) for leaf in leaves(nodes))
        anchors = [one.anchor for one in headed(nodes)]
        assert len(set(anchors)) == len(anchors)
        assert all(re.fullmatch(r"[a-z0-9-]+", anchor) for anchor in anchors)


@every_kind
def test_every_contribution_can_stand_in_the_annex(kind: ActivityType) -> None:
    room = full(kind)
    for one in contributions(room).values():
        for label, text in kind.texts(room.step(STEP).activity.settings, one):
            assert isinstance(label, str)
            assert isinstance(text, str)
            assert text


# Words and documentation


@every_kind
def test_it_says_what_it_is_once(kind: ActivityType) -> None:
    names = [name for one in KINDS.values() for name in {one.kind, one.fr}]
    assert len(set(names)) == len(names)
    keys = [key for one in kind.settings for key in {one.name, one.fr}]
    assert len(set(keys)) == len(keys)
    for setting in kind.settings:
        assert setting.help
        assert setting.type != "choice" or setting.default in setting.choices


@every_kind
def test_its_page_documents_each_verb_and_each_setting(kind: ActivityType) -> None:
    if HOUSE not in folder(kind).parents:
        return
    page = (ROOT / "docs" / "activities" / f"{kind.kind}.md").read_text(encoding="utf-8")
    for word in (*kind.verbs, *(key for one in kind.settings for key in (one.name, one.fr))):
        assert f"`{word}`" in page


def said_in(kind: ActivityType) -> set[Any]:
    """The msgids of a kind's code and templates, a plural as a pair."""
    marks = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
    html = {"silent": "false", "extensions": "facilitate.fragments.Kept"}
    found = extract_from_dir(folder(kind), [("**.py", "python"), ("**.html", "jinja2")], {"**.html": html}, keywords=marks)
    return {message for _, _, message, _, _ in found}


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as lines:
        return read_po(lines)


def words(path: Path) -> dict[Any, Any]:
    messages = [one for one in catalogue(path) if one.id]
    return {tuple(one.id) if isinstance(one.id, list | tuple) else one.id: one.string for one in messages}


def _each(ids: Iterable[Any]) -> set[str]:
    """A msgid and its plural may stand together in one place, and one after the other elsewhere."""
    return {text for id in ids for text in (id if isinstance(id, tuple) else (id,))}


@every_kind
def test_its_words_all_have_their_french_and_no_other_word_is_kept(kind: ActivityType) -> None:
    own, said = _each(words(folder(kind) / "fr.po")), _each(said_in(kind))
    house = _each(id for path in HOUSE.rglob("fr.po") if HOUSE / "activities" not in path.parents for id in words(path))
    assert said - own - house == set()
    assert own - said == set()
    kept = catalogue(folder(kind) / "fr.po")
    assert not kept.obsolete
    assert not [one.id for one in kept if one.fuzzy and one.id]


def _places(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)s", text))


@every_kind
def test_its_french_is_whole_and_well_set(kind: ActivityType) -> None:
    for id, french in words(folder(kind) / "fr.po").items():
        for english, text in zip(id, french, strict=True) if isinstance(id, tuple) else [(id, french)]:
            assert text
            # 'one dot' may be said in words.
            counted = {"%(count)s"} if isinstance(id, tuple) else set()
            assert _places(english) - counted == _places(text) - counted
            assert not re.search(r"(?<![\u00a0\u202f])[;!?»]|(?<=\S) :|«(?!\u00a0)|'", text), text


@every_kind
def test_no_other_catalogue_says_it_otherwise(kind: ActivityType) -> None:
    own = words(folder(kind) / "fr.po")
    for path in HOUSE.rglob("fr.po"):
        others = words(path)
        differing = {id: (own[id], others[id]) for id in own.keys() & others.keys() if own[id] != others[id]}
        assert not differing, path


def test_a_language_without_a_catalogue_says_the_msgid() -> None:
    assert Language("en").say("Welcome") == "Welcome"
