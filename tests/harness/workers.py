"""Owns several workers under test: processes of one command on one database, behind one port that gives each new line to the next."""

from typing import Any

from harness.proxy import Proxy
from harness.server import Server


class Workers(Server):
    """As one Server, its face the same; those of ``each`` can be killed and started again one by one.

    ``port`` is the front's: it stays while any of them come and go, as nginx does, and ends with ``close``.
    """

    def __init__(self, *given: Any, many: int = 2, **more: Any) -> None:
        self._workers: list[Server] = []
        self._given, self._more, self._many = given, more, many
        super().__init__(*given, **more)

    @property
    def each(self) -> list[Server]:
        return self._workers

    def tell(self, instant: str) -> None:
        for one in self.each:
            one.tell(instant)

    def kill(self) -> None:
        for one in self.each:
            one.close()

    def stop(self) -> None:
        for one in self.each:
            if one.running:
                one.stop()

    def close(self) -> None:
        super().close()
        self._front.close()

    @property
    def running(self) -> bool:
        return any(one.running for one in self.each)

    def _start(self) -> None:
        if not self.each:
            try:
                # One after the other: the first begins the day, the others find it.
                self._workers += (Server(*self._given, **self._more) for _ in range(self._many))
            except BaseException:
                self.kill()
                raise
            self._front = Proxy([one.port for one in self.each])
            self.port = self._front.port
        else:
            for one in self.each:
                one.restart()
        first = self.each[0]
        assert {one.code for one in self.each} == {first.code}
        self.code, self.pid, self.keys = first.code, first.pid, first.keys
        self.urls = {name: url.replace(f":{first.port}", f":{self.port}") for name, url in first.urls.items()}
