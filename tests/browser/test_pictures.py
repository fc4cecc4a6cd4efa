"""Pictures as a browser shows them, held against what is kept of them."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from tests.each import each
from tests.pictures import KINDS
from tests.test_pictures import kept

#: Draws an upload on white, as an element of a page shows it, and gives it back.
DRAW = """async (source) => {
  const image = new Image(); image.src = source; await image.decode();
  const canvas = document.createElement('canvas'); canvas.width = image.naturalWidth; canvas.height = image.naturalHeight;
  const pen = canvas.getContext('2d'); pen.fillStyle = 'white'; pen.fillRect(0, 0, canvas.width, canvas.height); pen.drawImage(image, 0, 0);
  return canvas.toDataURL('image/png').split(',')[1];
}"""


@pytest.fixture(scope="module")
def page(chromium: Any) -> Iterator[Any]:
    opened = chromium.new_page()
    yield opened
    opened.close()


@each("name", KINDS)
def test_what_is_kept_is_what_a_browser_shows(page: Any, name: str) -> None:
    """To three levels of 255, because each has its own arithmetic of colours."""
    drawn = page.evaluate(DRAW, "data:;base64," + base64.b64encode(KINDS[name]).decode())
    theirs, ours = Image.open(io.BytesIO(base64.b64decode(drawn))).convert("RGB"), kept(KINDS[name])
    assert ours.size == theirs.size
    assert max(abs(a - b) for a, b in zip(ours.tobytes(), theirs.tobytes(), strict=True)) <= 3
