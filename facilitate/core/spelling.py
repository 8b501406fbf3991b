"""Owns how a value is written in a sheet: in its head or under a step, so that it reads back the same."""

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import yaml

from facilitate.core.agenda import minutes_of
from facilitate.core.programme import BULLET, HEADING, RULE
from facilitate.core.reading import Wrong, read_hour, read_length, split
from facilitate.core.sheet import FENCE, HEAD, HEADING_LINE, LISTS, NOTICES, Head
from facilitate.core.words import clean

_WIDE = 120
"""How long a line of prose may be in a head before it is folded, and a list before it takes one line each."""


def spoken_hour(minutes: int, french: bool) -> str:
    """570 → '9 h 30' or '9:30', as people write it in a sheet."""
    hours, minutes = divmod(minutes % 1440, 60)
    if not french:
        return f"{hours}:{minutes:02d}"
    return f"{hours} h {minutes:02d}" if minutes else f"{hours} h"


def spoken_length(minutes: int) -> str:
    """75 → '1 h 15', 45 → '45 min'."""
    hours, minutes = divmod(minutes, 60)
    return f"{minutes} min" if not hours else f"{hours} h {minutes:02d}" if minutes else f"{hours} h"


@dataclass(slots=True)
class Heading:
    """A step's heading, taken apart: ``when`` is all before the title; ``to`` is given with both hours, ``length`` with a length."""

    when: str = ""
    title: str = ""
    start: str = ""
    to: str = ""
    length: str = ""

    @classmethod
    def of(cls, text: str) -> "Heading":
        timed = HEADING.fullmatch(text)
        if not timed:
            return cls(title=text)
        return cls(text[: timed.start("title")], timed["title"], timed["from"] or "", timed["to"] or "", timed["length"] or "")

    @property
    def duration(self) -> str:
        """The length it gives, one way or the other."""
        if self.to and (start := hour_in(self.start)) is not None and (end := hour_in(self.to)) is not None and end > start:
            return spoken_length(end - start)
        return self.length


def key_of(name: str, french: bool) -> str:
    """A key of the head, in the sheet's language."""
    names = NOTICES[name.partition(".")[2]] if "." in name else HEAD[name]
    return names[1] if french and len(names) > 1 else names[0]


def text_of(node: yaml.Node) -> str:
    return "" if not isinstance(node, yaml.ScalarNode) or node.tag == "tag:yaml.org,2002:null" else clean(node.value)


def as_typed(node: yaml.Node, name: str) -> str:
    """A value of the head as a form has it: a list one text a line."""
    if isinstance(node, yaml.SequenceNode):
        return "\n".join(filter(None, map(text_of, node.value)))
    return "\n".join(split(text_of(node))) if name in LISTS else text_of(node)


def fact_lines(key: str, name: str, value: str, folded: bool = False, tail: str = "", indent: str = "  ") -> list[str]:
    """A fact's lines: on one where it reads well, folded where it is long."""
    if name in LISTS:
        entries = entries_in(value)
        inline = on_one_line(entries)
        if inline and len(inline) <= _WIDE:
            return [f"{key}: {scalar(inline)}{tail}"]
        return [f"{key}:{tail}", *(f"{indent}- {scalar(one)}" for one in entries)]
    text = clean(clean(value)) if name.startswith("notices.") else one_line(value)
    one = f"{key}: {scalar(text)}{tail}"
    if name.startswith("notices.") and (folded or len(one) > _WIDE or "\n" in text):
        paragraphs = text.split("\n")
        mark = "|-" if len(paragraphs) > 1 else ">-"
        block = paragraphs if len(paragraphs) > 1 else textwrap.wrap(text, _WIDE, break_long_words=False, break_on_hyphens=False)
        if _reads("\n".join(["k: " + mark, *(("  " + line).rstrip() for line in block)]), text):
            return [f"{key}: {mark}{tail}", *((indent + line).rstrip() for line in block)]
    return [one]


def scalar(text: str) -> str:
    """A text as YAML takes it: plain where that reads the same, else between double quotes."""
    if "\n" not in text and _reads(f"k: {text} # c", text) and _reads(f"- {text} # c", text):
        return text
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return '"' + re.sub("[\u2028\u2029\ufeff\ufffe\uffff]", lambda sign: f"\\u{ord(sign[0]):04x}", quoted) + '"'


def _reads(document: str, text: str) -> bool:
    head = Head(document)
    root = head.root
    if head.error or not isinstance(root, yaml.MappingNode | yaml.SequenceNode) or len(root.value) != 1:
        return False
    value = root.value[0][1] if isinstance(root, yaml.MappingNode) else root.value[0]
    return isinstance(value, yaml.ScalarNode) and text_of(value) == text


def heading_text(line: str) -> str:
    """What a heading says."""
    heading = HEADING_LINE.fullmatch(line)
    return clean(re.sub(r"(^|\s)#+$", "", (heading[2] or "").strip())) if heading else ""


def closed(text: str) -> str:
    """A heading whose text ends in '#' is closed by one more."""
    return text if heading_text(f"# {text}") == text else f"{text} #"


def bare(when: str) -> str:
    """'9 h 30 – ' → '9 h 30'."""
    return re.sub(r"\s*[-–—·:|]\s*$", "", when)


def heading_for(when: str, separator: str, title: str) -> str:
    """A heading that reads back as these; as near as can be where none does."""
    tries = [f"{when}{mark}{title}" for mark in (separator, " – ", " · ")] if when else [title]
    for text in tries:
        heading = closed(text.strip())
        found = Heading.of(heading_text(f"# {heading}"))
        if found.title == title and bare(found.when) == when:
            return heading
    return closed(tries[0].strip())


def hour_in(text: str) -> int | None:
    try:
        return minutes_of(read_hour(text))
    except Wrong:
        return None


def length_in(text: str) -> int:
    try:
        return read_length(text)
    except Wrong:
        return 0


def one_line(text: str) -> str:
    """A text on one line."""
    return clean(re.sub(r"\s*[\n\u2028\u2029]\s*", " ", clean(text)))


def same(value: str, shown: str) -> bool:
    return clean(value) == clean(shown)


def entries_in(value: str) -> list[str]:
    return list(filter(None, (one_line(line) for line in clean(value).split("\n"))))


def on_one_line(entries: Sequence[str]) -> str:
    """A list on one line, '' where it would not read the same."""
    tries = (", ".join(entries), "; ".join(entries))
    return next((one for one in tries if list(split(one)) == list(entries)), "")


def bulleted(text: str) -> str:
    return f"* {text}" if RULE.fullmatch(f"- {text}") else f"- {text}"


def guarded(text: str, french: bool) -> list[str]:
    """A step's text, so that the sheet stays whole: its headings below the step's own, its code blocks closed, no setting made of its first
    line."""
    lines, fence = [], ""
    for line in clean(clean(text)).split("\n"):
        mark = FENCE.fullmatch(line)
        if fence:
            fence = "" if mark and mark[1].startswith(fence) and not mark[2].strip() else fence
        elif mark:
            fence = mark[1]
        elif re.match(r" {0,3}#{2,3}(?!#)", line):
            line = re.sub(r"^ {0,3}#{2,3}[ \t]*", "#### ", line).rstrip()
        lines.append(line)
    if fence:
        lines.append(fence)
    first = BULLET.fullmatch(lines[0].strip())
    if first and not first[1][0].isdigit() and not RULE.fullmatch(lines[0].strip()):
        lines = ["Pas à pas :" if french else "Step by step:", "", *lines]
    return lines
