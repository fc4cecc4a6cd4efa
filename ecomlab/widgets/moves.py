"""A table of moves as an SVG: each state a box, and a line to every state that may follow. Nothing of a student's world is asked here."""

from __future__ import annotations

import html
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ..kernel.table import wide

#: The size of a box, the space between boxes, and the margin, in pixels.
WIDE, HIGH, ACROSS, DOWN, EDGE = 134, 50, 40, 20, 24
#: A map that is a little too wide is drawn smaller, down to this part of its size; beyond that the page rolls, so that its words can still be read.
SMALLEST = 0.65
Moves = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Box:
    """What a state's box says. here: documents are in this state now; passed: some have been; note: the task that leads here."""

    title: str
    note: str = ""
    here: bool = False
    passed: bool = False


def places(moves: Moves, beside: Collection[str] = ()) -> dict[str, tuple[int, int]]:
    """The column and row of each state: the main road, first successor after first successor, along the top; every other state in a row of its
    own, to the right of all on the road that lead to it, so that no line runs through a box. beside: states that are not on the road."""
    road = [next(iter(moves))]
    while follows := next((s for s in moves[road[-1]] if s not in road and s not in beside), ""):
        road.append(follows)
    found = {state: (column, 0) for column, state in enumerate(road)}
    waiting = list(road)
    for state in waiting:
        for after in moves[state]:
            if after not in found:
                before = [found[s][0] for s in moves if after in moves[s] and s in found]
                found[after] = (1 + max(before), 1 + max(row for _, row in found.values()))
                waiting.append(after)
    return found


def svg(moves: Moves, boxes: Mapping[str, Box], title: str) -> str:
    """The diagram. boxes: what each state's box says. What ends several states, and no task leads to it, as being revoked, is beside the road."""
    at = places(moves, {s for s in moves if not moves[s] and not boxes[s].note and sum(s in to for to in moves.values()) > 1})
    lines = [(a, b) for a in moves for b in moves[a]]
    over = [(a, b) for a, b in lines if at[a][1] == at[b][1] and at[b][0] > at[a][0] + 1]
    again = [a for a, b in lines if a == b]
    back = [(a, b) for a, b in lines if at[b][0] <= at[a][0] and a != b]
    ahead = [(a, b) for a, b in lines if (a, b) not in over and (a, b) not in back and a != b]
    top = EDGE // 2 + 10 * len(over)
    rows = 1 + max(r for _, r in at.values())
    corner = {s: (EDGE + column * (WIDE + ACROSS), top + row * (HIGH + DOWN)) for s, (column, row) in at.items()}
    width = EDGE + max(x for x, _ in corner.values()) + WIDE
    height = top + rows * (HIGH + DOWN) + 12 * len(back)
    drawn = [_ahead(corner[a], corner[b]) for a, b in ahead]
    drawn += [_round(corner[a], corner[b], top - 10 * (n + 1), -8) for n, (a, b) in enumerate(over)]
    drawn += [_round(corner[a], corner[b], top + rows * (HIGH + DOWN) - 8 + 12 * n, 8, dashed=True) for n, (a, b) in enumerate(back)]
    drawn += [_round(corner[s], corner[s], corner[s][1] + HIGH + DOWN // 2 - 2, 8, dashed=True) for s in again]
    drawn += [_box(boxes[s], *corner[s], ended=not moves[s]) for s in at]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="ecl-map" role="img" aria-label="{html.escape(title)}" width="{width}" height="{height}" '
        f'style="max-width: 100%; min-width: {width * SMALLEST:.0f}px; height: auto" viewBox="0 0 {width} {height}" font-family="inherit" font-size="12">'
        f"{''.join(drawn)}</svg>"
    )


def _ahead(start: tuple[int, int], end: tuple[int, int]) -> str:
    """Out to the right, up or down in the space beside a column, on to the right."""
    (x, y), (to_x, to_y) = start, end
    x, y, to_y = x + WIDE, y + HIGH // 2, to_y + HIGH // 2
    turn = x + ACROSS // 2 if to_y >= y else to_x - ACROSS // 2
    return _line(f"M{x} {y}H{turn}V{to_y}H{to_x - 6}", to_x, to_y)


def _round(start: tuple[int, int], end: tuple[int, int], by: int, beside: int, dashed: bool = False) -> str:
    """The long way round, above or below the boxes at the height `by`; it leaves and arrives a little beside the middle."""
    (x, y), (to_x, to_y) = start, end
    x, y, to_y = x + WIDE, y + HIGH // 2 + beside, to_y + HIGH // 2 + beside
    return _line(f"M{x} {y}H{x + 12}V{by}H{to_x - 14}V{to_y}H{to_x - 6}", to_x, to_y, dashed)


def _line(path: str, x: int, y: int, dashed: bool = False) -> str:
    dashes = ' stroke-dasharray="4 3"' if dashed else ""
    return f'<path d="{path}" fill="none" stroke="#98a2b3"{dashes}/><path d="M{x - 7} {y - 4}l7 4l-7 4z" fill="#98a2b3"/>'


def width_of(title: str) -> float:
    """How wide a box's title is at its full size, in pixels, by what its letters take in the widest of the fonts that a page may have."""
    return max(1.0, 7.2 * wide(title))


def _box(box: Box, x: int, y: int, ended: bool) -> str:
    fill, edge, thick = ("#1f5eff", "#1f5eff", 2) if box.here else ("#e9f7f0", "#12805c", 1) if box.passed else ("#ffffff", "#98a2b3", 1)
    ink, quiet = ("#ffffff", "#ffffff") if box.here else ("#1d2433", "#5b6472")
    lines = [(box.title, min(13, 13 * (WIDE - 12) / width_of(box.title)), 600, ink)] + ([(box.note, 11, 400, quiet)] if box.note else [])
    top = y + HIGH // 2 + 5 - 8 * (len(lines) - 1)
    text = "".join(
        f'<text x="{x + WIDE // 2}" y="{top + 17 * n}" text-anchor="middle" font-size="{size:.3g}" font-weight="{weight}" fill="{colour}">'
        f"{html.escape(said)}</text>"
        for n, (said, size, weight, colour) in enumerate(lines)
    )
    return f'<rect x="{x}" y="{y}" width="{WIDE}" height="{HIGH}" rx="{HIGH // 2 if ended else 8}" fill="{fill}" stroke="{edge}" stroke-width="{thick}"/>{text}'
