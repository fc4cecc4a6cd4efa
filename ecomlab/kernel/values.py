"""The kinds of value a command takes, how each is read from what a person typed, and what is said when it cannot be.

Every kind is a pydantic type; `explain` turns each pydantic error, ours or its own, into a message in both languages.
"""

from __future__ import annotations

import base64
import binascii
import datetime
import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, StringConstraints
from pydantic_core import PydanticCustomError

from .secrets import DIGEST, Issued
from .texts import Text


@dataclass(frozen=True)
class Ask:
    """What a field asks for: its label in both languages (default: the glossary's term for its name) and its bounds.

    choose: name of a function registered with `@choices`, which lists the values a form offers and an API completes.
    ge, le: least and greatest value, written as text for money ("0.01") and as ISO date for dates.
    max: greatest number of characters; of an upload, of bytes. long: several lines are allowed. unit: shown beside the field.
    purpose: for secrets, what the secret opens ("ebank.pin"); a purpose that ends in `.pin` asks for six digits.
    new: the secret is being set, so its strength is checked. same_as: the field whose secret this one repeats.
    labels: for a choice among fixed words, the words in both languages (default: their glossary terms).
    help: one line below the field. example: a value that would do, shown greyed in an empty field.
    pixels: of a picture, the width and height that it may have at most; for a key that is not "", exactly has where the field `pixels_by` has
    that value. A form scales a picture to it.
    """

    zh: str = ""
    en: str = ""
    choose: str = ""
    ge: str | None = None
    le: str | None = None
    max: int = 200
    long: bool = False
    unit: Text | None = None
    purpose: str = ""
    new: bool = False
    same_as: str = ""
    labels: dict[str, Text] = field(default_factory=dict, hash=False)
    help: Text | None = None
    example: str = ""
    pixels: dict[str, tuple[int, int]] = field(default_factory=dict, hash=False)
    pixels_by: str = ""

    def label(self) -> Text | None:
        return Text(self.zh, self.en) if self.zh else None


def _no(code: str, **context: Any) -> PydanticCustomError:
    return PydanticCustomError(code, "{code}", {"code": code, **context})


# --- how each kind is read -------------------------------------------------------------------------------------------

_MONEY = re.compile(r"\d{1,15}(\.\d+)?")
_THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
#: These two are compiled on first use, as few texts have any such character: a set that large takes as long as a module.
_CONTROL = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]"
#: Marks that reorder what a reader sees (Trojan Source, CVE-2021-42574).
_BIDI = r"[\u202a-\u202e\u2066-\u2069]"


def read_money(value: Any) -> Decimal:
    """CNY with at most two places, from text, int or Decimal (a float counts as the digits it prints)."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
        raise _no("money_format")
    text = unicodedata.normalize("NFKC", str(value)).strip().removeprefix("¥").strip()
    if "," in text:
        if not _THOUSANDS.fullmatch(text):
            raise _no("money_format")  # 1,50 may mean 1.50 or 150
        text = text.replace(",", "")
    if text.startswith("-") and _MONEY.fullmatch(text[1:]):
        raise _no("money_negative")
    if text.isascii() and text.isdigit() and len(text) > 15:
        raise _no("money_huge")
    if not text.isascii() or not _MONEY.fullmatch(text):
        raise _no("money_format")
    amount = Decimal(text)
    if amount != amount.quantize(Decimal("0.01")):
        raise _no("money_places")
    if amount >= Decimal(10) ** 12:
        raise _no("money_huge")
    return amount.quantize(Decimal("0.01"))


def read_count(value: Any) -> int:
    """A whole number, from text or int."""
    text = unicodedata.normalize("NFKC", str(value)).strip() if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    if not re.fullmatch(r"-?\d{1,12}", text) or not text.isascii():
        raise _no("count_format")
    return int(text)


def read_day(value: Any) -> datetime.date:
    """A calendar day, as a date or as ISO text (2026-09-01; slashes and 年月日 are understood)."""
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    text = unicodedata.normalize("NFKC", value).strip() if isinstance(value, str) else ""
    if match := re.fullmatch(r"(\d{4})[-/年.](\d{1,2})[-/月.](\d{1,2})日?", text, re.ASCII):
        try:
            return datetime.date(*(int(g) for g in match.groups()))
        except ValueError:
            pass
    raise _no("day_format")


def _read_text(value: Any, long: bool) -> str:
    if not isinstance(value, str):
        raise _no("text_format")
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n") if long else value).strip()
    if text.isprintable():  # then it has none of what is looked for below
        return text
    if not long and re.search(r"[\r\n\u2028\u2029\x85]", text):
        raise _no("text_one_line")
    if re.search(_CONTROL, text):
        raise _no("text_control")
    if re.search(_BIDI, text):
        raise _no("text_bidi")
    return text


#: Full-width forms, which a Chinese keyboard types unasked, by the ASCII characters that they stand for; and those of letters and digits alone.
_WIDE = {0x3000: 0x20, **{wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}}
_WIDE_LETTERS = {wide: narrow for wide, narrow in _WIDE.items() if chr(narrow).isalnum() or narrow == 0x20}


def read_line(value: Any) -> str:
    """A line of text, with letters, digits and spaces of one width; numbers and addresses, which are ASCII but for their width, wholly so."""
    text = _read_text(value, long=False)
    if text.isascii():
        return text
    narrow = text.translate(_WIDE)
    return (narrow if narrow.isascii() else text.translate(_WIDE_LETTERS)).strip()


def read_prose(value: Any) -> str:
    return _read_text(value, long=True)


def read_secret(value: Any) -> str:
    """The digest of what was typed; or, as an object, which no logbook can hold, what a prologue sets by its label."""
    if isinstance(value, Issued):
        return value.stored()
    if not isinstance(value, str) or not DIGEST.fullmatch(value):
        raise _no("secret_format")
    return value


def read_flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _no("flag_format")
    return value


def read_upload(value: Any) -> str:
    """The content of a file as base64 text (RFC 4648), from bytes, from base64 or from a `data:` URI of it."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        value = base64.b64encode(bytes(value)).decode("ascii")
    text = re.sub(r"^data:[^,]{0,200};base64,", "", value.strip()) if isinstance(value, str) else ""
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise _no("upload_format") from None
    if not content:
        raise _no("upload_format")
    return base64.b64encode(content).decode("ascii")


# The names that commands use in their signatures.
Money = Annotated[Decimal, BeforeValidator(read_money)]
Count = Annotated[int, BeforeValidator(read_count)]
Day = Annotated[datetime.date, BeforeValidator(read_day)]
Line = Annotated[str, BeforeValidator(read_line)]
Prose = Annotated[str, BeforeValidator(read_prose)]
Ref = Annotated[str, BeforeValidator(read_line), StringConstraints(max_length=120)]
Secret = Annotated[str, BeforeValidator(read_secret)]
Flag = Annotated[bool, BeforeValidator(read_flag)]
Upload = Annotated[str, BeforeValidator(read_upload)]

# --- what is said when it cannot be read ---------------------------------------------------------------------------

MESSAGES: dict[str, Text] = {
    "missing": Text("请填写此项。", "Fill in this field."),
    "unknown_field": Text("此操作没有“{field}”这一项。请去掉。", "This command has no field {field}. Remove it."),
    "money_format": Text("请填写金额数字，例如 1250.00。", "Enter an amount in digits, such as 1250.00."),
    "money_negative": Text("金额不能为负数。请填写正数，例如 1250.00。", "An amount cannot be negative. Enter a positive one, such as 1250.00."),
    "money_places": Text("金额最多两位小数。请照此填写，例如 18.01。", "An amount has at most two decimals. Enter it like 18.01."),
    "money_huge": Text("金额过大。请填写小于一万亿元的金额。", "The amount is too large. Enter less than 1,000,000,000,000 CNY."),
    "count_format": Text("请填写整数，例如 12。", "Enter a whole number, such as 12."),
    "day_format": Text("请填写日期，例如 2026-09-20。", "Enter a date, such as 2026-09-20."),
    "text_format": Text("请填写文字。", "Enter text."),
    "text_one_line": Text("此项只能写一行。请去掉换行。", "This field takes one line. Remove the line break."),
    "text_control": Text("内容含有不可见的控制字符。请删除后重新输入。", "The text contains invisible control characters. Delete them and type it again."),
    "text_bidi": Text(
        "内容含有改变文字方向的隐藏字符。请删除后重新输入。", "The text contains hidden marks that reverse its direction. Delete them and type it again."
    ),
    "text_empty": Text("请填写此项。", "Fill in this field."),
    "text_long": Text("内容过长。请缩短到 {max} 个字符以内。", "The text is too long. Shorten it to {max} characters."),
    "too_small": Text("不能小于 {bound}。", "Must be at least {bound}."),
    "too_large": Text("不能大于 {bound}。", "Must be at most {bound}."),
    "not_offered": Text("请从所列选项中选择：{options}。", "Choose one of: {options}."),
    "secret_format": Text("请重新输入密码。", "Enter the password again."),
    "flag_format": Text("请选择“是”或“否”。", "Answer yes or no."),
    "upload_format": Text("请上传一个文件。", "Upload a file."),
    "upload_large": Text("文件过大，最大 {max} 字节。请缩小后重新上传。", "The file is too large, at most {max} bytes. Make it smaller and upload it again."),
    "list_format": Text("没有填写任何一行。请至少填写一行。", "No row is filled in. Fill in at least one."),
    "password_weak": Text("密码须为 8 到 64 个字符，并同时含有字母和数字。", "A password has 8 to 64 characters, with letters and digits."),
    "pin_weak": Text("支付密码须为 6 位数字，且不能全部相同或连续。", "A PIN has 6 digits, not all the same and not in sequence."),
    "pin_format": Text("支付密码为 6 位数字。", "A PIN has 6 digits."),
    "secrets_differ": Text("两次输入不一致。请重新输入。", "The two entries differ. Type them again."),
    "invalid": Text("内容无法识别。请检查后重填。", "The entry cannot be understood. Check it and enter it again."),
}

_PYDANTIC = {
    "missing": "missing",
    "string_too_long": "text_long",
    "string_too_short": "text_empty",
    "extra_forbidden": "unknown_field",
    "literal_error": "not_offered",
    "list_type": "list_format",
    "too_short": "list_format",
}


def explain(error: dict[str, Any], ask: Ask | None) -> tuple[str, Text]:
    """Code and message for one pydantic error."""
    code = _PYDANTIC.get(error["type"], error["type"])
    if code not in MESSAGES:
        code = "invalid"
    context = dict(error.get("ctx") or {})
    values: dict[str, Any] = {
        "field": str(error["loc"][0]) if error["loc"] else "",
        "max": context.get("max_length", ask.max if ask else ""),
        "bound": context.get("bound", ""),
        "options": Text("、".join(t.zh for t in ask.labels.values()), ", ".join(t.en for t in ask.labels.values()))
        if ask and ask.labels
        else str(context.get("expected", "")),
    }
    return code, MESSAGES[code].fill(**values)
