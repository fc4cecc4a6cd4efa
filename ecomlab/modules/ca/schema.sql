-- Certificates that the issuing CA has made; the state of each is that of its document. `password` names the issued
-- download password, `failures` counts wrong ones since it was issued.
create table certificate (
    number varchar primary key, kind varchar not null, member varchar not null, common_name varchar not null,
    organization varchar, uscc varchar, mailbox varchar not null, serial varchar not null, not_before date not null,
    not_after date not null, password varchar not null, failures integer not null, pem varchar not null,
    revoked date, reason varchar
);
