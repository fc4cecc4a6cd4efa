-- Who asked for what, of which role, and who decided. about: the document in question; amount: null where no money is.
create table approval (
    number varchar primary key, about varchar not null, role varchar not null, amount decimal(18,2), asker varchar not null,
    decider varchar, reason varchar
);
-- The copies of a slip, by colour: each lies with one holder, until that one files it.
create table slip_copy (document varchar, colour varchar, holder varchar not null, filed_day date, primary key (document, colour));
-- What proves a document: a picture or a text of which the sha256 stays, and a note that says what it shows.
create table voucher (
    number varchar primary key, document varchar not null, media varchar not null, sha256 varchar not null, width integer, height integer,
    note varchar not null, who varchar not null, day date not null, moment timestamp not null
);
