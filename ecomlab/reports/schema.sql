-- What was sold, a line for each document and product, whichever module it was sold in: the one place where revenue and
-- cost of sales meet. Nothing is kept here; quantities and values are those of the modules' lines and of the stock books.
-- A return is a line with negative figures. product is empty for what is no product of the stock books (services, auctions).
create view sale_line as
with delivered as (
    -- What the goods of each delivery cost: they left the stock books under the delivery order.
    select document, owner, product, min(day) as day, -sum(quantity) as quantity, -sum(value) as cost
    from stock_movement where kind = 'delivery' group by document, owner, product
), b2b as (
    select d.day, s.number as document, s.supplier as seller, s.purchaser as buyer, l.product, l.quantity, l.quantity * l.price as revenue,
           coalesce(c.cost, 0) as cost, 'b2b' as channel
    from b2b_settlement s join document d using (number) join b2b_line l on l.document = s.number and l.version = 0
    left join delivered c on c.document = s.delivery_order and c.product = l.product
), unbilled as (
    -- A carrier has delivered goods that nobody ordered in the marketplace: they are gone and have cost something all the same.
    select c.day, c.document, c.owner as seller, l.purchaser as buyer, c.product, c.quantity, 0 as revenue, c.cost, 'other' as channel
    from delivered c anti join b2b_settlement s on s.delivery_order = c.document left join lgs_slip l on l.number = c.document
), b2c as (
    -- A web order is a sale when it is shipped; what comes back later takes revenue and cost back on the day of the refund.
    select o.shipped_day as day, l.number as document, o.merchant, o.shopper, l.product, l.quantity, l.amount as revenue, coalesce(l.cost, 0) as cost
    from b2c_order_line l join b2c_order o using (number) where o.shipped_day is not null
    union all
    select refunded_day, number, merchant, shopper, product, -quantity, round(before, 2) - round(after, 2), -cost
    from (
        -- What was refunded may be less than the price of what came back; it is shared out over the lines so that no cent is lost.
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
), itemized as (
    select number as document from b2b_settlement
    union all select number from b2c_order
    union all select sales_order from b2c_order where sales_order is not null
    union all select number from b2c_return
), other as (
    -- Revenue of every other kind, as the ledger has it. The party stands on the posting against it.
    select e.day, coalesce(e.document, e.number::varchar) as document, r.owner as seller, max(p.sub) as buyer, '' as product,
           if(r.amount < 0, 1, -1) as quantity, -r.amount as revenue, 0 as cost, 'other' as channel
    from ledger_entry e anti join itemized i on i.document = e.document join posting r on r.entry = e.number and r.account = '6001'
    left join posting p on p.entry = r.entry and p.owner = r.owner and p.account <> r.account
    group by e.day, e.number, e.document, r.owner, r.line, r.amount
)
select day, document, seller, buyer, product, quantity::integer as quantity, revenue::decimal(18,2) as revenue, cost::decimal(18,2) as cost, channel
from (from b2b union all from unbilled union all from shop union all from other);

-- Why goods came and went, for whoever asks what they cost: 'received', 'sold', 'returned', 'lost' or 'rounding'; pieces and value positive when
-- they come. Transfers between two places are left out: the same goods at the same value. Goods found in a stocktake make the losses less.
-- Returned goods that were scrapped did not touch the stock: they come back and are lost at once.
create view goods_flow as
select m.owner, m.day, m.product,
       case when r.number is not null then 'returned' when t.number is not null or m.kind in ('write_off', 'lost') then 'lost'
            when m.kind in ('issue', 'delivery') then 'sold' when m.kind = 'rounding' then 'rounding' else 'received' end as flow,
       m.quantity, m.value
from stock_movement m left join b2c_return r on r.number = m.document and m.kind = 'receipt'
left join b2c_stocktake t on t.number = m.document and m.kind <> 'rounding'
where m.kind not in ('transfer_out', 'transfer_in')
union all
select b.member, r.refunded_day, l.product, f.flow, (l.quantity * f.sign)::integer, (l.cost * f.sign)::decimal(18,2)
from b2c_return_line l join b2c_return r using (number) join b2c_order o on o.number = r.web_order join b2c_merchant b using (merchant)
cross join (values ('returned', 1), ('lost', -1)) f(flow, sign)
where r.handling = 'scrapped' and o.shipped_day is not null and r.refunded_day is not null;
