-- ABC of products (商品 ABC 分类): which few products bring most of the revenue; pieces and CNY.
--
-- Products are lined up by revenue. As long as those before it bring less than 80 percent of all revenue a product is A, below 95
-- percent B, the rest C: so the product that crosses a limit still belongs to the class above it, and there is always an A.
-- The limits are the usual ones of a Pareto analysis.
with sold as (
    select l.product, sum(l.quantity) as quantity, sum(l.revenue) as revenue, sum(l.cost) as cost
    from sale_line l join product p on p.gtin = l.product
    where ($owner is null or l.seller = $owner)
      and ($product_category is null or p.product_category = $product_category)
      and ($start is null or l.day >= $start)
      and ($end is null or l.day <= $end)
    group by l.product
    having sum(l.revenue) > 0
), ranked as (
    select *, row_number() over line as rank, sum(revenue) over line as up_to, sum(revenue) over () as whole
    from sold
    window line as (order by revenue desc, product rows unbounded preceding)
)
select r.rank, r.product, p.name as product_name, p.product_category, r.quantity::bigint as quantity, r.revenue::decimal(18,2) as revenue,
       (r.revenue - r.cost)::decimal(18,2) as gross_profit, (r.revenue / r.whole)::decimal(9,4) as revenue_share,
       (r.up_to / r.whole)::decimal(9,4) as cumulative_share,
       case when r.up_to - r.revenue < 0.80 * r.whole then 'A' when r.up_to - r.revenue < 0.95 * r.whole then 'B' else 'C' end as abc_class
from ranked r join product p on p.gtin = r.product
order by r.rank;
