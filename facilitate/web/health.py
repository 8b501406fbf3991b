"""Owns what those who keep the server ask it: whether it answers, whether it is ready for people, what it counts."""

import hmac
from typing import Any

import gevent
from flask import Blueprint, Response, current_app, request

from facilitate import metrics
from facilitate.core.entry import Refused
from facilitate.core.words import N_
from facilitate.journal import Damaged, Unavailable
from facilitate.web.door import live, stop, workshop
from facilitate.workshop import Workshop

health = Blueprint("health", __name__)

_SECONDS = 2.0
"""How long the database may take to answer."""


class Health:
    """Whether this process may be given people. ``ending``: it was told to end, and takes no newcomers."""

    def __init__(self, workshop: Workshop) -> None:
        self.ending = False
        self._workshop = workshop
        self._asked: Any = None

    def database(self) -> bool:
        """Whether the database answers the thread that writes, within two seconds. It is asked one question at a time: where it hangs,
        those who ask how it is do not pile up."""
        if self._asked is None or self._asked.ready():
            self._asked = gevent.spawn(self._workshop.writer.apply, self._answers)
        self._asked.join(_SECONDS)
        up = self._asked.value is True
        metrics.database_up.set(up)
        return up

    def _answers(self) -> bool:
        try:
            self._workshop.journal.setting("")
        except (Unavailable, Damaged):
            return False
        return True


@health.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@health.get("/readyz")
def readyz() -> Response:
    """Whether this process may be given people: the database answers, and it was not told to end. Without Redis it still may."""
    own: Health = current_app.extensions["health"]
    database = own.database()
    ready = database and not own.ending
    redis = "none" if metrics.redis_up.value is None else "up" if metrics.redis_up.value else "down"
    said = ["ready" if ready else "not ready", f"database: {'up' if database else 'down'}", f"redis: {redis}"]
    return Response("\n".join([*said, *(["ending"] if own.ending else [])]) + "\n", 200 if ready else 503, mimetype="text/plain")


@health.get("/metrics")
def figures() -> Response:
    """What this process counts, as Prometheus text."""
    key, given = current_app.config["METRICS_KEY"], request.authorization
    token = given.token or "" if given and given.type == "bearer" else ""
    if not key or not hmac.compare_digest(token.encode(), key.encode()):
        text = N_("These figures need the key that the server was started with: --metrics-key.")
        stop(Refused("not-allowed", text, status=403))
    current_app.extensions["health"].database()
    workshop().measure()
    live().measure()
    return Response(metrics.text(), content_type="text/plain; version=0.0.4; charset=utf-8")
