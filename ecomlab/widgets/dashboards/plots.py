"""The plots that dashboards are made of: plain data, so that the same plot is drawn once however often it is asked for.

`draw` puts a plot on empty axes in a language and gives its spots: the regions that lead to documents, each with a
key, a name for those who cannot see it, and its box in pixels once the figure has been drawn. Numbers are CNY or
counts as Decimal or int; they become floats only to be placed.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from ...kernel.table import wide
from ...kernel.texts import Language, Text
from ..charts import COLOURS, DIM, INK, LINE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Number = Decimal | int
BLUE, SKY, ORANGE, RED, GREEN, PURPLE = COLOURS
#: An axis has at most so many marked days.
_MOST_TICKS = 7


class Spot(NamedTuple):
    """A region that can be clicked: its key, its name in the plot's language, its box (x0, y0, x1, y1) in pixels from the lower left."""

    key: str
    label: str
    box: Callable[[], tuple[float, float, float, float]]


class Plot(Hashable, Protocol):
    def draw(self, axes: Axes, language: Language) -> list[Spot]: ...

    def alt(self, language: Language) -> str:
        """What the plot shows, in words."""


def amount(value: Number, language: Language) -> str:
    """A number as a label has it: whole from 100 on, with thousands separated; short from a million on."""
    value = Decimal(value)
    size = abs(value)
    if size >= 1_000_000:
        shown = f"{value / 10_000:,.1f} 万" if language == "zh" else f"{value / 1_000_000:,.2f} m"
    else:
        shown = f"{value:,.0f}" if size >= 100 or value == int(value) else f"{value:,.2f}"
    return shown.replace("-", "−")


def short(value: float, language: Language) -> str:
    """A number on an axis: 2.5 万, 25 k."""
    if abs(value) >= 10_000 and language == "zh":
        return f"{value / 10_000:g} 万".replace("-", "−")
    if abs(value) >= 1_000_000:
        return f"{value / 1_000_000:g} m".replace("-", "−")
    if abs(value) >= 10_000:
        return f"{value / 1000:g} k".replace("-", "−")
    return f"{value:,g}".replace("-", "−")


def cut(text: str, columns: int) -> str:
    """A text of at most so many columns; a Chinese character takes two."""
    if wide(text) <= columns:
        return text
    kept = ""
    for c in text:
        if wide(kept + c) > columns - 1:
            break
        kept += c
    return kept.rstrip() + "…"


def on_day(day: datetime.date, language: Language) -> str:
    return f"{day.month}月{day.day}日" if language == "zh" else f"{day.day} {day:%b}"


def ranked_height(bars: int, series: int = 1) -> float:
    """How high a plot of lying bars should be, in inches: the bars, and a legend if there is more than one series."""
    return 0.4 + 0.42 * max(bars, 2) + (0.3 if series > 1 else 0)


def _bare(axes: Axes, *kept: str) -> None:
    for side, spine in axes.spines.items():
        spine.set_visible(side in kept)
    axes.tick_params(length=0, labelsize=9)


def _value_axis(axes: Axes, language: Language, which: Literal["x", "y"] = "y", bins: int = 5) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis = axes.yaxis if which == "y" else axes.xaxis
    axis.set_major_locator(MaxNLocator(bins, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda v, _: short(v, language)))


def _day_axis(axes: Axes, days: Sequence[datetime.date], language: Language) -> None:
    """Marks days between the first and the last, at most seven, evenly."""
    first, last = min(days), max(days)
    span = (last - first).days
    step = max(1, -(-span // (_MOST_TICKS - 2)))
    ticks = [first + datetime.timedelta(days=i) for i in range(0, span + 1, step)]
    axes.set_xticks([t.toordinal() for t in ticks], [on_day(t, language) for t in ticks])
    room = max(1.0, span * 0.03)
    axes.set_xlim(first.toordinal() - room, last.toordinal() + room)


def _legend(axes: Axes, entries: Iterable[tuple[str, str]], columns: int = 4, line: bool = False) -> None:
    """A legend below the plot, from its left edge; entries are (colour, name)."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Any] = [Line2D([], [], color=c, linewidth=2, label=n) if line else Patch(color=c, label=n) for c, n in entries]
    if handles:
        axes.figure.legend(
            handles=handles, loc="outside lower left", ncols=columns, fontsize=9, labelcolor=DIM,
            handlelength=1.4 if line else 0.9, handleheight=0.9, handletextpad=0.5, columnspacing=1.3, borderpad=0.2,
        )  # fmt: skip


def _beside(axes: Axes, text: str, at: tuple[float, float], gap: float, **look: Any) -> None:
    axes.annotate(text, at, (gap, 0), textcoords="offset points", va="center", annotation_clip=False, **look)


def _above(axes: Axes, text: str, at: tuple[float, float], gap: float, fontsize: float = 9) -> None:
    axes.annotate(text, at, (0, gap), textcoords="offset points", ha="center", va="bottom", fontsize=fontsize, color=INK)


def _patch_box(patch: Any) -> Callable[[], tuple[float, float, float, float]]:
    return lambda: tuple(patch.get_window_extent().extents)


def _point_box(axes: Axes, x: float, y: float, radius: float) -> Callable[[], tuple[float, float, float, float]]:
    def box() -> tuple[float, float, float, float]:
        px, py = axes.transData.transform((x, y))
        return px - radius, py - radius, px + radius, py + radius

    return box


class Bar(NamedTuple):
    """One bar: its name, a value for each series, and the key of its documents ('' where there are none)."""

    label: Text
    values: tuple[Number | None, ...]
    key: str = ""
    #: said at its end instead of its total
    note: Text | None = None


@dataclass(frozen=True)
class Ranked:
    """Lying bars, one below the other, stacked if they have several series; the total stands at the end of each."""

    bars: tuple[Bar, ...]
    series: tuple[Text, ...] = (Text("", ""),)
    colours: tuple[str, ...] = (BLUE, SKY, ORANGE, RED, PURPLE, GREEN)
    stacked: bool = True

    def draw(self, axes: Axes, language: Language) -> list[Spot]:
        spots: list[Spot] = []
        many = len(self.series) > 1
        beside = many and not self.stacked
        thick = 0.8 / len(self.series) if beside else 0.62
        ends = [0.0]
        for i, bar in enumerate(self.bars):
            so_far = below = 0.0
            for j, value in enumerate(bar.values):
                if value is None or not (value or beside):
                    continue
                size = float(value)
                start = 0.0 if beside else so_far if size > 0 else below
                at = i + (j - (len(self.series) - 1) / 2) * thick if beside else i
                patch = axes.barh(at, size, thick * (0.92 if beside else 1), left=start, color=self.colours[j])[0]
                if not beside:
                    so_far, below = (so_far + size, below) if size > 0 else (so_far, below + size)
                ends += [start + size]
                if beside:
                    _beside(axes, amount(value, language), (start + size, at), 5, fontsize=8, color=DIM)
                if bar.key and value:
                    named = f"{bar.label.say(language)}{f' · {self.series[j].say(language)}' if many else ''}: {amount(value, language)}"
                    spots.append(Spot(f"{bar.key}|{j}" if many else bar.key, named, _patch_box(patch)))
            if not beside:
                total = sum((v for v in bar.values if v), Decimal(0))
                said = bar.note.say(language) if bar.note else amount(total, language)
                _beside(axes, said, (max(so_far, 0.0), i), 6, fontsize=9, color=INK)
        axes.set_yticks(range(len(self.bars)), [cut(b.label.say(language), 22) for b in self.bars])
        # bars keep their thickness where there is room for more of them
        room = int((axes.figure.bbox.height / axes.figure.dpi - 0.5) / 0.42)
        axes.set_ylim(max(len(self.bars), min(5, room)) - 0.5, -0.5)
        axes.set_xlim(min(ends), max(ends) * 1.02 or 1)
        _bare(axes)
        if min(ends) < 0:
            axes.axvline(0, color=LINE, linewidth=1, zorder=0)
        axes.tick_params(axis="y", labelcolor=INK)
        axes.set_xticks([])
        axes.grid(False)
        if many:
            _legend(axes, zip(self.colours, (s.say(language) for s in self.series), strict=False))
        return spots

    def alt(self, language: Language) -> str:
        return _told(self.bars, self.series, language)


@dataclass(frozen=True)
class Columns:
    """Standing bars in an order that has a meaning, mostly time; stacked, or side by side."""

    bars: tuple[Bar, ...]
    series: tuple[Text, ...] = (Text("", ""),)
    colours: tuple[str, ...] = (BLUE, SKY, ORANGE, RED, PURPLE, GREEN)
    stacked: bool = True
    #: written at the top of each column
    totals: bool = True

    def draw(self, axes: Axes, language: Language) -> list[Spot]:
        spots: list[Spot] = []
        many = len(self.series) > 1
        beside = many and not self.stacked
        thick = 0.8 / len(self.series) if beside else 0.6
        for i, bar in enumerate(self.bars):
            top = bottom = 0.0
            for j, value in enumerate(bar.values):
                if not value:
                    continue
                size = float(value)
                start = 0.0 if beside else top if size > 0 else bottom
                at = i + (j - (len(self.series) - 1) / 2) * thick if beside else i
                patch = axes.bar(at, size, thick * (0.92 if beside else 1), bottom=start, color=self.colours[j])[0]
                top, bottom = (top + size, bottom) if size > 0 else (top, bottom + size)
                if bar.key:
                    named = f"{bar.label.say(language)}{f' · {self.series[j].say(language)}' if many else ''}: {amount(value, language)}"
                    spots.append(Spot(f"{bar.key}|{j}" if many else bar.key, named, _patch_box(patch)))
            if self.totals and not beside and len(self.bars) <= 8 and top:
                total = sum((v for v in bar.values if v), Decimal(0))
                said = bar.note.say(language) if bar.note else amount(total, language)
                _above(axes, said, (i, top), 3)
        axes.set_xticks(range(len(self.bars)), [b.label.say(language) for b in self.bars])
        axes.set_xlim(-0.6, max(len(self.bars), 3) - 0.4)
        axes.margins(y=0.14)
        _bare(axes, "bottom")
        _value_axis(axes, language)
        axes.axhline(0, color=LINE, linewidth=1)
        if many:
            _legend(axes, zip(self.colours, (s.say(language) for s in self.series), strict=False))
        return spots

    def alt(self, language: Language) -> str:
        return _told(self.bars, self.series, language)


def _told(bars: Sequence[Bar], series: Sequence[Text], language: Language) -> str:
    """Each bar with its values, for the text in a chart's place."""
    said = []
    for bar in bars:
        parts = [f"{s.say(language)} {amount(v, language)}".strip() for s, v in zip(series, bar.values, strict=True) if v] or ["0"]
        said.append(f"{bar.label.say(language)}: {', '.join(parts)}")
    return "; ".join(said)


class Point(NamedTuple):
    """A point of a line: a day, a value, and the key of its documents."""

    day: datetime.date
    value: Number
    key: str = ""


class Line(NamedTuple):
    """A line through points. steps: the value stays until it changes."""

    label: Text
    points: tuple[Point, ...]
    colour: str = BLUE
    steps: bool = False
    filled: bool = False
    dashed: bool = False


@dataclass(frozen=True)
class Lines:
    """Values over days; each line is named at its end."""

    lines: tuple[Line, ...]
    #: what a point's label calls its value
    unit: Text = Text("", "")
    #: draws a dot where a point leads to documents
    dots: bool = True

    def draw(self, axes: Axes, language: Language) -> list[Spot]:
        spots: list[Spot] = []
        ends: list[tuple[float, float, str, str]] = []
        days = [p.day for line in self.lines for p in line.points]
        for line in self.lines:
            x, y = [p.day.toordinal() for p in line.points], [float(p.value) for p in line.points]
            style = {"linestyle": (0, (4, 3))} if line.dashed else {}
            axes.plot(x, y, color=line.colour, linewidth=2.2, drawstyle="steps-post" if line.steps else "default", solid_capstyle="round", **style)  # type: ignore[arg-type]
            if line.filled:
                axes.fill_between(x, y, color=line.colour, alpha=0.10, step="post" if line.steps else None, linewidth=0)
            for p in line.points:
                if p.key:
                    if self.dots:
                        axes.plot([p.day.toordinal()], [float(p.value)], "o", color=line.colour, markersize=5, markeredgecolor="white", markeredgewidth=0.8)
                    named = f"{line.label.say(language)}, {on_day(p.day, language)}: {amount(p.value, language)}"
                    spots.append(Spot(p.key, named, _point_box(axes, p.day.toordinal(), float(p.value), 11)))
            if line.points:
                ends.append((y[-1], x[-1], line.label.say(language), line.colour))
        axes.margins(y=0.12)
        if all(p.value >= 0 for line in self.lines for p in line.points):
            axes.set_ylim(bottom=0)
        _bare(axes, "bottom")
        _value_axis(axes, language)
        if days:
            _day_axis(axes, days, language)
        _name_ends(axes, ends)
        return spots

    def alt(self, language: Language) -> str:
        said = []
        for line in self.lines:
            if line.points:
                a, b = line.points[0], line.points[-1]
                name = f"{line.label.say(language)}: " if line.label.say(language) else ""
                said.append(f"{name}{on_day(a.day, language)} {amount(a.value, language)} → {on_day(b.day, language)} {amount(b.value, language)}")
        return "; ".join(said)


def _name_ends(axes: Axes, ends: list[tuple[float, float, str, str]]) -> None:
    """The names of lines beside their ends, moved apart where they would overlap."""
    named = sorted(e for e in ends if e[2])
    if not named:
        return
    low, high = axes.get_ylim()
    gap = (high - low) * 0.085
    at = [e[0] for e in named]
    for _ in range(50):
        close = False
        for i in range(1, len(at)):
            if (lack := gap - (at[i] - at[i - 1])) > 1e-9:
                at[i - 1] -= lack / 2
                at[i] += lack / 2
                close = True
        if not close:
            break
    right = max(e[1] for e in named)
    for (_, _, name, colour), y in zip(named, at, strict=True):
        _beside(axes, cut(name, 20), (right, y), 10, fontsize=9, color=colour)


class Move(NamedTuple):
    """A step of a waterfall: a total that stands on the ground, or a change of the one before."""

    label: Text
    value: Number
    total: bool = False
    key: str = ""


@dataclass(frozen=True)
class Waterfall:
    """From one total to the next through what is added and taken away."""

    moves: tuple[Move, ...]

    def draw(self, axes: Axes, language: Language) -> list[Spot]:
        spots: list[Spot] = []
        level = 0.0
        for i, move in enumerate(self.moves):
            size = float(move.value)
            start = 0.0 if move.total else level
            level = start + size
            colour = BLUE if move.total else GREEN if size > 0 else ORANGE
            if move.total and size < 0:
                colour = RED
            patch = axes.bar(i, size, 0.62, bottom=start, color=colour)[0]
            top = max(start, level)
            _above(axes, amount(move.value, language), (i, top), 3)
            if i + 1 < len(self.moves):
                axes.plot([i - 0.31, i + 1.31], [level, level], color=DIM, linewidth=0.8, zorder=0)
            if move.key:
                spots.append(Spot(move.key, f"{move.label.say(language)}: {amount(move.value, language)}", _patch_box(patch)))
        axes.set_xticks(range(len(self.moves)), [_folded(m.label.say(language), language) for m in self.moves])
        axes.tick_params(axis="x", labelcolor=INK)
        axes.margins(y=0.14)
        _bare(axes, "bottom")
        _value_axis(axes, language)
        axes.axhline(0, color=LINE, linewidth=1)
        return spots

    def alt(self, language: Language) -> str:
        return "; ".join(f"{m.label.say(language)} {amount(m.value, language)}" for m in self.moves)


def _folded(text: str, language: Language) -> str:
    """A label in two lines where it is long."""
    if language == "zh":
        return text if len(text) <= 5 else f"{text[: (len(text) + 1) // 2]}\n{text[(len(text) + 1) // 2 :]}"
    if len(text) <= 9 or " " not in text:
        return text
    words = text.split(" ")
    best = min(range(1, len(words)), key=lambda k: max(len(" ".join(words[:k])), len(" ".join(words[k:]))))
    return f"{' '.join(words[:best])}\n{' '.join(words[best:])}"


class Dot(NamedTuple):
    """A point of a scatter: its name, where it lies, how large it is against the others, and its documents' key."""

    label: Text
    x: Number
    y: Number
    weight: Number = 1
    key: str = ""
    colour: str = BLUE


@dataclass(frozen=True)
class Scatter:
    """Two measures against each other; lines mark what is aimed at. The largest dots are named."""

    dots: tuple[Dot, ...]
    x: Text
    y: Text
    x_aim: Number | None = None
    y_aim: Number | None = None
    named: int = 6

    def draw(self, axes: Axes, language: Language) -> list[Spot]:
        spots: list[Spot] = []
        most = max((float(d.weight) for d in self.dots), default=1.0) or 1.0
        order = sorted(self.dots, key=lambda d: -float(d.weight))
        for d in order:
            area = 30 + 170 * float(d.weight) / most
            axes.scatter([float(d.x)], [float(d.y)], s=area, color=d.colour, alpha=0.75, linewidths=0.8, edgecolors="white")
            if d.key:
                where = f"{self.x.say(language)} {amount(d.x, language)}, {self.y.say(language)} {amount(d.y, language)}"
                radius = max(11.0, area**0.5)
                spots.append(Spot(d.key, f"{d.label.say(language)}: {where}", _point_box(axes, float(d.x), float(d.y), radius)))
        axes.margins(0.18)
        axes.set_xlim(left=0)
        axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
        self._names(axes, order[: self.named], most, language)
        for value, line in ((self.x_aim, axes.axvline), (self.y_aim, axes.axhline)):
            if value is not None:
                line(float(value), color=DIM, linewidth=0.9, linestyle=(0, (4, 3)), zorder=0)
        axes.set_xlabel(self.x.say(language), fontsize=9, loc="right")
        axes.set_ylabel(self.y.say(language), fontsize=9, loc="top")
        _bare(axes, "bottom", "left")
        _value_axis(axes, language, "x")
        _value_axis(axes, language)
        return spots

    @staticmethod
    def _names(axes: Axes, dots: Sequence[Dot], most: float, language: Language) -> None:
        """Names above the dots, left out where one would lie on another."""
        (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
        taken: list[tuple[float, float]] = []
        for d in dots:
            x, y = (float(d.x) - x0) / (x1 - x0), (float(d.y) - y0) / (y1 - y0)
            if any(abs(x - a) < 0.22 and abs(y - b) < 0.09 for a, b in taken):
                continue
            taken.append((x, y))
            rise = (30 + 170 * float(d.weight) / most) ** 0.5 / 2 + 2
            _above(axes, cut(d.label.say(language), 18), (float(d.x), float(d.y)), rise, fontsize=8.5)

    def alt(self, language: Language) -> str:
        named = [f"{d.label.say(language)} ({amount(d.x, language)}, {amount(d.y, language)})" for d in self.dots]
        return f"{self.x.say(language)} × {self.y.say(language)}: {'; '.join(named)}"


class Part(NamedTuple):
    """An item of a Pareto plot: its class decides its colour."""

    label: Text
    value: Number
    group: Literal["A", "B", "C"]
    key: str = ""


@dataclass(frozen=True)
class Pareto:
    """The ABC curve: items in falling order as columns, and the share that they make up together as a line to 100 percent."""

    parts: tuple[Part, ...]

    def draw(self, axes: Axes, language: Language) -> list[Spot]:
        from matplotlib.ticker import FuncFormatter

        colour = {"A": BLUE, "B": SKY, "C": ORANGE}
        spots: list[Spot] = []
        total = float(sum((p.value for p in self.parts), Decimal(0))) or 1.0
        together, shares = 0.0, []
        for i, part in enumerate(self.parts):
            share = 100 * float(part.value) / total
            patch = axes.bar(i, share, 0.78, color=colour[part.group])[0]
            together += share
            shares.append(together)
            if part.key:
                named = f"{part.label.say(language)} ({part.group}): {amount(part.value, language)}, {share:.1f}%"
                spots.append(Spot(part.key, named, _patch_box(patch)))
        axes.plot(range(len(shares)), shares, color=INK, linewidth=1.8, marker="o", markersize=3.5)
        for bound in (80, 95):
            axes.axhline(bound, color=DIM, linewidth=0.8, linestyle=(0, (4, 3)), zorder=0)
        axes.set_ylim(0, 106)
        axes.set_yticks([0, 20, 40, 60, 80, 95])
        axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}%"))
        few = len(self.parts) <= 6
        axes.set_xticks(range(len(self.parts)), [_folded(cut(p.label.say(language), 18), language) if few else str(i + 1) for i, p in enumerate(self.parts)])
        if not few:
            step = -(-len(self.parts) // 15)
            axes.set_xticks(range(0, len(self.parts), step), [str(i + 1) for i in range(0, len(self.parts), step)])
        axes.tick_params(axis="x", labelsize=8.5)
        axes.set_xlim(-0.6, max(len(self.parts), 4) - 0.4)
        _bare(axes, "bottom")
        there = {p.group for p in self.parts}
        _legend(axes, [(colour[g], g) for g in "ABC" if g in there])
        return spots

    def alt(self, language: Language) -> str:
        return "; ".join(f"{p.label.say(language)} ({p.group}) {amount(p.value, language)}" for p in self.parts)


class Offer(NamedTuple):
    """A bid as the public sees it: the price after it and who leads."""

    price: Number
    leader: str
    bidder: str
    key: str = ""


@dataclass(frozen=True)
class Path:
    """The price of one auction, bid by bid: a step for each bid in the colour of whoever leads after it, a dot in that of the bidder."""

    start: Number
    offers: tuple[Offer, ...]
    #: lines across: what they are called and where they lie
    levels: tuple[tuple[Text, Number, str], ...] = ()

    def draw(self, axes: Axes, language: Language) -> list[Spot]:
        spots: list[Spot] = []
        people = list(dict.fromkeys(o.bidder for o in self.offers))
        palette = {name: (BLUE, ORANGE, GREEN, PURPLE, SKY, RED, DIM)[min(i, 6)] for i, name in enumerate(people)}
        before = float(self.start)
        axes.plot([0.5, 1], [before, before], color=LINE, linewidth=2.4)
        for i, offer in enumerate(self.offers, start=1):
            price = float(offer.price)
            colour = palette.get(offer.leader, DIM)
            axes.plot([i, i, i + 1], [before, price, price], color=colour, linewidth=2.4, solid_capstyle="butt")
            axes.plot([i], [price], "o", color=palette[offer.bidder], markersize=6, markeredgecolor="white", markeredgewidth=0.9, zorder=3)
            if offer.key:
                spots.append(Spot(offer.key, f"{i}: {offer.bidder} → {amount(offer.price, language)} ({offer.leader})", _point_box(axes, i, price, 11)))
            before = price
        last = len(self.offers) + 1
        axes.set_xlim(0.5, last + 0.2)
        axes.margins(y=0.12)
        ends = []
        for name, value, colour in self.levels:
            axes.axhline(float(value), color=colour, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
            ends.append((float(value), last + 0.1, f"{name.say(language)} {amount(value, language)}", colour))
        _bare(axes, "bottom")
        _value_axis(axes, language)
        step = max(1, -(-len(self.offers) // 12))
        axes.set_xticks(range(1, last, step))
        _name_ends(axes, ends)
        _legend(axes, [(palette[n], n) for n in people[:6]], columns=6, line=True)
        return spots

    def alt(self, language: Language) -> str:
        return "; ".join(f"{i}: {o.bidder} {amount(o.price, language)}" for i, o in enumerate(self.offers, start=1))
