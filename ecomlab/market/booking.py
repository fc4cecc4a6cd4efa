"""Booking: what happened to the lines of some shops, laid out as the tables of a world, all at once.

The books are those of the shops; a shopper is a person and keeps none. An order makes the entries that a shop's commands make for one that is paid
online, over the payment platform, or at the door; goods sent back are taken back at what they had cost and refunded.

Value added tax is booked as in a world (`books.tax`): a shop's prices and an advertiser's bill are gross, what suppliers ask is net. All articles of a
market bear the rate of goods. Input tax counts as confirmed when it is booked, and none is paid to the tax office.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from . import advertising
from .choice import BRUSHED, Lines
from .costing import Valued
from .draws import Ints
from .goods import Goods
from .parcels import AT_THE_DOOR, ONLINE, PLATFORM, Fate
from .supply import Supplied
from .truth import Truth

if TYPE_CHECKING:
    import duckdb

#: Entries, movements and orders of one part (`simulate`) are numbered from its own multiple of this.
A_PART = 1 << 25
#: Days after a delivery at which a supplier is to be paid.
TERMS = 30
#: Value added tax on goods, advertising and transport, in percent (`data/tax_rates.csv`).
GOODS_TAX, ADVERTISING_TAX, TRANSPORT_TAX = 13, 6, 9
#: Days that a truck needs, if it is not late: so many before it is due it leaves.
ON_THE_ROAD = 2
#: What a piece weighs, g.
A_PIECE = 500
#: What every shop begins with at the bank, CNY.
CAPITAL = 200_000

_KINDS = {ONLINE: "online", PLATFORM: "payment_platform", AT_THE_DOOR: "cash_on_delivery"}

#: The facts as they are registered: `line` one for each order and article with goods that were there, `delivery` one for each article that came,
#: `shown` one for each advertisement and day. From them follow `truck`, one for each delivery, and `clicked`, one for each order that came by a click.
_FACTS = """
create temp macro fen(amount) as (amount::decimal(16,0) * 0.01::decimal(3,2))::decimal(18,2);
create temp macro tax_within(gross, rate) as (2 * gross * rate + 100 + rate) // (2 * (100 + rate));
create temp macro tax_in(gross) as tax_within(gross, $goods);
create temp macro tax_on(net) as (2 * net * $goods + 100) // 200;
create temp macro on_day(day) as $start::date + day::integer;
create temp macro shop_number(shop) as 'MB-' || lpad(shop::varchar, 4, '0');
create temp macro truck_of(shop, due) as lpad(shop::varchar, 4, '0') || '-' || lpad(due::varchar, 4, '0');
create temp macro advertisement(shop, channel) as 'AD' || lpad(shop::varchar, 4, '0') || '-' || channel;
create temp macro shopper_number(customer) as 'C' || lpad(customer::varchar, 9, '0');
"""


@dataclass(frozen=True)
class Booked:
    """The numeric facts of a part, from which the tables follow by SQL: columns by name, `orders`, `lines` and `deliveries`."""

    part: int
    lines: dict[str, Ints]
    deliveries: dict[str, Ints]
    left: dict[str, Ints]
    layers: dict[str, Ints]
    under_way: dict[str, Ints]
    advertising: dict[str, Ints]
    shown: dict[str, Ints]
    labels: Ints


def facts(truth: Truth, goods: Goods, part: int, lines: Lines, fate: Fate, supplied: Supplied, valued: Valued) -> Booked:
    """The facts of a part, numbered in the order of the lines. Orders of which nothing was there came to nothing and are not in them."""
    kept = np.flatnonzero(supplied.filled > 0)
    lines = lines[kept]
    which = np.cumsum(np.diff(lines.order, prepend=-1) != 0) - 1
    number = part * A_PART + which
    filled = supplied.filled[kept]
    price = goods.price[lines.day // 7, lines.article]
    columns = {
        "number": number, "shop": goods.shop[lines.article], "customer": lines.customer, "article": lines.article, "day": lines.day, "quantity": filled,
        "price": price, "amount": price * filled, "cost": valued.cost[kept], "rounding": valued.rounding[kept], "shipped": fate.shipped[kept],
        "received": fate.received[kept], "back": fate.back[kept], "paid": fate.paid[kept], "kind": fate.kind[kept], "province": fate.province[kept],
        "second": _seconds(lines.day, which),
    }  # fmt: skip
    columns["channel"] = advertising.clicked(truth, columns["shop"], lines.day, fate.province[kept], lines.order)
    day, article, quantity, value, due = supplied.delivered.T
    came = {"day": day, "due": due, "article": article, "quantity": quantity, "value": value, "shop": goods.shop[article]}
    article, quantity, due = supplied.under_way.T
    coming = {"due": due, "article": article, "quantity": quantity, "shop": goods.shop[article]}
    articles, left = supplied.left.T
    held = {"article": articles, "shop": goods.shop[articles], "quantity": left}
    layers = {"article": valued.layers[:, 0], "seq": valued.layers[:, 1], "quantity": valued.layers[:, 2], "unit": valued.layers[:, 3],
              "value": valued.layers[:, 4]}  # fmt: skip
    shown = advertising.shown(truth, part, columns, which)
    return Booked(part, columns, came, held, layers, coming, advertising.bills(truth, part), shown, np.unique(number[lines.order >= BRUSHED]))


def _seconds(day: Ints, which: Ints) -> Ints:
    """When an order was placed: they come one after the other from eight in the morning to ten at night; seconds since midnight."""
    first = np.searchsorted(day, day, side="left")
    nth = which - which[first] if len(which) else which
    last = np.searchsorted(day, day, side="right") - 1
    many = which[last] - which[first] + 1 if len(which) else which
    return np.asarray(28_800 + nth * 50_400 // np.maximum(many, 1))


def start_of(connection: duckdb.DuckDBPyConnection, truth: Truth) -> None:
    """Prepares a connection: its macros, the articles' codes (`article_code`)."""
    day = truth.start.isoformat()
    for statement in _FACTS.replace("$start", f"'{day}'").replace("$goods", str(GOODS_TAX)).strip().split(";\n"):
        connection.execute(statement)


#: How each table follows from the facts, by name. {base}: the first number of the part.
TABLES: dict[str, str] = {
    "b2c_order": """
        select 'W' || number as number, any_value(merchant) as merchant, shopper_number(any_value(customer)) as shopper,
               'express' as delivery_kind, any_value(payment_kind) as payment_kind, shopper_number(any_value(customer)) as recipient,
               any_value(province_code) as deliver_to, '' as phone, fen(sum(amount)) as amount, on_day(any_value(day)) as placed_day,
               null::date as pay_by, 'S' || number as sales_order, any_value(shipped_day) as shipped_day,
               if(any_value(kind) = 2, any_value(shipped_day) + 30, null) as due_day,
               any_value(received_day) as received_day, 7 as return_days
        from line group by line.number order by line.number""",
    "b2c_order_line": """
        select 'W' || number as number, product, quantity::integer as quantity, fen(price) as unit_price, fen(amount) as amount,
               fen(cost) as cost
        from line order by line.number, product""",
    "b2c_return": """
        select 'R' || number || '-' || back as number, 'W' || number as web_order, 'after_shipping' as stage, 'restocked' as handling, '' as reason,
               fen(sum(amount)) as amount, null::varchar as transaction, on_day(back) as refunded_day
        from line where back >= 0 group by line.number, back order by line.number, back""",
    "b2c_return_line": """
        select 'R' || number || '-' || back as number, product, quantity::integer as quantity, fen(amount) as amount, fen(cost) as cost
        from line where back >= 0 order by line.number, product""",
    "b2c_purchase": """
        select purchase as number, any_value(merchant) as merchant, any_value(supplier) as supplier, 'road' as delivery_kind,
               'on_account' as settlement_kind, on_day(any_value(due)) as delivery_day, on_day(any_value(day)) + 30 as due_day, '' as remark
        from delivery where day > 0 group by purchase order by purchase""",
    "b2c_purchase_line": """
        select purchase as number, product, quantity::integer as quantity, quantity::integer as received_quantity, fen(value // quantity) as unit_cost
        from delivery where day > 0 order by purchase, product""",
    "b2c_payment": """
        select 'B' || number as number, 'W' || number as web_order, any_value(payment_kind) as payment_kind,
               fen(sum(amount) filter (kind < 2 or not (back >= 0 and back <= paid))) as amount, 0::decimal(18,2) as fee, null::varchar as transaction,
               if(any_value(kind) = 2, on_day(any_value(paid)), on_day(any_value(day))) as paid_day,
               if(any_value(paid) < 0, null, on_day(any_value(paid))) as banked_day
        from line where kind < 2 or paid >= 0 group by line.number having amount > 0 order by line.number""",
    "document": """
        select 'W' || number as number, 'b2c_order' as kind, if(bool_and(back >= 0), 'returned', 'shipped') as state, 1 as step,
               any_value(merchant) as owner, on_day(any_value(day)) as day, null::varchar as parent from line group by line.number
        union all select 'S' || number, 'b2c_sales_order', 'shipped', 1, any_value(merchant), on_day(any_value(shipped)), 'W' || number
            from line group by line.number
        union all select 'B' || number, 'b2c_payment', if(any_value(paid) < 0, 'remitted', 'banked'), 1, any_value(merchant), on_day(any_value(day)),
            'W' || number from line where kind < 2 or paid >= 0 group by line.number having any_value(kind) < 2 or bool_or(not (back >= 0 and back <= paid))
        union all select 'R' || number || '-' || back, 'b2c_return', 'refunded', 1, any_value(merchant), on_day(back), 'W' || number
            from line where back >= 0 group by line.number, back
        union all select purchase, 'b2c_purchase', if(day + {terms} < {days}, 'settled', 'received'), 1, any_value(merchant), on_day(day), null
            from delivery where day > 0 group by purchase, day
        union all select 'D' || truck, 'delivery_order', if(day < 0, 'dispatched', 'delivered'), 1, supplier, on_day(departed), null from truck
        union all select 'T' || truck, 'dispatch_order', if(day < 0, 'dispatched', 'arrived'), 1, haulier, on_day(departed), 'D' || truck from truck
        union all select 'F' || truck, 'freight_bill', if(day + {terms} < {days}, 'paid', 'unpaid'), 1, supplier, on_day(day), 'D' || truck
            from truck where day >= 0
        union all select number, 'netsell_' || form || '_ad', 'created', 1, member, on_day(0), null from advertised
        order by number""",
    "lgs_slip": """
        select 'D' || truck as number, 'delivery' as kind, haulier as carrier, supplier as shipper, 'ST-' || substr(supplier, 4) as warehouse,
               null::varchar as to_warehouse, owner as purchaser, owner as consignee, 'ST-' || substr(owner, 4) as address, on_day(due) as wanted,
               kg::integer as weight_kg, fen(freight) as freight, '' as note, supplier as freight_payer, 'road' as transport
        from truck order by number""",
    "lgs_line": """
        select 'D' || truck as slip, product, sum(quantity)::integer as quantity, null::integer as at_gate, null::integer as damaged,
               null::integer as counted
        from carried group by truck, product order by slip, product""",
    "lgs_trip": """
        select 'T' || truck as number, 'D' || truck as delivery_order, haulier as carrier, null::varchar as vehicle, on_day(departed) as departed,
               on_day(due) as due, on_day(due) as arrives, if(day < 0, null, on_day(day)) as arrived, null::varchar as sscc,
               if(day < 0, null, owner) as signed_by, null::varchar as remark
        from truck order by number""",
    "netsell_text_ad": """
        select number, member, 'promotion' as ad_category, title, '' as content, '' as link from advertised where form = 'text' order by number""",
    "netsell_button_ad": """
        select number, member, title, '' as link, '' as image, 'button_right' as slot, '' as remark from advertised where form = 'button'
        order by number""",
    "netsell_banner_ad": """
        select number, member, title, '' as link, '' as image, 'banner_wide' as slot, '' as remark from advertised where form = 'banner'
        order by number""",
    "netsell_ad_day": """
        select advertisement(shop, channel) as number, on_day(day) as day, impressions::integer as impressions, clicks::integer as clicks,
               'thousand' as per, (10 / per_fen)::decimal(18,2) as price
        from raw_shown join channel_code using (channel) order by number, day""",
    "netsell_conversion": """
        select 'W' || number as web_order, advertisement(shop, channel) as advertisement, day, amount from clicked order by clicked.number""",
    "shipment": """
        select 'W' || number as web_order, any_value(carrier) as carrier, any_value(province_code) as province, any_value(shipped_day) as shipped_day,
               any_value(received_day) as received_day
        from line group by line.number order by line.number""",
    "stock_movement": """
        select ({base} + row_number() over (order by day, came desc, n, product, kind, document))::integer as number, kind, on_day(day) as day,
               on_day(day) + to_seconds(second) as moment, owner, 'ST-' || substr(owner, 4) as place, product,
               'on_hand' as side, quantity::integer as quantity, fen(value) as value, document
        from (
            select 'receipt' as kind, day, 2 as came, 0 as n, 21600 as second, owner, product, quantity, value, purchase as document from delivery
            union all select 'receipt', day, 3, 0, 21000, supplier, product, quantity, value, null from delivery where day > 0
            union all select 'issue', day, 2, 0, 21600, supplier, product, -quantity, -value, purchase from delivery where day > 0
            union all select 'taken_back', back, 1, number, 25200, owner, product, quantity, cost, 'R' || number || '-' || back from line where back >= 0
            union all select 'issue', shipped, 0, number, second, owner, product, -quantity, -cost, 'S' || number from line
            union all select 'rounding', shipped, 0, number, second, owner, product, 0, -rounding, 'S' || number from line where rounding <> 0)
        order by number""",
    "sale_line": """
        select on_day(day) as day, document, seller, buyer, product, quantity::integer as quantity, fen(amount - tax) as revenue, fen(tax) as tax,
               fen(cost) as cost, channel
        from (
            select shipped as day, 'W' || number as document, owner as seller, shopper_number(customer) as buyer, product, quantity, amount, tax, cost,
                   'b2c' as channel from line
            union all select back, 'R' || number || '-' || back, owner, shopper_number(customer), product, -quantity, -amount, -tax, -cost, 'b2c'
                from line where back >= 0
            union all select day, purchase, supplier, owner, product, quantity, value + tax, tax, value, 'other' from delivery where day > 0
            union all select day, 'F' || truck, haulier, supplier, '', 1, freight, tax, 0, 'other' from truck where day >= 0)
        order by seller, day, document, product""",
    "due_line": """
        select distinct * from (
            select 'S' || number as document, 'W' || number as item, if(kind = 2, shipped_day + 30, null) as due_day from line
            union all select 'R' || number || '-' || back, 'W' || number, null from line where back >= 0
            union all select purchase, purchase, on_day(day) + 30 from delivery where day > 0
            union all select 'F' || truck, 'F' || truck, on_day(day) + {terms} from truck where day >= 0)
        order by document""",
}
#: The ledger's entries and their postings: a row for each posting, with what makes one entry of several (`what`, `document`, `day`).
LEDGER = """
    select owner, day, what, document, second, side, account, sub, amount from (
        select owner, day, what, document, second, unnest(postings, recursive := true) from (
            select owner, day, 'payment' as what, 'W' || number as document, any_value(second) as second,
                   [{{'side': 1, 'account': '1002', 'sub': '', 'amount': sum(amount)}},
                    {{'side': 2, 'account': '2203', 'sub': shopper_number(any_value(customer)), 'amount': -sum(amount)}}] as postings
            from line where kind = 0 group by line.number, owner, day
            union all
            select owner, shipped, 'sale', 'S' || number, any_value(second),
                   [{{'side': 1, 'account': if(any_value(kind) = 0, '2203', '1122'),
                      'sub': if(any_value(kind) = 1, 'MB-PLATFORM', shopper_number(any_value(customer))), 'amount': sum(amount)}},
                    {{'side': 2, 'account': '6001', 'sub': '', 'amount': sum(tax) - sum(amount)}},
                    {{'side': 3, 'account': '22210102', 'sub': '', 'amount': -sum(tax)}}]
            from line group by line.number, owner, shipped
            union all
            select owner, shipped, 'stock_issue', 'S' || number, any_value(second),
                   list_filter([{{'side': 1, 'account': '6401', 'sub': '', 'amount': sum(cost)}},
                    {{'side': 2, 'account': '1405', 'sub': '', 'amount': -sum(cost) - sum(rounding)}},
                    {{'side': 3, 'account': '6602', 'sub': '', 'amount': sum(rounding)}}], lambda p: p.amount <> 0)
            from line group by line.number, owner, shipped
            union all
            select owner, paid, 'payment', 'W' || number, 64800,
                   [{{'side': 1, 'account': '1002', 'sub': '', 'amount': sum(amount)}},
                    {{'side': 2, 'account': '1122', 'sub': if(any_value(kind) = 1, 'MB-PLATFORM', shopper_number(any_value(customer))),
                      'amount': -sum(amount)}}]
            from line where kind > 0 and paid >= 0 and not (back >= 0 and back <= paid) group by line.number, owner, paid
            union all
            select owner, back, 'refund', 'R' || number || '-' || back, 25200,
                   [{{'side': 1, 'account': '6001', 'sub': '', 'amount': sum(amount) - sum(tax)}},
                    {{'side': 3, 'account': '22210102', 'sub': '', 'amount': sum(tax)}},
                    {{'side': 2, 'account': if(any_value(kind) = 0 or any_value(paid) between 0 and back - 1, '1002', '1122'),
                      'sub': case when any_value(kind) = 0 or any_value(paid) between 0 and back - 1 then '' when any_value(kind) = 1 then 'MB-PLATFORM'
                             else shopper_number(any_value(customer)) end, 'amount': -sum(amount)}}]
            from line where back >= 0 group by line.number, owner, back
            union all
            select owner, back, 'stock_receipt', 'R' || number || '-' || back, 25200,
                   [{{'side': 1, 'account': '1405', 'sub': '', 'amount': sum(cost)}}, {{'side': 2, 'account': '6401', 'sub': '', 'amount': -sum(cost)}}]
            from line where back >= 0 group by line.number, owner, back having sum(cost) <> 0
            union all
            select owner, day, 'stock_receipt', purchase, 21600,
                   [{{'side': 1, 'account': '1405', 'sub': '', 'amount': sum(value)}},
                    {{'side': 2, 'account': '22210101', 'sub': '', 'amount': if(day = 0, 0, sum(tax))}},
                    {{'side': 3, 'account': if(day = 0, '4001', '2202'), 'sub': if(day = 0, '', any_value(supplier)),
                      'amount': -sum(value) - if(day = 0, 0, sum(tax))}}]
            from delivery group by owner, day, purchase
            union all
            select any_value(supplier), day, 'stock_receipt', null, 21000,
                   [{{'side': 1, 'account': '1405', 'sub': '', 'amount': sum(value)}}, {{'side': 2, 'account': '4001', 'sub': '', 'amount': -sum(value)}}]
            from delivery where day > 0 group by day, purchase
            union all
            select any_value(supplier), day, 'sale', purchase, 21600,
                   [{{'side': 1, 'account': '1122', 'sub': any_value(owner), 'amount': sum(value) + sum(tax)}},
                    {{'side': 2, 'account': '6001', 'sub': '', 'amount': -sum(value)}}, {{'side': 3, 'account': '22210102', 'sub': '', 'amount': -sum(tax)}}]
            from delivery where day > 0 group by day, purchase
            union all
            select any_value(supplier), day, 'stock_issue', purchase, 21600,
                   [{{'side': 1, 'account': '6401', 'sub': '', 'amount': sum(value)}}, {{'side': 2, 'account': '1405', 'sub': '', 'amount': -sum(value)}}]
            from delivery where day > 0 group by day, purchase
            union all
            select any_value(supplier), day + {terms}, 'settlement', purchase, 61200,
                   [{{'side': 1, 'account': '1002', 'sub': '', 'amount': sum(value) + sum(tax)}},
                    {{'side': 2, 'account': '1122', 'sub': any_value(owner), 'amount': -sum(value) - sum(tax)}}]
            from delivery where day > 0 and day + {terms} < {days} group by day, purchase
            union all
            select owner, day + {terms}, 'settlement', purchase, 61200,
                   [{{'side': 1, 'account': '2202', 'sub': any_value(supplier), 'amount': sum(value) + sum(tax)}},
                    {{'side': 2, 'account': '1002', 'sub': '', 'amount': -sum(value) - sum(tax)}}]
            from delivery where day > 0 and day + {terms} < {days} group by owner, day, purchase
            union all
            select haulier, day, 'freight', 'F' || truck, 21700,
                   [{{'side': 1, 'account': '1122', 'sub': supplier, 'amount': freight}}, {{'side': 2, 'account': '6001', 'sub': '', 'amount': tax - freight}},
                    {{'side': 3, 'account': '22210102', 'sub': '', 'amount': -tax}}]
            from truck where day >= 0
            union all
            select supplier, day, 'freight', 'F' || truck, 21700,
                   [{{'side': 1, 'account': '6601', 'sub': '', 'amount': freight - tax}}, {{'side': 2, 'account': '22210101', 'sub': '', 'amount': tax}},
                    {{'side': 3, 'account': '2202', 'sub': haulier, 'amount': -freight}}]
            from truck where day >= 0
            union all
            select haulier, day + {terms}, 'settlement', 'F' || truck, 61300,
                   [{{'side': 1, 'account': '1002', 'sub': '', 'amount': freight}}, {{'side': 2, 'account': '1122', 'sub': supplier, 'amount': -freight}}]
            from truck where day >= 0 and day + {terms} < {days}
            union all
            select supplier, day + {terms}, 'settlement', 'F' || truck, 61300,
                   [{{'side': 1, 'account': '2202', 'sub': haulier, 'amount': freight}}, {{'side': 2, 'account': '1002', 'sub': '', 'amount': -freight}}]
            from truck where day >= 0 and day + {terms} < {days}
            union all
            select shop_number(shop), day, 'advertising', null, 64000,
                   [{{'side': 1, 'account': '6601', 'sub': '', 'amount': amount - tax}}, {{'side': 2, 'account': '22210101', 'sub': '', 'amount': tax}},
                    {{'side': 3, 'account': '1002', 'sub': '', 'amount': -amount}}]
            from (select *, tax_within(amount, {advertising_tax}) as tax from raw_advertising)
            union all
            select owner, 0, 'capital', null, 21000,
                   [{{'side': 1, 'account': '1002', 'sub': '', 'amount': {capital}}}, {{'side': 2, 'account': '4001', 'sub': '', 'amount': -{capital}}}]
            from (select distinct owner from delivery)))
    where amount <> 0
"""
_ENTRIES = """
    create temp table booked as
    select ({base} + dense_rank() over (order by day, second, owner, what, document))::integer as entry, * from ({ledger})
"""
_FROM_BOOKED = {
    "ledger_entry": """
        select distinct entry as number, what as kind, on_day(day) as day, on_day(day) + to_seconds(second) as moment, '' as text, document,
               null::integer as reverses
        from booked order by number""",
    "posting": """
        select entry, row_number() over (partition by entry, owner order by side)::integer as line, owner, account, sub, fen(amount) as amount
        from booked order by entry, line""",
    "ledger_balance": "select owner, account, sub, fen(sum(amount)) as balance from booked group by owner, account, sub order by owner, account, sub",
}
_FROM_LEFT = {
    "stock_level": """
        select shop_number(shop) as owner, 'ST-' || lpad(shop::varchar, 4, '0') as place, product, quantity::integer as on_hand, 0 as reserved,
               0 as in_transit
        from held order by owner, product""",
    "stock_layer": """
        select shop_number(s.shop) as owner, c.code as product, '' as held, '' as place, l.seq::integer as seq, l.quantity::integer as quantity,
               (unit::decimal(18,0) * 0.000001::decimal(7,6))::decimal(18,6) as unit_cost, fen(value) as value
        from raw_layer l join article_code c using (article) join raw_left s using (article) where l.quantity > 0 order by owner, product, seq""",
}


def lay_out(connection: duckdb.DuckDBPyConnection, truth: Truth, booked: Booked) -> dict[str, str]:
    """Registers the facts of a part; gives the SQL of each table. The connection has been prepared (`start_of`)."""
    import pandas

    given = {
        "line": booked.lines, "delivery": booked.deliveries, "left": booked.left, "layer": booked.layers, "advertising": booked.advertising,
        "under_way": booked.under_way, "shown": booked.shown,
    }  # fmt: skip
    for name, columns in given.items():
        connection.register(f"raw_{name}", pandas.DataFrame(columns))
    kinds = ", ".join(f"{k}: '{v}'" for k, v in _KINDS.items())
    connection.execute(
        f"""create or replace temp table line as
            select l.*, tax_in(amount) as tax, shop_number(shop) as owner,
                   'SH' || lpad(shop::varchar, 4, '0') as merchant, c.code as product, p.code as province_code,
                   s.carrier, map {{{kinds}}}[kind] as payment_kind, on_day(shipped) as shipped_day, if(received < 0, null, on_day(received)) as received_day
            from raw_line l join article_code c using (article) join province_code p using (province) join shop_code s using (shop)"""
    )
    connection.execute(
        """create or replace temp table delivery as
           select d.*, tax_on(value) as tax, shop_number(shop) as owner, 'SH' || lpad(shop::varchar, 4, '0') as merchant, c.code as product, s.supplier,
                  if(day = 0, null, 'P' || truck_of(shop, due)) as purchase
           from raw_delivery d join article_code c using (article) join shop_code s using (shop)"""
    )
    connection.execute(
        f"""create or replace temp table carried as
            select truck_of(shop, due) as truck, shop, supplier, product, day, due, quantity from delivery where day > 0
            union all select truck_of(shop, due), shop, s.supplier, c.code, -1, due, quantity
                from raw_under_way join article_code c using (article) join shop_code s using (shop) where due - {ON_THE_ROAD} < {truth.days}"""
    )
    connection.execute(
        f"""create or replace temp table truck as
            select *, tax_within(freight, {TRANSPORT_TAX}) as tax, shop_number(shop) as owner from (
                select truck, shop, any_value(c.supplier) as supplier, any_value(s.haulier) as haulier, any_value(day) as day, any_value(due) as due,
                       any_value(due) - {ON_THE_ROAD} as departed, (sum(quantity) * {A_PIECE} + 999)::bigint // 1000 as kg,
                       any_value(base)::bigint + any_value(rate)::bigint * kg as freight
                from carried c join shop_code s using (shop) group by truck, shop)"""
    )
    connection.execute(
        """create or replace temp table advertised as
           select distinct advertisement(shop, channel) as number, shop_number(shop) as member, form,
                  '第 ' || (shop + 1) || ' 店 Shop ' || (shop + 1) || ' · ' || name as title
           from raw_shown join channel_code using (channel)"""
    )
    connection.execute(
        """create or replace temp table clicked as
           select number, any_value(shop) as shop, any_value(channel) as channel, on_day(any_value(day)) as day, fen(sum(amount)) as amount
           from line where channel >= 0 group by number"""
    )
    connection.execute("create or replace temp table held as select l.*, c.code as product from raw_left l join article_code c using (article)")
    values: dict[str, Any] = {"base": booked.part * A_PART, "days": truth.days, "terms": TERMS, "capital": CAPITAL * 100,
                              "advertising_tax": ADVERTISING_TAX}
    connection.execute("drop table if exists booked")
    connection.execute(_ENTRIES.format(base=values["base"], ledger=LEDGER.format(**values)))
    return {name: sql.format(**values) for name, sql in {**TABLES, **_FROM_BOOKED, **_FROM_LEFT}.items()}
