"""Owns the codes of those who are expected: made here, typed by them, guessed by nobody.

A code begins with three signs that find its person; the six that follow are the secret. Wrong tries are counted on the person whose
beginning was typed, so that a room behind one address is never held back for what someone else tries; and in all: where too many are wrong,
each person's code may be mistaken once, and whoever types theirs right still comes in.
"""

import hmac
import secrets
import time
from collections.abc import Collection

from facilitate.core.words import N_
from facilitate.limits import Allowance
from facilitate.workshop import Later

SIGNS = "BCDGHJMRTVWXZ34579"  # none mistaken for another, by eye or by ear; without vowels nothing rude comes out
_BEGINNING, _LENGTH = 3, 9
_TRIES, _SECONDS = 10, 600
_ALL = (100, 0.2)
"""Wrong tries of one list: at once, then a second."""


def new_code(begun: set[str]) -> str:
    """Nine signs, 'RTX4CM7VB': 34 million secrets for one beginning, which is none of ``begun`` and is added there."""
    while True:
        code = "".join(secrets.choice(SIGNS) for _ in range(_LENGTH))
        if beginning(code) not in begun:
            begun.add(beginning(code))
            return code


def beginning(code: str) -> str:
    """What finds whose code it is."""
    return code[:_BEGINNING]


def read_code(text: str) -> str:
    """A code as it was typed, without spaces, hyphens and small letters; '' for what is none."""
    code = "".join(sign for sign in text[:40].upper() if sign.isalnum())
    return code if len(code) == _LENGTH and set(code) <= set(SIGNS) else ""


def shown(code: str) -> str:
    """'RTX4CM7VB' → 'RTX 4CM 7VB'."""
    return " ".join(code[at : at + 3] for at in range(0, len(code), 3))


def link_to(origin: str, page: str, session: str, code: str) -> str:
    """Someone's own address of the join page ('j') or of their registration ('r')."""
    return f"{origin}/{page}/{session}?invitation={code}"


class Guesses:
    """How often each beginning was tried with a wrong end: ten times in ten minutes, then it waits. In memory, as large as the list."""

    def __init__(self) -> None:
        self._wrong: dict[str, tuple[int, float]] = {}
        self._all, self._storm = Allowance(*_ALL), False

    def find(self, typed: str, codes: Collection[str]) -> str | Later | None:
        """The one of ``codes`` that was typed; None for a wrong one; Later once its beginning was tried too often."""
        given, now = read_code(typed), time.monotonic()
        known = next((one for one in codes if beginning(one) == beginning(given)), "") if given else ""
        if not known:
            return None
        tries, since = self._wrong.get(beginning(known), (0, now))
        if now - since > _SECONDS:
            tries, since = 0, now
        if tries >= (1 if self._storm else _TRIES):
            text = N_("This code was tried too often: wait ten minutes, or ask the organisers for another one.")
            return Later("guesses", text, _SECONDS, 429)
        if hmac.compare_digest(known, given):
            self._wrong.pop(beginning(known), None)
            return known
        self._wrong[beginning(known)] = tries + 1, since
        self._storm = self._all.wait("", now) > 0
        return None
