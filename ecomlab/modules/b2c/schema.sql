-- Whoever buys. member: the person in the ledger's books.
create table b2c_shopper (
    user_name varchar primary key, member varchar not null, full_name varchar not null, mailbox varchar not null, phone varchar not null,
    postal_address varchar not null, joined date not null
);
-- A shop, under the merchant number of its bank contract. member: the company that owns goods and books; place: where its goods lie.
-- How its stock is valued stands in stock_owner (moving average where there is no row).
create table b2c_merchant (
    merchant varchar primary key, contract varchar not null, member varchar not null, place varchar not null, shop_name varchar not null,
    contact varchar not null, phone varchar not null, mailbox varchar not null, joined date not null
);
-- return_days: on the page of after-sales service, the days after receipt within which goods may come back; null: those of the law.
create table b2c_page (
    merchant varchar, page varchar, content varchar not null, return_days integer, day date not null, primary key (merchant, page)
);
-- What a shop sells. price: a piece, to shoppers; cost: what the merchant expects to pay for one. Name and category stand in `product`.
create table b2c_product (
    merchant varchar, product varchar, price decimal(18,2) not null, cost decimal(18,2) not null, description varchar not null,
    on_sale boolean not null, day date not null, primary key (merchant, product)
);
-- Apart from the products, so that a search does not carry it about: base64 of a PNG.
create table b2c_picture (merchant varchar, product varchar, picture varchar not null, primary key (merchant, product));
create table b2c_stock_limit (
    merchant varchar, product varchar, lower_limit integer not null, upper_limit integer not null, primary key (merchant, product)
);
-- The sheet of opening stock, one a shop; its state, saved or posted, is that of its document.
create table b2c_opening_stock (number varchar primary key, merchant varchar not null);
create table b2c_opening_line (number varchar, product varchar, quantity integer not null, unit_cost decimal(18,2) not null, primary key (number, product));
-- Where a supplier keeps what it sells to shops.
create table b2c_supplier (member varchar primary key, place varchar not null);
-- What a shop orders from a supplier (a member). due_day: when it is to be paid, known once the goods are there.
create table b2c_purchase (
    number varchar primary key, merchant varchar not null, supplier varchar not null, delivery_kind varchar not null, settlement_kind varchar not null,
    delivery_day date not null, due_day date, remark varchar not null
);
-- delivered_quantity: what the supplier sends of it, as its delivery note says; 0 before the order is confirmed.
create table b2c_purchase_line (
    number varchar, product varchar, quantity integer not null, delivered_quantity integer not null, received_quantity integer not null,
    unit_cost decimal(18,2) not null, primary key (number, product)
);
-- shopper: who put it there, or '' before anybody has signed in.
create table b2c_cart (shopper varchar, merchant varchar, product varchar, quantity integer not null, primary key (shopper, merchant, product));
-- A web order, of one shop. amount: of goods and postage; sales_order: what the merchant works by, once accepted; due_day: when a shipped order that is owed should be paid.
-- received_day: when the shopper has the goods, or should have them by the kind of delivery, null before the shipment; return_days: within how
-- many days after that they may come back, as the shop promised when the order was placed.
create table b2c_order (
    number varchar primary key, merchant varchar not null, shopper varchar not null, delivery_kind varchar, payment_kind varchar, recipient varchar,
    deliver_to varchar, phone varchar, amount decimal(18,2) not null, placed_day date, pay_by date, sales_order varchar, shipped_day date, due_day date,
    received_day date, return_days integer
);
-- A shop that charges postage. courier: by whose tariff; free_from: what goods must come to for the postage to be free, null: it never is.
create table b2c_postage_rule (merchant varchar primary key, courier varchar not null, free_from decimal(18,2));
-- The postage in what an order comes to, with how it came about; a row for each order at a shop that charges it, 0 where it was free.
create table b2c_order_postage (
    number varchar primary key, courier varchar not null, tariff_zone varchar not null, weight_g integer not null, postage decimal(18,2) not null,
    free_from decimal(18,2)
);
-- Postage that came along in a customer's transfer for an order. document: by which the transfer was found; earned_day: when the goods had left and it was
-- revenue; returned_day: when it went back because the order was called off. Both null: it is kept.
create table b2c_sent_postage (
    web_order varchar primary key, document varchar not null, amount decimal(18,2) not null, earned_day date, returned_day date
);
-- A parcel that a courier has lost. remedy: refund or send_again, null until the shop has decided; made_good: the day on which it did.
create table b2c_loss (waybill varchar primary key, web_order varchar not null, day date not null, remedy varchar, made_good date);
-- To whom the invoice of an order is made out, where one is asked for. tax_number: of a company.
create table b2c_invoice_title (number varchar primary key, title varchar not null, tax_number varchar);
-- amount: what the line comes to, quantity times unit price less what promotions take off the order. cost: the cost of sales of the line, null until it is shipped; returns do not change the line.
create table b2c_order_line (
    number varchar, product varchar, quantity integer not null, unit_price decimal(18,2) not null, amount decimal(18,2) not null, cost decimal(18,2),
    primary key (number, product)
);
-- How an order was paid, one payment an order. transaction: the bank's number of it, where a bank moved the money; fee: what the platform kept.
create table b2c_payment (
    number varchar primary key, web_order varchar not null, payment_kind varchar not null, amount decimal(18,2) not null, fee decimal(18,2) not null,
    transaction varchar, paid_day date not null, banked_day date
);
-- Goods or money given back. stage: how far the order was; handling: what became of the goods.
create table b2c_return (
    number varchar primary key, web_order varchar not null, stage varchar not null, handling varchar, reason varchar not null,
    amount decimal(18,2) not null, transaction varchar, refunded_day date
);
-- amount: what is paid back for the line; cost: the cost of sales that is taken back, 0 before it was shipped.
create table b2c_return_line (
    number varchar, product varchar, quantity integer not null, amount decimal(18,2) not null, cost decimal(18,2) not null, primary key (number, product)
);
-- A count of a shop's goods. last_movement: the newest stock movement there when the sheet was made, so that a later one is noticed.
create table b2c_stocktake (number varchar primary key, merchant varchar not null, last_movement integer not null);
-- What the books said and what was counted. variance_value: what the adjustment posted, gains positive, null until then.
create table b2c_stocktake_line (
    number varchar, product varchar, book_quantity integer not null, counted_quantity integer, variance_value decimal(18,2), primary key (number, product)
);
