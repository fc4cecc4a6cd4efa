-- The funnel of an advertisement, a day each: how often it was shown and clicked, what that cost, which orders came of the clicks, and their amount.
create view fact_ad_day as
select s.day, s.number as advertisement, s.impressions, s.clicks, (s.price * if(s.per = 'click', s.clicks, s.impressions / 1000))::decimal(18,2) as spent,
       coalesce(c.orders, 0) as orders, coalesce(c.amount, 0)::decimal(18,2) as amount
from netsell_ad_day s
left join (select advertisement, day, count(*) as orders, sum(amount) as amount from netsell_conversion group by all) c
       on c.advertisement = s.number and c.day = s.day;
