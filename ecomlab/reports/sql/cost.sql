-- Cost (成本表): where the money that went into goods has gone; pieces and CNY.
--
-- Goods on hand and under way together: opening value + received - cost of sales - loss - rounding = closing value.
-- `goods_flow` says of every movement which of these it is. What shoppers send back (returned) has been taken off what was sold
-- and off the cost of sales, as in account 6401.
-- unit_cost is what a piece that is left costs, by the owner's method: under the moving average every piece the same, under
-- first in, first out the mean of the layers that are left. Six places, half-even.
with moved as (                         -- added up by flow first: each sum below goes through all that is left
    select m.product, coalesce(m.day < $start, false) as before, m.flow, sum(m.quantity) as quantity, sum(m.value) as value
    from goods_flow m join product p on p.gtin = m.product
    where ($owner is null or m.owner = $owner)
      and ($product is null or m.product = $product)
      and ($product_category is null or p.product_category = $product_category)
      and ($end is null or m.day <= $end)
    group by all
), summed as (
    select product,
           coalesce(sum(quantity) filter (before), 0) as opening_quantity,
           coalesce(sum(value) filter (before), 0) as opening_value,
           coalesce(sum(quantity) filter (not before and flow = 'received'), 0) as received_quantity,
           coalesce(sum(value) filter (not before and flow = 'received'), 0) as received_value,
           coalesce(-sum(quantity) filter (not before and flow in ('sold', 'returned')), 0) as sold_quantity,
           coalesce(-sum(value) filter (not before and flow in ('sold', 'returned')), 0) as cost_of_sales,
           coalesce(sum(quantity) filter (not before and flow = 'returned'), 0) as returned_quantity,
           coalesce(sum(value) filter (not before and flow = 'returned'), 0) as returned_cost,
           coalesce(-sum(quantity) filter (not before and flow = 'lost'), 0) as lost_quantity,
           coalesce(-sum(value) filter (not before and flow = 'lost'), 0) as loss,
           coalesce(-sum(value) filter (not before and flow = 'rounding'), 0) as rounding,
           sum(quantity) as closing_quantity,
           sum(value) as closing_value
    from moved
    group by product
)
select product, p.name as product_name, p.product_category,
       opening_quantity::bigint as opening_quantity, opening_value::decimal(18,2) as opening_value,
       received_quantity::bigint as received_quantity, received_value::decimal(18,2) as received_value,
       sold_quantity::bigint as sold_quantity, cost_of_sales::decimal(18,2) as cost_of_sales,
       returned_quantity::bigint as returned_quantity, returned_cost::decimal(18,2) as returned_cost,
       lost_quantity::bigint as lost_quantity, loss::decimal(18,2) as loss, rounding::decimal(18,2) as rounding,
       closing_quantity::bigint as closing_quantity, closing_value::decimal(18,2) as closing_value,
       if(closing_quantity = 0, null, round_even(closing_value / closing_quantity, 6)::decimal(18,6)) as unit_cost
from summed join product p on p.gtin = product
where opening_quantity <> 0 or received_quantity <> 0 or sold_quantity <> 0 or returned_quantity <> 0 or lost_quantity <> 0 or closing_value <> 0
order by product;
