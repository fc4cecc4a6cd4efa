"""Plots of lines and points: values over days, two measures against each other, the price of an auction."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ..kernel.texts import Language, Text
from .plots import BLUE, GREEN, ORANGE, PURPLE, RED, SKY, Number, Spot, above, amount, bare, beside, cut, day_axis, legend, on_day, point_box, value_axis
from .style import DIM, INK, LINE

if TYPE_CHECKING:
    from matplotlib.axes import Axes


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
                    spots.append(Spot(p.key, named, point_box(axes, p.day.toordinal(), float(p.value), 11)))
            if line.points:
                ends.append((y[-1], x[-1], line.label.say(language), line.colour))
        axes.margins(y=0.12)
        if all(p.value >= 0 for line in self.lines for p in line.points):
            axes.set_ylim(bottom=0)
        bare(axes, "bottom")
        value_axis(axes, language)
        if days:
            day_axis(axes, days, language)
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

    def names(self) -> Iterable[Text]:
        return (self.unit, *(line.label for line in self.lines))


def _name_ends(axes: Axes, ends: list[tuple[float, float, str, str]]) -> None:
    """The names of lines beside their ends, moved apart where they would overlap."""
    named = sorted(e for e in ends if e[2])
    if not named:
        return
    low, high = axes.get_ylim()
    gap = (high - low) * 0.085
    # one at the bottom stands a little above it, where the days are written
    at = [max(e[0], low + gap * 0.7) for e in named]
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
        beside(axes, cut(name, 20), (right, y), 10, fontsize=9, color=colour)


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
                spots.append(Spot(d.key, f"{d.label.say(language)}: {where}", point_box(axes, float(d.x), float(d.y), radius)))
        axes.margins(0.18)
        axes.set_xlim(left=0)
        axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
        self._names(axes, order[: self.named], most, language)
        for value, line in ((self.x_aim, axes.axvline), (self.y_aim, axes.axhline)):
            if value is not None:
                line(float(value), color=DIM, linewidth=0.9, linestyle=(0, (4, 3)), zorder=0)
        axes.set_xlabel(self.x.say(language), fontsize=9, loc="right")
        axes.set_ylabel(self.y.say(language), fontsize=9, loc="top")
        bare(axes, "bottom", "left")
        value_axis(axes, language, "x")
        value_axis(axes, language)
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
            name = cut(d.label.say(language), 18)
            if x < 0.15:  # above it the name would lie on the axis
                beside(axes, name, (float(d.x), float(d.y)), rise + 1, fontsize=8.5, color=INK)
            else:
                above(axes, name, (float(d.x), float(d.y)), rise, fontsize=8.5)

    def alt(self, language: Language) -> str:
        named = [f"{d.label.say(language)} ({amount(d.x, language)}, {amount(d.y, language)})" for d in self.dots]
        return f"{self.x.say(language)} × {self.y.say(language)}: {'; '.join(named)}"

    def names(self) -> Iterable[Text]:
        return self.x, self.y


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
                spots.append(Spot(offer.key, f"{i}: {offer.bidder} → {amount(offer.price, language)} ({offer.leader})", point_box(axes, i, price, 11)))
            before = price
        last = len(self.offers) + 1
        axes.set_xlim(0.5, last + 0.2)
        axes.margins(y=0.12)
        ends = []
        for name, value, colour in self.levels:
            axes.axhline(float(value), color=colour, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
            ends.append((float(value), last + 0.1, f"{name.say(language)} {amount(value, language)}", colour))
        bare(axes, "bottom")
        value_axis(axes, language)
        step = max(1, -(-len(self.offers) // 12))
        axes.set_xticks(range(1, last, step))
        _name_ends(axes, ends)
        legend(axes, [(palette[n], n) for n in people[:6]], columns=6, line=True)
        return spots

    def alt(self, language: Language) -> str:
        return "; ".join(f"{i}: {o.bidder} {amount(o.price, language)}" for i, o in enumerate(self.offers, start=1))

    def names(self) -> Iterable[Text]:
        return [name for name, _, _ in self.levels]
