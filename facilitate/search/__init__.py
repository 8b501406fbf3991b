"""Owns the search over every word of every day: an index beside the journal, and what is found in it.

The index is a reading of the journal. A day that moved on since it was read is in no answer until it is read again, so that what was
withheld, withdrawn or masked is never found; what stands in it is what the annex of the day's report holds, the notes said aloud, and the
texts that staff wrote over it, names and all as that document tells them.

Every call blocks, and may come from any thread.
"""

import json
import logging
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as db
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from facilitate.core.activity import Kinds
from facilitate.core.edition import CITED
from facilitate.core.reading import fold as folded
from facilitate.core.state import SessionState, fold
from facilitate.journal import Damaged, Journal, Unavailable, canonical
from facilitate.language import Language
from facilitate.migrations import entries, found, searched, sessions
from facilitate.restitution.build import Building
from facilitate.restitution.naming import seen
from facilitate.search.query import Query
from facilitate.search.words import MADE, indexed

log = logging.getLogger(__name__)

SESSIONS, EACH, ALONE = 10, 3, 20
"""Sessions on a page, what is shown of each, and of one where it is alone."""

_RANKED = 5_000  # a word that more texts hold tells them apart too little to weigh each: the newest days come first
_SLICE = 200  # how many texts are written in one commit: phones write between two
_BITS = 20
_PATIENCE = 60.0
"""Seconds to wait for another worker to have read a day."""

_words = db.table("found_words", db.column("rowid", db.BigInteger), db.column("words", db.Text))
_NUMBER = _words.c.rowid.op(">>")(db.literal_column(str(_BITS)))
_QUERY = db.cast(db.bindparam("asked", type_=db.Text), TSQUERY)
# Whether it is SQLite → what answers a query, and how well: the smaller the better.
_MATCHES: dict[bool, db.ColumnElement[bool]] = {
    True: db.literal_column("found_words").op("MATCH", is_comparison=True)(db.bindparam("asked", type_=db.Text)),
    False: _words.c.words.op("@@", is_comparison=True)(_QUERY),
}
_RANK: dict[bool, db.ColumnElement[float]] = {
    True: db.literal_column("rank", db.Float),
    False: -db.func.ts_rank(_words.c.words, _QUERY, 1, type_=db.Float),
}
_last = db.select(db.func.max(entries.c.seq)).where(entries.c.session == sessions.c.id).scalar_subquery()
_STANDS = (
    db.select(sessions.c.id, db.func.coalesce(_last, 0), searched.c.seq, searched.c.made)
    .join_from(sessions, searched, isouter=True)
    .order_by(searched.c.seq.is_(None), sessions.c.created.desc())
)


@dataclass(frozen=True, slots=True)
class Told:
    """One text of a day. ``id`` of the contribution or the note, 'SECTION/PART' of a text of staff; ``kind`` that of its step, 'note' or
    'edition'; ``title`` of its step, or ''; ``number`` in the annex, 0 for none; ``anchor`` in the report; ``by`` as the report signs."""

    id: str
    kind: str
    title: str
    number: int
    anchor: str
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class About:
    """A day that was read."""

    code: str
    title: str
    date: str
    series: str
    language: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """What was found in a day: how many texts, and the first of them."""

    about: About
    count: int
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """One page of what was found: ``count`` texts in ``sessions`` days. ``behind``: days not read yet, of which nothing is here."""

    count: int = 0
    sessions: int = 0
    groups: tuple[Group, ...] = ()
    page: int = 1
    pages: int = 1
    behind: int = 0


@dataclass(frozen=True, slots=True)
class Among:
    """Where to look; '' for everywhere."""

    series: str = ""
    year: str = ""
    kind: str = ""
    code: str = ""


EVERYWHERE = Among()


class Search:
    """The index of a journal. ``at_hand`` gives the state of a day, by its session's id, where one stands in memory already."""

    def __init__(
        self, journal: Journal, kinds: Kinds, languages: Mapping[str, Language], at_hand: Callable[[str], SessionState | None] | None = None
    ) -> None:
        self._journal, self._kinds, self._languages = journal, kinds, languages
        self._at_hand = at_hand or (lambda session: None)
        self._turn, self._resting = threading.Lock(), threading.Lock()

    @contextmanager
    def _writing(self, seconds: float) -> Iterator[bool]:
        """Whether the index is this one's to write for a while, of all threads and workers: two would write what the other takes out."""
        until = time.monotonic() + seconds
        if not self._turn.acquire(timeout=seconds):
            yield False
            return
        try:
            with self._journal.alone("search", max(0.0, until - time.monotonic())) as mine:
                yield mine
        finally:
            self._turn.release()

    def behind(self) -> list[str]:
        """The days whose journal moved on since they were read: those read before first, then the newest."""
        with self._journal.link() as link:
            rows = link.execute(_STANDS).all()
        return [id for id, last, seq, made in rows if (last, MADE) != (seq, made)]

    def update(self, seconds: float | None = None, gently: bool = False) -> int:
        """Reads the days that moved on, for about so many ``seconds``, or until none is left; ``gently``: resting after each, and not
        where another already does. How many are left. What cannot be written now is left too."""
        if gently and not self._resting.acquire(blocking=False):
            return 0
        try:
            self._update(None if seconds is None else time.monotonic() + seconds, gently)
        finally:
            if gently:
                self._resting.release()
        return len(self.behind())

    def _update(self, until: float | None, gently: bool) -> None:
        for id in self.behind():
            begun = time.monotonic()
            left = _PATIENCE if until is None else until - begun
            if left <= 0:
                return
            try:
                with self._writing(0.0 if gently else left) as mine:
                    if not mine:
                        return
                    if id in self.behind():
                        self._read(id)
            except Unavailable:
                return
            except (Damaged, IntegrityError):
                log.warning("a day could not be read for the search", exc_info=True)
            if gently:
                time.sleep(time.monotonic() - begun)

    def forget(self, session: str, ids: Iterable[str] | None = None) -> None:
        """Takes these texts of a day out, or all of them; SQLite's files keep no byte of them. The day is read again at the next call:
        what is erased must have left the journal before."""
        with self._writing(_PATIENCE) as mine:
            if not mine:
                raise Unavailable("another worker writes the search's index without end")
            with self._journal.link() as link:
                link.execute(db.update(searched).where(searched.c.session == session).values(seq=-1))
                held = self._held(link, session)
                _take_out(link, [held[id][0] for id in (held if ids is None else ids) if id in held])
            self._scrub()

    def take_out(self, link: Connection, session: str) -> None:
        """Takes a whole day out, within a transaction that removes it; ``forget`` then leaves no byte of it."""
        _take_out(link, [place for place, _ in self._held(link, session).values()])
        link.execute(db.delete(searched).where(searched.c.session == session))

    def rebuild(self) -> None:
        """Begins anew: everything is forgotten, then read again."""
        with self._writing(_PATIENCE) as mine:
            if not mine:
                raise Unavailable("another worker writes the search's index without end")
            with self._journal.link() as link:
                for table in (searched, found, _words):
                    link.execute(db.delete(table))
            self._scrub()
        self.update()

    def _scrub(self) -> None:
        """What SQLite deletes from its index of words stays in its pages until they are written anew, and in the log beside."""
        for statement in ("INSERT INTO found_words (found_words) VALUES ('optimize')", "PRAGMA wal_checkpoint(TRUNCATE)"):
            with self._journal.link() as link:
                if link.dialect.name == "sqlite":
                    link.exec_driver_sql(statement)

    def abouts(self) -> list[About]:
        """Every day that was read, the newest first."""
        return sorted(self._known().values(), key=lambda one: one.date, reverse=True)

    def ask(self, query: Query, among: Among = EVERYWHERE, page: int = 1, seconds: float = 2.0) -> Answer:
        """One page of what was found, the best first, then the newest; the index is brought up to date before, for so many seconds."""
        behind = self.update(seconds)
        if not query.wanted:
            return Answer(behind=behind)
        with self._journal.link() as link:
            known = self._known(link)
            asked = {number: one for number, one in known.items() if _is_among(one, among)}
            all = len(asked) == link.scalar(db.select(db.func.count()).select_from(searched))
            rows = _Rows(link, query, among.kind, None if all else sorted(asked))
            counts = {number: count for number, count in rows.counts().items() if number in asked}
            if len(counts) == 1:
                return self._alone(rows, asked, counts, page, behind)
            total = sum(counts.values())
            order = sorted(counts, key=lambda one: asked[one].date, reverse=True)
            # Another writer may come between two readings: what is not there any more is not shown.
            best = {number: places for number, places in rows.best().items() if number in counts} if total <= _RANKED else None
            if best is not None:
                order = list(best)
            pages = max(1, -(-len(order) // SESSIONS))
            page = max(1, min(page, pages))
            shown = {one: best[one] if best else rows.of(one, EACH) for one in order[(page - 1) * SESSIONS : page * SESSIONS]}
            told = rows.told([place for places in shown.values() for place in places])
            groups = tuple(
                Group(asked[one], counts[one], tuple(told[place] for place in places if place in told)) for one, places in shown.items()
            )
        return Answer(total, len(order), groups, page, pages, behind)

    def _alone(self, rows: "_Rows", asked: Mapping[int, About], counts: Mapping[int, int], page: int, behind: int) -> Answer:
        ((number, count),) = counts.items()
        pages = -(-count // ALONE)
        page = max(1, min(page, pages))
        places = rows.of(number, ALONE, (page - 1) * ALONE, ranked=count <= _RANKED)
        told = rows.told(places)
        group = Group(asked[number], count, tuple(told[place] for place in places if place in told))
        return Answer(count, 1, (group,), page, pages, behind)

    def _known(self, link: Connection | None = None) -> dict[int, About]:
        """By number, the days whose reading holds."""
        if link is None:
            with self._journal.link() as link:
                return self._known(link)
        read = db.select(searched.c.number, sessions.c.code, searched.c.facts)
        holds = (searched.c.seq == db.func.coalesce(_last, 0)) & (searched.c.made == MADE)
        rows = link.execute(read.join_from(searched, sessions).where(holds)).all()
        return {number: _about(code, json.loads(facts)) for number, code, facts in rows}

    def _read(self, session: str) -> None:
        """One day anew; texts that stay as they were are not written again."""
        state = self._at_hand(session)
        if state is None or state.seq != self._journal.lasts([session]).get(session):
            # Nobody has it in memory, or not yet what another worker wrote.
            state = fold(SessionState(), self._journal.since(session), self._kinds)
        language, title = state.language, state.title
        try:
            read = list(self._texts(state, self._languages[language]))
            title = seen(state).edition.text("", "title") or title
        except Exception:
            # A day that cannot be told is not to keep the others from being found.
            log.exception("a day could not be read for the search")
            read = []
        with self._journal.link() as link:
            begun = db.update(searched).where(searched.c.session == session).values(seq=-1)
            if not link.execute(begun).rowcount:
                number = db.select(db.func.coalesce(db.func.max(searched.c.number), 0) + 1).scalar_subquery()
                link.execute(db.insert(searched).values(session=session, number=number, seq=-1, made="", facts="{}"))
            number, made = link.execute(db.select(searched.c.number, searched.c.made).where(searched.c.session == session)).one()
            held = self._held(link, session)
            new = {one.id: _facts(one) for one in read}
            stay = {id for id, facts in new.items() if id in held and made == MADE and _words_of(held[id][1]) == _words_of(facts)}
            _take_out(link, [place for id, (place, _) in held.items() if id not in stay])
            moved = [{"at": held[id][0], "facts": canonical(new[id])} for id in stay if held[id][1] != new[id]]
            if moved:
                link.execute(db.update(found).where(found.c.place == db.bindparam("at")), moved)
            last = max((held[id][0] for id in stay), default=number << _BITS)
        fresh = [one for one in read if one.id not in stay]
        for at in range(0, len(fresh), _SLICE):
            some = list(enumerate(fresh[at : at + _SLICE], last + 1 + at))
            with self._journal.link() as link:
                link.execute(
                    db.insert(found),
                    [{"place": place, "session": session, "id": one.id, "facts": canonical(new[one.id])} for place, one in some],
                )
                _put_in(link, [(place, indexed((one.text, one.by), language) + f" 00{one.kind}") for place, one in some])
        facts = {
            "title": title,
            "date": state.agenda.date,
            "series": state.agenda.series,
            "language": language,
            "kinds": sorted({one.kind for one in read}),
        }
        with self._journal.link() as link:
            done = {"seq": state.seq, "made": MADE, "facts": canonical(facts)}
            link.execute(db.update(searched).where(searched.c.session == session).values(done))

    def _texts(self, state: SessionState, language: Language) -> Iterator[Told]:
        building = Building(state, self._kinds, language)
        state = building.state
        for step in state.ordered:
            kind = step.activity.kind
            for one in building.written[step.activity.id]:
                pairs = self._kinds[kind].texts(step.activity.settings, state.edition.corrected(one))
                number = building.policy.number(one)
                text = "\n".join(text for _, text in pairs)
                yield Told(one.id, kind, step.activity.title, number, f"word-{number}", text, building.signature(step, one))
        for note in state.notes.values():
            beside = state.steps.get(note.activity)
            anchor, title = (f"ran-{note.activity}", beside.activity.title) if beside else ("ran", "")
            if not note.struck:
                yield Told(note.id, "note", title, 0, anchor, note.text, note.speaker if note.agreed else "")
        titles = {f"step-{step.activity.id}": step.activity.title for step in state.ordered}
        for key, kept in state.edition.texts.items():
            section, _, part = key.rpartition("/")
            text = CITED.sub("", building.citations.shown(kept.text)).strip()
            if text and section not in state.edition.left:
                yield Told(key, "edition", titles.get(section, ""), 0, section or ("" if part == "title" else part), text, "")

    @staticmethod
    def _held(link: Connection, session: str) -> dict[str, tuple[int, dict[str, Any]]]:
        rows = link.execute(db.select(found.c.id, found.c.place, found.c.facts).where(found.c.session == session)).all()
        return {id: (place, json.loads(facts)) for id, place, facts in rows}


class _Rows:
    """What a query finds in the index, as this database says it. The high bits of a row's place are its day's number."""

    def __init__(self, link: Connection, query: Query, kind: str, numbers: Sequence[int] | None) -> None:
        # Whatever an address may give for a kind: what no kind is called by makes a token that is nowhere.
        also, sqlite = [f"00{re.sub(r'[^a-z0-9-]', 'x', kind)}"] if kind else [], link.dialect.name == "sqlite"
        self._link = link
        self._asked = {"asked": query.fts5(also) if sqlite else query.tsquery(also)}
        self._where: list[db.ColumnElement[bool]] = [_MATCHES[sqlite]]
        if numbers is not None:
            self._where.append(_NUMBER.in_(numbers))
        self._rank = _RANK[sqlite]

    def counts(self) -> dict[int, int]:
        """How many texts of each day."""
        rows = self._run(db.select(_NUMBER, db.func.count()).where(*self._where).group_by(_NUMBER))
        return {row[0]: row[1] for row in rows}

    def best(self) -> dict[int, list[int]]:
        """The days, the best first, each with the places of its best texts."""
        best: dict[int, list[int]] = {}
        for row in self._run(db.select(_words.c.rowid).where(*self._where).order_by(self._rank, _words.c.rowid.desc())):
            places = best.setdefault(row[0] >> _BITS, [])
            if len(places) < EACH:
                places.append(row[0])
        return best

    def of(self, number: int, most: int, after: int = 0, ranked: bool = False) -> list[int]:
        """The places of one day's texts, the best first, or in their order."""
        within = _words.c.rowid.between(number << _BITS, (number + 1 << _BITS) - 1)
        order = (self._rank, _words.c.rowid) if ranked else (_words.c.rowid,)
        rows = self._run(db.select(_words.c.rowid).where(*self._where, within).order_by(*order).limit(most).offset(after))
        return [row[0] for row in rows]

    def told(self, places: Sequence[int]) -> dict[int, Told]:
        """What stands at these places."""
        rows = self._link.execute(db.select(found.c.place, found.c.id, found.c.facts).where(found.c.place.in_(places))).all()
        return {place: Told(id=id, **json.loads(facts)) for place, id, facts in rows}

    def _run(self, statement: db.Select[*tuple[Any, ...]]) -> Sequence[db.Row[*tuple[Any, ...]]]:
        return self._link.execute(statement, self._asked).all()


def _facts(one: Told) -> dict[str, Any]:
    return {"kind": one.kind, "title": one.title, "number": one.number, "anchor": one.anchor, "text": one.text, "by": one.by}


def _words_of(facts: Mapping[str, Any]) -> tuple[str, str, str]:
    return facts["text"], facts["by"], facts["kind"]


def _about(code: str, facts: Mapping[str, Any]) -> About:
    return About(code, **{**facts, "kinds": tuple(facts["kinds"])})


def _is_among(about: About, among: Among) -> bool:
    return (
        (not among.series or folded(among.series) == folded(about.series))
        and (not among.year or about.date.startswith(among.year))
        and among.code in ("", about.code)
        and (not among.kind or among.kind in about.kinds)
    )


def _take_out(link: Connection, places: Sequence[int]) -> None:
    if places:
        gone = [{"at": place} for place in places]
        link.execute(db.delete(found).where(found.c.place == db.bindparam("at")), gone)
        link.execute(db.delete(_words).where(_words.c.rowid == db.bindparam("at")), gone)


def _put_in(link: Connection, rows: Sequence[tuple[int, str]]) -> None:
    words: db.ColumnElement[Any] = db.bindparam("said", type_=db.Text)
    if link.dialect.name != "sqlite":
        words, rows = db.cast(words, TSVECTOR), [(place, _vector(said)) for place, said in rows]
    link.execute(db.insert(_words).values(rowid=db.bindparam("at"), words=words), [{"at": place, "said": said} for place, said in rows])


def _vector(words: str) -> str:
    """The words as PostgreSQL reads a vector: each with where it stands, as far as one goes (16 383)."""
    return " ".join(f"'{word}':{min(at, 16383)}" for at, word in enumerate(words.split(), 1))
