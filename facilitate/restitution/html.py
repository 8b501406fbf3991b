"""Owns the HTML of a restitution: one accessible, self-contained page, the reference for every other format."""

import base64
import hashlib
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from facilitate.core.tree import Card, Document, Pictures
from facilitate.core.words import N_, Say
from facilitate.installed import beside
from facilitate.restitution.brand import HOUSE, Brand, Logo
from facilitate.restitution.links import is_citation, linked
from facilitate.restitution.typography import date, dressed, printable, signature, spaced


def to_html(document: Document, say: Say, *, brand: Brand = HOUSE, pictures: Pictures = lambda _: None) -> str:
    """The whole page. Every text is escaped; the style stands in one <style>, see ``style_hash``."""
    document = dressed(linked(document))

    def signed(card: Card) -> str:
        return signature(card, say)

    def picture(media: str) -> str:
        data = pictures(media)
        return _inline("jpeg", data) if data else ""

    def drawn(logo: Logo) -> str:
        return _inline("svg+xml", logo.svg.encode()) if logo.svg else _inline("png", logo.png)

    return _template().render(
        document=document,
        _=say,
        signature=signed,
        picture=picture,
        brand=brand,
        organisation=document.organisation or spaced(printable(brand.name), document.language),
        is_citation=is_citation,
        logo=drawn,
        foot=[spaced(printable(line), document.language) for line in (*document.mentions, *brand.legal, brand.licence) if line],
        style=Markup(_style(brand)),  # noqa: S704 - our own file, and two colours that Brand has checked
        kind_of_document=document.kind or say(N_("Report of the day")),
        day=date(document.date, document.language),
    )


def style_hash(brand: Brand = HOUSE) -> str:
    """The page's style as a source of a Content-Security-Policy, quotes included: 'sha256-…'."""
    digest = base64.b64encode(hashlib.sha256(_style(brand).encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _inline(kind: str, data: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


@cache
def _template() -> Template:
    environment = Environment(loader=FileSystemLoader(beside("templates")), autoescape=True, undefined=StrictUndefined)
    environment.globals.update(kind_of=lambda node: type(node).__name__)
    return environment.get_template("restitution.html")


@cache
def _style(brand: Brand) -> str:
    sheet = (beside("static") / "doc.css").read_text(encoding="utf-8")
    return f":root{{--brand:{brand.colour};--mark:{brand.mark}}}\n{sheet}"
