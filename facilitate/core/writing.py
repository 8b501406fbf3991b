"""Owns the way back from a form to a sheet: ``read_form`` gives every fact and step as texts, ``rewrite`` changes only the lines whose text
was changed. All else stays as its author wrote it: comments, the order and language of keys, blank lines, line ends.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import zip_longest
from typing import Any

import yaml

from facilitate.core.activity import Kinds, Setting
from facilitate.core.agenda import Agenda
from facilitate.core.programme import BULLET, STEP, Block, Programme
from facilitate.core.reading import (
    LENGTH,
    Enough,
    Names,
    Problem,
    Problems,
    Wrong,
    fold,
    read_choice,
    read_flag,
    split,
    table,
)
from facilitate.core.sheet import FENCE, HEAD, HEADING_LINE, LISTS, NOTICES, PROGRAMME, Head, read_agenda
from facilitate.core.spelling import (
    Heading,
    as_typed,
    bare,
    bulleted,
    closed,
    entries_in,
    fact_lines,
    guarded,
    heading_for,
    heading_text,
    hour_in,
    key_of,
    length_in,
    on_one_line,
    one_line,
    same,
    scalar,
    spoken_hour,
    text_of,
)
from facilitate.core.words import clean, slug

_ENDS = re.compile(r"(\r\n|\r|\n)")
_KEPT = re.compile(r"([-*+][ \t]+[^:]*:)([ \t]*)")
_CONTROL = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f\ufffd]")
_FLAGS = ("fixed", "optional", "approval", "stays")
_OWN = table(STEP)
_FIRST = ("kind", "start", "duration", "minimum", "fixed", "optional")

Lines = list[tuple[str, str]]
"""Lines of a sheet, each with its own end."""
Edit = tuple[int, int, list[str]]
"""Lines [first, last) give way to these."""


@dataclass(frozen=True, slots=True)
class Row:
    """One step of a form.

    ``key`` is any name for it, by which another row's source may call it: '@key'. ``place`` is its place among the steps of the text,
    from 0, None for a new one. ``values``: by key of ``STEP`` and by setting of its kind; a flag is 'yes' or 'no', a choice and a kind the
    name we give it, a list one text a line, all else as the sheet says it; '' where nothing is said. '?n' is a line that nobody knows.
    """

    key: str
    place: int | None
    title: str
    text: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return self.values.get("kind", "")


@dataclass(frozen=True, slots=True)
class Form:
    """A sheet as a form: ``facts`` by key of the head ('notices.data' for a notice), those that cannot be edited here left out."""

    facts: Mapping[str, str]
    rows: tuple[Row, ...]


def read_form(text: str, kinds: Kinds) -> Form:
    """Any sheet as a form, whatever is wrong with it: its rows are called '0', '1', …"""
    sheet = _Sheet(text, kinds)
    return Form(sheet.facts(), tuple(sheet.row(place) for place in range(len(sheet.steps))))


def rewrite(text: str, kinds: Kinds, form: Form, keep_ids: bool = False) -> str:
    """The text with what the form says instead. A fact or value that the form does not name stays as it is; a reference to a step goes on
    meaning that step when its title or place changes. ``keep_ids``: a renamed step keeps its id, so that a day begun finds it again."""
    return _Sheet(text, kinds).rewritten(form, keep_ids)


def locate(text: str, kinds: Kinds, problems: Iterable[Problem]) -> list[tuple[int | None, str, Problem]]:
    """Where a form shows each problem: the place of its step, None for the day; and the fact or value, '' for the whole."""
    sheet = _Sheet(text, kinds)
    return [(*sheet.at(problem.line - 1), problem) for problem in problems]


def retyped(text: str, typed: str) -> str:
    """What was typed over a text, where a browser has made all line ends alike: lines that stayed keep their own."""
    bom = "\ufeff" if text.startswith("\ufeff") else ""
    parts = _ENDS.split(text.removeprefix("\ufeff"))
    lines, ends = parts[::2], [*parts[1::2], ""]
    eol = Counter(filter(None, ends)).most_common(1)[0][0] if any(ends) else "\n"
    new = _ENDS.split(typed.removeprefix("\ufeff"))[::2]
    # A form cannot carry control characters.
    plain = [_CONTROL.sub("", line) for line in lines]
    said = [_CONTROL.sub("", line) for line in new]
    alike, below = _alike(plain, said)
    kept = [*zip(lines, ends, strict=True)][:alike]
    kept += [(line, eol) for line in new[alike : len(new) - below]]
    kept += [*zip(lines, ends, strict=True)][len(lines) - below :]
    return bom + "".join(line + (end or eol) for line, end in kept[:-1]) + "".join(line for line, _ in kept[-1:])


class _Silent(Problems):
    """What is wrong is said elsewhere."""

    def _keep(self, problem: Problem) -> None:
        pass


def draft(text: str, kinds: Kinds) -> Agenda | None:
    """All that can be read of a sheet whatever is wrong with it, None where that is nothing: lengths that cannot be read count for 0."""
    try:
        return read_agenda(text, kinds, _Silent())
    except Enough:
        return None


@dataclass(slots=True)
class _Item:
    """A setting: its lines, its name as we know it or '?n', its key and value; ``nested``: lines and text of each entry of a list."""

    first: int
    last: int
    name: str
    key: str
    value: str
    nested: list[tuple[int, int, str]]

    @property
    def entries(self) -> tuple[str, ...]:
        return tuple(filter(None, (clean(text) for _, _, text in self.nested))) or split(self.value)


@dataclass(slots=True)
class _Step:
    """A step's lines: [first, last) with its text, then blank ones up to ``end``; ``prose`` the lines of its text."""

    first: int
    last: int
    end: int
    heading: Heading
    items: list[_Item]
    prose: tuple[int, int]
    types: Mapping[str, Setting]

    def item(self, name: str) -> _Item | None:
        return next((one for one in self.items if one.name == name), None)

    @property
    def told(self) -> int:
        """Where its settings end."""
        return self.items[-1].last if self.items else self.first + 1


@dataclass(slots=True)
class _Fact:
    """A fact of the head: the line of its key, the column its key ends at, its value, the last line it takes."""

    first: int
    column: int
    indent: int
    value: yaml.Node
    last: int


class _Sheet:
    """A sheet cut into its lines, facts and steps, as ``read_sheet`` sees them."""

    def __init__(self, text: str, kinds: Kinds) -> None:
        self.kinds = {kind.kind: kind for kind in kinds.values()}
        self.programme = Programme(kinds, _Silent())
        self.called = table(self.programme.kinds)
        self.known: dict[str, dict[str, str]] = {}
        self.bom = "\ufeff" if text.startswith("\ufeff") else ""
        parts = _ENDS.split(text.removeprefix("\ufeff"))
        self.lines, self.ends = parts[::2], [*parts[1::2], ""]
        self.eol = Counter(filter(None, self.ends)).most_common(1)[0][0] if any(self.ends) else "\n"
        self.first = 0
        self.titled: int | None = None
        self.section: tuple[int, int] | None = None
        self.steps: list[_Step] = []
        self.pairs: dict[str, _Fact] = {}
        self.plain = True
        self.french = True
        if self.lines[0].rstrip() == "---":
            self.first = next((n for n, line in enumerate(self.lines[1:], 2) if line.rstrip() == "---"), 0)
            if not self.first:
                self.plain = False
                return
            self._head("\n".join(self.lines[1 : self.first - 1]))
        self._body()

    # Reading

    def _head(self, text: str) -> None:
        head = Head(text)
        self.french = head.french
        root = head.root
        if head.error or (root is not None and (not isinstance(root, yaml.MappingNode) or root.flow_style)):
            self.plain = False
            return
        for name, key, value in _pairs(root, HEAD):
            if name == "notices":
                if isinstance(value, yaml.MappingNode) and not value.flow_style:
                    for notice, inner, text_node in _pairs(value, NOTICES):
                        self.pairs[f"notices.{notice}"] = self._fact(inner, text_node)
                self.pairs["notices"] = self._fact(key, value)
            else:
                self.pairs[name] = self._fact(key, value)

    def _fact(self, key: yaml.Node, value: yaml.Node) -> _Fact:
        last = value
        while isinstance(last, yaml.CollectionNode) and last.value and not last.flow_style:
            last = last.value[-1][1] if isinstance(last, yaml.MappingNode) else last.value[-1]
        mark = last.end_mark
        line = mark.line + 1 - (1 if mark.column == 0 and mark.line > key.start_mark.line else 0)
        while line > key.start_mark.line + 1 and not self.lines[line].strip():
            line -= 1
        return _Fact(key.start_mark.line + 1, key.end_mark.column, key.start_mark.column, value, line)

    def _body(self) -> None:
        fence, within, opened = "", False, False
        starts: list[list[int]] = []
        sections = 0
        for number, line in enumerate(self.lines[self.first :], self.first):
            mark, heading = FENCE.fullmatch(line), HEADING_LINE.fullmatch(line)
            level = 0
            if fence:
                fence = "" if mark and mark[1].startswith(fence) and not mark[2].strip() else fence
            elif mark:
                fence = mark[1]
            elif heading:
                level = len(heading[1])
            if level == 1 and self.titled is None and not sections:
                self.titled = number
            elif level == 2:
                sections += 1
                opened, within = False, fold(heading_text(line)) in table(PROGRAMME)
                if within and self.section is None:
                    self.section = (number, number + 1)
            elif level == 3 and within:
                opened = True
                starts.append([number, number + 1])
            if opened:
                starts[-1][1] = number + 1
            elif within and self.section and not starts:
                self.section = (self.section[0], number + 1)
        self.steps = [self._step(first, end) for first, end in starts]

    def _step(self, first: int, end: int) -> _Step:
        last = end
        while last > first + 1 and not self.lines[last - 1].strip():
            last -= 1
        heading = Heading.of(heading_text(self.lines[first]))
        found, prose = self.programme.items(Block(first, "", self.lines[first + 1 : end]))
        begins = end - len(prose) if prose else last
        named = next((one for one in found if _OWN.get(fold(one.key)) == "kind"), None)
        kind = self.kinds.get(self.called.get(fold(named.value), "")) if named else None
        types = {one.name: one for one in kind.settings} if kind else {}
        if (name := kind.kind if kind else "") not in self.known:
            self.known[name] = table({one.name: (one.name, one.fr) for one in types.values()}) | _OWN
        known = self.known[name]
        taken = {name for name, given in (("start", heading.start), ("duration", heading.to or heading.length)) if given}
        items: list[_Item] = []
        for n, one in enumerate(found):
            name = known.get(fold(one.key), "")
            name = name if name and name not in taken else f"?{n}"
            taken.add(name)
            # The reader counts the lines of a block from the one beneath its heading.
            at = one.line
            items.append(self._item(at, found[n + 1].line if n + 1 < len(found) else begins, name, one.key, clean(one.value)))
        return _Step(first, last, end, heading, items, (begins, last) if prose else (last, last), types)

    def _item(self, first: int, until: int, name: str, key: str, value: str) -> _Item:
        inner = [n for n in range(first + 1, until) if self.lines[n][:1] in (" ", "\t") and self.lines[n].strip()]
        nested: list[tuple[int, int, str]] = []
        for n in inner:
            words = self.lines[n].strip()
            if bullet := BULLET.fullmatch(words):
                nested.append((n, n + 1, bullet[2]))
            elif nested:
                nested[-1] = (nested[-1][0], n + 1, f"{nested[-1][2]} {words}")
        return _Item(first, inner[-1] + 1 if inner else first + 1, name, key, value, nested)

    def facts(self) -> dict[str, str]:
        """What the head says, by name; '' where it says nothing."""
        if not self.plain:
            return {}
        facts = {name: as_typed(self.pairs[name].value, name) if name in self.pairs else "" for name in _facts()}
        if self.titled is not None and "title" not in self.pairs:
            facts["title"] = heading_text(self.lines[self.titled])
        if "notices" in self.pairs and not isinstance(self.pairs["notices"].value, yaml.MappingNode):
            return {name: text for name, text in facts.items() if not name.startswith("notices.")}
        return facts

    def row(self, place: int) -> Row:
        """A step as the form has it."""
        step = self.steps[place]
        values = dict.fromkeys([*STEP, *step.types], "") | {one.name: self.shown(place, one) for one in step.items}
        values["start"] = values["start"] or step.heading.start
        values["duration"] = values["duration"] or step.heading.duration
        return Row(str(place), place, step.heading.title, self.told(step), values)

    def told(self, step: _Step) -> str:
        """Its text."""
        return clean("\n".join(self.lines[step.prose[0] : step.prose[1]]))

    def shown(self, place: int, item: _Item) -> str:
        """A setting's value as a form has it."""
        step, value = self.steps[place], " ".join(filter(None, (item.value, *(clean(text) for _, _, text in item.nested))))
        setting = step.types.get(item.name)
        type = "flag" if item.name in _FLAGS else setting.type if setting else "text"
        if item.name.startswith("?"):
            return clean(f"{item.key}{' :' if self.french else ':'} {'; '.join(item.entries) if item.nested else item.value}")
        if type in ("list", "fields"):
            return "\n".join(item.entries if not (item.nested and item.value) else (item.value, *item.entries))
        try:
            if item.name == "kind":
                return self.called.get(fold(value), value)
            if type == "flag":
                return "yes" if read_flag(value) else "no"
            if type == "choice" and setting:
                return read_choice(value, {name: (name, fr) for name, fr in setting.choices.items()})
        except Wrong:
            return value
        if type == "source" and (named := _called(value, place, self.names)) is not None:
            return f"@{named}"
        return value

    @cached_property
    def names(self) -> list[tuple[str, str]]:
        """(id, title) of each step, as the reader gives them."""
        return _ids([(item.value if (item := one.item("id")) else "", one.heading.title) for one in self.steps])

    def at(self, line: int) -> tuple[int | None, str]:
        """The step and the name of what stands on a line."""
        for place, step in enumerate(self.steps):
            if step.first <= line < step.end:
                named = [one.name for one in step.items if one.first <= line < one.last]
                return place, named[0] if named else "text" if step.prose[0] <= line < step.prose[1] else ""
        facts = [name for name, one in self.pairs.items() if one.first <= line <= one.last and name != "notices"]
        return None, facts[0] if facts else "title" if line == self.titled else ""

    # Writing

    def rewritten(self, form: Form, keep_ids: bool) -> str:
        french = self._language(form.facts)
        rows = self._settled(form.rows, keep_ids)
        bodies = [self._new(row, french) if row.place is None else self._edited(row, row.place, french) for row in rows]
        top, edits = self._facts(form.facts, french)
        lines = [*((line, self.eol) for line in top), *self._assembled(rows, bodies, edits)]
        ended = [(line, end or self.eol) for line, end in lines[:-1]] + lines[-1:]
        return self.bom + "".join(line + end for line, end in ended)

    def _language(self, facts: Mapping[str, str]) -> bool:
        given = facts.get("language")
        if given is None or given == self.facts().get("language"):
            return self.french
        return not re.match(r"(?!fr)[a-z]", fold(given))

    def _patched(self, first: int, last: int, edits: Iterable[Edit]) -> Lines:
        out: Lines = []
        at = first
        for begins, ends, new in sorted(edits, key=lambda one: one[:2]):
            out += zip(self.lines[at:begins], self.ends[at:begins], strict=True)
            out += [(line, self.eol) for line in new]
            at = ends
        return [*out, *zip(self.lines[at:last], self.ends[at:last], strict=True)]

    def _assembled(self, rows: Sequence[Row], bodies: Sequence[Lines], edits: Sequence[Edit]) -> Lines:
        """The steps in their new order. What stands between two of them that is no step, and the blank lines before it, stay in place."""
        steps, count = self.steps, len(self.steps)
        if not steps:
            return self._begun(bodies, edits)
        edges = [0, *(one.end for one in steps)]
        between = [
            self._patched(edges[n], steps[n].first if n < count else len(self.lines), _within(edits, edges[n], steps, n))
            for n in range(count + 1)
        ]
        tails = [list(zip(self.lines[one.last : one.end], self.ends[one.last : one.end], strict=True)) for one in steps]
        held = {n for n in range(count) if between[n + 1] or n == count - 1}
        blank = next((tail for n, tail in enumerate(tails) if n not in held and tail), [("", self.eol)])
        out = between[0]
        for n, (row, body) in enumerate(zip(rows, bodies, strict=True)):
            if 0 < n < count:
                out = out + between[n]
            own = tails[row.place] if row.place is not None and row.place not in held else blank
            if n == len(rows) - 1:
                own = tails[-1]
            elif n + 1 < count and between[n + 1]:
                own = tails[n]
            out = [*out, *body, *own]
        return [*out, *(line for some in between[max(1, min(len(rows), count)) :] for line in some)]

    def _begun(self, bodies: Sequence[Lines], edits: Sequence[Edit]) -> Lines:
        """The first steps of a programme that had none."""
        if not bodies:
            return self._patched(0, len(self.lines), edits)
        at = self.section[1] if self.section else len(self.lines)
        while at > self.first and at > 0 and not self.lines[at - 1].strip():
            at -= 1
        new = [] if self.section else [*([("", self.eol)] if at else []), ("## Programme", self.eol)]
        for body in bodies:
            new += [("", self.eol), *body]
        before = self._patched(0, at, [one for one in edits if one[0] <= at])
        rest = list(zip(self.lines[at:], self.ends[at:], strict=True))
        return [*((line, end or self.eol) for line, end in before), *new, *rest]

    def _settled(self, rows: Sequence[Row], keep_ids: bool) -> tuple[Row, ...]:
        """The rows with their sources as words of the sheet: the ones that were there where they still say the same step."""
        old, settled = self.names, list(rows)

        def given() -> list[tuple[str, str]]:
            return _ids([(one.values.get("id", old_id(one)), one_line(one.title)) for one in settled])

        def old_id(one: Row) -> str:
            item = self.steps[one.place].item("id") if one.place is not None else None
            return item.value if item else ""

        def pin(at: int, id: str) -> None:
            settled[at] = replace(settled[at], values={**settled[at].values, "id": id})

        names = given()
        for n, one in enumerate(rows):
            if keep_ids and one.place is not None and not one.values.get("id", old_id(one)) and names[n][0] != old[one.place][0]:
                pin(n, old[one.place][0])
        places, names = {one.key: n for n, one in enumerate(rows)}, given()
        for n, one in enumerate(rows):
            kind = self.kinds.get(one.kind or self._kind(one))
            for setting in kind.settings if kind else ():
                if setting.type != "source" or not one.values.get(setting.name, "").startswith("@"):
                    continue
                item = self.steps[one.place].item(setting.name) if one.place is not None else None
                written = clean(item.value) if item else ""
                target = places.get(one.values[setting.name][1:])
                if target is not None and target != n:
                    told = [text for text in (written, names[target][1]) if text and _called(text, n, names) == target]
                    if not told:
                        pin(target, names[target][0])
                    written = told[0] if told else names[target][0]
                settled[n] = replace(settled[n], values={**settled[n].values, setting.name: written})
        return tuple(settled)

    def _kind(self, row: Row) -> str:
        """The kind of a row that says none."""
        item = self.steps[row.place].item("kind") if row.place is not None else None
        return self.called.get(fold(item.value), "") if item else ""

    def _order(self, kind: str) -> dict[str, Setting | None]:
        """The keys of a step of this kind, in the order a new one gives them."""
        own = self.kinds[kind].settings if kind in self.kinds else ()
        return {
            **dict.fromkeys(_FIRST),
            **{one.name: one for one in own if one.name not in STEP},
            **dict.fromkeys(name for name in STEP if name not in _FIRST),
        }

    def _new(self, row: Row, french: bool) -> Lines:
        """A step that was not there."""
        heading, start, duration = self._headed(Heading(), row.title, row.values.get("start", ""), row.values.get("duration", ""), True)
        values = {**row.values, "start": start, "duration": duration}
        lines = [f"### {heading}"]
        items = [
            line
            for name, one in self._order(row.kind).items()
            if values.get(name)
            for line in self._item_lines(name, one, values[name], french)
        ]
        if items:
            lines += [*([] if self._compact else [""]), *items]
        if row.text.strip():
            lines += ["", *guarded(row.text, french)]
        return [(line, self.eol) for line in lines]

    @property
    def _compact(self) -> bool:
        """Whether settings stand right under their heading, without a blank line."""
        told = [one.items[0].first == one.first + 1 for one in self.steps if one.items]
        return bool(told) and all(told)

    @property
    def _colon(self) -> str | None:
        found = [item.key for one in self.steps for item in one.items]
        spaced = [self.lines[item.first].partition(":")[0] for one in self.steps for item in one.items]
        return None if not found else " :" if sum(one.endswith(" ") for one in spaced) * 2 > len(spaced) else ":"

    def _item_lines(self, name: str, setting: Setting | None, value: str, french: bool) -> list[str]:
        names = STEP.get(name, (setting.name, setting.fr) if setting else (name,))
        key = names[1] if french and len(names) > 1 else names[0]
        start = f"- {key}{(self._colon or ' :') if french else (self._colon or ':')}"
        return self._said(start, setting, name, value, french, nested=True)

    def _said(self, start: str, setting: Setting | None, name: str, value: str, french: bool, nested: bool) -> list[str]:
        """A setting's lines: ``start`` is '- key:'."""
        type = "flag" if name in _FLAGS else setting.type if setting else "text"
        if type in ("list", "fields"):
            entries = entries_in(value)
            if not nested and (inline := on_one_line(entries)):
                return [f"{start} {inline}"]
            return [start, *(f"  {bulleted(one)}" for one in entries)]
        text = one_line(value)
        if name == "kind" and text in self.kinds:
            text = self.kinds[text].fr if french else text
        elif type == "flag" and text in ("yes", "no"):
            text = {"yes": "oui", "no": "non"}[text] if french else text
        elif type == "choice" and setting and text in setting.choices:
            text = setting.choices[text] if french else text
        return [f"{start} {text}"]

    def _headed(self, old: Heading, title: str, start: str, duration: str, fresh: bool) -> tuple[str, str, str]:
        """(heading, start, duration): the last two are what must be said in settings, '' where the heading says it."""
        title, start, duration = one_line(title), one_line(start), one_line(duration)
        begins, lasts = hour_in(start), length_in(duration)
        separator = next((one.heading.when[len(bare(one.heading.when)) :] for one in self.steps if one.heading.when), " – ")
        if not fresh and (start, duration) == (old.start, old.duration) and old.when:
            when, start, duration = bare(old.when), "", ""
            separator = old.when[len(when) :]
        elif begins is not None and (old.start or fresh or not old.length):
            when, start = start, ""
            if old.to and lasts and begins + lasts < 1440:
                when, duration = f"{when} – {spoken_hour(begins + lasts, 'h' in when)}", ""
        elif old.length and re.fullmatch(LENGTH, duration, re.I) and not start:
            when, duration = duration, ""
        else:
            when = ""
        return heading_for(when, separator, title), start, duration

    def _edited(self, row: Row, place: int, french: bool) -> Lines:
        """A step that was there."""
        step, was = self.steps[place], self.row(place)
        edits: list[Edit] = []
        values = dict(row.values)
        kind = values.get("kind", was.kind)
        start, duration = (one_line(values.get(name, was.values[name])) for name in ("start", "duration"))
        if (one_line(row.title), start, duration) != (was.title, was.values["start"], was.values["duration"]):
            old = replace(step.heading)
            inside = {name for name in ("start", "duration") if step.item(name)}
            heading, said_start, said_duration = self._headed(
                old, row.title, "" if "start" in inside else start, "" if "duration" in inside and not old.to else duration, False
            )
            values["start"] = start if "start" in inside else said_start
            values["duration"] = duration if "duration" in inside else said_duration
            if heading != heading_text(self.lines[step.first]):
                mark = re.match(r" {0,3}#{3}[ \t]*", self.lines[step.first])
                prefix = mark[0] if mark else "### "
                edits.append(
                    (
                        step.first,
                        step.first + 1,
                        [prefix.rstrip(" \t") + " " + heading if not prefix.endswith((" ", "\t")) else prefix + heading],
                    )
                )
        else:
            values.pop("start", None)
            values.pop("duration", None)
        order = self._order(kind)
        if kind != was.kind:
            values |= {name: "" for name in step.types if name not in order}
        fresh: list[str] = []
        for name in [*order, *(one.name for one in step.items if one.name not in order)]:
            value, item = values.get(name), step.item(name)
            shown = self.shown(place, item) if item else ""
            if value is None or same(value, shown) or (item and item.name != "id" and value == clean(item.value)):
                continue
            if item and value.strip():
                edits += self._changed(item, order.get(name), name, value, french)
            elif item:
                edits.append((item.first, item.last, []))
            elif value.strip():
                after = [step.item(one) for one in list(order)[: list(order).index(name)]] if name in order else []
                anchor = next((one.last for one in reversed(after) if one), step.items[0].first if step.items else None)
                new = self._item_lines(name, order.get(name), value, french)
                if anchor is None:
                    fresh += new
                else:
                    edits.append((anchor, anchor, new))
        if fresh:
            beneath = [] if step.prose[0] > step.first + 1 or step.prose[0] == step.prose[1] else [""]
            edits.append((step.first + 1, step.first + 1, [*([] if self._compact else [""]), *fresh, *beneath]))
        if clean(row.text) != was.text:
            edits += self._prose(step, row.text, french)
        return self._patched(step.first, step.last, edits)

    def _changed(self, item: _Item, setting: Setting | None, name: str, value: str, french: bool) -> list[Edit]:
        line = self.lines[item.first]
        if name.startswith("?"):
            return [(item.first, item.last, [f"- {one_line(value)}"])]
        kept = _KEPT.match(line)
        start = kept[1] if kept else f"- {item.key}:"
        if not (setting and setting.type in ("list", "fields") and item.nested and not item.value):
            return [(item.first, item.last, self._said(start, setting, name, value, french, nested=bool(item.nested)))]
        entries = entries_in(value)
        sample = re.match(r"([ \t]*)", self.lines[item.nested[0][0]])
        indent = sample[1] if sample else "  "
        return _entry_edits([(first, last, clean(text)) for first, last, text in item.nested], entries, lambda one: indent + bulleted(one))

    def _prose(self, step: _Step, text: str, french: bool) -> list[Edit]:
        first, last = step.prose
        new = guarded(text, french) if text.strip() else []
        if first == last:
            return [(step.last, step.last, ["", *new])] if new else []
        if not new:
            return [(step.told, last, [])]
        old = [clean(line) for line in self.lines[first:last]]
        said = [clean(line) for line in new]
        alike, below = _alike(old, said)
        return [(first + alike, last - below, new[alike : len(new) - below])]

    def _facts(self, facts: Mapping[str, str], french: bool) -> tuple[list[str], list[Edit]]:
        """(lines of a head where there was none, edits) for what the form says of the day."""
        shown, edits, new = self.facts(), list[Edit](), dict[str, list[str]]()
        for name, value in facts.items():
            if name not in shown or same(value, shown[name]):
                continue
            fact = self.pairs.get(name)
            if name == "title" and not fact and self.titled is not None and value.strip():
                mark = re.match(r" {0,3}#[ \t]*", self.lines[self.titled])
                edits.append((self.titled, self.titled + 1, [(mark[0] if mark else "#").rstrip() + " " + closed(one_line(value))]))
            elif fact:
                edits += self._fact_edits(name, fact, value)
            elif value.strip():
                new[name] = fact_lines(key_of(name, french), name, value)
        if new and not self.first:
            return ["---", *self._with_notices(new, french, set()), "---", ""], edits
        order = _facts()
        for name, lines in new.items():
            notice = name.startswith("notices.")
            before = [
                one
                for one in order[: order.index(name)]
                if one in self.pairs and one.startswith("notices.") == (notice and "notices" in self.pairs)
            ]
            if notice and "notices" in self.pairs:
                anchor = self.pairs[before[-1]].last if before else self.pairs["notices"].first
                indent = next((self.pairs[one].indent for one in order if one.startswith("notices.") and one in self.pairs), 2)
                lines = [" " * indent + line for line in lines]
            else:
                before = [one for one in order[: order.index(name)] if one in self.pairs]
                anchor = self._last(before[-1]) if before else 0
                if notice:
                    first_new = next(one for one in new if one.startswith("notices."))
                    lines = [*([f"{key_of('notices', french)}:"] if name == first_new else []), *("  " + line for line in lines)]
            edits.append((anchor + 1, anchor + 1, lines))
        return [], edits

    def _last(self, name: str) -> int:
        return self.pairs["notices" if name.startswith("notices.") else name].last

    def _with_notices(self, new: Mapping[str, list[str]], french: bool, done: set[str]) -> list[str]:
        lines: list[str] = []
        for name in _facts():
            if name in new and name.startswith("notices."):
                lines += [*([] if "notices" in done else [f"{key_of('notices', french)}:"]), *("  " + line for line in new[name])]
                done.add("notices")
            elif name in new:
                lines += new[name]
        return lines

    def _fact_edits(self, name: str, fact: _Fact, value: str) -> list[Edit]:
        line = self.lines[fact.first]
        start = line[: line.index(":", fact.column) + 1]
        node, last = fact.value, self.lines[fact.last]
        tail = ""
        if not isinstance(node, yaml.CollectionNode) or node.flow_style:
            rest = last[node.end_mark.column :] if node.end_mark.line + 1 == fact.last else ""
            tail = rest.rstrip() if rest.strip().startswith("#") else ""
        if not value.strip():
            alone = name.startswith("notices.") and sum(one.startswith("notices.") for one in self.pairs) == 1
            first = self.pairs["notices"].first if alone else fact.first
            return [(first, fact.last + 1, [f"{start}{tail}"] if tail else [])]
        if name in LISTS and isinstance(node, yaml.SequenceNode) and not node.flow_style:
            children = [(one, text_of(one)) for one in node.value]
            spans = [(one.start_mark.line + 1, self._fact(one, one).last + 1, text) for one, text in children if text]
            if spans:
                mark = re.match(r"[ ]*-[ ]+", self.lines[spans[0][0]])
                bullet = mark[0] if mark else "  - "
                return _entry_edits(spans, entries_in(value), lambda one: bullet + scalar(one))
        folded = isinstance(node, yaml.ScalarNode) and node.style == ">"
        return [(fact.first, fact.last + 1, fact_lines(start.removesuffix(":"), name, value, folded, tail, " " * (fact.indent + 2)))]


def _within(edits: Sequence[Edit], first: int, steps: Sequence[_Step], n: int) -> list[Edit]:
    last = steps[n].first if n < len(steps) else 1 << 30
    return [one for one in edits if first <= one[0] < last]


def _pairs(node: yaml.Node | None, names: Names) -> Iterable[tuple[str, yaml.Node, yaml.Node]]:
    """The known keys of a YAML mapping, each the first time."""
    known, seen = table(names), set[str]()
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        name = known.get(fold(clean(key.value)), "") if isinstance(key, yaml.ScalarNode) else ""
        if name and name not in seen:
            seen.add(name)
            yield name, key, value


def _facts() -> list[str]:
    """The facts a form has, in the order a head gives them."""
    return [one for name in HEAD for one in ([f"notices.{notice}" for notice in NOTICES] if name == "notices" else [name])]


def _ids(steps: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """(id, title) of each step, as the reader gives them: own ids first, then those made from titles."""
    taken: set[str] = set()
    own = []
    for id, _ in steps:
        own.append(id if id and id == slug(id) and id not in taken else "")
        taken.add(own[-1])
    taken.discard("")
    given = []
    for id, (_, title) in zip(own, steps, strict=True):
        given.append((id or slug(title, taken), title))
        taken.add(given[-1][0])
    return given


def _called(text: str, place: int, names: Sequence[tuple[str, str]]) -> int | None:
    """The one step that a source means by this text: an earlier one, or else a later one."""
    for among in (range(place), range(place + 1, len(names))):
        found = [n for n in among if names[n][0] == text] or [n for n in among if fold(names[n][1]) == fold(text)]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _entry_edits(old: Sequence[tuple[int, int, str]], entries: Sequence[str], written: Any) -> list[Edit]:
    """The entries of a list that change, each on its own lines; those alike at both ends stay as they are."""
    texts = [text for _, _, text in old]
    alike, below = _alike(texts, entries)
    gone, new = old[alike : len(old) - below], [written(one) for one in entries[alike : len(entries) - below]]
    edits: list[Edit] = []
    for n, (first, last, _) in enumerate(gone):
        told = new[n : n + 1] if n + 1 < len(gone) else new[n:]
        edits.append((first, last, told))
    if not gone and new:
        at = old[alike - 1][1] if alike else old[0][0]
        edits.append((at, at, new))
    return edits


def _alike(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many lines are alike at the start, then at the end."""
    first = next((n for n, pair in enumerate(zip_longest(old, new)) if pair[0] != pair[1]), len(old))
    most = min(len(old), len(new)) - first
    return first, next((n for n in range(most) if old[-1 - n] != new[-1 - n]), most)
