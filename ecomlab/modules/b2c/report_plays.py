"""How the model student does the report tasks, through public commands: the report, and the figure read off its rows."""

from __future__ import annotations

import datetime
from typing import Any

from ...kernel.plays import Player, plays
from ...kernel.table import Table
from .prologue import fulfil, own_shop, receive_delivery
from .report_checks import TASKS


def _total(table: Table, figure: str) -> str:
    """The figure that a report shows: the total of a column, or the amount of a line of the operating results."""
    if "result_line" in table.columns:
        return str(next(r.amount for r in table if r.result_line == figure))
    return str(sum(getattr(r, figure) for r in table))


def _report(play: Player, code: str) -> None:
    name, asked = TASKS[code][0], play.brief(code)
    make: Any = getattr(play.report, name)
    conditions = {k: asked[k] for k in ("start", "by") if asked[k] and name not in ("payables", "receivables")}
    play.report.answer(code, _total(make(**conditions), asked["figure"]))


@plays("B2C018")
def _stock_movement(play: Player) -> None:
    _report(play, "B2C018")


@plays("B2C019")
def _operating_results(play: Player) -> None:
    _report(play, "B2C019")


@plays("B2C020")
def _cost(play: Player) -> None:
    _report(play, "B2C020")


@plays("B2C021")
def _profit(play: Player) -> None:
    _report(play, "B2C021")


@plays("B2C022")
def _payables(play: Player) -> None:
    if not play.report.payables():
        shop = own_shop(play)
        product = play.look.value("select min(product) from b2c_product where merchant = $m", m=shop.merchant)
        supplier = play.b2c.wholesale(product)[0].supplier
        goods = [{"product": product, "quantity": 12}]
        number = play.b2c.new_purchase(supplier, goods, "by_supplier", "on_account", play.look.day + datetime.timedelta(days=1))
        play.b2c.confirm_purchase(number)
        receive_delivery(play, number)
    _report(play, "B2C022")


@plays("B2C023")
def _receivables(play: Player) -> None:
    for _ in range(30):
        if play.report.receivables():
            break
        if not _ship_on_credit(play):
            play.lab.advance(days=1)
    _report(play, "B2C023")


def _ship_on_credit(play: Player) -> bool:
    """Ships an order whose money comes later, at the door or through the platform; whether there was one."""
    order = play.look.value(
        """select o.number from b2c_order o join document d using (number)
           where o.merchant = $m
             and ((o.payment_kind = 'cash_on_delivery' and d.state = 'placed') or (o.payment_kind = 'payment_platform' and d.state = 'paid'))
           order by 1 limit 1""",
        m=own_shop(play).merchant,
    )
    if order is None:
        return False
    fulfil(play, order)
    return True
