"""Other values and other spellings: what a student could have typed instead of the model student's value."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from ecomlab.books.cast import carriers, companies, persons
from ecomlab.kernel.command import Param
from ecomlab.kernel.doing import Looking

_HAN = re.compile(r"[\u3400-\u9fff]")
_BILINGUAL = re.compile(r"^(?P<zh>[^\sA-Za-z]*[\u3400-\u9fff][^A-Za-z]*?) +(?P<en>[A-Za-z][^\u3400-\u9fff]*?)(?P<mark>(?: \d{4})?)$")
#: Names that nothing in a world has.
_STRANGERS = ("另一名称 Another name", "别的文字 Other words", "其他")


# --- where a value comes from ----------------------------------------------------------------------------------------------


def _plain(value: Any) -> str:
    return " ".join(unicodedata.normalize("NFKC", str(value)).split())


def made_of(value: Any, kind: str, asked: Any) -> str | None:
    """How a typed value comes from an asked one: "equal", "holds" it, is a "part" of it; None if it does not."""
    if isinstance(asked, bool) or asked in (None, ""):
        return None
    if kind in ("money", "count"):
        number = _number(value)
        return "equal" if number is not None and isinstance(asked, (int, Decimal, str)) and number == _number(asked) else None
    if kind == "day":
        return "equal" if str(value) == str(asked) else None
    if not isinstance(value, str):
        return None
    typed, wanted = _plain(value), _plain(asked)
    if typed == wanted:
        return "equal"
    if kind not in ("line", "prose", "ref"):
        return None
    if kind != "ref" and _holds(typed, wanted):
        return "holds"
    if kind != "ref" and len(typed) >= 2 and isinstance(asked, str) and wanted.startswith(typed):
        return "part"
    return None


def _number(value: Any) -> Decimal | None:
    text = str(value).replace(",", "")
    return Decimal(text) if re.fullmatch(r"\d+(\.\d+)?", text) else None


def _holds(text: str, word: str) -> bool:
    if word.isdigit():
        return bool(re.search(rf"(?<!\d){word}(?!\d)", text))
    return len(word) >= 2 and word in text


def label_names(label: str, asked: Any) -> bool:
    """Whether what a choice is labelled with names the asked value, or its Chinese half."""
    wanted, shown = _plain(asked), _plain(label)
    return isinstance(asked, str) and len(wanted) >= 4 and (wanted in shown or bool(_HAN.search(wanted) and wanted.split()[0] in shown.split()))


def is_words(asked: Any) -> bool:
    """Whether an asked value is words that read as any other, and no code or number."""
    return isinstance(asked, str) and bool(_HAN.search(asked))


# --- another value -----------------------------------------------------------------------------------------------------------


def others(look: Looking, p: Param, value: Any, offered: Iterable[tuple[Any, str]], asked: Any = None, narrower: bool = True) -> Iterator[Any]:
    """Valid values that are not this one, the likeliest to be accepted first.

    asked: what is replaced inside a text that holds it. narrower: a period becomes shorter; else it becomes longer.
    """
    match p.kind:
        case "ref" | "choice" | "flag":
            found = [v for v, _ in offered if v != value]
            # the neighbours in the list first: the newest or the next is what a student would take by mistake
            yield from found[:3]
            if not found and p.kind == "ref" and not p.ask.choose:
                yield from other_texts(look, value)
        case "count":
            number = int(str(value))
            yield from (n for n in (number - 1, number + 1, number + 10) if n > 0)
        case "money":
            amount = Decimal(str(value).replace(",", ""))
            yield from (n for n in (amount - 1, amount - Decimal("0.01"), amount + 1) if n > 0)
        case "day":
            day = value if isinstance(value, datetime.date) else datetime.date.fromisoformat(str(value))
            first = 1 if p.name in ("from_day", "start") or not p.name.startswith(("to_", "end")) else -1
            steps = (first, -first) if narrower else (-first, first)
            yield from (day + datetime.timedelta(days=s) for s in steps)
        case "line" | "prose":
            if asked is not None and asked != value and _plain(asked) in _plain(value):
                yield from (_plain(value).replace(_plain(asked), str(o)) for o in _other_parts(look, asked))
            else:
                yield from other_texts(look, value)


def _other_parts(look: Looking, asked: Any) -> Iterator[Any]:
    if isinstance(asked, (int, Decimal)):
        yield asked + 7
        yield f"{asked}0"
    else:
        yield from other_texts(look, asked)


def other_texts(look: Looking, value: str) -> Iterator[str]:
    """Texts of the same kind: another company's code, another product's number, another mailbox, another name."""
    text = _plain(value)
    for pool in _pools(look):
        if text in pool:
            yield from [v for v in pool if v != text][:4]
            return
    if re.fullmatch(r"\d", text):
        yield from (n for n in "12" if n != text)
    elif re.fullmatch(r"\d{6,}", text):
        yield text[:-1] + str((int(text[-1]) + 1) % 10)
        yield text[:-2] + f"{(int(text[-2:]) + 37) % 100:02d}"
    elif re.fullmatch(r"-?\d+\.\d+", text):  # farther off than whoever rounds on the way
        yield str(Decimal(text) + 1)
    elif re.match(r"https?://", text):
        yield text + "-2"
        yield re.sub(r"//", "//other.", text, count=1)
    elif "@" in text:
        yield "someone.else@ecomlab.test"
    elif mark := re.search(r"(\d{4})$", text):
        if not _HAN.search(text):
            yield f"OTHER-{mark[1]}" if "-" in text else re.sub(r"[A-Za-z]", "x", text, count=1)
        else:
            yield f"别的名称 Another name {mark[1]}"
        yield text[:-4] + f"{(int(mark[1]) + 1) % 10000:04d}"
    elif not _HAN.search(text) and re.fullmatch(r"\S+", text):
        yield text[:-1] + ("x" if text[-1:].islower() else "8" if text[-1:] != "8" else "9")
        yield "other"
    yield from _STRANGERS


def _pools(look: Looking) -> Iterator[list[str]]:
    """Values of one kind each that a world holds: whoever types one by mistake types another of them."""
    for cast in (companies, carriers):
        firms = _there(cast, look)
        firms = firms[3:] + firms[:3]  # first those that play no part
        yield [f.uscc for f in firms]
        yield [f.name for f in firms]
        yield sorted({f.city for f in firms})
        yield sorted({f.province for f in firms})
        yield [f.mailbox for f in firms]
    people = _there(persons, look)
    yield [p.name for p in people]
    yield [p.mailbox for p in people][1:]
    goods = _there(lambda look: list(look.scenario.rows("products")), look)
    yield [r["gtin"] for r in goods]
    yield [r["name"] for r in goods]
    if look.scenario.has("edi"):
        yield [r.gtin for r in look.all("select distinct gtin from edi_product order by 1")]
        yield [r.gln for r in look.all("select distinct gln from edi_member order by 1")]


def _there(cast: Callable[[Looking], list[Any]], look: Looking) -> list[Any]:
    """Who or what is in a world, if its packages read that data."""
    try:
        return cast(look)
    except LookupError:
        return []


# --- the same value, spelt differently ---------------------------------------------------------------------------------------


def spellings(value: Any) -> Iterator[tuple[str, str]]:
    """Ways in which a reader of one language, or a careless typist, writes a bilingual text: what is different, and the text."""
    match = _BILINGUAL.match(value) if isinstance(value, str) else None
    if not match:
        return
    zh, en, mark = match["zh"].strip(), match["en"].strip(), match["mark"]
    for half, text in (("Chinese half", zh), ("English half", en)):
        yield half, text + mark
        if mark:
            yield half, text  # enough for a search
    yield "spaces", f"{zh}{en}{mark.strip()}" if mark else f"{zh}  {en}"
    yield "swapped", f"{en}{mark} {zh}"
    yield "swapped, with a sign", f"{en} / {zh}{mark}"
    yield "case", f"{zh} {en.upper()}{mark}"
    yield "width", f"{zh} {_wide(en)}{_wide(mark)}"


def _wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else "\u3000" if c == " " else c for c in text)
