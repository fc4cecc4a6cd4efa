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
    select buyer, max(day) as last_day, count(*) filter (buying) as frequency, sum(revenue)::decimal(18,2) as monetary
    from sold
    group by buyer
), fifths as (                          -- what the last customer has who still belongs to the best fifth, to the best two, and so on
    select percentile_disc('[0.2, 0.4, 0.6, 0.8]'::decimal(2,1)[]) within group (order by last_day desc) as last_day,
           percentile_disc('[0.2, 0.4, 0.6, 0.8]'::decimal(2,1)[]) within group (order by frequency desc) as frequency,
           percentile_disc('[0.2, 0.4, 0.6, 0.8]'::decimal(2,1)[]) within group (order by monetary desc) as monetary
    from bought                         -- (the list is written as text, since DuckDB's `get_table_names` binds no other)
), scored as (
    select b.*,
           case when b.last_day >= f.last_day[1] then 5 when b.last_day >= f.last_day[2] then 4
                when b.last_day >= f.last_day[3] then 3 when b.last_day >= f.last_day[4] then 2 else 1 end as recency_score,
           case when b.frequency >= f.frequency[1] then 5 when b.frequency >= f.frequency[2] then 4
                when b.frequency >= f.frequency[3] then 3 when b.frequency >= f.frequency[4] then 2 else 1 end as frequency_score,
           case when b.monetary >= f.monetary[1] then 5 when b.monetary >= f.monetary[2] then 4
                when b.monetary >= f.monetary[3] then 3 when b.monetary >= f.monetary[4] then 2 else 1 end as monetary_score
    from bought b cross join fifths f
)
select buyer, m.name as buyer_name, last_day, date_diff('day', last_day, coalesce($end, (select max(day) from ledger_entry))) as recency,
       frequency, monetary, recency_score, frequency_score, monetary_score,
       recency_score || '' || frequency_score || '' || monetary_score as rfm
from scored left join member m on m.number = buyer
order by recency_score desc, frequency_score desc, monetary_score desc, monetary desc, buyer;
