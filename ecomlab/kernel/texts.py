"""Texts in both languages of the laboratory, and the language a reader has chosen."""

from __future__ import annotations

import os
import re
from typing import Literal, NamedTuple

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


class Text(NamedTuple):
    """One text in Chinese and in English. Both are always there; `{name}` marks a value filled in by `fill`."""

    zh: str
    en: str

    def say(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en

    def fill(self, **values: object) -> Text:
        """The same text with its `{name}` places filled; a value that is itself a Text goes in language by language.

        A space before or after a place parts Chinese from Latin; it goes where the value turns out Chinese. A noun as the format of a number
        is counted in English: `{years:year}` is “1 year”, “3 years”.
        """
        return Text(_snug(self._filled("zh", values)), self._filled("en", values).replace(_EDGE, ""))

    def left_open(self) -> Text:
        """The same text where there is no world to fill it from: each place is an ellipsis."""
        return Text(*(_snug(_PLACE.sub(f"{_EDGE}…{_EDGE}", said)) for said in self))

    def _filled(self, language: Language, values: dict[str, object]) -> str:
        return self.say(language).format_map(_Said(values, language))

    def __str__(self) -> str:
        return f"{self.zh} / {self.en}" if self.zh != self.en else self.en


#: Stands at both ends of a text that was filled in, until the spaces around it are right.
_EDGE = "\0"
_HAN = "[\u3400-\u9fff…]"
_LOOSE = re.compile(f"(?<={_HAN}) {_EDGE}(?={_HAN})|(?<={_HAN}){_EDGE} (?={_HAN})|{_EDGE}")
_PLACE = re.compile(r"\{[^{}]+\}")


def _snug(filled: str) -> str:
    return _LOOSE.sub("", filled)


class _Counted(int):
    def __format__(self, spec: str) -> str:
        if not spec.isalpha() or len(spec) == 1:
            return super().__format__(spec)
        return f"{int(self)} {spec}" if self == 1 else f"{int(self)} {spec}s"


class _Said(dict[str, object]):
    """Values as a language says them; those of a text's places only, of which there are few, while a brief has many."""

    def __init__(self, values: dict[str, object], language: Language):
        self._values, self._language = values, language

    def __missing__(self, name: str) -> object:
        return _value(self._values[name], self._language)


def _value(value: object, language: Language) -> object:
    said = value.say(language) if isinstance(value, Text) else value
    if isinstance(said, str):
        return f"{_EDGE}{said}{_EDGE}"
    return _Counted(said) if type(said) is int else said


def default_language() -> Language:
    """The language of the environment: `ECOMLAB_LANGUAGE`, else the locale; Chinese where neither says otherwise."""
    for name in ("ECOMLAB_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "").lower()
        if value.startswith("zh"):
            return "zh"
        if value.startswith("en"):
            return "en"
    return "zh"
