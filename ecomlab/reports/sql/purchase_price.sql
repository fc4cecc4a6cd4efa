-- Purchase price variance (采购价差): what goods cost when they came, against what a piece typically costs; pieces and CNY.
--
-- price_variance = received value - pieces received * standard cost (`product.cost`): positive is paid too dear. It is the price variance of
-- standard costing (OpenStax, Principles of Managerial Accounting, 8.2), counted when goods are received, and without value added tax.
with received as (
    select g.product, sum(g.quantity) as quantity, sum(g.value) as value
    from goods_flow g
    where g.flow = 'received'
      and ($owner is null or g.owner = $owner)
      and ($product is null or g.product = $product)
      and ($start is null or g.day >= $start)
      and ($end is null or g.day <= $end)
    group by g.product
    having sum(g.quantity) > 0
)
select r.product, p.name as product_name, p.product_category, r.quantity::bigint as received_quantity, r.value::decimal(18,2) as received_value,
       (r.value / r.quantity)::decimal(18,6) as actual_cost, p.cost as standard_cost, (r.value - r.quantity * p.cost)::decimal(18,2) as price_variance,
       if(p.cost = 0, null, r.value / (r.quantity * p.cost) - 1)::decimal(18,4) as variance_rate
from received r join product p on p.gtin = r.product
where $product_category is null or p.product_category = $product_category
order by abs(r.value - r.quantity * p.cost) desc, r.product;
