"""Owns pictures that come from outside: a photo made plain, or blurred, a logo, the pages of a PDF as pictures with their text.

A stranger's file is opened by a process started afresh (``python -m facilitate.pictures photo|blur|logo|slides``), bounded in time and
memory: whatever the file holds, the server goes on. Only JPEGs made here ever come back, and of a logo a PNG.
"""

import contextlib
import hashlib
import io
import json
import logging
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from facilitate.core.entry import Refused
from facilitate.core.words import N_, clean

log = logging.getLogger(__name__)

MOST_LOGO, MOST_PHOTO, MOST_PDF = 5, 15, 50  # megabytes
MOST_PAGES = 150
MOST_TEXT = 2000  # characters kept of one page
MOST_AREAS = 60  # blurred in one photo
JPEG = "image/jpeg"

Area = tuple[int, int, int, int]
"""Of a picture: left, top, width and height, in thousandths of its own width and height."""

_SECONDS = {"photo": 30, "blur": 30, "logo": 30, "slides": 180}  # from the clock, and of the processor
_MEMORY = 1536  # megabytes, a process and its libraries included
_MOST_POINTS = 120  # millions, in a photo
_PHOTO = (2000, 2000)
_LARGE, _SMALL = (1920, 1440), (960, 1440)  # a page on the wall, on a phone
_THICK = 700_000  # bytes from where a page is packed tighter
_LOGO, _LOGO_BYTES = (900, 450), 150_000  # points, and bytes from where a logo keeps 256 colours: a page bears it whole
_TILES = 5  # across the longer side of what is blurred: nobody is known by so few
_AROUND = 0.1  # of its side, blurred beyond each edge of what was marked
_KINDS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
_WRONG_PASSWORD = 4  # PDFium's FPDF_ERR_PASSWORD
_SCRIPTS = re.compile(rb"/(?:JavaScript|JS|Launch)\b")

# What the process answers with instead of pictures.
_WHY = {
    "not-a-picture": N_("This picture cannot be read: it is damaged, or of a kind not known here. Send it as JPEG or PNG."),
    "heic": N_("This picture is in Apple’s own format, HEIC. Send it as JPEG: in an iPhone’s camera settings, choose “Most compatible”."),
    "svg": N_(
        "This logo is an SVG, which may hold programs. Open it in a drawing program, export it as PNG, 900 points wide, then send that."
    ),
    "points": N_("This picture has %(millions)s million points, %(most)s at most are taken. Make it smaller, or photograph it again."),
    "not-a-pdf": N_("This file is not a PDF. In the program that made the slides, choose “Export as PDF”, then send that file."),
    "pdf-broken": N_("This PDF is damaged or not whole. Copy it again from where it comes from, or export it again."),
    "pdf-locked": N_("This PDF asks for a password. Export it again without one, then send it."),
    "pdf-pages": N_("This PDF has %(count)s pages, %(most)s at most are taken. Keep the pages that will be shown, then send it again."),
    "pdf-page": N_("Page %(page)s of this PDF has a shape that no screen can show. Leave it out, or export it again."),
}


class _Not(Exception):
    """In the process: why the file is not taken."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG made here (of a logo, a PNG), and of a photo its width and height in points."""

    data: bytes
    width: int = 0
    height: int = 0

    @property
    def id(self) -> str:
        return media_id(self.data)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a PDF: for the wall, for phones, and its words."""

    large: Picture
    small: Picture
    text: str


@dataclass(frozen=True, slots=True)
class Slides:
    """A PDF taken. ``scripts``: it held some, which were left behind with all the rest of the file."""

    pages: tuple[Page, ...]
    scripts: bool


def media_id(data: bytes) -> str:
    """The name of what is stored: it says its bytes, so the same picture is kept once and one that was changed is noticed."""
    return hashlib.sha256(data).hexdigest()[:32]


def is_jpeg(data: bytes) -> bool:
    """Whether it begins as one does."""
    return data.startswith(b"\xff\xd8\xff")


def photo(data: bytes, mark: str = "") -> Picture | Refused:
    """A picture as a JPEG of 2000 points at most a side, upright, without anything it said of where and how it was taken. Blocks.

    With a ``mark``, no other picture has the same bytes, hence the same id: to destroy it takes none from someone who sent it too.
    """
    return _one("photo", data, mark)


def blurred(data: bytes, areas: Sequence[Area], mark: str) -> Picture | Refused:
    """The same, with these areas in large tiles, or the whole of it where there is none: what was there is in no byte of it. Blocks."""
    return _one("blur", data, mark, json.dumps(areas))


def _one(what: str, data: bytes, *more: str) -> Picture | Refused:
    answer = _apart(what, data, MOST_PHOTO, _SECONDS[what], *more)
    return answer if isinstance(answer, Refused) else Picture(bytes(answer[1]), *answer[0]["size"])


def logo(data: bytes) -> Picture | Refused:
    """A logo as a PNG of 900 by 450 points at most, what it lets through kept. Blocks."""
    answer = _apart("logo", data, MOST_LOGO, _SECONDS["logo"])
    return answer if isinstance(answer, Refused) else Picture(bytes(answer[1]), *answer[0]["size"])


def read_areas(text: str) -> list[Area] | None:
    """'120,80,200,250;…' as areas; None where it is none of it, or where one holds nothing of the picture: nobody would be hidden."""
    areas: list[Area] = []
    for one in text.split(";") if text else ():
        given = one.split(",")
        numbers = [int(number) for number in given if number.isdecimal() and len(number) < 5]
        if not len(given) == len(numbers) == 4 or max(numbers[:2]) >= 1000 or not all(numbers[2:]) or len(areas) == MOST_AREAS:
            return None
        areas.append((numbers[0], numbers[1], numbers[2], numbers[3]))
    return areas


def slides(data: bytes, seconds: float = _SECONDS["slides"]) -> Slides | Refused:
    """The pages of a PDF, in order: some tenths of a second a page. Blocks."""
    answer = _apart("slides", data, MOST_PDF, seconds)
    if isinstance(answer, Refused):
        return answer
    told, rest = answer
    pages = []
    for page in told["pages"]:
        large, small = page["sizes"]
        pages.append(Page(Picture(bytes(rest[:large])), Picture(bytes(rest[large : large + small])), page["text"]))
        rest = rest[large + small :]
    return Slides(tuple(pages), told["scripts"])


def too_large(most: int) -> Refused:
    """A file above its limit, in megabytes."""
    return Refused(
        "too-large", N_("This file is too large: %(most)s MB at most. Make it smaller, then send it again."), {"most": most}, 413
    )


def _apart(what: str, data: bytes, most: int, seconds: float, *more: str) -> tuple[dict[str, Any], memoryview] | Refused:
    if len(data) > most * 1_000_000:
        return too_large(most)
    command = [sys.executable, "-m", "facilitate.pictures", what, *more]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=seconds, check=False)
        code, said, errors = done.returncode, done.stdout, done.stderr
    except subprocess.TimeoutExpired as late:
        code, said, errors = -1, b"", late.stderr or b""
    if code:
        log.warning("a file could not be opened within its limits (%s): %s", code, errors[-500:].decode(errors="replace"))
        return _too_heavy(what, errors)
    head, _, _ = said.partition(b"\n")
    told = json.loads(head)
    if why := told.get("refused"):
        return Refused(why, _WHY[why], told["values"])
    return told, memoryview(said)[len(head) + 1 :]


def _too_heavy(what: str, errors: bytes) -> Refused:
    reached = re.findall(rb"^page (\d+)$", errors, re.MULTILINE)
    if what != "slides":
        return Refused("too-heavy", N_("This picture asks too much of this computer. Make it smaller, or photograph it again."))
    text = N_("Page %(page)s of this PDF asks too much of this computer. Leave it out, or export the PDF again as pictures.")
    return Refused("too-heavy", text, {"page": int(reached[-1]) if reached else 1})


# In the process apart


def _plain_photo(data: bytes, mark: str = "") -> tuple[dict[str, Any], list[bytes]]:
    plain = _plain(data)
    return {"size": plain.size}, [_jpeg(plain, mark)]


def _blurred_photo(data: bytes, mark: str, areas: str) -> tuple[dict[str, Any], list[bytes]]:
    plain = _plain(data)
    for left, top, width, height in json.loads(areas) or [(0, 0, 1000, 1000)]:
        around = (left - _AROUND * width, top - _AROUND * height, left + (1 + _AROUND) * width, top + (1 + _AROUND) * height)
        box = [round(min(max(one, 0), 1000) * plain.size[place % 2] / 1000) for place, one in enumerate(around)]
        if box[2] > box[0] and box[3] > box[1]:
            part = plain.crop(box)
            tiles = [max(1, round(_TILES * side / max(part.size))) for side in part.size]
            plain.paste(part.resize(tiles, resample=4).resize(part.size, resample=0), box)  # 4: the mean of each tile, 0: as a flat square
    return {"size": plain.size}, [_jpeg(plain, mark)]


def _plain_logo(data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    from PIL import Image

    if re.match(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|!DOCTYPE|!--|svg)", data, re.IGNORECASE) or data.startswith(b"\x1f\x8b"):
        raise _Not("svg", {})
    seen = _upright(data, _LOGO)
    box = seen.getbbox(alpha_only=True) or (0, 0, *seen.size)  # what is around it and lets all through is no part of it
    plain = Image.new(seen.mode, (box[2] - box[0], box[3] - box[1]))
    plain.paste(seen.crop(box))
    packed = io.BytesIO()
    plain.save(packed, "PNG", optimize=True)
    if packed.tell() > _LOGO_BYTES:
        packed = io.BytesIO()
        plain.quantize(256, method=Image.Quantize.FASTOCTREE).save(packed, "PNG", optimize=True)
    return {"size": plain.size}, [packed.getvalue()]


def _plain(data: bytes) -> Any:
    from PIL import Image

    seen = _upright(data, _PHOTO)
    # A fresh picture carries no word of the one it was copied from.
    plain = Image.new("RGB", seen.size, "white")
    plain.paste(seen, mask=seen if seen.mode == "RGBA" else None)
    return plain


def _upright(data: bytes, most: tuple[int, int]) -> Any:
    """A picture as it is to be seen, no larger than this, RGB or RGBA."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # counted below, in words
    if data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"hevc"):
        raise _Not("heic", {})
    try:
        with Image.open(io.BytesIO(data), formats=_KINDS) as opened:
            points = opened.width * opened.height / 1e6
            if points > _MOST_POINTS:
                raise _Not("points", {"millions": round(points), "most": _MOST_POINTS})
            opened.draft("RGB", most)
            upright = ImageOps.exif_transpose(opened)
            upright.thumbnail(most, Image.Resampling.LANCZOS)
            return upright.convert("RGBA") if upright.has_transparency_data else upright.convert("RGB")
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise _Not("not-a-picture", {}) from error


def _pages(data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    import pypdfium2

    if b"%PDF-" not in data[:1024]:
        raise _Not("not-a-pdf", {})
    if b"%%EOF" not in data[-2048:]:  # PDFium would mend it, and silently leave out the pages that are missing
        raise _Not("pdf-broken", {})
    try:
        pdf = pypdfium2.PdfDocument(data)
        count = len(pdf)
    except pypdfium2.PdfiumError as error:
        raise _Not("pdf-locked" if error.err_code == _WRONG_PASSWORD else "pdf-broken", {}) from error
    if count > MOST_PAGES:
        raise _Not("pdf-pages", {"count": count, "most": MOST_PAGES})
    if not count:
        raise _Not("pdf-broken", {})
    scripts = bool(_SCRIPTS.search(data)) or pypdfium2.raw.FPDFDoc_GetJavaScriptActionCount(pdf) > 0
    pdf.init_forms()
    told, found = [], []
    for number in range(count):
        print(f"page {number + 1}", file=sys.stderr, flush=True)
        try:
            text, pictures = _page(pdf[number], number + 1)
        except pypdfium2.PdfiumError as error:
            raise _Not("pdf-broken", {}) from error
        told.append({"text": text, "sizes": [len(one) for one in pictures]})
        found += pictures
    return {"pages": told, "scripts": scripts}, found


def _page(page: Any, number: int) -> tuple[str, list[bytes]]:
    from PIL import Image

    width, height = page.get_size()
    if not 0.1 < width / max(height, 1e-9) < 10 or not 10 < max(width, height) < 1e6:
        raise _Not("pdf-page", {"page": number})
    large = page.render(scale=min(_LARGE[0] / width, _LARGE[1] / height)).to_pil().convert("RGB")
    small = large.copy()
    small.thumbnail(_SMALL, Image.Resampling.LANCZOS)
    words = page.get_textpage()
    text = _text(words.get_text_range())
    words.close()
    page.close()
    return text, [_jpeg(large), _jpeg(small)]


def _jpeg(picture: Any, mark: str = "") -> bytes:
    for quality, colours in ((85, 0), (70, 2)):
        packed = io.BytesIO()
        picture.save(packed, "JPEG", quality=quality, subsampling=colours, optimize=True, comment=mark.encode() or None)
        if packed.tell() < _THICK:
            break
    return packed.getvalue()


def _text(text: str) -> str:
    """The words of a page: cut words mended, ligatures as letters, no blank line twice."""
    text = re.sub("[\x02\ufffe\xad]\\s*", "", text)
    text = re.sub("[\ufb00-\ufb06]", lambda letters: unicodedata.normalize("NFKC", letters[0]), text)
    text = clean(re.sub(r"\s*\n\s*\n\s*", "\n\n", re.sub(r"[^\S\n]+", " ", text.replace("\r\n", "\n").replace("\r", "\n"))))
    return text if len(text) <= MOST_TEXT else text[: MOST_TEXT - 1].rstrip() + "…"


def _bounded(seconds: int) -> None:
    """This process gets no more than its share, and yields to the server; where the system knows no limits, the clock alone holds."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import os
        import resource

        os.nice(5)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY * 1_000_000, _MEMORY * 1_000_000))


def main() -> None:
    """Reads a file on stdin; writes one line of JSON on stdout, then the pictures one after the other."""
    what = sys.argv[1]
    reads: dict[str, Callable[..., tuple[dict[str, Any], list[bytes]]]] = {
        "photo": _plain_photo,
        "blur": _blurred_photo,
        "logo": _plain_logo,
        "slides": _pages,
    }
    _bounded(_SECONDS[what])
    try:
        told, pictures = reads[what](sys.stdin.buffer.read(), *sys.argv[2:])
    except _Not as no:
        why, values = no.args
        told, pictures = {"refused": why, "values": values}, []
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + b"".join(pictures))


if __name__ == "__main__":
    main()
