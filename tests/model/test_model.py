"""Whatever phones, console, scribes, restarts, workers and archives do between them, a day is what a plain model says it is (plain.py).

The real Workshop on a real database, two of them as two workers. After each step what was answered is what the model said, and what was
refused changed nothing; an audit, whenever it comes and at the end, compares all that stands, folds the journal from its first entry,
and searches what every key may see.
"""

import json
import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from functools import cache
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import gevent
import pytest
from activities.room import KINDS, LANGUAGES, ROOT, WALL
from harness.tally import Tally, rounds
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from model.plain import FIRST, NOTHING, SHEET, STEPS, TAKEN, Asked, Day

from facilitate.archive import BadArchive, export, import_
from facilitate.core.entry import Act, Caller, Entry, Refused
from facilitate.core.state import SessionState, fold, serialise
from facilitate.journal import Journal, SessionRow
from facilitate.render import Entrance, Screens
from facilitate.workshop import Later, Session, Workshop

CONSOLE = Caller("console")
WORD = re.compile(r"zanzibar\d+")
ANY = st.integers(0, 10_000)
WHO = st.integers(0, 6)
STEP = st.sampled_from(STEPS)
CARDS = st.sampled_from(tuple(FIRST))
FIGURES: Counter[str] = Counter()
ACKNOWLEDGED: list[tuple[int, str]] = []
KEPT: list[tuple[int, str]] = []


@cache
def empty() -> Path:
    """A journal without any day: its tables are made once."""
    folder = Path(tempfile.mkdtemp(prefix="model-"))
    Journal.in_folder(folder).close()
    return folder / "facilitate.db"


@cache
def screens() -> Screens:
    return Screens(
        KINDS, LANGUAGES, ROOT / "templates", Entrance("http://192.0.2.1"), lambda name: name, lambda: "2021-09-24T10:00:00.000Z"
    )


class Model(RuleBasedStateMachine):
    """One day. ``shops`` are the workers, each over the same database; ``reader`` reads what they wrote by a door of its own.

    A rule that has nothing to do returns: which one comes next may not hang on what a worker had stored when it ended.
    """

    new: Callable[[Path], str]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="model-"))
        self.url = type(self).new(self.folder)
        self.elsewhere: Journal | None = None
        self.day, self.asked, self.entries = Day(), dict[str, Asked](), list[Entry]()
        self.at: dict[str, int] = {}
        self.told: list[str] = []
        self.gone: set[str] = set()
        self.archives: list[bytes] = []
        self.words, self.ids, self.minute, self.jump = count(1), count(1), 0, 0
        self.audited, self.carried = 0, 0
        self.reader = Journal(self.url)
        self.shops = [self.opened(), self.opened()]
        made = self.shops[0].sheet("/day.md", SHEET, "A day")
        assert isinstance(made, Session)
        self.row: SessionRow = made.row
        self.phones: list[Caller] = []
        self.scribe = self.invited("scribe")
        self.notes = self.invited("notes")

    def opened(self) -> Workshop:
        return Workshop(Journal(self.url), KINDS, self.clock)

    def clock(self) -> str:
        self.minute += 1
        seconds = 8 * 3600 + self.minute + self.jump
        return f"2021-09-24T{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.000Z"

    def session(self, worker: int) -> Session:
        found = self.shops[worker].session(self.row.code)
        assert found is not None
        return found

    def invited(self, role: str) -> Caller:
        id = str(UUID(int=next(self.ids), version=4))
        asked = Asked(Act(id, "invite", content={"name": "Sam", "role": role}), CONSOLE)
        self.asked[id] = asked
        assert isinstance(self.session(0).act(asked.act, CONSOLE), int)
        self.read()
        return Caller(role, member=id)  # type: ignore[arg-type]

    # What is asked

    def who(self, place: int) -> Caller:
        """A phone, or one time in seven each: the console, the scribe, who takes notes."""
        staff = (CONSOLE, self.scribe, self.notes)
        return staff[place] if place < 3 else self.phones[place % len(self.phones)] if self.phones else CONSOLE

    def phone(self, place: int) -> Caller:
        return self.phones[place % len(self.phones)] if self.phones else CONSOLE

    def card(self, place: int, step: str = "") -> str:
        ids = [id for id, one in self.day.cards.items() if step in ("", one.step)] or ["no-such-card"]
        return ids[place % len(ids)]

    def make(self, who: Caller, do: str, activity: str = "", content: Any = None, *, word: str = "", **more: Any) -> Asked:
        asked = Asked(Act(str(UUID(int=next(self.ids), version=4)), do, activity, content or {}, **more), who, word)
        self.asked[asked.act.id] = asked
        return asked

    def word(self) -> str:
        return f"zanzibar{next(self.words)}"

    def ask(self, asked: Asked, worker: int, told: bool = True) -> None:
        """One act, at one worker, ``told`` of what the other wrote or not: answered as the model says."""
        session = self.session(worker)
        if told:
            session.look_again()
        behind = session.state.seq < len(self.entries)
        expected, before = self.day.verdict(asked), len(self.entries)
        answer = session.act(asked.act, asked.who)
        FIGURES["acts"] += 1
        code = answer.code if isinstance(answer, Refused | Later) else ""
        self.read()
        new = [one for one in self.entries[before:] if one.id.partition("+")[0] == asked.act.id]
        assert len(new) == len(self.entries) - before, "nothing else was written"
        about = f"{asked} at worker {worker}, {'behind' if behind else 'told'}"
        if code:
            FIGURES["refused"] += 1
            assert not new, f"refused, and yet written: {about}"
            assert code == expected, f"{about} was refused as {code}, expected {expected}"
        else:
            assert isinstance(answer, int)
            self.told += [asked.act.id] if new else []
            assert expected == (TAKEN if new else NOTHING), f"{about} was {'taken' if new else 'found done'}, expected {expected}"
            assert asked.act.id not in self.day.kept or answer == self.at[asked.act.id], f"answered otherwise than before: {about}"

    def read(self) -> None:
        """What the journal holds that was not read yet, taken by the model in its order."""
        for entry in self.reader.since(self.row.id, len(self.entries)) if hasattr(self, "row") else ():
            assert entry.seq == len(self.entries) + 1
            if entry.do == "erase":
                FIGURES["erasures"] += 1
                assert set(entry.content["seqs"]) == self.day._emptied(entry.on)
            asked = self.asked.get(entry.id.partition("+")[0])
            assert asked is not None or entry.by == "system" or entry.do == "join", entry
            if not entry.by and asked is not None:
                told = json.dumps(dict(entry.content))
                assert not entry.at, "an hour would tell who"
                assert not asked.who.participant or asked.who.participant not in told, "an anonymous act names who asked it"
            self.entries.append(entry)
            self.at[entry.id] = entry.seq
            self.day.take(asked, entry)

    # Rules

    @initialize(people=st.integers(2, 3), on=st.lists(STEP, min_size=3, max_size=5, unique=True))
    def begins(self, people: int, on: list[str]) -> None:
        for _ in range(people):
            self.joins(0)
        for step in on:
            self.ask(self.make(CONSOLE, "open", step, {"beside": True}), 0)

    @rule(worker=st.integers(0, 1))
    def joins(self, worker: int) -> None:
        if len(self.phones) >= 6:
            return
        id = str(UUID(int=next(self.ids), version=4))
        session = self.session(worker)
        joined = session.join(id, {"name": f"Name {id[:8]}", "territory": "Drôme"})
        assert isinstance(joined, tuple)
        self.asked[id] = Asked(Act(id, "join"), Caller("participant", *joined))
        self.read()
        again = session.join(id, {"name": "As a double tap"})
        assert isinstance(again, tuple)
        assert again[0] == joined[0]
        assert session.caller(joined[1]) == Caller("participant", *joined)
        self.read()
        assert self.entries[-1].by == joined[0]
        self.phones.append(Caller("participant", *joined))

    @rule(who=ANY, step=CARDS, signed=st.booleans(), worker=st.integers(0, 1), told=st.booleans(), seen=st.none() | ANY)
    def posts(self, who: int, step: str, signed: bool, worker: int, told: bool, seen: int | None) -> None:
        """A card from a phone, on the wall it last saw or some other."""
        word = self.word()
        content = {FIRST[step]: f"{word} sings"} | ({} if step == "welcome" else {"signed": signed})
        at = None if seen is None else seen % (len(self.entries) + 1)
        self.ask(self.make(self.phone(who), "post", step, content, word=word, seen=at), worker, told)

    @rule(who=WHO, step=STEP, text=st.sampled_from(("", "x" * 600, "\u202e{{ 7 }} <b>%s")), worker=st.integers(0, 1))
    def posts_what_does_not_fit(self, who: int, step: str, text: str, worker: int) -> None:
        word = self.word() if len(text) == 15 else ""
        text = f"{text} {word}" if word else text
        asked = {FIRST[step]: text} if step in FIRST else {"useful": word}
        self.ask(self.make(self.who(who), "post", step, asked, word=word), worker)

    @rule(who=WHO, place=ANY, base=st.none() | ANY, worker=st.integers(0, 1), told=st.booleans())
    def edits(self, who: int, place: int, base: int | None, worker: int, told: bool) -> None:
        """One's own card as often as another's; against the words that stand, or older ones."""
        id = self.card(place)
        card, word = self.day.cards.get(id), self.word()
        step = card.step if card else "situations"
        at = None if base is None else card.edited if card and base % 2 else base % (len(self.entries) + 1)
        self.ask(self.make(self.author(who, id), "edit", step, {FIRST[step]: word}, word=word, on=id, base=at), worker, told)

    @rule(who=WHO, place=ANY, worker=st.integers(0, 1), told=st.booleans())
    def withdraws(self, who: int, place: int, worker: int, told: bool) -> None:
        id = self.card(place)
        card = self.day.cards.get(id)
        self.ask(self.make(self.author(who, id), "withdraw", card.step if card else "welcome", on=id), worker, told)

    def author(self, place: int, id: str) -> Caller:
        """Whoever wrote a card, or three times in seven anyone."""
        card = self.day.cards.get(id)
        wrote = [one for one in (*self.phones, self.scribe) if card and one.participant + one.member == card.author]
        return wrote[0] if wrote and place > 2 else self.who(place)

    @rule(who=WHO, dots=st.lists(st.tuples(ANY, st.integers(1, 4)), max_size=3), worker=st.integers(0, 1), told=st.booleans())
    def votes(self, who: int, dots: list[tuple[int, int]], worker: int, told: bool) -> None:
        given = {self.card(place, "" if place % 7 == 0 else "situations"): most for place, most in dots}
        self.ask(self.make(self.who(who), "vote", "choose", {"dots": given}), worker, told)

    @rule(who=WHO, worker=st.integers(0, 1), told=st.booleans())
    def evaluates(self, who: int, worker: int, told: bool) -> None:
        word = self.word()
        self.ask(self.make(self.who(who), "post", "evaluation", {"useful": word}, word=word), worker, told)

    @rule(do=st.sampled_from(("hide", "withhold", "restore", "approve", "approve", "refuse")), place=ANY, who=WHO, told=st.booleans())
    def moderates(self, do: str, place: int, who: int, told: bool) -> None:
        by = self.who(who) if who > 4 else CONSOLE
        self.ask(self.make(by, do, on=self.card(place), content={"why": "a trial"}), place % 2, told)

    @rule(do=st.sampled_from(("open", "open", "close", "next")), step=STEP, beside=st.booleans(), who=WHO, told=st.booleans())
    def drives(self, do: str, step: str, beside: bool, who: int, told: bool) -> None:
        by = self.who(who) if who > 4 else CONSOLE
        if do == "next":
            self.ask(self.make(by, do, content={"leaving": self.day.now if beside else step}), who % 2, told)
        else:
            self.ask(self.make(by, do, step, {"beside": True} if beside and do == "open" else {}), who % 2, told)

    @rule(step=st.sampled_from(("choose", "evaluation")), who=st.sampled_from((0, 0, 0, 1, 6)))
    def reveals(self, step: str, who: int) -> None:
        self.ask(self.make(self.who(who), "reveal", step), 0)

    @rule(place=ANY, step=STEP, by=st.integers(0, 2), signed=st.booleans(), worker=st.integers(0, 1))
    def enters_for_someone(self, place: int, step: str, by: int, signed: bool, worker: int) -> None:
        """What someone said aloud, or wrote on paper."""
        word = self.word()
        whom = self.phone(place).participant or "nobody-here"
        if step == "choose":
            self.ask(self.make(self.who(by), "vote", step, {"dots": {}}, behalf=whom), worker)
            return
        content: dict[str, Any] = {FIRST.get(step, "useful"): word} | ({"signed": signed} if step not in ("welcome", "evaluation") else {})
        self.ask(self.make(self.who(by), "post", step, content, word=word, behalf=whom), worker)

    @rule(who=st.integers(0, 3), worker=st.integers(0, 1))
    def welcomes(self, who: int, worker: int) -> None:
        self.ask(self.make(self.who(who), "welcome", content={"name": "Odile"}), worker)

    @rule(who=st.integers(0, 4), do=st.sampled_from(("note", "note", "amend", "strike", "unstrike")), place=ANY, worker=st.integers(0, 1))
    def notes_down(self, who: int, do: str, place: int, worker: int) -> None:
        word, ids = self.word(), [*self.day.notes, ""]
        if do == "note":
            self.ask(self.make(self.who(who), do, content={"text": word}, word=word), worker)
            return
        base = place % (len(self.entries) + 1) if place % 3 == 0 else None
        self.ask(self.make(self.who(who), do, content={"text": word}, word=word, on=ids[place % len(ids)], base=base), worker)

    @rule(place=ANY, worker=st.integers(0, 1), told=st.booleans())
    def sends_again(self, place: int, worker: int, told: bool) -> None:
        """Whatever was asked before, answered or not, taken or refused."""
        asked = [one for one in self.asked.values() if one.act.do not in ("join", "invite") and one.who.participant not in self.gone]
        if asked:
            self.ask(asked[place % len(asked)], worker, told)

    @rule(place=ANY, who=WHO, mine=st.booleans(), worker=st.integers(0, 1))
    def takes_an_id_that_was_used(self, place: int, who: int, mine: bool, worker: int) -> None:
        """The id of an act that was taken, by someone else, or with other words."""
        if not self.day.kept or not self.phones:
            return
        kept = [one for one in self.day.kept.values() if one.act.do in ("post", "edit", "vote")]
        if kept:
            one = kept[place % len(kept)]
            by = one.who if mine and one.who.participant not in self.gone else self.who(who)
            self.ask(Asked(Act(one.act.id, "post", "situations", {"title": "stolen"}), by), worker)

    @rule(asked=st.lists(st.tuples(ANY, CARDS, st.booleans()), min_size=2, max_size=6), drop=st.booleans(), place=ANY)
    def all_at_once(self, asked: list[tuple[int, str, bool]], drop: bool, place: int) -> None:
        """Several phones at both workers at once; and, it may be, a worker that ends among them without a word."""
        acts = []
        for who, step, signed in asked:
            word = self.word()
            content = {FIRST[step]: word} | ({} if step == "welcome" else {"signed": signed})
            acts.append(self.make(self.phone(who), "post", step, content, word=word))
        sent = [gevent.spawn(self.session(n % 2).act, one.act, one.who) for n, one in enumerate(acts)]
        FIGURES["acts"] += len(sent)
        if drop:
            for _ in range(place % 5):
                gevent.sleep(0)
            self.dropped(place % 2)
            for n, one in enumerate(sent):
                if n % 2 == place % 2 and not one.dead:
                    one.kill()
        answers = dict(zip([one.act.id for one in acts], [one.get() for one in sent], strict=True))
        self.read()
        there = Counter(entry.id for entry in self.entries)
        for id, answer in answers.items():
            if isinstance(answer, int):
                self.told.append(id)
                assert there[id] == 1, "an acknowledged act is not there once"
                assert answer == self.at[id]
            elif isinstance(answer, Refused):
                FIGURES["refused"] += 1
                assert not there[id], "refused, and yet written"
        for one in acts:
            # Nobody was told what became of it: it is sent again until it is answered.
            if isinstance(answers[one.act.id], gevent.GreenletExit):
                FIGURES["unanswered"] += 1
                self.ask(one, place % 2)

    def dropped(self, worker: int) -> None:
        """A worker ends as by kill -9, as far as one process can: nothing more is answered or told; another begins."""
        shop = self.shops[worker]
        for session in shop._sessions.values():
            session._greenlet.kill(block=False)
            if session._timer is not None:
                session._timer.kill(block=False)
        shop._sweeping.kill(block=False)
        shop.writer.kill()
        shop.journal.close()
        self.shops[worker] = self.opened()
        FIGURES["killed"] += 1

    @rule(worker=st.integers(0, 1), kindly=st.booleans(), jump=st.integers(-1500, 1500))
    def begins_again(self, worker: int, kindly: bool, jump: int) -> None:
        """The program is ended and started; the clock may have jumped meanwhile, either way."""
        if kindly:
            self.shops[worker].close()
            self.shops[worker] = self.opened()
            FIGURES["restarts"] += 1
        else:
            self.dropped(worker)
        self.jump = jump
        for one in self.phones:
            assert self.session(worker).caller(one.key) == one, "a phone's key was lost"

    @rule()
    def leaves_in_an_archive(self) -> None:
        """Out, and in on another computer: the same day, the same bytes."""
        if self.carried == len(self.entries):
            return
        out = BytesIO()
        export(self.reader, self.row.id, out)
        self.archives.append(out.getvalue())
        self.carried = len(self.entries)
        if self.elsewhere is None:
            self.elsewhere = Journal.in_folder(self.folder / f"elsewhere-{len(self.archives)}")
        before = len(self.elsewhere.since(self.row.id))
        arrived, added = import_(self.elsewhere, out)
        assert (arrived.id, added) == (self.row.id, len(self.entries) - before)
        again = BytesIO()
        export(self.elsewhere, self.row.id, again)
        if arrived.code == self.row.code:
            assert again.getvalue() == out.getvalue()
        assert import_(self.elsewhere, out) == (arrived, 0)
        FIGURES["imports"] += 2

    @rule(both=st.booleans())
    def goes_on_elsewhere_and_comes_back(self, both: bool) -> None:
        """A note taken on the other computer comes home; where something was written here too, neither overwrites the other."""
        if self.elsewhere is None:
            return
        self.leaves_in_an_archive()
        there = Workshop(self.elsewhere, KINDS, self.clock)
        session = there.session(self.elsewhere.by_id(self.row.id).code)  # type: ignore[union-attr]
        assert session is not None
        word = self.word()
        asked = self.make(CONSOLE, "note", content={"text": word}, word=word)
        assert isinstance(session.act(asked.act, CONSOLE), int)
        out = BytesIO()
        export(self.elsewhere, self.row.id, out)
        there.close()
        self.elsewhere = None
        if both:
            del self.asked[asked.act.id]
            word = self.word()
            self.ask(self.make(CONSOLE, "note", content={"text": word}, word=word), 0)
            with pytest.raises(BadArchive) as caught:
                import_(self.reader, out)
            assert caught.value.refused.code == "archive_differs"
            before = len(self.entries)
            self.read()
            assert len(self.entries) == before
        else:
            assert import_(self.reader, out)[1] == 1
            self.read()
        FIGURES["imports"] += 1

    @rule(place=ANY)
    def an_older_archive_comes_in(self, place: int) -> None:
        if not self.archives or self.carried == len(self.entries):
            return
        assert import_(self.reader, BytesIO(self.archives[place % len(self.archives)]))[1] == 0
        before = len(self.entries)
        self.read()
        assert len(self.entries) == before
        FIGURES["imports"] += 1

    @rule(who=WHO, place=ANY, person=st.booleans(), worker=st.integers(0, 1), told=st.booleans())
    def erases(self, who: int, place: int, person: bool, worker: int, told: bool) -> None:
        """A card, by its author or another; or a person and all they gave: their phone opens nothing any more."""
        if not self.day.cards:
            return
        if not person or place % 3 or not self.phones:
            id = self.card(place)
            self.ask(self.make(self.author(who, id), "erase", on=id), worker, told)
            return
        one = self.phone(place)
        asked = self.make(one if who % 2 else self.who(who), "erase", on=one.participant)
        self.ask(asked, worker, told)
        if asked.act.id in self.day.kept:
            self.gone.add(one.participant)
            self.phones.remove(one)
            for worker in (0, 1):
                self.session(worker).look_again()
                assert self.session(worker).caller(one.key) is None

    @rule(reopen=st.booleans(), sure=st.integers(0, 3))
    def finishes(self, reopen: bool, sure: int) -> None:
        if len(self.entries) <= 25:
            return
        if sure == 0:
            self.ask(self.make(CONSOLE, "finish"), 0)
            if reopen:
                asked = self.make(CONSOLE, "reopen", content={"until": "2021-09-30"})
                assert isinstance(self.session(0).act(asked.act, CONSOLE), int)
                self.read()

    @rule(
        who=WHO,
        do=st.sampled_from(("", "open", "erupt", "post")),
        activity=st.sampled_from(("", "nowhere", "pause")),
        worker=st.integers(0, 1),
    )
    def says_what_no_one_understands(self, who: int, do: str, activity: str, worker: int) -> None:
        by = self.who(who)
        asked = self.make(by, do, activity if do != "open" else "nowhere")
        if activity or do == "open":
            self.ask(asked, worker)

    # What must hold

    @invariant()
    def each_act_is_there_once(self) -> None:
        assert len({entry.id for entry in self.entries}) == len(self.entries)

    @rule()
    def is_audited(self) -> None:
        """Both workers, the journal folded anew and the model say the same; no screen holds a word it may not."""
        if self.audited == len(self.entries):
            return
        self.read()
        self.audited = len(self.entries)
        kept = self.reader.since(self.row.id)
        assert not self.erased_words() & set(WORD.findall(json.dumps([dict(entry.content) for entry in kept]))), "what was erased is there"
        anew = fold(SessionState(), kept, KINDS)
        for worker in (0, 1):
            self.session(worker).look_again()
            assert serialise(self.session(worker).state) == serialise(anew)
        self.stands(anew)
        session = self.session(0)
        for who in (*self.phones, WALL, CONSOLE, self.scribe, self.notes):
            seen = set(WORD.findall(json.dumps(screens().state(session, who))))
            assert seen <= self.day.seen_by(who), f"{who} sees {seen - self.day.seen_by(who)}"
        FIGURES["audits"] += 1

    def erased_words(self) -> set[str]:
        return {self.asked[id].word for id in self.day.erased if id in self.asked} - {""}

    def stands(self, state: SessionState) -> None:
        day = self.day
        found = {
            id: (step, one.status, set(WORD.findall(json.dumps(dict(one.content)))), one.by if one.by else "", one.edited)
            for step in FIRST
            for id, one in state.summaries[step].contributions.items()
        }
        meant = {
            id: (one.step, one.status, {one.words} - {""}, one.author if one.signed else "", one.edited) for id, one in day.cards.items()
        }
        assert found == meant
        ballots = sorted(sorted(one.items()) for one in state.summaries["choose"].ballots.values())
        assert ballots == sorted(sorted(one.items()) for one in day.ballots.values() if one)
        answers = [one.content["useful"] for one in state.summaries["evaluation"].contributions.values()]
        assert sorted(word for one in answers for word in WORD.findall(one)) == sorted(day.answers.values())
        assert {id: (one.text, one.struck, one.edited) for id, one in state.notes.items()} == day.notes
        assert set(state.people) == day.people
        assert {id: one.status for id, one in state.steps.items()} == {id: one.status for id, one in day.steps.items()}
        assert (state.now, bool(state.finished)) == (day.now, day.finished)
        assert not state.unknown

    def teardown(self) -> None:
        try:
            if hasattr(self, "row"):
                self.is_audited()
                ACKNOWLEDGED.extend((FIGURES["days"], id) for id in self.told)
                KEPT.extend((FIGURES["days"], entry.id) for entry in self.reader.since(self.row.id))
            FIGURES["days"] += 1
        finally:
            for journal in filter(None, (self.reader, self.elsewhere)):
                journal.close()
            for shop in self.shops:
                shop.close()
            shutil.rmtree(self.folder)


def played(fault: str, new: Callable[[Path], str], days: int, tally: Tally) -> None:
    """So many days, told in the table."""
    before = Counter(FIGURES)
    ACKNOWLEDGED.clear()
    KEPT.clear()
    quiet = settings(max_examples=days, stateful_step_count=50, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(type("Model", (Model,), {"new": staticmethod(new)}), settings=quiet)
    done = FIGURES - before
    FIGURES["acknowledged"] += len(ACKNOWLEDGED)
    tally(fault, tries=done["days"], acknowledged=ACKNOWLEDGED, kept=KEPT, refused=done["refused"])


def on_sqlite(folder: Path) -> str:
    shutil.copy(empty(), folder / "facilitate.db")
    return f"sqlite:///{folder}/facilitate.db"


def test_any_interleaving_leaves_the_day_that_a_plain_model_says(tally: Tally) -> None:
    for _ in rounds(1, int(os.environ.get("ROUNDS", 6))):
        played("Any interleaving, against a plain model", on_sqlite, 20, tally)
        print(dict(FIGURES))


def test_any_interleaving_leaves_the_same_day_on_postgresql(postgres: Callable[[], str], tally: Tally) -> None:
    for _ in rounds(1, 4):
        played("The same, on PostgreSQL", lambda folder: postgres(), 2, tally)
