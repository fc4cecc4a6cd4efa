"""Names in two languages: as each reader sees them, and as people type them, without regard to spaces, width and case."""

from __future__ import annotations

import functools
import re
import unicodedata

from .texts import Text

_HAN = re.compile("[\u3400-\u9fff]")
#: What a province or a city is, at the end of its name in either language.
_OF_PLACES = re.compile(r"(?<=[\u3400-\u9fff])[省市](?=\W|$)|(?i:\s+(?:city|province)\b)")
#: Signs that people put between the two halves of a name, or around one of them.
_BETWEEN = re.compile(r"[/|\\·,、;:()\[\]【】<>~_–—-]")


def same_name(typed: str | None, asked: str | Text) -> bool:
    """Whether what was typed is the name asked for: both halves in either order, with any sign between them, or the Chinese or the English one.

    A bilingual name is a `Text`, or a string such as "江南商贸 Jiangnan Trading 0417": Chinese words, then others. What stands at its end
    without letters, a world's mark, belongs to both halves and may be left out of the Chinese one.
    """
    if typed is None:
        return False
    given = plain(typed)
    return given in {plain(s) for s in _spellings(asked)} or _BETWEEN.sub("", given) in {_BETWEEN.sub("", plain(s)) for s in _both_ways(asked)}


def same_place(typed: str | None, asked: str) -> bool:
    """The same for a province or a city, which may be written with what it is: 杭州市 and Hangzhou City are 杭州 Hangzhou."""
    return same_name(typed, asked) or typed is not None and same_name(_OF_PLACES.sub("", unicodedata.normalize("NFKC", typed)), asked)


def mentions(text: str, word: str) -> bool:
    """Whether a text holds a word, a number or a name by itself, not as a part of a longer one: RFQ-0417 is not in RFQ-04170."""
    spelled = r"\s*".join(map(re.escape, plain(word)))
    return re.search(rf"(?<![0-9a-z]){spelled}(?![0-9a-z])", unicodedata.normalize("NFKC", text).casefold()) is not None


@functools.lru_cache(maxsize=4096)
def both(name: str | None) -> Text:
    """A name of the laboratory's data as each reader sees it: "江南商贸 Jiangnan Trading" is two; any other is the same in both languages.

    A world's mark at the end, four digits, belongs to both halves: "中秋礼盒 Mid-autumn gifts 0417" is 中秋礼盒 0417 in Chinese.
    """
    words = (name or "").split()
    chinese = max((i for i, w in enumerate(words, 1) if _HAN.search(w)), default=0)
    english = next((i for i, w in enumerate(words) if i >= chinese and w[0].isascii() and w[0].isalpha()), 0)
    if not chinese or not english:
        return Text(name or "", name or "")
    mark = words[-1:] if re.fullmatch(r"[0-9]{4}", words[-1]) else []
    return Text(" ".join(words[:english] + mark), " ".join(words[english:]))


def dotted(said: str | None) -> Text:
    """`both` of a label of several parts with dots between: "CA-8724-0002 · 江南商贸 Jiangnan Trading"; of one without a dot the same."""
    parts = [both(part) for part in (said or "").split(" · ")]
    return Text(" · ".join(p.zh for p in parts), " · ".join(p.en for p in parts))


def plain(name: str) -> str:
    """A name for comparing: of one width and case, without spaces (Unicode NFKC, folded)."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def _spellings(asked: str | Text) -> set[str]:
    if isinstance(asked, Text):
        return {asked.zh, asked.en, str(asked)}
    alone = (s for zh, en, mark in _parts(asked) for s in (zh, f"{zh} {mark}", f"{en} {mark}"))
    return {asked, *alone}


def _both_ways(asked: str | Text) -> set[str]:
    """A bilingual name with both halves, either one first; the mark at the end of one of them or of both."""
    parts = [(asked.zh, asked.en, "")] if isinstance(asked, Text) else _parts(asked)
    ways = ("{zh}{en}{mark}", "{en}{zh}{mark}", "{en}{mark}{zh}", "{zh}{mark}{en}", "{zh}{mark}{en}{mark}", "{en}{mark}{zh}{mark}")
    return {way.format(zh=zh, en=en, mark=mark) for zh, en, mark in parts for way in ways}


def _parts(asked: str) -> list[tuple[str, str, str]]:
    """Chinese half, English half and mark of a bilingual name, each way of parting it: "低于 0.5% Below 0.5%" may part before or after the first number."""
    words = asked.split()
    chinese = max((i for i, w in enumerate(words, 1) if _HAN.search(w)), default=0)
    english = next((i for i, w in enumerate(words) if i >= chinese and re.search("[A-Za-z]", w)), 0)
    if not chinese or not english:
        return []
    end = max(i for i, w in enumerate(words, 1) if re.search("[A-Za-z]", w))
    return [(" ".join(words[:i]), " ".join(words[i:end]), " ".join(words[end:])) for i in range(chinese, english + 1)]
