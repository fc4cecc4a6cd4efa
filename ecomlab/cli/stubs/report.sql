-- To be written: which question it answers, from which tables, what a row is; amounts in CNY.
select p.account as account, sum(p.amount)::decimal(18,2) as amount
from posting p join ledger_entry e on e.number = p.entry
where ($$owner is null or p.owner = $$owner)
  and ($$start is null or e.day >= $$start)
  and ($$end is null or e.day <= $$end)
group by p.account
order by p.account;
