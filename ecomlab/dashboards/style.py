"""The look of every chart, and a chart as PNG: drawn on a matplotlib Figure, never pyplot, which is one global state.

The PNG is the same, byte for byte, wherever the same matplotlib draws the same figures. Chinese is written in the
fonts of `data/fonts`, whatever the machine has.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..kernel.scenario import share

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Colours that remain apart for the colour-blind (Okabe and Ito 2008): blue, sky, orange, vermilion, green, purple.
COLOURS = ("#0072B2", "#56B4E9", "#E69F00", "#D55E00", "#009E73", "#CC79A7")
INK, DIM, LINE = "#1d2433", "#667085", "#e4e7ec"
DPI = 144


@functools.cache
def families() -> list[str]:
    """The font families of every chart: Latin first, then Chinese, common and rare."""
    from matplotlib import font_manager

    for file in sorted((share("data") / "fonts").glob("*.otf")):
        font_manager.fontManager.addfont(file)
    return ["DejaVu Sans", "Ecomlab Sans SC", "Ecomlab Sans SC 2"]


def style() -> dict[str, Any]:
    """The look of charts as matplotlib's rcParams, for `matplotlib.rc_context`."""
    from cycler import cycler

    return {
        "font.family": families(),
        "font.size": 10,
        "axes.unicode_minus": False,
        "axes.prop_cycle": cycler(color=COLOURS),
        "axes.edgecolor": LINE,
        "axes.labelcolor": DIM,
        "axes.titlecolor": INK,
        "axes.titlelocation": "left",
        "axes.titleweight": "normal",
        "axes.axisbelow": True,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "grid.color": LINE,
        "xtick.color": DIM,
        "ytick.color": DIM,
        "text.color": INK,
        "legend.frameon": False,
        "figure.constrained_layout.use": True,
    }


def plain_plots() -> None:
    """Gives matplotlib that look for all plots of this process from here on: for an analyst's own."""
    import matplotlib

    look: dict[Any, Any] = {"figure.figsize": (7.2, 3.8), "figure.dpi": 110, "axes.titlesize": 12, "lines.linewidth": 1.8}
    look |= {"date.autoformatter.day": "%m-%d"}  # months as figures are read in every language
    matplotlib.rcParams.update(style() | look)


def png(draw: Callable[[Figure], None], width: float = 6.4, height: float = 3.6) -> bytes:
    """The PNG of what `draw` puts on an empty figure of this size in inches, at 144 dots an inch."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with matplotlib.rc_context(style()):  # type: ignore[arg-type]
        figure = Figure(figsize=(width, height), dpi=DPI)
        FigureCanvasAgg(figure)
        draw(figure)
        out = io.BytesIO()
        figure.savefig(out, format="png", dpi=DPI, metadata={"Software": None})
    return out.getvalue()
