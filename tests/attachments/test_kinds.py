"""Files are told by their bytes and called by harmless names; pictures are made anew in a child process."""

import io
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from inbound.attachments import pictures
from inbound.attachments.kinds import ENDINGS, REMADE, kind_of
from inbound.attachments.names import cleaned, saved_as
from inbound.attachments.pictures import made_anew
from tests.attachments.files import PLACE, SCRIPT, film, photo, png_of, text_bomb


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x18ftypheic\x00", "image/heic"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"PK\x03\x04" + b"\0" * 26 + b"word/document.xml", "application/x-word"),
        (b"PK\x03\x04" + b"\0" * 26 + b"notes.txt", "application/zip"),
        (b"MZ\x90\x00", "application/x-program"),
        (b"#!/bin/sh\nrm -rf /", "application/x-program"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image/svg+xml"),
        (b"\xef\xbb\xbf  <?xml version='1.0'?><!-- c --><x:svg xmlns:x='...'>", "image/svg+xml"),
        ("<svg/>".encode("utf-16"), "image/svg+xml"),
        (b"<!-- a page -->" + SCRIPT, "text/html"),
        (b"hello\n<IMG SRC=x onerror=alert(1)>", "text/html"),
        (b"<?xml version='1.0'?><note/>", "text/xml"),
        (b"\r\nBEGIN:VCALENDAR\r\n", "text/calendar"),
        (b"Received: from x\r\nSubject: y\r\n", "message/rfc822"),
        ("Grüße, 灯り".encode(), "text/plain"),
        (b"BMW and a bench", "text/plain"),
        (b"\x00\x01\x02\x03", "application/octet-stream"),
        (b"", "text/plain"),
    ],
)
def test_a_file_is_told_by_its_bytes(content: bytes, kind: str) -> None:
    assert kind_of(content) == kind


@given(st.binary(max_size=300))
def test_every_kind_has_an_ending_and_none_that_a_browser_runs(content: bytes) -> None:
    assert kind_of(content) in ENDINGS
    assert not set(ENDINGS.values()) & {"html", "htm", "svg", "xml", "js", "exe", "sh", "xhtml", "hta"}
    assert set(ENDINGS) >= REMADE


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("fence.jpg", "fence.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ana\\plan.pdf", "plan.pdf"),
        ("/etc/shadow", "shadow"),
        ("photo\u202egpj.exe", "photo gpj.exe"),
        ("a\r\nSet-Cookie: x=1.txt", "a Set-Cookie_ x=1.txt"),
        ("\0", "file"),
        ("...", "file"),
        (".htaccess", "htaccess"),
        ("CON.txt", "_CON.txt"),
        ("", "file"),
        ("<img src=x onerror=alert(1)>.png", "_img src=x onerror=alert(1)_.png"),
        ("a" * 300 + ".jpg", "a" * 76 + ".jpg"),
        ("zero\u200bwidth\ufeff.txt", "zero width.txt"),
        ("Cafe\u0301.txt", "Café.txt"),
    ],
)
def test_inbox_T13_a_name_is_one_harmless_line(name: str, shown: str) -> None:
    assert cleaned(name) == shown


@given(st.text(max_size=200))
def test_any_name_at_all_becomes_one_and_stays_it(name: str) -> None:
    shown = cleaned(name)
    assert 0 < len(shown) <= 81
    assert not set(shown) & set('/\\\r\n\0"<>|?*:')
    assert shown == shown.strip()
    assert cleaned(shown) == shown


def test_a_file_is_saved_under_an_ending_that_says_what_it_is() -> None:
    assert saved_as("invoice.pdf.exe", "bin") == "invoice.pdf.bin"
    assert saved_as("photo.jpg", "txt") == "photo.txt"
    assert saved_as("photo.JPG", "jpg") == "photo.JPG"
    assert saved_as("notes", "txt") == "notes.txt"


# --- pictures ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_trust_T3_a_picture_made_anew_tells_neither_place_nor_person_nor_camera(kind: str) -> None:
    came = photo(kind=kind)
    assert b"Canary" in came
    made = made_anew(came)
    assert made is not None
    assert b"Canary" not in made
    assert PLACE not in made
    with Image.open(io.BytesIO(made)) as picture:
        assert picture.format == "JPEG"
        assert not picture.getexif()
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_a_photo_stands_upright_and_is_of_a_size_for_a_page() -> None:
    made = made_anew(photo((4000, 3000)))
    assert made is not None
    with Image.open(io.BytesIO(made)) as picture:
        assert picture.size == (1200, 1600)


def test_see_through_is_white_and_of_a_film_the_first_frame_is_kept() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(out, "PNG")
    made = made_anew(out.getvalue())
    assert made is not None
    assert Image.open(io.BytesIO(made)).getpixel((4, 4)) == (255, 255, 255)
    made = made_anew(film(500))
    assert made is not None
    with Image.open(io.BytesIO(made)) as picture:
        assert getattr(picture, "n_frames", 1) == 1


@pytest.mark.parametrize(
    "content",
    [
        png_of(60_000, 60_000),
        png_of(7_100, 7_100),  # just above what is opened; Pillow itself only warns
        text_bomb(),
        photo()[:200],
        b"\xff\xd8\xff" + b"\0" * 10_000,
        b"GIF89a" + SCRIPT,
        b"\x89PNG\r\n\x1a\n" + b"\xff" * 1_000,
        b"II*\0" + b"\xff" * 1_000,
        b"",
    ],
    ids=["bomb", "large", "comment", "half", "empty", "gif", "png", "tiff", "nothing"],
)
def test_what_is_no_picture_or_too_large_a_one_is_left_alone_and_soon(content: bytes) -> None:
    begun = time.process_time()
    assert made_anew(content) is None
    assert time.process_time() - begun < 5  # of our own process: the child has its own limit


def test_a_polyglot_loses_what_it_was_besides() -> None:
    made = made_anew(photo() + SCRIPT + b"PK\x03\x04")
    assert made is not None
    assert b"script" not in made
    assert b"PK\x03\x04" not in made


def test_a_child_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    child = tmp_path / "hangs.py"
    child.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(pictures, "_CHILD", child)
    monkeypatch.setattr(pictures, "_WITHIN", 0.5)
    assert made_anew(photo()) is None
