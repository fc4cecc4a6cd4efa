-- A company on the network. level: the richest repertoire (UNOA to UNOY) that its system reads.
create table edi_member (
    gln varchar primary key, member varchar not null, mailbox varchar not null, level varchar not null, day date not null
);
-- What a member keeps of its own: partner types, partners, products.
create table edi_partner_type (number varchar primary key, member varchar not null, name varchar not null);
create table edi_partner (
    number varchar primary key, member varchar not null, name varchar not null, gln varchar not null, partner_type varchar not null,
    level varchar not null, contact varchar not null
);
create table edi_product (
    number varchar primary key, member varchar not null, gtin varchar not null, name varchar not null, measure_unit varchar not null,
    list_price decimal(18,2) not null
);
-- What the network laid into a member's files when it joined, and by what it was known: a partner by its GLN, a product by its GTIN, a type by its name.
create table edi_starter (number varchar primary key, known_as varchar not null);
-- What an order document says; its state is the document's. interchange: the last one made from it.
-- moved: the day on which the partner last heard or said something of it, so that no day adds up the past.
create table edi_order (
    number varchar primary key, partner varchar not null, supplier varchar not null, order_day date not null, delivery_day date not null,
    note varchar not null, total decimal(18,2) not null, flat_file varchar, interchange varchar, reason varchar, moved date
);
create table edi_order_line (
    number varchar, line integer, product varchar not null, gtin varchar not null, name varchar not null, measure_unit varchar not null,
    quantity integer not null, unit_price decimal(18,2) not null, primary key (number, line)
);
-- Every interchange, made or received, as text in its repertoire. sent: when the network took it.
create table edi_interchange (
    number varchar primary key, message_type varchar not null, sender_gln varchar not null, recipient_gln varchar not null,
    control_reference varchar not null, document varchar, level varchar not null, payload varchar not null, day date not null, sent timestamp
);
-- What came back for a document: technical (CONTRL) or functional (ORDRSP). interchange: the one that brought it.
create table edi_acknowledgement (
    number varchar primary key, document varchar not null, acknowledgement varchar not null, outcome varchar not null, error_code varchar not null,
    error_place varchar not null, interchange varchar not null, answers varchar not null, moment timestamp not null
);
-- What the purchaser of an order that began here owes for the goods that came; its state is the document's.
create table edi_invoice (
    number varchar primary key, purchaser varchar not null, supplier varchar not null, amount decimal(18,2) not null, due_day date not null
);
