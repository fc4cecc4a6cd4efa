create table c2c_group (number varchar primary key, name varchar not null, listing_limit integer not null, built_in boolean not null);
insert into c2c_group values ('ADMINISTRATORS', '管理员 Administrators', 20, true), ('MEMBERS', '普通会员 Members', 20, true);
create table c2c_category (number varchar primary key, name varchar not null, typical_value decimal(18,2) not null);
-- One row a member. Ratings and strikes are running figures of the sales behind them;
create table c2c_member (
    user_name varchar primary key, member varchar not null, mailbox varchar not null, member_group varchar not null,
    joined date not null, positive integer not null, neutral integer not null, negative integer not null, strikes integer not null
);
-- Every attempt to sign in, and up to which of them the log has been cleared; nothing is taken out of either.
create table c2c_sign_in (number integer primary key, moment timestamp not null, user_name varchar not null, signed_in_as varchar not null, outcome varchar not null);
create table c2c_log_clearing (number integer primary key, moment timestamp not null, user_name varchar not null, up_to integer not null);
-- A listing with its running figures: a bid reads and writes this row only, however many bids there are before it.
create table c2c_listing (
    number varchar primary key, seller varchar not null, auction_category varchar not null, title varchar not null, description varchar not null,
    start_price decimal(18,2) not null, fixed_increment decimal(18,2), reserve_price decimal(18,2), buy_now_price decimal(18,2),
    soft_close boolean not null, listed_on date not null, ends date not null,
    bids integer not null, price decimal(18,2), leader varchar, leader_max decimal(18,2), second_max decimal(18,2),
    buyer varchar, final_price decimal(18,2), pay_by date, sale_entry integer, reason varchar
);
-- Apart from the listings, so that a bid does not carry it about: base64 of a PNG.
create table c2c_picture (listing varchar primary key, picture varchar not null);
create table c2c_bid (
    listing varchar, bid integer, bidder varchar not null, maximum decimal(18,2) not null, price decimal(18,2) not null, leader varchar not null,
    scripted boolean not null, moment timestamp not null, primary key (listing, bid)
);
-- To whom a listing was awarded or offered, at what price, and what came of it.
create table c2c_award (
    listing varchar, award integer, bidder varchar not null, price decimal(18,2) not null, awarded_by varchar not null, day date not null,
    outcome varchar not null, primary key (listing, award)
);
create table c2c_rating (
    listing varchar primary key, seller varchar not null, buyer varchar not null, rating varchar not null, comment varchar not null, day date not null
);
