"""The numbers of waybills, with the check digit of each courier's rule.

`gs1`: twelve digits, the last by the weights 3 and 1, as in a GTIN (GS1 General Specifications, 7.9). `mod7`: eleven digits, the last is the rest of
the others by seven, as on an air waybill (IATA Resolution 600a). `s10`: two letters, eight digits, a check digit and the country (UPU S10).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from stdnum import ean

_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


def _gs1(serial: int) -> str:
    body = f"73{serial:09d}"
    return body + ean.calc_check_digit(body)


def _mod7(serial: int) -> str:
    body = f"40{serial:08d}"
    return f"{body}{int(body) % 7}"


def _s10(serial: int) -> str:
    body = f"{serial:08d}"
    rest = 11 - sum(int(d) * w for d, w in zip(body, _S10_WEIGHTS, strict=True)) % 11
    return f"YP{body}{ {10: 0, 11: 5}.get(rest, rest) }CN"


#: By rule: what a number looks like, with the serial as its group, and how a serial becomes one.
RULES: dict[str, tuple[re.Pattern[str], Callable[[int], str]]] = {
    "gs1": (re.compile(r"73(\d{9})\d", re.ASCII), _gs1),
    "mod7": (re.compile(r"40(\d{8})\d", re.ASCII), _mod7),
    "s10": (re.compile(r"YP(\d{8})\dCN", re.ASCII), _s10),
}


def number(rule: str, serial: int) -> str:
    """The waybill number of a serial by a courier's rule."""
    return RULES[rule][1](serial)


def serial_of(number: str) -> int:
    """The serial of which a waybill number was made."""
    shape, _ = RULES[str(rule_of(number))]
    return int(shape.fullmatch(number)[1])  # type: ignore[index]


def rule_of(typed: str) -> str | None:
    """The rule that a waybill number keeps, check digit included; None for one that keeps none."""
    for name, (shape, made) in RULES.items():
        if (match := shape.fullmatch(typed)) and made(int(match[1])) == typed:
            return name
    return None
