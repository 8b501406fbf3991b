"""Accounts of the staff: invitations, passwords, waits, sign-ins and roles, on a real database."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as db
from argon2 import PasswordHasher, extract_parameters
from click.testing import CliRunner

from facilitate.accounts import ROLES, Account, Accounts, allows, refused_password
from facilitate.cli import commands
from facilitate.core.entry import Refused
from facilitate.journal import Journal
from facilitate.migrations import accounts as table
from facilitate.migrations import signins
from facilitate.workshop import Later

PASSWORD = "trois chats gris"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # the same algorithm, for tests that are not about its cost


class Office:
    """Accounts whose clock stands where it is put."""

    def __init__(self, journal: Journal, hasher: PasswordHasher | None = CHEAP) -> None:
        self.at = datetime.fromisoformat("2026-03-02T08:00:00.000Z")
        self.journal = journal
        self.known = Accounts(journal, self.now, hasher)

    def now(self) -> str:
        return self.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def later(self, **span: int) -> None:
        self.at += timedelta(**span)

    def invited(self, name: str = "Claire", role: str = "administrator") -> tuple[Account, str]:
        made = self.known.invite(name, role)
        assert isinstance(made, tuple), made
        return made

    def member(self, name: str = "Claire", role: str = "administrator") -> tuple[Account, str]:
        """Someone who has set a password, and is signed in."""
        account, token = self.invited(name, role)
        signed = self.known.accept(token, PASSWORD)
        assert isinstance(signed, str), signed
        return account, signed

    def answer(self, name: str, password: str) -> str:
        """'' where one is signed in, else why not."""
        given = self.known.sign_in(name, password)
        return "" if isinstance(given, str) else given.code

    def who(self, token: str) -> str:
        found = self.known.signed(token)
        return found[0].name if found else ""


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal.in_folder(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def office(journal: Journal) -> Office:
    return Office(journal)


def test_an_invitation_sets_the_password_once_and_signs_in(office):
    account, token = office.invited("Claire Dupré", "editor")
    assert office.known.invited(token) == account
    assert office.answer("Claire Dupré", "") == "wrong-password"
    signed = office.known.accept(token, PASSWORD)
    assert office.who(signed) == "Claire Dupré"
    assert office.known.accept(token, PASSWORD).code == "unknown-invitation"
    assert office.known.invited(token) is None
    assert office.answer("claire  DUPRE", PASSWORD) == ""
    assert office.answer("Claire Dupré", PASSWORD + "x") == "wrong-password"
    assert office.answer("Nobody", PASSWORD) == "wrong-password"


def test_an_invitation_ends_after_seven_days_and_with_the_next_one(office):
    account, first = office.invited()
    office.later(days=6, hours=23)
    assert office.known.invited(first)
    _, second = office.known.again(account.id)
    assert office.known.invited(first) is None
    office.later(days=7)
    assert office.known.invited(second) is None
    assert office.known.accept(second, PASSWORD).code == "unknown-invitation"


def test_two_who_use_one_invitation_at_once_are_not_both_let_in(office):
    _, token = office.invited()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: office.known.accept(token, f"{PASSWORD} {number}"), range(8)))
    assert sum(isinstance(one, str) for one in answers) == 1
    assert {one.code for one in answers if isinstance(one, Refused)} == {"unknown-invitation"}


def test_two_who_invite_one_name_at_once_make_one_account(office):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda name: office.known.invite(name, "reader"), ["Zoé", "zoe", " ZOÉ ", "Zoé"]))
    assert sum(isinstance(one, tuple) for one in answers) == 1
    assert len(office.known.all()) == 1


def test_nothing_stored_gives_a_password_an_invitation_or_a_sign_in(office):
    _, token = office.invited()
    signed = office.known.accept(token, PASSWORD)
    _, pending = office.invited("Bo", "reader")
    with office.journal.link() as link:
        kept = str(link.execute(db.select(table)).all()) + str(link.execute(db.select(signins)).all())
    assert "$argon2id$" in kept
    for secret in (PASSWORD, token, pending, signed, signed.partition(".")[0]):
        assert secret not in kept
    assert "argon2" not in repr(office.known.all())


def test_passwords_are_hashed_as_argon2_is_meant_to_be_unless_a_test_says_otherwise(journal):
    """RFC 9106, section 4, second recommended option: argon2id, 3 passes, 64 MiB; on one lane."""
    office = Office(journal, None)
    office.member()
    hashed = extract_parameters(office.known.all()[0].password)
    assert (hashed.type.name, hashed.time_cost, hashed.memory_cost, hashed.parallelism) == ("ID", 3, 65536, 1)


def test_a_password_hashed_more_cheaply_is_hashed_again_as_its_owner_comes(journal):
    Office(journal).member()
    office = Office(journal, PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
    assert office.answer("Claire", PASSWORD) == ""
    assert extract_parameters(office.known.all()[0].password).time_cost == 2
    assert office.answer("Claire", PASSWORD) == ""


@pytest.mark.parametrize(
    "password", ["trois chats gris", "correcthorsebattery", "ÉÀÇ œuf ça va", "猫猫狗狗鸟鸟鱼鱼马马牛牛", "a1b2c3d4e5f6"]
)
def test_a_password_of_twelve_characters_needs_nothing_else(password):
    assert refused_password(password, "Claire Dupré") is None


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("onze signes", "password-length"),
        ("x" * 201, "password-length"),
        ("aaaaaaaaaaaaaaaa", "password-easy"),
        ("123412341234", "password-easy"),
        ("motdepasse123", "password-easy"),
        ("Mot de passe 2026", "password-easy"),
        ("azertyuiopqs", "password-easy"),
        ("Claire Dupré 1", "password-easy"),
        ("clairedupre2026", "password-easy"),
    ],
)
def test_a_password_too_short_or_tried_first_is_refused(password, code):
    assert refused_password(password, "Claire Dupré").code == code


def test_an_accent_is_the_same_on_every_keyboard(office):
    _, token = office.invited()
    assert isinstance(office.known.accept(token, "un ete\u0301 a\u0300 Val"), str)
    assert office.answer("Claire", "un et\u00e9 \u00e0 Val") == ""
    assert office.answer("Claire", "un ete a Val") == "wrong-password"
    assert office.answer("Claire", "\ud800" * 12) == "wrong-password"


def test_wrong_passwords_slow_down_their_name_alone(office):
    office.member("Claire")
    office.member("Bo", "reader")
    assert [office.answer("Claire", "no") for _ in range(5)] == ["wrong-password"] * 5
    given = office.known.sign_in("CLAIRE", PASSWORD)
    assert isinstance(given, Later)
    assert (given.code, given.status, given.seconds) == ("guesses", 429, 60)
    # A room behind one address goes on; a name nobody has is slowed down alike.
    assert office.answer("Bo", PASSWORD) == ""
    assert [office.answer("Nobody", "no") for _ in range(6)] == ["wrong-password"] * 5 + ["guesses"]
    office.later(seconds=61)
    assert office.answer("Claire", "no") == "wrong-password"
    office.later(seconds=61)
    assert office.answer("Claire", PASSWORD) == "guesses"
    office.later(seconds=60)
    assert office.answer("Claire", PASSWORD) == ""
    assert [office.answer("Claire", "no") for _ in range(5)] == ["wrong-password"] * 5


def test_who_guesses_for_a_day_has_less_than_twenty_five_tries(office):
    office.member()
    tries = 0
    for _ in range(24 * 60):
        while office.answer("Claire", "no") == "wrong-password":
            tries += 1
        office.later(minutes=1)
    assert 15 < tries <= 25


def test_tries_sent_at_once_are_counted_as_many(office):
    office.member()
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: office.answer("Claire", "no"), range(16)))
    assert answers.count("wrong-password") == 5
    assert answers.count("guesses") == 11


def test_a_new_invitation_lifts_the_wait(office):
    account, _ = office.member()
    for _ in range(6):
        office.answer("Claire", "no")
    _, token = office.known.again(account.id)
    assert office.answer("Claire", PASSWORD) == ""
    signed = office.known.accept(token, "quatre chiens noirs")
    assert isinstance(signed, str)
    assert office.answer("Claire", PASSWORD) == "wrong-password"


def test_a_sign_in_lasts_twelve_hours_after_it_last_served_and_seven_days_in_all(office):
    _, token = office.member()
    office.later(hours=11)
    account, due = office.known.signed(token)
    assert due
    office.known.renew(token)
    assert office.known.signed(token) == (account, False)
    office.later(hours=12)
    assert office.known.signed(token) is None
    again = office.known.sign_in("Claire", PASSWORD)
    for _ in range(20):
        office.later(hours=8)
        assert office.who(again) == "Claire"
        office.known.renew(again)
    office.later(hours=8)
    assert office.known.signed(again) is None


@pytest.mark.parametrize("token", ["", "x", "x.1", "x" * 5000, "é\0"])
def test_what_is_no_sign_in_opens_nothing(office, token):
    office.member()
    assert office.known.signed(token) is None


def test_a_sign_in_ends_with_signing_out_with_its_account_and_with_a_new_password(office):
    office.member()
    account, first = office.member("Bo", "editor")
    second = office.known.sign_in("Bo", PASSWORD)
    office.known.sign_out(first)
    assert (office.who(first), office.who(second)) == ("", "Bo")
    _, token = office.known.again(account.id)
    assert office.who(second) == "Bo"
    third = office.known.accept(token, "quatre chiens noirs")
    assert (office.who(second), office.who(third)) == ("", "Bo")
    closed = office.known.shut(account.id)
    assert closed.closed
    assert office.who(third) == ""
    assert office.answer("Bo", "quatre chiens noirs") == "wrong-password"
    assert office.known.again(account.id).code == "unknown-account"


def test_a_closed_account_opens_again_under_its_name_and_stays_the_same(office):
    office.member()
    account, _ = office.member("Bo", "editor")
    office.known.shut(account.id)
    again, token = office.invited("bo", "reader")
    assert (again.id, again.name, again.role, again.closed) == (account.id, "Bo", "reader", "")
    assert office.answer("Bo", PASSWORD) == "wrong-password"
    assert isinstance(office.known.accept(token, PASSWORD), str)


def test_the_last_administrator_stays_one(office):
    only, _ = office.member()
    office.invited("Invited, never came", "administrator")
    editor, _ = office.member("Bo", "editor")
    assert office.known.shut(only.id).code == "last-administrator"
    assert office.known.grant(only.id, "editor").code == "last-administrator"
    assert office.known.grant(editor.id, "administrator").role == "administrator"
    assert office.known.shut(only.id).closed
    assert office.known.shut(editor.id).code == "last-administrator"


def test_two_administrators_who_close_each_other_at_once_leave_one(office):
    ids = [office.member(name)[0].id for name in ("Ada", "Bo")]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(office.known.shut, ids))
    assert sorted(type(one).__name__ for one in answers) == ["Account", "Refused"]
    assert sum(one.open for one in office.known.all()) == 1


def test_what_makes_no_account_is_refused(office):
    office.member()
    assert office.known.invite("  ", "reader").code == "empty"
    assert office.known.invite("x" * 81, "reader").code == "too-long"
    assert office.known.invite("Bo", "owner").code == "unknown-role"
    assert office.known.invite("CLAIRE", "reader").code == "name-taken"
    for asked in (office.known.again, office.known.shut):
        assert asked("nobody").code == "unknown-account"
    assert office.known.grant("nobody", "reader").code == "unknown-account"
    assert len(office.known.all()) == 1


def test_each_role_may_do_what_those_before_may():
    assert [[allows(role, least) for least in ROLES] for role in ROLES] == [[True, False, False], [True, True, False], [True, True, True]]
    assert not allows("owner", "reader")


def test_a_server_without_a_browser_invites_lists_and_closes(tmp_path):
    def run(*arguments: str) -> tuple[int, str, str]:
        done = CliRunner().invoke(commands, ["accounts", *arguments, "--data-dir", str(tmp_path)], env={"LC_ALL": "en"})
        return done.exit_code, done.stdout, done.stderr

    code, link, told = run("invite", "Ada", "--role", "administrator", "--address", "https://days.example.org/")
    assert code == 0
    assert link.startswith("https://days.example.org/shelf/invitation/")
    assert "within seven days" in told
    assert run("list")[1] == "Ada\tAdministrator\tinvitation not used yet\n"
    assert run("invite", "ada")[1] != link
    assert "already an account of this name" in run("invite", "ada", "--role", "reader")[2]
    assert run("close", "Bo")[0] == 1
    assert run("close", "ada")[0] == 0
    assert run("list")[1] == "Ada\tAdministrator\tclosed account\n"
