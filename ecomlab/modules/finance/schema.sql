-- Who works in the department of a shop's company, on which post. person: the member whose cash it is when a float is paid out.
create table finance_staff (
    number varchar primary key, company varchar not null, merchant varchar not null, person varchar not null, full_name varchar not null,
    post varchar not null, day date not null
);
-- A slip about a web order, or about a return. amount: CNY; the copies are in slip_copy.
create table finance_slip (number varchar primary key, company varchar not null, about varchar not null, pieces integer not null, amount decimal(18,2) not null);
-- A refund that is asked for. request: the shop's return, once there is one; handling: what the stock clerk says becomes of the goods.
create table finance_refund (
    number varchar primary key, company varchar not null, web_order varchar not null, refund_type varchar not null, amount decimal(18,2) not null,
    reason varchar not null, request varchar, handling varchar, asked_at timestamp not null, paid_at timestamp
);
-- A clerk's float. before: the one that it renews; sales: the sales that the clerk names as the reason for more. The sum spent is that of its compensations.
create table finance_float (
    number varchar primary key, company varchar not null, clerk varchar not null, amount decimal(18,2) not null, reason varchar not null,
    sales decimal(18,2), before varchar
);
-- A line of the float's record sheet. courier: who is at fault and is claimed from, null where it is an expense.
create table finance_compensation (
    number varchar primary key, float varchar not null, web_order varchar not null, cause varchar not null, amount decimal(18,2) not null,
    courier varchar, remark varchar not null, day date not null
);
-- What a channel says it owes for a period. after_entry, upto_entry: the ledger entries between which the period lies; booked: what the ledger said then.
create table finance_statement (
    number varchar primary key, company varchar not null, channel varchar not null, before varchar, from_day date not null, to_day date not null,
    after_entry integer not null, upto_entry integer not null, opening decimal(18,2) not null, closing decimal(18,2) not null, booked decimal(18,2) not null
);
-- The channel's own file, as it was made; and what was imported from a file.
create table finance_channel_line (
    statement varchar, line integer, day date not null, line_kind varchar not null, reference varchar not null, amount decimal(18,2) not null,
    primary key (statement, line)
);
create table finance_statement_line (
    statement varchar, line integer, day date not null, line_kind varchar not null, reference varchar not null, amount decimal(18,2) not null,
    primary key (statement, line)
);
-- Where statement and ledger differ. cause: null until it is explained; entry: what was posted for it.
create table finance_difference (
    statement varchar, line integer, line_kind varchar not null, reference varchar not null, stated decimal(18,2) not null, booked decimal(18,2) not null,
    cause varchar, entry integer, primary key (statement, line)
);
-- A customer's transfer on the enquiry list. web_order: what it paid, once that is known; postage: what of it is for the courier.
create table finance_wire (
    number varchar primary key, company varchar not null, transaction varchar not null, amount decimal(18,2) not null, web_order varchar,
    postage decimal(18,2) not null, remark varchar not null, day date not null
);
-- A fee for a promotion. budget: what was approved; advanced and spent: what the clerk got and what the receipts come to.
create table finance_fee (
    number varchar primary key, company varchar not null, clerk varchar not null, promotion varchar not null, plan varchar not null,
    from_day date not null, to_day date not null, budget decimal(18,2) not null, advanced decimal(18,2) not null
);
-- A receipt of a promotion. tax: what of the amount is tax that a special invoice lets the company deduct, 0 for a plain receipt.
create table finance_receipt (
    fee varchar, line integer, payee varchar not null, receipt varchar not null, amount decimal(18,2) not null, tax decimal(18,2) not null,
    day date not null, primary key (fee, line)
);
-- The sheet of a month, as it was signed.
create table finance_month (number varchar primary key, company varchar not null, month varchar not null, sales decimal(18,2) not null);
-- The value added tax of a closed month, as it is declared: output tax less input tax less what was brought forward is payable, or carried forward.
create table finance_vat (
    number varchar primary key, company varchar not null, month varchar not null, output_tax decimal(18,2) not null, input_tax decimal(18,2) not null,
    brought_forward decimal(18,2) not null, payable decimal(18,2) not null, carried_forward decimal(18,2) not null, due_day date not null,
    late_fee decimal(18,2) not null, paid_day date
);
