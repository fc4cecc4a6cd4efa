-- Collection and payment days (回款天数、付款天数): how long each party takes to pay, and how much of it comes late; CNY and days.
--
-- What settles an item (the other sign on its account, 1122 or 2202) counts on its day, weighted by its amount: days_to_pay from the day on which
-- the item arose, days_late from the day on which it was due. Money that came early is no lateness, and what has no due day cannot be late.
-- What stands open still is not in here, but in receivables and payables; a period asks when money came. Advances (before the item arose) are 0 days.
-- A credit note settles, too.
with lines as (
    select owner, other_party, item, day, if($account = '2202', -amount, amount) as amount
    from open_line
    where account = $account
      and ($owner is null or owner = $owner)
      and ($other_party is null or other_party = $other_party)
      and ($end is null or day <= $end)
), arisen as (
    select owner, other_party, item, min(day) filter (amount > 0) as day from lines group by all having count(*) filter (amount > 0) > 0
), due as (
    select item, max(due_day) as due_day from due_line where item in (select item from lines) group by item
), settled as (
    select l.other_party, l.item, -l.amount as amount, greatest(date_diff('day', a.day, l.day), 0) as days,
           greatest(coalesce(date_diff('day', d.due_day, l.day), 0), 0) as late
    from lines l join arisen a using (owner, other_party, item) left join due d on d.item = l.item
    where l.amount < 0 and ($start is null or l.day >= $start)
), items as (                          -- item by item first: to count items apart for each party would take longer
    select other_party, item, sum(amount) as amount, sum(amount * days) as weighted,
           sum(amount) filter (late > 0) as late_amount, sum(amount * late) filter (late > 0) as weighted_late
    from settled
    group by other_party, item
), parties as (
    select other_party, count(*) as items, sum(amount) as amount, sum(weighted) as weighted, coalesce(sum(late_amount), 0) as late_amount,
           sum(weighted_late) as weighted_late
    from items
    group by other_party
)
select p.other_party, m.name as other_party_name, p.items, p.amount::decimal(18,2) as settled_amount, (p.weighted / p.amount)::decimal(18,2) as days_to_pay,
       p.late_amount::decimal(18,2) as late_amount, (p.late_amount / p.amount)::decimal(9,4) as late_share,
       if(p.late_amount = 0, null, p.weighted_late / p.late_amount)::decimal(18,2) as days_late
from parties p left join member m on m.number = p.other_party
order by late_amount desc, p.other_party;
