"""Owns the pages of the staff's accounts: signing in and out, the invitation that sets a password, and who has an account."""

import re
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Blueprint, Response, request
from gevent.lock import BoundedSemaphore

from facilitate.accounts import LEAST, LONGEST, ROLES, Account, no_invitation
from facilitate.core.entry import Refused
from facilitate.core.words import N_
from facilitate.journal import Unavailable
from facilitate.web import door
from facilitate.web.door import (
    CANNOT_SAVE,
    as_json,
    as_page,
    body,
    go,
    keep,
    language,
    off_hub,
    office,
    refusal,
    screens,
    stop,
    wants_json,
    words,
    workshop,
)
from facilitate.workshop import Later

accounts = Blueprint("accounts", __name__, url_prefix="/shelf")

T = TypeVar("T")

_HASHING = BoundedSemaphore()  # one at a time: it takes a processor and 64 MB
_MOST_WAITING = 30
_waiting = 0
_OWN = re.compile(r"/(?![/\\])[^\\\x00-\x20]*")


def _thought(asked: Callable[..., T], *given: str) -> T | Later:
    """What takes a hash, in a thread and in its turn: phones are served meanwhile."""
    global _waiting
    if _waiting >= _MOST_WAITING:
        return Later("busy", N_("Many people sign in at once. Try again in a moment."), 5, 429)
    _waiting += 1
    try:
        with _HASHING:
            return off_hub(asked, *given)
    except Unavailable:
        return CANNOT_SAVE
    finally:
        _waiting -= 1


def _stored(asked: Callable[..., T], *given: str) -> T:
    """What only writes: behind what the days write, off the hub."""
    try:
        return workshop().writer.apply(asked, given)
    except Unavailable:
        stop(CANNOT_SAVE)


def _text(sent: Any, name: str) -> str:
    value = (sent or {}).get(name, "")
    return value if isinstance(value, str) else ""


def own_page(address: str) -> str:
    """Where one goes on after signing in: a page of this server, else the shelf."""
    return address if len(address) < 2000 and _OWN.fullmatch(address) else "/shelf"


@accounts.get("/signin")
def sign_in_page() -> Response:
    """Name and password; ``?next=`` where one was going."""
    return _asked(request.args.get("next", ""))


@accounts.post("/signin")
def sign_in() -> Response:
    """{"name", "password", "next"}: a cookie, and on to where one was going."""
    sent = body()
    name, there = _text(sent, "name"), _text(sent, "next")
    answer = _thought(door.accounts().sign_in, name, _text(sent, "password"))
    if not isinstance(answer, str):
        return refusal(answer) if wants_json() else _asked(there, name, words(answer), answer.status)
    return _in(answer, there)


def _in(token: str, there: str = "") -> Response:
    """The answer to whoever has just signed in."""
    found = door.accounts().signed(token)
    response = as_json({"role": found[0].role if found else ""}) if wants_json() else go(own_page(there))
    keep(response, "staff", token, int(LONGEST.total_seconds()))
    return response


def _asked(there: str, name: str = "", refused: str = "", status: int = 200) -> Response:
    facts = {"next": own_page(there), "name": name[:80], "refused": refused, "known": door.accounts().any()}
    return as_page(screens().page("accounts/signin.html", language().name, **facts), status)


@accounts.post("/signout")
def sign_out() -> Response:
    """Ends this sign-in, and takes the shelf's key from this browser: whoever comes next is a stranger."""
    if token := request.cookies.get("staff", ""):
        _stored(door.accounts().sign_out, token)
    response = as_json({}) if wants_json() else go("/shelf/signin")
    for name in ("staff", "shelf"):
        response.delete_cookie(name, path="/", httponly=True, samesite="Lax", secure=door.secure())
    return response


@accounts.get("/invitation/<token>")
def invitation_page(token: str) -> Response:
    """Chooses a password, once."""
    return _invitation(token)


@accounts.post("/invitation/<token>")
def accept(token: str) -> Response:
    """{"password", "again"}: the account is theirs, and they are signed in."""
    sent = body()
    password, again = _text(sent, "password"), _text(sent, "again")
    if not wants_json() and password != again:
        text = N_("The two passwords differ. Type the same one twice.")
        return _invitation(token, Refused("password-twice", text, field="again"))
    answer = _thought(door.accounts().accept, token, password)
    if isinstance(answer, str):
        return _in(answer)
    return refusal(answer) if wants_json() else _invitation(token, answer)


def _invitation(token: str, answer: Refused | Later | None = None) -> Response:
    account = door.accounts().invited(token)
    if account is None:
        stop(no_invitation())
    html = screens().page(
        "accounts/invitation.html",
        language().name,
        account=account,
        role=ROLES[account.role],
        least=LEAST,
        refused=words(answer) if answer else "",
        field=getattr(answer, "field", ""),
    )
    return as_page(html, answer.status if answer else 200)


@accounts.get("/accounts")
def page() -> Response:
    """Everyone who has an account."""
    office("administrator")
    return _listed()


@accounts.post("/accounts")
def change() -> Response:
    """One gesture: {"do": "invite", "name", "role"}; "again", "grant" with a role, "close", upon an "account"."""
    who, sent = office("administrator"), body()
    do, id, name, role = (_text(sent, one) for one in ("do", "account", "name", "role"))
    known = door.accounts()
    match do:
        case "invite":
            answer: Any = _stored(known.invite, name, role)
        case "again":
            answer = _stored(known.again, id)
        case "grant":
            answer = _stored(known.grant, id, role)
        case "close":
            answer = _stored(known.shut, id)
        case _:
            answer = Refused("malformed", N_("This message could not be read. Nothing was changed."), status=400)
    if isinstance(answer, Refused):
        return refusal(answer) if wants_json() else _listed(words(answer), {"name": name, "role": role}, answer.status)
    if isinstance(answer, tuple):
        account, token = answer
        address = f"{_origin()}/shelf/invitation/{token}"
        return as_json({"account": account.id, "invitation": address}) if wants_json() else _listed(made=account, address=address)
    if wants_json():
        return as_json({"account": answer.id})
    return go("/shelf/accounts" if who.member != f"staff:{id}" or do != "close" else "/shelf/signin")


def _origin() -> str:
    """How the one who is invited reaches this server: as whoever asks does, unless that is only from this very computer."""
    here = "https" if door.secure() else "http"
    alone = urlsplit(f"//{request.host}").hostname in ("localhost", "127.0.0.1", "::1")
    return screens().entrance.origin if alone else f"{here}://{request.host}"


def _listed(
    refused: str = "", typed: dict[str, str] | None = None, status: int = 200, made: Account | None = None, address: str = ""
) -> Response:
    say, now = language().say, workshop().clock()
    who = door.on_shelf()
    rows: list[dict[str, Any]] = [
        {
            "account": one,
            "does": say(ROLES[one.role]),
            "invited": bool(one.invitation) and one.until > now,
            "until": one.until[:10],
            "own": who is not None and who[1].member == f"staff:{one.id}",
        }
        for one in door.accounts().all()
    ]
    html = screens().page(
        "accounts/list.html",
        language().name,
        rows=[one for one in rows if not one["account"].closed],
        closed=[one for one in rows if one["account"].closed],
        roles=[(role, say(label)) for role, label in ROLES.items()],
        made=made,
        address=address,
        typed=typed or {},
        refused=refused,
    )
    return as_page(html, status)
