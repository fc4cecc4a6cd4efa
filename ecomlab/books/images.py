"""Uploaded pictures: checked by decoding, and written anew, so nothing but pixels remains of an upload.

The picture is kept as a PNG (ISO/IEC 15948) whose bytes depend on its pixels alone: eight-bit RGB, no filter, and
stored instead of compressed blocks (RFC 1951, section 3.2.4), because compressors differ from version to version.
"""

from __future__ import annotations

import base64
import io
import struct
import warnings
import zlib
from collections.abc import Callable

from ..kernel.refusals import refusal

#: The largest file that can be uploaded, in bytes.
MAX_BYTES = 100_000
FORMATS = ("PNG", "JPEG", "GIF")

NOT_A_PICTURE = refusal(
    "not_a_picture",
    "这不是完好的 PNG、JPEG 或 GIF 图片。请用图片软件另存后重新上传。",
    "This is no sound PNG, JPEG or GIF picture. Save it anew in a picture program and upload that.",
)
PICTURE_SIZE = refusal(
    "picture_size",
    "图片为 {width}×{height} 像素，而“{slot}”位置要求 {slot_width}×{slot_height} 像素。请调整图片大小或另选位置。",
    "The picture has {width}×{height} pixels; the position {slot} takes {slot_width}×{slot_height}. Resize it or choose another position.",
)
PICTURE_LARGE = refusal(
    "picture_large",
    "图片为 {width}×{height} 像素，最大 {most}×{most}。请缩小后重新上传。",
    "The picture has {width}×{height} pixels, at most {most}×{most} are taken. Make it smaller and upload it again.",
)


def _read(upload: str, field: str, fits: Callable[[int, int], bool]) -> tuple[int, int, bytes | None]:
    """Width, height and, if they fit, the RGB pixels of an upload. Refuses 'not_a_picture'."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(base64.b64decode(upload)), formats=FORMATS)
            width, height = picture.size
            if not fits(width, height):
                return width, height, None
            picture.load()
            whole = picture.convert("RGBA")
            canvas = Image.new("RGBA", picture.size, (255, 255, 255, 255))
            canvas.alpha_composite(whole)
            return width, height, canvas.convert("RGB").tobytes()
    except (OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error, OverflowError, MemoryError, IndexError, Image.DecompressionBombError):
        raise NOT_A_PICTURE(field) from None


def pixels_of(upload: str, field: str, fits: tuple[object, int, int]) -> bytes:
    """The RGB pixels of an uploaded picture (base64), row by row; what is transparent becomes white.

    fits: (name, width, height) of the slot. The size is read from the header and checked before anything is decoded,
    so a small file cannot unpack to a huge picture. Of an animation the first frame is taken. Refuses
    'not_a_picture' and 'picture_size'.
    """
    slot, slot_width, slot_height = fits
    width, height, pixels = _read(upload, field, lambda w, h: (w, h) == (slot_width, slot_height))
    if pixels is None:
        raise PICTURE_SIZE(field, width=width, height=height, slot=slot, slot_width=slot_width, slot_height=slot_height)
    return pixels


def png(pixels: bytes, width: int, height: int) -> bytes:
    """A PNG file of RGB pixels: the same bytes for the same pixels, whatever the machine."""
    row = width * 3
    raw = b"".join(b"\0" + pixels[i * row : (i + 1) * row] for i in range(height))
    blocks = [raw[i : i + 65535] for i in range(0, len(raw), 65535)]
    stored = b"".join(struct.pack("<BHH", i == len(blocks) - 1, len(b), len(b) ^ 0xFFFF) + b for i, b in enumerate(blocks))
    packed = b"\x78\x01" + stored + struct.pack(">I", zlib.adler32(raw))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def accepted(upload: str, field: str, fits: tuple[object, int, int]) -> str:
    """An uploaded picture as it is kept: base64 of its PNG. Refuses as `pixels_of`."""
    return base64.b64encode(png(pixels_of(upload, field, fits), fits[1], fits[2])).decode("ascii")


def accepted_within(upload: str, field: str, most: int) -> str:
    """The same for a picture of any size up to `most` pixels either way. Refuses 'not_a_picture' and 'picture_large'."""
    width, height, pixels = _read(upload, field, lambda w, h: w <= most and h <= most)
    if pixels is None:
        raise PICTURE_LARGE(field, width=width, height=height, most=most)
    return base64.b64encode(png(pixels, width, height)).decode("ascii")


def sample(width: int, height: int, colour: tuple[int, int, int]) -> bytes:
    """A small PNG file of one colour with a white frame, for the model student and for trying things out."""
    from PIL import Image

    picture = Image.new("RGB", (width, height), "white")
    picture.paste(colour, (1, 1, width - 1, height - 1))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
