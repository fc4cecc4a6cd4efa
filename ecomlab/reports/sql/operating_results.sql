-- Operating results (经营状况表): from revenue to profit, line by line, as the ledger has it; CNY.
--
-- Revenue is a credit and negative in the books; here revenue is positive and every cost negative, so that each subtotal
-- (gross profit, operating profit, profit) is the plain sum of the accounts named beside it. share_of_revenue says what
-- part of the period's sales revenue (6001) a line is.
with posted as (
    select p.account, -p.amount as amount
    from account_flow p join ledger_account a on a.account = p.account
    where a.class in ('revenue', 'expense')
      and ($owner is null or p.owner = $owner)
      and ($start is null or p.day >= $start)
      and ($end is null or p.day <= $end)
), lines(position, result_line, accounts) as (
    values (1, 'sales_revenue', ['6001']),
           (2, 'fee_income', ['6021']),
           (3, 'cost_of_sales', ['6401']),
           (4, 'gross_profit', ['6001', '6021', '6401']),
           (5, 'selling_expenses', ['6601']),
           (6, 'administrative_expenses', ['6602']),
           (7, 'financial_expenses', ['6603']),
           (8, 'operating_profit', ['6001', '6021', '6401', '6601', '6602', '6603']),
           (9, 'losses', ['6711']),
           (10, 'profit', ['6001', '6021', '6401', '6601', '6602', '6603', '6711'])
), totals as (
    select account, sum(amount) as amount from posted group by account
), revenue as (
    select coalesce(sum(amount), 0) as whole from totals where account = '6001'
)
select l.result_line, array_to_string(l.accounts, ' ') as accounts, coalesce(sum(t.amount), 0)::decimal(18,2) as amount,
       if(any_value(r.whole) = 0, null, coalesce(sum(t.amount), 0) / any_value(r.whole))::decimal(9,4) as share_of_revenue
from lines l cross join revenue r left join totals t on list_contains(l.accounts, t.account)
where exists (from posted)
group by l.position, l.result_line, l.accounts
order by l.position;
