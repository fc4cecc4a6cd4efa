-- The waybill of a parcel. parcel: the document that travels by it; payer: the member that owes the price; tariff_zone: as `courier.tariff` has them;
-- price: CNY, with tax. due_day: by when the courier means to deliver, known once the parcel is collected.
create table waybill (
    number varchar primary key, courier varchar not null, parcel varchar not null, payer varchar not null, from_city varchar not null,
    recipient varchar not null, address varchar not null, phone varchar not null, tariff_zone varchar not null, weight_g integer not null,
    price decimal(18,2) not null, due_day date, signed_by varchar, signed_day date
);
-- Where a parcel has been: what the courier's page of tracking shows.
create table waybill_event (waybill varchar, seq integer, day date not null, event varchar not null, place varchar not null, primary key (waybill, seq));
