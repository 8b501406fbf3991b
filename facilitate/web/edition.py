"""Owns the page where staff edit the report of a day: its texts, its sections, its cards, beside a live preview."""

import gzip
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote
from uuid import uuid4
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, request

from facilitate.accounts import allows
from facilitate.afterwards import corrections
from facilitate.core.contribution import Contribution, names_in
from facilitate.core.edition import APART, EDITION_VERBS, NAMINGS, PARTS
from facilitate.core.entry import Act, Caller, Refused
from facilitate.core.rules import read_act
from facilitate.core.state import SessionState
from facilitate.core.words import N_, clean, is_yes
from facilitate.language import LANGUAGES, Language
from facilitate.library import Capitalisation, drafts
from facilitate.restitution import FORMATS
from facilitate.restitution.edited import Citations
from facilitate.web.documents import restitution
from facilitate.web.door import (
    CSP,
    accounts,
    as_json,
    as_page,
    body,
    caller,
    go,
    language,
    message,
    off_hub,
    office,
    on_shelf,
    refusal,
    screens,
    session_of,
    stop,
    wants_json,
    words,
    workshop,
)
from facilitate.web.gathered import days_of
from facilitate.web.proofs import PAGE, SHOWS, STAYING, Proofs, names_of, proofs_of_day, proofs_over_days, same_day
from facilitate.workshop import Answer, Later, Session

edition = Blueprint("edition", __name__)

_LARGEST = 512 * 1024
"""Of a form: 40 000 letters, each of which may take twelve bytes on the way."""
_KEPT = 60
"""How many numberings are remembered: a form still open cites by the one it saw."""
_VERBS = EDITION_VERBS - {"reopen"} | {"merge", "withhold", "restore", "erase"}

_PAPERS = (("pack", N_("Everything in one zip")), ("experiences", N_("Experience sheets")))

_TOLD = {
    "title": N_("the title of %(section)s"),
    "introduction": N_("the introduction of %(section)s"),
    "synthesis": N_("the synthesis of %(section)s"),
    "leave": N_("%(section)s left out of the document"),
    "unleave": N_("%(section)s put back into the document"),
    "arrange": N_("%(section)s moved"),
    "aside": N_("card %(card)s set aside"),
    "unaside": N_("card %(card)s put back into the body"),
    "highlight": N_("card %(card)s highlighted"),
    "unhighlight": N_("card %(card)s no longer highlighted"),
    "correct": N_("a spelling in card %(card)s"),
    "withhold": N_("a card withheld"),
    "restore": N_("card %(card)s put back into the document"),
    "naming": N_("how people are named"),
    "merge": N_("“%(variant)s” merged into “%(name)s”"),
    "unmerge": N_("“%(variant)s” told apart again"),
    "reopen": N_("until when participants may correct"),
    "erase": N_("words erased for good, on request"),
}


def editor_of(session: Session) -> Caller:
    """Whoever may edit this report: an editor of the shelf, or who drives the whole day."""
    found = on_shelf()
    if found and allows(found[0], "editor"):
        return found[1]
    driving = caller(session, "console")
    if driving and driving.audience == "console" and not driving.track:
        return driving
    return office("editor")


class Proofreading:
    """The proofs of the days that are being edited, each read once for each state it is in; and the numberings that forms still show."""

    def __init__(self) -> None:
        self._proofs: OrderedDict[tuple[str, str], tuple[tuple[int, ...], SessionState, Proofs]] = OrderedDict()
        self._numberings: OrderedDict[tuple[str, str], Citations] = OrderedDict()

    def of(self, session: Session) -> Proofs:
        """The proofs of a session as it is now, in the language of its sheet. Read in a thread: the hub goes on serving."""
        state, kinds = session.state, workshop().kinds
        say = screens().say(state.language if state.language in LANGUAGES else LANGUAGES[0])
        days = days_of(session) if state.collects else []
        seqs = (state.seq, *(day.state.seq for day in days))

        def read() -> Proofs:
            return proofs_over_days(Capitalisation(state, days, kinds, say)) if state.collects else proofs_of_day(state, kinds, say)

        known, before, proofs = self._proofs.get((session.code, say.name), ((), state, None))
        if proofs is None or known != seqs:
            if proofs is not None and known[1:] == seqs[1:] and same_day(before, state):
                proofs = proofs.edited(state.edition)
            else:
                proofs = off_hub(read)
            self._keep(self._proofs, (session.code, say.name), (seqs, state, proofs), 6)
            self._keep(self._numberings, (session.code, proofs.digest), proofs.citations, _KEPT)
        return proofs

    def numbering(self, session: Session, digest: str) -> Citations | None:
        """The numbers that a form saw; None where they are forgotten."""
        return self._numberings.get((session.code, digest))

    def forget(self) -> None:
        """Words were erased: what was read with them is read again."""
        self._proofs.clear()
        self._numberings.clear()

    @staticmethod
    def _keep(kept: "OrderedDict[Any, Any]", key: Any, value: Any, most: int) -> None:
        kept[key] = value
        kept.move_to_end(key)
        while len(kept) > most:
            kept.popitem(last=False)


def proofreading() -> Proofreading:
    """What this server has read."""
    found: Proofreading = current_app.extensions.setdefault("edition", Proofreading())
    return found


@edition.get("/s/<code>/edition")
def page(code: str) -> Response:
    """The page: ?section= which, ?show= which of its cards, ?q= those that hold these words, ?page=; for our script its region."""
    session = session_of(code)
    editor_of(session)
    if not proofreading().of(session).knows(request.args.get("section", "")):
        stop(_no_section())
    return _shown(session)


@edition.post("/s/<code>/edition")
def act(code: str) -> Response:
    """One gesture, as a form or as JSON: an act of the edition, 'up' or 'down' for a section, 'withhold', 'restore' or 'merge'.

    A form gets a 303 to its page, or the page back with what was typed; our script {"seq", "html"} or {"refused", "code", "html"}.
    """
    request.max_content_length = request.max_form_memory_size = _LARGEST
    session = session_of(code)
    who = editor_of(session)
    sent = body()
    malformed = Refused("malformed", N_("This message could not be read. Nothing was changed."), status=400)
    asked = malformed if sent is None else _asked(session, sent)
    answer: Answer = session.act(asked, who) if isinstance(asked, Act) else asked or session.state.seq
    if isinstance(answer, int):
        if wants_json():
            return _shown(session, own=asked.id if isinstance(asked, Act) else "")
        return go(f"/s/{session.code}/edition{_query()}#{_where(asked)}")
    if isinstance(answer, Later) or sent is None:
        return refusal(answer) if wants_json() else message(answer)
    return _shown(session, typed=sent, answer=answer)


@edition.get("/s/<code>/edition/preview.html")
def preview(code: str) -> Response:
    """The report as it stands, for the frame beside the texts: the very document, and no other page may frame it."""
    session = session_of(code)
    editor_of(session)
    response = restitution(code, "html")
    policy = response.headers.get("Content-Security-Policy", CSP)
    response.headers["Content-Security-Policy"] = policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    if response.status_code == 200 and "gzip" in request.headers.get("Accept-Encoding", ""):
        # It is asked for with each change, and may be long: packed in a thread, and quickly.
        response.set_data(off_hub(gzip.compress, response.get_data(), 3))
        response.headers["Content-Encoding"] = "gzip"
        response.headers.add("Vary", "Accept-Encoding")
    return response


@edition.get("/s/<code>/edition/state.json")
def state(code: str) -> Response:
    """{"seq", "said": [{"id", "text"}…]}: what was said over the report after ``since``, by whom; 304 where nothing was."""
    session = session_of(code)
    editor_of(session)
    seq = session.state.seq
    since = request.args.get("since", seq, type=int)
    if request.if_none_match.contains_weak(str(seq)):
        return Response(status=304)
    told = _told(session, since) if since < seq else []
    response = as_json({"seq": seq, "said": [{"id": one["id"], "text": one["text"]} for one in told]})
    response.set_etag(str(seq), weak=True)
    return response


@edition.get("/s/<code>/edition/history")
def history(code: str) -> Response:
    """All that was said over the report, the last first, each text as it was: it can be taken up again."""
    session = session_of(code)
    editor_of(session)
    context = {
        "session": screens().about(session),
        "tz": ZoneInfo(session.state.agenda.timezone),
        "told": _told(session, 0)[::-1],
        "numbers": proofreading().of(session).digest,
    }
    return as_page(screens().page("edition-history.html", language().name, **context))


def _query() -> str:
    """The page that a form was on."""
    query = request.query_string.decode()
    return f"?{query}" if query else ""


def _no_section() -> Refused:
    return Refused("unknown-section", N_("There is no such section in this report."), status=404)


def _where(asked: Act | Refused | None) -> str:
    if isinstance(asked, Act) and asked.on:
        return f"card-{asked.on}"
    if isinstance(asked, Act) and asked.do in ("leave", "arrange"):
        return "sections"
    if isinstance(asked, Act) and asked.do == "merge":
        return f"names-{asked.content.get('what') or 'territory'}"
    return str(asked.content.get("part", "text")) if isinstance(asked, Act) else "sections"


def _asked(session: Session, sent: Mapping[str, Any]) -> Act | Refused | None:
    """The act that a form asks for: a button's 'highlight off' is the verb and its contrary. None where a section cannot go further."""
    do, _, off = str(sent.get("do") or ("write" if sent.get("cite") else "")).partition(" ")
    proofs = proofreading().of(session)
    section = str(sent.get("section", ""))
    content: dict[str, Any] = {}
    if do in ("write", "leave", "up", "down") and not proofs.knows(section):
        return _no_section()
    match do:
        case "write":
            text = "" if off else sent.get("text", "")
            if isinstance(text, str) and sent.get("part") != "title":
                cited = f"{text.rstrip()} [{sent['cite']}]".lstrip() if sent.get("cite") else text
                text = _stored(session, proofs, cited, str(sent.get("numbers", "")))
            if isinstance(text, Refused):
                return text
            content = {"section": section, "part": sent.get("part"), "text": text}
        case "leave":
            content = {"section": section, "off": bool(off)}
        case "up" | "down":
            after = proofs.after(section, -1 if do == "up" else 1)
            if after is None:
                return None
            do, content = "arrange", {"section": section, "after": after}
        case "aside" | "highlight":
            content = {"off": bool(off)}
        case "correct":
            # Given back as it was written, the correction goes.
            content = {"field": sent.get("field"), "text": "" if off else sent.get("text", "")}
        case "naming":
            content = {"as": sent.get("as")}
        case "merge":
            content = {name: sent.get(name, "") for name in ("variant", "name", "what")} | ({"off": True} if off else {})
        case "withhold" | "restore":
            content = {"why": sent.get("why", "")}
        case "erase":
            # Nothing brings it back: pressed by mistake, it asks again.
            if not is_yes(sent.get("sure")):
                return Refused("empty", N_("Tick that you know it cannot be undone, then press again."), field="sure")
            content = {"why": sent.get("why", "")}
        case _:
            text = N_("This page does not know “%(do)s”.")
            return Refused("unknown-verb", text, {"do": do}, 400)
    on = sent.get("on", "") if do in ("aside", "highlight", "correct", "withhold", "restore", "erase") else ""
    read = read_act({"id": sent.get("id") or str(uuid4()), "do": do, "on": on, "base": sent.get("base"), "content": content})
    return read


def _stored(session: Session, proofs: Proofs, text: str, digest: str) -> str | Refused:
    """A text as it is kept: its numbers are those that the form saw, whatever they came to mean since."""
    text = clean(text)
    seen = proofs.citations if digest in ("", proofs.digest) else proofreading().numbering(session, digest)
    if seen is not None:
        return seen.stored(text)
    if proofs.citations.stored(text) == text:
        return text
    told = N_("The cards were numbered anew since this page was opened: check the numbers that your text cites, then save again.")
    return Refused("stale", told, status=409)


def _shown(session: Session, *, typed: Mapping[str, Any] | None = None, answer: Refused | None = None, own: str = "") -> Response:
    """The page, with what was just refused; for our script {"seq", "digest", "html"}."""
    proofs = proofreading().of(session)
    here, seq = language(), session.state.seq
    chosen = request.args.get("section", "")
    context = _context(session, proofs, chosen, here, typed or {}, answer)
    template = "edition/region.html" if wants_json() else "edition.html"
    html = off_hub(screens().page, template, here.name, **context)
    status = answer.status if answer else 200
    if wants_json():
        told: dict[str, Any] = {"seq": seq, "html": html}
        told |= {"refused": words(answer), "code": answer.code} if answer else {"own": own} if own else {}
        return as_json(told, status)
    response = as_page(html, status)
    response.headers["Content-Security-Policy"] = f"{CSP}; frame-src 'self'"
    return response


def _context(
    session: Session, proofs: Proofs, chosen: str, here: Language, typed: Mapping[str, Any], answer: Refused | None
) -> dict[str, Any]:
    state, known = session.state, proofs.edition
    section = proofs.section(chosen)
    missing = bool(chosen) and section is None
    show = request.args.get("show", "")
    show = show if show in SHOWS else ""
    sought = clean(request.args.get("q", ""))[:200]
    cards = proofs.cards(chosen, show, sought)
    of_all = not show and chosen not in ("", *STAYING) and not sought and not cards
    if of_all:
        # A section without cards of its own, as a vote or the introduction: those of the day stand there to be cited.
        cards = proofs.cards("")
    page = max(0, min(request.args.get("page", 0, type=int), (len(cards) - 1) // PAGE))
    rows = proofs.listed(chosen)
    return {
        "session": screens().about(session),
        "tz": ZoneInfo(state.agenda.timezone),
        "seq": state.seq,
        "numbers": proofs.digest,
        "sections": [one for one in rows if not one["left"]],
        "left": [one for one in rows if one["left"]],
        "lost": [{"anchor": one, "title": proofs.edition.text(one, "title") or one} for one in proofs.lost()],
        "chosen": {
            "anchor": chosen,
            "title": proofs.titled(chosen) if chosen else "",
            "original": section.title if section else proofs.document.title if not chosen else "",
            "left": chosen in known.left,
            "stays": chosen in STAYING,
            "missing": missing,
        },
        "texts": [_text(session, proofs, chosen, part, typed, answer) for part in PARTS],
        "cards": cards[page * PAGE : (page + 1) * PAGE],
        "count": len(cards),
        "of_all": of_all,
        "total": len(proofs.words),
        "page": page,
        "pages": max(1, -(-len(cards) // PAGE)),
        "show": show,
        "shows": SHOWS,
        "sought": sought,
        "aside": known.aside,
        "highlights": known.highlights,
        "cited": proofs.cited(),
        "withheld": [one for one in proofs.withheld if not chosen or one.home == chosen],
        "naming": known.naming,
        "people": _people(session) if not chosen else [],
        "namings": NAMINGS,
        "names": {what: names_of(state, what) for what in ("territory", "structure")} if not chosen else {},
        "same": {"territory": sorted(state.same.items()), "structure": sorted(state.alike.items())},
        "formats": [(name, one.label) for name, one in FORMATS.items()],
        "refused": words(answer) if answer else "",
        "code": answer.code if answer else "",
        "typed": typed,
        "edits": not state.collects,
        "title": known.text("", "title") or proofs.document.title,
        "back": "edition",
        "over": bool(state.collects),
        "home": f"/shelf/collections/{session.code}" if state.collects else "/shelf",
        "papers": _papers(session),
        "publishing": f"/s/{session.code}/publishing" if on_shelf() else "",
        "waiting": [] if state.collects else corrections(state, workshop().kinds, here),
        "other_query": f"section={quote(chosen)}&" if chosen else "",
    }


def _people(session: Session) -> list[tuple[str, str]]:
    """(id, who) of everyone who said something of themselves, for whoever is asked to erase what they gave: staff can tell no one else."""
    unnamed = language().say(N_("someone without a name"))
    told = [
        (", ".join(filter(None, (one.name or unnamed, one.structure, one.territory))), one.n, one.id)
        for one in session.state.people.values()
        if one.name or one.structure or one.territory
    ]
    return [(id, who) for who, _, id in sorted(told)]


def _papers(session: Session) -> list[tuple[str, str]]:
    """(address, what) of what else is made of this report, for whoever looks."""
    found = on_shelf()
    of_day = [] if session.state.collects else [(f"/s/{session.code}/{name}", label) for name, label in _PAPERS]
    if drafts(session.state, workshop().kinds):
        of_day.append((f"/s/{session.code}/experiences#drafted", N_("The contribution, as it is sent")))
    return [*of_day, *([("/shelf/house", N_("House style"))] if found and found[0] == "administrator" else [])]


def _text(session: Session, proofs: Proofs, section: str, part: str, typed: Mapping[str, Any], answer: Refused | None) -> dict[str, Any]:
    """One of the texts over a section, as its form shows it: what is kept, or what was just typed and refused, with what is kept beside."""
    kept = proofs.edition.texts.get(f"{section}/{part}")
    text = proofs.citations.shown(kept.text) if kept else ""
    told: dict[str, Any] = {
        "part": part,
        "label": PARTS[part].label,
        "limit": PARTS[part].limit,
        "text": text,
        "kept": text,
        "base": kept.seq if kept else 0,
        "at": kept.at if kept else "",
        "by": _who(session, kept.by) if kept else "",
        "conflict": False,
        "refused": "",
        "names": _named(session, kept.text) if kept else [],
        "unknown": proofs.citations.unknown(kept.text) if kept and part != "title" else [],
    }
    mine = answer is not None and (typed.get("cite") or str(typed.get("do", "")).startswith("write"))
    if mine and answer and (typed.get("section", ""), typed.get("part")) == (section, part):
        conflict = answer.code == "stale"
        told |= {"text": str(typed.get("text", "")), "refused": words(answer), "conflict": conflict}
        # Who was refused for another reason has not seen what stands: the version they began from is still theirs.
        told |= {} if conflict else {"base": typed.get("base", "")}
    return told


def _named(session: Session, text: str) -> list[str]:
    """The participants that a text of the staff names, where the document is to name nobody."""
    if session.state.edition.naming == "named":
        return []
    return names_in(Contribution("", 0, "", "", "", {"text": text}, 0), session.state.people)


def _who(session: Session, by: str) -> str:
    """Who said it, as staff know them; '' where the link alone is known that they came with."""
    if by in session.state.team:
        return session.state.team[by].name
    if by.startswith("staff:"):
        return next((one.name for one in accounts().all() if f"staff:{one.id}" == by), language().say(N_("a colleague")))
    return "" if by == "shelf" else language().say(N_("the console") if by == "console" else N_("a colleague"))


def _told(session: Session, since: int) -> list[dict[str, Any]]:
    """What was said over the report after ``since``, in order: {"id", "at", "who", "text"}, of a text its "section", "part" and "words"."""
    journal, row = workshop().journal, session.row.id
    entries = off_hub(journal.since, row, since)
    ours = [one for one in entries if one.do in _VERBS | {"reopen"} and (not one.activity or one.do in ("withhold", "restore"))]
    # What someone erased of their own is their own.
    ours = [one for one in ours if one.do != "erase" or one.by in ("console", "shelf", *session.state.team) or one.by.startswith("staff:")]
    proofs, told = proofreading().of(session), list[dict[str, Any]]()
    for one in ours:
        section, part = str(one.content.get("section", "")), str(one.content.get("part", ""))
        what = f"un{one.do}" if one.content.get("off") else part if one.do == "write" else one.do
        title = language().say(N_("“%(text)s”"), text=proofs.titled(section)) if section else language().say(N_("the whole document"))
        values = {
            "section": language().say(N_("an experience sheet")) if section.startswith(APART) else title,
            "card": proofs.citations.labels.get(one.on, "–"),
            "variant": one.content.get("variant", ""),
            "name": one.content.get("name", ""),
        }
        text = language().say(_TOLD[what]) % values
        line: dict[str, Any] = {"id": one.id, "at": one.at, "who": _who(session, one.by), "what": text, "section": section, "part": part}
        line["text"] = f"{text[:1].upper()}{text[1:]}" + (f" ({line['who']})" if line["who"] else "")
        if one.do == "write":
            kept = proofs.edition.texts.get(f"{section}/{part}")
            line |= {"words": proofs.citations.shown(str(one.content["text"])), "base": kept.seq if kept else 0}
            line["current"] = kept is not None and kept.seq == one.seq
        told.append(line)
    return told
