-- Cash flow (现金收支): where money came from and went to in a period; CNY.
--
-- `cash_line` tells what moved money by the lines that stand against it: an entry that debits the bank and credits advances (2203) has brought that
-- much in advances. One whose other lines stand on both sides, such as a price less a fee, is told by each of them. Money that only changed its
-- place, from the till to the bank, is no flow. net_cash, over all rows, is what money has risen by.
with moved as (                         -- added up by the columns themselves: a text made for each line would take most of the time
    select if($by = 'account', account, null) as account, if($by in ('month', 'day'), day, null) as day,
           case $by when 'other_party' then other_party when 'owner' then owner end as member,
           sum(amount) filter (amount > 0) as receipts, sum(amount) filter (amount < 0) as payments
    from cash_line
    where ($owner is null or owner = $owner)
      and ($start is null or day >= $start)
      and ($end is null or day <= $end)
    group by all
), grouped as (
    select case $by when 'account' then account when 'month' then strftime(day, '%Y-%m') when 'day' then strftime(day, '%Y-%m-%d') else member
           end as group_key,
           coalesce(sum(receipts), 0) as receipts, coalesce(-sum(payments), 0) as payments, coalesce(sum(receipts), 0) + coalesce(sum(payments), 0) as net_cash
    from moved
    group by 1
)
select g.group_key, coalesce(a.zh || ' ' || a.en, m.name, g.group_key) as group_name,
       g.receipts::decimal(18,2) as receipts, g.payments::decimal(18,2) as payments, g.net_cash::decimal(18,2) as net_cash
from grouped g
left join ledger_account a on $by = 'account' and a.account = g.group_key
left join member m on $by in ('other_party', 'owner') and m.number = g.group_key
order by 1;
