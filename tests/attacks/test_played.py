"""What the library has done earns nothing: neither under its mark, nor as the cast, whose members order, pay and bid within a student's own commands."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ecomlab.books.documents import moved
from ecomlab.grading import grade
from ecomlab.kernel.doing import AUTO
from ecomlab.kernel.evidence import Evidence
from ecomlab.kernel.logbook import hash_line, survey
from ecomlab.kernel.plays import PLAYS
from tests import golden, worlds


@pytest.mark.parametrize("scenario", worlds.each_scenario("email", "lgs", "c2c", "b2c"))
def test_a_whole_work_under_the_librarys_mark_earns_nothing(scenario: str, tmp_path: Path) -> None:
    read = survey(golden.FOLDER / f"{scenario}.jsonl")
    lines = [read.header.line()]
    for _, entry in read.entries:
        lines.append(replace(entry, by=entry.by.removesuffix(AUTO) + AUTO, prev=hash_line(lines[-1])).line())
    path = tmp_path / "logbook.jsonl"
    path.write_text("\n".join([*lines, ""]), "utf-8")
    assert {(t.task.code, g.name) for t in grade(path).tasks for g in t.goals if g.met} == set()


def test_orders_of_the_cast_are_nobodys_work(tmp_path: Path) -> None:
    """Customers order when a shop opens, within the owner's own command: no order is the student's until the student orders something."""
    shop = worlds.opened(tmp_path, worlds.model("b2c", codes=("B2C001", "B2C002", "B2C003", "B2C004")))
    assert shop.look.value("select 1 from document_history where state = 'placed' and entry > 0") == 1
    assert moved(Evidence(shop.world.state.look, shop.world.state.done, "B2C027"), "b2c_order", "placed") == []
    assert shop.check("B2C027").points == 0
    PLAYS["B2C027"](shop.player())
    assert shop.check("B2C027").points == 2
