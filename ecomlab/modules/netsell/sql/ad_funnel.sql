-- The funnel of advertisements (广告转化漏斗): how often they were shown and clicked, which web orders came of the clicks, and what that cost; CNY, ratios.
--
-- Each step counts on its own day: an order counts on the day on which it was placed, whenever the click was. click_rate = clicks / impressions,
-- order_rate = orders / clicks, cost_per_order = spending / orders, return_on_spending = amount of the orders / spending. What came of a click came after
-- it, which does not say that it would not have come without.
with advertisement(number, member, title) as (
    select number, member, title from netsell_text_ad
    union all select number, member, title from netsell_button_ad
    union all select number, member, title from netsell_banner_ad
), steps as (
    select number, day, impressions, clicks, price * case per when 'click' then clicks else impressions / 1000 end as spending, 0 as orders, 0 as amount
    from netsell_ad_day
    union all select advertisement, day, 0, 0, 0, 1, amount from netsell_conversion
), summed as (
    select case $by when 'advertisement' then s.number
                    when 'day' then strftime(s.day, '%Y-%m-%d')
                    when 'month' then strftime(s.day, '%Y-%m')
           end as group_key, if($by = 'advertisement', max(a.title), null) as group_name, sum(s.impressions) as impressions, sum(s.clicks) as clicks,
           sum(s.spending) as spending, sum(s.orders) as orders, sum(s.amount) as amount
    from steps s join advertisement a on a.number = s.number
    where ($owner is null or a.member = $owner)
      and ($start is null or s.day >= $start)
      and ($end is null or s.day <= $end)
    group by group_key
)
select group_key, group_name, impressions::bigint as impressions, clicks::bigint as clicks, orders::bigint as orders,
       if(impressions = 0, null, clicks / impressions)::decimal(9,4) as click_rate, if(clicks = 0, null, orders / clicks)::decimal(9,4) as order_rate,
       spending::decimal(18,2) as spending, amount::decimal(18,2) as amount,
       if(clicks = 0, null, spending / clicks)::decimal(18,2) as cost_per_click, if(orders = 0, null, spending / orders)::decimal(18,2) as cost_per_order,
       if(spending = 0, null, amount / spending)::decimal(18,4) as return_on_spending
from summed
order by group_key;
