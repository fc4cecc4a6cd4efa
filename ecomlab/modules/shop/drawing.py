"""Pictures of goods: drawn, marked, cut to size, and read again by their pixels alone. Nothing here knows a world.

A picture shows a product on a ground of its own colour: its English name, and its bar code (EAN-13, GS1 General Specifications, 5.2), so that
whose picture it is can be read off it. Letters are those of Pillow's own bitmap font and every step is whole-numbered, so that the pixels
are the same on every machine.
"""

from __future__ import annotations

import base64
import colorsys
import functools
import io
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from stdnum import ean

from ...books import images
from .kinds import SIZES

if TYPE_CHECKING:
    from PIL import Image

#: The edge of a picture as it comes from the camera.
EDGE = SIZES["zoom"]
#: The height of a watermark's band, and of a bar code, in pixels of such a picture; the width of a module of the code.
BAND, BARS, MODULE = 64, 160, 6
#: The edge of a logo on such a picture, and where it begins: in the upper right corner, below a band that is there. No name and no bar code is.
#: All are multiples of what three pixels of the smallest size are, so that a logo keeps its edges; it is read in fields of that size.
LOGO, _LOGO_AT, _FIELDS = 100, (680, 80), (5, 5)
#: By how much the fields of a logo may differ from what they were, on the average of a colour.
_ALIKE = 6
_BARS_TOP = 500
_BLACK, _WHITE = (0, 0, 0), (255, 255, 255)
PLACES = ("top", "bottom")

#: The modules of the digits in the left half with odd parity (number set A); set C is its complement, and set B is C read backwards.
_A = ("0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011")
_C = tuple("".join("10"[int(m)] for m in code) for code in _A)
_B = tuple(code[::-1] for code in _C)
#: How the first digit is told: by the sets of the six that follow.
_PARITY = ("AAAAAA", "AABABB", "AABBAB", "AABBBA", "ABAABB", "ABBAAB", "ABBBAA", "ABABAB", "ABABBA", "ABBABA")


class Seen(NamedTuple):
    """What the pixels of a picture tell: its size, where a watermark's band is ('' for none), and the GTIN of its bar code ('' if none can be read)."""

    width: int
    height: int
    band: str
    product: str


# --- making ------------------------------------------------------------------------------------------------------------------


def photo(name: str, product: str) -> Image.Image:
    """The picture of a product as the camera gives it."""
    from PIL import Image

    picture = Image.new("RGB", (EDGE, EDGE), _ground(product))
    for i, line in enumerate(_lines(name)):
        _write(picture, line, 4, 60, 170 + 70 * i, _BLACK)
    width = len(_modules(product)) * MODULE
    left = (EDGE - width) // 2
    picture.paste(_WHITE, (left - 60, _BARS_TOP - 20, left + width + 60, _BARS_TOP + BARS + 20))
    for i, module in enumerate(_modules(product)):
        if module == "1":
            picture.paste(_BLACK, (left + i * MODULE, _BARS_TOP, left + (i + 1) * MODULE, _BARS_TOP + BARS))
    return picture


def opened(content: str) -> Image.Image:
    """The picture of a kept upload (base64 of a PNG), in the middle of a white square of the camera's size."""
    from PIL import Image

    given = Image.open(io.BytesIO(base64.b64decode(content))).convert("RGB")
    times = max(1, EDGE // max(given.size))
    large = given.resize((given.width * times, given.height * times), Image.Resampling.NEAREST)
    square = Image.new("RGB", (EDGE, EDGE), _WHITE)
    square.paste(large, ((EDGE - large.width) // 2, (EDGE - large.height) // 2))
    return square


def marked(picture: Image.Image, text: str, place: str) -> Image.Image:
    """The picture with a watermark: a black band with white letters, at its top or bottom."""
    made = picture.copy()
    top = 0 if place == "top" else EDGE - BAND
    made.paste(_BLACK, (0, top, EDGE, top + BAND))
    _write(made, _plain(text), 3, 24, top + 16, _WHITE)
    return made


def drawn_logo(name: str) -> Image.Image:
    """A logo of the first letters of a name: white on a dark ground of their own colour."""
    from PIL import Image

    letters = "".join(word[0] for word in _plain(name).split() if word[0].isalnum())[:2].upper() or "S"
    made = Image.new("RGB", (LOGO, LOGO), _hue(sum(map(ord, letters)) * 47, 0.8, 0.45))
    _write(made, letters, 7, (LOGO - 42 * len(letters)) // 2, 10, _WHITE)
    return made


def logo_of(content: str) -> Image.Image:
    """A kept logo (base64 of a PNG) at the size that it has on a picture, in the middle of a white square."""
    from PIL import Image

    given = Image.open(io.BytesIO(base64.b64decode(content))).convert("RGB")
    if given.size == (LOGO, LOGO):
        return given
    width, height = (max(1, edge * LOGO // max(given.size)) for edge in given.size)
    square = Image.new("RGB", (LOGO, LOGO), _WHITE)
    square.paste(given.resize((width, height), Image.Resampling.BOX), ((LOGO - width) // 2, (LOGO - height) // 2))
    return square


def with_logo(picture: Image.Image, logo: Image.Image) -> Image.Image:
    """The picture with a logo in its upper right corner."""
    made = picture.copy()
    made.paste(logo, _LOGO_AT)
    return made


def sized(picture: Image.Image, size: str) -> Image.Image:
    """The picture cut to a size by the mean of the pixels that fall together."""
    from PIL import Image

    edge = SIZES[size]
    return picture if edge == picture.width else picture.resize((edge, edge), Image.Resampling.BOX)


def file_of(picture: Image.Image) -> bytes:
    """The picture as a PNG file, the same bytes for the same pixels."""
    return images.png(picture.tobytes(), *picture.size)


def packed(picture: Image.Image) -> bytes:
    """The picture as a PNG file for whoever looks at it; its bytes depend on the machine's own compressor."""
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)  # a batch is written within the command
    return out.getvalue()


def _ground(product: str) -> tuple[int, int, int]:
    """A light colour that follows from the GTIN."""
    return _hue(int(product[-6:-1] or 0) * 47, 0.35, 0.95)


def _hue(degrees: int, saturation: float, value: float) -> tuple[int, int, int]:
    red, green, blue = colorsys.hsv_to_rgb(degrees % 360 / 360, saturation, value)
    return round(red * 255), round(green * 255), round(blue * 255)


def _lines(name: str) -> list[str]:
    """The Latin words of a name, in lines that are not too long."""
    lines: list[str] = [""]
    for word in _plain(name).split():
        if len(lines[-1]) + len(word) > 24:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _plain(text: str) -> str:
    """What the bitmap font can write of a text."""
    return " ".join("".join(c for c in text if " " <= c <= "~").split())


def _write(picture: Image.Image, text: str, times: int, left: int, top: int, colour: tuple[int, int, int]) -> None:
    from PIL import Image

    if letters := _letters(text):
        shape, width, height = letters
        mask = Image.frombytes("L", (width, height), shape).resize((width * times, height * times), Image.Resampling.NEAREST)
        picture.paste(colour, (left, top), mask)


@functools.lru_cache(maxsize=512)
def _letters(text: str) -> tuple[bytes, int, int] | None:
    """A text in the bitmap font, white on black: its pixels, width and height; None for none."""
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.load_default_imagefont()
    _, _, width, height = font.getbbox(text) if text else (0, 0, 0, 0)
    if not width:
        return None
    mask = Image.new("L", (int(width), int(height)), 0)
    ImageDraw.Draw(mask).text((0, 0), text, font=font, fill=255)
    return mask.tobytes(), int(width), int(height)


def _modules(product: str) -> str:
    """The 95 modules of a bar code, '1' for black. A GTIN with a wrong check digit has one that nobody can scan, too: it is drawn as it is."""
    left = "".join((_A, _B)[s == "B"][int(d)] for s, d in zip(_PARITY[int(product[0])], product[1:7], strict=True))
    return f"101{left}01010{''.join(_C[int(d)] for d in product[7:])}101"


# --- reading -----------------------------------------------------------------------------------------------------------------


def seen(picture: Image.Image) -> Seen:
    """What a picture's pixels tell, whatever is said of it."""
    return Seen(*picture.size, next((place for place in PLACES if _band(picture, place)), ""), _scanned(picture))


def bears(picture: Image.Image, logo: Image.Image) -> bool:
    """Whether a picture of any size shows a logo where logos are laid."""
    from PIL import Image

    scale = picture.width / EDGE
    left, top = _LOGO_AT
    box = (left * scale, top * scale, (left + LOGO) * scale, (top + LOGO) * scale)
    there, wanted = (p.resize(_FIELDS, Image.Resampling.BOX, b).tobytes() for p, b in ((picture, box), (logo, None)))
    return sum(abs(a - b) for a, b in zip(there, wanted, strict=True)) < _ALIKE * len(wanted)


def _band(picture: Image.Image, place: str) -> bool:
    """Whether a black band, with letters or without, runs over the whole width there: along both of its edges, and over most of its middle."""
    scale = picture.height / EDGE
    top = 0 if place == "top" else EDGE - BAND
    rows = [int((top + at) * scale) for at in (8, BAND // 2, BAND - 9)]
    dark = [sum(1 for value in _line(picture, y) if value < 128) / picture.width for y in rows]
    return min(dark[0], dark[2]) > 0.98 and dark[1] > 0.5


def _scanned(picture: Image.Image) -> str:
    """The GTIN of the bar code, or '' where none can be read: as a scanner does, along one line."""
    line = ["1" if value < 128 else "0" for value in _line(picture, int((_BARS_TOP + BARS // 2) * picture.height / EDGE))]
    if "1" not in line:
        return ""
    first, last = line.index("1"), len(line) - line[::-1].index("1")
    width = (last - first) / 95
    if width < 2:
        return ""
    modules = "".join(line[int(first + (i + 0.5) * width)] for i in range(95))
    if (modules[:3], modules[45:50], modules[92:]) != ("101", "01010", "101"):
        return ""
    left, right = ([modules[start + 7 * i :][:7] for i in range(6)] for start in (3, 50))
    sets = "".join("A" if code in _A else "B" for code in left)
    if sets not in _PARITY or not set(left) <= {*_A, *_B} or not set(right) <= set(_C):
        return ""
    found = str(_PARITY.index(sets)) + _digits(left, (*_A, *_B)) + _digits(right, _C)
    return found if ean.is_valid(found) else ""


def _digits(codes: Iterable[str], table: tuple[str, ...]) -> str:
    return "".join(str(table.index(code) % 10) for code in codes)


def _line(picture: Image.Image, y: int) -> bytes:
    """The brightness along one line of pixels."""
    return picture.crop((0, y, picture.width, y + 1)).convert("L").tobytes()
