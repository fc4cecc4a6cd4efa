"""How long a bid takes on an auction with few and with many bids before it: it must not depend on them."""

from __future__ import annotations

import datetime
import statistics
import time
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from ..kernel.command import find
from ..kernel.logbook import Header, course_key, seed_for
from ..kernel.rules import RULES
from ..kernel.scenario import scenario
from ..kernel.secrets import Issued
from ..kernel.state import State
from ..modules.c2c.bidders import category_number, scripted_persons, user_name
from .rows import Row


def seconds_per_bid(earlier: Sequence[int] = (10, 10_000), bids: int = 300) -> dict[int, float]:
    """Median seconds for the whole command `c2c.bid` (parsed, in a transaction of its own), by how many bids were there before.

    One world, an auction for each number in `earlier`, two members who outbid each other on all of them in turn.
    """
    state = State(Header("c2c", scenario("c2c").digest, seed_for("bench", course_key()), "bench", "2026-09-01T08:00:00+08:00", "", RULES))
    seller, *bidders = (user_name(scripted_persons(state.look)[i]) for i in (0, 3, 4))
    _do(state, "c2c.sign_in", user_name=seller, password=Issued(f"cast/c2c-{seller}"), signed_in_as="seller")
    auctions = {n: _auction(state, seller, bidders, n) for n in earlier}
    taken: dict[int, list[float]] = {n: [] for n in earlier}
    for i in range(bids):
        bidder = bidders[i % 2]
        _do(state, "c2c.sign_in", user_name=bidder, password=Issued(f"cast/c2c-{bidder}"), signed_in_as="buyer")
        for n, listing in auctions.items():
            maximum = Decimal(n + 2 * i + 10)
            start = time.perf_counter()
            _do(state, "c2c.bid", listing=listing, maximum=maximum)
            taken[n].append(time.perf_counter() - start)
    state.close()
    return {n: statistics.median(t) for n, t in taken.items()}


def _auction(state: State, seller: str, bidders: Sequence[str], earlier: int) -> str:
    """A listing on which the two have outbid each other that often, one CNY a time."""
    ends = state.day + datetime.timedelta(days=10)
    listing: str = _do(
        state, "c2c.list_item", category=category_number(state.look, 0), title="bench", description="bench", start_price="1", ends=ends, fixed_increment="1"
    )
    names = {"even": bidders[0], "odd": bidders[1]}
    state.database.execute(
        """insert into c2c_bid
           select $listing, i, case when i % 2 = 0 then $even else $odd end, i, i, case when i % 2 = 0 then $even else $odd end, false,
                  (select day from clock)::timestamp from range(1, $bids + 1) r(i)""",
        listing=listing, bids=earlier, **names,
    )  # fmt: skip
    state.database.execute(
        "update c2c_listing set bids = $bids, price = $bids, leader = $leader, leader_max = $bids, second_max = $bids - 1 where number = $listing",
        bids=earlier, leader=names["odd" if earlier % 2 else "even"], listing=listing,
    )  # fmt: skip
    return listing


def _do(state: State, name: str, **given: Any) -> Any:
    command = find(name)
    arguments = command.parse(given)
    return state.transact(command, arguments, 1 + len(state.done), state.actor(command), lambda result: None)[0]


def bench_auction() -> Iterator[Row]:
    """A bid on an auction with few and with many bids before it."""
    few, many = (taken := seconds_per_bid()).keys()
    yield Row(f"c2c.bid after {many:,} bids", taken[many], f"after {few:,}: {1 / taken[few]:,.0f} bids/s", taken[few], aim=1.5)
