create table b2b_member (
    member varchar primary key, name varchar not null, trade varchar not null, contact varchar not null, mailbox varchar not null, city varchar not null,
    certificate varchar not null, day date not null
);
create table b2b_offer (supplier varchar, product varchar, list_price decimal(18,2) not null, primary key (supplier, product));
create table b2b_cart (purchaser varchar, supplier varchar, product varchar, quantity integer not null, primary key (purchaser, supplier, product));
create table b2b_inquiry (number varchar primary key, purchaser varchar not null, supplier varchar not null, note varchar not null);
-- The goods of an inquiry (version 0), of each version of a negotiation's terms, and of a settlement (version 0).
create table b2b_line (
    document varchar, version integer, product varchar, quantity integer not null, price decimal(18,2), primary key (document, version, product)
);
create table b2b_negotiation (
    number varchar primary key, inquiry varchar not null, purchaser varchar not null, supplier varchar not null, version integer not null,
    agreed_by_purchaser boolean not null, agreed_by_supplier boolean not null
);
-- Every version of a negotiation's terms, never edited; version 0 is the quotation.
create table b2b_terms (
    negotiation varchar, version integer, proposed_by varchar not null, day date not null, quality varchar not null, inspection varchar not null,
    incoterm varchar not null, delivery_place varchar not null, delivery_day date, payment_kind varchar not null, message varchar not null,
    primary key (negotiation, version)
);
create table b2b_contract (
    number varchar primary key, negotiation varchar not null, purchaser varchar not null, supplier varchar not null, contract_text varchar not null
);
-- signer_info: the CMS SignerInfo (RFC 5652, 5.3) in DER, as base64.
create table b2b_signature (
    contract varchar, signer varchar, member varchar not null, certificate varchar not null, moment timestamp not null, signer_info varchar not null,
    primary key (contract, signer)
);
-- A purchase order and, from its confirmation on, the sales order that the supplier works by.
create table b2b_order (
    number varchar primary key, purchaser varchar not null, supplier varchar not null, payment_kind varchar not null, delivery_day date not null,
    deliver_to varchar not null, incoterm varchar not null, warehouse varchar, sales_order varchar, reason varchar not null
);
-- Its goods, with how many were sent on their way and how many have been received so far.
create table b2b_order_line (
    number varchar, product varchar, quantity integer not null, price decimal(18,2) not null, sent_quantity integer not null,
    received_quantity integer not null, primary key (number, product)
);
-- What a delivery is to be paid with, and how much of it has been.
create table b2b_settlement (
    number varchar primary key, purchase_order varchar not null, delivery_order varchar not null, purchaser varchar not null, supplier varchar not null,
    amount decimal(18,2) not null, paid_amount decimal(18,2) not null, due_day date not null
);
