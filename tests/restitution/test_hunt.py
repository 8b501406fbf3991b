"""A hunt: a day of every kind of step, by people of names that no other text holds; then every byte of its pack, unpacked, for what it may
not say: names, organisations, withheld and withdrawn words, who wrote under no name, what a camera wrote into a photo.
"""

import base64
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from activities.room import CONSOLE, KINDS, LANGUAGES, Room, participant
from PIL import Image
from pypdfium2 import PdfDocument

from facilitate.core.activity import Aloud
from facilitate.core.entry import Caller, Refused
from facilitate.core.state import SessionState
from facilitate.library import Day, Experiences, contribution, synthesis
from facilitate.pictures import Picture
from facilitate.pictures import photo as taken_in
from facilitate.rehearsal.people import Person
from facilitate.restitution import FORMATS, HOUSE
from facilitate.restitution.build import Building, build_part
from facilitate.restitution.data import as_data, tables
from facilitate.restitution.markdown import to_markdown
from facilitate.restitution.pack import ordered, pack

AGREED = ("Quitterie Vandermolen", "Ildefonse Brzezicki")
SILENT = ("Balthazar Quinquepoix", "Zulmée Kerguennec", "Ørjan Öztürkoğlu", "Hermenegilde O’Shaughnessy", "ŁUCJA WĄSOWSKA")
STRUCTURES = ("Vermillonerie", "Quernoubois", "Zinzolinerie", "Ballestière", "Fouillargues", "Xertignole", "Yquebeuvre")
SPEAKER, CAMERA = "Philomène Ouradouna", "Théodule Grosjeannot"
WITHHELD, WITHDRAWN, REWRITTEN, STRUCK = "Azertyuiopq withheld", "Wxcvbnmlkj withdrawn", "Poiuytreza rewritten", "Mlkjhgfdsq struck"
COVERED, LEFT = "Qsdfghjklm", "Nbvcxwpoiu"
THERE = "Une légumerie commune"
"""What everyone may read."""
NAMINGS = ("named", "pseudonyms", "roles")
ROUNDS = 12


class Voice(Person):
    """Someone who names the others, as a room does: those who agreed, whole or in part."""

    def says(self, about: str, limit: int) -> str:
        text, name = super().says(about, limit), self.pick((*AGREED, "Quitterie", "Mme VANDERMOLEN", "Brzezicki Ildefonse"))
        return f"{text} {name}" if len(text) + len(name) < limit and self.chance(0.4) else text


def sheet() -> str:
    """A step of each kind, those that draw on another on the first."""
    steps = ["### 20 min – D’abord\n- type : situations\n- photo : oui"]
    for kind in KINDS.values():
        lines = [f"### 20 min – Étape {kind.kind}", f"- type : {kind.fr}"]
        lines += [f"- {one.fr} : D’abord" for one in kind.settings if one.type == "source"]
        lines += [f"- {one.fr} : Amont; Aval" for one in kind.settings if one.type == "list" and one.required]
        steps.append("\n".join(lines))
    steps.append("### 20 min – Couvert\n- type : mots\n- caché : oui")
    head = "---\ntitle: Une journée\nlanguage: fr\ndate: 2021-09-24\ntime: 9:00 - 17:00\n---\n## Programme\n\n"
    return head + "\n\n".join(steps)


@dataclass
class Lived:
    """The day, and the pictures that are kept of it."""

    room: Room
    pictures: dict[str, bytes]
    gone: bytes


def lived() -> Lived:
    room = Room(KINDS, sheet())
    people = [(participant(f"p{n}"), name) for n, name in enumerate((*AGREED, *SILENT))]
    voices = []
    for n, (who, name) in enumerate(people):
        place = {"territory": ("Forez", "Diois")[n % 2], "role": ("Élue", "Agente", "Habitante")[n % 3], "type": "Association"}
        room.do(who, "join", name=name, structure=STRUCTURES[n], named=name in AGREED, **place)
        voices.append((who, Voice(room.state.agenda, 7, n)))
    first = room.state.order[0]
    room.do(CONSOLE, "open", first)
    spoken(room, first, people)
    picture, other = photographed(8), photographed(200)
    room.do(CONSOLE, "photo", media=picture.id, description=f"Le tableau que tient {AGREED[0]}")
    taken_back = room.do(CONSOLE, "photo", media=other.id, description=f"Le visage de {SILENT[0]}")
    room.do(CONSOLE, "unphoto", on=taken_back)
    lead = Voice(room.state.agenda, 7, 100)
    for activity in room.state.agenda.activities[:-1]:
        room.act(CONSOLE, "open", activity.id)
        rehearsed(room, activity.id, voices, lead)
    covered = room.state.order[-1]
    room.do(CONSOLE, "open", covered)
    room.do(people[0][0], "post", covered, word=COVERED)
    return Lived(room, {picture.id: picture.data, other.id: other.data}, other.data)


def spoken(room: Room, step: str, people: list[tuple[Caller, str]]) -> None:
    """What is told, and what is taken away in each of the ways there are."""
    (anna, _), (_ildefonse, _), (bob, _), (zulmee, _), *_ = people
    room.do(anna, "post", step, title=THERE, signed=True)
    room.do(bob, "post", step, title=f"Demandez à {AGREED[0]}, ou à Brzezicki", context="Elle sait", signed=True)
    room.do(zulmee, "post", step, title="Sans nom, je le dis", signed=False)
    named = room.do(bob, "post", step, title=f"C’est {SILENT[1]} qui tient la clé", signed=True)
    room.do(CONSOLE, "mask", step, on=named, name=SILENT[1])
    room.do(CONSOLE, "withhold", step, on=room.do(bob, "post", step, title=WITHHELD, context=WITHHELD, signed=True), why="hors sujet")
    room.do(bob, "withdraw", step, on=room.do(bob, "post", step, title=WITHDRAWN, signed=True))
    room.do(bob, "edit", step, on=room.do(bob, "post", step, title=REWRITTEN, signed=True), title="Dit autrement")
    room.do(CONSOLE, "hide", step, on=room.do(bob, "post", step, title="Caché du mur", signed=True), why="en double")
    room.do(CONSOLE, "note", step, text=f"Dit tout haut par {AGREED[1]}", mark="said")
    room.do(CONSOLE, "note", step, text="Personne ne nous a demandé", mark="quotation", speaker=SPEAKER, agreed=False)
    room.do(CONSOLE, "note", step, text="On s’est rendu visite", mark="quotation", speaker=AGREED[0], agreed=True)
    edited(room, step, room.do(anna, "post", step, title=f"La légumerrie de {AGREED[1]}", signed=True))
    room.do(CONSOLE, "strike", step, on=room.do(CONSOLE, "note", step, text=STRUCK, mark="said"))


def edited(room: Room, step: str, card: str) -> None:
    """What staff make of it: texts that name people too, a spelling corrected, a card brought out, a section left out with its text."""
    staff = Caller("shelf")
    room.do(staff, "write", section="", part="introduction", text=f"Merci à **{AGREED[0]}** [@{card}] et à Brzezicki.")
    room.do(staff, "write", section=f"step-{step}", part="synthesis", text=f"# {AGREED[1]}\n\n- l’a dit")
    room.do(staff, "correct", on=card, field="title", text=f"La légumerie de {AGREED[1]}")
    room.do(staff, "highlight", on=card)
    room.do(staff, "write", section="frame", part="synthesis", text=f"{LEFT} {SILENT[0]}")
    room.do(staff, "leave", section="frame")


def photographed(colour: int) -> Picture:
    """A photo as a phone sends it, taken in as the server does."""
    picture, exif, out = Image.new("RGB", (320, 240), (colour, 90, 40)), Image.Exif(), io.BytesIO()
    exif[0x013B], exif[0x010E], exif[0x8298] = CAMERA, CAMERA, CAMERA
    picture.save(out, "JPEG", exif=exif, comment=CAMERA.encode())
    assert CAMERA.split()[1].encode() in out.getvalue()
    taken = taken_in(out.getvalue())
    assert not isinstance(taken, Refused)
    return taken


def rehearsed(room: Room, step: str, voices: list[tuple[Caller, Voice]], lead: Voice) -> None:
    """Whatever simulated people and their facilitator do in it; what is refused is not the matter here."""
    activity = room.step(step).activity
    kind, agreed = KINDS[activity.kind], {who for who, _ in voices[: len(AGREED)]}
    for round in range(ROUNDS):
        gesture = None if round == 1 else kind.conduct(activity.settings, room.view(CONSOLE, step))
        if round > 1 and gesture is None:
            return
        if gesture is not None:
            said = {key: lead.says(one.about, one.limit) if isinstance(one, Aloud) else one for key, one in gesture.content.items()}
            room.act(CONSOLE, gesture.do, step, said, gesture.on)
        for who, voice in voices:
            for made in kind.rehearse(activity.settings, room.view(who, step), voice):
                # In the directory of the report stands whoever agrees to it, by name.
                said = {**made.content, "listed": False} if who not in agreed and "listed" in made.content else made.content
                room.act(who, made.do, step, said, made.on)


@pytest.fixture(scope="module")
def a_day() -> Lived:
    return lived()


def bytes_of(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """A file, all that is packed in it, and their names: members of a zip, streams and words of a PDF, pictures within a page."""
    yield f"the name of {name}", name.encode()
    yield name, data
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield f"the comment of {name}", archive.comment
            for one in archive.infolist():
                yield f"the head of {one.filename}", one.comment + one.extra
                yield from bytes_of(f"{name}/{one.filename}", archive.read(one))
    elif data.startswith(b"%PDF"):
        for place, stream in enumerate(re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL)):
            try:
                yield f"{name}, stream {place}", zlib.decompress(stream)
            except zlib.error:
                yield f"{name}, stream {place}", stream
        with PdfDocument(data) as book:
            pages = "\n".join(page.get_textpage().get_text_bounded() for page in book)
            outline = "\n".join(one.get_title() for one in book.get_toc())
            yield f"{name}, as it is read", "\n".join([pages, outline, *book.get_metadata_dict().values()]).encode()
    for place, packed in enumerate(re.findall(rb"data:[\w/+.;-]*;base64,([A-Za-z0-9+/=]+)", data)):
        yield f"{name}, picture {place}", base64.b64decode(packed)


def plain(text: str) -> str:
    """Without accents, capitals or the letters that have no accent to lose."""
    loose = unicodedata.normalize("NFKD", text).translate({0x141: "L", 0x142: "l", 0xD8: "O", 0xF8: "o", 0x131: "i"})
    return re.sub("[\u0300-\u036f]+", "", loose).casefold()


def readings(data: bytes) -> Iterator[str]:
    """How bytes may be read: each way that our formats, or a program beneath them, write a text."""
    text = data.decode("utf-8", "ignore")
    yield plain(text)
    for encoding in ("utf-16-le", "utf-16-be") if b"\0" in data else ():
        yield from (plain(data[start:].decode(encoding, "ignore")) for start in (0, 1))
    if "&#" in text:
        yield plain(re.sub(r"&#(x?)([0-9a-fA-F]{1,6});", lambda one: chr(int(one[2], 16 if one[1] else 10) % 0x110000), text))
    if "\\u" in text:
        yield plain(re.sub(r"\\u([0-9a-fA-F]{4})", lambda one: chr(int(one[1], 16)), text))
    if "</" in text:
        yield plain(re.sub(r"<[^<>]*>", "", text))  # a word whose letters stand in several elements
    for written in re.findall(r"<((?:[0-9a-fA-F]{4}){4,})>", text):
        yield plain(bytes.fromhex(written).decode("utf-16-be", "ignore"))  # as a PDF may write a title


def words(*names: str) -> set[str]:
    """Each part of these names that no other text holds."""
    return {part for name in names for part in re.split(r"[\s’]+", plain(name)) if len(part) > 4}


def forbidden(naming: str, room: Room) -> set[str]:
    never = words(*SILENT, SPEAKER, CAMERA) | {plain(one.split()[0]) for one in (WITHHELD, WITHDRAWN, REWRITTEN, STRUCK, COVERED, LEFT)}
    ids = {plain(id) for id in room.state.people} | {"owner-", "voter-"}
    return never | ids | (words(*AGREED, *STRUCTURES) if naming != "named" else set())


def told_as(a_day: Lived, naming: str) -> SessionState:
    """The day once staff chose how its document names people."""
    room = a_day.room
    state = room.state
    if naming != "named":
        room.do(Caller("shelf"), "naming", **{"as": naming})
    room.state, told = state, room.state
    return told


@pytest.mark.parametrize("naming", NAMINGS)
def test_no_byte_of_a_pack_says_what_it_may_not(a_day: Lived, naming: str, tmp_path: Path) -> None:
    building = Building(told_as(a_day, naming), KINDS, LANGUAGES["fr"])
    file = tmp_path / "RVT482.zip"
    pack(ordered("RVT482", building, HOUSE, a_day.pictures.get, {}), file)
    found, there, kinds = set[tuple[str, str]](), set[str](), set[str]()
    gone = forbidden(naming, a_day.room)
    for place, data in bytes_of("RVT482.zip", file.read_bytes()):
        kinds.add(place.rpartition(".")[2].partition(",")[0])
        for text in readings(data):
            found |= {(word, place) for word in gone if word in text}
            there |= {place.partition(",")[0] for word in (THERE, *(AGREED if naming == "named" else ())) if plain(word) in text}
        assert a_day.gone not in data, place
    assert set(FORMATS) <= kinds
    # The hunt finds what is there, in each file that people read.
    assert {one.rpartition(".")[2] for one in there} >= {*FORMATS, "xml"} - {"docx", "odt", "xlsx"}, there
    assert not found, sorted(found)


@pytest.mark.parametrize("naming", NAMINGS)
def test_nor_does_any_other_document_made_of_the_day(a_day: Lived, naming: str) -> None:
    state, french = told_as(a_day, naming), LANGUAGES["fr"]
    day = Day("RVT482", state)
    documents = [synthesis([day], KINDS, french), Experiences(day, KINDS, french).document(), contribution(state, KINDS, french)]
    documents += [build_part(state, KINDS, french, id) for id in state.order]
    texts = [plain(to_markdown(one, french.say)) for one in documents if one]
    assert plain(THERE) in texts[0] + texts[1]
    assert len(texts) == 3 + len(state.order)
    texts += [plain(repr(as_data(tables(state, KINDS, french, id), french))) for id in state.order]
    assert not sorted((word, place) for place, text in enumerate(texts) for word in forbidden(naming, a_day.room) if word in text)
