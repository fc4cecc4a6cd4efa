"""Concepts of the field, each in both languages with a sentence that says what it means: `concepts.toml`, in our own words."""

from __future__ import annotations

import difflib
import functools
import re
import tomllib
from importlib.resources import files
from typing import NamedTuple

from ..kernel.refusals import refusal
from ..kernel.texts import Language, Text

NO_SUCH_TERM = refusal(
    "no_such_term",
    "词汇表里没有“{name}”。相近的词：{near}。请换一个词，或用 lab.terms() 查看全部。",
    "The glossary has no “{name}”. Close to it: {near}. Try another word, or see all with lab.terms().",
)


class Concept(NamedTuple):
    """A term and what it means. key: by which lessons name it; called: how labels that mean the same have it."""

    key: str
    term: Text
    means: Text
    called: tuple[Text, ...] = ()

    def said(self, language: Language) -> str:
        """The term with its name in the other language, and the sentence."""
        if language == "zh":
            return f"{self.term.zh}（{self.term.en}）：{self.means.zh}"
        return f"{self.term.en} ({self.term.zh}): {self.means.en}"


@functools.cache
def concepts() -> dict[str, Concept]:
    """All concepts, by key, in the order of the file. Raises ValueError naming what one lacks."""
    read = tomllib.loads((files(__package__) / "concepts.toml").read_text("utf-8"))
    try:
        return {key: Concept(key, Text(*c["term"]), Text(c["zh"], c["en"]), tuple(Text(*x) for x in c.get("called", ()))) for key, c in read.items()}
    except (KeyError, TypeError) as odd:
        raise ValueError(f"glossary/concepts.toml: a concept lacks {odd}") from None


@functools.cache
def named_by(label: Text) -> Concept | None:
    """The concept that a label names in both languages, as one of the names it is called by, whole or by its abbreviation in brackets; None if it names none.

    One language is not enough: a “Message” may be a letter or one of EDI's, and 邮件 tells which.
    """
    if called := next((c for c in concepts().values() if label in c.called), None):
        return called
    in_zh, in_en = ({key for name in _names(said) for key in _keys().get(name, ())} for said in label)
    both = list(in_zh & in_en)
    return concepts()[both[0]] if len(both) == 1 else None


@functools.cache
def _keys() -> dict[str, set[str]]:
    """The keys of the concepts that have a name, by the name."""
    found: dict[str, set[str]] = {}
    for key, c in concepts().items():
        for name in {part for whole in (key, *c.term) for part in _names(whole)}:
            found.setdefault(name, set()).add(key)
    return found


def meaning(label: Text, language: Language) -> str:
    """What the term means that a label names, with its name in the other language; nothing if it names none."""
    found = named_by(label)
    return found.said(language) if found else ""


def _names(said: str) -> set[str]:
    """What a name may be called: whole, without its brackets, by what stands in them."""
    return {part.strip().casefold() for part in (said, *re.split(r"[()（）]", said)) if part.strip()}


def concept(name: str) -> Concept:
    """The concept of that key or term, in either language, whatever its case. Refuses 'no_such_term', naming those that are close."""
    named = {said.casefold(): c for c in concepts().values() for said in (c.key, *c.term)}
    wanted = str(name).strip().casefold()
    if wanted in named:
        return named[wanted]
    close = difflib.get_close_matches(wanted, named, 4, 0.5) or [said for said in named if wanted and wanted in said][:4]
    near = list(dict.fromkeys(named[said].term for said in close))
    none = Text("没有", "none")
    raise NO_SUCH_TERM("name", name=wanted[:40], near=Text("、".join(t.zh for t in near), ", ".join(t.en for t in near)) if near else none)
