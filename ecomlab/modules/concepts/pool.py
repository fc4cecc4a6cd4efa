"""The pool: topics with the terms that they tell apart, and the cases that ask for one of them (`data/concept_terms.csv`, `data/concept_cases.csv`).

Both are data of the scenario, so a world keeps the cases with which it began, and what was answered right stays right.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

from ...kernel.doing import Looking
from ...kernel.scenario import Scenario
from ...kernel.texts import Text

#: How many cases a sheet has.
DRAWN = 5
MIXED = 10
#: The code of the mixed test, which has all cases.
ALL = "TERM012"
TITLES = {
    "TERM001": Text("狭义与广义", "Narrow and broad sense"),
    "TERM002": Text("三种网络", "Kinds of network"),
    "TERM003": Text("九种类型", "Nine types by example"),
    "TERM004": Text("B2M 与 B2B", "B2M against B2B"),
    "TERM005": Text("线上到线下", "O2O cases"),
    "TERM006": Text("系统的组成", "Parts of a commerce system"),
    "TERM007": Text("单据的先后", "Documents in order"),
    "TERM008": Text("贸易条件与交付", "Terms of a trade"),
    "TERM009": Text("证书与签名", "Certificate terms"),
    "TERM010": Text("会计用语", "Accounting words"),
    "TERM011": Text("物流用语", "Logistics words"),
    "TERM012": Text("综合测验", "Mixed test"),
}


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
def topics(of: Scenario) -> dict[str, Topic]:
    """The topics by the code of their task; the last is the mixed test."""
    terms, cases = of.rows("concept_terms"), of.rows("concept_cases")
    found = {}
    for code, title in TITLES.items():
        ours = [r for r in terms if r["topic"] == code or (code == ALL != r["topic"])]
        found[code] = Topic(
            code, title,
            tuple(dict.fromkeys(r["term"] for r in ours)),
            tuple(Case(r["case"], Text(r["zh"], r["en"]), r["term"]) for r in cases if code in (r["topic"], ALL)),
            tuple(r["term"] for r in terms if r["topic"] == code and r["explain"] == "yes"),
        )  # fmt: skip
    return found


def case(look: Looking, key: str) -> Case:
    """The case of that key."""
    return next(c for c in topics(look.scenario)[ALL].cases if c.key == key)


def drawn(look: Looking, code: str, number: str) -> list[Case]:
    """The cases of a sheet, by the seed and the sheet's number: another sheet has others, in another order."""
    topic = topics(look.scenario)[code]
    return look.stream(f"concepts.sheet/{number}").sample(list(topic.cases), MIXED if code == ALL else DRAWN)


@functools.cache
def _kinds(of: Scenario) -> dict[str, tuple[str, ...]]:
    return {r["term"]: tuple(r["kinds"].split()) for r in of.rows("concept_terms")}


def kinds_of(look: Looking, term: str) -> tuple[str, ...]:
    """The kinds of document that are instances of a term; none if no document is."""
    return _kinds(look.scenario).get(term, ())
