"""The child process that opens pictures: it knows nothing of us, has little memory and little time, and
writes no file. Standard input: the picture. Standard output: the same as a JPEG made from nothing but its
pixels; no place, no camera, no name, no frame but the first. Run by pictures.py as a file."""

import io
import resource
import sys
import warnings

MOST_PIXELS = 50_000_000  # a camera of 50 megapixels
LONGEST_SIDE = 1_600
_MEMORY = 1024 * 1024 * 1024  # bytes of address space
_SECONDS = 15  # of processor time
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "TIFF")


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def remade(content: bytes) -> bytes:
    """Raises whatever Pillow does for what is no such picture, or too large a one."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error")  # Pillow only warns of a picture of up to twice as many pixels
    with Image.open(io.BytesIO(content), formats=_FORMATS) as found:
        if found.width * found.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        found.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is read at no more than this size
        found.load()
        warnings.simplefilter("ignore")
        upright = ImageOps.exif_transpose(found).convert("RGBA")
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        bare = Image.new("RGB", upright.size, "white")
        bare.paste(upright, mask=upright.getchannel("A"))
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=84, optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    limit()
    sys.stdout.buffer.write(remade(sys.stdin.buffer.read()))
