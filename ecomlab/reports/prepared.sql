-- The tables that reports read, once more as they read them fastest, under their own names: figures of a day added up, in the order of days,
-- what there are few of (products, owners, places, accounts, ...) as numbers with names (ENUM), documents as numbers.
-- No report can tell the difference but by the time.
create schema prepared;
create type prepared.product_key as enum (
    select product from (select gtin as product from product union select product from sale_line union select product from stock_movement) order by product
);
create type prepared.owner_key as enum (
    select owner from (select owner from posting union select owner from stock_movement union select seller from sale_line) order by owner
);
create type prepared.place_key as enum (select distinct place from stock_movement order by place);
create type prepared.side_key as enum (select distinct side from stock_movement order by side);
create type prepared.flow_key as enum (select distinct flow from goods_flow order by flow);
create type prepared.account_key as enum (select account from (select account from ledger_account union select account from posting) order by account);
create table prepared.product as select gtin::prepared.product_key as gtin, * exclude (gtin) from product;
create table prepared.stock_movement as
select kind, day, owner::prepared.owner_key as owner, place::prepared.place_key as place, product::prepared.product_key as product,
       side::prepared.side_key as side, sum(quantity)::bigint as quantity, sum(value)::decimal(18,2) as value
from stock_movement group by kind, day, owner, place, product, side, quantity > 0 order by day;
create table prepared.goods_flow as
select owner::prepared.owner_key as owner, day, product::prepared.product_key as product, flow::prepared.flow_key as flow,
       sum(quantity)::bigint as quantity, sum(value)::decimal(18,2) as value
from goods_flow group by owner, day, product, flow order by day;
create table prepared.sale_line as
select l.day, d.number as document, l.seller::prepared.owner_key as seller, l.buyer, l.product::prepared.product_key as product,
       l.quantity, l.revenue, l.tax, l.cost, l.channel
from sale_line l join (select document, row_number() over () as number from (select distinct document from sale_line)) d on d.document = l.document
order by l.day;
create table prepared.account_flow as
select day, owner::prepared.owner_key as owner, account::prepared.account_key as account, sum(amount)::decimal(18,2) as amount
from account_flow group by day, owner, account order by account, day;
create table prepared.open_line as
select day, owner::prepared.owner_key as owner, account::prepared.account_key as account, other_party, item, sum(amount)::decimal(18,2) as amount
from open_line group by day, owner, account, other_party, item, amount > 0 order by account, day;
create table prepared.cash_line as
select day, owner::prepared.owner_key as owner, account::prepared.account_key as account, other_party, sum(amount)::decimal(18,2) as amount
from cash_line group by day, owner, account, other_party, amount > 0 order by day;
