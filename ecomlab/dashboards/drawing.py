"""Plots as pictures with the places that can be clicked; a whole page as one picture."""

from __future__ import annotations

import contextlib
import functools
import io
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from ..kernel.texts import Language
from .page import Page, Panel
from .plots import Plot, Spot, cut
from .style import DIM, DPI, INK, LINE, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: The width of a plot in inches and the twelfths of the page it takes, by the size of its panel.
WIDTHS = {"wide": (5.4, 7), "narrow": (3.7, 5), "half": (4.55, 6), "full": (9.4, 12)}
#: A place to click is at least this large, in pixels of the page (WCAG 2.2, 2.5.8 asks for 24 or for space around it).
LEAST = 16.0


class Place(NamedTuple):
    """A place on a picture that leads to documents; left, top, width and height in percent of the picture."""

    key: str
    label: str
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Picture:
    """A drawn plot as SVG and its places; as PNG when somebody asks for that."""

    plot: Plot = field(repr=False)
    language: Language
    width: float
    height: float
    svg: str = field(repr=False)
    places: tuple[Place, ...]

    @functools.cached_property
    def png(self) -> bytes:
        import matplotlib

        with matplotlib.rc_context(style()):  # type: ignore[arg-type]
            figure = _figure(self.width, self.height)
            self.plot.draw(figure.subplots(), self.language)
            figure.canvas.draw()
            return _png(figure)


@functools.lru_cache(maxsize=128)
def picture(plot: Plot, language: Language, width: float, height: float) -> Picture:
    """The plot at this size in inches. Drawing is a function of the plot alone, so each is drawn once."""
    import matplotlib

    with matplotlib.rc_context(style() | {"svg.hashsalt": "ecomlab"}):  # type: ignore[arg-type]
        figure = _figure(width, height)
        spots = plot.draw(figure.subplots(), language)
        made = _svg(figure)  # which lays it out, too: the places are where the marks then are
        places = tuple(_place(s, width * DPI, height * DPI) for s in spots)
        return Picture(plot, language, width, height, made, places)


#: What matplotlib would say of itself in the picture.
_SILENT = dict.fromkeys(("Creator", "Date", "Format", "Type"))


def _svg(figure: Figure) -> str:
    """The figure as SVG: letters as outlines, because a picture within a page has no fonts but the reader's; as wide as the page lets it be.

    It is drawn once, by the canvas itself: `savefig` would draw and lay it out a second time before.
    """
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    out, canvas = io.StringIO(), figure.canvas
    FigureCanvasSVG(figure).print_svg(out, metadata=_SILENT)  # type: ignore[no-untyped-call]
    figure.set_canvas(canvas)
    figure.dpi = DPI
    made = out.getvalue()
    made = re.sub(r' (?:width|height)="[\d.]+pt"', "", made[made.index("<svg") :].rstrip(), count=2)
    # within a page, a style would be everybody's and a name that nobody refers to would be there many times; comments repeat the texts
    made = re.sub(r"<style.*?</style>|<!--.*?-->\n? *", "", made, flags=re.DOTALL)
    made = made.replace("<svg ", '<svg style="stroke-linejoin: round; stroke-linecap: butt" ', 1)
    used = set(re.findall(r'#([\w.-]+)[")]', made))
    return re.sub(r' id="([\w.-]+)"', lambda m: m[0] if m[1] in used else "", made)


def _figure(width: float, height: float, layout: Literal["tight", "constrained"] = "tight") -> Figure:
    """An empty figure. One plot alone is laid out in one pass, which takes half the time of the solver for many."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=DPI, layout=layout)
    if layout == "tight":
        figure.get_layout_engine().set(pad=0.3)  # type: ignore[union-attr, call-arg]
    FigureCanvasAgg(figure)
    return figure


@contextlib.contextmanager
def ready() -> Iterator[None]:
    """Imports what draws beside what is done in the meantime: for a class that is read by DuckDB, which takes as long and leaves Python alone.

    Where that fails, drawing says why.
    """
    with ThreadPoolExecutor(1) as beside:
        beside.submit(_import)
        yield


def _import() -> None:
    from matplotlib import figure  # noqa: F401
    from matplotlib.backends import backend_agg, backend_svg  # noqa: F401

    style()


def _png(figure: Any) -> bytes:
    """What the canvas shows, as it was drawn: `savefig` would lay it out and draw it a second time."""
    from PIL import Image

    out = io.BytesIO()
    canvas = figure.canvas
    Image.frombuffer("RGBA", canvas.get_width_height(), canvas.buffer_rgba(), "raw", "RGBA", 0, 1).convert("RGB").save(out, "png")
    return out.getvalue()


def _place(spot: Spot, width: float, height: float) -> Place:
    x0, y0, x1, y1 = spot.box()
    least = LEAST * DPI / 96
    if x1 - x0 < least:
        x0, x1 = (x0 + x1 - least) / 2, (x0 + x1 + least) / 2
    if y1 - y0 < least:
        y0, y1 = (y0 + y1 - least) / 2, (y0 + y1 + least) / 2
    x0, x1 = max(0.0, x0), min(width, x1)
    y0, y1 = max(0.0, y0), min(height, y1)
    return Place(
        spot.key, spot.label,
        round(100 * x0 / width, 3), round(100 * (height - y1) / height, 3), round(100 * (x1 - x0) / width, 3), round(100 * (y1 - y0) / height, 3),
    )  # fmt: skip


def rows(panels: Sequence[Panel]) -> list[list[Panel]]:
    """The panels as they stand beside each other, twelve twelfths a row: those of a row equally high, one that is alone as wide as all."""
    found: list[list[Panel]] = []
    free = 0
    for panel in panels:
        need = WIDTHS[panel.size][1]
        if need > free:
            found.append([])
            free = 12
        found[-1].append(panel)
        free -= need
    high = [max(p.height for p in line) for line in found]
    return [[replace(p, height=h, size="full" if len(line) == 1 else p.size) for p in line] for line, h in zip(found, high, strict=True)]


def whole(page: Page, heading: str, chosen: str, language: Language) -> bytes:
    """The page as one PNG: heading, what was chosen, key figures, every chart with its title."""
    import matplotlib

    lines = rows(page.panels)
    heights = [1.35, *(line[0].height + 0.75 for line in lines)]
    with matplotlib.rc_context(style()):  # type: ignore[arg-type]
        figure = _figure(10.4, sum(heights), "constrained")
        figure.get_layout_engine().set(w_pad=0.18, h_pad=0.1)  # type: ignore[union-attr, call-arg]
        parts = figure.add_gridspec(len(heights), 1, height_ratios=heights)
        _head(figure.add_subfigure(parts[0]), page, heading, chosen, language)
        for i, line in enumerate(lines, start=1):
            inner = parts[i].subgridspec(1, 12)
            at = 0
            for panel in line:
                take = WIDTHS[panel.size][1]
                box = figure.add_subfigure(inner[0, at : at + take])
                at += take
                # the second line of the title is left free for the subtitle, which has a colour of its own
                box.suptitle(f"{panel.title.say(language)}\n", x=0.03, ha="left", fontsize=11, color=INK)
                subtitle = cut(panel.subtitle.say(language), int(WIDTHS[panel.size][0] * 15))
                box.text(0.03, 1 - 0.36 / (panel.height + 0.75), subtitle, fontsize=9, color=DIM, va="top")
                panel.plot.draw(box.subplots(), language)
        figure.canvas.draw()
        return _png(figure)


def _head(box: Any, page: Page, heading: str, chosen: str, language: Language) -> None:
    from matplotlib.lines import Line2D

    box.text(0.02, 0.93, heading, fontsize=15, color=INK, va="top")
    box.text(0.98, 0.9, chosen, fontsize=9, color=DIM, va="top", ha="right")
    for i, figure in enumerate(page.figures):
        x = 0.02 + i * 0.96 / len(page.figures)
        box.text(x, 0.6, figure.label.say(language), fontsize=9, color=DIM, va="top")
        box.text(x, 0.42, _said(figure.value, language), fontsize=14, color=INK, va="top")
        box.text(x, 0.13, _said(figure.note, language), fontsize=9, color=DIM, va="top")
    box.add_artist(Line2D([0.02, 0.98], [0.02, 0.02], color=LINE, linewidth=1))


def _said(value: Any, language: Language) -> str:
    return value if isinstance(value, str) else str(value.say(language))
