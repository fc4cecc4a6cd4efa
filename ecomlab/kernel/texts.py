"""Texts in both languages of the laboratory, and the language a reader has chosen."""

from __future__ import annotations

import os
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
        """The same text with its `{name}` places filled; a value that is itself a Text goes in language by language."""
        return Text(*(getattr(self, lang).format(**{k: _say(v, lang) for k, v in values.items()}) for lang in LANGUAGES))

    def __str__(self) -> str:
        return f"{self.zh} / {self.en}" if self.zh != self.en else self.en


def _say(value: object, language: Language) -> object:
    return value.say(language) if isinstance(value, Text) else value


def default_language() -> Language:
    """The language of the environment: `ECOMLAB_LANGUAGE`, else the locale; Chinese where neither says otherwise."""
    for name in ("ECOMLAB_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "").lower()
        if value.startswith("zh"):
            return "zh"
        if value.startswith("en"):
            return "en"
    return "zh"
