"""Owns an organisation's own template of DOCX or ODT, taken in: what is dangerous or broken refused, what is missing added.

Its styles, headers and footers are kept as they are. Nothing in it is ever run or fetched: its texts are texts, whatever they look like.
"""

import io
import re
import subprocess
import tempfile
import zipfile
from collections.abc import Collection, Iterable
from pathlib import Path
from xml.etree import ElementTree as ET

from facilitate.core.entry import Refused
from facilitate.core.words import N_
from facilitate.restitution import pandoc, styles
from facilitate.restitution.colours import COLOUR
from facilitate.restitution.zips import parts_of, zipped

MOST = 5
"""Megabytes of a template."""

_MOST_PARTS, _MOST_UNPACKED = 500, 40_000_000  # a logo on each page is well under it; a bomb is far above
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
_STYLE = f"{{{_ODF}style:1.0}}"
_NEEDED = {"docx": ("[Content_Types].xml", "word/document.xml", "word/styles.xml"), "odt": ("mimetype", "content.xml", "styles.xml")}
for _prefix, _space in {
    "w": _W,
    "office": f"{_ODF}office:1.0",
    "style": f"{_ODF}style:1.0",
    "text": f"{_ODF}text:1.0",
    "table": f"{_ODF}table:1.0",
    "draw": f"{_ODF}drawing:1.0",
    "fo": f"{_ODF}xsl-fo-compatible:1.0",
    "svg": f"{_ODF}svg-compatible:1.0",
}.items():
    ET.register_namespace(_prefix, _space)  # what is added is written as the rest
_MACROS = re.compile(r"vbaProject|vbaData|activeX|^Basic/|^Scripts/|\.(?:exe|dll|js|vbs|bat|jar)$", re.IGNORECASE)
_TAG, _ELSEWHERE = re.compile(r"<(?!text:a\b)[^<>]*>"), re.compile(r'xlink:href="(?:\w+:)?//[^"]*"')
_ATTACHED, _NAMES_ONE = re.compile(r"<w:attachedTemplate\b[^<>]*/>"), re.compile(r'\s\w+:(?:id|link|embed|href|pict)="[^"]*"')
_OUTSIDE = re.compile(r"\s*(?:\w+:)?//")
_QUOTED = re.compile(r'"([^"]*)"')
_OF_THE_WEB = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)

_NOT_OF_THE_KIND = {
    "docx": N_("This file is not a Word document (.docx). Open your template, save it as one, then send it."),
    "odt": N_("This file is not an OpenDocument text (.odt). Open your template, save it as one, then send it."),
}


class _Not(Exception):
    """Why a template is not taken: its only argument."""


def mend(data: bytes, kind: str, colour: str = COLOUR) -> bytes | Refused:
    """A template ('docx' or 'odt') as documents can be written upon it, what it lacks added in this colour; or why it is not taken.

    Blocks for some tenths of a second.
    """
    try:
        parts = _opened(data, kind)
        mended = zipped(_mended_docx(parts, colour) if kind == "docx" else _mended_odt(parts, colour))
        _tried(mended, kind)
    except _Not as no:
        refused: Refused = no.args[0]
        return refused
    return mended


def _opened(data: bytes, kind: str) -> dict[str, bytes]:
    """Its parts, by name, within bounds."""
    if not data:
        raise _Not(Refused("no-file", N_("Choose a file first."), field="file"))
    if len(data) > MOST * 1_000_000:
        text = N_("This file is too large: %(most)s MB at most. Make it smaller, then send it again.")
        raise _Not(Refused("too-large", text, {"most": MOST}, 413))
    if data.startswith(b"\xd0\xcf\x11\xe0"):  # how both old and locked documents of Word begin
        text = N_("This is an old Word file, or one locked with a password. Open it, save it as .docx without a password, then send it.")
        raise _Not(Refused("template-locked", text))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            listed = packed.infolist()
            if len(listed) > _MOST_PARTS or sum(one.file_size for one in listed) > _MOST_UNPACKED:
                text = N_("This template unpacks into far more than a template holds. Keep its styles, header and footer, then send it.")
                raise _Not(Refused("template-heavy", text))
            # What a part says of its size may be false: no more of it is ever read than was counted.
            parts = {one.filename: packed.open(one).read(one.file_size + 1)[: one.file_size] for one in listed if not one.is_dir()}
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError) as error:
        raise _Not(_broken()) from error
    except Exception as error:
        if type(error).__module__ in ("zlib", "lzma"):
            raise _Not(_broken()) from error
        raise
    if any(name not in parts for name in _NEEDED[kind]):
        raise _Not(Refused("template-kind", _NOT_OF_THE_KIND[kind]))
    if any(".." in name or name.startswith(("/", "\\")) for name in parts):
        raise _Not(_broken())
    macros = any(map(_MACROS.search, parts)) or b"macroEnabled" in parts.get("[Content_Types].xml", b"")
    if macros or any(b"script:event-listener" in parts.get(name, b"") for name in ("content.xml", "styles.xml")):
        text = N_("This template holds macros: they could run on the computer of whoever opens a document. Save it without, then send it.")
        raise _Not(Refused("template-macros", text))
    if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        text = N_("This template is locked with a password. Save it without one, then send it.")
        raise _Not(Refused("template-locked", text))
    if any(b"<!ENTITY" in part for name, part in parts.items() if name.endswith((".xml", ".rels"))):
        raise _Not(_broken())
    return parts


def _broken() -> Refused:
    text = N_("This template is damaged or not whole. Open it, save it again under another name, then send that file.")
    return Refused("template-broken", text)


def _mended_docx(parts: dict[str, bytes], colour: str) -> dict[str, bytes]:
    whole = {**parts}
    # A template of Word (.dotx) is the same document under another name.
    types = parts["[Content_Types].xml"]
    whole["[Content_Types].xml"] = types.replace(b"wordprocessingml.template.main+xml", b"wordprocessingml.document.main+xml")
    for name in [name for name in parts if name.endswith(".rels")]:
        kept, dropped = _local(parts[name].decode("utf-8", "replace"))
        whole[name] = kept.encode()
        _stays_here(whole[name])
        owner = name.replace("_rels/", "").removesuffix(".rels")
        if dropped and owner in whole:
            whole[owner] = _without(whole[owner].decode("utf-8", "replace"), dropped).encode()
    own = _parsed(styles.docx(colour), "word/styles.xml")
    given = _read(whole["word/styles.xml"])
    whole["word/styles.xml"] = _inserted(whole["word/styles.xml"], "styles", _missing_docx(given, own))
    return whole


def _local(relations: str) -> tuple[str, list[str]]:
    """Relations without those that lead outside, but for links that a reader presses; and the ids of what was dropped."""
    dropped: list[str] = []

    def kept(found: re.Match[str]) -> str:
        one = found[0]
        target = re.search(r'Target\s*=\s*["\']([^"\']*)', one)
        pressed = re.search(r'Type\s*=\s*["\'][^"\']*/hyperlink["\']', one) and target and _OF_THE_WEB.match(target[1])
        if not re.search(r'TargetMode\s*=\s*["\']External', one) or pressed:
            return one
        dropped.extend(re.findall(r'\bId\s*=\s*["\']([^"\']*)', one))
        return ""

    return re.sub(r"<(?:\w+:)?Relationship\b[^<>]*?(?:/>|>\s*</(?:\w+:)?Relationship>)", kept, relations), dropped


def _without(part: str, dropped: Collection[str]) -> str:
    """A part that names these relations no more."""
    gone = set(dropped)

    def kept(found: re.Match[str]) -> str:
        return "" if gone.intersection(_QUOTED.findall(found[0])) else found[0]

    return _NAMES_ONE.sub(kept, _ATTACHED.sub(kept, part))


def _missing_docx(given: ET.Element, own: ET.Element) -> list[ET.Element]:
    """Our styles whose name the template does not have, tied to its own where ours are tied to others."""

    def name(style: ET.Element) -> str:
        told = style.find(f"{{{_W}}}name")
        return (told.get(f"{{{_W}}}val", "") if told is not None else "").lower()

    def id_of(style: ET.Element) -> str:
        return style.get(f"{{{_W}}}styleId", "")

    tag, default = f"{{{_W}}}style", f"{{{_W}}}default"
    theirs = {name(style): id_of(style) for style in given.iter(tag)}
    taken = set(theirs.values())
    same = {id_of(style): theirs[name(style)] for style in own.iter(tag) if name(style) in theirs}
    by_default = {style.get(f"{{{_W}}}type") for style in given.iter(tag) if style.get(default)}
    missing = [style for style in own.iter(tag) if name(style) not in theirs and id_of(style) not in taken]
    for style in missing:
        if style.get(f"{{{_W}}}type") in by_default:
            style.attrib.pop(default, None)
        for link in ("basedOn", "next", "link"):
            for one in style.findall(f"{{{_W}}}{link}"):
                value = one.get(f"{{{_W}}}val", "")
                one.set(f"{{{_W}}}val", same.get(value, value))
    return missing


def _mended_odt(parts: dict[str, bytes], colour: str) -> dict[str, bytes]:
    kind = parts["mimetype"].strip().replace(b"text-template", b"text")  # a template (.ott) is the same document under another name
    if kind != b"application/vnd.oasis.opendocument.text":
        raise _Not(Refused("template-kind", _NOT_OF_THE_KIND["odt"]))
    whole = {**parts, "mimetype": kind}
    if manifest := parts.get("META-INF/manifest.xml"):
        whole["META-INF/manifest.xml"] = manifest.replace(b"opendocument.text-template", b"opendocument.text")
    # A picture fetched from elsewhere would tell that place of each reader; links that one presses stay.
    for name in ("content.xml", "styles.xml"):
        whole[name] = _TAG.sub(lambda tag: _ELSEWHERE.sub('xlink:href=""', tag[0]), whole[name].decode("utf-8", "replace")).encode()
        _stays_here(whole[name])
    own = _parsed(styles.odt(colour), "styles.xml")
    given = _read(whole["styles.xml"])
    have = {(style.get(f"{_STYLE}family"), style.get(f"{_STYLE}name")) for style in given.iter() if style.get(f"{_STYLE}name")}
    group = own.find(f"{{{_ODF}office:1.0}}styles")
    missing = [one for one in (group if group is not None else ()) if one.get(f"{_STYLE}name") and _named(one) not in have]
    whole["styles.xml"] = _inserted(whole["styles.xml"], "styles", missing)
    return whole


def _stays_here(part: bytes) -> None:
    """Refused where it still leads elsewhere but for what one presses: written in a way that no program writes, so as not to be seen."""
    for one in _read(part).iter():
        outside = one.get("TargetMode", "").lower() == "external" and not one.get("Type", "").endswith("/hyperlink")
        fetched = one.tag != f"{{{_ODF}text:1.0}}a" and _OUTSIDE.match(one.get("{http://www.w3.org/1999/xlink}href", ""))
        if outside or fetched:
            raise _Not(_broken())


def _named(style: ET.Element) -> tuple[str | None, str | None]:
    return style.get(f"{_STYLE}family"), style.get(f"{_STYLE}name")


def _inserted(part: bytes, group: str, missing: Iterable[ET.Element]) -> bytes:
    """A part with these at the end of a group; each brings the names it needs."""
    added = "".join(ET.tostring(style, encoding="unicode") for style in missing)
    text, count = re.subn(rf"(?=</(?:\w+:)?{group}>)", lambda _: added, part.decode("utf-8"), count=1)
    if not count:
        raise _Not(_broken())
    return text.encode()


def _parsed(document: bytes, name: str) -> ET.Element:
    return _read(parts_of(document)[name])


def _read(part: bytes) -> ET.Element:
    try:
        part.decode("utf-8")
        return ET.fromstring(part)  # noqa: S314 - what has entities was refused, its size is bounded, and expat opens nothing
    except (ET.ParseError, UnicodeDecodeError) as error:
        raise _Not(_broken()) from error


def _tried(reference: bytes, kind: str) -> None:
    """A document written upon it: what pandoc cannot read is damaged."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, f"reference.{kind}")
        file.write_bytes(reference)
        try:
            pandoc.convert(pandoc.as_json([pandoc.heading(1, "A")]), "--from=json", f"--to={kind}", f"--reference-doc={file}", "--output=-")
        except subprocess.CalledProcessError as error:
            raise _Not(_broken()) from error
