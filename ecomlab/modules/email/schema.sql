create table mailbox (
    address varchar primary key, name varchar not null, day date not null, display_name varchar, configured date
);
-- A letter, once however many mailboxes hold it. A draft's letter may change until it is sent.
create table mail_message (
    message_id varchar primary key, kind varchar not null, sender varchar not null, sender_name varchar not null,
    subject varchar not null, body varchar not null, moment timestamp not null, in_reply_to varchar, refs varchar not null,
    headers varchar  -- further header fields, as a JSON object
);
create table mail_recipient (
    message_id varchar, position integer, header varchar not null, address varchar not null, outcome varchar not null,
    primary key (message_id, position)
);
-- A mailbox's own copy of a letter, and the folder it lies in; 'destroyed' ones are gone for their owner.
create table mail_item (
    number varchar primary key, mailbox varchar not null, message_id varchar not null, folder varchar not null,
    seen boolean not null, before varchar
);
