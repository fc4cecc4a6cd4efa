"""Uploaded pictures: checked by decoding, and written anew as a browser shows them, so nothing but pixels remains of an upload.

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
from typing import TYPE_CHECKING

from ..kernel.refusals import refusal

if TYPE_CHECKING:
    from PIL import Image, ImageFile

#: The largest file that can be uploaded, in bytes.
MAX_BYTES = 100_000
FORMATS = ("PNG", "JPEG", "GIF")
#: What decoders raise for a file that is not sound.
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error, OverflowError, MemoryError, IndexError)

NOT_A_PICTURE = refusal(
    "not_a_picture",
    "这不是完好的 PNG、JPEG 或 GIF 图片。请用图片软件另存后重新上传。",
    "This is not a valid PNG, JPEG or GIF picture. Save it again in a picture program and upload that file.",
)
PICTURE_SIZE = refusal(
    "picture_size",
    "图片为 {width}×{height} 像素，而“{slot}”位置要求 {slot_width}×{slot_height} 像素。请调整图片大小或另选位置。",
    "The picture has {width}×{height} pixels; the position {slot} takes {slot_width}×{slot_height}. Resize it or choose another position.",
)
PICTURE_LARGE = refusal(
    "picture_large",
    "图片为 {width}×{height} 像素，最大 {most}×{most}。请缩小后重新上传。",
    "The picture has {width}×{height} pixels, the limit is {most}×{most}. Make it smaller and upload it again.",
)


def _read(upload: str, field: str, fits: Callable[[int, int], bool]) -> tuple[int, int, bytes | None]:
    """Width, height and, if they fit, the RGB pixels of an upload as a browser shows it. Refuses 'not_a_picture'."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(base64.b64decode(upload)), formats=FORMATS)
            width, height = picture.size
            if not fits(width, height) and not fits(height, width):
                return *(picture.size if _turn(picture) not in _ON_ITS_SIDE else (height, width)), None
            shown = _shown(picture)
            return *shown.size, shown.tobytes() if fits(*shown.size) else None
    except (*_BROKEN, Image.DecompressionBombError):
        raise NOT_A_PICTURE(field) from None


def _shown(picture: ImageFile.ImageFile) -> Image.Image:
    """The picture upright, in sRGB, on white; of an animation the first frame."""
    from PIL import Image

    if getattr(picture, "default_image", False):
        picture.seek(1)  # an animated PNG may begin with a picture for those who cannot show it
    box = picture.tile[0].extents if picture.format == "GIF" else None
    picture.load()
    whole = _srgb(picture)
    whole.putalpha(_opacity(picture, box))
    canvas = Image.new("RGBA", picture.size, (255, 255, 255, 255))
    canvas.alpha_composite(whole)
    made = canvas.convert("RGB")
    turn = _turn(picture)
    return made.transpose(Image.Transpose[_TURNS[turn]]) if turn in _TURNS else made


#: What brings a picture upright, by the orientation in its EXIF data (CIPA DC-008, tag 274): telephones turn the picture by this number alone.
_TURNS = {2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE", 6: "ROTATE_270", 7: "TRANSVERSE", 8: "ROTATE_90"}
_ON_ITS_SIDE = (5, 6, 7, 8)


def _turn(picture: Image.Image) -> int:
    """The orientation that the picture's EXIF data name, as far as they have been read; 1, upright, where they are none or damaged."""
    from PIL import Image

    exif = Image.Exif()
    try:
        exif.load(picture.info.get("exif") or b"")
        return int(exif.get(274, 1))
    except (*_BROKEN, TypeError, KeyError):
        return 1


def _opacity(picture: Image.Image, box: tuple[int, int, int, int] | None) -> Image.Image:
    """How opaque each pixel is. box: the part of the picture that the frame of a GIF covers; the rest is transparent."""
    from PIL import Image

    clear = picture.info.get("transparency")
    if picture.mode.startswith("I") and clear is not None:
        opacity = Image.frombytes("L", picture.size, bytes(0 if v == clear else 255 for v in memoryview(picture.convert("I").tobytes()).cast("i")))
    else:
        opacity = (picture if not picture.mode.startswith("I") else Image.new("L", picture.size)).convert("RGBA").getchannel("A")
    if box is None:
        return opacity
    covered = Image.new("L", picture.size, 0)
    covered.paste(opacity.crop(box), box[:2])
    return covered


def _srgb(picture: Image.Image) -> Image.Image:
    """The picture's colours in the eight-bit sRGB of browsers: by its ICC profile, else by the gamma that a PNG names (its chunk gAMA)."""
    if picture.mode.startswith("I"):  # grey of sixteen bits: the upper eight
        colours = picture.convert("I").point(lambda v: v * (1 / 256)).convert("L")
    else:
        colours = picture if picture.mode == "CMYK" else picture.convert("L" if picture.mode in ("1", "L", "LA") else "RGB")
    if managed := _managed(colours, picture.info.get("icc_profile")):
        return managed
    made = colours.convert("RGB")
    gamma = picture.info.get("gamma")
    if not gamma or "srgb" in picture.info or abs(gamma * 2.2 - 1) < 0.05:  # as good as sRGB's own
        return made
    return made.point([_encoded((v / 255) ** (1 / gamma)) for v in range(256)] * 3)


def _encoded(light: float) -> int:
    """A share of the full light as a value of sRGB (IEC 61966-2-1)."""
    return round(255 * (12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055))


def _managed(colours: Image.Image, profile: bytes | None) -> Image.Image | None:
    """The colours in sRGB by an ICC profile; None if there is none, or one that is damaged or not for such colours, which browsers ignore too."""
    from PIL import ImageCms

    if not profile:
        return None
    try:
        read = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = {"GRAY": "L", "RGB": "RGB", "CMYK": "CMYK"}.get(read.profile.xcolor_space.strip(), "")
        if colours.mode != mode and (colours.mode, mode) != ("L", "RGB"):
            return None
        intent, exact = ImageCms.Intent.RELATIVE_COLORIMETRIC, ImageCms.Flags.NOOPTIMIZE
        return ImageCms.profileToProfile(colours.convert(mode), read, ImageCms.createProfile("sRGB"), intent, "RGB", flags=exact)
    except (ImageCms.PyCMSError, *_BROKEN):
        return None


def pixels_of(upload: str, field: str, fits: tuple[object, int, int]) -> bytes:
    """The RGB pixels of an uploaded picture (base64), row by row; what is transparent becomes white.

    fits: (name, width, height) of the slot, as the picture is seen. The size is read from the header and checked before
    anything is decoded, so a small file cannot unpack to a huge picture. Of an animation the first frame is taken.
    Refuses 'not_a_picture' and 'picture_size'.
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
