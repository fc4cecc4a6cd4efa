"""The business clock and the only time, chance and numbers that a command may use."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest

from ecomlab.books import clock
from ecomlab.lab import Lab
from tests import worlds
from tests.worlds import doing, refused

pytestmark = pytest.mark.usefixtures("understudied")


def test_a_world_begins_on_its_scenarios_day_and_a_student_moves_it(lab: Callable[..., Lab]) -> None:
    world = lab("email")
    assert world.day == datetime.date(2026, 9, 1)
    assert world.advance(days=30) == world.day == datetime.date(2026, 10, 1)


@pytest.mark.parametrize(("days", "code"), [(0, "too_small"), (-1, "too_small"), (401, "too_large"), ("1.5", "count_format"), ("soon", "count_format")])
def test_the_clock_never_goes_back_nor_by_half_days(lab: Callable[..., Lab], days: object, code: str) -> None:
    world = lab("email")
    said = refused(world.advance, days=days)
    assert (said.code, said.field) == (code, "days")
    assert world.day == datetime.date(2026, 9, 1)


def test_every_day_on_the_way_has_its_work_done(lab: Callable[..., Lab], monkeypatch: pytest.MonkeyPatch) -> None:
    days = []
    monkeypatch.setattr(clock, "DAILY", [*clock.DAILY, lambda do: days.append((do.day, do.moment.isoformat()))])
    lab("email").advance(days=3)
    assert days == [(datetime.date(2026, 9, d), f"2026-09-0{d}T08:30:00") for d in (2, 3, 4)]


def test_entries_of_a_day_follow_one_another_by_minutes_and_stay_within_it(lab: Callable[..., Lab]) -> None:
    state = lab("email").world.state
    assert [doing(state, n).moment.time() for n in (1, 2, 100)] == [datetime.time(8, 30), datetime.time(8, 31), datetime.time(10, 9)]
    assert doing(state, 100_000).moment == datetime.datetime(2026, 9, 1, 23, 59, 59)
    assert doing(state, -5).moment == datetime.datetime(2026, 9, 1, 8, 30), "the prologue"


def test_chance_follows_from_seed_and_entry_alone(lab: Callable[..., Lab]) -> None:
    here, there = lab("email").world.state, lab("email", student="s2").world.state
    draws = {(name, n): doing(state, n).random.random() for name, state in (("here", here), ("there", there)) for n in (1, 2)}
    assert len(set(draws.values())) == 4
    assert draws["here", 1] == doing(here, 1).random.random()
    assert here.look.stream("a").random() == here.look.stream("a").random() != here.look.stream("b").random()


def test_numbers_count_up_by_kind_and_carry_the_worlds_mark(lab: Callable[..., Lab]) -> None:
    state = lab("email").world.state
    do = doing(state, 1)
    mark = state.look.mark
    assert [do.number("ZZ"), do.number("ZZ"), do.number("YY")] == [f"ZZ-{mark}-0001", f"ZZ-{mark}-0002", f"YY-{mark}-0001"]
    assert len(mark) == 4 and mark.isdigit()


def test_who_waits_goes_on_later_the_same_day_and_never_back(lab: Callable[..., Lab]) -> None:
    world = lab("email")
    assert world.wait(until="14:00") == datetime.datetime(2026, 9, 1, 14)
    assert world.wait(until="14:01") == datetime.datetime(2026, 9, 1, 14, 1), "every entry takes a minute"
    for until, code in (("9:00", "time_past"), ("14:01", "time_past"), ("24:00", "time_format"), ("later", "time_format"), ("", "text_empty")):
        said = refused(world.wait, until=until)
        assert (said.code, said.field) == (code, "until")
    assert world.day == datetime.date(2026, 9, 1) and len(world.world.entries) == 2, "what is refused leaves no trace"
    world.advance()
    assert world.wait(until="08:31") == datetime.datetime(2026, 9, 2, 8, 31), "a new day begins in the morning"


def test_a_world_in_which_somebody_waited_replays_to_the_same_minute(lab: Callable[..., Lab], tmp_path: Path) -> None:
    world = lab("email")
    for until in ("12:00", "17:30"):
        world.wait(until=until)
    world.undo()
    world.wait(until="22:00")
    again = worlds.opened(tmp_path / "again", world.world.path)
    with again.world.firsthand() as state:
        assert state.digest() == world.world.state.digest()
        assert doing(state, 5).moment == doing(world.world.state, 5).moment == datetime.datetime(2026, 9, 1, 22, 1)


def test_a_student_begins_in_the_morning_however_long_the_prologue_was(lab: Callable[..., Lab]) -> None:
    world = lab("analytics")
    assert doing(world.world.state, 1).moment.time() == datetime.time(8, 30)
