-- Gross profit by product (商品毛利表): what was sold, for how much, and what it had cost; CNY.
--
-- `sale_line` has a line for each sale and product. gross_profit = revenue - cost; gross_margin = gross_profit / revenue, the part
-- of each yuan of revenue that is left when the goods are paid for; revenue_share is this row's part of all revenue.
with sold as (                          -- added up by the columns themselves: a text made for each line would take most of the time
    select if($by in ('product', 'product_category'), l.product, null) as product, if($by in ('month', 'day'), l.day, null) as day,
           case $by when 'buyer' then l.buyer when 'channel' then l.channel when 'owner' then l.seller end as other,
           sum(l.quantity) as quantity, sum(l.revenue) as revenue, sum(l.cost) as cost
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
                    when 'day' then strftime(l.day, '%Y-%m-%d')
                    else l.other
           end as group_key, l.quantity, l.revenue, l.cost
    from sold l left join product p on p.gtin = l.product
), summed as (
    select group_key, sum(quantity) as quantity, sum(revenue) as revenue, sum(cost) as cost, sum(revenue) - sum(cost) as gross_profit
    from keyed
    group by group_key
)
select s.group_key, coalesce(p.name, m.name) as group_name, s.quantity::bigint as quantity,
       s.revenue::decimal(18,2) as revenue, s.cost::decimal(18,2) as cost, s.gross_profit::decimal(18,2) as gross_profit,
       if(s.revenue = 0, null, s.gross_profit / s.revenue)::decimal(9,4) as gross_margin,
       if(sum(s.revenue) over () = 0, null, s.revenue / sum(s.revenue) over ())::decimal(9,4) as revenue_share
from summed s
left join product p on $by = 'product' and p.gtin = s.group_key
left join member m on $by in ('buyer', 'owner') and m.number = s.group_key
order by if($by in ('month', 'day'), s.group_key, null), s.revenue desc, s.group_key;
