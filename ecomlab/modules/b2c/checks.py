"""What each task of the module must show. The reports' tasks (B2C018 to B2C023) are checked where the reports are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...kernel.evidence import Evidence, check, goal
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
    goal("name", "0.4", "查过用户名是否可用", "You have seen whether a user name is free", lambda s: s.did("b2c.check_user_name")),
    goal("registered", "1", "注册成为顾客", "You have registered as a shopper", lambda s: s.did("b2c.register")),
    goal(
        "details", "0.6", "填写的姓名是 {full_name}", "The name you filled in is {full_name}",
        lambda s: s.did("b2c.register", full_name=s.brief["full_name"]),
    ),
)  # fmt: skip
check(
    "B2C002",
    goal("opened", "1", "办好了商户入驻", "You have opened a shop", lambda s: s.did("b2c.open_shop")),
    goal(
        "own", "0.6", "商店属于 {company}", "The shop is that of {company}",
        lambda s: [
            d for d in s.did("b2c.open_shop")
            if s.look.value("select 1 from b2c_merchant b join member m on m.number = b.member where b.merchant = $n and m.uscc = $uscc",
                            n=d.arguments["merchant"], uscc=s.brief["uscc"])
        ],
    ),
    goal("signed_in", "0.4", "以店主身份登录成功", "You have signed in as its keeper", lambda s: s.did("b2c.sign_in_shopkeeper")),
)  # fmt: skip
check(
    "B2C003",
    goal("added", "0.8", "登记了一件商品", "You have registered a product", lambda s: s.did("b2c.add_product")),
    goal("asked", "0.6", "其中有“{product}”", "{product} is among your products", lambda s: s.did("b2c.add_product", product=s.brief["gtin"])),
    goal(
        "price", "0.6", "“{product}”曾以 {shown} 元出售", "{product} was put on sale at {shown} CNY",
        lambda s: s.did("b2c.add_product", "b2c.change_product", product=s.brief["gtin"], price=s.brief["price"]),
    ),
)  # fmt: skip
check(
    "B2C004",
    goal("saved", "0.5", "保存了期初数量", "Opening quantities are saved", lambda s: s.did("b2c.save_opening")),
    goal(
        "quantity", "0.5", "“{product}”的期初数量是 {opening} 件", "There are {opening} of {product} to begin with",
        lambda s: s.did(
            "b2c.save_opening", where=lambda d: any(r["quantity"] == s.brief["opening"] for r in _rows(d.arguments["goods"], s.brief["gtin"]))
        ),
    ),
    goal("posted", "1", "期初商品已记账", "The opening stock is posted", lambda s: s.did("b2c.post_opening")),
)  # fmt: skip
check(
    "B2C005",
    goal("written", "0.5", "新建了采购单", "A purchase order is written", lambda s: s.did("b2c.new_purchase")),
    goal("asked", "0.6", "向 {supplier} 订购 {pieces} 件“{product}”", "It is over {pieces} of {product} from {supplier}", _asked_purchases),
    goal(
        "kinds", "0.4", "交货方式为“{delivery}”，结算方式为“{settlement}”", "It says “{delivery}” for delivery and “{settlement}” for settlement",
        lambda s: s.did("b2c.new_purchase", delivery_kind=s.brief["delivery_kind"], settlement_kind=s.brief["settlement_kind"]),
    ),
    goal("confirmed", "0.5", "采购单已确认", "A purchase order is confirmed", lambda s: s.did("b2c.confirm_purchase")),
)  # fmt: skip
check(
    "B2C006",
    goal("opened", "0.3", "查看了采购单明细", "You have opened a purchase order", lambda s: s.looked_up("b2c.purchase_detail")),
    goal("received", "0.7", "有商品采购入库", "Goods of a purchase have been received", lambda s: s.did("b2c.receive_purchase")),
    goal("counted", "0.6", "“{product}”按实到 {delivered} 件入库", "Of {product} just the {delivered} that arrived were received", _received),
    goal(
        "closed", "0.4", "未到的商品已作处理，采购单不再等货", "What did not arrive is settled: the order waits for nothing more",
        lambda s: [n for n in _received(s) if _state(s, n) in ("received", "settled")],
    ),
)  # fmt: skip
check(
    "B2C007",
    goal(
        "settled", "1.4", "结清了一张已入库的采购单", "A purchase order that was received is settled",
        lambda s: s.did("b2c.settle_purchase", "b2c.settle_purchase_in_cash"),
    ),
    goal("agreed", "0.6", "按采购单上的结算方式付了款", "It was paid the way that the purchase order says", _settled_as_agreed),
)  # fmt: skip
check(
    "B2C008",
    goal("number", "0.7", "按单据号查到了采购单", "A purchase order was found by its number", lambda s: _found_by(s, "b2c.purchases", "number")),
    goal(
        "supplier", "0.7", "按供应商名称查到了采购单", "Purchase orders were found by the supplier's name", lambda s: _found_by(s, "b2c.purchases", "supplier")
    ),
    goal(
        "day", "0.6", "按日期查到了采购单", "Purchase orders were found by their day",
        lambda s: _found_by(s, "b2c.purchases", "from_day") or _found_by(s, "b2c.purchases", "to_day"),
    ),
)  # fmt: skip
check(
    "B2C009",
    goal(
        "opened", "0.4", "受理前查看了订单明细", "The order was opened before it was accepted",
        lambda s: [
            d for d in s.did("b2c.accept_order") if any(q.n < d.n for q in s.looked_up("b2c.order_detail", order=d.arguments["order"]))
        ],
    ),
    goal("accepted", "1", "受理了一张网上订单，生成了销售订单", "A web order was accepted and made a sales order", lambda s: s.did("b2c.accept_order")),
    goal(
        "customer", "0.6", "受理的是 {customer} 的订单", "It was an order of {customer}",
        lambda s: [d for d in s.did("b2c.accept_order") if _of_customer(s, d.arguments["order"])],
    ),
)  # fmt: skip
check(
    "B2C010",
    goal("opened", "0.3", "查看了销售订单明细", "You have opened a sales order", lambda s: s.looked_up("b2c.sales_detail")),
    goal("settled", "0.7", "结算了销售订单", "A sales order is settled", lambda s: s.did("b2c.settle_sale")),
    goal("confirmed", "0.6", "确认了结算过的销售订单", "A settled sales order is confirmed", lambda s: s.did("b2c.confirm_sale")),
    goal(
        "customer", "0.4", "确认的是 {customer} 的订单", "It was that of {customer}",
        lambda s: [d for d in s.did("b2c.confirm_sale") if _of_customer(s, d.arguments["sales_order"], "sales_order")],
    ),
)  # fmt: skip
check(
    "B2C011",
    goal(
        "opened", "0.4", "发货前查看了已确认的销售订单", "A confirmed sales order was opened before it was shipped",
        lambda s: s.looked_up("b2c.sales_detail", where=lambda d: d.result[0].state in ("confirmed", "picking")),
    ),
    goal("shipped", "1", "确认发货，商品已出库", "A sales order is shipped, and its goods have left the stock", lambda s: s.did("b2c.ship")),
    goal(
        "customer", "0.6", "发给了 {customer}", "The goods went to {customer}",
        lambda s: [d for d in s.did("b2c.ship") if _of_customer(s, d.arguments["sales_order"], "sales_order")],
    ),
)  # fmt: skip
check(
    "B2C012",
    goal("detail", "0.6", "查看了商品明细", "You have opened a product", lambda s: s.looked_up("b2c.product_detail")),
    goal(
        "category", "0.7", "按分类“{category_name}”查到了库存", "The stock of the category {category_name} was found",
        lambda s: s.looked_up("b2c.stock_levels", product_category=s.brief["category"]),
    ),
    goal(
        "name", "0.7", "按名称查到了“{product}”的库存", "The stock of {product} was found by its name",
        lambda s: s.looked_up("b2c.stock_levels", where=lambda d: d.arguments["product_name"] and s.brief["gtin"] in {r.product for r in d.result}),
    ),
)  # fmt: skip
check(
    "B2C013",
    goal("set", "0.6", "设置了一件商品的库存上下限", "Limits are set for a product", lambda s: s.did("b2c.set_limits")),
    goal("lower", "0.7", "“{product}”的下限是 {lower} 件", "The lower limit of {product} is {lower}",
         lambda s: s.did("b2c.set_limits", product=s.brief["gtin"], lower_limit=s.brief["lower"])),
    goal("upper", "0.7", "“{product}”的上限是 {upper} 件", "The upper limit of {product} is {upper}",
         lambda s: s.did("b2c.set_limits", product=s.brief["gtin"], upper_limit=s.brief["upper"])),
)  # fmt: skip
check(
    "B2C014",
    goal("found", "1", "查到了缺货的商品", "Products that run short were found", lambda s: s.looked_up("b2c.shortages")),
    goal(
        "name", "1", "按名称查到“{product}”缺货", "{product} was found short by its name",
        lambda s: s.looked_up("b2c.shortages", where=lambda d: d.arguments["product_name"] and s.brief["gtin"] in {r.product for r in d.result}),
    ),
)  # fmt: skip
check(
    "B2C015",
    goal("found", "1.2", "查到了溢货的商品", "Products that pile up were found", lambda s: s.looked_up("b2c.overstocks")),
    goal("name", "0.8", "按商品名称查询了溢货", "They were looked for by a product's name", lambda s: _found_by(s, "b2c.overstocks", "product_name")),
)
check(
    "B2C016",
    goal("frozen", "0.4", "生成了盘点表", "A stocktake sheet was made", lambda s: s.did("b2c.freeze")),
    goal("tallied", "0.4", "录入了实盘数量", "What was counted is entered", lambda s: s.did("b2c.tally")),
    goal("adjusted", "0.6", "按盘点表调整了库存", "The stock is adjusted by it", lambda s: s.did("b2c.adjust")),
    goal("missing", "0.6", "“{product}”盘亏 {missing} 件", "Of {product}, {missing} were missing", _counted),
)
check(
    "B2C017",
    goal("found", "1.2", "查看了一张盘点表的明细", "You have opened a stocktake", lambda s: s.looked_up("b2c.stocktake_detail")),
    goal(
        "adjusted", "0.8", "查看的是已调整库存的盘点表", "It was one by which the stock had been adjusted",
        lambda s: s.looked_up("b2c.stocktake_detail", where=lambda d: d.result[0].state == "adjusted"),
    ),
)  # fmt: skip
check(
    "B2C024",
    goal("found", "1.2", "查看了一位客户的明细", "You have opened a customer", lambda s: s.looked_up("b2c.customer_detail")),
    goal("asked", "0.8", "查看的是 {customer}", "It was {customer}", lambda s: s.looked_up("b2c.customer_detail", shopper=s.brief["shopper"])),
)
check(
    "B2C025",
    goal("found", "1.2", "查到了一位客户的交易历史", "A customer's history was found", lambda s: s.looked_up("b2c.customer_history")),
    goal("asked", "0.8", "查到的是 {customer} 的交易", "It was that of {customer}", lambda s: s.looked_up("b2c.customer_history", shopper=s.brief["shopper"])),
)
check(
    "B2C026",
    goal(
        "category", "0.7", "按分类“{category_name}”搜到了商品", "Products were found by the category {category_name}",
        lambda s: s.looked_up("b2c.search", product_category=s.brief["category"]),
    ),
    goal(
        "name", "0.7", "按名称搜到了“{product}”", "{product} was found by its name",
        lambda s: s.looked_up("b2c.search", where=lambda d: d.arguments["product_name"] and s.brief["gtin"] in {r.product for r in d.result}),
    ),
    goal("map", "0.6", "打开了商城地图", "You have looked at the map of the mall", lambda s: s.looked_up("b2c.shop_map")),
)  # fmt: skip
check(
    "B2C027",
    goal("cart", "0.3", "把商品放入了购物车", "Something was put into the cart", lambda s: s.did("b2c.add_to_cart")),
    goal("checked_out", "0.4", "登录并结账，生成了订单", "You have signed in, and the cart became an order", lambda s: s.did("b2c.check_out")),
    goal("confirmed", "0.7", "确认了一张订单", "An order is confirmed", lambda s: s.did("b2c.confirm_order")),
    goal("asked", "0.6", "在“{shop}”订购了 {pieces} 件“{product}”", "{pieces} of {product} were ordered from {shop}", _ordered),
)
check(
    "B2C028",
    goal("paid", "1.4", "用银行卡和支付密码付清了一张订单", "An order was paid by card and PIN", lambda s: s.did("b2c.pay_online")),
    goal("stands", "0.6", "付款后订单没有取消或退货", "The order that was paid still stands", _paid),
)
check(
    "B2C029",
    goal("found", "0.8", "查到了自己的订单", "Orders of yours were found", lambda s: s.looked_up("b2c.my_orders")),
    goal("number", "0.6", "按订单号查到了订单", "An order was found by its number", lambda s: _found_by(s, "b2c.my_orders", "number")),
    goal(
        "day", "0.6", "按时间查到了订单", "Orders were found by their day",
        lambda s: _found_by(s, "b2c.my_orders", "from_day") or _found_by(s, "b2c.my_orders", "to_day"),
    ),
)  # fmt: skip
check(
    "B2C030",
    goal("about_us", "0.4", "设置了公司简介", "The page about the company is written", lambda s: s.did("b2c.write_page", page="about_us")),
    goal("delivery", "0.4", "设置了配送说明", "The page about delivery is written", lambda s: s.did("b2c.write_page", page="delivery_terms")),
    goal("payment", "0.4", "设置了支付说明", "The page about payment is written", lambda s: s.did("b2c.write_page", page="payment_terms")),
    goal("service", "0.4", "设置了售后服务", "The page about after-sales service is written", lambda s: s.did("b2c.write_page", page="after_sales")),
    goal(
        "days", "0.4", "售后服务写明 {days} 天内可退换", "The page about service says that goods may come back within {days} days",
        lambda s: s.did("b2c.write_page", page="after_sales", where=lambda d: str(s.brief["days"]) in d.arguments["content"]),
    ),
)  # fmt: skip
