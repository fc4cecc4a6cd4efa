"""Postage: what a shop asks for the delivery, by its courier's tariff or free from a sum on; and its part of the sale.

A shop that has said nothing delivers free of postage. Postage is part of the price of the goods that it was charged with (价外费用, 增值税法, article
17), so it is revenue, and taxed at their rates. It is not given back with goods that come back; an order that is called off before it is shipped is
refunded with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, NamedTuple

from ...books import sales
from ...books.cast import companies
from ...books.courier import tariff
from ...books.members import named
from ...kernel.audit import invariant
from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Money, Ref
from .kinds import WEB_ORDER
from .members import SHOPKEEPER, SHOPPER, own, shop_of

FREE_ALREADY = refusal(
    "free_already", "本店不收邮费，没有什么可取消。要收邮费，请先设置。", "Your shop charges no postage to end. To charge it, choose a courier first."
)

Courier = Annotated[Ref, Ask("快递公司", "Courier", choose="b2c.couriers")]


class Charged(NamedTuple):
    """The postage of an order, as `b2c_order_postage` has it. postage: CNY, with tax."""

    courier: str
    tariff_zone: str
    weight_g: int
    postage: Decimal
    free_from: Decimal | None


@choices("b2c.couriers")
def _couriers(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    return list(tariff.couriers(look).items())


@command(role=SHOPKEEPER, title=("设置邮费", "Charge postage"))
def charge_postage(
    do: Doing,
    courier: Courier,
    free_from: Annotated[
        Money | None,
        Ask(
            "满多少元包邮（含税）", "Free from, tax included", ge="0.01", le="1000000", unit=Text("元", "CNY"),
            help=Text("不填则一律收邮费", "Leave empty to charge it always"),
        ),
    ] = None,
) -> str:
    """Charges customers what a courier asks for the way and the weight, unless their goods come to `free_from`; gives the courier.

    It holds for orders whose delivery is chosen from now on. Goods that the customer collects bear none.
    """
    tariff.rate(do, courier, "local", "courier")
    do.execute(
        "insert into b2c_postage_rule values ($m, $courier, $free_from) on conflict do update set courier = excluded.courier, free_from = excluded.free_from",
        m=do.actor, courier=courier, free_from=free_from,
    )  # fmt: skip
    return courier


@command(role=SHOPKEEPER, title=("取消邮费", "End postage"))
def end_postage(do: Doing) -> str:
    """Delivers free of postage from now on; gives the courier by whose tariff it was charged."""
    ended: str | None = do.value("delete from b2c_postage_rule where merchant = $m returning courier", m=do.actor)
    if ended is None:
        raise FREE_ALREADY()
    return ended


@query(role=SHOPPER, title=("查看邮费", "View the postage"))
def postage(do: Doing, order: Annotated[Ref, Ask("订单", "Order", choose="b2c.own_orders")]) -> Table:
    """How the postage of one of your orders comes about: courier, name, tariff_zone, weight_g, postage, free_from (empty where it is never free).

    No row where the shop charges none, and before delivery and recipient are known.
    """
    own(do, WEB_ORDER, "b2c_order", order, "order", "shopper")
    names = tariff.couriers(do)
    rows = do.all("select courier, tariff_zone, weight_g, postage, free_from from b2c_order_postage where number = $n", n=order)
    return Table(
        ("courier", "name", "tariff_zone", "weight_g", "postage", "free_from"),
        [(r.courier, names[r.courier], r.tariff_zone, r.weight_g, r.postage, r.free_from) for r in rows],
    )


def sender_of(look: Looking, merchant: str) -> str:
    """The city that a shop's parcels leave from: its company's, among the companies of the world; '' for one that is not among them."""
    return city_of(look, named(look, shop_of(look, merchant).member).uscc)


def city_of(look: Looking, uscc: str) -> str:
    """The city of the company of the world that has this credit code; '' where none has it."""
    return next((c.city for c in companies(look) if c.uscc == uscc), "")


def weight_of(look: Looking, order: str) -> int:
    """What the goods of an order weigh, in grams."""
    return int(look.value("select sum(l.quantity * p.weight_g) from b2c_order_line l join product p on p.gtin = l.product where l.number = $n", n=order))


def reckon(do: Doing, order: str) -> None:
    """Makes an order come to its goods and the postage, as far as it is known where they go. Refuses 'parcel_too_heavy'."""
    row = do.one("select * from b2c_order where number = $n", n=order)
    rule = do.one("select * from b2c_postage_rule where merchant = $m", m=row.merchant)
    before = do.value("delete from b2c_order_postage where number = $n returning postage", n=order) or Decimal("0.00")
    goods = row.amount - before
    charged = _charge(do, row, rule, goods) if rule and row.deliver_to and row.delivery_kind not in (None, "pick_up") else Decimal("0.00")
    if charged != before:
        do.execute("update b2c_order set amount = $amount where number = $n", amount=goods + charged, n=order)


def _charge(do: Doing, row: Any, rule: Any, goods: Decimal) -> Decimal:
    found = quoted(do, rule, sender_of(do, row.merchant), row.deliver_to, weight_of(do, row.number), goods)
    do.insert("b2c_order_postage", [(row.number, *found)])
    return found.postage


def quoted(look: Looking, rule: Any, sender: str, address: str, weight_g: int, goods: Decimal) -> Charged:
    """What a shop with a postage rule (its row) asks for goods of an amount and a weight. sender: see `sender_of`. Refuses 'parcel_too_heavy'."""
    asked = tariff.quotes(look, sender, address, weight_g, "order")
    rate, price = next(found for found in asked if found[0].courier == rule.courier)
    return Charged(rule.courier, rate.zone, weight_g, tariff.postage(price, goods, rule.free_from), rule.free_from)


def asked(look: Looking, merchant: str, address: str, goods: Sequence[tuple[str, int]], amount: Decimal) -> Decimal:
    """What a shop would ask to send goods, of (product, pieces), that come to an amount. Refuses 'parcel_too_heavy'."""
    rule = look.one("select * from b2c_postage_rule where merchant = $m", m=merchant)
    if rule is None:
        return Decimal("0.00")
    weights = {r.gtin: r.weight_g for r in look.all("select gtin, weight_g from product where list_contains($p, gtin)", p=[p for p, _ in goods])}
    weight = sum(weights[product] * pieces for product, pieces in goods)
    return quoted(look, rule, sender_of(look, merchant), address, weight, amount).postage


def charged(look: Looking, order: str) -> Decimal:
    """The postage in what an order comes to, CNY, with tax."""
    found: Decimal | None = look.value("select postage from b2c_order_postage where number = $n", n=order)
    return found or Decimal("0.00")


def items(look: Looking, order: str, goods: Sequence[sales.Item]) -> list[sales.Item]:
    """The postage of an order as a line of its sale, taxed as the goods (gross, as `goods`) are; none where none was charged."""
    amount = charged(look, order)
    return [parted(look, amount, goods)] if amount else []


def parted(look: Looking, amount: Decimal, goods: Sequence[sales.Item], rates: Mapping[str, Decimal] | None = None) -> sales.Item:
    """Postage of an amount for goods (gross) as what is sold: its revenue, and the tax in it at the rates of the goods (as for `sales.gross_priced`)."""
    shares = sales.share_out(amount, [g.revenue for g in goods])
    taxed = sales.gross_priced(look, [sales.Item(share, g.product) for share, g in zip(shares, goods, strict=True)], rates=rates)
    tax = sum((t.tax for t in taxed), Decimal("0.00"))
    return sales.Item(amount - tax, tax=tax)


@invariant("b2c_comes_to", "网上订单的金额等于各行金额与邮费之和", "A web order comes to its lines and its postage")
def _comes_to(look: Looking) -> list[str]:
    return [
        f"{r.number}: {r.amount}, lines {r.goods}, postage {r.postage}"
        for r in look.all(
            """select o.number, o.amount, sum(l.amount) as goods, coalesce(any_value(p.postage), 0) as postage
               from b2c_order o join b2c_order_line l using (number) left join b2c_order_postage p using (number)
               group by o.number, o.amount having o.amount <> goods + coalesce(any_value(p.postage), 0) order by o.number"""
        )
    ]

