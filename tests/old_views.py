"""The outside judge of the sale lines: what reports read before the books had them, added up from the tables of b2b, b2c and lgs.

`sale_line`, `goods_flow` and the open items were views over the modules' own tables. Their SQL stands here as it was, so that what the
modules now write into the books is held against what their documents say.
"""

from __future__ import annotations

import functools

import duckdb

from ecomlab.kernel import packages
from ecomlab.kernel.doing import Looking

_SALES = """
with delivered as (
    select document, owner, product, min(day) as day, -sum(quantity) as quantity, -sum(value) as cost
    from stock_movement where kind = 'delivery' group by document, owner, product
), b2b as (
    select d.day, s.number as document, s.supplier as seller, s.purchaser as buyer, l.product, l.quantity, l.quantity * l.price as revenue,
           coalesce(c.cost, 0) as cost, 'b2b' as channel
    from b2b_settlement s join document d using (number) join b2b_line l on l.document = s.number and l.version = 0
    left join delivered c on c.document = s.delivery_order and c.product = l.product
), unbilled as (
    select c.day, c.document, c.owner as seller, l.purchaser as buyer, c.product, c.quantity, 0 as revenue, c.cost, 'other' as channel
    from delivered c anti join b2b_settlement s on s.delivery_order = c.document left join lgs_slip l on l.number = c.document
), b2c as (
    select o.shipped_day as day, l.number as document, o.merchant, o.shopper, l.product, l.quantity, l.amount as revenue, coalesce(l.cost, 0) as cost
    from b2c_order_line l join b2c_order o using (number) where o.shipped_day is not null
    union all
    select refunded_day, number, merchant, shopper, product, -quantity, round(before, 2) - round(after, 2), -cost
    from (
        select r.refunded_day, r.number, o.merchant, o.shopper, l.product, l.quantity, l.cost,
               r.amount * sum(l.amount) over upto / sum(l.amount) over whole as after,
               r.amount * (sum(l.amount) over upto - l.amount) / sum(l.amount) over whole as before
        from b2c_return_line l join b2c_return r using (number) join b2c_order o on o.number = r.web_order
        where o.shipped_day is not null and r.refunded_day is not null
        window whole as (partition by l.number), upto as (partition by l.number order by l.product)
    )
), shop as (
    select b.day, b.document, m.member as seller, s.member as buyer, b.product, b.quantity, b.revenue, b.cost, 'b2c' as channel
    from b2c b join b2c_merchant m using (merchant) join b2c_shopper s on s.user_name = b.shopper
), supplied as (
    select v.day, v.document, p.supplier as seller, m.member as buyer, v.product, -v.quantity as quantity, -v.quantity * l.unit_cost as revenue,
           -v.value as cost, 'wholesale' as channel
    from stock_movement v join b2c_purchase p on p.number = v.document and p.supplier = v.owner join b2c_merchant m using (merchant)
    join b2c_purchase_line l on l.number = v.document and l.product = v.product where v.kind = 'issue'
), itemized as (
    select number as document from b2b_settlement
    union all select number from b2c_purchase
    union all select number from b2c_order
    union all select sales_order from b2c_order where sales_order is not null
    union all select number from b2c_return
), other as (
    select e.day, coalesce(e.document, e.number::varchar) as document, r.owner as seller, max(p.sub) as buyer, '' as product,
           -sign(r.amount) as quantity, -r.amount as revenue, 0 as cost, 'other' as channel
    from ledger_entry e anti join itemized i on i.document = e.document join posting r on r.entry = e.number and r.account = '6001'
    left join posting p on p.entry = r.entry and p.owner = r.owner and p.account <> r.account
    group by e.day, e.number, e.document, r.owner, r.line, r.amount
)
select day, document, seller, buyer, product, quantity::integer as quantity, revenue::decimal(18,2) as revenue, cost::decimal(18,2) as cost, channel
from (from b2b union all from unbilled union all from shop union all from supplied union all from other)"""

#: A shop's documents have prices that bear their tax; those of all others are net. What these views did not tell apart was their 'other'.
_SALES_NOW = """select day, document, seller, buyer, product, quantity, (revenue + if(channel = 'b2c', tax, 0))::decimal(18,2) as revenue, cost,
       if(channel in ('b2b', 'b2c', 'wholesale'), channel, 'other') as channel
from sale_line"""

_GOODS = """
select m.owner, m.day, m.product,
       case when r.number is not null then 'returned' when t.number is not null or m.kind in ('write_off', 'lost') then 'lost'
            when m.kind in ('issue', 'delivery') then 'sold' when m.kind = 'rounding' then 'rounding' else 'received' end as flow,
       m.quantity, m.value
from stock_movement m left join b2c_return r on r.number = m.document and m.quantity > 0
left join b2c_stocktake t on t.number = m.document and m.kind <> 'rounding'
where m.kind not in ('transfer_out', 'transfer_in')
union all
select b.member, r.refunded_day, l.product, f.flow, (l.quantity * f.sign)::integer, (l.cost * f.sign)::decimal(18,2)
from b2c_return_line l join b2c_return r using (number) join b2c_order o on o.number = r.web_order join b2c_merchant b using (merchant)
cross join (values ('returned', 1), ('lost', -1)) f(flow, sign)
where r.handling = 'scrapped' and o.shipped_day is not null and r.refunded_day is not null"""

#: Of every document on which something is owed: under which it counts, and when that is due.
_DUE = """
select distinct e.document, coalesce(a.document, e.document) as item, coalesce(s.due_day, b.due_day, w.due_day) as due_day
from ledger_entry e join posting p on p.entry = e.number and p.account in ('1122', '2202')
left join (select sales_order as paper, number as document from b2c_order where sales_order is not null
           union all select number, web_order from b2c_return) a on a.paper = e.document
left join b2b_settlement s on s.number = coalesce(a.document, e.document)
left join b2c_purchase b on b.number = coalesce(a.document, e.document)
left join b2c_order w on w.number = coalesce(a.document, e.document)"""
_DUE_NOW = """
select distinct e.document, coalesce(d.item, e.document) as item, i.due_day
from ledger_entry e join posting p on p.entry = e.number and p.account in ('1122', '2202') left join due_line d using (document)
left join (select item, max(due_day) as due_day from due_line group by item) i on i.item = coalesce(d.item, e.document)"""


@functools.cache
def _tables() -> dict[str, str]:
    """Every table of every module as the text of a query that has its columns and no row: a world need not have them all."""
    connection = duckdb.connect()
    connection.execute(packages.schema())
    rows = connection.execute("select table_name, string_agg(format('null::{} as {}', data_type, column_name), ', ') from duckdb_columns() group by 1")
    return {table: f"{table} as (select {columns} where false)" for table, columns in rows.fetchall()}


def assert_as_before(look: Looking) -> int:
    """The books' lines are, row by row, what the old views say of the modules' documents; gives the number of sale lines."""
    there = {r.table_name for r in look.all("select table_name from duckdb_tables()")}
    empty = ", ".join(text for table, text in _tables().items() if table not in there and table.startswith(("b2b_", "b2c_", "lgs_")))
    having = f"with {empty} " if empty else ""
    for before, now in ((_SALES, _SALES_NOW), (_GOODS, "from goods_flow"), (_DUE, _DUE_NOW)):
        gone = look.all(f"{having}({before}) except all ({now}) order by all")
        new = look.all(f"{having}({now}) except all ({before}) order by all")
        assert (gone, new) == ([], [])
    return int(look.value("select count(*) from sale_line"))
