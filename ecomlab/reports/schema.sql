-- What was sold, a line for each document and product, whichever module it was sold in: the one place where revenue and
-- cost of sales meet. Nothing is kept here; quantities and values are those of the modules' lines and of the stock books.
-- A return is a line with negative figures. product is empty for what is no product of the stock books (services, auctions).
create view sale_line as
with delivered as (
    -- What the goods of each delivery cost: they left the stock books under the delivery order.
    select document, product, -sum(value) as cost from stock_movement where kind = 'delivery' group by document, product
), b2b as (
    select d.day, s.number as document, s.supplier as seller, s.purchaser as buyer, l.product, l.quantity, l.quantity * l.price as revenue,
           coalesce(c.cost, 0) as cost, 'b2b' as channel
    from b2b_settlement s join document d using (number) join b2b_line l on l.document = s.number and l.version = 0
    left join delivered c on c.document = s.delivery_order and c.product = l.product
), other as (
    -- Revenue of every other kind, as the ledger has it. The party stands on the posting against it.
    select e.day, coalesce(e.document, e.number::varchar) as document, r.owner as seller, max(p.sub) as buyer, '' as product,
           if(r.amount < 0, 1, -1) as quantity, -r.amount as revenue, 0 as cost, 'other' as channel
    from ledger_entry e join posting r on r.entry = e.number and r.account = '6001'
    left join posting p on p.entry = r.entry and p.owner = r.owner and p.account <> r.account
    where e.kind <> 'sale'
    group by e.day, e.number, e.document, r.owner, r.line, r.amount
)
select day, document, seller, buyer, product, quantity::integer as quantity, revenue::decimal(18,2) as revenue, cost::decimal(18,2) as cost, channel
from (from b2b union all from other);
