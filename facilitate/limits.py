"""Owns how much each may ask: so much at once, then so much a second.

What is counted is whom this program knows: a participant, someone of the team, a day. Never an address: a room is behind one. The memory
is bounded whatever is asked in whatever names, and nobody gains by being forgotten.
"""

from collections import OrderedDict


class Allowance:
    """``burst`` at once, then ``rate`` a second, for each key apart; ``most`` keys are remembered.

    Of each key one number is kept: when its allowance will be whole again (the generic cell rate algorithm, ITU-T I.371). A key that was
    not used for burst / rate seconds is as if it never was. Where more than ``most`` keys owe at once, the one that asked longest ago is
    forgotten, and from then on an unknown key owes as much as it did: made-up names bring nothing to whoever makes them up.
    """

    def __init__(self, burst: float, rate: float, most: int = 20_000) -> None:
        self._burst = burst / rate
        self._rate = rate
        self._most = most
        self._due: OrderedDict[str, float] = OrderedDict()
        self._owed = float("-inf")

    def __len__(self) -> int:
        return len(self._due)

    def wait(self, key: str, now: float, cost: float = 1.0) -> float:
        """0.0 where ``key`` may ask now, at ``now`` seconds of a clock that never goes back, and it is counted; else in how many seconds it
        may, and nothing is counted. ``cost`` is at most the burst; below 0, it is given back."""
        due = max(self._due.pop(key, self._owed), now)
        wait = due + cost / self._rate - now - self._burst
        allowed = wait <= 1e-9
        self._due[key] = due + cost / self._rate if allowed else due
        if len(self._due) > self._most:
            _, owed = self._due.popitem(last=False)
            self._owed = max(self._owed, owed)
        return 0.0 if allowed else wait
