"""Owns what a server says on stderr: plain text for whoever sits before it, or one JSON object a line, without personal data.

Words reach a log by three ways: in the values of a message, in the text of an exception, in what a library says. JSON leaves all three out:
of values it keeps numbers, kinds of exceptions and codes of days; of exceptions their kind and where they came by; of libraries the place.
"""

import errno
import json
import logging
import os
import re
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from traceback import walk_tb
from types import TracebackType
from typing import Any

FORMS = ("text", "json")
_PACKAGE = Path(__file__).parent
_CODE = re.compile(r"[A-Z]{3}\d{3}")
_INSTALLED = re.compile(r".*/(?:site-packages|dist-packages|python\d[\d.]*)/")
_FRAMES, _CAUSES = 40, 5
_LEFT_OUT = "…"
_PRIVATE = "a library says something, which may hold anyone’s words"

log = logging.getLogger(__name__)


def begin(form: str) -> None:
    """From now on this process, and those that it starts, write their log so: 'text' or 'json'. Warnings and worse."""
    os.environ["FACILITATE_LOG"] = form
    for name in ("engineio.server", "socketio.server"):
        # Without a level of their own they would write a second time, by themselves.
        logging.getLogger(name).setLevel(logging.ERROR)
    if form == "text":
        logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Json())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    # All that would write elsewhere, in its own words.
    logging.raiseExceptions = False
    logging.captureWarnings(True)
    sys.excepthook = lambda kind, error, trace: _told("the program ended", error, trace)
    sys.unraisablehook = lambda found: _told("something could not be ended cleanly", found.exc_value, found.exc_traceback)
    threading.excepthook = lambda found: _told("a thread ended", found.exc_value, found.exc_traceback)
    if (gevent := sys.modules.get("gevent")) is not None:
        gevent.get_hub().print_exception = lambda context, kind, error, trace: _told("a task ended", error, trace)


def _told(what: str, error: Any, trace: TracebackType | None) -> None:
    if isinstance(error, BaseException):
        log.error(what, exc_info=(type(error), error, trace))
    else:
        log.error(what)


class Json(logging.Formatter):
    """One line: time, level, logger, message, place; with an exception its kind, where it came by, and what caused it."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
            "place": f"{_short(record.pathname)}:{record.lineno}",
        }
        if record.exc_info and record.exc_info[1] is not None:
            said["exception"] = _raised(record.exc_info[1], record.exc_info[2])
        return json.dumps(said, ensure_ascii=False)


def _message(record: logging.LogRecord) -> str:
    """What the program says, with the values that tell nothing of anyone."""
    if not Path(record.pathname).is_relative_to(_PACKAGE) or not isinstance(record.msg, str):
        return _PRIVATE
    values = record.args if isinstance(record.args, tuple) else ()
    try:
        return record.msg % tuple(map(_kept, values)) if values else record.msg
    except (TypeError, ValueError):
        return record.msg


def _kept(value: object) -> object:
    if isinstance(value, BaseException):
        return " < ".join(map(_kind, _causes(value)))
    if isinstance(route := getattr(value, "rule", None), str):
        return route
    if isinstance(value, int | float) or (isinstance(value, str) and _CODE.fullmatch(value)):
        return value
    return _LEFT_OUT


def _raised(error: BaseException, trace: TracebackType | None) -> list[dict[str, Any]]:
    """The exception, then what caused it."""
    traces = [trace, *(one.__traceback__ for one in _causes(error)[1:])]
    return [
        {
            "kind": _kind(one),
            "trace": [f"{_short(frame.f_code.co_filename)}:{line} {frame.f_code.co_name}" for frame, line in walk_tb(its)][-_FRAMES:],
        }
        for one, its in zip(_causes(error), traces, strict=True)
    ]


def _causes(error: BaseException) -> list[BaseException]:
    found = [error]
    while len(found) < _CAUSES and (cause := found[-1].__cause__ or (None if found[-1].__suppress_context__ else found[-1].__context__)):
        found.append(cause)
    return found


def _kind(error: BaseException) -> str:
    """What it is, with the code that a database or the system gives it: 'sqlite3.OperationalError SQLITE_FULL'."""
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    code = (
        getattr(error, "sqlite_errorname", None)
        or getattr(error, "sqlstate", None)
        or errno.errorcode.get(getattr(error, "errno", None) or 0)
    )
    return f"{kind} {code}" if code else kind


def _short(path: str) -> str:
    """A file as the program's packages name it: not where someone's home is."""
    file = Path(path)
    # A virtual environment may stand in the checkout itself.
    if (named := _INSTALLED.sub("", file.as_posix())) != file.as_posix():
        return named
    return file.relative_to(_PACKAGE.parent).as_posix() if file.is_relative_to(_PACKAGE.parent) else file.name
