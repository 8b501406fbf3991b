"""Owns the description of the addresses that programs use, in OpenAPI 3.1, served as /openapi.json.

Addresses, their parts and what each does are read from the route table itself; what travels is declared here, once. Whatever is no page
for people is described: ``PAGES`` names the others, and a test holds that no route is forgotten.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Flask, Response, current_app
from werkzeug.routing import AnyConverter, Rule

from facilitate import __version__
from facilitate.core.activity import Kinds
from facilitate.core.driving import CONSOLE_VERBS
from facilitate.core.edition import EDITION_VERBS
from facilitate.core.rules import NOTES_VERBS, PHOTO_VERBS
from facilitate.restitution import FORMATS
from facilitate.web.door import as_json, workshop

openapi = Blueprint("openapi", __name__)

Schema = Mapping[str, Any]
TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer", "minimum": 0}
FLAG: Schema = {"type": "boolean"}
UUID: Schema = {"type": "string", "format": "uuid"}
ANYTHING: Schema = {"type": "object"}
OF_A_DAY: Schema = {"type": "string", "pattern": "^[A-Za-z]{3} ?[0-9]{3}$"}
YES: Schema = {"type": "string", "enum": ["yes", ""]}
HALVES: Schema = {"type": "string", "enum": ["am", "pm"]}
LANGUAGE: Schema = {"type": "string", "enum": ["fr", "en"]}
_NONE = "none"


def listed(each: Schema) -> Schema:
    """A list of these."""
    return {"type": "array", "items": each}


def either(*types: str) -> Schema:
    """A value of one of these types."""
    return {"type": list(types)}


def thing(*optional: str, **members: Schema) -> Schema:
    """An object that has these members, and may have the ``optional`` ones out of them; more of them may come with a later version."""
    return {"type": "object", "properties": dict(members), "required": sorted(set(members) - set(optional))}


def sent(*required: str, **members: Schema) -> Schema:
    """An object that is sent: what is not ``required`` may be left out."""
    return {"type": "object", "properties": dict(members), "required": list(required)}


SEQ = thing(seq=WHOLE)
REFUSED = thing("field", refused=TEXT, code=TEXT, field=TEXT)
LATER = thing(later=TEXT, code=TEXT)
STANDING: Schema = {"type": "string", "enum": ["place", "waiting", "declined", "withdrawn"]}
DESK = thing("said", seq=WHOLE, rows=ANYTHING, gone=listed(TEXT), counts=TEXT, said=TEXT)
STATE = thing(
    seq=WHOLE,
    agenda=listed(thing(id=TEXT, kind=TEXT, title=TEXT, status={"type": "string", "enum": ["planned", "open", "closed", "skipped"]})),
    now=either("string", "null"),
    tracks=ANYTHING,
    open=listed(TEXT),
    views=ANYTHING,
    finished=either("string", "null"),
)
EDITION = sent(
    "do",
    id=UUID,
    do={"type": "string", "enum": sorted((EDITION_VERBS - {"reopen"}) | {"merge", "withhold", "restore", "erase", "up", "down"})},
    on=TEXT,
    section=TEXT,
    part={"type": "string", "enum": ["title", "introduction", "synthesis"]},
    text=TEXT,
    base=WHOLE,
    field=TEXT,
    name=TEXT,
    variant=TEXT,
    what={"type": "string", "enum": ["territory", "structure"]},
    why=TEXT,
    sure=YES,
    **{"as": {"type": "string", "enum": ["named", "pseudonyms", "roles"]}},
)
PROFILE = dict.fromkeys(("name", "role", "structure", "type", "territory"), TEXT) | {"named": FLAG, "photo": FLAG, "remote": FLAG}
DOCUMENT = "document"
"""A document in the format that its address names."""


@dataclass(frozen=True, slots=True)
class Said:
    """What travels: ``answers`` a JSON schema or a media type, ``takes`` the JSON body, or media types; ``asks`` the query.
    ``key``: whose key it asks for, '' where it asks for none. ``status`` of a good answer."""

    answers: Schema | str
    key: str = ""
    takes: Schema | tuple[str, ...] | None = None
    asks: Mapping[str, Schema] = field(default_factory=dict)
    status: int = 200


_LANG = {"lang": LANGUAGE}
_FILE = ("application/octet-stream", "multipart/form-data")
DESCRIBED: Mapping[tuple[str, str], Said] = {
    ("openapi.described_here", "GET"): Said(ANYTHING),
    ("health.healthz", "GET"): Said("text/plain"),
    ("health.readyz", "GET"): Said("text/plain"),
    ("health.figures", "GET"): Said("text/plain", "the server's, given with --metrics-key"),
    ("join.enter", "POST"): Said(
        thing("again", participant=UUID, key=TEXT, again=FLAG), takes=sent(id=UUID, rejoin=TEXT, invitation=TEXT, again=FLAG, **PROFILE)
    ),
    ("join.change", "POST"): Said(thing(participant=UUID), "participant", sent("to", to=UUID)),
    ("participant.act", "POST"): Said(SEQ, "participant, console, scribe, notes or panel", ANYTHING),
    ("participant.state", "GET"): Said(
        STATE, "participant, wall or console", asks={"as": {"type": "string", "enum": ["wall", "console"]}, "step": TEXT}
    ),
    ("participant.region", "GET"): Said(
        thing(rooms={"type": "object", "additionalProperties": WHOLE}, seq=WHOLE, html=TEXT),
        "whose page it is",
        asks={"track": TEXT, "seq": WHOLE},
    ),
    ("mydata.along", "GET"): Said(DOCUMENT, "participant", asks=_LANG),
    ("mydata.change", "POST"): Said(
        thing("seq", "erased", seq=WHOLE, erased=listed(TEXT)),
        "participant",
        sent(
            "do", id=UUID, do={"type": "string", "enum": ["introduce", "reach", "agree", "erase"]}, on=TEXT, activity=TEXT, content=ANYTHING
        ),
    ),
    ("signing.sign", "POST"): Said(
        thing(half=HALVES, at=TEXT, name=TEXT), "participant", sent(name=TEXT, structure=TEXT, drawn=TEXT, typed=YES)
    ),
    ("signing.certificate", "GET"): Said("application/pdf", "participant", asks=_LANG),
    ("registration.register", "POST"): Said(
        thing("rank", "invitation", standing=STANDING, rank=WHOLE, invitation=TEXT),
        takes=sent(
            id=UUID,
            invitation=TEXT,
            do={"type": "string", "enum": ["withdraw", "return"]},
            **dict.fromkeys(("first", "last", "structure", "role", "territory"), TEXT),
            remote=FLAG,
        ),
    ),
    ("files.take", "POST"): Said(ANYTHING, "participant, console, scribe or notes", _FILE, {"name": TEXT}),
    ("files.permit", "POST"): Said(SEQ, "console", sent("id", "activity", id=UUID, activity=TEXT, content=sent(permission=TEXT))),
    ("files.show", "GET"): Said("image/jpeg", "any of the day's"),
    ("console.rejoin", "POST"): Said(
        thing(rejoin={"type": "string", "pattern": "^[0-9]{6}$"}), "console", sent("participant", participant=UUID)
    ),
    ("ready.state", "GET"): Said(
        thing(
            verdict=TEXT,
            checks=listed(thing(name=TEXT, state=TEXT, title=TEXT, more=TEXT, remedy=listed(TEXT))),
            phones=WHOLE,
            html=TEXT,
        ),
        "console",
        asks={"at": WHOLE},
    ),
    ("ready.change", "POST"): Said(thing(), "console", sent(tick=TEXT, untick=TEXT, address=TEXT)),
    ("ready.measure", "POST"): Said(_NONE, takes=sent(at=WHOLE, trip=WHOLE), status=204),
    ("ready.window", "POST"): Said(_NONE, "wall", sent(width=WHOLE, height=WHOLE, screen=listed(WHOLE)), status=204),
    ("ready.poster", "GET"): Said("application/pdf", "console or reception", asks=_LANG),
    ("log.table", "GET"): Said("text/csv", "console", asks=_LANG),
    ("suggestions.suggest", "GET"): Said(thing(seq=WHOLE, answer={}, html=TEXT), "console"),
    ("reception.tick", "POST"): Said(
        DESK,
        "console or reception",
        sent("person", "set", person=TEXT, set={"type": "string", "enum": ["came", "late", "left", "back", "none"]}, hour=TEXT),
        {"half": HALVES, "since": WHOLE},
    ),
    ("reception.arrive", "POST"): Said(
        DESK, "console or reception", sent("name", name=TEXT, structure=TEXT, phoneless=FLAG), {"half": HALVES, "since": WHOLE}
    ),
    ("reception.changes", "GET"): Said(DESK, "console or reception", asks={"half": HALVES, "since": WHOLE}),
    ("reception.paper", "GET"): Said("application/pdf", "console or reception", asks=_LANG),
    ("reception.certificates", "GET"): Said("application/pdf", "console or reception", asks={"person": TEXT} | _LANG),
    ("reception.table", "GET"): Said("text/csv", "console or reception", asks=_LANG),
    ("registration.change", "POST"): Said(
        thing("standing", "invitation", person=either("string", "null"), standing=STANDING, invitation=TEXT),
        "console or reception",
        sent(
            "do",
            do={"type": "string", "enum": ["seat", "withdraw", "renew", "remove", "add"]},
            person=TEXT,
            **dict.fromkeys(("first", "last", "structure", "role", "territory"), TEXT),
        ),
    ),
    ("registration.table", "GET"): Said("text/csv", "console or reception", asks=_LANG),
    ("desks.sheets", "GET"): Said("application/pdf", "console or scribe", asks={"step": TEXT} | _LANG),
    ("desks.own", "GET"): Said("application/pdf", "console or scribe", asks=_LANG),
    ("documents.restitution", "GET"): Said(DOCUMENT, "shelf or console", asks=_LANG),
    ("documents.part", "GET"): Said(DOCUMENT, "shelf or console", asks=_LANG),
    ("documents.data", "GET"): Said(
        thing(
            step=TEXT,
            kind=TEXT,
            title=TEXT,
            language=TEXT,
            tables={"type": "object", "additionalProperties": thing(columns=listed(ANYTHING), rows=listed(ANYTHING))},
        ),
        "shelf or console",
        asks=_LANG,
    ),
    ("documents.table", "GET"): Said("text/csv", "shelf or console", asks={"table": TEXT} | _LANG),
    ("documents.pack", "GET"): Said(
        thing(state={"type": "string", "enum": ["", "running", "ready", "failed"]}, done=WHOLE, of=WHOLE, file=TEXT, changed=FLAG),
        "shelf or console",
        asks=_LANG,
    ),
    ("documents.make_pack", "POST"): Said(thing(state=TEXT), "shelf or console", asks=_LANG),
    ("documents.pack_file", "GET"): Said("application/zip", "shelf or console", asks=_LANG),
    ("capitalisation.letter", "GET"): Said(DOCUMENT, "shelf or console", asks={"step": TEXT} | _LANG),
    ("capitalisation.sheets", "GET"): Said(DOCUMENT, "shelf or console", asks=_LANG),
    ("capitalisation.sheet", "GET"): Said(DOCUMENT, "shelf or console", asks=_LANG),
    ("capitalisation.complete", "POST"): Said(
        SEQ,
        "an editor's",
        sent("text", text={"type": "object", "additionalProperties": TEXT}, base={"type": "object", "additionalProperties": WHOLE}),
    ),
    ("capitalisation.create", "POST"): Said(
        thing(code=OF_A_DAY, seq=WHOLE),
        "an editor's",
        sent("title", "language", "sessions", id=UUID, title=TEXT, language=LANGUAGE, sessions=listed(UUID)),
    ),
    ("capitalisation.choose", "POST"): Said(
        SEQ, "an editor's", sent("title", "language", "sessions", title=TEXT, language=LANGUAGE, sessions=listed(UUID))
    ),
    ("shelf.over_all", "GET"): Said(DOCUMENT, "a reader's", asks=_LANG),
    ("shelf.export", "GET"): Said("application/zip", "an editor's"),
    ("shelf.import_", "POST"): Said(
        thing(code=OF_A_DAY, title=TEXT, added=WHOLE), "an editor's", ("application/zip", "multipart/form-data")
    ),
    ("search.page", "GET"): Said(
        thing(query=TEXT, count=WHOLE, sessions=WHOLE, page=WHOLE, pages=WHOLE, behind=WHOLE, found=listed(ANYTHING)),
        "a reader's",
        asks={"q": TEXT, "series": TEXT, "year": TEXT, "kind": TEXT, "in": TEXT, "page": WHOLE},
    ),
    ("edition.act", "POST"): Said(thing("own", seq=WHOLE, html=TEXT, own=TEXT), "console, or an editor's", EDITION),
    ("edition.state", "GET"): Said(thing(seq=WHOLE, said=listed(ANYTHING)), "console, or an editor's", asks={"since": WHOLE}),
    ("publishing.change", "POST"): Said(
        ANYTHING,
        "an editor's",
        sent(
            "do",
            do={
                "type": "string",
                "enum": ["publish", "link", "revoke", "public", "reopen", "approve", "refuse", "hide", "withhold", "restore"],
            },
            id=UUID,
            formats=listed({"type": "string", "enum": ["pdf", "docx", "odt", "md"]}),
            language=LANGUAGE,
            label=TEXT,
            link=TEXT,
            on=TEXT,
            content=ANYTHING,
        ),
    ),
    ("publishing.folder", "GET"): Said("application/zip", "an editor's"),
    ("accesses.table", "GET"): Said("text/csv", "an administrator's", asks=_LANG),
    ("accounts.sign_in", "POST"): Said(thing(role=TEXT), takes=sent("name", "password", name=TEXT, password=TEXT)),
    ("accounts.sign_out", "POST"): Said(thing()),
    ("accounts.change", "POST"): Said(
        thing("invitation", account=TEXT, invitation=TEXT),
        "an administrator's",
        sent(
            "do",
            do={"type": "string", "enum": ["invite", "again", "grant", "close"]},
            account=TEXT,
            name=TEXT,
            role={"type": "string", "enum": ["reader", "editor", "administrator"]},
        ),
    ),
}
"""(endpoint, method) → what travels."""

PAGES = frozenset(
    f"{room}.{name}"
    for room, names in {
        "accesses": "page",
        "accounts": "accept invitation_page page sign_in_page",
        "capitalisation": "completing experiences one page",
        "console": "page",
        "desks": "page",
        "edition": "history page preview",
        "files": "waiting",
        "house": "change colours page picture sample",
        "join": "code page",
        "mydata": "notice page",
        "participant": "page",
        "prepare": "begin edit page preview run_sheet_pdf shelf",
        "privacy": "accessibility change file page",
        "publishing": "page private public",
        "ready": "arrive page",
        "reception": "correct forget incoming page person read",
        "registration": "page registrations",
        "shelf": "page",
        "signing": "page",
        "team": "dismiss invite page",
        "wall": "page",
    }.items()
    for name in names.split()
) | {"static", "icon"}
"""What people look at in a browser, its forms and its files."""


def act_schema(kinds: Kinds) -> Schema:
    """An act, with every verb that a day may know."""
    own = {verb for kind in kinds.values() for verb in kind.verbs}
    verbs = own | CONSOLE_VERBS | EDITION_VERBS | NOTES_VERBS | PHOTO_VERBS | {"introduce", "welcome", "posts", "erase"}
    more = {"on": TEXT, "for": TEXT, "base": WHOLE, "seen": WHOLE}
    return sent("id", "do", id=UUID, do={"type": "string", "enum": sorted(verbs)}, activity=TEXT, content=ANYTHING, **more)


def described(app: Flask, kinds: Kinds) -> dict[str, Any]:
    """The whole description, of the routes that this server has."""
    paths: dict[str, Any] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if said := DESCRIBED.get((rule.endpoint, method)):
                told = (app.view_functions[rule.endpoint].__doc__ or "").strip().partition("\n")[0]
                paths.setdefault(_path(rule), {})[method.lower()] = _operation(rule, method, said, told, kinds)
    info = {"title": "facilitate", "version": __version__, "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"}}
    scheme = {"key": {"type": "http", "scheme": "bearer", "description": "Whose key an address asks for, its description says."}}
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": {"securitySchemes": scheme}}


def _path(rule: Rule) -> str:
    return "".join(f"{{{part}}}" if kind else part for kind, part in _parts(rule))


def _parts(rule: Rule) -> list[tuple[bool, str]]:
    """The address cut at its variable parts: (whether it varies, the text or the name)."""
    parts, rest = [], rule.rule
    while rest:
        fixed, opened, after = rest.partition("<")
        varying, _, rest = after.partition(">")
        parts += [(False, fixed)] * bool(fixed) + [(True, varying.rpartition(":")[2])] * bool(opened)
    return parts


def _operation(rule: Rule, method: str, said: Said, told: str, kinds: Kinds) -> dict[str, Any]:
    answers: dict[str, Any] = {"description": "Done, or what was asked for."}
    if said.answers == DOCUMENT:
        media = {one.media.partition(";")[0] for one in FORMATS.values()} | {"text/plain", "application/json"}
        answers["content"] = {one: {} for one in sorted(media)}
    elif isinstance(said.answers, str) and said.answers != _NONE:
        answers["content"] = {said.answers: {}}
    elif not isinstance(said.answers, str):
        answers["content"] = {"application/json": {"schema": said.answers}}
    no = {"application/json": {"schema": {"anyOf": [REFUSED, LATER]}}}
    made: dict[str, Any] = {
        "operationId": f"{rule.endpoint}.{method.lower()}",
        "summary": told,
        "description": f"Key: {said.key}." if said.key else "No key.",
        "security": [{"key": []}] if said.key else [],
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": _part(rule, name)} for varies, name in _parts(rule) if varies
        ]
        + [{"name": name, "in": "query", "schema": schema} for name, schema in said.asks.items()],
        "responses": {
            str(said.status): answers,
            "4XX": {"description": "Refused for good: nothing was changed.", "content": no},
            "429": {"description": "Not now.", "content": no},
            "503": {"description": "Not now.", "content": no},
        },
    }
    if (rule.endpoint, method) == ("edition.state", "GET"):
        made["responses"]["304"] = {"description": "Nothing was said since."}
    takes = act_schema(kinds) if rule.endpoint == "participant.act" else said.takes
    if isinstance(takes, tuple):
        files = {"schema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}}
        made["requestBody"] = {"content": {media: files if media == "multipart/form-data" else {} for media in takes}}
    elif takes is not None:
        made["requestBody"] = {"required": True, "content": {"application/json": {"schema": takes}}}
    return made


def _part(rule: Rule, name: str) -> Schema:
    """What stands in one part of an address: one of the words that the route names, a format, a day's code, or a text."""
    converter = rule._converters[name]
    if isinstance(converter, AnyConverter):
        return {"type": "string", "enum": sorted(converter.items)}
    if name == "format":
        return {"type": "string", "enum": list(FORMATS)}
    return OF_A_DAY if name == "code" else TEXT


@openapi.get("/openapi.json")
def described_here() -> Response:
    """This description."""
    return as_json(described(current_app, workshop().kinds))
