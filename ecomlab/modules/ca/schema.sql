-- Certificates that the issuing CA has made; the state of each is that of its document. password_round: how
-- many download passwords have been issued for it; the last one is valid (access, realm ca.download).
create table certificate (
    number varchar primary key, kind varchar not null, member varchar not null, common_name varchar not null,
    organization varchar, uscc varchar, mailbox varchar not null, serial varchar not null, not_before date not null,
    not_after date not null, password_round integer not null, pem varchar not null,
    revoked date, reason varchar
);
