"""What a command costs, live and replayed, and whether that grows with the logbook."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from ..kernel.command import find
from ..kernel.logbook import course_key
from ..kernel.state import State
from ..kernel.world import World
from .bare import Bare, recorded
from .rows import Row, spent
from .sheet import model


def bench_commands(times: int = 60) -> Iterator[Row]:
    """Each everyday command live (lock, catching up, logbook flushed to disk), replayed, and as bare statements, in turn."""
    sheet = model()
    turn = sheet.everyday()
    with tempfile.TemporaryDirectory() as folder:
        sheet.write(Path(folder))
        world = World.open(folder, sheet.header.student, sheet.header.scenario, course_key())
        replayed, beside = (State(sheet.header, snapshot=world.state.snapshot()) for _ in range(2))
        bare = Bare(beside)
        for name, arguments in turn:
            live, again, alone = [], [], []
            for _ in range(times):
                with recorded(world.state.database) as statements:
                    live.append(spent(partial(call_recorded, world, name, arguments)))
                alone.append(bare.run(statements))
                again.append(spent(partial(replayed.apply, world.entries[-1])))
            per_command = min(alone)
            against = f"its {sum(1 for s, _ in statements if s not in ('begin', 'commit'))} statements, bare"
            yield Row(f"{name} done", min(live), against, per_command, aim=1.2)
            yield Row(f"{name} replayed", min(again), against, per_command)
        world.close()


def call_recorded(world: World, name: str, arguments: dict[str, Any]) -> None:
    """`World.call` with secrets that are digests already: a person's typing is not what is measured."""
    command = find(name)
    edge = command.digest_secrets
    object.__setattr__(command, "digest_secrets", lambda seed, given: given)
    try:
        world.call(name, arguments)
    finally:
        object.__setattr__(command, "digest_secrets", edge)


def bench_replay(few: int = 1000, many: int = 20_000) -> Iterator[Row]:
    """Cost per entry of a short and a long logbook."""
    sheet = model()
    sheet.grow(many)
    cost = {}
    for count in (few, len(sheet.entries)):
        state = State(sheet.header)
        entries = sheet.numbered[:count]
        start = time.perf_counter()
        findings = state.replay(entries)
        cost[count] = (time.perf_counter() - start) / count
        if findings:
            raise RuntimeError(f"the benchmark's own logbook does not replay: {findings[0]}")
        state.close()
    short, long = cost[few], cost[len(sheet.entries)]
    yield Row(f"replay, per entry of {len(sheet.entries):,}", long, f"per entry of {few:,}: {1 / short:,.0f} entries/s", short, aim=1.3)
