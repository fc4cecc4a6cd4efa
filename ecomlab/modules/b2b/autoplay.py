"""How the library plays a counterparty: `lab.autoplay("supplier")`, `lab.autoplay("purchaser")`.

The policies are fixed and use public commands only; what they cannot do, such as entering a PIN, is left to the student.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ...kernel.plays import Player, autoplays
from .negotiations import TERMS


@autoplays(
    "supplier",
    "对每张询价单按目录价报价；采购商已同意且条款完整的洽谈单，各商品价格不低于目录价九成即同意；以注册时的证书签署合同；"
    "采购订单由编号最小、货物齐全的仓库受理，采购商账户余额不足或没有一个仓库齐货的退回；已确认的订单整单发货。",
    "Quotes every request at the list price; agrees to complete terms that the purchaser has agreed to, if no price is below nine tenths of the "
    "list price; signs contracts with the certificate it registered with; accepts an order from the first warehouse, by number, that has all of "
    "the goods, and rejects one that its purchaser's account does not cover or that no warehouse can fill; sends every confirmed order whole.",
)
def _supplier(play: Player) -> None:
    me = play.look.sessions("supplier")[0]
    for inquiry in _mine(play, "b2b_inquiry", "supplier", me, "inquired"):
        prices = play.look.all(
            """select l.product, o.list_price from b2b_line l join b2b_offer o on o.product = l.product and o.supplier = $me
               where l.document = $n and l.version = 0 order by 1""",
            n=inquiry, me=me,
        )  # fmt: skip
        play.b2b.quote(inquiry, [{"product": r.product, "price": r.list_price} for r in prices])
    for number in _mine(play, "b2b_negotiation", "supplier", me, "one_agrees"):
        low = play.look.value(
            """select count(*) from b2b_negotiation n join b2b_line l on l.document = n.number and l.version = n.version
               join b2b_offer o on o.product = l.product and o.supplier = n.supplier where n.number = $n and l.price < o.list_price * $share""",
            n=number, share=Decimal("0.9"),
        )  # fmt: skip
        if not low and _agreeable(play, number, "agreed_by_supplier"):
            play.b2b.agree_as_supplier(number)
    for number in _unsigned(play, "supplier", me):
        play.b2b.sign_as_supplier(number, _certificate(play, me))
    for order in _mine(play, "b2b_order", "supplier", me, "placed"):
        warehouse = play.look.value(
            """select w.number from lgs_warehouse w where w.status = 'in_use' and not exists (
                   select 1 from b2b_order_line l left join stock_level s on s.owner = $me and s.place = w.number and s.product = l.product
                   where l.number = $n and coalesce(s.on_hand - s.reserved, 0) < l.quantity) order by 1 limit 1""",
            n=order, me=me,
        )  # fmt: skip
        if not play.b2b.credit_check(order)[0].covered:
            play.b2b.reject_order(order, "银行账户余额不足 Not covered by your account")
        elif warehouse is None:
            play.b2b.reject_order(order, "库存不足 Not enough in stock")
        else:
            play.b2b.accept_order(order, warehouse)
    for order in _mine(play, "b2b_order", "supplier", me, "confirmed", "part_delivered"):
        sales = play.look.one("select d.number, d.state from b2b_order o join document d on d.number = o.sales_order where o.number = $n", n=order)
        if sales.state == "to_send":
            play.b2b.send_order(sales.number)


@autoplays(
    "purchaser",
    "对每张报价开洽谈单；供应商已同意且条款完整的洽谈单即同意；以注册时的证书签署合同；确认每张已受理的订单。付款需要支付密码，留给学生自己完成。",
    "Opens a negotiation on every quotation; agrees to complete terms that the supplier has agreed to; signs contracts with the certificate it "
    "registered with; confirms every accepted order. Paying needs the PIN and is left to the student.",
)
def _purchaser(play: Player) -> None:
    me = play.look.sessions("purchaser")[0]
    for inquiry in _mine(play, "b2b_inquiry", "purchaser", me, "quoted"):
        play.b2b.open_negotiation(inquiry)
    for number in _mine(play, "b2b_negotiation", "purchaser", me, "one_agrees"):
        if _agreeable(play, number, "agreed_by_purchaser"):
            play.b2b.agree_as_purchaser(number)
    for number in _unsigned(play, "purchaser", me):
        play.b2b.sign_as_purchaser(number, _certificate(play, me))
    for order in _mine(play, "b2b_order", "purchaser", me, "accepted"):
        play.b2b.confirm_order(order)


def _mine(play: Player, table: str, side: str, me: str, *states: str) -> list[str]:
    rows = play.look.all(
        f"select number from {table} t join document d using (number) where t.{side} = $me and list_contains($states, d.state) order by number",
        me=me, states=list(states),
    )  # fmt: skip
    return [r.number for r in rows]


def _agreeable(play: Player, number: str, own: str) -> bool:
    """Whether the terms are complete, in time, and agreed to by the other side only."""
    row: Any = play.look.one(
        """select n.agreed_by_purchaser, n.agreed_by_supplier, t.* from b2b_negotiation n join b2b_terms t on t.negotiation = n.number
           and t.version = n.version where n.number = $n""",
        n=number,
    )
    return not getattr(row, own) and all(getattr(row, name) for name in TERMS) and row.delivery_day >= play.look.day


def _unsigned(play: Player, side: str, me: str) -> list[str]:
    signed = {r.contract for r in play.look.all("select contract from b2b_signature where member = $me", me=me)}
    return [n for n in _mine(play, "b2b_contract", side, me, "unsigned", "one_signature") if n not in signed]


def _certificate(play: Player, me: str) -> str:
    return str(play.look.value("select certificate from b2b_member where member = $me", me=me))
