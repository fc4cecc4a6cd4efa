-- What a seller takes off: 'time_price' (a product at another price), 'amount_off' (so much off a basket from a threshold on), 'coupon' (the same, for
-- who has one), 'gift' (a product on top from a threshold on; amount: its list price). Days inclusive; money gross, as a shop's prices.
create table promotion (
    number varchar primary key, seller varchar not null, promotion_kind varchar not null, title varchar not null, product varchar,
    threshold decimal(18,2) not null, amount decimal(18,2) not null, from_day date not null, to_day date not null
);
-- Who has a coupon of a promotion, and the document that it was used for.
create table coupon (number varchar primary key, promotion varchar not null, holder varchar not null, used_for varchar);
