create table bank_customer (
    number varchar primary key, kind varchar not null, member varchar not null, name varchar not null, mailbox varchar not null,
    certificate varchar, opened date not null
);
-- An account's state, open or closed, is that of its document; its balance is that of the bank's ledger.
create table bank_account (
    number varchar primary key, customer varchar not null, kind varchar not null, opened date not null
);
create table merchant_contract (
    number varchar primary key, merchant varchar not null, shop_name varchar not null, category varchar not null, account varchar not null
);
-- What the bank did, once each; the money itself stands in the ledger entry.
create table bank_transaction (
    number varchar primary key, kind varchar not null, entry integer not null, from_account varchar, to_account varchar,
    day date not null, moment timestamp not null, purpose varchar not null, reference varchar, merchant varchar
);
