"""How the model student does each task, in the names of the four who work in the department."""

from __future__ import annotations

import calendar
import datetime
from decimal import Decimal
from typing import Any

from ...books.images import sample
from ...kernel.plays import Player, plays
from ..b2c.prologue import own_shop
from ..ebank.prologue import own_customer
from . import briefs
from .prologue import come, number_of


def _come(play: Player, *employees: str) -> None:
    """Those who do a task sign in, if they have not yet."""
    for who in employees:
        come(play, who)


def _order(play: Player, shopper: str, *kinds: str, skip: int = 0) -> Any:
    """A shipped order of a customer, of which nothing came back and that no slip or refund is about: number, amount, product, pieces."""
    return play.look.all(
        """select o.number, o.amount, any_value(l.product) as product, sum(l.quantity)::integer as pieces
           from b2c_order o join document d using (number) join b2c_order_line l using (number)
           where o.merchant = $m and o.shopper = $s and d.state = 'shipped' and list_contains($kinds, o.payment_kind)
             and not exists (select 1 from b2c_return r where r.web_order = o.number)
           group by all order by o.number""",
        m=own_shop(play).merchant, s=shopper, kinds=list(kinds),
    )[skip]  # fmt: skip


def _approve(play: Player, about: str) -> None:
    play.finance.approvals()
    play.finance.decide(play.look.value("select number from approval where about = $n order by number desc limit 1", n=about), "approved")


def _paying(play: Player) -> tuple[str, Any]:
    return own_customer(play, "corporate").account, play.pin("corporate")


@plays("FIN001")
def _sales_slip(play: Player) -> None:
    _come(play, "clerk", "finance", "stock")
    order = _order(play, play.brief("FIN001")["shopper"], "online")
    slip = play.finance.make_slip(order.number)
    for colour, to in (("red", "customer"), ("yellow", "finance"), ("green", "warehouse")):
        play.finance.hand_copy(slip, colour, to)
    play.finance.file_copy(slip, "white")
    play.finance.file_copy_in_finance(slip, "yellow")
    play.finance.file_copy_in_stock(slip, "green")
    play.finance.slip_copies()


@plays("FIN002")
def _stock_slips(play: Player) -> None:
    _come(play, "stock")
    order = _order(play, play.brief("FIN002")["shopper"], "online")
    back = play.look.value(
        """select r.number from b2c_return r join document d using (number) join b2c_order o on o.number = r.web_order
           where o.merchant = $m and o.shopper = $s and d.state = 'refunded' and r.handling <> 'kept' order by 1 limit 1""",
        m=own_shop(play).merchant, s=play.brief("FIN002")["returning"],
    )  # fmt: skip
    for slip in (play.finance.make_issue_slip(order.number), play.finance.make_return_slip(back)):
        play.finance.hand_copy_from_stock(slip, "red", "finance")
        play.finance.hand_copy_from_stock(slip, "yellow", "ecommerce")
        play.finance.file_copy_in_stock(slip, "white")
        play.finance.file_copy_in_stock(slip, "green")
    play.finance.copies_in_stock()


@plays("FIN003")
def _with_goods(play: Player) -> None:
    _come(play, "clerk", "stock", "manager", "finance")
    order = _order(play, play.brief("FIN003")["shopper"], "online", skip=1)
    goods = [{"product": order.product, "quantity": order.pieces}]
    request = play.finance.request_refund(order.number, "with_goods", "尺寸不符 Wrong size", goods)
    play.finance.confirm_goods_back(request, "restocked")
    _approve(play, request)
    play.finance.pay_refund(request)
    play.finance.refund_delay()


@plays("FIN004")
def _money_only(play: Player) -> None:
    _come(play, "clerk", "manager", "finance")
    asked = play.brief("FIN004")
    order = _order(play, asked["shopper"], "online")
    request = play.finance.request_refund(order.number, "money_only", "补差价 Price difference", amount=asked["amount"])
    _approve(play, request)
    play.finance.pay_refund(request)


@plays("FIN005")
def _float(play: Player) -> None:
    _come(play, "clerk", "manager", "finance")
    number = play.finance.ask_float(play.brief("FIN005")["amount"], "小额赔付 Small compensations")
    _approve(play, number)
    play.finance.grant_float(number, *_paying(play))
    play.finance.floats()


def _own_float(play: Player, *states: str) -> str:
    return str(
        play.look.value(
            """select f.number from finance_float f join document d using (number) where f.clerk = $me and list_contains($states, d.state)
               order by 1 desc limit 1""",
            me=number_of(play.look, "clerk"),
            states=list(states),
        )  # fmt: skip
    )


@plays("FIN006")
def _compensate(play: Player) -> None:
    _come(play, "clerk")
    fund, order = _own_float(play, "granted", "in_use"), _order(play, play.brief("FIN006")["shopper"], "payment_platform")
    for paid in briefs.compensations(play.look):
        proof = {"picture": sample(60, 40, (160, 60, 40))} if paid.cause == "broken" else {"receipt": f"{paid.cause} {play.look.mark} {paid.amount}"}
        play.finance.compensate(fund, order.number, paid.cause, paid.amount, "顾客来电反映 Reported by phone", **proof)
    play.finance.record_sheet(fund)


@plays("FIN007")
def _account(play: Player) -> None:
    _come(play, "finance", "clerk")
    fund = play.look.value("select number from finance_float where clerk = $c order by 1 limit 1", c=number_of(play.look, "colleague"))
    sheet = play.finance.sheet_in_finance(fund)
    right = None
    for row in sheet:
        said = row.note.rpartition("：")[2]
        if row.cause == "postage" and Decimal(said) != row.amount:
            right = Decimal(said)
            play.finance.send_back(row.number, "收据金额与登记不符 The receipt says another amount")
            play.finance.vouch(row.number, amount=right)
        play.finance.accept_voucher(row.number)
    play.finance.account_for_float(fund)


@plays("FIN008")
def _renew(play: Player) -> None:
    _come(play, "clerk", "finance", "manager")
    fund = play.finance.hand_in(_own_float(play, "in_use"))
    for row in play.finance.sheet_in_finance(fund):
        play.finance.accept_voucher(row.number)
    play.finance.account_for_float(fund)
    month = f"{play.look.day:%Y-%m}"
    play.report.operating_results(start=play.look.day.replace(day=1), end=play.look.day)
    sales = play.look.value(
        "select sum(revenue)::decimal(18,2) from sale_line where seller = $c and strftime(day, '%Y-%m') = $m", c=own_shop(play).member, m=month
    )
    number = play.finance.renew_float(fund, play.brief("FIN008")["amount"], "销售增长 Sales have grown", sales)
    _approve(play, number)
    play.finance.grant_float(number, *_paying(play))


@plays("FIN009")
def _import(play: Player) -> None:
    _come(play, "finance")
    _statement(play)


def _statement(play: Player) -> str:
    number: str = play.finance.request_statement("payment_platform")["statement"]
    play.finance.import_statement(number, play.finance.statement_file(number)[0].content.encode())
    return number


def _matched(play: Player, number: str) -> None:
    play.finance.match(number)
    for row in play.look.all("select * from finance_difference where statement = $n order by line", n=number):
        cause = "wrong_amount" if row.stated and row.booked else "channel_fee" if row.stated else "refund_in_transit"
        play.finance.explain_difference(number, str(row.line), cause)
    play.finance.reconciliation(number)


@plays("FIN010")
def _match(play: Player) -> None:
    _come(play, "finance")
    _matched(play, play.look.value("select s.number from finance_statement s join document d using (number) where d.state = 'imported' order by 1 limit 1"))


@plays("FIN011")
def _wires(play: Player) -> None:
    _come(play, "finance")
    asked, postage = play.brief("FIN011"), briefs.wire(play.look)["postage"]
    for row in play.finance.wire_list():
        if not row.state and row.amount == asked["unknown"]:
            play.finance.ask_about(row.transaction, "已致电顾客询问用途 Asked the customer by phone")
        elif not row.state and row.name == asked["customer"]:
            order = play.look.value(
                """select o.number from b2c_order o where o.merchant = $m and o.shopper = $s and o.payment_kind = 'cash_on_delivery' and o.amount = $a
                   and o.shipped_day is not null order by 1 limit 1""",
                m=own_shop(play).merchant, s=asked["shopper"], a=row.amount - postage,
            )  # fmt: skip
            if order:
                play.finance.apply_wire(row.transaction, order, postage)


@plays("FIN012")
def _ask_fee(play: Player) -> None:
    _come(play, "clerk", "manager")
    asked, day = play.brief("FIN012"), play.look.day
    plan = "目标：新增顾客。方式：站内搜索广告。负责人：电商专员。 Aim: new customers. Means: search ads on the mall. By: the e-commerce clerk."
    number = play.finance.request_fee(asked["promotion"], plan, day, day + datetime.timedelta(days=14), asked["budget"])
    _approve(play, number)


@plays("FIN013")
def _spend(play: Player) -> None:
    _come(play, "finance", "clerk")
    asked = play.brief("FIN013")
    fee = play.look.value("select f.number from finance_fee f join document d using (number) where d.state = 'approved' order by 1 desc limit 1")
    play.finance.advance_fee(fee, asked["advance"], *_paying(play))
    play.finance.spend(fee, asked["payee"], "0001", asked["first"])
    play.finance.spend(fee, asked["payee"], "0002", asked["second"])
    play.finance.return_rest(fee)
    play.finance.fees()


@plays("FIN014")
def _month(play: Player) -> None:
    _come(play, "finance", "manager")
    month = play.brief("FIN014")["month"]
    end = datetime.date(int(month[:4]), int(month[5:]), calendar.monthrange(int(month[:4]), int(month[5:]))[1])
    if play.look.day < end:
        play.lab.advance((end - play.look.day).days)
    _matched(play, _statement(play))
    for row in play.finance.wire_list():
        if not row.state:
            play.finance.ask_about(row.transaction, "已请顾客说明用途 The customer was asked what it is for")
    play.finance.month_sheet(month)
    _approve(play, play.finance.sign_month(month))
    play.finance.months()
