"""The pool: topics with the terms that they tell apart, and the cases that ask for one of them (`cases.toml`).

A topic without cases of its own asks by the glossary's own sentences: which term does this describe?
"""

from __future__ import annotations

import functools
import tomllib
from importlib.resources import files
from typing import Any, NamedTuple

from ...glossary import concepts
from ...kernel.doing import Looking
from ...kernel.texts import Text

#: How many cases a sheet has.
DRAWN = 5
MIXED = 10


class Case(NamedTuple):
    """A case, and the key of the term that it is one of."""

    key: str
    text: Text
    term: str


class Topic(NamedTuple):
    """What a sheet is about. terms: the keys of the terms to choose from; explain: those of which one is to be explained."""

    code: str
    title: Text
    terms: tuple[str, ...]
    cases: tuple[Case, ...]
    explain: tuple[str, ...]


@functools.cache
def _read() -> dict[str, dict[str, Any]]:
    return tomllib.loads((files(__package__) / "cases.toml").read_text("utf-8"))


@functools.cache
def topics() -> dict[str, Topic]:
    """The topics by the code of their task; the last is the mixed test, which has all cases."""
    found = {code: _topic(code, t) for code, t in _read().items() if code.startswith("TERM")}
    terms = tuple(dict.fromkeys(term for t in found.values() for term in t.terms))
    cases = tuple(case for t in found.values() for case in t.cases)
    return found | {"TERM012": Topic("TERM012", Text("综合测验", "Mixed test"), terms, cases, ("supply-chain",))}


def _topic(code: str, t: dict[str, Any]) -> Topic:
    terms, asked = t["terms"], t.get("case", [])
    cases = [Case(f"{code}-{n}", Text(c["zh"], c["en"]), c["term"]) for n, c in enumerate(asked, 1)]
    if not cases:
        cases = [Case(f"{code}-{key}", _hidden(key), key) for key in terms]
    return Topic(code, Text(*t["title"]), tuple(terms), tuple(cases), tuple(t.get("explain", ())) or _shown(tuple(terms)))


def _shown(terms: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the terms of which a document can be an instance; all, if that is true of none."""
    return tuple(term for term in terms if kinds_of(term)) or terms


def _hidden(key: str) -> Text:
    """What the glossary says of a term, without its names."""
    c = concepts()[key]
    names = [part for name in (key, *c.term) for part in name.replace("(", "|").replace(")", "|").replace("（", "|").replace("）", "|").split("|")]
    said = list(c.means)
    for name in sorted({n.strip() for n in names if len(n.strip()) > 1}, key=len, reverse=True):
        said = [s.replace(name, "＿＿" if lang == 0 else "__") for lang, s in enumerate(said)]
    return Text(*said)


def case(key: str) -> Case:
    """The case of that key."""
    return next(c for c in topics()["TERM012"].cases if c.key == key)


def drawn(look: Looking, code: str, number: str) -> list[Case]:
    """The cases of a sheet, by the seed and the sheet's number: another sheet has others, in another order."""
    topic = topics()[code]
    return look.stream(f"concepts.sheet/{number}").sample(list(topic.cases), MIXED if code == "TERM012" else DRAWN)


def kinds_of(term: str) -> tuple[str, ...]:
    """The kinds of document that are instances of a term; none if no document is."""
    return tuple(_read()["instances"].get(term, ()))
