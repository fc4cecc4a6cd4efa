-- Sheets of goods that a merchant has received. position: which of the sheets that suppliers have sent; terms: own_sale or joint_operation.
create table shop_sheet (
    number varchar primary key, merchant varchar not null, position integer not null, supplier varchar not null, prefix varchar not null,
    product_category varchar not null, terms varchar not null, day date not null
);
-- Their rows as the supplier filled them in. file_name: the picture that a row names, '' for none. fault: why the row went back to the
-- supplier, null if it is accepted; style, colour, size: '' for goods that come in one shape; code: the department's own product code; entered_day: when it became a product of the shop.
create table shop_row (
    sheet varchar, row_no integer, article varchar not null, product varchar not null, product_name varchar not null, product_category varchar not null,
    unit varchar not null, price decimal(18,2) not null, cost decimal(18,2) not null, quantity integer not null, weight_g integer not null,
    file_name varchar not null, fault varchar, code varchar, entered_day date, style varchar not null, colour varchar not null, size varchar not null,
    primary key (sheet, row_no)
);
-- The pictures of a sheet. mark_text and mark_place: the watermark of all of them; pattern: how their files are named.
create table shop_picture_set (number varchar primary key, sheet varchar not null, mark_text varchar, mark_place varchar, pattern varchar);
-- One picture of a row. origin: supplied, photographed or uploaded; shows: the GTIN of the goods on it; content: base64 of an uploaded PNG;
-- taken: the place in the order in which the photographer took them. band: where a watermark is seen on its pixels, null before there is one.
create table shop_picture (
    picture_set varchar, row_no integer, origin varchar not null, shows varchar not null, content varchar, taken integer, band varchar,
    primary key (picture_set, row_no)
);
-- A picture cut to a size: what its pixels say of it, how its file is named and in which folder it is.
create table shop_picture_file (
    picture_set varchar, row_no integer, picture_size varchar, width integer not null, height integer not null, band varchar not null,
    scanned varchar not null, file_name varchar not null, folder varchar, primary key (picture_set, row_no, picture_size)
);
-- A shop's own logo (base64 of a PNG), and the logo that was laid on a set of pictures, as it was then.
create table shop_logo (merchant varchar primary key, content varchar not null, day date not null);
create table shop_mark_logo (picture_set varchar primary key, content varchar not null);
create table shop_channel (number varchar primary key, merchant varchar not null, channel_name varchar not null, product_category varchar not null);
create table shop_channel_place (channel varchar, position integer, product varchar not null, primary key (channel, position));
-- A product on the shelf: since when, when it is looked at again, and why it was taken off.
create table shop_shelf_item (
    number varchar primary key, merchant varchar not null, product varchar not null, on_day date, review_day date, reason varchar, stock_hint varchar
);
-- What was changed of a product, with the day. amount: the new value of a price or cost. A price that was changed holds for orders placed from then on.
create table shop_change (
    merchant varchar, seq integer, product varchar not null, field varchar not null, old_value varchar not null, new_value varchar not null,
    amount decimal(18,2), day date not null, primary key (merchant, seq)
);
-- A day's till. book: the cash that the receipts say, null until it is closed; counted: the cash in the drawer; difference: counted less book.
-- decision: who bears the difference, company or cashier, null until it is decided.
create table shop_till (
    number varchar primary key, merchant varchar not null, day date not null, counted decimal(18,2), cards decimal(18,2), cheques decimal(18,2),
    book decimal(18,2), difference decimal(18,2), asked varchar, decision varchar
);
-- Who came to the counter on the day of a till, and the paper that they bring: a slip of the terminal, a cheque, a number of the bank.
create table shop_visit (web_order varchar primary key, till varchar not null, way varchar not null, means varchar not null, paper varchar not null);
-- What the cashier took in. reference: the number of the paper; cleared_day: when the bank has credited a card or a cheque.
create table shop_receipt (
    number varchar primary key, till varchar not null, web_order varchar not null, way varchar not null, means varchar not null,
    amount decimal(18,2) not null, reference varchar not null, day date not null, cleared_day date
);
-- Store cards, each in its holder's name, and what was put on them at the till; what is on a card stands in 2203 under its number.
create table shop_store_card (number varchar primary key, merchant varchar not null, holder varchar not null, day date not null);
create table shop_card_receipt (
    number varchar primary key, till varchar not null, store_card varchar not null, means varchar not null, amount decimal(18,2) not null,
    reference varchar not null, day date not null, cleared_day date
);
-- An enquiry about a transfer. transaction: the bank's number, null until it is found; goods_amount and postage: what it was for.
create table shop_enquiry (
    number varchar primary key, merchant varchar not null, amount decimal(18,2) not null, transfer_day date not null, transaction varchar,
    web_order varchar, goods_amount decimal(18,2), postage decimal(18,2), day date not null
);
-- A voucher for goods of a supplier in one sale or, negative, in one return. amount: the price with its tax; statement: the one on which it is settled.
create table shop_voucher (
    number varchar primary key, merchant varchar not null, web_order varchar not null, source varchar not null, supplier varchar not null,
    amount decimal(18,2) not null, rate decimal(5,2) not null, day date not null, statement varchar
);
-- A month's statement of a supplier. commission: what the shop keeps, tax included; payable: what the supplier gets.
create table shop_statement (
    number varchar primary key, merchant varchar not null, supplier varchar not null, month varchar not null, sales decimal(18,2) not null,
    commission decimal(18,2) not null, payable decimal(18,2) not null, transaction varchar, day date not null
);
-- A shop's agreement with the platform. deposit: what is asked; deposit_paid: what of it the platform has, paid by the shop or kept back.
create table shop_mall (
    number varchar primary key, merchant varchar not null, deposit decimal(18,2) not null, deposit_paid decimal(18,2) not null, day date not null
);
-- Years of the mall's service that shops have paid ahead. amount: tax included.
create table shop_service_year (number varchar primary key, merchant varchar not null, amount decimal(18,2) not null, starts date not null, ends date not null);
-- The platform's commission on an order. amount: tax included, on what has not been refunded; 0 once all was.
create table shop_commission (
    number varchar primary key, merchant varchar not null, web_order varchar not null, amount decimal(18,2) not null, day date not null
);
-- A courier's list of parcels: each is a web order with its waybill.
create table shop_handover (number varchar primary key, merchant varchar not null, courier varchar not null, day date not null);
create table shop_handover_line (handover varchar, waybill varchar, web_order varchar not null, primary key (handover, waybill));
-- The department's receipts beside the list of finance, a row a line. side: shop or finance; reference: the paper's number, or the order's where
-- there is no paper; ticked_with: the line of the other side that is the same; open_reason: why there is none.
create table shop_reconciliation (number varchar primary key, merchant varchar not null, day date not null);
create table shop_reconciliation_line (
    reconciliation varchar, side varchar, line_no integer, day date not null, way varchar not null, reference varchar not null,
    amount decimal(18,2) not null, ticked_with integer, open_reason varchar, primary key (reconciliation, side, line_no)
);
-- The accounts that a department's till and its joint-operation goods need beside the others.
insert or ignore into ledger_account values
    ('1012', '其他货币资金', 'Other monetary funds', 'asset'),
    ('1901', '待处理财产损溢', 'Differences awaiting disposal', 'asset'),
    ('6051', '其他业务收入', 'Other operating revenue', 'revenue'),
    ('6301', '营业外收入', 'Non-operating income', 'revenue');
