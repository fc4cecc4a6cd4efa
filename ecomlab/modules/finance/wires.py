"""The enquiry list for transfers: customers' money that came in without saying what for.

What turns out to be the price of goods that the courier was to collect pays that order; the postage in it stands apart from the price. What
nobody can name stays on the list until the customer has been asked.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from ...books import documents
from ...books.members import acting
from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Line, Money, Ref
from .. import b2c
from .staff import FINANCE_CLERK, SHOP, company_of, merchant_of

WIRE = documents.kind("wire_enquiry", "FW", ("汇款查询单", "wire enquiry"), {"asked": ("applied",), "applied": ()})

NO_SUCH_WIRE = refusal(
    "no_such_wire", "{transaction} 不是待查的汇款。请从列表中选择。", "{transaction} is no transfer that is still unknown. Choose one from the list."
)
WIRE_DIFFERS = refusal(
    "wire_differs",
    "汇款 {transaction} 为 {paid} 元，减去邮费 {postage} 元后，与订单待收的 {owed} 元不符。请核对订单和邮费。",
    "The transfer {transaction} is {paid} CNY. Less the postage of {postage} CNY it is not the {owed} CNY that the order owes. Check order and postage.",
)
OTHER_PAYER = refusal(
    "other_payer",
    "汇款 {transaction} 的汇款人不是订单 {number} 的顾客。请核对订单。",
    "The payer of {transaction} is not the customer of the order {number}. Check the order.",
)
NOTHING_OWED = refusal(
    "nothing_owed",
    "订单 {number} 没有等待快递代收的货款。请从列表中选择。",
    "Nothing is left to collect at the door for the order {number}. Choose one from the list.",
)


#: Whose account a transfer came from.
_PAYER = """select c.member from bank_transaction t join bank_account a on a.number = t.from_account join bank_customer c on c.number = a.customer
            where t.number = $t"""


def unknown_wires(look: Looking, staff: str) -> list[Any]:
    """Transfers of persons to the department's company that pay no order yet: transaction, day, name, amount, purpose, web_order."""
    company = company_of(look, staff)
    used = {r[0] for r in look.all("select transaction from finance_wire join document using (number) where company = $c and state = 'applied'", c=company)}
    return [r for r in b2c.transfers_to(look, merchant_of(look, company)) if r.web_order is None and r.transaction not in used]


@choices("finance.wires")
def _wires(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    return [(r.transaction, f"{r.transaction} · {r.name} · ¥{r.amount:,} · {r.purpose}") for r in unknown_wires(look, actor)]


documents.offer(
    "finance.orders_to_collect", b2c.WEB_ORDER, "shipped", of="b2c_order", shows="t.recipient, t.amount",
    where=f"t.merchant = {SHOP} and t.payment_kind = 'cash_on_delivery' and not exists (select 1 from b2c_payment p where p.web_order = t.number)",
)  # fmt: skip
Wire = Annotated[Ref, Ask("汇款", "Transfer", choose="finance.wires")]
Postage = Annotated[Money, Ask("其中邮费", "Postage in it", unit=Text("元", "CNY"))]


@query("FIN011", role=FINANCE_CLERK, title=("查看汇款查询表", "View the wire enquiry list"))
def wire_list(do: Doing) -> Table:
    """Customers' transfers to the company: transaction, day, name, amount, purpose, state, web_order (that it paid), goods, postage, remark.

    A transfer whose state is empty is unknown: nobody has asked about it.
    """
    company = company_of(do, do.actor)
    kept = {r.transaction: r for r in do.all("select w.*, d.state from finance_wire w join document d using (number) where w.company = $c", c=company)}
    rows = []
    for r in b2c.transfers_to(do, merchant_of(do, company)):
        wire = kept.get(r.transaction)
        order, postage = (wire.web_order, wire.postage) if wire and wire.web_order else (r.web_order, Decimal("0.00"))
        goods = r.amount - postage if order else None
        state = wire.state if wire else "applied" if order else ""
        rows.append((r.transaction, r.day, r.name, r.amount, r.purpose, state, order or "", goods, postage if order else None, wire.remark if wire else ""))
    return Table(("transaction", "day", "name", "amount", "purpose", "state", "web_order", "goods", "postage", "remark"), rows)


def _wire(do: Doing, transaction: str) -> Any:
    for r in unknown_wires(do, do.actor):
        if r.transaction == transaction:
            return r
    raise NO_SUCH_WIRE("transaction", transaction=transaction[:40])


def _kept(do: Doing, found: Any) -> documents.Document:
    """The enquiry about a transfer, made if there is none."""
    known = do.value("select number from finance_wire where transaction = $t", t=found.transaction)
    if known:
        return documents.find(do, WIRE, known)
    company = company_of(do, do.actor)
    made = documents.create(do, WIRE, company)
    do.execute(
        "insert into finance_wire values ($n, $company, $transaction, $amount, null, 0, '', $day)",
        n=made.number, company=company, transaction=found.transaction, amount=found.amount, day=do.day,
    )  # fmt: skip
    return made


@command("FIN011", role=FINANCE_CLERK, title=("登记待查汇款", "Put a transfer on the enquiry list"))
def ask_about(do: Doing, transaction: Wire, remark: Annotated[Line, Ask(max=200)]) -> str:
    """Puts a transfer that nobody can name on the list, with what was asked of whom; gives the number of the enquiry."""
    made = _kept(do, _wire(do, transaction))
    do.execute("update finance_wire set remark = $remark where number = $n", remark=remark, n=made.number)
    return made.number


@command("FIN011", role=FINANCE_CLERK, title=("核销汇款", "Apply a transfer"))
def apply_wire(
    do: Doing,
    transaction: Wire,
    order: Annotated[Ref, Ask("订单", "Order", choose="finance.orders_to_collect")],
    postage: Postage,
) -> dict[str, Decimal]:
    """Applies a transfer to a shipped order that was to be paid at the door; gives what was for the goods and what for the postage.

    Refuses a transfer of somebody else's, and one that is not what the order owes and the postage.
    """
    found, company = _wire(do, transaction), company_of(do, do.actor)
    row = do.one("select * from b2c_order where number = $n", n=order)
    at_the_door = row and row.merchant == merchant_of(do, company) and row.payment_kind == "cash_on_delivery" and row.shipped_day
    if not at_the_door or b2c.payment_of(do, order):
        raise NOTHING_OWED("order", number=order[:40])
    payer = b2c.shopper_of(do, row.shopper).member
    if payer != do.value(_PAYER, t=transaction):
        raise OTHER_PAYER("transaction", transaction=transaction, number=order)
    owed = b2c.refundable(do, order)
    if found.amount - postage != owed or not owed:
        raise WIRE_DIFFERS("postage", transaction=transaction, paid=f"{found.amount:,}", postage=f"{postage:,}", owed=f"{owed:,}")
    made = _kept(do, found)
    with acting(do, b2c.SHOPKEEPER.name, row.merchant):
        b2c.take_wire(do, row, transaction, owed)
    if postage:
        b2c.keep_postage(do, row, postage, made.number)
    made.move_to("applied", "transaction")
    do.execute("update finance_wire set web_order = $order, postage = $postage where number = $n", order=order, postage=postage, n=made.number)
    return {"goods": owed, "postage": postage}
