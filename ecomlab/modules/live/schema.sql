-- What the owner of a shop has told its staff: how many of a day's orders wait to be worked by hand, how many pieces of each product are kept back,
-- whether a line for which there is too little is shipped in part, and what is done with goods that come back: restocked, scrapped, or by_hand.
-- Customers come while `holds`. since: the day of the first instruction.
create table live_instruction (
    merchant varchar primary key, since date not null, by_hand integer not null, kept_back integer not null, partly boolean not null,
    returned varchar not null, holds boolean not null
);
-- What a shop spends on advertising a day, and what it has spent.
create table live_budget (merchant varchar, ad_channel varchar, daily_budget decimal(18,2) not null, primary key (merchant, ad_channel));
create table live_ad (merchant varchar, day date, ad_channel varchar, spent decimal(18,2) not null, document varchar not null, primary key (merchant, day, ad_channel));
-- A day of trade. newcomers: who came to the mall for the first time, of whom `led` were led to this shop by its advertisements; visitors: who came to the
-- mall; looked: at this shop; wanted: asked for something here. sold_out: of these, who got nothing; too_dear, too_slow: who would have asked, had no
-- price been above the market's usual one, and had no order waited for its shipment.
create table live_day (
    merchant varchar, day date, newcomers integer not null, led integer not null, visitors integer not null, looked integer not null, wanted integer not null,
    sold_out integer not null, too_dear integer not null, too_slow integer not null, orders integer not null, primary key (merchant, day)
);
-- The same by product: its price, and the pieces that were asked for, sold, and asked for in vain.
create table live_product (
    merchant varchar, day date, product varchar, price decimal(18,2) not null, looked integer not null, asked integer not null, sold integer not null,
    lost integer not null, primary key (merchant, day, product)
);
-- Orders that came this way. by_hand: left to be worked by hand.
create table live_order (number varchar primary key, merchant varchar not null, by_hand boolean not null);
