"""Owns what stands between a browser and this program: which proxies are believed, and under which names one comes."""

import ipaddress
import re
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_HOST = re.compile(r"[\w.-]+(:\d+)?|\[[0-9A-Fa-f:.]+\](:\d+)?", re.ASCII)
_FORWARDED = ("FORWARDED", "X_FORWARDED_FOR", "X_FORWARDED_PROTO", "X_FORWARDED_HOST", "X_FORWARDED_PORT", "X_FORWARDED_PREFIX")


def outside(app: "WSGIApplication", proxies: int = 0, names: Collection[str] = ()) -> "WSGIApplication":
    """The program as it is reached: behind so many ``proxies``, 0 for none, which say who asks and by which scheme; what anyone else says
    of that is not heard. With ``names``, it answers under these alone, or an address in figures: a page of another site that has its own
    name lead here (DNS rebinding) is told nothing."""
    known = {name.lower() for name in names}

    def heard(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        # Socket.IO would read them whoever wrote them.
        for name in _FORWARDED:
            environ.pop(f"HTTP_{name}", None)
        host = environ.get("HTTP_HOST", "")
        if (host and not _HOST.fullmatch(host)) or (known and not _answers(host, known)):
            start("421 Misdirected Request", [("Content-Type", "text/plain"), ("Content-Length", "0")])
            return ()
        return app(environ, start)

    return ProxyFix(heard, x_for=proxies, x_proto=proxies, x_host=proxies) if proxies else heard


def _answers(host: str, known: Collection[str]) -> bool:
    name = (urlsplit(f"//{host}").hostname or "").lower()
    try:
        return name in known or name == "localhost" or bool(ipaddress.ip_address(name))
    except ValueError:
        return False
