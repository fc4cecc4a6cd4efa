"""What a shop buys: purchase orders from new to confirmed, received (wholly, in parts or short) and settled."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, TypedDict

from ...books import documents, ledger, sales, stock, supply
from ...books.members import named
from ...books.periods import FromDay, ToDay, check_period, within
from ...books.wording import holds, pattern
from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import Declined, refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Count, Day, Line, Ref
from .. import ebank
from ..ebank.accounts import OVERDRAFT
from .briefs import deal
from .catalogue import Product, sold_by
from .kinds import PURCHASE
from .matching import bill, hold_against
from .members import SHOPKEEPER, own, shop_of
from .payments import PLATFORM

#: Days after the goods are there within which each kind of settlement is due.
DAYS_TO_SETTLE = {"in_cash": 0, "by_transfer": 7, "on_account": 30}

NO_SUPPLIER = refusal(
    "no_supplier",
    "没有供应商 {supplier}，或它没有企业银行账户。请从列表中选择。",
    "There is no supplier {supplier} with a corporate account. Choose one from the list.",
)
PAST_DELIVERY = refusal(
    "past_delivery", "交货日早于今天（{today}）。请选择今天或以后的日期。", "The delivery day is before today ({today}). Choose today or a later day."
)
NOT_ON_PURCHASE = refusal(
    "not_on_purchase",
    "采购订单 {number} 没有订购“{name}”。请从该订单的商品中选择。",
    "The purchase order {number} has no {name}. Choose one of its products.",
)
MORE_THAN_DELIVERED = refusal(
    "more_than_delivered",
    "按送货单，“{name}”还有 {left} 件没有入库，不能收 {wanted} 件。请查看送货单，按实到数量填写。",
    "{name}: left to receive by the delivery note {left}, entered {wanted}. View the delivery note, and enter what arrived.",
)
NOTHING_ARRIVED = refusal(
    "nothing_arrived",
    "没有填写采购订单 {number} 的实到商品。请填写实到数量；货到了一部分、其余不再补货的，选“不再补货”；一件未到的，请取消采购订单。",
    "Nothing is entered for {number}. Enter what arrived. If a part came earlier and the rest will not come, choose “Will not come”. If nothing came, cancel "
    "the order.",
)
NOT_ENOUGH_TILL = refusal(
    "not_enough_till",
    "店里现金只有 {cash} 元，不够支付 {amount} 元。请改用银行转账结算。",
    "The shop has only {cash} CNY in cash, less than {amount} CNY. Settle by bank transfer instead.",
)
NOT_SHOPS_ACCOUNT = refusal(
    "not_shops_account",
    "账户 {number} 不是本店企业的账户。请从列表中选择。",
    "The account {number} does not belong to the company that owns this shop. Choose one from the list.",
)

documents.offer("b2c.purchases", PURCHASE, of="b2c_purchase", whose="merchant")
documents.offer("b2c.purchases_new", PURCHASE, "new", of="b2c_purchase", whose="merchant")
documents.offer("b2c.purchases_open", PURCHASE, "new", "confirmed", of="b2c_purchase", whose="merchant")
documents.offer(
    "b2c.purchases_to_receive", PURCHASE, "confirmed", "part_received", "received", of="b2c_purchase", whose="merchant",
    where="d.state <> 'received' or exists (select 1 from b2c_purchase_line l where l.number = t.number and l.received_quantity < l.delivered_quantity)",
)  # fmt: skip
documents.offer("b2c.purchases_to_settle", PURCHASE, "received", of="b2c_purchase", whose="merchant")

Purchase = Annotated[Ref, Ask("采购订单", "Purchase order", choose="b2c.purchases")]
ToSettle = Annotated[Ref, Ask("采购订单", "Purchase order", choose="b2c.purchases_to_settle")]


@choices("b2c.suppliers")
def _suppliers(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        """select distinct c.member, c.name from bank_customer c join bank_account a on a.customer = c.number join document d on d.number = a.number
           where c.kind = 'corporate' and d.state = 'open' and c.member not in (select member from b2c_merchant where merchant = $actor)
             and c.member not in (select c2.member from bank_customer c2 join merchant_contract m on m.merchant = c2.number where m.shop_name = $platform)
           order by c.name""",
        actor=actor, platform=PLATFORM,
    )  # fmt: skip
    return [(r.member, r.name) for r in rows]


_company_accounts = ebank.offer_accounts(
    "b2c.company_accounts", "t.member in (select member from b2c_merchant where merchant = $actor)", order="t.kind, d.number"
)


def wholesale_price(look: Looking, supplier: str, product: str) -> Decimal:
    """What a supplier asks for a piece: 88 to 108 per cent of what it typically costs, by the world's seed."""
    typical: Decimal = look.value("select cost from product where gtin = $product", product=product)
    percent = look.stream(f"b2c.wholesale/{supplier}/{product}").randint(88, 108)
    return (typical * percent / 100).quantize(Decimal("0.01"))


def _reserve(do: Doing, purchase: str, supplier: str) -> None:
    """Has a supplier keep the goods of an order for the shop. Refuses 'short_stock' where it has not enough."""
    place = do.value("select place from b2c_supplier where member = $m", m=supplier)
    if place is None:
        place = supply.store_of(do, supplier)
        do.execute("insert into b2c_supplier values ($m, $place)", m=supplier, place=place)
    lines = do.all("select product, quantity from b2c_purchase_line where number = $n order by product", n=purchase)
    for r in lines:
        supply.stock_up(do, supplier, r.product)
    stock.reserve(do, supplier, place, [stock.Goods(r.product, r.quantity) for r in lines], purchase, field="purchase")


def _hand_over(do: Doing, purchase: str, supplier: str, goods: list[stock.Goods]) -> list[sales.Item]:
    """The supplier's side of what arrived: the goods leave its stock at cost. Gives what it has sold, a line for each product."""
    place = do.value("select place from b2c_supplier where member = $m", m=supplier)
    sold = []
    for g in goods:
        went = stock.Move(supplier, place, [g], f"销售成本 Cost of {purchase}", purchase, reserved_by=purchase, field="arrived")
        sold.append(sales.Item(g.value, g.product, g.quantity, stock.issue(do, went, sales.COST_OF_SALES)))
    return sold


def _send(do: Doing, purchase: str, shop: str, supplier: str) -> None:
    """Writes the supplier's delivery note: all that is ordered, but for the pieces that it is short of.

    Of one product one supplier has too little, by the world's seed (`briefs.deal`). They are missing once, in the first orders for it.
    """
    asked = deal(do)
    short = asked.pieces - asked.delivered if named(do, supplier).uscc == asked.supplier.uscc else 0
    if short:
        short -= do.value(
            """select coalesce(sum(l.quantity - l.delivered_quantity), 0)::integer from b2c_purchase_line l join b2c_purchase p using (number)
               join document d using (number) where p.merchant = $shop and p.supplier = $supplier and l.product = $gtin and p.number <> $n
                 and d.state not in ('new', 'cancelled')""",
            shop=shop, supplier=supplier, gtin=asked.gtin, n=purchase,
        )  # fmt: skip
    do.execute(
        """update b2c_purchase_line set delivered_quantity = case when product = $gtin then greatest(quantity - $short, 1) else quantity end
           where number = $n""",
        gtin=asked.gtin, short=short, n=purchase,
    )  # fmt: skip


class PurchaseRow(TypedDict):
    """So many pieces of one of the shop's products."""

    product: Product
    quantity: Annotated[Count, Ask(ge="1", le="100000", unit=Text("件", "pieces"))]


@query(role=SHOPKEEPER, title=("比较进价", "Compare suppliers' prices"))
def wholesale(do: Doing, product: Product) -> Table:
    """What each supplier asks for a piece of a product, the cheapest first: supplier (its number), name, product, product_name, unit_cost."""
    sold = sold_by(do, do.actor, product, "product")
    rows = [(member, str(name), product, sold.name, wholesale_price(do, member, product)) for member, name in _suppliers(do, do.actor)]
    return Table(("supplier", "name", "product", "product_name", "unit_cost"), sorted(rows, key=lambda r: (r[4], r[0])))


@command("B2C005", role=SHOPKEEPER, title=("新建采购订单", "Create a purchase order"))
def new_purchase(
    do: Doing,
    supplier: Annotated[Ref, Ask("供应商", "Supplier", choose="b2c.suppliers")],
    goods: Annotated[list[PurchaseRow], Ask("商品和数量", "Products and quantities")],
    delivery_kind: Annotated[Literal["by_supplier", "collected", "by_carrier"], Ask("交货方式", "Delivery")],
    settlement_kind: Annotated[Literal["in_cash", "by_transfer", "on_account"], Ask()],
    delivery_day: Annotated[Day, Ask()],
    remark: Annotated[Line, Ask(max=200)] = "",
) -> str:
    """Writes an order to a supplier at the supplier's prices; gives its number. It is sent once it is confirmed."""
    if supplier not in {number for number, _ in _suppliers(do, do.actor)}:
        raise NO_SUPPLIER("supplier", supplier=supplier[:40])
    if delivery_day < do.day:
        raise PAST_DELIVERY("delivery_day", today=do.day)
    stock.each_once(do, goods, "goods")
    for r in goods:
        sold_by(do, do.actor, r["product"], "goods")
    document = documents.create(do, PURCHASE, owner=do.actor)
    do.execute(
        "insert into b2c_purchase values ($n, $merchant, $supplier, $delivery_kind, $settlement_kind, $delivery_day, null, $remark)",
        n=document.number, merchant=do.actor, supplier=supplier, delivery_kind=delivery_kind, settlement_kind=settlement_kind,
        delivery_day=delivery_day, remark=remark or "",
    )  # fmt: skip
    for r in goods:
        do.execute(
            "insert into b2c_purchase_line values ($n, $product, $quantity, 0, 0, $cost)",
            n=document.number, product=r["product"], quantity=r["quantity"], cost=wholesale_price(do, supplier, r["product"]),
        )  # fmt: skip
    return document.number


@command("B2C005", role=SHOPKEEPER, title=("确认采购订单", "Confirm a purchase order"))
def confirm_purchase(do: Doing, purchase: Annotated[Ref, Ask("采购订单", "Purchase order", choose="b2c.purchases_new")]) -> str:
    """Sends a new order to its supplier, who keeps the goods for the shop and sends them; gives its number. Refuses more than the supplier has.

    What it sends stands in the delivery note, which may be less.
    """
    document, row = own(do, PURCHASE, "b2c_purchase", purchase, "purchase")
    document.move_to("confirmed", "purchase")
    _reserve(do, purchase, row.supplier)
    _send(do, purchase, row.merchant, row.supplier)
    return purchase


@command(role=SHOPKEEPER, title=("取消采购订单", "Cancel a purchase order"))
def cancel_purchase(do: Doing, purchase: Annotated[Ref, Ask("采购订单", "Purchase order", choose="b2c.purchases_open")]) -> str:
    """Cancels an order of which nothing has come; gives its number."""
    own(do, PURCHASE, "b2c_purchase", purchase, "purchase")[0].move_to("cancelled", "purchase")
    stock.release(do, purchase)
    return purchase


@command("B2C006", role=SHOPKEEPER, title=("办理采购入库", "Receive a purchase"))
def receive_purchase(
    do: Doing,
    purchase: Annotated[Ref, Ask("采购订单", "Purchase order", choose="b2c.purchases_to_receive")],
    arrived: Annotated[list[PurchaseRow] | None, Ask("实到商品和数量", "What has arrived")] = None,
    rest: Annotated[Literal["follows", "dropped"], Ask("未到的商品", "Goods that did not arrive")] = "follows",
) -> dict[str, Any]:
    """Takes what has arrived into stock at its net price, which is owed to the supplier with its tax. Gives the value and the order's state.

    rest: whether what is missing still follows, or will not come: then the order is closed with what came before and now, and can be
    settled. No rows close an order of which a part has come. Refuses more than the delivery note has; what it has can still be received
    after an order was closed, until that is settled.
    """
    document, row = own(do, PURCHASE, "b2c_purchase", purchase, "purchase")
    lines = {r.product: r for r in do.all("select * from b2c_purchase_line where number = $n order by product", n=purchase)}
    late = document.state == "received" and any(r.received_quantity < r.delivered_quantity for r in lines.values())
    if not late:
        document.must_allow("received", "purchase")
    stock.each_once(do, arrived or (), "arrived")
    goods: list[stock.Goods] = []
    for r in arrived or ():
        name = stock.checked(do, r["product"], "arrived").name
        line = lines.get(r["product"])
        if line is None:
            raise NOT_ON_PURCHASE("arrived", number=purchase, name=name)
        if r["quantity"] > (left := line.delivered_quantity - line.received_quantity):
            raise MORE_THAN_DELIVERED("arrived", name=name, left=left, wanted=r["quantity"])
        goods.append(stock.Goods(r["product"], r["quantity"], r["quantity"] * line.unit_cost))
    if not goods and (rest == "follows" or document.state != "part_received"):
        raise NOTHING_ARRIVED("arrived", number=purchase)
    missing = sum(r.quantity - r.received_quantity for r in lines.values()) - sum(g.quantity for g in goods)
    if not late:
        document.move_to("received" if rest == "dropped" or not missing else "part_received", "purchase")
    for g in goods:
        do.execute(
            "update b2c_purchase_line set received_quantity = received_quantity + $q where number = $n and product = $product",
            q=g.quantity, n=purchase, product=g.product,
        )  # fmt: skip
    sold = _hand_over(do, purchase, row.supplier, goods)
    if document.state == "received":
        stock.release(do, purchase)
    if not goods:
        return {"value": Decimal("0.00"), "state": document.state, "shortfall": missing}
    shop, supplier = shop_of(do, do.actor), named(do, row.supplier)
    came = stock.Move(shop.member, shop.place, goods, f"采购入库 Received from {supplier.name}", purchase)
    value, items = stock.receive(do, came, ledger.PAYABLE, row.supplier), sales.net_priced(do, sold)
    sales.sell(
        do, "sale", f"销售 Sold to {shop.shop_name}", purchase, row.supplier, shop.member, items,
        [ledger.Line(row.supplier, ledger.RECEIVABLE, sales.total(items), shop.member)], sales.tax_owed(shop.member, row.supplier, items),
        channel="wholesale",
    )  # fmt: skip
    bill(do, purchase, row.supplier, shop.member, items)
    due = do.day + datetime.timedelta(days=DAYS_TO_SETTLE[row.settlement_kind])
    do.execute("update b2c_purchase set due_day = $due where number = $n", due=due, n=purchase)
    sales.due(do, purchase, due)
    return {"value": value, "state": document.state, "shortfall": missing}


def owed_for(look: Looking, purchase: str) -> Decimal:
    """What a purchase order comes to, tax included, by what has been received."""
    found: Decimal = look.value("select coalesce(sum(revenue + tax), 0)::decimal(18,2) from sale_line where document = $n", n=purchase)
    return found


@command("B2C007", role=SHOPKEEPER, title=("转账结清采购订单", "Settle a purchase by transfer"))
def settle_purchase(
    do: Doing, purchase: ToSettle, account: Annotated[Ref, Ask("付款账户", "Account to pay from", choose="b2c.company_accounts")], pin: ebank.Pin
) -> dict[str, Any] | Declined:
    """Pays for what was received from an account of the company. Gives the transaction and the amount. Paid once.

    Refuses while order, receipt and the supplier's invoice do not match.
    """
    document, row = own(do, PURCHASE, "b2c_purchase", purchase, "purchase")
    account = account.replace(" ", "")
    if account not in {number for number, _ in _company_accounts(do, do.actor)}:
        raise NOT_SHOPS_ACCOUNT("account", number=account[:40])
    document.must_allow("settled", "purchase")
    hold_against(do, row)
    amount = owed_for(do, purchase)
    payee = ebank.account_of(do, row.supplier)
    if payee is None:
        raise NO_SUPPLIER("purchase", supplier=named(do, row.supplier).name)
    if ebank.balance_of(do, account) < amount:
        raise OVERDRAFT("account", number=account, balance=f"{ebank.balance_of(do, account):,}")
    paid = ebank.settle_payable(do, account, payee, amount, purchase, pin, document=purchase)
    if isinstance(paid, Declined):
        return paid
    document.move_to("settled", "purchase")
    return {"transaction": paid, "amount": amount}


@command("B2C007", role=SHOPKEEPER, title=("现金结清采购订单", "Settle a purchase in cash"))
def settle_purchase_in_cash(do: Doing, purchase: ToSettle) -> dict[str, Any]:
    """Pays for what was received out of the company's cash. Gives the amount. Refuses while order, receipt and the supplier's invoice do not match."""
    document, row = own(do, PURCHASE, "b2c_purchase", purchase, "purchase")
    shop, amount = shop_of(do, do.actor), owed_for(do, purchase)
    document.must_allow("settled", "purchase")
    hold_against(do, row)
    cash = ledger.balance(do, shop.member, ledger.CASH)
    if cash < amount:
        raise NOT_ENOUGH_TILL("purchase", cash=f"{cash:,}", amount=f"{amount:,}")
    document.move_to("settled", "purchase")
    lines = [
        ledger.Line(shop.member, ledger.PAYABLE, amount, row.supplier),
        ledger.Line(shop.member, ledger.CASH, -amount),
        ledger.Line(row.supplier, ledger.CASH, amount),
        ledger.Line(row.supplier, ledger.RECEIVABLE, -amount, shop.member),
    ]
    ledger.post(do, "settlement", f"现金结算 Settled in cash: {purchase}", lines, purchase)
    return {"amount": amount}


# --- looking -------------------------------------------------------------------------------------------------------------


@query("B2C008", role=SHOPKEEPER, title=("查询采购订单", "Find purchase orders"))
def purchases(
    do: Doing,
    number: Annotated[Line, Ask("单据号", "Number", max=40)] = "",
    supplier: Annotated[Line, Ask("供应商名称", "Supplier's name", max=60)] = "",
    from_day: FromDay = None,
    to_day: ToDay = None,
    state: Annotated[Literal["new", "confirmed", "part_received", "received", "settled", "cancelled"] | None, Ask()] = None,
) -> Table:
    """The shop's 200 newest purchase orders by number, supplier, day or state: number, day, supplier, state, quantity, received_quantity,
    total (of what was ordered), delivery_kind, settlement_kind, due_day, remark."""
    check_period(from_day, to_day)
    return do.table(
        f"""select p.number, d.day, m.name as supplier, d.state, sum(l.quantity)::integer as quantity, sum(l.received_quantity)::integer as received_quantity,
                  sum(l.quantity * l.unit_cost)::decimal(18,2) as total, p.delivery_kind, p.settlement_kind, p.due_day, p.remark
           from b2c_purchase p join document d using (number) join member m on m.number = p.supplier join b2c_purchase_line l using (number)
           where p.merchant = $actor and ($number = '' or p.number = upper($number)) and {holds("m.name", "supplier")}
             and {within('d.day')} and ($state is null or d.state = $state)
           group by all order by p.number desc limit 200""",
        actor=do.actor, number=number or "", supplier=pattern(supplier), from_day=from_day, to_day=to_day, state=state,
    )  # fmt: skip


@query("B2C006", role=SHOPKEEPER, title=("查看采购订单明细", "Open a purchase order"))
def purchase_detail(do: Doing, purchase: Purchase) -> Table:
    """The lines of a purchase order: product, product_name, quantity, received_quantity, unit_cost, total (of what was received)."""
    own(do, PURCHASE, "b2c_purchase", purchase, "purchase")
    return do.table(
        """select l.product, p.name as product_name, l.quantity, l.received_quantity, l.unit_cost,
                  (l.received_quantity * l.unit_cost)::decimal(18,2) as total
           from b2c_purchase_line l join product p on p.gtin = l.product where l.number = $n order by l.product""",
        n=purchase,
    )


@query("B2C006", role=SHOPKEEPER, title=("查看送货单", "View the delivery note"))
def delivery_note(do: Doing, purchase: Purchase) -> Table:
    """What the supplier's delivery note says of a confirmed order: product, product_name, quantity (ordered), delivered_quantity, received_quantity."""
    own(do, PURCHASE, "b2c_purchase", purchase, "purchase")
    return do.table(
        """select l.product, p.name as product_name, l.quantity, l.delivered_quantity, l.received_quantity
           from b2c_purchase_line l join product p on p.gtin = l.product where l.number = $n and l.delivered_quantity > 0 order by l.product""",
        n=purchase,
    )
