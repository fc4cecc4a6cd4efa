-- The waybill of a parcel. parcel: the document that travels by it; payer: the member that owes the price; tariff_zone: as `courier.tariff` has them;
-- price: CNY, with tax. due_day: by when the courier means to deliver, known once the parcel is collected.
create table waybill (
    number varchar primary key, courier varchar not null, parcel varchar not null, payer varchar not null, from_city varchar not null,
    recipient varchar not null, address varchar not null, phone varchar not null, tariff_zone varchar not null, weight_g integer not null,
    price decimal(18,2) not null, due_day date, signed_by varchar, signed_day date
);
-- A claim on a courier. firm: its member; about: the waybill, or another document; happened_on: when the parcel was signed for or lost; day: when the courier first
-- heard of it; instead_of_expense: whether the claimant has booked it already; answered_day: null until the courier has answered.
create table courier_claim (
    number varchar primary key, courier varchar not null, firm varchar not null, claimant varchar not null, about varchar not null, cause varchar not null,
    amount decimal(18,2) not null, happened_on date not null, day date not null, instead_of_expense boolean not null, answered_day date
);
-- Where a parcel has been: what the courier's page of tracking shows.
create table waybill_event (waybill varchar, seq integer, day date not null, event varchar not null, place varchar not null, primary key (waybill, seq));
