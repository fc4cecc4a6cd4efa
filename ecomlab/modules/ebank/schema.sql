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
-- Who may enter, review or approve a company's payments, if it works with three sign-ins; post: a role's name.
create table bank_operator (number varchar primary key, customer varchar not null, full_name varchar not null, post varchar not null, day date not null);
-- A payment that such operators make. transaction: what the bank did, null until it is approved; reason: why it was sent back, '' if it was not.
create table bank_payment_order (
    number varchar primary key, from_account varchar not null, to_account varchar not null, payee varchar not null, amount decimal(18,2) not null,
    purpose varchar not null, entered_by varchar not null, reviewed_by varchar, approved_by varchar, transaction varchar, reason varchar not null,
    day date not null
);
