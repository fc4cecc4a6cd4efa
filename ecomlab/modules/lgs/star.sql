-- Trips of vehicles: when they left, were to arrive and arrived, and by how many days late; NULL while they are under way.
create view fact_trip as
select number as document, delivery_order, carrier, vehicle, departed, due, arrived, greatest(date_diff('day', due, arrived), 0) as days_late from lgs_trip;
