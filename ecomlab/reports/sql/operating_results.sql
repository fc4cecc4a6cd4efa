-- Operating results (经营状况表): from revenue to profit, line by line, as the ledger has it; CNY.
--
-- Revenue is a credit and negative in the books; here revenue is positive and every cost negative, so that each subtotal
-- (gross profit, operating profit, profit) is the plain sum of the accounts named beside it. share_of_revenue says what
-- part of the period's sales revenue (6001) a line is. Other operating revenue (6051) and non-operating income (6301) are named
-- where something was posted to them.
with posted as (
    select account, -sum(amount) as amount
    from account_flow
    where ($owner is null or owner = $owner)
      and ($start is null or day >= $start)
      and ($end is null or day <= $end)
    group by account
), lines(position, result_line, accounts) as (
    values (1, 'sales_revenue', ['6001']),
           (2, 'fee_income', ['6021']),
           (3, 'other_revenue', ['6051']),
           (4, 'cost_of_sales', ['6401']),
           (5, 'gross_profit', ['6001', '6021', '6051', '6401']),
           (6, 'selling_expenses', ['6601']),
           (7, 'administrative_expenses', ['6602']),
           (8, 'financial_expenses', ['6603']),
           (9, 'operating_profit', ['6001', '6021', '6051', '6401', '6601', '6602', '6603']),
           (10, 'gains', ['6301']),
           (11, 'losses', ['6711']),
           (12, 'profit', ['6001', '6021', '6051', '6301', '6401', '6601', '6602', '6603', '6711'])
), totals as (
    select p.account, p.amount from posted p join ledger_account a on a.account = p.account where a.class in ('revenue', 'expense')
), named as (
    select position, result_line, unnest(accounts) as account from lines
), shown as (
    select * from named where account not in ('6051', '6301') or account in (select account from totals)
), revenue as (
    select coalesce(sum(amount), 0) as whole from totals where account = '6001'
)
select s.result_line, string_agg(s.account, ' ' order by s.account) as accounts, coalesce(sum(t.amount), 0)::decimal(18,2) as amount,
       if(any_value(r.whole) = 0, null, coalesce(sum(t.amount), 0) / any_value(r.whole))::decimal(9,4) as share_of_revenue
from shown s cross join revenue r left join totals t on t.account = s.account
where exists (from totals)
group by s.position, s.result_line
order by s.position;
