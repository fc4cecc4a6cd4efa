"""What is kept of an upload is what its maker sees: upright, in its sizes and tones. `tests/browser/test_pictures.py` asks a browser too."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image, ImageOps

from ecomlab import Refusal
from ecomlab.books import images

from . import pictures
from .pictures import HEIGHT, KINDS, WIDTH


def kept(upload: bytes) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(images.accepted_within(base64.b64encode(upload).decode(), "picture", 400))))


@pytest.mark.parametrize("name", [n for n in KINDS if "orientation" in n])
def test_a_picture_comes_out_upright_as_pillow_turns_it(name: str) -> None:
    assert kept(KINDS[name]).tobytes() == ImageOps.exif_transpose(Image.open(io.BytesIO(KINDS[name]))).convert("RGB").tobytes()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_sizes_are_judged_as_seen(orientation: int) -> None:
    """A telephone that is held upright writes a picture that lies on its side, and the number that says so."""
    upload = base64.b64encode(KINDS[f"JPEG, orientation {orientation}"]).decode()
    seen, lying = (WIDTH, HEIGHT)[:: -1 if orientation > 4 else 1], (WIDTH, HEIGHT)[:: 1 if orientation > 4 else -1]
    assert images.accepted(upload, "image", ("slot", *seen))
    for slot in (lying, (50, 50)):
        with pytest.raises(Refusal) as refused:
            images.accepted(upload, "image", ("slot", *slot))
        assert (refused.value.code, refused.value.field) == ("picture_size", "image")
        for text in refused.value.problems[0].text:
            assert f"{seen[0]}×{seen[1]}" in text
    with pytest.raises(Refusal) as large:
        images.accepted_within(upload, "image", 10)
    assert large.value.code == "picture_large" and f"{seen[0]}×{seen[1]}" in large.value.problems[0].text.en


def srgb(light: float) -> int:
    return round(255 * (12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055))


@pytest.mark.parametrize("bits", [0, 255])
def test_grey_of_sixteen_bits_keeps_its_tones(bits: int) -> None:
    """Scanners write it; what takes the lower half, or all above 255 for white, loses the picture."""
    rows = [b"".join((x * 10 * 256 + bits).to_bytes(2, "big") for x in range(WIDTH))] * HEIGHT
    shown = kept(pictures.png_of(16, 0, rows))
    assert [shown.getpixel((x, 5)) for x in range(WIDTH)] == [(x * 10,) * 3 for x in range(WIDTH)]


@pytest.mark.parametrize(("name", "gamma"), [("PNG, grey, gamma 1", 1.0), ("PNG, L, linear grey", 1.0), ("PNG, LA, linear grey", 1.0)])
def test_tones_are_those_that_the_file_says(name: str, gamma: float) -> None:
    shown = kept(KINDS[name])
    for x in range(WIDTH):
        tone = shown.getpixel((x, 0))
        assert all(abs(v - srgb((x * 10 / 255) ** gamma)) <= 1 for v in tone), x  # type: ignore[union-attr]


def test_what_a_frame_does_not_cover_and_what_is_clear_is_white() -> None:
    shown = kept(KINDS["GIF, frame smaller than its screen"])
    assert shown.size == (WIDTH + 10, HEIGHT + 6) and shown.getpixel((WIDTH + 2, 2)) == (255, 255, 255)
    assert kept(KINDS["PNG, grey of 16 bits, one clear"]).getpixel((5, 3)) == (255, 255, 255)


@pytest.mark.parametrize("name", KINDS)
def test_nothing_but_pixels_is_kept_and_they_stay_as_they_are(name: str) -> None:
    once = kept(KINDS[name])
    assert (once.mode, once.info) == ("RGB", {})
    assert kept(images.png(once.tobytes(), *once.size)).tobytes() == once.tobytes()
