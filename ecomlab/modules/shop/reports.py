"""What the department reads off its books: when a sale counts by the money and when by the goods, and by which way the money came."""

from __future__ import annotations

from decimal import Decimal

from ...books.cast import own_company
from ...books.periods import FromDay, ToDay, check_period, within
from ...kernel.command import query
from ...kernel.doing import AUTO, Doing, Looking
from ...kernel.table import Table
from ..b2c.sent_postage import POSTAGE
from .staff import CASHIER, OPERATOR

#: The number of the entry that brought a document into a state (`h`): those of a prologue are below 1, and those of the library are marked.
_ENTRY = f"if(ends_with(h.acted, '{AUTO}'), -h.entry, h.entry)"

#: Sales by receipt: a sale counts when its money has come to the shop, and a refund when it goes. By shipment: when the goods leave, as revenue does;
#: the price with its tax in both. What the two differ by is what customers have paid in advance, less what is still to come for shipped goods.
#: What is refunded before its money has come, by the platform or because it is not collected at the door, never was the shop's.
SALES_BY_RECEIPT = f"""
    with came as (
        select p.web_order, p.payment_kind, p.amount, p.banked_day as day, {_ENTRY} as entry
        from b2c_payment p join b2c_order o on o.number = p.web_order join document_history h on h.document = p.number
        where o.merchant = $m and h.state = 'banked'
    ), went as (
        select r.web_order, r.amount, r.refunded_day as day, {_ENTRY} as entry
        from b2c_return r join b2c_order o on o.number = r.web_order join document_history h on h.document = r.number
        where o.merchant = $m and h.state = 'refunded'
    ), moved as (
        select day, amount as money_in, 0::decimal(18,2) as money_back, 0::decimal(18,2) as goods_out, 0::decimal(18,2) as goods_back from came
        union all
        select c.day, -w.amount, 0, 0, 0 from came c join went w using (web_order) where c.payment_kind = 'payment_platform' and w.entry < c.entry
        union all
        select w.day, 0, w.amount, 0, 0 from came c join went w using (web_order) where w.entry > c.entry
        union all
        select l.day, 0, 0, if(l.quantity > 0, l.revenue + l.tax, 0), if(l.quantity > 0, 0, -l.revenue - l.tax)
        from sale_line l join b2c_merchant m on m.member = l.seller where m.merchant = $m and l.channel = 'b2c'
    )
    select day, sum(money_in)::decimal(18,2) as money_in, sum(money_back)::decimal(18,2) as money_back, sum(goods_out)::decimal(18,2) as goods_out,
           sum(goods_back)::decimal(18,2) as goods_back, sum(money_in - money_back - goods_out + goods_back)::decimal(18,2) as difference
    from moved where {within("day")} group by day order by day"""

#: What came in by which way, what was put on store cards, and the postage that came along beside the price. What a store card pays came in before.
RECEIPTS_BY_WAY = f"""
    select day, sum(if(way in ('at_shop', 'post_remittance'), amount, 0))::decimal(18,2) as at_shop,
           sum(if(way = 'cash_on_delivery', amount, 0))::decimal(18,2) as cash_on_delivery,
           sum(if(way in ('bank_transfer', 'online'), amount, 0))::decimal(18,2) as bank_transfer,
           sum(if(way = 'payment_platform', amount, 0))::decimal(18,2) as payment_platform,
           sum(if(way = 'cheque', amount, 0))::decimal(18,2) as cheque,
           sum(if(way = 'card_money', amount, 0))::decimal(18,2) as store_cards, sum(amount)::decimal(18,2) as amount, sum(postage)::decimal(18,2) as postage
    from (
        select p.paid_day as day, p.payment_kind as way, p.amount, 0::decimal(18,2) as postage from b2c_payment p join b2c_order o on o.number = p.web_order
        join document d on d.number = p.number where o.merchant = $m and d.state <> 'paid_back' and p.payment_kind <> 'store_card'
        union all
        select r.day, 'card_money', r.amount, 0 from shop_card_receipt r join shop_store_card c on c.number = r.store_card where c.merchant = $m
        union all
        select e.day, 'postage', 0, -g.amount from ledger_entry e join posting g on g.entry = e.number join b2c_merchant m on m.member = g.owner
        where m.merchant = $m and g.account = '2241' and g.sub = '{POSTAGE}' and g.amount < 0) came
    where {within("day")} group by day order by day"""


@query("SHOP014", role=OPERATOR, title=("查看收款销售额", "View sales by receipt"))
def sales_by_receipt(do: Doing, from_day: FromDay = None, to_day: ToDay = None) -> Table:
    """Sales by the money and by the goods, a row a day: day, money_in, money_back, goods_out, goods_back, difference; CNY, tax included.

    difference = money_in - money_back - goods_out + goods_back: added up from the first day on, what customers have paid in advance less what they still owe.
    """
    check_period(from_day, to_day)
    return do.table(SALES_BY_RECEIPT, m=do.actor, from_day=from_day, to_day=to_day)


@query("SHOP014", role=CASHIER, title=("查看各方式收款", "View receipts by way"))
def receipts_by_way(do: Doing, from_day: FromDay = None, to_day: ToDay = None) -> Table:
    """What customers have paid, a row a day: day, at_shop (with post remittances, which are cash), cash_on_delivery, bank_transfer (with cards online),
    payment_platform, cheque, store_cards (put on them), amount (all of them), postage (that came along beside the price)."""
    check_period(from_day, to_day)
    return do.table(RECEIPTS_BY_WAY, m=do.actor, from_day=from_day, to_day=to_day)


def sales_apart(look: Looking) -> Decimal | None:
    """What sales by receipt and by shipment of the student's shop differ by, up to today; None while it has sold nothing."""
    merchant = look.value("select merchant from b2c_merchant m join member c on c.number = m.member where c.uscc = $u order by 1", u=own_company(look).uscc)
    rows = look.all(SALES_BY_RECEIPT, m=merchant, from_day=None, to_day=look.day) if merchant else []
    return sum((r.difference for r in rows), Decimal("0.00")) if rows else None
