-- The business day, and the number of the first entry made on it.
create table clock (day date not null, first_n integer not null);
-- Open sessions: who is signed in as what, since which entry.
create table session (role varchar, actor varchar, n integer not null, primary key (role, actor));
