"""Vouchers: a picture or a text that proves what a document says, attached to it.

Of a picture only its pixels count (`books.images`), and of either its SHA-256 is kept: the same paper is voucher of one document, so nobody
is paid twice for one receipt. The picture itself is laid into the folder `vouchers` beside the logbook, under the voucher's number.
"""

from __future__ import annotations

import base64
import hashlib
import struct

from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from .. import images

#: The largest picture, in pixels either way.
LARGEST = 1000

VOUCHER_USED = refusal(
    "voucher_used",
    "这份凭据已附在单据“{document}”上（{number}）。请附上属于本单据的凭据。",
    "This voucher is attached to the document {document} already ({number}). Attach the voucher of this one.",
)


def attach_picture(do: Doing, document: str, upload: str, note: str, field: str | None = "picture") -> str:
    """Attaches an uploaded picture (base64) to a document; gives the voucher's number.

    Refuses 'not_a_picture', 'picture_large' and 'voucher_used'.
    """
    png = base64.b64decode(images.accepted_within(upload, field or "picture", LARGEST))
    width, height = struct.unpack(">II", png[16:24])
    number = _attach(do, document, "picture", png, note, field, width, height)
    do.deliver(f"vouchers/{number}.png", lambda: png)
    return number


def attach_text(do: Doing, document: str, text: str, note: str = "", field: str | None = "receipt") -> str:
    """Attaches a text, such as the number and words of a receipt; gives the voucher's number. Refuses 'voucher_used'."""
    return _attach(do, document, "text", text.encode(), note or text[:200], field)


def of(look: Looking, document: str) -> Table:
    """The vouchers of a document: number, media, note, who, day, sha256."""
    return look.table("select number, media, note, who, day, sha256 from voucher where document = $document order by number", document=document)


def _attach(do: Doing, document: str, media: str, content: bytes, note: str, field: str | None, width: int | None = None, height: int | None = None) -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    if used := do.one("select number, document from voucher where sha256 = $sha256 and document <> $document", sha256=sha256, document=document):
        raise VOUCHER_USED(field, document=used.document, number=used.number)
    number = do.number("VO")
    do.execute(
        "insert into voucher values ($number, $document, $media, $sha256, $width, $height, $note, $who, $day, $moment)",
        number=number, document=document, media=media, sha256=sha256, width=width, height=height, note=note, who=do.actor, day=do.day, moment=do.moment,
    )  # fmt: skip
    return number
