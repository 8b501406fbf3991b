"""Owns the hour of a running server: it follows the computer's clock, but never backwards.

A laptop that meets a network has its clock set, an hour back at times. The day then goes on at its own pace from where it stood: what was
announced for in five minutes stays so, and each entry is later than the one before it. Once started again, the server takes the new hour.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta


class Steady:
    """``clock`` gives the computer's hour as entries write it, ``seconds`` a count that nobody sets."""

    def __init__(self, clock: Callable[[], str], seconds: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._seconds = clock, seconds
        self._hour, self._at = clock(), seconds()
        self._said = self._hour

    def now(self) -> str:
        """The hour, never before one that was said."""
        hour, at = self._clock(), self._seconds()
        if hour >= self._said:
            self._hour, self._at, self._said = hour, at, hour
        else:
            went_on = datetime.fromisoformat(self._hour) + timedelta(seconds=at - self._at)
            self._said = went_on.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return self._said
