"""Owns what the poster of the way in says: one A4 page for the door, read standing by someone in a hurry."""

import re
from collections.abc import Mapping
from typing import Any

from facilitate.core.words import N_
from facilitate.language import Language
from facilitate.papers import dressed
from facilitate.render import qr_path
from facilitate.restitution import typography
from facilitate.restitution.brand import HOUSE, Brand

# The words of the phones themselves, as they stand on their buttons; makers of Android phones each have their own.
_IPHONE = N_("Press “Use Without Internet”; do not go over to mobile data.")
_ANDROID = N_("To “Stay connected?”, press “Yes”; else “Keep Wi-Fi”, or “Always connect”.")


def payload(session: Mapping[str, Any], language: Language, *, brand: Brand = HOUSE) -> str:
    """What it says of a session as the screens know it: texts, and the QR codes as pictures. ``papers`` prints it."""
    say, wifi = language.say, session["wifi"]
    hours = [typography.hour(hour, language.name) for hour in (session["start"], session["end"]) if hour]
    day = [typography.date(session["date"], language.name) if re.fullmatch(r"\d{4}-\d\d-\d\d", session["date"]) else session["date"]]
    day += [" – ".join(hours)] if hours else []
    steps, far = [_wifi(wifi, language)] if wifi else [], session["online"] == "yes"
    words = {
        "title": session["title"] or say("Come in"),
        "day": " · ".join(part for part in (session["host"], ", ".join(filter(None, day)), session["place"]) if part),
        "steps": steps,
        "ask": say("Does the phone say “no Internet”? That is as it should be: stay on this Wi-Fi."),
        "advice": [] if far else [["iPhone", say(_IPHONE)], ["Android", say(_ANDROID)]],
        "foot": "" if far else say("No phone, or no wish to use one? Ask for a sheet at the welcome desk: your word counts just as much."),
        "note": say("No account, no application.") if far else say("No account, no application. Internet is not needed."),
    }
    opened = [[say("Open this address:"), session["join_url"].partition("://")[2]]]
    opened += [[say("or type this code on %(address)s", address=session["address"]), ""]]
    scanned = [[say("Scan this code,"), ""], [say("or type"), session["address"]], [say("then the code"), ""]]
    steps.append(
        {
            "head": say("2. The day") if wifi else say("To join"),
            "svg": picture(session["join_url"]),
            "alt": say("Code to scan to join the day"),
            "lines": opened if far else scanned,
            "code": session["shown"],
            "hint": "" if far else say("The page stays blank? Switch mobile data off while you come in."),
            "small": far,
        }
    )
    return dressed("poster", words, language, brand=brand, day=session["date"])


def _wifi(wifi: Mapping[str, str], language: Language) -> dict[str, Any]:
    say = language.say
    lines = [[say("Network"), wifi["name"]]] + ([[say("Password"), wifi["password"]]] if wifi["password"] else [])
    return {
        "head": say("1. The room’s Wi-Fi"),
        "svg": picture(wifi_text(wifi["name"], wifi["password"])),
        "alt": say("Code to scan to join the room’s Wi-Fi"),
        "lines": lines,
        "code": "",
        "hint": "",
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
