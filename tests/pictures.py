"""Pictures as telephones, scanners and drawing programs write them, one of each kind, all of one scene."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image

WIDTH, HEIGHT = 24, 16
#: Colourants in the profile connection space (D50) of two colour spaces wider than sRGB: telephones write Display P3, cameras Adobe RGB.
DISPLAY_P3 = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407))
ADOBE_RGB = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))


def scene(mode: str = "RGB") -> Image.Image:
    """Tones and colours that look different turned or mirrored any way."""
    picture = Image.new("RGB", (WIDTH, HEIGHT))
    for x in range(WIDTH):
        for y in range(HEIGHT):
            picture.putpixel((x, y), (x * 10, x * 10, x * 10) if y < 4 else (x * 10, y * 15, 128))
    picture.paste((200, 30, 30), (0, 4, 8, 10))
    return picture.convert(mode)


def saved(picture: Image.Image, form: str, **how: object) -> bytes:
    out = io.BytesIO()
    if form == "JPEG":
        how = {"quality": 95, "subsampling": 0, **how}
    picture.save(out, form, **how)
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of(bits: int, colour: int, rows: list[bytes], *more: bytes) -> bytes:
    """A PNG file by hand: colour type 0 grey, 2 RGB, 4 and 6 the same with alpha. more: chunks in front of the pixels."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, bits, colour, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows)))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + pixels + chunk(b"IEND", b"")


def with_chunks(png: bytes, *more: bytes) -> bytes:
    return png[:33] + b"".join(more) + png[33:]


def turned(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[274] = orientation
    return exif


def profile(space: bytes, gamma: float, colourants: tuple[tuple[float, float, float], ...] = ()) -> bytes:
    """A small ICC profile (version 2.4) of a matrix and one gamma, or of grey."""

    def fixed(*values: float) -> bytes:
        return b"".join(struct.pack(">i", round(v * 65536)) for v in values)

    curve = b"curv\0\0\0\0" + struct.pack(">IHxx", 1, round(gamma * 256))
    tags = {b"desc": b"desc\0\0\0\0" + struct.pack(">I", 2) + b"x\0" + bytes(78 + 2), b"cprt": b"text\0\0\0\0none\0\0\0\0"}
    tags[b"wtpt"] = b"XYZ \0\0\0\0" + fixed(0.9642, 1, 0.8249)
    tags |= {name + b"XYZ": b"XYZ \0\0\0\0" + fixed(*value) for name, value in zip((b"r", b"g", b"b"), colourants, strict=False)}
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC") if colourants else (b"kTRC",), curve)
    table, data, at = struct.pack(">I", len(tags)), b"", 132 + 12 * len(tags)
    for name, value in tags.items():
        table += name + struct.pack(">II", at + len(data), len(value))
        data += value + bytes(-len(value) % 4)
    head = struct.pack(">I4xI4s4s4s12x4s28x", at + len(data), 0x02400000, b"mntr", space, b"XYZ ", b"acsp") + fixed(0.9642, 1, 0.8249) + bytes(48)
    return head + table + data


def _kinds() -> dict[str, bytes]:
    grey, indexed = scene("L"), scene().convert("P", palette=Image.Palette.ADAPTIVE)
    rgb = saved(scene(), "PNG")
    columns = range(WIDTH)
    p3, adobe, linear = profile(b"RGB ", 2.2, DISPLAY_P3), profile(b"RGB ", 2.2, ADOBE_RGB), profile(b"GRAY", 1.0)
    grey16 = [struct.pack(f">{WIDTH}H", *(x * 2700 + y for x in columns)) for y in range(HEIGHT)]
    deep = {2: 3, 4: 2, 6: 4}
    cmyk = saved(scene("CMYK"), "JPEG")
    small = bytearray(saved(scene(), "GIF"))
    struct.pack_into("<HH", small, 6, WIDTH + 10, HEIGHT + 6)
    return {
        **{f"JPEG, orientation {o}": saved(scene(), "JPEG", exif=turned(o)) for o in range(10)},
        **{f"PNG, orientation {o}": saved(scene(), "PNG", exif=turned(o)) for o in range(1, 9)},
        "JPEG, damaged EXIF": saved(scene(), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x05"),
        "JPEG, turned, Display P3": saved(scene(), "JPEG", exif=turned(6), icc_profile=p3),
        "JPEG, grey": saved(grey, "JPEG"),
        "JPEG, CMYK": cmyk,
        "JPEG, progressive": saved(scene(), "JPEG", progressive=True),
        "JPEG, two pictures in one": saved(scene(), "MPO", save_all=True, append_images=[scene()], quality=95, subsampling=0),
        "PNG, grey of 16 bits": png_of(16, 0, grey16),
        "PNG, grey of 16 bits, one clear": png_of(16, 0, grey16, chunk(b"tRNS", struct.pack(">H", 5 * 2700 + 3))),
        "PNG, grey of 16 bits, linear": png_of(16, 0, grey16, chunk(b"iCCP", b"x\0\0" + zlib.compress(linear))),
        **{
            f"PNG, colour type {kind} of 16 bits": png_of(
                16, kind, [struct.pack(f">{WIDTH * n}H", *(v for x in columns for v in (x * 2700, y * 4000, 32768, x * 2800)[-n:])) for y in range(HEIGHT)]
            )
            for kind, n in deep.items()
        },
        "PNG, black and white": saved(scene("1"), "PNG"),
        "PNG, grey with alpha": saved(scene("LA"), "PNG"),
        "PNG, palette, one clear": saved(indexed, "PNG", transparency=3),
        "PNG, palette with alpha": saved(indexed, "PNG", transparency=bytes(range(256))),
        "PNG, grey, one clear": saved(grey, "PNG", transparency=100),
        "PNG, RGB, one clear": saved(scene(), "PNG", transparency=(200, 30, 30)),
        "PNG, animated, another picture first": saved(
            scene().transpose(Image.Transpose.ROTATE_180), "PNG", save_all=True, append_images=[scene(), scene()], default_image=True
        ),
        **{f"PNG, gamma {g / 100000}": with_chunks(rgb, chunk(b"gAMA", struct.pack(">I", g))) for g in (100000, 55556, 45455)},
        "PNG, grey, gamma 1": with_chunks(saved(grey, "PNG"), chunk(b"gAMA", struct.pack(">I", 100000))),
        "PNG, sRGB in spite of a gamma": with_chunks(rgb, chunk(b"gAMA", struct.pack(">I", 100000)), chunk(b"sRGB", b"\0")),
        **{
            f"{form}, {mode}, {name}": saved(indexed if mode == "P" else scene(mode), form, icc_profile=icc)
            for name, icc in (("Display P3", p3), ("Adobe RGB", adobe))
            for form, mode in (("JPEG", "RGB"), ("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("JPEG", "L"))
        },
        **{f"{form}, {mode}, linear grey": saved(scene(mode), form, icc_profile=linear) for form, mode in (("JPEG", "L"), ("PNG", "L"), ("PNG", "LA"))},
        "PNG, RGB, a profile for grey": saved(scene(), "PNG", icc_profile=linear),
        "JPEG, damaged profile": saved(scene(), "JPEG", icc_profile=b"garbage" * 30),
        "PNG, damaged profile": saved(scene(), "PNG", icc_profile=b"garbage" * 30),
        "GIF": saved(scene(), "GIF"),
        "GIF, one clear": saved(indexed, "GIF", transparency=3),
        "GIF, frame smaller than its screen": bytes(small),
        "GIF, animated": saved(scene(), "GIF", save_all=True, append_images=[scene().transpose(Image.Transpose.ROTATE_180)]),
    }


KINDS = _kinds()
