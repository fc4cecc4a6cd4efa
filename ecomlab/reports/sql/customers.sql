-- Customers by recency, frequency and monetary value (客户 RFM): who bought last, most often, most; days, sales and CNY.
--
-- Each customer gets a score of 1 to 5 for each of the three, by the fifth of all customers it stands in (5: the best fifth), as Hughes
-- (Strategic Database Marketing, 1994) cuts them; here equal customers have equal scores. rfm puts the three side by side:
-- 555 is the best there is, 155 one who bought often and much and has not come back.
with sold as (                          -- by document first: to count documents apart for each buyer would take longer
    select buyer, document, max(day) as day, sum(revenue) as revenue, bool_or(revenue > 0) as buying
    from sale_line
    where ($owner is null or seller = $owner)
      and ($start is null or day >= $start)
      and ($end is null or day <= $end)
      and buyer <> '' and revenue <> 0
    group by buyer, document
), bought as materialized (
    select buyer, max(day) as last_day, count(*) filter (buying) as frequency, sum(revenue) as monetary
    from sold
    group by buyer
), recencies as (                       -- how many bought last on that day or earlier; few days, so no sorting of customers
    select last_day, (sum(count(*)) over (order by last_day))::bigint as customers from bought group by last_day
), frequencies as (
    select frequency, (sum(count(*)) over (order by frequency))::bigint as customers from bought group by frequency
), placed as (
    select b.*, (select count(*) from bought) as customers, r.customers as by_recency, f.customers as by_frequency,
           count(*) over (order by b.monetary) as by_monetary
    from bought b join recencies r on r.last_day = b.last_day join frequencies f on f.frequency = b.frequency
)
select buyer, m.name as buyer_name, last_day, date_diff('day', last_day, coalesce($end, (select max(day) from ledger_entry))) as recency,
       frequency, monetary::decimal(18,2) as monetary,
       r.score as recency_score, f.score as frequency_score, v.score as monetary_score, r.score || '' || f.score || '' || v.score as rfm
from placed
cross join lateral (select ((5 * by_recency + customers - 1) // customers)::integer as score) r
cross join lateral (select ((5 * by_frequency + customers - 1) // customers)::integer as score) f
cross join lateral (select ((5 * by_monetary + customers - 1) // customers)::integer as score) v
left join member m on m.number = buyer
order by recency_score desc, frequency_score desc, monetary_score desc, placed.monetary desc, buyer;
