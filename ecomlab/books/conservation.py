"""Goods come from somewhere and go somewhere: over all owners, pieces and value are conserved but for the sources and losses declared here.

Sources: what owners have paid in (goods that no sale line says were bought), and what a stocktake finds. Losses: goods written off, lost on the way
or scrapped, what a stocktake misses, and rounding. Between companies goods change hands at a price: the seller's margin is value that its buyer
has paid for. What a person buys leaves the books.
"""

from __future__ import annotations

from ..kernel.audit import invariant
from ..kernel.doing import Looking

#: Receipts that no sale line explains: goods that the owners have paid in.
_PAID_IN = """select owner, product, quantity, value from stock_movement m where kind = 'receipt' and not exists (
    select 1 from sale_line l where l.document = m.document and l.buyer = m.owner and l.product = m.product)"""

#: Sale lines of goods; kept: whether the buyer keeps books of its own.
_SOLD = "select l.*, coalesce(b.kind = 'company', false) as kept from sale_line l left join member b on b.number = l.buyer where l.product <> ''"


@invariant(
    "goods_conserved",
    "全部所有者的商品件数和价值，等于已申报的来源减去损失和售出",
    "Pieces and value of all owners are what came from declared sources, less declared losses and what was sold to consumers",
)
def _conserved(look: Looking) -> list[str]:
    return [
        f"{r.product}: there are {r.there} pieces worth {r.worth}, accounted for are {r.pieces} worth {r.value}"
        for r in look.all(
            f"""with declared as (
                    select product, quantity, value from ({_PAID_IN}) p
                    union all select product, quantity, value from goods_flow where flow in ('lost', 'rounding')
                    union all select product, case when kept then 0 else -quantity end, case when kept then revenue else 0 end - cost from ({_SOLD}) s
                ), expected as (
                    select product, sum(quantity) as pieces, sum(value) as value from declared group by product
                ), counted as (
                    select product, sum(on_hand + in_transit) as there from stock_level group by product
                ), valued as (
                    select product, sum(value) as worth from stock_layer group by product
                )
                select * from expected full join counted using (product) full join valued using (product)
                where coalesce(there, 0) <> coalesce(pieces, 0) or coalesce(worth, 0) <> coalesce(value, 0) order by product"""
        )
    ]


@invariant("goods_sold", "卖方售出的件数和成本，等于离开其库存的件数和价值", "Pieces and cost of what a seller sold are what has left its stock")
def _sold(look: Looking) -> list[str]:
    return [
        f"{r.owner} {r.product}: sold {r.sold} at a cost of {r.cost}, left the stock {r.gone} worth {r.worth}"
        for r in look.all(
            f"""select * from (
                    select seller as owner, product, sum(quantity) as sold, sum(cost) as cost from ({_SOLD}) s group by seller, product
                ) full join (
                    select owner, product, -sum(quantity) as gone, -sum(value) as worth from goods_flow where flow in ('sold', 'returned')
                    group by owner, product
                ) using (owner, product)
                where coalesce(sold, 0) <> coalesce(gone, 0) or coalesce(cost, 0) <> coalesce(worth, 0) order by owner, product"""
        )
    ]


@invariant("goods_bought", "企业买入的件数和价值，等于卖方售出的件数和收入", "What a company received, in pieces and value, is what its supplier sold")
def _bought(look: Looking) -> list[str]:
    return [
        f"{r.document} {r.product}: sold {r.sold} for {r.revenue}, received {r.came} at {r.paid}"
        for r in look.all(
            f"""select * from (
                    select document, buyer as owner, product, sum(quantity) as sold, sum(revenue) as revenue from ({_SOLD}) s where kept
                    group by document, buyer, product
                ) left join (
                    select document, owner, product, sum(quantity) as came, sum(value) as paid from stock_movement where kind = 'receipt'
                    group by document, owner, product
                ) using (document, owner, product)
                where sold <> coalesce(came, 0) or revenue <> coalesce(paid, 0) order by document, product"""
        )
    ]


@invariant(
    "goods_paid_in",
    "不是买来的商品，都由股东投入，并计入实收资本",
    "Goods that nobody sold were paid in by the owners, as capital",
)
def _paid_in(look: Looking) -> list[str]:
    return [
        f"{r.owner}: goods worth {r.came} were not bought, capital for goods {r.booked}"
        for r in look.all(
            f"""select * from (select owner, sum(value) as came from ({_PAID_IN}) p group by owner) full join (
                    select p.owner, -sum(p.amount) as booked from posting p join ledger_entry e on e.number = p.entry
                    where e.kind = 'stock_receipt' and p.account = '4001' group by p.owner) using (owner)
                where coalesce(came, 0) <> coalesce(booked, 0) order by owner"""
        )
    ]


@invariant("claims_are_debts", "一方的应收账款就是另一方的应付账款", "What one company is owed by another is what that one owes it")
def _claims(look: Looking) -> list[str]:
    """Between companies that keep books: whoever has no account in the ledger, as a person in a data set, owes in others' books only."""
    return [
        f"{r.creditor} is owed {r.claim} by {r.debtor}, who owes {r.debt}"
        for r in look.all(
            """with keeps as (select distinct b.owner from ledger_balance b join member m on m.number = b.owner where m.kind = 'company'),
               claims as (
                   select owner as creditor, sub as debtor, sum(balance) as claim from ledger_balance
                   where account = '1122' and sub in (select owner from keeps) group by owner, sub),
               debts as (
                   select sub as creditor, owner as debtor, -sum(balance) as debt from ledger_balance
                   where account = '2202' and owner in (select owner from keeps) and sub in (select owner from keeps) group by owner, sub)
               select * from claims full join debts using (creditor, debtor) where coalesce(claim, 0) <> coalesce(debt, 0) order by creditor, debtor"""
        )
    ]
