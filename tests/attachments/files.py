"""Files that people send, and files nobody should: made here, each as small as its kind allows."""

import io
import struct
import zlib
from email.message import EmailMessage

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

PLACE = b"40 deg 41'"
SCRIPT = b"<script>alert(1)</script>"


def photo(size: tuple[int, int] = (640, 480), kind: str = "JPEG") -> bytes:
    """A photo that tells where, by whom and with what it was taken."""
    made = Image.new("RGB", size, (200, 120, 40))
    exif = made.getexif()
    exif[Base.Make], exif[Base.Artist] = "Canary Camera", "Canary Ana"
    exif[Base.Orientation] = 6  # to be turned
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitudeRef] = "N"
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (40.0, 41.0, 21.0)
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSMapDatum] = "Canary place"
    out = io.BytesIO()
    more = {"comment": b"Canary comment"} if kind == "JPEG" else {}
    made.save(out, kind, exif=exif, **more)
    return out.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A PNG that promises so many pixels and holds none: it unpacks to zeros."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(1_000_000)))
        + chunk(b"IEND", b"")
    )


def text_bomb() -> bytes:
    """A PNG with a compressed comment of 300 MB."""
    real = io.BytesIO()
    Image.new("RGB", (4, 4)).save(real, "PNG")
    comment = b"Comment\0\0" + zlib.compress(bytes(300_000_000), 9)
    chunk = struct.pack(">I", len(comment)) + b"zTXt" + comment
    chunk += struct.pack(">I", zlib.crc32(b"zTXt" + comment))
    return real.getvalue()[:33] + chunk + real.getvalue()[33:]


def film(frames: int) -> bytes:
    """A GIF of many frames."""
    out = io.BytesIO()
    each = [Image.new("P", (16, 16), number % 250) for number in range(frames)]
    each[0].save(out, "GIF", save_all=True, append_images=each[1:])
    return out.getvalue()


def letter(*files: tuple[str, str, bytes], sender: str = "ana@riverbend.example") -> bytes:
    """A mail with these files: name, type as claimed, content."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "hello@porchlight.example", "Photos"
    mail["Message-ID"] = f"<{sum(len(each[2]) for each in files)}.{len(files)}@riverbend.example>"
    mail.set_content("Here they are.")
    for name, kind, content in files:
        main, _, sub = kind.partition("/")
        mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return mail.as_bytes()
