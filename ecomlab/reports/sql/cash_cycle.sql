-- Cash cycle (现金周转期): for how many days a yuan is out, from paying for goods to being paid for them, month by month; CNY and days.
--
-- days_of_sales = mean receivables / revenue * days; days_in_stock = mean inventory / cost of sales * days; days_of_purchases = mean payables /
-- cost of sales * days; cash_cycle = the first two less the third (Richards and Laughlin, A Cash Conversion Cycle Approach to Liquidity Analysis,
-- Financial Management, 1980). A mean is that of the month's opening and closing balance. Receivables and payables are with value added
-- tax, revenue and cost without, as the books have them. A month in which nothing was sold has no such days.
with flow as (
    select day, account, sum(amount) as amount from account_flow
    where account in ('1122', '1405', '1406', '2202', '6001', '6401')
      and ($owner is null or owner = $owner)
      and ($end is null or day <= $end)
    group by all
), span as (
    select coalesce($start, min(day)) as first, coalesce($end, max(day)) as last from flow having count(*) > 0
), summed as (                                  -- what moved in each month of the period, and before it (month null)
    select case when f.day >= s.first then date_trunc('month', f.day)::date end as month,
           -sum(amount) filter (account = '6001') as revenue, sum(amount) filter (account = '6401') as cost_of_sales,
           sum(amount) filter (account = '1122') as receivable, sum(amount) filter (account in ('1405', '1406')) as stock,
           -sum(amount) filter (account = '2202') as payable
    from flow f cross join span s
    group by 1
), months as (
    select unnest(generate_series(date_trunc('month', first), last, interval 1 month))::date as month from span union all select null
), running as (
    select m.month, coalesce(s.revenue, 0) as revenue, coalesce(s.cost_of_sales, 0) as cost_of_sales,
           coalesce(s.receivable, 0) as receivable, coalesce(s.stock, 0) as stock, coalesce(s.payable, 0) as payable,
           coalesce(sum(s.receivable) over line, 0) as receivables, coalesce(sum(s.stock) over line, 0) as inventory,
           coalesce(sum(s.payable) over line, 0) as payables
    from months m left join summed s on s.month is not distinct from m.month
    window line as (order by m.month nulls first)
), counted as (
    select r.*, date_diff('day', greatest(r.month, s.first), least(last_day(r.month), s.last)) + 1 as days
    from running r cross join span s
    where r.month is not null
), measured as (
    select *,
           if(revenue <= 0, null, (receivables - receivable / 2) / revenue * days)::decimal(18,2) as days_of_sales,
           if(cost_of_sales <= 0, null, (inventory - stock / 2) / cost_of_sales * days)::decimal(18,2) as days_in_stock,
           if(cost_of_sales <= 0, null, (payables - payable / 2) / cost_of_sales * days)::decimal(18,2) as days_of_purchases
    from counted
)
select strftime(month, '%Y-%m') as month, days, revenue::decimal(18,2) as revenue, cost_of_sales::decimal(18,2) as cost_of_sales,
       receivables::decimal(18,2) as receivables, inventory::decimal(18,2) as inventory, payables::decimal(18,2) as payables,
       days_of_sales, days_in_stock, days_of_purchases, days_of_sales + days_in_stock - days_of_purchases as cash_cycle
from measured
order by month;
