"""What a dashboard consists of: a declaration (title, question, filters) with a function from a source to a page.

A page is data: key figures, panels with a plot each, a table, or the reason why there is nothing to show yet. It is made
from whatever is a `Source`: a world, a world as of an entry, a data set. `widgets/board.py` and `drawing.py` show
it; a dashboard's own file holds no drawing and no widget.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Literal, NamedTuple, Protocol

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


#: A whole below this, one yuan or one thing, is too small to compare with.
LEAST = 1
NOTHING_SAID = Text("", "")
#: A change of more percent than this says only that the period before was no measure.
MOST = 300


def ratio(part: Decimal | int, whole: Decimal | int, places: int = 1) -> Decimal | None:
    """What a part is of a whole in percent, half-even; None where that says nothing: the whole is too small, or the part is larger than it."""
    if whole < LEAST or not -whole <= part <= whole:
        return None
    return (Decimal(100) * part / whole).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)


def percent(part: Decimal | int, whole: Decimal | int, places: int = 1) -> str:
    """A `ratio` as it is shown in a table or a figure; a dash where it says nothing."""
    found = ratio(part, whole, places)
    return "—" if found is None else f"{found}%".replace("-", "−")


def share_note(zh: str, en: str, part: Decimal | int, whole: Decimal | int, **values: object) -> Text:
    """The note below a key figure with the `{share}` that a part is of a whole; nothing where that says nothing."""
    return NOTHING_SAID if ratio(part, whole) is None else told(zh, en, share=percent(part, whole), **values)


def headline(zh: str, en: str, part: Decimal | int, whole: Decimal | int, otherwise: Text, **values: object) -> Text:
    """A headline with the whole percents, `{share}`, that a part is of a whole.

    `otherwise` stands in its place where they would say nothing: no whole to speak of, nothing of it, all of it, or more than all.
    """
    found = ratio(part, whole, 0)
    return otherwise.fill(**values) if found is None or not 0 < found < 100 else told(zh, en, share=f"{found}%", **values)


def compared(now: Sequence[KeyFigure], before: Sequence[KeyFigure], days: int) -> list[KeyFigure]:
    """The figures with how much they have changed against those of a period of as many days just before, where that says something."""
    then = {f.label: f.measure for f in before}
    return [_compared(f, then.get(f.label), days) for f in now]


def _compared(figure: KeyFigure, before: Decimal | int | None, days: int) -> KeyFigure:
    if figure.measure is None or before is None or before < LEAST:
        return figure
    change = (Decimal(100) * (figure.measure - before) / before).quantize(Decimal("0.1"), ROUND_HALF_EVEN)
    if abs(change) > MOST:
        return figure
    said = told("与前 {days} 天持平", "as in the {days:day} before", days=days)
    if change:
        sign = "▲" if change > 0 else "▼"
        said = told("{sign} {change}%，较前 {days} 天", "{sign} {change}% on the {days:day} before", sign=sign, change=abs(change), days=days)
    news: dict[int, Literal["good", "bad", ""]] = {1: "good", -1: "bad", 0: ""}
    return figure._replace(note=said, tone=news[figure.better * ((change > 0) - (change < 0))])


class Source(Protocol):
    """What a page is made from: something that answers SQL with `$name` parameters over the tables of the books.

    A `Looking` is one (a world, live or as of an entry), a `books.dataset.DataSet` another. start, day: the first day there and today.
    """

    def one(self, sql: str, /, **parameters: Any) -> Any: ...

    def all(self, sql: str, /, **parameters: Any) -> list[Any]: ...

    def value(self, sql: str, /, **parameters: Any) -> Any: ...

    def table(self, sql: str, /, **parameters: Any) -> Table: ...

    @property
    def start(self) -> datetime.date: ...

    @property
    def day(self) -> datetime.date: ...


@dataclass(frozen=True)
class Filter:
    """A filter. kind: 'day', or 'choice' among what `options` lists of a source; without a value it takes `default`."""

    name: str
    label: Text
    kind: Literal["day", "choice"] = "choice"
    options: Callable[[Any], list[tuple[str, Text]]] = lambda look: []
    default: Callable[[Any], str] = lambda look: ""
    #: what the entry without a value is called; None where one of the options must be chosen
    everything: Text | None = EVERYTHING
    #: what the page says where there is nothing to choose
    nothing: Empty | None = None


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

    def before(self) -> Where | None:
        """The same with the period of as many days just before; None where no period is chosen."""
        first, last = self._values.get("from_day"), self._values.get("to_day")
        if not first or not last:
            return None
        end = first - datetime.timedelta(days=1)
        return Where({**self._values, "from_day": end - (last - first), "to_day": end})

    from_day: datetime.date
    to_day: datetime.date


#: How wide a panel is; one that is alone in its row takes all of it.
Size = Literal["wide", "narrow", "half", "full"]


class KeyFigure(NamedTuple):
    """A figure at the top, as it is shown. tone: whether the note below it is 'good' or 'bad' news, or neither.

    measure: what it comes to, where it can be compared with that of the period before; better: whether more is good news (1), bad (-1) or neither.
    """

    label: Text
    value: Text | str
    note: Text | str = ""
    tone: Literal["good", "bad", ""] = ""
    measure: Decimal | int | None = None
    better: Literal[1, 0, -1] = 0


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
    """Why there is nothing to see, and what to do about it. tasks: the codes of those that bring something; a world shows the ones that it has."""

    why: Text
    todo: Text
    tasks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """What a dashboard shows of a source, for what is chosen."""

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
    page: MakesPage = field(repr=False)
    #: the package whose tables it reads
    needs: str

    def where(self, source: Any, chosen: Mapping[str, str]) -> Where:
        """What is chosen: days in ISO form, values of choices; a filter that is not among them has its default."""
        values = {f.name: chosen.get(f.name) or f.default(source) for f in self.filters}
        return Where({f.name: datetime.date.fromisoformat(values[f.name]) if f.kind == "day" else values[f.name] or None for f in self.filters})

    def of(self, source: Any, **chosen: str) -> Page:
        """Its page of a source: `DASHBOARDS["profit"].of(DataSet.of(folder), from_day="2026-09-01")`."""
        return self.page(source, self.where(source, chosen))


#: From a `Source`, or from a world where a page needs more than the books: what only a module's tables or the seed tell.
MakesPage = Callable[[Any, Where], Page]
DASHBOARDS: dict[str, Declaration] = {}


def _with_change(function: MakesPage, source: Any, where: Where) -> Page:
    """A page whose key figures are compared with those of the period before, where the source has a whole one."""
    page = function(source, where)
    before = where.before() if any(f.measure is not None for f in page.figures) else None
    if before is None or before.from_day < source.start:
        return page
    return replace(page, figures=compared(page.figures, function(source, before).figures, (where.to_day - where.from_day).days + 1))


def dashboard(name: str, title: tuple[str, str], question: tuple[str, str], *filters: Filter, needs: str = "reports") -> Callable[[MakesPage], MakesPage]:
    """Declares a dashboard over the function that makes its page; there is one only in worlds that have the package it needs."""

    def register(function: MakesPage) -> MakesPage:
        def page(source: Any, where: Where) -> Page:
            missing = next((f.nothing for f in filters if f.nothing and not where.get(f.name)), None)
            return Page(empty=missing) if missing else _with_change(function, source, where)

        if name in DASHBOARDS:
            raise ValueError(f"dashboard {name!r} is declared twice")
        DASHBOARDS[name] = Declaration(name, Text(*title), Text(*question), filters, page, needs)
        return function

    return register


# Filters that several dashboards have

FROM = Filter("from_day", Text("从", "From"), "day", default=lambda look: look.start.isoformat())
TO = Filter("to_day", Text("到", "To"), "day", default=lambda look: look.day.isoformat())
