-- Inventory (库存): what lies where on the day $end, what is on its way, and what it is worth; pieces and CNY.
--
-- Value is kept for each owner and product, not for each place: all pieces of a product cost the same wherever they lie.
-- So a place's value is its pieces times the owner's unit cost; the place that stands last takes the cents that rounding leaves,
-- and the total is account 1405 to the cent.
with pieces as materialized (          -- added up once, however often it is read below
    select m.owner, m.product, m.place,
           sum(m.quantity) filter (m.side = 'on_hand') as on_hand,
           sum(m.quantity) filter (m.side = 'in_transit') as in_transit,
           sum(m.value) filter (m.side = 'on_hand') as posted_value
    from stock_movement m
    where ($owner is null or m.owner = $owner) and ($product is null or m.product = $product) and ($end is null or m.day <= $end)
    group by all
), held as (
    select owner, product, place, coalesce(on_hand, 0) as on_hand, coalesce(in_transit, 0) as in_transit,
           sum(coalesce(on_hand, 0)) over whole as all_pieces,
           sum(coalesce(posted_value, 0)) over whole as all_value
    from pieces
    window whole as (partition by owner, product)
), priced as (
    select *, if(all_pieces = 0, 0, all_value * on_hand / all_pieces)::decimal(18,2) as share_of_value,
           row_number() over (partition by owner, product order by on_hand = 0, place desc) = 1 as takes_rest
    from held
), valued as (
    select *, if(takes_rest, all_value - sum(share_of_value) over (partition by owner, product) + share_of_value, share_of_value) as value
    from priced
)
select v.owner, v.place, s.name as place_name, v.product, p.name as product_name, p.product_category,
       v.on_hand::bigint as on_hand, v.in_transit::bigint as in_transit,
       if(v.all_pieces = 0, null, v.all_value / v.all_pieces)::decimal(18,6) as unit_cost, v.value::decimal(18,2) as value
from valued v join product p on p.gtin = v.product left join stock_place s on s.number = v.place
where (v.on_hand <> 0 or v.in_transit <> 0 or v.value <> 0)
  and ($place is null or v.place = $place)
  and ($product_category is null or p.product_category = $product_category)
order by v.owner, v.place, v.product;
