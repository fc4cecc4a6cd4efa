-- Turnover and cover (周转): how often stock is sold, and for how many days what is left will do; pieces, CNY and days.
--
-- turns = cost of sales (less what was returned) / mean inventory, the mean being that of opening and closing value; days_in_stock = days of the
-- period / turns. days_of_cover = closing pieces / pieces sold a day. (The first is the inventory turnover of OpenStax,
-- Principles of Accounting 1, 10.5, for a period of any length.) Nothing sold: no turnover, and no number of days that would cover it.
with moved as (
    select m.product, coalesce(m.day < $start, false) as before, m.flow in ('sold', 'returned') as sold, m.quantity, m.value
    from goods_flow m join product p on p.gtin = m.product
    where ($owner is null or m.owner = $owner)
      and ($product is null or m.product = $product)
      and ($product_category is null or p.product_category = $product_category)
      and ($end is null or m.day <= $end)
), period as (
    select date_diff('day', coalesce($start, min(day)), coalesce($end, max(day))) + 1 as days
    from stock_movement where $owner is null or owner = $owner
), summed as (
    select product,
           coalesce(sum(value) filter (before), 0) as opening_value,
           sum(value) as closing_value,
           sum(quantity) as closing_quantity,
           coalesce(-sum(quantity) filter (sold and not before), 0) as sold_quantity,
           coalesce(-sum(value) filter (sold and not before), 0) as cost_of_sales
    from moved
    group by product
)
select product, p.name as product_name, p.product_category, days, sold_quantity::bigint as sold_quantity, cost_of_sales::decimal(18,2) as cost_of_sales,
       ((opening_value + closing_value) / 2)::decimal(18,2) as mean_value, closing_quantity::bigint as closing_quantity,
       closing_value::decimal(18,2) as closing_value,
       if(cost_of_sales = 0 or opening_value + closing_value = 0, null, cost_of_sales * 2 / (opening_value + closing_value))::decimal(18,4) as turns,
       if(cost_of_sales = 0, null, days * (opening_value + closing_value) / (2 * cost_of_sales))::decimal(18,2) as days_in_stock,
       if(sold_quantity = 0, null, closing_quantity * days / sold_quantity)::decimal(18,2) as days_of_cover
from summed join product p on p.gtin = product cross join period
where opening_value <> 0 or closing_value <> 0 or cost_of_sales <> 0
order by product;
