-- A shop that has a service desk, since when.
create table service_desk (merchant varchar primary key, opened date not null);
-- Who works there; post: a role's name.
create table service_clerk (clerk varchar primary key, merchant varchar not null, full_name varchar not null, post varchar not null);
-- Talks. message and intent: of the customer's first line (data/desk_messages); wanted: what is to be changed, '' for nothing.
-- arrives: when it is in the inbox; first_answer: when a clerk first answered. convinced, promised: whether the customer heard what convinces,
-- and whether a clerk promised a price. gift: the product that was offered; web_order: what came of it, or what it is about.
create table service_conversation (
    number varchar primary key, merchant varchar not null, shopper varchar not null, day date not null, arrives timestamp not null,
    message varchar not null, intent varchar not null, wanted varchar not null, product varchar not null, web_order varchar,
    first_answer timestamp, clerk varchar, convinced boolean not null, promised boolean not null, gift varchar, gift_cost decimal(18,2)
);
-- What clerks said in them. classes: the kinds of what was said, in order; entry: the number of the logbook's entry, below 1 if the library did it.
create table service_line (
    conversation varchar, line integer, moment timestamp not null, clerk varchar not null, template varchar, classes varchar not null,
    text varchar not null, entry integer not null, primary key (conversation, line)
);
create table service_flag (
    number varchar primary key, web_order varchar not null, remark varchar not null, clerk varchar not null, day date not null, moment timestamp not null
);
-- stage: where the order was when it was asked; confirmed: when the customer confirmed what was understood.
create table service_request (
    number varchar primary key, web_order varchar not null, wish varchar not null, wanted varchar not null, stage varchar not null,
    clerk varchar not null, confirmed timestamp
);
-- Slips and waybills. batch: the hourly one that they came with, null for one printed alone. remark: what the warehouse reads on them.
-- fetched_from: printed or packed; put_back: when the goods of a fetched parcel were on the shelf again.
create table service_papers (
    number varchar primary key, web_order varchar not null, sales_order varchar not null, waybill varchar not null, batch varchar,
    remark varchar not null, printed timestamp not null, packed timestamp, fetched timestamp, fetched_from varchar, put_back timestamp
);
create table service_batch (
    number varchar primary key, merchant varchar not null, day date not null, moment timestamp not null, orders integer not null, clerk varchar not null,
    entry integer not null
);
-- What customers were told about an order, outside of conversations.
create table service_notice (
    number varchar primary key, web_order varchar not null, day date not null, moment timestamp not null, clerk varchar not null, text varchar not null,
    entry integer not null
);
-- return_entry: null for an order that was not shipped. amount: what was paid back, null until then.
create table service_case (
    number varchar primary key, web_order varchar not null, return_entry varchar, paid_amount decimal(18,2) not null, amount decimal(18,2),
    reason varchar not null, checked_by varchar
);
-- Parts of a price that customers get back and keep the goods. clerk: who paid or asked; request: the shop's return that says so, null until it is paid.
create table service_compensation (
    number varchar primary key, web_order varchar not null, cause varchar not null, amount decimal(18,2) not null, remark varchar not null,
    clerk varchar not null, request varchar, moment timestamp not null
);
-- Parcels that come back. request: the return in the shop, whose lines say what is in it; damaged: how it is. What the clerk registered of it
-- is null until then, and its goods stand in the lines.
create table service_return (
    number varchar primary key, request varchar not null, web_order varchar not null, arrives date not null, waybill varchar not null,
    damaged boolean not null, seen_waybill varchar, seen_damaged boolean, reason varchar, registered timestamp, clerk varchar
);
create table service_return_line (number varchar, product varchar, quantity integer not null, primary key (number, product));
create table service_review (
    number varchar primary key, merchant varchar not null, web_order varchar not null, shopper varchar not null, day date not null, stars integer not null,
    message varchar not null, phoned timestamp, reason varchar, clerk varchar, entry integer
);
create table service_group_note (
    number varchar primary key, day date not null, moment timestamp not null, clerk varchar not null, text varchar not null, entry integer not null
);
create table service_shift (number varchar primary key, merchant varchar not null, clerk varchar not null, day date not null, shift varchar not null);
-- The hours of a shift that hand over to the next. left_out: the open items that were not named.
create table service_handover (
    number varchar primary key, clerk varchar not null, next_clerk varchar not null, day date not null, moment timestamp not null, left_out integer not null,
    unsent_checked boolean not null, closed_down boolean not null, entry integer not null
);
create table service_handover_item (number varchar, document varchar, note varchar not null, primary key (number, document));
-- Who owns a dispute: a complaint or a refund case.
create table service_dispute (
    document varchar primary key, clerk varchar not null, note varchar not null, supervisor varchar not null, day date not null, entry integer not null
);
create table service_score_sheet (number varchar primary key, merchant varchar not null, pay_day date not null, supervisor varchar not null);
create table service_score (
    number varchar, line integer, clerk varchar not null, kind varchar not null, amount decimal(18,2) not null, reason varchar not null, day date not null,
    primary key (number, line)
);
