"""The map of a process: every state once, no two boxes on one place, every move a line; and one's own documents on it."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

import ecomlab
from ecomlab.books.documents import KINDS, furthest, history
from ecomlab.kernel.lessons import lessons
from ecomlab.kernel.plays import PLAYS
from ecomlab.widgets.moves import HIGH, WIDE, Box, places, svg
from tests import worlds

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_state_of_a_kind_has_a_place_of_its_own_and_every_move_a_line(name: str) -> None:
    moves = KINDS[name].moves
    at = places(moves)
    assert set(at) == set(moves) and len(set(at.values())) == len(moves)
    drawn = ElementTree.fromstring(svg(moves, {s: Box(s) for s in moves}, name))
    boxes = drawn.findall(f"{SVG}rect")
    assert len(boxes) == len(moves) and len(drawn.findall(f"{SVG}path")) == 2 * sum(map(len, moves.values()))
    assert all(0 <= float(b.get("x", -1)) <= float(drawn.get("width", 0)) - WIDE for b in boxes)
    assert all(float(b.get("y", -1)) + float(b.get("height", 0)) <= float(drawn.get("height", 0)) for b in boxes)


def test_the_map_shows_where_ones_own_certificate_is(tmp_path: Path) -> None:
    lab = ecomlab.open(tmp_path, student="s1", scenario="ca", language="en")

    def here() -> str:
        drawn = ElementTree.fromstring(lab.map("ca").draw()["diagram"].partition("</h3>")[2].partition("<p>")[0])
        shapes = list(drawn)
        blue = [n for n, shape in enumerate(shapes) if shape.get("fill") == "#1f5eff"]
        return " ".join(shapes[n + 1].text or "" for n in blue)

    assert here() == ""
    for code, state in (("CA001", "Issued"), ("CA002", "Verified"), ("CA003", "Downloaded")):
        PLAYS[code](lab.player())
        assert here() == state
    lab.undo()
    assert here() == "Verified", "it follows what is undone"


def test_a_map_without_documents_follows_the_tasks(tmp_path: Path) -> None:
    lab = ecomlab.open(tmp_path, student="s1", scenario="email", language="zh")
    at = lessons()["email"].maps[0].at
    assert 'fill="#e9f7f0"' not in lab.map("email").draw()["diagram"]
    for code in at.values():
        PLAYS[code](lab.player())
    assert lab.map("email").draw()["diagram"].count('fill="#e9f7f0"') == len(at)


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_way_from_a_state_to_itself_goes_round_no_other_box(name: str) -> None:
    moves = KINDS[name].moves
    drawn = ElementTree.fromstring(svg(moves, {s: Box(s) for s in moves}, name))
    loops = [p.get("d", "") for p in drawn.findall(f"{SVG}path") if p.get("stroke-dasharray")]
    tall = [abs(float(re.findall(r"V([\d.]+)", d)[0]) - float(re.findall(r"V([\d.]+)", d)[1])) for d in loops]
    assert sum(t < HIGH for t in tall) >= sum(s in moves[s] for s in moves)


def test_retracing_finds_ones_own_document_and_says_when_there_is_none(tmp_path: Path) -> None:
    lab = ecomlab.open(tmp_path, student="s1", scenario="ca", language="en")
    assert repr(lab.retrace("certificate")) == "You have no certificate yet. Do the tasks that lead to one, and run this cell again."
    PLAYS["CA001"](lab.player())
    (mine,) = lab.retrace("certificate")
    assert mine.kind == "certificate" and lab.look.value("select owner from document where number = $n", n=mine.number)
    with pytest.raises(KeyError):
        lab.retrace("nothing")


def test_of_ones_documents_that_which_came_furthest_is_retraced_and_not_one_of_the_casts() -> None:
    """The model student bought at auctions, and called off a listing later; others' auctions ran on meanwhile."""
    lab = worlds.looked_at("c2c")
    number = furthest(lab.look, KINDS["auction_listing"])
    assert number
    steps = history(lab.look, number)
    assert steps[-1].state == "paid" and steps[-1].acted.startswith("auction_buyer:")
    assert f"auction buyer {steps[-1].acted.partition(':')[2]}" in steps.html("en"), "who acted is said by their role"


@pytest.mark.whole
def test_at_the_service_desk_too_the_entry_of_a_document_is_that_of_the_logbook() -> None:
    lab = worlds.looked_at("service")
    number = furthest(lab.look, KINDS["service_papers"])
    assert number
    steps = history(lab.look, number)
    assert steps.headings("zh")[3] == "日志序号" and steps[-1].state == "torn_up"
    assert "已作废" in steps.html("zh") and all(r.entry is None or r.entry > 0 for r in steps)
