"""What each task of the module must show. The reports' tasks (B2C018 to B2C023) are checked where the reports are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...kernel.evidence import Evidence, check
from . import briefs  # noqa: F401  (declares what is asked)


def _rows(given: Iterable[Any], product: str) -> list[Any]:
    """The rows of a command's field that are about a product."""
    return [r for r in given if r["product"] == product]


def _row(seen: Evidence, table: str, number: Any) -> Any:
    return seen.look.one(f"select * from {table} where number = $n", n=number)


def _asked_purchases(seen: Evidence) -> list[Any]:
    """The purchase orders that were written to the asked supplier over the asked pieces of the asked product."""
    supplier = seen.look.value("select number from member where uscc = $uscc", uscc=seen.brief["uscc"])
    return seen.did(
        "b2c.new_purchase", supplier=supplier,
        where=lambda d: any(r["quantity"] == seen.brief["pieces"] for r in _rows(d.arguments["goods"], seen.brief["gtin"])),
    )  # fmt: skip


def _state(seen: Evidence, number: str) -> Any:
    return seen.look.value("select state from document where number = $n", n=number)


def _received(seen: Evidence) -> list[Any]:
    """Receipts by which just the delivered pieces of the asked product have come in, of the asked orders."""
    return [
        number
        for number in dict.fromkeys(d.result for d in _asked_purchases(seen))
        if seen.look.value(
            "select 1 from b2c_purchase_line where number = $n and product = $gtin and received_quantity = $q",
            n=number,
            gtin=seen.brief["gtin"],
            q=seen.brief["delivered"],
        )  # fmt: skip
    ]


def _of_customer(seen: Evidence, number: str, key: str = "number") -> bool:
    """Whether a web order, or a sales order, is one of the asked customer."""
    return bool(seen.look.value(f"select 1 from b2c_order where {key} = $n and shopper = $who", n=number, who=seen.brief["shopper"]))


def _settled_as_agreed(seen: Evidence) -> bool:
    ways = {"b2c.settle_purchase": ("by_transfer", "on_account"), "b2c.settle_purchase_in_cash": ("in_cash",)}
    return any(_row(seen, "b2c_purchase", d.arguments["purchase"]).settlement_kind in ways[d.do] for d in seen.did(*ways))


def _counted(seen: Evidence) -> Any:
    """Adjusted lines of a stocktake by which the asked pieces of the asked product were missing."""
    sheets = [d.arguments["stocktake"] for d in seen.did("b2c.adjust")]
    return seen.look.one(
        """select 1 from b2c_stocktake_line where list_contains($sheets, number) and product = $gtin and book_quantity - counted_quantity = $missing""",
        sheets=sheets or [""], gtin=seen.brief["gtin"], missing=seen.brief["missing"],
    )  # fmt: skip


def _ordered(seen: Evidence) -> Any:
    """Confirmed orders with the asked pieces of the asked product at the asked shop."""
    orders = [d.arguments["order"] for d in seen.did("b2c.confirm_order")]
    return seen.look.one(
        """select 1 from b2c_order o join b2c_order_line l using (number) join b2c_merchant m using (merchant)
           where list_contains($orders, o.number) and m.shop_name = $shop and l.product = $gtin and l.quantity = $pieces""",
        orders=orders or [""], shop=seen.brief["shop"], gtin=seen.brief["gtin"], pieces=seen.brief["pieces"],
    )  # fmt: skip


def _paid(seen: Evidence) -> list[Any]:
    """The student's orders that a card has paid and that were not called off since."""
    return [d for d in seen.did("b2c.pay_online") if _state(seen, d.arguments["order"]) not in ("cancelled", "returned")]


def _found_by(seen: Evidence, query: str, *fields: str) -> list[Any]:
    """Queries that found something by all of these fields."""
    return seen.looked_up(query, where=lambda d: all(d.arguments.get(f) for f in fields))


check(
    "B2C001",
    name=lambda s: s.did("b2c.check_user_name"),
    registered=lambda s: s.did("b2c.register"),
    details=lambda s: s.did("b2c.register", full_name=s.brief["full_name"]),
)
check(
    "B2C002",
    opened=lambda s: s.did("b2c.open_shop"),
    own=lambda s: [
        d
        for d in s.did("b2c.open_shop")
        if s.look.value(
            "select 1 from b2c_merchant b join member m on m.number = b.member where b.merchant = $n and m.uscc = $uscc",
            n=d.arguments["merchant"],
            uscc=s.brief["uscc"],
        )
    ],
    signed_in=lambda s: s.did("b2c.sign_in_shopkeeper"),
)
check(
    "B2C003",
    added=lambda s: s.did("b2c.add_product"),
    asked=lambda s: s.did("b2c.add_product", product=s.brief["gtin"]),
    price=lambda s: s.did("b2c.add_product", "b2c.change_product", product=s.brief["gtin"], price=s.brief["price"]),
)
check(
    "B2C004",
    saved=lambda s: s.did("b2c.save_opening"),
    quantity=lambda s: s.did(
        "b2c.save_opening", where=lambda d: any(r["quantity"] == s.brief["opening"] for r in _rows(d.arguments["goods"], s.brief["gtin"]))
    ),
    posted=lambda s: s.did("b2c.post_opening"),
)
check(
    "B2C005",
    written=lambda s: s.did("b2c.new_purchase"),
    asked=_asked_purchases,
    kinds=lambda s: s.did("b2c.new_purchase", delivery_kind=s.brief["delivery_kind"], settlement_kind=s.brief["settlement_kind"]),
    confirmed=lambda s: s.did("b2c.confirm_purchase"),
)
check(
    "B2C006",
    opened=lambda s: s.looked_up("b2c.purchase_detail"),
    received=lambda s: s.did("b2c.receive_purchase"),
    counted=_received,
    closed=lambda s: [n for n in _received(s) if _state(s, n) in ("received", "settled")],
)
check(
    "B2C007",
    settled=lambda s: s.did("b2c.settle_purchase", "b2c.settle_purchase_in_cash"),
    agreed=_settled_as_agreed,
)
check(
    "B2C008",
    number=lambda s: _found_by(s, "b2c.purchases", "number"),
    supplier=lambda s: _found_by(s, "b2c.purchases", "supplier"),
    day=lambda s: _found_by(s, "b2c.purchases", "from_day") or _found_by(s, "b2c.purchases", "to_day"),
)
check(
    "B2C009",
    opened=lambda s: [d for d in s.did("b2c.accept_order") if any(q.n < d.n for q in s.looked_up("b2c.order_detail", order=d.arguments["order"]))],
    accepted=lambda s: s.did("b2c.accept_order"),
    customer=lambda s: [d for d in s.did("b2c.accept_order") if _of_customer(s, d.arguments["order"])],
)
check(
    "B2C010",
    opened=lambda s: s.looked_up("b2c.sales_detail"),
    settled=lambda s: s.did("b2c.settle_sale"),
    confirmed=lambda s: s.did("b2c.confirm_sale"),
    customer=lambda s: [d for d in s.did("b2c.confirm_sale") if _of_customer(s, d.arguments["sales_order"], "sales_order")],
)
check(
    "B2C011",
    opened=lambda s: s.looked_up("b2c.sales_detail", where=lambda d: d.result[0].state in ("confirmed", "picking")),
    shipped=lambda s: s.did("b2c.ship"),
    customer=lambda s: [d for d in s.did("b2c.ship") if _of_customer(s, d.arguments["sales_order"], "sales_order")],
)
check(
    "B2C012",
    detail=lambda s: s.looked_up("b2c.product_detail"),
    category=lambda s: s.looked_up("b2c.stock_levels", product_category=s.brief["category"]),
    name=lambda s: s.looked_up("b2c.stock_levels", where=lambda d: d.arguments["product_name"] and s.brief["gtin"] in {r.product for r in d.result}),
)
check(
    "B2C013",
    set=lambda s: s.did("b2c.set_limits"),
    lower=lambda s: s.did("b2c.set_limits", product=s.brief["gtin"], lower_limit=s.brief["lower"]),
    upper=lambda s: s.did("b2c.set_limits", product=s.brief["gtin"], upper_limit=s.brief["upper"]),
)
check(
    "B2C014",
    found=lambda s: s.looked_up("b2c.shortages"),
    name=lambda s: s.looked_up("b2c.shortages", where=lambda d: d.arguments["product_name"] and s.brief["gtin"] in {r.product for r in d.result}),
)
check(
    "B2C015",
    found=lambda s: s.looked_up("b2c.overstocks"),
    name=lambda s: _found_by(s, "b2c.overstocks", "product_name"),
)
check(
    "B2C016",
    frozen=lambda s: s.did("b2c.freeze"),
    tallied=lambda s: s.did("b2c.tally"),
    adjusted=lambda s: s.did("b2c.adjust"),
    missing=_counted,
)
check(
    "B2C017",
    found=lambda s: s.looked_up("b2c.stocktake_detail"),
    adjusted=lambda s: s.looked_up("b2c.stocktake_detail", where=lambda d: d.result[0].state == "adjusted"),
)
check(
    "B2C024",
    found=lambda s: s.looked_up("b2c.customer_detail"),
    asked=lambda s: s.looked_up("b2c.customer_detail", shopper=s.brief["shopper"]),
)
check(
    "B2C025",
    found=lambda s: s.looked_up("b2c.customer_history"),
    asked=lambda s: s.looked_up("b2c.customer_history", shopper=s.brief["shopper"]),
)
check(
    "B2C026",
    category=lambda s: s.looked_up("b2c.search", product_category=s.brief["category"]),
    name=lambda s: s.looked_up("b2c.search", where=lambda d: d.arguments["product_name"] and s.brief["gtin"] in {r.product for r in d.result}),
    map=lambda s: s.looked_up("b2c.shop_map"),
)
check(
    "B2C027",
    cart=lambda s: s.did("b2c.add_to_cart"),
    checked_out=lambda s: s.did("b2c.check_out"),
    confirmed=lambda s: s.did("b2c.confirm_order"),
    asked=_ordered,
)
check(
    "B2C028",
    paid=lambda s: s.did("b2c.pay_online"),
    stands=_paid,
)
check(
    "B2C029",
    found=lambda s: s.looked_up("b2c.my_orders"),
    number=lambda s: _found_by(s, "b2c.my_orders", "number"),
    day=lambda s: _found_by(s, "b2c.my_orders", "from_day") or _found_by(s, "b2c.my_orders", "to_day"),
)
check(
    "B2C030",
    about_us=lambda s: s.did("b2c.write_page", page="about_us"),
    delivery=lambda s: s.did("b2c.write_page", page="delivery_terms"),
    payment=lambda s: s.did("b2c.write_page", page="payment_terms"),
    service=lambda s: s.did("b2c.write_page", page="after_sales"),
    days=lambda s: s.did("b2c.write_page", page="after_sales", where=lambda d: str(s.brief["days"]) in d.arguments["content"]),
)
