-- Returns (退货情况): what came back of what was sold, in pieces and at the prices for which it had been sold; pieces and CNY.
--
-- A return is a sale line with negative figures, on its own day: a return rate of a short period compares what came back in it with what was sold
-- in it, which need not be the same pieces. net_revenue = sold_revenue - returned_revenue. Price reductions without goods are lines without pieces
-- and count among what was taken back in money.
with sold as (                          -- added up by the columns themselves: a text made for each line would take most of the time
    select if($by in ('product', 'product_category'), l.product, null) as product, if($by = 'month', l.day, null) as day,
           case $by when 'buyer' then l.buyer when 'channel' then l.channel when 'owner' then l.seller end as other,
           sum(quantity) as quantity, sum(quantity) filter (quantity < 0) as back_quantity,
           sum(revenue) as revenue, sum(revenue) filter (revenue < 0) as back_revenue, sum(cost) filter (cost < 0) as back_cost
    from sale_line l
    where ($owner is null or l.seller = $owner)
      and ($product is null or l.product = $product)
      and ($product_category is null or l.product in (select gtin from product where product_category = $product_category))
      and ($start is null or l.day >= $start)
      and ($end is null or l.day <= $end)
    group by all
), keyed as (
    select case $by when 'product' then coalesce(nullif(l.product, ''), 'other')
                    when 'product_category' then coalesce(p.product_category, 'other')
                    when 'month' then strftime(l.day, '%Y-%m')
                    else l.other
           end as group_key, l.*
    from sold l left join product p on p.gtin = l.product
), summed as (
    select group_key, sum(quantity) - coalesce(sum(back_quantity), 0) as sold_quantity, coalesce(-sum(back_quantity), 0) as returned_quantity,
           sum(revenue) - coalesce(sum(back_revenue), 0) as sold_revenue, coalesce(-sum(back_revenue), 0) as returned_revenue,
           coalesce(-sum(back_cost), 0) as returned_cost, sum(revenue) as net_revenue
    from keyed
    group by group_key
)
select s.group_key, coalesce(p.name, m.name) as group_name, s.sold_quantity::bigint as sold_quantity, s.returned_quantity::bigint as returned_quantity,
       if(s.sold_quantity = 0, null, s.returned_quantity / s.sold_quantity)::decimal(9,4) as return_rate,
       s.sold_revenue::decimal(18,2) as sold_revenue, s.returned_revenue::decimal(18,2) as returned_revenue,
       s.returned_cost::decimal(18,2) as returned_cost, s.net_revenue::decimal(18,2) as net_revenue
from summed s
left join product p on $by = 'product' and p.gtin = s.group_key
left join member m on $by in ('buyer', 'owner') and m.number = s.group_key
order by if($by = 'month', s.group_key, null), s.returned_revenue desc, s.group_key;
