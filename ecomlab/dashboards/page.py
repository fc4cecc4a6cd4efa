"""What a dashboard consists of: a declaration (title, question, filters) with a function from a world to a page.

A page is data: key figures, panels with a plot each, a table, or the reason why there is nothing to show yet. The
framework draws it (`board.py`, `drawing.py`); a dashboard's own file holds no drawing and no widget.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Literal, NamedTuple

from ..kernel.doing import Looking
from ..kernel.table import Table
from ..kernel.texts import Text
from .plots import Plot, amount

CENT = Decimal("0.01")
EVERYTHING = Text("全部", "All")


def told(zh: str, en: str, **values: object) -> Text:
    """A text with its `{name}` places filled; a value that is itself a Text goes in language by language."""
    return Text(zh, en).fill(**values)


def figure(value: Decimal | int) -> Text:
    """A number as a label of a plot shows it, in each language's way."""
    return Text(amount(value, "zh"), amount(value, "en"))


def yuan(amount: Decimal | None) -> str:
    """An amount as a key figure shows it: ¥ 412,380.50; a dash where there is none."""
    return "—" if amount is None else f"{'−' if amount < 0 else ''}¥ {abs(Decimal(amount)).quantize(CENT, ROUND_HALF_EVEN):,}"


def percent(part: Decimal | int, whole: Decimal | int, places: int = 1) -> str:
    """A share in percent, half-even; a dash where there is no whole."""
    if not whole:
        return "—"
    return f"{(Decimal(100) * part / whole).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)}%"


@dataclass(frozen=True)
class Filter:
    """A filter. kind: 'day', or 'choice' among what `options` lists in this world; without a value it takes `default`."""

    name: str
    label: Text
    kind: Literal["day", "choice"] = "choice"
    options: Callable[[Looking], list[tuple[str, Text]]] = lambda look: []
    default: Callable[[Looking], str] = lambda look: ""
    #: what the entry without a value is called; None where one of the options must be chosen
    everything: Text | None = EVERYTHING


class Where:
    """What is chosen: a day for each filter of days, the value of each choice, or None for all."""

    def __init__(self, values: dict[str, Any]):
        self._values = values

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(name) from None

    def get(self, name: str) -> Any:
        """The value of a filter that a dashboard may not have: None without it."""
        return self._values.get(name)

    from_day: datetime.date
    to_day: datetime.date


#: How wide a panel is; one that is alone in its row takes all of it.
Size = Literal["wide", "narrow", "half", "full"]


class KeyFigure(NamedTuple):
    """A figure at the top, as it is shown. tone: whether the note below it is 'good' or 'bad' news, or neither."""

    label: Text
    value: Text | str
    note: Text | str = ""
    tone: Literal["good", "bad", ""] = ""


@dataclass(frozen=True)
class Panel:
    """A chart: a headline that says what it shows, what is measured in which unit, and the plot.

    behind: the documents behind a mark of the plot, by the mark's key; their column `document` leads on to the trace.
    """

    name: str
    title: Text
    subtitle: Text
    plot: Plot
    size: Size = "half"
    #: in inches; the panels of a row are as high as the highest of them
    height: float = 2.7
    behind: Callable[[str], Table] | None = None


@dataclass(frozen=True)
class Empty:
    """Why there is nothing to see, and what to do about it."""

    why: Text
    todo: Text


@dataclass(frozen=True)
class Page:
    """What a dashboard shows of a world, for what is chosen."""

    figures: Sequence[KeyFigure] = ()
    panels: Sequence[Panel] = ()
    table: Table | None = None
    #: what the rows of the table are
    heading: Text = Text("", "")
    empty: Empty | None = None


@dataclass(frozen=True)
class Declaration:
    """A dashboard by name: title, the question it answers, its filters, and what makes its page."""

    name: str
    title: Text
    question: Text
    filters: tuple[Filter, ...]
    page: Callable[[Looking, Where], Page] = field(repr=False)
    #: the package whose tables it reads
    needs: str


DASHBOARDS: dict[str, Declaration] = {}


def dashboard(
    name: str, title: tuple[str, str], question: tuple[str, str], *filters: Filter, needs: str = "reports"
) -> Callable[[Callable[[Looking, Where], Page]], Callable[[Looking, Where], Page]]:
    """Declares a dashboard over the function that makes its page; there is one only in worlds that have the package it needs."""

    def register(function: Callable[[Looking, Where], Page]) -> Callable[[Looking, Where], Page]:
        if name in DASHBOARDS:
            raise ValueError(f"dashboard {name!r} is declared twice")
        DASHBOARDS[name] = Declaration(name, Text(*title), Text(*question), filters, function, needs)
        return function

    return register


# Filters that several dashboards have

FROM = Filter("from_day", Text("从", "From"), "day", default=lambda look: look.scenario.start.isoformat())
TO = Filter("to_day", Text("到", "To"), "day", default=lambda look: look.day.isoformat())
