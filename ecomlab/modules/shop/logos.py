"""The shop's logo, which can be laid on pictures beside the watermark's text: its own, uploaded, or one drawn from the letters of its name.

What was laid on a set stays with the set, so that its pictures are the same when the shop has another logo one day.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Annotated

from ...books import images
from ...kernel.command import command
from ...kernel.doing import Doing, Looking
from ...kernel.values import Ask, Upload
from ..b2c.members import shop_of
from . import drawing
from .staff import PHOTOGRAPHER

if TYPE_CHECKING:
    from PIL import Image

#: An uploaded logo has at most so many pixels either way.
MOST = 400


@command(role=PHOTOGRAPHER, title=("上传店标", "Upload the shop's logo"))
def set_logo(do: Doing, logo: Annotated[Upload, Ask("店标", "Logo", max=images.MAX_BYTES, pixels={"": (MOST, MOST)})]) -> str:
    """Takes an own logo (PNG, JPEG or GIF, up to 400 pixels either way) for the pictures that are watermarked from now on; gives the shop.

    Refuses a file that is no picture.
    """
    content = images.accepted_within(logo, "logo", MOST)
    do.execute("delete from shop_logo where merchant = $m", m=do.actor)
    do.execute("insert into shop_logo values ($m, $content, $day)", m=do.actor, content=content, day=do.day)
    do.deliver("shop/logo.png", lambda: base64.b64decode(content))
    return do.actor


def lay_on(do: Doing, picture_set: str, wanted: bool) -> Image.Image | None:
    """Notes that a set bears the shop's logo as it is now, or none; gives it."""
    do.execute("delete from shop_mark_logo where picture_set = $n", n=picture_set)
    if not wanted:
        return None
    content = do.value("select content from shop_logo where merchant = $m", m=do.actor)
    made = drawing.logo_of(content) if content else drawing.drawn_logo(shop_of(do, do.actor).shop_name)
    kept = base64.b64encode(drawing.file_of(made)).decode("ascii")
    do.execute("insert into shop_mark_logo values ($n, $content)", n=picture_set, content=kept)
    return made


def laid_on(look: Looking, picture_set: str) -> Image.Image | None:
    """The logo that was laid on a set, or None."""
    content = look.value("select content from shop_mark_logo where picture_set = $n", n=picture_set)
    return drawing.logo_of(content) if content else None
