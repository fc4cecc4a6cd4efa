"""What always holds of the shop."""

from __future__ import annotations

from ...kernel.audit import invariant
from ...kernel.doing import Looking
from .payments import CARD, PLATFORM


@invariant(
    "b2c_reserved",
    "已确认而未发货的网上订单恰好预留其商品，其他订单不预留",
    "A web order that is confirmed and not shipped has just its goods reserved, and no other order has any",
)
def _reserved(look: Looking) -> list[str]:
    return [
        f"{r.number} {r.product}: ordered {r.ordered}, reserved {r.promised}"
        for r in look.all(
            """with wanted as (
                   select l.number, l.product, l.quantity as ordered from b2c_order_line l join document d using (number)
                   where d.state in ('placed', 'paid', 'accepted')),
               held as (
                   select r.document as number, r.product, sum(r.quantity) as promised from stock_reservation r join document d on d.number = r.document
                   where d.kind = 'b2c_order' group by all)
               select * from wanted full join held using (number, product) where coalesce(ordered, 0) <> coalesce(promised, 0) order by all"""
        )
    ]


@invariant(
    "b2c_owed",
    "网店的应收、应付和预收款等于其后的未结单据",
    "A shop's receivables, payables and advances equal the open documents behind them",
)
def _owed(look: Looking) -> list[str]:
    """Of each web order with what followed from it, and of each purchase order, the postings against what its state says.

    A bank's payment or refund belongs to the order that it paid, whether it was made in the shop or at the bank.
    """
    return [
        f"{r.number} {r.account}: {r.booked} booked, {r.expected} expected"
        for r in look.all(
            """
            with back as (
                select t.web_order, sum(t.amount) as amount from b2c_return t join document d using (number) where d.state = 'refunded' group by all
            ), posted as (
                select coalesce(b.web_order, if(d.kind = 'b2c_order', d.number, d.parent)) as number, p.account, p.owner, sum(p.amount) as booked
                from ledger_entry e join posting p on p.entry = e.number
                left join bank_transaction t on t.entry = e.number and t.kind in ('payment', 'refund')
                left join b2c_payment b on b.transaction = if(t.kind = 'refund', t.reference, t.number)
                left join document d on d.number = e.document and d.kind in ('b2c_order', 'b2c_sales_order', 'b2c_return')
                where (p.account = '1122' or p.account = '2203' and not starts_with(p.sub, $cards)) and (b.number is not null or d.number is not null)
                group by all
            ), expected as (
                select o.number, m.member as owner, d.state, o.payment_kind, x.state as payment,
                       case when d.state not in ('shipped', 'returned') then 0
                            when (o.payment_kind = 'cash_on_delivery' and b.number is null)
                                 or (o.payment_kind = 'payment_platform' and x.state = 'remitted') then o.amount - coalesce(back.amount, 0)
                            else 0 end as receivable,
                       case when d.state in ('paid', 'accepted') and o.payment_kind not in ('cash_on_delivery', 'payment_platform') then -o.amount
                            else 0 end as advances
                from b2c_order o join document d using (number) join b2c_merchant m using (merchant)
                left join b2c_payment b on b.web_order = o.number left join document x on x.number = b.number
                left join back on back.web_order = o.number
            ), sides as (
                select number, owner, unnest(['1122', '2203']) as account, unnest([receivable, advances]) as expected from expected
                where payment is distinct from 'paid_back'
            )
            select s.number, s.account, coalesce(p.booked, 0) as booked, s.expected from sides s
            left join posted p on p.number = s.number and p.account = s.account and p.owner = s.owner where coalesce(p.booked, 0) <> s.expected
            union all
            select u.number, '2202', coalesce(p.booked, 0), -u.owed from (
                select b.number, m.member, case when d.state = 'settled' then 0 else coalesce(sum(l.revenue + l.tax), 0) end as owed
                from b2c_purchase b join document d using (number) join b2c_merchant m using (merchant) left join sale_line l on l.document = b.number
                group by b.number, m.member, d.state) u
            left join (
                select e.document as number, p.owner, sum(p.amount) as booked from ledger_entry e join posting p on p.entry = e.number
                join b2c_purchase b on b.number = e.document where p.account = '2202' group by all) p on p.number = u.number and p.owner = u.member
            where coalesce(p.booked, 0) <> -u.owed
            order by 1, 2""",
            cards=f"{CARD}-",
        )
    ]


@invariant(
    "platform_holds",
    "支付平台代管的货款等于尚未结算的订单，并且都在它的账户里",
    "What the platform holds for others is the sales that are not settled, and the money is in its account",
)
def _held(look: Looking) -> list[str]:
    """Paid orders are advances of its customers, shipped ones payables to their shops; what a shop has been charged by statement is taken off. What
    shops pay it ahead for its own services is not held for anybody.

    In a simulated market the platform keeps no books.
    """
    return [
        f"{r.what} {r.whose}: held {r.held}, unsettled {r.unsettled}"
        for r in look.all(
            """with house as (select c.member from merchant_contract k join bank_customer c on c.number = k.merchant where k.shop_name = $platform),
               orders as (
                   select s.member as shopper, m.member as shop, o.shipped_day is not null as shipped, o.amount - coalesce((
                              select sum(r.amount) from b2c_return r join document x on x.number = r.number
                              where r.web_order = o.number and x.state = 'refunded'), 0) as amount
                   from b2c_payment b join document d using (number) join b2c_order o on o.number = b.web_order
                   join b2c_merchant m on m.merchant = o.merchant join b2c_shopper s on s.user_name = o.shopper cross join house
                   where d.state = 'remitted' and b.payment_kind = 'payment_platform'),
               unsettled as (
                   select 'payable' as what, shop as whose, sum(amount) as unsettled from orders where shipped group by shop
                   union all select 'advance', shopper, sum(amount) from orders where not shipped group by shopper),
               held as (
                   select if(p.account = '2202', 'payable', 'advance') as what, p.sub as whose, -sum(p.amount) as held
                   from posting p join ledger_entry e on e.number = p.entry
                   where p.owner in (select member from house) and p.account in ('2202', '2203') and e.kind <> 'channel_fee'
                     and (p.sub in (select member from b2c_shopper) or p.account = '2202' and p.sub in (select member from b2c_merchant)) group by 1, 2)
               select what, whose, coalesce(held, 0) as held, coalesce(unsettled, 0) as unsettled from held full join unsettled using (what, whose)
               where coalesce(held, 0) <> coalesce(unsettled, 0)
               union all
               select 'money', h.member, coalesce(sum(b.balance), 0), (select coalesce(sum(amount), 0) from orders) from house h
               left join ledger_balance b on b.owner = h.member and b.account = '1002' group by h.member
               having coalesce(sum(b.balance), 0) < (select coalesce(sum(amount), 0) from orders)
               order by 1, 2""",
            platform=PLATFORM,
        )
    ]


@invariant(
    "b2c_paid_once",
    "每个已付款的网上订单恰有一笔收款，金额与订单相符",
    "Every web order that is paid has just one payment, of what it came to",
)
def _paid_once(look: Looking) -> list[str]:
    return [
        f"{r.number}: {r.state}, {r.payments} payments of {r.paid}, ordered {r.amount}"
        for r in look.all(
            """select o.number, d.state, count(b.number) as payments, sum(b.amount) as paid, o.amount
               from b2c_order o join document d using (number) left join b2c_payment b on b.web_order = o.number
               group by all
               having payments > 1 or (payments = 0 and (d.state = 'paid' or (d.state in ('accepted', 'shipped', 'returned')
                          and any_value(o.payment_kind) <> 'cash_on_delivery')))
                   or (payments = 1 and any_value(o.payment_kind) <> 'cash_on_delivery' and paid <> o.amount)
               order by o.number"""
        )
    ]


@invariant(
    "b2c_stock",
    "期初、采购、发货、退货和盘点单据上的数量与库存变动相符",
    "What opening sheets, purchases, shipments, returns and stocktakes say is what the stock books moved",
)
def _moved(look: Looking) -> list[str]:
    return [
        f"{r.number} {r.product}: document {r.said}, stock {r.moved}"
        for r in look.all(
            """with said as (
                   select l.number, l.product, l.quantity as said from b2c_opening_line l join document d using (number) where d.state = 'posted'
                   union all select number, product, received_quantity from b2c_purchase_line where received_quantity > 0
                   union all select o.sales_order, l.product, -l.quantity from b2c_order o join b2c_order_line l using (number)
                       where o.shipped_day is not null
                   union all select l.number, l.product, if(r.handling = 'restocked', l.quantity, 0) from b2c_return r join b2c_return_line l using (number)
                       join document d using (number) where d.state = 'refunded' and r.stage = 'after_shipping'
                   union all select l.number, l.product, if(r.handling = 'scrapped', -l.quantity, 0) from b2c_return r join b2c_return_line l using (number)
                       join document d using (number) where d.state = 'refunded' and r.stage <> 'after_shipping'
                   union all select l.number, l.product, l.counted_quantity - l.book_quantity from b2c_stocktake_line l join document d using (number)
                       where d.state = 'adjusted' and l.counted_quantity is not null),
               moved as (
                   select v.document as number, v.product, sum(v.quantity) as moved from stock_movement v join document d on d.number = v.document
                   left join b2c_purchase p on p.number = v.document
                   where d.kind in ('b2c_opening_stock', 'b2c_purchase', 'b2c_sales_order', 'b2c_return', 'b2c_stocktake')
                     and v.owner is distinct from p.supplier group by all)
               select * from said full join moved using (number, product) where coalesce(said, 0) <> coalesce(moved, 0) order by all"""
        )
    ]


@invariant(
    "b2c_cost_of_sales",
    "已发货订单各行的销售成本等于其库存发出的价值",
    "The cost of sales of a shipped order's lines is the value of the goods that left the stock for it",
)
def _costs(look: Looking) -> list[str]:
    return [
        f"{r.number} {r.product}: line {r.cost}, stock {r.moved}"
        for r in look.all(
            """select o.number, l.product, l.cost, v.moved from b2c_order o join b2c_order_line l using (number) left join (
                   select document, product, -sum(value) as moved from stock_movement where kind = 'issue' group by all) v
                   on v.document = o.sales_order and v.product = l.product
               where l.cost is distinct from if(o.shipped_day is null, null, v.moved) order by 1, 2"""
        )
    ]


@invariant(
    "b2c_bought",
    "商店采购入库的每一件商品都出自供应商的库存",
    "Every piece that a shop received on a purchase order has left its supplier's stock",
)
def _bought(look: Looking) -> list[str]:
    return [
        f"{r.number} {r.product}: {r.received} received, {r.issued} issued"
        for r in look.all(
            """select l.number, l.product, l.received_quantity as received, coalesce(-sum(v.quantity), 0) as issued
               from b2c_purchase_line l join b2c_purchase p using (number)
               left join stock_movement v on v.document = l.number and v.product = l.product and v.owner = p.supplier
               group by all having received <> issued order by 1, 2"""
        )
    ]
