"""Owns the accounts of the staff: who comes to the shelf, with which role, by what invitation and password, and until when.

Of a password only its argon2 hash is kept; of an invitation and of a sign-in only their SHA-256. Every call blocks and may come from any
thread; those that take a password think for a while (some 0.2 s of one processor, 64 MB): never on the hub. Any of them may raise
``Unavailable``.
"""

import hmac
import json
import secrets
import threading
import unicodedata
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

import sqlalchemy as db
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.engine import Connection

from facilitate.core.contribution import Field, read_fields
from facilitate.core.entry import Refused
from facilitate.core.reading import fold as folded
from facilitate.core.words import N_
from facilitate.journal import Journal, canonical
from facilitate.migrations import accounts, settings, signins
from facilitate.workshop import Later, hash_key

ROLES: Mapping[str, str] = {"reader": N_("Reader"), "editor": N_("Editor"), "administrator": N_("Administrator")}
"""From the least to the most: each may do what those before may."""

LEAST, MOST = 12, 200
"""How long a password is. With the waits below, twelve characters of any sort are worth more than the 50 bits that the CNIL asks of a
password whose tries are limited: délibération no. 2022-100 of 21 July 2022. No rule of composition: ANSSI, guide
« Recommandations relatives à l'authentification multifacteur et aux mots de passe », 2021."""

INVITED = timedelta(days=7)
IDLE, LONGEST = timedelta(hours=12), timedelta(days=7)
"""A sign-in ends twelve hours after it last served, and seven days after it began in any case."""
_FRESH = timedelta(minutes=15)  # it is not written down at each page

FREE, FIRST_WAIT, LAST_WAIT, FORGOTTEN = 5, timedelta(minutes=1), timedelta(hours=2), timedelta(days=1)
"""Five wrong passwords cost nothing; then one waits a minute, two, four… two hours: some twenty tries a day, whoever asks from wherever."""
_MOST_NAMES = 10_000

_NAME = (Field("name", N_("Name"), 80, required=True),)
_USUAL = ("motdepasse", "password", "azertyuiop", "qwertyuiop", "qwertzuiop", "1234567890", "0987654321", "123456789", "facilitate")


@dataclass(frozen=True, slots=True)
class Account:
    """Someone of the staff. ``made`` and ``closed`` are instants; ``invitation`` the hash of the link that sets the password, until
    ``until``; ``password`` its hash, '' until it is set."""

    id: str
    name: str
    role: str
    made: str
    closed: str = ""
    password: str = ""
    invitation: str = ""
    until: str = ""

    def __repr__(self) -> str:
        return f"Account({self.id!r})"  # no hash in a log

    @property
    def open(self) -> bool:
        """Whether one signs in with it."""
        return bool(self.password) and not self.closed


def allows(role: str, least: str) -> bool:
    """Whether a role may do what ``least`` may."""
    order = list(ROLES)
    return role in order and order.index(role) >= order.index(least)


def refused_password(password: str, name: str) -> Refused | None:
    """Why this is no password for an account of that name: too short, too long, or one of those that are tried first."""
    if not LEAST <= len(password) <= MOST:
        text = N_("A password has %(least)s to %(most)s characters: a few words put together do very well.")
        return Refused("password-length", text, {"least": LEAST, "most": MOST}, field="password")
    left = folded(password).replace(" ", "")
    for usual in (*_USUAL, folded(name).replace(" ", "")):
        left = left.replace(usual, "") if len(usual) > 3 else left
    plain = folded(password).replace(" ", "")
    if len(set(password)) < 5 or (left != plain and len(left) < 6):
        return Refused("password-easy", N_("This password is among the first that one would try. Choose another one."), field="password")
    return None


class Accounts:
    """The accounts of one journal. ``clock`` gives the present instant, as entries write it."""

    def __init__(self, journal: Journal, clock: Callable[[], str], hasher: PasswordHasher | None = None) -> None:
        self.journal, self.clock = journal, clock
        # RFC 9106, section 4: the second recommended option, on one lane. The others would take the processor from the phones.
        self._hasher = hasher or PasswordHasher(time_cost=3, memory_cost=65536, parallelism=1)
        self._wrong: dict[str, tuple[int, datetime]] = {}
        self._guard = threading.Lock()

    # Who is who

    def all(self) -> list[Account]:
        """By name."""
        with self.journal.link() as link:
            return self._read(link)

    def any(self) -> bool:
        """Whether there is anyone to sign in."""
        with self.journal.link() as link:
            return link.scalar(db.select(accounts.c.id).limit(1)) is not None

    # An administrator's gestures

    def invite(self, name: str, role: str) -> tuple[Account, str] | Refused:
        """A new account, and the token of its invitation; one that was closed under this name opens again."""
        said = read_fields(_NAME, {"name": " ".join(name.split())})
        if isinstance(said, Refused):
            return said
        if role not in ROLES:
            return _no_role()
        with self._alone() as link:
            now, found = self.clock(), self._named(link, said["name"])
            if found is not None and not found.closed:
                text = N_("There is already an account of this name. Choose another, or give that one a new link below.")
                return Refused("name-taken", text, status=409, field="name")
            account = replace(found, role=role, closed="") if found else Account(str(uuid.uuid4()), said["name"], role, now)
            return self._invited(link, account)

    def again(self, id: str) -> tuple[Account, str] | Refused:
        """Another invitation, as for a forgotten password: the one before opens nothing any more, the password stays until it is used."""
        with self._alone() as link:
            found = self._by_id(link, id)
            if found is None or found.closed:
                return _no_account()
            return self._invited(link, found)

    def grant(self, id: str, role: str) -> Account | Refused:
        """Changes what an account may do."""
        with self._alone() as link:
            found = self._by_id(link, id)
            if found is None or found.closed:
                return _no_account()
            if role not in ROLES:
                return _no_role()
            if role != "administrator" and self._last(link, found):
                return _last_one()
            return self._keep(link, replace(found, role=role))

    def shut(self, id: str) -> Account | Refused:
        """Closes an account: its sign-ins, its password and its invitation end with it. What it did stays."""
        with self._alone() as link:
            found = self._by_id(link, id)
            if found is None:
                return _no_account()
            if self._last(link, found):
                return _last_one()
            link.execute(db.delete(signins).where(signins.c.account == id))
            return self._keep(link, replace(found, closed=found.closed or self.clock(), password="", invitation="", until=""))

    # An invitation

    def invited(self, token: str) -> Account | None:
        """Whose invitation this is, while it can be used."""
        with self.journal.link() as link:
            return self._by_invitation(link, token)

    def accept(self, token: str, password: str) -> str | Refused:
        """Sets the password with an invitation, once, ends the account's other sign-ins, and signs in: the token of it."""
        account = self.invited(token)
        if account is None:
            return no_invitation()
        if why := refused_password(_typed(password), account.name):
            return why
        made = self._hasher.hash(_bytes(password))
        with self._alone() as link:
            account = self._by_invitation(link, token)
            if account is None:
                return no_invitation()
            self._keep(link, replace(account, password=made, invitation="", until=""))
            link.execute(db.delete(signins).where(signins.c.account == account.id))
            return self._begin(link, account)

    # Signing in

    def sign_in(self, name: str, password: str) -> str | Refused | Later:
        """The token of a new sign-in. A name nobody has, an account closed and a wrong password are answered alike, in the same time."""
        known = {_mark(one): one for one in self.all()}
        key = next((mark for mark, one in known.items() if _key(one.name) == _key(name)), _key(name))
        if wait := self._tried(key, known.keys()):
            text = N_("Too many wrong passwords for this name. Try again in %(count)s minutes, or ask an administrator for a new link.")
            one = N_("Too many wrong passwords for this name. Try again in %(count)s minute, or ask an administrator for a new link.")
            minutes = -(-wait // 60)
            return Later("guesses", text if minutes > 1 else one, wait, 429, {"count": minutes})
        account = known[key] if key in known and known[key].open else None
        if not self._is(account.password if account else self._nobody, password) or account is None:
            return Refused("wrong-password", N_("This name and this password do not go together."), status=403, field="password")
        self._forgive(key)
        with self._alone() as link:
            current = self._by_id(link, account.id)
            if current is None or current.password != account.password:  # closed, or set anew, meanwhile
                return Refused("wrong-password", N_("This name and this password do not go together."), status=403, field="password")
            if self._hasher.check_needs_rehash(current.password):
                self._keep(link, replace(current, password=self._hasher.hash(_bytes(password))))
            return self._begin(link, current)

    def signed(self, token: str) -> tuple[Account, bool] | None:
        """(who is signed in with this token, whether ``renew`` is due); None for nobody."""
        if not token or len(token) > 200:
            return None
        query = db.select(signins.c.until, accounts.c.id, accounts.c.facts).join(accounts, accounts.c.id == signins.c.account)
        with self.journal.link() as link:
            row = link.execute(query.where(signins.c.hash == hash_key(token))).one_or_none()
        if row is None or row.until <= self.clock():
            return None
        account = _read(row.id, row.facts)
        return None if account.closed else (account, self._until(token) > _instant(datetime.fromisoformat(row.until) + _FRESH))

    def renew(self, token: str) -> None:
        """It has served: it lasts as long again, up to its end."""
        with self.journal.link() as link:
            link.execute(db.update(signins).where(signins.c.hash == hash_key(token)).values(until=self._until(token)))

    def sign_out(self, token: str) -> None:
        """Ends a sign-in."""
        with self.journal.link() as link:
            link.execute(db.delete(signins).where(signins.c.hash == hash_key(token)))

    # Within

    @contextmanager
    def _alone(self) -> Iterator[Connection]:
        """One change at a time, whoever makes it: what is seen in it is still true when it is stored."""
        self.journal.keep_setting("accounts", "")
        with self.journal.link() as link:
            link.execute(db.update(settings).where(settings.c.name == "accounts").values(value=settings.c.value))
            yield link

    def _read(self, link: Connection) -> list[Account]:
        rows = link.execute(db.select(accounts.c.id, accounts.c.facts)).all()
        return sorted((_read(row.id, row.facts) for row in rows), key=lambda one: (_key(one.name), one.id))

    def _by_id(self, link: Connection, id: str) -> Account | None:
        facts = link.scalar(db.select(accounts.c.facts).where(accounts.c.id == id))
        return None if facts is None else _read(id, facts)

    def _named(self, link: Connection, name: str) -> Account | None:
        return next((one for one in self._read(link) if _key(one.name) == _key(name)), None)

    def _by_invitation(self, link: Connection, token: str) -> Account | None:
        given, now = hash_key(token), self.clock()
        found = [one for one in self._read(link) if hmac.compare_digest(one.invitation, given) and not one.closed and one.until > now]
        return found[0] if found else None

    def _last(self, link: Connection, account: Account) -> bool:
        """Whether no other administrator could sign in."""
        ones = [one.id for one in self._read(link) if one.open and one.role == "administrator"]
        return ones == [account.id]

    def _keep(self, link: Connection, account: Account) -> Account:
        facts = asdict(account)
        id = facts.pop("id")
        known = link.execute(db.update(accounts).where(accounts.c.id == id).values(facts=canonical(facts))).rowcount
        if not known:
            link.execute(db.insert(accounts), {"id": id, "facts": canonical(facts)})
        return account

    def _invited(self, link: Connection, account: Account) -> tuple[Account, str]:
        token = secrets.token_urlsafe(16)
        until = _instant(datetime.fromisoformat(self.clock()) + INVITED)
        return self._keep(link, replace(account, invitation=hash_key(token), until=until)), token

    def _begin(self, link: Connection, account: Account) -> str:
        """The token says when it began: nobody can change that, for it is known by its hash."""
        now = self.clock()
        link.execute(db.delete(signins).where(signins.c.until <= now))
        token = f"{secrets.token_urlsafe(16)}.{int(datetime.fromisoformat(now).timestamp())}"
        link.execute(db.insert(signins), {"hash": hash_key(token), "account": account.id, "until": self._until(token)})
        return token

    def _until(self, token: str) -> str:
        now = datetime.fromisoformat(self.clock())
        began = datetime.fromtimestamp(int(token.rpartition(".")[2]), now.tzinfo)
        return _instant(min(now + IDLE, began + LONGEST))

    def _is(self, hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(hash, _bytes(password[: 2 * MOST])) and len(password) <= MOST
        except (VerificationError, InvalidHashError):
            return False

    @cached_property
    def _nobody(self) -> str:
        """The hash of no one's password, so that a name nobody has takes as long to be refused."""
        return self._hasher.hash(secrets.token_bytes(16))

    def _tried(self, key: str, known: Collection[str]) -> int:
        """The seconds one has to wait, 0 where one may try; a try counts before its answer is known: many at once are many. Each worker
        counts those that came to it."""
        now = datetime.fromisoformat(self.clock())
        with self._guard:
            count, last = self._wrong.get(key, (0, now))
            if now - last > FORGOTTEN:
                count = 0
            wait = timedelta() if count < FREE else min(FIRST_WAIT * 2 ** min(count - FREE, 20), LAST_WAIT)
            if now < last + wait:
                return -int((now - last - wait).total_seconds() // 1)
            if len(self._wrong) >= _MOST_NAMES and key not in self._wrong:
                self._wrong = {one: tries for one, tries in self._wrong.items() if one in known}
            self._wrong[key] = count + 1, now
            return 0

    def _forgive(self, key: str) -> None:
        with self._guard:
            self._wrong.pop(key, None)


def no_invitation() -> Refused:
    """Nothing opens with this link."""
    text = N_("This invitation has been used, replaced or is older than seven days. Ask whoever manages the accounts for a new one.")
    return Refused("unknown-invitation", text, status=404)


def _no_account() -> Refused:
    return Refused("unknown-account", N_("There is no such account, or it is closed."), status=404)


def _no_role() -> Refused:
    return Refused("unknown-role", N_("Choose what this person does."), field="role")


def _last_one() -> Refused:
    text = N_("This is the last administrator who can sign in: make someone else an administrator first.")
    return Refused("last-administrator", text, status=409)


def _read(id: str, facts: str) -> Account:
    return Account(id, **json.loads(facts))


def _key(name: str) -> str:
    """Names that one would read alike are one name."""
    return folded(name[:200]) or name[:200].casefold()


def _mark(account: Account) -> str:
    """What its wrong passwords are counted on: another password, or another link to set one, and one begins anew on every worker."""
    return f"{_key(account.name)} {account.password} {account.invitation}"


def _typed(password: str) -> str:
    """The same accents, however the keyboard makes them."""
    return unicodedata.normalize("NFC", password)


def _bytes(password: str) -> bytes:
    return _typed(password).encode("utf-8", "surrogatepass")


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
