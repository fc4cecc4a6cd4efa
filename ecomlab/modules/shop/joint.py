"""Joint operation: goods of a supplier sold through the shop. Their price is the supplier's; the shop keeps a commission when it settles.

An order that was shipped with such goods gets a sales voucher: the price leaves the shop's revenue, with its tax, and is owed to the supplier
(2241). What comes back is a voucher with a negative amount. A month's vouchers make a statement; when the supplier has confirmed it, itself or
overnight by the library, the commission is revenue (6051) and the rest is payable (2202), and it is paid by transfer. A voucher that was written by
mistake is voided before it stands on a statement: what it booked is reversed, and another can be issued.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Annotated, Any

from ...books import clock, documents, invoices, ledger, sales, tax
from ...books.costing import money
from ...kernel.command import VISITOR, choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import Declined, refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Line, Ref
from ...reports.frames import month_of
from .. import ebank
from ..b2c.kinds import RETURN, WEB_ORDER
from ..b2c.members import own, shop_of, shopper_of
from .kinds import STATEMENT, VOUCHER
from .staff import ACCOUNTANT, CASHIER, OPERATOR, SUPPLIER

COMMISSION, SELLING = "6051", "6601"
#: What the shop keeps of the price (tax included), in percent, by category: the contract with every supplier.
RATES = {
    "consumer_electronics": Decimal(8), "food": Decimal(12), "textiles": Decimal(20), "stationery": Decimal(18), "household": Decimal(15),
    "appliances": Decimal(8),
}  # fmt: skip
#: Days after the confirmation within which a supplier is paid.
DAYS_TO_PAY = 10
CHANNEL: sales.Channel = "joint"

NOT_SHIPPED = refusal(
    "not_shipped", "订单 {number} 还没有发货，不能开销售凭证。请先发货。", "The order {number} has not been shipped, so it gets no voucher yet. Ship it first."
)
NO_JOINT_GOODS = refusal(
    "no_joint_goods", "订单 {number} 里没有联营商品。请选择其他订单。", "The order {number} has no joint-operation goods. Choose another order."
)
VOUCHER_THERE = refusal(
    "voucher_there", "订单 {number} 已开销售凭证 {voucher}。请选择其他订单。", "The order {number} has a voucher already: {voucher}. Choose another order."
)
NO_VOUCHERS = refusal(
    "no_vouchers",
    "该供应商在 {month} 没有待结算的销售凭证。请核对月份。",
    "The supplier has no vouchers to settle in {month}. Check the month.",
)
MONTH_TO_COME = refusal("month_to_come", "{month} 还没有到。请填写今天以前的月份。", "{month} has not begun. Enter a month that has.")
SUPPLIER_NO_ACCOUNT = refusal(
    "supplier_no_account", "供应商没有可用的企业账户。请等供应商开户后再付款。", "The supplier has no open account. Pay when it has one."
)
NO_JOINT_SUPPLIER = refusal(
    "no_joint_supplier", "{supplier} 不是联营供应商。请从列表中选择。", "{supplier} is no supplier in joint operation. Choose one from the list."
)
NOTHING_TO_PAY = refusal(
    "nothing_to_pay",
    "结算单 {number} 应付 {amount} 元，无须付款。请与供应商另行结算。",
    "On {number} {amount} CNY are due, so there is nothing to pay. Settle it later.",
)

ON_STATEMENT = refusal(
    "voucher_on_statement",
    "销售凭证 {number} 已列入结算单 {statement}，不能作废。请先作废结算单；已确认的与供应商另行结算。",
    "The voucher {number} is on the statement {statement}, so it cannot be voided. Void the statement first; one that is confirmed is settled later.",
)

#: The lines of a sale or a return that are goods in joint operation, with their supplier, by supplier: $document is the order or the return.
_JOINT = """select h.supplier, h.product_category, l.product, l.revenue, l.tax from sale_line l join b2c_merchant m on m.member = l.seller
    join shop_row r on r.product = l.product and r.entered_day is not null
    join shop_sheet h on h.number = r.sheet and h.merchant = m.merchant and h.terms = 'joint_operation'
    where l.document = $document and m.merchant = $merchant order by h.supplier, l.product"""

documents.offer(
    "shop.orders_with_joint_goods", WEB_ORDER, "shipped", "returned", of="b2c_order", whose="merchant", shows="t.recipient, t.amount",
    where="""not exists (select 1 from shop_voucher v join document x using (number) where v.source = t.number and x.state <> 'void')
             and exists (select 1 from b2c_order_line l
             join shop_row r on r.product = l.product join shop_sheet h on h.number = r.sheet
             where l.number = t.number and h.merchant = t.merchant and h.terms = 'joint_operation')""",
)  # fmt: skip
documents.offer("shop.vouchers_to_void", VOUCHER, "issued", of="shop_voucher", whose="merchant", shows="t.source, t.amount",
                where="t.source = t.web_order and t.statement is null")  # fmt: skip
documents.offer("shop.statements_to_pay", STATEMENT, "confirmed", of="(select s.*, m.member from shop_statement s join b2c_merchant m using (merchant))",
                whose="member", shows="t.month, t.payable")  # fmt: skip
documents.offer("shop.statements", STATEMENT, of="shop_statement", whose="merchant", shows="t.month, t.payable")
documents.offer("shop.statements_drawn_up", STATEMENT, "drawn_up", of="shop_statement", whose="merchant", shows="t.month, t.payable")
documents.offer("shop.suppliers_statements", STATEMENT, of="shop_statement", whose="supplier", shows="t.month, t.payable")
documents.offer("shop.statements_to_confirm", STATEMENT, "drawn_up", of="shop_statement", whose="supplier", shows="t.month, t.payable")


@choices("shop.all_joint_suppliers")
def _all_suppliers(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all("select distinct h.supplier, m.name from shop_sheet h join member m on m.number = h.supplier where h.terms = 'joint_operation' order by 1")
    return [(r.supplier, f"{r.name} · {r.supplier}") for r in rows]


@choices("shop.joint_suppliers")
def _suppliers(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        """select distinct h.supplier, m.name from shop_sheet h join member m on m.number = h.supplier
           where h.merchant = $actor and h.terms = 'joint_operation' order by 1""",
        actor=actor,
    )
    return [(r.supplier, f"{r.name} · {r.supplier}") for r in rows]


# --- vouchers ----------------------------------------------------------------------------------------------------------------


#: The first voucher of a sale that is not void.
_STANDING = "select min(number) from shop_voucher join document using (number) where source = $n and state <> 'void'"


@command("SHOP015", role=CASHIER, title=("开联营销售凭证", "Issue a sales voucher"))
def issue_voucher(do: Doing, order: Annotated[Ref, Ask("订单", "Order", choose="shop.orders_with_joint_goods")]) -> list[str]:
    """Writes a voucher for the joint-operation goods of a shipped order, one for each supplier; gives their numbers.

    Their price and its tax leave the shop's revenue and are owed to the supplier.
    """
    document, row = own(do, WEB_ORDER, "b2c_order", order, "order")
    if known := do.value(_STANDING, n=order):
        raise VOUCHER_THERE("order", number=order, voucher=known)
    if row.shipped_day is None:
        raise NOT_SHIPPED("order", number=order)
    made = _vouchers(do, row, order)
    if not made:
        raise NO_JOINT_GOODS("order", number=order)
    for back in do.all("select number from b2c_return join document using (number) where web_order = $n and state = 'refunded' order by 1", n=order):
        made += _vouchers(do, row, back.number)
    return made


def _vouchers(do: Doing, order: Any, source: str) -> list[str]:
    """A voucher for each supplier whose goods were sold by an order, or came back by a return; gives their numbers."""
    shop, who = shop_of(do, order.merchant), shopper_of(do, order.shopper)
    lines = do.all(_JOINT, document=source, merchant=order.merchant)
    made = []
    for supplier in dict.fromkeys(r.supplier for r in lines):
        own_lines = [r for r in lines if r.supplier == supplier]
        amount = sum((r.revenue + r.tax for r in own_lines), Decimal("0.00"))
        rate = RATES[own_lines[0].product_category]
        voucher = documents.create(do, VOUCHER, owner=order.merchant, parent=source)
        do.execute(
            "insert into shop_voucher values ($n, $m, $order, $source, $supplier, $amount, $rate, $day, null)",
            n=voucher.number, m=order.merchant, order=order.number, source=source, supplier=supplier, amount=amount, rate=rate, day=do.day,
        )  # fmt: skip
        items = [sales.Item(-r.revenue, r.product, 0, tax=-r.tax) for r in own_lines]
        text = f"联营销售 Sold for a supplier {voucher.number}"
        sales.sell(do, "joint_sale", text, voucher.number, shop.member, who.member, items,
                   [ledger.Line(shop.member, ledger.OTHER_PAYABLE, -amount, supplier)], channel=CHANNEL)  # fmt: skip
        theirs = [sales.Item(sum((r.revenue for r in own_lines), Decimal("0.00")), tax=sum((r.tax for r in own_lines), Decimal("0.00")))]
        sales.sell(do, "joint_sale", text, voucher.number, supplier, None, theirs,
                   [ledger.Line(supplier, ledger.OTHER_RECEIVABLE, amount, shop.member)], channel=CHANNEL)  # fmt: skip
        made.append(voucher.number)
    return made


@documents.on(RETURN, "refunded")
def _came_back(do: Doing, returned: documents.Document) -> None:
    """Goods that have a voucher and come back are not the supplier's sale any more."""
    row = do.one("select o.* from b2c_return r join b2c_order o on o.number = r.web_order where r.number = $n", n=returned.number)
    if do.value(_STANDING, n=row.number):
        _vouchers(do, row, returned.number)


@command(role=CASHIER, title=("作废联营销售凭证", "Void a sales voucher"))
def void_voucher(do: Doing, voucher: Annotated[Ref, Ask("销售凭证", "Voucher", choose="shop.vouchers_to_void")]) -> list[str]:
    """Voids the vouchers of an order, and those of what came back of it; gives their numbers. What they booked is reversed, and others can be issued.

    voucher: any of them. Refuses those of which one stands on a statement.
    """
    _, row = own(do, VOUCHER, "shop_voucher", voucher, "voucher")
    rows = do.all(
        """select v.number, v.statement from shop_voucher v join document d using (number) where v.web_order = $order and d.state <> 'void'
           order by v.number""",
        order=row.web_order,
    )
    if settled := next((r for r in rows if r.statement), None):
        raise ON_STATEMENT("voucher", number=settled.number, statement=settled.statement)
    documents.find(do, VOUCHER, voucher, "voucher").must_allow("void", "voucher")
    for r in rows:
        documents.find(do, VOUCHER, r.number).move_to("void")
        text = f"作废联营凭证 Voucher void {r.number}"
        ours, theirs = (e.number for e in do.all("select number from ledger_entry where document = $n order by number", n=r.number))
        ledger.reverse(do, theirs, "joint_sale", text, r.number)
        sales.take_back(do, ours, "joint_sale", text, r.number)
    return [r.number for r in rows]


@query("SHOP015", role=CASHIER, title=("查看销售凭证", "View the vouchers"))
def vouchers(do: Doing) -> Table:
    """The shop's sales vouchers: number, day, state, source (order or return), supplier, name, amount, rate (percent), statement."""
    return do.table(
        """select v.number, v.day, d.state, v.source, v.supplier, m.name, v.amount, v.rate, v.statement from shop_voucher v
           join document d using (number) join member m on m.number = v.supplier where v.merchant = $m order by v.number""",
        m=do.actor,
    )


# --- settlement --------------------------------------------------------------------------------------------------------------


@command("SHOP016", role=OPERATOR, title=("编制供应商结算单", "Draw up a statement"))
def draw_statement(
    do: Doing,
    supplier: Annotated[Ref, Ask("供应商", "Supplier", choose="shop.joint_suppliers")],
    month: Annotated[Line, Ask("月份", "Month", max=7, example="2026-09")],
) -> dict[str, Any]:
    """Puts all vouchers of a supplier's month that are not settled on a statement; gives its number, sales, commission and what is payable.

    The supplier looks at it overnight and confirms it. Refuses a month in which there is nothing to settle.
    """
    first, last = month_of(month)
    if first > do.day:
        raise MONTH_TO_COME("month", month=month)
    rows = do.all(
        """select v.number, v.amount, v.rate from shop_voucher v join document d using (number) where v.merchant = $m and v.supplier = $supplier
           and d.state = 'issued' and v.statement is null and v.day between $first and $last order by v.number""",
        m=do.actor, supplier=supplier, first=first, last=last,
    )  # fmt: skip
    if not rows:
        raise NO_VOUCHERS("month", month=month)
    total = sum((r.amount for r in rows), Decimal("0.00"))
    commission = sum((money(r.amount * r.rate / 100) for r in rows), Decimal("0.00"))
    made = documents.create(do, STATEMENT, owner=do.actor)
    do.execute(
        "insert into shop_statement values ($n, $m, $supplier, $month, $sales, $commission, $payable, null, $day)",
        n=made.number, m=do.actor, supplier=supplier, month=month, sales=total, commission=commission, payable=total - commission, day=do.day,
    )  # fmt: skip
    for r in rows:
        do.execute("update shop_voucher set statement = $n where number = $voucher", n=made.number, voucher=r.number)
    return {"statement": made.number, "sales": total, "commission": commission, "payable": total - commission}


@command(role=OPERATOR, title=("作废结算单", "Void a statement"))
def void_statement(do: Doing, statement: Annotated[Ref, Ask("结算单", "Statement", choose="shop.statements_drawn_up")]) -> str:
    """Takes back a statement that the supplier has not confirmed; gives its number. Its vouchers can be put on another."""
    document, _ = own(do, STATEMENT, "shop_statement", statement, "statement")
    document.move_to("void", "statement")
    do.execute("update shop_voucher set statement = null where statement = $n", n=statement)
    return statement


@query("SHOP016", role=OPERATOR, title=("查看供应商结算单", "View a supplier's statement"))
def supplier_statement(do: Doing, statement: Annotated[Ref, Ask("结算单", "Statement", choose="shop.statements")]) -> Table:
    """The vouchers on a statement: voucher, day, source, amount, rate (percent), commission, payable, state (of the statement), month, transaction."""
    own(do, STATEMENT, "shop_statement", statement, "statement")
    return _lines(do, statement)


def _lines(do: Doing, statement: str) -> Table:
    rows = do.all(
        """select v.number, v.day, v.source, v.amount, v.rate, d.state, s.month, s.transaction from shop_statement s join document d on d.number = s.number
           join shop_voucher v on v.statement = s.number where s.number = $n order by v.number""",
        n=statement,
    )
    shares = [(r, money(r.amount * r.rate / 100)) for r in rows]
    return Table(
        ("voucher", "day", "source", "amount", "rate", "commission", "payable", "state", "month", "transaction"),
        [(r.number, r.day, r.source, r.amount, r.rate, kept, r.amount - kept, r.state, r.month, r.transaction) for r, kept in shares],
    )


# --- the supplier ------------------------------------------------------------------------------------------------------------


@command(role=VISITOR, title=("请供应商对账", "Call the supplier"))
def call_supplier(do: Doing, supplier: Annotated[Ref, Ask("供应商", "Supplier", choose="shop.all_joint_suppliers")]) -> str:
    """A supplier in joint operation comes to look at its statements; gives its member number. The library plays it: `lab.autoplay("joint_supplier")`."""
    if supplier not in {number for number, _ in _all_suppliers(do, "")}:
        raise NO_JOINT_SUPPLIER("supplier", supplier=supplier[:40])
    do.sign_in(SUPPLIER.name, supplier)
    return supplier


@query(role=SUPPLIER, title=("供应商查看结算单", "View the own statement"))
def statement_for_supplier(do: Doing, statement: Annotated[Ref, Ask("结算单", "Statement", choose="shop.suppliers_statements")]) -> Table:
    """The vouchers on a statement that a shop has drawn up for the supplier, in the columns of `supplier_statement`."""
    _theirs(do, statement)
    return _lines(do, statement)


@command(role=SUPPLIER, title=("确认结算单", "Confirm a statement"))
def confirm_statement(do: Doing, statement: Annotated[Ref, Ask("结算单", "Statement", choose="shop.statements_to_confirm")]) -> dict[str, Decimal]:
    """The supplier agrees to a statement; gives the commission that the shop has earned by it, and what the supplier is to be paid.

    From now on it can be paid, and not be voided any more. What nobody has confirmed by the next day is confirmed overnight.
    """
    row = _theirs(do, statement)
    _confirm(do, row, "statement")
    return {"commission": row.commission, "payable": row.payable}


def _theirs(do: Doing, number: str) -> Any:
    """A statement of the acting supplier, with the member that keeps the shop."""
    documents.find(do, STATEMENT, number, "statement")
    row = do.one("select s.*, m.member from shop_statement s join b2c_merchant m using (merchant) where s.number = $n", n=number)
    if row.supplier != do.actor:
        raise documents.NOT_YOURS("statement", kind=STATEMENT.title, number=number)
    return row


@clock.daily
def confirm(do: Doing) -> None:
    """A supplier who has not come confirms overnight; a statement is the sum of its vouchers, which the audit holds."""
    for r in do.all(
        """select s.*, m.member from shop_statement s join document d using (number) join b2c_merchant m using (merchant)
           where d.state = 'drawn_up' and s.day < $day order by s.number""",
        day=do.day,
    ):
        _confirm(do, r)


def _confirm(do: Doing, r: Any, field: str | None = None) -> None:
    """The commission is the shop's revenue and the supplier's expense, each with its tax; the rest is payable."""
    documents.find(do, STATEMENT, r.number).move_to("confirmed", field)
    for v in do.all("select number from shop_voucher where statement = $n order by number", n=r.number):
        documents.find(do, VOUCHER, v.number).move_to("settled")
    borne = tax.within(r.commission, tax.rate(do, tax.MODERN_SERVICES))
    lines = [
        ledger.Line(r.member, ledger.OTHER_PAYABLE, r.sales, r.supplier),
        ledger.Line(r.member, COMMISSION, borne - r.commission),
        ledger.Line(r.member, tax.OUTPUT, -borne),
        ledger.Line(r.member, ledger.PAYABLE, -r.payable, r.supplier),
        ledger.Line(r.supplier, ledger.OTHER_RECEIVABLE, -r.sales, r.member),
        ledger.Line(r.supplier, SELLING, r.commission - borne),
        ledger.Line(r.supplier, tax.PENDING, borne),
        ledger.Line(r.supplier, ledger.RECEIVABLE, r.payable, r.member),
    ]
    ledger.post(do, "joint_settlement", f"联营结算 Settlement {r.number}", [line for line in lines if line.amount], r.number)
    if r.commission:
        invoices.issue(do, r.number, r.member, r.supplier, [sales.Item(r.commission - borne, tax=borne)])
    sales.due(do, r.number, do.day + datetime.timedelta(days=DAYS_TO_PAY))


# --- payment -----------------------------------------------------------------------------------------------------------------


@command("SHOP016", role=ACCOUNTANT, title=("向供应商付款", "Pay a supplier"))
def pay_supplier(
    do: Doing,
    statement: Annotated[Ref, Ask("结算单", "Statement", choose="shop.statements_to_pay")],
    account: ebank.CompanyAccount,
    pin: ebank.Pin,
) -> dict[str, Any] | Declined:
    """Pays a confirmed statement by transfer; gives the transaction and the amount. A wrong PIN counts towards the account's lock."""
    document = documents.find(do, STATEMENT, statement, "statement")
    row = do.one("select s.*, m.member from shop_statement s join b2c_merchant m using (merchant) where s.number = $n", n=statement)
    if row.member != do.actor:
        raise documents.NOT_YOURS("statement", kind=STATEMENT.title, number=statement)
    document.must_allow("paid", "statement")
    if row.payable <= 0:
        raise NOTHING_TO_PAY("statement", number=statement, amount=f"{row.payable:,}")
    to = ebank.account_of(do, row.supplier)
    if to is None:
        raise SUPPLIER_NO_ACCOUNT("statement")
    number = ebank.members_account(do, account, do.actor, "account")
    paid = ebank.settle_payable(do, number, to, row.payable, statement, pin, document=statement)
    if isinstance(paid, Declined):
        return paid
    document.move_to("paid", "statement")
    do.execute("update shop_statement set transaction = $t where number = $n", t=paid, n=statement)
    return {"transaction": paid, "amount": row.payable}
