"""Owns the poster of the way in: one A4 page for the door, read standing by someone in a hurry. ``python -m facilitate.poster`` prints
it apart from the server: JSON on stdin, the PDF on stdout."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from facilitate.language import Language
from facilitate.render import qr_path
from facilitate.restitution import glyphs, typography
from facilitate.restitution.brand import HOUSE, Brand
from facilitate.restitution.pdf import typeset

_TEMPLATE = Path(__file__).with_name("poster.typ")


def print_apart(session: Mapping[str, Any], language: Language, *, brand: Brand = HOUSE) -> bytes:
    """The poster of a session as the screens know it, printed by a process of its own. Raises CalledProcessError."""
    command = [sys.executable, "-m", "facilitate.poster"]
    return subprocess.run(command, input=payload(session, language, brand=brand).encode(), capture_output=True, check=True).stdout


def payload(session: Mapping[str, Any], language: Language, *, brand: Brand = HOUSE) -> str:
    """All that the printing process needs to know, as JSON: texts, and the QR codes as pictures."""
    say, wifi = language.say, session["wifi"]
    hours = [typography.hour(hour, language.name) for hour in (session["start"], session["end"]) if hour]
    day = [typography.date(session["date"], language.name) if re.fullmatch(r"\d{4}-\d\d-\d\d", session["date"]) else session["date"]]
    day += [" – ".join(hours)] if hours else []
    steps, far = [_wifi(wifi, language)] if wifi else [], session["online"] == "yes"
    words = {
        "language": language.name,
        "colour": brand.colour,
        "title": session["title"] or say("Come in"),
        "day": " · ".join(part for part in (session["host"], ", ".join(filter(None, day)), session["place"]) if part),
        "steps": steps,
        "foot": "" if far else say("No phone, or no wish to use one? Ask for a sheet at the welcome desk: your word counts just as much."),
        "note": say("No account, no application.") if far else say("No account, no application. Internet is not needed."),
    }
    opened = [[say("Open this address:"), session["join_url"].partition("://")[2]]]
    opened += [[say("or type this code on %(address)s", address=session["address"]), ""]]
    scanned = [[say("Scan this code,"), ""], [say("or type"), session["address"]], [say("then the code"), ""]]
    steps.append(
        {
            "head": say("2. The day") if wifi else say("To join"),
            "qr": picture(session["join_url"]),
            "alt": say("Code to scan to join the day"),
            "lines": opened if far else scanned,
            "code": session["shown"],
            "hint": "" if far else say("The page stays blank? Switch mobile data off while you come in."),
            "small": far,
        }
    )
    text = json.dumps(words, ensure_ascii=False)
    missing = glyphs.undrawn(text)
    dressed = _each(words, lambda one: glyphs.replaced(typography.spaced(typography.printable(one), language.name), missing))
    return json.dumps(dressed, ensure_ascii=False)


def _wifi(wifi: Mapping[str, str], language: Language) -> dict[str, Any]:
    say = language.say
    lines = [[say("Network"), wifi["name"]]] + ([[say("Password"), wifi["password"]]] if wifi["password"] else [])
    return {
        "head": say("1. The room’s Wi-Fi"),
        "qr": picture(wifi_text(wifi["name"], wifi["password"])),
        "alt": say("Code to scan to join the room’s Wi-Fi"),
        "lines": lines,
        "code": "",
        "hint": say("Does the phone say “no Internet”? That is as it should be: choose “stay connected”, “use anyway” or “keep Wi-Fi”."),
    }


def wifi_text(name: str, password: str) -> str:
    """What a Wi-Fi's QR code says: https://github.com/zxing/zxing/wiki/Barcode-Contents#wi-fi-network-config-android-ios-11."""
    plain = str.maketrans({sign: f"\\{sign}" for sign in '\\;,:"'})
    kind = "WPA" if password else "nopass"
    return f"WIFI:T:{kind};S:{name.translate(plain)};P:{password.translate(plain)};;"


def picture(text: str) -> str:
    """A QR code as an SVG file: dark on white, without its quiet zone, which the page gives."""
    path, side = qr_path(text)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="4 4 {side - 8} {side - 8}" shape-rendering="crispEdges">'
        f'<path fill="#101815" d="{path}"/></svg>'
    )


def _each(value: Any, change: Any) -> Any:
    if isinstance(value, str):
        return value if value.startswith("<svg") else change(value)
    if isinstance(value, Mapping):
        return {key: _each(item, change) for key, item in value.items()}
    return [_each(item, change) for item in value] if isinstance(value, Sequence) else value


def main() -> None:
    """Reads a payload on stdin, writes the PDF on stdout."""
    sys.stdout.buffer.write(typeset(_TEMPLATE, {"words": sys.stdin.buffer.read().decode()}).data)


if __name__ == "__main__":
    main()
