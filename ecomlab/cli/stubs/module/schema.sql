-- To be written: what it keeps that the books do not.
create table ${name}_note (number varchar primary key, text varchar not null, day date not null);
