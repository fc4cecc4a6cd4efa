"""Who acts on the network, in which character sets their systems write, and who the network is."""

from __future__ import annotations

from typing import Literal

from ...kernel.command import role
from ...kernel.texts import Text

EDI_MEMBER = role("edi_member", "EDI 会员", "EDI member", sign_in="edi.sign_in")
MAILBOX = "edi@ecomlab.test"
NETWORK = "EDI 网络 EDI network"

LEVELS = {
    "UNOA": Text("UNOA：大写字母、数字", "UNOA: capitals and digits"),
    "UNOB": Text("UNOB：大小写字母、数字", "UNOB: letters and digits"),
    "UNOC": Text("UNOC：西欧字符（ISO 8859-1）", "UNOC: Western European (ISO 8859-1)"),
    "UNOY": Text("UNOY：全部字符（UTF-8）", "UNOY: all characters (UTF-8)"),
}
Level = Literal["UNOA", "UNOB", "UNOC", "UNOY"]
