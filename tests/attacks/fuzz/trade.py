"""Trade messages, flat files, statements of channels, and pictures."""

from __future__ import annotations

import base64
import contextlib
import json

from ecomlab.books import images
from ecomlab.cli import edi
from ecomlab.edifact import messages, read
from ecomlab.edifact.messages import BadMessage
from ecomlab.modules.edi import flatfile
from ecomlab.modules.finance import channels

from .harness import Unclear


def interchanges() -> list[bytes]:
    from tests.test_edifact import WRITERS, interchange

    una = b"UNA:+.? '"
    made = [interchange(kind) for kind in WRITERS]
    groups = b"UNB+UNOC:3+A+B+260901:1200+7'UNG+ORDERS+A+B+260901:1200+1+UN+D:96A'UNH+1+ORDERS:D:96A:UN'BGM+220+1'UNT+3+1'UNE+1+1'UNZ+1+7'"
    level_b = b"UNB\x1dUNOB\x1f1\x1dA\x1dB\x1d260901\x1f1200\x1d1\x1cUNZ\x1d0\x1d1\x1c"
    interactive = b"UIB+UNOA:4+1'UIH+x:D:96A:UN+1'UIT+1+2'UIZ+1+1'"
    return [*made, una + made[0], made[0].replace(b"'", b"'\r\n"), b"".join(made), groups, level_b, interactive]


SEGMENTS = [b"UNB+UNOC:3+A+B+260901:1200+1'", b"UNH+1+ORDERS:D:96A:UN'", b"UNT+2+1'", b"UNZ+1+1'", b"UNS+S'", b"LIN+1++9526175433210:EN'", b"QTY+21:12'",
    b"PRI+AAA:1.5'", b"DTM+137:20260901:102'",
            b"MOA+77:1'", b"UNA:*.? '", b"CNT+2:1'", b"UNG+ORDERS'", b"UNE+1+1'", b"UIB+UNOA:4'", b"RFF+ON:1'", b"FTX+AAI+++x:y:z'", b"UCI+1+A+B+7'",
            b"UCM+1+ORDERS:D:96A:UN+4+12'"]  # fmt: skip


def interchange(data: bytes) -> str:
    reading = read(data)
    for language in ("zh", "en"):
        edi.lines("x", reading, language)  # type: ignore[arg-type]
    json.dumps(edi.record("x", reading))
    for message in (m for i in reading.interchanges for m in i.messages):
        for use in (messages.trade, messages.payable):
            with contextlib.suppress(BadMessage):
                use(message)
    return "with findings" if reading.findings else "sound"


def flat_files() -> list[bytes]:
    from tests.test_edifact import ORDER

    return [flatfile.write(ORDER).encode()]


def flat_file(data: bytes) -> str:
    try:
        return f"lines {min(2, len(flatfile.read(data.decode('utf-8', 'replace')).lines))}"
    except flatfile.BadFlatFile as bad:
        if not bad.text.zh or not bad.text.en:
            raise Unclear("says nothing") from bad
        return "refused flat_file"


def statements() -> list[bytes]:
    head, columns = ",".join(channels.HEAD), ",".join(channels.COLUMNS)
    body = ["ST-1,M-1,2026-09-01,2026-09-30,0.00,7.50", *(f"{n},2026-09-0{n},sale,SO-{n},{n}.50" for n in (1, 2, 3))]
    cells = body[0].split(",")
    first = ",".join((cells * 3)[: len(channels.HEAD)])
    return ["\n".join([head, first, columns, *body[1:], ""]).encode(), "\ufeff".encode() + "\r\n".join([head, first, columns, *body[1:], ""]).encode()]


def statement(data: bytes) -> str:
    _, rows = channels._read(base64.b64encode(data).decode())
    return "rows" if rows else "no rows"


def pictures() -> list[bytes]:
    from tests import pictures as made

    small = images.sample(24, 16, (200, 30, 30))
    kinds = {"PNG": ("RGB", "RGBA", "1", "LA", "P"), "JPEG": ("RGB", "L", "CMYK"), "GIF": ("P",)}
    return [small, *(made.saved(made.scene(mode), form) for form, modes in kinds.items() for mode in modes)]


def picture(data: bytes) -> str:
    upload = base64.b64encode(data).decode()
    images.accepted_within(upload, "picture", 1200)
    images.accepted(upload, "picture", ("left", 24, 16))
    return "taken"
