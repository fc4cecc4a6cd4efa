-- Web orders from the cart to the shopper: days of each step, NULL where it has not come to that; what was paid and what was given back.
create view fact_order as
select o.number as document, o.merchant, o.shopper, d.state, o.payment_kind, o.placed_day, p.paid_day, o.shipped_day, o.due_day, o.received_day,
       o.amount, p.paid_amount, r.returned_amount, greatest(date_diff('day', o.due_day, p.paid_day), 0) as days_late
from b2c_order o join document d on d.number = o.number
left join (select web_order, min(paid_day) as paid_day, sum(amount)::decimal(18,2) as paid_amount from b2c_payment group by web_order) p on p.web_order = o.number
left join (select web_order, sum(amount)::decimal(18,2) as returned_amount from b2c_return group by web_order) r on r.web_order = o.number;
