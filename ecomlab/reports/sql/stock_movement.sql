-- Stock movement (进销存): what was there, what came in, what went out, what is left; pieces and CNY.
--
-- Every movement of the stock books has a quantity and a value, positive when goods come and negative when they go. So the
-- stock on any day is nothing but the sum of all movements up to that day: before $start they make the opening stock.
-- A rounding difference moves value and no pieces; it is counted with what went out.
-- Only goods on hand (side 'on_hand', account 1405) are meant; goods under way between two places are account 1406.
with moved as (                         -- added up by the columns themselves: a text made for each movement would take most of the time
    select if($by = 'product', m.product, null) as product, if($by = 'product_category', p.product_category, null) as product_category,
           if($by = 'place', m.place, null) as place, if($by = 'owner', m.owner, null) as owner,
           coalesce(m.day < $start, false) as before,  -- without $start the report begins with the books, so nothing is before it
           m.quantity > 0 as came,
           sum(m.quantity) as quantity, sum(m.value) as value
    from stock_movement m join product p on p.gtin = m.product
    where m.side = 'on_hand'
      and ($owner is null or m.owner = $owner)
      and ($product is null or m.product = $product)
      and ($product_category is null or p.product_category = $product_category)
      and ($place is null or m.place = $place)
      and ($end is null or m.day <= $end)
    group by all
), summed as (
    select case $by when 'product' then product when 'product_category' then product_category when 'place' then place when 'owner' then owner
           end as group_key,
           coalesce(sum(quantity) filter (before), 0) as opening_quantity,
           coalesce(sum(value) filter (before), 0) as opening_value,
           coalesce(sum(quantity) filter (not before and came), 0) as in_quantity,
           coalesce(sum(value) filter (not before and came), 0) as in_value,
           coalesce(-sum(quantity) filter (not before and not came), 0) as out_quantity,
           coalesce(-sum(value) filter (not before and not came), 0) as out_value,
           sum(quantity) as closing_quantity,
           sum(value) as closing_value
    from moved
    group by 1
)
select group_key, coalesce(p.name, s.name, m.name) as group_name,
       opening_quantity::bigint as opening_quantity, opening_value::decimal(18,2) as opening_value,
       in_quantity::bigint as in_quantity, in_value::decimal(18,2) as in_value,
       out_quantity::bigint as out_quantity, out_value::decimal(18,2) as out_value,
       closing_quantity::bigint as closing_quantity, closing_value::decimal(18,2) as closing_value
from summed
left join product p on $by = 'product' and p.gtin = group_key
left join stock_place s on $by = 'place' and s.number = group_key
left join member m on $by = 'owner' and m.number = group_key
where opening_quantity <> 0 or in_quantity <> 0 or out_quantity <> 0 or closing_value <> 0
order by group_key;
