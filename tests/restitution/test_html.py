import base64
import hashlib
import re
import threading
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page
from restitution.sample import CHINESE, ENGLISH, FRENCH, HOSTILE, SCRIPTS, crowd, day, edited, empty, hostile, one

from facilitate.core.tree import Document
from facilitate.core.words import Say
from facilitate.restitution import europe
from facilitate.restitution.brand import Brand, Logo
from facilitate.restitution.html import style_hash, to_html
from facilitate.restitution.typography import printable, spaced

TAGS = """
a blockquote body br caption dd desc div dl dt figure footer h1 h2 head header html li main meta nav ol p rect section span style svg
table tbody td th thead title tr
"""
ATTRIBUTES = "aria-hidden aria-label aria-labelledby charset class content dir height href id lang name role scope tabindex width"
VOID = {"br", "img", "meta", "rect"}


class Outline(HTMLParser):
    """What a browser would make of the page: its tags, their attributes, the text in each, and that all are closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[int] = []
        self.feed(page)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "br":
            self.handle_data("\n")
        elif tag not in VOID:
            self._open.append(len(self.texts))
            self.texts.append((tag, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.texts[self._open.pop()][0] == tag

    def handle_data(self, data: str) -> None:
        if self._open:
            tag, text = self.texts[self._open[-1]]
            self.texts[self._open[-1]] = (tag, text + data)

    def named(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in tags]


@pytest.fixture(scope="module")
def outline() -> Outline:
    return Outline(to_html(hostile(), FRENCH))


def test_every_hostile_text_stays_text(outline: Outline) -> None:
    assert {tag for tag, _ in outline.tags} == set(TAGS.split())
    assert {name for _, attributes in outline.tags for name in attributes} == set(ATTRIBUTES.split())
    said = {text.strip() for _, text in outline.texts}
    for text in (*HOSTILE, *SCRIPTS, CHINESE):
        assert spaced(printable(text), "fr") in said


def test_the_page_asks_for_nothing_from_anywhere(outline: Outline) -> None:
    addresses = [value for _, attributes in outline.tags for name, value in attributes.items() if name in ("href", "src")]
    assert addresses
    assert all(address and address.startswith("#") for address in addresses)
    (style,) = (text for tag, text in outline.texts if tag == "style")
    assert "url(" not in style
    assert "@import" not in style
    assert "@font-face" not in style


def test_the_page_can_be_read_without_seeing_it() -> None:
    page = Outline(to_html(day(), FRENCH))
    assert page.named("html") == [{"lang": "fr"}]
    assert ("title", "Réciprocités entre villes et campagnes") in page.texts
    headings = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(headings)), "no level is skipped"
    assert all(page.named(tag) for tag in ("header", "nav", "main", "footer"))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [attributes["href"] for attributes in page.named("a")]
    assert links[0] == "#the_text", "the first link skips what comes before the text"
    assert {link[1:] for link in links if link} <= set(ids)
    assert len(links) == 1 + len(day().children)
    assert all(attributes["scope"] in ("col", "row") for attributes in page.named("th"))
    assert all(attributes.get("dir") == "auto" for attributes in page.named("blockquote", "h2", "h3") if "dir" in attributes)


def test_what_staff_wrote_leads_to_the_web_and_to_the_words_it_cites_and_nowhere_else() -> None:
    html = to_html(edited(), FRENCH)
    page = Outline(html)
    links = [(attributes["href"], attributes.get("class")) for attributes in page.named("a")][3:]
    assert links == [("#word-2", "cite"), ("#word-3", "cite"), ("https://exemple.test/%C3%A9t%C3%A9?a=b%20c", None), ("#word-1", "cite")]
    assert [attributes.get("id") for attributes in page.named("tr")] == [None, "word-1", "word-2", "word-3"]
    said = re.sub("<[^>]+>", "", html.partition("<main")[2])
    assert "Tout commence petit [2] [RVT 482, 3], disent-ils\u00a0: le site, un piège, [9]." in said
    assert "<strong>petit</strong>" in html
    assert "<em>disent-ils</em>" in html
    assert "card quotation" in html


def test_a_house_signs_its_page_at_the_head_and_at_the_foot() -> None:
    brand = Brand(
        name="Relais & Cie",
        logo=Logo("Relais", b"\x89PNG"),
        funders=(Logo("Drapeau", b"", "Cofinancé", "<svg/>"), Logo("Région", b"\x89PNG2")),
        legal=("Directrice de la publication : <X>",),
        licence="CC BY 4.0",
    )
    page = Outline(to_html(edited(), FRENCH, brand=brand))
    assert [(one["alt"], (one["src"] or "")[:22]) for one in page.named("img")] == [
        ("Relais", "data:image/png;base64,"),
        ("Drapeau", "data:image/svg+xml;bas"),
        ("Région", "data:image/png;base64,"),
    ]
    foot = [text for tag, text in page.texts if tag in ("p", "span")][-4:]
    assert foot == ["Cofinancé", "Directrice de la publication\u00a0: <X>", "CC BY 4.0", "Compte rendu établi le 24 septembre 2021"]


def test_a_chart_has_its_numbers_in_the_same_table() -> None:
    page = to_html(day(), FRENCH)
    assert page.count("<svg") == page.count("<title>") - 1 == page.count("<desc>")
    row = re.search(r"<tr>.*haies du captage.*</tr>", page)
    assert row
    assert '<rect width="67.6%" height="100%"/>' in row[0]
    assert "<span>23</span>" in row[0]


def test_the_style_is_the_one_its_hash_allows() -> None:
    for brand in (Brand(), Brand("#003189", "#e1000f")):
        page = to_html(day(), FRENCH, brand=brand)
        style = page.partition("<style>")[2].partition("</style>")[0]
        assert brand.colour in style
        assert style_hash(brand) == f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"
    with pytest.raises(ValueError, match="not a colour"):
        Brand("red;}</style>")


@pytest.mark.parametrize(
    ("document", "say"), [(empty(), FRENCH), (one("Un car."), FRENCH), (one("A bus.", "en"), ENGLISH), (crowd(), FRENCH)]
)
def test_any_document_makes_a_page_and_always_the_same(document: Document, say: Say) -> None:
    page = to_html(document, say)
    assert Outline(page).named("h1")
    assert page == to_html(document, say)


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """The pages as the server sends them: under a policy that allows one style and nothing else."""
    pages = {"/day": to_html(day(), FRENCH), "/hostile": to_html(hostile(), FRENCH), "/empty": to_html(empty(), FRENCH)}
    pages["/edited"] = to_html(edited(), FRENCH, brand=Brand("#705c00", "#7fd1ff", "Relais", funders=(europe.funded(FRENCH),)))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = pages.get(self.path)
            self.send_response(200 if page else 204)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            style = style_hash(Brand("#705c00", "#7fd1ff")) if self.path == "/edited" else style_hash()
            self.send_header("Content-Security-Policy", f"default-src 'none'; img-src data:; style-src {style}")
            self.end_headers()
            self.wfile.write((page or "").encode())

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", ["day", "hostile", "empty", "edited"])
def test_the_page_is_accessible_and_never_wider_than_the_screen(
    served: str, open_page: Callable[..., Page], axe: Callable[[Page], None], name: str, width: int
) -> None:
    page = open_page(f"{served}/{name}", width=width, height=800)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily").startswith("Charter"), "the policy lets the style in"
    axe(page)


def test_the_page_prints_its_words_and_not_its_contents(served: str, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{served}/day", width=1280, height=800)
    page.emulate_media(media="print")
    assert not page.locator("nav").is_visible()
    assert page.locator("main").is_visible()
