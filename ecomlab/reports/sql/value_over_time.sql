-- Value over time (库存价值走势): what came, what went and what was there at the end of each day; pieces and CNY.
--
-- A row for every calendar day from $start (else the first movement) to $end (else the last one), also for days on which
-- nothing moved: a running sum over the days' movements. What moved before $start is in the first row's closing figures.
with moved as (
    select m.day, m.quantity, m.value
    from stock_movement m join product p on p.gtin = m.product
    where m.side = 'on_hand'
      and ($owner is null or m.owner = $owner)
      and ($product is null or m.product = $product)
      and ($product_category is null or p.product_category = $product_category)
      and ($place is null or m.place = $place)
      and ($end is null or m.day <= $end)
), days as (
    select unnest(generate_series(coalesce($start, min(day)), coalesce($end, max(day)), interval 1 day))::date as day from moved having count(*) > 0
), daily as (
    select greatest(day, coalesce($start, day)) as day,
           coalesce(sum(value) filter (quantity > 0 and day >= coalesce($start, day)), 0) as in_value,
           coalesce(-sum(value) filter (quantity <= 0 and day >= coalesce($start, day)), 0) as out_value,
           sum(quantity) as quantity, sum(value) as value
    from moved
    group by 1
)
select d.day, coalesce(m.in_value, 0)::decimal(18,2) as in_value, coalesce(m.out_value, 0)::decimal(18,2) as out_value,
       coalesce(sum(m.quantity) over (order by d.day), 0)::bigint as closing_quantity,
       coalesce(sum(m.value) over (order by d.day), 0)::decimal(18,2) as closing_value
from days d left join daily m on m.day = d.day
order by d.day;
