"""Owns where the links of a document may lead: to an address of the web, or to a place of the document itself; nowhere else."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from facilitate.core.tree import Card, Document, Listing, Node, Paragraph, Run, Section, Table

_SIGNS = "!#$%&'()*+,/:;=?@[]~"  # that an address may hold as they are: RFC 3986, 2.2 and 2.3


def linked(document: Document) -> Document:
    """The document with the links of its texts that lead somewhere: the others are their words alone."""
    there = Counter(_anchors(document.children))
    return replace(document, children=tuple(_checked(node, there) for node in document.children))


def cited(nodes: tuple[Node, ...]) -> Iterator[str]:
    """The anchors that texts lead to."""
    for node in nodes:
        for run in _runs(node):
            if is_citation(run):
                yield run.href[1:]
        yield from cited(_inside(node))


def is_citation(run: Run) -> bool:
    """Whether it is the number of a contribution ('12', 'RVT 482, 12'), and leads to it."""
    return run.href.startswith("#")


def _checked(node: Any, there: Counter[str]) -> Any:
    match node:
        case Section():
            return replace(node, children=tuple(_checked(child, there) for child in node.children))
        case Card() if node.inside:
            return replace(node, inside=tuple(_checked(child, there) for child in node.inside))
        case Paragraph() if node.runs:
            return replace(node, runs=tuple(_led(run, there) for run in node.runs))
        case Listing() if node.runs:
            return replace(node, runs=tuple(tuple(_led(run, there) for run in runs) for runs in node.runs))
    return node


def _led(run: Run, there: Counter[str]) -> Run:
    if is_citation(run):
        return run if there[run.href[1:]] == 1 else replace(run, text=f"[{run.text}]", href="")
    of_the_web = run.href.lower().startswith(("http://", "https://"))
    return replace(run, href=quote(run.href, safe=_SIGNS) if of_the_web else "")


def _anchors(nodes: tuple[Node, ...]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, Section):
            yield node.anchor
        elif isinstance(node, Table):
            yield from filter(None, node.anchors)
        yield from _anchors(_inside(node))


def _inside(node: Node) -> tuple[Node, ...]:
    return node.children if isinstance(node, Section) else node.inside if isinstance(node, Card) else ()


def _runs(node: Node) -> Iterator[Run]:
    if isinstance(node, Paragraph):
        yield from node.runs
    elif isinstance(node, Listing):
        for runs in node.runs:
            yield from runs
