"""Words: which are the same and which are not, how many each may say, what is hidden, folded by hand, shown and told."""

import json
from collections import Counter
from typing import Any

import pytest
from activities.room import CONSOLE, KINDS, LANGUAGES, STEP, WALL, Room, drawn, leaves, participant, screens, sections
from hypothesis import given
from hypothesis import strategies as st

from facilitate.activities.words.likeness import groups, key, real_words
from facilitate.core.entry import Caller, Refused
from facilitate.core.paper import Lines, Note
from facilitate.core.state import serialise
from facilitate.core.tree import Chart, Paragraph
from facilitate.render import Asked
from facilitate.restitution.build import build

SCRIBE = Caller("scribe")


class Words(Room):
    """An open step of words."""

    def __init__(self, *settings: str) -> None:
        head = ["---", "title: A day", "language: en", "time: 9:00 - 17:00", "---", "## Programme"]
        super().__init__(
            KINDS, "\n".join([*head, "### The step", "- kind: words", "- duration: 10 min", "- question: In a word?", *settings])
        )
        for name in ("Ada", "Bo", "Cy"):
            self.join(name, territory="Forez")
        self.do(CONSOLE, "open", STEP)

    def says(self, name: str, word: Any, **more: Any) -> str:
        """The id of a word; else why it is refused."""
        told = self.act(participant(name), "post", STEP, {"word": word}, **more)
        return told.code if isinstance(told, Refused) else told[0].id

    def room_says(self, *words: str) -> None:
        """What is said aloud, entered by the facilitator."""
        for word in words:
            self.do(CONSOLE, "post", STEP, word=word)

    def wall(self) -> list[tuple[str, int]]:
        return [(one["word"], one["count"]) for one in self.view(WALL, STEP)["groups"]]

    def tries(self, do: str, on: str = "", **content: Any) -> str:
        told = self.act(CONSOLE, do, STEP, content, on)
        return told.code if isinstance(told, Refused) else ""


# Which words are the same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Coopération", "cooperation"),
        ("coopérations", "COOPÉRATION"),
        ("journaux", "journal"),
        ("locaux", "Local"),
        ("travaux", "travail"),
        ("noyaux", "noyau"),
        ("réseaux", "réseau"),
        ("eaux", "eau"),
        ("jeux", "jeu"),
        ("lieux", "lieu"),
        ("choux", "chou"),
        ("lois", "loi"),
        ("élus", "élu"),
        ("cœurs", "coeur"),
        ("bien-être", "bien être"),
        ("bien-être", "bienêtre"),
        ("circuits courts", "circuit-court"),
        ("l’écoute", "Écoute"),
        ("l'entraide", "entr’aide"),
        ("La confiance !", "confiance"),
        ("les habitants", "habitant"),
        ("développement", "dévelopement"),
        ("difficulté", "dificultés"),
        ("communities", "Community"),
        ("businesses", "business"),
        ("churches", "church"),
        ("the neighbours", "neighbour"),
        ("a trip", "trips"),
        ("confiance 🙂", "confiance"),
        ("e\u0301coute", "écoute"),
    ],
)
def test_words_that_differ_only_in_writing_are_one(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ville", "villa"),
        ("poisson", "poison"),
        ("dessert", "désert"),
        ("coussin", "cousin"),
        ("tourisme", "touriste"),
        ("maison", "raison"),
        ("cours", "cour"),
        ("fois", "foi"),
        ("mois", "moi"),
        ("fils", "fil"),
        ("fonds", "fond"),
        ("salle", "sale"),
        ("pain", "pin"),
        ("taux", "tas"),
        ("rural", "rurale"),
        ("mal", "mail"),
        ("prix", "pri"),
        ("lac", "laque"),
        ("partage", "portage"),
        ("🙂", "🙁"),
        ("l’eau", "l’an"),
    ],
)
def test_other_words_stay_apart(one: str, other: str) -> None:
    assert key(one) != key(other)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("coopération", 1),
        ("qualité de vie", 2),
        ("l’esprit d’équipe", 2),
        ("bien-être animal", 2),
        ("vivre et travailler au pays", 3),
        ("🙂", 0),
        ("de la", 0),
        ("one two three four", 4),
    ],
)
def test_little_words_are_not_counted_among_the_real_ones(text: str, count: int) -> None:
    assert real_words(text) == count


def test_the_way_most_people_wrote_it_is_shown_and_the_numbers_add_up() -> None:
    said = dict(enumerate("liens lien Liens liens lien liens ville villa".split()))  # noqa: SIM905
    found = groups({str(id): word for id, word in said.items()})
    assert [(one.word, one.count) for one in found] == [("liens", 6), ("villa", 1), ("ville", 1)]
    assert found[0].forms == (("liens", 3), ("lien", 2), ("Liens", 1))


def test_of_two_ways_written_as_often_the_one_with_accents_then_the_shorter_then_in_small_letters() -> None:
    assert groups({"1": "confiances 🙂", "2": "Confiance"})[0].word == "Confiance"
    assert groups({"1": "ecoute", "2": "écoute", "3": "Écoute"})[0].word == "écoute"
    assert groups({"1": "Lien", "2": "lien"})[0].word == "lien"


@given(st.lists(st.text("aàeéilmnsux -’", min_size=1, max_size=12).filter(str.strip), max_size=40), st.randoms())
def test_nothing_is_lost_in_folding_and_the_order_words_came_in_is_not_told(words: list[str], chance: Any) -> None:
    said = {str(place): word for place, word in enumerate(words)}
    found = groups(said)
    assert sorted(id for one in found for id in one.ids) == sorted(said)
    assert Counter({text: count for one in found for text, count in one.forms}) == Counter(words)
    assert all(one.count == len(one.ids) == sum(count for _, count in one.forms) for one in found)
    mixed = list(said.items())
    chance.shuffle(mixed)
    assert groups(dict(mixed)) == found


@given(st.text(max_size=40))
def test_a_key_is_found_for_anything_and_capitals_never_matter(text: str) -> None:
    assert key(text) == key(text)
    assert real_words(text) >= 0
    if text.strip():
        assert key(text)


# Saying them


def test_each_says_so_many_words_and_no_more() -> None:
    room = Words("- most: 2")
    first = room.says("Ada", "trust")
    room.says("Ada", "water")
    assert room.says("Ada", "bread") == "enough"
    assert room.view(participant("Ada"), STEP)["left"] == 0
    room.do(participant("Ada"), "withdraw", STEP, on=first)
    assert room.view(participant("Ada"), STEP)["left"] == 1
    assert room.says("Ada", "bread") not in ("enough", "said-already")
    assert room.says("Bo", "bread") not in ("enough", "said-already")
    assert sorted(room.wall()) == [("bread", 2), ("water", 1)]


def test_the_same_word_twice_counts_once_for_each_person() -> None:
    room = Words()
    mine = room.says("Ada", "lien")
    assert room.says("Ada", "Liens") == "said-already"
    assert room.says("Bo", "Liens") not in ("enough", "said-already")
    other = room.says("Ada", "eau")
    told = room.act(participant("Ada"), "edit", STEP, {"word": "liens"}, on=other)
    assert isinstance(told, Refused)
    assert told.code == "said-already"
    room.do(participant("Ada"), "edit", STEP, on=mine, word="les liens")
    assert room.wall() == [("Liens", 2), ("eau", 1)]


@pytest.mark.parametrize(
    ("word", "code"),
    [("", "empty"), ("x" * 41, "too-long"), (3, "not-text"), (None, "not-text"), ("one two three four", "too-many-words")],
)
def test_what_is_no_word_is_refused_and_changes_nothing(word: Any, code: str) -> None:
    room = Words()
    before = serialise(room.state)
    assert room.says("Ada", word) == code
    assert serialise(room.state) == before


def test_no_two_words_of_the_journal_are_known_to_be_one_person_s() -> None:
    room = Words()
    for word in ("trust", "water", "bread"):
        room.says("Ada", word)
    entries = [entry for entry in room.journal if entry.do == "post"]
    assert all((entry.by, entry.at) == ("", "") for entry in entries)
    marks = [str(value) for entry in entries for name, value in entry.content.items() if name in ("slot", "owner")]
    assert len(marks) == len(set(marks)) == 6
    voter = room.voter(participant("Ada"), STEP)
    assert not any(voter in json.dumps(dict(entry.content)) for entry in entries)
    assert "slot" not in json.dumps([room.view(who, STEP) for who in (CONSOLE, WALL, participant("Ada"))])


def test_a_list_from_a_flipchart_goes_in_at_once_and_is_not_limited() -> None:
    room = Words("- most: 1")
    answer = room.act(SCRIBE, "posts", STEP, {"lines": "trust\nTrust\nwater\nbread"})
    assert not isinstance(answer, Refused)
    assert room.wall() == [("trust", 2), ("bread", 1), ("water", 1)]
    html = screens().region(room, "scribe", Asked(SCRIBE, "en", step=STEP, whom="id-Ada"))
    assert 'name="content.word"' in html
    assert not isinstance(room.act(SCRIBE, "post", STEP, {"word": "salt"}, behalf="id-Ada"), Refused)
    assert isinstance(room.act(SCRIBE, "post", STEP, {"word": "oil"}, behalf="id-Ada"), Refused), "one person's words are theirs to count"


# A word that hurts


def test_one_press_hides_a_word_with_all_who_said_it_and_whoever_says_it_later() -> None:
    room = Words()
    for name, word in (("Ada", "Zut"), ("Bo", "zuts"), ("Cy", "lien")):
        room.says(name, word)
    assert room.tries("hush", word="zut") == ""
    assert room.wall() == [("lien", 1)]
    late = room.says("Cy", "ZUT")
    assert room.wall() == [("lien", 1)]
    assert room.state.summaries[STEP].contributions[late].status == "hidden"
    room.do(participant("Cy"), "edit", STEP, on=late, word="Zut !")
    assert room.wall() == [("lien", 1)]
    (hushed,) = room.view(CONSOLE, STEP)["hushed"]
    assert hushed["word"] == "zut"
    assert "hidden from the wall" in " ".join(str(leaf) for leaf in leaves(build(room.state, KINDS, LANGUAGES["en"])))
    assert room.tries("unhush", on=hushed["id"]) == ""
    assert sum(count for _, count in room.wall()) == 4
    assert room.view(CONSOLE, STEP)["hushed"] == []


def test_a_card_hidden_alone_leaves_the_others_who_said_the_same() -> None:
    room = Words()
    one, _ = room.says("Ada", "zut"), room.says("Bo", "zut")
    room.do(CONSOLE, "hide", on=one)
    assert room.wall() == [("zut", 1)]
    room.do(CONSOLE, "restore", on=one)
    assert room.wall() == [("zut", 2)]


def test_a_withheld_word_is_in_no_list_of_what_was_hidden_or_folded() -> None:
    room = Words()
    one, other = room.says("Ada", "zanzibar"), room.says("Bo", "lien")
    room.tries("fold", word="zanzibar", **{"with": "lien"})
    room.tries("hush", word="zanzibar")
    for id in (one, other):
        room.do(CONSOLE, "withhold", on=id, why="a name")
    assert "zanzibar" not in json.dumps([room.view(who, STEP) for who in (CONSOLE, WALL, participant("Bo"))])


@pytest.mark.parametrize(
    ("do", "content", "code"),
    [
        ("hush", {}, "unknown-word"),
        ("hush", {"word": "nobody said"}, "unknown-word"),
        ("hush", {"word": ["lien"]}, "unknown-word"),
        ("unhush", {}, "unknown-word"),
        ("fold", {"word": "lien"}, "unknown-word"),
        ("fold", {"word": "lien", "with": "rien"}, "unknown-word"),
        ("fold", {"word": "lien", "with": "Liens"}, "same-word"),
        ("unfold", {}, "unknown-word"),
        ("uncover", {}, "revealed"),
    ],
)
def test_what_the_console_cannot_do_is_refused_in_words(do: str, content: dict[str, Any], code: str) -> None:
    room = Words()
    room.says("Ada", "lien")
    before = serialise(room.state)
    assert room.tries(do, **content) == code
    assert serialise(room.state) == before


# Folded by hand


def test_two_words_folded_by_hand_are_one_until_it_is_undone() -> None:
    room = Words()
    room.room_says("entraide", "entraide", "solidarité", "coup de main")
    room.tries("fold", word="solidarité", **{"with": "entraide"})
    room.tries("fold", word="coup de main", **{"with": "solidarité"})
    assert room.wall() == [("entraide", 4)]
    assert room.tries("fold", word="Solidarités", **{"with": "coup de main"}) == "same-word"
    room.room_says("solidarités")
    assert room.wall() == [("entraide", 5)]
    first, second = room.view(CONSOLE, STEP)["folds"]
    for one in (first, second):
        if one["word"] == "coup de main":
            room.tries("unfold", on=one["id"])
    assert room.wall() == [("entraide", 4), ("coup de main", 1)]


def test_hiding_a_folded_word_hides_what_was_folded_with_it() -> None:
    room = Words()
    room.room_says("zut", "flûte", "lien")
    room.tries("fold", word="flûte", **{"with": "zut"})
    room.tries("hush", word="zut")
    assert room.wall() == [("lien", 1)]
    room.room_says("flute")
    assert room.wall() == [("lien", 1)]


# Hidden until shown, screens, restitution


def test_hidden_words_are_shown_all_at_once() -> None:
    rooms = [Words("- hidden: yes"), Words("- hidden: yes")]
    for room, word in zip(rooms, ("soleil", "orage"), strict=True):
        room.says("Ada", word)
    for who in (WALL, SCRIBE, participant("Bo")):
        assert rooms[0].view(who, STEP) == rooms[1].view(who, STEP)
    drafts = [list(leaves(build(room.state, KINDS, LANGUAGES["en"]))) for room in rooms]
    assert drafts[0] == drafts[1]
    room = rooms[0]
    assert "soleil" in drawn(room, CONSOLE)
    assert "soleil" not in drawn(room, WALL)
    room.do(CONSOLE, "uncover", STEP)
    assert room.wall() == [("soleil", 1)]
    assert "soleil" in drawn(room, WALL)
    assert room.tries("uncover") == "revealed"
    assert "soleil" not in drawn(room, participant("Bo"))
    room.do(CONSOLE, "close", STEP)
    assert "soleil" in drawn(room, participant("Bo"))


def test_hidden_words_never_shown_stay_off_the_screens_and_are_in_the_restitution_once_closed() -> None:
    room = Words("- hidden: yes")
    room.says("Ada", "soleil")
    room.do(CONSOLE, "close", STEP)
    assert "soleil" not in drawn(room, WALL)
    assert "soleil" not in drawn(room, participant("Bo"))
    assert any("soleil" in str(leaf) for leaf in leaves(sections(room)))


def test_sizes_follow_the_numbers() -> None:
    room = Words()
    room.room_says(*["a lot"] * 11, *["some"] * 6, *["few"] * 2, "one")
    assert [(one["word"], one["size"]) for one in room.view(WALL, STEP)["groups"]] == [("a lot", 6), ("some", 3), ("few", 1), ("one", 1)]
    alone = Words()
    alone.room_says("one", "two")
    assert {one["size"] for one in alone.view(WALL, STEP)["groups"]} == {1}


def test_the_wall_is_given_no_more_words_than_it_can_hold_and_says_how_many_there_are() -> None:
    room = Words()
    room.act(SCRIBE, "posts", STEP, {"lines": "\n".join(f"word{n}x" for n in range(100))})
    room.act(SCRIBE, "posts", STEP, {"lines": "\n".join(f"mot{n}z" for n in range(50))})
    view = room.view(WALL, STEP)
    assert (view["said"], view["different"], len(view["groups"])) == (150, 150, 120)
    assert 'data-left="30"' in drawn(room, WALL)


def test_a_word_is_never_markup_and_a_console_reads_every_way_it_was_written() -> None:
    room = Words()
    for name, word in (("Ada", "<b>x</b> {{7*7}}"), ("Bo", "Lien"), ("Cy", "liens")):
        room.says(name, word)
    for who in (WALL, CONSOLE, participant("Ada")):
        html = drawn(room, who)
        assert "<b>x</b>" not in html
        assert "&lt;b&gt;x&lt;/b&gt; {{7*7}}" in html
    assert "liens (1)" in drawn(room, CONSOLE)


def test_its_restitution_has_what_was_said_often_then_what_was_said_once() -> None:
    room = Words()
    room.room_says("lien", "liens", "lien", "eau", "eau", "ville", "villa")
    lede, chart, once, note = sections(room)
    assert lede == Paragraph("In a word?", "lede")
    assert isinstance(chart, Chart)
    assert chart.rows == (("lien", 3.0, "3"), ("eau", 2.0, "2"))
    assert chart.sentence == "7 words were said, 4 different ones."
    assert once == Paragraph("Said once: villa, ville.")
    assert isinstance(note, Paragraph)
    nothing = Words()
    nothing.do(CONSOLE, "close", STEP)
    assert sections(nothing) == (Paragraph("In a word?", "lede"), Paragraph("No word was said.", "note"))


def test_its_paper_has_a_line_for_each_word_and_no_name() -> None:
    room = Words("- most: 2")
    say, count = LANGUAGES["en"].say, LANGUAGES["en"].count
    assert KINDS["words"].paper(room.step(STEP).activity.settings, room.sources(STEP), say, count) == (
        Note("Anonymous: do not write your name.", nameless=True),
        Lines("2 words at most", 2, required=True),
    )


def test_approved_words_alone_reach_the_wall() -> None:
    room = Words("- approval: yes")
    word = room.says("Ada", "lien")
    assert room.wall() == []
    room.do(CONSOLE, "approve", on=word)
    assert room.wall() == [("lien", 1)]


@pytest.mark.parametrize("kind", ["themes", "vote"])
def test_words_that_are_hidden_are_in_no_later_step_before_they_are_shown(kind):
    head = ["---", "title: A day", "language: en", "time: 9:00 - 17:00", "---", "## Programme", "### In a word"]
    words = ["- kind: words", "- duration: 10 min", "- hidden: yes", "- stays: yes"]
    room = Room(KINDS, "\n".join([*head, *words, "### The step", f"- kind: {kind}", "- duration: 10 min", "- source: In a word"]))
    ada, bo = room.join("Ada"), room.join("Bo")
    room.do(CONSOLE, "open", "in-a-word")
    word = room.do(ada, "post", "in-a-word", word="Zebulon")
    room.do(CONSOLE, "open", STEP)

    def told() -> str:
        return json.dumps([room.view(who, STEP) for who in (WALL, SCRIBE, bo, Caller("participant"))]) + repr(sections(room))

    assert "Zebulon" not in told()
    if kind == "themes":
        answer = room.act(CONSOLE, "theme", STEP, {"name": "Seen", "cards": [word]})
        assert isinstance(answer, Refused)
    room.do(CONSOLE, "uncover", "in-a-word")
    assert "Zebulon" in told()
