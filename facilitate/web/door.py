"""Owns the door of every HTTP request: which session, whose key, which language, from where; and how an answer is given back."""

import gzip
import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, NoReturn, ParamSpec, Protocol, TypeVar
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import brotli
from flask import Blueprint, Response, abort, current_app, g, redirect, request
from gevent import get_hub
from werkzeug.exceptions import HTTPException

from facilitate.accounts import Accounts, allows
from facilitate.core.entry import Audience, Caller, Refused
from facilitate.core.state import SessionState
from facilitate.core.words import N_
from facilitate.journal import Damaged, Unavailable
from facilitate.language import LANGUAGES, Language
from facilitate.live import Live, keys_held
from facilitate.render import Screens
from facilitate.workshop import Answer, Later, Session, Workshop

door = Blueprint("door", __name__)

P = ParamSpec("P")
T = TypeVar("T")

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
CANNOT_SAVE = Later("storage", N_("The room’s computer cannot save just now. Try again in a moment."))
"""For whoever pressed something; a phone keeps what it could not send."""
_OVER_DAYS = frozenset(
    (
        *("edition", "publishing", "capitalisation", "shelf.export"),
        *("documents.restitution", "documents.pack", "documents.make_pack", "documents.pack_file"),
    )
)
"""The pages, and the addresses, that a document over several days has too: in the others nothing but a day stands."""
_MONTH = 30 * 24 * 3600
_SMALL = 600


class Told(Protocol):
    """A session, or what of one is told without opening it."""

    @property
    def state(self) -> SessionState: ...


def workshop() -> Workshop:
    """The workshop behind this server."""
    found: Workshop = current_app.extensions["workshop"]
    return found


def screens() -> Screens:
    """The screens of this server."""
    found: Screens = current_app.extensions["screens"]
    return found


def live() -> Live:
    """Its real-time side."""
    found: Live = current_app.extensions["live"]
    return found


def accounts() -> Accounts:
    """The accounts of this server's staff."""
    found: Accounts = current_app.extensions["accounts"]
    return found


def off_hub(work: Callable[P, T], /, *given: P.args, **named: P.kwargs) -> T:
    """Does in a thread what blocks, or takes longer than a blink: phones are answered meanwhile."""
    done: T = get_hub().threadpool.apply(work, given, named)
    return done


def take_up() -> None:
    """Has this worker go by what the house has just decided, here or at another."""
    with suppress(Unavailable, Damaged):  # then it is taken up in a moment
        current_app.extensions["decided"].look()


def session_of(code: str) -> Session:
    """The session of a code, or a page that says what to check."""
    if (later := live().guessed(code)) and on_shelf() is None:
        stop(later)
    session = workshop().session(code)
    if session is None:
        stop(
            Refused("unknown-session", N_("This code belongs to no day. Check it on the poster: three letters, three digits."), status=404)
        )
    if session.state.collects and request.blueprint not in _OVER_DAYS and request.endpoint not in _OVER_DAYS:
        stop(Refused("over-days", N_("This code is that of a document over several days, not of a day."), status=404))
    g.sheet_language = session.state.language
    return session


def language() -> Language:
    """The reader's: asked for, then kept in a cookie, then their browser's, then the sheet's."""
    browser = request.accept_languages.best_match(LANGUAGES)
    asked = (request.args.get("lang"), request.cookies.get("lang"), browser, g.get("sheet_language"))
    return screens().say(next((one for one in asked if one in LANGUAGES), LANGUAGES[0]))


def language_of(session: Told) -> Language:
    """What is printed or kept as a file speaks the language asked for in its address, else the session's: never that of the browser."""
    asked = request.args.get("lang")
    return screens().say(asked if asked in LANGUAGES else session.state.language)


def cookie_name(audience: str, code: str) -> str:
    """One laptop shows wall, console and phone at once: each has its own."""
    return f"{audience}-{code}"


def _bearer() -> str | None:
    """The key a program carries; None where a browser's cookies speak."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else None


def caller(session: Session, audience: Audience) -> Caller | None:
    """Who asks: the bearer of a key, else this browser's cookie for that audience."""
    key = _bearer()
    if key is not None:
        return session.caller(key)
    person = request.args.get("person", "") if audience == "participant" else ""
    if person:
        # A page of someone who shares this browser: what it asks is theirs, whoever holds it now.
        return session.caller(keys_held(session, request.cookies).get(person, ""))
    found = session.caller(request.cookies.get(cookie_name(audience, session.code), ""))
    if found is None and audience in ("scribe", "notes", "reception"):
        # Whoever drives the day may open every page of its staff.
        found, audience = session.caller(request.cookies.get(cookie_name("console", session.code), "")), "console"
    return found if found and found.audience == audience else None


def staff(session: Session, *audiences: Audience) -> Caller:
    """One of these staff keys, or a refusal."""
    for audience in audiences:
        found = caller(session, audience)
        if found and found.audience in audiences:
            return found
    stop(Refused("not-allowed", N_("This page needs its own link: the one printed when the program started."), status=403))


def driver(session: Session, *audiences: Audience) -> Caller:
    """The same, for what belongs to the whole day: not for whoever drives one of its workshops."""
    found = staff(session, *audiences)
    if found.track:
        stop(Refused("not-allowed", N_("Only whoever drives the whole day can do this."), status=403))
    return found


def office(least: str = "reader") -> Caller:
    """Whoever comes to the shelf, with at least this role: 'reader', 'editor' or 'administrator'. Its own key is an administrator's."""
    found = on_shelf()
    if found is None:
        _sign_in_first()
    role, who = found
    if not allows(role, least):
        text = N_("This needs an editor’s account: yours reads. Ask whoever manages the accounts.")
        if least == "administrator":
            text = N_("This needs an administrator’s account. Ask whoever manages the accounts.")
        stop(Refused("not-allowed", text, status=403))
    return who


def on_shelf() -> tuple[str, Caller] | None:
    """(role, caller) of whoever comes to the shelf: signed in, or with its own key; None for a stranger."""
    if "on_shelf" not in g:
        g.on_shelf = _on_shelf()
    found: tuple[str, Caller] | None = g.on_shelf
    return found


def _on_shelf() -> tuple[str, Caller] | None:
    key = _bearer()
    token = request.cookies.get("staff", "") if key is None else ""
    if found := accounts().signed(token):
        account, due = found
        if due:  # whoever writes may have to wait for another writer: not on the hub
            get_hub().threadpool.spawn(accounts().renew, token)
        return account.role, Caller("shelf", member=f"staff:{account.id}")
    if workshop().shelf(request.cookies.get("shelf", "") if key is None else key):
        return "administrator", Caller("shelf")
    return None


def _sign_in_first() -> NoReturn:
    """A stranger at the shelf: signs in where there are accounts, needs its link where there is none."""
    if not accounts().any():
        stop(Refused("not-allowed", N_("This page needs its own link: the one printed when the program started."), status=403))
    if wants_json():
        answer = refusal(Refused("not-signed-in", N_("Sign in first: this belongs to the staff."), status=401))
        answer.headers["WWW-Authenticate"] = "Bearer"
        abort(answer)
    there = request.full_path.removesuffix("?") if request.method == "GET" else "/shelf"
    abort(go(f"/shelf/signin?{urlencode({'next': there})}"))


def reader_of(session: Session) -> Caller:
    """Whoever may read the documents of this day: from the shelf, or who drives the whole day."""
    found = on_shelf()
    if found is not None:
        return found[1]
    if caller(session, "shelf") is None and caller(session, "console") is None:
        _sign_in_first()
    return driver(session, "shelf", "console")


def take_key(session: Session, audience: Audience) -> Response | None:
    """A printed address carries a key: it becomes a cookie, and the address loses it."""
    key = request.args.get("key")
    if key is None:
        return None
    found = session.caller(key)
    if found is None or found.audience != audience:
        stop(Refused("not-allowed", N_("This page needs its own link: the one printed when the program started."), status=403))
    response = go(request.path)
    give_key(response, session, audience, key)
    return response


def give_key(response: Response, session: Session, audience: str, key: str) -> None:
    """Leaves a key with this browser."""
    keep(response, cookie_name(audience, session.code), key)


def keep(response: Response, name: str, key: str, seconds: int = _MONTH) -> None:
    """A cookie that no script reads."""
    response.set_cookie(name, key, max_age=seconds, httponly=True, samesite="Lax", secure=secure(), path="/")


def secure() -> bool:
    """Whether the browser came by HTTPS, here or as far as the proxy that this server was told to believe."""
    return request.is_secure


def go(address: str) -> Response:
    """303: the answer to a form is a page of its own."""
    response: Response = redirect(address, 303, Response)  # type: ignore[assignment]
    response.set_data(b"")  # which no browser shows, and every phone would pay
    return response


def wants_json() -> bool:
    """A program, or a script of ours: anything but a browser that shows pages."""
    return request.is_json or "text/html" not in request.headers.get("Accept", "")


def body() -> Mapping[str, Any] | None:
    """The request's JSON object, or its form's fields nested; None when it is neither. Never raises."""
    if request.is_json:
        try:
            raw = request.get_data(cache=False)
            data = json.loads(raw, parse_constant=_no_such_number)
            if b"\\ud" in raw.lower():
                # Half of a sign, as of an emoji that was cut in two, is in no text that can be kept.
                data = json.loads(json.dumps(data, ensure_ascii=False).encode(errors="ignore"))
        except (ValueError, RecursionError):
            return None
        return data if isinstance(data, dict) else None
    return nested(request.form.items(multi=True))


def _no_such_number(name: str) -> NoReturn:
    raise ValueError(name)


def nested(fields: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """A form's fields as JSON: 'content.dots.a' = '2' → {'content': {'dots': {'a': '2'}}}; a name ending in '[]' makes a list."""
    tree: dict[str, Any] = {}
    for name, value in fields:
        *path, last = name.split(".")[:6]
        place = tree
        for part in path:
            below = place.setdefault(part, {})
            place = below if isinstance(below, dict) else {}
        if last.endswith("[]"):
            kept = place.setdefault(last[:-2], [])
            if isinstance(kept, list):
                kept.append(value)
        else:
            place[last] = value
    return tree


def refusal(answer: Refused | Later) -> Response:
    """A refusal as JSON: for good ('refused'), or for now ('later')."""
    text = words(answer)
    if isinstance(answer, Later):
        response = as_json({"later": text, "code": answer.code}, answer.status)
        response.headers["Retry-After"] = str(answer.seconds)
        return response
    return as_json({"refused": text, "code": answer.code} | ({"field": answer.field} if answer.field else {}), answer.status)


def words(answer: Refused | Later) -> str:
    """Why, in the reader's language."""
    return language().refusal(Refused(answer.code, answer.text, answer.values, plural=getattr(answer, "plural", "")))


def as_json(data: Any, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(json.dumps(data, ensure_ascii=False), status, mimetype="application/json")


def as_page(html: str, status: int = 200) -> Response:
    """A page."""
    return Response(html, status, mimetype="text/html")


def as_file(data: bytes, media: str, name: str, *, shown: bool = False) -> Response:
    """A file that a browser keeps, or shows. Its name holds codes and titles, nobody's name."""
    response = Response(data, content_type=media)
    response.headers["Content-Disposition"] = f'{"inline" if shown else "attachment"}; filename="{name}"'
    return response


def wearing(response: Response, hashes: str) -> Response:
    """A page that brings its own styles: those of these hashes, and no other."""
    response.headers["Content-Security-Policy"] = CSP.replace("style-src 'self'", f"style-src {hashes}")
    return response


def message(answer: Refused | Later) -> Response:
    """A page that says what happened and what to do."""
    say = language().say
    titles = {403: N_("This page has its own link"), 404: N_("There is nothing here"), 409: N_("Not possible now")}
    title = titles.get(answer.status, N_("Not done") if answer.status < 500 else N_("Something went wrong"))
    return told(say(title), words(answer), answer.status)


def told(title: str, what: str, status: int = 200) -> Response:
    """A page of one message, with the way back to the code."""
    link = {"href": "/", "label": language().say(N_("Type the code of a day"))}
    return as_page(screens().page("message.html", language().name, title=title, what=what, safe="", todo="", link=link), status)


def stop(answer: Refused | Later) -> NoReturn:
    """Ends the request with a refusal, as JSON or as a page."""
    abort(refusal(answer) if wants_json() else message(answer))


def acknowledge(answer: Answer) -> Response | None:
    """What a program is told of its act; None for a browser's form, which gets a page."""
    if not wants_json():
        return None
    return as_json({"seq": answer}) if isinstance(answer, int) else refusal(answer)


def new_id() -> str:
    """For acts that a page makes itself."""
    return str(uuid4())


@door.before_app_request
def same_origin() -> None:
    """Against forgery: what changes something comes from a page of ours, or carries a key itself."""
    if request.method in ("GET", "HEAD", "OPTIONS") or _bearer() is not None:
        return
    origin = request.headers.get("Origin")
    # Without one, an old browser's form is ours: from elsewhere it would bring no cookie (SameSite). A recent one says where it comes from.
    fetched = request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none")
    parts = urlsplit(origin or "")
    if fetched if origin is None else parts.netloc != request.host or (secure() and parts.scheme != "https"):
        stop(Refused("foreign-origin", N_("This request comes from another site: nothing was changed."), status=403))


@door.after_app_request
def finish(response: Response) -> Response:
    """Headers that every answer carries, and packing for what is worth it."""
    headers = response.headers
    headers["X-Content-Type-Options"] = "nosniff"
    # A policy binds the page: a phone on a poor line is spared it with each style and script.
    if response.mimetype not in ("text/css", "text/javascript"):
        # Safari before 16 does not take 'self' for WebSockets: https://bugs.webkit.org/show_bug.cgi?id=201591
        sockets = f"connect-src 'self' {'wss' if secure() else 'ws'}://{request.host}"
        headers.setdefault("Content-Security-Policy", CSP.replace("connect-src 'self'", sockets))
        headers.setdefault("Referrer-Policy", "same-origin")
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if response.mimetype == "text/html":
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    if secure():
        # Over plain HTTP a browser hears neither, and says so in its console.
        headers["Strict-Transport-Security"] = "max-age=31536000"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers.setdefault("Cache-Control", "no-store")
    asked = request.args.get("lang")
    if asked in LANGUAGES and response.mimetype == "text/html":
        keep(response, "lang", asked, 12 * _MONTH)
    return _packed(response)


def _packed(response: Response) -> Response:
    if (
        response.direct_passthrough
        or response.headers.get("Content-Encoding")
        or not (response.mimetype or "").startswith(("text/", "application/json"))
    ):
        return response
    data = response.get_data()
    accepted = request.headers.get("Accept-Encoding", "")
    response.headers.add("Vary", "Accept-Encoding")
    if len(data) > _SMALL and "br" in accepted:
        response.set_data(brotli.compress(data, quality=4))
        response.headers["Content-Encoding"] = "br"
    elif len(data) > _SMALL and "gzip" in accepted:
        response.set_data(gzip.compress(data, 5))
        response.headers["Content-Encoding"] = "gzip"
    return response


@door.app_errorhandler(HTTPException)
def http_error(error: HTTPException) -> Response:
    """Werkzeug's own refusals, in words."""
    if isinstance(error.response, Response):
        return error.response
    known = {
        404: Refused("not-found", N_("There is nothing at this address. Scan the code again, or type it."), status=404),
        405: Refused("not-found", N_("There is nothing at this address. Scan the code again, or type it."), status=405),
        413: Refused("too-large", N_("This is too large to be sent. Shorten it: what you wrote is still on your screen."), status=413),
    }
    status = error.code or 500
    answer = known.get(status) or Refused("malformed", N_("This message could not be read. Nothing was changed."), status=status)
    return refusal(answer) if wants_json() else message(answer)


@door.app_errorhandler(Unavailable)
def unavailable(error: Unavailable) -> Response:
    """The database cannot be asked now."""
    current_app.logger.error("%s could not be answered: %s", request.url_rule, error)
    return refusal(CANNOT_SAVE) if wants_json() else message(CANNOT_SAVE)


@door.app_errorhandler(Exception)
def defect(error: Exception) -> Response:
    """A defect of ours: logged with its trace, told without it."""
    # Not the address itself: that of an invitation or of a private link is a key.
    current_app.logger.exception("%s could not be answered", request.url_rule)
    answer = Later(
        "broken", N_("Something went wrong on the room’s computer. Your text is kept; tell the facilitators if it stays."), 10, 500
    )
    return refusal(answer) if wants_json() else message(answer)
