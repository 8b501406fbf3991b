"""Strangers' files: photos come out plain, PDFs as pictures and words; the bad ones are said in words, whatever they hold."""

from io import BytesIO
from pathlib import Path

import files
import pytest
from PIL import Image, ImageOps

from facilitate.core.entry import Refused
from facilitate.pictures import MOST_AREAS, MOST_TEXT, Page, Picture, Slides, blurred, logo, media_id, photo, read_areas, slides


def opened(picture: Picture) -> Image.Image:
    return Image.open(BytesIO(picture.data))


def taken(data: bytes) -> Slides:
    answer = slides(data)
    assert isinstance(answer, Slides), answer
    return answer


def refused(answer: object) -> str:
    assert isinstance(answer, Refused), answer
    return f"{answer.code}: {answer.text % answer.values}"


def test_a_photo_comes_out_upright_and_says_nothing_of_where_it_was_taken() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # lying on its side
    exif[0x010F] = "A maker"
    exif[0x8825] = {1: "N", 2: (45.0, 44.0, 0.0)}
    raw = files.photo((600, 300), exif=exif, comment=b"a comment", xmp=b"<x:xmpmeta/>", icc_profile=b"profile", dpi=(300, 300))
    assert b"A maker" in raw
    answer = photo(raw)
    assert isinstance(answer, Picture)
    plain = opened(answer)
    assert (plain.format, plain.size) == ("JPEG", (300, 600))
    assert plain.getpixel((290, 300))[0] > 200, "the top of the picture is now on its right"  # type: ignore[index]
    assert plain.getpixel((290, 300))[1] < 60  # type: ignore[index]
    assert not plain.getexif()
    assert set(plain.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert ImageOps.exif_transpose(plain).size == plain.size
    assert answer.id == media_id(answer.data)
    assert len(answer.id) == 32


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_every_kind_of_photo_becomes_a_jpeg_of_2000_points_at_most(kind: str) -> None:
    answer = photo(files.photo((4000, 1000), kind))
    assert isinstance(answer, Picture)
    assert (opened(answer).format, opened(answer).size) == ("JPEG", (2000, 500))


def test_the_same_photo_under_two_marks_is_two_pictures() -> None:
    raw = files.photo((60, 40))
    one, same, other = photo(raw, "a"), photo(raw, "a"), photo(raw, "b")
    assert isinstance(one, Picture)
    assert isinstance(other, Picture)
    assert one == same
    assert one.id != other.id
    assert (one.width, one.height) == opened(one).size
    assert opened(one).tobytes() == opened(other).tobytes()


def test_what_is_blurred_is_a_few_flat_tiles_and_the_rest_stays() -> None:
    checked = Image.effect_noise((400, 400), 90).convert("RGB")
    file = BytesIO()
    checked.save(file, "PNG")
    part, whole = blurred(file.getvalue(), [(0, 0, 400, 400), (990, 990, 10, 10)], "a"), blurred(file.getvalue(), [], "a")
    assert isinstance(part, Picture)
    assert isinstance(whole, Picture)
    gone, kept = opened(part).crop((0, 0, 170, 170)).convert("L"), opened(part).crop((200, 200, 370, 370)).convert("L")
    assert gone.getextrema()[1] - gone.getextrema()[0] < 60 < kept.getextrema()[1] - kept.getextrema()[0]  # type: ignore[operator]
    assert len(set(opened(whole).resize((5, 5), 0).convert("L").tobytes())) <= 25
    flat = opened(whole).convert("L").crop((4, 4, 76, 76))
    assert flat.getextrema()[1] - flat.getextrema()[0] < 8  # type: ignore[operator]


@pytest.mark.parametrize(
    ("text", "areas"),
    [
        ("", []),
        ("120,80,200,250", [(120, 80, 200, 250)]),
        ("0,0,1,1;2,2,3,3", [(0, 0, 1, 1), (2, 2, 3, 3)]),
        ("1,2,3", None),
        ("1,2,3,4,5", None),
        ("1,2,3,-4", None),
        ("a,b,c,d", None),
        (";", None),
        ("12345,1,2,3,4", None),
        ("0,0,0,0", None),
        ("10,10,0,200", None),
        ("1000,0,10,10", None),
        ("0,0,10,10;0,4000,10,10", None),
        (";".join(["1,1,1,1"] * (MOST_AREAS + 1)), None),
    ],
)
def test_areas_are_four_whole_numbers_each_and_hold_something_of_the_picture(text: str, areas: object) -> None:
    assert read_areas(text) == areas


def test_what_is_transparent_stands_on_white() -> None:
    file = BytesIO()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(file, "PNG")
    answer = photo(file.getvalue())
    assert isinstance(answer, Picture)
    assert opened(answer).getpixel((20, 20)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not-a-picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not-a-picture"),
        (files.photo()[:2000], "not-a-picture"),
        (files.photo(kind="BMP"), "not-a-picture"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "heic"),
        (files.photo((13000, 10000), "PNG", "1"), "points: This picture has 130 million points, 120 at most"),
        (bytes(15_000_001), "too-large: This file is too large: 15 MB at most"),
    ],
    ids=["empty", "svg", "truncated", "bmp", "heic", "bomb", "heavy"],
)
def test_what_is_no_photo_is_refused_in_words(data: bytes, code: str) -> None:
    assert refused(photo(data)).startswith(code)


def test_the_pages_of_a_pdf_come_in_order_with_their_words_for_the_wall_and_for_phones() -> None:
    found = taken(files.deck(3))
    assert [page.text.split("\n")[0] for page in found.pages] == [f"La ville et la campagne, {n}" for n in (1, 2, 3)]
    assert "l’efficacité" in found.pages[0].text
    assert [(opened(page.large).size, opened(page.small).size) for page in found.pages] == [((1920, 1080), (960, 540))] * 3
    assert len({page.large.id for page in found.pages}) == 3
    assert not found.scripts
    assert taken(files.deck(3)) == found, "the same file gives the same pictures"


def test_a_tall_page_fits_the_wall() -> None:
    assert opened(taken(files.by_hand(box="0 0 595 842")).pages[0].large).size == (1018, 1440)


def test_the_words_of_a_page_are_bounded() -> None:
    assert len(taken(files.deck(1, about="mot " * 2000)).pages[0].text) <= MOST_TEXT


def test_a_page_may_hold_no_word() -> None:
    (page,) = taken(files.by_hand()).pages
    assert isinstance(page, Page)
    assert page.text == ""


def test_a_pdf_with_scripts_is_taken_and_it_is_known() -> None:
    found = taken(files.with_scripts())
    assert found.scripts
    assert b"alert" not in found.pages[0].large.data


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not-a-pdf"),
        (b"PK\x03\x04 some other program's slides", "not-a-pdf: This file is not a PDF."),
        (files.deck(3)[:9000], "pdf-broken: This PDF is damaged or not whole."),
        (b"%PDF-1.7\n nothing of a PDF \n%%EOF", "pdf-broken"),
        (files.deck(200), "pdf-pages: This PDF has 200 pages, 150 at most are taken."),
        (files.by_hand(box="0 0 100000000 1"), "pdf-page: Page 1 of this PDF has a shape that no screen can show."),
        (files.by_hand(box="0 0 3000000 2000000"), "pdf-page"),
        (files.endless(), "too-heavy: Page 1 of this PDF asks too much of this computer."),
        (bytes(50_000_001), "too-large: This file is too large: 50 MB at most"),
    ],
    ids=["empty", "slides of another program", "truncated", "broken", "200 pages", "absurd", "immense", "endless", "heavy"],
)
def test_a_pdf_that_cannot_be_taken_is_refused_in_words(data: bytes, said: str) -> None:
    assert refused(slides(data)).startswith(said)


@pytest.mark.skipif(files.NEEDS_QPDF, reason="there is no qpdf here: `make test` installs it where it may")
def test_a_pdf_behind_a_password_is_refused_in_words(tmp_path: Path) -> None:
    assert refused(slides(files.locked(files.deck(1), tmp_path))).startswith("pdf-locked: This PDF asks for a password.")


def test_a_picture_that_unfolds_into_thousands_of_millions_of_points_takes_neither_memory_nor_time() -> None:
    """PDFium leaves it out; were it to try, the process would end at its limit, and be said."""
    answer = slides(files.bomb(), seconds=30)
    assert isinstance(answer, Slides) or answer.code == "too-heavy"


def test_a_file_that_takes_too_long_is_left_and_its_page_said() -> None:
    assert refused(slides(files.deck(3), seconds=0.001)).startswith("too-heavy: Page 1 ")


def test_a_logo_keeps_what_it_lets_through_and_loses_what_surrounds_it() -> None:
    raw, drawn = BytesIO(), Image.new("RGBA", (3000, 1000), (0, 0, 0, 0))
    drawn.paste((200, 20, 20, 255), (600, 200, 2400, 800))
    drawn.save(raw, "PNG", pnginfo=None)
    answer = logo(raw.getvalue())
    assert isinstance(answer, Picture)
    plain = opened(answer)
    assert (plain.format, plain.mode) == ("PNG", "RGBA")
    assert 540 <= plain.size[0] <= 550, "nothing of what was around it, but for its softened edge"
    assert answer == logo(raw.getvalue())


def test_a_logo_drawn_in_lines_is_refused_with_what_to_do() -> None:
    for data in (b"<svg><script>alert(1)</script></svg>", b"\xef\xbb\xbf <?xml version='1.0'?><svg/>", b"\x1f\x8bsvgz"):
        assert refused(logo(data)).startswith("svg: ")
        assert "PNG" in refused(logo(data))
    assert refused(logo(bytes(5_000_001))).startswith("too-large")
    assert refused(logo(b"\x89PNG\r\n\x1a\n broken")).startswith("not-a-picture")
    heavy = logo(files.photo((1600, 800)))
    assert isinstance(heavy, Picture)
    assert len(heavy.data) < 400_000
