"""A day of an e-commerce department, from the orders of the night to the closed till, played by the library's policies for each post."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import NamedTuple

from ..dashboards.declared import DASHBOARDS
from ..kernel.plays import Player
from ..kernel.refusals import Refusal
from ..kernel.table import Table
from ..kernel.texts import Text
from ..lab import Lab
from ..modules.b2c.prologue import own_shop
from ..modules.floor.briefs import staff_for
from ..modules.floor.prologue import at_post
from ..modules.service.prologue import clerks
from ..modules.shop.till import TAKEN

#: The orders of the day that the floor manager tries out, and of that for which the people are reckoned.
RUSH, USUAL = 1500, 1000


class Hour(NamedTuple):
    """A part of the day: when the books moved last in it, what was done, and what it came to."""

    at: str
    text: Text
    table: Table


def day(lab: Lab) -> Iterator[Hour]:
    """Plays the next day of the student's department, part by part."""
    play = lab.player()
    placed = "select count(*) from b2c_order where placed_day is not null"
    before = lab.look.value(placed)
    play.lab.advance(days=1)
    yield _hour(lab, Text("夜里和早上新来 {n} 张订单", "Orders that have come since yesterday: {n}").fill(n=lab.look.value(placed) - before), figures(lab))

    accepted = sum(r.command == "b2c.accept_order" for r in lab.autoplay("shopkeeper"))
    yield _hour(lab, Text("店主受理 {n} 张订单", "The shop owner accepts orders: {n}").fill(n=accepted), _counted(lab, "b2c_order", "b2c"))

    _wait(play, "11:00")
    for clerk in clerks(play):
        play.service.sign_in(clerk, play.password("shopkeeper"))
    for post in ("pre_sale", "desk_supervisor", "pre_sale", "order_printer", "after_sale"):
        lab.autoplay(post)
    text = Text("客服回复来信，主管审批", "The desk answers its customers, and the supervisor decides")
    yield _hour(lab, text, _counted(lab, "service_conversation", "service"))

    for post in ("receiver", "picker", "packer", "floor_clerk", "picker"):
        at_post(play, post)
        lab.autoplay(post)
    text = Text("仓库拣货、扫描、打包，交给快递", "The floor picks, scans and packs, and couriers take the parcels")
    yield _hour(lab, text, _counted(lab, "parcel", "floor"))

    _wait(play, "14:00")
    at_post(play, "floor_manager")
    text = Text("仓库主管试算：一天 {n} 张订单，要多少人", "The floor manager tries out how many people a day of {n:order} takes").fill(n=RUSH)
    yield _hour(lab, text, _rush(play))

    _wait(play, "16:30")
    play.shop.sign_in("cashier", own_shop(play).merchant, play.password("shopkeeper"))
    lab.autoplay("cashier")
    yield _hour(lab, Text("收银员收款、清点、日结", "The cashier takes the money, counts it and closes the till"), _till(lab))

    yield _hour(lab, Text("今日看板", "The dashboard of today"), figures(lab))


def figures(lab: Lab) -> Table:
    """The key figures of the page that a manager opens first: title, value, remark."""
    page = DASHBOARDS["today"].of(lab.look, owner=own_shop(lab.player()).member)
    return Table(("title", "value", "remark"), [(f.label, f.value, f.note) for f in page.figures])


def _wait(play: Player, until: str) -> None:
    """Waits until an hour; on a busy day it is later already."""
    with contextlib.suppress(Refusal):
        play.lab.wait(until=until)


def _hour(lab: Lab, text: Text, table: Table) -> Hour:
    return Hour(f"{lab.look.value('select max(moment) from ledger_entry'):%H:%M}", text, table)


def _counted(lab: Lab, kind: str, module: str) -> Table:
    """How many documents of a kind stand in which state: state, quantity."""
    found = lab.look.table("select state, count(*)::integer as quantity from document where kind = $kind group by 1 order by 2 desc, 1", kind=kind)
    found.module = module
    return found


def _rush(play: Player) -> Table:
    """The people that are enough for a usual day, and those that are enough for the rush, on the day of the rush: people, sent, left_behind."""
    made = [play.floor.run_day(play.floor.plan_staff(orders=RUSH, **staff_for(play.look, orders))) for orders in (USUAL, RUSH)]
    found = Table(("people", "orders", "sent", "left_behind"), [(r["people"], r["orders"], r["sent"], r["left_behind"]) for r in made])
    found.module = "floor"
    return found


def _till(lab: Lab) -> Table:
    """What today's till took in, by way and means: way, means, quantity (of receipts), amount."""
    found = lab.look.table(
        f"""select way, means, count(*)::integer as quantity, sum(amount)::decimal(18,2) as amount from {TAKEN} r
           where day = $day group by all order by 1, 2""",
        day=lab.look.day,
    )
    found.module = "shop"
    return found
