"""`lab.trace(number)`: a document's chain as a diagram of boxes and links, with the table, the document's history and postings."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

from ..books import documents
from ..desk import Desk
from ..kernel.refusals import Refusal
from ..kernel.table import Table
from ..kernel.terms import term
from ..kernel.texts import Language, Text
from .face import Face, static
from .results import signed
from .words import WORDS

#: The size of a box and the space between boxes, in pixels.
WIDE, HIGH, ACROSS, DOWN, EDGE = 152, 66, 34, 14, 6


def places(chain: Table) -> dict[str, tuple[int, int]]:
    """The column and row of every document of a chain (`documents.trace`): a column for each step from the first document, and
    each document in the row of the first that follows from it, so that links never cross."""
    found: dict[str, tuple[int, int]] = {}
    row = -1
    before = len(chain)  # the chain's rows go depth first: where the next is no deeper, a branch has ended
    for r in chain:
        row += r.depth <= before
        found[r.number] = r.depth, max(row, 0)
        before = r.depth
    return found


def svg(chain: Table, current: str, language: Language, live: bool = False) -> str:
    """The diagram as an SVG text. live: boxes are buttons that carry their document's number as `data-number`."""
    at = places(chain)
    width = max(c for c, _ in at.values()) * (WIDE + ACROSS) + WIDE + 2 * EDGE
    height = max(r for _, r in at.values()) * (HIGH + DOWN) + HIGH + 2 * EDGE
    links = "".join(_link(at[r.parent], at[r.number]) for r in chain if r.parent in at)
    boxes = "".join(_box(r, *at[r.number], r.number == current, language, live) for r in chain)
    title = html.escape(caption(current).say(language))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="ecl-trace" role="group" aria-label="{title}" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="inherit" font-size="12">{links}{boxes}</svg>'
    )


def caption(number: str) -> Text:
    return WORDS["chain_of"].fill(number=number)


def _corner(column: int, row: int) -> tuple[int, int]:
    return EDGE + column * (WIDE + ACROSS), EDGE + row * (HIGH + DOWN)


def _link(start: tuple[int, int], end: tuple[int, int]) -> str:
    (x, y), (to_x, to_y) = _corner(*start), _corner(*end)
    x, y, to_y = x + WIDE, y + HIGH // 2, to_y + HIGH // 2
    path = f"M{x} {y}H{x + ACROSS // 2}V{to_y}H{to_x - 6}"
    return f'<path d="{path}" fill="none" stroke="#98a2b3"/><path d="M{to_x - 7} {to_y - 4}l7 4l-7 4z" fill="#98a2b3"/>'


def _box(row: Any, column: int, at: int, current: bool, language: Language, live: bool) -> str:
    x, y = _corner(column, at)
    kind = documents.KINDS.get(row.kind)
    title = (kind.title if kind else term(row.kind)).say(language)
    state = term(row.state, documents.words_of(row.kind)).say(language)
    ended = kind is not None and not kind.moves[row.state]
    amount = f" · ¥{row.amount:,}" if row.amount is not None else ""
    fill, edge = ("#f3f6ff", "#1f5eff") if current else ("#ffffff", "#cfd4dc")
    lines = (
        f'<text x="{x + 10}" y="{y + 19}" font-weight="600" fill="#1d2433">{html.escape(title)}</text>'
        f'<text x="{x + 10}" y="{y + 36}" fill="#1d2433" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="11">{html.escape(row.number)}</text>'
        f'<text x="{x + 10}" y="{y + 54}" fill="{"#12805c" if ended else "#b54708"}">{html.escape(state + amount)}</text>'
    )
    box = f'<rect x="{x}" y="{y}" width="{WIDE}" height="{HIGH}" rx="8" fill="{fill}" stroke="{edge}" stroke-width="{2 if current else 1}"/>'
    said = html.escape(f"{title} {row.number}, {state}")
    if not live:
        return f"<g><title>{said}</title>{box}{lines}</g>"
    number = html.escape(row.number)
    marks = f'role="button" tabindex="0" data-number="{number}" data-key="{number}" data-lm-suppress-shortcuts="true" aria-label="{said}"'
    return f"<g {marks}{' aria-current=true' if current else ''}>{box}{lines}</g>".replace("aria-current=true", 'aria-current="true"')


class Trace(Face):
    """The chain of a document. A box that is chosen shows what became of that document and what was posted on it."""

    _esm = static("faces.js", "trace.js")
    _css = static("faces.css", "trace.css")

    def __init__(self, desk: Desk, number: str):
        self.number = number
        super().__init__(desk)

    def caption(self) -> Text:
        return caption(self.number)

    def draw(self) -> dict[str, Any]:
        language, look = self.desk.language, self.desk.look
        try:
            chain = documents.trace(look, self.number)
        except Refusal as refused:  # undone since
            return {"face": "broken", "text": refused.text.say(language)}
        return {
            "face": "trace",
            "language": language,
            "title": self.caption().say(language),
            "diagram": svg(chain, self.number, language, live=True),
            "parts": [
                {"title": self.say("history_of", number=self.number), "html": signed(documents.history(look, self.number)).html(language)},
                {"title": self.say("postings_of", number=self.number), "html": signed(documents.postings(look, self.number)).html(language)},
                {"title": self.say("whole_chain"), "html": signed(chain).html(language)},
            ],
        }

    def actions(self) -> dict[str, Callable[[dict[str, Any]], None]]:
        return {"open": self._on_open}

    def _on_open(self, message: dict[str, Any]) -> None:
        number = str(message.get("number"))[:120]
        if self.desk.look.value("select 1 from document where number = $n", n=number):
            self.number = number
            self._draw_now()

    def text(self, still: str) -> str:
        return str(self.desk.trace(self.number)) if self.view["face"] == "trace" else super().text(still)
