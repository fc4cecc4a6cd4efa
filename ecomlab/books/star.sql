-- Dimensions and facts, for whoever explores: one row of a fact is one thing that happened, and its keys lead to the dimensions. What is not known
-- is NULL, never '' or 0, so that sums, counts and margins leave it out.
create view dim_date as
select day::date as day, year(day)::integer as year, quarter(day)::integer as quarter, strftime(day, '%Y-%m') as month,
       strftime(day, '%G-W%V') as week, isodow(day)::integer as weekday
from (select unnest(generate_series(min(day), max(day), interval 1 day)) as day from ledger_entry);
create view dim_product as
select gtin as product, name as product_name, product_category, weight_g, cost as standard_cost from product;
-- Who has books, and whom they name: the bank keeps books and is no member.
create view dim_member as
select number as member, name as member_name, kind, uscc from member
union all select distinct owner, owner, 'bank', null from ledger_balance where owner not in (select number from member);
-- natural_side: 1 where a debit is an increase (assets, expenses), -1 where a credit is.
create view dim_account as
select account, zh || ' ' || en as account_name, class as account_class, if(class in ('asset', 'expense'), 1, -1) as natural_side from ledger_account;
-- Sales and what came back, by document and product. cost and gross_profit are NULL where nothing was booked as cost: services and auctions.
create view fact_sale as
select l.day, l.document, l.seller, s.name as seller_name, nullif(l.buyer, '') as buyer, b.name as buyer_name, nullif(l.product, '') as product,
       p.name as product_name, p.product_category, l.channel, l.quantity, l.revenue, l.tax,
       if(l.product = '', null, l.cost) as cost, if(l.product = '', null, l.revenue - l.cost)::decimal(18,2) as gross_profit
from sale_line l join member s on s.number = l.seller left join member b on b.number = l.buyer left join product p on p.gtin = l.product;
-- Postings. natural_amount is positive where the account's balance grows: revenue, debts and capital by a credit, the rest by a debit.
create view fact_posting as
select e.day, p.entry, nullif(e.document, '') as document, e.kind, p.owner, p.account, a.class as account_class, nullif(p.sub, '') as other_party,
       if(p.amount > 0, p.amount, 0)::decimal(18,2) as debit, if(p.amount < 0, -p.amount, 0)::decimal(18,2) as credit,
       if(a.class in ('asset', 'expense'), p.amount, -p.amount)::decimal(18,2) as natural_amount
from posting p join ledger_entry e on e.number = p.entry join ledger_account a on a.account = p.account;
-- Movements of goods on hand, without rounding differences.
create view fact_stock as
select m.day, nullif(m.document, '') as document, m.kind, m.owner, m.place, m.product, p.product_category, m.quantity, m.value
from stock_movement m join product p on p.gtin = m.product
where m.side = 'on_hand' and m.quantity <> 0;
-- What members owed each other (payables 2202, receivables 1122), by document: when it arose, was due, and was settled in full.
create view fact_invoice as
select owner, account, nullif(other_party, '') as other_party, item as document, min(day) as day, max(d.due_day) as due_day,
       sum(if((amount > 0) = (account = '1122'), abs(amount), 0))::decimal(18,2) as amount,
       abs(sum(amount))::decimal(18,2) as open_amount, if(sum(amount) = 0, max(day), null) as settled_day
from open_line left join (select item, max(due_day) as due_day from due_line group by item) d using (item)
group by owner, account, other_party, item
having sum(if((amount > 0) = (account = '1122'), abs(amount), 0)) > 0;
