-- Invoices, blue and red: what a seller bills a buyer with value added tax. code: the 20 digits that an issued one has. buyer: null for whoever is no
-- member; title and tax_number: to whom it is made out. sale: the document of the sale lines. blue: of a credit note (with negative figures), the
-- invoice that it takes back, all of it or a part.
create table invoice (
    number varchar primary key, code varchar, invoice_kind varchar not null, seller varchar not null, buyer varchar, title varchar not null,
    tax_number varchar, sale varchar not null, net decimal(18,2) not null, tax decimal(18,2) not null, blue varchar, reason varchar
);
create table invoice_line (
    invoice varchar, line integer, product varchar not null, quantity integer not null, net decimal(18,2) not null, tax decimal(18,2) not null,
    primary key (invoice, line)
);
