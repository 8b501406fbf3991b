"""Owns the sheet: the Markdown an organiser writes to announce a day, read into an Agenda, every problem with its line."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import yaml

from facilitate.core.activity import Kinds
from facilitate.core.agenda import Agenda
from facilitate.core.programme import Block, Programme
from facilitate.core.reading import (
    FLAGS,
    Enough,
    Names,
    Problem,
    Problems,
    Wrong,
    closest,
    fold,
    read_choice,
    read_date,
    read_hours,
    read_language,
    read_number,
    read_period,
    read_reminder,
    split,
    table,
)
from facilitate.core.words import N_, clean

__all__ = ["CHOICES", "HEAD", "NOTICES", "Problem", "decode_sheet", "read_sheet"]

LARGEST, LARGEST_HEAD = 1_000_000, 64_000  # bytes of a sheet, characters of its head

HEAD: Names = {
    "title": ("title", "titre"),
    "date": ("date",),
    "time": ("time", "horaires", "hours", "horaire"),
    "timezone": ("timezone", "fuseau", "time zone", "fuseau horaire"),
    "place": ("place", "lieu"),
    "online": ("online", "en ligne"),
    "host": ("host", "organisateur"),
    "capacity": ("capacity", "places", "capacité"),
    "deadline": ("registration deadline", "inscription avant", "deadline", "date limite d’inscription"),
    "access": ("access", "accès"),
    "language": ("language", "langue"),
    "format": ("format",),
    "series": ("series", "série"),
    "good_for": ("good for", "utile pour"),
    "funders": ("funders", "financeurs"),
    "europe": ("europe", "union européenne", "european union"),
    "capitalisation": ("capitalisation",),
    "sensitive": ("sensitive", "sensible"),
    "notices": ("notices", "mentions"),
    "territories": ("territories", "territoires"),
    "structure_types": ("structure types", "types de structure"),
    "attendance": ("attendance", "émargement"),
    "attendance_kept": ("attendance kept", "émargement conservé"),
}
NOTICES: Names = {"data": ("data", "données"), "photos": ("photos",), "moderation": ("moderation", "modération")}
CHOICES: Mapping[str, Names] = {
    "europe": FLAGS,
    "capitalisation": FLAGS,
    "online": {**FLAGS, "hybrid": ("hybrid", "hybride")},
    "access": {"open": ("open", "ouvert", "libre"), "list": ("on invitation", "sur invitation", "list", "liste", "invitation")},
    "attendance": {"paper": ("paper", "papier", "on paper", "sur papier"), "phone": ("phone", "téléphone", "phones", "sur téléphone")},
}
"""What a key of the head takes, where it takes one of a few answers."""
PROGRAMME: Names = {"programme": ("program", "programme", "agenda", "déroulé")}

LISTS = ("funders", "territories", "structure_types")
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
HEADING_LINE = re.compile(r" {0,3}(#{1,3})(?:[ \t]+(.*))?")
_TOO_LARGE = N_("This file is too large for a sheet: 1 MB at most.")
_NOT_PLAIN = N_("The head of the sheet takes plain “key: value” lines: remove this “&”, “*” or “!”, or put the text between quotes.")
_TOO_DEEP = N_("The head of the sheet takes texts and lists of texts, nothing deeper.")


def decode_sheet(data: bytes) -> str | Problem:
    """The text of a sheet's file, or the one reason it cannot be one: over 1 MB, or not UTF-8."""
    if len(data) > LARGEST:
        return Problem(1, _TOO_LARGE)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return Problem(line, N_("This file is not in UTF-8. Save it again, choosing the encoding “UTF-8”."))


def read_sheet(text: str, kinds: Kinds) -> tuple[Agenda | None, tuple[Problem, ...]]:
    """The day a sheet tells, None when there is any error, and all its problems in the order of their lines."""
    problems = Problems()
    try:
        agenda = read_agenda(text, kinds, problems)
    except Enough:
        agenda = None
    found = tuple(sorted(problems.found, key=lambda one: one.line))
    return None if any(one.level == "error" for one in found) else agenda, found


def read_agenda(text: str, kinds: Kinds, problems: Problems) -> Agenda | None:
    """What can be read of a sheet, its problems added to ``problems``: None where it cannot be cut into head and body."""
    if len(text) > LARGEST:
        problems.add(1, _TOO_LARGE)
        return None
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first, facts = 0, dict[str, Any](title="")
    if lines[0].rstrip() == "---":
        first = next((n for n, line in enumerate(lines[1:], 2) if line.rstrip() == "---"), 0)
        if not first:
            problems.add(1, N_("The head of the sheet opens here and is never closed: end it with a line “---”."))
            return None
        facts = _head("\n".join(lines[1 : first - 1]), problems)
    title, sections, steps = _body(lines, first, problems)
    if title and not facts.get("title"):
        facts["title"] = title.heading
    if title and fold(title.heading) != fold(facts["title"]):
        problems.add(title.line, N_("The title is given twice, in the head of the sheet and here: keep one."))
    if facts.get("title") == "":
        problems.add(1, N_("The sheet has no title: write “title: …” in its head."))
    hours = facts.pop("time", ("", "") if facts else None)
    activities = Programme(kinds, problems).read(steps, hours)
    start, end = hours or ("", "")
    start = start or next((one.at for one in activities[:1]), "")
    return Agenda(**{"title": ""} | facts, start=start, end=end, sections=sections, activities=activities)


def _body(lines: list[str], first: int, problems: Problems) -> tuple[Block | None, tuple[tuple[str, str], ...], list[Block]]:
    """The ``#`` title, the ``##`` sections and the programme's ``###`` steps. In a code block nothing is a heading."""
    title, programme, fence, opened = None, 0, "", 0
    sections, steps, within = [Block(first + 1, "")], list[Block](), False
    block = sections[0]
    for number, line in enumerate(lines[first:], first + 1):
        mark = FENCE.fullmatch(line)
        if fence:
            if mark and mark[1].startswith(fence) and not mark[2].strip():
                fence = ""
        elif mark:
            fence, opened = mark[1], number
        elif heading := HEADING_LINE.fullmatch(line):
            level, new = len(heading[1]), Block(number, clean(re.sub(r"(^|\s)#+$", "", (heading[2] or "").strip())))
            if level == 1 and not title and len(sections) == 1:
                title = new
                continue
            if level == 2:
                within = fold(new.heading) in table(PROGRAMME)
                programme = programme or (number if within else 0)
                sections.append(block := new)
                continue
            if level == 3 and within:
                steps.append(block := new)
                continue
        elif re.match(r" {0,3}#{2,3}[^#\s]", line):
            problems.add(number, N_("Put a space after the “#” signs, so that this line is a heading."))
        block.lines.append(line)
    if fence:
        problems.add(opened, N_("This code block is never closed: end it with a line “%(fence)s”."), fence=fence)
    guesses = [(one.line, guess) for one in sections if (guess := closest(one.heading, PROGRAMME))]
    if not programme and guesses:
        text = N_("The sheet has no programme. Did you mean “%(guess)s” here?")
        problems.add(guesses[0][0], text, guess=guesses[0][1])
    elif not programme:
        problems.add(1, N_("The sheet has no programme: write “## Programme”, then one “###” heading for each step."))
    elif not steps:
        problems.add(programme, N_("The programme is empty: write one heading for each step, like “### 9:30 – Welcome”."))
    told = ((one.heading, clean("\n".join(one.lines))) for one in sections)
    return title, tuple(one for one in told if one[1] or (one[0] and fold(one[0]) not in table(PROGRAMME))), steps


def _head(head: str, problems: Problems) -> dict[str, Any]:
    """The facts of the front matter under their names in an Agenda: the title '' where none is given, nothing where it cannot be read."""
    if len(head) > LARGEST_HEAD:
        problems.add(1, N_("The head of the sheet is too long: 64 kB at most."))
        return {}
    front = Head(head)
    problems.french = front.french
    if front.error:
        problems.add(*_unreadable(front.error, head))
        return {}
    readers: dict[str, Callable[[str], Any]] = {
        "date": read_date,
        "deadline": read_date,
        "time": read_hours,
        "timezone": _timezone,
        "capacity": lambda text: read_number(text, 0, 100_000),
        "language": read_language,
        "attendance_kept": read_period,
        "sensitive": read_reminder,
    }
    readers |= {name: partial(read_choice, names=names, french=front.french) for name, names in CHOICES.items()}
    named = _named(front.root, HEAD, problems) if front.root else {}
    facts: dict[str, Any] = {"title": ""}
    for name, node in named.items():
        line = node.start_mark.line + 2
        if name in LISTS:
            facts[name] = problems.tried(line, tuple[str, ...](), _texts, node)
        elif name == "notices":
            facts[name] = {key: problems.tried(line, "", _text, one) for key, one in _named(node, NOTICES, problems).items()}
        elif text := problems.tried(line, "", _text, node):
            value = problems.tried(line, None, readers.get(name, str), text)
            if value is not None or name == "time":
                facts[name] = value
            if name == "sensitive" and value not in (None, "no"):
                problems.sensitive(line)
            if value == 0:
                problems.warn(line, N_("0 places means no limit: leave this line out, or write how many can come."))
    return facts


class Head:
    """A front matter as YAML sees it: ``root`` None where it is empty, ``error`` why it cannot be read; ``french`` by default."""

    root: yaml.Node | None = None
    error: Exception | None = None

    def __init__(self, text: str) -> None:
        self.french = not re.search(r"^lang(?:ue|uage)\s*:\s*['\"]?(?!fr)[a-z]", text, re.M | re.I)
        try:
            # YAML counts these three as line ends, editors do not: lines would no longer be those of the file.
            self.root = _Loader(text.translate({0x85: " ", 0x2028: " ", 0x2029: " "})).get_single_node()
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            self.error = error


class _Loader(yaml.SafeLoader):
    """Composes plain nodes only: no anchor, alias or tag, nothing deeper than a list in a mapping. A bomb stops at its fuse."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) or getattr(event, "tag", None):
            raise yaml.MarkedYAMLError(problem=_NOT_PLAIN, problem_mark=event.start_mark)
        if self.depth > 2:
            raise yaml.MarkedYAMLError(problem=_TOO_DEEP, problem_mark=event.start_mark)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _unreadable(error: Exception, head: str) -> tuple[int, str]:
    """The line and the msgid for a front matter that YAML refuses, in an organiser's words."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = mark.line if mark else head[: getattr(error, "position", 0)].count("\n")
    text = str(getattr(error, "problem", ""))
    if text == "mapping values are not allowed here":
        text = N_('This text holds a colon: put it between straight quotes, like title: "Towns: what for?"')
    elif text not in (_NOT_PLAIN, _TOO_DEEP):
        text = N_("The head of the sheet cannot be read here: write “key: value” lines, and put texts with odd signs between quotes.")
    return min(line, head.count("\n")) + 2, text


def _named(node: yaml.Node, names: Names, problems: Problems) -> dict[str, yaml.Node]:
    """The values of a YAML mapping under the names we know them by."""
    found: dict[str, yaml.Node] = {}
    if not isinstance(node, yaml.MappingNode):
        problems.add(node.start_mark.line + 2, N_("“key: value” lines are expected here."))
        return found
    known = table(names)
    for key, value in node.value:
        line, word = key.start_mark.line + 2, clean(key.value) if isinstance(key, yaml.ScalarNode) else "?"
        name = known.get(fold(word), "")
        if not name:
            problems.unknown_key(line, word, names)
        elif name in found:
            problems.add(line, N_("“%(key)s” is given twice: keep one."), key=word)
        else:
            found[name] = value
    return found


def _text(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise Wrong(N_("One text is expected here, not a list."))
    return "" if node.tag == "tag:yaml.org,2002:null" else clean(node.value)


def _texts(node: yaml.Node) -> tuple[str, ...]:
    if isinstance(node, yaml.SequenceNode):
        return tuple(filter(None, map(_text, node.value)))
    return split(_text(node))


def _timezone(text: str) -> str:
    try:
        return str(ZoneInfo(text))
    except (KeyError, ValueError, OSError):
        guess = closest(text, available_timezones()) or "Europe/Paris"
        raise Wrong(N_("“%(word)s” is not a time zone. Did you mean “%(guess)s”?"), word=text, guess=guess) from None
