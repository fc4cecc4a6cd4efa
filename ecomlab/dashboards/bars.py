"""Plots of bars: lying, standing, from one total to the next, and the ABC curve."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, NamedTuple

from ..kernel.table import wide
from ..kernel.texts import Language, Text
from .plots import BLUE, GREEN, ORANGE, PURPLE, RED, SKY, Number, Spot, above, amount, bare, beside, cut, legend, name_ticks, patch_box, value_axis
from .style import DIM, INK, LINE

if TYPE_CHECKING:
    from matplotlib.axes import Axes


#: The columns of a line beside a lying bar.
_ROOM = 22


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
        grouped = many and not self.stacked
        thick = 0.8 / len(self.series) if grouped else 0.62
        ends = [0.0]
        for i, bar in enumerate(self.bars):
            so_far = below = 0.0
            for j, value in enumerate(bar.values):
                if value is None or not (value or grouped):
                    continue
                size = float(value)
                start = 0.0 if grouped else so_far if size > 0 else below
                at = i + (j - (len(self.series) - 1) / 2) * thick if grouped else i
                patch = axes.barh(at, size, thick * (0.92 if grouped else 1), left=start, color=self.colours[j])[0]
                if not grouped:
                    so_far, below = (so_far + size, below) if size > 0 else (so_far, below + size)
                ends += [start + size]
                if grouped:
                    beside(axes, amount(value, language), (start + size, at), 5, fontsize=8, color=DIM)
                if bar.key and value:
                    named = f"{bar.label.say(language)}{f' · {self.series[j].say(language)}' if many else ''}: {amount(value, language)}"
                    spots.append(Spot(f"{bar.key}|{j}" if many else bar.key, named, patch_box(patch)))
            if not grouped:
                total = sum((v for v in bar.values if v), Decimal(0))
                said = bar.note.say(language) if bar.note else amount(total, language)
                beside(axes, said, (max(so_far, 0.0), i), 6, fontsize=9, color=INK)
        axes.set_yticks(range(len(self.bars)), [_name(b.label.say(language), language) for b in self.bars])
        # bars keep their thickness where there is room for more of them
        room = int((axes.figure.bbox.height / axes.figure.dpi - 0.5) / 0.42)
        axes.set_ylim(max(len(self.bars), min(5, room)) - 0.5, -0.5)
        axes.set_xlim(min(ends), max(ends) * 1.02 or 1)
        bare(axes)
        if min(ends) < 0:
            axes.axvline(0, color=LINE, linewidth=1, zorder=0)
        axes.tick_params(axis="y", labelcolor=INK)
        axes.set_xticks([])
        axes.grid(False)
        if many:
            legend(axes, zip(self.colours, (s.say(language) for s in self.series), strict=False), drop=8)
        return spots

    def alt(self, language: Language) -> str:
        return _told(self.bars, self.series, language)

    def names(self) -> Iterable[Text]:
        return (*self.series, *(b.label for b in self.bars))


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
        grouped = many and not self.stacked
        thick = 0.8 / len(self.series) if grouped else 0.6
        for i, bar in enumerate(self.bars):
            top = bottom = 0.0
            for j, value in enumerate(bar.values):
                if not value:
                    continue
                size = float(value)
                start = 0.0 if grouped else top if size > 0 else bottom
                at = i + (j - (len(self.series) - 1) / 2) * thick if grouped else i
                patch = axes.bar(at, size, thick * (0.92 if grouped else 1), bottom=start, color=self.colours[j])[0]
                top, bottom = (top + size, bottom) if size > 0 else (top, bottom + size)
                if bar.key:
                    named = f"{bar.label.say(language)}{f' · {self.series[j].say(language)}' if many else ''}: {amount(value, language)}"
                    spots.append(Spot(f"{bar.key}|{j}" if many else bar.key, named, patch_box(patch)))
            if self.totals and not grouped and len(self.bars) <= 8 and top:
                total = sum((v for v in bar.values if v), Decimal(0))
                said = bar.note.say(language) if bar.note else amount(total, language)
                above(axes, said, (i, top), 3)
        lines = name_ticks(axes, [b.label.say(language) for b in self.bars], slots=3)
        axes.set_xlim(-0.6, max(len(self.bars), 3) - 0.4)
        axes.margins(y=0.14)
        bare(axes, "bottom")
        value_axis(axes, language, whole=all(isinstance(v, int) for bar in self.bars for v in bar.values))
        axes.axhline(0, color=LINE, linewidth=1)
        if many:
            legend(axes, zip(self.colours, (s.say(language) for s in self.series), strict=False), drop=8 + 12 * lines)
        return spots

    def alt(self, language: Language) -> str:
        return _told(self.bars, self.series, language)

    def names(self) -> Iterable[Text]:
        return (*self.series, *(b.label for b in self.bars))


def _name(text: str, language: Language) -> str:
    """The name of a lying bar, of two lines at most."""
    if wide(text) <= _ROOM:
        return text
    return "\n".join(cut(line, _ROOM) for line in _folded(text, language).split("\n"))


def _told(bars: Sequence[Bar], series: Sequence[Text], language: Language) -> str:
    """Each bar with its values, for the text in a chart's place."""
    said = []
    for bar in bars:
        parts = [f"{s.say(language)} {amount(v, language)}".strip() for s, v in zip(series, bar.values, strict=True) if v] or ["0"]
        said.append(f"{bar.label.say(language)}: {', '.join(parts)}")
    return "; ".join(said)


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
            above(axes, amount(move.value, language), (i, top), 3)
            if i + 1 < len(self.moves):
                axes.plot([i - 0.31, i + 1.31], [level, level], color=DIM, linewidth=0.8, zorder=0)
            if move.key and move.value:
                spots.append(Spot(move.key, f"{move.label.say(language)}: {amount(move.value, language)}", patch_box(patch)))
        room = axes.figure.bbox.width / axes.figure.dpi * 72 / max(len(self.moves), 1) / 10
        name_ticks(axes, [_folded(m.label.say(language), language, int(room)) for m in self.moves])
        axes.tick_params(axis="x", labelcolor=INK)
        axes.margins(y=0.14)
        bare(axes, "bottom")
        value_axis(axes, language)
        axes.axhline(0, color=LINE, linewidth=1)
        return spots

    def alt(self, language: Language) -> str:
        return "; ".join(f"{m.label.say(language)} {amount(m.value, language)}" for m in self.moves)

    def names(self) -> Iterable[Text]:
        return [m.label for m in self.moves]


def _folded(text: str, language: Language, room: int = 5) -> str:
    """A label in two lines where it is long: in Chinese, of more characters than there is room for."""
    if language == "zh":
        return text if len(text) <= min(room, 5) else f"{text[: (len(text) + 1) // 2]}\n{text[(len(text) + 1) // 2 :]}"
    if len(text) <= 9 or " " not in text:
        return text
    words = text.split(" ")
    best = min(range(1, len(words)), key=lambda k: max(len(" ".join(words[:k])), len(" ".join(words[k:]))))
    return f"{' '.join(words[:best])}\n{' '.join(words[best:])}"


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
                spots.append(Spot(part.key, named, patch_box(patch)))
        axes.plot(range(len(shares)), shares, color=INK, linewidth=1.8, marker="o", markersize=3.5)
        for bound in (80, 95):
            axes.axhline(bound, color=DIM, linewidth=0.8, linestyle=(0, (4, 3)), zorder=0)
        axes.set_ylim(0, 106)
        axes.set_yticks([0, 20, 40, 60, 80, 95])
        axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}%"))
        few = len(self.parts) <= 6
        step = 1 if few else -(-len(self.parts) // 15)
        ticks = range(0, len(self.parts), step)
        names = [_folded(cut(self.parts[i].label.say(language), 18), language) if few else str(i + 1) for i in ticks]
        axes.set_xticks(ticks, names)
        axes.tick_params(axis="x", labelsize=8.5)
        axes.set_xlim(-0.6, max(len(self.parts), 4) - 0.4)
        bare(axes, "bottom")
        there = {p.group for p in self.parts}
        legend(axes, [(colour[g], g) for g in "ABC" if g in there], drop=34 if any("\n" in n for n in names) else 22)
        return spots

    def alt(self, language: Language) -> str:
        return "; ".join(f"{p.label.say(language)} ({p.group}) {amount(p.value, language)}" for p in self.parts)

    def names(self) -> Iterable[Text]:
        return ()


def ranked_height(bars: int, series: int = 1) -> float:
    """How high a plot of lying bars should be, in inches: the bars, and a legend if there is more than one series."""
    return 0.4 + 0.42 * max(bars, 2) + (0.3 if series > 1 else 0)
