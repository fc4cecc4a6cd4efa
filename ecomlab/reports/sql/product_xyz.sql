-- XYZ of products (商品 XYZ 分类): how steadily each product is asked for, week by week; pieces.
--
-- Weeks are counted back from the last day, so that the newest one is whole, and for each product from its first sale on. variation = standard
-- deviation of the pieces sold a week / their mean, weeks without a sale counted as 0: left out, they would make the rarest product look the
-- steadiest. Up to 0.5 a product is X (steady), up to 1 Y (varying), beyond that Z (erratic): the usual limits. With one week there is no class.
with sold as (
    select l.product, l.day, l.quantity
    from sale_line l join product p on p.gtin = l.product
    where l.quantity > 0
      and ($owner is null or l.seller = $owner)
      and ($product_category is null or p.product_category = $product_category)
      and ($start is null or l.day >= $start)
      and ($end is null or l.day <= $end)
), span as (
    select coalesce($end, max(day)) as last from sold
), weekly as (
    select product, date_diff('day', day, last) // 7 as week, sum(quantity) as pieces
    from sold cross join span
    group by all
), summed as (
    select product, max(week) + 1 as weeks, sum(pieces) as quantity, sum(pieces * pieces) as squares
    from weekly
    group by product
), measured as (
    select product, weeks, quantity, quantity / weeks as weekly_mean, sqrt(greatest(squares / weeks - (quantity / weeks) ** 2, 0)) as weekly_deviation
    from summed
)
select m.product, p.name as product_name, p.product_category, weeks, quantity::bigint as quantity, weekly_mean::decimal(18,4) as weekly_mean,
       weekly_deviation::decimal(18,4) as weekly_deviation, (weekly_deviation / weekly_mean)::decimal(18,4) as variation,
       case when weeks < 2 then null when weekly_deviation <= 0.5 * weekly_mean then 'X' when weekly_deviation <= weekly_mean then 'Y' else 'Z' end as xyz_class
from measured m join product p on p.gtin = m.product
order by weekly_deviation / weekly_mean, m.product;
