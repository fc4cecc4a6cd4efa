"""What a command gave, and where the document it was about stands, as the browser draws them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..books import documents
from ..glossary import meaning
from ..kernel.doing import Looking
from ..kernel.table import Table, show
from ..kernel.terms import term
from ..kernel.texts import Language, Text

#: Documents shown of one chain; beyond that the nearest ones are kept.
MOST_NODES = 7


def result_view(result: Any, language: Language, module: str = "") -> dict[str, Any]:
    """A result in the words of a module: a Table as escaped HTML, a dictionary as a card, a list as lines, anything else as one line.

    Each line of a card: label, value, and what the label means if it is a term.
    """
    if isinstance(result, Table):
        return {"html": signed(result).html(language)}
    if isinstance(result, dict):
        labels = [term(key, module) for key in result]
        rows = zip(labels, result.values(), strict=True)
        return {"card": [{"label": t.say(language), "value": _text(v, language, module), "means": meaning(t, language)} for t, v in rows]}
    if isinstance(result, (list, tuple)):
        return {"lines": [_text(v, language, module) for v in result]}
    return {"lines": [_text(result, language, module)]} if result not in (None, "") else {}


def signed(table: Table) -> Table:
    """The table with a sign beside each heading that is a term, which opens what it means."""
    table.means = meaning
    return table


def _text(value: Any, language: Language, module: str) -> str:
    if isinstance(value, Text):
        return value.say(language)
    if isinstance(value, (list, tuple)):
        return ", ".join(_text(v, language, module) for v in value)
    return show(value, language, module)


def document_among(look: Looking, values: Iterable[Any]) -> str | None:
    """The first of these values that is the number of a document."""
    for value in values:
        if isinstance(value, str) and 0 < len(value) <= 120 and look.value("select 1 from document where number = $number", number=value):
            return value
    return None


def chain(look: Looking, number: str, language: Language) -> list[dict[str, Any]]:
    """Where a document stands: those it follows from, itself, those that follow from it, then the states it may move to.

    Each node: kind in words, number, the states it went through; `current` and `open` (not reached yet) mark two sorts.
    """
    before: list[str] = []
    parent = look.value("select parent from document where number = $number", number=number)
    while parent and parent not in before and len(before) < MOST_NODES:
        before.append(parent)
        parent = look.value("select parent from document where number = $number", number=parent)
    after = [r.number for r in look.all("select number from document where parent = $number order by number", number=number)]
    nodes = [_node(look, n, language) for n in [*reversed(before), number, *after][-MOST_NODES:]]
    for node in nodes:
        node["current"] = node["number"] == number
    row = look.one("select kind, state from document where number = $number", number=number)
    moves = documents.KINDS[row.kind].moves.get(row.state, ()) if row.kind in documents.KINDS else ()
    return nodes + [{"title": term(state, documents.words_of(row.kind)).say(language), "number": "", "states": "", "open": True} for state in moves]


def _node(look: Looking, number: str, language: Language) -> dict[str, Any]:
    row = look.one("select kind, state from document where number = $number", number=number)
    if row is None:
        return {"title": "", "number": number, "states": ""}
    states = [r.state for r in look.all("select state from document_history where document = $number order by step", number=number)]
    if len(states) > 3:
        states = [states[0], "…", states[-1]]
    title = documents.KINDS[row.kind].title if row.kind in documents.KINDS else term(row.kind)
    return {"title": title.say(language), "number": number, "states": " → ".join(term(s, documents.words_of(row.kind)).say(language) for s in states)}
