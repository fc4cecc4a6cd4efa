"""What always holds at the desk."""

from __future__ import annotations

from ...kernel.audit import invariant
from ...kernel.doing import Looking


@invariant("service_refunds", "退款不超过顾客的付款", "No refund is above what the customer paid")
def _refunds(look: Looking) -> list[str]:
    rows = look.all(
        """select x.number, x.paid_amount, x.amount, d.state from service_case x join document d using (number)
           where (d.state = 'refunded') <> (x.amount is not null) or x.amount > (
               select o.amount from b2c_order o where o.number = x.web_order) order by 1"""
    )
    return [f"{r.number} is {r.state}: paid {r.paid_amount}, refunded {r.amount}" for r in rows]


@invariant("service_void", "作废的订单没有包裹在外", "A voided order has no parcel and no papers that count")
def _void(look: Looking) -> list[str]:
    rows = look.all(
        """select o.number, x.state from b2c_order o join document d using (number) join service_papers p on p.web_order = o.number
           join document x on x.number = p.number
           where x.state <> 'torn_up' and (d.state = 'cancelled' or exists (
               select 1 from service_case c join document y on y.number = c.number
               where c.web_order = o.number and c.return_entry is null and y.state in ('opened', 'checked', 'refunded'))) order by 1"""
    )
    return [f"{r.number} is void, its papers are {r.state}" for r in rows]


@invariant(
    "service_parcels",
    "取回的包裹都重新发出或放回货架，发出的都不在客服台",
    "Every parcel that was fetched back is sent again, is still at the desk, or has its goods on the shelf; what is at the desk is not shipped",
)
def _parcels(look: Looking) -> list[str]:
    rows = look.all(
        """select p.number, x.state, d.state as ordered from service_papers p join document x using (number) join document d on d.number = p.web_order
           where (x.state = 'torn_up' and p.packed is not null and p.put_back is null) or (x.state = 'fetched_back' and d.state in ('shipped', 'returned'))
              or (p.put_back is not null and x.state not in ('fetched_back', 'torn_up')) order by 1"""
    )
    return [f"{r.number} is {r.state}, its order {r.ordered}" for r in rows]


@invariant("service_papers_once", "一个订单最多有一套有效单据", "An order has at most one set of papers that counts")
def _once(look: Looking) -> list[str]:
    rows = look.all(
        "select p.web_order, count(*) as n from service_papers p join document d using (number) where d.state <> 'torn_up' group by all having n > 1 order by 1"
    )
    return [f"{r.web_order}: {r.n} sets of papers" for r in rows]


@invariant("service_registered", "分拣前退货都已登记", "A return is registered before it is sorted")
def _registered(look: Looking) -> list[str]:
    rows = look.all(
        """select t.number from service_return t join document d using (number)
           where d.state in ('restocked', 'defective') and (t.registered is null or t.seen_waybill is null or not exists (
               select 1 from service_return_line l where l.number = t.number)) order by 1"""
    )
    return [r.number for r in rows]


@invariant("service_gifts", "账上的赠品就是随订单送出的赠品", "Gifts in the books are those that went with an order")
def _gifts(look: Looking) -> list[str]:
    rows = look.all(
        """select c.number, coalesce(c.gift_cost, 0) as said, coalesce(-sum(v.value), 0) as moved from service_conversation c
           left join stock_movement v on v.document = c.number and v.kind <> 'rounding'
           group by all having said <> moved order by 1"""
    )
    return [f"{r.number}: {r.said} in the talk, {r.moved} in the stock" for r in rows]
