-- The floor of a shop: since when its goods are kept in bins.
create table floor_site (merchant varchar primary key, member varchar not null, place varchar not null, city varchar not null, opened date not null);
-- capacity: pieces.
create table floor_bin (merchant varchar, bin varchar, zone varchar not null, capacity integer not null, primary key (merchant, bin));
-- Pieces that lie in a bin and came on one day: what is taken first in, first out. A lot that is used up is gone.
create table floor_lot (
    merchant varchar, lot integer, bin varchar not null, product varchar not null, came_day date not null, carton varchar, quantity integer not null,
    primary key (merchant, lot)
);
-- A delivery of a purchase. boxes and damaged_boxes: as the receiver counted them.
create table floor_arrival (
    number varchar primary key, merchant varchar not null, purchase varchar not null, boxes integer, damaged_boxes integer, signed_by varchar, reason varchar
);
-- A box of it. on_note: the pieces that the delivery note says; inside: what is in it; packing: sound or damaged; scanned: what the scanner read,
-- null before. carton: its number once it is labelled, with the SSCC and the text of the label (GS1-128).
create table floor_box (
    arrival varchar, box_no integer, product varchar not null, on_note integer not null, inside integer not null, packing varchar not null,
    refused boolean not null, scanned integer, carton varchar, sscc varchar, batch varchar, label varchar, bin varchar, primary key (arrival, box_no)
);
-- slip: the product of which a piece was taken wrongly, null for none.
create table floor_wave (number varchar primary key, merchant varchar not null, picked_by varchar, slip varchar);
-- A sales order on the floor: its wave, and how often its pieces were scanned out.
create table floor_order (sales_order varchar primary key, merchant varchar not null, wave varchar not null, region varchar not null, scans integer not null);
-- The pieces that lie in an order's tote, or in its parcel until the courier has it; which may be others than were ordered.
create table floor_tote (sales_order varchar, product varchar, quantity integer not null, came_day date not null, primary key (sales_order, product));
-- What a scan read of an order's tote. wanted: the pieces that the order has of it.
create table floor_scan (
    sales_order varchar, scan integer, product varchar, quantity integer not null, wanted integer not null, day date not null,
    primary key (sales_order, scan, product)
);
-- invoice_title: to whom the invoice in it is made out, '' for none; invoice: its number of 20 digits, null until the shipment issues it.
create table floor_parcel (
    number varchar primary key, merchant varchar not null, sales_order varchar not null, box varchar not null, seal varchar not null,
    invoice_title varchar not null, invoice varchar, weight_g integer not null, waybill varchar, list varchar
);
create table floor_handover (number varchar primary key, merchant varchar not null, courier varchar not null, signed_by varchar);
-- A slip in five parts. about: the receiving check or the sales order; where its parts are stands in slip_copy.
create table floor_slip (number varchar primary key, merchant varchar not null, about varchar not null, signed_by varchar not null);
-- A call to a customer: whether the parcel is there, and what they complain of.
create table floor_call (parcel varchar, seq integer, day date not null, arrived boolean not null, complaint varchar not null, primary key (parcel, seq));
-- Goods that came back. request: the shop's return; cause: why they are no longer fit for sale.
create table floor_return (number varchar primary key, merchant varchar not null, request varchar not null, serial integer not null, cause varchar);
-- announced: pieces that the customer says; scanned and faulty: what the scanner read, and how many of them are faulty; null before.
create table floor_return_line (
    number varchar, product varchar, announced integer not null, scanned integer, faulty integer, primary key (number, product)
);
-- A count of a zone.
create table floor_count (number varchar primary key, merchant varchar not null, zone varchar not null);
create table floor_count_line (
    number varchar, bin varchar, product varchar, book_quantity integer not null, counted_quantity integer, primary key (number, bin, product)
);
-- How many stand at each post for a day of so many orders; and what the day left behind. named: the bottleneck that the floor manager named.
create table floor_plan (
    number varchar primary key, merchant varchar not null, orders integer not null, information integer not null, picking integer not null,
    scanning integer not null, packing integer not null, left_behind integer, bottleneck varchar, named varchar
);
-- A day that was run, by post and hour (1: from 08:30). Orders that came to the post, left it, and stood there at the end of the hour.
create table floor_hour (
    plan varchar, post varchar, hour integer, came integer not null, done integer not null, backlog integer not null, pieces integer not null,
    primary key (plan, post, hour)
);
-- What a parcel has cost, as the floor manager worked it out, CNY.
create table floor_cost (
    parcel varchar primary key, courier_cost decimal(18,2) not null, packing_cost decimal(18,2) not null, work_cost decimal(18,2) not null, day date not null
);
-- Where differences of a count stand until somebody has decided.
insert or ignore into ledger_account values ('1901', '待处理财产损溢', 'Differences awaiting disposal', 'asset');
