"""What each task of the module must show. The reports' tasks (B2C018 to B2C023) are checked in `report_checks`."""

from __future__ import annotations

from typing import Any

from ...books.documents import Move, came_to, moved
from ...kernel.evidence import Done, Evidence, adds_up, after, check, did, found_by, looked_up, pieces
from . import briefs  # noqa: F401  (declares what is asked)


def _own(seen: Evidence) -> dict[str, Any]:
    """The shop of the asked company, as a command names it."""
    return {"merchant": seen.look.value("select merchant from b2c_merchant b join member m on m.number = b.member where m.uscc = $u", u=seen.brief["uscc"])}


def _numbers(seen: Evidence, sql: str, **given: Any) -> set[str]:
    return {row[0] for row in seen.look.all(sql, **given)}


def _of_customer(seen: Evidence, kind: str, state: str) -> list[Move]:
    """Web orders, or sales orders, of the asked customer that came into this state."""
    orders = seen.look.all("select number, sales_order from b2c_order where shopper = $who", who=seen.brief["shopper"])
    asked = {number for order in orders for number in order}
    return [m for m in moved(seen, kind, state) if m.number in asked]


# --- purchases -------------------------------------------------------------------------------------------------------------


def _purchases(seen: Evidence, **more: Any) -> list[Done]:
    """Purchase orders written to the asked supplier."""
    supplier = seen.look.value("select number from member where uscc = $uscc", uscc=seen.brief["uscc"])
    return seen.did("b2c.new_purchase", supplier=supplier, **more)


def _ordered(seen: Evidence, **more: Any) -> bool:
    """Whether the asked pieces were ordered there, at once or in several orders."""
    return adds_up(pieces(_purchases(seen, **more), "goods", seen.brief["gtin"]), seen.brief["pieces"])


def _confirmed(seen: Evidence) -> object:
    """Whether what was ordered as asked was confirmed as well; as long as nothing is, whether any purchase order was."""
    confirmed = {m.number for m in moved(seen, "b2c_purchase", "confirmed")}
    return _ordered(seen, where=lambda d: d.result in confirmed) if _ordered(seen) else confirmed


def _opened(seen: Evidence, query: str, field: str, numbers: set[str]) -> list[Done]:
    """Looks at one of these documents; as long as there is none, at any of their kind."""
    return seen.looked_up(query, where=lambda d: not numbers or d.arguments[field] in numbers)


def _as_delivered(seen: Evidence, closed: bool = False) -> bool:
    """Whether just the delivered pieces have come in, at once or in parts; closed: of orders that wait for nothing more."""
    orders = {d.result for d in _purchases(seen)}
    if closed:
        orders &= {m.number for m in moved(seen, "b2c_purchase", "received")}
    receipts = seen.did("b2c.receive_purchase", where=lambda d: d.arguments["purchase"] in orders)
    return adds_up(pieces(receipts, "arrived", seen.brief["gtin"]), seen.brief["delivered"])


def _as_agreed(seen: Evidence) -> list[Done]:
    """Settlements of purchases in the way that the order says."""
    kinds = {"b2c.settle_purchase": ("by_transfer", "on_account"), "b2c.settle_purchase_in_cash": ("in_cash",)}
    agreed = dict(seen.look.all("select number, settlement_kind from b2c_purchase"))
    return [d for d in seen.did(*kinds) if agreed[d.arguments["purchase"]] in kinds[d.do]]


# --- the shop's goods ------------------------------------------------------------------------------------------------------


def _opened_with(seen: Evidence) -> set[str]:
    """Sheets of opening stock, saved or posted, with the asked pieces."""
    return _numbers(
        seen, "select number from b2c_opening_line where list_contains($n, number) and product = $gtin and quantity = $q",
        n=[d.result for d in seen.did("b2c.save_opening")] or [""], gtin=seen.brief["gtin"], q=seen.brief["opening"],
    )  # fmt: skip


def _limit(seen: Evidence, which: str) -> bool:
    """Whether a limit of the asked product is as asked, in the setting that has most of what is asked."""
    asked = {"lower_limit": seen.brief["lower"], "upper_limit": seen.brief["upper"]}
    best = max(seen.did("b2c.set_limits", product=seen.brief["gtin"]), key=lambda d: sum(d.arguments[k] == v for k, v in asked.items()), default=None)
    return best is not None and best.arguments[which] == asked[which]


def _counted(seen: Evidence) -> set[str]:
    """Stocktakes that were adjusted by, with the asked pieces missing and all else as in the books."""
    return _numbers(
        seen,
        """select number from b2c_stocktake_line where list_contains($sheets, number) and counted_quantity <> book_quantity
           group by number having any_value(product) = $gtin and sum(book_quantity - counted_quantity) = $missing and count(*) = 1""",
        sheets=[m.number for m in moved(seen, "b2c_stocktake", "adjusted")] or [""], gtin=seen.brief["gtin"], missing=seen.brief["missing"],
    )  # fmt: skip


# --- shopping --------------------------------------------------------------------------------------------------------------


def _bought(seen: Evidence) -> bool:
    """Whether the asked pieces were ordered from the asked shop, to be paid online."""
    rows = seen.look.all(
        """select l.quantity from b2c_order o join b2c_order_line l using (number) join b2c_merchant m using (merchant)
           where list_contains($orders, o.number) and m.shop_name = $shop and l.product = $gtin and o.payment_kind = 'online' order by o.number""",
        orders=[d.arguments["order"] for d in seen.did("b2c.confirm_order")] or [""], shop=seen.brief["shop"], gtin=seen.brief["gtin"],
    )  # fmt: skip
    return adds_up([r.quantity for r in rows], seen.brief["pieces"])


def _paid_online(seen: Evidence) -> list[Done]:
    """Payments by card for orders that were to be paid so, and not through a platform."""
    online = _numbers(seen, "select number from b2c_order where payment_kind = 'online'")
    return [d for d in seen.did("b2c.pay_online") if d.arguments["order"] in online]


def _named(seen: Evidence) -> list[Done]:
    """Looks at whether a user name is free, before the student registered the last time, if that was done."""
    last = max((d.n for d in seen.did("b2c.register")), default=None)
    return seen.looked_up("b2c.check_user_name", where=lambda d: last is None or d.n < last)


check(
    "B2C001",
    name=_named,
    registered=did("b2c.register"),
    details=lambda s: s.lives("b2c.register", "b2c.change_registration").was(**s.asked("full_name")),
)
check(
    "B2C002",
    opened=did("b2c.open_shop"),
    own=lambda s: s.did("b2c.open_shop", **_own(s)),
    signed_in=lambda s: s.did("b2c.sign_in_shopkeeper", **_own(s)),
)
check(
    "B2C003",
    added=did("b2c.add_product"),
    asked=did("b2c.add_product", product="gtin"),
    price=lambda s: s.lives("b2c.add_product", "b2c.change_product").of(s.brief["gtin"]).was(**s.asked("price", "cost")),
)
check("B2C004", saved=did("b2c.save_opening"), quantity=_opened_with, posted=came_to("b2c_opening_stock", "posted"))
check(
    "B2C005",
    written=did("b2c.new_purchase"),
    asked=_ordered,
    kinds=lambda s: _ordered(s, **s.asked("delivery_kind", "settlement_kind")),
    confirmed=_confirmed,
)
check(
    "B2C006",
    opened=lambda s: _opened(s, "b2c.purchase_detail", "purchase", {d.arguments["purchase"] for d in s.did("b2c.receive_purchase")}),
    received=did("b2c.receive_purchase"),
    counted=_as_delivered,
    closed=lambda s: _as_delivered(s, closed=True),
)
check("B2C007", settled=came_to("b2c_purchase", "settled"), agreed=_as_agreed)
check(
    "B2C008",
    number=found_by("b2c.purchases", "number"),
    supplier=found_by("b2c.purchases", "supplier", finds="supplier"),
    day=found_by("b2c.purchases", "from_day", "to_day"),
)
check(
    "B2C009",
    opened=lambda s: after(s.looked_up("b2c.order_detail"), moved(s, "b2c_order", "accepted")),
    accepted=came_to("b2c_order", "accepted"),
    customer=lambda s: _of_customer(s, "b2c_order", "accepted"),
)
check(
    "B2C010",
    opened=lambda s: _opened(s, "b2c.sales_detail", "sales_order", {m.number for m in moved(s, "b2c_sales_order", "confirmed")}),
    settled=came_to("b2c_sales_order", "settled"),
    confirmed=came_to("b2c_sales_order", "confirmed"),
    customer=lambda s: _of_customer(s, "b2c_sales_order", "confirmed"),
)
check(
    "B2C011",
    opened=lambda s: after(
        s.looked_up("b2c.sales_detail", where=lambda d: d.result[0].state in ("confirmed", "picking")), moved(s, "b2c_sales_order", "shipped")
    ),
    shipped=came_to("b2c_sales_order", "shipped"),
    customer=lambda s: _of_customer(s, "b2c_sales_order", "shipped"),
)
check(
    "B2C012",
    detail=looked_up("b2c.product_detail", product="gtin"),
    category=found_by("b2c.stock_levels", "product_category", finds="gtin"),
    name=found_by("b2c.stock_levels", "product_name", finds="gtin"),
)
check("B2C013", set=did("b2c.set_limits"), lower=lambda s: _limit(s, "lower_limit"), upper=lambda s: _limit(s, "upper_limit"))
check("B2C014", found=looked_up("b2c.shortages"), name=found_by("b2c.shortages", "product_name", finds="gtin"))
check("B2C015", found=looked_up("b2c.overstocks"), name=found_by("b2c.overstocks", "product_name"))
check(
    "B2C016",
    frozen=did("b2c.freeze"),
    tallied=came_to("b2c_stocktake", "tallied"),
    adjusted=came_to("b2c_stocktake", "adjusted"),
    missing=_counted,
)
check(
    "B2C017",
    found=looked_up("b2c.stocktake_detail"),
    adjusted=lambda s: s.looked_up("b2c.stocktake_detail", where=lambda d: d.result[0].state == "adjusted"),
)
check("B2C024", found=looked_up("b2c.customer_detail"), asked=looked_up("b2c.customer_detail", shopper="shopper"))
check("B2C025", found=looked_up("b2c.customer_history"), asked=looked_up("b2c.customer_history", shopper="shopper"))
check(
    "B2C026",
    category=found_by("b2c.search", "product_category", finds="gtin"),
    name=found_by("b2c.search", "product_name", finds="gtin"),
    map=looked_up("b2c.shop_map"),
)
check("B2C027", cart=did("b2c.add_to_cart"), checked_out=did("b2c.check_out"), confirmed=came_to("b2c_order", "placed"), asked=_bought)
check("B2C028", paid=did("b2c.pay_online"), online=_paid_online)
check(
    "B2C029",
    found=looked_up("b2c.my_orders"),
    number=found_by("b2c.my_orders", "number"),
    day=found_by("b2c.my_orders", "from_day", "to_day"),
)
check(
    "B2C030",
    about_us=lambda s: s.did("b2c.write_page", page="about_us"),
    delivery=lambda s: s.did("b2c.write_page", page="delivery_terms"),
    payment=lambda s: s.did("b2c.write_page", page="payment_terms"),
    service=lambda s: s.did("b2c.write_page", page="after_sales"),
    days=lambda s: s.did("b2c.write_page", page="after_sales", **s.asked(return_days="days")),
)
