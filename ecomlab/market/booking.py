"""Booking: what happened to the lines of some shops, laid out as the tables of a world, all at once.

The books are those of the shops, their suppliers and hauliers; a shopper is a person and keeps none, nor does an institution that buys in bulk. An order
makes the entries that a shop's commands make for one that is paid online, over the payment platform, or at the door; goods sent back are taken back at what
they had cost and refunded. A bulk order is on account; the supplier gets its goods in on the day on which they come to the buyer.

Value added tax is booked as in a world (`books.tax`): a shop's prices and an advertiser's bill are gross, what suppliers ask is net. All articles of a
market bear the rate of goods. Input tax counts as confirmed when it is booked, and none is paid to the tax office.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from . import advertising, wholesale
from .choice import BRUSHED, Lines
from .costing import Valued
from .draws import Ints
from .goods import Goods
from .ledger import ENTRIES, FROM_BOOKED, LEDGER
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
#: `shown` one for each advertisement and day, `bulk` one for each bulk order and article. From them follow `truck`, one for each delivery, `bulk_order`, and
#: `clicked`, one for each order that came by a click.
_FACTS = """
create temp macro fen(amount) as (amount::decimal(16,0) * 0.01::decimal(3,2))::decimal(18,2);
create temp macro tax_within(gross, rate) as (2 * gross * rate + 100 + rate) // (2 * (100 + rate));
create temp macro tax_in(gross) as tax_within(gross, $goods);
create temp macro tax_on(net) as (2 * net * $goods + 100) // 200;
create temp macro on_day(day) as $start::date + day::integer;
create temp macro shop_number(shop) as 'MB-' || lpad(shop::varchar, 4, '0');
create temp macro truck_of(shop, due) as lpad(shop::varchar, 4, '0') || '-' || lpad(due::varchar, 4, '0');
create temp macro advertisement(shop, channel) as 'AD' || lpad(shop::varchar, 4, '0') || '-' || channel;
create temp macro bulk_buyer(buyer) as 'MB-B' || lpad(buyer::varchar, 7, '0');
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
    bulk: dict[str, Ints]


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
        "carried_by": fate.carrier[kept], "second": _seconds(lines.day, which),
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
    labels, bulk = np.unique(number[lines.order >= BRUSHED]), wholesale.bulk(truth, goods, part)
    return Booked(part, columns, came, held, layers, coming, advertising.bills(truth, part), shown, labels, bulk)


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
        union all select 'D' || truck, 'delivery_order', if(day < 0, 'dispatched', 'delivered'), 1, supplier, on_day(departed), sales_order from truck
        union all select 'T' || truck, 'dispatch_order', if(day < 0, 'dispatched', 'arrived'), 1, haulier, on_day(departed), 'D' || truck from truck
        union all select 'F' || truck, 'freight_bill', if(day + {terms} < {days}, 'paid', 'unpaid'), 1, supplier, on_day(day), 'D' || truck
            from truck where day >= 0
        union all select 'PO' || truck, 'purchase_order', if(came < 0, 'confirmed', if(came + {terms} < {days}, 'settled', 'delivered')), 1, owner, on_day(day),
            null from bulk_order
        union all select sales_order, 'sales_order', if(departed >= {days}, 'to_send', if(came < 0, 'sending', 'delivered')), 1, supplier, on_day(day),
            'PO' || truck from bulk_order
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
    "b2b_order": """
        select 'PO' || truck as number, owner as purchaser, supplier, 'days_{terms}' as payment_kind, on_day(due) as delivery_day,
               'ST-' || substr(owner, 4) as deliver_to, 'DAP' as incoterm, 'ST-' || substr(supplier, 4) as warehouse, sales_order, '' as reason
        from bulk_order order by number""",
    "b2b_order_line": """
        select 'PO' || truck as number, product, quantity::integer as quantity, fen(price) as price,
               if(departed < {days}, quantity, 0)::integer as sent_quantity, if(came < 0, 0, quantity)::integer as received_quantity
        from bulk order by number, product""",
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
            union all select 'receipt', came, 3, 0, 20900, supplier, product, quantity, cost, sales_order from bulk where came >= 0
            union all select 'issue', came, 2, 0, 21500, supplier, product, -quantity, -cost, sales_order from bulk where came >= 0
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
            union all select day, purchase, supplier, owner, product, quantity, value + tax, tax, value, 'wholesale' from delivery where day > 0
            union all select day, 'F' || truck, haulier, supplier, '', 1, freight, tax, 0, 'carriage' from truck where day >= 0
            union all select came, sales_order, supplier, owner, product, quantity, net + tax, tax, cost, 'b2b' from bulk where came >= 0)
        order by seller, day, document, product""",
    "due_line": """
        select distinct * from (
            select 'S' || number as document, 'W' || number as item, if(kind = 2, shipped_day + 30, null) as due_day from line
            union all select 'R' || number || '-' || back, 'W' || number, null from line where back >= 0
            union all select purchase, purchase, on_day(day) + 30 from delivery where day > 0
            union all select 'F' || truck, 'F' || truck, on_day(day) + {terms} from truck where day >= 0
            union all select sales_order, sales_order, on_day(came) + {terms} from bulk_order where came >= 0)
        order by document""",
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
        "under_way": booked.under_way, "shown": booked.shown, "bulk": booked.bulk,
    }  # fmt: skip
    for name, columns in given.items():
        connection.register(f"raw_{name}", pandas.DataFrame(columns))
    kinds = ", ".join(f"{k}: '{v}'" for k, v in _KINDS.items())
    connection.execute(
        f"""create or replace temp table line as
            select l.*, tax_in(amount) as tax, shop_number(shop) as owner,
                   'SH' || lpad(shop::varchar, 4, '0') as merchant, c.code as product, p.code as province_code,
                   k.name as carrier, map {{{kinds}}}[kind] as payment_kind, on_day(shipped) as shipped_day,
                   if(received < 0, null, on_day(received)) as received_day
            from raw_line l join article_code c using (article) join province_code p using (province) join carrier_code k using (carried_by)"""
    )
    connection.execute(
        """create or replace temp table delivery as
           select d.*, tax_on(value) as tax, shop_number(shop) as owner, 'SH' || lpad(shop::varchar, 4, '0') as merchant, c.code as product, s.supplier,
                  if(day = 0, null, 'P' || truck_of(shop, due)) as purchase
           from raw_delivery d join article_code c using (article) join shop_code s using (shop)"""
    )
    connection.execute(
        f"""create or replace temp table bulk as
            select *, 'SO' || truck as sales_order, tax_on(net) as tax from (
                select lpad(buyer::varchar, 7, '0') || '-' || lpad(nth::varchar, 3, '0') as truck, bulk_buyer(buyer) as owner, s.supplier, c.code as product,
                       shop, day, due, due - {ON_THE_ROAD} as departed, came, quantity, price, quantity * price as net, quantity * b.cost as cost
                from raw_bulk b join article_code c using (article) join shop_code s using (shop))"""
    )
    connection.execute(
        """create or replace temp table bulk_order as
           select truck, owner, supplier, sales_order, day, due, departed, came, sum(net) as net, sum(tax) as tax, sum(cost) as cost from bulk group by all"""
    )
    connection.execute(
        f"""create or replace temp table carried as
            select truck_of(shop, due) as truck, shop, owner, supplier, null as sales_order, product, day, due, quantity from delivery where day > 0
            union all select truck_of(shop, due), shop, shop_number(shop), s.supplier, null, c.code, -1, due, quantity
                from raw_under_way join article_code c using (article) join shop_code s using (shop) where due - {ON_THE_ROAD} < {truth.days}
            union all select truck, shop, owner, supplier, sales_order, product, came, due, quantity from bulk where departed < {truth.days}"""
    )
    connection.execute(
        f"""create or replace temp table truck as
            select *, tax_within(freight, {TRANSPORT_TAX}) as tax from (
                select truck, shop, any_value(owner) as owner, any_value(sales_order) as sales_order, any_value(c.supplier) as supplier,
                       any_value(s.haulier) as haulier, any_value(day) as day, any_value(due) as due,
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
    connection.execute(ENTRIES.format(base=values["base"], ledger=LEDGER.format(**values)))
    return {name: sql.format(**values) for name, sql in {**TABLES, **FROM_BOOKED, **_FROM_LEFT}.items()}
