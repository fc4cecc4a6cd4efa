"""What all plots of dashboards have in common: plain data, so that the same plot is drawn once however often it is asked for.

`draw` puts a plot on empty axes in a language and gives its spots: the regions that lead to documents, each with a
key, a name for those who cannot see it, and its box in pixels once the figure has been drawn. Numbers are CNY or
counts as Decimal or int; they become floats only to be placed.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Hashable, Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from ..kernel.table import wide
from ..kernel.texts import Language, Text
from .style import COLOURS, DIM, INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Number = Decimal | int
BLUE, SKY, ORANGE, RED, GREEN, PURPLE = COLOURS
#: An axis has at most so many marked days.
_MOST_TICKS = 7
#: Beside the axes of a plot, in inches; and a letter of a tick's name, in points: half an em at the 9 points of `bare`, and some space.
_MARGINS, _LETTER = 0.8, 5.4
#: What an entry of a legend takes beside its name, in points: its sign and the space on both sides.
_SIGN = 24


class Spot(NamedTuple):
    """A region that can be clicked: its key, its name in the plot's language, its box (x0, y0, x1, y1) in pixels from the lower left."""

    key: str
    label: str
    box: Callable[[], tuple[float, float, float, float]]


class Plot(Hashable, Protocol):
    def draw(self, axes: Axes, language: Language) -> list[Spot]: ...

    def alt(self, language: Language) -> str:
        """What the plot shows, in words."""

    def names(self) -> Iterable[Text]:
        """What its axes, lines, series and bars are called."""


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


def bare(axes: Axes, *kept: str) -> None:
    for side, spine in axes.spines.items():
        spine.set_visible(side in kept)
    axes.tick_params(length=0, labelsize=9)


def value_axis(axes: Axes, language: Language, which: Literal["x", "y"] = "y", bins: int = 5, whole: bool = False) -> None:
    """whole: what is counted has no halves."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis = axes.yaxis if which == "y" else axes.xaxis
    axis.set_major_locator(MaxNLocator(bins, steps=[1, 2, 5, 10] if whole else [1, 2, 2.5, 5, 10], integer=whole))
    axis.set_major_formatter(FuncFormatter(lambda v, _: short(v, language)))


def day_axis(axes: Axes, days: Sequence[datetime.date], language: Language) -> None:
    """Marks days between the first and the last, at most seven, evenly."""
    first, last = min(days), max(days)
    span = (last - first).days
    step = max(1, -(-span // (_MOST_TICKS - 2)))
    ticks = [first + datetime.timedelta(days=i) for i in range(0, span + 1, step)]
    axes.set_xticks([t.toordinal() for t in ticks], [on_day(t, language) for t in ticks])
    room = max(1.0, span * 0.03)
    axes.set_xlim(first.toordinal() - room, last.toordinal() + room)


def name_ticks(axes: Axes, names: Sequence[str], slots: int = 0) -> int:
    """Writes a name below each of the ticks 0, 1, ..., every second one lower where two would run into each other. Gives how many lines they take.

    slots: how many ticks share the width, if more than there are names. The width of letters is estimated, for the layout is made later.
    """
    room = (axes.figure.bbox.width / axes.figure.dpi - _MARGINS) * 72 / max(slots, len(names), 1)
    lines = max((name.count("\n") + 1 for name in names), default=1)
    if max((wide(line) for name in names for line in name.split("\n")), default=0) * _LETTER > room:
        names = [f"{lines * chr(10)}{name}" if i % 2 else name for i, name in enumerate(names)]
        lines *= 2
    axes.set_xticks(range(len(names)), names)
    return lines


def legend(axes: Axes, entries: Iterable[tuple[str, str]], columns: int = 4, line: bool = False, drop: float = 20) -> None:
    """A legend so many points below the axes, from the left edge of the picture; entries are (colour, name), at most so many in a line as it has room for."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.transforms import ScaledTranslation, blended_transform_factory
    from numpy import array_split

    entries = list(entries)
    handles: list[Any] = [Line2D([], [], color=c, linewidth=2, label=n) if line else Patch(color=c, label=n) for c, n in entries]
    if handles:
        room = axes.figure.bbox.width / axes.figure.dpi * 72
        each = [wide(name) * _LETTER + _SIGN for _, name in entries]
        columns = next((n for n in range(columns, 1, -1) if sum(max(c) for c in array_split(each, n) if len(c)) <= room), 1)
        below = axes.transAxes + ScaledTranslation(0, -drop / 72, axes.figure.dpi_scale_trans)
        place = blended_transform_factory(axes.figure.transSubfigure, below)
        axes.legend(
            handles=handles, loc="upper left", bbox_to_anchor=(0.015, 0), bbox_transform=place, borderaxespad=0, ncols=columns, fontsize=9, labelcolor=DIM,
            handlelength=1.4 if line else 0.9, handleheight=0.9, handletextpad=0.5, columnspacing=1.3, borderpad=0.2,
        )  # fmt: skip


def beside(axes: Axes, text: str, at: tuple[float, float], gap: float, **look: Any) -> None:
    axes.annotate(text, at, (gap, 0), textcoords="offset points", va="center", annotation_clip=False, **look)


def above(axes: Axes, text: str, at: tuple[float, float], gap: float, fontsize: float = 9) -> None:
    axes.annotate(text, at, (0, gap), textcoords="offset points", ha="center", va="bottom", fontsize=fontsize, color=INK)


def patch_box(patch: Any) -> Callable[[], tuple[float, float, float, float]]:
    return lambda: tuple(patch.get_window_extent().extents)


def point_box(axes: Axes, x: float, y: float, radius: float) -> Callable[[], tuple[float, float, float, float]]:
    def box() -> tuple[float, float, float, float]:
        px, py = axes.transData.transform((x, y))
        return px - radius, py - radius, px + radius, py + radius

    return box
