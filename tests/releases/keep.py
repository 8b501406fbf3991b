"""Keeps what this version writes, for every later one to read: run once at each release, and after a new migration.

    PYTHONPATH=.:tests python tests/releases/keep.py

``VERSION/day.zip`` is the archive of a short day of every kind, ``VERSION/state.json`` what it adds up to (a digest of each part);
``migrations/NUMBER.db.gz`` the database of a data folder at that migration. What is there already is never written again: it is what
that version wrote.
"""

import gzip
import hashlib
import json
import sqlite3
import sys
import tempfile
from contextlib import closing
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import sqlalchemy as db
from alembic import command
from alembic.config import Config
from PIL import Image
from restitution.test_hunt import lived

from facilitate import __version__, archive, migrations
from facilitate.app import find_kinds
from facilitate.core.entry import Entry
from facilitate.core.state import SessionState, fold, plain
from facilitate.journal import Journal, canonical, seal
from facilitate.pictures import JPEG, media_id
from facilitate.verify import named

HERE = Path(__file__).parent
ID, CODE, AT = "5d1f6a52-8a4c-4ba5-9d0e-1f3a52c5f0aa", "RVT482", "2021-09-24T08:00:00.000Z"
KEYS = {"wall": "wall-key", "console": "console-key", "shelf": "shelf-key"}
SHORT = 60


def state_of(entries: list[Entry]) -> str:
    """What entries add up to: a digest of each part, so that a difference says where it is."""
    state = plain(fold(SessionState(), entries, find_kinds()))
    parts = {name: value for name, value in state.items() if name != "summaries"}
    parts |= {f"summaries/{step}": value for step, value in state["summaries"].items()}
    digests = {name: hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16] for name, value in sorted(parts.items())}
    return json.dumps(digests, ensure_ascii=False, indent=1) + "\n"


def day() -> tuple[list[Entry], dict[str, bytes]]:
    """The entries of a day of every kind, and the pictures that they speak of, real ones."""
    entries, pictures = list(lived().room.journal), dict[str, bytes]()
    told = canonical([plain(entry.content) for entry in entries])
    for n, id in enumerate(sorted(named(entries))):
        file = BytesIO()
        Image.new("RGB", (8, 8), (n, 90, 120)).save(file, "JPEG")
        pictures[media_id(file.getvalue())] = file.getvalue()
        told = told.replace(id, media_id(file.getvalue()))
    return [replace(entry, content=content) for entry, content in zip(entries, json.loads(told), strict=True)], pictures


def keep_day(entries: list[Entry], pictures: dict[str, bytes], folder: Path) -> None:
    folder.mkdir()
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryFile() as file:
        journal = Journal.in_folder(Path(name))
        journal.create(path=None, title="Une journée de chaque sorte", created=AT, code=CODE, id=ID, keys=KEYS)
        journal.append(ID, 0, entries)
        for id, data in pictures.items():
            journal.keep_media(ID, id, JPEG, data)
        archive.export(journal, ID, file)
        journal.close()
        with ZipFile(file) as whole, ZipFile(folder / "day.zip", "w", ZIP_DEFLATED, compresslevel=9) as packed:
            for info in whole.infolist():
                data = whole.read(info)
                info.compress_type = ZIP_DEFLATED
                packed.writestr(info, data, compresslevel=9)
    (folder / "state.json").write_text(state_of(entries), encoding="utf-8")


def keep_database(entries: list[Entry], pictures: dict[str, bytes], revision: str) -> None:
    """A data folder as the program of that migration left it: only the tables it had, and in them what it wrote."""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "facilitate.db"
        engine = db.create_engine(f"sqlite:///{file}")
        config = Config()
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        config.set_main_option("path_separator", "os")
        with engine.begin() as link:
            config.attributes["connection"] = link
            command.upgrade(config, revision)
        with engine.begin() as link:
            there = db.MetaData()
            there.reflect(link)
            insert = {table.name: db.insert(table) for table in there.sorted_tables}
            link.execute(insert["sessions"], {"id": ID, "code": CODE, "created": AT, "title": "Une journée", "keys": json.dumps(KEYS)})
            link.execute(insert["keys"], {"session": ID, "hash": "0" * 64, "audience": "participant", "participant": "p1"})
            link.execute(insert["secrets"], {"session": ID, "activity": "x", "secret": bytes(32)})
            link.execute(insert["settings"], {"name": "shelf", "value": "shelf-key"})
            rows = [{**_columns(entry), "session": ID} for entry in entries]
            if "sum" in there.tables["entries"].columns:
                rows = [row | {"sum": seal(row)} for row in rows]
            link.execute(insert["entries"], rows)
            if "media" in insert:
                link.execute(insert["media"], [{"session": ID, "id": id, "type": JPEG, "data": data} for id, data in pictures.items()])
            if "attendance" in insert:
                link.execute(insert["attendance"], {"session": ID, "id": "someone", "facts": json.dumps({"first": "Ada"})})
        engine.dispose()
        with closing(sqlite3.connect(file)) as link:
            link.execute("PRAGMA journal_mode=WAL")
            link.execute("VACUUM")
        packed = HERE / "migrations" / f"{revision}.db.gz"
        packed.parent.mkdir(exist_ok=True)
        packed.write_bytes(gzip.compress(file.read_bytes(), mtime=0))


def _columns(entry: Entry) -> dict[str, object]:
    names = ("seq", "id", "at", "by", "do", "activity", "on", "print", "v")
    return {name: getattr(entry, name) for name in names} | {"content": canonical(entry.content)}


def main() -> None:
    entries, pictures = day()
    short = [entry for entry in entries[:SHORT] if not named([entry])]
    short = [replace(entry, seq=seq) for seq, entry in enumerate(short, 1)]
    if not (HERE / __version__).exists():
        keep_day(entries, pictures, HERE / __version__)
        print(f"Kept: {HERE / __version__}", file=sys.stderr)
    for file in sorted((Path(migrations.__file__).parent / "versions").glob("[0-9]*.py")):
        revision = file.name[:4]
        if not (HERE / "migrations" / f"{revision}.db.gz").exists():
            keep_database(short, pictures, revision)
            print(f"Kept: migration {revision}", file=sys.stderr)


if __name__ == "__main__":
    main()
