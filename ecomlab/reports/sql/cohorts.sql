-- Cohorts (客户留存): of the customers who first bought in a month, how many bought again in each month after it; CNY.
--
-- A cohort is all customers whose first sale up to $end fell into the month; month 0 is that month, so its retention is 1. A month in which
-- none of them bought has a row with 0: left out, it would make the mean of the others too high. $start: only cohorts that began since.
with bought as (
    select buyer, date_trunc('month', day)::date as month, sum(revenue) as revenue, bool_or(revenue > 0) as buying
    from sale_line
    where buyer <> ''
      and ($owner is null or seller = $owner)
      and ($end is null or day <= $end)
    group by all
), begun as (
    select buyer, min(month) as cohort from bought where buying group by buyer
    having $start is null or min(month) >= date_trunc('month', $start::date)
), sizes as (
    select cohort, count(*) as customers from begun group by cohort
), grid as (
    select cohort, customers, unnest(generate_series(cohort, last, interval 1 month))::date as month
    from sizes cross join (select date_trunc('month', coalesce($end::date, max(month))) as last from bought)
), summed as (
    select b.cohort, s.month, count(*) filter (s.buying) as buyers, sum(s.revenue) as revenue
    from begun b join bought s on s.buyer = b.buyer and s.month >= b.cohort
    group by all
)
select strftime(g.cohort, '%Y-%m') as cohort, date_diff('month', g.cohort, g.month) as months_since, g.customers, coalesce(s.buyers, 0) as buyers,
       (coalesce(s.buyers, 0) / g.customers)::decimal(9,4) as retention, coalesce(s.revenue, 0)::decimal(18,2) as revenue
from grid g left join summed s on s.cohort = g.cohort and s.month = g.month
order by g.cohort, g.month;
