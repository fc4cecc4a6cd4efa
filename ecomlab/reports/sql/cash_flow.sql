-- Cash flow (现金收支): where money came from and went to in a period; CNY.
--
-- `cash_line` tells what moved money by the lines that stand against it: an entry that debits the bank and credits advances (2203) has brought that
-- much in advances. One whose other lines stand on both sides, such as a price less a fee, is told by each of them. Money that only changed its
-- place, from the till to the bank, is no flow. net_cash, over all rows, is what money has risen by.
with grouped as (
    select case $by when 'account' then account when 'other_party' then other_party when 'month' then strftime(day, '%Y-%m')
                    when 'day' then strftime(day, '%Y-%m-%d') else owner end as group_key,
           coalesce(sum(amount) filter (amount > 0), 0) as receipts, coalesce(-sum(amount) filter (amount < 0), 0) as payments, sum(amount) as net_cash
    from cash_line
    where ($owner is null or owner = $owner)
      and ($start is null or day >= $start)
      and ($end is null or day <= $end)
    group by 1
)
select g.group_key, coalesce(a.zh || ' ' || a.en, m.name, g.group_key) as group_name,
       g.receipts::decimal(18,2) as receipts, g.payments::decimal(18,2) as payments, g.net_cash::decimal(18,2) as net_cash
from grouped g
left join ledger_account a on $by = 'account' and a.account = g.group_key
left join member m on $by in ('other_party', 'owner') and m.number = g.group_key
order by 1;
