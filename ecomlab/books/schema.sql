-- Members: companies and persons, one row each however many modules they are known in.
create table member (
    number varchar primary key, kind varchar not null, name varchar not null, uscc varchar, mailbox varchar
);
-- Documents of every kind, with the state each is in; the history tells how it got there.
create table document (
    number varchar primary key, kind varchar not null, state varchar not null, owner varchar not null,
    day date not null, parent varchar
);
create table document_history (
    document varchar, step integer, state varchar not null, day date not null, entry integer not null, acted varchar not null,
    primary key (document, step)
);
-- The double-entry ledger. Every owner keeps books of its own; a ledger entry balances for each owner it touches.
create table ledger_account (account varchar primary key, zh varchar not null, en varchar not null, class varchar not null);
create table ledger_entry (
    number integer primary key, kind varchar not null, day date not null, moment timestamp not null, text varchar not null,
    document varchar, reverses integer
);
create table posting (
    entry integer, line integer, owner varchar not null, account varchar not null, sub varchar not null,
    amount decimal(18,2) not null, primary key (entry, line)
);
-- Running balances, so that no command adds up the past; the audit compares them with the postings.
create table ledger_balance (
    owner varchar, account varchar, sub varchar, balance decimal(18,2) not null, primary key (owner, account, sub)
);
