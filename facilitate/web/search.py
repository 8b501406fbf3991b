"""Owns the search over every word of every day: its page, its answers for programs, and when the index is brought up to date."""

from dataclasses import asdict, replace
from typing import Any
from urllib.parse import urlencode

import gevent
from flask import Blueprint, Response, current_app, request
from flask.blueprints import BlueprintSetupState
from gevent import get_hub

from facilitate.core.words import N_, clean, code_shown
from facilitate.language import Language
from facilitate.restitution.typography import spaced
from facilitate.search import EVERYWHERE, About, Among, Answer, Group, Search, Told
from facilitate.search.query import MOST_TYPED, Query, excerpt, marked, read
from facilitate.web.door import as_json, as_page, language, off_hub, office, screens, wants_json, workshop
from facilitate.workshop import Workshop

search = Blueprint("search", __name__)

_QUIET = 20.0  # seconds without a word written after which a day is read
_LABELS = {"note": N_("said aloud"), "edition": N_("written by the staff")}


@search.record_once
def _begin(setup: BlueprintSetupState) -> None:
    """The index follows what is written: a while after a day falls quiet, not at each word of a room that writes."""
    held: Workshop = setup.app.extensions["workshop"]
    languages = setup.app.extensions["screens"].languages
    index = setup.app.extensions["search"] = Search(held.journal, held.kinds, languages, held.standing)
    waiting: list[gevent.Greenlet[[], None]] = []

    def read_on() -> None:
        off_hub(index.update, None, True)

    def soon(*_: object) -> None:
        for one in waiting:
            one.kill(block=False)
        waiting[:] = [gevent.spawn_later(_QUIET, read_on)]

    held.subscribers.append(soon)


@search.get("/shelf/search")
def page() -> Response:
    """What was found, ten days a page, the first texts of each; a program gets JSON."""
    office()
    index: Search = current_app.extensions["search"]
    typed = clean(request.args.get("q", "").encode(errors="replace").decode())
    query, among = read(typed), Among(*(request.args.get(name, "")[:200] for name in ("series", "year", "kind", "in")))
    number = request.args.get("page", "")
    # Reading what is behind, and a word that is everywhere, take a while: not on the hub.
    answer = off_hub(index.ask, query, among, int(number) if number.isdecimal() and len(number) < 6 else 1)
    if answer.behind:
        get_hub().threadpool.spawn(index.update, gently=True)
    say = language()
    found = [_group(group, query, say) for group in answer.groups]
    for day in found:
        day["all"] = _address(typed, replace(among, code=day["code"]))
    if wants_json():
        told = {name: getattr(answer, name) for name in ("count", "sessions", "page", "pages", "behind")}
        return as_json({"query": typed[:MOST_TYPED], **told, "found": found})
    abouts = off_hub(index.abouts)
    context = {"q": typed[:MOST_TYPED], "query": query, "answer": answer, "found": found, "among": asdict(among)}
    context |= {"choices": _choices(abouts, say), "pages": _pages(answer, typed, among), "asked": among != EVERYWHERE}
    context |= {"everywhere": _address(typed, EVERYWHERE), "wider": _address(typed, replace(among, code=""))}
    context["here"] = _address(typed, among, answer.page) + "&"
    return as_page(screens().page("search.html", say.name, **context))


def _group(group: Group, query: Query, say: Language) -> dict[str, Any]:
    """A day with what was found in it; 'parts' are [text, whether it was looked for]."""
    about = group.about
    return {
        "code": about.code,
        "shown": code_shown(about.code),
        "title": about.title,
        "date": about.date,
        "series": about.series,
        "language": about.language,
        "count": group.count,
        "texts": [_told(one, about, query, say) for one in group.told],
    }


def _told(one: Told, about: About, query: Query, say: Language) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind,
        "label": say.say(_LABELS[one.kind]) if one.kind in _LABELS else "",
        "step": one.title,
        "number": one.number,
        "parts": excerpt(marked(spaced(one.text, about.language), query, about.language)),
        "by": one.by,
        "href": f"/s/{about.code}/restitution.html" + (f"#{one.anchor}" if one.anchor else ""),
    }


def _choices(abouts: list[About], say: Language) -> dict[str, list[tuple[str, str]]]:
    """By what one may narrow the search, (value, label), where there is a choice."""
    kinds = {name for one in abouts for name in one.kinds}
    named = workshop().kinds
    labels = [(name, say.say(named[name].label if name in named else _LABELS.get(name, name))) for name in kinds]
    found = {
        "series": [(name, name) for name in sorted({one.series for one in abouts if one.series})],
        "year": [(year, year) for year in sorted({one.date[:4] for one in abouts if one.date[:4].isdecimal()}, reverse=True)],
        "kind": sorted(labels, key=lambda one: one[1].lower()),
    }
    return {name: some for name, some in found.items() if len(some) > 1}


def _pages(answer: Answer, typed: str, among: Among) -> list[tuple[int, str]]:
    """The pages before and after the one shown, with their addresses."""
    near = (answer.page - 1, answer.page + 1)
    return [(one, _address(typed, among, one)) for one in near if 1 <= one <= answer.pages]


def _address(typed: str, among: Among, page: int = 1) -> str:
    asked = {"q": typed[:MOST_TYPED], "series": among.series, "year": among.year, "kind": among.kind, "in": among.code}
    kept = {name: value for name, value in asked.items() if value} | ({"page": str(page)} if page > 1 else {})
    return f"/shelf/search?{urlencode(kept)}"
