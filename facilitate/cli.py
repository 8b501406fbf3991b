"""Owns the command line: each command of ``facilitate``, and what all of them ask for alike."""

import json
import locale
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import click

from facilitate import __version__
from facilitate.core.words import N_


def main() -> None:
    """The entry point of the program."""
    commands(prog_name="facilitate")


@click.group()
@click.version_option(__version__)
def commands() -> None:
    """Runs workshop days: a sheet runs the day, phones post, the restitution is ready at the end."""


def stored(command: Callable[..., None]) -> Callable[..., None]:
    """The options of every command that touches stored sessions."""
    folder = click.Path(file_okay=False, path_type=Path)
    command = click.option("--data-dir", type=folder, envvar="FACILITATE_DATA_DIR", show_envvar=True, help="Where days are kept.")(command)
    told = "A SQLAlchemy URL instead of the data folder's SQLite file."
    return click.option("--database-url", envvar="FACILITATE_DATABASE_URL", show_envvar=True, help=told)(command)


def reached(command: Callable[..., None]) -> Callable[..., None]:
    """The options of every command that serves beyond one room."""
    told = "Plain text, or one JSON object a line without personal data."
    command = click.option("--log", type=click.Choice(["text", "json"]), default="text", envvar="FACILITATE_LOG", help=told)(command)
    told = "Opens /metrics to who brings it as a bearer; 16 signs or more. Better given by the environment, which nobody else can read."
    kept = {"envvar": "FACILITATE_METRICS_KEY", "default": "", "callback": _long}
    command = click.option("--metrics-key", metavar="KEY", help=told, show_envvar=True, **kept)(command)  # type: ignore[arg-type]
    told = "Where several workers on one database tell each other what was written, as redis://host:6379. It keeps nothing."
    asked = {"envvar": "FACILITATE_REDIS_URL", "show_envvar": True, "callback": _redis}
    command = click.option("--redis-url", metavar="URL", help=told, **asked)(command)  # type: ignore[arg-type]
    told = "Real time through the library's own WebSockets: slower, and there to compare."
    command = click.option("--direct/--no-direct", default=True, hidden=True, help=told)(command)
    command = click.option("--answer-to", metavar="NAME", multiple=True, help="The only name it is reached by; several may be.")(command)
    told = "What people type, as https://atelier.example.org: links and QR codes say it, and it answers to no other name."
    named = click.option("--public-url", metavar="URL", envvar="FACILITATE_PUBLIC_URL", show_envvar=True, callback=_origin, help=told)
    told = "How many proxies of yours stand before it: what they say of who asks, and of HTTPS, is believed."
    many = click.IntRange(0, 9)
    behind = click.option(
        "--behind-proxy", metavar="N", envvar="FACILITATE_BEHIND_PROXY", show_envvar=True, type=many, default=0, help=told
    )
    return behind(named(command))


def _origin(_: click.Context, option: click.Parameter, typed: str | None) -> str:
    """Scheme and host alone: whatever follows them would stand in every link."""
    if not typed:
        return ""
    parts = urlsplit(typed.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise click.BadParameter(words().say(N_("“%(typed)s” is no address like https://atelier.example.org"), typed=typed), param=option)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _redis(_: click.Context, option: click.Parameter, typed: str | None) -> str | None:
    """Never said back: it may hold a password."""
    if not typed:
        return None
    try:
        from redis import ConnectionPool

        ConnectionPool.from_url(typed)
    except ImportError as error:
        raise click.ClickException(words().say(N_("This needs one more package: pip install 'facilitate[redis]'"))) from error
    except ValueError as error:
        text = N_("This is no address of a Redis, like redis://host:6379, rediss://host or unix:///path.")
        raise click.BadParameter(words().say(text), param=option) from error
    return typed


def _long(_: click.Context, option: click.Parameter, key: str) -> str:
    if key and len(key) < 16:
        raise click.BadParameter(words().say(N_("A key this short can be guessed: 16 signs or more.")), param=option)
    return key


def data_folder() -> Path:
    """Where days are kept unless --data-dir says otherwise."""
    return Path(click.get_app_dir("facilitate"))


@contextmanager
def journal(data_dir: Path | None, database_url: str | None) -> Iterator[Any]:
    """The journal the options name; what is wrong with it is said in one line."""
    from facilitate.journal import Damaged, Journal, Unavailable

    try:
        opened = Journal(database_url) if database_url else Journal.in_folder(data_dir or data_folder())
    except Damaged as error:
        raise click.ClickException(words().refusal(error.refused)) from error
    try:
        yield opened
    except Unavailable as error:
        raise click.ClickException(str(error)) from error
    finally:
        opened.close()


def words() -> Any:
    """The language of this terminal."""
    from facilitate.installed import find_kinds
    from facilitate.language import languages

    name = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or locale.getlocale()[0] or ""
    return languages(find_kinds())["fr" if name.lower().startswith("fr") else "en"]


def problems_of(sheet: Path) -> tuple[Any, list[str], bool]:
    """(agenda or None, every problem as 'file:line: message', whether any is an error) for a sheet on disk."""
    from facilitate.core.sheet import decode_sheet, read_sheet
    from facilitate.installed import find_kinds

    said = words()

    def line(problem: Any) -> str:
        level = "" if problem.level == "error" else said.say(N_("warning: "))
        return f"{sheet}:{problem.line}: {level}{said.say(problem.text, **problem.values)}"

    text = decode_sheet(sheet.read_bytes())
    if not isinstance(text, str):
        return None, [line(text)], True
    agenda, problems = read_sheet(text, find_kinds())
    return agenda, [line(problem) for problem in problems], any(problem.level == "error" for problem in problems)


@commands.command()
@click.argument("sheets", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(sheets: tuple[Path, ...]) -> None:
    """Reads sheets and lists every error at once, each as file:line: message."""
    wrong = False
    for sheet in sheets:
        _, lines, failed = problems_of(sheet)
        wrong |= failed
        for line in lines:
            click.echo(line)
    sys.exit(1 if wrong else 0)


@commands.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def kinds(form: str) -> None:
    """Lists the kinds of activity installed, with their settings and examples."""
    from facilitate.core.state import plain
    from facilitate.installed import find_kinds

    found = find_kinds()
    if form == "json":
        listed = [
            {
                "kind": name,
                "fr": kind.fr,
                "settings": [
                    {"name": one.name, "fr": one.fr, "type": one.type, "default": plain(one.default), "help": one.help}
                    for one in kind.settings
                ],
                "verbs": list(kind.verbs),
                "examples": {"accepts": plain(kind.examples.accepts), "refuses": plain(kind.examples.refuses)},
            }
            for name, kind in found.items()
        ]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=2))
        return
    said = words()
    for name, kind in found.items():
        click.echo(f"{name} ({kind.fr}): {said.say(kind.label)}")
        for one in kind.settings:
            click.echo(f"    {one.name} ({one.fr}): {said.say(one.help)}")


@commands.command()
@click.argument("sheet", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--new", is_flag=True, help="Start another day from this sheet instead of going on with the one begun.")
@click.option("--host", default="0.0.0.0", show_default=True, help="The address to listen on.")  # noqa: S104 - phones must reach it
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes any free port.")
@click.option("--capacity", type=click.IntRange(1), help="Most people who may join, whatever the sheet says.")
@click.option("--wifi", nargs=2, metavar="NAME PASSWORD", help="Shows the room's Wi-Fi, with its QR code, on the welcome wall.")
@click.option("--print-urls", type=click.Choice(["json"]), help="Writes the addresses and keys as one JSON line once it listens.")
@click.option("--clock", type=click.Choice(["stdin"]), hidden=True, help="A rehearsal gives the time, line by line.")
@reached
@stored
def run(sheet: Path, **options: Any) -> None:
    """Runs a day from its sheet. Ctrl-C ends it; the day goes on at the next run of the same sheet."""
    agenda, lines, failed = problems_of(sheet)
    for line in lines:
        click.echo(line, err=True)
    if failed or agenda is None:
        sys.exit(1)
    from facilitate.serve import serve

    with journal(folder := options.pop("data_dir"), options.pop("database_url")) as opened:
        serve(opened, sheet, agenda, words(), folder=folder, **options)


@commands.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def library(form: str) -> None:
    """Lists the sheets supplied: the days they come from, and what each is good for."""
    from facilitate.core.state import plain
    from facilitate.installed import beside

    days = []
    for file in sorted(beside("sessions_library").glob("*.md")):
        agenda, lines, failed = problems_of(file)
        if agenda is None or failed:
            raise click.ClickException("\n".join(lines))
        kinds = dict.fromkeys(one.kind for one in agenda.activities)
        facts = {name: getattr(agenda, name) for name in ("title", "good_for", "date", "start", "end", "place", "capacity", "series")}
        days.append({"name": file.stem, **facts, "kinds": plain(tuple(kinds))})
    if form == "json":
        click.echo(json.dumps(days, ensure_ascii=False, indent=2))
        return
    for day in days:
        click.echo(f"{day['name']}\n    {day['title']}")
        if day["good_for"]:
            click.echo(f"    {day['good_for']}")


@commands.command()
@click.argument("name")
@click.option("--from", "model", required=True, help="A sheet of the library, or the beginning of its name; or a file.")
@click.option("--date", default="", help="The day it will be held: 2026-03-12, or as a sheet writes it.")
def new(name: str, model: str, date: str) -> None:
    """Starts a sheet of one's own, called NAME, from another: its steps and settings, not its date, place and host."""
    from facilitate.core.sheet import decode_sheet
    from facilitate.core.words import slug
    from facilitate.core.writing import Form, read_form, rewrite
    from facilitate.installed import beside, find_kinds

    said, known = words(), sorted(beside("sessions_library").glob("*.md"))
    found = [Path(model)] if Path(model).is_file() else [one for one in known if model and one.stem.startswith(model.removesuffix(".md"))]
    if len(found) != 1:
        names = "\n".join(f"    {one.stem}" for one in (found or known))
        what = N_("“%(model)s” is the beginning of several names:") if found else N_("No sheet is called “%(model)s”. There are:")
        raise click.ClickException(f"{said.say(what, model=model)}\n{names}")
    text, target = decode_sheet(found[0].read_bytes()), Path(f"{slug(name)}.md")
    if not isinstance(text, str):
        raise click.ClickException(said.say(text.text, **text.values))
    facts = {"title": name, "date": date} | dict.fromkeys(("place", "host", "deadline", "series", "good_for"), "")
    written = rewrite(text, find_kinds(), Form(facts, read_form(text, find_kinds()).rows))
    try:
        with target.open("x", encoding="utf-8", newline="") as file:
            file.write(written)
    except FileExistsError as error:
        raise click.ClickException(said.say(N_("%(file)s is there already: choose another name."), file=str(target))) from error
    click.echo(said.say(N_("Written: %(file)s. Change it, then: facilitate check %(file)s"), file=str(target)))


@commands.command()
@click.option("--host", default="0.0.0.0", show_default=True, help="The address to listen on.")  # noqa: S104 - the day opened must be reached
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes any free port.")
@click.option("--wifi", nargs=2, metavar="NAME PASSWORD", help="Shows the room's Wi-Fi, with its QR code, on the welcome wall.")
@click.option("--print-urls", type=click.Choice(["json"]), help="Writes the address and the key as one JSON line once it listens.")
@reached
@stored
def prepare(**options: Any) -> None:
    """Opens the pages where a day is prepared, from a sheet of the library or from nothing; it can be opened from there."""
    from facilitate.core.agenda import Agenda
    from facilitate.serve import serve

    with journal(folder := options.pop("data_dir"), options.pop("database_url")) as opened:
        serve(opened, None, Agenda(""), words(), folder=folder, **options)


@commands.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on: a proxy of yours stands before it.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes any free port.")
@reached
@stored
def serve_(**options: Any) -> None:
    """Serves, on a server, the days and the pages where they are prepared. It prints no key, since what services print is kept: staff come
    in by their accounts."""
    from facilitate.core.agenda import Agenda
    from facilitate.serve import serve

    with journal(folder := options.pop("data_dir"), options.pop("database_url")) as opened:
        serve(opened, None, Agenda(""), words(), folder=folder, quiet=True, **options)


@commands.command()
@click.argument("sheet", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--people", type=click.IntRange(0, 1000), help="How many come: the sheet's places by default, 30 where it has none.")
@click.option("--seed", default=1, show_default=True)
@click.option("--together", is_flag=True, help="Everyone acts at once instead of one after the other.")
@click.option("--to", type=click.Path(file_okay=False, path_type=Path), help="Where to leave the restitution.")
@click.option("--data-dir", type=click.Path(file_okay=False, path_type=Path), help="Keeps the day there; otherwise nothing of it is kept.")
def rehearse(sheet: Path, **options: Any) -> None:
    """Plays a whole day with simulated people against a real server, and leaves the restitution."""
    from facilitate.rehearsal import rehearse as play

    play(sheet, words(), **options)


@commands.command()
@click.option("--seconds", default=60, show_default=True, help="How long the day should take.")
@click.option("--people", default=20, show_default=True, type=click.IntRange(1, 300))
@click.option("--host", default="0.0.0.0", show_default=True)  # noqa: S104 - a real phone may join
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--to", type=click.Path(file_okay=False, path_type=Path), help="Where to leave the restitution.")
@click.option("--wifi", nargs=2, metavar="NAME PASSWORD", help="Shows the room's Wi-Fi, with its QR code, on the welcome wall.")
def demo(**options: Any) -> None:
    """Plays a real day of the library in about a minute, its wall alive; a real phone can join."""
    from facilitate.rehearsal import demo as play

    play(words(), **options)


@commands.command(context_settings={"ignore_unknown_options": True}, add_help_option=False)
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def bench(options: tuple[str, ...]) -> None:
    """Measures how near the wire this server is: --quick takes two minutes, --full half an hour, --help tells the rest."""
    import subprocess

    from facilitate.installed import beside

    script = beside("bench") / "wire/run.py"
    if not script.is_file():
        raise click.ClickException(words().say(N_("What measures stands in the program’s sources alone: run this from a checkout.")))
    sys.exit(subprocess.run([sys.executable, str(script), *options]).returncode)


@commands.command()
@click.argument("code")
@click.option("--to", required=True, type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--format",
    "formats",
    multiple=True,
    help="html, pdf, docx, odt, md, xlsx, csv or json; several may be asked for. All of them by default.",
)
@click.option("--language", type=click.Choice(["fr", "en"]), help="The sheet's own by default.")
@click.option("--pack", "packed", is_flag=True, help="One zip with every format, the photos, the attendance sheet and a README instead.")
@stored
def restitute(code: str, to: Path, formats: tuple[str, ...], language: str | None, packed: bool, **where: Any) -> None:
    """Writes the restitution of a day, at any moment of it."""
    from facilitate.core.state import SessionState, fold
    from facilitate.house import brand
    from facilitate.installed import find_kinds
    from facilitate.language import languages
    from facilitate.restitution.build import Building
    from facilitate.restitution.data import told
    from facilitate.restitution.pack import Failed, ordered, pack

    said = words()
    offered(formats, said)
    with journal(where["data_dir"], where["database_url"]) as opened:
        row = known(opened, code, said)
        found = find_kinds()
        state = fold(SessionState(), opened.since(row.id), found)
        if state.collects:
            text = N_("%(code)s is a document over several days. It is written by: facilitate capitalise %(code)s")
            raise click.ClickException(said.say(text, code=row.code))
        spoken = languages(found)[language or state.agenda.language]
        building, style = Building(state, found, spoken), brand(opened, [state.agenda], spoken.say)
        name, pictures = f"{row.code}-restitution", opened.pictures(row.id)
        if not packed:
            leave(building.document(), to, name, formats, spoken, [pictures], brand=style, data=told(building))
            return
        to.mkdir(parents=True, exist_ok=True)
        file = to / f"{row.code}-pack.zip"
        order = ordered(name, building, style, pictures, attendance_sheet(opened, row, building, style))
        try:
            pack(
                order,
                file,
                lambda one, done, of: click.echo(said.say(N_("%(done)s of %(of)s: %(file)s"), done=done, of=of, file=one), err=True),
            )
        except Failed as error:
            raise click.ClickException(said.say(N_("The pack could not be made: %(why)s"), why=error.why)) from error
        click.echo(file)


def attendance_sheet(opened: Any, row: Any, building: Any, style: Any) -> dict[str, tuple[str, bytes]]:
    """The attendance sheet that goes into the pack of a day: where its report names people, and while its list is kept."""
    from datetime import date

    from facilitate import papers
    from facilitate.attendance import printed
    from facilitate.attendance.day import deleted_on, halves
    from facilitate.attendance.person import Person
    from facilitate.restitution.pack import SHEET

    agenda, spoken = building.state.agenda, building.language
    everyone = [Person.read(id, facts) for id, facts in opened.attendance(row.id).items()]
    listed = sorted((one for one in everyone if not one.standing or one.came), key=lambda one: one.order)
    until = deleted_on(agenda, row.created)
    if building.state.edition.naming != "named" or not listed or until <= date.today():
        return {}
    text = printed.blank_sheet(agenda, halves(agenda, building.kinds), until.isoformat(), spoken, people=listed, brand=style)
    return {"attendance.pdf": (spoken.say(SHEET), papers.print_here(text).data)}


@commands.command()
@click.argument("name")
@click.option("--to", required=True, type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--format",
    "formats",
    multiple=True,
    help="html, pdf, docx, odt, md, xlsx, csv or json; several may be asked for. All of them by default.",
)
@click.option("--language", type=click.Choice(["fr", "en"]), help="That of the last of its sheets by default.")
@stored
def series(name: str, to: Path, formats: tuple[str, ...], language: str | None, data_dir: Path | None, database_url: str | None) -> None:
    """Writes the synthesis over all the days of the series NAME, as their sheets call it."""
    from facilitate.core.state import SessionState, fold
    from facilitate.core.words import slug
    from facilitate.installed import find_kinds
    from facilitate.language import languages
    from facilitate.library import Day, of_series, synthesis
    from facilitate.library import series as every

    said, found = words(), find_kinds()
    offered(formats, said)
    with journal(data_dir, database_url) as opened:
        rows = {row.code: row for row in opened.sessions()}
        all_days = [Day(code, fold(SessionState(), opened.since(row.id), found)) for code, row in rows.items()]
        days = of_series(all_days, name)
        if not days:
            names = ", ".join(every(all_days)) or "–"
            raise click.ClickException(said.say(N_("No series is called “%(name)s” here. Known: %(names)s."), name=name, names=names))
        spoken = languages(found)[language or days[-1].state.agenda.language]
        pictures = [opened.pictures(rows[day.code].id) for day in days]
        leave(synthesis(days, found, spoken), to, f"series-{slug(name)}", formats, spoken, pictures)


def _documents(command: Callable[..., None]) -> Callable[..., None]:
    """The options of the commands that write documents besides a day's report."""
    command = click.option("--language", type=click.Choice(["fr", "en"]), help="The document's own by default.")(command)
    told = "html, pdf, docx, odt, md, xlsx, csv or json; several may be asked for. All of them by default."
    command = click.option("--format", "formats", multiple=True, help=told)(command)
    return click.option("--to", required=True, type=click.Path(file_okay=False, path_type=Path))(command)


@commands.command()
@click.argument("codes", nargs=-1)
@click.option("--series", "name", default="", help="All the days of this series, besides those named.")
@click.option("--title", default="", help="The document's title: that of the series, or of its first day, by default.")
@_documents
@stored
def capitalise(
    codes: tuple[str, ...], name: str, title: str, to: Path, formats: tuple[str, ...], language: str | None, **where: Any
) -> None:
    """Writes one document over the days of these CODES: what they taught, by column and theme. The code of a document that staff chose
    on the shelf gives that one, with what they wrote over it."""
    from facilitate.core.state import SessionState, fold
    from facilitate.core.words import slug
    from facilitate.house import brand
    from facilitate.installed import find_kinds
    from facilitate.language import languages
    from facilitate.library import EDITABLE, Day, document_of, in_order, of_series

    said, found = words(), find_kinds()
    offered(formats, said)
    with journal(where["data_dir"], where["database_url"]) as opened:

        def read(row: Any) -> Day:
            return Day(row.code, fold(SessionState(), opened.since(row.id), found))

        days = [read(known(opened, code, said)) for code in codes]
        if name:
            held = {day.code: day for day in days} | {day.code: day for day in of_series(map(read, opened.sessions()), name)}
            days = list(held.values())
        state, file = SessionState(), "capitalisation"
        if len(days) == 1 and (collects := days[0].state.collects):
            state, file = days[0].state, f"{days[0].code}-capitalisation"
            rows = [row for id in collects["sessions"] if (row := opened.by_id(id))]
            days = list(map(read, rows))
        days = in_order(day for day in days if not day.state.collects)
        if not days:
            raise click.ClickException(said.say(N_("Give the codes of the days it is about, or a series with --series.")))
        agendas = [day.state.agenda for day in days]
        if not state.collects:
            state = replace(
                state, collects={"title": title or name or agendas[0].series or agendas[0].title, "language": agendas[-1].language}
            )
            file = f"capitalisation-{slug(str(state.collects['title']))}"
        spoken = languages(found)[language or str(state.collects["language"])]
        style = brand(opened, agendas, spoken.say)
        for one in formats or every_format():
            leave(document_of(state, days, found, spoken, blanks=one in EDITABLE), to, file, (one,), spoken, [], brand=style)


@commands.command()
@click.argument("code")
@click.option("--step", default="", help="The step that drafted it, by its id, where several did.")
@_documents
@stored
def contribution(code: str, step: str, to: Path, formats: tuple[str, ...], language: str | None, **where: Any) -> None:
    """Writes the joint contribution that a day drafted, as it is sent: its positions, how far all agree, who signs."""
    from facilitate.core.state import SessionState, fold
    from facilitate.house import brand
    from facilitate.installed import find_kinds
    from facilitate.language import languages
    from facilitate.library import contribution as drafted

    said, found = words(), find_kinds()
    offered(formats, said)
    with journal(where["data_dir"], where["database_url"]) as opened:
        row = known(opened, code, said)
        state = fold(SessionState(), opened.since(row.id), found)
        spoken = languages(found)[language or state.agenda.language]
        document = drafted(state, found, spoken, step)
        if document is None:
            raise click.ClickException(said.say(N_("No step of this day drafts a contribution.")))
        leave(document, to, f"{row.code}-contribution", formats, spoken, [], brand=brand(opened, [state.agenda], spoken.say))


@commands.command()
@click.argument("sheet", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--to", required=True, type=click.Path(file_okay=False, path_type=Path), help="Where to leave them.")
@click.option("--language", type=click.Choice(["fr", "en"]), help="The sheet's own by default.")
def papers(sheet: Path, to: Path, language: str | None) -> None:
    """Prints, without any server, the papers of a day that need no address: the attendance sheet to sign, the cards that stand on tables,
    the rules and the cards of a game."""
    from facilitate import papers as printing
    from facilitate.attendance.day import deleted_on, halves
    from facilitate.attendance.printed import blank_sheet
    from facilitate.core.entry import Entry
    from facilitate.core.sheet import decode_sheet
    from facilitate.core.state import SessionState, fold
    from facilitate.entering import paper
    from facilitate.installed import find_kinds
    from facilitate.language import languages

    found = find_kinds()
    agenda, lines, failed = problems_of(sheet)
    for line in lines:
        click.echo(line, err=True)
    if failed or agenda is None:
        sys.exit(1)
    state = fold(SessionState(), [Entry(1, "sheet", "", "system", "sheet", content={"text": decode_sheet(sheet.read_bytes())})], found)
    own = [(step, name) for step in state.ordered for name in found[step.activity.kind].papers]
    to.mkdir(parents=True, exist_ok=True)
    spoken = languages(found)[language or agenda.language]
    kept = deleted_on(agenda, agenda.date).isoformat() if agenda.date else ""
    made = {"attendance": printing.print_here(blank_sheet(agenda, halves(agenda, found), kept, spoken))}
    made |= {f"{step.activity.id}-{name}": paper.print_here(paper.own(state, step, name, found, spoken)) for step, name in own}
    for name, printed in made.items():
        file = to / f"{name}.pdf"
        file.write_bytes(printed.data)
        click.echo(file)


@commands.command()
@click.argument("code")
@click.option("--to", required=True, type=click.Path(file_okay=False, path_type=Path), help="Any folder: other files in it stay.")
@click.option("--format", "formats", multiple=True, help="pdf, docx, odt or md beside the web page; all of them by default.")
@click.option("--language", type=click.Choice(["fr", "en"]), help="The sheet's own by default.")
@stored
def publish(code: str, to: Path, formats: tuple[str, ...], language: str | None, data_dir: Path | None, database_url: str | None) -> None:
    """Publishes the report of a day as it stands, and leaves it as a folder: a web page and its files, with relative links alone."""
    from facilitate import publications
    from facilitate.core.state import SessionState, fold
    from facilitate.house import brand
    from facilitate.installed import find_kinds
    from facilitate.language import languages
    from facilitate.workshop import utc_now

    said, found = words(), find_kinds()
    offered(formats, said)
    with journal(data_dir, database_url) as opened:
        row = known(opened, code, said)
        state = fold(SessionState(), opened.since(row.id), found)
        if state.collects:
            raise click.ClickException(said.say(N_("This code is that of a document over several days: publish it from the shelf.")))
        spoken = languages(found)[language or state.agenda.language]
        report, look = publications.of_day(state, found), brand(opened, [state.agenda], spoken.say)
        try:
            made = publications.publish(opened, row, state, report, spoken, formats or publications.OFFERED, utc_now(), look)
            publications.leave(publications.folder(opened, row.id, made, spoken), to)
        except publications.NotPublished as error:
            raise click.ClickException(said.refusal(error.refused)) from error
        except OSError as error:
            text = N_("The folder %(folder)s could not be written: %(why)s")
            raise click.ClickException(said.say(text, folder=to, why=error.strerror or error)) from error
    click.echo(to / publications.INDEX)


def offered(formats: tuple[str, ...], said: Any) -> None:
    """Refuses a format that is not there."""
    from facilitate.restitution import FORMATS

    unknown = [one for one in formats if one not in FORMATS]
    if unknown:
        raise click.ClickException(
            said.say(N_("There is no format %(format)s. These are offered: %(formats)s."), format=unknown[0], formats=", ".join(FORMATS))
        )


def every_format() -> tuple[str, ...]:
    """The formats there are."""
    from facilitate.restitution import FORMATS

    return tuple(FORMATS)


def leave(
    document: Any, to: Path, name: str, formats: tuple[str, ...], spoken: Any, shown: list[Callable[[str], bytes | None]], **more: Any
) -> None:
    """Writes a document in these formats, all of them where none is asked for, with the pictures of its days."""
    from facilitate.restitution import FORMATS, write

    def pictures(id: str) -> bytes | None:
        return next((data for look in shown if (data := look(id))), None)

    to.mkdir(parents=True, exist_ok=True)
    for one in formats or FORMATS:
        file = to / f"{name}.{one}"
        click.echo(words().say(N_("Writing %(file)s …"), file=file), err=True)
        file.write_bytes(write(document, one, spoken.say, pictures=pictures, **more))
    click.echo(to)


def known(opened: Any, code: str, said: Any) -> Any:
    """The stored session of a code, or one clear line."""
    row = opened.session(code)
    if row is None:
        codes = ", ".join(one.code for one in opened.sessions()[:10]) or "–"
        raise click.ClickException(said.say(N_("No day has the code %(code)s here. Known: %(codes)s."), code=code, codes=codes))
    return row


@commands.command()
@click.argument("code")
@click.argument("file", type=click.File("wb"))
@stored
def export(code: str, file: BinaryIO, data_dir: Path | None, database_url: str | None) -> None:
    """Writes a whole day into one zip: its journal and its media."""
    from facilitate.archive import export as write

    with journal(data_dir, database_url) as opened:
        write(opened, known(opened, code, words()).id, file)
    click.echo(words().say(N_("The day is in %(file)s"), file=file.name))


@commands.command("import")
@click.argument("file", type=click.File("rb"))
@stored
def import_(file: BinaryIO, data_dir: Path | None, database_url: str | None) -> None:
    """Takes in a day from a zip; the same one twice changes nothing."""
    from facilitate.archive import BadArchive
    from facilitate.archive import import_ as read

    said = words()
    with journal(data_dir, database_url) as opened:
        try:
            row, added = read(opened, file)
        except BadArchive as error:
            raise click.ClickException(said.refusal(error.refused)) from error
    click.echo(said.say(N_("%(code)s: %(title)s (%(count)s new entries)"), code=row.code, title=row.title, count=added))


@commands.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Writes over FILE where it is there already.")
@stored
def backup(file: Path, replace: bool, data_dir: Path | None, database_url: str | None) -> None:
    """Copies everything that is kept into one FILE, while the server runs: all days, pictures, people, accounts, sheets."""
    from facilitate.backup import backup as copy
    from facilitate.workshop import utc_now

    said = words()
    if file.exists() and not replace:
        raise click.ClickException(said.say(N_("%(file)s is there already. To write over it: --replace"), file=file))
    with _readable(said):
        copy(database_url or data_dir or data_folder(), file, utc_now())
    click.echo(said.say(N_("Everything is in %(file)s"), file=file))


@commands.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Puts it in the place of what is kept there now, which is gone then.")
@stored
def restore(file: Path, replace: bool, data_dir: Path | None, database_url: str | None) -> None:
    """Brings back everything that a backup FILE holds, once the server is stopped."""
    from facilitate.backup import restore as bring

    said = words()
    with _readable(said):
        bring(file, database_url or data_dir or data_folder(), replace=replace)
    click.echo(said.say(N_("What %(file)s held is back."), file=file))


@commands.command()
@click.argument("file", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--salvage", type=click.Path(file_okay=False, path_type=Path), help="Writes what can be read into this new data folder.")
@stored
def verify(file: Path | None, salvage: Path | None, data_dir: Path | None, database_url: str | None) -> None:
    """Reads what is kept, or FILE (a backup, a data folder, a database file), changes nothing, and says what is whole and what is not."""
    from facilitate.installed import find_kinds
    from facilitate.verify import opened, told
    from facilitate.verify import salvage as save
    from facilitate.verify import verify as read

    said, where = words(), file or database_url or data_dir or data_folder()
    with _readable(said), opened(where) as source:
        found = read(source, find_kinds())
        for line in told(found, said.say):
            click.echo(line)
        if salvage is not None:
            lost = save(source, found, salvage)
            click.echo(said.say(N_("What can be read is in %(folder)s. Entries lost: %(lost)s."), folder=salvage, lost=lost))
        elif found.whole:
            click.echo(said.say(N_("Everything is whole.")))
        else:
            text = N_("This is damaged. What can be read is written into a new folder by: facilitate verify %(where)s --salvage FOLDER")
            click.echo(said.say(text, where=where))
    sys.exit(0 if found.whole else 1)


@commands.command()
@stored
def retention(data_dir: Path | None, database_url: str | None) -> None:
    """Lists what is kept too long by the durations that the house decided, and what waits for the archives' visa. Removes nothing: a
    running server does, each night."""
    from datetime import date

    from facilitate.declarations import counted
    from facilitate.installed import find_kinds
    from facilitate.retention import KEPT, due, rules
    from facilitate.workshop import utc_now

    said = words()
    with journal(data_dir, database_url) as opened:
        found = due(opened, find_kinds(), date.fromisoformat(utc_now()[:10]))
        if not found:
            decided = bool(rules(opened).durations)
            click.echo(said.say(N_("Nothing falls due.") if decided else N_("Nobody decided how long things are kept: /shelf/privacy")))
    for one in found:
        when = (
            said.say(N_("waits for the visa of the archives")) if one.waits else said.say(N_("goes on %(date)s"), date=one.on.isoformat())
        )
        click.echo(f"{one.code}  {one.day}  {said.say(KEPT[one.what])}  {counted(one.counts, said)}  {when}")


@contextmanager
def _readable(said: Any) -> Iterator[None]:
    """What cannot be read or written is said in one line."""
    from facilitate.verify import NotReadable

    try:
        yield
    except NotReadable as error:
        raise click.ClickException(said.say(error.text, **error.values)) from error
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}") from error


@commands.group("accounts")
def accounts_() -> None:
    """Who comes to the shelf with an account, for a server without a browser."""


def _account(known: Any, name: str, said: Any) -> Any:
    """The account of that name, or one clear line."""
    from facilitate.core.reading import fold as folded

    found = next((one for one in known.all() if folded(one.name) == folded(name) and not one.closed), None)
    if found is None:
        names = ", ".join(one.name for one in known.all() if not one.closed) or "–"
        raise click.ClickException(said.say(N_("No account is called “%(name)s”. Known: %(names)s."), name=name, names=names))
    return found


@contextmanager
def _accounts(data_dir: Path | None, database_url: str | None) -> Iterator[Any]:
    from facilitate.accounts import Accounts
    from facilitate.workshop import utc_now

    with journal(data_dir, database_url) as opened:
        yield Accounts(opened, utc_now)


def _done(answer: Any, said: Any) -> Any:
    """What was answered, unless it was refused."""
    from facilitate.core.entry import Refused

    if isinstance(answer, Refused):
        raise click.ClickException(said.refusal(answer))
    return answer


@accounts_.command("invite")
@click.argument("name")
@click.option("--role", type=click.Choice(["reader", "editor", "administrator"]), help="For a new account.")
@click.option(
    "--address",
    envvar="FACILITATE_PUBLIC_URL",
    default="",
    help="How people reach the server, as https://days.example.org: the link is then whole.",
)
@stored
def accounts_invite(name: str, role: str | None, address: str, data_dir: Path | None, database_url: str | None) -> None:
    """Prints the link that sets a password: for a new account with --role, or a new link for one that is there."""
    said = words()
    with _accounts(data_dir, database_url) as known:
        _, token = _done(known.invite(name, role) if role else known.again(_account(known, name, said).id), said)
    click.echo(f"{address.rstrip('/')}/shelf/invitation/{token}")
    click.echo(said.say(N_("It works once, within seven days. Give it to them yourself.")), err=True)


@accounts_.command("list")
@stored
def accounts_list(data_dir: Path | None, database_url: str | None) -> None:
    """Lists the accounts: role, name, and whether someone signs in with it."""
    from facilitate.accounts import ROLES

    said = words()
    with _accounts(data_dir, database_url) as known:
        for one in known.all():
            state = N_("closed account") if one.closed else N_("open account") if one.open else N_("invitation not used yet")
            click.echo(f"{one.name}\t{said.say(ROLES[one.role])}\t{said.say(state)}")


@accounts_.command("close")
@click.argument("name")
@stored
def accounts_close(name: str, data_dir: Path | None, database_url: str | None) -> None:
    """Closes an account: whoever is signed in with it is out at once."""
    said = words()
    with _accounts(data_dir, database_url) as known:
        _done(known.shut(_account(known, name, said).id), said)
