"""Owns the organiser's Markdown on screens: the sheet's own prose, made into safe HTML. Participants' words never come here."""

from functools import lru_cache
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from markupsafe import Markup

from facilitate.core.prose import Bounded, plainly_set


class _Safe(Treeprocessor):
    """Links lead to the web or within the page; images, which would call another host, give way to their description."""

    def run(self, root: Element) -> None:
        for one in root.iter():
            if one.tag == "a" and not one.get("href", "").lower().startswith(("http://", "https://", "#", "/")):
                one.attrib.pop("href", None)
            if one.tag == "img":
                alt = one.get("alt", "")
                one.attrib.clear()
                one.tag, one.text = "em", alt


class _Plain(Extension):
    """No raw HTML: what looks like a tag is printed as typed."""

    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        md.treeprocessors.register(_Safe(md), "safe", 0)


@lru_cache(maxsize=500)
def to_html(text: str) -> Markup:
    """Safe HTML for a piece of the sheet's Markdown."""
    text = plainly_set(text)
    return Markup(Markdown(extensions=["sane_lists", "tables", _Plain(), Bounded(text)]).convert(text))  # noqa: S704 - raw HTML and odd links are out
