-- Members: companies and persons, one row each however many modules they are known in.
create table member (
    number varchar primary key, kind varchar not null, name varchar not null, uscc varchar, mailbox varchar
);
-- What a password or PIN opens: a realm is the purpose of a secret (email.password, ebank.pin), within which a name is unique.
-- scripted: played by the library; its secret is told to nobody. wrong_tries: in a row; locked: the business day on which the fifth locked.
create table access (
    realm varchar, name varchar, secret varchar not null, scripted boolean not null, wrong_tries integer not null, locked date, primary key (realm, name)
);
-- Documents of every kind, with the state each is in and how many it has been in; the history tells how it got there.
create table document (
    number varchar primary key, kind varchar not null, state varchar not null, step integer not null, owner varchar not null,
    day date not null, parent varchar
);
create table document_history (
    document varchar, step integer, state varchar not null, day date not null, entry integer not null, acted varchar not null,
    primary key (document, step)
);
-- The double-entry ledger. Every owner keeps books of its own; a ledger entry balances for each owner it touches.
create table ledger_account (account varchar primary key, zh varchar not null, en varchar not null, class varchar not null);
insert into ledger_account values
    ('1001', '库存现金', 'Cash on hand', 'asset'),
    ('1002', '银行存款', 'Bank deposits', 'asset'),
    ('1122', '应收账款', 'Accounts receivable', 'asset'),
    ('1123', '预付账款', 'Prepayments', 'asset'),
    ('1221', '其他应收款', 'Other receivables', 'asset'),
    ('1405', '库存商品', 'Merchandise inventory', 'asset'),
    ('1406', '发出商品', 'Goods in transit', 'asset'),
    ('2011', '吸收存款', 'Customer deposits', 'liability'),
    ('2202', '应付账款', 'Accounts payable', 'liability'),
    ('2203', '预收账款', 'Advances from customers', 'liability'),
    ('22210101', '应交增值税（进项税额）', 'Input tax (VAT)', 'liability'),
    ('22210102', '应交增值税（销项税额）', 'Output tax (VAT)', 'liability'),
    ('22210103', '应交增值税（转出未交增值税）', 'VAT moved to be paid', 'liability'),
    ('222102', '未交增值税', 'VAT to be paid', 'liability'),
    ('222103', '待认证进项税额', 'Input tax to be confirmed', 'liability'),
    ('2241', '其他应付款', 'Other payables', 'liability'),
    ('4001', '实收资本', 'Paid-in capital', 'equity'),
    ('4103', '本年利润', 'Profit of the year', 'equity'),
    ('6001', '主营业务收入', 'Sales revenue', 'revenue'),
    ('6021', '手续费及佣金收入', 'Fee and commission income', 'revenue'),
    ('6401', '主营业务成本', 'Cost of sales', 'expense'),
    ('6601', '销售费用', 'Selling expenses', 'expense'),
    ('6602', '管理费用', 'Administrative expenses', 'expense'),
    ('6603', '财务费用', 'Financial expenses', 'expense'),
    ('6711', '营业外支出', 'Non-operating expenses', 'expense');
create table ledger_entry (
    number integer primary key, kind varchar not null, day date not null, moment timestamp not null, text varchar not null,
    document varchar, reverses integer
);
create table posting (
    entry integer, line integer, owner varchar not null, account varchar not null, sub varchar not null,
    amount decimal(18,2) not null, primary key (entry, line)
);
-- Running balances, so that no command adds up the past; the audit compares them with the postings.
create table ledger_balance (
    owner varchar, account varchar, sub varchar, balance decimal(18,2) not null, primary key (owner, account, sub)
);
-- The months of an owner's books that were closed: up to which day, with what profit, and the value added tax set apart to be paid.
create table book_closing (
    owner varchar, to_day date, profit decimal(18,2) not null, tax decimal(18,2) not null, day date not null, primary key (owner, to_day)
);
-- Stock. Products by GTIN-13; `cost` is what a piece typically costs.
create table product (
    gtin varchar primary key, name varchar not null, product_category varchar not null, weight_g integer not null, cost decimal(18,2) not null
);
-- Articles that are one colour and size of a style; goods that come in one shape are not here.
create table product_variant (
    product varchar primary key, style varchar not null, colour varchar not null, size varchar not null, unique (style, colour, size)
);
create table stock_place (number varchar primary key, kind varchar not null, keeper varchar not null, name varchar not null);
-- How an owner's goods are valued, where it is not the moving average.
create table stock_owner (owner varchar primary key, method varchar not null);
-- Every movement, never edited. side: on_hand or in_transit; a rounding difference moves value and no pieces.
create table stock_movement (
    number integer primary key, kind varchar not null, day date not null, moment timestamp not null, owner varchar not null,
    place varchar not null, product varchar not null, side varchar not null, quantity integer not null, value decimal(18,2) not null,
    document varchar
);
-- Running figures; the audit compares them with the movements.
create table stock_level (
    owner varchar, place varchar, product varchar, on_hand integer not null, reserved integer not null, in_transit integer not null,
    primary key (owner, place, product)
);
-- Layers of cost: held is '' for goods on hand, else the document under which they are on their way (to `place`).
create table stock_layer (
    owner varchar, product varchar, held varchar, place varchar not null, seq integer, quantity integer not null,
    unit_cost decimal(18,6) not null, value decimal(18,2) not null, primary key (owner, product, held, seq)
);
create table stock_reservation (
    document varchar, owner varchar, place varchar, product varchar, quantity integer not null,
    primary key (document, owner, place, product)
);
-- What was sold, a line for each document and product, whichever module it was sold in: the one place where revenue and cost of sales
-- meet. A return is a line with negative figures. product is empty for what is no product of the stock books (services, auctions);
-- buyer is null for whoever is no member. revenue is net; tax: the value added tax on it. channel: one of `sales.Channel`.
create table sale_line (
    day date not null, document varchar not null, seller varchar not null, buyer varchar, product varchar not null, quantity integer not null,
    revenue decimal(18,2) not null, tax decimal(18,2) not null, cost decimal(18,2) not null, channel varchar not null
);
-- By when what is owed on a document is to be paid, where that is agreed; and the document under which it counts as an open item, itself or
-- another one. A document that is not here stands for itself.
create table due_line (document varchar primary key, item varchar not null, due_day date);
-- Why goods came and went, for whoever asks what they cost: 'received', 'sold', 'returned', 'lost' or 'rounding'; pieces and value positive when
-- they come. Transfers between two places are left out: the same goods at the same value. Goods found in a stocktake make the losses less.
-- Returned goods that did not come to the stock were scrapped: they come back and are lost at once.
create view goods_flow as
select owner, day, product,
       case kind when 'taken_back' then 'returned' when 'issue' then 'sold' when 'delivery' then 'sold' when 'rounding' then 'rounding'
                 when 'write_off' then 'lost' when 'lost' then 'lost' when 'found' then 'lost' else 'received' end as flow,
       quantity, value
from stock_movement where kind not in ('transfer_out', 'transfer_in')
union all
select l.seller, l.day, l.product, f.flow, (-l.quantity * f.sign)::integer, (-l.cost * f.sign)::decimal(18,2)
from sale_line l anti join stock_movement m on m.document = l.document and m.product = l.product and m.kind = 'taken_back'
cross join (values ('returned', 1), ('lost', -1)) f(flow, sign)
where l.quantity < 0 and l.product <> '';
-- What an account moved on a day, and what a document left open: the two ways in which reports read the ledger.
-- A month's closing is left out of the first: what a period earned stays to be read.
create view account_flow as
select e.day, p.owner, p.account, p.amount from posting p join ledger_entry e on e.number = p.entry where e.kind <> 'closing';
create view open_line as
select e.day, p.owner, p.account, p.sub as other_party, coalesce(d.item, e.document, cast(e.number as varchar)) as item, p.amount
from posting p join ledger_entry e on e.number = p.entry left join due_line d on d.document = e.document
where p.account in ('1122', '2202');
-- What an entry moved in money, told by its other lines: every entry balances for its owner, so money rises by what these come to with the sign
-- turned. Money is what lies in the till (1001), at the bank (1002), and with card terminals that pay it out (1012).
create view cash_line as
select e.day, p.owner, p.account, p.sub as other_party, -p.amount as amount
from posting p join ledger_entry e on e.number = p.entry
where p.account not in ('1001', '1002', '1012')
  and exists (select 1 from posting c where c.entry = p.entry and c.owner = p.owner and c.account in ('1001', '1002', '1012'));
