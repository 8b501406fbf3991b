"""Owns the files people bring: slides as PDF, good and bad, and photos."""

import shutil
import subprocess
import zlib
from functools import cache
from io import BytesIO
from pathlib import Path

import typst
from PIL import Image

NEEDS_QPDF = not shutil.which("qpdf")


@cache
def deck(pages: int = 3, about: str = "La ville et la campagne") -> bytes:
    """Slides in 16 : 9, each with a title, two lines and a coloured bar."""
    slides = [
        f"= {about}, {n}\n\n- L’eau, le bois, l’efficacité\n- Point n° {n}\n\n#rect(width: 40%, height: 20mm)" for n in range(1, pages + 1)
    ]
    head = '#set page(width: 338mm, height: 190mm, margin: 20mm)\n#set text(size: 28pt, lang: "fr")\n'
    return bytes(typst.compile((head + "\n#pagebreak()\n".join(slides)).encode()))


def locked(pdf: bytes, folder: Path) -> bytes:
    """The PDF behind a password."""
    plain, behind = folder / "plain.pdf", folder / "locked.pdf"
    plain.write_bytes(pdf)
    subprocess.run(["qpdf", "--encrypt", "open-sesame", "owner", "256", "--", plain, behind], check=True)
    return behind.read_bytes()


def by_hand(
    content: bytes = b"", *, box: str = "0 0 720 405", catalog: str = "", more: tuple[bytes, ...] = (), resources: str = ""
) -> bytes:
    """A PDF of one page, object by object: ``more`` are objects from number 5 on."""
    page = f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Contents 4 0 R /Resources << {resources} >> >>"
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page.encode(),
        stream(content),
        *more,
    ]
    file, places = BytesIO(b""), []
    file.write(b"%PDF-1.7\n")
    for number, body in enumerate(objects, 1):
        places.append(file.tell())
        file.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = file.tell()
    file.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    file.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    file.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return file.getvalue()


def stream(content: bytes, entries: str = "") -> bytes:
    packed = zlib.compress(content, 9)
    return b"<< /Length %d /Filter /FlateDecode %s >>\nstream\n%s\nendstream" % (len(packed), entries.encode(), packed)


def with_scripts() -> bytes:
    """A page that would run a script when it is opened."""
    return by_hand(catalog="/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>")


def bomb() -> bytes:
    """Some kilobytes that unfold into a picture of ten thousand million points, drawn a thousand times."""
    picture = "/Type /XObject /Subtype /Image /Width 100000 /Height 100000 /ColorSpace /DeviceRGB /BitsPerComponent 8"
    packed = zlib.compressobj(9)
    data = b"".join(packed.compress(bytes(10_000_000)) for _ in range(60)) + packed.flush()
    body = b"<< /Length %d /Filter /FlateDecode %s >>\nstream\n%s\nendstream" % (len(data), picture.encode(), data)
    return by_hand(b"q 720 0 0 405 0 0 cm /X Do Q " * 1000, more=(body,), resources="/XObject << /X 5 0 R >>")


def endless() -> bytes:
    """A page whose drawing takes longer than anyone waits: shapes that call shapes."""
    forms = tuple(
        stream(b"/N Do " * 60, f"/Type /XObject /Subtype /Form /BBox [0 0 720 405] /Resources << /XObject << /N {n + 1} 0 R >> >>")
        for n in range(5, 11)
    )
    last = stream(b"0 0 m 700 400 l S " * 200, "/Type /XObject /Subtype /Form /BBox [0 0 720 405]")
    return by_hand(b"/N Do", more=(*forms, last), resources="/XObject << /N 5 0 R >>")


def photo(size: tuple[int, int] = (1200, 900), kind: str = "JPEG", mode: str = "RGB", **given: object) -> bytes:
    """A photo of a flipchart: white paper, a red line on top."""
    picture = Image.new(mode, size, "white")
    picture.paste("red", (0, 0, size[0], max(1, size[1] // 10)))
    file = BytesIO()
    picture.save(file, kind, **given)
    return file.getvalue()
