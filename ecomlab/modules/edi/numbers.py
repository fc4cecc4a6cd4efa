"""GLN and GTIN: the numbers of GS1 by which the network knows companies and goods.

Numbers of our own begin with 952, the prefix that GS1 keeps for demonstrations, so they belong to nobody.
Source: GS1 General Specifications, sections 1.4.2 (prefixes) and 7.9 (check digit).
"""

from __future__ import annotations

from stdnum import ean

from ...kernel.doing import Looking
from ...kernel.refusals import RefusalKind, refusal

DEMONSTRATION = "952"

BAD_GLN = refusal(
    "bad_gln",
    "“{value}”不是有效的 GLN：应为 13 位数字，最后一位是校验位。请对照对方提供的号码重新填写。",
    "{value} is not a valid GLN: a GLN has 13 digits, and the last is a check digit. Enter it again as the partner gave it.",
)
BAD_GTIN = refusal(
    "not_a_gtin",
    "“{value}”不是有效的 GTIN-13：应为 13 位数字，最后一位是校验位。请对照商品条码重新填写。",
    "{value} is not a valid GTIN-13: it has 13 digits, and the last is a check digit. Enter it again as the bar code shows it.",
)


def gln_of(look: Looking, uscc: str) -> str:
    """The GLN of the company with this social credit code, 13 digits; another one in every world."""
    body = DEMONSTRATION + f"{int.from_bytes(look.derive(f'gln:{uscc}', 8), 'big') % 10**9:09d}"
    return body + str(ean.calc_check_digit(body))


def checked_gln(value: str, field: str) -> str:
    """A GLN with its check digit right. Refuses 'bad_gln'."""
    return _checked(value, BAD_GLN, field)


def checked_gtin(value: str, field: str) -> str:
    """A GTIN-13 with its check digit right. Refuses 'not_a_gtin'."""
    return _checked(value, BAD_GTIN, field)


def digits(value: str) -> str:
    """A number without the spaces and hyphens that group it."""
    return value.replace(" ", "").replace("-", "")


def _checked(value: str, kind: RefusalKind, field: str) -> str:
    number = digits(value)
    if len(number) != 13 or not number.isascii() or not number.isdigit() or not ean.is_valid(number):
        raise kind(field, value=value[:40])
    return number
