-- Payables and receivables (应付款、应收款): every document on which something is still open, and how old it is; CNY.
--
-- Account 2202 is what the owner owes (a credit, so negative in the books), 1122 what it is owed. Each posting there names
-- the other party (sub) and, by its ledger entry, the document it belongs to; what a document has left is open. Documents
-- that `due_line` gives to one item (a web order, its sales order, its returns) count as one. A payment that names no
-- document, or another one, stands as an item of its own with a negative open amount until it is matched.
-- age counts the days from the first posting to $end. The open amount stands in the column of its age, so that the columns
-- can be added up: over all items, or party by party.
with posted as (
    select owner, other_party, item as document, day, if($account = '2202', -amount, amount) as amount
    from open_line
    where account = $account
      and ($owner is null or owner = $owner)
      and ($other_party is null or other_party = $other_party)
      and ($end is null or day <= $end)
), items as materialized (
    select owner, other_party, document, min(day) as day,
           coalesce(sum(amount) filter (amount > 0), 0) as amount,
           coalesce(-sum(amount) filter (amount < 0), 0) as settled_amount,
           sum(amount) as open_amount,
           date_diff('day', min(day), coalesce($end, (select max(day) from ledger_entry))) as age
    from posted
    group by owner, other_party, document
    having sum(amount) <> 0 and ($start is null or min(day) >= $start)
)
select i.owner, i.other_party, m.name as other_party_name, i.document, i.day, d.due_day,
       i.amount::decimal(18,2) as amount, i.settled_amount::decimal(18,2) as settled_amount, i.open_amount::decimal(18,2) as open_amount, i.age,
       if(i.age <= 30, i.open_amount, 0)::decimal(18,2) as days_0_30,
       if(i.age between 31 and 60, i.open_amount, 0)::decimal(18,2) as days_31_60,
       if(i.age between 61 and 90, i.open_amount, 0)::decimal(18,2) as days_61_90,
       if(i.age > 90, i.open_amount, 0)::decimal(18,2) as days_over_90
from items i
left join member m on m.number = i.other_party
left join (select item, max(due_day) as due_day from due_line where item in (select document from items) group by item) d on d.item = i.document
order by i.owner, i.day, i.other_party, i.document;
