create table lgs_carrier (
    member varchar primary key, name varchar not null, contact varchar not null, phone varchar not null, mailbox varchar not null, city varchar not null,
    base_fee decimal(18,2) not null, rate_per_kg decimal(18,2) not null, day date not null
);
-- The number is that of the place in the stock books.
create table lgs_warehouse (
    number varchar primary key, carrier varchar not null, name varchar not null, city varchar not null, address varchar not null,
    contact varchar not null, capacity integer not null, status varchar not null
);
create table lgs_vehicle (
    plate varchar primary key, carrier varchar not null, model varchar not null, load_kg integer not null, driver varchar not null, status varchar not null,
    transport varchar not null
);
-- A shipper's application for a carrier's service; its state is that of its document.
create table lgs_application (
    number varchar primary key, shipper varchar not null, carrier varchar not null, certificate varchar not null, note varchar not null
);
-- The head of every slip that moves goods: inbound and outbound slips, delivery and transfer orders, damage reports.
create table lgs_slip (
    number varchar primary key, kind varchar not null, carrier varchar not null, shipper varchar not null, warehouse varchar not null,
    to_warehouse varchar, purchaser varchar, consignee varchar not null, address varchar not null, wanted date, weight_kg integer, freight decimal(18,2),
    note varchar not null, freight_payer varchar, transport varchar not null
);
-- Its goods. Of an inbound slip: what stands at the gate, how much of that is damaged, and what was counted on receipt.
-- Of a delivery order, where something was lost on the way: what is left to arrive, as counted.
create table lgs_line (
    slip varchar, product varchar, quantity integer not null, at_gate integer, damaged integer, counted integer, primary key (slip, product)
);
-- A dispatch order: which vehicle carries a delivery order, when it should arrive and when it does.
create table lgs_trip (
    number varchar primary key, delivery_order varchar not null, carrier varchar not null, vehicle varchar, departed date, due date, arrives date,
    arrived date, sscc varchar, signed_by varchar, remark varchar
);
